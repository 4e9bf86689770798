"""What is known of a drawing's cells: what the network is told of each, and its true colour; and shards of such drawings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from colorgan_core.files import atomic_write
from colorgan_core.lineart.tokens import Tokens

OFF_INK = 250  # of 255
PURE = 0.6  # of a cell's pixels that must be of one surface; others teach nothing
PAINTED = 128  # of 255 of alpha
REFERENCE = 2

Array = NDArray[Any]


@dataclass(frozen=True)
class Seen:
    """One drawing. geometry (n, g), trunk (n, t) float16, pairs (m, 2) int16, touch (m, 5) float16 as in `Tokens`; areas (n,) share of
    the picture that is judged. colors (n, 3) uint8: of the cell's true surface. painted (n,) bool. surface (n,) int16, -1 not known.
    pure (n,) float16, share of the cell that is of that surface. source: 0 a composition, 1 a prepared drawing, REFERENCE a reference
    picture of the drawing before it, whose cells have the colours that are seen there."""

    geometry: Array
    trunk: Array
    pairs: Array
    touch: Array
    areas: Array
    colors: Array
    painted: Array
    surface: Array
    pure: Array
    source: Array

    def __len__(self) -> int:
        return len(self.geometry)


def seen_of(tokens: Tokens, trunk: Array, truth: tuple[Array, Array, Array, Array], areas: Array, source: int) -> Seen:
    colors, painted, surface, pure = truth
    return Seen(
        tokens.geometry, trunk.astype(np.float16), tokens.pairs.astype(np.int16), tokens.touch.astype(np.float16), areas.astype(np.float32),
        colors.astype(np.uint8), painted.astype(bool), surface.astype(np.int16), pure.astype(np.float16), np.array([source], np.int8),
    )  # fmt: skip


def of_surfaces(
    token: Array, surfaces: Array, counted: Array, colors: Array, painted: Array
) -> tuple[tuple[Array, Array, Array, Array], Array]:
    """Truth and judged area of each token. token: (h, w), -1 for none; surfaces: (h, w) true labels; colors (s, 3) and painted (s,)."""
    count, many = int(token.max()) + 1, len(painted)
    there = (token >= 0) & counted
    key, pixels = np.unique(token[there].astype(np.int64) * many + surfaces[there], return_counts=True)
    whole = np.bincount(key // many, pixels, count)
    order = np.lexsort((pixels, key // many))
    owner, most = np.full(count, -1), np.zeros(count)
    owner[(key // many)[order]], most[(key // many)[order]] = (key % many)[order], pixels[order]
    pure = most / np.maximum(whole, 1)
    return (colors[owner], painted[owner] & (owner >= 0), owner, np.where(owner >= 0, pure, 0)), whole / token.size


def of_picture(
    token: Array, color: Array, alpha: Array, counted: Array
) -> tuple[tuple[Array, Array, Array, Array], Array]:
    """The same where no surfaces are known: each token has the median of the picture's colours there; pure is what is near it."""
    count = int(token.max()) + 1
    there = (token >= 0) & counted
    at = token[there]
    order = np.argsort(at, kind="stable")
    found, starts = np.unique(at[order], return_index=True)
    colors, pure, painted = np.zeros((count, 3), np.uint8), np.zeros(count), np.zeros(count, bool)
    rgb, paint = color[there][order], alpha[there][order]
    parts = np.split(np.arange(len(at)), starts[1:]) if len(found) else []
    for number, pixels in zip(found.tolist(), parts, strict=True):
        shown = paint[pixels] >= PAINTED
        painted[number] = shown.mean() >= 0.5
        inside = rgb[pixels][shown] if painted[number] else np.full((1, 3), 255, np.uint8)
        colors[number] = np.median(inside, 0)
        near = np.abs(inside.astype(int) - colors[number].astype(int)).max(1) < 36
        pure[number] = near.mean() * (shown if painted[number] else ~shown).mean()
    areas = np.bincount(at, minlength=count) / token.size
    return (colors, painted, np.full(count, -1), pure), areas


def write_shard(path: Path, drawings: list[Seen]) -> None:
    """One file, whole or not at all. Raises OutputError."""
    arrays = {field.name: np.concatenate([getattr(each, field.name) for each in drawings]) for field in fields(Seen)}
    arrays["counts"] = np.array([[len(each), len(each.pairs)] for each in drawings])
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as beside, beside.open("wb") as file:
        np.savez(file, **arrays)


def read_shard(path: Path) -> Iterator[Seen]:
    with np.load(path, allow_pickle=False) as file:
        arrays = dict(file)
    cell, pair = 0, 0
    for number, (cells, pairs) in enumerate(arrays["counts"].tolist()):
        yield Seen(
            **{
                field.name: arrays[field.name][pair : pair + pairs]
                if field.name in ("pairs", "touch")
                else arrays[field.name][number : number + 1]
                if field.name == "source"
                else arrays[field.name][cell : cell + cells]
                for field in fields(Seen)
            }
        )
        cell, pair = cell + cells, pair + pairs


def read_drawings(folder: Path) -> list[Seen]:
    """All drawings of a folder of shards."""
    return [each for path in sorted(folder.glob("*.npz")) for each in read_shard(path)]
