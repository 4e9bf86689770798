"""Media: what paper, scanner, camera and program do to a drawing, and what the program then gets."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from colorgan_train.compose import media
from colorgan_train.compose.composition import example
from colorgan_train.compose.conditions import CONDITIONS, MORE, Drawing, draw

SIZE = 384


def made(condition: str, seed: int = 0, size: int = SIZE) -> Drawing:
    return draw(example(seed, size, page=condition == "comic"), condition, np.random.default_rng(seed))


def gray(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_RGB2GRAY)


def test_the_ten_conditions_are_those_of_the_evaluation():
    assert list(CONDITIONS) == [
        "clean", "broken", "pencil-scan", "phone", "blue-pencil", "screentone", "hatching", "coloured-lines", "layer", "comic",
    ]  # fmt: skip


@pytest.mark.parametrize("condition", [*CONDITIONS, *MORE])
def test_a_drawing_is_a_picture_with_its_truth_and_the_same_again_by_its_seed(condition):
    drawing, again, other = (
        made(condition),
        made(condition),
        draw(example(0, SIZE), condition, np.random.default_rng(1)),
    )
    height, width = drawing.composition.surfaces.shape
    channels = 4 if condition == "layer" else 3
    assert drawing.picture.shape == (height, width, channels) and drawing.picture.dtype == np.uint8
    assert drawing.marks.shape == (height, width) and drawing.marks.dtype == np.uint8
    assert drawing.composition.color.shape == (height, width, 3) and drawing.condition == condition
    for one, two in ((drawing.picture, again.picture), (drawing.marks, again.marks),
                     (drawing.composition.surfaces, again.composition.surfaces)):  # fmt: skip
        assert np.array_equal(one, two)
    assert not np.array_equal(drawing.picture, other.picture)


@pytest.mark.parametrize("condition", [*CONDITIONS, *MORE])
@pytest.mark.parametrize("seed", range(3))
def test_ink_is_seen_where_the_truth_has_it(condition, seed):
    drawing = made(condition, seed)
    seen = 255 - drawing.picture[..., 3] if condition == "layer" else gray(drawing.picture)
    seen = 255 - seen if condition == "white-on-black" else seen
    counted = drawing.counted_ink
    ink = cv2.erode((drawing.marks < 90).astype(np.uint8), np.ones((2, 2), np.uint8)) > 0
    open_area = cv2.erode((counted > 250).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    near = cv2.dilate(ink.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0  # light falls off across a page
    if condition == "layer" and (drawing.picture[..., 3][open_area] > 0).any():
        return  # a halo is opaque: see below
    assert float(np.median(seen[ink])) < float(np.median(seen[open_area & near])) - 30


@pytest.mark.parametrize("condition", ["pencil-scan", "phone", "blue-pencil", "ink-scan"])
def test_media_are_the_same_at_twice_the_size(condition):
    small, large = made(condition, 1).picture, made(condition, 1, 2 * SIZE).picture
    reduced = cv2.resize(large, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    difference = cv2.GaussianBlur(small, (0, 0), 4).astype(float) - cv2.GaussianBlur(reduced, (0, 0), 4)
    assert np.abs(difference).mean() < 5


def test_a_photograph_shows_a_desk_that_belongs_to_no_surface():
    edges = 0
    for seed in range(4):
        drawing = made("phone", seed)
        outside = (drawing.composition.color == 255).all(2) & (drawing.composition.surfaces == 0)
        assert outside.any()
        corner = drawing.picture[:3, :3].reshape(-1, 3).mean(0)
        edges += bool(np.abs(corner - drawing.picture[SIZE // 8, SIZE // 2]).max() > 20)
        assert drawing.picture.std() > 8
    assert edges >= 1


def test_a_scan_is_tinted_and_uneven_and_a_clean_drawing_is_white():
    levels = [np.median(made("pencil-scan", seed).picture.reshape(-1, 3), 0) for seed in range(6)]
    assert np.ptp(levels, 0).max() > 6
    assert (np.array(levels) < 254).any()
    clean = made("clean", 0).picture
    assert (clean[0, 0] == 255).all() and (clean[..., 0] == clean[..., 2]).all()


def test_blue_pencil_is_blue_and_lies_off_the_ink():
    drawing = made("blue-pencil", 2, 512)
    picture = drawing.picture.astype(int)
    blue = (picture[..., 2] - picture[..., 0] > 25) & (drawing.marks > 250)
    assert 0.001 < blue.mean() < 0.4


def test_pencil_breaks_up_on_the_tooth_of_the_paper():
    ink = np.full((256, 256), 255, np.uint8)
    ink[100:140] = 0
    lain = media.grained(ink, np.random.default_rng(0), 0.7)
    assert lain[:80].max() == 0
    assert 0.3 < lain[110:130].mean() < 0.9 and lain[110:130].std() > 0.03


def test_smudges_veil_what_is_beside_lines_and_never_lighten_them():
    lain = np.zeros((256, 256), np.float32)
    lain[100:110] = 0.8
    smudged = media.smudged(lain, np.random.default_rng(0), 0.8)
    assert (smudged >= lain - 1e-6).all() and (smudged[97:100] > 0.005).any()


def test_one_bit_has_two_values_and_white_on_black_is_dark():
    assert set(np.unique(made("one-bit").picture)) == {0, 255}
    assert made("white-on-black").picture.mean() < 100


def test_a_layer_is_transparent_off_the_ink_and_its_halo_is_light_and_opaque():
    ink = example(0, 256).ink
    plain = media.layer(ink, (10, 20, 30))
    assert np.array_equal(plain[..., 3], 255 - ink) and (plain[..., :3] == (10, 20, 30)).all()
    halo = media.layer_with_halo(ink, 4 / 256, 250)
    away = cv2.distanceTransform((ink > 128).astype(np.uint8), cv2.DIST_L2, 5)
    surround = (away > 2) & (away < 3.5)
    assert (halo[surround][:, 3] == 255).all() and (halo[surround][:, :3] > 200).all()
    assert (halo[away > 6][:, 3] == 0).all()
    assert (halo[ink == 0][:, :3] == 0).all()


def test_coloured_lines_have_colour_and_white_stays_white():
    colorful = 0
    for seed in range(6):
        drawing = made("coloured-lines", seed)
        ink = drawing.marks < 60
        assert (drawing.picture[drawing.marks == 255] == 255).all()
        colorful += bool(np.ptp(drawing.picture[ink].astype(int), 1).mean() > 8)
    assert colorful >= 4
