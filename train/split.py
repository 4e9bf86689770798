"""Which art is kept back for tests. Fixed before anything was trained, and the same on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

HELD_OUT_PAINTINGS = 6


def split_hash(source: str, name: str) -> int:
    """256-bit number of an item. `name` is the file's or icon's name without folder and ending."""
    return int(hashlib.sha256(f"colorgan-1/{source}/{name}".encode()).hexdigest(), 16)


def held_out(source: str, name: str) -> bool:
    """True for one item in twenty, which no training may see."""
    return split_hash(source, name) % 20 == 0


def held_out_paintings(source: str, titles: Iterable[str]) -> frozenset[str]:
    """There are too few paintings for one in twenty: the six with the smallest numbers."""
    return frozenset(sorted(set(titles), key=lambda title: split_hash(source, title))[:HELD_OUT_PAINTINGS])
