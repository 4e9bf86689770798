"""The palette bank: colourful, and of many kinds."""

from __future__ import annotations

import numpy as np
import torch

from colorgan_train.bank import colorful, common_colors, no_twins, palette_bank
from colorgan_train.sample import View

SCHEMES = [
    [(250, 220, 20), (30, 60, 200), (255, 255, 255)],
    [(250, 215, 25), (35, 60, 200), (250, 250, 255)],
    [(20, 160, 60), (200, 30, 40), (120, 120, 120)],
    [(128, 128, 128), (60, 60, 60), (240, 240, 240)],
]


class Stripes:
    """Pictures of three stripes: two of nearly the same colours, one of others, one grey."""

    def __len__(self) -> int:
        return len(SCHEMES)

    def __getitem__(self, index: int) -> View:
        color = np.repeat(np.array(SCHEMES[index], np.uint8), 20, 0)[None].repeat(60, 0)
        return View(np.ascontiguousarray(color), np.full((60, 60), 255, np.uint8), None, has_alpha=True)


def test_the_bank_is_colorful_and_has_no_twins() -> None:
    bank = palette_bank(Stripes())
    assert bank.shape == (2, 8, 4) and all(colorful(palette) for palette in bank)
    assert torch.allclose(bank[:, :, 3].sum(1), torch.ones(2), atol=1e-4)


def test_grey_art_still_gives_a_bank() -> None:
    class Gray(Stripes):
        def __getitem__(self, index: int) -> View:
            return super().__getitem__(3)

    assert len(palette_bank(Gray())) > 0


def test_twins_are_those_near_to_one_already_kept() -> None:
    assert no_twins(torch.tensor([[0.0], [0.3], [0.4], [0.6], [9.0]])).tolist() == [0, 2, 4]


def test_common_colors_stand_for_all_there_are() -> None:
    palettes = torch.zeros(2, 8, 4)
    palettes[0, :3] = torch.tensor([[0.5, 0.6, 0.4, 0.5], [0.9, 0, 0, 0.3], [0.88, 0, 0, 0.2]])
    palettes[1, :1] = torch.tensor([0.3, -0.2, 0.1, 1.0])
    few, many = common_colors(palettes, 3), common_colors(palettes, 6)
    wanted = torch.tensor([[0.3, -0.2, 0.1], [0.5, 0.6, 0.4], [0.892, 0, 0]])
    assert torch.allclose(few[few[:, 0].argsort()], wanted, atol=1e-5)
    assert len(many) == 6 and torch.equal(many.unique(dim=0), palettes[palettes[..., 3] > 0][:, :3].unique(dim=0))
