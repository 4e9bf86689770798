"""The bank's palettes: what a seed draws of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from colorgan_core.inference import bank
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import read_regions
from colorgan_core.inference.prepare import prepare
from colorgan_core.inference.request import ColorizeRequest

RED = torch.tensor([0.5, 0.6, 0.4])


def palette(*colors: torch.Tensor) -> torch.Tensor:
    """(8, 4), equal shares; what is not there is red."""
    whole = torch.cat([RED, torch.zeros(1)]).repeat(8, 1)
    for row, color in enumerate(colors):
        whole[row, :3], whole[row, 3] = color, 1 / len(colors)
    return whole


def test_seeds_choose_different_palettes_and_each_the_same_again(untrained: Path, drawing: np.ndarray) -> None:
    loaded = Loaded(untrained, "cpu")
    torch.manual_seed(3)
    colors = torch.rand(40, 3) * torch.tensor([1, 1.6, 1.6]) - torch.tensor([0, 0.8, 0.8])
    palettes = torch.stack([palette(*colors[torch.randperm(40)[:4]]) for _ in range(30)])
    loaded.weights = replace(loaded.weights, palettes=palettes)
    request = ColorizeRequest(drawing, task="gray")
    prepared = prepare(request, drawing, read_regions(request, drawing, "gray"), 64)
    chosen = [bank.choose_palette(loaded, prepared, seed) for seed in (*range(8), 0)]
    numbers = [int((palettes == one).flatten(1).all(1).nonzero()) for one in chosen]
    assert numbers[0] == numbers[-1] and len(set(numbers)) > 2
