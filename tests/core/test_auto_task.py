"""How often `--task auto` tells line art from grey pictures: real drawings as they are and as a scanner or a pen
changes them.

The drawings are held-out openclipart, public domain: in `gray` their brightness, in `lineart` the outlines of their
shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from colorgan_core.picture.gray import detect_task
from colorgan_core.picture.pixels import read_picture, to_rgb8

Array = np.ndarray[Any, Any]
ENOUGH = 0.95


def paper(picture: Array, _: np.random.Generator) -> Array:
    return picture * np.array([1, 0.96, 0.86])


def uneven_light(picture: Array, rng: np.random.Generator) -> Array:
    y, x = (np.linspace(0, 1, side) for side in picture.shape[:2])
    return picture * (1 - 0.2 * np.add.outer((y - rng.random()) ** 2, (x - rng.random()) ** 2))[..., None]


def jpeg(picture: Array, rng: np.random.Generator) -> Array:
    quality = int(rng.integers(40, 80))
    packed = cv2.imencode(".jpg", picture.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), float)


def grain(picture: Array, rng: np.random.Generator) -> Array:
    return picture + rng.normal(0, 6, (*picture.shape[:2], 1))


def pencil(picture: Array, rng: np.random.Generator) -> Array:
    strength = cv2.GaussianBlur(rng.random(picture.shape[:2]), (0, 0), 0.7) * 0.6 + 0.35
    return 255 - (255 - picture) * strength[..., None].clip(0, 1)


def blue_ink(picture: Array, _: np.random.Generator) -> Array:
    ink = np.array([40.0, 60.0, 160.0])
    return ink + picture * (1 - ink / 255)


def as_it_is(picture: Array, _: np.random.Generator) -> Array:
    return picture


CHANGES: dict[str, list[Callable[[Array, np.random.Generator], Array]]] = {
    "lineart": [as_it_is, paper, uneven_light, jpeg, grain, pencil, blue_ink],
    "gray": [as_it_is, paper, jpeg, grain],
}


def scene(rng: np.random.Generator) -> Array:
    """A made-up photograph: soft light, a few soft bodies, no paper."""
    soft = cv2.resize(rng.random((6, 6)), (160, 120), interpolation=cv2.INTER_CUBIC)
    return np.repeat((soft.clip(0, 1) * 220 + rng.normal(0, 3, soft.shape)).clip(0, 255)[..., None], 3, axis=-1)


def scribble(rng: np.random.Generator) -> Array:
    """Random strokes, thin to broad."""
    page = np.full((300, 400, 3), 255, np.uint8)
    for _ in range(12):
        points = rng.integers(20, 280, (5, 2))
        cv2.polylines(page, [points], True, (20, 20, 20), int(rng.integers(1, 9)), cv2.LINE_AA)
    return page.astype(float)


def test_both_kinds_are_told_apart(golden: Path) -> None:
    rng = np.random.default_rng(0)
    for task, changes in CHANGES.items():
        drawings = [to_rgb8(read_picture(path).array) for path in sorted((golden / "tasks" / task).glob("*.png"))]
        assert len(drawings) >= 20
        right = {
            change.__name__: [
                detect_task(np.clip(change(drawing.astype(float), rng), 0, 255).astype(np.uint8)) == task
                for drawing in drawings
            ]
            for change in changes
        }
        make = scribble if task == "lineart" else scene
        right["made up"] = [detect_task(make(rng).astype(np.uint8)) == task for _ in range(20)]
        shares = {name: float(np.mean(answers)) for name, answers in right.items()}
        total = float(np.mean(np.concatenate(list(right.values()))))
        print(f"{task}: {total:.1%} right; " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))
        assert total >= ENOUGH


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (7, 5), (2000, 3)])
def test_any_size_has_an_answer(shape: tuple[int, int]) -> None:
    for value in (0, 128, 255):
        assert detect_task(np.full((*shape, 3), value, np.uint8)) in ("lineart", "gray")
    assert detect_task(np.full((*shape, 3), 255, np.uint8)) == "lineart"
