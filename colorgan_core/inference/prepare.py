"""A request for a grey picture as G's input: scaled to the working size, padded, hints flooded, everything in Lab / 100."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..lineart.flood import flood_gray
from ..lineart.strokes import Hinted
from ..model.conditions import Conditions, hint_map, palette_tokens, planes
from ..model.config import GRAY, PALETTE_SIZE, REFERENCE_SIZE
from ..picture.color import lab_to_srgb, to_uint8
from ..picture.kmeans import palette_of
from ..picture.upsample import shrink_labels
from .request import ColorizeRequest

WORKING_SIZE = 160  # px, long side: what G saw last in training; at 192 deltae without hints is 1 to 2 % more
STRIDE = 32  # both sides are padded to multiples of it, for every preset
HINT_SHARE = 0.2  # of a working pixel that hints must cover to be seen there

UInt8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Canvas:
    """Where the picture lies on the padded working canvas: its top left `height` x `width`; labels: (height, width) regions there."""

    height: int
    width: int
    labels: NDArray[np.int32]


@dataclass(frozen=True)
class Prepared:
    """x: (b, 3, H, W) and z as G takes them, H and W multiples of 32."""

    x: Tensor
    z: Conditions
    canvas: Canvas

    def with_palettes(self, palettes: Tensor) -> Prepared:
        """One picture as a batch of n, each with one of palettes (n, 8, 4) as a condition."""
        z = Conditions(*(value.repeat_interleave(len(palettes), 0) for value in self.z)).with_palette(palettes)
        return replace(self, x=self.x.repeat(len(palettes), 1, 1, 1), z=z)

    @property
    def palette(self) -> UInt8 | None:
        """The (n, 3) colours of the first palette, None where there is none."""
        present = self.z.palette_mask[0]
        return to_uint8(lab_to_srgb(self.z.palette[0, present, :3].numpy() * 100)) if present.any() else None


def palette_condition(colors: UInt8, areas: NDArray[np.float32] | None = None) -> Tensor:
    """(n, 3) uint8 and shares (n,), by default all alike, to (1, 8, 4); more than 8 colours are reduced to 8 by k-means."""
    if len(colors) > PALETTE_SIZE:
        colors, _ = palette_of(colors[None], np.ones((1, len(colors))), PALETTE_SIZE)
    padded, shares = np.zeros((1, PALETTE_SIZE, 3), np.uint8), np.zeros((1, PALETTE_SIZE), np.float32)
    padded[0, : len(colors)], shares[0, : len(colors)] = colors, 1 / len(colors) if areas is None else areas
    return palette_tokens(torch.from_numpy(padded), torch.from_numpy(shares))


def prepare(request: ColorizeRequest, rgb: UInt8, hinted: Hinted, long_side: int) -> Prepared:
    """A grey picture. rgb: (h, w, 3), the request's picture on white. Scales so that the long side is `long_side`, up or down.

    It has no palette until `with_palettes` gives one.
    """
    native_height, native_width = rgb.shape[:2]
    scale = long_side / max(native_height, native_width)
    height, width = max(1, round(native_height * scale)), max(1, round(native_width * scale))
    labels = shrink_labels(hinted.regions.labels, height, width)
    below, right = -height % STRIDE, -width % STRIDE

    def pad(plane: NDArray[Any], value: int = 0, edge: bool = False) -> Tensor:
        border = cv2.BORDER_REPLICATE if edge else cv2.BORDER_CONSTANT
        whole = cv2.copyMakeBorder(plane, 0, below, 0, right, border, value=(value, value, value))
        return torch.from_numpy(np.ascontiguousarray(whole))[None]

    gray = _grays(_scale(rgb, height, width))
    x = pad(gray, edge=True)
    z = Conditions.empty(GRAY, 1, *x.shape[1:3])
    colors, mask, bare = hint_planes(request, rgb.shape[:2])
    if mask.any() or bare.any():
        raw = _shrink_hints(colors, mask, bare, height, width)
        filled, reached = flood_gray(gray[..., 0], raw[0], raw[1] > 0)
        flood = filled, reached, np.zeros_like(reached)
        hints, reaching = (
            hint_map(*(pad(plane.astype(np.uint8)) > 0 if n else pad(plane) for n, plane in enumerate(each)))
            for each in (raw, flood)
        )
        z = z._replace(hints=hints, flood=reaching)
    if request.references:
        square = cv2.resize(request.references[0], (REFERENCE_SIZE, REFERENCE_SIZE), interpolation=cv2.INTER_AREA)
        z = z._replace(reference=planes(torch.from_numpy(square)[None]), reference_mask=torch.ones(1, dtype=torch.bool))
    return Prepared(planes(x), z, Canvas(height, width, labels))


def _scale(plane: NDArray[Any], height: int, width: int) -> UInt8:
    shrinks = height < plane.shape[0]
    scaled = cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.asarray(scaled, np.uint8)


def _grays(rgb: UInt8) -> UInt8:
    """The grey of the same L*, in three channels."""
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    lab[..., 1:] = 0
    return np.clip(np.rint(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB) * 255), 0, 255).astype(np.uint8)


def hint_planes(request: ColorizeRequest, shape: tuple[int, ...]) -> tuple[UInt8, NDArray[np.bool_], NDArray[np.bool_]]:
    """Colour hints, their mask and the bare mask at native size; a hint counts where it is at least half opaque."""
    nothing = np.zeros(shape, bool)
    bare = nothing if request.bare is None else request.bare
    if request.hints is None:
        return np.zeros((*shape, 3), np.uint8), nothing, bare
    mask = request.hints[..., 3] >= 128
    return request.hints[..., :3], mask, nothing if request.bare is None else bare & ~mask


def _shrink_hints(
    colors: UInt8, mask: NDArray[np.bool_], bare: NDArray[np.bool_], height: int, width: int
) -> tuple[UInt8, UInt8, UInt8]:
    """Hints at the working size: a pixel's colour is the mean of the hints in it, so that thin strokes are not lost."""
    if height > mask.shape[0] or width > mask.shape[1]:
        size = (width, height)
        colors = np.asarray(cv2.resize(colors, size, interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)
        mask, bare = (
            cv2.resize(each.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST_EXACT) > 0 for each in (mask, bare)
        )
    place, cell = _cells(mask, height, width)
    said, count = colors[mask], height * width  # hints are few, and pictures large
    pixels = np.bincount(place, minlength=count)
    mean = np.stack([np.bincount(place, said[:, c], count) for c in range(3)], 1) / np.maximum(pixels, 1)[:, None]
    seen = (pixels >= HINT_SHARE * cell).reshape(height, width, 1)
    color = np.where(seen, np.rint(mean).reshape(height, width, 3), 0).astype(np.uint8)
    place, cell = _cells(bare, height, width)
    stripped = (np.bincount(place, minlength=count) >= HINT_SHARE * cell).reshape(height, width)
    return color, seen[..., 0].astype(np.uint8), stripped.astype(np.uint8)


def _cells(mask: NDArray[np.bool_], height: int, width: int) -> tuple[NDArray[np.int64], float]:
    """In which of height x width cells, numbered row by row, each pixel of a mask (h, w) lies, and how many pixels a cell has."""
    row, column = np.divmod(np.flatnonzero(mask), mask.shape[1])
    place = row * height // mask.shape[0] * width + column * width // mask.shape[1]
    return place, mask.size / (height * width)
