"""Pictures as they come to `--task auto`: drawings in many media, and pictures that are none. Made from a seed.

`DRAWN` makes a drawing of clean lines (h, w) uint8, `GREY` a picture that is no drawing of an RGB one (h, w, 3).
`line_art` and `photograph` need no file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

Array = np.ndarray[Any, Any]
Rng = np.random.Generator


def eight(values: Array) -> Array:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def rgb(gray: Array) -> Array:
    return np.repeat(gray[..., None], 3, -1)


def noise(rng: Rng, shape: tuple[int, ...], cells: int) -> Array:
    """(h, w) in 0..1, smooth, with about so many hills along the long side."""
    height, width = shape[:2]
    rows, columns = (max(2, round(cells * side / max(height, width))) for side in (height, width))
    return np.asarray(cv2.resize(rng.random((rows, columns)), (width, height), interpolation=cv2.INTER_CUBIC)).clip(
        0, 1
    )


def fractal(rng: Rng, shape: tuple[int, ...], first: int = 3, fall: float = 0.55) -> Array:
    """(h, w) in 0..1: noise of all sizes, as clouds, foliage and stone have it."""
    total, weight = np.zeros(shape[:2]), 1.0
    for octave in range(6):
        total += weight * noise(rng, shape, first * 2**octave)
        weight *= fall
    return np.asarray((total - total.min()) / np.ptp(total))


def jpeg(picture: Array, quality: int) -> Array:
    packed = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR))[..., ::-1]


def surfaces(lines: Array, rng: Rng, most: float = 0.3) -> Array:
    """(h, w) numbers of closed surfaces in random order from 1 on, 0 elsewhere; together at most that share of the page."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((lines > 200).astype(np.uint8), connectivity=4)
    found, total, taken = np.zeros(count, np.int32), 0.0, 0
    edge = set(np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])))
    for label in rng.permutation(np.arange(1, count)):
        share = stats[label, cv2.CC_STAT_AREA] / lines.size
        if share < 0.001 or label in edge or total + share > most:
            continue
        total, taken = total + share, taken + 1
        found[label] = taken
    return found[labels]


# ---- drawings


def clean(lines: Array, rng: Rng) -> Array:
    return rgb(lines)


def phone(lines: Array, rng: Rng) -> Array:
    """From above by hand: perspective, a lamp, the shadow of a hand, a little blur; now and then the table beside the page."""
    height, width = lines.shape
    tint = np.array([255.0, rng.uniform(240, 254), rng.uniform(215, 250)])
    ink = rng.uniform(20, 90)
    page = (ink + (255 - ink) * lines[..., None] / 255.0) * tint / 255
    inset = rng.uniform(0, 0.04) if rng.random() < 0.4 else -0.03
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32) * np.array([width, height], np.float32)
    moved = corners + inward * (inset + rng.uniform(0, 0.04, (4, 2)) * np.sign(inset)).astype(np.float32)
    turn = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    seen = cv2.warpPerspective(page, turn, (width, height), flags=cv2.INTER_AREA, borderValue=(-1, -1, -1))
    table = rng.uniform(40, 150, 3) * (0.8 + 0.4 * fractal(rng, lines.shape)[..., None])
    outside = cv2.warpPerspective(np.ones_like(lines), turn, (width, height))[..., None] == 0
    seen = np.where(outside, table, seen.clip(0, 255))
    y, x = np.meshgrid(np.linspace(0, 1, height), np.linspace(0, 1, width), indexing="ij")
    lamp = np.hypot(x - rng.random(), y - rng.random())
    light = rng.uniform(0.7, 0.95) * (1 - rng.uniform(0.1, 0.45) * lamp / lamp.max())
    angle, at = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.4)
    across = (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)
    shadow = 1 / (1 + np.exp(-(across - at) / rng.uniform(0.01, 0.08)))
    light = light * (1 - rng.uniform(0, 0.4) * shadow)
    seen = cv2.GaussianBlur(seen * light[..., None], (0, 0), rng.uniform(0.4, 1.2) * max(height, width) / 700)
    return jpeg(eight(seen + rng.normal(0, rng.uniform(1, 5), seen.shape)), int(rng.integers(50, 92)))


def pencil(lines: Array, rng: Rng) -> Array:
    """Scanned: grain on paper of a tooth, smudges, greyer paper."""
    tooth = cv2.GaussianBlur(rng.random(lines.shape), (0, 0), rng.uniform(0.6, 1.1))
    tooth = (tooth - tooth.mean()) / tooth.std()
    strength = (rng.uniform(0.45, 0.8) + 0.18 * tooth).clip(0.1, 1)
    smudge = cv2.GaussianBlur(255.0 - lines, (0, 0), lines.shape[1] / 60) * rng.uniform(0, 0.12)
    page = 255 - (255.0 - lines) * strength - smudge
    page = page * rng.uniform(0.88, 1) - 3 * tooth - rng.uniform(0, 12) * noise(rng, lines.shape, 3)
    return jpeg(eight(rgb(page) * [1, rng.uniform(0.97, 1), rng.uniform(0.92, 1)]), int(rng.integers(60, 95)))


def tone(lines: Array, rng: Rng) -> Array:
    """A manga page: screens of dots or lines on some surfaces."""
    number, page = surfaces(lines, rng, 0.45), lines.astype(float)
    y, x = np.indices(lines.shape)
    for surface in range(1, number.max() + 1):
        pitch = rng.uniform(3.5, 8) * max(lines.shape) / 500
        angle = rng.choice([45, 45, 30, 60]) * np.pi / 180
        u, v = ((x * np.cos(a) + y * np.sin(a)) * 2 * np.pi / pitch for a in (angle, angle + np.pi / 2))
        wave = (np.cos(u) + np.cos(v)) / 2 if rng.random() < 0.85 else np.cos(u)
        fades = rng.random() < 0.3
        level = np.linspace(-0.6, 0.9, lines.shape[0])[:, None] if fades else np.array(rng.uniform(-0.3, 0.6))
        dots = 255 * (1 / (1 + np.exp((wave - level) * 9)))
        page = np.where(number == surface, np.minimum(page, dots), page)
    return rgb(eight(page))


def hatched(lines: Array, rng: Rng) -> Array:
    """Strokes of a pen for shade, and surfaces in solid black."""
    number, page = surfaces(lines, rng, 0.4), lines.copy()
    unit = max(lines.shape) / 500
    for surface in range(1, number.max() + 1):
        there = number == surface
        if rng.random() < 0.3 and there.mean() < 0.08:
            page[there] = 0
            continue
        strokes, gap = np.full_like(lines, 255), rng.uniform(5, 11) * unit
        for slope in rng.permutation([0.6, -0.8, 2.5])[: rng.integers(1, 3)]:
            for start in np.arange(-3 * max(lines.shape), 3 * max(lines.shape), gap * np.hypot(1, slope)):
                one, other = (0, round(start)), (lines.shape[1], round(start + slope * lines.shape[1]))
                cv2.line(strokes, one, other, int(rng.integers(0, 90)), max(1, round(unit)), cv2.LINE_AA)
        broken = noise(rng, lines.shape, 30) > rng.uniform(0, 0.3)
        page = np.where(there & broken, np.minimum(page, strokes), page)
    return rgb(page)


def on_black(lines: Array, rng: Rng) -> Array:
    """White on black, or chalk on a board."""
    chalk = 1 - lines / 255.0
    if rng.random() < 0.5:
        return rgb(eight(255 * chalk))
    board = rng.uniform(10, 60, 3)[None, None] + 8 * noise(rng, lines.shape, 4)[..., None]
    grain = cv2.GaussianBlur(rng.random(lines.shape), (0, 0), 0.8)
    strength = chalk * (0.7 + 0.6 * (grain - 0.5)).clip(0, 1)
    page = board + (rng.uniform(200, 255) - board) * strength[..., None] + rng.normal(0, 3, (*lines.shape, 1))
    return jpeg(eight(page), int(rng.integers(70, 95)))


def one_figure(lines: Array, rng: Rng) -> Array:
    """Some surfaces next to each other are in colour, and the rest still waits for it."""
    number = surfaces(lines, rng, 0.9)
    count = int(number.max())
    page = rgb(lines).astype(float)
    if not count:
        return eight(page)
    centres = np.array([np.argwhere(number == surface).mean(0) for surface in range(1, count + 1)])
    near = np.argsort(np.linalg.norm(centres - centres[rng.integers(count)], axis=1)) + 1
    total, goal = 0.0, rng.uniform(0.04, 0.25)
    for surface in near:
        there = number == surface
        if total + there.mean() > max(goal, 0.3):
            continue
        total += there.mean()
        color = rng.uniform(30, 255, 3) * (1 - rng.uniform(0, 0.35) * noise(rng, lines.shape, 4)[..., None])
        page[there] = (page * color / 255)[there]
        if total > goal:
            break
    return eight(page)


def on_glass(lines: Array, rng: Rng) -> Array:
    """(h, w, 4) ink on a transparent layer."""
    ink = rng.choice([0.0, 0.0, rng.uniform(0, 90)])
    return np.dstack([np.full((*lines.shape, 3), ink), 255.0 - lines]).astype(np.uint8)


def blue_pencil(lines: Array, rng: Rng) -> Array:
    """A rough sketch in blue, and ink over it."""
    page = np.full((*lines.shape, 3), 255.0)
    blue = np.array([rng.uniform(90, 170), rng.uniform(150, 210), 255.0])
    height, width = lines.shape
    y, x = np.indices(lines.shape, np.float32)
    for _ in range(rng.integers(2, 5)):
        reach = rng.uniform(3, 9) * max(lines.shape) / 500
        shift = [((noise(rng, lines.shape, 5) - 0.5) * 2 * reach).astype(np.float32) for _ in range(2)]
        sketch = cv2.remap(lines, x + shift[0], y + shift[1], cv2.INTER_LINEAR, borderValue=255)
        strength = (
            (255.0 - sketch)[..., None]
            / 255
            * rng.uniform(0.4, 1)
            * (0.6 + 0.4 * noise(rng, lines.shape, 60))[..., None]
        )
        page = page * (1 - strength * (1 - blue / 255))
    for _ in range(3):
        one, other = rng.uniform(0, 1, (2, 2)) * [width, height]
        guide = np.zeros_like(lines)
        cv2.line(guide, tuple(map(int, one)), tuple(map(int, other)), 255, 1, cv2.LINE_AA)
        page = page * (1 - guide[..., None] / 255 * 0.7 * (1 - blue / 255))
    return eight(page * lines[..., None] / 255.0)


DRAWN: dict[str, Callable[[Array, Rng], Array]] = {
    "clean": clean,
    "phone": phone,
    "pencil": pencil,
    "tone": tone,
    "hatched": hatched,
    "white on black": on_black,
    "one coloured figure": one_figure,
    "transparent layer": on_glass,
    "blue pencil": blue_pencil,
}


# ---- pictures that are none


def gray_of(picture: Array) -> Array:
    return rgb(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY))


def as_gray(picture: Array, rng: Rng) -> Array:
    gray = gray_of(picture)
    return jpeg(gray, int(rng.integers(50, 95))) if rng.random() < 0.5 else gray


def old_print(picture: Array, rng: Rng) -> Array:
    """Sepia, soft, of little contrast."""
    gray = gray_of(picture) / 255.0
    low, high = rng.uniform(0.05, 0.25), rng.uniform(0.75, 0.95)
    toned = (low + (high - low) * gray) * 255 * np.array([1, rng.uniform(0.85, 1), rng.uniform(0.65, 1)])
    return eight(toned + rng.normal(0, 5, toned.shape[:2])[..., None])


def night(picture: Array, rng: Rng) -> Array:
    """Most of it nearly black, a few lamps."""
    dark = (gray_of(picture) / 255.0) ** rng.uniform(1.5, 3) * rng.uniform(0.3, 0.8)
    lamps = np.zeros(picture.shape[:2])
    for _ in range(rng.integers(3, 25)):
        at = tuple(int(rng.integers(side)) for side in picture.shape[1::-1])
        cv2.circle(lamps, at, int(rng.integers(1, 5)), rng.uniform(0.5, 1), -1, cv2.LINE_AA)
    glow = lamps + 3 * cv2.GaussianBlur(lamps, (0, 0), picture.shape[1] / 40)
    return eight(255 * (dark + glow[..., None]) + rng.normal(0, 4, (*picture.shape[:2], 1)))


def high_key(picture: Array, rng: Rng) -> Array:
    """Bright and pale, the brightest burnt out."""
    gray = gray_of(picture) / 255.0
    return eight(255 * (1 - (1 - gray) * rng.uniform(0.45, 0.75)) * rng.uniform(1.0, 1.15))


GREY: dict[str, Callable[[Array, Rng], Array]] = {
    "grey": as_gray,
    "old print": old_print,
    "night": night,
    "high key": high_key,
}


# ---- made up


def line_art(rng: Rng, size: int = 400) -> Array:
    """(h, w): a scene of blobs, boxes and limbs, nearer ones before farther ones, in one pen."""
    shape = (size, round(size * rng.uniform(0.7, 1.4)))
    page, pen = np.full(shape, 255, np.uint8), max(1, round(rng.uniform(0.003, 0.008) * size))
    for _ in range(rng.integers(5, 16)):
        centre, reach = rng.uniform(0.1, 0.9, 2) * shape[::-1], rng.uniform(0.05, 0.28) * size
        angles = np.linspace(0, 2 * np.pi, int(rng.choice([4, 5, 40, 40, 60])), endpoint=False)
        wave = 1 + sum(rng.uniform(-0.2, 0.2) * np.sin(k * angles + rng.uniform(0, 6)) for k in range(1, 5))
        ring = centre + reach * wave[:, None] * np.stack([np.cos(angles), np.sin(angles) * rng.uniform(0.5, 1.2)], 1)
        points = [np.rint(ring * 16).astype(np.int32)]
        cv2.fillPoly(page, points, 255, cv2.LINE_AA, 4)
        cv2.polylines(page, points, True, 0, pen, cv2.LINE_AA, 4)
        for _ in range(rng.integers(0, 4)):
            inner = centre + rng.uniform(-0.5, 0.5, (4, 2)) * reach
            cv2.polylines(page, [np.rint(inner * 16).astype(np.int32)], False, 0, pen, cv2.LINE_AA, 4)
    return page


def photograph(rng: Rng, size: int = 400) -> Array:
    """(h, w, 3): sky and ground of clouds and grass, bodies in the light of one lamp, soft shadows, grain."""
    shape = (size, round(size * rng.uniform(0.7, 1.4)))
    y, x = np.meshgrid(np.linspace(0, 1, shape[0]), np.linspace(0, shape[1] / shape[0], shape[1]), indexing="ij")
    sky = rng.uniform(120, 235, 3) * (1 - rng.uniform(0, 0.4) * y[..., None])
    sky = sky + rng.uniform(0, 70) * (fractal(rng, shape)[..., None] - 0.4)
    ground = rng.uniform(30, 170, 3) * (0.5 + fractal(rng, shape, 8, 0.8)[..., None])
    horizon = rng.uniform(0.2, 0.8) + 0.15 * (noise(rng, shape, 4) - 0.5)
    picture = np.where((y > horizon)[..., None], ground, sky)
    light = rng.normal(size=3)
    light = light / np.linalg.norm(light) * np.sign(light[2])
    for _ in range(rng.integers(2, 9)):
        cx, cy, reach = rng.uniform(0, shape[1] / shape[0]), rng.uniform(0.1, 0.95), rng.uniform(0.06, 0.3)
        u, v = (x - cx) / reach, (y - cy) / (reach * rng.uniform(0.5, 1.6))
        inside = np.clip((1 - np.hypot(u, v)) * reach * size / 1.5, 0, 1)[..., None]
        deep = np.sqrt((1 - u * u - v * v).clip(0))
        shade = (u * light[0] + v * light[1] + deep * light[2]).clip(0)[..., None]
        skin = rng.uniform(60, 255, 3) * (0.8 + 0.4 * fractal(rng, shape, 6, 0.7)[..., None])
        cast = np.exp(-((u - 0.3) ** 2 + (v - 0.5) ** 2))[..., None] * 0.4
        picture = picture * (1 - cast) * (1 - inside) + inside * skin * (0.2 + 0.9 * shade)
    soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.2))
    return eight(soft + rng.normal(0, rng.uniform(0, 5), (*shape, 1)))


def flat_cartoon(rng: Rng, size: int = 400) -> Array:
    """(h, w, 3): flat tones side by side, without any outline."""
    shape = (size, round(size * rng.uniform(0.7, 1.4)))
    page = np.full((*shape, 3), rng.integers(60, 256), np.uint8)
    for _ in range(rng.integers(6, 25)):
        centre, reach = rng.uniform(0, 1, 2) * shape[::-1], rng.uniform(0.05, 0.35) * size
        angles = np.linspace(0, 2 * np.pi, int(rng.choice([3, 4, 6, 40, 40])), endpoint=False)
        wave = 1 + sum(rng.uniform(-0.15, 0.15) * np.sin(k * angles + rng.uniform(0, 6)) for k in range(1, 4))
        ring = centre + reach * wave[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
        cv2.fillPoly(page, [np.rint(ring * 16).astype(np.int32)], (int(rng.integers(20, 256)),) * 3, cv2.LINE_AA, 4)
    return page
