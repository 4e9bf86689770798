"""Drawings as a network for cells sees them, with the truth of every cell: made once, read in a moment.

    python -m colorgan_train.cell_cache DATA OUT --compositions 2000 --drawings 6000 [--set tuning] [--references]

DATA holds compositions (`colorgan data compose`) or prepared sources (`colorgan data prepare`). Lines, cells and tokens are those of the
product; the trunk is that of the weights, and nothing is asked of it. OUT/0000.npz and so on hold SHARD drawings each. With
--references each drawing is followed by a reference picture of what it shows, in another pose.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from colorgan_core.inference.colors import Known, see, trunk_view
from colorgan_core.inference.loaded import Loaded
from colorgan_core.lineart.ink import cleaned, contours
from colorgan_core.lineart.reference import read_reference
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.picture.paper import flattened
from colorgan_core.picture.pixels import to_rgb8

from .cache import Cache, open_part, read_json, write_json
from .cell_truth import OFF_INK, PAINTED, REFERENCE, Seen, of_picture, of_surfaces, seen_of, write_shard
from .compose.cache import FOLDERS, Compositions, open_compositions
from .compose.conditions import CONDITIONS, MORE, draw
from .compose.repose import pose, posed
from .lines import draw_lines
from .memory import keep_freed_memory
from .sample import view
from .split import TRAINING

SHARD = 64  # drawings a file
SOURCES = "sources.json"
SIDE = 256  # px, of prepared drawings
SCALES = 1, 2, 3  # a prepared drawing's size, times SIDE
UNSEEN = ("white-on-black",)  # is inverted before
UNINKED = 0.3  # share of references without ink
AS_IT_IS = 0.15  # share of references in the drawing's own pose

Array = NDArray[Any]


def look(loaded: Loaded, picture: NDArray[np.uint8]) -> Known | None:
    """What is known of a picture (h, w, 3), as the product has it; None where it has no two cells."""
    flat = flattened(picture)
    lines = cleaned(flat, contours(flat, loaded.contours))
    cells = find_surfaces(lines).cells
    if cells is None or not cells.count:
        return None
    known = see(loaded, cells, lines)
    return known if len(known.tokens) > 1 else None


def composed(loaded: Loaded, compositions: Compositions, rng: np.random.Generator, both: bool = False) -> list[Seen]:
    """A composition in some condition, with a reference to it if both; nothing where no cells are found."""
    index = int(rng.integers(len(compositions)))
    names = [name for name in (*CONDITIONS, *MORE) if name not in UNSEEN and name != "comic"]
    names += ["clean", "broken"]
    name = "comic" if compositions.is_page(index) and rng.random() < 0.8 else str(rng.choice(names))
    drawing = draw(compositions[index], name, rng)
    found = look(loaded, to_rgb8(drawing.picture))
    if found is None:
        return []
    tokens, cells, trunk = found.tokens, found.cells, found.trunk
    truth = drawing.composition
    held = of_surfaces(
        tokens.token[cells.labels], truth.surfaces, drawing.counted_ink >= OFF_INK, truth.colors, truth.painted
    )
    seen = seen_of(tokens, trunk, *held, 0)
    return with_reference(loaded, seen, truth.color, truth.ink, truth.surfaces > 0, rng) if both else [seen]


def prepared(
    loaded: Loaded, items: Cache, families: list[list[int]], rng: np.random.Generator, both: bool = False
) -> list[Seen]:
    """A prepared drawing in some hand, with a reference to it if both; nothing where it has no paper or no cells are found."""
    family = families[int(rng.integers(len(families)))]
    item = items[family[int(rng.integers(len(family)))]]
    if not item.has_alpha:
        return []
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
        return []
    tokens, cells, trunk = found.tokens, found.cells, found.trunk
    held = of_picture(tokens.token[cells.labels], color, alpha, lines >= OFF_INK)
    seen = seen_of(tokens, trunk, *held, 1)
    if not both:
        return [seen]
    other = view(rng, item, SIDE)
    ink = np.full(other.alpha.shape, 255, np.uint8) if other.outline is None else other.outline[0]
    planes = (
        cv2.resize(each, (2 * SIDE, 2 * SIDE), interpolation=cv2.INTER_CUBIC)
        for each in (other.color, ink, other.alpha)
    )
    wide, ink, there = (np.asarray(each, np.uint8) for each in planes)
    return with_reference(loaded, seen, wide, ink, there >= PAINTED, rng)


def with_reference(
    loaded: Loaded, seen: Seen, color: Array, ink: Array, inside: Array, rng: np.random.Generator
) -> list[Seen]:
    """A drawing and what is seen of a reference picture: color (h, w, 3) in another pose, under its ink (h, w) for the most part."""
    where = pose(rng, inside, 0.0 if rng.random() < AS_IT_IS else 1.0)
    color, ink = posed((color, ink), where)
    if rng.random() >= UNINKED:
        color = (color.astype(np.uint16) * ink[..., None] // 255).astype(np.uint8)
    read = read_reference(color)
    if len(read.tokens) < 2:
        return []
    trunk, _, _ = trunk_view(loaded, read.cells, read.tokens, read.lines)
    count = len(read.tokens)
    truth = read.colors, np.ones(count, bool), np.full(count, -1), read.even
    return [seen, seen_of(read.tokens, trunk, truth, read.tokens.areas, REFERENCE)]


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


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", default="default")
    parser.add_argument("--compositions", type=int, default=0)
    parser.add_argument("--drawings", type=int, default=0)
    parser.add_argument("--set", default=FOLDERS[TRAINING], choices=sorted(FOLDERS.values()))
    parser.add_argument("--first", type=int, default=0, help="number of the first shard")
    parser.add_argument("--references", action="store_true")
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
        rng = np.random.default_rng([35, number, int(compositions is None), len(part), int(asked.references)])
        made: list[Seen] = []
        while len(made) < SHARD:
            if compositions is not None:
                made += composed(loaded, compositions, rng, asked.references)
            else:
                assert items is not None
                made += prepared(loaded, items, families, rng, asked.references)
        write_shard(path, made)
        print(f"{path.name}: {np.mean([len(each) for each in made]):.0f} cells a drawing", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
