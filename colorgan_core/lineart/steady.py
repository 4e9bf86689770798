"""Flat colours that stay the same from frame to frame and from one processor to another.

Two processors round differently, some 1e-6 of a value, and two frames of a shot give a region slightly different paint. So
a free colour is drawn to one of few: to a colour that the shot has already where one is near, else to a point of a lattice.
What that guarantees: a colour that is not within that rounding of the edge between two such colours is the same bytes
everywhere, and since a known colour draws from REACH around, only what is new in a frame can lie at the lattice's edges, 4 apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..picture.color import lab_to_srgb, srgb_to_lab, to_uint8

REACH = 6.0  # CIE76; more than paint drifts in a shot, less than what an artist would call another colour
STEP = 4.0  # of L*, a* and b*: the lattice; half of it, at most 3.5 in all, is how far a colour moves

UInt8 = NDArray[np.uint8]


def steadied(colors: UInt8, lab: NDArray[np.floating], fixed: NDArray[np.bool_], steady: UInt8) -> UInt8:
    """(count, 3) for each of lab (count, 3) the nearest of steady (n, 3) within REACH, else the nearest point of the lattice.

    colors: (count, 3) the same, rounded; they stay where `fixed` (count,), and where a fixed one has been taken over.
    """
    kept = fixed | (colors[:, None] == np.unique(colors[fixed], axis=0)[None]).all(2).any(1)
    result = to_uint8(lab_to_srgb(np.rint(lab / STEP) * STEP))
    if len(steady):
        apart = np.linalg.norm(lab[:, None] - srgb_to_lab(steady)[None], axis=2)
        result = np.where((apart.min(1) <= REACH)[:, None], steady[apart.argmin(1)], result)
    return np.where(kept[:, None], colors, result)
