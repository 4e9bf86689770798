"""Tracks regions from frame to frame, so that each gets its colour from a key frame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .descriptor import FrameDescriptor
from .matching import Matches, match_regions

# Probability below which a region counts as not found. One in four such tracks is right, no more than of the network's own colours.
MIN_CONFIDENCE = 0.5

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Track:
    """The key region that each of a frame's n regions is tracked to. key: (n,) the key frame's index in the sequence, -1 for regions
    that were not found. region: (n,) the region there. confidence: (n,) float32, the probability that the whole track is right."""

    key: Numbers
    region: Numbers
    confidence: NDArray[np.float32]


def track_regions(frames: Iterable[FrameDescriptor], keys: Collection[int]) -> list[Track]:
    """A track for each of the frames, of which only two are in memory at a time. keys: indexes of the key frames.

    Each region is tracked to the key region with the most probable chain of matches, forward or backward in time. Between two keys
    the nearer one tends to win, and what only one of them shows is tracked as far as it is visible. Regions that split or merge share a
    track. A new region on bare paper that no key shows may be taken for paper: a hole and a new figure look the same.
    """
    matches: list[Matches] = []
    counts: list[int] = []
    previous: FrameDescriptor | None = None
    for frame in frames:
        if previous is not None:
            matches.append(match_regions(previous, frame))
        counts.append(frame.count)
        previous = frame
    return most_probable_tracks(counts, matches, keys)


def most_probable_tracks(counts: Sequence[int], matches: Sequence[Matches], keys: Collection[int]) -> list[Track]:
    """counts: regions of each frame. matches: of each frame but the last with the next one."""
    tracks = [Track(np.full(n, -1), np.full(n, -1), np.zeros(n, np.float32)) for n in counts]
    for index in keys:
        n = counts[index]
        tracks[index] = Track(np.full(n, index), np.arange(n), np.ones(n, np.float32))
    changed = True
    while changed:  # a chain may turn back in time, since regions that split may merge again
        changed = False
        for index, step in enumerate(matches):
            if index + 1 not in keys:
                changed |= relax(tracks[index], tracks[index + 1], step.first, step.second, step.probability)
        for index in reversed(range(len(matches))):
            step = matches[index]
            if index not in keys:
                changed |= relax(tracks[index + 1], tracks[index], step.second, step.first, step.probability)
    for track in tracks:
        lost = track.confidence < MIN_CONFIDENCE
        track.key[lost], track.region[lost], track.confidence[lost] = -1, -1, 0
    return tracks


def relax(start: Track, end: Track, i: Numbers, j: Numbers, probability: NDArray[np.floating]) -> bool:
    """Bellman-Ford's relaxation: extends tracks by the matches (i, j) wherever that is more probable than the track in `end`.

    Changes `end` in place; returns whether anything changed.
    """
    confidence = (start.confidence[i] * probability).astype(np.float32)
    order = np.argsort(confidence, kind="stable")
    best = np.full(len(end.confidence), -1)
    best[j[order]] = order
    better = np.flatnonzero(best >= 0)
    better = better[confidence[best[better]] > end.confidence[better]]
    match = best[better]
    end.key[better], end.region[better] = start.key[i[match]], start.region[i[match]]
    end.confidence[better] = confidence[match]
    return bool(len(better))
