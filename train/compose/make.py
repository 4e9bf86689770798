"""Compositions by number: the same number, size and part give the same picture."""

from __future__ import annotations

import numpy as np

from ..split import HELD_OUT, TRAINING, TUNING
from .canvas import Canvas
from .composition import Composition
from .lettering import PLAIN, Fonts
from .page import PAGE_PENS, PAGES, page
from .pieces import Pieces
from .repaint import repainted
from .scene import PENS, SHAPES, figure, scene

PARTS = (TRAINING, TUNING, HELD_OUT)
FORMS = ("figure", "scene", "page")
FORM_SHARES = (0.5, 0.35, 0.15)
REPAINTED = 0.25  # share of compositions in colours of a random scheme


def compose(pieces: Pieces, seed: int, size: int = 1024, form: str | None = None, fonts: Fonts = PLAIN) -> Composition:
    """Composition number `seed` of the pieces' part, its long side `size` px. form: of FORMS, drawn when None."""
    rng = np.random.default_rng([33, PARTS.index(pieces.part), seed])
    chosen = str(rng.choice(FORMS, p=FORM_SHARES))
    chosen = form or chosen
    across, down = PAGES[int(rng.integers(len(PAGES)))] if chosen == "page" else SHAPES[int(rng.integers(len(SHAPES)))]
    width, height = round(size * across / max(across, down)), round(size * down / max(across, down))
    pen = size * float(np.exp(rng.uniform(*np.log(PENS if chosen != "page" else PAGE_PENS))))
    canvas: Canvas
    if chosen == "page":
        canvas = page(rng, pieces, fonts, height, width, pen)
    else:
        canvas = (figure if chosen == "figure" else scene)(rng, pieces, height, width, pen)
    composition = canvas.finish()
    return repainted(composition, rng) if rng.random() < REPAINTED else composition
