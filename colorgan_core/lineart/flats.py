"""Flats: one exact colour a region, from hints where there are any, else what was chosen for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..picture.color import lab_to_srgb, srgb_to_lab, to_uint8
from .regions import Regions, bands
from .steady import steadied
from .strokes import PAPER, Hinted

SAME = 5.0  # CIE76; unhinted regions whose paint differs less have one colour
FAINT = 1.0  # in Lab; so much of the paint's unevenness is noise and taken off
RELIEF_STEPS = 64  # a unit of Lab; relief is rounded to them, so that a file in whole numbers holds it exactly

UInt8 = NDArray[np.uint8]
Floats = NDArray[np.floating]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Flats:
    """colors: (count, 3) uint8 sRGB. painted: (count,) bool, False for bare paper. hinted: (count,) bool, the colour is a person's.
    sure: (count,) float32 in 0..1, how decidedly paint or paper; 1 where a hint says it. names: of each region's colour in the palette, ""
    where it has none. relief: (h, w, 3) float32 Lab at G's working size, how paint differs from its region's mean; None: not known."""

    regions: Regions
    colors: UInt8
    painted: Mask
    hinted: Mask
    sure: NDArray[np.float32]
    names: tuple[str, ...]
    relief: NDArray[np.float32] | None = None

    def named(self, palette: UInt8 | None, names: Sequence[str]) -> Flats:
        """The same with the names of palette (n, 3) on the regions of its colours."""
        if palette is None or not any(names):
            return self
        known = {bytes(color): name for color, name in zip(palette, names, strict=True)}
        found = (known.get(bytes(color)) or own for color, own in zip(self.colors, self.names, strict=True))
        return replace(self, names=tuple(found))


@dataclass(frozen=True)
class Paint:
    """What G painted, at its working size. lab: (h, w, 3). coverage: (h, w) in 0..1. openness: (h, w) in 0..1, 0 on ink.
    labels: (h, w) int32, the regions of the full size there."""

    lab: NDArray[np.float32]
    coverage: NDArray[np.float32]
    openness: NDArray[np.float32]
    labels: NDArray[np.int32]


def make_flats(
    hinted: Hinted,
    paint: Paint,
    chosen: tuple[Floats, Floats],
    palette: UInt8 | None = None,
    steady: UInt8 | None = None,
) -> Flats:
    """chosen: Lab (count, 3) and coverage (count,) in 0..1 of each region. palette: (n, 3) uint8, all that regions without a hint may
    have. steady: see steady.py; a palette is steady by itself."""
    regions = hinted.regions
    lab, coverage = chosen
    white = hinted.known & (hinted.colors.min(1) > PAPER) & (coverage < 0.5)
    painted = ((coverage >= 0.5) | hinted.known) & ~white & ~hinted.bare
    lab = np.where(hinted.known[:, None], srgb_to_lab(hinted.colors[None])[0], lab)
    if palette is None:
        lab = shared(lab, regions.areas, hinted.known & painted, painted)
    colors = np.where(hinted.known[:, None], hinted.colors, to_uint8(lab_to_srgb(lab)))
    if steady is not None and palette is None:  # before colours go on, since a hint's own must stay as it is
        colors = steadied(colors, lab, hinted.known, steady)
    if palette is not None:
        colors = snapped(colors, hinted.known, palette)
    sure = np.where(hinted.known | hinted.bare, 1, np.abs(2 * coverage - 1)).astype(np.float32)
    relief = relief_of(paint, regions.count)
    return Flats(regions, colors, np.asarray(painted), hinted.known, sure, ("",) * regions.count, relief)


def snapped(colors: UInt8, fixed: Mask, palette: UInt8) -> UInt8:
    """(count, 3) the palette's (n, 3) nearest colours in CIELAB, but where `fixed` (count,)."""
    apart = np.linalg.norm(srgb_to_lab(colors)[:, None] - srgb_to_lab(palette)[None], axis=2)
    return np.where(fixed[:, None], colors, palette[apart.argmin(1)])


def relief_of(paint: Paint, count: int) -> NDArray[np.float32]:
    """(h, w, 3) what of the paint is not flat, in Lab around the mean of each of `count` regions; nothing under ink."""
    weight = (paint.openness * np.maximum(paint.coverage, 1e-3)).reshape(-1) + 1e-6
    mean = means(paint.lab.reshape(-1, 3), paint.labels.reshape(-1), weight, count)
    around = (paint.lab - mean[paint.labels]) * paint.openness[..., None]
    size = np.linalg.norm(around, axis=2, keepdims=True)
    around = around * np.maximum(0, 1 - FAINT / np.maximum(size, FAINT))
    return np.asarray(np.rint(around * RELIEF_STEPS) / RELIEF_STEPS, np.float32)


def shared(lab: Floats, areas: NDArray[np.int64], fixed: Mask, painted: Mask) -> Floats:
    """Lab (count, 3) in which painted regions that look the same have the same colour: a fixed one's, else the largest one's."""
    result = np.array(lab)
    order = np.lexsort((-areas, ~fixed))
    heads = np.zeros((0, 3))
    for region in order[painted[order]]:
        if len(heads) and not fixed[region]:
            apart = np.linalg.norm(heads - lab[region], axis=1)
            if apart.min() < SAME:
                result[region] = heads[apart.argmin()]
                continue
        heads = np.vstack([heads, lab[region]])
    return result


def means(values: Floats, labels: NDArray[np.int32], weight: Floats, count: int) -> Floats:
    """Weighted mean (count, 3) of values (n, 3) over each of `count` numbers in labels (n,)."""
    mass = np.maximum(np.bincount(labels, weight, count), 1e-12)
    return np.stack([np.bincount(labels, weight * values[:, c], count) for c in range(3)], 1) / mass[:, None]


def filled(hinted: Hinted, known: Flats) -> Hinted:
    """Hints, and where they say nothing of a region, what `known` says of its own hinted regions there."""
    old, free = _from_known(hinted, known)
    painted = free & known.painted[old]
    return replace(
        hinted,
        colors=np.where(painted[:, None], known.colors[old], hinted.colors),
        known=hinted.known | painted,
        bare=hinted.bare | (free & ~painted),
    )


def exactly(flats: Flats, hinted: Hinted, known: Flats) -> Flats:
    """The same with paint or none, name and sureness as `known` has them where `hinted` says nothing: painted white stays painted."""
    old, free = _from_known(hinted, known)
    names = (known.names[number] if named else own for number, named, own in zip(old, free, flats.names, strict=True))
    painted, sure = np.where(free, known.painted[old], flats.painted), np.where(free, known.sure[old], flats.sure)
    return replace(flats, painted=painted, sure=sure.astype(np.float32), names=tuple(names))


def unmatched(flats: Flats, known: Flats) -> Mask:
    """(count,) the regions of which neither `known` nor a hint said anything."""
    old = mostly(flats.regions.labels, known.regions.labels, flats.regions.count)
    return np.asarray(~known.hinted[old] & ~flats.hinted)


def _from_known(hinted: Hinted, known: Flats) -> tuple[NDArray[np.int64], Mask]:
    """(count,) the region of `known` that each region was, and whether its colour comes from there."""
    old = mostly(hinted.regions.labels, known.regions.labels, hinted.regions.count)
    return old, np.asarray(known.hinted[old] & ~hinted.known & ~hinted.bare)


def recolored(kept: Flats, hinted: Hinted, palette: UInt8 | None = None) -> Flats:
    """Flats of an earlier job with the colours of new hints; regions that a hint parts or a stroke joins keep what is not hinted.

    palette: (n, 3) uint8, all that regions without a hint, old or new, may have.
    """
    regions = hinted.regions
    old = mostly(regions.labels, kept.regions.labels, regions.count)
    known, bare = hinted.known, hinted.bare
    colors, fixed = np.where(known[:, None], hinted.colors, kept.colors[old]), np.asarray(kept.hinted[old] | known)
    if palette is not None:
        colors = snapped(colors, fixed, palette)
    same = (colors == kept.colors[old]).all(1)
    return Flats(
        regions,
        colors,
        np.asarray((kept.painted[old] | known) & ~bare),
        fixed,
        np.where(known | bare, 1, kept.sure[old]).astype(np.float32),
        tuple(kept.names[number] if stays else "" for number, stays in zip(old, same, strict=True)),
        kept.relief,
    )


def mostly(labels: NDArray[np.int32], kept: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """(count,) the number in `kept` that has the most pixels of each number in `labels`, both (h, w)."""
    if labels is kept:
        return np.arange(count)
    found, sizes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for rows in bands(len(labels)):
        pair = (labels[rows].astype(np.int64) << 32 | kept[rows]).reshape(-1)
        starts = np.flatnonzero(np.append(True, pair[1:] != pair[:-1]))
        pairs, which = np.unique(pair[starts], return_inverse=True)
        found.append(pairs)
        sizes.append(np.bincount(which, np.diff(starts, append=len(pair))).astype(np.int64))
    pairs, which = np.unique(np.concatenate(found), return_inverse=True)
    pixels = np.bincount(which, np.concatenate(sizes))
    old = np.zeros(count, np.int64)
    order = np.argsort(pixels, kind="stable")
    old[pairs[order] >> 32] = pairs[order] & 0xFFFFFFFF
    return old
