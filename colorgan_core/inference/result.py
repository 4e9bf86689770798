"""From flats and paint to the result: in the picture's own depth and colour space, whole or in layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..gray.even import even_parts, evened
from ..lineart.flats import Flats, Paint
from ..lineart.holds import Holds
from ..lineart.regions import Regions, one_region
from ..lineart.strokes import Hinted
from ..picture.bands import each_band
from ..picture.color import lab_to_srgb, srgb_to_lab
from ..picture.gamut import keep_lightness
from ..picture.ground import Ground, opacity_below
from ..picture.layers import FULL, Drawn, Group, Layer, Layered, from_unit, hard_light, hard_light_for, screen, to_unit
from ..picture.paper import enlarged
from ..picture.profiles import from_profile, to_profile
from ..picture.upsample import Guide, guided_upsample, shrink_labels
from ..progress import Advance, unwatched
from .request import ColorizeRequest

LAYERS = ("flats", "shade", "lines", "holds")  # bottom to top
NEUTRAL = 0.5  # what changes nothing in hard light
BLACK_PAPER = "paper"  # the name of bare paper among named flats
LEAST_CHANGE = 0.05  # of L*, a* or b*, that shade is laid for

UInt8 = NDArray[np.uint8]
Array = NDArray[Any]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Painting:
    """The result. task: "lineart" or "gray". palette: (n, 3) uint8 given or chosen, or None. flats, shade: of line art, unless the
    network's picture itself was asked for; shade (h, w, 4) as the picture, to be laid over the flats in hard light, or None. holds: lines
    with a colour of their own. drawn: the whole picture, of what has no flats; soft: (h, w) in 0..1, where line art's is painted.
    notes: sentences that the person should read, however much they want to know."""

    request: ColorizeRequest
    task: str
    palette: UInt8 | None
    regions: Regions
    flats: Flats | None = None
    shade: Array | None = None
    holds: Holds | None = None
    drawn: Array | None = None
    soft: Floats | None = None
    notes: tuple[str, ...] = ()

    @property
    def coverage(self) -> NDArray[Any]:
        """(h, w) in 0..1, where paint is."""
        if self.flats is not None:
            return self.flats.painted[self.flats.regions.labels]
        return np.ones(self.regions.labels.shape, bool) if self.soft is None else self.soft

    @cached_property
    def picture(self) -> Array:
        """(h, w, 3 or 4) in the depth and colour space of the request's."""
        return self.composed()

    def composed(self, advance: Advance = unwatched) -> Array:
        """The same, rendered again: holds over lines over shade over flats over paper."""
        if self.drawn is not None:
            return self.drawn
        flats, request, shade = self.flats, self.request, self.shade
        assert flats is not None
        native, ground, labels = request.native, request.ground, flats.regions.labels
        colors, painted_regions = native_colors(flats, request), flats.painted.astype(np.float32)[:, None]
        picture = np.empty((*native.shape[:2], 4 if native.shape[2] == 4 else 3), native.dtype)

        def fill(rows: slice) -> None:
            label = labels[rows]
            color, painted, lines = (
                colors[label],
                painted_regions[label],
                on_even_paper(request, painted_regions[label], rows),
            )
            if shade is not None:
                top = to_unit(shade[rows])
                color = np.where(top[..., 3:] > 0, hard_light(color, top[..., :3]), color)
            cut = None if ground.cut is None else ground.cut[rows, :, None]
            drawn = under_lines(lines, color, painted, ground, cut)
            if self.holds is not None:
                base = drawn[..., 3:] if cut is None else np.where(cut, 1, drawn[..., 3:])
                above = over(self._held(rows), drawn[..., :3], base)
                drawn = np.dstack(
                    [above[..., :3], above[..., 3:] if cut is None else np.where(cut, drawn[..., 3:], above[..., 3:])]
                )
            picture[rows] = from_unit(drawn[..., : picture.shape[2]], native.dtype)

        each_band(labels.shape, fill, advance)
        return picture

    def layered(self, wanted: tuple[str, ...] = LAYERS) -> Layered:
        """The wanted ones of LAYERS as a picture in layers; flats of named palette colours lie on a layer each. Raises UsageError where
        the picture has none of them."""
        assert self.flats is not None, "only flats have layers"
        request, native = self.request, self.request.native
        members: list[Layer | Group] = []
        if "flats" in wanted:
            members.append(self._flats())
        if "shade" in wanted and self.shade is not None:
            members.append(Layer("shade", self.shade, "hard-light"))
        if "lines" in wanted:
            if request.clean_lines:
                members.insert(0, Layer("paper", white(native)))
                members.append(Layer("lines", dark_ink(native), "normal"))
            else:
                members.append(Layer("lines", self._lines(), request.ground.lines_blend))
        if "holds" in wanted and self.holds is not None:
            members.append(Layer("holds", self._holds_pixels(below(request)), "normal"))
        if not members:
            raise UsageError(f"This picture has no {' and no '.join(wanted)}, so no layer of it can be written.")
        return Layered(tuple(members), request.profile)

    def _lines(self) -> Array | Drawn:
        """(h, w, 4) the drawing, on even paper where it is painted."""
        assert self.flats is not None
        request, flats, native = self.request, self.flats, self.request.native
        if request.paper is None and native.shape[2] == 4:
            return native

        def draw(rows: slice) -> Array:
            if request.paper is None:
                return with_alpha(native[rows])
            painted = flats.painted[flats.regions.labels[rows]].astype(np.float32)[..., None]
            return with_alpha(from_unit(on_even_paper(request, painted, rows), native.dtype))

        return as_layer(native, draw)

    def _held(self, rows: slice) -> Floats:
        """(n, w, 4) the holds' colours, as opaque as hides nearly all ink below them, soft edges, too."""
        holds, request = self.holds, self.request
        assert holds is not None
        lines, label = to_unit(request.native[rows]), holds.labels[rows]
        light = 1 - ink_opacity(lines, request.ground)
        colors = in_space(np.pad(holds.colors, ((1, 0), (0, 0)))[None] / np.float32(255), request)[0]
        return np.dstack([colors[label], np.where(label > 0, 1 - light**2, 0)]).astype(np.float32)

    def _holds_pixels(self, opacity: Floats) -> Array:
        """(h, w, 4) the coloured lines, transparent elsewhere."""
        assert self.holds is not None
        pixels = np.zeros((*self.holds.labels.shape, 4), self.request.native.dtype)

        def fill(rows: slice) -> None:
            if self.holds is not None and self.holds.labels[rows].any():
                held = self._held(rows)
                held[..., 3] *= opacity[rows]
                pixels[rows] = np.where(held[..., 3:] > 0, from_unit(held, pixels.dtype), 0)

        each_band(pixels.shape, fill)
        return pixels

    def _flats(self) -> Layer | Group:
        flats, request = self.flats, self.request
        assert flats is not None
        opacity = below(request)
        names = [name or "others" for name in flats.names] if any(flats.names) else ["flats"] * len(flats.names)
        bare = BLACK_PAPER if request.ground.black else ""
        kinds = np.array([name if painted else bare for name, painted in zip(names, flats.painted, strict=True)])
        found = [kind for kind in dict.fromkeys(kinds.tolist()) if kind]
        if not any(flats.names):
            return Layer("flats", self._flat_pixels(kinds != "", opacity))
        layers = [Layer(kind, self._flat_pixels(kinds == kind, opacity)) for kind in found]
        return Group("flats", tuple(layers)) if layers else Layer("flats", self._flat_pixels(kinds != "", opacity))

    def _flat_pixels(self, which: NDArray[np.bool_], opacity: Floats) -> Drawn:
        """(h, w, 4) the colours of those regions, black where they are bare, transparent elsewhere."""
        flats, request = self.flats, self.request
        assert flats is not None
        dtype = request.native.dtype
        colors = np.where(flats.painted[:, None], native_colors(flats, request), np.float32(0))
        table = from_unit(np.column_stack([colors, np.ones(len(which), np.float32)]), dtype)
        table = np.where(which[:, None], table, 0).astype(dtype)

        def draw(rows: slice) -> Array:
            label = flats.regions.labels[rows]
            pixels = np.take(table, label, 0, mode="clip")
            if not (opacity[rows] == 1).all():
                pixels[..., 3] = from_unit(which[label] * opacity[rows], dtype)
            return pixels

        return as_layer(request.native, draw)


def in_group(layered: Layered) -> Layered:
    """The same layers in one group, "colorgan": what files of layers hold."""
    return Layered((Group("colorgan", layered.layers),), layered.profile)


def flat_painting(
    request: ColorizeRequest,
    flats: Flats,
    palette: UInt8 | None,
    advance: Advance = unwatched,
    holds: Holds | None = None,
) -> Painting:
    """Line art as flats and, where they have relief, shade; holds: its lines that have colours of their own."""
    shade = None
    if flats.relief is not None and request.shade:
        shade = shade_of(request, flats, flats.relief, advance)
    return Painting(request, "lineart", palette, flats.regions, flats, shade, holds)


def under_lines(lines: Floats, color: Floats, painted: Floats, ground: Ground, cut: Array | None) -> Floats:
    """(h, w, 4) what is to be seen of colour (h, w, 3), as opaque as `painted` (h, w, 1), below lines (h, w, 3 or 4). cut: (h, w, 1)
    where opacity stays as it is; None: nowhere.

    On black paper light lines screen paint. On a clear layer ink covers paint as its opacity has it. Elsewhere lines multiply paint, and
    paint fills what is transparent (W3C, Compositing and Blending Level 1, 10.1.2 and 10.1.3).
    """
    if ground.black:
        shown = screen(painted * color, lines[..., :3])
        return np.concatenate([shown, lines[..., 3:] if lines.shape[2] == 4 else np.ones_like(painted)], 2)
    if ground.clear:
        return over(lines, color, painted)
    inked = lines[..., :3] * (painted * color + (1 - painted))
    if lines.shape[2] == 3:
        return np.concatenate([inked, np.ones_like(painted)], 2)
    ink = lines[..., 3:]
    alpha = ink + painted * (1 - ink)
    filled = np.where(alpha > 0, (ink * inked + (1 - ink) * painted * color) / np.maximum(alpha, 1e-6), lines[..., :3])
    kept = np.asarray(ink == 1) | (False if cut is None else cut)
    return np.concatenate([np.where(kept, inked, filled), np.where(kept, ink, alpha)], 2)


def on_even_paper(request: ColorizeRequest, painted: Floats, rows: slice) -> Floats:
    """(n, w, 3 or 4) rows of the picture, divided by its paper as far as they are `painted` (n, w, 1), on black paper in the negative:
    a scan's tint neither dims nor lights paint, and bare paper stays as it is."""
    lines = to_unit(request.native[rows])
    if request.paper is None or not painted.any():
        return lines
    paper, black = enlarged(request.paper, rows, request.native.shape), request.ground.black
    shown = 1 - lines[..., :3] if black else lines[..., :3]
    lit = np.minimum(shown / np.maximum(paper, 1e-3), np.maximum(shown, 1))
    lines[..., :3] += painted * ((1 - lit if black else lit) - lines[..., :3])
    return to_unit(from_unit(lines, request.native.dtype))  # as a layer holds them


def ink_opacity(lines: Floats, ground: Ground) -> Floats:
    """(h, w) in 0..1, how much lines (h, w, 3 or 4) hide of what lies below them."""
    if ground.black:
        return np.asarray(lines[..., :3].max(2))
    opacity = lines[..., 3] if lines.shape[2] == 4 else np.float32(1)
    return np.asarray(opacity if ground.clear else opacity * (1 - lines[..., :3].min(2)))


def as_layer(native: Array, draw: Callable[[slice], Array]) -> Drawn:
    """(h, w, 4) of a picture's size and depth, which `draw` makes of a slice of rows."""
    return Drawn((*native.shape[:2], 4), native.dtype, draw)


def dark_ink(native: Array) -> Drawn:
    """(h, w, 4) black, as opaque as grey lines (h, w, 3) on white are dark."""

    def draw(rows: slice) -> Array:
        pixels = np.zeros((*native[rows].shape[:2], 4), native.dtype)
        np.subtract(FULL[native.dtype], native[rows, :, 0], out=pixels[..., 3], casting="unsafe")
        return pixels

    return as_layer(native, draw)


def white(native: Array) -> Drawn:
    """(h, w, 4) opaque white of a picture's size and depth."""
    return as_layer(native, lambda rows: np.full((*native[rows].shape[:2], 4), FULL[native.dtype], native.dtype))


def over(lines: Floats, color: Floats, painted: Floats) -> Floats:
    """(h, w, 4) lines with opacity over colour where painted, opacity not multiplied in."""
    ink = lines[..., 3:]
    alpha = ink + painted * (1 - ink)
    mixed = (ink * lines[..., :3] + (1 - ink) * painted * color) / np.maximum(alpha, 1e-6)
    return np.concatenate([np.where(alpha > 0, mixed, lines[..., :3]), alpha], 2)


def shade_of(request: ColorizeRequest, flats: Flats, relief: Floats, advance: Advance = unwatched) -> Array:
    """(h, w, 4) what makes of each flat colour the paint's light and dark around its region's mean, in hard light.

    Transparent where that is nothing, so that flats stay exact there.
    """
    labels, dtype = flats.regions.labels, request.native.dtype
    base = srgb_to_lab(flats.colors[None])[0]
    colors = native_colors(flats, request)
    opacity = below(request)
    guide = Guide(relief, shrink_labels(labels, *relief.shape[:2]), labels)
    shade = np.empty((*labels.shape, 4), dtype)
    nothing = from_unit(np.array([NEUTRAL, NEUTRAL, NEUTRAL, 0], np.float32), dtype)

    def fill(rows: slice) -> None:
        change, label = guide.band(rows), labels[rows].reshape(-1)
        for channel in range(4):  # three times as fast as four numbers a pixel
            shade[rows, :, channel] = nothing[channel]
        at = np.flatnonzero(cv2.inRange(change, (-LEAST_CHANGE,) * 3, (LEAST_CHANGE,) * 3) == 0)
        at = at[flats.painted[label[at]]]
        if not len(at):  # most of a picture is flat, or bare
            return
        mine = label[at]
        shaded = in_space(lab_to_srgb(base[mine] + change.reshape(-1, 3)[at])[None], request)[0]
        light = np.column_stack([hard_light_for(colors[mine], shaded), opacity[rows].reshape(-1)[at]])
        shade[rows].reshape(-1, 4)[at] = from_unit(light, dtype)

    each_band(labels.shape, fill, advance)
    return shade


def raw_painting(request: ColorizeRequest, paint: Paint, hinted: Hinted, palette: UInt8 | None) -> Painting:
    """Line art as the network paints it, soft edges of coverage and all."""
    both = np.dstack([paint.lab, paint.coverage])
    native = guided_upsample(both, paint.labels, hinted.regions.labels)
    coverage = np.where(hinted.bare[hinted.regions.labels], 0, np.clip(native[..., 3], 0, 1)).astype(np.float32)
    color = in_space(lab_to_srgb(native[..., :3]), request)
    cut = None if request.ground.cut is None else request.ground.cut[..., None]
    lines = on_even_paper(request, coverage[..., None], slice(0, len(coverage)))
    drawn = under_lines(lines, color, coverage[..., None], request.ground, cut)
    picture = from_unit(drawn[..., : request.native.shape[2]], request.native.dtype)
    return Painting(request, "lineart", palette, hinted.regions, drawn=picture, soft=coverage)


def gray_painting(request: ColorizeRequest, paint: Paint, flooded: Floats, palette: UInt8 | None) -> Painting:
    """The picture's own lightness, in its own depth, with the paint's colour. flooded: (h, w) as the paint, 1 where a hint reaches."""
    native = request.native
    shape = native.shape[:2]
    lightness, picture = np.empty(shape, np.float32), np.array(native)

    def read(rows: slice) -> None:
        rgb = to_unit(native[rows, :, :3])
        lightness[rows] = srgb_to_lab(rgb if request.profile is None else from_profile(rgb, request.profile))[..., 0]

    each_band(shape, read)
    parts = even_parts(np.rint(np.clip(lightness, 0, 100) * 2.55).astype(np.uint8))
    small = np.dstack([paint.lab[..., 1:], flooded])
    large = guided_upsample(small, shrink_labels(parts.labels, *flooded.shape), parts.labels)
    ab = evened(large[..., :2], parts, large[..., 2] >= 0.5)

    def draw(rows: slice) -> None:
        rgb = in_space(keep_lightness(lightness[rows], ab[rows]), request)
        picture[rows, :, :3] = from_unit(rgb, native.dtype)

    each_band(shape, draw)
    return Painting(request, "gray", palette, one_region(*shape), drawn=picture)


def native_colors(flats: Flats, request: ColorizeRequest) -> Floats:
    """The flats' colours (count, 3) as floats in 0..1 in the space of the picture."""
    return np.asarray(in_space(flats.colors[None] / np.float32(255), request)[0], np.float32)


def in_space(rgb: Floats, request: ColorizeRequest) -> Floats:
    """(h, w, 3) sRGB in the space of the picture."""
    return rgb if request.profile is None else to_profile(np.ascontiguousarray(rgb, np.float32), request.profile)


def with_alpha(pixels: Array) -> Array:
    """(h, w, 4) opaque where there was no fourth channel."""
    if pixels.shape[2] == 4:
        return pixels
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2RGBA))  # a tenth of np.dstack's time


def below(request: ColorizeRequest) -> Floats:
    """(h, w) opacity of what lies below the lines."""
    return opacity_below(request.ground, request.picture)
