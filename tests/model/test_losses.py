"""The objective against plain NumPy, formula by formula."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from colorgan_core.model.losses import (
    CHOICE_REACH,
    adversarial_loss,
    choice_loss,
    discriminator_loss,
    overshoot_loss,
    pointing_loss,
    reconstruction_loss,
    texture_loss,
)


def sigmoid(value: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-value))


@pytest.fixture
def logits() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(0, 3, (4, 1, 5, 7)), rng.normal(0, 3, (4, 1, 5, 7))


def test_discriminator_ascends_log_d_real_plus_log_one_minus_d_fake(logits: tuple[np.ndarray, np.ndarray]) -> None:
    real, fake = logits
    value = np.log(sigmoid(real)).mean() + np.log(1 - sigmoid(fake)).mean()
    assert discriminator_loss(torch.tensor(real), torch.tensor(fake)).item() == pytest.approx(-value)


def test_adversarial_loss_is_the_non_saturating_form(logits: tuple[np.ndarray, np.ndarray]) -> None:
    _, fake = logits
    assert adversarial_loss(torch.tensor(fake)).item() == pytest.approx(-np.log(sigmoid(fake)).mean())


def test_losses_stay_finite_when_the_discriminator_is_certain() -> None:
    sure = torch.tensor([200.0, -200.0])
    assert torch.isfinite(discriminator_loss(sure, sure))
    assert torch.isfinite(adversarial_loss(sure))


def test_reconstruction_is_the_mean_absolute_difference() -> None:
    rng = np.random.default_rng(1)
    y, y_hat = rng.random((2, 3, 6, 5)), rng.random((2, 3, 6, 5))
    total = sum(abs(a - b) for a, b in zip(y.ravel(), y_hat.ravel(), strict=True)) / y.size
    assert reconstruction_loss(torch.tensor(y), torch.tensor(y_hat)).item() == pytest.approx(total)
    first = np.abs(y - y_hat)[0].mean() / 2
    paired = torch.tensor([True, False])
    assert reconstruction_loss(torch.tensor(y), torch.tensor(y_hat), paired).item() == pytest.approx(first)


def test_pointing_is_the_log_of_all_right_answers() -> None:
    rng = np.random.default_rng(4)
    logits, right, weight = rng.normal(0, 2, (2, 3, 5)), rng.random((2, 3, 5)) < 0.5, rng.random((2, 3))
    right[..., 0] = True
    chances = np.exp(logits) / np.exp(logits).sum(2, keepdims=True)
    total = 0.0
    for b, n in np.ndindex(2, 3):
        total -= weight[b, n] * np.log(chances[b, n][right[b, n]].sum())
    got = pointing_loss(*map(torch.tensor, (np.log(chances), right, weight)))
    assert float(got) == pytest.approx(total / 2)


def test_a_miss_never_costs_more_than_a_probability_of_one_in_a_million() -> None:
    hopeless = torch.tensor([[[0.0, -1e4]]])
    got = pointing_loss(hopeless, torch.tensor([[[False, True]]]), torch.ones(1, 1))
    assert float(got) == pytest.approx(-np.log(1e-6), rel=1e-5)


def test_choice_is_cross_entropy_of_the_nearest_palette_color() -> None:
    rng = np.random.default_rng(3)
    logits, y, palette = rng.normal(0, 2, (2, 8, 3, 4)), rng.random((2, 3, 6, 8)), rng.random((2, 8, 3))
    present, weight = np.arange(8) < np.array([[3], [8]]), rng.random((2, 1, 6, 8))
    logits[~present], shown = -1e4, y[..., 1::2, 1::2]  # the choice has half the size
    total = 0.0
    for b, row, column in np.ndindex(2, 3, 4):
        distance = np.linalg.norm(palette[b] - shown[b, :, row, column], axis=1)
        distance[~present[b]] = np.inf
        if distance.min() < CHOICE_REACH:
            p = np.exp(logits[b, :, row, column])
            total -= weight[b, 0, 1::2, 1::2][row, column] * np.log(p[distance.argmin()] / p.sum())
    got = choice_loss(*(torch.tensor(value) for value in (logits, y, palette, present, weight)))
    assert total > 1 and got.item() == pytest.approx(total / 24)


def numpy_texture(y: np.ndarray, y_hat: np.ndarray) -> np.ndarray:
    """Loops over windows, (b,) as in `texture_loss`."""

    def energy(picture: np.ndarray) -> np.ndarray:
        h, w = picture.shape[2:]
        band = np.empty_like(picture)
        for row in range(h):
            for column in range(w):
                near = picture[:, :, max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
                band[:, :, row, column] = picture[:, :, row, column] - near.mean((2, 3))
        windows = [
            (band[:, :, r : r + 8, k : k + 8] ** 2).mean((2, 3)) for r in range(0, h - 7, 4) for k in range(0, w - 7, 4)
        ]
        return np.sqrt(np.stack(windows, -1) + 1e-4)

    found = []
    for _ in range(4):
        found.append(np.abs(energy(y_hat) - energy(y)).mean((1, 2)))
        y, y_hat = (p.reshape(*p.shape[:2], p.shape[2] // 2, 2, p.shape[3] // 2, 2).mean((3, 5)) for p in (y, y_hat))
    spread = [np.sqrt(picture.var((2, 3)) + 1e-4) for picture in (y_hat, y)]
    found.append(np.abs(spread[0] - spread[1]).mean(1))
    return np.stack(found).mean(0)


def test_texture_is_the_local_energy_of_five_bands() -> None:
    y, y_hat = np.random.default_rng(1).normal(0, 0.2, (2, 2, 3, 64, 64))
    expected = numpy_texture(y, y_hat)
    assert texture_loss(torch.tensor(y), torch.tensor(y_hat)).numpy() == pytest.approx(expected, rel=1e-6)
    assert texture_loss(torch.tensor(y), torch.tensor(y)).abs().max() == 0


def test_texture_asks_for_strokes_and_not_for_their_place() -> None:
    strokes = torch.tensor(np.random.default_rng(2).normal(0, 0.2, (1, 3, 64, 64)))
    mist = torch.zeros_like(strokes)
    assert texture_loss(strokes, strokes.flip(3)) < 0.3 * texture_loss(strokes, mist)


def test_overshoot_counts_only_what_leaves_the_range() -> None:
    paint = torch.tensor([[-1.5, 0.0, 1.0, 2.0]])
    assert overshoot_loss(paint, -1.0, 1.0).item() == pytest.approx((0.5 + 0 + 0 + 1.0) / 4)
