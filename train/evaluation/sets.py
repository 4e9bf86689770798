"""What is measured on: items with line art, and, but for colouring pages, the colour truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorgan_core.errors import InputError, UsageError
from colorgan_core.picture.pixels import alpha_of, read_picture, to_rgb8

from ..hold_out import MIN_PICTURES
from ..lines import ink
from ..sources import FIRST_SOURCES
from ..split import TUNING
from ..teacher import middle_square
from .rivals import draw_lines_over

PARTS = {
    "held-out": "held out",
    "tuning-part": TUNING,
    "new-hand": "hand",
}  # sets of the prepared data, and what `open_part` calls them
COUNT = 200  # items of a set unless --limit says otherwise
LONG_SIDE = 512  # a person's pictures are measured at this size: the protocol's metrics look at 256 px anyhow
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
MADE_LINES = "Lines were drawn from the colour pictures, so they tell where the colours are."
Gray = NDArray[np.uint8]
RGB = NDArray[np.uint8]


@dataclass(frozen=True)
class Item:
    """One thing to colour; all arrays uint8, None where the set has no such thing.

    lines: (h, w), 255 paper; truth: (h, w, 3), what the line-art task should give; color: (h, w, 3), the colour
    original of the greyscale task; coverage: (h, w), 255 where the truth is painted.
    """

    name: str
    lines: Gray
    truth: RGB | None = None
    color: RGB | None = None
    coverage: Gray | None = None

    @cached_property
    def key(self) -> str:
        """What the item is, by content: results kept under it never go stale."""
        digest = hashlib.sha256()
        for array in (self.lines, self.truth):
            if array is not None:
                digest.update(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:32]


def truth_of(item: Item) -> RGB:
    assert item.truth is not None, f"{item.name} has no truth"
    return item.truth


@dataclass(frozen=True)
class EvaluationSet:
    """Items in a fixed order, and a word about each odd thing in how they came."""

    name: str
    items: tuple[Item, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def key(self) -> str:
        return hashlib.sha256("".join(item.key for item in self.items).encode()).hexdigest()[:16]


def load_set(name: str, task: str, data: Path | None, limit: int | None) -> EvaluationSet:
    """`openmoji` or `tuxpaint` (both from packages), a name of PARTS (of the prepared `data`), or a folder of a person's.

    Raises UsageError (data is needed), InputError (no such folder, nothing in it).
    """
    count = limit or COUNT
    if name == "openmoji":
        found = EvaluationSet(name, tuple(openmoji(downloads(data), count)))
    elif name == "tuxpaint":
        found = EvaluationSet(name, tuple(tuxpaint(downloads(data)))[:count])
    elif name in PARTS:
        found = prepared_set(name, task, data, count)
    else:
        found = folder_set(Path(name), task, count)
    if not found.items:
        raise InputError(f"The set {name} has nothing in it that could be measured.")
    return found


def downloads(data: Path | None) -> Path:
    """Where the packages of OpenMoji and Tux Paint lie, or are put."""
    if data is None:
        from .environments import user_cache

        return user_cache() / "downloads"
    return data / "downloads" if (data / "downloads").is_dir() or any(data.glob("*/0000.json")) else data


def openmoji(folder: Path, count: int) -> Iterable[Item]:
    """OpenMoji-200 of DATA.md: real line art; its colour pictures have the same ink in them."""
    from ..evaluation_sets import openmoji_pairs

    for name, color, alpha, lines in openmoji_pairs(folder, count):
        yield Item(name, lines, color, color, alpha)


def tuxpaint(folder: Path) -> Iterable[Item]:
    """Colouring pages without colour truth: only to be looked at."""
    from ..evaluation_sets import tuxpaint_starters

    for name, lines in tuxpaint_starters(folder):
        yield Item(name, lines)


def prepared_set(name: str, task: str, data: Path | None, count: int) -> EvaluationSet:
    """A part of the prepared data that training never sees, spread evenly over it.

    For line art, what has an outline and coverage: the thin outline, and as truth colour times line, as in training.
    For grey, the picture inside its square.
    """
    from ..cache import open_part

    if data is None:
        raise UsageError(f"--set {name} needs the prepared data: name its folder with --data DIR.")
    cache = open_part(data, PARTS[name])
    if not len(cache):
        raise InputError(
            f"No picture in {data} is kept out of training, so --set {name} has nothing to measure on; `colorgan data prepare "
            f"--from` holds some out of {MIN_PICTURES} pictures and more."
        )
    fields = [cache.describe(index) for index in range(len(cache))]
    usable = [i for i, item in enumerate(fields) if is_published(item) and (task == "gray" or can_be_drawn(item))]
    items = []
    for place in spread(len(usable), count):
        item = cache[usable[place]]
        title = f"{item.source}/{item.name}"
        if task == "gray":
            left, top, right, bottom = item.box
            items.append(colored(title, np.array(item.color[top:bottom, left:right])))
        elif item.outline is None:
            items.append(from_colors(title, np.dstack([item.color, item.alpha])))
        else:
            lines, color = np.array(item.outline[0]), np.array(item.color)
            items.append(Item(title, lines, draw_lines_over(color, lines), color, np.array(item.alpha)))
    made = task != "gray" and any(not fields[place]["has_outline"] for place in usable)
    return EvaluationSet(name, tuple(items), (f"{len(items)} of {len(usable)} items.", *[MADE_LINES] * made))


def is_published(item: dict[str, Any]) -> bool:
    """Whether an item is of the sets that all published figures on held-out art are from, or a person's own picture."""
    return item["source"] in FIRST_SOURCES or item["kind"] == "folder"


def can_be_drawn(item: dict[str, Any]) -> bool:
    """Whether a prepared item serves the line-art task: with an outline of its own and coverage, or a person's own picture."""
    return (item["has_outline"] and item["has_alpha"]) or item["kind"] == "folder"


CONTENTS = 10  # of the style task
Pictures = tuple[list[RGB], list[RGB]]


def style_pictures(name: str, data: Path | None) -> Pictures:
    """(contents, styles) of the style task, at the teacher's size: of the prepared data's held-out part ten contents (its photographs,
    then drawings spread over the rest) and the whole of each painting; or FOLDER/content and FOLDER/style."""
    if name == "held-out":
        if data is None:
            raise UsageError("--set held-out needs the prepared data: name its folder with --data DIR.")
        from ..cache import open_cache

        cache = open_cache(data, held_out=True)
        of_kind: dict[str, list[int]] = {"photo": [], "painting": [], "vector": []}
        for index in range(len(cache)):
            item = cache.describe(index)
            if not is_published(item):
                continue
            if item["kind"] in of_kind and (item["kind"] != "painting" or item["name"].endswith("#0")):
                of_kind[item["kind"]].append(index)
        photos, drawings = of_kind["photo"][:CONTENTS], of_kind["vector"]
        picked = photos + [drawings[i] for i in spread(len(drawings), CONTENTS - len(photos))]
        contents, styles = ([np.array(cache[i].color) for i in indices] for indices in (picked, of_kind["painting"]))
    else:
        parts = [Path(name) / part for part in ("content", "style")]
        if not all(part.is_dir() for part in parts):
            raise InputError(
                f"The style task needs --set held-out, or a folder with content/ and style/; {name} has none."
            )
        contents, styles = ([to_rgb8(read_picture(path).array) for path in pictures(part)] for part in parts)
    if not contents or not styles:
        raise InputError(f"The set {name} has no contents or no styles.")
    return [middle_square(picture) for picture in contents], [middle_square(picture) for picture in styles]


def folder_set(folder: Path, task: str, count: int) -> EvaluationSet:
    """FOLDER/line and FOLDER/gt with pictures of the same names, or a folder of colour pictures."""
    if not folder.is_dir():
        raise InputError(
            f"There is no set called {folder}: it is openmoji, held-out, tuning-part, new-hand, tuxpaint, or a folder."
        )
    if (folder / "line").is_dir() and (folder / "gt").is_dir():
        return paired_folder(folder, count)
    items = []
    for path in pictures(folder)[:count]:
        array = shrink(read_picture(path).array)
        color = to_rgb8(array)
        if task == "gray":
            items.append(colored(path.stem, color))
        else:
            items.append(from_colors(path.stem, array))
    return EvaluationSet(folder.name, tuple(items), () if task == "gray" else (MADE_LINES,))


def from_colors(name: str, array: NDArray[np.generic]) -> Item:
    """An item of the line-art task from a colour picture alone."""
    color = to_rgb8(array)
    lines = inked(color)
    return Item(name, lines, draw_lines_over(color, lines), color, coverage_of(array))


def colored(name: str, color: RGB) -> Item:
    """An item of the greyscale task: blank paper for line art."""
    return Item(name, np.full(color.shape[:2], 255, np.uint8), color, color)


def paired_folder(folder: Path, count: int) -> EvaluationSet:
    line_art = {path.stem: path for path in pictures(folder / "line")}
    items = []
    for path in [path for path in pictures(folder / "gt") if path.stem in line_art][:count]:
        array, lines = read_picture(path).array, to_rgb8(read_picture(line_art[path.stem]).array).min(2)
        if array.shape[:2] != lines.shape:
            raise InputError(f"{path} and its line art differ in size: {array.shape[:2]} and {lines.shape}.")
        color = to_rgb8(array)
        items.append(Item(path.stem, lines, color, color, coverage_of(array)))
    note = "Of a truth without transparency, all that is not white counts as painted."
    return EvaluationSet(folder.name, tuple(items), (note,))


def pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES)


def spread(count: int, wanted: int) -> list[int]:
    """Indices of at most `wanted` items, evenly over `count`."""
    wanted = min(wanted, count)
    return sorted({round(i * (count - 1) / max(1, wanted - 1)) for i in range(wanted)})


def coverage_of(array: NDArray[np.generic]) -> Gray:
    """A picture's opacity; where it has none, 255 in all that is not white."""
    alpha = np.rint(alpha_of(array) * 255).astype(np.uint8)
    if alpha.min() == 255:
        return np.where(to_rgb8(array).min(2) < 250, 255, 0).astype(np.uint8)
    return alpha


def shrink(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """At most `LONG_SIDE` px, by area."""
    height, width = array.shape[:2]
    scale = LONG_SIDE / max(height, width)
    if scale >= 1:
        return array
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(array, size, interpolation=cv2.INTER_AREA))


def inked(color: RGB) -> Gray:
    """Lines of a colour picture in training's ink hand (where it finds none: XDoG), the same ones every time."""
    return ink(np.random.default_rng(0), color, None)
