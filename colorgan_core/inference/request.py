"""One checked request out of whatever arrays a caller has: all faces of colorgan come through here."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, UsageError
from ..lineart.flats import Flats
from ..picture.ground import Ground, ground_of
from ..picture.palettes import read_palette
from ..picture.paper import light_on
from ..picture.pixels import negative_rgb8, to_8bit, to_rgb8
from ..picture.profiles import to_profile

UInt8 = NDArray[np.uint8]


@dataclass(frozen=True)
class ColorizeRequest:
    """All that is asked for in one job; arrays are uint8 sRGB of the picture's own size unless said otherwise.

    picture: (h, w, 3 or 4). original: the same in its own depth and colour space, None: as it is. profile: ICC of that space, None: sRGB.
    task: "auto", "lineart" or "gray". hints: (h, w, 4), opaque where a hint is. bare: (h, w) bool, regions to leave unpainted.
    merge: (h, w) bool, strokes that join the regions they touch. split: (h, w) bool, strokes that part regions as lines do. kept: flats
    of an earlier job, whose colours stay but where a hint changes them. known: the picture's regions; those of them that are `hinted`
    get exactly this colour (or none), and this name, but where a hint says otherwise, and the network colours the others. references:
    (any, any, 3) each. palette: (n, 3). palette_names: one for each of its colours, "" where one has none; or none at all. seed: which
    variation, when nothing else fixes the colours; 0 or None: what is likeliest, but for line art without hints.
    close_gaps: px of the picture, None: depends on the lines. shade: whether line art gets more than its flats. clean_lines: contours and
    black areas alone, on white, in place of the drawing. colored_lines: whatever is drawn in colour counts as lines. paint: the
    network's picture as it is, without flats. steady: (n, 3) colours that free regions keep to from frame to frame, see steady.py;
    None: a single picture, whose colours need not be alike anywhere else. black_paper: whether the picture is light lines on black paper,
    None: to be seen.
    """

    picture: UInt8
    original: NDArray[Any] | None = None
    profile: bytes | None = None
    task: str = "auto"
    hints: UInt8 | None = None
    bare: NDArray[np.bool_] | None = None
    merge: NDArray[np.bool_] | None = None
    split: NDArray[np.bool_] | None = None
    kept: Flats | None = None
    known: Flats | None = None
    references: tuple[UInt8, ...] = ()
    palette: UInt8 | None = None
    palette_names: tuple[str, ...] = ()
    seed: int | None = None
    close_gaps: int | None = None
    shade: bool = True
    clean_lines: bool = False
    colored_lines: bool = False
    paint: bool = False
    steady: UInt8 | None = None
    black_paper: bool | None = None

    @property
    def native(self) -> NDArray[Any]:
        """The picture in its own depth and colour space."""
        return self.picture if self.original is None else self.original

    @cached_property
    def ground(self) -> Ground:
        """What the drawing lies on."""
        return ground_of(self.picture, bool(self.black_paper))

    @cached_property
    def paper(self) -> NDArray[np.float32] | None:
        """(any, any, 3) a small copy of its paper's light and tint, as a share of white in its own space, of black paper in the negative;
        None where that is white, or black, or none."""
        black = self.ground.black
        found = None if self.ground.clear else light_on((negative_rgb8 if black else to_rgb8)(self.picture))
        if found is None or self.profile is None:
            return found
        paper, white = (
            to_profile(each, self.profile) for each in (1 - found if black else found, np.ones((1, 1, 3), np.float32))
        )
        share = paper / np.maximum(white, 1e-3)
        return np.asarray(1 - share if black else share, np.float32)


@dataclass(frozen=True)
class StylizeRequest:
    """A picture to be drawn in a style. picture: (h, w, 3 or 4) uint8 sRGB. styles: (any, any, 3) uint8 pictures, each with a weight
    over 0. strength: 0..1. preserve_color: keep the picture's colours."""

    picture: UInt8
    styles: tuple[tuple[UInt8, float], ...]
    strength: float = 1.0
    preserve_color: bool = False


def build_style_request(
    array: NDArray[Any], styles: Sequence[tuple[NDArray[Any], float]], *, strength: float, preserve_color: bool
) -> StylizeRequest:
    """What `colorgan_core.stylize` says of its arguments; raises InputError or UsageError where they make no sense."""
    if not styles:
        raise UsageError("At least one style picture must be given.")
    for _, weight in styles:
        if not 0 < weight < float("inf"):
            raise UsageError(f"The weight of a style must be a number over 0, not {weight}.")
    named = tuple((to_rgb8(_picture(style, "The style picture")), float(weight)) for style, weight in styles)
    return StylizeRequest(_picture(array, "The picture"), named, float(strength), preserve_color)


def split_style(text: str) -> tuple[str, float]:
    """`PICTURE` or `PICTURE:WEIGHT` as path and weight; a file whose name has a colon is taken at its word."""
    path, colon, weight = text.rpartition(":")
    if colon and path and not os.path.exists(text):
        try:
            return path, float(weight)
        except ValueError:
            pass
    return text, 1.0


def build_request(
    array: NDArray[Any],
    *,
    original: NDArray[Any] | None = None,
    profile: bytes | None = None,
    task: str = "auto",
    hints: NDArray[Any] | None = None,
    bare: NDArray[np.bool_] | None = None,
    merge: NDArray[np.bool_] | None = None,
    split: NDArray[np.bool_] | None = None,
    kept: Flats | None = None,
    known: Flats | None = None,
    references: Sequence[NDArray[Any]] = (),
    palette: str | NDArray[np.uint8] | None = None,
    seed: int | None = None,
    close_gaps: int | None = None,
    shade: bool = True,
    clean_lines: bool = False,
    colored_lines: bool = False,
    paint: bool = False,
) -> ColorizeRequest:
    """What `colorgan_core.colorize` says of its arguments; raises InputError where shapes or values make no sense."""
    deep = _deep_picture(array, "The picture")
    picture = to_8bit(deep)
    if original is None and deep.dtype != np.uint8:
        original = deep
    size = picture.shape[:2]
    if hints is not None:
        _same_size(hints, size, "hints")
        if hints.ndim != 3 or hints.shape[2] != 4:
            raise InputError(
                "The hints have no transparency, so every pixel would be a hint; they need a transparent background."
            )
        hints = to_8bit(hints)
    for name, mask in (("mask of bare places", bare), ("strokes that join", merge), ("strokes that split", split)):
        if mask is not None:
            _same_size(mask, size, name)
    for flats in (kept, known):
        if flats is not None:
            _same_size(flats.regions.labels, size, "region map")
    names: tuple[str, ...] = ()
    if isinstance(palette, str):
        read = read_palette(palette)
        palette, names = read.colors, read.names
    elif palette is not None:
        palette = np.asarray(palette)
        if palette.ndim != 2 or palette.shape[1] != 3 or not len(palette) or palette.dtype != np.uint8:
            raise InputError(f"A palette is (n, 3) of uint8, not {palette.shape} of {palette.dtype}.")
    return ColorizeRequest(
        picture=picture,
        original=original,
        profile=profile,
        task=task,
        hints=hints,
        bare=bare,
        merge=merge,
        split=split,
        kept=kept,
        known=known,
        references=tuple(to_rgb8(_picture(each, "The reference")) for each in references),
        palette=palette,
        palette_names=names,
        seed=seed,
        close_gaps=close_gaps,
        shade=shade,
        clean_lines=clean_lines,
        colored_lines=colored_lines,
        paint=paint,
    )


def mask_of(array: NDArray[Any]) -> NDArray[np.bool_]:
    """H x W bool of a picture that marks something, grey (H x W) or of 3 or 4 channels: where it is opaque, or, in one without
    transparency, bright."""
    eight = to_8bit(array)
    if eight.ndim == 2:
        return np.asarray(eight >= 128)
    if eight.shape[-1] == 4:
        return np.asarray(eight[..., 3] >= 128)
    return np.asarray(eight.max(-1) >= 128)


def _picture(array: NDArray[Any], name: str) -> NDArray[np.uint8]:
    return to_8bit(_deep_picture(array, name))


def _deep_picture(array: NDArray[Any], name: str) -> NDArray[Any]:
    """H x W x 3 or 4 of uint8, uint16 or float32 in 0..1."""
    array = np.asarray(array)
    if array.ndim == 2:
        array = np.repeat(array[..., None], 3, axis=-1)
    if array.ndim != 3 or array.shape[2] not in (3, 4):
        raise InputError(
            f"{name} must be height x width x 3 or 4, not {' x '.join(map(str, array.shape)) or 'a number'}."
        )
    if 0 in array.shape:
        raise InputError(f"{name} has no pixels: it is {array.shape[1]} x {array.shape[0]}.")
    if array.dtype not in (np.uint8, np.uint16) and array.dtype.kind != "f":
        raise InputError(f"{name} must be of uint8, uint16 or floats, not {array.dtype}.")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise InputError(f"{name} holds values that are not numbers (NaN or infinity).")
    return np.clip(array, 0, 1).astype(np.float32) if array.dtype.kind == "f" else array


def _same_size(array: NDArray[Any], size: tuple[int, ...], name: str) -> None:
    if array.shape[:2] != size:
        raise InputError(
            f"The {name} must be as large as the picture, {size[1]} x {size[0]}, "
            f"not {array.shape[1]} x {array.shape[0]}."
        )
