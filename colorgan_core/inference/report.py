"""A colourist's report: what in a coloured drawing wants a person's eye, each with a place and a sentence."""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..files import atomic_write
from ..lineart.flats import Flats, unmatched
from ..lineart.flood import ink_strokes
from ..lineart.regions import passages, set_pixels
from ..lineart.spill import connected
from ..lineart.strokes import PAPER
from ..picture.pixels import to_rgb8
from .findings import IN_WORDS, Finding, in_words, ranked
from .prepare import hint_planes
from .result import Painting

UNSURE = 0.4  # of Flats.sure; below, coverage was between 0.3 and 0.7
LARGE = 1e-3  # of the picture's area; smaller regions are not worth a word about doubt
SPECK = 2e-4  # of the picture's area; painted regions below are specks
NARROW = 1 / 16  # of the long side; a wider opening is a shape's own, not a gap
EDGE = 1 / 3  # of the picture's edge: a hint that colours more of it may have run out into the paper around the drawing
RED, WHITE = (220, 30, 30), (255, 255, 255)

UInt8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Strokes:
    """Pixels that touch, of one mask. number: (n,) from 0 on, the stroke of each pixel. middle: (count, 2) x and y. sides: (count, 2)
    width and height, px."""

    number: NDArray[np.int64]
    middle: NDArray[np.float64]
    sides: NDArray[np.int64]

    @classmethod
    def of(cls, rows: NDArray[np.int64], columns: NDArray[np.int64], width: int) -> Strokes:
        """rows, columns: (n,) as `set_pixels` gives them, at least one. width: of the picture."""
        number = connected(rows, columns, width, np.zeros(len(rows), np.int64))
        pixels = np.bincount(number)
        middle, sides = [], []
        for each in (columns, rows):
            first, last = np.full(len(pixels), np.iinfo(np.int64).max), np.zeros(len(pixels), np.int64)
            np.minimum.at(first, number, each)
            np.maximum.at(last, number, each)
            middle.append(np.bincount(number, each) / pixels)
            sides.append(last - first + 1)
        return cls(number, np.stack(middle, 1), np.stack(sides, 1))

    @property
    def count(self) -> int:
        return len(self.middle)

    def centre(self, stroke: int) -> tuple[int, int]:
        x, y = self.middle[stroke]
        return round(x), round(y)

    def half(self, stroke: int) -> int:
        """px, half of its larger side."""
        return max(1, int(self.sides[stroke].max()) // 2)


def findings(painting: Painting) -> list[Finding]:
    """All findings about coloured line art, what matters most first."""
    flats = painting.flats
    if flats is None:
        return []
    return ranked([*_edges(painting), *_hints(painting), *_gaps(flats), *_regions(flats, painting.request.known)])


def notes_of(painting: Painting) -> list[str]:
    """What the person should read of a result without a report, too: what the picture was taken for where that is not sure, and hints
    that run out into the paper."""
    edges = (
        each.sentence.replace("This hint", f"The hint at {each.x}, {each.y}", 1) for each in ranked(_edges(painting))
    )
    return [*painting.notes, *edges]


def write_report(path: str | os.PathLike[str], painting: Painting, found: list[Finding], name: str) -> None:
    """JSON: the picture's name and size, findings in words, the regions' colours, all findings. Nothing about where files lie.

    found: as `findings` ranks them. "words" has a line for each of the first, which `marked` shows, and one that counts the others.
    """
    flats = painting.flats
    colors: dict[str, dict[str, Any]] = {}
    if flats is not None:
        for region in np.flatnonzero(flats.painted):
            color = "#" + bytes(flats.colors[region]).hex()
            entry = colors.setdefault(color, {"color": color, "name": flats.names[region], "regions": 0, "pixels": 0})
            entry["regions"] += 1
            entry["pixels"] += int(flats.regions.areas[region])
    height, width = painting.picture.shape[:2]
    told = {
        "picture": Path(name).name,
        "width": width,
        "height": height,
        "task": painting.task,
        "regions": painting.regions.count,
        "words": in_words(found),
        "counts": dict(Counter(each.kind for each in found)),
        "colors": sorted(colors.values(), key=lambda entry: -entry["pixels"]),
        "findings": [asdict(each) for each in found],
    }
    with atomic_write(path) as beside:
        beside.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def marked(painting: Painting, found: list[Finding]) -> UInt8:
    """The result (h, w, 3) with a circle around each of the first IN_WORDS findings, numbered as in the report from 1."""
    canvas = to_rgb8(painting.picture).copy()
    height, width = canvas.shape[:2]
    thick, scale = max(1, max(height, width) // 500), max(0.4, max(height, width) / 1500)
    taken: list[tuple[int, int, int, int]] = []
    for number, each in enumerate(found[:IN_WORDS], 1):
        radius = max(each.size, max(height, width) // 80)
        text = (str(number), cv2.FONT_HERSHEY_SIMPLEX, scale)
        (wide, high), _ = cv2.getTextSize(*text, thick)
        x, y = beside(each, radius, (wide, high), (width, height), taken)
        taken.append((x, y, wide, high))
        for color, pen in ((WHITE, 3 * thick), (RED, thick)):  # a white rim keeps them legible on lines and on red
            cv2.circle(canvas, (each.x, each.y), radius, color, pen, cv2.LINE_AA)
            cv2.putText(canvas, text[0], (x, y), *text[1:], color, pen, cv2.LINE_AA)
    return np.asarray(canvas)


def beside(
    each: Finding, radius: int, text: tuple[int, int], size: tuple[int, int], taken: list[tuple[int, int, int, int]]
) -> tuple[int, int]:
    """Where a number stands beside its circle, in the picture and if possible clear of those that stand there: its lower left corner."""
    wide, high = text
    corners = [
        (
            int(np.clip(each.x + (radius if right else -radius - wide), 0, max(0, size[0] - wide))),
            int(np.clip(each.y + (-radius if above else radius + high), min(high, size[1]), size[1])),
        )
        for right, above in ((True, True), (False, True), (True, False), (False, False))
    ]
    for x, y in corners:
        if all(abs(x - a) >= max(wide, w) or abs(y - b) >= max(high, h) for a, b, w, h in taken):
            return x, y
    return corners[0]


def _edges(painting: Painting) -> list[Finding]:
    """Hints whose colour takes more than EDGE of the picture's edge."""
    flats = painting.flats
    if flats is None or not flats.hinted.any():
        return []
    labels, count = flats.regions.labels, flats.regions.count
    edge = np.concatenate([labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1]])
    share = np.bincount(edge, minlength=count) / len(edge)
    share[~(flats.hinted & flats.painted) | (flats.colors.min(1) > PAPER)] = 0
    if share.sum() <= EDGE:
        return []
    colors, mask, _ = hint_planes(painting.request, labels.shape)
    rows, columns = set_pixels(mask)
    strokes = Strokes.of(rows, columns, mask.shape[1])
    label = labels[rows, columns]
    mine = (share[label] > 0) & (flats.colors[label] == colors[rows, columns]).all(1)
    pixels = np.zeros((strokes.count, count), np.int64)
    np.add.at(pixels, (strokes.number[mine], label[mine]), 1)
    main = np.where(
        pixels.max(0) > 0, pixels.argmax(0), 0
    )  # of several strokes in a region the one with the most pixels
    taken = np.bincount(main, share, strokes.count)
    area = np.bincount(main, flats.regions.areas * (share > 0), strokes.count)
    return [
        Finding(
            "hint-on-edge",
            *strokes.centre(stroke),
            strokes.half(stroke),
            int(area[stroke]),
            f"This hint colours {taken[stroke]:.0%} of the picture's edge. If that is paper, a stroke there on the layer of what "
            "stays unpainted keeps it white.",
        )
        for stroke in np.flatnonzero(taken > EDGE).tolist()
    ]


def _hints(painting: Painting) -> list[Finding]:
    """Strokes that lie on a line alone, and strokes on paper that stays bare."""
    request, regions, flats = painting.request, painting.regions, painting.flats
    assert flats is not None
    colors, mask, _ = hint_planes(request, painting.picture.shape[:2])
    if painting.holds is not None:
        mask = mask & ~painting.holds.strokes
    if not mask.any():
        return []
    rows, columns = set_pixels(mask)
    strokes = Strokes.of(rows, columns, mask.shape[1])
    stroke, count, label, color = strokes.number, strokes.count, regions.labels[rows, columns], colors[rows, columns]
    clear = regions.depth[rows, columns] > 1
    lost = np.bincount(stroke[clear], minlength=count) == 0
    ink = np.bincount(stroke[ink_strokes(regions, colors, mask)[rows, columns]], minlength=count) > 0
    dry = np.bincount(stroke[clear & flats.painted[label]], minlength=count) == 0
    dry &= np.bincount(stroke[color.min(1) < 230], minlength=count) > 0
    counts = flats.hinted[label] & (flats.colors[label] == color).all(1)
    used = np.bincount(stroke[counts], minlength=count) > 0
    largest = np.zeros(count, np.int64)  # of the regions that a stroke touches: the one that may be meant
    np.maximum.at(largest, stroke, regions.areas[label])
    found = []
    for each in np.flatnonzero(lost | (dry & ~ink)).tolist():
        x, y = strokes.centre(each)
        effect = "may colour the wrong region" if used[each] else "colours nothing"
        kind, words = (
            ("hint-on-line", f"This hint lies on a line and {effect}.")
            if lost[each]
            else ("hint-outside", "This hint lies where the paper stays bare; another is stronger there.")
        )
        found.append(Finding(kind, x, y, strokes.half(each), int(largest[each]), words))
    return found


def _gaps(flats: Flats) -> list[Finding]:
    """Openings between two regions of different colour: the widest point of each."""
    regions = flats.regions
    narrow = NARROW * max(regions.labels.shape) / 2
    first, second, half, place = passages(regions.labels, regions.depth, regions.count)
    shown = np.where(flats.painted[:, None], flats.colors, 255)
    gaps = np.flatnonzero((shown[first] != shown[second]).any(1) & (half <= narrow))
    found = []
    for gap in gaps[np.argsort(-half[gaps], kind="stable")]:
        y, x = divmod(int(place[gap]), regions.labels.shape[1])
        opening = max(1, round(2 * float(half[gap])))
        smaller = int(min(regions.areas[first[gap]], regions.areas[second[gap]]))  # what would have another colour
        words = f"The line is open here by about {opening} px; colour was held back."
        found.append(Finding("gap", x, y, opening, smaller, words))
    return found


def _regions(flats: Flats, known: Flats | None) -> list[Finding]:
    """Regions not found in a key, large ones of which the network could not say whether they are paint or paper, and painted specks."""
    regions = flats.regions
    whole = regions.labels.size
    doubtful = (flats.sure < UNSURE) & (regions.areas > LARGE * whole)
    small = regions.areas < SPECK * whole
    specks = flats.painted & ~flats.hinted & small
    lost = np.zeros(regions.count, bool) if known is None else unmatched(flats, known) & ~small
    found = []
    for kind, which, words in (
        ("unmatched", lost, "This was not found in any key; its colour is guessed from the keys' colours."),
        ("unsure", doubtful, "It is not clear whether this is paint or paper; a hint or a bare mask decides it."),
        ("speck", specks, "A speck: so small that it may be a slip of the pen."),
    ):
        for number, (x, y) in _places_of(flats, np.flatnonzero(which)).items():
            area = int(regions.areas[number])
            found.append(Finding(kind, x, y, max(1, round(area**0.5 / 2)), area, words))
    return found


def _places_of(flats: Flats, numbers: NDArray[np.intp]) -> dict[int, tuple[int, int]]:
    """x and y of the pixel of each region that is farthest from the lines."""
    regions = flats.regions
    wanted = np.zeros(regions.count, bool)
    wanted[numbers] = True
    rows, columns = np.nonzero(wanted[regions.labels])
    label = regions.labels[rows, columns]
    order = np.lexsort((-regions.depth[rows, columns], label))
    _, first = np.unique(label[order], return_index=True)
    best = order[first]
    place = {int(label[i]): (int(columns[i]), int(rows[i])) for i in best}
    return {int(number): place[int(number)] for number in numbers if int(number) in place}
