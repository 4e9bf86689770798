"""Reading and writing pictures: lossless formats are lossless, deep ones keep their depth, colours and turns are
right."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageCms

from colorgan_core.errors import OutputError, UsageError
from colorgan_core.picture.pixels import alpha_of, read_picture, to_8bit, to_rgb8, write_picture

SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from([3, 4]))


@given(hnp.arrays(np.uint8, SHAPES), st.sampled_from([".png", ".tif", ".TIFF", ".webp"]))
@settings(max_examples=60, deadline=None)
def test_lossless_formats_are_lossless(array: Any, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"picture{suffix}"
        assert write_picture(path, array) is None
        back = read_picture(path)
        opaque = array.shape[2] == 4 and (array[..., 3] == 255).all()
        if back.array.shape[2] == 3 and opaque:  # WebP drops an alpha channel that says nothing
            array = array[..., :3]
        np.testing.assert_array_equal(back.array, array)
        assert back.note is None


@given(hnp.arrays(np.uint16, SHAPES))
@settings(max_examples=20, deadline=None)
def test_deep_tiff_keeps_every_bit(array: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deep.tif"
        tifffile.imwrite(path, array, photometric="rgb", extrasamples=["unassalpha"] * (array.shape[2] - 3))
        np.testing.assert_array_equal(read_picture(path).array, array)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_deep_files_of_another_program(channels: int, kind: str, tmp_path: Path) -> None:
    """OpenCV writes 16-bit PNG, and TIFF with LZW, which tifffile alone cannot unpack."""
    import cv2

    array = np.random.default_rng(channels).integers(0, 65536, (9, 11, channels), np.uint16)
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[channels]
    options = [cv2.IMWRITE_TIFF_COMPRESSION, 5] if kind == "tiff" else []
    cv2.imwrite(str(tmp_path / f"deep.{kind}"), array[..., order], options)
    expected = np.repeat(array, 3, axis=-1) if channels == 1 else array
    np.testing.assert_array_equal(read_picture(tmp_path / f"deep.{kind}").array, expected)


def test_associated_alpha_is_divided_out(tmp_path: Path) -> None:
    straight = np.full((4, 4, 4), 0.5, np.float32)
    multiplied = np.dstack([straight[..., :3] * 0.5, straight[..., 3:]])
    tifffile.imwrite(tmp_path / "a.tif", multiplied, photometric="rgb", extrasamples=["assocalpha"])
    np.testing.assert_allclose(read_picture(tmp_path / "a.tif").array, straight, atol=1e-6)


@pytest.mark.parametrize("kind", ["png", "jpg", "tif", "webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_camera_turns_are_undone(orientation: int, kind: str, tmp_path: Path) -> None:
    array = np.zeros((16, 24, 3), np.uint8)
    array[:8, :8] = 255  # one corner tells all eight apart, with the sides' lengths
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned.{kind}"
    Image.fromarray(array).save(path, exif=exif, quality=100)
    back = read_picture(path).array
    assert back.shape[:2] == ((24, 16) if orientation > 4 else (16, 24))
    corner = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0), 5: (0, 0), 6: (0, -1), 7: (-1, -1), 8: (-1, 0)}
    for y, x in [(0, 0), (0, -1), (-1, 0), (-1, -1)]:
        assert (back[y, x, 0] > 128) == ((y, x) == corner[orientation])


def test_turned_deep_tiff(tmp_path: Path) -> None:
    array = np.arange(6, dtype=np.uint16).reshape(2, 3) * 1000
    tifffile.imwrite(tmp_path / "a.tif", array, photometric="minisblack", extratags=[(274, 3, 1, 6, True)])
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif").array[..., 0], np.rot90(array, -1))


def test_color_profile_is_converted(tmp_path: Path) -> None:
    """L* 50 is sRGB 119, whatever the profile of the file says it in."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    Image.new("LAB", (4, 4), (128, 128, 128)).save(tmp_path / "lab.tif", icc_profile=lab.tobytes())
    assert np.abs(read_picture(tmp_path / "lab.tif").array.astype(int) - 119).max() <= 2


def test_srgb_profile_changes_nothing(tmp_path: Path) -> None:
    array = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(array).save(tmp_path / "a.png", icc_profile=profile)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png").array, array)
    deep = array.astype(np.uint16) * 257 + 1
    tifffile.imwrite(tmp_path / "a.tif", deep, photometric="rgb", iccprofile=profile)
    np.testing.assert_array_equal(read_picture(tmp_path / "a.tif").array, deep)


def test_damaged_profile_is_left_out_with_a_word(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), "red").save(tmp_path / "a.png", icc_profile=b"no profile")
    picture = read_picture(tmp_path / "a.png")
    assert picture.note is not None and "profile" in picture.note
    assert (picture.array == (255, 0, 0)).all()


def test_pages_of_a_tiff(tmp_path: Path) -> None:
    for dtype in (np.uint8, np.uint16):
        tifffile.imwrite(tmp_path / "a.tif", np.zeros((3, 8, 8), dtype), photometric="minisblack", metadata=None)
        note = read_picture(tmp_path / "a.tif").note
        assert note == "a.tif has several pages, and only the first is used."


def test_limits_of_a_format(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="20000"):
        write_picture(tmp_path / "wide.webp", np.zeros((1, 20000, 3), np.uint8))
    with pytest.raises(UsageError, match="png"):
        write_picture(tmp_path / "picture.psd", np.zeros((1, 1, 3), np.uint8))
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(("dtype", "full"), [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1.0)])
def test_conversions(dtype: Any, full: float, drawing: Any) -> None:
    half = np.full((2, 2, 4), full / 2, dtype)
    half[..., :3] = 0
    assert (to_rgb8(half) == 255 - to_8bit(half)[..., 3:]).all()
    np.testing.assert_allclose(alpha_of(half), 0.5, atol=1 / 255)
    assert (to_8bit(np.full((2, 2, 3), full, dtype)) == 255).all()
    assert (alpha_of(drawing) == 1).all() and (to_rgb8(drawing) == drawing).all()
