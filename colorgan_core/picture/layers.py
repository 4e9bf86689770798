"""A picture in layers, and the picture that its layers show together.

Source: W3C, Compositing and Blending Level 1, sections 5.1 (source over), 9.1.2 (blending), 10.1.2 (multiply), 10.1.3 (screen)
and 10.1.9 (hard-light). All on sRGB values as they are stored, which is how drawing programs blend in 8 and 16 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .bands import BAND, each_band, row_bands

__all__ = [
    "Blend",
    "Drawn",
    "Group",
    "Layer",
    "Layered",
    "bounds",
    "each_layer",
    "flatten",
    "from_unit",
    "hard_light",
    "hard_light_for",
    "multiply",
    "screen",
    "to_unit",
]

Blend = Literal["normal", "multiply", "hard-light", "screen"]
Array = NDArray[Any]
Float = NDArray[np.floating[Any]]
Float32 = NDArray[np.float32]

# What full colour and full opacity are in each kind of number a layer may hold.
FULL: dict[np.dtype[Any], int] = {np.dtype(np.uint8): 255, np.dtype(np.uint16): 65535, np.dtype(np.float32): 1}


class Drawn:
    """An array (h, w, c) whose rows are made when they are read: a large picture has no room for all its layers at once.

    Indexed and converted as an array is; reading some rows by a slice makes no more than these.
    """

    ndim = 3

    def __init__(self, shape: tuple[int, int, int], dtype: np.dtype[Any], draw: Callable[[slice], Array]) -> None:
        """draw: of a slice of rows, with start and stop and without a step, their pixels."""
        self.shape, self.dtype, self.draw = shape, np.dtype(dtype), draw

    @property
    def size(self) -> int:
        height, width, channels = self.shape
        return height * width * channels

    def __getitem__(self, index: Any) -> Array:
        first, *others = index if isinstance(index, tuple) else (index,)
        if not isinstance(first, slice) or first.step not in (None, 1):
            return np.asarray(np.asarray(self)[index])
        start, stop, _ = first.indices(self.shape[0])
        rest = (slice(None), *others)
        return np.asarray(self._rows(start, max(start, stop))[rest])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.asarray(self._rows(0, self.shape[0]), dtype)

    def _rows(self, start: int, stop: int) -> Array:
        pixels = np.empty((stop - start, *self.shape[1:]), self.dtype)

        def fill(rows: slice) -> None:
            pixels[rows] = self.draw(slice(start + rows.start, start + rows.stop))

        if pixels.shape[0] * pixels.shape[1] <= BAND:
            fill(slice(0, len(pixels)))  # one band of somebody else's
        else:
            each_band(pixels.shape, fill)
        return pixels


@dataclass(frozen=True)
class Layer:
    """One layer. `name`: printable, not empty; `pixels`: H x W x 4 RGBA, uint8, uint16 or float32 in 0..1, opacity not
    multiplied in; `opacity`: of the whole layer, 0..1."""

    name: str
    pixels: Array | Drawn
    blend: Blend = "normal"
    opacity: float = 1.0
    visible: bool = True

    def __post_init__(self) -> None:
        assert self.name and self.name.isprintable(), f"no name for a layer: {self.name!r}"
        assert self.pixels.ndim == 3 and self.pixels.shape[2] == 4 and self.pixels.size, self.pixels.shape
        assert self.pixels.dtype in FULL, self.pixels.dtype
        assert 0 <= self.opacity <= 1, self.opacity


@dataclass(frozen=True)
class Group:
    """Layers under one name, bottom to top. They blend with each other alone, and what they show together lies on what is below the
    group: an isolated group. Krita 5.1 shows nothing at all of a document whose only layer is a group that passes through."""

    name: str
    members: tuple[Layer | Group, ...]

    def __post_init__(self) -> None:
        assert self.name and self.name.isprintable(), f"no name for a group: {self.name!r}"


@dataclass(frozen=True)
class Layered:
    """A whole picture: `layers` bottom to top, all of one size and one kind of numbers, at least one; `profile`: the
    bytes of its ICC profile, None for sRGB."""

    layers: tuple[Layer | Group, ...]
    profile: bytes | None = None

    def __post_init__(self) -> None:
        kinds = {(layer.pixels.shape, layer.pixels.dtype) for layer in each_layer(self.layers)}
        assert len(kinds) == 1, f"layers of one picture have one size and depth, not {kinds}"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        height, width = next(each_layer(self.layers)).pixels.shape[:2]
        return width, height

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the pixels: uint8, uint16 or float32."""
        return next(each_layer(self.layers)).pixels.dtype


def each_layer(members: tuple[Layer | Group, ...]) -> Iterator[Layer]:
    """All layers, bottom to top, those inside groups too."""
    for member in members:
        if isinstance(member, Group):
            yield from each_layer(member.members)
        else:
            yield member


def flatten(layered: Layered) -> Array:
    """H x W x 4 of the layers' dtype, opacity not multiplied in: what the visible layers show together.

    Exact where nothing is to be computed: an opaque normal layer gives its own colours, a transparent pixel of any
    layer leaves what is below it, and so does white in a multiply layer above opaque pixels. (Above transparent ones
    the white itself shows, as the formulas have it.) Colours below full transparency are not kept in general.
    """
    width, height = layered.size
    result = np.zeros((height, width, 4), layered.dtype)

    def fill(rows: slice) -> None:
        result[rows] = from_unit(_together(layered.layers, rows, result[rows].shape), layered.dtype)

    each_band(result.shape, fill)
    return result


def _together(members: tuple[Layer | Group, ...], rows: slice, shape: tuple[int, ...]) -> Float32:
    """What the visible members show together on glass in some rows, h x w x 4 in 0..1."""
    below = np.zeros(shape, np.float32)
    for member in members:
        if isinstance(member, Group):
            below = _composite(below, _together(member.members, rows, shape), "normal", 1.0)
        elif member.visible:
            pixels = member.pixels[rows]
            if pixels[..., 3].any():
                below = _composite(below, to_unit(pixels), member.blend, member.opacity)
    return below


def _composite(below: Float32, above: Float32, blend: Blend, opacity: float) -> Float32:
    """A layer's pixels `above` over the picture so far; both h x w x 4 float32 in 0..1, as is the result.

    Written with the share that the layer has in the result, so that shares of 0 and 1 leave no rounding behind.
    """
    bottom, bottom_alpha = below[..., :3], below[..., 3:]
    top, top_alpha = above[..., :3], above[..., 3:] * np.float32(opacity)
    if blend != "normal":
        blended = BLENDED[blend](bottom, top)
        top = np.asarray((1 - bottom_alpha) * top + bottom_alpha * blended, np.float32)
    alpha = np.where(top_alpha == 1, np.float32(1), bottom_alpha + top_alpha * (1 - bottom_alpha))
    share = np.divide(top_alpha, alpha, out=np.zeros_like(top_alpha), where=alpha > 0)
    color = np.where(share == 1, top, bottom + share * (top - bottom))
    return np.concatenate([color, alpha], axis=-1, dtype=np.float32)


def multiply(bottom: Float, top: Float) -> Float:
    """The product of two arrays of values in 0..1; 1 in `top` leaves `bottom`."""
    return bottom * top


def screen(bottom: Float, top: Float) -> Float:
    """The negative of the product of two negatives, of values in 0..1; 0 in either leaves the other."""
    return bottom + top * (1 - bottom)


def hard_light(bottom: Float, top: Float) -> Float:
    """`top` below 0.5 multiplies `bottom`, above it screens; values in 0..1, and 0.5 in `top` leaves `bottom`."""
    return np.where(top <= 0.5, bottom * (2 * top), 1 - 2 * (1 - bottom) * (1 - top))


BLENDED: dict[Blend, Callable[[Float, Float], Float]] = {
    "multiply": multiply,
    "hard-light": hard_light,
    "screen": screen,
}


def hard_light_for(flat: Float, wanted: Float) -> Float:
    """The `top` in 0..1 with `hard_light(flat, top) == wanted`, for values in 0..1.

    There is one for each pair: black can be screened to anything, and white multiplied. Where all of them would do
    (black that stays black, white that stays white) it is 0.5, as everywhere that nothing changes.
    """
    darker = wanted <= flat
    # Each branch's divisor is put to 1 where the other branch is taken, or where it would be 0.
    darken = wanted / np.where(darker & (flat > 0), 2 * flat, 1)
    lighten = 1 - (1 - wanted) / np.where(darker, 1, 2 * (1 - flat))
    return np.where(wanted == flat, 0.5, np.where(darker, darken, lighten)).astype(np.result_type(flat, wanted))


def to_unit(pixels: Array) -> Float32:
    """Float32 in 0..1 from a layer's numbers, the same shape."""
    return np.asarray(pixels / np.float32(FULL[pixels.dtype]), np.float32)


def from_unit(values: Float, dtype: np.dtype[Any]) -> Array:
    """Float in 0..1 to uint8 or uint16, rounded to nearest, or to float32; the same shape."""
    if dtype == np.float32:
        return np.asarray(values, np.float32)
    return np.clip(np.rint(values * FULL[dtype]), 0, FULL[dtype]).astype(dtype)


def bounds(pixels: Array | Drawn) -> tuple[int, int, int, int]:
    """Top, left, bottom, right of what is not fully transparent in H x W x 4, the last two past the end; zeros where
    nothing is."""
    height, width = pixels.shape[:2]
    in_row, in_column = np.zeros(height, bool), np.zeros(width, bool)
    for band in row_bands(height, width):
        seen = pixels[band][..., 3] > 0
        in_row[band] = seen.any(axis=1)
        in_column |= seen.any(axis=0)
    rows, columns = np.flatnonzero(in_row), np.flatnonzero(in_column)
    if not rows.size:
        return 0, 0, 0, 0
    return int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1
