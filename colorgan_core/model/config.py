"""What the two networks look like: stored in every weights file, unknown keys refused."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..errors import WeightsError
from ..terminal import one_line

TASKS = ("lineart", "gray", "style")
LINEART, GRAY, STYLE = range(3)

PALETTE_SIZE = 8  # colours a palette condition may hold
LONGEST = 80  # characters of what a file has in a sentence
REFERENCE_SIZE = 128  # px; the reference picture is scaled to this square
REFERENCE_GRID = 8  # the reference becomes 8 x 8 tokens

# What a weights file may name, so that no configuration is built that could never fit into one.
WIDEST = 1024  # channels, vector lengths and colours: one 3x3 convolution of that width takes half of the largest file
DEEPEST = 6  # levels: pictures become multiples of 2 to that number of pixels, and G works at 160
MOST_BLOCKS = 16  # of a level
HEADS = 4  # of the attention; the channels of levels from the third on are shared out among them


@dataclass(frozen=True)
class ModelConfig:
    """Sizes and switches of G and D; the switches are there to be ablated one by one.

    widths: channels at 1/2, 1/4, ... of the picture. blocks: residual blocks of each level, on the way down and again on the way up;
        fine levels cost most and decide least.
    condition_width: length of the FiLM vector that z becomes. token_width: of palette and reference tokens.
    region_pooling: each place sees the mean of its region. attention: tokens are heard place by place, beside FiLM.
    colors: how many colours of its own a cell of line art may have.
    """

    widths: tuple[int, ...] = (24, 48, 96, 192, 256)
    blocks: tuple[int, ...] = (1, 1, 2, 2, 2)
    condition_width: int = 256
    token_width: int = 128
    discriminator_widths: tuple[int, ...] = (32, 64, 128, 256)
    region_pooling: bool = True
    attention: bool = True
    colors: int = 96

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelConfig:
        """Reads `to_dict`'s output back. values: plain JSON of any kind, as a file has it.

        Raises WeightsError for a key that this version does not know, a value of another type or out of range, or levels that
        do not match.
        """
        if not isinstance(values, dict):
            raise WeightsError("The settings of the weights are not a list of names and values.")
        known = {field.name: field.default for field in fields(cls)}
        unknown = sorted(set(values) - set(known))
        if unknown:
            names = one_line(", ".join(unknown), LONGEST)
            raise WeightsError(f"The weights have settings that this version does not support: {names}.")
        config = cls(**{key: _checked(key, value, known[key]) for key, value in values.items()})
        if len(config.blocks) != len(config.widths):
            raise WeightsError(f"The weights name {len(config.widths)} widths and blocks for {len(config.blocks)}.")
        if config.attention and any(width % HEADS for width in config.widths[2:]):
            raise WeightsError(f"The weights name widths that {HEADS} heads of attention cannot share.")
        return config


def _checked(key: str, value: Any, default: Any) -> Any:
    """The value of a setting. Raises WeightsError where it is not of the kind of the default, or out of range."""
    if isinstance(default, bool):
        good, wanted = isinstance(value, bool), "true or false"
    elif isinstance(default, int):
        good, wanted = _is_size(value, WIDEST), f"a whole number from 1 to {WIDEST}"
    else:
        least, most = (2 if key == "widths" else 1), (MOST_BLOCKS if key == "blocks" else WIDEST)
        good = isinstance(value, (list, tuple)) and least <= len(value) <= DEEPEST
        good = good and all(_is_size(each, most) for each in value)
        wanted = f"{least} to {DEEPEST} whole numbers from 1 to {most}"
    if not good:
        raise WeightsError(
            f"The weights have {one_line(json.dumps(value, default=str), LONGEST)} as {key}, which must be {wanted}."
        )
    return tuple(value) if isinstance(value, list) else value


def _is_size(value: Any, most: int) -> bool:
    return type(value) is int and 1 <= value <= most


PRESETS = {
    "base": ModelConfig(),
    "small": ModelConfig(
        widths=(24, 48, 96, 128),
        blocks=(1, 1, 1, 1),
        condition_width=128,
        discriminator_widths=(32, 64, 128),
    ),
}
