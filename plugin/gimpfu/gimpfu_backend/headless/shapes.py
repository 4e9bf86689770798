"""Selections as arrays, and what draws them."""

from __future__ import annotations

import numpy as np


def combined(data, other, operation):
    """ChannelOps: 0 add, 1 subtract, 2 replace, 3 intersect."""
    if operation == 2:
        return other
    wide = data.astype(int)
    made = {0: wide + other, 1: wide - other, 3: np.minimum(wide, other)}[operation]
    return np.clip(made, 0, 255).astype(np.uint8)


def ellipse(width, height, x, y, across, down, soft):
    """Height x width, 0 to 255; soft: by a pixel's distance from the rim, as a part of the way across it."""
    ys, xs = np.mgrid[0:height, 0:width] + 0.5
    a, b = max(across / 2, 1e-6), max(down / 2, 1e-6)
    u, v = (xs - x - a) / a, (ys - y - b) / b
    far = np.hypot(u, v)
    if not soft:
        return (far <= 1) * 255
    slope = np.maximum(np.hypot(u / a, v / b), 1e-9)
    apart = far * (far - 1) / slope  # of first order
    way = np.maximum(np.abs(u) / a, np.abs(v) / b) / slope
    return np.round(255 * np.clip(0.5 - apart * np.where(far > 1e-6, way, 1), 0, 1))


def rounded(width, height, x, y, across, down, rx, ry, soft):
    """A rectangle whose corners are quarters of ellipses."""
    rx, ry = min(rx, across / 2), min(ry, down / 2)
    made = np.zeros((height, width))
    made[max(0, y) : max(0, y + down), max(0, x) : max(0, x + across)] = 255
    if rx <= 0 or ry <= 0:
        return made
    for left, right, cx in ((x, x + rx, x), (x + across - rx, x + across, x + across - 2 * rx)):
        for top, bottom, cy in ((y, y + ry, y), (y + down - ry, y + down, y + down - 2 * ry)):
            corner = np.s_[
                max(0, int(top)) : max(0, int(np.ceil(bottom))), max(0, int(left)) : max(0, int(np.ceil(right)))
            ]
            made[corner] = ellipse(width, height, cx, cy, 2 * rx, 2 * ry, soft)[corner]
    return made


def circle(radius):
    """How far up and down a disc reaches, by column."""
    at = np.abs(np.arange(-radius, radius + 1))
    return np.rint(np.sqrt(radius**2 - np.where(at > 0, at - 0.5, 0) ** 2)).astype(int)


def spread(data, radius, grow=True):
    """The largest (or smallest) value within a disc; beyond the edges there is nothing."""
    edged = np.pad(data[..., 0], radius)
    made = None
    pick = np.maximum if grow else np.minimum
    for dx, reach in zip(range(-radius, radius + 1), circle(radius)):
        for dy in range(-reach, reach + 1):
            part = edged[radius + dy :, radius + dx :][: data.shape[0], : data.shape[1]]
            made = part.copy() if made is None else pick(made, part)
    return made[..., None]


def border(data, radius):
    edged = np.pad(data[..., 0], 1, mode="edge") > 127
    inside = edged[1:-1, 1:-1]
    open_ = ~(edged[:-2, 1:-1] & edged[2:, 1:-1] & edged[1:-1, :-2] & edged[1:-1, 2:])
    rim = ((inside & open_) * np.uint8(255))[..., None]
    return rim if radius < 2 else spread(rim, radius)


def likeness(data, color, kind, threshold, soft, transparent):
    """How far pixels are of a colour, 0 to 1; soft: the edge falls over half the threshold either side.

    kind: GimpImageType. Transparent pixels are of no colour; with `transparent`, only alpha counts.
    """
    values, wanted = (np.asarray(each, np.uint8).astype(np.float32) / np.float32(255) for each in (data, color))
    apart = np.abs(values - wanted)
    alpha = kind % 2
    apart = apart[..., -1] if alpha and transparent else apart[..., : data.shape[-1] - alpha].max(-1)
    limit = np.float32(threshold)
    if soft and limit > 0:
        near = 1.5 - apart / limit
        made = np.where(near <= 0, 0, np.where(near < 0.5, near * 2, 1))
    else:
        made = (apart <= limit).astype(float)
    if alpha and not transparent:
        made = np.where(data[..., -1] == 0, 0, made)
    return made


def polygon(width, height, rings, soft):
    """Height x width, 0 to 255, by the rule of odd crossings; soft: of 16 rows a pixel, each with its exact width."""
    edges = np.concatenate([np.hstack([ring, np.roll(ring, -1, 0)]) for ring in rings])
    steps = 16 if soft else 1
    made = np.zeros((height, width))
    for row in range(height * steps):
        y = (row + 0.5) / steps
        x1, y1, x2, y2 = edges[(edges[:, 1] > y) != (edges[:, 3] > y)].T
        cross = np.sort(x1 + (y - y1) * (x2 - x1) / (y2 - y1)) if len(x1) else x1
        for left, right in zip(cross[::2], cross[1::2]):
            at = np.arange(width)
            if soft:
                made[row // steps] += np.clip(np.minimum(right, at + 1) - np.maximum(left, at), 0, 1) / steps
            else:
                made[row] += (at + 0.5 >= left) & (at + 0.5 < right)
    return np.round(np.minimum(made, 1) * 255)


def flat_path(points, closed=True, steps=32):
    """A stroke's Bezier curves as a line of points."""
    anchors = np.array(points, float).reshape(-1, 3, 2)
    pairs = list(zip(anchors, np.roll(anchors, -1, 0)))
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    made = [
        (1 - t) ** 3 * one[1] + 3 * (1 - t) ** 2 * t * one[2] + 3 * (1 - t) * t**2 * two[0] + t**3 * two[1]
        for one, two in (pairs if closed else pairs[:-1])
    ]
    if not closed and len(anchors):
        made.append(anchors[-1:, 1])
    return np.concatenate(made).ravel().tolist() if made else []
