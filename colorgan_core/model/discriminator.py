"""D(x, y, z): the conditional discriminator, a patch classifier with a projection of the conditions."""

from __future__ import annotations

import itertools

from torch import Tensor, nn

from .blocks import stacked
from .conditions import HINT_CHANNELS, Conditions
from .config import TASKS, ModelConfig


class ReferenceJudge(nn.Module):
    """What D looks for in a picture that has this reference or style: (b, 3, 128, 128) Lab / 100 -> (b, width)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(4),
            nn.Conv2d(48, 48, 3, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(48, 96, 3, stride=2, padding=1),
            nn.LeakyReLU(0.2),
        )
        self.out = nn.Linear(96, width)

    def forward(self, reference: Tensor) -> Tensor:
        return self.out(self.layers(reference).mean((2, 3)))  # type: ignore[no-any-return]


class Discriminator(nn.Module):
    """Patch logits (Isola et al., "Image-to-image translation with conditional adversarial networks", CVPR 2017).

    x, y and the raw hints enter as channels; task, palette and reference enter by projection (Miyato and Koyama, "cGANs with
    projection discriminator", ICLR 2018, equation 3). One logit a patch of about 50 px, plus what those and the picture say together.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        widths, token = config.discriminator_widths, config.token_width
        layers: list[nn.Module] = []
        for a, b in itertools.pairwise((6 + HINT_CHANNELS, *widths)):
            layers += [nn.Conv2d(a, b, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        self.features = nn.Sequential(*layers)
        self.patch = nn.Conv2d(widths[-1], 1, 3, padding=1)
        self.palette = nn.Sequential(nn.Linear(4, token), nn.SiLU(), nn.Linear(token, widths[-1]))
        self.task = nn.Embedding(len(TASKS), widths[-1])
        self.reference = ReferenceJudge(widths[-1])

    def forward(self, x: Tensor, y: Tensor, z: Conditions) -> Tensor:
        """x (b, 3, h, w) and y (b, 3, h, w), both Lab / 100 -> logits (b, 1, h / s, w / s); above 0 means "real"."""
        features = self.features(stacked(x, y, z.hints))
        asked = (self.palette(z.palette) * z.palette_mask[..., None]).sum(1) + self.task(z.task)
        asked = asked + self.reference(z.reference) * z.reference_mask[:, None]
        agreement = (features.mean((2, 3)) * asked).sum(1) / features.shape[1] ** 0.5
        return (self.patch(features) + agreement[:, None, None, None]).float()  # type: ignore[no-any-return]
