"""Fits the logistic functions by which cells are joined to cells and to surfaces, and prints what colorgan_core/lineart/cells.py holds.

    python -m colorgan_train.fit_cells DATA --weights FILE

DATA holds compositions of the training part; they are drawn in all conditions of the studio set.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from colorgan_core.inference.loaded import Loaded
from colorgan_core.lineart.cells import Cells, find_cells, meeting_terms
from colorgan_core.lineart.ink import cleaned, contours
from colorgan_core.lineart.regions import open_pixels
from colorgan_core.picture.paper import flattened
from colorgan_core.picture.pixels import to_rgb8

from .compose.cache import open_compositions
from .compose.conditions import CONDITIONS, draw
from .evaluation.contours import OFF_INK
from .logistic import fit

OF_PASSAGES = 10  # of the terms, those of the passages alone
RIDGE = 1e-3  # weight decay of the standardised coefficients

Array = NDArray[Any]


def owners(cells: Cells, surfaces: NDArray[np.int32], counted: NDArray[np.bool_]) -> tuple[Array, Array]:
    """(count + 1,) the surface that has most of each cell, -1 for none, and the cell's counted pixels."""
    there, many = counted & (cells.labels > 0), int(surfaces.max()) + 1
    key, pixels = np.unique(cells.labels[there].astype(np.int64) * many + surfaces[there], return_counts=True)
    order = np.lexsort((pixels, key // many))  # the last of each cell is the largest
    owner = np.full(cells.count + 1, -1)
    owner[(key // many)[order]] = (key % many)[order]
    return owner, np.bincount(cells.labels[there], minlength=cells.count + 1)


def rows(data: Path, loaded: Loaded, count: int) -> Iterator[tuple[Array, Array, Array]]:
    """Of each drawing the terms of its passages (n, k), whether two surfaces meet there (n,), and weights (n,): the root of the area that
    is lost if the smaller cell goes astray."""
    compositions, rng = open_compositions(data), np.random.default_rng(34)
    singles = [name for name in CONDITIONS if name != "comic"]
    for number in range(count):
        index = int(rng.integers(len(compositions)))
        name = "comic" if compositions.is_page(index) else singles[number % len(singles)]
        drawing = draw(compositions[index], name, rng)
        flat = flattened(to_rgb8(drawing.picture))
        lines = cleaned(flat, contours(flat, loaded.contours))
        cells = find_cells(open_pixels(lines) > 0)
        owner, areas = owners(cells, drawing.composition.surfaces, drawing.counted_ink >= OFF_INK)
        first, second = cells.passages.first, cells.passages.second
        known = (owner[first] >= 0) & (owner[second] >= 0)
        terms = meeting_terms(cells)
        yield (
            terms[known],
            (owner[first] != owner[second])[known],
            np.sqrt(np.minimum(areas[first], areas[second]))[known],
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--drawings", type=int, default=300)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    found = list(rows(asked.data, Loaded(asked.weights, "cpu"), asked.drawings))
    x, y, weight = (np.concatenate([row[n] for row in found]) for n in range(3))
    print(f"{len(y)} passages, {int(y.sum())} of them between two surfaces")
    for name, terms in (("PARTING", x[:, :OF_PASSAGES]), ("MEETING", x)):
        print(f"{name} = ({', '.join(f'{value:.2f}' for value in fit(terms, y, weight, RIDGE))})")


if __name__ == "__main__":
    main()
