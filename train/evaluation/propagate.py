"""One dab, and all that is alike: how far a few hints carry over a drawing, the table of DESIGN.md.

Of a drawing with LEAST_SURFACES painted true surfaces and more, some are hinted by a dab in their middle, drawn at random by area, the
same for every row. Judged is the rest of the painted area: a surface is right where the median of the result is painted and within
RIGHT (CIEDE2000) of the truth's median. A program is told neither what is painted nor which surfaces there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from colorgan_core.picture.color import srgb_to_lab

from .dabs import Case, Dab, dab_at, largest, painted
from .drawings import Surfaces, colors_in, painted_surfaces
from .measures import delta_e_2000
from .rivals import draw_lines_over

HINTS = (0, 1, 2, 4, 8)  # surfaces that are hinted
LEAST_SURFACES = 6  # painted surfaces of a drawing that is measured
RIGHT = 10.0  # CIEDE2000
RGB = NDArray[np.uint8]
Paint = Callable[[Sequence[Dab]], RGB]


@dataclass(frozen=True)
class Task:
    """A drawing with its surfaces in the order in which they are hinted, and a dab for each of the first of them.

    A surface that is too thin for a dab is not hinted, and is judged like the others."""

    case: Case
    surfaces: Surfaces
    order: tuple[int, ...]  # indices into surfaces
    dabs: tuple[Dab, ...]
    middles: NDArray[np.float64]  # (n, 2) row and column of each surface's middle


@dataclass(frozen=True)
class Figures:
    """Of one row on one drawing, for each of HINTS; NaN where no surface is without a hint. share: of the unhinted painted area that is
    right. deltae: mean CIEDE2000 over that area."""

    share: tuple[float, ...]
    deltae: tuple[float, ...]


def task_of(case: Case) -> Task:
    """Hints are the same on every machine: chance comes from the drawing's name."""
    surfaces = painted_surfaces(case)
    seed = int.from_bytes(hashlib.sha256(f"colorgan-1/propagate/{case.name}".encode()).digest()[:8], "big")
    chance = np.random.default_rng(seed)
    share = surfaces.areas / surfaces.areas.sum()
    shuffled = chance.choice(len(share), size=len(share), replace=False, p=share)
    dabs, order, middles = [], [], np.zeros((len(share), 2))
    for place in shuffled:
        where = case.off & (case.labels == surfaces.labels[place])
        found = largest(where)
        middles[place] = np.argwhere(where).mean(0) if found is None else found[1]
        if found is not None and len(dabs) < HINTS[-1]:
            red, green, blue = (int(value) for value in case.medians[surfaces.labels[place]])
            dabs.append(replace(dab_at(case, found[1], found[2]), color=(red, green, blue)))
            order.append(int(place))
    return Task(case, surfaces, tuple(order), tuple(dabs), middles)


def figures_of(colors: Callable[[int], RGB], task: Task) -> Figures:
    """colors: from a number of hints to the (n, 3) colours that a row gives the surfaces."""
    shares, deltas = [], []
    for count in HINTS:
        rest = np.setdiff1d(np.arange(len(task.surfaces.labels)), task.order[:count])
        if not len(rest) or count > len(task.dabs):
            shares.append(float("nan"))
            deltas.append(float("nan"))
            continue
        given = colors(count)[rest]
        apart = delta_e_2000(srgb_to_lab(given[None])[0], task.surfaces.lab[rest])
        weights = task.surfaces.areas[rest] / task.surfaces.areas[rest].sum()
        shares.append(float(weights @ ((apart < RIGHT) & painted(given))))
        deltas.append(float(weights @ apart))
    return Figures(tuple(shares), tuple(deltas))


# ---- rows


def program(paint: Paint, task: Task) -> Callable[[int], RGB]:
    return lambda count: colors_in(paint(task.dabs[:count]), task.case, task.surfaces)


def nearest(task: Task) -> Callable[[int], RGB]:
    """Every surface in the colour of the hint whose middle is nearest to its own; white without hints."""

    def colors(count: int) -> RGB:
        hinted = list(task.order[:count])
        if not hinted:
            return np.full((len(task.middles), 3), 255, np.uint8)
        apart = np.linalg.norm(task.middles[:, None] - task.middles[hinted][None], axis=2)
        return hint_colors(task, count)[apart.argmin(1)]

    return colors


def best(task: Task) -> Callable[[int], RGB]:
    """Every surface in that of the given colours which is nearest to its own: nothing that copies hints can do more."""

    def colors(count: int) -> RGB:
        if not count:
            return np.full((len(task.middles), 3), 255, np.uint8)
        given = hint_colors(task, count)
        apart = delta_e_2000(task.surfaces.lab[:, None], srgb_to_lab(given[None]))
        return given[apart.argmin(1)]

    return colors


def hint_colors(task: Task, count: int) -> RGB:
    return np.array([dab.color for dab in task.dabs[:count]], np.uint8)


def in_surfaces(colors: RGB, task: Task) -> RGB:
    """(h, w, 3) what is judged: each true surface in the colour that it was given, under the true ink."""
    table = np.full((len(task.case.medians), 3), 255, np.uint8)
    table[task.surfaces.labels] = colors
    gray = task.case.gray if task.case.ink is None else task.case.ink
    return draw_lines_over(table[task.case.labels], gray)
