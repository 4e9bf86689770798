"""Whether a file is weights that this version can use, and what it is if not. torch comes in only for what looks like weights."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import WeightsError
from .stored_weights import LARGEST, check_stored, missing

HEAD = 1024  # bytes that tell what a file is
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
    return "a text" if head.isascii() and b"\0" not in head else "no safetensors file"


def examine(path: Path) -> Facts:
    """Reads a weights file whole, as for use. Raises WeightsError for all that cannot be used, as `load_weights` does."""
    path = path.absolute()
    if not os.path.exists(path):
        raise missing(path)
    try:
        words = what_else(path) or (f"larger than {LARGEST / 1e6:.0f} MB" if path.stat().st_size > LARGEST else None)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    if words is not None:
        check_stored(path, "")  # says more, of what was installed
        raise WeightsError(f"{path.name} is {words}, and no weights of colorgan.")
    from .model.weights import load_weights

    weights = load_weights(path)
    return Facts(path.stat().st_size, weights.digest, weights.card)


def printable(text: str) -> str:
    """Of a card, whoever wrote it, what cannot upset a terminal."""
    return "".join(each if each.isprintable() else " " for each in text)


def read_card(path: Path) -> dict[str, Any]:
    """The model card of a weights file, without reading the rest. Raises WeightsError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), "np") as file:
            card = json.loads((file.metadata() or {})["card"])
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise WeightsError(f"{path.name} has no model card that can be read.") from error
    if not isinstance(card, dict):
        raise WeightsError(f"{path.name} has no model card that can be read.")
    return card
