"""Line art in many hands: in range, repeatable, inked but not drowned, in register with the colour, and fast."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from colorgan_train.lines import HANDS, draw_lines, gaps, ink_share, wobble

SIZE = 160


@pytest.fixture
def drawing() -> tuple[np.ndarray, np.ndarray]:
    """A red disk and a blue box with both pens."""
    color = np.full((SIZE, SIZE, 3), 255, np.uint8)
    outline = np.full((2, SIZE, SIZE), 255, np.uint8)
    cv2.circle(color, (60, 70), 40, (220, 60, 50), -1, cv2.LINE_AA)
    cv2.rectangle(color, (90, 90), (145, 140), (40, 80, 200), -1)
    for pen, width in zip(outline, (1, 3), strict=True):
        cv2.circle(pen, (60, 70), 40, 0, width, cv2.LINE_AA)
        cv2.rectangle(pen, (90, 90), (145, 140), 0, width)
    return color, outline


@pytest.mark.parametrize("hand", HANDS)
def test_every_hand_draws_lines_of_that_size(hand: str, drawing: tuple[np.ndarray, np.ndarray]) -> None:
    color, outline = drawing
    for seed in range(12):
        lines = draw_lines(np.random.default_rng(seed), color, outline, hand)
        assert lines.shape == (SIZE, SIZE) and lines.dtype == np.uint8
        darkest_fifth_percent = np.percentile(lines, 0.5)
        assert darkest_fifth_percent < np.median(lines) - 25, "ink stands out from the paper"
        assert ink_share(lines) < 0.25


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("with_outline", [True, False])
def test_white_paper_stays_without_ink(hand: str, with_outline: bool) -> None:
    color = np.full((SIZE, SIZE, 3), 255, np.uint8)
    outline = np.full((2, SIZE, SIZE), 255, np.uint8) if with_outline else None
    for seed in range(6):
        lines = draw_lines(np.random.default_rng(seed), color, outline, hand)
        assert ink_share(lines) == 0
        if hand != "scanned":  # whose paper has a tone
            assert lines.min() == 255


def test_the_same_seed_draws_the_same_lines(drawing: tuple[np.ndarray, np.ndarray]) -> None:
    color, outline = drawing
    for seed in range(20):
        first = draw_lines(np.random.default_rng(seed), color, outline)
        assert np.array_equal(first, draw_lines(np.random.default_rng(seed), color, outline))


def test_inputs_are_left_alone_and_may_be_read_only(drawing: tuple[np.ndarray, np.ndarray]) -> None:
    color, outline = drawing
    before = color.copy(), outline.copy()
    color.setflags(write=False)
    outline.setflags(write=False)
    for hand in HANDS:
        lines = draw_lines(np.random.default_rng(0), color, outline, hand)
        assert lines.flags.writeable
    assert np.array_equal(color, before[0]) and np.array_equal(outline, before[1])


@pytest.mark.parametrize("hand", ["clean", "pen", "sketch", "pencil", "scanned"])
def test_lines_stay_within_two_pixels_of_the_outline(hand: str, drawing: tuple[np.ndarray, np.ndarray]) -> None:
    color, outline = drawing
    near = cv2.dilate((outline.min(0) < 200).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    for seed in range(8):
        lines = draw_lines(np.random.default_rng(seed), color, outline, hand)
        assert not ((lines < 128) & ~near).any()


def test_wobble_moves_no_line_by_more_than_told() -> None:
    ramp = np.tile(np.arange(SIZE, dtype=np.float32), (SIZE, 1))
    for seed in range(10):
        moved = wobble(np.random.default_rng(seed), ramp, 1.4)
        assert np.abs(moved - ramp).max() <= 1.4 + 0.1  # remap has 32 steps a pixel


def test_gaps_lift_about_the_share_that_is_asked_for() -> None:
    lifted = gaps(np.random.default_rng(0), np.zeros((SIZE, SIZE), np.float32), 0.1)
    assert 0.03 < (lifted > 128).mean() < 0.11


def test_art_without_outline_gets_lines_at_its_edges(drawing: tuple[np.ndarray, np.ndarray]) -> None:
    color, _ = drawing
    for seed in range(20):
        lines = draw_lines(np.random.default_rng(seed), color, None)
        assert np.percentile(lines, 1) < np.median(lines) - 25


def test_most_samples_are_clean(drawing: tuple[np.ndarray, np.ndarray]) -> None:
    color, outline = drawing
    paper = [np.median(draw_lines(np.random.default_rng(seed), color, outline)) == 255 for seed in range(200)]
    assert np.mean(paper) > 0.8


def test_fast_enough_for_a_data_loader(drawing: tuple[np.ndarray, np.ndarray]) -> None:
    color, outline = drawing
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        began = time.process_time()
        for seed in range(200):
            draw_lines(np.random.default_rng(seed), color, outline)
        milliseconds = (time.process_time() - began) / 200 * 1000
    finally:
        cv2.setNumThreads(threads)
    assert milliseconds < 15, "five times the expected 3 ms"
