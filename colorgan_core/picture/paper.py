"""The paper below a drawing: how bright it is around each place, and the picture without its tint and its shadows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .bands import each_band

WINDOW = 1 / 12  # of the long side; paper is the lightest tone within it
SHADE = 0.6  # of full light, that paper in a shadow has at least; what is darker is ink or tone, however wide
ROUGHLY = (0.05,) * 4  # of the light
# So that a wash of a third of the page does not bend it. Ending at .05, .03, .02, .01 and .005 it takes 5.4, 5.4, 5.4, 1.2 and 1.2 % of a
# made-up wash of 85 % for paper, and leaves 1.7, 1.7, 1.8, 1.9 and 2.0 % of the tint in eight pencil drawings of the tuning part.
CLOSELY = (*ROUGHLY, 0.03, 0.02, 0.01, 0.01)
SEEN = 512  # px, long side of the copy in which paper is looked for

Float = NDArray[np.float32]
UInt8 = NDArray[np.uint8]


def flattened(rgb: UInt8) -> UInt8:
    """(h, w, 3) the picture as it would be on white paper in even light: each channel divided by the paper's."""
    paper = paper_below(rgb)
    if paper is None:
        return rgb
    gain, flat = np.float32(1) / paper, np.empty_like(rgb)

    def divide(rows: slice) -> None:
        flat[rows] = np.clip(np.rint(rgb[rows] * enlarged(gain, rows, rgb.shape)), 0, 255)

    each_band(rgb.shape, divide)
    return flat


def paper_below(rgb: UInt8) -> Float | None:
    """(any, any, 3) in 0..1, a small copy of the paper that a picture (h, w, 3) is drawn on, with its shadows; None where all is white."""
    return _unless_white([lit_paper(channel) for channel in _channels(rgb)])


def light_on(rgb: UInt8) -> Float | None:
    """The same without shadows: only what changes smoothly over the whole page, so that a wash or a wide dark area is none."""
    return _unless_white([full_light(paper_tone(channel), CLOSELY) for channel in _channels(rgb)])


def _channels(rgb: UInt8) -> list[UInt8]:
    height, width = rgb.shape[:2]
    scale = min(1.0, SEEN / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return [np.ascontiguousarray(small[..., channel], np.uint8) for channel in range(3)]


def _unless_white(channels: list[Float]) -> Float | None:
    paper = np.dstack(channels) / np.float32(255)
    return None if paper.min() >= 254 / 255 else np.asarray(paper, np.float32)


def enlarged(small: Float, rows: slice, shape: tuple[int, ...]) -> Float:
    """Rows (n, w, c) of a small copy (any, any, c) at the size `shape`, (h, w, ...)."""
    height, width = shape[:2]
    middle = np.clip((np.arange(rows.start, rows.stop) + 0.5) * len(small) / height - 0.5, 0, len(small) - 1)
    above = middle.astype(np.int64)
    share = (middle - above)[:, None, None].astype(np.float32)
    there = small[above] * (1 - share) + small[np.minimum(above + 1, len(small) - 1)] * share
    return np.asarray(cv2.resize(there, (width, len(there)), interpolation=cv2.INTER_LINEAR), np.float32)


def lit_paper(value: UInt8) -> Float:
    """(h, w) in 5..255 of a channel: `paper_tone`, but at least SHADE of full light, so that wide black stays black."""
    paper = paper_tone(value)
    return np.asarray(np.maximum(paper, SHADE * full_light(paper)), np.float32)


def paper_tone(value: UInt8) -> Float:
    """(h, w) in 8..255, how bright the paper is around each place: a closing by WINDOW, smoothed."""
    step = max(1, round(max(value.shape) / 128))
    small = cv2.dilate(cv2.medianBlur(value, 5), np.ones((step, step), np.uint8))
    height, width = value.shape
    small = cv2.resize(small, (-(-width // step), -(-height // step)), interpolation=cv2.INTER_AREA)
    reach = max(3, round(max(small.shape) * WINDOW) | 1)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    closed = cv2.GaussianBlur(closed, (0, 0), reach / 3)
    return np.maximum(cv2.resize(closed, (width, height), interpolation=cv2.INTER_LINEAR), 8).astype(np.float32)


def full_light(paper: Float, margins: tuple[float, ...] = ROUGHLY) -> Float:
    """(h, w) in 8..255, how bright white would be at each place: a quadratic surface through the brightest of the paper, in
    logarithms. margins: how far below the last surface the next one still looks for white."""
    size = 32
    small = np.log(cv2.resize(paper, (size, size), interpolation=cv2.INTER_AREA)).reshape(-1)
    y, x = np.meshgrid(np.linspace(-1, 1, size), np.linspace(-1, 1, size), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], -1).reshape(-1, 6)
    there, surface = small >= np.percentile(small, 40), small
    for margin in margins:  # each fit shows better what is darker than it
        surface = terms @ np.linalg.lstsq(terms[there], small[there], rcond=None)[0]
        found = small > surface - margin
        there = found if found.sum() >= 100 else there
    light = np.exp(surface).reshape(size, size).astype(np.float32)
    return np.clip(cv2.resize(light, paper.shape[::-1], interpolation=cv2.INTER_LINEAR), 8, 255)
