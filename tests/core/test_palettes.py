"""Palettes from text, GIMP palettes and pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from colorgan_core.errors import InputError, UsageError
from colorgan_core.picture.palettes import read_palette

COLORS = st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=300, unique=True)


@given(COLORS, st.sampled_from([",", ", ", " ", ";"]))
def test_colors_as_text(colors: list[tuple[int, int, int]], separator: str) -> None:
    text = separator.join("#" + bytes(color).hex() for color in colors)
    assert read_palette(text).tolist() == [list(color) for color in colors]


def test_short_forms_and_repetitions() -> None:
    assert read_palette("#fff, #F00,#ff0000").tolist() == [[255, 255, 255], [255, 0, 0]]
    assert read_palette("aabbcc,ddeeff").tolist() == [[0xAA, 0xBB, 0xCC], [0xDD, 0xEE, 0xFF]]


@pytest.mark.parametrize("text", ["#12", "#gggggg", "#aabbcc,red", "", "  ", "crimson"])
def test_text_that_is_no_palette(text: str) -> None:
    with pytest.raises(UsageError):
        read_palette(text)


GPL = "GIMP Palette\nName: Two\nColumns: 3\n# a comment\n  0   0   0\tInk\n255 200   0 Sun flower\n\n0 0 0\n"


def test_gimp_palette(tmp_path: Path) -> None:
    path = tmp_path / "two.gpl"
    path.write_text(GPL, encoding="utf-8")
    assert read_palette(str(path)).tolist() == [[0, 0, 0], [255, 200, 0]]


@pytest.mark.parametrize(
    "text", ["", "GIMP Palette\nName: None\n", "JASC-PAL\n0 0 0\n", "GIMP Palette\n0 0 256\n", "GIMP Palette\n0 0\n"]
)
def test_damaged_gimp_palette(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.gpl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.gpl"):
        read_palette(str(path))


def test_missing_files() -> None:
    for name in ("nowhere.gpl", "nowhere.png"):
        with pytest.raises(InputError, match="nowhere"):
            read_palette(name)


def test_colors_of_a_picture(tmp_path: Path) -> None:
    array = np.zeros((10, 10, 4), np.uint8)
    array[:, :5] = (255, 0, 0, 255)
    array[:, 5:8] = (0, 0, 255, 255)
    array[:, 8:] = (0, 255, 0, 0)  # transparent: no colour of the picture
    Image.fromarray(array).save(tmp_path / "flag.png")
    assert read_palette(str(tmp_path / "flag.png")).tolist() == [[255, 0, 0], [0, 0, 255]]
    Image.new("RGBA", (4, 4)).save(tmp_path / "nothing.png")
    with pytest.raises(InputError, match="transparent"):
        read_palette(str(tmp_path / "nothing.png"))
