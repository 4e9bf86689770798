"""Which of a person's own pictures are kept back for tests: one in twenty, but at least five."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .cache import read_shard, write_json
from .duplicates import NEAR
from .split import HELD_OUT, TRAINING, part_of, split_hash

MIN_HELD_OUT = 5  # pictures: the mean over fewer depends on which ones they are
MIN_PICTURES = 2 * MIN_HELD_OUT  # with fewer, more would be held out than trained on


def hold_out(folder: Path) -> int:
    """Writes the split into the finished shards of a source in `folder`; returns how many pictures are held out.

    The same pictures give the same split, also after an interrupted run. Raises InputError, OutputError.
    """
    paths = sorted(folder.glob("[0-9][0-9][0-9][0-9].json"))
    shards = [read_shard(path) for path in paths]
    items = [item for shard in shards for item in shard["items"]]
    fates = split(items)
    parts = [HELD_OUT if fate else TRAINING for fate in fates]
    changed = [item["part"] != part for item, part in zip(items, parts, strict=True)]
    for item, part in zip(items, parts, strict=True):
        item["part"] = part
    start = 0
    for path, shard in zip(paths, shards, strict=True):
        end = start + len(shard["items"])
        if any(changed[start:end]):
            write_json(path, shard)
        start = end
    return sum(fates)


def split(items: Sequence[dict[str, Any]]) -> list[bool]:
    """For each item (name, signature) whether it is held out.

    Near-duplicates share the fate of the first of them. Of MIN_PICTURES and more, families with the smallest split
    numbers are held out until there are MIN_HELD_OUT pictures, as long as half of all pictures remain for training.
    """
    families = families_of([np.frombuffer(bytes.fromhex(item["signature"]), np.uint8) for item in items])
    chosen = {family[0] for family in families if part_of("folder", items[family[0]]["name"]) == HELD_OUT}
    count = sum(len(family) for family in families if family[0] in chosen)
    if len(items) >= MIN_PICTURES:
        for family in sorted(families, key=lambda each: split_hash("folder", items[each[0]]["name"])):
            if count < MIN_HELD_OUT and family[0] not in chosen and count + len(family) <= len(items) // 2:
                chosen.add(family[0])
                count += len(family)
    fates = [False] * len(items)
    for family in families:
        for index in family:
            fates[index] = family[0] in chosen
    return fates


def families_of(rows: Sequence[np.ndarray]) -> list[list[int]]:
    """Indices of signatures uint8 (32,), grouped so that any two with at most NEAR differing bits share a group."""
    stacked = np.array(rows, np.uint8).reshape(-1, 32)
    family = np.arange(len(stacked))
    for index in range(1, len(stacked)):
        near = np.bitwise_count(stacked[:index] ^ stacked[index]).sum(1) <= NEAR
        joined = np.unique(family[:index][near])
        if len(joined):
            family[np.isin(family, joined)] = joined[0]
            family[index] = joined[0]
    return [np.flatnonzero(family == number).tolist() for number in np.unique(family)]
