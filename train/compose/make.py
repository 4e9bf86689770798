"""Compositions by number: the same number, size and part give the same picture."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas
from .composition import Composition
from .pieces import Pieces
from .scene import PENS, SHAPES, figure, scene

FORMS = ("figure", "scene")
FORM_SHARES = (0.5, 0.5)


def compose(pieces: Pieces, seed: int, size: int = 1024, form: str | None = None) -> Composition:
    """Composition number `seed` of a part, its long side `size` px. form: of FORMS, drawn when None."""
    rng = np.random.default_rng([33, seed])
    chosen = form or str(rng.choice(FORMS, p=FORM_SHARES))
    across, down = SHAPES[int(rng.integers(len(SHAPES)))]
    width, height = round(size * across / max(across, down)), round(size * down / max(across, down))
    pen = size * float(np.exp(rng.uniform(*np.log(PENS))))
    makers = {"figure": figure, "scene": scene}
    canvas: Canvas = makers[chosen](rng, pieces, height, width, pen)
    return canvas.finish()
