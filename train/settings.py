"""How a training run goes: every number with its reason. Stored beside the checkpoints; a resumed run keeps them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """preset: model sizes. size, batch: pixels and samples of a step, per process.

    reconstruction_weight: lambda of L_adv + lambda * L_rec. 100 as in pix2pix (Isola et al., section 3.3): with Lab / 100 an L1 of
        0.05 then weighs 5 against an adversarial term near 0.7, so colours settle first and the adversary sharpens what is left.
    coverage_weight: of the coverage cross-entropy, so that it weighs about a third of the reconstruction term.
    color_space: of L_rec, "lab" or "rgb". In Lab a faint tint on white paper costs what an eye would charge for it.
    rate, discriminator_rate: Adam's; D learns half as fast, or it wins before G has colours. decay: last share of the run
        over which the rates fall to zero. warmup: steps over which they rise.
    average: decay of the exponential moving average of G, the network that is shipped.
    """

    preset: str = "base"
    size: int = 128
    batch: int = 16
    reconstruction_weight: float = 100.0
    adversarial_weight: float = 1.0
    coverage_weight: float = 10.0
    color_space: str = "lab"
    rate: float = 3e-4
    discriminator_rate: float = 1e-4
    warmup: int = 200
    decay: float = 0.3
    average: float = 0.999
    seed: int = 1
    workers: int = 1
    checkpoint_minutes: float = 5.0
