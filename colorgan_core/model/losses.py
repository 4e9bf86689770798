"""The training objective (Goodfellow et al., NIPS 2014; Isola et al., CVPR 2017).

    D ascends   E[log D(x, y, z)] + E[log(1 - D(x, G(x, z), z))]
    G descends  L_adv + lambda * L_rec,   L_adv = -E[log D(x, G(x, z), z)]   (the non-saturating form)
                L_rec = mean over W x H x C of |y - G(x, z)|

D here gives logits; log D is log sigmoid(logit) and log(1 - D) is log sigmoid(-logit).
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """-(E[log D(x,y,z)] + E[log(1 - D(x,G(x,z),z))]): logits of any shape to a scalar that D descends."""
    return -(F.logsigmoid(real).mean() + F.logsigmoid(-fake).mean())


def adversarial_loss(fake: Tensor) -> Tensor:
    """L_adv = -E[log D(x, G(x,z), z)]: logits of any shape to a scalar that G descends."""
    return -F.logsigmoid(fake).mean()


def reconstruction_loss(y: Tensor, y_hat: Tensor) -> Tensor:
    """L_rec = mean |y - G(x,z)| over batch, channels and pixels; both in the same colour space."""
    return (y - y_hat).abs().mean()


def coverage_loss(logits: Tensor, alpha: Tensor, known: Tensor) -> Tensor:
    """Binary cross-entropy of coverage against the art's alpha (b, 1, h, w) in 0..1; samples where `known` (b,) is false count 0."""
    each = F.binary_cross_entropy_with_logits(logits, alpha, reduction="none").mean((1, 2, 3))
    return (each * known).mean()
