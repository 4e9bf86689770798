"""Moving a composition with its truth: pictures smoothly, surfaces to the nearest pixel (torchvision.transforms.v2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision import tv_tensors
from torchvision.transforms.v2 import InterpolationMode, functional

from .composition import Composition

EDGE = 0.04  # of the side: within that of the picture's edge an elastic move fades, so that nothing comes from outside


def elastic(composition: Composition, right: NDArray[np.float32], down: NDArray[np.float32]) -> Composition:
    """Every pixel is taken from `right`, `down` px away; (h, w) each."""
    height, width = composition.surfaces.shape
    rows, columns = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)
    inset = np.minimum(np.minimum(rows, height - 1 - rows), np.minimum(columns, width - 1 - columns))
    fade = np.clip(inset / (EDGE * composition.size), 0, 1)
    shift = torch.from_numpy(np.stack([right * fade * (2 / width), down * fade * (2 / height)], 2)[None].astype(np.float32))

    def move(picture: Tensor, smooth: bool, fill: float) -> Tensor:
        mode = InterpolationMode.BILINEAR if smooth else InterpolationMode.NEAREST
        moved: Tensor = functional.elastic(picture, shift, interpolation=mode, fill=[fill])
        return moved

    return moved_by(composition, move)


def perspective(composition: Composition, corners: Sequence[tuple[float, float]]) -> Composition:
    """The page seen at an angle. corners: where its four corners come to lie, x, y in px from the upper left one clockwise."""
    return moved_by(composition, perspective_move(composition.surfaces.shape, corners))


def perspective_move(
    shape: tuple[int, ...], corners: Sequence[tuple[float, float]]
) -> Callable[[Tensor, bool, float], Tensor]:
    """What moves a picture (c, h, w) so: of the picture, whether smoothly, and what lies outside the page."""
    height, width = shape[:2]
    start = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
    end = [[round(x), round(y)] for x, y in corners]

    def move(picture: Tensor, smooth: bool, fill: float) -> Tensor:
        mode = InterpolationMode.BILINEAR if smooth else InterpolationMode.NEAREST
        moved: Tensor = functional.perspective(picture, start, end, interpolation=mode, fill=[fill])
        return moved

    return move


def moved_by(composition: Composition, move: Callable[[Tensor, bool, float], Tensor]) -> Composition:
    """A composition whose colour, ink and surfaces were all moved in one way."""
    seen = np.concatenate([composition.color, composition.ink[..., None]], 2)
    picture = move(tv_tensors.Image(torch.from_numpy(seen).permute(2, 0, 1)), True, 255).permute(1, 2, 0).numpy()
    labels = move(tv_tensors.Mask(torch.from_numpy(composition.surfaces)[None]), False, 0)[0].numpy()
    return replace(
        composition,
        color=np.ascontiguousarray(picture[..., :3]),
        ink=np.ascontiguousarray(picture[..., 3]),
        surfaces=np.ascontiguousarray(labels, np.int32),
    )
