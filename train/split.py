"""Which art is kept back for tests. Fixed before anything was trained, and the same on every machine."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

HELD_OUT_PAINTINGS = 6
# One hand's drawings, by the artist's name in the file's: no training sees them, so that fine-tuning can be tried on a new hand.
NEW_HAND = ("openclipart", re.compile(r"(^|_)arch(i|_)"))


def split_hash(source: str, name: str) -> int:
    """256-bit number of an item. `name` is the file's or icon's name without folder and ending."""
    return int(hashlib.sha256(f"colorgan-1/{source}/{name}".encode()).hexdigest(), 16)


def held_out(source: str, name: str) -> bool:
    """True for one item in twenty, which no training may see."""
    return split_hash(source, name) % 20 == 0


def of_new_hand(source: str, name: str) -> bool:
    """True for a drawing of the hand that training never sees."""
    return source == NEW_HAND[0] and bool(NEW_HAND[1].search(name))


def held_out_paintings(source: str, titles: Iterable[str]) -> frozenset[str]:
    """There are too few paintings for one in twenty: the six with the smallest numbers."""
    return frozenset(sorted(set(titles), key=lambda title: split_hash(source, title))[:HELD_OUT_PAINTINGS])
