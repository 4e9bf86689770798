"""From likely to decided: one colour a region, areas as asked, no paint outside an outline."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from colorgan_core.engine.settle import (
    PAINT_SHARE,
    SURE,
    all_colors,
    balance,
    in_din99o,
    least_risk,
    region_means,
    settle,
)
from colorgan_core.model.conditions import Conditions
from colorgan_core.model.config import GRAY, LINEART
from colorgan_core.model.generator import ABSENT, Prediction


def quarters(shares: list[float]) -> tuple[Prediction, Conditions]:
    """Four regions of 8 x 8 and a palette of len(shares) colours, of which G likes the first best, everywhere about the same."""
    torch.manual_seed(0)
    z = Conditions.empty(LINEART, 1, 16, 16)
    labels = torch.arange(2).repeat_interleave(8)
    palette, present = z.palette.clone(), z.palette_mask.clone()
    palette[0, : len(shares), 3], present[0, : len(shares)] = torch.tensor(shares), True
    z = z._replace(regions=(2 * labels[:, None] + labels)[None], palette=palette, palette_mask=present)
    choice = torch.full((1, 8, 8, 8), ABSENT)
    choice[0, : len(shares)] = 0.01 * torch.randn(len(shares), 8, 8)
    choice[0, 0] += 1
    plane = torch.ones(1, 1, 16, 16)
    return Prediction(torch.zeros(1, 3, 16, 16), 3 * plane, choice, plane, plane * 0, torch.zeros(1, 4, 2)), z


def colors_of(prediction: Prediction, z: Conditions) -> list[int]:
    """The colour of each region; fails where a region has two."""
    picked = prediction.choice[0].argmax(0)
    each = [picked[z.regions[0] == label].unique() for label in range(4)]
    assert all(len(colors) == 1 for colors in each)
    return [int(colors[0]) for colors in each]


def test_areas_follow_the_shares_where_g_is_unsure() -> None:
    for shares, wanted in (([0.5, 0.25, 0.25], [0, 0, 1, 2]), ([0.25, 0.75], [0, 1, 1, 1])):
        prediction, z = quarters(shares)
        assert sorted(colors_of(settle(prediction, z), z)) == wanted


def test_what_g_is_sure_of_stays() -> None:
    prediction, z = quarters([0.5, 0.3, 0.2])
    prediction.choice[0, 2, :4, :4] += 30
    assert colors_of(settle(prediction, z), z)[0] == 2


def test_a_hinted_region_does_not_use_up_a_share() -> None:
    prediction, z = quarters([0.36, 0.33, 0.31])
    z.flood[0, 3, :8, :8] = 1
    assert sorted(colors_of(settle(prediction, z), z)[1:]) == [0, 1, 2]


@pytest.mark.parametrize(("logit", "settled"), [(-2.0, -SURE), (2.0, SURE), (0.5, 0.5)])
def test_nearly_bare_and_nearly_painted_become_wholly_so(logit: float, settled: float) -> None:
    prediction, z = quarters([1.0])
    prediction.coverage[0, 0, :8, :8] = logit
    coverage = settle(prediction, z).coverage[0, 0]
    assert (coverage[:8, :8] == settled).all() and (coverage[8:, 8:] == SURE).all()


def test_free_paint_becomes_more_even_and_keeps_its_mean() -> None:
    prediction, z = quarters([1.0])
    prediction.free[0, 0, :8, :8] = torch.rand(8, 8)
    free = settle(prediction, z).free[0, 0]
    assert free[:8, :8].mean() == pytest.approx(float(prediction.free[0, 0, :8, :8].mean()), abs=1e-5)
    assert 0 < free[:8, :8].std() < 0.3 * prediction.free[0, 0, :8, :8].std() and not free[8:, 8:].any()


RED_OR_GREEN = torch.tensor([[0.5, 0.6, 0.3], [0.5, -0.6, 0.3]])


def test_regions_get_what_the_odds_say_and_what_shades_them_stays() -> None:
    prediction, z = quarters([1.0])
    prediction.free[0, :, :8, :8] = torch.rand(3, 8, 8)
    prediction.odds[0] = torch.tensor([[9.0, -9], [-9, 9], [9, -9], [9, -9]])
    plain, likely = settle(prediction, z).free[0], settle(prediction, z, RED_OR_GREEN, 0.0).free[0]
    red, green = RED_OR_GREEN[:, :, None, None]
    assert torch.allclose(likely[:, 8:], red.expand(3, 8, 16)) and torch.allclose(
        likely[:, :8, 8:], green.expand(3, 8, 8)
    )
    shade = plain[:, :8, :8] - plain[:, :8, :8].mean((1, 2), keepdim=True)
    torch.testing.assert_close(likely[:, :8, :8], red + shade, rtol=0, atol=1e-5)


def test_the_colour_of_least_risk_is_the_one_least_far_off_and_livelier_if_asked() -> None:
    odds = torch.log(torch.tensor([[0.6, 0.4], [0.5, 0.5]]))
    colors, paint = torch.tensor([[0.6, 0.3, 0.1], [0.6, -0.3, 0.1]]), torch.tensor([[0.9, 0.0, 0.0], [0.4, 0.3, 0.3]])
    calm, lively = least_risk(odds, colors, paint, 0.0), least_risk(odds, colors, paint, 1.0)

    def off(one: torch.Tensor) -> torch.Tensor:
        """How far off the colours (r, 3) are to be expected."""
        by_odds = (odds.exp() * torch.cdist(in_din99o(one), in_din99o(colors))).sum(1)
        return (1 - PAINT_SHARE) * by_odds + PAINT_SHARE * (in_din99o(one) - in_din99o(paint)).norm(dim=1)

    for one in all_colors()[::40]:
        assert (off(calm) <= off(one.expand(2, 3)) + 1e-6).all()
    assert (lively[:, 1:].norm(dim=1) > calm[:, 1:].norm(dim=1)).all()


def test_gray_stays_as_g_says_but_where_a_hint_lies() -> None:
    prediction, z = quarters([0.5, 0.5])
    z.hints[0, 3, 2:4, 5] = 1
    settled = settle(prediction, z._replace(task=torch.tensor([GRAY])))
    assert settled.free is prediction.free and settled.choice is prediction.choice
    assert torch.equal(settled.trust[0, 0], z.hints[0, 3])


def test_balance_reaches_the_shares() -> None:
    rng = np.random.default_rng(0)
    scores, areas, shares = rng.normal(0, 1, (40, 5)), rng.random(40), np.array([0.4, 0.3, 0.15, 0.1, 0.05])
    liking = np.exp(scores + balance(scores, areas, shares))
    got = (areas / areas.sum()) @ (liking / liking.sum(1, keepdims=True))
    assert np.abs(got - shares).max() < 0.01


def test_region_means_are_weighted() -> None:
    planes, labels = np.array([[[1.0, 3.0, 5.0]]]), np.array([[0, 0, 2]])
    means = region_means(planes, labels, np.array([[1.0, 3.0, 1.0]]))
    assert means.shape == (3, 1) and means[0, 0] == pytest.approx(2.5) and means[2, 0] == pytest.approx(5)
