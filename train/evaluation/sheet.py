"""The contact sheet: one row an item, one column a stage, big enough to judge at a glance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

CELL = 176  # px a picture
PAGE = 320  # px a colouring page, which has more in it than an icon
STYLE = 256  # px a picture whose brushwork matters
GAP = 6
HEAD = 26  # px for the labels above
ITEMS = 16  # rows of a sheet
PANEL = (232, 232, 236)  # behind the pictures, so that white paper has an edge
RGB = NDArray[np.uint8]


def hints_over(lines: NDArray[np.uint8], hints: NDArray[np.uint8]) -> RGB:
    """Hints as they were given, over line art faded to a third."""
    faded = np.repeat((255 - (255 - lines.astype(np.uint16)) // 3).astype(np.uint8)[..., None], 3, 2)
    return np.where(hints[..., 3:] >= 128, hints[..., :3], faded)


def contact_sheet(columns: Sequence[str], rows: Sequence[Sequence[RGB]], cell: int = CELL) -> RGB:
    """Pictures (h, w, 3) uint8 of any size in a grid under their columns' names; wide sheets hold two items a line."""
    blocks = 2 if len(columns) <= 6 and len(rows) > 3 else 1
    lines = -(-len(rows) // blocks)
    width = blocks * (len(columns) * (cell + GAP) + GAP) + (blocks - 1) * 3 * GAP
    sheet = Image.new("RGB", (width, HEAD + lines * (cell + GAP) + GAP), PANEL)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(15)
    for index, row in enumerate(rows):
        left = (index // lines) * (len(columns) * (cell + GAP) + 4 * GAP) + GAP
        top = HEAD + (index % lines) * (cell + GAP) + GAP
        for column, picture in enumerate(row):
            x = left + column * (cell + GAP)
            if index % lines == 0:
                draw.text((x + cell // 2, HEAD // 2 + 3), columns[column], fill=(40, 40, 48), font=font, anchor="mm")
            fitted = fit(picture, cell)
            sheet.paste(fitted, (x + (cell - fitted.width) // 2, top + (cell - fitted.height) // 2))
    return np.asarray(sheet)


def fit(picture: RGB, cell: int) -> Image.Image:
    """`cell` px on the long side."""
    height, width = picture.shape[:2]
    scale = cell / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return Image.fromarray(np.ascontiguousarray(picture)).resize(size, Image.Resampling.LANCZOS)
