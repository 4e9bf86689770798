"""Results without hints, for which there is no one right answer: how near the whole set is to real art, and whether each one makes sense.

KID          of all results against coloured art that is not among the drawings measured, times 1,000; `kid.py` has the rest
colourfulness  mean of the results divided by that of the truth (Hasler and Suesstrunk, "Measuring colourfulness in natural images", 2003)
colours      a picture, over the true painted surfaces (medians more than CIEDE2000 15 apart)
alike        of the pairs of surfaces to which the truth gives one colour (CIEDE2000 under 10), the share to which the result does, too
unlike       of the other pairs, the share to which the result gives two colours: one colour for everything has alike 1 and unlike 0
IoU          of the painted area with the truth's, off the ink
CIEDE2000    mean over the painted true surfaces, by area, between medians; of seed 0, and of the best of the seeds

The floors are given the true ink, and the best constant the true painted area, too.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table as RichTable
from torch import nn

from colorgan_core.errors import InputError, UsageError
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import build_request
from colorgan_core.picture.color import srgb_to_lab
from colorgan_core.picture.pixels import write_picture

from . import rivals
from .dab_rows import Gmic, on_white
from .dabs import Case, painted
from .drawings import Drawing, Entry, colors_in, entries_of, painted_surfaces, reference_of
from .keep import Keep, load, save
from .kid import LEAST, SUBSETS, Features, Kid, features_of, kid, open_network, square
from .lineart import Stage
from .measures import delta_e_2000, distinct_colors, overlap
from .propagate_measure import open_gmic
from .sets import downloads, spread, truth_of
from .sheet import contact_sheet
from .tables import plain
from .unhinted import constant_of, one_color, own_palette, random_fill

ROWS = ("colorgan", "gmic", "pix2pix", "random", "constant", "copy", "truth")
WHAT = {
    "colorgan": "colorgan",
    "gmic": "G'MIC, random colours",
    "pix2pix": "pix2pix, U-Net 256",
    "random": "random colours of another drawing",
    "constant": "best constant",
    "copy": "copy the lines",
    "truth": "real art: the truth",
}
WITH_CHANCE = ("colorgan", "random")
GMIC_KEPT = "gmic-random-1"  # a change in how it is run is a new name
ONE_COLOR = 10.0  # CIEDE2000: two surfaces that differ by less have one colour
SHOWN = 40  # drawings on a sheet
ON_SHEET = {"colorgan": "colorgan", "gmic": "G'MIC", "truth": "truth"}
RGB = NDArray[np.uint8]
Paint = Callable[[Drawing, int], RGB]  # (drawing, seed)


@dataclass(frozen=True)
class Figures:
    """Of one row on one drawing; the module says what each means. NaN where a drawing has no such pairs or no painted surface."""

    colorfulness: float
    colors: float
    alike: float
    unlike: float
    overlap: float
    deltae: float
    deltae_best: float


@dataclass(frozen=True)
class Row:
    kid: Kid
    figures: Mapping[str, Figures]  # by drawing

    def mean(self, figure: str) -> float:
        values = np.array([getattr(each, figure) for each in self.figures.values()], float)
        return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")


def colorfulness(picture: RGB) -> float:
    """M3 of Hasler and Suesstrunk (2003), of a picture (h, w, 3): 0 for greys, about 60 for "highly colourful"."""
    red, green, blue = np.moveaxis(picture.astype(np.float64), -1, 0)
    red_green, yellow_blue = red - green, (red + green) / 2 - blue
    spread = np.hypot(red_green.std(), yellow_blue.std())
    return float(spread + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))


def agreement(truth: NDArray[np.floating], result: RGB) -> tuple[float, float]:
    """(alike, unlike) of surfaces whose truth has the Lab colours (n, 3) and whose result the sRGB colours (n, 3). Unpainted surfaces are
    never alike, since nothing was coloured."""
    first, second = np.triu_indices(len(truth), 1)
    lab = srgb_to_lab(result[None])[0]
    one = delta_e_2000(truth[first], truth[second]) < ONE_COLOR
    same = delta_e_2000(lab[first], lab[second]) < ONE_COLOR
    both = painted(result[first]) & painted(result[second])
    return share_of((same & both)[one]), share_of(~same[~one])


def share_of(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if values.size else float("nan")


def figures_of(pictures: Sequence[RGB], case: Case) -> Figures:
    """pictures: what a row makes of a drawing, a seed each."""
    surfaces, first = painted_surfaces(case), pictures[0]
    bare = float("nan")
    if not len(surfaces.labels):
        area = overlap(painted(first) & case.off, ~case.paper & case.off)
        return Figures(colorfulness(first), bare, bare, bare, area, bare, bare)
    weights = surfaces.areas / surfaces.areas.sum()
    medians = [colors_in(picture, case, surfaces) for picture in pictures]
    deltas = [float(weights @ delta_e_2000(srgb_to_lab(each[None])[0], surfaces.lab)) for each in medians]
    has_paint = painted(medians[0])
    alike, unlike = agreement(surfaces.lab, medians[0])
    return Figures(
        colorfulness(first),
        distinct_colors(srgb_to_lab(medians[0][None])[0][has_paint], surfaces.areas[has_paint]),
        alike,
        unlike,
        overlap(painted(first) & case.off, ~case.paper & case.off),
        deltas[0],
        min(deltas),
    )


# ---- rows


def painters(
    entries: Sequence[Entry], rows: Sequence[str], colorizer: Any, rival: Gmic | None, textbook: Any = None
) -> dict[str, Paint]:
    """Who paints each row. colorizer, rival, textbook (a `Pix2Pix`): needed by the rows colorgan, gmic and pix2pix."""
    found: dict[str, Paint] = {}
    if "colorgan" in rows:
        found["colorgan"] = lambda drawing, seed: on_white(
            colorizer.colorize(build_request(drawing.case.picture, seed=seed)).picture
        )
    if "gmic" in rows:
        assert rival is not None
        found["gmic"] = lambda drawing, seed: gmic_picture(drawing, rival)
    if "pix2pix" in rows:
        found["pix2pix"] = lambda drawing, seed: textbook.without_hints(drawing.item.name, drawing.case.gray)
    if "random" in rows:
        palettes = [own_palette(entry.read().item) for entry in entries]
        following = {entry.name: palettes[(place + 1) % len(entries)] for place, entry in enumerate(entries)}
        found["random"] = lambda drawing, seed: random_fill(drawing.item, seed, following[drawing.item.name]).picture
    if "constant" in rows:
        constant = constant_of(entry.read().item for entry in entries)
        found["constant"] = lambda drawing, seed: one_color(drawing.item, constant).picture
    found["copy"] = lambda drawing, seed: rivals.copy(drawing.item.lines)
    found["truth"] = lambda drawing, seed: truth_of(drawing.item)
    return {row: found[row] for row in rows}


def gmic_picture(drawing: Drawing, rival: Gmic) -> RGB:
    """G'MIC's random colours, kept from the last time by the content of drawing and truth."""
    gray = drawing.case.gray
    name = hashlib.sha256(np.ascontiguousarray(gray).tobytes()).hexdigest()[:16]
    place = Keep.of_user().folder(drawing.item) / GMIC_KEPT / f"{name}.png"
    if not place.is_file():
        save(place, rival.colored(gray, np.zeros((*gray.shape, 4), np.uint8))[0])
    return load(place)


def rows_of(
    entries: Sequence[Entry], paint: Mapping[str, Paint], reference: Features, network: nn.Module, seeds: int, advance: Callable[[], None],
) -> tuple[dict[str, Row], dict[str, list[RGB]]]:  # fmt: skip
    """Figures of every row, and what the sheet shows of SHOWN drawings, small: "line art" and the rows by name."""
    figures: dict[str, dict[str, Figures]] = {row: {} for row in paint}
    features: dict[str, list[Features]] = {row: [] for row in paint}
    shown: dict[str, list[RGB]] = {}
    on_sheet = set(spread(len(entries), SHOWN))
    for place, entry in enumerate(entries):
        drawing = entry.read()
        if place in on_sheet:
            shown.setdefault("line art", []).append(square(on_white(drawing.case.picture)))
        for row, painter in paint.items():
            pictures = [painter(drawing, seed) for seed in range(seeds if row in WITH_CHANCE else 1)]
            figures[row][entry.name] = figures_of(pictures, drawing.case)
            small = square(pictures[0])
            features[row].append(features_of([small], network))
            if place in on_sheet:
                shown.setdefault(row, []).append(small)
        advance()
    return {row: Row(kid(np.concatenate(features[row]), reference), figures[row]) for row in paint}, shown


def measure(
    console: Console, stage: Stage, name: str, data: Path | None, rows: Sequence[str], loaded: Any | None, limit: int | None,
    seeds: int, sheet: Path | None, textbook: Any = None,
) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
    """Prints the table, writes the sheet; returns what --json says about the set and about the results. loaded, textbook: the weights and a
    `Pix2Pix`, None where no row needs them. Raises UsageError, InputError (set, reference), MissingDependency (G'MIC), OutputError
    (sheet)."""
    entries = entries_of(name, data, limit)
    if len(entries) < LEAST:
        raise InputError(f"KID needs {LEAST} drawings and more, and {name} has {len(entries)}.")
    art = reference_of(name, data, {entry.name for entry in entries}, LEAST)
    network = open_network(downloads(data))
    reference = features_of(art, network, stage("real art", len(art)))
    colorizer = None if loaded is None else Colorizer(loaded)
    with contextlib.ExitStack() as stack:
        rival = stack.enter_context(open_gmic(console.print)) if "gmic" in rows else None
        paint = painters(entries, rows, colorizer, rival, textbook)
        found, shown = rows_of(entries, paint, reference, network, seeds, stage("no hints", len(entries)))
    title = f"Without hints on {Path(name).name}, {len(entries)} drawings, KID against {len(art)} others"
    console.print(table(found, title, seeds))
    halves = next(iter(found.values())).kid.halves
    console.print(f"KID's standard error: {SUBSETS} random halves of {halves[0]} results and {halves[1]} others.")
    said = verdicts(found)
    if textbook is not None:
        said.append(f"pix2pix was trained in {textbook.trained}, and draws at 256 px.")
    for sentence in said:
        console.print(sentence)
    if sheet is not None:
        note = write_picture(sheet, sheet_of(shown))
        console.print(note or f"Sheet: {sheet}")
    about = {"name": Path(name).name, "count": len(entries), "reference": len(art)}
    summary = [record(row, figures, found.get("truth")) for row, figures in found.items()]
    drawings = {row: {each: asdict(of) for each, of in figures.figures.items()} for row, figures in found.items()}
    return about, {"unhinted": summary, "seeds": seeds, "drawings": drawings, "verdicts": said}


# ---- tables


def ratio(found: Row, truth: Row | None) -> float:
    """Mean colourfulness as a ratio to that of the truth."""
    return float("nan") if truth is None else found.mean("colorfulness") / max(truth.mean("colorfulness"), 1e-9)


def record(row: str, found: Row, truth: Row | None) -> dict[str, Any]:
    means = {figure.name: found.mean(figure.name) for figure in fields(Figures)}
    judged = {"value": found.kid.value, "error": found.kid.error, "halves": found.kid.halves}
    return {"row": row, "kid": judged, "colorfulness_ratio": ratio(found, truth), **means}


def table(found: Mapping[str, Row], title: str, seeds: int) -> RichTable:
    made = plain(
        title, "row", "KID x 1000", "colourfulness", "colours", "alike", "unlike", "IoU", "CIEDE2000", f"best of {seeds}"
    )  # fmt: skip
    for row, figures in found.items():
        made.add_row(
            WHAT[row],
            f"{1000 * figures.kid.value:.1f} ± {1000 * figures.kid.error:.1f}",
            number(ratio(figures, found.get("truth"))),
            number(figures.mean("colors")),
            *(number(figures.mean(name)) for name in ("alike", "unlike", "overlap")),
            number(figures.mean("deltae"), 1),
            number(figures.mean("deltae_best"), 1),
        )
    return made


def verdicts(found: Mapping[str, Row]) -> list[str]:
    """KID of colorgan beside every other row's, with the standard error of the difference."""
    said = []
    for other in found if "colorgan" in found else ():
        if other != "colorgan":
            mean, error = found["colorgan"].kid.less(found[other].kid)
            said.append(f"KID of colorgan less that of {WHAT[other]}: {1000 * mean:+.1f} ± {1000 * error:.1f}.")
    return said


def number(value: float, digits: int = 2) -> str:
    return "–" if np.isnan(value) else f"{value:.{digits}f}"


def sheet_of(shown: Mapping[str, Sequence[RGB]]) -> RGB:
    """Drawing, colorgan, G'MIC and truth of each drawing, as far as these rows were worked out."""
    columns = {"line art": "line art"} | {row: head for row, head in ON_SHEET.items() if row in shown}
    return contact_sheet(list(columns.values()), list(zip(*(shown[row] for row in columns), strict=True)))


def pick_rows(requested: str | None, textbook: bool = False) -> list[str]:
    """Rows in the table's order, the truth always: all others are held against it. textbook: whether weights of pix2pix are given.

    Raises UsageError for a name that is none, and for pix2pix without its weights."""
    if requested is None:
        return [row for row in ROWS if row != "pix2pix" or textbook]
    names = {name.strip() for name in requested.split(",")} | {"truth"}
    if names - set(ROWS):
        raise UsageError(
            f"There is no row {', '.join(sorted(names - set(ROWS)))}; rows of unhinted are {', '.join(ROWS)}."
        )
    if "pix2pix" in names and not textbook:
        raise UsageError("The row pix2pix needs its weights: name them with --pix2pix.")
    return [row for row in ROWS if row in names]
