"""Media: what paper, scanner, camera and program do to a drawing. Pictures are (h, w, 3) float32 0..1 unless said otherwise.

Only `photographed` moves anything, and the truth with it. Lengths are shares of the long side; lots are drawn by place.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torchvision import tv_tensors
from torchvision.transforms.v2 import functional

from .composition import Composition
from .geometry import moved_by, perspective
from .noise import Float, grid, over

Gray = NDArray[np.uint8]
Picture = NDArray[np.float32]
RGB = NDArray[np.uint8]

GRAPHITE = (58, 58, 62)
BLUES = ((120, 176, 232), (142, 196, 240), (104, 150, 214), (150, 190, 250))
PAPERS = ((255, 255, 255), (252, 250, 245), (248, 244, 232), (244, 246, 248), (240, 232, 214))
DESKS = ((118, 84, 58), (196, 160, 118), (64, 60, 62), (150, 150, 152), (222, 220, 214), (84, 104, 112))


# ---- what lies on the paper


def grained(ink: Gray, rng: np.random.Generator, strength: float, softness: float = 0.0005) -> Float:
    """(h, w) how much pencil lies on the tooth of the paper, 0..1: hills take it, valleys stay white, a light line breaks up.

    strength: pressure, 0..1. softness: of the point, share of the side.
    """
    side = max(ink.shape)
    dark = cv2.GaussianBlur(1 - ink.astype(np.float32) / 255, (0, 0), max(softness * side, 0.3))
    tooth = 0.75 * over(grid(rng, 820), ink.shape) + 0.5 * over(grid(rng, 330), ink.shape)
    tooth *= np.float32(rng.uniform(0.22, 0.42))
    pressed = over(grid(rng, 9), ink.shape) * np.float32(0.12) + np.float32(strength)
    deposit = np.clip(dark * (1.25 + tooth) - 0.12 + np.minimum(tooth, 0) * 0.25, 0, 1)
    lain: Float = deposit * np.clip(pressed, 0.15, 1)
    return lain


def smudged(lain: Float, rng: np.random.Generator, amount: float) -> Float:
    """A hand that brushed over graphite: patches in which the lines have a grey veil, drawn out sideways."""
    side = max(lain.shape)
    reach = max(3, round(rng.uniform(0.01, 0.03) * side)) | 1
    veil = cv2.blur(cv2.blur(lain, (reach, max(3, reach // 3))), (reach, max(3, reach // 3)))
    patches = np.clip(over(grid(rng, 5), lain.shape) * 0.6, 0, 1)
    spread: Float = np.clip(lain + veil * patches * np.float32(amount), 0, 1)
    return spread


def on_paper(lain: Float, color: tuple[int, int, int], paper: Picture) -> Picture:
    """A medium of a colour, lying on paper with opacity `lain` (h, w)."""
    return lit(paper, *(1 - lain * np.float32(1 - value / 255) for value in color))


def sheet(shape: tuple[int, ...], rng: np.random.Generator, texture: float = 0.008, plain: bool = False) -> Picture:
    """A sheet of paper: a tint, a fine texture, and fibres. plain: pure white without any."""
    if plain:
        return np.ones((*shape[:2], 3), np.float32)
    fibres = (
        over(grid(rng, 500), shape) * np.float32(texture) + over(grid(rng, 60), shape) * np.float32(texture * 0.5) + 1
    )
    tint = PAPERS[int(rng.integers(len(PAPERS)))]
    return np.minimum(cv2.merge([fibres * np.float32(value / 255) for value in tint]), 1)


def lit(picture: Picture, *light: Float) -> Picture:
    """A picture times light (h, w) of all channels, or of each of the three. cv2, since numpy is slow on three channels."""
    return np.asarray(cv2.multiply(picture, cv2.merge([*light] if len(light) == 3 else [light[0]] * 3)), np.float32)


# ---- what a scanner sees


def uneven_light(picture: Picture, rng: np.random.Generator, amount: float) -> Picture:
    """Light that falls off to one side, clouds a little, and dims along one edge where the page curves into its binding."""
    height, width = picture.shape[:2]
    rows, columns = (
        np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None],
        np.linspace(-0.5, 0.5, width, dtype=np.float32),
    )
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 - amount * (0.5 + columns * np.float32(np.cos(angle)) + rows * np.float32(np.sin(angle)))
    light = light + np.float32(0.15 * amount) * over(grid(rng, 4), picture.shape)
    if rng.random() < 0.4:
        from_edge = (np.arange(width, dtype=np.float32) / max(picture.shape))[:: int(rng.choice([-1, 1]))]
        light = light * (
            1 - np.float32(rng.uniform(0.1, 0.4)) * np.exp(-from_edge / np.float32(rng.uniform(0.015, 0.05)))
        )
    return lit(picture, np.clip(light, 0.2, 1))


def bleed_through(picture: Picture, ink: Gray, rng: np.random.Generator, amount: float) -> Picture:
    """The drawing on the back of the sheet shines through: mirrored, blurred and faint."""
    side = max(ink.shape)
    back = cv2.GaussianBlur(cv2.flip(ink, int(rng.choice([1, -1]))), (0, 0), max(0.5, rng.uniform(0.001, 0.003) * side))
    back = np.roll(back, (round(rng.uniform(-0.1, 0.1) * side), round(rng.uniform(-0.1, 0.1) * side)), (0, 1))
    return lit(picture, 1 - (1 - back.astype(np.float32) / 255) * np.float32(amount))


def specks(picture: Picture, rng: np.random.Generator) -> Picture:
    """Dust, crumbs of eraser and a hair or two on the glass."""
    side = max(picture.shape)
    marks = np.zeros(picture.shape[:2], np.uint8)
    for _ in range(int(rng.integers(5, 60))):
        x, y, radius = rng.random() * side, rng.random() * side, rng.uniform(0.0004, 0.0013) * side
        cv2.circle(
            marks,
            (round(x * 16), round(y * 16)),
            max(6, round(radius * 16)),
            int(rng.integers(60, 230)),
            -1,
            cv2.LINE_AA,
            4,
        )
    for _ in range(int(rng.integers(0, 3))):
        turns = rng.uniform(0, 6.3) + np.cumsum(rng.normal(0, 0.25, 12))
        path = rng.random(2) * side + np.cumsum(np.stack([np.cos(turns), np.sin(turns)], 1), 0) * side * 0.004
        cv2.polylines(
            marks, [np.rint(path * 16).astype(np.int32)], False, 110, max(1, round(side / 1400)), cv2.LINE_AA, 4
        )
    return lit(picture, 1 - marks.astype(np.float32) / 255)


def scanned(picture: Picture, ink: Gray, rng: np.random.Generator) -> RGB:
    """A flat-bed scan: uneven light, bleed-through, dust, softness, a tone curve, noise and JPEG. ink: for the back of the sheet."""
    if rng.random() < 0.5:
        picture = bleed_through(picture, ink, rng, rng.uniform(0.02, 0.09))
    picture = uneven_light(picture, rng, rng.uniform(0.01, 0.14))
    if rng.random() < 0.8:
        picture = specks(picture, rng)
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.25, rng.uniform(0.0002, 0.0006) * max(picture.shape)))
    black = rng.uniform(0, 0.07)
    grains = noisy(soft, rng, rng.uniform(0.003, 0.012))
    gamma = rng.uniform(0.85, 1.3)
    seen = by_table(to_bytes(black + (1 - black) * grains), lambda ramp: functional.adjust_gamma(ramp, gamma))
    return jpeg(seen, int(rng.integers(55, 95)))


# ---- what a telephone sees


def photographed(
    picture: Picture, composition: Composition, marks: Gray, rng: np.random.Generator
) -> tuple[RGB, Composition, Gray]:
    """A photograph of the page on a desk: at an angle, in a room's light, with a shadow over it, a little out of focus.

    The truth and the marks (h, w) are seen at the same angle; the desk belongs to the bare paper, surface 0.
    """
    height, width = picture.shape[:2]
    side = max(height, width)
    near = rng.uniform(0.0, 0.09, (4, 2)) * side
    signs = ((1, 1), (-1, 1), (-1, -1), (1, -1))
    page = ((0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1))
    corners = [(x + sx * dx, y + sy * dy) for (x, y), (sx, sy), (dx, dy) in zip(page, signs, near, strict=True)]
    move = perspective((height, width), corners)
    moved = move(np.dstack([to_bytes(picture), np.full((height, width), 255, np.uint8)]), True, 0)
    inside = moved[..., 3].astype(np.float32) / 255
    cast = cv2.GaussianBlur(np.roll(inside, round(0.006 * side), 0), (0, 0), 0.006 * side)
    ground = lit(desk((height, width), rng), (1 - 0.5 * cast) * (1 - inside))
    seen = cv2.scaleAdd(moved[..., :3].astype(np.float32), 1 / 255, ground)  # outside the page it is black
    seen = in_shadow(uneven_light(seen, rng, rng.uniform(0.08, 0.3)), rng)
    seen = noisy(out_of_focus(seen, rng), rng, rng.uniform(0.006, 0.02))
    shot = jpeg(in_room_light(seen, rng), int(rng.integers(45, 88)))
    return shot, moved_by(composition, move), np.asarray(move(marks, True, 255), np.uint8)


def desk(shape: tuple[int, ...], rng: np.random.Generator) -> Picture:
    """What lies under the page: wood with its grain, or a plain table top."""
    small = (shape[0] // 3 + 1, shape[1] // 3 + 1)
    if rng.random() < 0.5:
        pattern = over(grid(rng, 300), small) * np.float32(0.4)
    else:
        pattern = cv2.resize(
            rng.standard_normal((6, 160), dtype=np.float32), small[::-1], interpolation=cv2.INTER_CUBIC
        )
    light = cv2.resize(1 + 0.07 * pattern, shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.merge([light * np.float32(value / 255) for value in DESKS[int(rng.integers(len(DESKS)))]]))


def in_shadow(picture: Picture, rng: np.random.Generator) -> Picture:
    """The shadow of the arm and the telephone: a soft-edged shape that comes in from one edge; bluish, since it sees the sky."""
    height, width = picture.shape[:2]
    eighth = np.zeros((height // 8 + 1, width // 8 + 1), np.float32)
    rows, columns = eighth.shape
    angle, reach = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.45)
    along = np.array([np.cos(angle), np.sin(angle)]) * max(rows, columns)
    middle = np.array([columns, rows]) / 2 + along * (0.75 - reach)
    sideways = np.array([-along[1], along[0]]) * rng.uniform(0.12, 0.8)
    ends = [middle + sideways * 0.6, middle - sideways * 0.6, middle + along - sideways, middle + along + sideways]
    cv2.fillPoly(eighth, [np.rint(ends).astype(np.int32)], 1.0)
    soft = cv2.GaussianBlur(eighth, (0, 0), max(rows, columns) * rng.uniform(0.008, 0.05))
    depth = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR) * np.float32(rng.uniform(0.12, 0.42))
    return lit(picture, *(1 - depth * np.float32(share) for share in (1.0, 0.97, 0.9)))


def in_room_light(picture: Picture, rng: np.random.Generator) -> RGB:
    """A lamp's warm or a window's cool light, and the camera's idea of contrast and brightness."""
    warm = rng.uniform(-0.06, 0.1)
    tint = (1.0, 1 - 0.4 * max(warm, 0) - 0.3 * max(-warm, 0), 1 - 1.6 * warm)
    tinted = cv2.transform(picture, np.diag(tint).astype(np.float32))
    brightness, contrast = rng.uniform(0.82, 1.12), rng.uniform(0.75, 1.1)
    return by_table(
        to_bytes(tinted),
        lambda ramp: functional.adjust_contrast(functional.adjust_brightness(ramp, brightness), contrast),
    )


def out_of_focus(picture: Picture, rng: np.random.Generator) -> Picture:
    """A lens that is not quite sharp, and sharpening after it, with light seams along lines."""
    sigma = max(0.3, rng.uniform(0.0004, 0.0014) * max(picture.shape))
    soft = cv2.GaussianBlur(picture, (0, 0), sigma)
    if rng.random() < 0.5:
        amount = rng.uniform(0.3, 0.9)
        soft = cv2.addWeighted(soft, 1 + amount, cv2.GaussianBlur(soft, (0, 0), 1.5 * sigma), -amount, 0)
    return np.asarray(soft, np.float32)


# ---- what programs make of ink


def in_color(ink: Gray, color: tuple[int, int, int]) -> RGB:
    """All lines in one colour on white: sepia, blue, violet."""
    return to_bytes(on_paper(1 - ink.astype(np.float32) / 255, color, np.ones((*ink.shape, 3), np.float32)))


def in_colors_beside(ink: Gray, composition: Composition, rng: np.random.Generator) -> RGB:
    """Lines in a darker shade of what they enclose, as painters of soft pictures draw them."""
    side, painted = composition.size, composition.painted[composition.surfaces].astype(np.float32)
    shades = composition.colors.astype(np.float32) / 255 * np.float32(rng.uniform(0.28, 0.5))
    reach = max(0.6, 0.8 * composition.pen)
    share = cv2.GaussianBlur(painted, (0, 0), reach)[..., None]
    mixed = cv2.GaussianBlur(shades[composition.surfaces] * painted[..., None], (0, 0), reach) / np.maximum(share, 1e-3)
    mixed = np.where(share > 0.02, mixed, np.float32(0.25))
    mixed += over(grid(rng, 6), ink.shape)[..., None] * np.float32(0.02) * (side > 0)
    dark = (1 - ink.astype(np.float32) / 255)[..., None]
    return to_bytes(1 - dark * (1 - mixed))


def one_bit(ink: Gray, threshold: int = 128) -> RGB:
    """A scan for printing, or a tool without anti-aliasing: black or white and nothing between."""
    return np.repeat(np.where(ink < threshold, 0, 255).astype(np.uint8)[..., None], 3, 2)


def white_on_black(ink: Gray) -> RGB:
    """Chalk, scratchboard, or a negative."""
    return np.repeat(255 - ink[..., None], 3, 2)


def layer(ink: Gray, color: tuple[int, int, int] = (0, 0, 0)) -> NDArray[np.uint8]:
    """(h, w, 4) ink on a transparent layer: colour everywhere, opacity where the ink is."""
    return np.dstack([np.broadcast_to(np.array(color, np.uint8), (*ink.shape, 3)), 255 - ink])


def layer_with_halo(
    ink: Gray, reach: float, white: int = 255, color: tuple[int, int, int] = (0, 0, 0)
) -> NDArray[np.uint8]:
    """(h, w, 4) ink that was cut out of white paper: an opaque light surround, `reach` of the side wide, goes along with the lines."""
    away = cv2.distanceTransform((ink > 128).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    opaque = np.clip(reach * max(ink.shape) + 0.5 - away, 0, 1)
    dark = (1 - ink.astype(np.float32) / 255)[..., None]
    seen = white - dark * (white - np.array(color, np.float32))
    return np.dstack([np.rint(seen).astype(np.uint8), np.rint(opaque * 255).astype(np.uint8)])


# ---- to files


def noisy(picture: Picture, rng: np.random.Generator, sigma: float) -> Picture:
    """The noise of a sensor, of the size of a 1,024th of the side, mostly of lightness."""
    noise, tint = over(grid(rng, 1024), picture.shape), over(grid(rng, 512), picture.shape)
    grains = cv2.merge([noise + 0.4 * tint, noise, noise - 0.4 * tint])
    return np.asarray(cv2.scaleAdd(grains, sigma, picture), np.float32)


def to_bytes(picture: Picture) -> RGB:
    """(h, w, 3) uint8."""
    flat = np.ascontiguousarray(picture, np.float32).reshape(len(picture), -1)
    return np.asarray(cv2.multiply(flat, 255.0, dtype=cv2.CV_8U), np.uint8).reshape(picture.shape)


def by_table(picture: RGB, change: Callable[[torch.Tensor], torch.Tensor]) -> RGB:
    """A change of tone that torchvision makes to a ramp (3, 1, 256) of all values, looked up: forty times quicker than to a picture."""
    ramp = tv_tensors.Image(torch.arange(256, dtype=torch.uint8).repeat(3, 1, 1))
    table = change(ramp)[0].numpy()
    return np.asarray(cv2.LUT(picture, np.ascontiguousarray(table)), np.uint8)


def jpeg(picture: RGB, quality: int) -> RGB:
    """Saved as JPEG and read again. By OpenCV: torchvision gives its own JPEG up after 0.29."""
    done, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])
