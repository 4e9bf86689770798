"""The studio set: twenty compositions, each drawn in ten conditions, at the size of an artist's picture; made again bit for bit by number.

DATA/studio/PART/CONDITION/{line,gt,ink,surfaces,contours}/NAME.png, as `evaluation/dab_sets.py` reads them. The condition "comic"
shows pages of the same pieces' part, since a page is composed, not only drawn; in all the others the twenty are the same.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from colorgan_core.errors import InputError, OutputError

from ..cache import read_json, write_json
from ..split import HELD_OUT, TUNING
from .cache import FOLDERS
from .composition import Composition
from .conditions import CONDITIONS, Drawing, draw
from .lettering import Fonts, open_fonts
from .make import PARTS, compose
from .pieces import Pieces, open_pieces

EDITION = 1  # rises when compositions, hands or media change, so that figures of two editions are not compared
COUNT = 20
SIZE = 1024  # px, long side
SETS = {"studio": HELD_OUT, "tuning": TUNING}  # by the name that `evaluate --set` takes
FORMS = ("figure", "scene")  # in turn; half of the drawings are a single figure on paper
PNG_LEVEL = 3


@dataclass(frozen=True)
class Recipe:
    """What makes a set. downloads: folder with the packages of its pieces."""

    downloads: Path
    part: str
    count: int = COUNT
    size: int = SIZE


def studio_folder(data: Path, part: str) -> Path:
    return data / "studio" / FOLDERS[part]


def open_studio(data: Path | None, name: str) -> Path:
    """The folder of a set of SETS. Raises InputError where it is not there, not whole, or of another edition."""
    option = FOLDERS[SETS[name]]
    if data is None:
        raise InputError(
            f"The set {name} lies in a data folder: name it with --data. To make it: `colorgan data studio --data DATA --set {option}`."
        )
    folder = studio_folder(data, SETS[name])
    if not (folder / "studio.json").is_file():
        raise InputError(
            f"There is no set {name} in {data}; to make it: `colorgan data studio --data {data} --set {option}`."
        )
    if read_json(folder / "studio.json").get("edition") != EDITION:
        raise InputError(
            f"The set {name} in {data} is of another edition; make it again: `colorgan data studio --data {data} --set {option}`."
        )
    return folder


def compositions_of(pieces: Pieces, fonts: Fonts, number: int, size: int) -> tuple[Composition, Composition]:
    """Drawing number `number` of a set, and the comic page of that number."""
    single = compose(pieces, number, size, FORMS[number % len(FORMS)], fonts)
    return single, compose(pieces, number, size, "page", fonts)


def drawings_of(pieces: Pieces, fonts: Fonts, number: int, size: int) -> list[Drawing]:
    """One composition of a set in all CONDITIONS. Every drawing has random numbers of its own."""
    single, page = compositions_of(pieces, fonts, number, size)
    return [
        draw(
            page if condition == "comic" else single, condition,
            np.random.default_rng([33, EDITION, PARTS.index(pieces.part), number, place]),
        )
        for place, condition in enumerate(CONDITIONS)
    ]  # fmt: skip


def write_drawing(folder: Path, name: str, drawing: Drawing) -> None:
    """The five files of a drawing below FOLDER/CONDITION."""
    truth = drawing.composition
    planes: dict[str, NDArray[np.generic]] = {
        "line": drawing.picture,
        "gt": truth.color,
        "ink": drawing.counted_ink,
        "surfaces": truth.surfaces.astype(np.uint16),
        "contours": truth.ink,
    }
    for kind, plane in planes.items():
        place = folder / drawing.condition / kind
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(plane).save(place / f"{name}.png", compress_level=PNG_LEVEL)


def make_studio(data: Path, recipe: Recipe, workers: int, advance: Callable[[], None] = lambda: None) -> Path:
    """Draw a set and put it in the place of an older one, whole or not at all. Raises InputError, OutputError."""
    folder = studio_folder(data, recipe.part)
    beside = folder.with_name(f"{folder.name}.new")
    open_fonts(recipe.downloads)  # fetched once, before several processes look for them
    open_pieces(recipe.downloads, recipe.part)
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for _ in each_number(beside, recipe, workers):
            advance()
        write_json(
            beside / "studio.json",
            {"edition": EDITION, "part": recipe.part, "count": recipe.count, "size": recipe.size},
        )
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(beside, folder)
    except OSError as error:
        raise OutputError(f"The set cannot be written to {folder} ({error.strerror or error}).") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def each_number(folder: Path, recipe: Recipe, workers: int) -> Iterator[None]:
    """Draws all numbers, in this process or in several, and yields after each."""
    job = partial(make_number, folder, recipe.size)
    if min(workers, recipe.count) == 1:
        open_pieces_of(recipe)
        yield from map(job, range(recipe.count))
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(min(workers, recipe.count), open_worker, (recipe,)) as pool:
        yield from pool.imap_unordered(job, range(recipe.count))


_at_work: tuple[Pieces, Fonts] | None = None  # a worker's own pieces, opened once


def open_worker(recipe: Recipe) -> None:
    """Prepare a drawing process; Ctrl-C is the parent's to handle."""
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    open_pieces_of(recipe)


def open_pieces_of(recipe: Recipe) -> None:
    global _at_work
    _at_work = open_pieces(recipe.downloads, recipe.part), open_fonts(recipe.downloads)


def make_number(folder: Path, size: int, number: int) -> None:
    """Draw and store one composition in all conditions."""
    assert _at_work is not None
    for drawing in drawings_of(*_at_work, number, size):
        write_drawing(folder, f"{number:02d}", drawing)


def sheet_of(drawings: Sequence[Drawing], tile: int) -> NDArray[np.uint8]:
    """(h, w, 3) drawings in a row of crops at native size, `tile` px wide; transparent ones on a light chequer."""
    row = np.full((tile, tile * len(drawings), 3), 128, np.uint8)
    for place, drawing in enumerate(drawings):
        picture = drawing.picture
        height, width = picture.shape[:2]
        top, left = max(0, (height - tile) // 2), max(0, (width - tile) // 2)
        crop = picture[top : top + tile, left : left + tile]
        if crop.shape[2] == 4:
            rows, columns = np.indices(crop.shape[:2])
            chequer = np.where((rows // 16 + columns // 16) % 2, 205, 235)[..., None]
            alpha = crop[..., 3:].astype(np.uint16)
            crop = ((crop[..., :3] * alpha + chequer * (255 - alpha)) // 255).astype(np.uint8)
        row[: crop.shape[0], place * tile : place * tile + crop.shape[1]] = crop
    return row
