"""The greyscale table: colour originals, their lightness given, their colours to be found again, without a wish and from ten hints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from colorgan_core.picture.color import lab_to_srgb, srgb_to_lab, to_uint8
from colorgan_core.picture.kmeans import palette_of

from . import measures
from .network import Colors, ask
from .sets import EvaluationSet, Item

HINTS = 10
SPOT = 64  # of the long side, the radius of a hint
LEFT = "leave it grey"
RGB = NDArray[np.uint8]


@dataclass(frozen=True)
class GrayFigures:
    """psnr (dB) and deltae (CIEDE2000): means over pictures; chroma: of the whole part of the set, result divided by original.
    part: of the set, what its pictures are; empty where they are all alike."""

    row: str
    psnr: float
    deltae: float
    chroma: float
    part: str = ""

    def record(self) -> dict[str, float | str]:
        return asdict(self)


def gray_of(color: RGB) -> NDArray[np.uint8]:
    """(h, w) grey of the same L* as (h, w, 3): "leave it grey" is then right in lightness and wrong in colour only."""
    lab = srgb_to_lab(color)
    lab[..., 1:] = 0
    return to_uint8(lab_to_srgb(lab))[..., 0]


def ten_hints(color: RGB) -> NDArray[np.uint8]:
    """(h, w, 4): a spot of its colour, opaque, in the middle of each of the HINTS largest areas of one colour, as a person would do it;
    slivers get none."""
    colors, _ = palette_of(color, np.ones(color.shape[:2]), 8)
    away = ((srgb_to_lab(color)[:, :, None] - srgb_to_lab(colors[None])) ** 2).sum(-1)
    owner, found, parts = away.argmin(2), [], []
    for number in range(len(colors)):
        mask = (owner == number).astype(np.uint8)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
        parts.append(labels)
        found += [(int(stats[part, cv2.CC_STAT_AREA]), number, part) for part in range(1, count)]
    hints = np.zeros((*color.shape[:2], 4), np.uint8)
    placed = 0
    for _, number, part in sorted(found, key=lambda each: -each[0]):
        area = parts[number] == part
        depth = cv2.distanceTransform(np.pad(area, 1).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3)[1:-1, 1:-1]
        row, column = divmod(int(depth.argmax()), area.shape[1])
        radius = min(max(area.shape) // SPOT, int(depth.max()) - 1)
        if radius < 1:
            continue
        tone = np.median(color[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2].reshape(-1, 3), 0)
        cv2.circle(hints, (column, row), radius, (*(int(v) for v in tone), 255), -1)
        placed += 1
        if placed == HINTS:
            break
    return hints


def gray_figures(chosen: EvaluationSet, colorizer: Colors | None, advance: Callable[[], None]) -> list[GrayFigures]:
    """For each part of the set two rows for colorgan, when there is a colorizer, and one for "leave it grey"."""
    parts: dict[str, list[Item]] = {}
    for item in chosen.items:
        parts.setdefault(part_of(item), []).append(item)
    rows = []
    for part, items in sorted(parts.items()):
        rows += part_figures(part if len(parts) > 1 else "", items, colorizer, advance)
    return rows


def part_of(item: Item) -> str:
    source = item.name.split("/")[0]
    return {"gcompris-photos": "photographs", "gcompris-paintings": "paintings"}.get(source, "drawings")


def part_figures(
    part: str, items: Sequence[Item], colorizer: Colors | None, advance: Callable[[], None]
) -> list[GrayFigures]:
    names = (["colorgan", f"colorgan, {HINTS} hints"] if colorizer is not None else []) + [LEFT]
    psnr: dict[str, list[float]] = {name: [] for name in names}
    deltae: dict[str, list[float]] = {name: [] for name in names}
    chroma = dict.fromkeys(names, 0.0)
    original = 0.0
    for item in items:
        assert item.color is not None, f"{item.name} has no colour original"
        gray = gray_of(item.color)
        results = [np.repeat(gray[..., None], 3, 2)]
        if colorizer is not None:
            results[:0] = [ask(colorizer, gray, "gray", hints).picture for hints in (None, ten_hints(item.color))]
        original += measures.chroma(item.color)
        for name, result in zip(names, results, strict=True):
            psnr[name].append(measures.psnr(result, item.color))
            deltae[name].append(measures.picture_delta_e(result, item.color))
            chroma[name] += measures.chroma(result)
        advance()
    return [
        GrayFigures(n, float(np.mean(psnr[n])), float(np.mean(deltae[n])), chroma[n] / max(original, 1e-9), part)
        for n in names
    ]
