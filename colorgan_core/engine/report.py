"""A colourist's report: what in a coloured drawing wants a person's eye, each with a place and a sentence."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..files import atomic_write
from ..picture.flats import Flats, unmatched
from ..picture.flood import ink_strokes
from ..picture.pixels import to_rgb8
from ..picture.regions import passages
from .prepare import hint_planes
from .result import Painting

UNSURE = 0.4  # of Flats.sure; below, coverage was between 0.3 and 0.7
LARGE = 1e-3  # of the picture's area; smaller regions are not worth a word about doubt
SPECK = 2e-4  # of the picture's area; painted regions below are specks
NARROW = 1 / 16  # of the long side; a wider opening is a shape's own, not a gap
MOST = 200  # findings of a kind; a hatched drawing has thousands of specks
RED = (220, 30, 30)

UInt8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Finding:
    """kind: "unsure", "gap", "hint-on-line", "hint-outside", "unmatched" or "speck". x, y: pixel, from the top left. size: px of its
    circle."""

    kind: str
    x: int
    y: int
    size: int
    sentence: str


def findings(painting: Painting) -> list[Finding]:
    """All findings about coloured line art, the gravest kind first."""
    flats = painting.flats
    if flats is None:
        return []
    gaps = _gaps(flats)
    return [*_hints(painting), *gaps, *_regions(flats, painting.request.known)]


def write_report(path: str | os.PathLike[str], painting: Painting, found: list[Finding], name: str) -> None:
    """JSON: the picture's name and size, the regions' colours and names, findings. Nothing about where files lie."""
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
        "colors": sorted(colors.values(), key=lambda entry: -entry["pixels"]),
        "findings": [asdict(each) for each in found],
    }
    with atomic_write(path) as beside:
        beside.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def marked(painting: Painting, found: list[Finding]) -> UInt8:
    """The result (h, w, 3) with a numbered circle around each finding, numbered as in the report from 1."""
    canvas = to_rgb8(painting.picture).copy()
    long_side = max(canvas.shape[:2])
    thick, scale = max(1, long_side // 500), max(0.4, long_side / 1500)
    for number, each in enumerate(found, 1):
        radius = max(each.size, long_side // 80)
        cv2.circle(canvas, (each.x, each.y), radius, RED, thick, cv2.LINE_AA)
        at = (min(each.x + radius, canvas.shape[1] - 12), max(each.y - radius, 12))
        cv2.putText(canvas, str(number), at, cv2.FONT_HERSHEY_SIMPLEX, scale, RED, thick, cv2.LINE_AA)
    return np.asarray(canvas)


def _hints(painting: Painting) -> list[Finding]:
    """Strokes that lie on a line alone, and strokes on paper that stays bare."""
    request, regions, flats = painting.request, painting.regions, painting.flats
    assert flats is not None
    colors, mask, _ = hint_planes(request, painting.picture.shape[:2])
    if painting.holds is not None:
        mask = mask & ~painting.holds.strokes
    if not mask.any():
        return []
    count, strokes, stats, centres = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    clear = mask & (regions.depth > 1)
    lost = np.bincount(strokes[clear], minlength=count) == 0
    ink = np.bincount(strokes[ink_strokes(regions, colors, mask)], minlength=count) > 0
    dry = np.bincount(strokes[clear & flats.painted[regions.labels]], minlength=count) == 0
    dry &= np.bincount(strokes[mask & (colors.min(2) < 230)], minlength=count) > 0
    rows, columns = np.nonzero(mask)
    label = regions.labels[rows, columns]
    counts = flats.hinted[label] & (flats.colors[label] == colors[rows, columns]).all(1)
    used = np.bincount(strokes[rows, columns][counts], minlength=count) > 0
    found = []
    for stroke in range(1, count):
        if lost[stroke] or (dry[stroke] and not ink[stroke]):
            x, y = (round(value) for value in centres[stroke])
            size = max(1, int(max(stats[stroke, cv2.CC_STAT_WIDTH], stats[stroke, cv2.CC_STAT_HEIGHT])) // 2)
            effect = "may colour what was not meant" if used[stroke] else "colours nothing"
            found.append(
                Finding("hint-on-line", x, y, size, f"This hint lies on a line and {effect}.")
                if lost[stroke]
                else Finding(
                    "hint-outside", x, y, size, "This hint lies where the paper stays bare; another is stronger there."
                )
            )
    return found[:MOST]


def _gaps(flats: Flats) -> list[Finding]:
    """Openings between two regions of different colour: the widest point of each."""
    regions = flats.regions
    narrow = NARROW * max(regions.labels.shape) / 2
    first, second, half, place = passages(regions.labels, regions.depth, regions.count)
    shown = np.where(flats.painted[:, None], flats.colors, 255)
    gaps = np.flatnonzero((shown[first] != shown[second]).any(1) & (half <= narrow))
    found = []
    for gap in gaps[np.argsort(-half[gaps], kind="stable")][:MOST]:
        y, x = divmod(int(place[gap]), regions.labels.shape[1])
        opening = max(1, round(2 * float(half[gap])))
        found.append(
            Finding("gap", x, y, opening, f"The line is open here by about {opening} px; colour was held back.")
        )
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
        ("unmatched", lost, "This was not found in any key; its colour is a guess out of the keys' colours."),
        ("unsure", doubtful, "It is not clear whether this is paint or paper; a hint or a bare mask says it."),
        ("speck", specks, "A speck: so small that it may be a slip of the pen."),
    ):
        numbers = np.flatnonzero(which)
        numbers = numbers[np.argsort(-regions.areas[numbers], kind="stable")][:MOST]
        for number, (x, y) in _places_of(flats, numbers).items():
            found.append(Finding(kind, x, y, max(1, round(float(regions.areas[number]) ** 0.5 / 2)), words))
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
