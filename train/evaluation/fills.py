"""How well fills find regions: made-up scenes with known regions, one spot of colour in each, painted by every method."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from colorgan_core.lineart.strokes import read_strokes
from colorgan_core.lineart.surfaces import find_surfaces

from ..scenes import Labels, Scene, make_scene
from .environments import gmic_python
from .processes import run_worker

SIZE = 384
GAPS, WIDTHS = (0, 2, 4, 8), (1, 3, 5, 9)
SPOT = 2  # px, radius
LOST = 0.5  # share of a region in other colours from which on it has leaked
UNFILLED = -1


@dataclass(frozen=True)
class FillFigures:
    """Means over scenes. right: share of pixels in their own region's colour, ink up to its middle. leaks: share of regions of which
    over half has another's colour. empty: share of regions of which over half has none."""

    row: str
    right: float
    leaks: float
    empty: float

    def record(self) -> dict[str, Any]:
        return asdict(self)


def scenes(count: int) -> list[Scene]:
    """`count` scenes over all gaps and widths, every other one noisy."""
    combinations = [(gap, width) for gap in GAPS for width in WIDTHS]
    return [
        make_scene(n, SIZE, *combinations[n % len(combinations)], noisy=n // len(combinations) % 2 == 1)
        for n in range(count)
    ]


def spots_of(scene: Scene) -> list[tuple[int, int]]:
    """(row, column) of the spot of each region: the place farthest from all ink and borders."""
    open_ = (scene.lines > 0.6 * np.percentile(scene.lines, 90)).astype(np.uint8)
    found = []
    for label in range(int(scene.truth.max()) + 1):
        inside = np.pad((scene.truth == label).astype(np.uint8) & open_, 1)
        depth = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
        found.append(divmod(int(depth.argmax()), depth.shape[1]))
    return found


def paint_by_labels(labels: Labels, spots: Sequence[tuple[int, int]]) -> Labels:
    """(h, w) number of the spot whose region a pixel lies in, UNFILLED where a region has none; of several the commonest counts."""
    owner = np.full(int(labels.max()) + 1, UNFILLED, np.int32)
    votes: dict[int, list[int]] = {}
    for number, (row, column) in enumerate(spots):
        near = labels[max(row - SPOT, 0) : row + SPOT + 1, max(column - SPOT, 0) : column + SPOT + 1]
        label = int(np.bincount(near.reshape(-1)).argmax())
        votes.setdefault(label, []).append(number)
    for label, numbers in votes.items():
        owner[label] = numbers[0]
    return owner[labels]


def components(lines: NDArray[np.uint8]) -> Labels:
    """The plain fill of every paint program: connected pixels lighter than the ink; ink goes to the nearest of them."""
    open_ = (lines > 0.6 * np.percentile(lines, 90)).astype(np.uint8)
    _, labels = cv2.connectedComponents(open_, connectivity=4)
    _, nearest = cv2.distanceTransformWithLabels(
        1 - open_, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    table = np.zeros(int(nearest.max()) + 1, np.int32)
    table[nearest[open_ > 0]] = labels[open_ > 0]
    return table[nearest]


def gmic_paint(
    made: Sequence[Scene], spots: Sequence[Sequence[tuple[int, int]]], advance: Callable[[], None]
) -> list[Labels]:
    """G'MIC's smart colouring from the same spots, its colours read back as numbers."""
    results = []
    with tempfile.TemporaryDirectory(prefix="colorgan-fills-") as folder:
        jobs = []
        for n, (scene, places) in enumerate(zip(made, spots, strict=True)):
            paths = [str(Path(folder) / f"{n}-{name}.png") for name in ("lines", "spots", "out")]
            Image.fromarray(scene.lines).save(paths[0])
            canvas = np.zeros((*scene.lines.shape, 4), np.uint8)
            for number, (row, column) in enumerate(places):
                cv2.circle(canvas, (column, row), SPOT, (*code(number), 255), -1)
            Image.fromarray(canvas).save(paths[1])
            jobs.append([*paths, "alone"])
        run_worker(gmic_python(), "gmic_worker.py", jobs, advance=advance)
        for places, (_, _, out, _) in zip(spots, jobs, strict=True):
            drawn = np.asarray(Image.open(out).convert("RGBA")).astype(np.int32)
            codes = np.array([code(number) for number in range(len(places))], np.int32)
            away = np.abs(drawn[..., None, :3] - codes).sum(-1)
            results.append(np.where(drawn[..., 3] >= 128, away.argmin(-1), UNFILLED).astype(np.int32))
    return results


def enlarged(size: int) -> Scene:
    """A scene of SIZE with breaks in its lines, `size` px wide and high."""
    scene = make_scene(3, SIZE, 4, 5, noisy=False)
    return replace(
        scene,
        lines=np.asarray(cv2.resize(scene.lines, (size, size), interpolation=cv2.INTER_CUBIC), np.uint8),
        truth=np.asarray(cv2.resize(scene.truth, (size, size), interpolation=cv2.INTER_NEAREST_EXACT), np.int32),
    )


def painted_spots(scene: Scene, spots: Sequence[tuple[int, int]]) -> NDArray[np.uint8]:
    """(h, w, 4) a spot of colour for each."""
    canvas = np.zeros((*scene.lines.shape, 4), np.uint8)
    for number, (row, column) in enumerate(spots):
        cv2.circle(canvas, (column, row), SPOT * len(canvas) // SIZE, (*code(number), 255), -1)
    return canvas


def flat_colors(scene: Scene, hints: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 3) what comes of lines and hints without the network."""
    nothing = np.zeros(scene.lines.shape, bool)
    hinted = read_strokes(
        find_surfaces(scene.lines), np.ascontiguousarray(hints[..., :3]), hints[..., 3] >= 128, nothing
    )
    return hinted.colors[hinted.regions.labels]


def gmic_seconds(scene: Scene, hints: NDArray[np.uint8], rounds: int) -> float:
    """Median seconds of G'MIC's smart colouring, a process and all cores to itself."""
    with tempfile.TemporaryDirectory(prefix="colorgan-fills-") as folder:
        paths = [str(Path(folder) / name) for name in ("lines.png", "hints.png", "out.png")]
        Image.fromarray(scene.lines).save(paths[0])
        Image.fromarray(hints).save(paths[1])
        seconds = run_worker(gmic_python(), "gmic_worker.py", [paths] * (rounds + 1), alone=True)
    return statistics.median(seconds[1:])


def peak_memory(size: int) -> int:
    """Bytes that flat_colors takes beyond its input, in a process of its own."""
    (told,) = run_worker(sys.executable, "memory_worker.py", [[str(size)]], alone=True)
    return int(told)


def code(number: int) -> tuple[int, int, int]:
    """A colour for a number, far from the others' and from black and white."""
    return 40 + 70 * (number % 3), 40 + 70 * (number // 3 % 3), 40 + 20 * (number // 9)


def figures(row: str, made: Sequence[Scene], painted: Sequence[Labels]) -> FillFigures:
    values = []
    for scene, paint in zip(made, painted, strict=True):
        areas = np.bincount(scene.truth.reshape(-1)).astype(np.float64)
        right = np.bincount(scene.truth.reshape(-1), (paint == scene.truth).reshape(-1))
        empty = np.bincount(scene.truth.reshape(-1), (paint == UNFILLED).reshape(-1))
        wrong = areas - right - empty
        values.append([right.sum() / areas.sum(), (wrong / areas > LOST).mean(), (empty / areas > LOST).mean()])
    return FillFigures(row, *(float(v) for v in np.mean(values, 0)))


def ours(made: Sequence[Scene], spots: Sequence[Sequence[tuple[int, int]]]) -> list[Labels]:
    return [
        paint_by_labels(find_surfaces(scene.lines).labels, places) for scene, places in zip(made, spots, strict=True)
    ]
