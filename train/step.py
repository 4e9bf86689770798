"""One training step: sample (x, y, z), forward, losses, update D, update G."""

from __future__ import annotations

import copy
import functools
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.nn import functional as F

from colorgan_core.errors import MissingDependency
from colorgan_core.model.color import lab_to_din99o, srgb_to_lab
from colorgan_core.model.config import LINEART, STYLE, ModelConfig
from colorgan_core.model.discriminator import Discriminator
from colorgan_core.model.generator import PAINT_RANGE, Generator, Prediction, chosen_colors, compose
from colorgan_core.model.losses import (
    adversarial_loss,
    choice_loss,
    discriminator_loss,
    overshoot_loss,
    pointing_loss,
    reconstruction_loss,
    texture_loss,
)

from .dataset import Batch
from .settings import Settings

READABLE = 0.9  # openness above which y shows the paint's own colour
LARGEST_GRADIENT = 1.0  # norm at which G's gradient is clipped: one odd batch must not undo a hundred


@dataclass
class Networks:
    """G, D, their optimisers and the average of G. `wrapped` are Fabric's versions (several processes), the others the plain ones."""

    generator: Generator
    discriminator: Discriminator
    average: Generator
    generator_optimizer: Any
    discriminator_optimizer: Any
    wrapped: dict[str, Any] = field(default_factory=dict)


def build(fabric: Fabric, config: ModelConfig, settings: Settings) -> Networks:
    """Fresh networks from `settings.seed`, the same in every process. Raises MissingDependency when they cannot be compiled."""
    if settings.compile and not compiler():
        raise MissingDependency("Compiled losses need a C++ compiler: g++, or the one that CXX names.")
    torch.manual_seed(settings.seed)
    generator = Generator(config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    discriminator = Discriminator(config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    generator.cells.eval()  # without dropout, so that a sample's gradient does not depend on its batch
    average = copy.deepcopy(generator).requires_grad_(False).eval()
    # beta1 0.5 for D as in every GAN since DCGAN (Radford et al., 2016); G follows L1 far more than D and gains by momentum
    g_optimizer = torch.optim.Adam(generator.parameters(), settings.rate, betas=(0.9, 0.999), fused=True)
    d_optimizer = torch.optim.Adam(
        discriminator.parameters(), settings.discriminator_rate, betas=(0.5, 0.99), fused=True
    )
    wrapped_g, g_optimizer = fabric.setup(generator, g_optimizer)
    wrapped_d, d_optimizer = fabric.setup(discriminator, d_optimizer)
    wrapped = {"generator": wrapped_g, "discriminator": wrapped_d}
    return Networks(generator, discriminator, average.to(fabric.device), g_optimizer, d_optimizer, wrapped)


def training_step(
    fabric: Fabric, networks: Networks, batch: Batch, settings: Settings, pace: float, step: int
) -> dict[str, Tensor]:
    """Updates D, then G, then G's average; returns the losses and the spread (standard deviation) of y and y_hat, detached.

    pace: factor on both learning rates in 0..1, from the run's schedule. step: how many came before.
    """
    for optimizer, rate in (
        (networks.generator_optimizer, settings.rate),
        (networks.discriminator_optimizer, settings.discriminator_rate),
    ):
        for group in optimizer.param_groups:
            group["lr"] = rate * pace
    prediction = networks.wrapped["generator"](batch.x, batch.z)
    chosen, pointing = choices(networks.generator, batch, prediction)
    seen_as = compiled(pictures) if settings.compile else pictures
    y_hat, y_lab, y_hat_lab, reconstruction, overshoot = seen_as(batch, prediction, chosen, settings.color_space)
    seen = batch.z.without_palette(batch.blind)

    real, fake = (networks.wrapped["discriminator"](batch.x, y, seen) for y in (y_lab, y_hat_lab.detach()))
    d_loss = discriminator_loss(real, fake)
    networks.discriminator_optimizer.zero_grad()
    fabric.backward(d_loss)
    networks.discriminator_optimizer.step()

    networks.discriminator.requires_grad_(False)  # G's loss runs through D, but must leave no gradient there
    with fabric.autocast():
        judged = networks.discriminator(batch.x, y_hat_lab, seen)
    adversarial = adversarial_loss(judged)
    readable = batch.z.openness.gt(READABLE) * torch.where(batch.alpha_known[:, None, None, None], batch.alpha, 1.0)
    readable = readable * batch.paired[:, None, None, None]
    choice = choice_loss(prediction.choice, y_lab, batch.z.palette[..., :3], batch.z.palette_mask, readable)
    total = settings.adversarial_weight * adversarial + settings.reconstruction_weight * reconstruction
    total = total + settings.choice_weight * choice + settings.pointing_weight * pointing
    style = batch.z.task == STYLE
    texture = texture_loss(y_lab[style], y_hat_lab[style]).sum() / len(style)
    total = total + settings.texture_weight * texture
    total = total + settings.overshoot_weight * overshoot
    networks.generator_optimizer.zero_grad()
    fabric.backward(total)
    nn.utils.clip_grad_norm_(networks.generator.parameters(), LARGEST_GRADIENT)
    networks.generator_optimizer.step()
    networks.discriminator.requires_grad_(True)
    _follow(networks.average, networks.generator, min(settings.average, (1 + step) / (10 + step)))
    return {
        "discriminator": d_loss.detach(), "adversarial": adversarial.detach(), "l1": reconstruction.detach(),
        "choice": choice.detach(), "pointing": pointing.detach(), "texture": texture.detach(),
        "spread": y_hat.detach().std(), "true_spread": batch.y.std(),
    }  # fmt: skip


def choices(generator: Generator, batch: Batch, prediction: Prediction) -> tuple[Tensor | None, Tensor]:
    """What is chosen for every region, (b, r, 4) as `compose` takes it, None without line art; and the loss of pointing, a mean over
    samples.

    Choices are drawn, one colour each, and their gradient is that of the probabilities (Jang et al., "Categorical reparameterization with
    Gumbel-softmax", ICLR 2017, section 2.2): a mixture of colours would be beige.
    """
    if batch.cells is None or batch.answers is None:
        return None, torch.stack([p.sum() for p in generator.cells.parameters()]).sum() * 0
    rows = (batch.z.task == LINEART).nonzero()[:, 0]
    count = batch.cells.geometry.shape[1]
    given = batch.cells._replace(trunk=prediction.cells[rows][:, :count])
    logits, together = generator.cells(given)
    picked = drawn(logits + batch.answers["noise"])
    chosen = prediction.cells.new_zeros(*prediction.cells.shape[:2], 4)
    chosen[rows, :count] = chosen_colors(picked, given.colors, generator.cells.colors)
    # what belongs together is learnt by itself (cell_loop.py), but every parameter takes part in every step
    pointing = pointing_loss(logits, batch.answers["right"], batch.answers["weight"]) * (len(rows) / len(batch.x))
    return chosen, pointing + 0 * together.sum()


def drawn(logits: Tensor) -> Tensor:
    """(..., m) the largest as 1 and the others as 0, with the gradient of the softmax. With Gumbel noise added to the logits of
    probabilities that is a draw from them."""
    soft = logits.softmax(-1)
    hard = F.one_hot(soft.argmax(-1), soft.shape[-1]).to(soft.dtype)
    return hard - soft.detach() + soft


def pictures(batch: Batch, prediction: Prediction, chosen: Tensor | None, color_space: str) -> tuple[Tensor, ...]:
    """y_hat in sRGB, y and y_hat in Lab / 100, (b, 3, h, w) each, and the losses of single pixels: reconstruction, overshoot."""
    y_hat = compose(batch.x, prediction, batch.z, chosen)
    y_lab, y_hat_lab = srgb_to_lab(batch.y), srgb_to_lab(y_hat)
    in_space = {
        "rgb": lambda: (batch.y, y_hat),
        "lab": lambda: (y_lab, y_hat_lab),
        "din99o": lambda: (lab_to_din99o(y_lab), lab_to_din99o(y_hat_lab)),
    }[color_space]()
    reconstruction = reconstruction_loss(*in_space, batch.paired)
    return y_hat, y_lab, y_hat_lab, reconstruction, overshoot_loss(prediction.free, *PAINT_RANGE)


def compiler() -> str | None:
    """Where the C++ compiler is that torch.compile calls."""
    usual = {"darwin": "clang++", "win32": "cl"}.get(sys.platform, "g++")
    return shutil.which(os.environ.get("CXX", usual))


@functools.cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    return torch.compile(function, dynamic=False)


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, decay: float) -> None:
    torch._foreach_lerp_(list(average.parameters()), [p.detach() for p in network.parameters()], 1 - decay)
