"""Pictures out of GCompris: photographs that its READMEs call free, and paintings put together from their pieces."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from .rcc import read_rcc
from .render import MAX_PIXELS, SIZE

FREE = re.compile(r"^License:\s*(Public Domain|CC0[-\w.]*)\s*$", re.IGNORECASE | re.MULTILINE)
SMALLEST_PHOTOGRAPH = 180


def photographs(rcc_folder: Path) -> Iterator[tuple[str, bytes]]:
    """(name, file contents) of the opaque, full-frame photographs in the public domain or under CC0."""
    for activity in ("categorization", "erase"):
        files = dict(read_rcc(rcc_folder / f"{activity}.rcc"))
        free: set[str] = set()
        for path, data in files.items():
            if posixpath.basename(path) == "README":
                free |= {posixpath.join(posixpath.dirname(path), name) for name in free_files(data.decode("utf-8"))}
        for path in sorted(free & files.keys()):
            if is_photograph(files[path]):
                yield f"{activity}-{posixpath.splitext(posixpath.basename(path))[0]}", files[path]


def free_files(readme: str) -> set[str]:
    """Names that a README lists in a paragraph whose licence is public domain or CC0."""
    names: set[str] = set()
    for paragraph in re.split(r"\n\s*\n", readme):
        if FREE.search(paragraph) and "Files:" in paragraph:
            names.update(re.split(r"[\s,]+", paragraph.split("Files:", 1)[1].strip()))
    return names


def is_photograph(data: bytes) -> bool:
    """Full frame, large enough, and of many colours."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if min(picture.size) < SMALLEST_PHOTOGRAPH or picture.width * picture.height > MAX_PIXELS:
                return False
            rgba = picture.convert("RGBA")
    except (OSError, ValueError):
        return False
    if rgba.getchannel("A").getextrema()[0] < 250:
        return False
    small = np.asarray(rgba.convert("RGB").resize((64, 64))) // 8
    return len(np.unique(small.reshape(-1, 3), axis=0)) >= 150


SCENE = re.compile(r"photo\d+\.svg")  # photo1_2.svg is a difference to be found in photo1.svg


def photo_hunter_scenes(rcc_folder: Path) -> Iterator[tuple[str, bytes]]:
    """(name, SVG) of the ten landscapes under CC0 in which differences are to be found."""
    files = dict(read_rcc(rcc_folder / "photo_hunter.rcc"))
    readme = next((data for path, data in files.items() if posixpath.basename(path) == "README"), b"")
    if "CC0-1.0" in readme.decode("utf-8"):
        for path in sorted(files):
            if SCENE.fullmatch(posixpath.basename(path)):
                yield posixpath.splitext(posixpath.basename(path))[0], files[path]


# ---- paintings

PIECE = re.compile(r'"pixmapfile"\s*:\s*"([^"]+)",\s*"x"\s*:\s*"?([\d.]+)"?,\s*"y"\s*:\s*"?([\d.]+)"?')
EXTENT = re.compile(r'"width"\s*:\s*(\d+),\s*"height"\s*:\s*(\d+)')
TITLE = re.compile(r'qsTr\("([^"]*)"')


def paintings(rcc_folder: Path) -> Iterator[tuple[str, int, np.ndarray]]:
    """(title, number of the crop, pixels uint8 (256,256,4)) of every painting whose board states its size."""
    files = dict(read_rcc(rcc_folder / "paintings.rcc"))
    for path in sorted(path for path in files if path.endswith(".qml") and "/board/" in path):
        board = files[path].decode("utf-8")
        title, extent = TITLE.search(board), EXTENT.search(board)
        pieces = PIECE.findall(board)
        if not title or not extent or not pieces:
            continue
        base = posixpath.dirname(posixpath.dirname(path))
        whole = join_pieces(files, base, pieces, (int(extent[1]), int(extent[2])))
        for number, crop in enumerate(crops(without_margins(whole))):
            yield re.sub(r"\s+", " ", title[1]).strip(), number, np.dstack([crop, np.full((SIZE, SIZE), 255, np.uint8)])


def join_pieces(
    files: dict[str, bytes], base: str, pieces: list[tuple[str, str, str]], extent: tuple[int, int]
) -> Image.Image:
    """Each piece lies with its centre at a fraction of the whole."""
    whole = Image.new("RGBA", extent, "white")
    for name, x, y in pieces:
        with Image.open(io.BytesIO(files[posixpath.join(base, name)])) as picture:
            piece = picture.convert("RGBA")
        left = round(float(x) * extent[0] - piece.width / 2)
        top = round(float(y) * extent[1] - piece.height / 2)
        whole.alpha_composite(piece, (max(0, left), max(0, top)))
    return whole.convert("RGB")


def without_margins(picture: Image.Image) -> np.ndarray:
    """uint8 (h,w,3) without the white paper around: rows and columns that are white to 60 % or more at the edges."""
    pixels = np.asarray(picture)
    painted = pixels.min(2) < 240
    rows, columns = np.flatnonzero(painted.mean(1) > 0.4), np.flatnonzero(painted.mean(0) > 0.4)
    if rows.size < 32 or columns.size < 32:
        return pixels
    return pixels[rows[0] + 2 : rows[-1] - 1, columns[0] + 2 : columns[-1] - 1]


def crops(pixels: np.ndarray) -> Iterator[np.ndarray]:
    """Squares of 256 px at two scales: the whole breadth, then two thirds of it, side by side with little overlap."""
    short = min(pixels.shape[:2])
    for side in (short, max(1, round(short * 0.62))):
        for top in _starts(pixels.shape[0], side):
            for left in _starts(pixels.shape[1], side):
                square = Image.fromarray(np.ascontiguousarray(pixels[top : top + side, left : left + side]))
                yield np.asarray(square.resize((SIZE, SIZE), Image.Resampling.LANCZOS))


def _starts(extent: int, side: int) -> list[int]:
    count = max(1, round(extent / side + 0.2))
    return sorted({round(k * (extent - side) / max(1, count - 1)) for k in range(count)})
