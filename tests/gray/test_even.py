"""Grey pictures in parts of even lightness, and colour that keeps to them."""

from __future__ import annotations

import numpy as np

from colorgan_core.gray.even import LIVELY, Parts, even_parts, evened
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import ColorizeRequest
from colorgan_core.picture.color import srgb_to_lab
from colorgan_core.picture.gamut import keep_lightness


def squares(size: int) -> np.ndarray:
    """(size, size) a light ground with a dark square on the left and a darker one on the right."""
    gray, step = np.full((size, size), 200, np.uint8), size // 16
    gray[4 * step : 12 * step, 2 * step : 7 * step] = 120
    gray[4 * step : 12 * step, 9 * step : 14 * step] = 60
    return gray


def test_each_tone_is_a_part_to_the_pixel_at_any_size() -> None:
    for size in (128, 1024):
        gray = squares(size)
        parts = even_parts(gray)
        assert len(parts.flat) == 3 and parts.flat.all()
        for tone in (200, 120, 60):
            assert len(np.unique(parts.labels[gray == tone])) == 1


def test_noise_is_no_flat_part_and_a_picture_without_calm_is_one_part() -> None:
    rng = np.random.default_rng(1)
    assert not even_parts(np.clip(squares(128) + rng.normal(0, 3, (128, 128)), 0, 255).astype(np.uint8)).flat.any()
    wild = even_parts(rng.integers(0, 256, (40, 30), np.uint8))
    assert (wild.labels == 0).all() and not wild.flat.any()


def test_colour_takes_the_mean_of_flat_parts_and_leaves_what_hints_said() -> None:
    rng = np.random.default_rng(2)
    labels = np.repeat([[0] * 8 + [1] * 8], 16, 0).astype(np.int32)
    ab = rng.normal(20, 5, (16, 16, 2)).astype(np.float32)
    known = np.zeros((16, 16), bool)
    known[:4] = True
    result = evened(ab, Parts(labels, np.array([True, False])), known)
    assert (result[known] == ab[known]).all()
    np.testing.assert_allclose(result[4:, :8], np.broadcast_to(LIVELY * ab[:, :8].mean((0, 1)), (12, 8, 2)), rtol=1e-5)
    loose = result[4:, 8:]
    assert loose.std() > 0.1 * ab.std() and loose.std() < 0.4 * ab.std()
    np.testing.assert_allclose(loose.mean(), ab[:, 8:].mean(), atol=1)


def test_lightness_stays_and_only_what_cannot_be_shown_gets_paler() -> None:
    lightness = np.array([50.0, 50.0, 95.0, 0.0], np.float32)
    ab = np.array([[10, -20], [300, 0], [0, -80], [40, 40]], np.float32)
    lab = srgb_to_lab(keep_lightness(lightness, ab))
    np.testing.assert_allclose(lab[:, 0], lightness, atol=0.3)
    np.testing.assert_allclose(lab[0, 1:], ab[0], atol=0.1)
    assert 60 < lab[1, 1] < 90 and abs(lab[1, 2]) < 1
    assert -40 < lab[2, 2] < -3 and abs(lab[3]).max() < 1


def test_a_large_grey_picture_is_coloured_to_its_edges() -> None:
    """The network works on 160 px; colour still ends where lightness does, with hints and without."""
    gray = squares(960)
    picture = np.repeat(gray[..., None], 3, 2)
    hints = np.zeros((960, 960, 4), np.uint8)
    hints[440:500, 240:300] = (190, 90, 60, 255)
    hints[440:500, 640:700] = (30, 50, 120, 255)
    hints[60:120, 100:900] = (180, 210, 190, 255)
    colorizer = Colorizer(Loaded("default", "cpu"))
    for given in (None, hints):
        result = colorizer.colorize(ColorizeRequest(picture, task="gray", hints=given)).picture
        for tone in (200, 120, 60):
            ab = srgb_to_lab(result)[gray == tone][:, 1:]
            assert (np.abs(ab - np.median(ab, 0)).max(1) > 4).mean() < 0.002, (given is None, tone)
    assert np.linalg.norm(ab.mean(0) - srgb_to_lab(hints[470, 670][None, None, :3])[0, 0, 1:]) < 25
