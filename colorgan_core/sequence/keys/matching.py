"""Which regions of a frame may be which of the next: pairs, each with the chance that both show the same part.

Frames are laid over each other by optical flow (DIS, Kroeger et al., ECCV 2016) between maps of the distance to the lines, which
have texture where flat line art has none. A pair is judged by how much of either lands on the other, by shape, size and way. The
weights come from logistic regression on made-up animation of drawings from the training set: `python -m colorgan_train.fit_links`.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .descriptor import Sketch

NEAR = 6  # pairs a region has with others than those that it lands on
SIZE_WAY = 0.05  # of the long side: a way so much longer weighs as much as a size e times another
SMALLEST_FLOW = 16  # px; of smaller pictures there is none
FARTHEST = 4.0  # roots of the smaller region's area; more says no more

# One for each of `features`, and the last for none of them.
WEIGHTS = (
    1.43, 1.4, -0.707, -1.53, 0.749, -0.275, -0.407, -0.243, -13.7, 1.43, 1.6, 1.33, -1.09, 2.48, -2.72, 2.08, 5.83, 6.24, 16.3,
    0.126,
)  # fmt: skip

Floats = NDArray[np.floating]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Links:
    """Pairs of regions of two frames, here[k] of the one and there[k] of the other, and chance[k] in 0..1."""

    here: Numbers
    there: Numbers
    chance: Floats


def links(first: Sketch, second: Sketch) -> Links:
    """None where the frames are of two sizes: then they are of two scenes."""
    if first.labels.shape != second.labels.shape:
        nothing = np.zeros(0, np.int64)
        return Links(nothing, nothing, np.zeros(0))
    here, there, values = features(first, second)
    score = values @ np.array(WEIGHTS[:-1]) + WEIGHTS[-1]
    return Links(here, there, 1 / (1 + np.exp(-score)))


def features(first: Sketch, second: Sketch) -> tuple[Numbers, Numbers, Floats]:
    """Pairs of two frames of one size, here (k,) and there (k,), and what is known of each, (k, 19)."""
    forth, back = flow(first, second), flow(second, first)
    landed, returned = landings(first, second, forth), landings(second, first, back)
    moved, came = moved_middles(first, forth), moved_middles(second, back)
    near = np.concatenate([nearest(first, second, moved, came), nearest(second, first, came, moved)[:, ::-1]])
    key = np.concatenate([landed[0], transposed(returned[0], first.count, second.count), near @ [second.count, 1]])
    key = np.unique(key)
    here, there = key // second.count, key % second.count
    area, other = np.maximum(first.areas[here], 1), np.maximum(second.areas[there], 1)
    onto = found_in(key, *landed)
    from_ = found_in(there * first.count + here, *returned)
    both = (onto + from_) / 2
    way = ways(moved[here], second.middles[there], first.middles[here], came[there])
    long_side, smaller = max(first.labels.shape), np.sqrt(np.minimum(area, other))
    shape = np.minimum(first.shapes[here], second.shapes[there]).sum(1)
    ring = np.minimum(first.rings[here], second.rings[there]).sum(1)
    growth = np.abs(np.log((area + 1) / (other + 1)))
    onto, from_ = onto / area, from_ / other
    far = np.minimum(way / smaller, FARTHEST)
    alike, at_hand, size = np.exp(-growth), np.exp(-way / smaller), smaller / long_side
    values = [
        onto, from_, both / np.maximum(area + other - both, 1), shape, ring, growth, way / long_side, far, size,
        onto * from_, np.minimum(onto, from_), np.maximum(onto, from_), shape * alike, shape**4 * alike, at_hand,
        at_hand * shape * alike, size * from_, size * onto, size * shape,
    ]  # fmt: skip
    return here, there, np.stack(values, 1)


def flow(first: Sketch, second: Sketch) -> NDArray[np.float32]:
    """(h, w, 2) px across and down, from each pixel of the first to the second."""
    if min(first.lines.shape) < SMALLEST_FLOW:
        return np.zeros((*first.lines.shape, 2), np.float32)
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    finder.setFinestScale(0)  # the smallest regions are a few pixels wide
    finder.setGradientDescentIterations(50)
    return np.asarray(finder.calc(first.lines, second.lines, None), np.float32)  # type: ignore[call-overload]


def landings(first: Sketch, second: Sketch, moves: NDArray[np.float32]) -> tuple[Numbers, Numbers]:
    """Keys here * second.count + there, sorted, and how many pixels of the one land on the other."""
    height, width = first.labels.shape
    rows, columns = np.indices((height, width))
    x = np.clip(np.rint(columns + moves[..., 0]), 0, width - 1).astype(np.intp)
    y = np.clip(np.rint(rows + moves[..., 1]), 0, height - 1).astype(np.intp)
    pair = first.labels.astype(np.int64) * second.count + second.labels[y, x]
    return np.unique(pair, return_counts=True)


def transposed(key: Numbers, count: int, width: int) -> Numbers:
    """Keys there * count + here as keys here * width + there."""
    return (key % count) * width + key // count


def found_in(wanted: Numbers, keys: Numbers, values: Numbers) -> NDArray[np.float64]:
    """The value of each wanted key, 0 where there is none. keys: sorted."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0).astype(np.float64)


def moved_middles(sketch: Sketch, moves: NDArray[np.float32]) -> Floats:
    """(n, 2) where the flow takes each region's middle."""
    label = sketch.labels.reshape(-1)
    total = [np.bincount(label, moves[..., axis].reshape(-1), sketch.count) for axis in range(2)]
    return np.asarray(sketch.middles + np.stack(total, 1) / np.maximum(sketch.areas, 1)[:, None])


def ways(moved: Floats, middle: Floats, own: Floats, came: Floats) -> Floats:
    """How far flow leaves the one from the other, forth or back, whichever is nearer."""
    return np.asarray(np.minimum(np.linalg.norm(moved - middle, axis=-1), np.linalg.norm(own - came, axis=-1)))


def nearest(first: Sketch, second: Sketch, moved: Floats, came: Floats) -> Numbers:
    """(k, 2) each region of the first with the NEAR of the second that are nearest in place and size."""
    most = min(NEAR, second.count)
    size = np.log(second.areas + 1)
    found = np.empty((first.count, most), np.int64)
    for number in range(first.count):
        way = ways(moved[number], second.middles, first.middles[number], came)
        cost = way / max(first.labels.shape) + SIZE_WAY * np.abs(size - np.log(first.areas[number] + 1))
        found[number] = np.argpartition(cost, most - 1)[:most]
    return np.stack([np.repeat(np.arange(first.count), most), found.reshape(-1)], 1)
