"""Other colours for a composition: what had one colour has one again, so that colours can be followed but not known by heart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..recolor import to_lab, to_rgb
from .canvas import UNPAINTED
from .composition import Composition

ALIKE = 9.0  # Lab: medians nearer than that are one colour
HUES = (3, 7)  # how many hues a new scheme has
CHROMA = (12.0, 62.0)


def repainted(composition: Composition, rng: np.random.Generator) -> Composition:
    """The same surfaces in colours of a random scheme; shade and texture stay, and so do dark and light, nearly."""
    before = to_lab(composition.colors[None])[0]
    after = before.copy()
    hues = rng.uniform(0, 2 * np.pi, int(rng.integers(*HUES)))
    done = ~composition.painted
    order = np.argsort(-np.bincount(composition.surfaces.ravel(), minlength=len(before)), kind="stable")
    for label in order:
        if done[label]:
            continue
        alike = ~done & (np.linalg.norm(before - before[label], axis=1) < ALIKE)
        hue, chroma = rng.choice(hues) + rng.normal(0, 0.12), rng.uniform(*CHROMA)
        lightness = np.clip(before[label, 0] + rng.normal(0, 12), 22, 93)
        after[alike] = lightness, chroma * np.cos(hue), chroma * np.sin(hue)
        done |= alike
    colors = np.minimum(to_rgb(after[None])[0], 255)
    too_light = composition.painted & (colors.min(1) >= UNPAINTED)
    colors[too_light] = composition.colors[too_light]
    shift = (to_lab(colors[None])[0] - before)[composition.surfaces]
    picture = to_rgb(to_lab(composition.color) + shift)
    painted = composition.painted[composition.surfaces]
    picture[~painted] = composition.color[~painted]
    colors[~composition.painted] = composition.colors[~composition.painted]
    return replace(composition, color=picture, colors=colors)
