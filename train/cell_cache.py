"""Drawings as a network for cells sees them, with the truth of every cell: made once, read in a moment.

    python -m colorgan_train.cell_cache DATA OUT --compositions 2000 --drawings 6000 [--set tuning]

DATA holds compositions (`colorgan data compose`) or prepared sources (`colorgan data prepare`). Lines, cells and tokens are those of the
product; the trunk is that of the weights, and nothing is asked of it. OUT/0000.npz and so on hold SHARD drawings each.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from colorgan_core.engine.colors import Known, see
from colorgan_core.engine.loaded import Loaded
from colorgan_core.files import atomic_write
from colorgan_core.lineart.ink import cleaned, contours
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.lineart.tokens import Tokens
from colorgan_core.picture.paper import flattened
from colorgan_core.picture.pixels import to_rgb8

from .cache import Cache, open_part, read_json, write_json
from .compose.cache import FOLDERS, Compositions, open_compositions
from .compose.conditions import CONDITIONS, MORE, draw
from .lines import draw_lines
from .memory import keep_freed_memory
from .sample import view
from .split import TRAINING

SHARD = 64  # drawings a file
SOURCES = "sources.json"
OFF_INK = 250  # of 255
SIDE = 256  # px, of prepared drawings
SCALES = 1, 2, 3  # a prepared drawing's size, times SIDE
UNSEEN = ("white-on-black",)  # is inverted before
PURE = 0.6  # of a cell's pixels that must be of one surface; others teach nothing
PAINTED = 128  # of 255 of alpha

Array = NDArray[Any]


@dataclass(frozen=True)
class Seen:
    """One drawing. geometry (n, g), trunk (n, t) float16, pairs (m, 2) int16, touch (m, 5) float16 as in `Tokens`; areas (n,) share of
    the picture that is judged. colors (n, 3) uint8: of the cell's true surface. painted (n,) bool. surface (n,) int16, -1 not known.
    pure (n,) float16, share of the cell that is of that surface. source: 0 a composition, 1 a prepared drawing."""

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


def look(loaded: Loaded, picture: NDArray[np.uint8]) -> Known | None:
    """What is known of a picture (h, w, 3), as the product has it; None where it has no two cells."""
    flat = flattened(picture)
    lines = cleaned(flat, contours(flat, loaded.contours))
    cells = find_surfaces(lines).cells
    if cells is None or not cells.count:
        return None
    known = see(loaded, cells, lines)
    return known if len(known.tokens) > 1 else None


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


def composed(loaded: Loaded, compositions: Compositions, rng: np.random.Generator) -> Seen | None:
    index = int(rng.integers(len(compositions)))
    names = [name for name in (*CONDITIONS, *MORE) if name not in UNSEEN and name != "comic"]
    names += ["clean", "broken"]
    name = "comic" if compositions.is_page(index) and rng.random() < 0.8 else str(rng.choice(names))
    drawing = draw(compositions[index], name, rng)
    found = look(loaded, to_rgb8(drawing.picture))
    if found is None:
        return None
    tokens, cells, trunk = found.tokens, found.cells, found.trunk
    truth = drawing.composition
    held = of_surfaces(
        tokens.token[cells.labels], truth.surfaces, drawing.counted_ink >= OFF_INK, truth.colors, truth.painted
    )
    return seen_of(tokens, trunk, *held, 0)


def prepared(loaded: Loaded, items: Cache, families: list[list[int]], rng: np.random.Generator) -> Seen | None:
    family = families[int(rng.integers(len(families)))]
    item = items[family[int(rng.integers(len(family)))]]
    if not item.has_alpha:
        return None
    shown = view(rng, item, SIDE)
    scale = int(rng.choice(SCALES))
    lines = draw_lines(rng, shown.color, shown.outline)
    if scale > 1:
        size = (SIDE * scale, SIDE * scale)
        lines = np.asarray(cv2.resize(lines, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    color, alpha = (
        np.repeat(np.repeat(each, scale, 0), scale, 1) if scale > 1 else each for each in (shown.color, shown.alpha)
    )
    found = look(loaded, np.repeat(lines[..., None], 3, 2))
    if found is None:
        return None
    tokens, cells, trunk = found.tokens, found.cells, found.trunk
    held = of_picture(tokens.token[cells.labels], color, alpha, lines >= OFF_INK)
    return seen_of(tokens, trunk, *held, 1)


def write_sources(folder: Path, drawn_from: Compositions | Cache) -> None:
    """Notes beside the shards how many drawings of which source they were taken from, for the model card. Raises OutputError."""
    if isinstance(drawn_from, Compositions):
        pieces = {piece for index in range(len(drawn_from)) for piece in drawn_from.pieces(index)}
        names = Counter(piece.partition("/")[0] for piece in pieces)
    else:
        names = Counter(str(drawn_from.describe(index)["source"]) for index in range(len(drawn_from)))
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / SOURCES, dict(sorted(names.items())))


def read_sources(folder: Path) -> dict[str, int]:
    """What `write_sources` noted. Raises InputError."""
    return {str(name): int(count) for name, count in read_json(folder / SOURCES).items()}


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


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--compositions", type=int, default=0)
    parser.add_argument("--drawings", type=int, default=0)
    parser.add_argument("--set", default=FOLDERS[TRAINING], choices=sorted(FOLDERS.values()))
    parser.add_argument("--first", type=int, default=0, help="number of the first shard")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    keep_freed_memory()
    part = next(part for part, name in FOLDERS.items() if name == asked.set)
    loaded, wanted = Loaded(asked.weights, "cpu"), asked.compositions or asked.drawings
    compositions = open_compositions(asked.data, part) if asked.compositions else None
    items = None if asked.compositions else open_part(asked.data, part)
    families = [] if items is None else items.families()
    for drawn_from in (compositions, items):
        if drawn_from is not None:
            write_sources(asked.out, drawn_from)
    for number in range(asked.first, asked.first + -(-wanted // SHARD)):
        path = asked.out / f"{number:04d}.npz"
        if path.exists():
            continue
        rng, made = np.random.default_rng([35, number, int(compositions is None), len(part)]), []
        while len(made) < SHARD:
            one = (
                composed(loaded, compositions, rng)
                if compositions is not None
                else prepared(loaded, items, families, rng)
            )  # type: ignore[arg-type]
            if one is not None:
                made.append(one)
        write_shard(path, made)
        print(f"{path.name}: {np.mean([len(each) for each in made]):.0f} cells a drawing", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
