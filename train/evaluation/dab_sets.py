"""Sets for the dabs: folders of drawings with their truth, in one condition or several.

SET/line/NAME.png      the drawing as the program gets it; or SET/CONDITION/line/NAME.png, and so below
SET/gt/NAME.png        the finished picture on white
SET/ink/NAME.png       the true ink, 255 where there is none; without it the drawing's own grey is taken
SET/surfaces/NAME.png  16-bit labels of the true surfaces; without it connected areas of one colour are taken
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from colorgan_core.errors import InputError

from .dabs import Case


def named_folder(name: str, data: Path | None) -> Path:
    """Where a set lies: the project's own by name in a data folder, any other is a folder itself. Raises InputError."""
    from ..compose.studio import SETS, open_studio

    return open_studio(data, name) if name in SETS else Path(name)


def read_folder(folder: Path, limit: int | None = None) -> dict[str, list[Case]]:
    """Cases by condition, "" where the set has but one; at most `limit` a condition, evenly spread. Raises InputError."""
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}.")
    places = (
        [folder]
        if (folder / "line").is_dir()
        else sorted(each for each in folder.iterdir() if (each / "line").is_dir())
    )
    if not places:
        raise InputError(f"{folder} is no set for dabs: it has no folder `line`, nor has a folder in it.")
    found = {}
    for place in places:
        paths = sorted((place / "line").glob("*.png"))
        if not paths:
            raise InputError(f"{place / 'line'} holds no PNG.")
        chosen = paths[:: max(1, len(paths) // limit)][:limit] if limit else paths
        found["" if place == folder else place.name] = [read_case(path) for path in chosen]
    return found


def read_case(drawing: Path) -> Case:
    """The case of SET/line/NAME.png. Raises InputError where truth is missing or of another size."""

    def beside(kind: str) -> Path:
        return drawing.parents[1] / kind / drawing.name

    if not beside("gt").is_file():
        raise InputError(f"{drawing} has no finished picture {beside('gt')}.")
    picture = read(drawing, None)
    truth = read(beside("gt"), "RGB")
    ink = read(beside("ink"), "L") if beside("ink").is_file() else None
    surfaces = read(beside("surfaces"), "I").astype(np.int32) if beside("surfaces").is_file() else None
    for what in (truth, ink, surfaces):
        if what is not None and what.shape[:2] != picture.shape[:2]:
            raise InputError(f"{drawing} and its truth differ in size: {picture.shape[:2]} and {what.shape[:2]}.")
    return Case(drawing.stem, picture, truth, ink, surfaces)


def read(path: Path, mode: str | None) -> NDArray[np.uint8]:
    """A PNG in a mode of Pillow's; None: RGBA where it has transparency, else RGB."""
    try:
        with Image.open(path) as picture:
            if mode is None:
                mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
            return np.array(picture.convert(mode))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}).") from error
