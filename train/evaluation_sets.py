"""Two sets that nothing is ever trained on: OpenMoji's true pairs, and Tux Paint's colouring pages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .packages import PACKAGES, open_package
from .render import SIZE, Unusable, on_white, open_raster, vector_square

SKIN_TONE = re.compile(r"1F3F[B-F]")
FLAG = re.compile(r"1F1(E[6-9A-F]|F[0-9A-F])")  # regional indicators: the flags of countries

# Starters that are no colouring-book drawings: frames, grids, boards, maps, a photograph and a silhouette.
NOT_DRAWINGS = re.compile(r"(frame|grid|chessboard|jigsaw|worldmap|mosaic|spirograph|reef|skyline)|-back$")


def openmoji_pairs(downloads: Path, count: int = 200) -> Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """OpenMoji-200: (name, color (256,256,3) on white, alpha (256,256), lines (256,256)), all uint8.

    The first `count` in order of sha1(file name) among those without skin tones and flags whose colour picture
    has at least 8 % of pixels with max - min > 40.
    """
    package = open_package(PACKAGES["openmoji"], downloads) / "package"
    lines_of = package / "black/svg"
    files = [file for file in (package / "color/svg").glob("*.svg") if (lines_of / file.name).is_file()]
    for file in sorted(files, key=lambda file: hashlib.sha1(file.name.encode()).hexdigest()):
        if count <= 0:
            return
        if SKIN_TONE.search(file.stem) or FLAG.match(file.stem):
            continue
        color, alpha = vector_square(file.read_bytes())
        if (color.max(2).astype(np.int16) - color.min(2) > 40).mean() < 0.08:
            continue
        lines, _ = vector_square((lines_of / file.name).read_bytes())
        count -= 1
        yield file.stem, color, alpha, lines.min(2)


def tuxpaint_starters(downloads: Path) -> Iterator[tuple[str, np.ndarray]]:
    """(name, lines uint8 (h,w), 255 paper): Tux Paint's colouring pages, at most 1024 px on their longer side."""
    folder = open_package(PACKAGES["tuxpaint"], downloads) / "usr/share/tuxpaint/starters"
    files = {file.stem: file for file in sorted(folder.iterdir()) if file.suffix in (".png", ".svg")}
    for name, file in sorted(files.items()):  # a drawing that is there twice comes as .svg, the later in the order
        if NOT_DRAWINGS.search(name):
            continue
        try:
            yield name, _lines(file)
        except (Unusable, ValueError):
            continue


def _lines(file: Path) -> np.ndarray:
    if file.suffix == ".svg":
        color, _ = vector_square(file.read_bytes(), 4 * SIZE)
    else:
        color = on_white(np.asarray(open_raster(file.read_bytes())))
    ink = color.min(2) < 250
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    if not rows.size:
        raise Unusable("empty")
    margin = 16  # a page that was letterboxed gets its own shape back
    return color.min(2)[
        max(0, rows[0] - margin) : rows[-1] + margin, max(0, columns[0] - margin) : columns[-1] + margin
    ]
