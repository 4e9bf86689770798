"""The weights file: averaged generator, discriminator, ink network, configuration, palette bank and model card in one safetensors file.

Tensors are named `generator.*`, `discriminator.*`, `ink.*` and `palettes`, all float16; a file without `ink.*` has the untrained
network. Configuration and card are JSON in the metadata. Nothing is ever unpickled.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from ..errors import OutputError, WeightsError
from ..examine import LARGEST_HEADER, check_bounds, described
from ..files import atomic_write, sha256_of
from ..stored_weights import LARGEST, check_stored, find, missing
from ..terminal import one_line
from .config import LONGEST, PALETTE_SIZE, ModelConfig
from .discriminator import Discriminator
from .generator import Generator
from .ink import InkNet

FORMAT = "colorgan-weights-6"
KIND = "F16"  # of every tensor, as safetensors calls it
MOST_NUMBERS = LARGEST // 2  # in one file, two bytes each
MAKERS = {torch.empty, torch.zeros, torch.ones, torch.full, torch.rand, torch.randn}  # of parameters and buffers


@dataclass(frozen=True)
class Weights:
    """What one file holds. palettes: (n, 8, 4) Lab / 100 and area share, share 0 where a palette is shorter. card: plain JSON."""

    config: ModelConfig
    generator: Generator
    discriminator: Discriminator
    palettes: Tensor
    card: dict[str, Any]
    digest: str = ""
    ink: InkNet = field(default_factory=InkNet)


def save_weights(path: Path, weights: Weights) -> None:
    """Writes beside the target and renames. Raises OutputError past 40 MB or when the place cannot be written."""
    tensors = {"palettes": weights.palettes.half().contiguous()}
    networks: dict[str, nn.Module] = {
        "generator": weights.generator, "discriminator": weights.discriminator, "ink": weights.ink,
    }  # fmt: skip
    for prefix, network in networks.items():
        tensors |= {
            f"{prefix}.{name}": value.detach().half().contiguous() for name, value in network.state_dict().items()
        }
    metadata = {"format": FORMAT, "config": json.dumps(weights.config.to_dict()), "card": json.dumps(weights.card)}
    data = save(tensors, metadata)
    if len(data) > LARGEST:
        raise OutputError(f"The weights take {len(data) / 1e6:.1f} MB, over the limit of {LARGEST / 1e6:.0f} MB.")
    if int.from_bytes(data[:8], "little") > LARGEST_HEADER:
        raise OutputError(f"The model card and configuration take more than {LARGEST_HEADER / 1e6:.1f} MB.")
    with atomic_write(path) as beside:
        beside.write_bytes(data)


def load_weights(path: str | Path = "default") -> Weights:
    """Reads a weights file into float32 networks in evaluation mode; path: a file, or a name as `stored_weights.find` takes it.

    Raises WeightsError, with a sentence, when the file is missing, is no safetensors file, belongs to another program or
    version, describes no network that fits into a file, has other tensors than that network, tensors of another type or other
    shapes, holds NaN or infinity, or is not as it was installed. Until all but the last two is known, no tensor is read, and
    memory stays below that of the largest weights.
    """
    place = find(path)
    if not os.path.isfile(place):
        raise missing(place)
    try:
        check_bounds(place)
        digest = sha256_of(place)
    except (OSError, WeightsError) as error:
        check_stored(place, "")  # says more, of what was installed
        raise error if isinstance(error, WeightsError) else _unreadable(place, error) from error
    check_stored(place, digest)
    try:
        with safe_open(str(place), "pt") as file:
            config, card = _description(file.metadata() or {}, place)
            names = file.keys()
            kinds = {
                name: (part.get_dtype(), tuple(part.get_shape())) for name in names for part in [file.get_slice(name)]
            }
            generator, discriminator = _networks(config, place)
            networks: dict[str, nn.Module] = {"generator": generator, "discriminator": discriminator}
            ink = InkNet()
            if any(name.startswith("ink.") for name in names):
                networks["ink"] = ink
            _compare(kinds, networks, place)
            tensors = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError) as error:
        raise _unreadable(place, error) from error
    for name, value in tensors.items():
        if not bool(torch.isfinite(value).all()):
            raise WeightsError(f"{place.name} holds numbers that are not finite, in {name}; the file is damaged.")
    for prefix, network in networks.items():
        network.load_state_dict({name: tensors[f"{prefix}.{name}"].float() for name in network.state_dict()})
    return Weights(
        config, generator.eval(), discriminator.eval(), tensors["palettes"].float(), card, digest, ink.eval()
    )


def _unreadable(place: Path, error: Exception) -> WeightsError:
    return WeightsError(f"{place.name} is not a readable safetensors file: {one_line(str(error), LONGEST)}.")


def _description(metadata: dict[str, str], place: Path) -> tuple[ModelConfig, dict[str, Any]]:
    """Configuration and card."""
    found = metadata.get("format", "")
    if not found.startswith("colorgan-weights-"):
        raise WeightsError(f"{place.name} has no colorgan format; it belongs to another model.")
    if found != FORMAT:
        raise WeightsError(f"{place.name} holds {one_line(found, LONGEST)}, this version reads {FORMAT}.")
    for key in ("config", "card"):
        if key not in metadata:
            raise WeightsError(f"{place.name} has a damaged description: its {key} is missing.")
    try:
        return ModelConfig.from_dict(described(metadata["config"])), described(metadata["card"])
    except ValueError as error:
        raise WeightsError(f"{place.name} has a damaged description: {error}.") from error


class _Budget(TorchFunctionMode):
    """Ends the making of networks that have more numbers than any weights file holds, before their memory is touched."""

    def __init__(self, numbers: int) -> None:
        super().__init__()
        self.left = numbers

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        made = func(*args, **(kwargs or {}))
        if func in MAKERS:
            self.left -= made.numel()
            if self.left < 0:
                raise _TooLarge
        return made


class _TooLarge(Exception):
    pass


def _networks(config: ModelConfig, place: Path) -> tuple[Generator, Discriminator]:
    try:
        with _Budget(MOST_NUMBERS):
            return Generator(config), Discriminator(config)
    except _TooLarge as error:
        raise WeightsError(
            f"{place.name} describes a network that takes more than the {LARGEST / 1e6:.0f} MB of a weights file."
        ) from error


def _compare(kinds: dict[str, tuple[str, tuple[int, ...]]], networks: dict[str, nn.Module], place: Path) -> None:
    """Raises WeightsError where a file's tensors, by name their type and shape, are not those of the networks and a palette bank."""
    wanted = {
        f"{prefix}.{name}": tuple(value.shape)
        for prefix, each in networks.items()
        for name, value in each.state_dict().items()
    }
    bank = kinds.get("palettes", ("", ()))[1]
    for name, shape in wanted.items():
        if name not in kinds:
            raise WeightsError(f"{place.name} does not fit this model: {name} is missing.")
        if kinds[name][1] != shape:
            raise WeightsError(f"{place.name} does not fit this model: {name} is {kinds[name][1]} instead of {shape}.")
    if len(bank) != 3 or bank[0] == 0 or bank[1:] != (PALETTE_SIZE, 4):
        raise WeightsError(f"{place.name} has no palette bank of shape (n, {PALETTE_SIZE}, 4).")
    more = sorted(kinds.keys() - wanted.keys() - {"palettes"})
    if more:
        raise WeightsError(f"{place.name} does not fit this model, which has no {one_line(', '.join(more), LONGEST)}.")
    for name, (kind, _) in kinds.items():
        if kind != KIND:
            raise WeightsError(f"{place.name} does not fit this model: {name} is {kind} instead of {KIND}.")
