"""Colours that stay the same from frame to frame: exact where a person chose, the same bytes under the rounding of any processor."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from colorgan_core.lineart.steady import REACH, STEP, steadied
from colorgan_core.picture.color import lab_to_srgb, srgb_to_lab, to_uint8

NONE = np.zeros((0, 3), np.uint8)
COLORS = st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=12).map(
    lambda each: np.array(each, np.uint8)
)


def free(colors: np.ndarray, steady: np.ndarray = NONE) -> np.ndarray:
    return steadied(colors, srgb_to_lab(colors), np.zeros(len(colors), bool), steady)


@given(COLORS, COLORS)
def test_what_a_person_chose_is_exact(colors: np.ndarray, steady: np.ndarray) -> None:
    fixed = np.arange(len(colors)) % 2 == 0
    both = np.concatenate([colors, colors[fixed]])  # regions that have taken a fixed colour over
    kept = np.concatenate([fixed, np.zeros(fixed.sum(), bool)])
    result = steadied(both, srgb_to_lab(both), kept, steady)
    assert (result[kept] == both[kept]).all() and (result[len(colors) :] == colors[fixed]).all()


def test_a_free_colour_moves_little() -> None:
    colors = np.stack(np.meshgrid(*[np.arange(40, 220, 12)] * 3), -1).reshape(-1, 3).astype(np.uint8)
    moved = np.linalg.norm(srgb_to_lab(free(colors)) - srgb_to_lab(colors), axis=1)
    assert 1 < moved.mean() < moved.max() <= STEP / 2 * 3**0.5 + 0.5, "half a step a channel, and rounding to bytes"


@given(COLORS, st.integers(0, 2**32 - 1))
def test_drift_does_not_show_around_known_colours(steady: np.ndarray, seed: int) -> None:
    """Paint that wanders by a third of REACH around a colour which the shot has, and that no other is near."""
    lab = srgb_to_lab(steady)
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2) + np.where(np.eye(len(lab)), 1e3, 0)
    alone = apart.min(1) > REACH
    drift = np.random.default_rng(seed).uniform(-1, 1, lab.shape)
    wandered = lab + drift / np.linalg.norm(drift, axis=1, keepdims=True) * REACH / 3
    result = steadied(to_uint8(lab_to_srgb(wandered)), wandered, np.zeros(len(lab), bool), steady)
    assert (result == steady)[alone].all()


def test_rounding_of_another_processor_changes_no_byte_of_a_lattice_colour() -> None:
    """A millionth of the value, as float32 has it: of 100,000 colours some lie at an edge, but no more than chance puts there."""
    dice = np.random.default_rng(0)
    lab = np.stack([dice.uniform(20, 90, 100_000), *dice.uniform(-30, 30, (2, 100_000))], 1)
    no = np.zeros(len(lab), bool)
    here, there = (
        steadied(to_uint8(lab_to_srgb(each)), each, no, NONE)
        for each in (lab, lab * (1 + dice.choice([-1e-6, 1e-6], lab.shape)))
    )
    assert (here != there).any(1).mean() < 1e-4
