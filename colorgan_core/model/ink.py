"""Which marks of a drawing are its contours: a small U-Net (Ronneberger et al., MICCAI 2015) that looks at the picture at native size."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import zero_

WIDTHS = (40, 56, 80)  # channels at 1/4, 1/8 and 1/16 of the picture: 8,000 multiplications a pixel
STEM = 4  # px, side of the squares that become one place: nothing is lost, since a line is narrower than the channels are many
FAINT = 0.3  # of black, from where on a mark is ink unless training knows better ...
STEEP = 12.0  # ... and logits from white to black
MULTIPLE = STEM * 2 ** (len(WIDTHS) - 1)  # px; both sides of what goes in are multiples of it


class Level(nn.Module):
    """Two 3x3 convolutions; the second is added to the first (He et al., CVPR 2016)."""

    def __init__(self, before: int, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, width, 3, padding=1)
        self.last = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, features: Tensor) -> Tensor:
        hidden = F.relu(self.first(features))
        return F.relu(self.last(hidden) + hidden)


class InkNet(nn.Module):
    """How likely each pixel is ink of a contour, and not paper, tone, hatching, a construction line or what shines through.

    In training the missing part of a broken line is a contour, too; so far it learns little of that. Before any training what is darker
    than FAINT is ink.
    """

    def __init__(self, widths: tuple[int, ...] = WIDTHS) -> None:
        super().__init__()
        before = (3 * STEM**2, *widths[:-1])
        self.down = nn.ModuleList(Level(a, b) for a, b in zip(before, widths, strict=True))
        self.up = nn.ModuleList(Level(a + b, a) for a, b in pairwise(widths))
        self.out = zero_(nn.Conv2d(widths[0], STEM**2, 1))

    def forward(self, picture: Tensor) -> Tensor:
        """(b, 3, h, w) sRGB in 0..1 on white paper, sides multiples of MULTIPLE -> (b, 1, h, w) logits."""
        features = F.pixel_unshuffle(1 - picture, STEM)
        seen: list[Tensor] = []
        for level in self.down:
            features = level(F.max_pool2d(features, 2) if seen else features)
            seen.append(features)
        for level, beside in zip(reversed(self.up), reversed(seen[:-1]), strict=True):
            features = level(torch.cat([beside, F.interpolate(features, scale_factor=2, mode="nearest")], 1))
        dark = 1 - picture.amin(1, keepdim=True)
        return F.pixel_shuffle(self.out(features), STEM) + STEEP * (dark - FAINT)
