"""colorgan colours line art and grey pictures, and transfers styles, with one conditional GAN.

    import colorgan_core
    colored = colorgan_core.colorize(array, hints=hints)
    painted = colorgan_core.stylize(array, style)

Importing this package is instant: torch is imported by the first call.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from .inference.loaded import Loaded

__version__ = "0.1.0"
__all__ = ["__version__", "colorize", "stylize"]


def colorize(
    array: NDArray[Any],
    *,
    task: str = "auto",
    hints: NDArray[np.uint8] | None = None,
    bare: NDArray[np.bool_] | None = None,
    merge: NDArray[np.bool_] | None = None,
    split: NDArray[np.bool_] | None = None,
    reference: NDArray[Any] | Sequence[NDArray[Any]] | None = None,
    palette: str | NDArray[np.uint8] | None = None,
    seed: int | None = None,
    close_gaps: int | None = None,
    shade: bool = True,
    clean_lines: bool = False,
    colored_lines: bool = False,
    paint: bool = False,
    weights: str = "default",
    device: str = "auto",
) -> NDArray[Any]:
    """Colour a picture. The weights stay loaded for the next call.

    Args:
        array: H x W, H x W x 3 or H x W x 4 (RGBA, not premultiplied), sRGB, uint8, uint16 or float in 0..1.
        task: "auto", "lineart" or "gray".
        hints: H x W x 4 uint8, opaque where a hint is.
        bare: H x W bool, true where a region stays unpainted.
        merge: H x W bool, strokes that join the regions they touch.
        split: H x W bool, strokes that split regions as lines do.
        reference: A colour picture of any size, whose colours are taken over, or several.
        palette: The colours to use: (n, 3) uint8, or text as `--palette` takes it.
        seed: Another number gives another colouring. None or 0: the likeliest colours, but for line art without hints.
        close_gaps: 0..32 px, how wide an opening between lines may be and still hold colour back. None: depends on the
            lines around it.
        shade: Whether line art gets light and dark over its flat colours.
        clean_lines: Contours and black areas alone, on white, in place of the drawing.
        colored_lines: Everything drawn in colour counts as lines, such as blue pencil under ink.
        paint: The network's own picture, without flats.
        weights: A weights file, or the name of installed weights.
        device: "auto", "cpu" or "cuda".

    Returns:
        The dtype of `array`, H x W x 3, or H x W x 4 with the alpha of `array`.

    Raises:
        ColorganError: A UsageError, InputError or WeightsError, with one sentence for a person.

    Warns:
        UserWarning: It is not certain that the picture is what it was taken for, or a drawing has no lines.
    """
    import numpy as np

    from .inference.request import build_request
    from .operations import check

    plain = {"task": task, "seed": seed, "close_gaps": close_gaps, "shade": shade}
    plain |= {"clean_lines": clean_lines, "colored_lines": colored_lines, "paint": paint}
    check("colorize", {**plain, "weights": weights, "device": device})
    request = build_request(
        array,
        task=task,
        hints=hints,
        bare=bare,
        merge=merge,
        split=split,
        references=() if reference is None else (reference,) if isinstance(reference, np.ndarray) else reference,
        palette=palette,
        seed=seed,
        close_gaps=close_gaps,
        shade=shade,
        clean_lines=clean_lines,
        colored_lines=colored_lines,
        paint=paint,
    )
    from .inference.pipeline import Colorizer
    from .stored_weights import find

    painting = Colorizer(_loaded(find(weights), device)).colorize(request)
    for note in painting.notes:
        warnings.warn(note, stacklevel=2)
    return painting.picture


def stylize(
    array: NDArray[Any],
    styles: NDArray[Any] | Sequence[tuple[NDArray[Any], float]],
    *,
    strength: float = 1.0,
    preserve_color: bool = False,
    weights: str = "default",
    device: str = "auto",
) -> NDArray[np.uint8]:
    """Paint a picture in the style of another, or of several. The weights stay loaded for the next call.

    Args:
        array: As in `colorize`.
        styles: One picture of any size, or pairs of a picture and a weight over 0, which are blended.
        strength: 0..1, how much of the style. 0 gives `array` back, in 8 bits.
        preserve_color: Keep the colours of `array`.
        weights: A weights file, or the name of installed weights.
        device: "auto", "cpu" or "cuda".

    Returns:
        uint8, H x W x 3, or H x W x 4 with the alpha of `array`.

    Raises:
        ColorganError: A UsageError, InputError or WeightsError, with one sentence for a person.
    """
    import numpy as np

    from .inference.request import build_style_request
    from .operations import check

    given = {"strength": strength, "preserve_color": preserve_color, "weights": weights, "device": device}
    check("stylize", {**given, "style": ["array"]})
    pairs = [(styles, 1.0)] if isinstance(styles, np.ndarray) else styles
    request = build_style_request(array, pairs, strength=strength, preserve_color=preserve_color)
    from .stored_weights import find
    from .style.stylize import stylize as run

    return run(_loaded(find(weights), device), request)


@functools.lru_cache(maxsize=2)
def _loaded(weights: Path, device: str) -> Loaded:
    from .inference.loaded import Loaded

    return Loaded(weights, device)
