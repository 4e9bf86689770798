"""Shade that a colourist adds within surfaces: none, with hard edges as in animation, or soft."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from .cutouts import Layer

SHADES = ("none", "hard", "soft")
SHADE_SHARES = (0.45, 0.35, 0.2)
DARKEST = 0.22  # how much of its light a surface may lose in the shade


@dataclass(frozen=True)
class Light:
    """One for a whole picture. shade: of SHADES. angle: where the light comes from, radians. depth: of the shade."""

    shade: str
    angle: float
    depth: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Light:
        shade = str(rng.choice(SHADES, p=SHADE_SHARES))
        return cls(shade, float(rng.uniform(-2.6, -0.5)), float(rng.uniform(0.1, DARKEST)))

    def on(self, layer: Layer) -> Layer:
        """The cut-out with the sides of its surfaces that face away from the light in shade."""
        if self.shade == "none":
            return layer
        tall, wide = layer.labels.shape
        reach = 0.045 * min(tall, wide)
        across, down = round(reach * np.cos(self.angle)), round(reach * np.sin(self.angle))
        lit = np.zeros_like(layer.labels)  # what lies toward the far side of each pixel
        y0, y1, x0, x1 = max(0, down), min(tall, tall + down), max(0, across), min(wide, wide + across)
        lit[y0:y1, x0:x1] = layer.labels[y0 - down : y1 - down, x0 - across : x1 - across]
        shaded = ((lit != layer.labels) & (layer.labels > 0)).astype(np.float32)
        if self.shade == "soft":
            shaded = cv2.GaussianBlur(shaded, (0, 0), max(1.0, reach))
        color = layer.color.copy()
        dimmed = color[..., :3] * (1 - self.depth * shaded[..., None] * np.array([1.0, 1.0, 0.7], np.float32))
        color[..., :3] = np.rint(dimmed).astype(np.uint8)
        return replace(layer, color=color)
