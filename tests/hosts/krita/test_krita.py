"""colorgan in a real Krita: every task, and whatever a person may do meanwhile. Pixels are those of the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from colorgan_core.picture.pixels import read_picture, to_rgb8, write_picture

pytestmark = [pytest.mark.hosts, pytest.mark.timeout(400)]
Array = np.ndarray[Any, Any]
Krita = Callable[..., dict[str, Any]]
Run = Callable[..., Any]
LAYERS = ("flats", "shade", "lines")


@pytest.fixture
def turkey(golden: Path) -> Path:
    return golden / "demo" / "turkey.png"


def dumped(folder: Path, name: str, like: Array, dtype: Any = np.uint8) -> Array:
    """RGBA that a script has written as Krita keeps it."""
    found = np.frombuffer((folder / name).read_bytes(), dtype).reshape(*like.shape[:2], 4)
    return found if dtype is np.float32 else found[..., [2, 1, 0, 3]]


def marks(size: tuple[int, ...], rectangles: list[tuple[int, int, int, int, tuple[int, int, int]]]) -> Array:
    picture = np.zeros((*size[:2], 4), np.uint8)
    for x, y, width, height, color in rectangles:
        picture[y : y + height, x : x + width] = (*color, 255)
    return picture


def same_where_seen(found: Array, wanted: Array) -> None:
    """Difference 0, but for colours below full transparency."""
    np.testing.assert_array_equal(found[..., 3], wanted[..., 3])
    seen = wanted[..., 3] > 0
    np.testing.assert_array_equal(found[seen], wanted[seen])


def test_line_art(krita: Krita, run: Run, turkey: Path, tmp_path: Path) -> None:
    krita("lineart", DRAWING=str(turkey))
    picture = read_picture(turkey).array
    dabs = [(200, 200, 14, 14, (214, 63, 41)), (520, 420, 14, 14, (30, 90, 200))]
    write_picture(tmp_path / "hints.png", marks(picture.shape, dabs))
    write_picture(tmp_path / "bare.png", marks(picture.shape, [(700, 640, 30, 30, (0, 0, 0))]))
    wishes = (
        "--task",
        "lineart",
        "--hints",
        tmp_path / "hints.png",
        "--bare",
        tmp_path / "bare.png",
        "--seed",
        3,
        "--close-gaps",
        4,
    )
    assert run("colorize", turkey, "-o", tmp_path / "out.png", *wishes, "--layers", "flats,shade,lines").code == 0
    for name in LAYERS:
        same_where_seen(dumped(tmp_path, name, picture), read_picture(tmp_path / f"out.{name}.png").array)
    assert run("colorize", turkey, "-o", tmp_path / "out.png", *wishes).code == 0
    apart = np.abs(
        dumped(tmp_path, "whole", picture)[..., :3].astype(int) - to_rgb8(read_picture(tmp_path / "out.png").array)
    )
    assert apart.max() <= 1
    mask, cut = (
        np.frombuffer((tmp_path / "mask").read_bytes(), np.uint8).reshape(picture.shape[:2]),
        dumped(tmp_path, "cut", picture),
    )
    assert 0 < ((mask > 0) & (mask < 255)).sum(), "there is a feather"
    painted = cut[..., 3] > 0
    np.testing.assert_array_equal(cut[..., 3][painted], mask[painted])
