"""Style triples: a content picture, a style picture, and what the teacher draws of them, on disk in shards.

DIR/style/triples/0000.json         written last: a shard without it does not exist
DIR/style/triples/0000.content.npy  uint8 (n,384,384,3)
DIR/style/triples/0000.y.npy        uint8 (n,384,384,3), the teacher's picture
DIR/style/triples/0000.style.npy    uint8 (n,256,256,3)

Which triple a number stands for depends on the number and the data alone, so an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorgan_core.errors import InputError, OutputError
from colorgan_core.files import atomic_write
from colorgan_core.picture.kmeans import palette_of

from .cache import Cache, read_json, write_json
from .render import framed, on_white, open_raster, parse_svg
from .sources import Art
from .style_pictures import drawn_style, painted_style, random_crop
from .teacher import SIZE, STYLE_SIZE, Teacher, resized

VERSION = 1
SHARD = 64
PLACE = Path("style") / "triples"
LAYERS = ("content", "y", "style")
PAINTED = 0.55  # share of styles that are paintings, the others are made of vector art
NOT_DRAWN = 0.4  # share of contents that are photographs or paintings
UInt8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Triple:
    """content, y: (384, 384, 3), style: (256, 256, 3), all uint8 sRGB."""

    content: UInt8
    y: UInt8
    style: UInt8


class Triples:
    """The finished shards of a data set, memory-mapped. Cheap to pickle."""

    def __init__(self, stems: Sequence[Path], counts: Sequence[int]) -> None:
        self._rows = [(stem, row) for stem, count in zip(stems, counts, strict=True) for row in range(count)]
        self._open: dict[tuple[Path, str], UInt8] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Triple:
        stem, row = self._rows[index]
        return Triple(*(self._layer(stem, name)[row] for name in LAYERS))

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_open": {}}

    def _layer(self, stem: Path, name: str) -> UInt8:
        if (stem, name) not in self._open:
            path = Path(f"{stem}.{name}.npy")
            try:
                self._open[stem, name] = np.load(path, mmap_mode="r", allow_pickle=False)
            except (OSError, ValueError) as error:
                raise InputError(f"The style data {path} is damaged; prepare it again.") from error
        return self._open[stem, name]


def open_triples(folder: Path) -> Triples:
    """All finished triples of a prepared folder; none where `--style` was never asked for. Raises InputError on damage."""
    paths = sorted((folder / PLACE).glob("[0-9][0-9][0-9][0-9].json"))
    shards = [read_json(path) for path in paths]
    try:
        if any(shard["version"] != VERSION for shard in shards):
            raise InputError(f"The style data in {folder} was made by another version of colorgan; prepare it again.")
        return Triples([path.with_suffix("") for path in paths], [int(shard["count"]) for shard in shards])
    except (KeyError, TypeError) as error:
        raise InputError(f"The style data in {folder} is damaged; prepare it again.") from error


# ---- making them


def prepare_triples(
    items: Cache, arts: Sequence[Art], out: Path, count: int, workers: int, tick: Callable[[int], None]
) -> int:
    """Writes `count` triples, whole shards at a time; returns how many were drawn now. `tick(n)` is told of every n done.

    items: the training part of the data. arts: what can be content; those that are not in `items` (held out, dropped) are left out.
    Raises OutputError, InputError when there is nothing to draw from, MissingDependency without the teacher.
    """
    names = {(item["source"], item["name"]) for item in (items.describe(index) for index in range(len(items)))}
    usable = [art for art in arts if (art.source, art.name) in names]
    kinds = [[], []]  # numbers of paintings, numbers of all else
    for index in range(len(items)):
        kinds[items.describe(index)["kind"] != "painting"].append(index)
    if not usable or not kinds[1]:
        raise InputError("There is no art to make styles of; prepare some first.")
    place = out / PLACE
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {place} cannot be made: {error.strerror}.") from error
    fingerprint = hashlib.sha256(repr([VERSION, sorted(names)]).encode()).hexdigest()[:16]
    begin, drawn = 0, 0
    with multiprocessing.get_context("spawn").Pool(workers, _start, (items, kinds)) as pool:
        for number in range(-(-count // SHARD)):
            stem, size = place / f"{number:04d}", min(SHARD, count - begin)
            if not _is_done(stem, fingerprint, size):
                jobs = [(begin + k, _content_of(usable, begin + k)) for k in range(size)]
                made = []
                for triple in pool.imap(_make, jobs):
                    made.append(triple)
                    tick(1)
                _write(stem, made, fingerprint)
                drawn += size
            else:
                tick(size)
            begin += size
    for path in place.iterdir():  # of a larger number, perhaps of other data
        if path.name[:4].isdigit() and int(path.name[:4]) * SHARD >= count:
            path.unlink()
    return drawn


def _is_done(stem: Path, fingerprint: str, size: int) -> bool:
    try:
        record = read_json(stem.with_suffix(".json"))
    except InputError:
        return False
    return record.get("fingerprint") == fingerprint and record.get("count") == size


def _write(stem: Path, triples: list[Triple], fingerprint: str) -> None:
    for name in LAYERS:
        stacked = np.stack([getattr(triple, name) for triple in triples])
        with atomic_write(f"{stem}.{name}.npy") as beside:
            np.save(beside, stacked, allow_pickle=False)
    record = {"version": VERSION, "fingerprint": fingerprint, "count": len(triples)}
    write_json(stem.with_suffix(".json"), record)


def _content_of(arts: Sequence[Art], number: int) -> Art:
    """Photographs and paintings are few, so each of them comes up more often than a drawing."""
    rng = np.random.default_rng([11, number])
    flat = [art for art in arts if art.kind in ("photo", "painting")]
    chosen = flat if flat and rng.random() < NOT_DRAWN else arts
    return chosen[int(rng.integers(len(chosen)))]


_worker: tuple[Cache, list[list[int]], Teacher]


def _start(items: Cache, kinds: list[list[int]]) -> None:
    global _worker
    from .prepare import ignore_interrupt

    ignore_interrupt()
    _worker = items, kinds, Teacher(threads=1)


def _make(job: tuple[int, Art]) -> Triple:
    number, art = job
    items, (paintings, others), teacher = _worker
    rng = np.random.default_rng([12, number])
    content = content_square(rng, art)
    if paintings and rng.random() < PAINTED:
        style = painted_style(rng, items[int(rng.choice(paintings))].color, STYLE_SIZE)
    else:
        first, second = (items[int(rng.choice(others))] for _ in range(2))
        own, other = (palette_of(np.ascontiguousarray(item.color), item.alpha, 6)[0] for item in (first, second))
        style = drawn_style(rng, np.asarray(first.color), own, other, STYLE_SIZE)
    return Triple(content, teacher.stylize(content, teacher.vector(style)), style)


def content_square(rng: np.random.Generator, art: Art) -> UInt8:
    """A work as a picture of 384 px a side, drawn anew at that size where it is a drawing: (384, 384, 3)."""
    if isinstance(art.data, np.ndarray):
        return resized(random_crop(rng, np.ascontiguousarray(art.data[..., :3]), 0.7, 1.0), SIZE)
    data = art.data.read_bytes() if isinstance(art.data, Path) else art.data
    if art.is_vector:
        color = on_white(framed(parse_svg(data), SIZE)[0])
        return np.ascontiguousarray(color[:, ::-1]) if rng.random() < 0.5 else color
    return resized(random_crop(rng, on_white(np.asarray(open_raster(data))), 0.7, 1.0), SIZE)
