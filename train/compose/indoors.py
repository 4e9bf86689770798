"""Places indoors: rooms, and table tops from near by."""

from __future__ import annotations

import numpy as np

from .picture import CLOTHS, DAY, EYES, GREENS, SEATED, STONES, WALLS, WOODS, Backdrop, Picture, svg_path
from .things import GROUND, TABLE


def room(picture: Picture) -> Backdrop:
    """A wall with a window, a picture or a shelf, and a floor of boards, tiles or carpet."""
    rng, height, width = picture.rng, picture.height, picture.width
    base = rng.uniform(0.55, 0.68)
    out = 4 * picture.pen
    wall = picture.pick(WALLS)
    picture.area(picture.bleed(-out, base * height), wall, "wall")
    if rng.random() < 0.25:
        step = rng.uniform(0.06, 0.12) * width
        stripe = picture.pick(WALLS)
        for x in np.arange(rng.uniform(0, 1) * step, width, 2 * step):
            picture.area(picture.rect(x, -out, x + step, base * height), stripe, "wall")
    taken: list[float] = []
    for _ in range(int(rng.integers(1, 4))):
        x = rng.uniform(0.12, 0.88) * width
        if any(abs(x - other) < 0.3 * width for other in taken):
            continue
        taken.append(x)
        rng.choice(np.array([window, window, frame_on_wall, shelf, door], dtype=object))(picture, x, base * height)
    floor = picture.pick((*WOODS, *STONES, *WALLS))
    picture.area(picture.bleed(base * height, height + out), floor, "floor")
    pattern = rng.random()
    middle, vanish = rng.uniform(0.3, 0.7) * width, 0.42 * height
    if pattern < 0.7:
        spread = rng.uniform(0.12, 0.22) * width
        for x in np.arange(middle - 12 * spread, middle + 12 * spread, spread):
            top = middle + (x - middle) * (base * height - vanish) / (height - vanish)
            if pattern < 0.35:
                picture.line(f"M{top:.1f} {base * height:.1f}L{x:.1f} {height + out:.1f}", 0.6)
        if pattern < 0.35:
            for _ in range(3):
                for _ in range(3):
                    depth = rng.uniform(0.1, 0.9)
                    y = base * height + depth * (height - base * height)
                    near = (y - vanish) / (height - vanish)
                    column = int(rng.integers(-4, 4))
                    left, right = (middle + (column + side) * spread * near for side in (0, 1))
                    picture.line(f"M{left:.1f} {y:.1f}H{right:.1f}", 0.6)
    if rng.random() < 0.4:
        picture.area(
            picture.blob(
                rng.uniform(0.3, 0.7) * width,
                rng.uniform(base + 0.14, 0.9) * height,
                rng.uniform(0.2, 0.36) * width,
                0.07 * height,
                0.01,
            ),
            picture.pick(CLOTHS),
            "rug",
        )
    picture.area(picture.bleed((base - 0.03) * height, base * height), picture.pick((*WOODS, "#f7f4ee")), "skirting")
    return Backdrop(picture.cutout("room"), 0.36, base + 0.04, 0.95, EYES, (GROUND,))


def window(picture: Picture, x: float, base: float) -> None:
    rng = picture.rng
    half, top = rng.uniform(0.09, 0.15) * picture.width, rng.uniform(0.12, 0.22) * base
    low, bar = rng.uniform(0.6, 0.75) * base, 0.012 * picture.width
    wood, glass = picture.pick((*WOODS, "#f7f4ee", "#fbfaf5")), picture.pick(DAY)
    picture.area(picture.rect(x - half - bar, top - bar, x + half + bar, low + bar), wood, "window")
    for left, right in ((x - half, x - bar / 2), (x + bar / 2, x + half)):
        middle = (top + low) / 2
        for upper, lower in ((top, middle - bar / 2), (middle + bar / 2, low)):
            picture.area(picture.rect(left, upper, right, lower), glass, "window")
    picture.area(picture.rect(x - half - 3 * bar, low + bar, x + half + 3 * bar, low + 2.4 * bar), wood, "window")
    if rng.random() < 0.6:
        cloth = picture.pick(CLOTHS)
        for side in (-1, 1):
            edge, inner = x + side * (half + 3 * bar), x + side * 0.45 * half
            picture.area(
                f"M{edge:.1f} {top - 3 * bar:.1f}L{inner:.1f} {top - 3 * bar:.1f}Q{inner + side * 0.1 * half:.1f} {(top + low) / 2:.1f} "
                f"{x + side * 0.85 * half:.1f} {low + 3 * bar:.1f}L{edge:.1f} {low + 3 * bar:.1f}Z", cloth, "curtain",
            )  # fmt: skip
            for fold in (0.35, 0.65):
                start, end = edge + fold * (inner - edge), edge + fold * (x + side * 0.85 * half - edge)
                picture.line(
                    svg_path("M", start, top - 2 * bar, "Q", start, (top + low) / 2, end, low + 2 * bar),
                    0.6,
                )
        picture.area(
            picture.rect(x - half - 5 * bar, top - 4 * bar, x + half + 5 * bar, top - 3 * bar),
            picture.pick(WOODS),
            "curtain",
        )


def frame_on_wall(picture: Picture, x: float, base: float) -> None:
    rng = picture.rng
    half, tall, y = rng.uniform(0.05, 0.1) * picture.width, rng.uniform(0.12, 0.2) * base, rng.uniform(0.25, 0.4) * base
    edge = 0.12 * half
    picture.area(picture.rect(x - half, y - tall, x + half, y + tall), picture.pick(WOODS), "frame")
    picture.area(
        picture.rect(x - half + edge, y - tall + edge, x + half - edge, y + tall - edge), picture.pick(DAY), "frame"
    )
    left, right, low = x - half + edge, x + half - edge, y + tall - edge
    picture.area(
        svg_path("M", left, low, "V", y + 0.2 * tall, "Q", x - 0.3 * half, y - 0.4 * tall, x, y + 0.2 * tall)
        + svg_path("T", right, y + 0.1 * tall, "V", low, "Z"),
        picture.pick(GREENS),
        "frame",
    )


def shelf(picture: Picture, x: float, base: float) -> None:
    """A board with books."""
    rng = picture.rng
    half, y, thick = rng.uniform(0.1, 0.16) * picture.width, rng.uniform(0.35, 0.5) * base, 0.012 * picture.width
    at = x - half + thick
    while at < x + half - 2 * thick:
        wide, tall = thick * rng.uniform(0.9, 2), rng.uniform(0.11, 0.2) * base
        if rng.random() < 0.85:
            picture.area(picture.rect(at, y - tall, at + wide, y), picture.pick(CLOTHS), "book")
        at += wide
    picture.area(picture.rect(x - half, y, x + half, y + thick), picture.pick(WOODS), "shelf")


def door(picture: Picture, x: float, base: float) -> None:
    half, top = 0.1 * picture.width, 0.18 * base
    wood = picture.pick((*WOODS, *WALLS))
    picture.area(
        picture.rect(x - 1.18 * half, top - 0.18 * half, x + 1.18 * half, base + picture.pen),
        picture.pick(WOODS),
        "door",
    )
    picture.area(picture.rect(x - half, top, x + half, base + picture.pen), wood, "door")
    for upper, lower in ((0.08, 0.45), (0.53, 0.9)):
        picture.line(
            picture.rect(x - 0.65 * half, top + upper * (base - top), x + 0.65 * half, top + lower * (base - top)), 0.7
        )
    picture.area(
        picture.blob(x + 0.8 * half, (top + base) / 2 + 0.05 * base, 0.07 * half, 0.07 * half, 0.02), "#e5c04f", "door"
    )


def table(picture: Picture) -> Backdrop:
    """A table top from near by, before a wall: for food and small things."""
    rng, height = picture.rng, picture.height
    edge, out = rng.uniform(0.42, 0.6), 4 * picture.pen
    picture.area(picture.bleed(-out, height), picture.pick(WALLS), "wall")
    if rng.random() < 0.5:
        window(picture, rng.uniform(0.15, 0.85) * picture.width, 1.05 * edge * height)
    near = rng.uniform(0.9, 1.1)
    wood = picture.pick((*WOODS, *CLOTHS, "#f5f0e6"))
    picture.area(picture.bleed(edge * height, near * height + out), wood, "table")
    if rng.random() < 0.5:
        for depth in (0.2, 0.5, 0.85):
            y = (edge + depth**1.3 * (near - edge)) * height
            picture.line(f"M{-out} {y:.1f}H{picture.width + out}", 0.6)
    if near < 1:
        picture.area(picture.bleed(near * height, (near + 0.04) * height), wood, "table")
        picture.area(picture.bleed((near + 0.04) * height, height + out), picture.pick((*CLOTHS, *STONES)), "floor")
    return Backdrop(picture.cutout("table"), edge - 0.35, edge + 0.06, min(near - 0.03, 0.93), SEATED, (TABLE,))
