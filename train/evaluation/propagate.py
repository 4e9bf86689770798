"""One dab, and all that is alike: how far a few hints carry over a drawing, the table of DESIGN.md.

Of a drawing with LEAST_SURFACES painted true surfaces and more, some are hinted by a dab in their middle, drawn at random by area, the
same for every row. Judged is the rest of the painted area: a surface is right where the median of the result is painted and within
RIGHT (CIEDE2000) of the truth's median. A program is told neither what is painted nor which surfaces there are.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table as RichTable

from colorgan_core.engine.pipeline import Colorizer
from colorgan_core.errors import UsageError
from colorgan_core.files import atomic_write
from colorgan_core.picture.color import srgb_to_lab
from colorgan_core.picture.pixels import write_picture

from .dab_figures import paired_interval
from .dab_rows import Gmic, colorgan_row
from .dabs import Case, Dab, dab_at, largest, painted, planes
from .drawings import Drawing, Surfaces, colors_in, many_colored, painted_surfaces
from .environments import GMIC, gmic_python, user_cache
from .lineart import Stage
from .measures import delta_e_2000
from .rivals import draw_lines_over
from .sets import spread, truth_of
from .sheet import contact_sheet, hints_over
from .tables import plain

HINTS = (0, 1, 2, 4, 8)  # surfaces that are hinted
LEAST_SURFACES = 6  # painted surfaces of a drawing that is measured
RIGHT = 10.0  # CIEDE2000
SHOWN = 40  # drawings on a sheet
HINTS_SHOWN = 4  # surfaces hinted there
EDITION = 1  # of the rules: what was kept under another number is worked out anew
ROWS = ("colorgan", "nearest", "best", "gmic")
WHAT = {
    "colorgan": "colorgan, flats",
    "nearest": "the nearest hint's colour",
    "best": "the best of the hints given",
    "gmic": "G'MIC smart colouring",
}
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


def gmic(rival: Gmic, task: Task) -> Callable[[int], RGB]:
    """What G'MIC gives; without hints its random colours. Kept from the last time by the content of drawing and truth."""
    row = rival.row(task.case)
    blank = np.zeros((*task.case.off.shape, 4), np.uint8)

    def colors(count: int) -> RGB:
        place = kept_place(task, count)
        try:
            return np.array(json.loads(place.read_text("utf-8")), np.uint8).reshape(len(task.middles), 3)
        except (OSError, ValueError):
            pass
        picture = row(task.dabs[:count]) if count else rival.colored(task.case.gray, blank)
        found = colors_in(picture, task.case, task.surfaces)
        place.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(place) as beside:
            beside.write_text(json.dumps(found.tolist()), "utf-8")
        return found

    return colors


@contextlib.contextmanager
def open_gmic(say: Callable[[str], None] = lambda sentence: None) -> Iterator[Gmic]:
    """G'MIC with a folder of its own. Raises MissingDependency where its environment cannot be made."""
    python = gmic_python(say)
    with tempfile.TemporaryDirectory(prefix="colorgan-gmic-") as folder, Gmic(python, Path(folder)) as rival:
        yield rival


def kept_place(task: Task, count: int) -> Path:
    digest = hashlib.sha256(f"{EDITION} {GMIC} {count} {task.case.name}".encode())
    for array in (task.case.picture, task.case.truth):
        digest.update(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    return user_cache() / "propagate" / f"{digest.hexdigest()[:32]}.json"


def rows_of(
    drawings: Sequence[Drawing], rows: Sequence[str], colorizer: Any, rival: Gmic | None, advance: Callable[[], None]
) -> tuple[dict[str, dict[str, Figures]], list[dict[str, RGB]]]:
    """Figures by row and drawing, and the pictures of SHOWN drawings for the sheet. colorizer, rival: needed by colorgan and gmic."""
    found: dict[str, dict[str, Figures]] = {row: {} for row in rows}
    shown = []
    on_sheet = set(spread(len(drawings), SHOWN))
    for place, drawing in enumerate(drawings):
        task = task_of(drawing.case)
        painters: dict[str, Callable[[int], RGB]] = {"nearest": nearest(task), "best": best(task)}
        if colorizer is not None:
            painters["colorgan"] = program(colorgan_row(task.case, colorizer), task)
        if rival is not None:
            painters["gmic"] = gmic(rival, task)
        colors = {row: cache(painters[row]) for row in rows}
        for row in rows:
            found[row][drawing.item.name] = figures_of(colors[row], task)
        if place in on_sheet:
            count = min(HINTS_SHOWN, len(task.dabs))
            hints, _ = planes(task.dabs[:count], task.case.off.shape)
            made = {WHAT[row]: in_surfaces(colors[row](count), task) for row in rows if row in ("colorgan", "gmic")}
            shown.append({"hints": hints_over(drawing.item.lines, hints), **made, "truth": truth_of(drawing.item)})
        advance()
    return found, shown


def in_surfaces(colors: RGB, task: Task) -> RGB:
    """(h, w, 3) what is judged: each true surface in the colour that it was given, under the true ink."""
    table = np.full((len(task.case.medians), 3), 255, np.uint8)
    table[task.surfaces.labels] = colors
    gray = task.case.gray if task.case.ink is None else task.case.ink
    return draw_lines_over(table[task.case.labels], gray)


def measure(
    console: Console, stage: Stage, name: str, data: Path | None, rows: Sequence[str], loaded: Any | None, limit: int | None,
    seeds: int, sheet: Path | None,
) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
    """Prints the tables, writes the sheet; returns what --json says about the set and about the results. loaded: the weights, None where
    no row needs them. seeds: not used. Raises UsageError, InputError (set), MissingDependency (G'MIC), OutputError (sheet)."""
    drawings, there = many_colored(name, data, LEAST_SURFACES, limit)
    with contextlib.ExitStack() as stack:
        rival = stack.enter_context(open_gmic(console.print)) if "gmic" in rows else None
        colorizer = None if loaded is None else Colorizer(loaded)
        found, shown = rows_of(drawings, rows, colorizer, rival, stage("hints", len(drawings)))
    for made in tables(
        found, f"{len(drawings)} of {there} drawings of {name} with {LEAST_SURFACES} painted surfaces and more"
    ):
        console.print(made)
    said = verdicts(found)
    for sentence in said:
        console.print(sentence)
    if sheet is not None:
        note = write_picture(sheet, contact_sheet(list(shown[0]), [list(each.values()) for each in shown]))
        console.print(note or f"Sheet: {sheet}")
    about = {"name": name, "count": len(drawings), "of": there, "hints": list(HINTS)}
    records = {row: {each: asdict(of) for each, of in figures.items()} for row, figures in found.items()}
    return about, {"propagate": summary(found), "drawings": records, "verdicts": said}


def summary(found: Mapping[str, Mapping[str, Figures]]) -> list[dict[str, Any]]:
    """One record a row: for each of HINTS the mean share with its 95 % interval, and the mean CIEDE2000."""
    return [
        {
            "row": row,
            "share": [
                paired_interval(np.array([each.share[place] for each in of.values()])) for place in range(len(HINTS))
            ],
            "deltae": [float(np.nanmean([each.deltae[place] for each in of.values()])) for place in range(len(HINTS))],
        }
        for row, of in found.items()
    ]


# ---- tables


def tables(found: Mapping[str, Mapping[str, Figures]], title: str) -> list[RichTable]:
    """The share that is right with its 95 % interval over drawings, and the mean difference of colour."""
    head = [f"{count} hints" if count != 1 else "1 hint" for count in HINTS]
    shares = plain(f"Right of the unhinted painted area, {title}", "row", *head)
    deltas = plain("Mean CIEDE2000 over it", "row", *head)
    for row, figures in found.items():
        texts, means = [], []
        for place, count in enumerate(HINTS):
            blank = count == 0 and row in ("nearest", "best")
            mean, low, high = paired_interval(np.array([each.share[place] for each in figures.values()]))
            texts.append("–" if blank else f"{mean:.2f} [{low:.2f}, {high:.2f}]")
            means.append("–" if blank else f"{np.nanmean([each.deltae[place] for each in figures.values()]):.1f}")
        shares.add_row(WHAT[row], *texts)
        deltas.add_row(WHAT[row], *means)
    counts = [
        sum(np.isfinite(each.share[place]) for each in next(iter(found.values())).values())
        for place in range(len(HINTS))
    ]
    shares.add_row("drawings with a surface left", *(str(count) for count in counts))
    return [shares, deltas]


def verdicts(found: Mapping[str, Mapping[str, Figures]]) -> list[str]:
    """colorgan beside every other row: the difference of the share that is right, with its paired 95 % interval over drawings."""
    said = []
    for other in found if "colorgan" in found else ():
        if other == "colorgan":
            continue
        parts = []
        for place, count in enumerate(HINTS):
            if count:
                pairs = zip(found["colorgan"].values(), found[other].values(), strict=True)
                mean, low, high = paired_interval(np.array([one.share[place] - two.share[place] for one, two in pairs]))
                parts.append(f"{mean:+.3f} [{low:+.3f}, {high:+.3f}] with {count}")
        said.append(f"colorgan less {WHAT[other]}: {', '.join(parts)}.")
    return said


def pick_rows(requested: str | None) -> list[str]:
    """Rows in the table's order. Raises UsageError for a name that is none."""
    names = set(ROWS) if requested is None else {name.strip() for name in requested.split(",")}
    if names - set(ROWS):
        raise UsageError(
            f"There is no row {', '.join(sorted(names - set(ROWS)))}; rows of propagate are {', '.join(ROWS)}."
        )
    return [row for row in ROWS if row in names]
