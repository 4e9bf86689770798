"""What a colourist's report holds, in the order in which a person should look at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

IN_WORDS = 10  # findings that are told one by one and marked in the picture: more are read by nobody
# How much worse a finding of a kind is than another that concerns as large an area. What a person has drawn and what has another
# effect than meant comes first; a speck is looked at when nothing else is left.
SEVERITY = {"hint-on-edge": 8, "hint-on-line": 4, "hint-outside": 4, "unmatched": 2, "gap": 1, "unsure": 1, "speck": 0}
KINDS = {  # one of a kind, and several
    "hint-on-edge": ("hint that colours the picture's edge", "hints that colour the picture's edge"),
    "hint-on-line": ("hint on a line", "hints on lines"),
    "hint-outside": ("hint where paper stays bare", "hints where paper stays bare"),
    "unmatched": ("region not found in a key", "regions not found in a key"),
    "gap": ("open line", "open lines"),
    "unsure": ("region that may be paint or paper", "regions that may be paint or paper"),
    "speck": ("speck", "specks"),
}


@dataclass(frozen=True)
class Finding:
    """kind: one of KINDS. x, y: pixel, from the top left. size: px of its circle. area: px of the picture that it concerns."""

    kind: str
    x: int
    y: int
    size: int
    area: int
    sentence: str


def ranked(found: Sequence[Finding]) -> list[Finding]:
    """All of them, what matters most first: by severity times area, then by area."""
    return sorted(found, key=lambda each: (-SEVERITY[each.kind] * each.area, -each.area))


def in_words(found: Sequence[Finding]) -> list[str]:
    """A line for each of the first IN_WORDS of ranked findings, numbered as in the marked picture, and one that counts the others."""
    lines = [f"{n}. At {each.x}, {each.y}: {each.sentence}" for n, each in enumerate(found[:IN_WORDS], 1)]
    rest = counted(found[IN_WORDS:])
    return [*lines, f"Not listed here: {', '.join(rest)}."] if rest else lines


def counted(found: Sequence[Finding]) -> list[str]:
    """How many there are of each kind, in words, in the order of KINDS."""
    count = Counter(each.kind for each in found)
    return [f"{count[kind]:,} {words[count[kind] > 1]}" for kind, words in KINDS.items() if count[kind]]
