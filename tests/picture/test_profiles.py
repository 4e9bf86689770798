"""Colour profiles: at every depth there and back, white stays white, and sRGB is known for what it is."""

from __future__ import annotations

import contextlib
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import ImageCms

from colorgan_core.picture import profiles
from colorgan_core.picture.profiles import from_profile, is_srgb, space_of, to_profile

ADOBE_RGB = bytes(imagecodecs.cms_profile("adobergb"))
PRIMARIES = (0.7347, 0.2653, 1, 0.1596, 0.8404, 1, 0.0366, 0.0001, 1)
# A wide space, as ProPhoto and the like are: red, green and blue that no screen shows.
WIDE = bytes(imagecodecs.cms_profile("rgb", whitepoint=(0.3457, 0.3585, 1), primaries=PRIMARIES, gamma=1.8))
DEPTHS = [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1)]


def test_gradient_keeps_its_depth_there_and_back() -> None:
    gray = np.arange(0, 65536, 4, dtype=np.uint16).reshape(128, 128, 1)
    gradient = np.concatenate([gray, gray, gray], axis=-1)
    wide = to_profile(gradient, WIDE)
    assert wide.dtype == np.uint16
    assert len(np.unique(wide[..., 1])) > 10_000
    back = from_profile(wide, WIDE)
    assert len(np.unique(back[..., 1])) > 10_000
    lit = gradient[..., 0] > 655  # in the deepest 1 % sRGB's curve is steeper than the steps of the other
    assert np.abs(back[lit].astype(int) - gradient[lit]).max() <= 4


@pytest.mark.parametrize("profile", [ADOBE_RGB, WIDE])
@pytest.mark.parametrize(("dtype", "full"), DEPTHS)
def test_colors_come_back(dtype: Any, full: float, profile: bytes) -> None:
    colors = (np.random.default_rng(0).uniform(0.1, 1, (40, 30, 3)) * full).astype(dtype)
    there = to_profile(colors, profile)
    assert there.dtype == dtype and there.shape == colors.shape
    assert np.abs(there / full - colors / full).max() > 0.05
    error = np.abs(from_profile(there, profile) / full - colors / full)
    assert error.max() <= {np.uint8: 8 / 255, np.uint16: 12 / 65535, np.float32: 1e-4}[dtype]  # of dark next to bright
    assert error.mean() <= 1 / 65535 if full != 255 else 1 / 255


@pytest.mark.parametrize("profile", [ADOBE_RGB, WIDE])
@pytest.mark.parametrize(("dtype", "full"), DEPTHS)
def test_black_and_white_stay(dtype: Any, full: float, profile: bytes) -> None:
    ends = np.array([[[0, 0, 0], [full] * 3]], dtype)
    for convert in (from_profile, to_profile):
        np.testing.assert_allclose(convert(ends, profile) / full, ends / full, atol=3e-5)


def test_floats_stay_in_range() -> None:
    """Adobe RGB's green is beyond sRGB."""
    green = np.array([[[0, 1, 0]]], np.float32)
    assert from_profile(green, ADOBE_RGB).tolist() == green.tolist()


def test_bands_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    colors = np.random.default_rng(0).integers(0, 65536, (37, 11, 3), np.uint16)
    whole = from_profile(colors, ADOBE_RGB)
    monkeypatch.setattr(profiles, "BAND", 50)
    np.testing.assert_array_equal(from_profile(colors, ADOBE_RGB), whole)


def test_srgb_is_known_for_what_it_is() -> None:
    assert is_srgb(imagecodecs.cms_profile("srgb"))
    assert is_srgb(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    assert not is_srgb(ADOBE_RGB) and not is_srgb(WIDE)
    assert not is_srgb(imagecodecs.cms_profile("gray", gamma=1.0))


def test_damaged_profiles_raise_value_errors_only() -> None:
    colors = np.full((2, 2, 3), 0.5, np.float32)
    for at in range(0, len(ADOBE_RGB), 7):
        for damaged in (ADOBE_RGB[:at], ADOBE_RGB[:at] + b"\xff" * 4 + ADOBE_RGB[at + 4 :]):
            for convert in (from_profile, to_profile):
                with contextlib.suppress(ValueError):
                    assert np.isfinite(convert(colors, damaged)).all()
    for useless in (b"", b"no profile", ADOBE_RGB[:128]):
        with pytest.raises(ValueError):
            from_profile(colors, useless)
    gray = bytes(imagecodecs.cms_profile("gray", gamma=1.0))
    assert space_of(gray) == "gray"
    with pytest.raises(ValueError):
        to_profile(colors, gray)
