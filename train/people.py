"""People and hands in five skin tones: the variants of an icon set, each with the person that it is a variant of."""

from __future__ import annotations

import re
from collections.abc import Mapping

TONES = frozenset(f"1f3f{digit}" for digit in "bcdef")  # Unicode's modifiers, light to dark
NO_MEANING = "fe0f"  # the variation selector: some sets write it, others leave it out
TONE_WORDS = re.compile(r"-(light|medium-light|medium|medium-dark|dark)(-skin-tone)?(?=-|$)")


def base_sequence(code: str) -> str:
    """A sequence of code points, "1f44b-1f3fb", without skin tones and variation selectors."""
    return "-".join(point for point in code.split("-") if point not in TONES and point != NO_MEANING)


def has_tone(code: str) -> bool:
    """Whether a sequence of code points has a skin tone."""
    return bool(TONES & set(code.split("-")))


def base_names(codes: Mapping[str, str]) -> dict[str, str]:
    """The name of each sequence without skin tone. codes: a set's table from sequences of code points to names."""
    return {base_sequence(code): name for code, name in codes.items() if not has_tone(code)}


def toned(codes: Mapping[str, str]) -> dict[str, str]:
    """From the name of each drawing with skin tones to the name of the drawing that it is a variant of."""
    plain = base_names(codes)
    return {
        name: plain.get(base_sequence(code), TONE_WORDS.sub("", name))
        for code, name in codes.items()
        if "-" in code and has_tone(code)
    }
