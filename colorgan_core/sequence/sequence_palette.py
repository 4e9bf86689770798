"""The palette that all frames of a job share, so that colours do not flicker: chosen from the first frame and stored in the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..inference.pipeline import Colorizer, notes_on, take
from ..inference.request import ColorizeRequest

NO_COLORS = np.zeros((0, 3), np.uint8)


@dataclass(frozen=True)
class SequencePalette:
    """The colours that all frames share, and what they were chosen for.

    task: "lineart" or "gray". palette: as #rrggbb, given or chosen; None: there is no palette, and free colours are taken from `steady`.
    names: of the palette's colours. black_paper: whether the frames are light lines on black paper; None: decided for each frame.
    notes: for the person.
    """

    task: str
    palette: tuple[str, ...] | None
    names: tuple[str, ...]
    steady: tuple[str, ...]
    black_paper: bool | None = None
    notes: tuple[str, ...] = ()

    def applied_to(self, request: ColorizeRequest) -> ColorizeRequest:
        """The request with this palette."""
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

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def palette_from_json(data: Mapping[str, Any]) -> SequencePalette:
    """The palette that `to_json` has written."""
    colors = None if data["palette"] is None else tuple(data["palette"])
    names, steady, notes = (tuple(data.get(name, ())) for name in ("names", "steady", "notes"))
    return SequencePalette(data["task"], colors, names, steady, data.get("black_paper"), notes)


def choose_palette(colorizer: Colorizer, request: ColorizeRequest, has_keys: bool) -> SequencePalette:
    """request: of the first frame. The palette is the given one, else that of the reference, else for line art the one of the seed.

    With hints there is none: then regions without a hint get the colours of such regions in this frame. has_keys: whether the job has keys.
    """
    if has_keys and request.palette is None and not request.references:
        return SequencePalette(request.task, None, (), ())
    taken, _, seen = take(request)
    if seen.blank:  # a blank frame is no example for the others, and has a note of its own
        shared = SequencePalette(request.task, None, (), ())
    else:
        shared = SequencePalette(taken.task, None, (), (), taken.black_paper, notes_on(request, taken, seen))
    if request.palette is not None:
        return replace(shared, palette=tuple(_hex(request.palette)), names=request.palette_names)
    painting = colorizer.colorize(replace(taken, steady=NO_COLORS))
    if painting.palette is not None:
        return replace(shared, palette=tuple(dict.fromkeys(_hex(painting.palette))))
    flats = painting.flats
    if flats is None:
        return shared
    free = flats.colors[flats.painted & ~flats.hinted]
    return replace(shared, steady=tuple(_hex(np.unique(free, axis=0))))


def _hex(colors: NDArray[np.uint8]) -> list[str]:
    return ["#" + bytes(color).hex() for color in colors]


def _colors(texts: tuple[str, ...]) -> NDArray[np.uint8]:
    return np.array([list(bytes.fromhex(text[1:])) for text in texts], np.uint8).reshape(-1, 3)
