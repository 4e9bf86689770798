"""The formulas of the tables, on cases worked out by hand or published."""

from __future__ import annotations

import json
import subprocess

import numpy as np
import pytest

from colorgan_train.evaluation import hintauc_bridge as bridge
from colorgan_train.evaluation import measures

# Sharma, Wu, Dalal 2005, table 1: pairs that catch each usual mistake (hue wrap, grey, rotation term, large and small).
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, -1.3802, -84.2814), (50.0, 0.0, -82.7485), 1.0000),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
    ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0011), 7.2195),
    ((50.0, -0.001, 2.49), (50.0, 0.0011, -2.49), 4.7461),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (56.0, -27.0, -3.0), 31.9030),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("first", "second", "wanted"), SHARMA)
def test_ciede2000_is_the_published_one(first: tuple[float, ...], second: tuple[float, ...], wanted: float) -> None:
    assert measures.delta_e_2000(np.array(first), np.array(second)) == pytest.approx(wanted, abs=5e-5)
    assert measures.delta_e_2000(np.array(second), np.array(first)) == pytest.approx(wanted, abs=5e-5)


def solid(*color: int, size: int = 8) -> np.ndarray:
    return np.full((size, size, 3), color, np.uint8)


def test_a_picture_differs_by_the_share_that_differs() -> None:
    black, half = solid(0, 0, 0), solid(0, 0, 0)
    half[:4] = 255
    assert measures.picture_delta_e(black, black) == 0
    assert measures.picture_delta_e(half, black) == pytest.approx(50, abs=0.01)  # white to black is 100
    assert measures.mse(half, black) == pytest.approx(0.5)
    assert measures.psnr(half, black) == pytest.approx(3.0103, abs=1e-3)
    assert measures.psnr(black, black) == pytest.approx(100)


def test_overlap() -> None:
    left, right = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    assert measures.overlap(left, right) == 1
    left[:, :2], right[:, 1:3] = True, True
    assert measures.overlap(left, right) == pytest.approx(4 / 12)


def test_grey_has_no_chroma_and_red_has_its_own() -> None:
    assert measures.chroma(solid(128, 128, 128)) == pytest.approx(0, abs=1)
    assert measures.chroma(solid(255, 0, 0)) / 64 == pytest.approx(104.55, abs=0.1)


def test_near_colours_count_once_and_the_largest_stands_for_them() -> None:
    red, almost_red, blue = (53.2, 80.1, 67.2), (55.0, 79.0, 66.0), (32.3, 79.2, -107.9)
    colors, areas = np.array([almost_red, blue, red]), np.array([10, 50, 100])
    assert measures.distinct_colors(colors, areas) == 2
    assert measures.distinct_colors(colors[:0], areas[:0]) == 0


def test_region_colours_leave_out_specks_and_what_the_mask_leaves_out() -> None:
    picture = solid(255, 255, 255, size=20)
    picture[:, 10:] = (255, 0, 0)
    labels = np.zeros((20, 20), np.int32)
    labels[:, 10:] = 1
    labels[0, 0] = 2
    mask = np.ones((20, 20), bool)
    colors, areas = measures.region_colors(picture, labels, mask)
    assert areas.tolist() == [199, 200]
    assert colors[1] == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    mask[:, :10] = False
    assert measures.region_colors(picture, labels, mask)[1].tolist() == [200]


def test_histograms_of_the_same_colours_do_not_differ_and_far_ones_differ_by_how_far() -> None:
    everywhere = np.ones((8, 8), bool)
    red = measures.ab_histogram(solid(255, 0, 0), everywhere)
    small_red = measures.ab_histogram(solid(255, 0, 0, size=4), everywhere[:4, :4])
    blue = measures.ab_histogram(solid(0, 0, 255), everywhere)
    assert red.sum() == 64
    assert measures.total_variation(red, small_red) == 0
    assert measures.sliced_wasserstein(red, small_red) == pytest.approx(0)
    assert measures.total_variation(red, blue) == 1
    # red and blue lie 175 apart along b*; the mean of |cos| over directions is 2 / pi
    assert measures.sliced_wasserstein(red, blue) == pytest.approx(175 * 2 / np.pi, rel=0.02)


def test_area_is_the_trapezoid_and_its_parts_make_the_whole() -> None:
    curve = {0.0: 4.0, 0.1: 2.0, 1.0: 1.0}
    assert measures.area_under(curve, 0.0, 0.1) == pytest.approx(3.0)
    assert measures.area_under(curve, 0.1, 1.0) == pytest.approx(1.5)
    assert measures.area_under(curve) == pytest.approx(0.1 * 3.0 + 0.9 * 1.5)


def test_the_best_constant_of_one_colour_is_that_colour_and_weights_count() -> None:
    from colorgan_core.picture.color import srgb_to_lab

    teal, red = (17, 130, 140), (200, 30, 30)
    found = measures.best_constant(srgb_to_lab(np.array([teal], np.uint8)))
    assert np.abs(found.astype(int) - teal).max() <= 2
    both = srgb_to_lab(np.array([teal, red], np.uint8))
    found = measures.best_constant(both, np.array([1.0, 50.0]))
    assert np.abs(found.astype(int) - red).max() <= 3


def test_ratios_and_area_are_those_of_hintauc() -> None:
    python = bridge.hintauc_python()  # makes its environment when there is none yet, which takes a minute
    curve = {ratio: 8.0 - 5 * ratio**0.5 for ratio in bridge.RATIOS}
    ask = f"import hintauc, json; print(json.dumps([hintauc.DEFAULT_ALPHAS, hintauc.hint_auc({curve})]))"
    done = subprocess.run([python, "-I", "-c", ask], capture_output=True, text=True, check=True)
    ratios, area = json.loads(done.stdout)
    assert tuple(ratios) == bridge.RATIOS
    assert measures.area_under(curve) == pytest.approx(area)
