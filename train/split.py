"""Which art trains, which is for choosing (the tuning part), and which is held out for the last look. The same on every machine."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

TRAINING, TUNING, HELD_OUT = "training", "tuning", "held out"
PARTS_OF_TWENTY = {0: HELD_OUT, 1: TUNING}  # by the remainder of an item's number; the others train
HELD_OUT_PAINTINGS = 6
# Sets whose drawings are siblings of another set's are split by that set's numbers, so that siblings stay together.
FAMILIES = {
    "noto-people": "noto",
    "noto-v1": "noto",
    "twemoji-people": "twemoji",
    "fluent-people": "fluent-emoji-flat",
    "fluent-emoji": "fluent-emoji-flat",
    "fluent-emoji-3d": "fluent-emoji-flat",
}
# One hand's drawings, by the artist's name in the file's: no training sees them, so that fine-tuning can be tried on a new hand.
NEW_HAND = ("openclipart", re.compile(r"(^|_)arch(i|_)"))


def split_hash(source: str, name: str) -> int:
    """256-bit number of an item. `name` is the file's or icon's name without folder and ending."""
    return int(hashlib.sha256(f"colorgan-1/{source}/{name}".encode()).hexdigest(), 16)


def part_of(source: str, family: str) -> str:
    """TRAINING, TUNING or HELD_OUT for an item of a source. family: its name, or for a sibling the base drawing's name."""
    return PARTS_OF_TWENTY.get(split_hash(FAMILIES.get(source, source), family) % 20, TRAINING)


def of_new_hand(source: str, name: str) -> bool:
    """True for a drawing of the hand that training never sees."""
    return source == NEW_HAND[0] and bool(NEW_HAND[1].search(name))


def held_out_paintings(source: str, titles: Iterable[str]) -> frozenset[str]:
    """There are too few paintings for one in twenty: the six with the smallest numbers."""
    return frozenset(sorted(set(titles), key=lambda title: split_hash(source, title))[:HELD_OUT_PAINTINGS])
