"""The training objective (Goodfellow et al., NIPS 2014; Isola et al., CVPR 2017).

    D ascends   E[log D(x, y, z)] + E[log(1 - D(x, G(x, z), z))]
    G descends  L_adv + lambda * L_rec,   L_adv = -E[log D(x, G(x, z), z)]   (the non-saturating form)
                L_rec = mean over W x H x C of |y - G(x, z)|

D here gives logits; log D is log sigmoid(logit) and log(1 - D) is log sigmoid(-logit).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

BANDS = 4  # of texture_loss, each half the size of the one before
WINDOW = 8  # px of a band over which its energy is taken
FAINT = 1e-4  # of squared energy in Lab / 100: contrast of a unit is none, and the root's slope stays finite
# Of so many pixels either way one is looked at: a choice has half the size, and regions are larger still.
CHOICE_STEP = 2
GONE, UNLIKELY = -1e4, 1e-6  # a logit that leaves nothing; a probability below which a miss costs no more
CHOICE_REACH = 0.25  # Lab / 100: a palette colour farther than that is not what the pixel shows


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """-(E[log D(x,y,z)] + E[log(1 - D(x,G(x,z),z))]): logits of any shape to a scalar that D descends."""
    return -(F.logsigmoid(real).mean() + F.logsigmoid(-fake).mean())


def adversarial_loss(fake: Tensor) -> Tensor:
    """L_adv = -E[log D(x, G(x,z), z)]: logits of any shape to a scalar that G descends."""
    return -F.logsigmoid(fake).mean()


def reconstruction_loss(y: Tensor, y_hat: Tensor, paired: Tensor | None = None) -> Tensor:
    """L_rec = mean |y - G(x,z)| over batch, channels and pixels; both in the same colour space.

    paired: (b,) bool, all by default. A sample whose z did not come from its y (a foreign palette) counts 0: D alone judges it.
    """
    each = (y - y_hat).abs().mean((1, 2, 3))
    return each.mean() if paired is None else (each * paired).mean()


def choice_loss(choice: Tensor, y: Tensor, palette: Tensor, present: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy of the palette colour that is nearest to the truth, as colour classification has it (Zhang et al.,
    "Colorful image colorization", ECCV 2016, equation 2), but over z's palette.

    choice: (b, 8, h / 2, w / 2) logits. y: (b, 3, h, w) Lab / 100. palette: (b, 8, 3) Lab / 100; present: (b, 8) bool.
    weight: (b, 1, h, w), 0 where no colour can be read (ink, bare paper). Pixels with no colour nearer than CHOICE_REACH count 0.
    """
    y, weight = thinned(y, CHOICE_STEP), thinned(weight, CHOICE_STEP)
    b, _, h, w = y.shape
    distance = torch.cdist(y.flatten(2).transpose(1, 2), palette).transpose(1, 2).reshape(b, -1, h, w)
    nearest, target = distance.masked_fill(~present[..., None, None], torch.inf).min(1)
    counts = weight[:, 0] * (nearest < CHOICE_REACH)
    each = F.cross_entropy(choice, target, reduction="none")
    return (each * counts).mean()


def pointing_loss(logits: Tensor, right: Tensor, weight: Tensor) -> Tensor:
    """-log of the probability of all right answers, weighted over the cells of a drawing, the mean over drawings.

    logits: (b, n, m) log-probabilities; right: (b, n, m) bool; weight: (b, n), of each drawing's sum 1.
    """
    chance = torch.logsumexp(logits.masked_fill(~right, GONE), 2).clamp(min=math.log(UNLIKELY))
    return -(chance * weight).sum(1).mean()


def thinned(planes: Tensor, step: int) -> Tensor:
    """(..., h, w) -> (..., h / step, w / step): every step-th pixel either way."""
    return planes[..., step // 2 :: step, step // 2 :: step]


def overshoot_loss(paint: Tensor, low: float, high: float) -> Tensor:
    """How far paint (b, 3, h, w) leaves the range, mean over all: where another colour covers it nothing else would hold it."""
    return (paint - paint.clamp(low, high)).abs().mean()


def texture_loss(y: Tensor, y_hat: Tensor) -> Tensor:
    """(b,): how far y_hat's contrast is from y's, mean over bands, channels and places of the difference of their energies.

    A band is what a 3 x 3 mean takes away; its energy the root mean square over windows. What is left in the end is the last band, with
    the standard deviation over all of it as its energy. Statistics of bands make a texture what it is
    (Heeger and Bergen, "Pyramid-based texture analysis/synthesis", SIGGRAPH 1995); where exactly each stroke lies cannot be known, and
    an L1 loss answers that with no stroke at all. y, y_hat: (b, 3, h, w), h and w at least 64.
    """
    found = []
    for _ in range(BANDS):
        found.append((_energy(y_hat) - _energy(y)).abs().mean((1, 2, 3)))
        y, y_hat = F.avg_pool2d(y, 2), F.avg_pool2d(y_hat, 2)
    spread = [((p - p.mean((2, 3), keepdim=True)).square().mean((2, 3)) + FAINT).sqrt() for p in (y_hat, y)]
    found.append((spread[0] - spread[1]).abs().mean(1))
    return torch.stack(found).mean(0)


def _energy(picture: Tensor) -> Tensor:
    band = picture - F.avg_pool2d(picture, 3, 1, 1, count_include_pad=False)
    return (F.avg_pool2d(band.square(), WINDOW, WINDOW // 2) + FAINT).sqrt()
