"""Style transfer at the picture's own size: overlapping tiles, all drawn with one style code."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..inference.loaded import Loaded
from ..inference.prepare import STRIDE, palette_condition
from ..inference.request import StylizeRequest
from ..model.color import lab_to_srgb
from ..model.conditions import Conditions, planes
from ..model.config import PALETTE_SIZE, REFERENCE_SIZE, STYLE
from ..model.generator import Code, paint_of
from ..picture.bands import row_bands
from ..picture.color import srgb_to_lab, to_uint8
from ..picture.gamut import keep_lightness
from ..picture.kmeans import palette_of
from ..picture.pixels import to_rgb8
from ..progress import Advance, counted, unwatched
from .statistics import Statistics, blended, matched, statistics_of

TILE = 512  # px a side; a multiple of STRIDE
# Near a tile's edge the network sees less: what is nearer than EDGE px is thrown away, over the next RAMP px tiles fade into each other.
EDGE, RAMP = 24, 48
OVERLAP = 2 * EDGE + RAMP
RIM = 16  # px that a picture is mirrored beyond its edges
# Even surfaces say nothing of where strokes might lie; from grain too faint to be seen they grow. GRAIN: of 255, standard deviation.
# COARSE: px, sigma of what blurs it; finer grain must be twice as strong for strokes as bold.
GRAIN, COARSE = 1.7, 2.0
DRAWN = 0.85  # of what G draws over the ground; all of it keeps less of the content than the teacher does
WEAVE = 2.0  # px, and cells of 2 px: sigmas
SQUARES = 4  # that a long style picture is cut into at most

UInt8 = NDArray[np.uint8]
Floats = NDArray[np.float32]


def stylize(loaded: Loaded, request: StylizeRequest, advance: Advance = unwatched) -> UInt8:
    """The request's picture in the styles' style, of the same shape; alpha is kept. `advance` is told the share of work done."""
    picture = request.picture
    if request.strength == 0:
        return np.array(picture)
    rgb = to_rgb8(picture)
    look = look_of(loaded, request)
    ground = grained(matched(rgb, statistics_of(rgb), look.statistics))
    drawn = to_uint8(paint_tiles(loaded, ground, look, advance))
    # L1 training makes G timid: what it has drawn gets the styles' contrast once more
    painted = matched(drawn, statistics_of(drawn), look.statistics) / np.float32(255)
    if request.preserve_color:
        # luminance-only transfer (Gatys et al., "Preserving color in neural artistic style transfer", 2016, section 4)
        painted = keep_lightness(srgb_to_lab(painted)[..., 0], srgb_to_lab(rgb)[..., 1:])
    mixed: UInt8 = to_uint8(rgb / np.float32(255) * (1 - request.strength) + painted * np.float32(request.strength))
    return mixed if picture.shape[2] == 3 else np.concatenate([mixed, picture[..., 3:]], 2)


def grained(picture: UInt8) -> UInt8:
    """(h, w, 3) with GRAIN in its lightness, the same in every run, and over the whole, so that tiles agree on it."""
    random = np.random.default_rng(0)
    reach = math.ceil(3 * COARSE)
    kernel = cv2.getGaussianKernel(2 * reach + 1, COARSE, cv2.CV_32F)
    width = picture.shape[1] + 2 * reach
    result = np.empty_like(picture)
    noise = random.standard_normal((2 * reach, width), np.float32)
    for rows in row_bands(*picture.shape[:2]):
        band = picture[rows]
        noise = np.concatenate([noise[-2 * reach :], random.standard_normal((len(band), width), np.float32)])
        soft = cv2.sepFilter2D(noise, -1, kernel, kernel)[reach:-reach, reach:-reach, None]
        result[rows] = to_uint8((band + soft * np.float32(GRAIN / (kernel**2).sum())) / np.float32(255))
    return result


@dataclass(frozen=True)
class Look:
    """What all tiles share: the styles' colour statistics, their palette (1, 8, 4), and their code."""

    statistics: Statistics
    palette: Tensor
    code: Code


def look_of(loaded: Loaded, request: StylizeRequest) -> Look:
    """Of all styles by their weights; a long one counts as the squares that cover it."""
    references, each, shares = [], list[Statistics](), list[float]()
    total = sum(weight for _, weight in request.styles)
    for style, weight in request.styles:
        cut = squares(style)
        references += [
            cv2.resize(square, (REFERENCE_SIZE, REFERENCE_SIZE), interpolation=cv2.INTER_AREA) for square in cut
        ]
        each += [statistics_of(square) for square in cut]
        shares += [weight / total / len(cut)] * len(cut)
    stacked = np.stack(references).astype(np.uint8)
    weight = np.ones(stacked.shape[:3]) * np.array(shares)[:, None, None]
    palette = palette_condition(*palette_of(stacked.reshape(-1, REFERENCE_SIZE, 3), weight, PALETTE_SIZE))
    z = Conditions.empty(STYLE, len(references), STRIDE, STRIDE)._replace(
        reference=planes(torch.from_numpy(stacked)),
        reference_mask=torch.ones(len(references), dtype=torch.bool),
    )
    return Look(blended(each, shares), palette, loaded.code(z.with_palette(palette), torch.tensor(shares)))


def squares(style: UInt8) -> list[UInt8]:
    """Squares of the short side, evenly along the long one: (s, s, 3) each."""
    height, width = style.shape[:2]
    side = min(height, width)
    count = min(SQUARES, -(-max(height, width) // side))
    starts = np.rint(np.linspace(0, max(height, width) - side, count)).astype(int)
    cuts = [style[s : s + side] if height > width else style[:, s : s + side] for s in starts]
    return [np.ascontiguousarray(cut) for cut in cuts]


def paint_tiles(loaded: Loaded, picture: UInt8, look: Look, advance: Advance) -> Floats:
    """(h, w, 3) sRGB in 0..1. The picture is mirrored RIM px beyond its edges, where else a frame would show."""
    rgb = np.asarray(cv2.copyMakeBorder(picture, RIM, RIM, RIM, RIM, _border(picture, RIM)), np.uint8)
    height, width = rgb.shape[:2]
    total = np.zeros((height, width, 3), np.float32)
    mass = np.zeros((height, width, 1), np.float32)
    places = [(top, left) for top in starts(height) for left in starts(width)]
    for top, left in counted(places, advance):
        tile = rgb[top : top + TILE, left : left + TILE]
        weight = fade(top, len(tile), height)[:, None, None] * fade(left, tile.shape[1], width)[None, :, None]
        where = np.s_[top : top + tile.shape[0], left : left + tile.shape[1]]
        total[where] += weight * paint_tile(loaded, tile, look)
        mass[where] += weight
    return np.asarray(total / mass, np.float32)[RIM:-RIM, RIM:-RIM]


def _border(picture: UInt8, rim: int) -> int:
    """Mirrored, or, in a picture too small for that, its last pixel repeated."""
    return cv2.BORDER_REFLECT_101 if rim < min(picture.shape[:2]) else cv2.BORDER_REPLICATE


def paint_tile(loaded: Loaded, tile: UInt8, look: Look) -> Floats:
    height, width = tile.shape[:2]
    below, right = -height % STRIDE, -width % STRIDE
    padded = cv2.copyMakeBorder(tile, 0, below, 0, right, _border(tile, max(below, right)))
    x, z = (
        planes(torch.from_numpy(padded)[None]),
        Conditions.empty(STYLE, 1, *padded.shape[:2]).with_palette(look.palette),
    )
    drawn = lab_to_srgb(paint_of(loaded.predict(x, z, look.code), z))
    strokes = unwoven(drawn[0].permute(1, 2, 0).numpy())[:height, :width]
    return np.asarray(DRAWN * strokes + (1 - DRAWN) / 255 * tile, np.float32)


def unwoven(drawn: Floats) -> Floats:
    """(h, w, 3), h and w even, without the weave of pixel shuffle: what on average around, of all that is finer than WEAVE px, the
    four pixels of each cell differ by. Strokes, which begin anywhere in a cell, stay."""
    fine = drawn - cv2.GaussianBlur(drawn, (0, 0), WEAVE)
    result = np.array(drawn)
    for row, column in itertools.product((0, 1), repeat=2):
        phase = np.s_[row::2, column::2]
        result[phase] -= cv2.GaussianBlur(np.ascontiguousarray(fine[phase]), (0, 0), WEAVE)
    return np.clip(result, 0, 1)


def starts(extent: int) -> list[int]:
    """Where tiles begin along a side of `extent` px: one where it fits, else evenly with an overlap of OVERLAP or more."""
    if extent <= TILE:
        return [0]
    count = -(-(extent - OVERLAP) // (TILE - OVERLAP))
    return [round(start) for start in np.linspace(0, extent - TILE, count)]


def fade(start: int, length: int, extent: int) -> Floats:
    """(length,) weight of a tile along one axis: 1, but falling to 0 towards ends that are not the picture's."""
    weight = np.ones(length, np.float32)
    rising = np.clip((np.arange(length, dtype=np.float32) + 0.5 - EDGE) / RAMP, 0, 1)
    if start > 0:
        weight *= rising
    if start + length < extent:
        weight *= rising[::-1]
    return weight
