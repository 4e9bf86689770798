"""The prepared data set on disk: shards of 256 squares, memory-mapped.

DIR/<source>/0000.json         written last: a shard without it does not exist
DIR/<source>/0000.color.npy    uint8 (n,256,256,3) sRGB on white
DIR/<source>/0000.alpha.npy    uint8 (n,256,256) coverage, 255 everywhere when the source has none
DIR/<source>/0000.outline.npy  uint8 (n,2,256,256) thin and thick line art, 255 paper
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from colorgan_core.errors import InputError
from colorgan_core.files import atomic_write

from .render import SIZE, Rendered
from .split import FAMILIES, HELD_OUT, NEW_HAND, TRAINING, TUNING, of_new_hand, split_hash

VERSION = 2
OWN = "folder"  # the source of a person's own pictures: files of one name in several folders are no siblings
SHARD = 256
PRACTICE = 100  # drawings of the new hand to fine-tune on, as many as a studio can spare
LAYERS = {"color": (SIZE, SIZE, 3), "alpha": (SIZE, SIZE), "outline": (2, SIZE, SIZE)}


@dataclass(frozen=True)
class Item:
    """One square of art as `Rendered` describes it; the arrays are read-only views of the disk."""

    color: np.ndarray
    alpha: np.ndarray
    outline: np.ndarray | None
    source: str
    name: str
    kind: str
    has_alpha: bool
    box: tuple[int, int, int, int]


class Cache:
    """One part of a data set. Cheap to pickle: no array travels."""

    def __init__(self, shards: Sequence[tuple[Path, list[dict[str, Any]]]], part: str) -> None:
        """part: "training", "tuning", "held out", "hand", the drawings of the hand that training never sees, or "practice", a hundred of
        that hand's to fine-tune on. A picture is in one of them at most: training leaves out siblings of what is in the other parts, where
        a near-duplicate took one of a family along."""
        listed = [item for _, items in shards for item in items]
        practice = hundred_of_hand(listed)
        outside = [item for item in listed if item["part"] in (HELD_OUT, TUNING) and item["source"] != OWN]
        refused = {family_of(item) for item in outside} if part == TRAINING else set()
        self._stems = [stem for stem, _ in shards]
        self._rows = [
            (shard, row, item)
            for shard, (_, items) in enumerate(shards)
            for row, item in enumerate(items)
            if part_of(item, practice) == part and family_of(item) not in refused
        ]
        self._open: dict[tuple[int, str], np.ndarray] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Item:
        shard, row, item = self._rows[index]
        return Item(
            color=self._layer(shard, "color")[row],
            alpha=self._layer(shard, "alpha")[row],
            outline=self._layer(shard, "outline")[row] if item["has_outline"] else None,
            source=item["source"],
            name=item["name"],
            kind=item["kind"],
            has_alpha=item["has_alpha"],
            box=(item["box"][0], item["box"][1], item["box"][2], item["box"][3]),
        )

    def describe(self, index: int) -> dict[str, Any]:
        """The item's fields without touching its pixels."""
        return dict(self._rows[index][2])

    def families(self) -> list[list[int]]:
        """Indices in groups: siblings of one set, such as a person in five skin tones, and every other picture alone."""
        found: dict[tuple[str, str], list[int]] = {}
        for index, (_, _, item) in enumerate(self._rows):
            key = (item["source"], item["family"]) if item["family"] else ("", str(index))
            found.setdefault(key, []).append(index)
        return list(found.values())

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_open": {}}

    def _layer(self, shard: int, layer: str) -> np.ndarray:
        array = self._open.get((shard, layer))
        if array is None:
            path = Path(f"{self._stems[shard]}.{layer}.npy")
            try:
                array = np.load(path, mmap_mode="r", allow_pickle=False)
            except (OSError, ValueError) as error:
                raise InputError(f"The data file {path} is damaged; prepare this source again.") from error
            self._open[shard, layer] = array
        return array


def open_cache(folder: Path, *, held_out: bool = False) -> Cache:
    """The training items of a prepared folder, or with `held_out` only those that training must not see. Raises InputError."""
    return open_part(folder, HELD_OUT if held_out else TRAINING)


def open_part(folder: Path, part: str) -> Cache:
    """A part of a prepared folder, as `Cache` names them.

    Raises InputError when the folder has no finished shard, or when a shard is damaged or of another version.
    """
    shards = [
        (path.with_suffix(""), read_shard(path)["items"]) for path in sorted(folder.glob("*/[0-9][0-9][0-9][0-9].json"))
    ]
    if not shards:
        raise InputError(f"The folder {folder} holds no data; to prepare some: `colorgan data prepare --out {folder}`.")
    return Cache(shards, part)


def part_of(item: dict[str, Any], practice: set[str]) -> str:
    """The part that an item belongs to."""
    if item["part"] == HELD_OUT:
        return HELD_OUT
    if not of_new_hand(item["source"], item["name"]):
        return TUNING if item["part"] == TUNING else TRAINING
    return "practice" if item["name"] in practice else "hand"


def family_of(item: dict[str, Any]) -> tuple[str, str]:
    """The set and the name that an item and its siblings are split by."""
    return FAMILIES.get(item["source"], item["source"]), item.get("family") or item["name"]


def hundred_of_hand(items: Sequence[dict[str, Any]]) -> set[str]:
    """Names of the new hand's drawings with the hundred smallest numbers."""
    names = {item["name"] for item in items if item["part"] != HELD_OUT and of_new_hand(item["source"], item["name"])}
    return set(sorted(names, key=lambda name: split_hash(NEW_HAND[0], name))[:PRACTICE])


def read_shard(path: Path) -> dict[str, Any]:
    """The JSON of a finished shard; raises InputError."""
    shard = read_json(path)
    try:
        if shard["version"] != VERSION or shard["size"] != SIZE:
            raise InputError(f"The shard {path} was made by another version of colorgan; prepare the data again.")
        shard["items"]
    except (KeyError, TypeError) as error:
        raise InputError(f"The shard {path} is damaged; prepare this source again.") from error
    return shard


def read_json(path: Path) -> dict[str, Any]:
    """What `write_json` wrote; raises InputError."""
    try:
        record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"The shard {path} is damaged; prepare this source again.") from error
    return record


def write_shard(stem: Path, squares: Sequence[Rendered], record: dict[str, Any]) -> None:
    """Arrays first, each whole or not at all, then the JSON that makes them count."""
    blank = np.full((2, SIZE, SIZE), 255, np.uint8)
    arrays = {
        "color": [square.color for square in squares],
        "alpha": [square.alpha for square in squares],
        "outline": [blank if square.outline is None else square.outline for square in squares],
    }
    for layer, parts in arrays.items():
        stacked = np.stack(parts) if parts else np.zeros((0, *LAYERS[layer]), np.uint8)
        with atomic_write(f"{stem}.{layer}.npy") as beside:
            np.save(beside, stacked, allow_pickle=False)
    write_json(stem.with_suffix(".json"), {"version": VERSION, "size": SIZE, **record})


def write_json(path: Path, record: dict[str, Any]) -> None:
    with atomic_write(path) as beside:
        beside.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
