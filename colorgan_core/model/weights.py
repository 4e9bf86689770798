"""The weights file: averaged generator, discriminator, configuration, palette bank and model card in one safetensors file.

Tensors are named `generator.*`, `discriminator.*` and `palettes`, all float16; configuration and card are JSON in the
metadata. Nothing is ever unpickled.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from ..errors import OutputError, WeightsError
from ..files import atomic_write, sha256_of
from ..stored_weights import LARGEST, check_stored, find, missing
from .config import PALETTE_SIZE, ModelConfig
from .discriminator import Discriminator
from .generator import Generator

FORMAT = "colorgan-weights-5"


@dataclass(frozen=True)
class Weights:
    """What one file holds. palettes: (n, 8, 4) Lab / 100 and area share, share 0 where a palette is shorter. card: plain JSON."""

    config: ModelConfig
    generator: Generator
    discriminator: Discriminator
    palettes: Tensor
    card: dict[str, Any]
    digest: str = ""


def save_weights(path: Path, weights: Weights) -> None:
    """Writes beside the target and renames. Raises OutputError past 40 MB or when the place cannot be written."""
    tensors = {"palettes": weights.palettes.half().contiguous()}
    for prefix, network in (("generator", weights.generator), ("discriminator", weights.discriminator)):
        tensors |= {
            f"{prefix}.{name}": value.detach().half().contiguous() for name, value in network.state_dict().items()
        }
    metadata = {"format": FORMAT, "config": json.dumps(weights.config.to_dict()), "card": json.dumps(weights.card)}
    data = save(tensors, metadata)
    if len(data) > LARGEST:
        raise OutputError(f"The weights take {len(data) / 1e6:.1f} MB, over the limit of {LARGEST / 1e6:.0f} MB.")
    with atomic_write(path) as beside:
        beside.write_bytes(data)


def load_weights(path: str | Path = "default") -> Weights:
    """Reads a weights file into float32 networks in evaluation mode; path: a file, or a name as `stored_weights.find` takes it.

    Raises WeightsError, with a sentence, when the file is missing, is no safetensors file, belongs to another program or
    version, lacks tensors, has tensors of other shapes, holds NaN or infinity, or is not as it was installed.
    """
    place = find(path)
    if not os.path.isfile(place):
        raise missing(place)
    digest = sha256_of(place)
    check_stored(place, digest)
    tensors, metadata = _read(place)
    found = metadata.get("format", "")
    if not found.startswith("colorgan-weights-"):
        raise WeightsError(f"{place.name} has no colorgan format; it belongs to another model.")
    if found != FORMAT:
        raise WeightsError(f"{place.name} holds {found}, this version reads {FORMAT}.")
    try:
        config = ModelConfig.from_dict(json.loads(metadata["config"]))
        card = json.loads(metadata["card"])
    except (KeyError, ValueError, TypeError) as error:
        raise WeightsError(f"{place.name} has a damaged description: {error}.") from error
    for name, value in tensors.items():
        if not bool(torch.isfinite(value).all()):
            raise WeightsError(f"{place.name} holds numbers that are not finite, in {name}; the file is damaged.")
    generator, discriminator = Generator(config), Discriminator(config)
    _fill(generator, "generator", tensors, place)
    _fill(discriminator, "discriminator", tensors, place)
    palettes = tensors.get("palettes")
    if palettes is None or palettes.ndim != 3 or palettes.shape[1:] != (PALETTE_SIZE, 4):
        raise WeightsError(f"{place.name} has no palette bank of shape (n, {PALETTE_SIZE}, 4).")
    return Weights(config, generator.eval(), discriminator.eval(), palettes.float(), card, digest)


def _read(place: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        with safe_open(str(place), "pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{place.name} is not a readable safetensors file: {error}.") from error


def _fill(network: nn.Module, prefix: str, tensors: dict[str, Tensor], place: Path) -> None:
    state = {name.removeprefix(f"{prefix}."): value for name, value in tensors.items() if name.startswith(f"{prefix}.")}
    shapes = {name: value.shape for name, value in network.state_dict().items()}
    for name, wanted in shapes.items():
        if name not in state:
            raise WeightsError(f"{place.name} does not fit this model: {prefix}.{name} is missing.")
        if state[name].shape != wanted:
            both = f"{tuple(state[name].shape)} instead of {tuple(wanted)}"
            raise WeightsError(f"{place.name} does not fit this model: {prefix}.{name} is {both}.")
    network.load_state_dict({name: state[name].float() for name in shapes})
