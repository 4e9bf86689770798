"""colorgan colours line art and grey pictures with a conditional GAN.

    import colorgan_core
    colored = colorgan_core.colorize(array, hints=hints)

Importing this package is instant: torch is imported by the first call.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .engine.pipeline import Colorizer

__version__ = "0.1.0"
__all__ = ["__version__", "colorize"]


def colorize(
    array: NDArray[Any],
    *,
    task: str = "auto",
    hints: NDArray[np.uint8] | None = None,
    bare: NDArray[np.bool_] | None = None,
    reference: NDArray[Any] | None = None,
    palette: str | NDArray[np.uint8] | None = None,
    seed: int | None = None,
    weights: str = "default",
    device: str = "auto",
) -> NDArray[np.uint8]:
    """Colour a picture; the weights stay loaded for the next call.

    array: H x W, H x W x 3 or H x W x 4 (RGBA, not multiplied in), sRGB, uint8, uint16 or float in 0..1. task:
    "auto", "lineart" or "gray". hints: H x W x 4 uint8, opaque where a hint is. bare: H x W bool, true where no paint
    may go. reference: a colour picture of any size. palette: (n, 3) uint8, or text as `--palette` takes it.
    seed: another number, another colouring; None: seed 0 for line art, the likeliest colours for grey. Returns uint8
    H x W x 3, or x 4 with the alpha of `array`. Raises UsageError, InputError or WeightsError (all ColorganError) with
    one sentence for a person.
    """
    from .engine.request import build_request
    from .operations import check

    check("colorize", {"task": task, "seed": seed, "weights": weights, "device": device})
    request = build_request(array, task=task, hints=hints, bare=bare, reference=reference, palette=palette, seed=seed)
    return _colorizer(str(weights), device).colorize(request).picture


@functools.lru_cache(maxsize=2)
def _colorizer(weights: str, device: str) -> Colorizer:
    from .engine.pipeline import Colorizer

    return Colorizer(weights, device)
