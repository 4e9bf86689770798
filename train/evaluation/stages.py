"""The columns of each kind of sheet, from what an evaluation has left behind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .gray import gray_of
from .keep import Keep, load, ratio_name
from .lineart import RIVALS
from .network import Colors, ask
from .rivals import copy
from .sets import EvaluationSet, Item, spread
from .sheet import ITEMS, PAGE, STYLE, contact_sheet, hints_over

RGB = NDArray[np.uint8]


def sheet_of(chosen: EvaluationSet, task: str, colorizer: Colors | None, keep: Keep, workspace: Path) -> RGB:
    """The sheet of `task`: "lineart", "gray", or "pages", line art without truth in three seeds."""
    items = [chosen.items[index] for index in spread(len(chosen.items), ITEMS)]
    if task == "lineart":
        gmic = all(gmic_picture(keep, item).is_file() for item in items)
        names = ["line art", "no hints", "hints 5 %", "result", "hints 25 %", "result", *["G'MIC 25 %"] * gmic, "truth"]
        return contact_sheet(names, [lineart_row(item, keep, workspace, gmic) for item in items])
    if task == "gray":
        return contact_sheet(["grey", "result", "original"], [gray_row(item, colorizer) for item in items])
    names = ["line art", "seed 0", "seed 1", "seed 2"]
    return contact_sheet(names, [page_row(item, colorizer) for item in items], PAGE)


def style_sheet(contents: list[RGB], styles: list[RGB], results: list[dict[str, RGB]]) -> RGB:
    """One pair a content, each with another style: content, style, and what each row makes of them."""
    rows = []
    for number, content in enumerate(contents):
        look = number % len(styles)
        made = results[number * len(styles) + look]
        rows.append([content, styles[look], *(made[name] for name in ("colorgan", "reinhard", "magenta"))])
    return contact_sheet(["content", "style", "colorgan", "Reinhard", "Magenta"], rows, STYLE)


def gmic_picture(keep: Keep, item: Item) -> Path:
    return keep.folder(item) / RIVALS["gmic"] / ratio_name(0.25)


def lineart_row(item: Item, keep: Keep, workspace: Path, gmic: bool) -> list[RGB]:
    """Line art, results of 0, 5 and 25 % with their hints, G'MIC at 25 %, truth; line art where a result is missing."""

    def result(ratio: float) -> RGB:
        paths = (workspace / row / item.key / ratio_name(ratio) for row in ("flats", "colorgan"))
        return next((load(path) for path in paths if path.is_file()), copy(item.lines))

    def hints(ratio: float) -> RGB:
        return hints_over(item.lines, load(keep.hints(item) / ratio_name(ratio)))

    others = [load(gmic_picture(keep, item))] if gmic else []
    assert item.truth is not None
    return [copy(item.lines), result(0.0), hints(0.05), result(0.05), hints(0.25), result(0.25), *others, item.truth]


def gray_row(item: Item, colorizer: Colors | None) -> list[RGB]:
    assert item.color is not None
    gray = gray_of(item.color)
    shown = np.repeat(gray[..., None], 3, 2)
    return [shown, shown if colorizer is None else ask(colorizer, gray, "gray").picture, item.color]


def page_row(item: Item, colorizer: Colors | None) -> list[RGB]:
    """The page in three seeds."""
    seeds = range(3) if colorizer is not None else []
    return [copy(item.lines), *(ask(colorizer, item.lines, "lineart", seed=seed, flats=True).picture for seed in seeds)]
