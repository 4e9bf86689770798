"""A palette for a picture whose maker names no colour: out of the weights' bank, by a seed."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from ..model.color import lab_to_din99o, srgb_to_lab
from ..model.generator import compose
from .loaded import Loaded
from .prepare import Prepared

# Palettes that a seed draws. Out of the hundred that are nearest to what G expects, in place of all, deltae is the same on OpenMoji, but
# the best of eight seeds 9 % worse: they are too much alike.
CANDIDATES = 12
# Of them, those whose pictures are nearest to what G expects without a palette: D alone prefers the loud ones.
LIKELY = 3


@torch.inference_mode()
def choose_palette(loaded: Loaded, prepared: Prepared, seed: int) -> Tensor:
    """(1, 8, 4): of the palettes that `seed` draws the likely one whose picture D finds most real. prepared: one small picture without a
    palette."""
    bank = loaded.weights.palettes
    picks = np.random.default_rng(seed).choice(len(bank), min(CANDIDATES, len(bank)), replace=False)
    many = prepared.with_palettes(bank[torch.from_numpy(picks)])
    drawn, expected = draw(loaded, many), draw(loaded, prepared)
    surprise = (lab_to_din99o(drawn) - lab_to_din99o(expected)).abs().mean((1, 2, 3))
    likely = surprise.argsort()[:LIKELY]
    judged = loaded.judge(many.x, drawn, many.z.without_palette())
    best = int(likely[judged[likely].argmax()])
    return many.z.palette[best : best + 1]


def draw(loaded: Loaded, prepared: Prepared) -> Tensor:
    """The pictures in Lab / 100, (b, 3, h, w)."""
    prediction = loaded.predict(prepared.x, prepared.z)
    return srgb_to_lab(compose(prepared.x, prediction, prepared.z).clamp(0, 1))
