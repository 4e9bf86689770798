"""Playing the dabs over a whole set, in several processes, with what does not change kept from the last time."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import multiprocessing
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.table import Table as RichTable

from colorgan_core.errors import UsageError
from colorgan_core.files import atomic_write

from ..memory import keep_freed_memory
from .dab_figures import COLUMNS, Figures, Paint, Table, after, cut_short, figures_of
from .dab_rows import TIME_LIMIT, Gmic, GmicPaint, colorgan_row
from .dab_sets import Entries, Entry
from .dab_sheet import Cell, cells, native_sheet, shown
from .dabs import DABS, DONE, SHOWN, Case, Judge, bucket_row, copy_row, flat_row, play
from .environments import GMIC, gmic_python, user_cache
from .tables import plain

EDITION = 2  # of the rules: figures that were kept under another number are worked out anew
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


@contextlib.contextmanager
def players(rows: Sequence[str], weights: str, device: str, careless: bool, processes: int) -> Iterator[Any]:
    """A pool of processes for `measure` and `show`, each with what the rows need. Raises MissingDependency for G'MIC."""
    python = gmic_python() if "gmic" in rows else ""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="colorgan-dabs-", ignore_cleanup_errors=True) as folder:
        settings = Settings(tuple(rows), weights, device, careless, python, Path(folder))
        with context.Pool(processes, start, (settings,)) as pool:
            yield pool


def measure(pool: Any, chosen: Entries, rows: Sequence[str], advance: Callable[[], None] = lambda: None) -> Table:
    """Figures of every row on every drawing of a set by conditions. Drawings are read where they are played on, one at a time.

    Raises what the rows raise, and InputError where a drawing cannot be read.
    """
    jobs = [(condition, entry) for condition, entries in chosen.items() for entry in entries]
    table = Table()
    for (condition, entry), found in zip(jobs, pool.imap(judge, [entry for _, entry in jobs]), strict=True):
        for row in rows:
            table.add(row, condition, entry.name, found[row])
        advance()
    return table


def sheet(pool: Any, chosen: Entries) -> NDArray[np.uint8]:
    """(h, w, 3) a few drawings of a set with their dabs and results. Raises as `measure` does."""
    return native_sheet(pool.map(show, shown(chosen), chunksize=1))


# ---- in a process of its own


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a process is started with. python: with G'MIC, "" without that row. folder: for files, taken away by who made it."""

    rows: tuple[str, ...]
    weights: str
    device: str
    careless: bool
    python: str
    folder: Path


settings: Settings | None = None  # of this process


def start(given: Settings) -> None:
    """Nothing is opened yet: an error here would never reach the parent."""
    global settings
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's to handle
    cv2.setNumThreads(1)
    keep_freed_memory()
    settings = given


@cache
def colorizer() -> Any:
    """The network, loaded once a process. Raises WeightsError, UsageError."""
    import torch

    from colorgan_core.inference.loaded import Loaded
    from colorgan_core.inference.pipeline import Colorizer

    assert settings is not None
    torch.set_num_threads(1)
    return Colorizer(Loaded(settings.weights, settings.device))


@cache
def gmic() -> Gmic:
    """G'MIC, which ends when this process does, since its input ends then."""
    assert settings is not None
    return Gmic(settings.python, Path(tempfile.mkdtemp(dir=settings.folder))).__enter__()


def judge(entry: Entry) -> dict[str, Figures]:
    """The figures of every row on one drawing."""
    assert settings is not None
    case = entry.read()
    goal = DONE * Judge(case).share(flat_row(case)([]))
    found = {}
    for row in settings.rows:
        place = kept_place(case, row, settings.careless)
        figures = read_kept(place) if row != "colorgan" else None
        if figures is None:
            paint = painter(row, case)
            shares, _ = play(paint, case, DABS, settings.careless)
            figures = figures_of(paint, case, shares, goal)
            if isinstance(paint, GmicPaint) and paint.timed_out:
                figures = cut_short(figures)
            if row != "colorgan":
                write_kept(place, figures)
        found[row] = figures
    return found


def show(titled: tuple[str, Entry]) -> list[Cell]:
    """A row of the sheet."""
    assert settings is not None
    title, case = titled[0], titled[1].read()
    return cells(title, case, {row: painter(row, case) for row in settings.rows}, WHAT, settings.careless)


def painter(row: str, case: Case) -> Paint:
    if row == "colorgan":
        return colorgan_row(case, colorizer())
    if row == "gmic":
        return gmic().row(case, TIME_LIMIT)
    return {"bucket": bucket_row, "copy": copy_row, "flat": flat_row}[row](case)


# ---- what is kept


def kept_place(case: Case, row: str, careless: bool) -> Path:
    """Where a row's figures are kept: by the content of the drawing and its truth, and by the rules."""
    digest = hashlib.sha256(f"{EDITION} {row} {(GMIC, TIME_LIMIT) if row == 'gmic' else ''} {careless} {DABS}".encode())
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
        made.add_row(
            WHAT[row] + out_of_time(table, row, condition),
            *(figure_text(table.mean(row, figure, condition)) for figure in COLUMNS.values()),
        )
    return made


def out_of_time(table: Table, row: str, condition: str | None) -> str:
    """What is said behind a row's name: on how many drawings it used up its time."""
    count = int(table.values(row, lambda figures: figures.timed_out, condition).sum())
    return f" ({count} out of time)" if count else ""


def figure_text(value: float) -> str:
    if np.isnan(value):
        return "–"
    return f"{value:.2f}" if value < 2 else f"{value:.1f}"


def time_limits(table: Table) -> dict[str, dict[str, int]]:
    """For --json: rows with a limit, their seconds of processor time for a drawing, and on how many drawings these were used up."""
    if "gmic" not in table.found:
        return {}
    cut = table.values("gmic", lambda figures: figures.timed_out)
    return {"gmic": {"seconds": TIME_LIMIT, "drawings": int(cut.sum())}}


def verdicts(table: Table) -> list[str]:
    """Where G'MIC ran out of time; colorgan beside every other row: the difference of the share that is right, with its 95 % interval over
    drawings."""
    said = []
    for limit in time_limits(table).values():
        count = len(table.values("gmic", after(0)))
        said.append(
            f"G'MIC used up its {limit['seconds']} s of processor time on {limit['drawings']} of {count} drawings; "
            "its last result was used there."
        )
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
