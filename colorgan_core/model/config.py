"""What the two networks look like: stored in every weights file, unknown keys refused."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from ..errors import WeightsError

TASKS = ("lineart", "gray", "style")
LINEART, GRAY, STYLE = range(3)

PALETTE_SIZE = 8  # colours a palette condition may hold
REFERENCE_SIZE = 128  # px; the reference picture is scaled to this square
REFERENCE_GRID = 8  # the reference becomes 8 x 8 tokens


@dataclass(frozen=True)
class ModelConfig:
    """Sizes and switches of G and D; the switches are there to be ablated one by one.

    widths: channels at 1/2, 1/4, ... of the picture. blocks: residual blocks of each level, on the way down and again on the way up;
        fine levels cost most and decide least.
    condition_width: length of the FiLM vector that z becomes. token_width: of palette and reference tokens.
    flood_hints, region_pooling, coverage, palette: the helps that geometry and a person give, each on or off.
    attention: tokens are heard place by place, beside FiLM.
    odds: how many colours there are of which G says how likely each region has them.
    """

    widths: tuple[int, ...] = (24, 48, 96, 192, 256)
    blocks: tuple[int, ...] = (1, 1, 2, 2, 2)
    condition_width: int = 256
    token_width: int = 128
    discriminator_widths: tuple[int, ...] = (32, 64, 128, 256)
    flood_hints: bool = True
    region_pooling: bool = True
    coverage: bool = True
    palette: bool = True
    attention: bool = True
    odds: int = 96

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelConfig:
        """Reads `to_dict`'s output back; raises WeightsError on a key that this version does not know, or levels that do not match."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise WeightsError(f"The weights name settings that this version does not know: {', '.join(unknown)}.")
        lists: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
        config = cls(**lists)
        if len(config.blocks) != len(config.widths):
            raise WeightsError(f"The weights name {len(config.widths)} widths and blocks for {len(config.blocks)}.")
        return config


PRESETS = {
    "base": ModelConfig(),
    "small": ModelConfig(
        widths=(24, 48, 96, 128),
        blocks=(1, 1, 1, 1),
        condition_width=128,
        discriminator_widths=(32, 64, 128),
    ),
}
