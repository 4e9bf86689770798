"""Compositions on disk, each with its truth: flat art packs well, and unpacking costs less than drawing.

DIR/compositions/<part>/0000.json    written last: a shard without it does not exist
DIR/compositions/<part>/0000.zst     one frame of Zstandard for each composition: colour planes, surfaces (uint16), ink
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import zstandard

from colorgan_core.errors import InputError
from colorgan_core.files import atomic_write

from ..cache import read_json, write_json
from ..split import HELD_OUT, TRAINING, TUNING
from .composition import KINDS, Composition

VERSION = 1
SHARD = 32  # compositions
LEVEL = 3  # of Zstandard: a fifth of the time of level 9 for a tenth more space
FOLDERS = {TRAINING: "training", TUNING: "tuning", HELD_OUT: "held-out"}


def shard_stem(folder: Path, part: str, number: int) -> Path:
    return folder / "compositions" / FOLDERS[part] / f"{number:04d}"


def write_compositions(stem: Path, compositions: Sequence[Composition], part: str) -> None:
    """One shard of a part, whole or not at all. Raises OutputError."""
    packer = zstandard.ZstdCompressor(level=LEVEL)
    items: list[dict[str, Any]] = []
    place = 0
    stem.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(f"{stem}.zst") as beside, beside.open("wb") as file:
        for composition in compositions:
            planes = np.ascontiguousarray(composition.color.transpose(2, 0, 1)).tobytes()
            frame = packer.compress(
                planes + composition.surfaces.astype(np.uint16).tobytes() + composition.ink.tobytes()
            )
            file.write(frame)
            items.append(record(composition, place, len(frame)))
            place += len(frame)
    write_json(stem.with_suffix(".json"), {"version": VERSION, "part": part, "items": items})


def record(composition: Composition, place: int, length: int) -> dict[str, Any]:
    return {
        "place": place,
        "length": length,
        "shape": list(composition.surfaces.shape),
        "pen": composition.pen,
        "colors": composition.colors.reshape(-1).tolist(),
        "painted": composition.painted.astype(int).tolist(),
        "kind": composition.kind.tolist(),
        "names": composition.names.tolist(),
        "pieces": list(composition.pieces),
    }


class Compositions:
    """The compositions of one part. Cheap to pickle: no array travels."""

    def __init__(self, shards: Sequence[tuple[Path, list[dict[str, Any]]]]) -> None:
        self._rows = [(stem, item) for stem, items in shards for item in items]
        self._open: dict[Path, mmap.mmap] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def pieces(self, index: int) -> tuple[str, ...]:
        """The drawings that a composition is made of, without unpacking it."""
        return tuple(self._rows[index][1]["pieces"])

    def is_page(self, index: int) -> bool:
        """Whether it is a comic page, without unpacking it."""
        return KINDS.index("gutter") in self._rows[index][1]["kind"]

    def __getitem__(self, index: int) -> Composition:
        """A composition of its own. Raises InputError when the file is damaged."""
        stem, item = self._rows[index]
        height, width = item["shape"]
        try:
            frame = self._file(stem)[item["place"] : item["place"] + item["length"]]
            raw = zstandard.ZstdDecompressor().decompress(frame, max_output_size=6 * height * width)
            planes = np.frombuffer(raw, np.uint8, 3 * height * width).reshape(3, height, width)
            surfaces = np.frombuffer(raw, np.uint16, height * width, 3 * height * width).reshape(height, width)
            ink = np.frombuffer(raw, np.uint8, height * width, 5 * height * width).reshape(height, width)
        except (OSError, ValueError, zstandard.ZstdError) as error:
            raise InputError(f"The data file {stem}.zst is damaged; delete its shard and compose again.") from error
        return Composition(
            np.ascontiguousarray(planes.transpose(1, 2, 0)), surfaces.astype(np.int32),
            np.array(item["colors"], np.uint8).reshape(-1, 3), np.array(item["painted"], bool), ink.copy(),
            np.array(item["kind"], np.uint8), np.array(item["names"]), item["pen"], tuple(item["pieces"]),
        )  # fmt: skip

    def _file(self, stem: Path) -> mmap.mmap:
        if stem not in self._open:
            with Path(f"{stem}.zst").open("rb") as file:
                self._open[stem] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return self._open[stem]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_open": {}}


def open_compositions(folder: Path, part: str = TRAINING) -> Compositions:
    """The compositions of a part of a data folder.

    Raises InputError when there are none, or when a shard is damaged or was made from pieces of another part.
    """
    paths = sorted((folder / "compositions" / FOLDERS[part]).glob("[0-9][0-9][0-9][0-9].json"))
    if not paths:
        raise InputError(
            f"The folder {folder} holds no compositions of the part {part!r}; to make some: `colorgan data compose --data {folder}`."
        )
    return Compositions([(path.with_suffix(""), read_part(path, part)) for path in paths])


def read_part(path: Path, part: str) -> list[dict[str, Any]]:
    """The items of a finished shard; raises InputError."""
    shard = read_json(path)
    if shard.get("version") != VERSION or not isinstance(shard.get("items"), list):
        raise InputError(f"The shard {path} was made by another version of colorgan; delete it and compose again.")
    if shard.get("part") != part:
        raise InputError(f"The shard {path} holds compositions of the part {shard.get('part')!r}, not of {part!r}.")
    items: list[dict[str, Any]] = shard["items"]
    return items
