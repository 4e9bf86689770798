"""Reading and writing pictures: lossless formats are lossless, deep ones keep their depth, colours and turns are
right."""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageCms

from colorgan_core.errors import OutputError, UsageError
from colorgan_core.picture.pixels import alpha_of, read_picture, to_8bit, to_rgb8, write_picture

ADOBE_RGB = bytes(imagecodecs.cms_profile("adobergb"))
SHAPES = st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from([3, 4]))


@given(hnp.arrays(np.uint8, SHAPES), st.sampled_from([".png", ".tif", ".TIFF", ".webp"]))
@settings(max_examples=60)
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


@given(hnp.arrays(np.uint16, SHAPES), st.sampled_from([".png", ".tif"]), st.sampled_from([None, ADOBE_RGB]))
@settings(max_examples=60)
def test_sixteen_bits_keep_every_bit(array: Any, suffix: str, profile: bytes | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"deep{suffix}"
        assert write_picture(path, array, profile) is None
        back = read_picture(path)
    np.testing.assert_array_equal(back.original, array)
    assert back.original.dtype == back.array.dtype == np.uint16
    assert back.profile == profile and back.note is None
    assert (back.original is back.array) == (profile is None)


@given(hnp.arrays(np.float32, SHAPES, elements=st.floats(0, 1, width=32)), st.sampled_from([None, ADOBE_RGB]))
@settings(max_examples=20)
def test_floats_keep_every_bit_in_tiff(array: Any, profile: bytes | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deep.tif"
        assert write_picture(path, array, profile) is None
        back = read_picture(path)
    np.testing.assert_array_equal(back.original, array)
    assert back.array.dtype == np.float32 and back.profile == profile


def test_floats_become_sixteen_bits_in_png(tmp_path: Path) -> None:
    array = np.linspace(0, 1, 300, dtype=np.float32).reshape(10, 10, 3)
    assert write_picture(tmp_path / "a.png", array) is None
    np.testing.assert_allclose(read_picture(tmp_path / "a.png").array / 65535, array, atol=0.5001 / 65535)


@pytest.mark.parametrize("kind", ["jpg", "webp"])
@pytest.mark.parametrize(("dtype", "full"), [(np.uint16, 65535), (np.float32, 1)])
def test_depth_that_a_format_lacks_is_reduced_with_a_word(dtype: Any, full: float, kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{kind}"
    note = write_picture(path, np.full((8, 8, 3), full, dtype), ADOBE_RGB)
    assert note is not None and "8 bits" in note and f"a.{kind}" in note
    back = read_picture(path)
    assert back.original.dtype == np.uint8 and (back.original == 255).all()
    note = write_picture(path, np.full((8, 8, 4), full / 2, np.float32).astype(dtype))
    assert note is not None and ("transparency" in note) == (kind == "jpg")


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "tif"])
def test_profile_goes_in_and_out(kind: str, tmp_path: Path) -> None:
    array = np.full((8, 8, 3), (150, 200, 100), np.uint8)
    write_picture(tmp_path / f"a.{kind}", array, ADOBE_RGB)
    back = read_picture(tmp_path / f"a.{kind}")
    assert back.profile == ADOBE_RGB
    assert np.abs(back.original.astype(int) - array).max() <= 2
    assert (back.array[..., 0] < 130).all()  # Adobe RGB's green is beyond sRGB's, and such a hue has less red there
    with Image.open(tmp_path / f"a.{kind}") as image:  # as other programs see it
        assert image.info["icc_profile"] == ADOBE_RGB


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [1, 2])
def test_grey_profile_is_converted_at_full_depth(channels: int, dtype: Any, tmp_path: Path) -> None:
    profile = bytes(imagecodecs.cms_profile("gray", gamma=1.0))
    full = 1 if dtype == np.float32 else np.iinfo(dtype).max
    gray = np.full((4, 4, channels), full * 0.2, dtype)
    extra = ["unassalpha"] * (channels - 1)
    tifffile.imwrite(tmp_path / "a.tif", gray, photometric="minisblack", iccprofile=profile, extrasamples=extra)
    back = read_picture(tmp_path / "a.tif")
    assert back.profile is None and back.array.dtype == dtype and back.array.shape == (4, 4, 2 + channels)
    np.testing.assert_allclose(back.array[..., :3] / full, 0.4845, atol=0.003)  # 0.2 of the light, in sRGB's curve
    assert (back.array[..., :1] == back.array[..., :3]).all()
    assert (back.array[..., 3:] == gray[..., 1:]).all()


def test_grey_picture_with_a_profile_of_rgb(tmp_path: Path) -> None:
    Image.new("L", (4, 4), 100).save(tmp_path / "a.png", icc_profile=ADOBE_RGB)
    back = read_picture(tmp_path / "a.png")
    assert back.profile == ADOBE_RGB and back.note is None and (back.original == 100).all()


def test_sixteen_bit_png_of_grey_and_transparency(tmp_path: Path) -> None:
    array = np.random.default_rng(0).integers(0, 65536, (5, 6, 2), np.uint16)
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(array))
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png").array, array[..., [0, 0, 0, 1]])


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_deep_files_of_another_program(channels: int, kind: str, tmp_path: Path) -> None:
    """OpenCV writes 16-bit PNG, and TIFF with LZW, without a word about what a fourth channel is."""
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


@pytest.mark.parametrize("profile", [b"no profile", ADOBE_RGB[:-300], imagecodecs.cms_profile("gray", gamma=2.0)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_damaged_profile_is_left_out_with_a_word(dtype: Any, profile: bytes, tmp_path: Path) -> None:
    red = np.full((4, 4, 3), (np.iinfo(dtype).max, 0, 0), dtype)
    write_picture(tmp_path / "a.png", red, profile)
    picture = read_picture(tmp_path / "a.png")
    assert picture.note == "The colour profile of a.png is damaged and was left out."
    assert picture.profile is None and (picture.array == red).all()


def lut_profile(space: bytes, channels: int) -> bytes:
    """A profile with a table from its colours to Lab and none back, as scanners have it: black, and white at all 0."""
    curve = bytes(range(256))
    white = [255, 128, 128] if space == b"CMYK" else [0, 128, 128]
    nodes = bytes(white) + bytes([255 - white[0], 128, 128]) * (2**channels - 1)
    matrix = struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    table = b"mft1\0\0\0\0" + bytes([channels, 3, 2, 0]) + matrix + curve * channels + nodes + curve * 3
    tags = struct.pack(">I4sII", 1, b"A2B0", 144, len(table))
    header = struct.pack(">I4sI4s4s4s12x4s28x", 144 + len(table), b"test", 2 << 24, b"scnr", space, b"Lab ", b"acsp")
    d50 = struct.pack(">3i", 63190, 65536, 54061)
    return (header + d50).ljust(128, b"\0") + tags + table


def test_profile_without_a_way_back(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), "white").save(tmp_path / "a.png", icc_profile=lut_profile(b"RGB ", 3))
    picture = read_picture(tmp_path / "a.png")
    assert picture.note is not None and "in sRGB" in picture.note
    assert picture.profile is None and picture.original is picture.array
    assert (picture.array == 255).all()


@pytest.mark.parametrize("profile", [None, lut_profile(b"CMYK", 4), b"no profile"])
def test_cmyk_becomes_srgb_with_a_word(profile: bytes | None, tmp_path: Path) -> None:
    Image.new("CMYK", (4, 4), (0, 0, 0, 255)).save(tmp_path / "a.tif", icc_profile=profile)
    picture = read_picture(tmp_path / "a.tif")
    assert picture.note is not None and "a.tif is in CMYK; the result is in sRGB." in picture.note
    assert ("damaged" in picture.note) == (profile == b"no profile")
    assert picture.profile is None and (picture.array == 0).all()
    Image.new("CMYK", (4, 4)).save(tmp_path / "a.tif", icc_profile=profile)
    assert (read_picture(tmp_path / "a.tif").array == 255).all()


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
