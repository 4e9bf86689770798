"""The paper below a drawing: how bright it is around each place, and the picture without its tint and its shadows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

WINDOW = 1 / 12  # of the long side; paper is the lightest tone within it
SHADE = 0.6  # of full light, that paper in a shadow has at least; what is darker is ink or tone, however wide
SEEN = 512  # px, long side of the copy in which paper is looked for
BAND = 256  # rows at a time

Float = NDArray[np.float32]
UInt8 = NDArray[np.uint8]


def flattened(rgb: UInt8) -> UInt8:
    """(h, w, 3) the picture as it would be on white paper in even light: each channel divided by the paper's."""
    height, width = rgb.shape[:2]
    scale = min(1.0, SEEN / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    paper = np.dstack([lit_paper(np.ascontiguousarray(small[..., channel])) for channel in range(3)])
    if paper.min() >= 254:
        return rgb
    gain = cv2.resize(255 / paper, (width, height), interpolation=cv2.INTER_LINEAR)
    flat = np.empty_like(rgb)
    for top in range(0, height, BAND):
        rows = np.s_[top : top + BAND]
        flat[rows] = np.clip(np.rint(rgb[rows] * gain[rows]), 0, 255)
    return flat


def lit_paper(value: UInt8) -> Float:
    """(h, w) in 5..255 of a channel: `paper_tone`, but at least SHADE of full light, so that wide black stays black."""
    paper = paper_tone(value)
    return np.maximum(paper, SHADE * full_light(paper))


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


def full_light(paper: Float) -> Float:
    """(h, w) in 8..255, how bright white would be at each place: a quadratic surface through the brightest of the paper, in logarithms."""
    size = 32
    small = np.log(cv2.resize(paper, (size, size), interpolation=cv2.INTER_AREA)).reshape(-1)
    y, x = np.meshgrid(np.linspace(-1, 1, size), np.linspace(-1, 1, size), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], -1).reshape(-1, 6)
    there, surface = small >= np.percentile(small, 40), small
    for _ in range(4):  # each fit shows better what is darker than it
        surface = terms @ np.linalg.lstsq(terms[there], small[there], rcond=None)[0]
        found = small > surface - 0.05
        there = found if found.sum() >= 100 else there
    light = np.exp(surface).reshape(size, size).astype(np.float32)
    return np.clip(cv2.resize(light, paper.shape[::-1], interpolation=cv2.INTER_LINEAR), 8, 255)
