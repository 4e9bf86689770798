"""What all frames of a job have in common, so that colours do not jump: settled once by the first frame, and kept in the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.pipeline import Colorizer, notes_on, take
from ..engine.request import ColorizeRequest

NONE = np.zeros((0, 3), np.uint8)


@dataclass(frozen=True)
class Look:
    """task: "lineart" or "gray". palette: colours as #rrggbb, given or chosen; None: there is none, and free colours keep to
    `steady`. names: of the palette's colours. black_paper: whether the frames are light lines on black paper; None: each is looked at.
    notes: what the person should know of it."""

    task: str
    palette: tuple[str, ...] | None
    names: tuple[str, ...]
    steady: tuple[str, ...]
    black_paper: bool | None = None
    notes: tuple[str, ...] = ()

    def of(self, request: ColorizeRequest) -> ColorizeRequest:
        """The request in this look."""
        palette = None if self.palette is None else _colors(self.palette)
        steady = _colors(self.steady)
        return replace(
            request,
            task=self.task,
            palette=palette,
            palette_names=self.names,
            steady=steady,
            black_paper=self.black_paper,
        )

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def look_of(told: Mapping[str, Any]) -> Look:
    """The look that `plain` told, read back from JSON."""
    palette = told["palette"]
    palette = None if palette is None else tuple(palette)
    names, steady, notes = (tuple(told.get(name, ())) for name in ("names", "steady", "notes"))
    return Look(told["task"], palette, names, steady, told.get("black_paper"), notes)


def settle_look(colorizer: Colorizer, request: ColorizeRequest, keyed: bool) -> Look:
    """request: of the first frame. Its palette is the one given, else the reference's, else for line art what the seed, 0 too, finds.

    A picture with hints gets none: then the colours that the network leaves free keep to those of this frame. keyed: keys have colours.
    """
    if keyed and request.palette is None and request.reference is None:
        return Look(request.task, None, (), ())
    taken, _, seen = take(request)
    if seen.blank:  # it shows nothing of the others, and has a note of its own
        look = Look(request.task, None, (), ())
    else:
        look = Look(taken.task, None, (), (), taken.black_paper, notes_on(request, taken, seen))
    if request.palette is not None:
        return replace(look, palette=tuple(_hex(request.palette)), names=request.palette_names)
    painting = colorizer.colorize(replace(taken, steady=NONE))
    if painting.palette is not None:
        return replace(look, palette=tuple(dict.fromkeys(_hex(painting.palette))))
    flats = painting.flats
    if flats is None:
        return look
    free = flats.colors[flats.painted & ~flats.hinted]
    return replace(look, steady=tuple(_hex(np.unique(free, axis=0))))


def _hex(colors: NDArray[np.uint8]) -> list[str]:
    return ["#" + bytes(color).hex() for color in colors]


def _colors(texts: tuple[str, ...]) -> NDArray[np.uint8]:
    return np.array([list(bytes.fromhex(text[1:])) for text in texts], np.uint8).reshape(-1, 3)
