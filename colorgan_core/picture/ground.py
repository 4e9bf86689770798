"""What a drawing lies on: paper, nothing at all (a transparent layer), or black paper; and where paint may fill what is transparent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from .layers import Blend
from .pixels import alpha_of, to_rgb8

COARSE = 1024  # px, long side of the copy in which transparency is read
INK = 0.7  # of white; darker is ink
WHITE = 230  # of 255; an opaque pixel all of whose channels are above is paper, and no pale ink
FRINGE = 2.0  # px, half-width up to which a transparent place may be nothing but the soft edges of the lines around it

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Ground:
    """black: the paper is black, and the lines are light. clear: the layer holds ink alone, which may be of any colour. cut: (h, w) bool,
    transparent places outside of the picture, where nothing is to be seen whatever is painted there; None: there are none."""

    black: bool = False
    clear: bool = False
    cut: Mask | None = None

    @property
    def lines_blend(self) -> Blend:
        """How the lines lie over paint: dark ones multiply it, light ones on black paper screen it, and ink on a clear layer covers it."""
        return "screen" if self.black else "normal" if self.clear else "multiply"


def ground_of(picture: NDArray[np.uint8], black: bool = False) -> Ground:
    """picture: (h, w, 3 or 4). black: whether its paper is known to be black.

    Where paper is transparent, paint makes it opaque. Two kinds of transparency stay as they are: half-transparent paper, and what is cut
    away around a page. A place that reaches the picture's edge is cut away if its border runs through bare paper. If the border follows
    the lines, or runs at one distance along them (a white halo), the place is paper.
    """
    if picture.shape[2] == 3 or black:
        return Ground(black=black, cut=None if picture.shape[2] == 3 else picture[..., 3] < 255)
    return _Transparency(picture).ground


class _Transparency:
    """Of one picture (h, w, 4): its transparent places, told apart in a copy of at most COARSE px."""

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self.picture = picture
        height, width = picture.shape[:2]
        scale = min(1.0, COARSE / max(height, width))
        size = max(1, round(width * scale)), max(1, round(height * scale))
        self.alpha = np.asarray(cv2.resize(picture[..., 3], size, interpolation=cv2.INTER_AREA))
        shown = np.asarray(cv2.resize(to_rgb8(picture).min(2), size, interpolation=cv2.INTER_AREA))
        self.ink = shown < INK * 255
        self.count, self.places = cv2.connectedComponents((self.alpha < 255).astype(np.uint8), connectivity=8)

    @property
    def ground(self) -> Ground:
        if self.count == 1:
            return Ground()
        away = ~self.is_paper
        away[0] = False
        cut = None
        if away.any():
            size = self.picture.shape[1::-1]
            near = cv2.resize(away[self.places].astype(np.uint8), size, interpolation=cv2.INTER_NEAREST_EXACT)
            cut = np.asarray((near > 0) & (self.picture[..., 3] < 255))
        opaque = self.alpha >= 128
        paper = opaque & (
            cv2.resize(self.picture[..., :3].min(2), opaque.shape[::-1], interpolation=cv2.INTER_AREA) > WHITE
        )
        return Ground(clear=cut is None and paper.sum() < 0.01 * opaque.sum(), cut=cut)

    @cached_property
    def is_paper(self) -> Mask:
        """(count,) bool: which places show paint. Places too narrow to tell by themselves go with most of the others, by area."""
        pale = (self.places > 0) & ~self.ink  # ink may be half transparent on any paper
        nothing, areas = (
            np.bincount(self.places.reshape(-1), each.reshape(-1), self.count) for each in (self.alpha < 6, pale)
        )
        inside = np.asarray(cv2.distanceTransform(pale.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_3))
        half = np.zeros(self.count)
        np.maximum.at(half, np.asarray(self.places, np.int32).reshape(-1), inside.reshape(-1))
        wide = half > FRINGE
        paper = (2 * nothing > areas) & ~self._cut_away()
        most = areas[1:][(wide & paper)[1:]].sum() > areas[1:][(wide & ~paper)[1:]].sum()
        return np.where(wide, paper, most)

    def _cut_away(self) -> Mask:
        """(count,) bool: places at the picture's edge most of whose border is bare paper, at no steady distance to ink."""
        found = np.zeros(self.count, bool)
        for side in (self.places[0], self.places[-1], self.places[:, 0], self.places[:, -1]):
            found[side] = True
        found[0] = False
        if self.ink.any():
            depth = np.asarray(cv2.distanceTransform((~self.ink).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5))
        else:
            depth = np.full(self.ink.shape, np.float32(np.hypot(*self.ink.shape)))
        beside = cv2.dilate(self.places.astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32)
        border = (self.places == 0) & (beside > 0)
        for place in np.flatnonzero(found):
            distance = depth[border & (beside == place)]
            if len(distance):
                rim = float(np.median(distance))
                steady = np.abs(distance - rim) <= max(FRINGE, rim / 2)
                found[place] = not self.ink.any() or steady.mean() < 0.5
            else:
                found[place] = False
        return found


def opacity_below(ground: Ground, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(h, w) in 0..1, of what lies below the lines of a picture (h, w, 3 or 4) where it is painted."""
    if ground.cut is None:
        return np.broadcast_to(np.float32(1), picture.shape[:2])
    return np.where(ground.cut, alpha_of(picture), np.float32(1))
