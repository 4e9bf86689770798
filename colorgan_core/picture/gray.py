"""Telling line art from grey (or colour) pictures: in line art only edges have tones between paper and ink."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

SIDE = 512  # working size, px on the long side
DARK = 0.4  # a background darker than this is a picture's, not paper
INK = 0.6  # the palest thing, relative to paper, that counts as full ink: pencil and coloured pens
TONES = (0.2, 0.9)  # between ink (0) and paper (1): below is a stroke or black fill, above is grain or a smudge
FLAT = 0.12  # a tone that changes more than this within 5 px is an edge
TONE_SHARE = 0.08  # of all that is not paper; line art measured below 0.05 in 95 of 100, grey pictures above 0.25 in 75
COLORS = 30.0  # spread of the chroma of solid fills, 0..255: one pen measured below 26, coloured art mostly above 40
SOLID = 9  # px: what is thicker is a fill or a broad brush


def detect_task(rgb: NDArray[np.uint8]) -> Literal["lineart", "gray"]:
    """What H x W x 3 uint8 sRGB shows: strokes on paper, or a picture with tones of its own.

    Ink may be coloured or pencil, black fills are ink too, paper may be tinted, unevenly lit and noisy. A picture
    that is already in colours counts as "gray": its brightness is worth keeping. A silhouette in one tone counts as
    line art.
    """
    paper = _paper_color(rgb)
    if paper.mean() < DARK * 255:
        return "gray"
    scaled = _drawing(rgb / paper)
    value = scaled.min(-1) / np.float32(255)
    value = value / np.maximum(_lighting(value), 0.05)
    many_colors = _chroma_spread(scaled) > COLORS
    return "gray" if many_colors or _tone_share(value) > TONE_SHARE else "lineart"


def _paper_color(rgb: NDArray[np.uint8]) -> Float:
    """(3,) in 0..255: the mean colour of the commonest brightness."""
    small = cv2.resize(rgb, (256, 256), interpolation=cv2.INTER_AREA).reshape(-1, 3).astype(np.float32)
    brightness = small.mean(-1)
    counts = np.bincount(brightness.astype(np.int64), minlength=256)
    mode = int(np.convolve(counts, np.ones(13), "same").argmax())
    return np.asarray(small[np.abs(brightness - mode) <= 7].mean(0) + 1e-3, np.float32)


def _drawing(relative: NDArray[np.floating]) -> NDArray[np.uint8]:
    """A picture relative to its paper (1), as uint8 at working size, without grain, cut to where there is ink."""
    scale = min(SIDE / max(relative.shape[:2]), 1)  # enlarging would make edges look like tones
    height, width = (max(1, round(side * scale)) for side in relative.shape[:2])
    small = cv2.resize(np.minimum(relative, 1).astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    eight = np.asarray(cv2.medianBlur((small * 255).astype(np.uint8), 5 if max(small.shape) > 200 else 3))
    rows, columns = np.nonzero(eight.min(-1) < 204)
    if len(rows) < 20:
        return eight
    (top, bottom), (left, right) = (np.percentile(at, [0.5, 99.5]).astype(int) for at in (rows, columns))
    return eight[max(top - 4, 0) : bottom + 4, max(left - 4, 0) : right + 4]


def _lighting(value: Float) -> Float:
    """How bright the paper is at each place: a quadratic surface through what looks like paper."""
    height, width = value.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], -1)
    sample, known = terms.reshape(-1, 6)[::7], value.reshape(-1)[::7]
    paper = known > 0.75
    surface = np.ones(value.shape)
    for tolerance in (0.12, 0.06, 0.04):  # each fit shows better what is not paper
        if paper.sum() < 100:
            return np.ones(value.shape, np.float32)
        factors = np.linalg.lstsq(sample[paper], known[paper], rcond=None)[0]
        paper = np.abs(known - sample @ factors) < tolerance
        surface = terms @ factors
    return surface.astype(np.float32)


def _tone_share(value: Float) -> float:
    """Of all pixels that are not paper, the share with an even tone between ink and paper."""
    ink = min(float(np.percentile(value, 2)), INK)
    tone = (value - ink) / np.float32(1 - ink)
    near = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    change = cv2.dilate(tone, near) - cv2.erode(tone, near)
    even = (tone > TONES[0]) & (tone < TONES[1]) & (change < FLAT)
    return float(even.mean() / max(float((tone < TONES[1]).mean()), 0.01))


def _chroma_spread(scaled: NDArray[np.uint8]) -> float:
    """Standard deviation of the chroma in what is thicker than a stroke; 0 where that is less than a fiftieth."""
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (SOLID, SOLID))
    painted = (scaled.min(-1) < 204).astype(np.uint8)
    solid = np.asarray(cv2.morphologyEx(painted, cv2.MORPH_OPEN, brush)) > 0
    if solid.mean() < 0.02:
        return 0.0
    colors = scaled[solid].astype(np.float32)
    chroma = colors - colors.mean(-1, keepdims=True)
    return float(np.sqrt(chroma.var(0).sum()))
