"""Labels that grow over free pixels, like water: from pixel to pixel, never across what stands between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def spread(
    labels: NDArray[np.int32],
    allowed: NDArray[np.bool_],
    reach: int | None = None,
    within: NDArray[np.int32] | None = None,
    slope: int = 0,
) -> None:
    """Grows labels (h, w), 0 for none, over allowed pixels (h, w) without one, changed in place, by `reach` px or until nothing
    changes.

    A step goes to the four pixels that share an edge; with `within` (h, w) only to those whose number there differs by `slope` at most.
    """
    width = labels.shape[1]
    whole = np.pad(labels, 1)  # with a rim, so that every pixel has four neighbours
    free = np.pad(allowed & (labels == 0), 1).reshape(-1)
    fence = None if within is None else np.pad(within, 1).reshape(-1)
    flat, shifts = whole.reshape(-1), (-1, 1, -(width + 2), width + 2)
    near = np.zeros_like(free)
    for shift in (1, width + 2):  # the rim is never free
        near[shift:] |= free[:-shift]
        near[:-shift] |= free[shift:]
    front = np.flatnonzero(near & (flat > 0))
    step = 0
    while len(front) and step != reach:
        reached = []
        for shift in shifts:
            there = front + shift
            fresh = free[there]
            if fence is not None:
                fresh = fresh & (np.abs(fence[there] - fence[front]) <= slope)
            there = there[fresh]
            flat[there] = flat[front[fresh]]
            free[there] = False
            reached.append(there)
        front = np.concatenate(reached)
        step += 1
    labels[:] = whole[1:-1, 1:-1]
