"""The row that is being judged: colorgan itself, asked like any caller would ask it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from colorgan_core.picture.pixels import to_rgb8


class Colors(Protocol):
    """What evaluation needs of `colorgan_core.inference.pipeline.Colorizer`."""

    def colorize(self, request: Any) -> Any: ...


@dataclass(frozen=True)
class Answer:
    """picture (h, w, 3) uint8 as scored; painted (h, w) bool, where the row says that there is paint."""

    picture: NDArray[np.uint8]
    painted: NDArray[np.bool_]


def ask(
    colorizer: Colors,
    picture: NDArray[np.uint8],
    task: str,
    hints: NDArray[np.uint8] | None = None,
    palette: NDArray[np.uint8] | None = None,
    seed: int | None = None,
    flats: bool = False,
) -> Answer:
    """Colours (h, w) line art or grey; hints (h, w, 4), opaque where one is (without any opaque pixel: no hints). flats: the product's
    own result in place of the network's picture."""
    from colorgan_core.inference.pipeline import ColorizeRequest

    if hints is not None and not hints[..., 3].any():
        hints = None
    request = ColorizeRequest(
        picture=np.repeat(picture[..., None], 3, 2),
        task=task,
        hints=hints,
        bare=None,
        palette=palette,
        seed=seed,
        paint=not flats,
    )
    painting = colorizer.colorize(request)
    return Answer(to_rgb8(painting.picture), painting.coverage >= 0.5)
