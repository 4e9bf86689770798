"""Hints as hands make them, at native size: dabs and strokes of a round brush, mostly where they belong."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .composition import LETTERING, OFF_INK, Composition

MOST = 40  # hints a picture at most; their number is log-uniform
THINNEST, BROADEST = 2 / 1024, 14 / 1024  # a brush's radius, share of the side
STRIDE = 2  # px between the pixels where a hint may begin
CARELESS = {
    "touching": 0.14,
    "crossing": 0.08,
    "beside": 0.06,
}  # shares of hints; all others lie well inside their surface
STROKES = 0.55  # share of hints; all others are single dabs
BARE = 0.35  # share of sessions that mark paper, too
BARE_SHARE = 0.3  # of their hints


@dataclass(frozen=True)
class Hints:
    """What an artist has dabbed on a drawing.

    layer: (h, w, 4) uint8, colours with straight alpha. bare: (h, w) bool, "keep unpainted". meant: (k,) the surface that each hint, in
    the order in which they were made, is for: truth for training, also where a hint lies beside it.
    """

    layer: NDArray[np.uint8]
    bare: NDArray[np.bool_]
    meant: NDArray[np.int32]


def draw_hints(composition: Composition, rng: np.random.Generator, count: int | None = None) -> Hints:
    """A session with one brush: `count` hints (1 to MOST at random when None), the largest surfaces first or anywhere.

    Surfaces that show nothing off the ink, and lettering, get none; a picture without any other surface gets an empty layer.
    """
    side, shape = composition.size, composition.surfaces.shape
    wanted = count if count is not None else int(np.exp(rng.uniform(0, np.log(MOST + 1))))
    brush = Brush(
        side * float(np.exp(rng.uniform(np.log(THINNEST), np.log(BROADEST)))),
        str(rng.choice(["hard", "round", "soft"])),
    )
    room = Room(composition)
    layer, bare, meant = np.zeros((*shape, 4), np.uint8), np.zeros(shape, bool), []
    marks_paper = rng.random() < BARE
    in_order = rng.random() < 0.5
    queues = {painted: room.largest(painted) for painted in (True, False)}
    for _ in range(wanted):
        painted = not (marks_paper and rng.random() < BARE_SHARE)
        queue = queues[painted]
        if in_order and queue:
            label = queue.pop(int(min(rng.geometric(0.6) - 1, len(queue) - 1)))
        else:
            anywhere = room.anywhere(rng, painted)
            if anywhere is None:
                continue
            label = anywhere
        where, opacity = brush.mark(room.path(rng, label, brush.radius), shape, rng)
        if composition.painted[label]:
            lay(layer[where], opacity, composition.colors[label])
            bare[where] &= opacity < 128
        else:
            bare[where] |= opacity >= 128
            layer[where][opacity >= 128] = 0
        meant.append(label)
    return Hints(layer, bare, np.array(meant, np.int32))


def lay(layer: NDArray[np.uint8], opacity: NDArray[np.uint8], color: NDArray[np.uint8]) -> None:
    """Paint over a window of a layer (h, w, 4), in place: over, as painting programs do (Porter and Duff 1984)."""
    above = opacity.astype(np.float32)[..., None] / 255
    below = layer[..., 3:].astype(np.float32) / 255 * (1 - above)
    total = above + below
    mixed = (color.astype(np.float32) * above + layer[..., :3] * below) / np.maximum(total, 1e-6)
    layer[..., :3] = np.where(total > 0, np.rint(mixed), 0)
    layer[..., 3:] = np.rint(total * 255)


@dataclass(frozen=True)
class Brush:
    """radius: px. edge: "hard" without anti-aliasing, "round" with it, "soft" fading out from the middle."""

    radius: float
    edge: str

    def mark(
        self, path: NDArray[np.float64], shape: tuple[int, ...], rng: np.random.Generator
    ) -> tuple[tuple[slice, slice], NDArray[np.uint8]]:
        """(window, its opacity (h, w) uint8) of the brush along a path (n, 2) of x and y in px; one point is a dab."""
        radius = max(1.0, self.radius * rng.uniform(0.75, 1.25) * (1.5 if len(path) == 1 else 1))  # a dab is pressed
        reach = int(2 * radius) + 2
        low = np.clip(np.floor(path.min(0)).astype(int) - reach, 0, np.array(shape[1::-1]) - 1)
        high = np.clip(np.ceil(path.max(0)).astype(int) + reach, low + 1, shape[1::-1])
        window = (slice(low[1], high[1]), slice(low[0], high[0]))
        local = np.rint((path - low) * 16).astype(np.int32)
        canvas = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        line = cv2.LINE_8 if self.edge == "hard" else cv2.LINE_AA
        if len(path) == 1:
            x, y = (int(value) for value in local[0])
            cv2.circle(canvas, (x, y), round(radius * 16), 255, -1, line, 4)
        else:
            cv2.polylines(canvas, [local], False, 255, max(1, round(2 * radius)), line, 4)
        if self.edge == "soft":
            canvas = cv2.GaussianBlur(canvas, (0, 0), max(0.5, radius * 0.4))
        return window, canvas


class Room:
    """Where in a composition hints find room: off the ink, by surface."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition
        labels, free = composition.surfaces, composition.ink >= OFF_INK
        same = free.astype(np.uint8)
        same[:, 1:] &= labels[:, 1:] == labels[:, :-1]
        same[1:] &= labels[1:] == labels[:-1]
        self.depth = cv2.distanceTransform(np.pad(same, 1), cv2.DIST_L2, cv2.DIST_MASK_5)[1:-1, 1:-1]
        coarse = np.where(free, labels, -1)[::STRIDE, ::STRIDE]
        flat = coarse.ravel()
        order = np.argsort(flat, kind="stable")
        bounds = np.searchsorted(flat[order], np.arange(len(composition.colors) + 1))
        self.places = {}
        for label in range(len(composition.colors)):
            mine = order[bounds[label] : bounds[label + 1]]
            if len(mine) and composition.kind[label] != LETTERING:
                rows, columns = np.divmod(mine, coarse.shape[1])
                self.places[label] = np.stack([columns, rows], 1) * STRIDE

    def largest(self, painted: bool) -> list[int]:
        """Surfaces, painted ones or paper, the largest first."""
        found = [label for label in self.places if self.composition.painted[label] == painted]
        return sorted(found, key=lambda label: -len(self.places[label]))

    def anywhere(self, rng: np.random.Generator, painted: bool) -> int | None:
        """A surface, drawn by the square root of its area: people do not forget small things."""
        found = self.largest(painted)
        if not found:
            return None
        weights = np.sqrt([len(self.places[label]) for label in found])
        return found[int(rng.choice(len(found), p=weights / weights.sum()))]

    def path(self, rng: np.random.Generator, label: int, radius: float) -> NDArray[np.float64]:
        """(n, 2) px of a hint's middle line in a surface: well inside, touching its ink, across it, or a few pixels beside it."""
        places = self.places[label]
        some = places[rng.integers(0, len(places), 24)]
        depths = self.depth[some[:, 1], some[:, 0]]
        lot, how = rng.random(), "inside"
        for name, share in CARELESS.items():
            if lot < share:
                how = name
                break
            lot -= share
        if how == "inside":
            fits = np.flatnonzero(depths > radius + 1)
            start = some[int(rng.choice(fits))] if len(fits) and rng.random() < 0.6 else some[int(depths.argmax())]
        else:
            start = some[int(depths.argmin())]
        path = start[None].astype(np.float64)
        if rng.random() < STROKES:
            path = self.stroke(rng, start, label, places)
        if how in ("crossing", "beside"):
            outward = self.outward(start)
            if how == "crossing":
                path = np.vstack(
                    [start - outward * radius, start + outward * (radius + rng.uniform(3, 16) / 1024 * len(self.depth))]
                )
            else:
                path = path + outward * (self.depth[start[1], start[0]] + radius * rng.uniform(0.3, 1.3) + 1)
        limits = np.array(self.depth.shape[::-1]) - 1
        return np.clip(path, 0, limits)

    def stroke(
        self, rng: np.random.Generator, start: NDArray[np.int64], label: int, places: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """A bent line from a place toward another one of the same surface, as far as it stays in it."""
        reach = self.composition.size * rng.uniform(0.015, 0.12)
        end = places[int(rng.integers(len(places)))]
        away = (end - start).astype(np.float64)
        length = float(np.hypot(*away))
        if length < 1:
            return start[None].astype(np.float64)
        along = np.linspace(0, min(1.0, reach / length), 12)
        bend = rng.normal(0, 0.12) * np.sin(np.pi * along / max(along[-1], 1e-9))
        path = start + along[:, None] * away + bend[:, None] * along[-1] * np.array([-away[1], away[0]])
        columns, rows = np.rint(path).astype(int).T
        rows, columns = np.clip(rows, 0, self.depth.shape[0] - 1), np.clip(columns, 0, self.depth.shape[1] - 1)
        stays = (self.composition.surfaces[rows, columns] == label) & (self.composition.ink[rows, columns] >= OFF_INK)
        stop = len(path) if stays.all() else max(1, int(stays.argmin()))
        return path[:stop]

    def outward(self, place: NDArray[np.int64]) -> NDArray[np.float64]:
        """(2,) unit vector toward the surface's nearest edge."""
        x, y = int(place[0]), int(place[1])
        reach = int(self.depth[y, x]) + 3
        top, left = max(0, y - reach), max(0, x - reach)
        window = self.depth[top : y + reach + 1, left : x + reach + 1]
        rows, columns = np.nonzero(window == 0)
        if not len(rows):
            return np.array([1.0, 0.0])
        offsets = np.stack([columns + left - x, rows + top - y], 1).astype(np.float64)
        lengths = np.hypot(offsets[:, 0], offsets[:, 1])
        nearest = int(np.where(lengths > 0, lengths, np.inf).argmin())
        unit: NDArray[np.float64] = offsets[nearest] / max(lengths[nearest], 1e-9)
        return unit
