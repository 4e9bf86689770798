"""Sets for the dabs: folders of drawings with their truth, in one condition or several, and the held-out part of the prepared data.

SET/line/NAME.png      the drawing as the program gets it; or SET/CONDITION/line/NAME.png, and so below
SET/gt/NAME.png        the finished picture on white
SET/ink/NAME.png       the true ink, 255 where there is none; without it the drawing's own grey is taken
SET/surfaces/NAME.png  16-bit labels of the true surfaces; without it connected areas of one colour are taken

A set is listed first and read later, one drawing at a time, in the process that plays on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from colorgan_core.errors import InputError, UsageError

from ..cache import Cache, open_part
from ..split import HELD_OUT
from .dabs import Case
from .sets import COUNT, spread

KINDS = ("line", "gt", "ink", "surfaces")  # folders of a set; the first two are needed
PREPARED = "held-out"  # the set of the prepared data


@dataclass(frozen=True)
class Entry:
    """A drawing of a set that is not read yet. Small when it is sent to another process.

    read: gives the drawing with its truth; raises InputError where a file of it is damaged.
    """

    name: str
    read: Callable[[], Case]


Entries = Mapping[str, Sequence[Entry]]  # by condition, "" where a set has but one


def open_set(name: str, data: Path | None, limit: int | None) -> Entries:
    """The entries of a set: `studio` or `tuning` of a data folder, `held-out` of its prepared part, or a folder's.

    limit: at most so many a condition, evenly spread. Raises InputError, UsageError.
    """
    if name == PREPARED:
        return prepared_entries(data, limit)
    return folder_entries(named_folder(name, data), limit)


def named_folder(name: str, data: Path | None) -> Path:
    """Where a set lies: the project's own by name in a data folder, any other is a folder itself. Raises InputError."""
    from ..compose.studio import SETS, open_studio

    return open_studio(data, name) if name in SETS else Path(name)


# ---- folders


def folder_entries(folder: Path, limit: int | None = None) -> dict[str, list[Entry]]:
    """Entries of a folder by condition. Raises InputError where it holds none, or where a truth is missing or of another size."""
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}.")
    places = (
        [folder]
        if (folder / "line").is_dir()
        else sorted(each for each in folder.iterdir() if (each / "line").is_dir())
    )
    if not places:
        raise InputError(f"{folder} is not a set for dabs: neither it nor a folder in it has a folder `line`.")
    found = {}
    for place in places:
        paths = sorted((place / "line").glob("*.png"))
        if not paths:
            raise InputError(f"{place / 'line'} holds no PNG.")
        chosen = paths[:: max(1, len(paths) // limit)][:limit] if limit else paths
        for path in chosen:
            check_sizes(path)
        found["" if place == folder else place.name] = [Entry(path.stem, partial(read_case, path)) for path in chosen]
    return found


def files_of(drawing: Path) -> dict[str, Path]:
    """The files that belong to SET/line/NAME.png and are there, by KINDS. Raises InputError where the finished picture is missing."""
    files = {kind: drawing.parents[1] / kind / drawing.name for kind in KINDS}
    if not files["gt"].is_file():
        raise InputError(f"{drawing} has no finished picture {files['gt']}.")
    return {kind: path for kind, path in files.items() if path.is_file()}


def check_sizes(drawing: Path) -> None:
    """Raises InputError where a file of a drawing is no picture or differs from it in size. Pixels are not read."""
    sizes = {}
    for kind, path in files_of(drawing).items():
        try:
            with Image.open(path) as picture:
                sizes[kind] = picture.size
        except (OSError, ValueError) as error:
            raise InputError(f"{path} cannot be read ({error}).") from error
    for kind, size in sizes.items():
        if size != sizes["line"]:
            shown = [f"{width} x {height}" for width, height in (sizes["line"], size)]
            raise InputError(f"{drawing} and its truth in `{kind}` differ in size: {shown[0]} and {shown[1]} px.")


def read_case(drawing: Path) -> Case:
    """The case of SET/line/NAME.png. Raises InputError where a file of it cannot be read."""
    files = files_of(drawing)
    ink = read(files["ink"], "L") if "ink" in files else None
    surfaces = read(files["surfaces"], "I").astype(np.int32) if "surfaces" in files else None
    return Case(drawing.stem, read(drawing, None), read(files["gt"], "RGB"), ink, surfaces)


def read(path: Path, mode: str | None) -> NDArray[np.uint8]:
    """A PNG in a mode of Pillow's; None: RGBA where it has transparency, else RGB."""
    try:
        with Image.open(path) as picture:
            if mode is None:
                mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
            return np.array(picture.convert(mode))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}).") from error


# ---- the prepared data


def prepared_entries(data: Path | None, limit: int | None = None) -> dict[str, list[Entry]]:
    """Held-out drawings of the prepared data that have an outline, by source; COUNT spread over all, or `limit` a source.

    Raises UsageError where no data are named, InputError where none of them are held out.
    """
    if data is None:
        raise UsageError(f"--set {PREPARED} needs the prepared data: name its folder with --data DIR.")
    cache = open_held_out(data)
    fields = [cache.describe(index) for index in range(len(cache))]
    usable = [index for index, item in enumerate(fields) if item["has_outline"] and item["has_alpha"]]
    if not usable:
        raise InputError(f"No drawing in {data} that has an outline is kept out of training.")
    chosen = usable if limit else [usable[place] for place in spread(len(usable), COUNT)]
    found: dict[str, list[Entry]] = {}
    for index in chosen:
        item = fields[index]
        found.setdefault(item["source"], []).append(Entry(item["name"], partial(prepared_case, data, index)))
    if limit:
        found = {source: [entries[place] for place in spread(len(entries), limit)] for source, entries in found.items()}
    return found


@lru_cache(maxsize=1)
def open_held_out(data: Path) -> Cache:
    """The held-out part, listed once a process."""
    return open_part(data, HELD_OUT)


def prepared_case(data: Path, index: int) -> Case:
    """Thin outline (256, 256) and colour picture of a held-out drawing; its surfaces are connected areas of one colour."""
    item = open_held_out(data)[index]
    assert item.outline is not None
    return Case(item.name, np.repeat(item.outline[0][..., None], 3, 2), np.array(item.color))
