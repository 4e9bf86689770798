"""Tone laid into surfaces by ink alone: hatching, stipple, spot blacks, screentone. Each gives (h, w) float32, 0 none and 1 ink.

All of it ends at its surfaces. Lengths are shares of the long side; lots are drawn by place.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colorgan_core.picture.color import srgb_to_lab

from .composition import DRAWING, PANEL, Composition
from .noise import Float, grid, over

Chosen = NDArray[np.bool_]
STRIDE = 3  # px between the pixels that a surface's middle and reach are taken from
LOTS = 4096  # of lines beside each other, more than there are
FINE = 2  # times finer than the picture: dots are set so and averaged
WHOLE = 0.03  # share of the picture: a larger surface is blackened on its shadow side only
SCREENS = ("dots", "lines", "grain")


def can_bear_tone(composition: Composition) -> Chosen:
    """(n,) surfaces that an artist may tone: painted, and neither balloon nor lettering."""
    return composition.painted & np.isin(composition.kind, (DRAWING, PANEL))


def lightness(composition: Composition) -> Float:
    """(n,) L* of each surface's colour."""
    return np.asarray(srgb_to_lab(composition.colors[None])[0, :, 0], np.float32)


def lots(composition: Composition, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n,) numbers in 0..1, the same for surfaces of nearly one colour: both eyes and both shoes are treated alike."""
    step = 24  # of 255: colours are told apart that coarsely
    cells = 255 // step + 1
    red, green, blue = (composition.colors // step).T
    drawn: NDArray[np.float64] = rng.random((cells, cells, cells))[red, green, blue]
    return drawn


def shares(composition: Composition) -> NDArray[np.float64]:
    """(n,) share of the picture that each surface covers."""
    labels = composition.surfaces[::STRIDE, ::STRIDE]
    counts: NDArray[np.float64] = np.bincount(labels.ravel(), minlength=len(composition.colors)) / labels.size
    return counts


def shadow(composition: Composition, rng: np.random.Generator) -> Float:
    """(h, w) how far a pixel lies on its surface's shadow side: about -1 toward the light, 1 away from it, with an uneven edge."""
    angle = rng.uniform(0.15, 0.85) * np.pi  # light comes from above
    labels = composition.surfaces
    across, down = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    rows, columns = np.arange(labels.shape[0], dtype=np.float32)[:, None], np.arange(labels.shape[1], dtype=np.float32)
    away = columns * across + rows * down
    some, where = away[::STRIDE, ::STRIDE].ravel(), labels[::STRIDE, ::STRIDE].ravel()
    count = np.maximum(np.bincount(where, minlength=len(composition.colors)), 1)
    middle = np.bincount(where, some, len(count)) / count
    spread = np.sqrt(np.maximum(np.bincount(where, some**2, len(count)) / count - middle**2, 1))
    shade = (away - middle.astype(np.float32)[labels]) / (1.7 * spread).astype(np.float32)[labels]
    uneven: Float = shade + 0.25 * over(grid(rng, 14), labels.shape)
    return uneven


def hatching(
    composition: Composition, rng: np.random.Generator, chosen: Chosen, shade: Float, pitch: float, angle: float, width: float,
    begins: float,
) -> Float:  # fmt: skip
    """Pen hatching: strokes side by side on the shadow side of a surface, pointed at both ends, of uneven length and distance.

    chosen: (n,) surfaces. pitch, width: between strokes and of one, shares of the side. angle: radians; each surface's differs a
    little. begins: of `shade`, where strokes begin to show.
    """
    labels, side = composition.surfaces, composition.size
    gap = pitch * side
    angles = (angle + 0.8 * (lots(composition, rng) - 0.5)).astype(np.float32)
    cosine, sine = np.cos(angles)[labels], np.sin(angles)[labels]
    rows, columns = np.arange(labels.shape[0], dtype=np.float32)[:, None], np.arange(labels.shape[1], dtype=np.float32)
    along = (columns * sine - rows * cosine) / np.float32(side)
    across = columns * cosine + rows * sine
    across += along * along * np.float32(side * rng.uniform(-0.25, 0.25))  # an arm turns about its elbow
    across += over(grid(rng, 30), labels.shape) * np.float32(0.12 * gap)
    across *= np.float32(1 / gap)
    line = np.floor(across)
    number = line.astype(np.int32) % LOTS
    draws = rng.random((4, LOTS), dtype=np.float32)
    off = np.abs(across - line - 0.5 + (draws[0][number] - 0.5) * 0.28) * np.float32(gap)
    length = np.float32(rng.uniform(0.05, 0.14))
    phase = along / length + draws[1][number] * 7
    phase -= np.floor(phase)
    lifted = np.clip(np.minimum(phase, 1 - phase) * 9, 0, 1)  # within a row the pen lifts and lands again
    strength = np.clip((shade - begins + (draws[2][number] - 0.5) * 0.5) * 3.5, 0, 1) * lifted
    thick = strength * (np.float32(width * side) * (0.7 + 0.6 * draws[3][number]))
    cover = np.clip(thick * 0.5 + 0.5 - off, 0, 1) * np.clip(thick * 1.5, 0, 1)
    return np.asarray(cover * chosen[labels], np.float32)


def cross_hatching(
    composition: Composition,
    rng: np.random.Generator,
    chosen: Chosen,
    shade: Float,
    pitch: float,
    width: float,
    begins: float,
) -> Float:
    """Two layers of hatching, the second one only in the darker part and at another angle."""
    angle = rng.uniform(0, np.pi)
    first = hatching(composition, rng, chosen, shade, pitch, angle, width, begins)
    turn = rng.uniform(0.7, 1.6)
    return np.maximum(
        first, hatching(composition, rng, chosen, shade, pitch, angle + turn, width, begins + rng.uniform(0.25, 0.6))
    )


def stipple(
    composition: Composition, rng: np.random.Generator, chosen: Chosen, shade: Float, pitch: float, begins: float
) -> Float:
    """Dots set one by one with a pen, closer together where it is darker."""
    labels, side = composition.surfaces, composition.size
    cells = round(1 / pitch)
    draws = rng.random((4, cells + 1, cells + 1), dtype=np.float32)
    x = (draws[0] + np.arange(cells + 1)) / cells * side
    y = (draws[1] + np.arange(cells + 1)[:, None]) / cells * side
    rows, columns = np.minimum(y.astype(int), labels.shape[0] - 1), np.minimum(x.astype(int), labels.shape[1] - 1)
    inside = (y < labels.shape[0]) & (x < labels.shape[1])
    dense = np.clip(shade[rows, columns] - begins, 0, 1) ** 1.5 * 0.7
    shown = inside & chosen[labels[rows, columns]] & (draws[2] < dense)
    fine = np.zeros((labels.shape[0] * FINE, labels.shape[1] * FINE), np.uint8)
    for size in range(3):  # three pens
        dots = np.zeros_like(fine)
        mine = shown & (np.floor(draws[3] * 3) == size)
        dots[(y[mine] * FINE).astype(int), (x[mine] * FINE).astype(int)] = 255
        across = max(2, round((0.36 + 0.09 * size) * pitch * side * FINE))
        np.maximum(fine, cv2.dilate(dots, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))), out=fine)
    ink = cv2.resize(fine, labels.shape[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(ink.astype(np.float32) / 255 * chosen[labels])


def spot_blacks(
    composition: Composition, rng: np.random.Generator, chosen: Chosen, shade: Float, whole: float
) -> Float:
    """Areas filled with black ink: a surface as a whole, or its shadow side with a curved edge. whole: share of the former."""
    all_of_it = (lots(composition, rng) < whole) & (shares(composition) < WHOLE)
    limit = np.where(all_of_it, -9, rng.uniform(0.1, 0.5)).astype(np.float32)
    labels = composition.surfaces
    filled = ((shade > limit[labels]) & chosen[labels]).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(filled, (0, 0), max(0.4, 0.0006 * composition.size)) * chosen[labels])


def screentone(
    composition: Composition, density: Float, pitch: float, angle: float, screen: str = "dots", slope: float = 0.0
) -> Float:
    """Adhesive tone cut out to surfaces. density: (n,) share of ink in each, 0 none. pitch: share of the side. screen: of SCREENS.
    slope: how much denser, relatively, it is at the foot of the picture than at its head: graded tone."""
    labels, side = composition.surfaces, composition.size
    gap = pitch * side
    rows, columns = np.arange(labels.shape[0], dtype=np.float32)[:, None], np.arange(labels.shape[1], dtype=np.float32)
    cosine, sine = np.float32(np.cos(angle) / gap), np.float32(np.sin(angle) / gap)
    u, v = columns * cosine + rows * sine, rows * cosine - columns * sine
    ink = density.astype(np.float32)[labels]
    if slope:
        ink *= np.clip(1 + slope * (rows / labels.shape[0] - 0.5) * 2, 0.05, 2)
        np.minimum(ink, 0.8, out=ink)
    if screen == "grain":
        grains = np.random.default_rng(round(1e6 * pitch)).random((1024, 1024), dtype=np.float32)
        drawn = grains[(np.floor(u * 2).astype(np.int32) % 1024), (np.floor(v * 2).astype(np.int32) % 1024)]
        return np.asarray(np.clip((ink - drawn) * 6 + 0.5, 0, 1) * (ink > 0), np.float32)
    u -= np.floor(u) + np.float32(0.5)
    if screen == "lines":
        return np.asarray(np.clip((ink / 2 - np.abs(u)) * gap + 0.5, 0, 1) * (ink > 0), np.float32)
    v -= np.floor(v) + np.float32(0.5)
    dark = ink > 0.5  # from there on white dots in black
    distance = np.hypot(u, v)
    radius = np.sqrt(np.where(dark, 1 - ink, ink) * np.float32(1 / np.pi))
    cover = np.clip(np.where(dark, distance - radius, radius - distance) * gap + 0.5, 0, 1)
    return np.asarray(cover * (ink > 0), np.float32)
