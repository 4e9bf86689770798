"""The table of `evaluate --task propagate`: every row on every drawing, with G'MIC's answers kept from the last time."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table as RichTable

from colorgan_core.errors import UsageError
from colorgan_core.files import atomic_write
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.picture.pixels import write_picture

from .dab_figures import paired_interval
from .dab_rows import Gmic, colorgan_row
from .dabs import planes
from .drawings import Drawing, colors_in, many_colored
from .environments import GMIC, gmic_python, user_cache
from .lineart import Stage
from .propagate import (
    HINTS,
    LEAST_SURFACES,
    RGB,
    Figures,
    Task,
    best,
    figures_of,
    in_surfaces,
    nearest,
    program,
    task_of,
)
from .sets import spread, truth_of
from .sheet import contact_sheet, hints_over
from .tables import plain

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
        picture = row(task.dabs[:count]) if count else rival.colored(task.case.gray, blank)[0]
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
