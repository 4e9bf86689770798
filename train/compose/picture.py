"""Pictures that code draws, as SVG, so that their surfaces are as exact as a drawing's; and backdrops, which are such pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from lxml import etree

from .cutouts import Cutout
from .things import GROUND, Thing

Point = tuple[float, float]
DAY = ("#bfe3f5", "#a5d8ef", "#8fcbea", "#d6eef8", "#9cd3e8")
DUSK = ("#f6c48f", "#f2a98c", "#e9b6c3", "#c9a7c9", "#f7d9a3")
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
EYES = 1.55  # metres above the ground that a scene is seen from: a person's eyes
SEATED = 0.4  # metres above a table top


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


def svg_path(*parts: str | float) -> str:
    """Data of an SVG path: commands and their numbers."""
    return " ".join(part if isinstance(part, str) else f"{part:.1f}" for part in parts)
