"""Rows that need no network. They stay as they are when colorgan's own regions get better: a floor must not move.

Line art is uint8 (h, w), 255 paper; hints are uint8 (h, w, 4), opaque where a hint is; results are uint8 (h, w, 3).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
RGB = NDArray[np.uint8]
RGBA = NDArray[np.uint8]
Labels = NDArray[np.int32]

INK = 128  # a pixel darker than this is a line
BALLS = (8, 5, 3, 2, 1)  # radii of EVALUATION.md's row, px at 256
SPECK = 20  # px; a smaller core makes no region of its own
CLEARANCE = 2.0  # hints of the protocol are drawn on a 64 x 64 grid: nearer to a line than this they may lie across it


def line_distance(lines: Gray) -> NDArray[np.float32]:
    """Distance in px of every pixel to the nearest line; 0 on lines; the picture's size where there is no line."""
    paper = (lines >= INK).astype(np.uint8)
    if paper.all():
        return np.full(lines.shape, sum(lines.shape), np.float32)
    return np.asarray(cv2.distanceTransform(paper, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)


def trapped_ball(lines: Gray) -> Labels:
    """Regions 0..n-1 of every pixel (Zhang et al. 2009): where a ball of radius r cannot leave, from large r to small.

    A component of "farther than r from a line" is grown back by r. At the end what is left of a closed shape goes to
    its region if it has but one, and everything else to the nearest.
    """
    distance = line_distance(lines)
    labels = np.zeros(lines.shape, np.int32)
    for radius in BALLS:
        core = ((distance > radius) & (labels == 0)).astype(np.uint8)
        _, parts, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=4)
        parts[stats[parts, cv2.CC_STAT_AREA] < SPECK] = 0
        if not parts.any():
            continue
        nearest, reach = nearest_label(parts)
        grown = (reach < radius) & (distance > 0) & (labels == 0)
        labels[grown] = nearest[grown] + labels.max()
    if not labels.any():
        return labels
    _, shapes = cv2.connectedComponents((distance > 0).astype(np.uint8), connectivity=4)
    seen = np.unique(np.stack([shapes, labels], -1)[labels > 0], axis=0)  # (shape, region) pairs
    shape, first, regions = np.unique(seen[:, 0], return_index=True, return_counts=True)
    only = np.zeros(int(shapes.max()) + 1, np.int32)
    only[shape[regions == 1]] = seen[first[regions == 1], 1]
    labels = np.where(labels > 0, labels, only[shapes])
    nearest, _ = nearest_label(labels)
    return np.unique(nearest, return_inverse=True)[1].reshape(lines.shape).astype(np.int32)


def nearest_label(labels: Labels) -> tuple[Labels, NDArray[np.float32]]:
    """For every pixel the label of the nearest labelled (non-zero) pixel, and how far that is."""
    reach, index = cv2.distanceTransformWithLabels(
        (labels == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    of_index = np.zeros(int(index.max()) + 1, np.int32)
    of_index[index[labels != 0]] = labels[labels != 0]
    return of_index[index], np.asarray(reach, np.float32)


def draw_lines_over(paint: RGB, lines: Gray) -> RGB:
    """Paint times line, the target of the line-art task."""
    return np.rint(paint.astype(np.float32) * (lines[..., None].astype(np.float32) / 255)).astype(np.uint8)


def copy(lines: Gray, hints: RGBA | None = None) -> RGB:
    """The floor: the line art itself."""
    return np.repeat(lines[..., None], 3, axis=2)


def region_fill(lines: Gray, hints: RGBA) -> RGB:
    """Each trapped-ball region in its commonest hint colour, a hint pixel counting as much as it is far from lines."""
    labels, distance = trapped_ball(lines), line_distance(lines)
    hinted = (hints[..., 3] >= 128) & (distance > CLEARANCE)
    paint = np.full((*lines.shape, 3), 255, np.uint8)
    if hinted.any():
        colors, color_index = np.unique(hints[hinted][:, :3], axis=0, return_inverse=True)
        votes = np.zeros((int(labels.max()) + 1, len(colors)))
        np.add.at(votes, (labels[hinted], color_index.ravel()), distance[hinted])
        filled = votes.any(1)[labels]
        paint[filled] = colors[votes.argmax(1)[labels[filled]]]
    return draw_lines_over(paint, lines)


def true_fill(truth: RGB, lines: Gray, hints: RGBA) -> RGB:
    """Each area that truth paints in one colour, in that colour as soon as a hint lies in it, white before: what regions that are found
    and parted without a fault would give. Parts of a line's width are no areas of their own."""
    bins = (truth.astype(np.int32) + 8) // 16
    code = (bins[..., 0] << 10) | (bins[..., 1] << 5) | bins[..., 2]
    inside = line_distance(lines) > 0
    labels, last = np.zeros(lines.shape, np.int32), 0
    for value in np.unique(code[inside]):
        _, parts, stats, _ = cv2.connectedComponentsWithStats(
            ((code == value) & inside).astype(np.uint8), connectivity=4
        )
        parts[stats[parts, cv2.CC_STAT_AREA] < SPECK] = 0
        labels = np.where((parts > 0) & (code == value), parts + last, labels)
        last = int(labels.max())
    if not last:
        return copy(lines)
    labels, _ = nearest_label(labels)
    hinted = np.bincount(labels[(hints[..., 3] >= 128) & inside], minlength=last + 1) > 0
    mass = np.bincount(labels[inside], minlength=last + 1)
    means = [np.bincount(labels[inside], truth[inside][:, c], last + 1) / np.maximum(mass, 1) for c in range(3)]
    colors = np.where(hinted[:, None], np.rint(np.stack(means, 1)), 255).astype(np.uint8)
    return draw_lines_over(colors[labels], lines)


def clear_of_lines(hints: RGBA, lines: Gray) -> RGBA:
    """Hints less those within `CLEARANCE` px of a line: what G'MIC is given, since it takes every spot at its word."""
    kept = hints.copy()
    kept[line_distance(lines) <= CLEARANCE] = 0
    return kept
