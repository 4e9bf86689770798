"""Quick validation inside a run: held-out pictures without hints, with few, with many, and with their own palette."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from colorgan_core.model.config import LINEART
from colorgan_core.model.generator import Generator, compose

from .dataset import Batch, collate, to_batch
from .sample import Items, Sample, make_sample

PICTURES = 96
TRIES = 100


class Validation:
    """The same samples every time: (x, y, z) of held-out line art with hints and palette, of which z keeps none or one."""

    def __init__(self, items: Items, size: int) -> None:
        picks = np.linspace(0, len(items) - 1, min(PICTURES, len(items))).astype(int)
        samples = [hinted_sample(items, int(index), size) for index in picks]
        self.batch = to_batch(collate(samples))

    def conditions(self) -> dict[str, Batch]:
        z = self.batch.z
        no_hints = z._replace(
            hints=torch.zeros_like(z.hints), flood=torch.zeros_like(z.flood), reference=torch.zeros_like(z.reference),
            reference_mask=torch.zeros_like(z.reference_mask),
        )  # fmt: skip
        return {
            "none": replace(self.batch, z=no_hints.without_palette()),
            "palette": replace(self.batch, z=no_hints),
            "hints": replace(self.batch, z=z.without_palette()),
        }

    @torch.no_grad()
    def __call__(self, generator: Generator) -> tuple[dict[str, float], Tensor]:
        """PSNR (dB) for each condition, and a sheet (3, H, W) uint8: a column a picture; x, each result, truth."""
        scores, rows = {}, []
        for name, batch in self.conditions().items():
            y_hat = compose(batch.x, generator(batch.x, batch.z), batch.z).clamp(0, 1)
            error = ((y_hat - batch.y) ** 2).mean((1, 2, 3))
            scores[f"psnr/{name}"] = float((-10 * torch.log10(error + 1e-6)).mean())
            rows.append(y_hat)
        lines = self.batch.x[:, :1].expand(-1, 3, -1, -1)
        hints = torch.where(self.batch.z.hints[:, 3:4] > 0, self.batch.y, torch.full_like(self.batch.y, 0.8))
        columns = torch.cat([lines, *rows, hints, self.batch.y], 2)[:16]
        sheet = torch.cat(list(columns), 2)
        return scores, (sheet.clamp(0, 1) * 255).round().byte()


def hinted_sample(items: Items, index: int, size: int) -> Sample:
    """The first of TRIES samples of a picture that has hints and its own palette: so what is measured does not hang on how often training
    gives both."""
    for attempt in range(TRIES):
        sample = make_sample(np.random.default_rng([7, index, attempt]), items, index, size, (LINEART,))
        if sample.paired and sample.hints_mask.any() and sample.shares.any():
            break
    return sample
