"""Checkpoints: everything a run needs to go on bit for bit. Read with `weights_only=True`, so nothing is unpickled."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from colorgan_core.errors import TrainingError
from colorgan_core.files import atomic_write
from colorgan_core.model.config import ModelConfig

from .settings import Settings
from .step import Networks

NAME = "checkpoint.pt"


def save_checkpoint(
    folder: Path,
    networks: Networks,
    config: ModelConfig,
    settings: Settings,
    step: int,
    seconds: float,
    palettes: Tensor,
    earlier: list[dict[str, Any]],
) -> None:
    """Writes the state beside the last one and renames: a kill at any moment leaves one whole checkpoint."""
    state = {
        "config": config.to_dict(),
        "settings": asdict(settings),
        "step": step,
        "seconds": seconds,
        "palettes": palettes,
        "earlier": earlier,
        "generator": networks.generator.state_dict(),
        "discriminator": networks.discriminator.state_dict(),
        "average": networks.average.state_dict(),
        "generator_optimizer": networks.generator_optimizer.state_dict(),
        "discriminator_optimizer": networks.discriminator_optimizer.state_dict(),
    }
    with atomic_write(folder / NAME) as beside:
        torch.save(state, beside)


def load_checkpoint(folder: Path) -> dict[str, Any]:
    """The state that `save_checkpoint` wrote. Raises TrainingError when there is none or it cannot be read."""
    place = folder / NAME
    if not place.is_file():
        raise TrainingError(f"There is no checkpoint to resume from in {folder}.")
    try:
        state: dict[str, Any] = torch.load(place, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged archive
        raise TrainingError(f"The checkpoint {place} cannot be read: {error}.") from error
    return state


def restore(networks: Networks, state: dict[str, Any]) -> None:
    """Puts a loaded state into networks of the same configuration."""
    for name in ("generator", "discriminator", "average", "generator_optimizer", "discriminator_optimizer"):
        getattr(networks, name).load_state_dict(state[name])
