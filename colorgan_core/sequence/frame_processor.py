"""Where frames are made: weights loaded once, and for each frame reading, painting and writing, which may each have a thread."""

from __future__ import annotations

import contextlib
import io
import platform
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from .. import __version__
from ..engine.documents import Drawing, Outputs, Styled, read_colorize, read_stylize, write_colorized
from ..engine.loaded import Loaded
from ..engine.pipeline import Colorizer, read_regions
from ..engine.report import findings, notes_of
from ..engine.request import ColorizeRequest
from ..engine.result import Painting
from ..engine.stylize import stylize
from ..errors import InputError
from ..files import atomic_write, sha256_of
from ..picture import bands
from ..picture.palettes import read_palette
from ..picture.pixels import Picture, read_picture, to_rgb8, write_picture
from ..picture.regions import Regions
from ..progress import Advance, unwatched
from .in_place import put_in_place
from .job import SEQUENCES
from .keys.propagation import known_in
from .sequence_palette import Look, look_of, settle_look

THUMBNAIL = 240  # px, long side

UInt8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Read:
    """A frame ready to be painted. inputs: the SHA-256 of each of its files."""

    task: Mapping[str, Any]
    inputs: dict[str, str | None]
    drawing: Drawing | Styled


@dataclass(frozen=True)
class Made:
    """A frame ready to be written."""

    read: Read
    result: Painting | UInt8
    findings: tuple[str, ...]


class Studio:
    """settings, tasks and what comes back are plain JSON. Each of `read`, `paint` and `write` is for one thread at a time."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """settings: operation, values, hinted, shared, layers, masks, dtype, threads. Raises WeightsError, UsageError.

        shared: files that all frames have in common, which are read once.
        The network computes in one thread: how many share a sum decides the last bit of it, and frames must not differ by how
        many workers there were. `threads` is for the rest, where each pixel is by itself.
        """
        self.settings = settings
        torch.set_num_threads(1)
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = settings["dtype"] == "auto"
        torch.backends.cudnn.deterministic = True
        cv2.setNumThreads(settings["threads"])
        bands.THREADS = settings["threads"]
        self.values: dict[str, Any] = dict(settings["values"])
        self.loaded = Loaded(self.values["weights"], self.values["device"], settings["dtype"])
        self.colorizer = Colorizer(self.loaded)
        self.look: Look | None = None
        self._kept: dict[str, tuple[str, Picture]] = {}

    def about(self) -> dict[str, str]:
        """What a record says of where a frame was made."""
        device = self.loaded.runner.device
        return {
            "version": __version__,
            "weights": self.loaded.weights.digest,
            "dtype": str(self.loaded.runner.dtype).removeprefix("torch."),
            "processor": torch.cuda.get_device_name(device) if device.type == "cuda" else _processor(),
        }

    def wear(self, look: Mapping[str, Any] | None) -> None:
        """The look of all frames from now on."""
        self.look = None if look is None else look_of(look)

    def choose(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """The look that all frames are to have, from one of them."""
        drawing = self._read(task).drawing
        assert isinstance(drawing, Drawing)
        return settle_look(self.colorizer, drawing.request, self.settings["keyed"]).plain()

    def follow(self, told: Mapping[str, Any], advance: Advance) -> dict[str, Any]:
        """What keys say of the frames of a stretch."""
        palette = self.values["palette"]
        named = None if palette is None else read_palette(palette)
        return known_in(told["stretch"], named, self._regions, advance)

    def _regions(self, task: Mapping[str, Any]) -> Regions:
        marks = {name: task["inputs"].get(name) if name in ("merge", "split") else None for name in SEQUENCES}
        request = read_colorize(Path(task["inputs"]["picture"]), self.values | marks, self._picture).request
        taken, rgb, _ = self.colorizer.take(replace(request, task="lineart"))
        return read_regions(taken, rgb, "lineart", partial(self.colorizer.regions, advance=unwatched)).regions

    def read(self, task: Mapping[str, Any]) -> Read:
        """Raises InputError, UsageError."""
        read = self._read(task)
        if self.look is None or isinstance(read.drawing, Styled):
            return read
        request = self.look.of(read.drawing.request)
        if task["known"] is not None and request.palette is None and request.reference is None:
            request = in_colors_of_keys(request, task["known"])
        return replace(read, drawing=replace(read.drawing, request=request))

    def _read(self, task: Mapping[str, Any]) -> Read:
        # A file is hashed before it is read: one that changes in between has another hash next time, and is read again then.
        inputs: dict[str, str | None] = {}
        for name, path in task["inputs"].items():
            inputs[name] = None if path is None else self._of_all(path)[0] if self._is_shared(path) else digest_of(path)
        source = Path(task["inputs"]["picture"])
        if self.settings["operation"] == "stylize":
            return Read(task, inputs, read_stylize(source, self.values, self._picture))
        drawing = read_colorize(source, self.values | _marks(task), self._picture, task["map"])
        if self.settings["hinted"] and drawing.request.hints is None:
            # no hint in this frame, but in others: here too nobody wants a palette that the network has chosen
            nothing = np.zeros((*drawing.request.picture.shape[:2], 4), np.uint8)
            drawing = replace(drawing, request=replace(drawing.request, hints=nothing))
        return Read(task, inputs, drawing)

    def paint(self, read: Read, advance: Advance = unwatched) -> Made:
        drawing = read.drawing
        if isinstance(drawing, Styled):
            return Made(read, stylize(self.loaded, drawing.request, advance), ())
        painting = self.colorizer.colorize(drawing.request, advance)
        if not self.settings["layers"]:
            _ = painting.picture  # composed here, where computing belongs
        return Made(read, painting, tuple(each.kind for each in findings(painting)))

    def write(self, made: Made) -> dict[str, Any]:
        """Writes the frame's files; what its record says. Raises OutputError."""
        task, result = made.read.task, made.result
        outputs = Outputs(
            Path(task["output"]), tuple(self.settings["layers"]), self.settings["masks"],
            None if task["report"] is None else Path(task["report"]),
        )  # fmt: skip
        staged = None if task["staged"] is None else Path(task["staged"])
        for path in (*outputs.known, *([staged] if staged else [])):
            path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(result, Painting):
            files, lost = write_colorized(result, Path(task["inputs"]["picture"]), outputs, staged)
        else:
            files, lost = [outputs.output], write_picture(staged or outputs.output, result)
        _write_thumbnail(Path(task["thumbnail"]), result.picture if isinstance(result, Painting) else result)
        notes = [each.note for each in made.read.drawing.read if each.note] + ([lost] if lost else [])
        notes += notes_of(result) if isinstance(result, Painting) else []
        record = {
            "inputs": made.read.inputs,
            "known": task["known"],
            "outputs": {str(path): sha256_of(staged if staged and path == outputs.output else path) for path in files},
            "notes": notes,
            "findings": {kind: made.findings.count(kind) for kind in dict.fromkeys(made.findings)},
        }
        if staged is not None:
            put_in_place(task, {**record, **self.about()})
        return record

    def _is_shared(self, path: str) -> bool:
        return path in self.settings["shared"]

    def _picture(self, path: str) -> Picture:
        return self._of_all(path)[1] if self._is_shared(path) else read_picture(path)

    def _of_all(self, path: str) -> tuple[str, Picture]:
        if path not in self._kept:
            self._kept[path] = digest_of(path), read_picture(path)
        return self._kept[path]


def in_colors_of_keys(request: ColorizeRequest, known: Mapping[str, Any]) -> ColorizeRequest:
    """What no key shows may have the colours of the keys around, and no others."""
    if not known["palette"]:
        return request
    return replace(request, palette=np.array(known["palette"], np.uint8), palette_names=tuple(known["names"]))


def digest_of(path: str) -> str:
    """The SHA-256 of a file to be read. Raises InputError."""
    try:
        return sha256_of(path)
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error


def _marks(task: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: task["inputs"].get(name) for name in SEQUENCES}


def _write_thumbnail(path: Path, picture: NDArray[Any]) -> None:
    small = Image.fromarray(to_rgb8(picture))
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded = io.BytesIO()  # not straight into the file: Pillow loses the reason when a disk is full
    small.save(encoded, "JPEG", quality=85)
    with atomic_write(path) as beside:
        beside.write_bytes(encoded.getbuffer())


def _processor() -> str:
    """What the processor calls itself, where the system says it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
