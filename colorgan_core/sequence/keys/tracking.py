"""Regions followed from frame to frame, so that each has the colour that it has in a key frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...picture.flats import Flats
from .descriptor import Sketch
from .matching import Links, links

LEAST = 0.5  # chance below which a region counts as not found; of such guesses one in four is right, no more than of the network's

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Trail:
    """Where each region of a frame was found. key: (n,) the key frame's place in the sequence, -1 where it was not found. region: (n,)
    its region there. sure: (n,) float32, the chance that every step of the way was right."""

    key: Numbers
    region: Numbers
    sure: NDArray[np.float32]


def follow(frames: Iterable[Sketch], keys: Mapping[int, Flats]) -> list[Trail]:
    """A trail for each of the frames, which are sketched one by one and forgotten. keys: by their place in the sequence.

    Each region goes back to the key region from which the likeliest chain of steps leads to it, forth or back in time; so what one
    key shows wins near that key, what only the other one shows goes as far as it is seen, and regions that part or meet share a trail.
    What no key shows and appears amid bare paper may be taken for a piece of the paper: a hole and a new figure look alike.
    """
    steps: list[Links] = []
    counts: list[int] = []
    before: Sketch | None = None
    for frame in frames:
        if before is not None:
            steps.append(links(before, frame))
        counts.append(frame.count)
        before = frame
    return trails(counts, steps, keys)


def trails(counts: Sequence[int], steps: Sequence[Links], keys: Mapping[int, Flats]) -> list[Trail]:
    """counts: regions of each frame; steps: links of each frame but the last to the next one."""
    found = [Trail(np.full(n, -1), np.full(n, -1), np.zeros(n, np.float32)) for n in counts]
    for place in keys:
        n = counts[place]
        found[place] = Trail(np.full(n, place), np.arange(n), np.ones(n, np.float32))
    changed = True
    while changed:  # a way may turn back in time, since what has parted may meet again
        changed = False
        for place, step in enumerate(steps):
            changed |= place + 1 not in keys and went(
                found[place], found[place + 1], step.here, step.there, step.chance
            )
        for place in reversed(range(len(steps))):
            step = steps[place]
            changed |= place not in keys and went(found[place + 1], found[place], step.there, step.here, step.chance)
    for trail in found:
        lost = trail.sure < LEAST
        trail.key[lost], trail.region[lost], trail.sure[lost] = -1, -1, 0
    return found


def went(start: Trail, end: Trail, here: Numbers, there: Numbers, chance: NDArray[np.floating]) -> bool:
    """Takes trails one step on where that is likelier than what `end`, changed in place, has; whether any was."""
    sure = (start.sure[here] * chance).astype(np.float32)
    order = np.argsort(sure, kind="stable")
    best = np.full(len(end.sure), -1)
    best[there[order]] = order
    better = np.flatnonzero(best >= 0)
    better = better[sure[best[better]] > end.sure[better]]
    link = best[better]
    end.key[better], end.region[better] = start.key[here[link]], start.region[here[link]]
    end.sure[better] = sure[link]
    return bool(len(better))
