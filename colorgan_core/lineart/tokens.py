"""What a network is told of a drawing's cells: where each lies, what shape it has, and how it touches the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cells import Cells, meeting_logits
from .regions import nearest

MOST = 512  # tokens a drawing
GEOMETRY = 24  # numbers a token
TOUCH = 5  # numbers a pair of neighbours

Float = NDArray[np.float32]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Tokens:
    """The cells of one drawing as tokens, in the order of their numbers.

    token: (count + 1,) int64, the token of each cell of `Cells`, -1 for ink (0) and for what is too small to have one.
    geometry: (n, GEOMETRY) float32; x, y, width and height are in halves of the long side. pairs: (m, 2) int64 tokens that touch, first
    below second. touch: (m, TOUCH) float32: whether they meet in the open, the logit that two surfaces meet there / 10, the passage's ratio
    of widths, and the share of each one's border that faces the other. areas: (n,) share of the picture.
    """

    token: Index
    geometry: Float
    pairs: Index
    touch: Float
    areas: Float

    def __len__(self) -> int:
        return len(self.geometry)


def laid_out(pairs: Index, touch: Float, count: int) -> Float:
    """(count, count, TOUCH) what is known of pairs (m, 2) of `count` tokens, both ways; 0 where two do not touch."""
    table = np.zeros((count, count, TOUCH), np.float32)
    first, second = pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)
    table[first, second] = touch
    table[second, first] = touch[:, [0, 1, 2, 4, 3]]
    return table


def describe(cells: Cells, gray: NDArray[np.uint8], most: int = MOST) -> Tokens:
    """At most `most` tokens of cells in a picture whose brightness is gray, (h, w) as `cells.labels`, 255 paper: tone and hatching show
    in it."""
    token, count = numbered(cells, most)
    labels = token[cells.labels]
    there = labels >= 0
    areas = np.bincount(labels[there], minlength=count).astype(np.float64)
    whole = nearest((labels + 1).astype(np.int32)) - 1
    pairs, touch = touching(cells, token, whole, count)
    widths = np.zeros(count, np.float32)
    known = token >= 0
    np.maximum.at(widths, token[known], cells.half_widths[known])
    geometry = _geometry(labels, there, whole, areas, widths, gray)
    return Tokens(token, geometry, pairs, touch, (areas / labels.size).astype(np.float32))


def numbered(cells: Cells, most: int = MOST) -> tuple[Index, int]:
    """(count + 1,) the token of each cell and how many there are. Of more than `most` cells those are joined first between which it is
    least likely that two surfaces meet; what is still too many and smallest gets none."""
    root = np.arange(cells.count + 1)
    left = cells.count
    if left > most:
        passages = cells.passages
        for edge in np.argsort(meeting_logits(cells), kind="stable").tolist():
            a, b = _root(root, int(passages.first[edge])), _root(root, int(passages.second[edge]))
            if a != b:
                root[max(a, b)] = min(a, b)
                left -= 1
            if left <= most:
                break
    roots = np.array([_root(root, cell) for cell in range(cells.count + 1)])
    areas = np.bincount(roots[cells.labels.reshape(-1)], minlength=cells.count + 1)
    areas[0] = 0
    kept = np.sort(np.argsort(-areas, kind="stable")[: min(most, int((areas > 0).sum()))])
    number = np.full(cells.count + 1, -1, np.int64)
    number[kept] = np.arange(len(kept))
    return number[roots], len(kept)


def _root(root: Index, cell: int) -> int:
    while root[cell] != cell:
        root[cell] = cell = int(root[root[cell]])
    return cell


def touching(cells: Cells, token: Index, whole: NDArray[np.int32], count: int) -> tuple[Index, Float]:
    """Pairs of tokens that touch, in the open or across a line, and what is known of each pair; see `Tokens`. whole: (h, w) tokens that
    reach to the middle of the ink."""
    keys = [
        np.minimum(a, b).astype(np.int64) * count + np.maximum(a, b)
        for a, b in ((whole[:, 1:], whole[:, :-1]), (whole[1:], whole[:-1]))
        for a, b in [(a[a != b], b[a != b])]
    ]
    key, length = np.unique(np.concatenate(keys), return_counts=True)
    border = np.bincount(np.concatenate([key // count, key % count]), np.tile(length, 2), count) + 1
    first, second = token[cells.passages.first], token[cells.passages.second]
    open_ = (first >= 0) & (second >= 0) & (first != second)
    first, second = np.minimum(first, second)[open_], np.maximum(first, second)[open_]
    logit, ratio = meeting_logits(cells)[open_], cells.passages.ratio[open_]
    order = np.lexsort((logit, first * count + second))
    inner, at = np.unique((first * count + second)[order], return_index=True)
    both = np.union1d(key, inner)
    pairs = np.stack([both // max(count, 1), both % max(count, 1)], 1)
    touch = np.zeros((len(both), TOUCH), np.float32)
    place = np.searchsorted(both, key)
    touch[place, 3], touch[place, 4] = length / border[key // count], length / border[key % count]
    place = np.searchsorted(both, inner)
    touch[place, 0] = 1
    touch[place, 1], touch[place, 2] = logit[order][at] / 10, ratio[order][at]
    return pairs, touch


def _geometry(
    labels: Index, there: NDArray[np.bool_], whole: NDArray[np.int32], areas: NDArray[np.float64], widths: Float, gray: NDArray[np.uint8]
) -> Float:  # fmt: skip
    count, (height, width) = len(areas), labels.shape
    side = max(height, width) / 2
    at = labels[there]
    rows, columns = (each.astype(np.float64) for each in np.nonzero(there))
    y, x = (rows + 0.5 - height / 2) / side, (columns + 0.5 - width / 2) / side
    light = gray[there].astype(np.float64) / 255

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(at, values, count) / areas

    cy, cx = mean(y), mean(x)
    yy, xx, xy = mean(y * y) - cy**2, mean(x * x) - cx**2, mean(x * y) - cx * cy
    # eigenvalues of the covariance: how long and how wide
    half, apart = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    long_, wide = np.sqrt(np.maximum(half + apart, 0)), np.sqrt(np.maximum(half - apart, 0))
    turned = np.arctan2(2 * xy, xx - yy)  # twice the angle, so that both ends are alike
    stretched = (long_ - wide) / np.maximum(long_ + wide, 1e-6)
    top, left = np.full(count, np.inf), np.full(count, np.inf)
    bottom, right = np.full(count, -np.inf), np.full(count, -np.inf)
    for low, high, values in ((top, bottom, y), (left, right, x)):
        np.minimum.at(low, at, values)
        np.maximum.at(high, at, values)
    ink = np.argwhere(~there)
    first, last = (ink.min(0), ink.max(0) + 1) if len(ink) else (np.zeros(2), np.array(labels.shape))
    center = ((first + last) / 2 - np.array([height / 2, width / 2])) / side
    extent = np.maximum((last - first) / 2 / side, 1e-3)
    edges = np.concatenate([whole[0], whole[-1], whole[:, 0], whole[:, -1]])
    edge = np.bincount(edges[edges >= 0], minlength=count) / len(edges)
    share = areas / labels.size
    box = np.maximum((bottom - top) * (right - left) * side**2, 1)
    tone = mean(light)
    return np.stack(
        [
            cx, cy, (cx - center[1]) / extent[1], (cy - center[0]) / extent[0], np.abs(cx - center[1]) / extent[1],
            left, right, top, bottom, right - left, bottom - top,
            np.log(share) / 5, np.sqrt(share), long_, wide, stretched * np.cos(turned), stretched * np.sin(turned),
            np.log(np.maximum(widths, 0.5) / side) / 3, widths / np.sqrt(areas), np.minimum(areas / box, 2),
            edge, (edge > 0).astype(np.float64), 1 - tone, np.sqrt(np.maximum(mean(light**2) - tone**2, 0)),
        ],
        1,
    ).astype(np.float32)  # fmt: skip
