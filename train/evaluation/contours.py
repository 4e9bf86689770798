"""How well contours are found in each medium, and how well cells and surfaces keep true surfaces apart, on compositions.

F: F-measure of the pixels of contours with a tolerance of TOLERANCE px (Martin et al., IEEE TPAMI 2004). Beside it stands what a
threshold finds in the same flattened picture. astray: share of the open area that lies in a cell, or a found surface, in which another
true surface has the most. cells, surfaces: found for each true surface.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.table import Table

from colorgan_core.errors import InputError
from colorgan_core.inference.loaded import Loaded
from colorgan_core.lineart.cells import find_cells
from colorgan_core.lineart.ink import DARK, cleaned, contours
from colorgan_core.lineart.regions import open_pixels
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.picture.paper import flattened
from colorgan_core.picture.pixels import to_rgb8

from .dab_sets import named_folder
from .tables import plain

TOLERANCE = 2  # px
OFF_INK = 250  # of 255; lighter is counted as open
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Figures:
    """Of one drawing."""

    f: float
    precision: float
    recall: float
    threshold: float
    astray: float
    cells: float
    surfaces_astray: float
    surfaces: float


def f_measure(found: Mask, true: Mask) -> tuple[float, float, float]:
    """(F, precision, recall) of contours (h, w); without any on either side 1."""
    near = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * TOLERANCE + 1, 2 * TOLERANCE + 1))
    hit, met = (
        one[cv2.dilate(other.astype(np.uint8), near) > 0].sum() / max(one.sum(), 1) if one.any() else 1.0
        for one, other in ((found, true), (true, found))
    )
    return float(2 * hit * met / max(hit + met, 1e-9)), float(hit), float(met)


def astray(labels: NDArray[np.int32], surfaces: NDArray[np.int64], counted: Mask) -> tuple[float, float]:
    """Share of the counted pixels (h, w) in cells `labels` (0: none) whose majority is another of the `surfaces`, and cells a surface."""
    there = counted & (labels > 0)
    if not there.any():
        return 0.0, 0.0
    many = int(surfaces.max()) + 1
    key, pixels = np.unique(labels[there].astype(np.int64) * many + surfaces[there], return_counts=True)
    most, total = np.zeros((2, int(labels.max()) + 1), np.int64)
    np.maximum.at(most, key // many, pixels)
    np.add.at(total, key // many, pixels)
    return float((total - most).sum() / there.sum()), float((total > 0).sum() / len(np.unique(key % many)))


def figures_of(drawing: Path, loaded: Loaded) -> Figures:
    """drawing: SET/line/NAME.png. Raises InputError where its truth is missing."""

    def truth(kind: str, mode: str) -> NDArray[np.generic]:
        try:
            with Image.open(drawing.parents[1] / kind / drawing.name) as picture:
                return np.array(picture.convert(mode))
        except OSError as error:
            raise InputError(f"{drawing} has no truth in {kind}; `colorgan data studio` makes sets with it.") from error

    true, ink = truth("contours", "L") < 128, truth("ink", "L")  # type: ignore[operator]
    surfaces = truth("surfaces", "I").astype(np.int64)
    with Image.open(drawing) as picture:
        flat = flattened(to_rgb8(np.array(picture.convert("RGBA" if "A" in picture.getbands() else "RGB"))))
    chance = contours(flat, loaded.contours)
    lines = cleaned(flat, chance)
    parted, off = find_surfaces(lines), ink >= OFF_INK  # type: ignore[operator]
    return Figures(
        *f_measure(chance > 127, true), f_measure(flat.min(2) < DARK * 255, true)[0],
        *astray(find_cells(open_pixels(lines) > 0).labels, surfaces, off), *astray(parted.labels + 1, surfaces, off),
    )  # fmt: skip


def drawings(name: str, data: Path | None, limit: int | None) -> Iterator[tuple[str, Path]]:
    """Conditions and drawings of a set, at most `limit` a condition. Raises InputError for a set without conditions."""
    folder = named_folder(name, data)
    found = sorted(folder.glob("*/line/*.png"))
    if not found:
        raise InputError(f"{folder} is not a set of compositions in conditions.")
    by: dict[str, list[Path]] = {}
    for path in found:
        by.setdefault(path.parents[1].name, []).append(path)
    for condition, paths in by.items():
        yield from ((condition, path) for path in paths[:limit])


def measure(
    chosen: list[tuple[str, Path]], loaded: Loaded, advance: Callable[[], None]
) -> dict[str, dict[str, Figures]]:
    """Figures by condition and drawing."""
    found: dict[str, dict[str, Figures]] = {}
    for condition, path in chosen:
        found.setdefault(condition, {})[path.stem] = figures_of(path, loaded)
        advance()
    return found


def table(found: dict[str, dict[str, Figures]], title: str) -> Table:
    columns = (
        "condition",
        "F",
        "precision",
        "recall",
        "F of a threshold",
        "astray in cells",
        "cells",
        "in surfaces",
        "surfaces",
    )
    made = plain(title, *columns)
    for condition, each in found.items():
        means = np.mean([list(vars(figures).values()) for figures in each.values()], 0)
        made.add_row(condition, *(f"{value:.1f}" if n in (5, 7) else f"{value:.3f}" for n, value in enumerate(means)))
    return made
