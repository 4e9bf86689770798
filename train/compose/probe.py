"""Looking at a drawing once: whether it can be cut out, where it lies on its page, and which of its shapes need a pen's line."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ..outline import local
from ..render import MAX_ASPECT, Unusable, framed, parse_svg
from ..sources import Art
from .cutouts import SHADE, Cutout, apart, borders, draw, mean_colors, pen_lines, read_surfaces
from .things import Thing

MAX_BYTES = 200_000  # of an SVG: a larger one is a traced photograph, slow to draw and without lines
PROBE = 256  # px at which a drawing is looked at once
PROBE_PEN = 2.0  # px there
MAX_SHAPES = 250  # of a drawing: more of them are traced blots, not things that an artist would line
LACKING = 0.2  # share of a shape's border that must lack a line for the pen to draw one around it
SOLID = 0.75  # share of the silhouette that must be opaque: else the background shows through a mere line drawing
BRUSH = 9  # px of the probe: what is black and broader is an area, not a line
LINES = 0.26  # share of the drawing that lines may cover
ALL_BUT = 0.1  # share of a shade's border and area that may be otherwise
FULL = 0.985  # share of its box that a drawing may fill: more is a page or a sign, not a cut-out
FLAT = 0.6  # share of the width that the lowest row of a bust covers


def cut_out(art: Art, thing: Thing) -> Cutout:
    """The drawing without its page. Raises Unusable where it is no solid, coloured drawing, or resvg's ValueError."""
    data = art.data if isinstance(art.data, bytes) else art.data.read_bytes()  # type: ignore[union-attr]
    if len(data) > MAX_BYTES:
        raise Unusable("too large")
    root = parse_svg(data)
    if any(local(element) in ("image", "text", "flowRoot") for element in root.iter() if isinstance(element.tag, str)):
        raise Unusable("pictures or text in it")
    _, _ = framed(root, PROBE)
    for key in ("width", "height", "preserveAspectRatio"):
        root.attrib.pop(key, None)
    view = tuple(float(number) for number in (root.get("viewBox") or "").split())
    if len(view) != 4:
        raise Unusable("no size")
    color = draw(root, view, PROBE)
    solid = color[..., 3] > 128
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if rows.size < 16 or columns.size < 16:
        raise Unusable("empty")
    unit = max(view[2:]) / max(color.shape[:2])
    box = (view[0] + (columns[0] - 0.5) * unit, view[1] + (rows[0] - 0.5) * unit,
           (columns[-1] - columns[0] + 2) * unit, (rows[-1] - rows[0] + 2) * unit)  # fmt: skip
    if max(box[2:]) > MAX_ASPECT * min(box[2:]):
        raise Unusable("too long and narrow")
    check_solid(color, solid)
    last = solid[rows[-1] - 2]
    covered = np.flatnonzero(last)
    cut_off = covered.size > FLAT * columns.size and np.ptp(covered) < 1.15 * covered.size
    outlined, shades = lines_for(Cutout(root, thing, box, None))
    return Cutout(root, thing, box, outlined, shades, bool(cut_off), f"{art.source}/{art.name}")


def check_solid(color: NDArray[np.uint8], solid: NDArray[np.bool_]) -> None:
    """Raises Unusable for a line drawing without fills, a frame, and what is black, white or grey throughout."""
    contours, _ = cv2.findContours(solid.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros(solid.shape, np.uint8), contours, -1, 1, -1)
    if solid.sum() < SOLID * filled.sum():
        raise Unusable("not solid")
    inside = color[solid][:, :3]
    spread = inside.max(1).astype(np.int16) - inside.min(1)
    if (spread > 30).mean() < 0.15 or (inside.max(1) < 40).mean() > 0.45:
        raise Unusable("no colour")
    if solid[solid.any(1)][:, solid.any(0)].mean() > FULL:
        raise Unusable("a full page")


def lines_for(cutout: Cutout) -> tuple[frozenset[int], frozenset[int]]:
    """Numbers of the shapes that need a pen's outline, and of those that are shade.

    A shape needs one when its border parts two colours, or the drawing from what is behind it, and no ink of the artist's own runs there.
    Shade lies within what it shades, in nearly its colour; it has no line. Raises Unusable when there is too much to draw.
    """
    size = probe_size(cutout)
    color, labels, sheet = read_surfaces(cutout, size, PROBE_PEN, 3)
    count = sheet.number
    if count > MAX_SHAPES:
        raise Unusable("too many shapes")
    own = pen_lines(replace(cutout, outlined=frozenset()), size, PROBE_PEN, 3)
    black = ((own[..., 0] < 128) & (own[..., 3] > 128)).astype(np.uint8)
    near = cv2.dilate(black, np.ones((3, 3), np.uint8)) > 0
    means = mean_colors(color, labels, 2 * count + 2)
    total, lacking, inside, parted_inside = np.zeros((4, count + 1))
    for one, other, lined in borders(labels, near):
        upper, within = np.maximum(one, other) // 2, np.minimum(one, other) > 0
        parted = ~within | (apart(means[one], means[other]) > SHADE)
        for tally, chosen in (
            (total, parted | True),
            (lacking, parted & ~lined),
            (inside, within),
            (parted_inside, within & parted),
        ):
            tally += np.bincount(upper, chosen, minlength=count + 1)
    shades = np.flatnonzero((inside > 0) & (parted_inside <= ALL_BUT * inside))
    shades = [number for number in shades.tolist() if 2 * number not in sheet.dark]
    shades = lying_on_others(cutout, size, labels, shades)
    outlined = (total == 0) | (lacking >= LACKING * np.maximum(total, 1))
    lined = replace(
        cutout,
        outlined=frozenset((np.flatnonzero(outlined[1:]) + 1).tolist()) - frozenset(shades),
        shades=frozenset(shades),
    )
    check_lines(pen_lines(lined, size, PROBE_PEN, 3))
    assert lined.outlined is not None
    return lined.outlined, lined.shades


def lying_on_others(cutout: Cutout, size: tuple[int, int], labels: NDArray[np.int32], shades: list[int]) -> list[int]:
    """Those of the shapes under which the drawing goes on: without them nothing shows through."""
    if not shades:
        return []
    bare = pen_lines(replace(cutout, outlined=frozenset(), shades=frozenset(shades)), size, PROBE_PEN, 3)
    numbers = labels.ravel() // 2
    area = np.bincount(numbers, minlength=max(shades) + 1)
    kept = np.bincount(numbers, bare[..., 3].ravel() > 128, minlength=max(shades) + 1)
    return [number for number in shades if kept[number] >= (1 - ALL_BUT) * area[number]]


def check_lines(drawn: NDArray[np.uint8]) -> None:
    """Raises Unusable for a net of lines, as traced photographs become."""
    solid = drawn[..., 3] > 128
    black = ((drawn[..., 0] < 128) & solid).astype(np.uint8)
    thin = black - cv2.morphologyEx(black, cv2.MORPH_OPEN, np.ones((BRUSH, BRUSH), np.uint8))
    if thin.sum() > LINES * max(1, solid.sum()):
        raise Unusable("too many lines")


def probe_size(cutout: Cutout) -> tuple[int, int]:
    longer = max(cutout.box[2:])
    return max(1, round(PROBE * cutout.box[3] / longer)), max(1, round(PROBE * cutout.box[2] / longer))
