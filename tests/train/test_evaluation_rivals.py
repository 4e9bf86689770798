"""The rows without a network do what their names say."""

from __future__ import annotations

import numpy as np

from colorgan_train.evaluation import rivals


def two_rooms(gap: int = 0) -> np.ndarray:
    """A closed box with a wall in the middle, `gap` px open."""
    lines = np.full((96, 128), 255, np.uint8)
    lines[8:11, 8:120] = lines[85:88, 8:120] = 0
    lines[8:88, 8:11] = lines[8:88, 117:120] = lines[8:88, 62:65] = 0
    if gap:
        lines[40 : 40 + gap, 62:65] = 255
    return lines


def dots(*spots: tuple[int, int, tuple[int, int, int]]) -> np.ndarray:
    hints = np.zeros((96, 128, 4), np.uint8)
    for y, x, color in spots:
        hints[y : y + 3, x : x + 3] = (*color, 255)
    return hints


def test_regions_are_rooms_and_hold_every_pixel() -> None:
    for gap in (0, 2, 4):
        labels = rivals.trapped_ball(two_rooms(gap))
        assert len({labels[30, 30], labels[30, 90], labels[2, 2]}) == 3
        assert labels.min() == 0
        assert set(np.unique(labels)) == set(range(labels.max() + 1))


def test_a_page_without_lines_and_a_black_page_are_one_region() -> None:
    for value in (255, 0):
        assert not rivals.trapped_ball(np.full((32, 32), value, np.uint8)).any()


def test_a_region_takes_its_hint_exactly_and_no_other_does() -> None:
    filled = rivals.region_fill(two_rooms(), dots((40, 30, (200, 30, 40))))
    assert (filled[20:80, 20:55] == (200, 30, 40)).all()
    assert (filled[20:80, 70:110] == 255).all()
    assert (filled[9, 20:100] == 0).all()


def test_the_commonest_hint_wins_and_spilt_ones_do_not_count() -> None:
    spilt = dots((40, 30, (200, 30, 40)), (20, 66, (9, 9, 9)), (60, 30, (200, 30, 40)), (70, 15, (0, 0, 250)))
    filled = rivals.region_fill(two_rooms(), spilt)
    assert (filled[30, 40] == (200, 30, 40)).all()
    near_the_wall = dots((20, 64, (9, 9, 9)))
    near_the_wall[:, 66:] = 0
    assert (rivals.region_fill(two_rooms(), near_the_wall) == rivals.copy(two_rooms())).all()


def test_the_true_fill_knows_areas_that_no_line_parts() -> None:
    lines = two_rooms(gap=8)
    color = np.full((96, 128, 3), 255, np.uint8)
    color[11:85, 11:62], color[11:40, 65:117], color[40:85, 65:117] = (200, 30, 40), (10, 20, 200), (90, 160, 20)
    truth = rivals.draw_lines_over(color, lines)
    filled = rivals.true_fill(truth, lines, dots((60, 30, (200, 30, 40)), (60, 90, (90, 160, 20))))
    assert (filled[20:80, 20:55] == (200, 30, 40)).all()
    assert (filled[45:80, 70:110] == (90, 160, 20)).all()
    assert (filled[15:38, 70:110] == 255).all()
    everything = rivals.true_fill(truth, lines, np.dstack([truth, np.full_like(lines, 255)]))
    assert np.abs(everything.astype(int) - truth).max() <= 1


def test_without_hints_the_fill_is_the_copy() -> None:
    lines = two_rooms()
    assert (rivals.region_fill(lines, dots()) == rivals.copy(lines)).all()
    truth = rivals.region_fill(lines, dots((40, 30, (200, 30, 40))))
    assert (rivals.true_fill(truth, lines, dots()) == rivals.copy(lines)).all()
    assert (rivals.copy(lines) == lines[..., None]).all()


def test_hints_are_cleared_near_lines_only() -> None:
    lines = two_rooms()
    hints = np.full((*lines.shape, 4), 255, np.uint8)
    left = rivals.clear_of_lines(hints, lines)[..., 3] > 0
    assert left[40, 30] and not left[40, 60] and not left[40, 12] and left[40, 14]
