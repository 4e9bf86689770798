"""What all frames of a job have in common, so that colours do not jump: settled once by the first frame, and kept in the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.pipeline import Colorizer
from ..engine.request import ColorizeRequest
from ..picture.gray import detect_task
from ..picture.pixels import to_rgb8

NONE = np.zeros((0, 3), np.uint8)


@dataclass(frozen=True)
class Look:
    """task: "lineart" or "gray". palette: colours as #rrggbb, given or chosen; None: there is none, and free colours keep to
    `steady`. names: of the palette's colours."""

    task: str
    palette: tuple[str, ...] | None
    names: tuple[str, ...]
    steady: tuple[str, ...]

    def of(self, request: ColorizeRequest) -> ColorizeRequest:
        """The request in this look."""
        palette = None if self.palette is None else _colors(self.palette)
        return replace(request, task=self.task, palette=palette, palette_names=self.names, steady=_colors(self.steady))

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def look_of(told: Mapping[str, Any]) -> Look:
    """The look that `plain` told, read back from JSON."""
    palette = told["palette"]
    return Look(told["task"], None if palette is None else tuple(palette), tuple(told["names"]), tuple(told["steady"]))


def settle_look(colorizer: Colorizer, request: ColorizeRequest, keyed: bool) -> Look:
    """request: of the first frame. Its palette is the one given, else the reference's, else for line art what the seed, 0 too, finds.

    A picture with hints gets none: then the colours that the network leaves free keep to those of this frame. keyed: keys have colours.
    """
    if request.palette is not None:
        task = "lineart" if request.kept is not None else request.task
        task = detect_task(to_rgb8(request.picture)) if task == "auto" else task
        return Look(task, tuple(_hex(request.palette)), request.palette_names, ())
    if keyed and request.reference is None:
        return Look(request.task, None, (), ())
    painting = colorizer.colorize(replace(request, steady=NONE))
    if painting.palette is not None:
        return Look(painting.task, tuple(dict.fromkeys(_hex(painting.palette))), (), ())
    flats = painting.flats
    if flats is None:
        return Look(painting.task, None, (), ())
    free = flats.colors[flats.painted & ~flats.hinted]
    return Look(painting.task, None, (), tuple(_hex(np.unique(free, axis=0))))


def _hex(colors: NDArray[np.uint8]) -> list[str]:
    return ["#" + bytes(color).hex() for color in colors]


def _colors(texts: tuple[str, ...]) -> NDArray[np.uint8]:
    return np.array([list(bytes.fromhex(text[1:])) for text in texts], np.uint8).reshape(-1, 3)
