"""How a training run goes: every number with its reason. Stored beside the checkpoints; a resumed run keeps them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """preset: model sizes. size, batch: pixels and samples of a step, per process.

    reconstruction_weight: lambda of L_adv + lambda * L_rec. pix2pix has 100 (Isola et al., section 3.3). Here, at 100, the adversary's
        gradient at G's parameters was two thirds of L1's within 300 steps (68 against 102), and L1 stood still: D tells
        drawings without colour from real ones at once. At 500 it is about an eighth: colours settle, the adversary sharpens.
    choice_weight: of the cross-entropy of the palette's colours; at 30 it is about half of the reconstruction term.
    pointing_weight: of -log of the probability of what is right for each cell of line art; it is what the network for cells learns most by.
    texture_weight: of the difference in local contrast, for style samples: lambda L1 alone leaves a grey mist where strokes should be,
        and only from a multiple of lambda on is a stroke in the wrong place cheaper than none. At 5000 colouring suffered.
    overshoot_weight: of paint outside of what colours there are; without it free paint under a palette colour grew to L = 28,000.
    color_space: of L_rec, "din99o", "lab" or "rgb". In the first two a faint tint on white paper costs what an eye would charge for
        it; DIN99o also charges no more for a wrong shade of a strong colour than an eye does (CIEDE2000).
    rate, discriminator_rate: Adam's; D learns a sixth as fast, or it wins before G has colours. decay: last share of the run
        over which the rates fall to zero. warmup: steps over which they rise.
    tasks: what is trained, of config.TASKS, with commas between.
    average: decay of the exponential moving average of G, the network that is shipped; lower at the very start.
    compile: lets torch.compile join the operations of colour spaces and losses (needs a C++ compiler); not bit for bit the same.
    workers: processes that make samples; 0 makes them between steps, which on two cores is faster than sharing them.
    """

    preset: str = "base"
    tasks: str = "lineart,gray,style"
    size: int = 128
    batch: int = 16
    reconstruction_weight: float = 500.0
    adversarial_weight: float = 1.0
    choice_weight: float = 30.0
    pointing_weight: float = 30.0
    texture_weight: float = 1500.0
    overshoot_weight: float = 10.0
    color_space: str = "din99o"
    rate: float = 3e-4
    discriminator_rate: float = 5e-5
    warmup: int = 100
    decay: float = 0.3
    average: float = 0.998
    seed: int = 1
    compile: bool = False
    workers: int = 0
    checkpoint_minutes: float = 5.0
