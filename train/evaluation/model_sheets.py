"""The table of `evaluate --task reference`: a drawing coloured by a model sheet, its own finished picture or the figure in another pose.

A drawing is one figure on paper, of art of one part, in clean ink. Right is the share of the painted area whose surface has the truth's
median within RIGHT (CIEDE2000), as in `propagate`. A program is given the ink and the sheet, and no hint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from colorgan_core.errors import UsageError
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import build_request
from colorgan_core.picture.color import srgb_to_lab
from colorgan_core.picture.pixels import write_picture

from ..compose.composition import Composition
from ..compose.make import compose
from ..compose.pieces import Pieces, open_pieces
from ..compose.repose import pose, posed
from ..split import HELD_OUT, TUNING
from .dab_figures import paired_interval
from .dab_rows import paint_of
from .dabs import Case, medians_of, painted
from .drawings import Surfaces, colors_in, painted_surfaces
from .lineart import Stage
from .measures import delta_e_2000
from .rivals import draw_lines_over
from .sheet import contact_sheet
from .tables import plain

PARTS = {"held-out": HELD_OUT, "tuning-part": TUNING}
FIGURES = 60
SIZE = 1024  # px
RIGHT = 10.0  # CIEDE2000
SHOWN = 12
SHEETS = ("its own picture", "another pose")
ROWS = ("colorgan", "no sheet", "same place")
RGB = NDArray[np.uint8]


@dataclass(frozen=True)
class Figure:
    """A drawing with its truth, and the picture (h, w, 3) of each of SHEETS."""

    case: Case
    surfaces: Surfaces
    sheets: tuple[RGB, RGB]


def figure_of(pieces: Pieces, number: int) -> Figure | None:
    """Figure `number` of a part, the same on every machine; None where it has no painted surface."""
    made = compose(pieces, number, SIZE, "figure")
    ink = np.repeat(made.ink[..., None], 3, 2)
    case = Case(f"{number:03d}", ink, made.color, made.ink, made.surfaces)
    surfaces = painted_surfaces(case)
    if not len(surfaces.labels):
        return None
    return Figure(case, surfaces, (made.inked(), reposed(made, number)))


def reposed(made: Composition, number: int) -> RGB:
    """(h, w, 3) the finished picture with its ink in another pose."""
    (picture,) = posed((made.inked(),), pose(np.random.default_rng([36, number]), made.surfaces > 0))
    return np.asarray(picture, np.uint8)


def colored(colorizer: Colorizer, figure: Figure, sheet: RGB | None) -> RGB:
    """(h, w, 3) the flats by a sheet, or by none."""
    request = build_request(
        figure.case.picture, task="lineart", references=() if sheet is None else (sheet,), shade=False
    )
    flats = colorizer.colorize(request).flats
    assert flats is not None, "line art has flats"
    return paint_of(flats)


def same_place(figure: Figure, sheet: RGB) -> RGB:
    """(h, w, 3) each true surface in the sheet's median colour where it lies."""
    case = figure.case
    medians = medians_of(sheet[case.off], case.labels[case.off], len(case.medians))
    return np.asarray(medians[case.labels], np.uint8)


def right(result: RGB, figure: Figure) -> float:
    """Share of the painted area that is right."""
    given, surfaces = colors_in(result, figure.case, figure.surfaces), figure.surfaces
    apart = delta_e_2000(srgb_to_lab(given[None])[0], surfaces.lab)
    return float(surfaces.areas @ ((apart < RIGHT) & painted(given)) / surfaces.areas.sum())


def measure(
    console: Console, stage: Stage, name: str, data: Path | None, loaded: Any, limit: int | None, sheet: Path | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Prints the table, writes the sheet; returns what --json says about the set and about the results. Raises UsageError, InputError."""
    if name not in PARTS:
        raise UsageError(f"--task reference takes figures of {' or '.join(PARTS)}, not of {name}.")
    if data is None:
        raise UsageError("--task reference composes figures of art: name the folder of its packages with --data DIR.")
    pieces = open_pieces(data / "downloads", PARTS[name])
    colorizer, count = Colorizer(loaded), limit or FIGURES
    found: dict[str, list[tuple[float, float]]] = {row: [] for row in ROWS}
    shown: list[list[RGB]] = []
    advance = stage("figures", count)
    for number in range(count):
        figure = figure_of(pieces, number)
        advance()
        if figure is None:
            continue
        results = [colored(colorizer, figure, each) for each in figure.sheets]
        alone = right(colored(colorizer, figure, None), figure)
        found["colorgan"].append((right(results[0], figure), right(results[1], figure)))
        found["no sheet"].append((alone, alone))
        found["same place"].append(tuple(right(same_place(figure, each), figure) for each in figure.sheets))  # type: ignore[arg-type]
        if len(shown) < SHOWN:
            ink = figure.case.gray if figure.case.ink is None else figure.case.ink
            drawn = [draw_lines_over(each, ink) for each in results]
            shown.append([*figure.sheets, *drawn, draw_lines_over(figure.case.truth, ink)])
    console.print(table(found, f"{len(found['colorgan'])} figures of {name}"))
    if sheet is not None:
        columns = ["its own picture", "another pose", "by its own", "by the pose", "truth"]
        console.print(write_picture(sheet, contact_sheet(columns, shown)) or f"Sheet: {sheet}")
    return {"name": name, "count": len(found["colorgan"])}, {"reference": summary(found)}


def summary(found: Mapping[str, Sequence[tuple[float, float]]]) -> list[dict[str, Any]]:
    """One record a row: for each of SHEETS the mean share with its 95 % interval."""
    return [
        {"row": row, **{name: paired_interval(np.array(each)[:, place]) for place, name in enumerate(SHEETS)}}
        for row, each in found.items()
    ]


def table(found: Mapping[str, Sequence[tuple[float, float]]], title: str) -> Any:
    made = plain(f"Right of the painted area by a model sheet, {title}", "row", *SHEETS)
    for row in summary(found):
        made.add_row(row["row"], *("{:.2f} [{:.2f}, {:.2f}]".format(*row[name]) for name in SHEETS))
    return made
