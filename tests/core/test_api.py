"""`colorgan_core.colorize`: arrays in, an array out, and one sentence where that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import colorgan_core
from colorgan_core.errors import ColorganError, InputError, UsageError

Array = np.ndarray[Any, Any]


@pytest.fixture(autouse=True)
def fresh(painter: None) -> Iterator[None]:
    yield
    colorgan_core._loaded.cache_clear()  # it may hold weights of this test only


@pytest.mark.filterwarnings("ignore:No lines were found")  # where ink is transparent
@pytest.mark.parametrize("channels", [0, 1, 3, 4])
@pytest.mark.parametrize(("dtype", "full"), [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1)])
def test_shapes_and_depths(channels: int, dtype: Any, full: float, drawing: Array) -> None:
    picture = (drawing[..., :1] / 255 * full).astype(dtype)
    picture = picture[..., 0] if channels == 0 else np.repeat(picture, channels, axis=-1)
    if channels == 1:
        with pytest.raises(InputError):
            colorgan_core.colorize(picture)
        return
    result = colorgan_core.colorize(picture, task="lineart")
    assert result.dtype == dtype and result.shape == (48, 64, max(channels, 3))
    if channels == 4:
        np.testing.assert_array_equal(result[..., 3], picture[..., 3])


def test_all_conditions_together(drawing: Array) -> None:
    hints = np.zeros((48, 64, 4), np.uint8)
    hints[20:28, 28:36] = (255, 0, 0, 255)
    result = colorgan_core.colorize(
        drawing,
        task="lineart",
        hints=hints,
        bare=np.zeros((48, 64), bool),
        reference=np.full((30, 20, 3), 90, np.uint8),
        palette="#ff0000,#00ff00",
        seed=3,
    )
    assert result.shape == drawing.shape


def test_weights_stay_loaded(drawing: Array) -> None:
    for _ in range(3):
        colorgan_core.colorize(drawing)
    assert colorgan_core._loaded.cache_info().misses == 1


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"array": np.zeros((0, 4, 3), np.uint8)}, InputError),
        ({"array": np.zeros((4, 4, 2), np.uint8)}, InputError),
        ({"array": np.zeros((4, 4, 3), np.int64)}, InputError),
        ({"array": np.full((4, 4, 3), np.nan)}, InputError),
        ({"hints": np.zeros((4, 4, 4), np.uint8)}, InputError),
        ({"hints": np.zeros((48, 64, 3), np.uint8)}, InputError),
        ({"bare": np.zeros((64, 48), bool)}, InputError),
        ({"reference": np.zeros((4, 0, 3), np.uint8)}, InputError),
        ({"palette": np.zeros((0, 3), np.uint8)}, InputError),
        ({"palette": "beige"}, UsageError),
        ({"task": "style"}, UsageError),
        ({"seed": -1}, UsageError),
        ({"device": "abacus"}, UsageError),
    ],
)
def test_senseless_arguments(change: dict[str, Any], kind: type[ColorganError], drawing: Array) -> None:
    with pytest.raises(kind, match=r"\.$"):
        colorgan_core.colorize(**{"array": drawing, **change})


def test_an_empty_page_comes_back_with_a_warning() -> None:
    page = np.full((48, 64, 3), 250, np.uint8)
    with pytest.warns(UserWarning, match="No lines were found"):
        np.testing.assert_array_equal(colorgan_core.colorize(page), page)
