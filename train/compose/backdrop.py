"""What cut-outs stand before and upon: skies, hills, water, roads and rooms, drawn as SVG so that their surfaces are as exact as theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from lxml import etree

from .cutouts import Cutout
from .things import AIR, GROUND, TABLE, UNDER_WATER, WATER, Thing

Point = tuple[float, float]
EYES = 1.55  # metres above the ground that a scene is seen from: a person's eyes
SEATED = 0.4  # metres above a table top
DAY = ("#bfe3f5", "#a5d8ef", "#8fcbea", "#d6eef8", "#9cd3e8")
DUSK = ("#f6c48f", "#f2a98c", "#e9b6c3", "#c9a7c9", "#f7d9a3")
NIGHT_LIGHT = (0.62, 0.68, 0.86)
NIGHT = ("#47649f", "#5a70a8", "#557f9f", "#675ca0")
GREENS = ("#8fc46a", "#79b356", "#a3cf7d", "#6ea35f", "#b7cf6c", "#94b85a")
EARTH = ("#d9b98a", "#c9a36f", "#e3cda0", "#b98d5e", "#d8c3a0")
SANDS = ("#f0dca8", "#e8cf95", "#f5e6c0")
SNOWS = ("#eaf2f6", "#e1ecf3", "#dfe8f0")
SEAS = ("#5fa8c9", "#4b93bb", "#77bcc9", "#5aa7a7", "#3f7fa8")
STONES = ("#b9b6ae", "#a4a7a6", "#c9c3b4", "#9aa0a3", "#8d8f96")
WALLS = ("#f1ddc3", "#d9e5d6", "#cfdfe8", "#efd3cf", "#e6d9ea", "#f3e7b7", "#c9d7c2", "#e2c7a8", "#b9cdd8")
WOODS = ("#b98555", "#a8744a", "#c99b6a", "#8d5f3d", "#d8b07f")
CLOTHS = ("#b5443f", "#3f6fa3", "#5b8f63", "#d69a3c", "#8a5a93", "#c96f7d", "#3f8f8f", "#e2c7a8")
CLOUDS = ("#ffffff", "#ffffff", "#f4f7fa", "#e8eef3")


@dataclass(frozen=True)
class Backdrop:
    """cutout: the drawing, as large as the picture. horizon, near, far: shares of the height, of the horizon and of the band where feet
    may stand. eyes: metres that the eyes are above that ground. places: where the things of this scene are found.
    light: what its red, green and blue are multiplied by, at dusk and by night."""

    cutout: Cutout
    horizon: float
    far: float
    near: float
    eyes: float
    places: tuple[str, ...]
    light: tuple[float, float, float] = (1.0, 1.0, 1.0)


class Picture:
    """An SVG in the making. Points are in px of the finished picture."""

    def __init__(self, rng: np.random.Generator, height: int, width: int, pen: float) -> None:
        self.rng, self.height, self.width, self.pen = rng, height, width, pen
        self.parts: list[str] = []
        self.gradients: list[str] = []
        self.light = (1.0, 1.0, 1.0)

    def pick(self, colors: Sequence[str], spread: float = 9) -> str:
        """One of the colours, a little changed."""
        base = colors[int(self.rng.integers(len(colors)))]
        channels = np.array([int(base[at : at + 2], 16) for at in (1, 3, 5)]) + self.rng.normal(0, spread / 2, 3)
        return "#" + "".join(f"{int(value):02x}" for value in np.clip(channels, 0, 255))

    def area(self, outline: str, fill: str, thing: str) -> None:
        self.parts.append(f'<path data-thing="{thing}" d="{outline}" fill="{fill}"/>')

    def line(self, outline: str, weight: float = 0.8) -> None:
        """An inner line that a pen draws. weight: in pens."""
        self.parts.append(
            f'<path d="{outline}" fill="none" stroke="#000" stroke-width="{weight * self.pen:.2f}" '
            f'stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def gradient(self, top: str, bottom: str) -> str:
        name = f"g{len(self.gradients)}"
        self.gradients.append(
            f'<linearGradient id="{name}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{top}"/>'
            f'<stop offset="1" stop-color="{bottom}"/></linearGradient>'
        )
        return f"url(#{name})"

    def cutout(self, name: str, part: tuple[int, int, int, int] | None = None) -> Cutout:
        """The picture, or a part of it: left, top, width and height in px."""
        text = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}">'
            f"<defs>{''.join(self.gradients)}</defs>{''.join(self.parts)}</svg>"
        )
        left, top, width, height = part or (0, 0, self.width, self.height)
        box = (float(left), float(top), float(width), float(height))
        return Cutout(etree.fromstring(text.encode()), Thing(name, 0.0, GROUND), box, None)

    # ---- shapes

    def polygon(self, points: Sequence[Point]) -> str:
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"

    def rect(self, x0: float, y0: float, x1: float, y1: float, shaky: bool = True) -> str:
        """A rectangle as a hand draws it: its corners are off by a share of the pen."""
        off = self.rng.normal(0, 0.35 * self.pen, (4, 2)) if shaky else np.zeros((4, 2))
        corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) + off
        return self.polygon([(float(x), float(y)) for x, y in corners])

    def smooth(self, points: Sequence[Point], closed: bool = False) -> str:
        """A curve through the points (Catmull and Rom 1974) as cubic Bezier pieces."""
        known = np.array(points, float)
        around = np.vstack([known[-1:], known, known[:2]]) if closed else np.vstack([known[:1], known, known[-1:]])
        pieces = [f"M{known[0, 0]:.1f} {known[0, 1]:.1f}"]
        for before, start, end, after in zip(around, around[1:], around[2:], around[3:], strict=False):
            first, second = start + (end - before) / 6, end - (after - start) / 6
            pieces.append("C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in (first, second, end)))
        return "".join(pieces) + ("Z" if closed else "")

    def blob(self, x: float, y: float, rx: float, ry: float, wobble: float = 0.06, corners: int = 10) -> str:
        angles = np.arange(corners) * 2 * np.pi / corners + self.rng.uniform(0, 1)
        reach = 1 + self.rng.normal(0, wobble, corners)
        return self.smooth(
            [(x + rx * r * np.cos(a), y + ry * r * np.sin(a)) for a, r in zip(angles, reach, strict=True)], True
        )

    def ridge(self, level: float, height: float, bumps: int, sharp: bool = False, floor: float | None = None) -> str:
        """The land below a line of hills. level: y of its feet; height: of its tops above; closed far below the picture."""
        reach = 0.1 * self.width
        steps = np.linspace(-reach, self.width + reach, 2 * bumps + 1)
        steps[1:-1] += self.rng.normal(0, 0.12 * self.width / bumps, 2 * bumps - 1)
        tops = level - height * np.where(
            np.arange(2 * bumps + 1) % 2,
            self.rng.uniform(0.5, 1, 2 * bumps + 1),
            self.rng.uniform(0, 0.35, 2 * bumps + 1),
        )
        points = list(zip(steps.tolist(), tops.tolist(), strict=True))
        low = floor if floor is not None else self.height + 4 * self.pen
        line = self.polygon(points)[:-1] if sharp else self.smooth(points)
        return f"{line}L{self.width + reach:.1f} {low:.1f}L{-reach:.1f} {low:.1f}Z"

    def bleed(self, y0: float, y1: float) -> str:
        """A band across the picture whose sides lie outside, where no outline of them is seen."""
        out = 4 * self.pen
        return f"M{-out} {y0:.1f}H{self.width + out}V{y1:.1f}H{-out}Z"


# ---- parts of scenes


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
                    f"M{x + start * np.cos(turn):.1f} {y + start * np.sin(turn):.1f}L{x + end * np.cos(turn):.1f} {y + end * np.sin(turn):.1f}"
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
    for left, right in zip(edges, edges[1:], strict=False):
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
        size = 0.03 * depth * picture.height
        for lean in (-0.5, 0.05, 0.5):
            tip = lean + rng.normal(0, 0.12)
            picture.line(
                f"M{x + 0.25 * lean * size:.1f} {y:.1f}q{0.1 * tip * size:.1f} {-0.6 * size:.1f} {0.6 * tip * size:.1f} {-size * rng.uniform(0.8, 1.1):.1f}",
                0.6,
            )


def bush(picture: Picture, x: float, y: float, reach: float, fill: str) -> None:
    rng = picture.rng
    angles = np.linspace(np.pi, 2 * np.pi, int(rng.integers(6, 10)))
    points = [(x + reach * np.cos(a), y + reach * 0.8 * np.sin(a)) for a in angles]
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (px, py), (qx, qy) in zip(points, points[1:], strict=False):
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


# ---- whole scenes


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
        picture.area(
            f"M{x - half:.1f} {top:.1f}C{x - half + bend:.1f} {top + 0.35 * (low - top):.1f} {end - spread - bend:.1f} {top + 0.5 * (low - top):.1f} {end - spread:.1f} {low:.1f}"
            f"H{end + spread:.1f}C{end + spread - bend:.1f} {top + 0.5 * (low - top):.1f} {x + half + bend:.1f} {top + 0.35 * (low - top):.1f} {x + half:.1f} {top:.1f}Z",
            picture.pick(EARTH), "path",
        )  # fmt: skip
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
            for row in range(3):
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
                start = edge + fold * (inner - edge)
                picture.line(
                    f"M{start:.1f} {top - 2 * bar:.1f}Q{start:.1f} {(top + low) / 2:.1f} {edge + fold * (x + side * 0.85 * half - edge):.1f} {low + 2 * bar:.1f}",
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
        f"M{left:.1f} {low:.1f}V{y + 0.2 * tall:.1f}Q{x - 0.3 * half:.1f} {y - 0.4 * tall:.1f} {x:.1f} {y + 0.2 * tall:.1f}T{right:.1f} {y + 0.1 * tall:.1f}V{low:.1f}Z",
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


SCENES: tuple[tuple[float, Callable[[Picture], Backdrop]], ...] = (
    (0.32, meadow), (0.14, shore), (0.16, street), (0.18, room), (0.13, table), (0.07, sea_bed),
)  # fmt: skip


def draw_backdrop(rng: np.random.Generator, height: int, width: int, pen: float) -> Backdrop:
    """A backdrop of (height, width) px for a pen of `pen` px."""
    shares = np.array([share for share, _ in SCENES])
    chosen = SCENES[int(rng.choice(len(SCENES), p=shares / shares.sum()))][1]
    return chosen(Picture(rng, height, width, pen))
