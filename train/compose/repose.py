"""The same figure in another pose: moved, turned, mirrored, seen nearer, its parts bent. For model sheets and references.

Parts turn and grow around points in the figure, smoothly blended between them (Schaefer et al., "Image deformation using moving least
squares", SIGGRAPH 2006, has the idea).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

MIRRORED = 0.35  # share of poses
PARTS = 2, 6  # points around which something moves, from, below
TURN, GROW, SHIFT = 0.45, 0.18, 0.07  # most of a part: radians, share, share of the figure's extent
WHOLE_TURN, WHOLE_SHIFT = 0.15, 0.12  # the same of the whole figure
NEARER = 0.65, 1.25  # its size
REACH = 0.22  # of the extent, how far a part reaches

Array = NDArray[Any]


def pose(rng: np.random.Generator, inside: NDArray[np.bool_], strength: float = 1.0) -> NDArray[np.float32]:
    """(h, w, 2) where each pixel of the new pose comes from: x, y. inside: (h, w), where the figure is. strength: 0 leaves it as it is."""
    height, width = inside.shape
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    if not len(rows):
        rows, columns = np.array([0, height - 1]), np.array([0, width - 1])
    center = np.array([(columns[0] + columns[-1]) / 2, (rows[0] + rows[-1]) / 2])
    extent = max(float(columns[-1] - columns[0]), float(rows[-1] - rows[0]), 1.0)
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), 2).astype(np.float64)
    turn, nearer = strength * rng.uniform(-WHOLE_TURN, WHOLE_TURN), np.exp(strength * rng.uniform(*np.log(NEARER)))
    shift = strength * rng.uniform(-WHOLE_SHIFT, WHOLE_SHIFT, 2) * extent
    mirror = -1.0 if strength and rng.random() < MIRRORED else 1.0
    place = (grid - center - shift) @ _turned(turn) / nearer * np.array([mirror, 1]) + center
    moved, total = np.zeros_like(place), np.ones((height, width, 1))
    inner = np.argwhere(inside)
    for _ in range(int(rng.integers(*PARTS))):
        at = inner[int(rng.integers(len(inner)))][::-1].astype(np.float64) if len(inner) else center
        matrix = _turned(strength * rng.uniform(-TURN, TURN)) * np.exp(strength * rng.uniform(-GROW, GROW))
        step = strength * rng.uniform(-SHIFT, SHIFT, 2) * extent
        weight = np.exp(-((place - at) ** 2).sum(2, keepdims=True) / (2 * (REACH * extent) ** 2))
        moved += weight * ((place - at) @ matrix + at + step - place)
        total += weight
    return (place + moved / total).astype(np.float32)


def posed(planes: Sequence[Array], where: NDArray[np.float32]) -> list[Array]:
    """Each plane (h, w) or (h, w, c) in the new pose; integers of more than 8 bit are labels and take the nearest."""
    result = []
    for plane in planes:
        labels = plane.dtype != np.uint8
        source = plane.astype(np.float32) if labels else plane
        mode = cv2.INTER_NEAREST if labels else cv2.INTER_LINEAR
        found = cv2.remap(source, where[..., 0], where[..., 1], mode, borderMode=cv2.BORDER_REPLICATE)
        result.append(found.astype(plane.dtype))
    return result


def _turned(angle: float) -> Array:
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
