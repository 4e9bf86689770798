"""Comic pages: panels with scenes and figures, gutters, balloons with tails, captions and sound words."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas
from .cutouts import layer_of
from .lettering import CAPTIONS, SOUNDS, SPEECH, Fonts, sound_word, written
from .light import Light
from .picture import CLOTHS, DAY, WALLS, Picture
from .pieces import Pieces
from .scene import FINE, Place, put, scene

Box = tuple[float, float, float, float]  # x0, y0, x1, y1
SMALLEST_PANEL = 2 * FINE  # pens: nothing is drawn or lettered in a smaller one
TEXT = (1 / 48, 1 / 34)  # height of a line by the page's width
GUTTER = (0.012, 0.03)  # by the page's width
PAGES = ((2, 3), (5, 7), (3, 4), (1, 1), (3, 1), (2, 1))  # width by height: pages, and strips
STRIP = 0.6  # height by width of what is no page but a strip, with one row
PAGE_PENS = (1 / 520, 1 / 260)
SOUND = 22  # pens: the height of a letter whose inside is wide enough to be coloured
BALLOONS = ("round", "round", "box", "thought", "shout")


def page(rng: np.random.Generator, pieces: Pieces, fonts: Fonts, height: int, width: int, pen: float) -> Canvas:
    """A page of two to eight panels."""
    canvas = Canvas(height, width, pen)
    canvas.names.append("gutter")
    canvas.kinds.append(3)
    canvas.labels[:] = 1
    gutter = rng.uniform(*GUTTER) * width
    file = fonts.text[int(rng.integers(len(fonts.text)))]
    capitals = rng.random() < 0.75
    size = max(7, round(rng.uniform(*TEXT) * width))
    panels = layout(rng, height, width, gutter)
    for corners in panels:
        draw_panel(rng, canvas, pieces, corners)
    for corners in panels:
        letter_panel(
            rng, canvas, inner_box(corners), lambda text: text.upper() if capitals else text, fonts, file, size
        )
    return canvas


def layout(rng: np.random.Generator, height: int, width: int, gutter: float) -> list[NDArray[np.float64]]:
    """Corners (4, 2) of the panels: rows of one to three, whose sides lean now and then."""
    margin = rng.uniform(1.2, 2.5) * gutter
    tall = height / width
    rows = (
        int(rng.choice([2, 3, 4], p=[0.35, 0.5, 0.15])) if tall >= 1 else 1 if tall < STRIP else int(rng.integers(1, 3))
    )
    counts = ([2, 3, 4], [0.3, 0.45, 0.25]) if rows == 1 else ([1, 2, 3], [0.25, 0.5, 0.25])
    weights = rng.uniform(0.7, 1.3, rows)
    edges = margin + np.append(0, np.cumsum(weights / weights.sum())) * (height - 2 * margin + gutter)
    slant = rng.choice([0.0, 0.0, 0.05]) * width
    panels = []
    for top, bottom in zip(edges, edges[1:] - gutter, strict=False):
        count = int(rng.choice(counts[0], p=counts[1]))
        shares = rng.uniform(0.7, 1.3, count)
        sides = margin + np.append(0, np.cumsum(shares / shares.sum())) * (width - 2 * margin + gutter)
        lean = np.zeros(count + 1)
        lean[1:-1] = rng.uniform(-slant, slant, count - 1)
        for number in range(count):
            left, right = sides[number], sides[number + 1] - gutter
            a, b = lean[number], lean[number + 1]
            panels.append(np.array([(left + a, top), (right + b, top), (right - b, bottom), (left - a, bottom)]))
    return panels


def inner_box(corners: NDArray[np.float64]) -> Box:
    x, y = corners[:, 0], corners[:, 1]
    return max(x[0], x[3]), y[0], min(x[1], x[2]), y[2]


def draw_panel(rng: np.random.Generator, canvas: Canvas, pieces: Pieces, corners: NDArray[np.float64]) -> None:
    """A scene, a portrait before a plain ground, or a figure on white, in a frame."""
    left, top = np.floor(corners.min(0)).astype(int)
    right, bottom = np.ceil(corners.max(0)).astype(int)
    width, height = int(right - left), int(bottom - top)
    if min(width, height) < SMALLEST_PANEL * canvas.pen:
        panel = plain(rng, height, width, canvas.pen)
    elif rng.random() < 0.62:
        panel = scene(rng, pieces, height, width, canvas.pen)
    else:
        panel = plain(rng, height, width, canvas.pen)
        portrait(rng, panel, pieces)
    outline = np.rint((corners - (left, top)) * 16).astype(np.int32)
    inside = np.zeros((height, width), np.uint8)
    cv2.fillPoly(inside, [outline], 1, shift=4)
    canvas.put_canvas(panel, int(top), int(left), inside > 0)
    if rng.random() < 0.95:
        cv2.polylines(
            canvas.ink,
            [np.rint(corners * 16).astype(np.int32)],
            True,
            0,
            max(1, round(1.2 * canvas.pen)),
            cv2.LINE_AA,
            4,
        )


def plain(rng: np.random.Generator, height: int, width: int, pen: float) -> Canvas:
    """A panel without a place: one colour, or white."""
    panel = Canvas(height, width, pen)
    panel.names.append("panel")
    panel.kinds.append(2)
    panel.labels[:] = 1
    if rng.random() < 0.7:
        color = Picture(rng, height, width, pen).pick((*WALLS, *DAY, *CLOTHS))
        panel.color[:] = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
    return panel


def portrait(rng: np.random.Generator, panel: Canvas, pieces: Pieces) -> None:
    """A bust at the lower edge, or someone from head to foot, or an animal."""
    height, width = panel.shape
    near = rng.random() < 0.6
    cutout = (
        pieces.pick(rng, ("face", "person"), bust=True) if near else pieces.pick(rng, ("person", "animal"), bust=False)
    )
    if cutout is None:
        return
    share = rng.uniform(0.6, 0.85)
    tall = min(share * height, 0.8 * width / cutout.aspect)
    feet = height + 2 if cutout.cut_off else height - rng.uniform(0.03, 0.1) * height
    light = Light.draw(rng)
    with contextlib.suppress(ValueError):  # resvg draws the probe of it, but not this size
        layer = light.on(layer_of(cutout, max(8, round(tall)), panel.pen))
        put(rng, panel, layer, Place(cutout, feet, rng.uniform(0.35, 0.65) * width, tall))


# ---- balloons, captions, sounds


def letter_panel(
    rng: np.random.Generator,
    canvas: Canvas,
    box: Box,
    spelled: Callable[[str], str],
    fonts: Fonts,
    file: Path | None,
    size: int,
) -> None:
    x0, y0, x1, y1 = box
    if min(x1 - x0, y1 - y0) < SMALLEST_PANEL * canvas.pen:
        return
    room = [x0 + 0.6 * size, y0 + 0.6 * size, x1 - 0.6 * size, y0 + 0.45 * (y1 - y0)]
    if rng.random() < 0.25:
        room[1] = caption(rng, canvas, box, spelled(str(rng.choice(CAPTIONS))), file, size)
    count = int(rng.choice([0, 1, 2], p=[0.25, 0.55, 0.2]))
    for number in range(count):
        share = (room[2] - room[0]) / count
        left = room[0] + number * share
        text = " ".join(str(phrase) for phrase in rng.choice(SPEECH, int(rng.integers(1, 3)), replace=False))
        balloon(rng, canvas, (left, room[1], left + share, room[3]), y1, spelled(text), file, size)
    if rng.random() < 0.16:
        loud = fonts.loud[int(rng.integers(len(fonts.loud)))]
        color = Picture(rng, 8, 8, 1).pick(("#f2c32e", "#e2574c", "#f5f0e6", "#4f9fd8", "#ef8b3a"))
        tall = round(max(SOUND * canvas.pen, rng.uniform(0.14, 0.26) * min(x1 - x0, y1 - y0)))
        word = sound_word(
            rng, str(rng.choice(SOUNDS)), loud, tall, canvas.pen, tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))
        )  # type: ignore[arg-type]
        top = rng.uniform(0.45, 0.8) * (y1 - y0) + y0 - word.labels.shape[0] / 2
        canvas.put(word, round(top), round(rng.uniform(x0, max(x0 + 1, x1 - word.labels.shape[1]))), window(box))


def window(box: Box) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = box
    return round(y0), round(x0), round(y1), round(x1)


def caption(rng: np.random.Generator, canvas: Canvas, box: Box, text: str, file: Path | None, size: int) -> float:
    """A box in the panel's upper corner, frame on frame. Returns its lower edge."""
    x0, y0, x1, _ = box
    ink = written(text, file, size, 0.8 * (x1 - x0) - size)
    tall, wide = ink.shape[0] + 1.2 * size, ink.shape[1] + 1.4 * size
    picture = Picture(rng, *canvas.shape, canvas.pen)
    color = picture.pick(("#fdf3c2", "#ffffff", "#f8e3b5", "#e7f0f7"), 4)
    picture.area(picture.rect(x0, y0, x0 + wide, y0 + tall, False), color, "caption")
    put_part(canvas, picture, "caption", (x0, y0, x0 + wide, y0 + tall))
    canvas.write(ink, round(y0 + 0.6 * size), round(x0 + 0.7 * size))
    return y0 + tall + 0.5 * size


def balloon(
    rng: np.random.Generator, canvas: Canvas, room: Box, floor: float, text: str, file: Path | None, size: int
) -> None:
    """A balloon for a text in the upper part of a panel, its tail toward someone below. floor: lower edge of the panel."""
    x0, y0, x1, y1 = room
    ink = written(text, file, size, 0.62 * (x1 - x0))
    kind = BALLOONS[int(rng.integers(len(BALLOONS)))]
    grow = 0.62 if kind == "box" else 0.78
    rx, ry = grow * ink.shape[1] + 0.5 * size, grow * ink.shape[0] + 0.6 * size
    if 2 * rx > x1 - x0 or 2 * ry > 1.2 * (y1 - y0):
        return
    x, y = rng.uniform(x0 + rx, max(x0 + rx, x1 - rx) + 1e-6), y0 + ry + rng.uniform(0, 0.4) * max(0, y1 - y0 - 2 * ry)
    picture = Picture(rng, *canvas.shape, canvas.pen)
    goal = (x + rng.uniform(-0.6, 0.6) * rx, min(y + ry + rng.uniform(1.2, 3.2) * size, floor - size))
    color = "#ffffff" if rng.random() < 0.85 else picture.pick(("#fdf6d8", "#eaf3fa", "#fbe7e4"), 3)
    picture.area(outline_of(rng, picture, kind, x, y, rx, ry, goal), color, "balloon")
    if kind == "thought":
        for share, reach in ((0.35, 0.4), (0.8, 0.25)):
            at = (x + share * (goal[0] - x), y + ry + (0.15 + share) * (goal[1] - y - ry))
            picture.area(picture.blob(at[0], at[1], 1.2 * reach * size, reach * size, 0.03), color, "balloon")
    put_part(canvas, picture, "balloon", (x - 1.5 * rx, y - 1.5 * ry, x + 1.5 * rx, max(y + 1.5 * ry, goal[1])))
    canvas.write(ink, round(y - ink.shape[0] / 2), round(x - ink.shape[1] / 2))


def put_part(canvas: Canvas, picture: Picture, name: str, box: Box) -> None:
    """What is drawn in a part of the page, and a pen's width around it."""
    edge = 2 * canvas.pen
    left, top = max(0, int(box[0] - edge)), max(0, int(box[1] - edge))
    right, bottom = min(canvas.shape[1], int(box[2] + edge) + 1), min(canvas.shape[0], int(box[3] + edge) + 1)
    cutout = picture.cutout(name, (left, top, right - left, bottom - top))
    canvas.put(layer_of(cutout, bottom - top, canvas.pen), top, left)


def outline_of(
    rng: np.random.Generator,
    picture: Picture,
    kind: str,
    x: float,
    y: float,
    rx: float,
    ry: float,
    goal: tuple[float, float],
) -> str:
    """Path of a balloon around (x, y) with a tail to `goal`."""
    if kind == "thought":
        count = int(rng.integers(9, 13))
        angles = np.arange(count) * 2 * np.pi / count
        points = [(x + rx * np.cos(a), y + ry * np.sin(a)) for a in angles]
        path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
        for (px, py), (qx, qy) in zip(points, points[1:] + points[:1], strict=True):
            radius = 0.6 * float(np.hypot(qx - px, qy - py))
            path += f"A{radius:.1f} {radius:.1f} 0 0 1 {qx:.1f} {qy:.1f}"
        return path + "Z"
    toward = float(np.arctan2((goal[1] - y) / ry, (goal[0] - x) / rx))
    half = rng.uniform(0.12, 0.2)
    if kind == "shout":
        angles = toward + np.linspace(0, 2 * np.pi, 2 * int(rng.integers(9, 14)), endpoint=False)
        reach = np.where(np.arange(len(angles)) % 2, 1.0, rng.uniform(1.15, 1.4, len(angles)))
        points = [(x + r * rx * np.cos(a), y + r * ry * np.sin(a)) for a, r in zip(angles, reach, strict=True)]
        points[0] = goal
        return picture.polygon(points)
    angles = toward + np.linspace(half, 2 * np.pi - half, 72)
    power = 2.0 if kind == "round" else 5.0  # a superellipse: round, or a box with round corners
    c, s = np.cos(angles), np.sin(angles)
    reach = (np.abs(c) ** power + np.abs(s) ** power) ** (-1 / power)
    points = [(float(px), float(py)) for px, py in zip(x + rx * reach * c, y + ry * reach * s, strict=True)]
    bend = rng.uniform(-0.25, 0.25) * rx
    start, end = points[0], points[-1]
    way = [((start[0] + end[0]) / 2 + bend, (start[1] + end[1]) / 2 + 0.6 * (goal[1] - start[1]))]
    return (
        "M" + "L".join(f"{px:.1f} {py:.1f}" for px, py in points)
        + f"Q{way[0][0]:.1f} {way[0][1]:.1f} {goal[0]:.1f} {goal[1]:.1f}Q{way[0][0]:.1f} {way[0][1]:.1f} {start[0]:.1f} {start[1]:.1f}Z"
    )  # fmt: skip
