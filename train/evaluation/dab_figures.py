"""What is reported beside the curves: paper kept, spill, and surfaces that one dab colours whole; means with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .dabs import SHOWN, Case, Dab, Judge, close, dab_at, dabs_to_done, differs, largest, painted
from .measures import overlap

SURFACES = 8  # largest painted surfaces that are dabbed for spill and whole
WHOLE = 0.95  # of a surface
RESAMPLES = 2000
RGB = NDArray[np.uint8]
Paint = Callable[[Sequence[Dab]], RGB]


@dataclass(frozen=True)
class Figures:
    """Of one row on one drawing; NaN where a drawing has no such thing.

    shares: right after 0, 1, ... dabs. done: dabs to done. paper, overlap: without hints, the share of true paper that stays
    unpainted, and the IoU of what is painted. paper_hinted: that share with the largest surfaces dabbed. spill: with the
    largest surfaces dabbed and paper marked, the share of the pixels that the dabs change which become wrong. whole:
    the share of these surfaces of which at least WHOLE is right. timed_out: the row used up its time, so that its last result stayed.
    """

    shares: tuple[float, ...]
    done: int
    paper: float
    overlap: float
    paper_hinted: float
    spill: float
    whole: float
    timed_out: bool = False


def cut_short(figures: Figures) -> Figures:
    """Of a row that used up its time: what it had no time for is not known."""
    unknown = float("nan")
    return replace(figures, paper_hinted=unknown, spill=unknown, whole=unknown, timed_out=True)


def figures_of(paint: Paint, case: Case, shares: Sequence[float], goal: float) -> Figures:
    """goal: the share from which a drawing counts as done."""
    bare = paint([])
    surfaces, papers = surface_dabs(case), paper_dabs(case)
    hinted = paint(surfaces)
    marked, before = paint([*papers, *surfaces]), paint(papers)
    off, paper = case.off, case.paper & case.off
    changed = off & differs(marked, before)
    spilled = ~close(marked[changed], case.smooth[changed]) | (painted(marked[changed]) == case.paper[changed])
    right, _ = Judge(case).look(marked)
    wholes = [right[off & (case.labels == case.labels[dab.at])].mean() >= WHOLE for dab in surfaces]
    return Figures(
        tuple(shares),
        dabs_to_done(shares, goal),
        share_of(~painted(bare[paper])),
        overlap(painted(bare) & off, ~case.paper & off),
        share_of(~painted(hinted[paper])),
        share_of(spilled),
        share_of(np.array(wholes)),
    )


def share_of(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if values.size else float("nan")


def surface_dabs(case: Case) -> list[Dab]:
    """A dab in the middle of each of the largest painted surfaces."""
    areas = np.bincount(case.labels[case.off & ~case.paper], minlength=len(case.medians))
    order = [label for label in np.argsort(-areas, kind="stable")[:SURFACES] if areas[label]]
    places = (largest(case.off & ~case.paper & (case.labels == label)) for label in order)
    return [dab_at(case, place[1], place[2]) for place in places if place is not None]


def paper_dabs(case: Case) -> list[Dab]:
    """A dab of "keep unpainted" in the middle of each surface of paper."""
    areas = np.bincount(case.labels[case.off & case.paper], minlength=len(case.medians))
    places = (largest(case.off & case.paper & (case.labels == label)) for label in np.flatnonzero(areas))
    return [dab_at(case, place[1], place[2]) for place in places if place is not None]


@dataclass
class Table:
    """Figures by row, condition and drawing."""

    found: dict[str, dict[str, dict[str, Figures]]] = field(default_factory=dict)

    def add(self, row: str, condition: str, name: str, figures: Figures) -> None:
        self.found.setdefault(row, {}).setdefault(condition, {})[name] = figures

    def values(self, row: str, figure: Callable[[Figures], float], condition: str | None = None) -> NDArray[np.float64]:
        """A figure of every drawing, in one order for all rows. condition: None for all."""
        picked = self.found[row] if condition is None else {condition: self.found[row][condition]}
        return np.array([figure(each) for drawings in picked.values() for each in drawings.values()], float)

    def mean(self, row: str, figure: Callable[[Figures], float], condition: str | None = None) -> float:
        values = self.values(row, figure, condition)
        return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")

    def difference(self, row: str, other: str, figure: Callable[[Figures], float]) -> tuple[float, float, float]:
        """(mean, low, high) of row minus other over drawings: the 95 % interval of a paired bootstrap."""
        return paired_interval(self.values(row, figure) - self.values(other, figure))

    def record(self) -> dict[str, dict[str, dict[str, dict[str, object]]]]:
        """For --json: every drawing's curve and figures."""
        return {
            row: {
                condition: {
                    name: {**vars(figures), "shares": list(figures.shares)} for name, figures in drawings.items()
                }
                for condition, drawings in conditions.items()
            }
            for row, conditions in self.found.items()
        }


def paired_interval(differences: NDArray[np.float64]) -> tuple[float, float, float]:
    """(mean, low, high): 95 % interval of the mean of paired differences, by the bootstrap (Efron 1979)."""
    kept = differences[np.isfinite(differences)]
    if not len(kept):
        return float("nan"), float("nan"), float("nan")
    rng = np.random.default_rng(0)
    means = kept[rng.integers(0, len(kept), (RESAMPLES, len(kept)))].mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(kept.mean()), float(low), float(high)


def after(number: int) -> Callable[[Figures], float]:
    """The share that is right after so many dabs, the last one where fewer were played."""
    return lambda figures: figures.shares[min(number, len(figures.shares) - 1)]


COLUMNS: Mapping[str, Callable[[Figures], float]] = {
    **{f"{number}": after(number) for number in SHOWN},
    "done": lambda figures: figures.done,
    "paper": lambda figures: figures.paper,
    "IoU": lambda figures: figures.overlap,
    "paper, hinted": lambda figures: figures.paper_hinted,
    "spill": lambda figures: figures.spill,
    "whole": lambda figures: figures.whole,
}
