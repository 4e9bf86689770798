"""Other colours for the same art, so that the network follows what it is given and does not learn that lemons are yellow."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SOFTNESS = 12.0  # deltaE over which a pixel passes from one palette colour to the next: keeps anti-aliased edges clean


def to_lab(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(h, w, 3) uint8 to Lab: L in 0..100. OpenCV's conversion: a tenth of NumPy's time in the data loader."""
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)


def to_rgb(lab: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Lab to (h, w, 3) uint8, clipped to the gamut."""
    rgb = cv2.cvtColor(np.ascontiguousarray(lab, np.float32), cv2.COLOR_Lab2RGB)
    return np.clip(np.rint(rgb * 255), 0, 255).astype(np.uint8)


def turn_hues(rng: np.random.Generator, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turns all hues by one angle and scales chroma a little; greys stay grey."""
    lab = to_lab(rgb)
    angle, chroma = rng.uniform(0, 2 * np.pi), rng.uniform(0.7, 1.3)
    mirror = rng.choice([-1.0, 1.0])
    turn = chroma * np.array([[np.cos(angle), -np.sin(angle)], [mirror * np.sin(angle), mirror * np.cos(angle)]])
    lab[..., 1:] = lab[..., 1:] @ turn.T.astype(np.float32)
    return to_rgb(lab)


def take_palette(
    rng: np.random.Generator, rgb: NDArray[np.uint8], own: NDArray[np.uint8], other: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Moves each colour of the palette `own` (n, 3) to one of `other` (m, 3), and every pixel with the colours it is near to."""
    lab = to_lab(rgb)
    here, there = to_lab(own[None])[0], to_lab(other[None])[0]
    goal = there[rng.permutation(len(there))[np.arange(len(here)) % len(there)]]
    shift = goal - here
    shift[:, 0] *= rng.uniform(0.2, 1.0)  # how much of the other picture's light comes along
    distance = np.sqrt(((lab[..., None, :] - here) ** 2).sum(-1))
    weight = np.exp(-(distance - distance.min(-1, keepdims=True)) / SOFTNESS)
    weight /= weight.sum(-1, keepdims=True)
    return to_rgb(lab + (weight @ shift).astype(np.float32))
