"""A palette for a picture whose maker names no colour: out of the weights' bank, by a seed."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..model.color import lab_to_din99o, srgb_to_lab
from ..model.config import LINEART
from ..model.generator import Prediction, compose
from .loaded import Loaded
from .prepare import Prepared
from .settle import settle

SUITING = 100  # palettes of the bank, out of which a seed draws: those nearest to what G expects
CANDIDATES = 12  # palettes that a seed draws
# Of them, those whose pictures are nearest to what G expects without a palette: D alone prefers the loud ones.
LIKELY = 3
STRETCH = 1.5  # what G expects without a palette is a mean, and paler than any one of what may be
EVERY = 4  # px; what lies between says the same


@torch.inference_mode()
def choose_palette(loaded: Loaded, prepared: Prepared, seed: int) -> Tensor:
    """(1, 8, 4): of palettes that suit the picture, and that `seed` prefers, the one whose picture D finds most real.

    prepared: one small picture without a palette. A seed prefers the same palettes in every picture, so that what looks alike to G
    tends to one palette.
    """
    bank = loaded.weights.palettes
    prediction = settle(loaded.predict(prepared.x, prepared.z), prepared.z)
    expected = drawn_of(prepared, prediction)
    lineart = (prepared.z.task == LINEART)[:, None, None, None]
    shows = prepared.z.openness * torch.where(lineart, prediction.coverage.sigmoid(), 1.0)
    suiting = distances(expected, shows, bank).argsort()[:SUITING].numpy()
    preferred = np.random.default_rng(seed).permutation(len(bank))[suiting].argsort()
    many = prepared.with_palettes(bank[torch.from_numpy(suiting[preferred[:CANDIDATES]])])
    drawn = drawn_of(many, settle(loaded.predict(many.x, many.z), many.z))
    surprise = (lab_to_din99o(drawn) - lab_to_din99o(expected)).abs().mean((1, 2, 3))
    likely = surprise.argsort()[:LIKELY]
    judged = loaded.judge(many.x, drawn, many.z.without_palette())
    best = int(likely[judged[likely].argmax()])
    return many.z.palette[best : best + 1]


def distances(expected: Tensor, shows: Tensor, palettes: Tensor) -> Tensor:
    """(n,) mean distance in DIN99o of a picture (1, 3, h, w) in Lab / 100, weighted by `shows` (1, 1, h, w), to the nearest colour of each
    of palettes (n, 8, 4)."""
    few, weight = expected[..., ::EVERY, ::EVERY], shows[..., ::EVERY, ::EVERY].flatten()
    places = lab_to_din99o(few * torch.tensor([1, STRETCH, STRETCH])[:, None, None])[0].flatten(1).T
    colors = lab_to_din99o(palettes[..., :3].flatten(0, 1).T[None, :, :, None])[0, :, :, 0].T
    apart = torch.cdist(places, colors).reshape(len(places), *palettes.shape[:2])
    nearest = apart.masked_fill(palettes[..., 3] <= 0, torch.inf).amin(2)
    return torch.mv(nearest.T, weight) / weight.sum().clamp(min=1e-6)


def drawn_of(prepared: Prepared, prediction: Prediction) -> Tensor:
    """The pictures in Lab / 100, (b, 3, h, w)."""
    return srgb_to_lab(compose(prepared.x, prediction, prepared.z).clamp(0, 1))
