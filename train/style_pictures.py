"""Pictures to take a style from: crops of paintings, and vector art made into what it is not, so that styles never run out."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from .lines import smooth_noise
from .recolor import take_palette, to_lab, to_rgb, turn_hues
from .teacher import resized

UInt8 = NDArray[np.uint8]
Floats = NDArray[np.float32]
RECOLORED = 0.6  # share of paintings whose hues are turned: ten of them alone would be learnt by heart


def painted_style(rng: np.random.Generator, painting: UInt8, size: int) -> UInt8:
    """A crop of a painting (s, s, 3), perhaps mirrored, turned by a quarter, in other hues or another contrast: (size, size, 3)."""
    crop = random_crop(rng, painting, 0.45, 1.0)
    crop = np.rot90(crop, int(rng.integers(4)))
    if rng.random() < RECOLORED:
        crop = turn_hues(rng, np.ascontiguousarray(crop))
    lab = to_lab(np.ascontiguousarray(crop))
    lab[..., 0] = np.clip((lab[..., 0] - 50) * rng.uniform(0.7, 1.2) + 50 + rng.uniform(-12, 12), 0, 100)
    return resized(to_rgb(lab), size)


def drawn_style(rng: np.random.Generator, color: UInt8, own: UInt8, other: UInt8, size: int) -> UInt8:
    """A style made of vector art (s, s, 3): recoloured from palette `own` to `other` (n, 3), tiled, and put on a surface."""
    crop = random_crop(rng, color, 0.3, 0.9)
    if len(own) and len(other):
        crop = take_palette(rng, np.ascontiguousarray(crop), own, other)
        paper = rng.uniform(0, 255, 3)  # an own colour for what was white
        white = (crop.min(2, keepdims=True) > 245) * rng.uniform(0.6, 1)
        crop = np.rint(crop * (1 - white) + paper * white).astype(np.uint8)
    times = int(rng.choice([1, 1, 2, 3]))
    cell = resized(crop, -(-size // times))
    picture = np.tile(cell, (times, times, 1))[:size, :size].astype(np.float32) / 255
    for surface in rng.permutation(len(SURFACES))[: int(rng.integers(1, 4))]:
        picture = SURFACES[surface](rng, picture)
    return np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)


def random_crop(rng: np.random.Generator, picture: UInt8, least: float, most: float) -> UInt8:
    """A square of `least` to `most` of the short side, perhaps mirrored."""
    side = int(min(picture.shape[:2]) * rng.uniform(least, most))
    top, left = (int(rng.integers(extent - side + 1)) for extent in picture.shape[:2])
    crop = picture[top : top + side, left : left + side]
    return crop[:, ::-1] if rng.random() < 0.5 else crop


# ---- surfaces: (h, w, 3) float in 0..1 to the same


def grainy(rng: np.random.Generator, picture: Floats) -> Floats:
    """Paper: fine noise and clouds of lighter and darker."""
    height, width = picture.shape[:2]
    fine = rng.normal(0, rng.uniform(0.02, 0.12), (height, width)).astype(np.float32)
    clouds = smooth_noise(rng, height, width, rng.uniform(4, 40)) * rng.uniform(0.03, 0.15)
    return picture + (fine + clouds)[..., None]


def hatched(rng: np.random.Generator, picture: Floats) -> Floats:
    """Parallel strokes, denser or broader where it is dark."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, period = rng.uniform(0, np.pi), rng.uniform(4, 14)
    bent = smooth_noise(rng, height, width, 24) * rng.uniform(0, 4)
    wave = np.cos(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle) + bent) / period)
    darkness = 1 - picture.mean(2)
    stroke = 1 / (1 + np.exp(-8 * (wave - 1 + 2 * np.clip(darkness * rng.uniform(0.6, 1.4), 0, 1))))
    ink = rng.uniform(0, 0.5, 3).astype(np.float32)
    amount = (rng.uniform(0.4, 1) * stroke)[..., None].astype(np.float32)
    return picture * (1 - amount) + ink * amount


def woven(rng: np.random.Generator, picture: Floats) -> Floats:
    """Canvas: threads over and under."""
    height, width = picture.shape[:2]
    period = rng.uniform(3, 7)
    rows, columns = (np.cos(2 * np.pi * np.arange(n, dtype=np.float32) / period) for n in (height, width))
    return picture * (1 + rng.uniform(0.05, 0.2) * (rows[:, None] + columns[None]) / 2)[..., None].astype(np.float32)


def brushed(rng: np.random.Generator, picture: Floats) -> Floats:
    """Strokes of a brush: noise and picture drawn out along one direction, which turns slowly over the sheet."""
    height, width = picture.shape[:2]
    length = int(rng.integers(7, 25)) | 1
    noisy = picture + rng.normal(0, rng.uniform(0.1, 0.4), (height, width, 1)).astype(np.float32)
    start = rng.uniform(0, np.pi)
    turned = smooth_noise(rng, height, width, 60)
    turned = (turned - turned.min()) / max(float(np.ptp(turned)), 1e-6)
    total, mass = np.zeros_like(picture), np.zeros((height, width, 1), np.float32)
    for step in range(4):
        angle = start + step * rng.uniform(0.3, 0.9)
        kernel = np.zeros((length, length), np.float32)
        middle = length // 2
        reach = np.array([np.cos(angle), np.sin(angle)]) * middle
        a, b = ((middle + sign * reach).round().astype(int) for sign in (1, -1))
        cv2.line(kernel, (int(a[0]), int(a[1])), (int(b[0]), int(b[1])), 1.0, 1)
        smeared = cv2.filter2D(noisy, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)
        weight = np.exp(-(((turned - step / 3) / 0.2) ** 2))[..., None].astype(np.float32)
        total, mass = total + smeared * weight, mass + weight
    return total / np.maximum(mass, 1e-6)


def flattened(rng: np.random.Generator, picture: Floats) -> Floats:
    """Poster: smoothed, then few levels of light."""
    levels = int(rng.integers(3, 7))
    smooth = cv2.GaussianBlur(picture, (0, 0), rng.uniform(1, 4))
    return np.asarray(np.round(smooth * levels) / levels, np.float32)


SURFACES: tuple[Callable[[np.random.Generator, Floats], Floats], ...] = (grainy, hatched, woven, brushed, flattened)
