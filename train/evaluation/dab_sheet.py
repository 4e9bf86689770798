"""The sheet of the dabs: drawing, dabs, results and truth at native size, since what a line lets through is lost in a small copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from .dab_rows import Paint, on_white
from .dab_sets import Entries, Entry
from .dabs import Case, Dab, Judge, play
from .sets import spread
from .sheet import GAP, PANEL

DABS = 8  # played before the sheet is drawn: half of the way, where rows still differ
ROWS = 5  # drawings on a sheet: eight columns of 1,024 px then have 42 million pixels
RING = 2  # px, thickness of the ring around a dab
DARK, LIGHT, BARE = (20, 20, 20), (255, 255, 255), (220, 30, 40)  # rings; BARE: of a dab of "keep unpainted"
RGB = NDArray[np.uint8]
Cell = tuple[str, RGB]  # caption and picture


def shown(chosen: Entries) -> list[tuple[str, Entry]]:
    """(title, entry) of at most ROWS drawings, spread over all conditions."""
    listed = [(f"{condition} {each.name}".strip(), each) for condition, entries in chosen.items() for each in entries]
    return [listed[place] for place in spread(len(listed), ROWS)]


def cells(title: str, case: Case, rows: Mapping[str, Paint], names: Mapping[str, str], careless: bool) -> list[Cell]:
    """One row of the sheet. Every row of the table plays its own dabs; those of the first are shown. names: of rows, for the captions."""
    drawing, results, first = on_white(case.picture), list[Cell](), list[Dab]()
    for number, (row, paint) in enumerate(rows.items()):
        _, dabs = play(paint, case, DABS, careless)
        result = paint(dabs)
        first = first if number else dabs
        results.append((f"{names[row]}: {Judge(case).share(result):.2f} right", result))
    over = dabs_over(drawing, first)
    return [
        (title, drawing),
        (f"{len(first)} dabs of {next(iter(rows))}", over),
        *results,
        ("truth", case.truth),
    ]


def dabs_over(drawing: RGB, dabs: Sequence[Dab]) -> RGB:
    """Dabs in their colours over a drawing (h, w, 3) faded to a third, each in a ring; "keep unpainted" is white in a red ring."""
    picture = (255 - (255 - drawing.astype(np.uint16)) // 3).astype(np.uint8)
    for dab in dabs:
        where = dab.where.astype(np.uint8)
        for reach, color in ((2 * RING, LIGHT), (RING, DARK if dab.color else BARE)):
            window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
            picture[cv2.dilate(where, window) > 0] = color
        picture[dab.where] = dab.color or LIGHT
    return picture


def native_sheet(rows: Sequence[Sequence[Cell]]) -> RGB:
    """Pictures of any size, none of them scaled, in a grid with a caption above each, cut where it is wider than its column."""
    columns = max(map(len, rows))
    widths = [max(row[column][1].shape[1] for row in rows if column < len(row)) for column in range(columns)]
    heights = [max(picture.shape[0] for _, picture in row) for row in rows]
    text = max(11, min(24, max(widths) // 24))  # px
    font, head = ImageFont.load_default(text), 2 * text
    width, height = sum(widths) + GAP * (columns + 1), sum(heights) + (head + GAP) * len(rows) + GAP
    sheet = Image.new("RGB", (width, height), PANEL)
    draw, top = ImageDraw.Draw(sheet), 0
    for row, tallest in zip(rows, heights, strict=True):
        left = GAP
        for column, (caption, picture) in enumerate(row):
            while caption and font.getlength(caption) > widths[column]:
                caption = caption[:-1]
            draw.text((left, top + head // 2), caption, fill=(40, 40, 48), font=font, anchor="lm")
            sheet.paste(Image.fromarray(np.ascontiguousarray(picture)), (left, top + head))
            left += widths[column] + GAP
        top += head + tallest + GAP
    return np.asarray(sheet)
