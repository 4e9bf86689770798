"""The bank's palettes: which are near to what a picture is expected to look like, and what a seed draws of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from colorgan_core.engine import bank
from colorgan_core.engine.loaded import Loaded
from colorgan_core.engine.pipeline import read_regions
from colorgan_core.engine.prepare import prepare
from colorgan_core.engine.request import ColorizeRequest

RED, BLUE, GREEN = torch.tensor([[0.5, 0.6, 0.4], [0.4, 0.1, -0.6], [0.6, -0.5, 0.4]])


def palette(*colors: torch.Tensor) -> torch.Tensor:
    """(8, 4), equal shares; what is not there is red."""
    whole = torch.cat([RED, torch.zeros(1)]).repeat(8, 1)
    for row, color in enumerate(colors):
        whole[row, :3], whole[row, 3] = color, 1 / len(colors)
    return whole


def test_a_palette_with_every_color_of_the_picture_is_nearest() -> None:
    picture = torch.empty(1, 3, 32, 32)
    picture[..., :16], picture[..., 16:] = BLUE[:, None, None], GREEN[:, None, None]
    picture[..., 1:, 1:] /= torch.tensor([1, bank.STRETCH, bank.STRETCH])[:, None, None]
    picture[..., 0, :] = picture[..., :, 0] = RED[:, None]
    shows = torch.ones(1, 1, 32, 32)
    shows[..., 0, :] = shows[..., :, 0] = 0  # ink: whatever lies there counts for nothing
    banks = torch.stack([palette(RED), palette(BLUE), palette(RED, GREEN, BLUE), palette(GREEN)])
    apart = bank.distances(picture, shows, banks)
    assert apart.argmin() == 2 and apart[2] < 1e-3 and (apart[[0, 1, 3]] > 0.1).all()


@pytest.mark.parametrize("task", ["lineart", "gray"])
def test_seeds_draw_different_palettes_that_suit(
    untrained: Path, drawing: np.ndarray, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank, "SUITING", 6)
    monkeypatch.setattr(bank, "CANDIDATES", 2)
    measured, asked = [], bank.distances

    def measure(*given: torch.Tensor) -> torch.Tensor:
        measured.append(asked(*given))
        return measured[-1]

    monkeypatch.setattr(bank, "distances", measure)
    loaded = Loaded(untrained, "cpu")
    torch.manual_seed(3)
    colors = torch.rand(40, 3) * torch.tensor([1, 1.6, 1.6]) - torch.tensor([0, 0.8, 0.8])
    palettes = torch.stack([palette(*colors[torch.randperm(40)[:4]]) for _ in range(30)])
    loaded.weights = replace(loaded.weights, palettes=palettes)
    request = ColorizeRequest(drawing, task=task)
    prepared = prepare(request, drawing, task, read_regions(request, drawing, task), 64)
    chosen = [bank.choose_palette(loaded, prepared, seed) for seed in (*range(12), 0)]
    numbers = [int((palettes == one).flatten(1).all(1).nonzero()) for one in chosen]
    assert numbers[0] == numbers[-1] and len(set(numbers)) > 2
    assert set(numbers) <= set(measured[0].argsort()[:6].tolist())
