"""Made-up animation whose colours are known: two held-out drawings a clip, whose parts move, turn, grow, bend and hide each other.

What it cannot stand for: figures that turn in space, or whose lines are drawn otherwise from frame to frame; lines with gaps; shadows and
effects drawn over several regions; painted backgrounds; cuts, and figures that enter at once. Its in-betweens are as even as a machine
makes them, but for a tremble of the hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..lines import smooth_noise
from .parts import Part

PAPER = (255, 255, 255)
TREMBLE = 0.006  # of the size, by which a line strays from frame to frame
Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Frame:
    """lines: (s, s) uint8, 255 paper. parts: (s, s) int32, the part that shows up to the middle of the lines, 0 where nothing does.
    colors: (n, 3) uint8 of each part, PAPER first."""

    lines: Picture
    parts: NDArray[np.int32]
    colors: Picture


@dataclass(frozen=True)
class Sway:
    """A number that swings: middle + reach * sin(turns * 2 pi * time + phase), time in 0..1 over the clip."""

    middle: float
    reach: float
    turns: float
    phase: float

    def at(self, time: float) -> float:
        return self.middle + self.reach * float(np.sin(2 * np.pi * self.turns * time + self.phase))


@dataclass(frozen=True)
class Motion:
    """Turn in radians, size as a power of e, and shift in px, about a pivot."""

    turn: Sway
    size: Sway
    across: Sway
    down: Sway

    def matrix(self, time: float, pivot: tuple[float, float]) -> Floats:
        angle, scale = self.turn.at(time), float(np.exp(self.size.at(time)))
        cos, sin = scale * np.cos(angle), scale * np.sin(angle)
        x, y = pivot
        to_x, to_y = x + self.across.at(time), y + self.down.at(time)
        return np.array([[cos, -sin, to_x - cos * x + sin * y], [sin, cos, to_y - sin * x - cos * y], [0, 0, 1]])


@dataclass(frozen=True)
class Actor:
    """A drawing with its own motion and one for each part; bend: px, of a wave that runs through it."""

    parts: Sequence[Part]
    whole: Motion
    own: Sequence[Motion]
    bend: float
    wave: tuple[float, float, float, float]


def animate(drawings: Sequence[Sequence[Part]], seed: int, frames: int, size: int) -> list[Frame]:
    """The same clip for the same arguments: a large drawing, and a small one that passes before or behind it."""
    rng = np.random.default_rng([9, seed])
    actors = [actor(rng, drawings[0], size, scale=0.75, passing=False)]
    for small in drawings[1:]:
        actors.insert(int(rng.integers(2)) * len(actors), actor(rng, small, size, scale=0.5, passing=True))
    width = float(rng.uniform(1.1, 2.2)) * size / 256
    return [draw(rng, actors, number / max(1, frames - 1), size, width) for number in range(frames)]


def actor(rng: np.random.Generator, parts: Sequence[Part], size: int, scale: float, passing: bool) -> Actor:
    def sway(reach: float, turns: tuple[float, float] = (0.4, 1.0), middle: float = 0.0) -> Sway:
        return Sway(middle, reach * rng.uniform(0.3, 1), rng.uniform(*turns), rng.uniform(0, 2 * np.pi))

    rest = np.log(scale * size / parts[0].mask.shape[0])
    centre = (size - parts[0].mask.shape[0]) / 2  # a mask's middle in the picture's
    if passing:  # from one side to the other, and part of the way back
        across = Sway(centre, 0.32 * size, rng.uniform(0.4, 0.7), rng.uniform(0, 2 * np.pi))
        down = sway(0.15 * size, middle=centre + rng.uniform(-0.2, 0.2) * size)
    else:
        across, down = sway(0.16 * size, middle=centre), sway(0.12 * size, middle=centre)
    whole = Motion(sway(0.45), sway(0.2, middle=rest), across, down)
    own = []
    for part in parts:
        reach = float(np.sqrt((part.mask > 127).sum()))
        free = 1.0 if part.parent < 0 else 0.4  # limbs swing; what sits on something stays about there
        turn, grow = sway(0.4 * free, (0.5, 1.5)), sway(0.12, (0.5, 1.5))
        own.append(Motion(turn, grow, *(sway(0.15 * free * reach, (0.5, 1.5)) for _ in range(2))))
    waves = rng.uniform(1, 2.5) * 2 * np.pi / size
    wave = (float(waves), float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.5, 1.5)), float(rng.uniform(0, 6)))
    return Actor(parts, whole, own, float(rng.uniform(0.01, 0.035)) * size, wave)


def draw(rng: np.random.Generator, actors: Sequence[Actor], time: float, size: int, width: float) -> Frame:
    columns, rows = np.meshgrid(np.arange(size, dtype=np.float64), np.arange(size, dtype=np.float64))
    columns += TREMBLE * size * smooth_noise(rng, size, size, size / 12) / 2
    rows += TREMBLE * size * smooth_noise(rng, size, size, size / 12) / 2
    number = np.zeros((size, size), np.int32)
    colors, ink = [PAPER], [False]
    for each in actors:
        for part, mask in zip(each.parts, placed(each, time, columns, rows), strict=True):
            number[mask] = len(colors)
            colors.append(part.color)
            ink.append(part.ink)
    lines = 1 - outlined(number, width)
    lines[np.array(ink)[number]] = 0
    soft = cv2.GaussianBlur(lines, (0, 0), 0.6)
    return Frame(np.rint(255 * soft).astype(np.uint8), number, np.array(colors, np.uint8))


def placed(actor: Actor, time: float, columns: Floats, rows: Floats) -> list[NDArray[np.bool_]]:
    """Where each part shows were it alone."""
    size = actor.parts[0].mask.shape[0]
    whole = actor.whole.matrix(time, (size / 2, size / 2))
    matrices: list[Floats] = []
    masks = []
    waves, direction, speed, phase = actor.wave
    for part, own in zip(actor.parts, actor.own, strict=True):
        above = matrices[part.parent] if part.parent >= 0 else whole
        matrices.append(above @ own.matrix(time, part.pivot))
        back = np.linalg.inv(matrices[-1])
        x = back[0, 0] * columns + back[0, 1] * rows + back[0, 2]
        y = back[1, 0] * columns + back[1, 1] * rows + back[1, 2]
        along = waves * (x * np.cos(direction) + y * np.sin(direction)) + 2 * np.pi * speed * time + phase
        x, y = x - actor.bend * np.sin(direction) * np.sin(along), y + actor.bend * np.cos(direction) * np.sin(along)
        mask = cv2.remap(part.mask, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
        masks.append(mask > 127)
    return masks


def outlined(number: NDArray[np.int32], width: float) -> NDArray[np.float32]:
    """(s, s) ink in 0..1 along the borders of equal numbers."""
    border = np.zeros(number.shape, np.uint8)
    border[:, :-1] |= number[:, :-1] != number[:, 1:]
    border[:-1] |= number[:-1] != number[1:]
    away = cv2.distanceTransform(1 - border, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.clip(width / 2 + 0.5 - np.asarray(away, np.float32), 0, 1)
