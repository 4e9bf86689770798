"""Dabs to done: an artist dabs the largest wrong place, looks at the result, and dabs again. Fewer dabs are better.

The number of clicks of interactive segmentation (Xu et al., "Deep interactive object selection", CVPR 2016), for colour.
All pictures are uint8 sRGB on white; labels int32; masks bool.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from colorgan_core.picture.color import srgb_to_lab

from .measures import delta_e_2000

DABS = 16  # all of them are always played
SHOWN = (0, 1, 2, 4, 8, 16)
PAPER = 245  # of 255: a pixel whose smallest channel is at least that is unpainted
OFF_INK = 200  # of 255: ink lighter than that is counted as open
ALIKE = 12  # of 255: neighbours that differ by less in every channel lie on one surface
SAME_COLOR = 8.0  # Lab units: surfaces whose medians are nearer than that have one colour, for the row `copy`
RIGHT = 10.0  # CIEDE2000, kL = 2 (shading changes lightness)
RIGHT_LIGHTNESS = 20.0  # L*
DONE = 0.9  # of what flats can reach on a drawing
CARELESS = 3  # every third dab is a stroke across the nearest ink

RGB = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Dab:
    """where: (h, w) pixels of the dab. color: sRGB, None for "keep unpainted". at: row, column of its middle."""

    where: Mask
    color: tuple[int, int, int] | None
    at: tuple[int, int]


@dataclass(frozen=True)
class Case:
    """One drawing with its truth.

    picture: (h, w, 3 or 4) as the program gets it. truth: (h, w, 3) the finished picture. ink: (h, w) true ink, 0 ink and 255 none;
    None: the drawing's own grey. surfaces: (h, w) the true surfaces from 0 on; None: connected areas of one colour off the ink.
    """

    name: str
    picture: NDArray[np.uint8]
    truth: RGB
    ink: NDArray[np.uint8] | None = None
    surfaces: Labels | None = None

    @cached_property
    def gray(self) -> NDArray[np.uint8]:
        """(h, w) the drawing's grey on white."""
        if self.picture.shape[2] == 3:
            return np.asarray(cv2.cvtColor(self.picture, cv2.COLOR_RGB2GRAY))
        alpha = self.picture[..., 3:].astype(np.uint16)
        flat = (self.picture[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255
        return np.asarray(cv2.cvtColor(flat.astype(np.uint8), cv2.COLOR_RGB2GRAY))

    @cached_property
    def off(self) -> Mask:
        """(h, w) pixels off the ink: the only ones that count."""
        return (self.gray if self.ink is None else self.ink) > OFF_INK

    @cached_property
    def smooth(self) -> RGB:
        """Truth's median in a window of a hundredth of the height, so that texture and noise are no errors."""
        window = max(3, len(self.truth) // 100) | 1
        return np.asarray(cv2.medianBlur(np.ascontiguousarray(self.truth), min(window, 31)))

    @cached_property
    def lab(self) -> NDArray[np.float32]:
        return srgb_to_lab(self.smooth)

    @cached_property
    def paper(self) -> Mask:
        return ~painted(self.smooth)

    @cached_property
    def labels(self) -> Labels:
        return connected_surfaces(self.off, self.smooth) if self.surfaces is None else self.surfaces

    @cached_property
    def medians(self) -> RGB:
        """(n, 3) each surface's median colour off the ink; white where a surface has no such pixel."""
        return medians_of(self.smooth[self.off], self.labels[self.off], int(self.labels.max()) + 1)


class Judge:
    """Which pixels of a result are right. Remembers the last result: between two dabs little changes."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.result: RGB | None = None
        self.right = np.zeros(case.off.shape, bool)

    def look(self, result: RGB) -> tuple[Mask, Mask]:
        """(right, counted) of a result (h, w, 3): counted is what truth or result has painted, off the ink."""
        changed = np.ones(self.right.shape, bool) if self.result is None else differs(result, self.result)
        self.right[changed] = close(result[changed], self.case.smooth[changed])
        self.right[changed] &= painted(result[changed]) != self.case.paper[changed]
        self.result = result.copy()
        return self.right, self.case.off & (~self.case.paper | painted(result))

    def share(self, result: RGB) -> float:
        """Share of the counted pixels that are right; 1 where none counts."""
        right, counted = self.look(result)
        return float(right[counted].mean()) if counted.any() else 1.0


def painted(picture: RGB) -> Mask:
    """(...,) of (..., 3): whether a pixel's smallest channel is below PAPER. Channel by channel, which is several times faster."""
    return np.asarray((picture[..., 0] < PAPER) | (picture[..., 1] < PAPER) | (picture[..., 2] < PAPER))


def differs(first: RGB, second: RGB) -> Mask:
    """(...,) of (..., 3): whether any channel differs."""
    return np.asarray(
        (first[..., 0] != second[..., 0]) | (first[..., 1] != second[..., 1]) | (first[..., 2] != second[..., 2])
    )


def close(first: RGB, second: RGB) -> NDArray[np.bool_]:
    """Whether colours (n, 3) and (n, 3) are the same to an artist. Every pair of colours is compared once."""
    codes = np.stack([first, second], 1).astype(np.uint64).reshape(-1, 6) @ (
        np.uint64(256) ** np.arange(6, dtype=np.uint64)
    )
    pairs, place, inverse = np.unique(codes, return_index=True, return_inverse=True)
    if not len(pairs):
        return np.zeros(0, bool)
    one, other = srgb_to_lab(first[place]), srgb_to_lab(second[place])
    same = (delta_e_2000(one, other, k_l=2) < RIGHT) & (np.abs(one[:, 0] - other[:, 0]) < RIGHT_LIGHTNESS)
    return np.asarray(same[inverse.reshape(-1)])


def play(
    paint: Callable[[Sequence[Dab]], RGB], case: Case, dabs: int = DABS, careless: bool = False
) -> tuple[list[float], list[Dab]]:
    """The share that is right after 0, 1, ... `dabs` dabs, and these dabs: fewer where nothing is left to dab.

    paint: from all dabs so far to the result (h, w, 3).
    """
    judge, given, shares = Judge(case), list[Dab](), list[float]()
    given_up = np.zeros(case.off.shape, bool)  # wrong places that were dabbed twice in vain
    visits: dict[tuple[int, int], int] = {}
    for number in range(dabs + 1):
        right, counted = judge.look(paint(given))
        shares.append(float(right[counted].mean()) if counted.any() else 1.0)
        if number == dabs:
            break
        place = largest(counted & ~right & ~given_up)
        if place is None:
            shares += [shares[-1]] * (dabs - number)
            break
        component, at, depth = place
        cell = (at[0] // 8, at[1] // 8)
        visits[cell] = visits.get(cell, 0) + 1
        if visits[cell] > 1:
            given_up |= component
        across = careless and number % CARELESS == CARELESS - 1
        given.append(dab_at(case, at, depth, across))
    return shares, given


def largest(wrong: Mask) -> tuple[Mask, tuple[int, int], float] | None:
    """The largest component of a mask, its innermost pixel, and how far that is from its edge; None where there is none.

    Components thinner than a 256th of the height are edges and are not dabbed.
    """
    thin = max(1, len(wrong) // 256) + 1
    opened = cv2.morphologyEx(wrong.astype(np.uint8), cv2.MORPH_OPEN, np.ones((thin, thin), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
    if count < 2:
        return None
    component = labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()
    depth = cv2.distanceTransform(np.pad(component.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return component, (int(row), int(column)), float(depth.max())


def dab_at(case: Case, at: tuple[int, int], depth: float, across: bool = False) -> Dab:
    """A disc of at most a hundredth of the height in truth's colour there; across: a short stroke over the nearest ink."""
    row, column = at
    radius = int(np.clip(depth * 0.5, 1, len(case.off) / 100 + 2))
    disc = np.zeros(case.off.shape, np.uint8)
    rows, columns = np.nonzero(~case.off) if across else (np.zeros(0, int), np.zeros(0, int))
    if len(rows):
        nearest = int(((rows - row) ** 2 + (columns - column) ** 2).argmin())
        y, x = int(rows[nearest]), int(columns[nearest])
        cv2.line(disc, (column, row), (int(x + (x - column) * 0.1), int(y + (y - row) * 0.1)), 1, max(1, radius))
    elif across:
        cv2.line(disc, (column, row), (column, row), 1, max(1, radius))
    else:
        cv2.circle(disc, (column, row), radius, 1, -1)
    red, green, blue = (int(value) for value in case.smooth[at])
    return Dab(disc > 0, None if case.paper[at] else (red, green, blue), at)


def planes(dabs: Sequence[Dab], shape: tuple[int, ...]) -> tuple[NDArray[np.uint8], Mask]:
    """(hints (h, w, 4), bare (h, w)): all dabs as the program takes them; a later dab lies over an earlier one."""
    hints, bare = np.zeros((*shape[:2], 4), np.uint8), np.zeros(shape[:2], bool)
    for dab in dabs:
        if dab.color is None:
            bare |= dab.where
            hints[dab.where] = 0
        else:
            hints[dab.where] = (*dab.color, 255)
            bare &= ~dab.where
    return hints, bare


def dabs_to_done(shares: Sequence[float], goal: float) -> int:
    """The first number of dabs after which `goal` is reached; one more than were played where it never is."""
    return next((number for number, share in enumerate(shares) if share >= goal), len(shares))


def connected_surfaces(off: Mask, truth: RGB) -> Labels:
    """Labels from 1 on of the areas off the ink whose neighbouring pixels differ by less than ALIKE; 0 elsewhere."""
    labels, count = np.zeros(off.shape, np.int32), 0
    picture = np.ascontiguousarray(truth)
    mask = np.zeros((off.shape[0] + 2, off.shape[1] + 2), np.uint8)
    mask[1:-1, 1:-1] = ~off
    step = max(2, off.shape[0] // 128)
    flags = cv2.FLOODFILL_MASK_ONLY | 4 | (255 << 8)
    for row in range(0, off.shape[0], step):
        for column in range(0, off.shape[1], step):
            if mask[row + 1, column + 1]:
                continue
            count += 1
            _, _, mask, (left, top, width, height) = cv2.floodFill(
                picture, mask, (column, row), 0, (ALIKE,) * 3, (ALIKE,) * 3, flags
            )
            box = mask[top + 1 : top + height + 1, left + 1 : left + width + 1]
            new = box == 255
            labels[top : top + height, left : left + width][new] = count
            box[new] = 1
    return labels


def medians_of(colors: RGB, labels: NDArray[np.int32], count: int) -> RGB:
    """(count, 3) median colours of pixels (n, 3) by their labels (n,); white for a label without pixels."""
    medians = np.full((count, 3), 255, np.uint8)
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(count + 1))
    for label in range(count):
        mine = colors[order[bounds[label] : bounds[label + 1]]]
        if len(mine):
            medians[label] = np.median(mine, 0).astype(np.uint8)
    return medians


# ---- rows without a program


def flat_row(case: Case) -> Callable[[Sequence[Dab]], RGB]:
    """Every true surface in its median colour, whatever was dabbed: the ceiling of flats."""
    picture = case.medians[case.labels]
    return lambda dabs: picture


def bucket_row(case: Case) -> Callable[[Sequence[Dab]], RGB]:
    """A dab fills its true surface: all that perfect geometry can do."""
    return lambda dabs: filled(case, dabs, everywhere=False)


def copy_row(case: Case) -> Callable[[Sequence[Dab]], RGB]:
    """A dab fills every true surface of its colour: what perfect sense could do."""
    return lambda dabs: filled(case, dabs, everywhere=True)


def filled(case: Case, dabs: Sequence[Dab], everywhere: bool) -> RGB:
    lab = srgb_to_lab(case.medians[None])[0]
    has_color = painted(case.medians)
    colors = np.full((len(lab), 3), 255, np.uint8)
    for dab in dabs:
        surface = case.labels[dab.at]
        same = np.arange(len(lab)) == surface
        if everywhere and dab.color is not None:
            same |= (np.linalg.norm(lab - lab[surface], axis=1) < SAME_COLOR) & has_color
        colors[same] = 255 if dab.color is None else case.medians[surface]
    return colors[case.labels]
