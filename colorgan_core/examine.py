"""Whether a file is weights that this version can use, and what it is if not. torch comes in only for what looks like weights.

Nothing in a file is believed before it is checked: sizes come first, then types, then all else.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import WeightsError
from .stored_weights import LARGEST, check_stored, missing

HEAD = 1024  # bytes that tell what a file is
LARGEST_HEADER = (
    2**20
)  # bytes of names, shapes, configuration and card, which take 50 kB; as JSON in memory up to 30 times as many
NESTED = 16  # levels of lists in a card; Python's own limit would end whatever prints it
STARTS = (
    (b"version https://git-lfs", "a pointer of Git LFS and not the file itself"),
    (b"PK", "a zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x80", "a pickle, which could run programs and is never opened"),
)


@dataclass(frozen=True)
class Facts:
    """Of usable weights: bytes, hash, and the model card, plain JSON."""

    size: int
    sha256: str
    card: dict[str, Any]


def what_else(path: Path) -> str | None:
    """What a file is, by its first bytes, that surely is no safetensors file; None where it may be one. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        return "an empty file"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<?xml", b"<head", b"<!--")) or b"<html" in start:
        return "a web page"
    if len(head) > 8 and head[8:9] == b"{":
        return None  # the length of the header, and JSON
    if head.startswith(b"PK") and b"data.pkl" in head:
        return "a PyTorch checkpoint, which could run programs and is never opened"
    for sign, words in STARTS:
        if head.startswith(sign):
            return words
    return "a text" if head.isascii() and b"\0" not in head else "not a safetensors file"


def examine(path: Path) -> Facts:
    """Reads a weights file whole, as for use. Raises WeightsError for all that cannot be used, as `load_weights` does."""
    path = path.absolute()
    if not os.path.isfile(path):
        raise missing(path)
    try:
        words = what_else(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    if words is not None:
        check_stored(path, "")  # says more, of what was installed
        raise WeightsError(f"{path.name} is {words}, and not colorgan weights.")
    from .model.weights import load_weights

    weights = load_weights(path)
    return Facts(path.stat().st_size, weights.digest, weights.card)


def check_bounds(path: Path) -> None:
    """Raises WeightsError for a file that is too large, or has too large a header, for anything to read it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            header = int.from_bytes(file.read(8), "little")
    except OSError as error:
        raise _unreadable(path, error) from error
    if size > LARGEST:
        raise WeightsError(f"{path.name} is larger than {LARGEST / 1e6:.0f} MB, and not colorgan weights.")
    if LARGEST_HEADER < header < size:
        raise WeightsError(
            f"{path.name} has a header of {header / 1e6:.1f} MB, and those of colorgan have {LARGEST_HEADER / 1e6:.1f} MB at most."
        )


def described(text: str) -> dict[str, Any]:
    """A JSON object of a file's metadata, in which null stands for numbers that are not finite.

    Raises ValueError for all else, with words for a person.
    """
    try:
        found = json.loads(text, parse_constant=lambda _: None, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise ValueError("it is not JSON") from error
    except (ValueError, RecursionError) as error:  # a whole number of thousands of digits; lists in lists
        raise ValueError("it is unusable JSON") from error
    if not isinstance(found, dict):
        raise ValueError("it is not a list of names and values")
    if not _is_shallow(found, NESTED):
        raise ValueError(f"its lists are nested more than {NESTED} times")
    return found


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _is_shallow(value: Any, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return True
    members = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(each, levels - 1) for each in members)


def read_card(path: Path) -> dict[str, Any]:
    """The model card of a weights file, without reading the rest. Raises WeightsError."""
    from safetensors import SafetensorError, safe_open

    check_bounds(path)
    try:
        with safe_open(str(path), "np") as file:
            return described((file.metadata() or {})["card"])
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise WeightsError(f"{path.name} has no model card that can be read.") from error


def _unreadable(path: Path, error: OSError) -> WeightsError:
    return WeightsError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).")
