"""pix2pix as its paper has it (Isola et al., CVPR 2017, section 6.1): the yardstick for speed and for quality.

U-Net 256: encoder C64-C128-C256-C512-C512-C512-C512-C512, decoder the same way back with skips; 4x4 convolutions of stride 2,
batch normalisation but in the first and the innermost layer, dropout left out (it costs next to nothing). 70 x 70 patch discriminator.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

WIDTHS = (64, 128, 256, 512, 512, 512, 512, 512)


class UNet256(nn.Module):
    """(b, channels, h, w) -> (b, 3, h, w), h and w multiples of 256."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        inputs = (channels, *WIDTHS[:-1])
        self.down = nn.ModuleList(
            nn.Sequential(
                nn.LeakyReLU(0.2) if level else nn.Identity(),
                nn.Conv2d(a, b, 4, 2, 1),
                nn.BatchNorm2d(b) if 0 < level < len(WIDTHS) - 1 else nn.Identity(),
            )
            for level, (a, b) in enumerate(zip(inputs, WIDTHS, strict=True))
        )
        outputs = (3, *WIDTHS[:-1])
        self.up = nn.ModuleList(
            nn.Sequential(
                nn.ReLU(),
                nn.ConvTranspose2d(b if level == len(WIDTHS) - 1 else 2 * b, a, 4, 2, 1),
                nn.BatchNorm2d(a) if level else nn.Tanh(),
            )
            for level, (a, b) in enumerate(zip(outputs, WIDTHS, strict=True))
        )

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for layer in self.down:
            x = layer(x)
            skips.append(x)
        x = skips.pop()
        for level in reversed(range(len(self.up))):
            x = self.up[level](x if level == len(self.up) - 1 else torch.cat([x, skips.pop()], 1))
        return x


def patch_discriminator(channels: int = 6) -> nn.Module:
    """C64-C128-C256-C512 and one logit a patch of 70 x 70 (section 6.1.2)."""
    return nn.Sequential(
        nn.Conv2d(channels, 64, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(64, 128, 4, 2, 1), nn.BatchNorm2d(128), nn.LeakyReLU(0.2),
        nn.Conv2d(128, 256, 4, 2, 1), nn.BatchNorm2d(256), nn.LeakyReLU(0.2),
        nn.Conv2d(256, 512, 4, 1, 1), nn.BatchNorm2d(512), nn.LeakyReLU(0.2),
        nn.Conv2d(512, 1, 4, 1, 1),
    )  # fmt: skip
