"""Lab in torch and in NumPy: one set of formulas, exact both ways."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from colorgan_core.model import color as model
from colorgan_core.picture import color as picture
from colorgan_train.evaluation.measures import delta_e_2000


def cube() -> np.ndarray:
    """A grid over all of sRGB, (n, 3) in 0..1."""
    axis = np.linspace(0, 1, 18)
    return np.stack(np.meshgrid(axis, axis, axis), -1).reshape(-1, 3).astype(np.float32)


def as_planes(colors: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(colors.T[None, :, :, None].copy())


def test_torch_and_numpy_agree_on_lab() -> None:
    ours = model.srgb_to_lab(as_planes(cube()))[0, :, :, 0].T.numpy() * 100
    assert np.abs(ours - picture.srgb_to_lab(cube())).max() < 0.02


def test_torch_round_trip_is_exact_to_8_bit() -> None:
    back = model.lab_to_srgb(model.srgb_to_lab(as_planes(cube())))[0, :, :, 0].T.numpy()
    assert np.abs(back - cube()).max() < 0.5 / 255


def test_numpy_round_trip_of_every_gray_and_primary_is_exact() -> None:
    grays = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, 1)
    primaries = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0]], np.uint8)
    colors = np.concatenate([grays, primaries])
    assert (picture.to_uint8(picture.lab_to_srgb(picture.srgb_to_lab(colors))) == colors).all()


def test_known_colors() -> None:
    """Values of Bruce Lindbloom's calculator, sRGB under D65."""
    lab = picture.srgb_to_lab(np.array([[255, 255, 255], [255, 0, 0], [0, 0, 255], [0, 0, 0]], np.uint8))
    wanted = [[100, 0, 0], [53.24, 80.09, 67.20], [32.30, 79.19, -107.86], [0, 0, 0]]
    assert np.abs(lab - wanted).max() < 0.02


def test_colors_outside_the_gamut_still_have_a_gradient() -> None:
    lab = torch.tensor([1.5, 0.9, -0.9]).reshape(1, 3, 1, 1).requires_grad_()
    rgb = model.lab_to_srgb(lab)
    assert rgb.min() >= 0 and rgb.max() <= 1
    rgb.sum().backward()
    assert lab.grad is not None and torch.isfinite(lab.grad).all() and lab.grad.abs().sum() > 0


def test_clipped_values_find_their_way_back_and_never_farther_out() -> None:
    value = torch.tensor([-2.0, 0.5, 3.0, -2.0, 3.0], requires_grad=True)
    wanted_up = torch.tensor(
        [-1.0, -1.0, -1.0, 1.0, 1.0]
    )  # gradients: descent goes up for the first three, down for the others
    clipped = model.clip(value, 0.0, 1.0)
    clipped.backward(wanted_up)
    assert clipped.tolist() == [0.0, 0.5, 1.0, 0.0, 1.0]
    assert value.grad is not None and value.grad.tolist() == [-1.0, -1.0, 0.0, 0.0, 1.0]


def test_distances_in_din99o_are_nearer_to_ciede2000_than_in_lab() -> None:
    rng = np.random.default_rng(0)
    first = rng.uniform(0.05, 0.95, (3000, 3)).astype(np.float32)
    second = np.clip(first + rng.normal(0, 0.12, first.shape), 0, 1).astype(np.float32)
    lab = [picture.srgb_to_lab(colors) for colors in (first, second)]
    wanted = delta_e_2000(*lab)
    din = [model.lab_to_din99o(as_planes(colors) / 100)[0, :, :, 0].T.numpy() for colors in lab]
    spread = [np.std(np.log(np.linalg.norm(a - b, axis=1) / wanted)) for a, b in (din, lab)]
    assert spread[0] < 0.6 * spread[1], "the ratio of the two differences varies less"


def test_din99o_of_known_colors() -> None:
    """Black, white, and a grey keep a = b = 0; L runs from 0 to 100 (Cui et al. 2002)."""
    greys = model.lab_to_din99o(as_planes(np.array([[0, 0, 0], [50, 0, 0], [100, 0, 0]], np.float32)) / 100)[0, :, :, 0]
    assert greys[1:].abs().max() < 1e-6 and greys[0].tolist() == pytest.approx([0.0, 0.5405, 1.0], abs=1e-3)
