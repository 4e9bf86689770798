"""Places out of doors: meadows, shores, streets, and under water."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .picture import (
    CLOTHS,
    CLOUDS,
    DAY,
    DUSK,
    EARTH,
    EYES,
    GREENS,
    NIGHT,
    SANDS,
    SEAS,
    SNOWS,
    STONES,
    WALLS,
    WOODS,
    Backdrop,
    Picture,
    svg_path,
)  # fmt: skip
from .things import AIR, GROUND, UNDER_WATER, WATER

TUFT = 7  # pens: height of the smallest blades of grass that are not a blot
NIGHT_LIGHT = (0.62, 0.68, 0.86)


def sky(picture: Picture, horizon: float) -> None:
    rng, out = picture.rng, 4 * picture.pen
    colors = DAY if (mood := rng.random()) < 0.7 else DUSK if mood < 0.88 else NIGHT
    if colors is NIGHT:
        picture.light = NIGHT_LIGHT
    top = picture.pick(colors)
    fill = picture.gradient(top, picture.pick(colors, 20)) if rng.random() < 0.5 else top
    picture.area(picture.bleed(-out, picture.height + out), fill, "sky")
    if rng.random() < 0.45:
        size = rng.uniform(0.035, 0.08) * picture.width
        x, y = rng.uniform(0.08, 0.92) * picture.width, rng.uniform(0.1, 0.5) * horizon
        moon = colors is NIGHT
        if not moon and rng.random() < 0.4:
            for turn in np.arange(12) * np.pi / 6 + rng.uniform(0, 0.5):
                start, end = 1.3 * size, size * rng.uniform(1.6, 1.9)
                picture.line(
                    f"M{x + start * np.cos(turn):.1f} {y + start * np.sin(turn):.1f}"
                    f"L{x + end * np.cos(turn):.1f} {y + end * np.sin(turn):.1f}"
                )
        picture.area(
            picture.blob(x, y, size, size, 0.01),
            picture.pick(("#f4f1dc",) if moon else ("#fbdc5c", "#f9c846", "#fde58a")),
            "sun",
        )
    for _ in range(int(rng.integers(0, 4))):
        cloud(
            picture,
            rng.uniform(0, 1) * picture.width,
            rng.uniform(0.1, 0.75) * horizon,
            rng.uniform(0.07, 0.18) * picture.width,
        )


def cloud(picture: Picture, x: float, y: float, reach: float) -> None:
    """A flat foot and round tops, as cartoonists draw it."""
    rng = picture.rng
    count = int(rng.integers(3, 6))
    edges = np.linspace(-1, 1, count + 1)
    edges[1:-1] += rng.uniform(-0.5, 0.5, count - 1) / count
    path = f"M{x - reach:.1f} {y:.1f}"
    for left, right in pairwise(edges):
        radius = max(0.12, (right - left) * rng.uniform(0.5, 0.62)) * reach
        lift = 0.0 if right == edges[-1] else -rng.uniform(0, 0.12) * reach
        path += f"A{radius:.1f} {radius:.1f} 0 0 1 {x + right * reach:.1f} {y + lift:.1f}"
    color = picture.pick(CLOUDS, 3)
    picture.area(f"{path}Q{x:.1f} {y + 0.14 * reach:.1f} {x - reach:.1f} {y:.1f}Z", color, "cloud")


def tufts(picture: Picture, level: float) -> None:
    """Blades of grass in threes, smaller with distance."""
    rng = picture.rng
    for _ in range(int(rng.integers(4, 22))):
        depth = rng.uniform(0.15, 1)
        x, y = rng.uniform(0, 1) * picture.width, level + depth * (picture.height - level)
        size = max(0.03 * depth * picture.height, TUFT * picture.pen)
        for lean in (-0.5, 0.05, 0.5):
            tip = lean + rng.normal(0, 0.12)
            picture.line(
                svg_path(
                    "M",
                    x + 0.25 * lean * size,
                    y,
                    "q",
                    0.1 * tip * size,
                    -0.6 * size,
                    0.6 * tip * size,
                    -size * rng.uniform(0.8, 1.1),
                ),
                0.6,
            )


def bush(picture: Picture, x: float, y: float, reach: float, fill: str) -> None:
    rng = picture.rng
    angles = np.linspace(np.pi, 2 * np.pi, int(rng.integers(6, 10)))
    points = [(x + reach * np.cos(a), y + reach * 0.8 * np.sin(a)) for a in angles]
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (px, py), (qx, qy) in pairwise(points):
        radius = 0.55 * float(np.hypot(qx - px, qy - py)) * rng.uniform(1, 1.2)
        path += f"A{radius:.1f} {radius:.1f} 0 0 1 {qx:.1f} {qy:.1f}"
    picture.area(path + "Z", fill, "plant")


def tree(picture: Picture, x: float, y: float, height: float, leaves: str, wood: str) -> None:
    rng = picture.rng
    half = 0.06 * height
    picture.area(
        picture.polygon(
            [(x - half, y), (x - 0.6 * half, y - 0.55 * height), (x + 0.6 * half, y - 0.55 * height), (x + half, y)]
        ),
        wood,
        "plant",
    )
    if rng.random() < 0.35:
        for step in range(3):
            wide, low = (0.3 - 0.07 * step) * height, y - (0.22 + 0.24 * step) * height
            picture.area(picture.polygon([(x - wide, low), (x, low - 0.36 * height), (x + wide, low)]), leaves, "plant")
    else:
        count = int(rng.integers(8, 12))
        angles = np.arange(count) * 2 * np.pi / count + rng.uniform(0, 1)
        points = [(x + 0.3 * height * np.cos(a), y - 0.68 * height + 0.3 * height * np.sin(a)) for a in angles]
        path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
        for (px, py), (qx, qy) in zip(points, points[1:] + points[:1], strict=True):
            radius = 0.6 * float(np.hypot(qx - px, qy - py))
            path += f"A{radius:.1f} {radius:.1f} 0 0 1 {qx:.1f} {qy:.1f}"
        picture.area(path + "Z", leaves, "plant")


def fence(picture: Picture, level: float, height: float) -> None:
    fill = picture.pick((*WOODS, "#f7f4ee"))
    step = height * picture.rng.uniform(0.28, 0.5)
    for rail in (0.35, 0.75):
        picture.area(
            picture.bleed(level - rail * height - 0.06 * height, level - rail * height + 0.06 * height), fill, "fence"
        )
    for x in np.arange(-step, picture.width + step, step):
        wide = 0.3 * step
        top = level - height
        picture.area(
            picture.polygon(
                [(x - wide, level), (x - wide, top), (x, top - 0.6 * wide), (x + wide, top), (x + wide, level)]
            ),
            fill,
            "fence",
        )


def town(picture: Picture, level: float, height: float) -> None:
    """A row of houses across the picture, seen from the front."""
    rng = picture.rng
    x = -rng.uniform(0, 0.1) * picture.width
    while x < picture.width:
        wide, tall = rng.uniform(0.12, 0.26) * picture.width, height * rng.uniform(0.55, 1)
        wall, roof, top = picture.pick((*WALLS, *STONES)), picture.pick((*CLOTHS, *WOODS, *STONES)), level - tall
        kind = rng.integers(3)
        if kind == 0:
            picture.area(
                picture.polygon([(x - 0.04 * wide, top), (x + wide / 2, top - 0.4 * wide), (x + 1.04 * wide, top)]),
                roof,
                "house",
            )
        elif kind == 1:
            picture.area(
                picture.polygon(
                    [
                        (x - 0.04 * wide, top),
                        (x + 0.15 * wide, top - 0.22 * wide),
                        (x + 0.85 * wide, top - 0.22 * wide),
                        (x + 1.04 * wide, top),
                    ]
                ),
                roof,
                "house",
            )
        picture.area(picture.rect(x, top, x + wide, level), wall, "house")
        if kind == 2:
            picture.area(
                picture.rect(x - 0.03 * wide, top - 0.05 * wide, x + 1.03 * wide, top + 0.03 * wide), roof, "house"
            )
        glass, door = picture.pick(("#bcd9e6", "#f6e3a1", "#8fb2c4")), picture.pick(CLOTHS)
        columns, rows = int(rng.integers(2, 4)), max(1, int(tall / (0.45 * wide)))
        cell, row_height = wide / columns, 0.92 * tall / rows
        door_at = int(rng.integers(columns))
        for row in range(rows):
            for column in range(columns):
                left, low = x + column * cell, top + 0.06 * tall + row * row_height
                if row == rows - 1 and column == door_at:
                    picture.area(
                        picture.rect(left + 0.27 * cell, low + 0.12 * row_height, left + 0.73 * cell, level),
                        door,
                        "house",
                    )
                else:
                    picture.area(
                        picture.rect(
                            left + 0.25 * cell, low + 0.18 * row_height, left + 0.75 * cell, low + 0.7 * row_height
                        ),
                        glass,
                        "house",
                    )
                    if rng.random() < 0.7:
                        picture.line(
                            f"M{left + 0.5 * cell:.1f} {low + 0.18 * row_height:.1f}V{low + 0.7 * row_height:.1f}", 0.7
                        )
        x += wide * rng.choice((1.0, 1.0, 1.12))


def meadow(picture: Picture) -> Backdrop:
    """Grass under a sky, with hills, mountains, trees or a fence behind and sometimes a path."""
    rng, height, width = picture.rng, picture.height, picture.width
    horizon = rng.uniform(0.3, 0.55)
    level = horizon * height
    season = rng.random()
    ground = GREENS if season < 0.7 else EARTH if season < 0.85 else SNOWS
    sky(picture, level)
    if rng.random() < 0.35:
        picture.area(
            picture.ridge(level, rng.uniform(0.15, 0.3) * height, int(rng.integers(2, 5)), True),
            picture.pick((*STONES, "#9fb0c4", "#8a9bb3")),
            "hill",
        )
    for step in range(int(rng.integers(0, 3))):
        picture.area(
            picture.ridge(
                level + 0.01 * step * height,
                (0.14 - 0.05 * step) * height * rng.uniform(0.7, 1.2),
                int(rng.integers(2, 5)),
            ),
            picture.pick(ground, 16),
            "hill",
        )
    grass = picture.pick(ground)
    picture.area(picture.ridge(level + 0.015 * height, 0.02 * height, int(rng.integers(1, 4))), grass, "ground")
    leaves, wood = picture.pick(GREENS if season < 0.75 else ("#d98b3a", "#c9653a", "#e0b13f")), picture.pick(WOODS)
    for _ in range(int(rng.integers(0, 5))):
        x, depth = rng.uniform(0, 1) * width, rng.uniform(0.01, 0.08)
        if rng.random() < 0.6:
            tree(picture, x, level + (0.02 + depth) * height, (0.14 + 1.2 * depth) * height, leaves, wood)
        else:
            bush(picture, x, level + (0.02 + depth) * height, (0.04 + 0.3 * depth) * height, leaves)
    if rng.random() < 0.25:
        fence(picture, level + 0.07 * height, 0.13 * height)
    if rng.random() < 0.4:
        x, end = rng.uniform(0.25, 0.75) * width, rng.uniform(0.1, 0.9) * width
        top, half, spread = level + 0.02 * height, 0.012 * width, rng.uniform(0.12, 0.22) * width
        low = height + 4 * picture.pen
        bend = rng.uniform(-0.2, 0.2) * width
        upper, lower = top + 0.35 * (low - top), top + 0.5 * (low - top)
        picture.area(
            svg_path("M", x - half, top, "C", x - half + bend, upper, end - spread - bend, lower, end - spread, low)
            + svg_path("H", end + spread, "C", end + spread - bend, lower, x + half + bend, upper, x + half, top, "Z"),
            picture.pick(EARTH),
            "path",
        )
    if ground is not SNOWS and rng.random() < 0.7:
        tufts(picture, level + 0.06 * height)
    return Backdrop(picture.cutout("ground"), horizon - 0.02, horizon + 0.08, 0.95, EYES, (GROUND, AIR), picture.light)


def shore(picture: Picture) -> Backdrop:
    """Sea and beach, or a lake with a near bank."""
    rng, height, width = picture.rng, picture.height, picture.width
    horizon = rng.uniform(0.3, 0.5)
    level = horizon * height
    sky(picture, level)
    if rng.random() < 0.4:
        picture.area(
            picture.ridge(level + 0.005 * height, 0.08 * height, int(rng.integers(2, 4)), floor=level + 0.03 * height),
            picture.pick((*GREENS, *STONES)),
            "hill",
        )
    sea = picture.pick(SEAS)
    picture.area(picture.bleed(level, height + 4 * picture.pen), sea, "water")
    for _ in range(int(rng.integers(4, 14))):
        depth = rng.uniform(0.05, 1) ** 1.5
        x, y, size = rng.uniform(0, 1) * width, level + depth * 0.5 * (height - level), (0.012 + 0.04 * depth) * width
        picture.line(
            f"M{x:.1f} {y:.1f}q{size / 2:.1f} {-0.4 * size:.1f} {size:.1f} 0q{size / 2:.1f} {-0.4 * size:.1f} {size:.1f} 0",
            0.6,
        )
    bank = rng.uniform(0.62, 0.85)
    land = picture.pick(SANDS if rng.random() < 0.7 else GREENS)
    if rng.random() < 0.7:
        picture.area(picture.ridge(bank * height - 0.02 * height, 0.03 * height, 2), "#ffffff", "foam")
    picture.area(picture.ridge(bank * height, 0.03 * height, 2), land, "ground")
    for _ in range(int(rng.integers(0, 4))):
        picture.area(
            picture.blob(
                rng.uniform(0, 1) * width, rng.uniform(bank + 0.02, 1) * height, 0.03 * width, 0.015 * width, 0.12
            ),
            picture.pick(STONES),
            "stone",
        )
    return Backdrop(
        picture.cutout("water"), horizon - 0.02, bank + 0.02, 0.96, EYES, (GROUND, AIR, WATER), picture.light
    )


def street(picture: Picture) -> Backdrop:
    """Houses behind a pavement and a road."""
    rng, height, width = picture.rng, picture.height, picture.width
    horizon = rng.uniform(0.38, 0.5)
    level = (horizon + 0.06) * height
    sky(picture, level)
    town(picture, level, rng.uniform(0.22, 0.42) * height)
    curb, road = rng.uniform(0.6, 0.68), picture.pick(STONES)
    picture.area(picture.bleed(level, height + 4 * picture.pen), picture.pick((*STONES, *EARTH)), "pavement")
    if rng.random() < 0.6:
        middle = rng.uniform(0, 1) * width
        for x in np.arange(-0.5 * width, 1.5 * width, rng.uniform(0.09, 0.16) * width):
            picture.line(f"M{middle + 0.75 * (x - middle):.1f} {level:.1f}L{x:.1f} {curb * height:.1f}", 0.5)
    picture.area(picture.bleed(curb * height, (curb + 0.025) * height), picture.pick(STONES), "curb")
    picture.area(picture.bleed((curb + 0.025) * height, height + 4 * picture.pen), road, "road")
    if rng.random() < 0.7:
        y, long = rng.uniform(0.82, 0.9) * height, rng.uniform(0.08, 0.14) * width
        for x in np.arange(-rng.uniform(0, 1) * long, width, 2.1 * long):
            picture.area(
                picture.polygon(
                    [(x, y), (x + long, y), (x + 0.92 * long, y + 0.03 * height), (x - 0.08 * long, y + 0.03 * height)]
                ),
                "#fbfbf7",
                "marking",
            )
    if rng.random() < 0.5:
        leaves, wood = picture.pick(GREENS), picture.pick(WOODS)
        for x in np.arange(rng.uniform(0, 0.3) * width, width, rng.uniform(0.25, 0.45) * width):
            tree(picture, x, level + 0.05 * height, rng.uniform(0.3, 0.4) * height, leaves, wood)
    return Backdrop(picture.cutout("street"), horizon, horizon + 0.12, 0.95, EYES, (GROUND, AIR), picture.light)


def sea_bed(picture: Picture) -> Backdrop:
    """Under water: sand, weeds, stones, bubbles."""
    rng, height, width = picture.rng, picture.height, picture.width
    top = picture.pick(SEAS)
    out = 4 * picture.pen
    picture.area(
        picture.bleed(-out, height + out),
        picture.gradient(top, picture.pick(SEAS, 20)) if rng.random() < 0.6 else top,
        "water",
    )
    bed = rng.uniform(0.72, 0.86)
    if rng.random() < 0.5:
        picture.area(
            picture.ridge(bed * height, 0.16 * height, int(rng.integers(2, 4))), picture.pick((*STONES, *SEAS)), "hill"
        )
    picture.area(picture.ridge((bed + 0.03) * height, 0.04 * height, 2), picture.pick((*SANDS, *EARTH)), "ground")
    for _ in range(int(rng.integers(2, 7))):
        x, tall = rng.uniform(0, 1) * width, rng.uniform(0.12, 0.35) * height
        weed = picture.pick((*GREENS, "#c96f7d", "#8a5a93"))
        foot, half, sway = rng.uniform(bed + 0.05, 0.98) * height, 0.012 * width, rng.uniform(0.02, 0.04) * width
        steps = np.linspace(0, 1, 7)
        left = [(x - half * (1 - s) + sway * np.sin(5 * s), foot - tall * s) for s in steps]
        right = [(x + half * (1 - s) + sway * np.sin(5 * s), foot - tall * s) for s in steps[::-1]]
        picture.area(picture.smooth(left) + picture.smooth(right).replace("M", "L", 1) + "Z", weed, "plant")
    for _ in range(int(rng.integers(1, 5))):
        picture.area(
            picture.blob(
                rng.uniform(0, 1) * width,
                rng.uniform(bed + 0.06, 1) * height,
                rng.uniform(0.03, 0.07) * width,
                0.03 * width,
                0.12,
            ),
            picture.pick(STONES),
            "stone",
        )
    for _ in range(int(rng.integers(0, 9))):
        size = rng.uniform(0.005, 0.014) * width
        picture.area(
            picture.blob(rng.uniform(0, 1) * width, rng.uniform(0.05, bed) * height, size, size, 0.02),
            picture.pick(DAY),
            "bubble",
        )
    return Backdrop(picture.cutout("water"), 0.2, bed + 0.06, 0.95, EYES, (UNDER_WATER,))
