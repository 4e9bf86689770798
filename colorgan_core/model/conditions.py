"""z, the conditions: what the person asks of a picture, as tensors."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from .color import srgb_to_lab
from .config import PALETTE_SIZE, REFERENCE_SIZE

HINT_CHANNELS = 5  # Lab, where a colour hint is, where "leave bare" is


class Conditions(NamedTuple):
    """The conditions of a batch. Lab is divided by 100 everywhere; what is absent is zero.

    task: (b,) int64, index into `config.TASKS`.
    hints: (b, 5, h, w) raw hint map: Lab where a hint is, hint mask, bare mask.
    flood: (b, 5, h, w) the same filled region by region, or in grey pictures as far as they are even.
    regions: (b, h, w) int64 labels from 0; openness: (b, 1, h, w) in 0..1, 0 on ink: the weight in region pooling.
    palette: (b, 8, 4) Lab and area share; palette_mask: (b, 8) bool.
    reference: (b, 3, 128, 128) Lab; reference_mask: (b,) bool. In the style task it is the style picture.
    """

    task: Tensor
    hints: Tensor
    flood: Tensor
    regions: Tensor
    openness: Tensor
    palette: Tensor
    palette_mask: Tensor
    reference: Tensor
    reference_mask: Tensor

    def to(self, device: torch.device) -> Conditions:
        return Conditions(*(value.to(device) for value in self))

    def with_palette(self, palette: Tensor) -> Conditions:
        """The same conditions with this palette, (b, 8, 4) or (1, 8, 4) for all samples."""
        palette = palette.expand(len(self.task), -1, -1)
        return self._replace(palette=palette, palette_mask=palette[..., 3] > 0)

    def without_palette(self, drop: Tensor | None = None) -> Conditions:
        """The same conditions with the palette gone, for all samples or for those where `drop` (b,) is true."""
        keep = torch.zeros_like(self.palette_mask) if drop is None else self.palette_mask & ~drop[:, None]
        return self._replace(palette_mask=keep, palette=self.palette * keep[..., None])

    def silent(self, drop: Tensor) -> Conditions:
        """The same conditions without hints, palette and reference for samples where `drop` (b,) is true."""
        keep = ~drop
        planes = keep[:, None, None, None]
        return self.without_palette(drop)._replace(
            hints=self.hints * planes, flood=self.flood * planes, reference=self.reference * planes,
            reference_mask=self.reference_mask & keep,
        )  # fmt: skip

    @classmethod
    def empty(cls, task: int, batch: int, height: int, width: int) -> Conditions:
        """Nothing asked for: one open region, no hints, no palette, no reference."""
        return cls(
            task=torch.full((batch,), task, dtype=torch.int64),
            hints=torch.zeros(batch, HINT_CHANNELS, height, width),
            flood=torch.zeros(batch, HINT_CHANNELS, height, width),
            regions=torch.zeros(batch, height, width, dtype=torch.int64),
            openness=torch.ones(batch, 1, height, width),
            palette=torch.zeros(batch, PALETTE_SIZE, 4),
            palette_mask=torch.zeros(batch, PALETTE_SIZE, dtype=torch.bool),
            reference=torch.zeros(batch, 3, REFERENCE_SIZE, REFERENCE_SIZE),
            reference_mask=torch.zeros(batch, dtype=torch.bool),
        )


def planes(pixels: Tensor) -> Tensor:
    """(b, h, w, 3) uint8 sRGB to (b, 3, h, w) Lab / 100."""
    return srgb_to_lab(pixels.permute(0, 3, 1, 2).float() / 255)


def hint_map(colors: Tensor, mask: Tensor, bare: Tensor) -> Tensor:
    """colors (b, h, w, 3) uint8 sRGB, mask and bare (b, h, w) bool -> (b, 5, h, w) as `Conditions.hints` and `.flood`."""
    where = mask[:, None].float()
    return torch.cat([planes(colors) * where, where, bare[:, None].float()], 1)


def palette_tokens(colors: Tensor, shares: Tensor) -> Tensor:
    """colors (b, 8, 3) uint8 sRGB, shares (b, 8) in 0..1, 0 where a colour is missing -> (b, 8, 4) as `Conditions.palette`."""
    lab = planes(colors[:, :, None])[..., 0].transpose(1, 2)
    present = shares[..., None] > 0
    return torch.cat([lab, shares[..., None]], 2) * present
