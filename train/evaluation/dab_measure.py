"""Playing the dabs over a whole set, in several processes, with what does not change kept from the last time."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table as RichTable

from colorgan_core.errors import UsageError
from colorgan_core.files import atomic_write

from .dab_figures import COLUMNS, Figures, Paint, Table, after, figures_of
from .dab_rows import Gmic, colorgan_row
from .dab_sets import Entries, Entry
from .dabs import DABS, DONE, SHOWN, Case, Judge, bucket_row, copy_row, flat_row, play
from .environments import GMIC, gmic_python, user_cache
from .tables import plain

EDITION = 1  # of the rules: figures that were kept under another number are worked out anew
ROWS = ("colorgan", "gmic", "bucket", "copy", "flat")
WHAT = {
    "colorgan": "colorgan, flats",
    "gmic": "G'MIC smart colouring",
    "bucket": "bucket: true surfaces",
    "copy": "copy: all surfaces of the colour",
    "flat": "flat: the ceiling",
}


def pick_rows(asked: str | None) -> list[str]:
    """Rows in the table's order. Raises UsageError for a name that is none."""
    names = set(ROWS) if asked is None else {name.strip() for name in asked.split(",")}
    if names - set(ROWS):
        raise UsageError(f"There is no row {', '.join(sorted(names - set(ROWS)))}; rows of dabs are {', '.join(ROWS)}.")
    return [row for row in ROWS if row in names]


def measure(
    chosen: Entries, rows: Sequence[str], weights: str, device: str, careless: bool,
    processes: int, advance: Callable[[], None] = lambda: None,
) -> Table:  # fmt: skip
    """Figures of every row on every drawing of a set by conditions. Drawings are read where they are played on, one at a time.

    Raises what the rows raise, and InputError where a drawing cannot be read.
    """
    python = gmic_python() if "gmic" in rows else ""
    jobs = [(condition, entry) for condition, entries in chosen.items() for entry in entries]
    table = Table()
    settings = (tuple(rows), weights, device, careless, python)
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(processes, len(jobs)), start, settings) as pool:
        for (condition, entry), found in zip(jobs, pool.imap(judge, [entry for _, entry in jobs]), strict=True):
            for row in rows:
                table.add(row, condition, entry.name, found[row])
            advance()
    return table


# ---- in a process of its own


@dataclasses.dataclass
class Worker:
    rows: tuple[str, ...]
    careless: bool
    colorizer: Any
    gmic: Gmic | None
    open: contextlib.ExitStack


worker: Worker | None = None


def start(rows: tuple[str, ...], weights: str, device: str, careless: bool, python: str) -> None:
    """Loads what the rows need, once a process."""
    global worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to handle
    colorizer = None
    if "colorgan" in rows:
        import torch

        from colorgan_core.engine.loaded import Loaded
        from colorgan_core.engine.pipeline import Colorizer

        torch.set_num_threads(1)
        colorizer = Colorizer(Loaded(weights, device))
    stack = contextlib.ExitStack()
    gmic = stack.enter_context(Gmic(python)) if python else None
    worker = Worker(rows, careless, colorizer, gmic, stack)


def judge(entry: Entry) -> dict[str, Figures]:
    """The figures of every row on one drawing."""
    assert worker is not None
    case = entry.read()
    goal = DONE * Judge(case).share(flat_row(case)([]))
    found = {}
    for row in worker.rows:
        place = kept_place(case, row, worker.careless)
        figures = read_kept(place) if row != "colorgan" else None
        if figures is None:
            paint = painter(row, case)
            figures = figures_of(paint, case, play(paint, case, DABS, worker.careless), goal)
            if row != "colorgan":
                write_kept(place, figures)
        found[row] = figures
    return found


def painter(row: str, case: Case) -> Paint:
    assert worker is not None
    if row == "colorgan":
        return colorgan_row(case, worker.colorizer)
    if row == "gmic":
        assert worker.gmic is not None
        return worker.gmic.row(case)
    return {"bucket": bucket_row, "copy": copy_row, "flat": flat_row}[row](case)


# ---- what is kept


def kept_place(case: Case, row: str, careless: bool) -> Path:
    """Where a row's figures are kept: by the content of the drawing and its truth, and by the rules."""
    digest = hashlib.sha256(f"{EDITION} {row} {GMIC if row == 'gmic' else ''} {careless} {DABS}".encode())
    for array in (case.picture, case.truth, case.ink, case.surfaces):
        if array is not None:
            digest.update(repr((array.shape, array.dtype)).encode() + np.ascontiguousarray(array).tobytes())
    return user_cache() / "dabs" / f"{digest.hexdigest()[:32]}.json"


def read_kept(place: Path) -> Figures | None:
    try:
        fields = json.loads(place.read_text("utf-8"))
        return Figures(**{**fields, "shares": tuple(fields["shares"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_kept(place: Path, figures: Figures) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(place) as beside:
        beside.write_text(json.dumps(dataclasses.asdict(figures)), "utf-8")


# ---- tables


def tables(table: Table, name: str, careless: bool) -> Iterator[RichTable]:
    """One table of all conditions, and where there are several one a condition."""
    conditions = list(next(iter(table.found.values())))
    dabs = "careless dabs" if careless else "dabs"
    count = len(table.values(next(iter(table.found)), after(0)))
    yield one_table(table, None, f"Right after {dabs} on {name}, {count} drawings")
    if len(conditions) > 1:
        for condition in conditions:
            yield one_table(table, condition, condition)


def one_table(table: Table, condition: str | None, title: str) -> RichTable:
    made = plain(title, "row", *(f"{each}" for each in COLUMNS))
    for row in table.found:
        made.add_row(WHAT[row], *(figure_text(table.mean(row, figure, condition)) for figure in COLUMNS.values()))
    return made


def figure_text(value: float) -> str:
    if np.isnan(value):
        return "–"
    return f"{value:.2f}" if value < 2 else f"{value:.1f}"


def verdicts(table: Table) -> list[str]:
    """colorgan beside every other row: the difference of the share that is right, with its 95 % interval over drawings."""
    said = []
    if "colorgan" in table.found:
        for other in table.found:
            if other in ("colorgan", "flat"):
                continue
            parts = []
            for number in SHOWN[1:]:
                mean, low, high = table.difference("colorgan", other, after(number))
                parts.append(f"{mean:+.3f} [{low:+.3f}, {high:+.3f}] after {number}")
            said.append(f"colorgan less {other}: {', '.join(parts)}.")
    return said
