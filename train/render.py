"""From an SVG or a picture file to 256 px squares: colour on white, coverage, and the place of the picture inside."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import cv2
import numpy as np
import resvg_py
from lxml import etree
from PIL import Image, ImageOps, UnidentifiedImageError

from .outline import as_outline, length

SIZE = 256
MAX_BYTES = 8 << 20  # a drawing of more is a map or a traced photograph, and takes minutes
MAX_ASPECT = 6.0
MAX_PIXELS = 64 << 20
MARGIN = 0.03  # of paper around vector art: emoji touch the edge, and half of their outline would be cut off
SMALL = 0.75  # of the page: what is smaller is shown larger
SILHOUETTE = 0.45  # black areas over this share of the drawing leave too little to colour
BRUSH = 17  # pixels: what is black and broader is an area, not a line
# Widths of the two pens in pixels of the 256 px square: 1.0 and 2.2 at the 160 px where trials liked them.
PENS = (1.0 * SIZE / 160, 2.2 * SIZE / 160)


class Unusable(Exception):
    """Why a file is left out, in two or three words."""


@dataclass(frozen=True)
class Rendered:
    """One square of art, uint8.

    color: (256,256,3) sRGB on white; alpha: (256,256) coverage, 255 everywhere when the source has none;
    outline: (2,256,256) thin and thick line art, 255 paper, or None; box: x0, y0, x1, y1 of the picture in the square.
    """

    color: np.ndarray
    alpha: np.ndarray
    outline: np.ndarray | None
    box: tuple[int, int, int, int]
    has_alpha: bool


# ---- squares


def on_white(rgba: np.ndarray) -> np.ndarray:
    """uint8 (h,w,4) straight alpha -> uint8 (h,w,3) over white."""
    alpha = rgba[..., 3:].astype(np.uint16)
    mixed: np.ndarray = (rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255
    return mixed.astype(np.uint8)


def centre(rgba: np.ndarray, size: int = SIZE) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """Letterbox (h,w,4), h and w at most `size`, into a see-through square; returns it and the box."""
    height, width = rgba.shape[:2]
    top, left = (size - height) // 2, (size - width) // 2
    square = np.zeros((size, size, 4), np.uint8)
    square[top : top + height, left : left + width] = rgba
    return square, (left, top, left + width, top + height)


# ---- vector art


def parse_svg(data: bytes) -> etree._Element:
    """Root of an SVG. Nothing outside the file is ever read; expansion of its own entities is bounded by libxml2."""
    if len(data) > MAX_BYTES:
        raise Unusable("too large")
    parser = etree.XMLParser(recover=True, load_dtd=False, no_network=True, resolve_entities="internal")
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unusable("not an SVG") from error
    if root is None or not isinstance(root.tag, str) or etree.QName(root).localname != "svg":
        raise Unusable("not an SVG")
    for element in list(root.iter("{*}image")):  # pictures linked from outside the file
        links = [value for key, value in element.attrib.items() if key.endswith("href")]
        if not all(link.lstrip().startswith("data:") for link in links):
            element.getparent().remove(element)
    return root


def render_svg(root: etree._Element, size: int = SIZE) -> np.ndarray:
    """uint8 (h,w,4), fitted into size x size."""
    markup = etree.tostring(root, encoding="unicode")
    # dpi: with resvg's default of 0 every length in millimetres fails
    data = resvg_py.svg_to_bytes(svg_string=markup, width=size, height=size, dpi=96.0, skip_system_fonts=True)
    with Image.open(io.BytesIO(bytes(data))) as picture:
        rgba = np.asarray(picture.convert("RGBA"))
    height, width = rgba.shape[:2]
    if max(height, width) > size or max(height, width) > MAX_ASPECT * min(height, width):
        raise Unusable("too long and narrow")
    return rgba


def add_margin(root: etree._Element) -> None:
    """Widen the view box of a drawing, in place, so that it gets MARGIN of its longer side on every side."""
    numbers = re.findall(r"[-+]?\d*\.?\d+(?:e[-+]?\d+)?", root.get("viewBox") or "")
    if len(numbers) == 4:
        left, top, width, height = (float(number) for number in numbers)
    elif "%" not in (root.get("width") or "%") + (root.get("height") or "%"):
        left, top, width, height = 0.0, 0.0, length(root.get("width"), 0.0), length(root.get("height"), 0.0)
    else:
        return
    if min(width, height) > 0:
        look_at(root, left, top, width, height)


def look_at(root: etree._Element, left: float, top: float, width: float, height: float) -> None:
    """Show this part of the drawing, in its own units, and a margin."""
    margin = MARGIN * max(width, height)
    root.set("viewBox", f"{left - margin:g} {top - margin:g} {width + 2 * margin:g} {height + 2 * margin:g}")
    for key in ("width", "height"):
        root.attrib.pop(key, None)


def come_closer(root: etree._Element, rgba: np.ndarray) -> bool:
    """Look at what is drawn when that is a small part of the page, seen in `rgba`; True when something changed."""
    view = [float(number) for number in (root.get("viewBox") or "").split()]
    rows, columns = np.flatnonzero((rgba[..., 3] > 8).any(1)), np.flatnonzero((rgba[..., 3] > 8).any(0))
    if len(view) != 4 or root.get("width") or not rows.size:
        return False
    extent = max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1
    if extent > SMALL * max(rgba.shape[:2]):
        return False
    unit = max(view[2:]) / max(rgba.shape[:2])
    left, top = view[0] + columns[0] * unit, view[1] + rows[0] * unit
    look_at(root, left, top, (columns[-1] - columns[0] + 1) * unit, (rows[-1] - rows[0] + 1) * unit)
    return True


def vector_square(data: bytes, size: int = SIZE) -> tuple[np.ndarray, np.ndarray]:
    """(color, alpha) squares of an SVG as it is, for the evaluation sets."""
    square, _ = centre(render_svg(parse_svg(data), size), size)
    return on_white(square), square[..., 3]


def framed(root: etree._Element, size: int = SIZE) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """A drawing with a margin, from close by, in a square of `size` px (h,w,4), and its box there; changes `root`."""
    add_margin(root)
    rgba = render_svg(root, size)
    return centre(render_svg(root, size) if come_closer(root, rgba) else rgba, size)


def render_vector(data: bytes, inked: float = 0.6) -> Rendered:
    """Colour, coverage and both pens of an SVG (`inked`: see as_outline); raises Unusable, or resvg's ValueError."""
    root = parse_svg(data)
    square, box = framed(root)
    alpha = square[..., 3]
    has_alpha = bool((alpha < 250).mean() > 0.01)
    color = on_white(square)
    check_color(color)
    outline = draw_outlines(root, alpha, inked)
    return Rendered(color, alpha if has_alpha else np.full_like(alpha, 255), outline, box, has_alpha)


def draw_outlines(root: etree._Element, alpha: np.ndarray, inked: float) -> np.ndarray | None:
    """uint8 (2,256,256) line art of an SVG with both pens, or None when it shows too little or too much ink."""
    layers = []
    for pen in PENS:
        try:
            square, _ = centre(render_svg(as_outline(root, pen, SIZE, inked)))
        except (Unusable, ValueError):
            return None
        layers.append(on_white(square).min(2))
    lines = np.stack(layers)
    ink = (lines < 128).mean((1, 2))
    areas = cv2.morphologyEx((lines[0] < 128).astype(np.uint8), cv2.MORPH_OPEN, np.ones((BRUSH, BRUSH), np.uint8))
    readable = areas.mean() <= SILHOUETTE * (alpha > 128).mean()
    return lines if ink[0] >= 0.01 and ink[1] <= 0.35 and readable else None


# ---- raster art


def open_raster(data: bytes) -> Image.Image:
    """First frame of a picture file as RGBA, upright; raises Unusable."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Unusable("too large")
            upright: Image.Image = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unusable("broken picture") from error
    return upright


def render_raster(data: bytes, crop: bool) -> Rendered:
    """A picture file, cut to its central square (`crop`) or letterboxed; outlines are left to the ink hands."""
    picture = open_raster(data)
    if min(picture.size) < 64:
        raise Unusable("too small")
    if max(picture.size) > MAX_ASPECT * min(picture.size):
        raise Unusable("too long and narrow")
    if crop:
        picture = ImageOps.fit(picture, (SIZE, SIZE), Image.Resampling.LANCZOS)
    else:
        picture = ImageOps.contain(picture, (SIZE, SIZE), Image.Resampling.LANCZOS)
    return raster_square(np.asarray(picture))


def raster_square(rgba: np.ndarray) -> Rendered:
    """A square from pixels of at most 256 x 256 (h,w,4)."""
    has_alpha = bool((rgba[..., 3] < 250).mean() > 0.01)
    square, box = centre(rgba)
    alpha = square[..., 3] if has_alpha else np.full(square.shape[:2], 255, np.uint8)
    color = on_white(square)
    check_color(color)
    return Rendered(color, alpha, None, box, has_alpha)


def check_color(color: np.ndarray) -> None:
    """Nothing to learn from art without colour: at least 3 % of the pixels have max - min over 30."""
    spread = color.max(2).astype(np.int16) - color.min(2)
    if (spread > 30).mean() < 0.03:
        raise Unusable("no colour")
