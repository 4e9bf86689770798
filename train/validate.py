"""Quick validation inside a run: held-out pictures without hints, with few, with many, and with their own palette."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from colorgan_core.inference.colors import decided
from colorgan_core.model.cells import HINT, PALETTE, PAPER
from colorgan_core.model.config import LINEART
from colorgan_core.model.generator import Generator, compose

from .dataset import Batch, collate, to_batch
from .sample import Items, Sample, make_sample

PICTURES = 96
TRIES = 100


class Validation:
    """The same samples every time: held-out line art, without hints and with some."""

    def __init__(self, items: Items, size: int, own: NDArray[np.float64]) -> None:
        """own: (c, 3) CIELAB, the colours of its own that G has."""
        picks = np.linspace(0, len(items) - 1, min(PICTURES, len(items))).astype(int)
        self.batches = {
            name: to_batch(collate([some_sample(items, int(index), size, own, hinted) for index in picks]))
            for name, hinted in (("none", False), ("hints", True))
        }

    @torch.no_grad()
    def __call__(self, generator: Generator) -> tuple[dict[str, float], Tensor]:
        """PSNR (dB) for each condition, and a sheet (3, H, W) uint8: a column a picture; x, each result, truth."""
        scores, rows = {}, []
        for name, batch in self.batches.items():
            y_hat = likeliest(generator, batch).clamp(0, 1)
            error = ((y_hat - batch.y) ** 2).mean((1, 2, 3))
            scores[f"psnr/{name}"] = float((-10 * torch.log10(error + 1e-6)).mean())
            hints = torch.where(batch.z.hints[:, 3:4] > 0, batch.y, torch.full_like(batch.y, 0.8))
            rows += [batch.x[:, :1].expand(-1, 3, -1, -1), hints, y_hat, batch.y]
        columns = torch.cat(rows, 2)[:16]
        sheet = torch.cat(list(columns), 2)
        return scores, (sheet.clamp(0, 1) * 255).round().byte()


def likeliest(generator: Generator, batch: Batch) -> Tensor:
    """(b, 3, h, w) sRGB of line art in which every cell has its likeliest colour."""
    prediction = generator(batch.x, batch.z)
    assert batch.cells is not None
    given = batch.cells._replace(trunk=prediction.cells[:, : batch.cells.geometry.shape[1]])
    chances = generator.cells(given).logits.exp()
    chosen = prediction.cells.new_zeros(*chances.shape[:2], 4)
    for row, each in enumerate(chances):
        chosen[row, :, :3], _ = decided(each, given.colors[row], generator.cells.colors)
        chosen[row, :, 3] = (each[:, 0] < 0.5).float()
    return compose(batch.x, prediction, batch.z, chosen)


def some_sample(items: Items, index: int, size: int, own: NDArray[np.float64], hinted: bool) -> Sample:
    """The first of TRIES samples of a picture that has hints, or has none and no palette: so what is measured does not hang on how often
    training gives them."""
    for attempt in range(TRIES):
        rng = np.random.default_rng([7, index, attempt])
        sample = make_sample(rng, items, index, size, (LINEART,), own=own)
        kinds = set() if sample.cells is None else set(sample.cells.kind.tolist())
        if (HINT in kinds and PALETTE not in kinds) if hinted else kinds == {PAPER}:
            break
    return sample
