"""What cut-outs stand before and upon, drawn at random."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .indoors import room, table
from .outdoors import meadow, sea_bed, shore, street
from .picture import Backdrop, Picture

SCENES: tuple[tuple[float, Callable[[Picture], Backdrop]], ...] = (
    (0.32, meadow), (0.14, shore), (0.16, street), (0.18, room), (0.13, table), (0.07, sea_bed),
)  # fmt: skip


def draw_backdrop(rng: np.random.Generator, height: int, width: int, pen: float) -> Backdrop:
    """A backdrop of (height, width) px for a pen of `pen` px."""
    shares = np.array([share for share, _ in SCENES])
    chosen = SCENES[int(rng.choice(len(SCENES), p=shares / shares.sum()))][1]
    return chosen(Picture(rng, height, width, pen))
