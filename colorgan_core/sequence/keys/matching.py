"""Matches between the regions of two neighbouring frames, each with the probability that both regions show the same part.

Optical flow (DIS, Kroeger et al., ECCV 2016) is computed on maps of the distance to the lines, since flat line art has no texture. A pair
of regions is rated by its overlap after the flow, shape, size and distance. The weights come from logistic regression on synthetic
animation of drawings from the training set: `python -m colorgan_train.fit_links`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .descriptor import FrameDescriptor

NEAREST = 6  # candidates per region beside those that it overlaps after the flow
SIZE_COST = 0.05  # of the long side; the distance that costs as much as a size ratio of e
MIN_FLOW_SIDE = 16  # px; DIS needs at least this, and smaller pictures are taken as still
MAX_DISTANCE = 4.0  # square roots of the smaller region's area; larger distances are clipped

# One for each of `match_features`, then the bias.
WEIGHTS = (
    1.43, 1.4, -0.707, -1.53, 0.749, -0.275, -0.407, -0.243, -13.7, 1.43, 1.6, 1.33, -1.09, 2.48, -2.72, 2.08, 5.83, 6.24, 16.3,
    0.126,
)  # fmt: skip

Floats = NDArray[np.floating]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Matches:
    """Region first[k] of one frame matches region second[k] of the other with probability[k] in 0..1."""

    first: Numbers
    second: Numbers
    probability: Floats


def match_regions(first: FrameDescriptor, second: FrameDescriptor) -> Matches:
    """Frames of different sizes have no matches: they are different scenes."""
    if first.labels.shape != second.labels.shape:
        none = np.zeros(0, np.int64)
        return Matches(none, none, np.zeros(0))
    i, j, features = match_features(first, second)
    logit = features @ np.array(WEIGHTS[:-1]) + WEIGHTS[-1]
    return Matches(i, j, 1 / (1 + np.exp(-logit)))


def match_features(first: FrameDescriptor, second: FrameDescriptor) -> tuple[Numbers, Numbers, Floats]:
    """Candidate pairs of two frames of one size: regions of the first (k,), of the second (k,), and features (k, 19)."""
    forward, backward = optical_flow(first, second), optical_flow(second, first)
    forward_overlap, backward_overlap = overlaps(first, second, forward), overlaps(second, first, backward)
    moved, moved_back = moved_centroids(first, forward), moved_centroids(second, backward)
    near = np.concatenate(
        [
            nearest_pairs(first, second, moved, moved_back),
            nearest_pairs(second, first, moved_back, moved)[:, ::-1],
        ]
    )
    transposed = swap_pair_key(backward_overlap[0], first.count, second.count)
    pair = np.unique(np.concatenate([forward_overlap[0], transposed, near @ [second.count, 1]]))
    i, j = pair // second.count, pair % second.count
    first_area, second_area = np.maximum(first.areas[i], 1), np.maximum(second.areas[j], 1)
    to_second = lookup(pair, *forward_overlap)
    to_first = lookup(j * first.count + i, *backward_overlap)
    intersection = (to_second + to_first) / 2
    distance = flow_distance(moved[i], second.centroids[j], first.centroids[i], moved_back[j])
    long_side, smaller = max(first.labels.shape), np.sqrt(np.minimum(first_area, second_area))
    shape = np.minimum(first.shapes[i], second.shapes[j]).sum(1)
    profile = np.minimum(first.radial_profiles[i], second.radial_profiles[j]).sum(1)
    size_ratio = np.abs(np.log((first_area + 1) / (second_area + 1)))
    to_second, to_first = to_second / first_area, to_first / second_area
    relative_distance = np.minimum(distance / smaller, MAX_DISTANCE)
    same_size, proximity, size = np.exp(-size_ratio), np.exp(-distance / smaller), smaller / long_side
    features = [
        to_second, to_first, intersection / np.maximum(first_area + second_area - intersection, 1), shape, profile, size_ratio,
        distance / long_side, relative_distance, size,
        to_second * to_first, np.minimum(to_second, to_first), np.maximum(to_second, to_first), shape * same_size,
        shape**4 * same_size, proximity, proximity * shape * same_size, size * to_first, size * to_second, size * shape,
    ]  # fmt: skip
    return i, j, np.stack(features, 1)


def optical_flow(first: FrameDescriptor, second: FrameDescriptor) -> NDArray[np.float32]:
    """(h, w, 2) px across and down, from each pixel of the first to the second."""
    if min(first.line_distance.shape) < MIN_FLOW_SIDE:
        return np.zeros((*first.line_distance.shape, 2), np.float32)
    dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    dis.setFinestScale(0)  # the smallest regions are a few pixels wide
    dis.setGradientDescentIterations(50)
    return np.asarray(dis.calc(first.line_distance, second.line_distance, None), np.float32)  # type: ignore[call-overload]


def overlaps(first: FrameDescriptor, second: FrameDescriptor, flow: NDArray[np.float32]) -> tuple[Numbers, Numbers]:
    """Pair keys i * second.count + j, sorted, and the number of pixels of i that the flow moves onto j."""
    height, width = first.labels.shape
    rows, columns = np.indices((height, width))
    x = np.clip(np.rint(columns + flow[..., 0]), 0, width - 1).astype(np.intp)
    y = np.clip(np.rint(rows + flow[..., 1]), 0, height - 1).astype(np.intp)
    pair = first.labels.astype(np.int64) * second.count + second.labels[y, x]
    return np.unique(pair, return_counts=True)


def swap_pair_key(pair: Numbers, count: int, width: int) -> Numbers:
    """Pair keys j * count + i as keys i * width + j."""
    return (pair % count) * width + pair // count


def lookup(wanted: Numbers, keys: Numbers, values: Numbers) -> NDArray[np.float64]:
    """The value of each wanted key, 0 for keys that are absent. keys: sorted."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0).astype(np.float64)


def moved_centroids(frame: FrameDescriptor, flow: NDArray[np.float32]) -> Floats:
    """(n, 2) the position to which the flow moves each region's centroid."""
    label = frame.labels.reshape(-1)
    total = [np.bincount(label, flow[..., axis].reshape(-1), frame.count) for axis in range(2)]
    return np.asarray(frame.centroids + np.stack(total, 1) / np.maximum(frame.areas, 1)[:, None])


def flow_distance(moved: Floats, target: Floats, start: Floats, moved_back: Floats) -> Floats:
    """The distance between a moved region and its target, forward or backward, whichever is smaller."""
    forward, backward = np.linalg.norm(moved - target, axis=-1), np.linalg.norm(start - moved_back, axis=-1)
    return np.asarray(np.minimum(forward, backward))


def nearest_pairs(first: FrameDescriptor, second: FrameDescriptor, moved: Floats, moved_back: Floats) -> Numbers:
    """(k, 2) each region of the first with the NEAREST regions of the second by position and size."""
    candidates = min(NEAREST, second.count)
    log_area = np.log(second.areas + 1)
    chosen = np.empty((first.count, candidates), np.int64)
    for region in range(first.count):
        distance = flow_distance(moved[region], second.centroids, first.centroids[region], moved_back)
        size_difference = np.abs(log_area - np.log(first.areas[region] + 1))
        cost = distance / max(first.labels.shape) + SIZE_COST * size_difference
        chosen[region] = np.argpartition(cost, candidates - 1)[:candidates]
    return np.stack([np.repeat(np.arange(first.count), candidates), chosen.reshape(-1)], 1)
