"""Checkpoints: everything a run needs to go on bit for bit. Read with `weights_only=True`, so nothing is unpickled."""

from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import torch
from lightning_fabric import Fabric
from torch import Tensor

from colorgan_core.errors import TrainingError
from colorgan_core.files import atomic_write
from colorgan_core.model.config import ModelConfig

from .settings import Settings
from .step import Networks
from .together import gathered, largest, sent

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
    write_state(folder / NAME, state)


def write_state(place: Path, state: dict[str, Any]) -> None:
    with atomic_write(place) as beside:
        torch.save(state, beside)


def load_checkpoint(folder: Path) -> dict[str, Any]:
    """The state that `save_checkpoint` wrote. Raises TrainingError when there is none or it cannot be read."""
    place = folder / NAME
    if not place.is_file():
        raise TrainingError(f"There is no checkpoint to resume from in {folder}.")
    return read_state(place)


def check_fresh(fabric: Fabric, folder: Path) -> None:
    """Raises TrainingError where a run of several processes would begin anew over a checkpoint: torchrun may start it again by itself."""
    if largest(fabric, float((folder / NAME).exists())):
        raise TrainingError(
            f"There is a checkpoint in {folder} already; --resume for all processes continues from it, another --out starts a new run."
        )


def load_furthest(fabric: Fabric, folder: Path) -> dict[str, Any]:
    """The same for several processes, each with a `folder` on its own machine or all with one: the state that has gone furthest.

    Which machine has the process that writes is up to torchrun, and may change from start to start.
    """
    if fabric.world_size == 1:
        return load_checkpoint(folder)
    place = folder / NAME
    mine = load_checkpoint(folder)["step"] if place.is_file() else -1
    steps = gathered(torch.tensor(mine, device=fabric.device)).tolist()
    if max(steps) < 0:
        raise TrainingError(f"There is no checkpoint to resume from in {folder} on any machine.")
    owner = steps.index(max(steps))
    data = sent(fabric, owner, place.read_bytes() if fabric.global_rank == owner else b"")
    return _read(io.BytesIO(data), place)


def read_state(place: Path) -> dict[str, Any]:
    """What `write_state` wrote. Raises TrainingError for a damaged file."""
    return _read(place, place)


def _read(source: Path | IO[bytes], place: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = torch.load(source, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged archive
        raise TrainingError(f"The checkpoint {place} cannot be read: {error}.") from error
    return state


def restore(networks: Networks, state: dict[str, Any]) -> None:
    """Puts a loaded state into networks of the same configuration."""
    for name in ("generator", "discriminator", "average", "generator_optimizer", "discriminator_optimizer"):
        getattr(networks, name).load_state_dict(state[name])
