"""`colorgan data prepare`: from sources to shards, in parallel, going on where an interrupted run stopped.

Items are judged strictly in their source's order, whatever order they are drawn in, so a resumed run writes the
very bytes that an uninterrupted one would have written.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from colorgan_core.errors import InputError, OutputError

from .cache import SHARD, VERSION, read_shard, write_json, write_shard
from .duplicates import NEAR, SAME, Seen, signature
from .hold_out import hold_out
from .render import Rendered, Unusable, raster_square, render_raster, render_vector
from .sources import Art
from .split import HELD_OUT, TUNING

DROP_DUPLICATES = {"openclipart"}  # of the other sets a near-duplicate only shares the fate of the first
INKED = {"streamline-ultimate-color": 0.3, "streamline-emojis": 0.3}  # one ink line around several shades each
Tick = Callable[[int], None]
Draw = Callable[[list[Art]], Iterator[Rendered | str]]


@dataclass
class Tally:
    """What became of one source."""

    source: str
    total: int = 0
    kept: int = 0
    held_out: int = 0
    tuning: int = 0
    with_outline: int = 0
    drawn: int = 0  # in this run, for the speed
    dropped: dict[str, list[str]] = field(default_factory=dict)

    def drop(self, reason: str, name: str) -> None:
        self.dropped.setdefault(reason, []).append(name)

    def add_record(self, record: dict[str, Any]) -> None:
        for item in record["items"]:
            self.kept += 1
            self.held_out += item["part"] == HELD_OUT
            self.tuning += item["part"] == TUNING
            self.with_outline += item["has_outline"]
        for reason, names in record["dropped"].items():
            self.dropped.setdefault(reason, []).extend(names)


# ---- one item


def draw(art: Art) -> Rendered | str:
    """The square of one item, or why it is left out. Runs in a worker; nothing a file holds may stop the run."""
    try:
        if isinstance(art.data, np.ndarray):
            return raster_square(art.data)
        data = art.data.read_bytes() if isinstance(art.data, Path) else art.data
        if art.is_vector:
            return render_vector(data, INKED.get(art.source, 0.6))
        return render_raster(data, crop=art.kind == "photo")
    except Unusable as reason:
        return str(reason)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # resvg's panics are no Exceptions
        return "cannot be drawn"


def ignore_interrupt() -> None:
    """Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def drawing(workers: int) -> Iterator[Draw]:
    """An ordered map of `draw` over `workers` processes; one worker draws in this process."""
    if workers <= 1:
        yield lambda arts: map(draw, arts)
        return
    with multiprocessing.get_context("spawn").Pool(workers, ignore_interrupt) as pool:
        yield lambda arts: pool.imap(draw, arts, chunksize=4)


# ---- one source


def prepare_source(arts: list[Art], out: Path, run: Draw, tick: Tick) -> Tally:
    """Write the shards of one source's items; `tick(n)` is told of every n items done. Raises OutputError."""
    source = arts[0].source
    folder = out / source
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    fingerprint = fingerprint_of(arts)
    tally, seen = Tally(source, total=len(arts)), Seen()
    shard, start = resume(folder, fingerprint, tally, seen)
    tick(start)
    squares: list[Rendered] = []
    items: list[dict[str, Any]] = []
    dropped: dict[str, list[str]] = {}
    begin = start

    def flush(end: int) -> None:
        nonlocal shard, squares, items, dropped, begin
        record = {"fingerprint": fingerprint, "jobs": [begin, end], "items": items, "dropped": dropped}
        write_shard(folder / f"{shard:04d}", squares, record)
        tally.add_record(record)
        shard, squares, items, dropped, begin = shard + 1, [], [], {}, end

    for number, (art, drawn) in enumerate(zip(arts[start:], run(arts[start:]), strict=True), start):
        tick(1)
        tally.drawn += 1
        if isinstance(drawn, str):
            dropped.setdefault(drawn, []).append(art.name)
            continue
        row = signature(drawn.color)
        distance, part = seen.nearest(row)
        if distance <= SAME and source in DROP_DUPLICATES:
            dropped.setdefault("near-duplicate", []).append(art.name)
            continue
        if art.family or art.kind == "painting" or distance > NEAR:  # families and crops already share their part
            part = art.part
        seen.add(row, part)
        items.append(describe(art, drawn, row, part))
        squares.append(drawn)
        if len(items) == SHARD:
            flush(number + 1)
    if items or dropped:
        flush(len(arts))
    if source == "folder":
        tally.held_out = hold_out(folder)
    write_json(folder / "source.json", summary(tally, fingerprint))
    return tally


def describe(art: Art, drawn: Rendered, row: np.ndarray, part: str) -> dict[str, Any]:
    return {
        "source": art.source,
        "name": art.name,
        "family": art.family,
        "part": part,
        "kind": art.kind,
        "has_alpha": drawn.has_alpha,
        "has_outline": drawn.outline is not None,
        "box": list(drawn.box),
        "signature": row.tobytes().hex(),
    }


def resume(folder: Path, fingerprint: str, tally: Tally, seen: Seen) -> tuple[int, int]:
    """(number of the next shard, index of the next item); shards of another list of items are removed."""
    shard, start = 0, 0
    for path in sorted(folder.glob("[0-9][0-9][0-9][0-9].json")):
        try:
            record = read_shard(path)
            fits = path.stem == f"{shard:04d}" and record["fingerprint"] == fingerprint and record["jobs"][0] == start
        except (InputError, KeyError):
            fits = False
        if not fits:
            break
        tally.add_record(record)
        for item in record["items"]:
            seen.add(np.frombuffer(bytes.fromhex(item["signature"]), np.uint8), item["part"])
        shard, start = shard + 1, record["jobs"][1]
    for path in folder.iterdir():  # what another list or a kill in the middle of a shard left behind
        number = re.match(r"\.?(\d{4})\.", path.name)
        if number and (int(number[1]) >= shard or path.name.startswith(".")):
            path.unlink()
    return shard, start


def fingerprint_of(arts: list[Art]) -> str:
    """Changes with the list of items and with the length of their contents."""
    digest = hashlib.sha256()
    for art in arts:
        size = art.data.stat().st_size if isinstance(art.data, Path) else len(art.data)
        digest.update(json.dumps([VERSION, art.source, art.name, art.kind, art.part, art.family, size]).encode())
    return digest.hexdigest()[:16]


def summary(tally: Tally, fingerprint: str) -> dict[str, Any]:
    return {
        "version": VERSION,
        "fingerprint": fingerprint,
        "items": tally.total,
        "kept": tally.kept,
        "held_out": tally.held_out,
        "tuning": tally.tuning,
        "with_outline": tally.with_outline,
        "dropped": tally.dropped,
    }
