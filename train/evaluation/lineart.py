"""Hint-AUC v1: every row coloured with hints at eight ratios, scored by hintauc."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import hintauc_bridge as bridge
from . import rivals
from .environments import gmic_python
from .hintauc_bridge import METRICS, RATIOS
from .keep import Keep, load, ratio_name, save
from .measures import area_under
from .network import Colors, ask
from .processes import run_worker
from .sets import EvaluationSet, Item, truth_of

# What is kept of a rival lies under its name and edition: a change in its code is a new edition.
RIVALS = {
    "copy": "copy-1",
    "region-fill": "region-fill-2",
    "oracle": "oracle-1",
    "true-fill": "true-fill-1",
    "gmic": "gmic-1",
}
ROWS = ("colorgan", "flats", "pix2pix", *RIVALS)
WHAT = {
    "colorgan": "colorgan, paint",
    "flats": "colorgan, flats and shade",
    "pix2pix": "pix2pix, U-Net 256",
    "copy": "copy the line art",
    "region-fill": "region fill, mode of the hints away from lines",
    "oracle": "the protocol's oracle fill, light grey elsewhere",
    "true-fill": "the truth's own areas, each filled when hinted",
    "gmic": "G'MIC smart colouring, hints 2 px off lines",
}
Stage = Callable[[str, int], Callable[[], None]]  # (title, steps) -> advance by one step
RGBA = NDArray[np.uint8]
Painter = Callable[[Item, RGBA], NDArray[np.uint8]]


@dataclass(frozen=True)
class Curve:
    """A row's means over the set: {metric: {ratio: mean}}."""

    row: str
    means: Mapping[str, Mapping[float, float]]

    def area(self, metric: str) -> float:
        return area_under(self.means[metric])

    def few(self, metric: str) -> float:
        """Mean over 0 to 10 % of hints."""
        return area_under(self.means[metric], 0.0, 0.1)

    def many(self, metric: str) -> float:
        """Mean over 10 to 100 % of hints."""
        return area_under(self.means[metric], 0.1, 1.0)

    def record(self) -> dict[str, Any]:
        """For --json."""
        summary = {m: {"area": self.area(m), "few": self.few(m), "many": self.many(m)} for m in METRICS}
        ratios = {m: {f"{ratio:.2f}": value for ratio, value in self.means[m].items()} for m in METRICS}
        return {"row": self.row, "what": WHAT[self.row], "summary": summary, "at": ratios}


def lineart_curves(
    chosen: EvaluationSet,
    rows: Sequence[str],
    colorizer: Colors | None,
    python: str,
    keep: Keep,
    workspace: Path,
    stage: Stage,
    pix2pix: Painter | None = None,
) -> list[Curve]:
    """A curve a row. The networks' pictures are left in workspace/ROW/ITEM/RATIO.png, the other rivals' in `keep`."""
    prepare_hints(chosen, python, keep, stage)
    curves = []
    for row in rows:
        scores = {item.key: keep.scores(item, RIVALS[row]) for item in chosen.items} if row in RIVALS else {}
        missing = list({item.key: item for item in chosen.items if not scores.get(item.key)}.values())
        place = {
            item.key: keep.folder(item) / RIVALS[row] if row in RIVALS else workspace / row / item.key
            for item in missing
        }
        painter = pix2pix if row == "pix2pix" else painter_of(row, colorizer)
        fresh = color_and_score(row, missing, place, painter, python, keep, stage)
        for item in missing:
            scores[item.key] = fresh[item.key]
            if row in RIVALS:
                keep.keep_scores(item, RIVALS[row], fresh[item.key])
        curves.append(Curve(row, means([scores[item.key] or {} for item in chosen.items])))
    return curves


def prepare_hints(chosen: EvaluationSet, python: str, keep: Keep, stage: Stage) -> None:
    """The protocol's hints of every item, into `keep`."""
    missing = [item for item in chosen.items if not keep.has_hints(item)]
    jobs = [(keep.folder(item) / "truth.png", keep.hints(item)) for item in missing]
    bridge.make_hints(python, jobs, stage("hints", len(jobs)))


def means(scores: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[float, float]]:
    """{metric: {ratio: mean over items}} of [{ratio name: {metric: value}}]."""
    return {m: {r: float(np.mean([one[ratio_name(r)][m] for one in scores])) for r in RATIOS} for m in METRICS}


def color_and_score(
    row: str,
    items: Sequence[Item],
    place: Mapping[str, Path],
    painter: Painter | None,
    python: str,
    keep: Keep,
    stage: Stage,
) -> dict[str, dict[str, dict[str, float]]]:
    """{item: {ratio name: {metric: value}}}. Ratios with the same hints, as low ones often are, are worked out once."""
    distinct = [(item, hints, ratios) for item in items for hints, ratios in distinct_hints(keep, item)]
    paths = [place[item.key] / ratio_name(ratios[0]) for item, _, ratios in distinct]
    advance = stage(f"colour: {row}", len(distinct))
    if row == "gmic":
        color_with_gmic(distinct, paths, keep, advance)
    elif row == "oracle":
        folders = [keep.folder(item) for item in items]
        fills = [
            (folder / "truth.png", folder / "lines.png", place[item.key])
            for folder, item in zip(folders, items, strict=True)
        ]
        bridge.fill(python, fills, advance)
    else:
        for (item, hints, _), path in zip(distinct, paths, strict=True):
            assert painter is not None, f"nobody paints the row {row}"
            save(path, painter(item, hints))
            advance()
    jobs = [(path, keep.folder(item) / "truth.png") for (item, _, _), path in zip(distinct, paths, strict=True)]
    if row == "copy":  # the same picture at every ratio
        firsts = {item.key: job for (item, _, _), job in zip(distinct, jobs, strict=True)}
        scored = bridge.score(python, list(firsts.values()), stage("score: copy", len(firsts)))
        of_item = dict(zip(firsts, scored, strict=True))
        values = [of_item[item.key] for item, _, _ in distinct]
    else:
        values = bridge.score(python, jobs, stage(f"score: {row}", len(jobs)))
    scores: dict[str, dict[str, dict[str, float]]] = {item.key: {} for item in items}
    for (item, _, ratios), path, value in zip(distinct, paths, values, strict=True):
        for ratio in ratios:
            scores[item.key][ratio_name(ratio)] = value
            if ratio != ratios[0] and row != "oracle":
                shutil.copyfile(path, path.with_name(ratio_name(ratio)))
    return scores


def distinct_hints(keep: Keep, item: Item) -> list[tuple[RGBA, list[float]]]:
    """The different hint pictures of an item, each with its ratios."""
    groups: dict[bytes, tuple[RGBA, list[float]]] = {}
    for ratio in RATIOS:
        hints = load(keep.hints(item) / ratio_name(ratio))
        groups.setdefault(hints.tobytes(), (hints, []))[1].append(ratio)
    return list(groups.values())


def painter_of(row: str, colorizer: Colors | None) -> Painter | None:
    """Who paints a row's pictures; None for G'MIC, which has processes of its own."""
    simple: dict[str, Painter] = {
        "copy": lambda item, hints: rivals.copy(item.lines),
        "region-fill": lambda item, hints: rivals.region_fill(item.lines, hints),
        "true-fill": lambda item, hints: rivals.true_fill(truth_of(item), item.lines, hints),
    }
    if colorizer is None or row in RIVALS:
        return simple.get(row)
    return lambda item, hints: ask(colorizer, item.lines, "lineart", hints, flats=row == "flats").picture


def color_with_gmic(
    work: Sequence[tuple[Item, RGBA, list[float]]], paths: Sequence[Path], keep: Keep, advance: Callable[[], None]
) -> None:
    """G'MIC gets the hints that are clear of the lines; where none is left the line art stays."""
    jobs = []
    for (item, hints, _), path in zip(work, paths, strict=True):
        spots = rivals.clear_of_lines(hints, item.lines)
        if spots[..., 3].any():
            save(path.with_name("spots-" + path.name), spots)
            jobs.append([str(keep.folder(item) / "lines.png"), str(path.with_name("spots-" + path.name)), str(path)])
        else:
            save(path, rivals.copy(item.lines))
            advance()
    if jobs:
        run_worker(gmic_python(), "gmic_worker.py", jobs, advance=advance)
