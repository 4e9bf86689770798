"""Renders frames: the weights are loaded once; reading, rendering and writing a frame may each run in a thread of its own."""

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
from ..errors import InputError
from ..files import atomic_write, sha256_of
from ..inference.documents import Drawing, Outputs, Styled, read_colorize, read_stylize, write_colorized
from ..inference.loaded import Loaded
from ..inference.pipeline import Colorizer, read_regions
from ..inference.report import findings, notes_of
from ..inference.request import ColorizeRequest
from ..inference.result import Painting
from ..lineart.regions import Regions
from ..picture import bands
from ..picture.palettes import read_palette
from ..picture.pixels import Picture, read_picture, to_rgb8, write_picture
from ..progress import Advance, unwatched
from ..style.stylize import stylize
from .in_place import replace_frame
from .job import SEQUENCES
from .keys.propagation import propagate_keys
from .sequence_palette import SequencePalette, choose_palette, palette_from_json

THUMBNAIL = 240  # px, long side

UInt8 = NDArray[np.uint8]


@dataclass(frozen=True)
class LoadedFrame:
    """A frame ready to be rendered. inputs: the SHA-256 of each of its files."""

    task: Mapping[str, Any]
    inputs: dict[str, str | None]
    drawing: Drawing | Styled


@dataclass(frozen=True)
class RenderedFrame:
    """A frame ready to be written."""

    frame: LoadedFrame
    result: Painting | UInt8
    findings: tuple[str, ...]


class FrameProcessor:
    """Configuration, tasks and results are plain JSON. `read`, `render` and `write` may each be called by one thread at a time."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        """config: operation, values, has_hints, has_keys, shared_files, layers, masks, dtype, threads. Raises WeightsError, UsageError.

        shared_files: files that all frames share; they are read once. threads: for everything but the network, which always runs in
        one thread. The number of threads decides the last bit of its sums, and frames must not depend on the number of workers.
        """
        self.config = config
        torch.set_num_threads(1)
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = config["dtype"] == "auto"
        torch.backends.cudnn.deterministic = True
        cv2.setNumThreads(config["threads"])
        bands.THREADS = config["threads"]
        self.values: dict[str, Any] = dict(config["values"])
        self.loaded = Loaded(self.values["weights"], self.values["device"], config["dtype"])
        self.colorizer = Colorizer(self.loaded)
        self.palette: SequencePalette | None = None
        self._shared_pictures: dict[str, tuple[str, Picture]] = {}

    def environment(self) -> dict[str, str]:
        """What the pixels depend on beside the inputs, for a frame's record."""
        device = self.loaded.runner.device
        return {
            "version": __version__,
            "weights": self.loaded.weights.digest,
            "dtype": str(self.loaded.runner.dtype).removeprefix("torch."),
            "processor": torch.cuda.get_device_name(device) if device.type == "cuda" else _processor(),
        }

    def set_palette(self, palette: Mapping[str, Any] | None) -> None:
        """Sets the palette of all further frames."""
        self.palette = None if palette is None else palette_from_json(palette)

    def choose_palette(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Chooses the palette of all frames from one of them."""
        drawing = self._read(task).drawing
        assert isinstance(drawing, Drawing)
        return choose_palette(self.colorizer, drawing.request, self.config["has_keys"]).to_json()

    def propagate_keys(self, interval: Mapping[str, Any], advance: Advance) -> dict[str, Any]:
        """Propagates colours within an interval; returns a record for each frame."""
        text = self.values["palette"]
        palette = None if text is None else read_palette(text)
        return propagate_keys(interval["interval"], palette, self._regions, advance)

    def _regions(self, task: Mapping[str, Any]) -> Regions:
        marks = {name: task["inputs"].get(name) if name in ("merge", "split") else None for name in SEQUENCES}
        request = read_colorize(Path(task["inputs"]["picture"]), self.values | marks, self._picture).request
        taken, rgb, _ = self.colorizer.take(replace(request, task="lineart"))
        return read_regions(taken, rgb, "lineart", partial(self.colorizer.regions, advance=unwatched)).regions

    def read(self, task: Mapping[str, Any]) -> LoadedFrame:
        """Raises InputError, UsageError."""
        frame = self._read(task)
        if self.palette is None or isinstance(frame.drawing, Styled):
            return frame
        request = self.palette.applied_to(frame.drawing.request)
        if task["propagated"] is not None and request.palette is None and not request.references:
            request = with_key_palette(request, task["propagated"])
        return replace(frame, drawing=replace(frame.drawing, request=request))

    def _read(self, task: Mapping[str, Any]) -> LoadedFrame:
        # Files are hashed before they are read: a file that changes in between has another hash in the next run.
        inputs: dict[str, str | None] = {}
        for name, path in task["inputs"].items():
            if path is None:
                inputs[name] = None
            else:
                inputs[name] = self._shared_picture(path)[0] if self._is_shared(path) else digest_of(path)
        source = Path(task["inputs"]["picture"])
        if self.config["operation"] == "stylize":
            return LoadedFrame(task, inputs, read_stylize(source, self.values, self._picture))
        marks = {name: task["inputs"].get(name) for name in SEQUENCES}
        drawing = read_colorize(source, self.values | marks, self._picture, task["propagated_map"])
        if self.config["has_hints"] and drawing.request.hints is None:
            # Other frames have hints, so this one must not get a palette chosen by the network either.
            empty = np.zeros((*drawing.request.picture.shape[:2], 4), np.uint8)
            drawing = replace(drawing, request=replace(drawing.request, hints=empty))
        return LoadedFrame(task, inputs, drawing)

    def render(self, frame: LoadedFrame, advance: Advance = unwatched) -> RenderedFrame:
        drawing = frame.drawing
        if isinstance(drawing, Styled):
            return RenderedFrame(frame, stylize(self.loaded, drawing.request, advance), ())
        painting = self.colorizer.colorize(drawing.request, advance)
        if not self.config["layers"]:
            _ = painting.picture  # composed in this thread, not in the one that writes
        return RenderedFrame(frame, painting, tuple(each.kind for each in findings(painting)))

    def write(self, rendered: RenderedFrame) -> dict[str, Any]:
        """Writes the frame's files; returns its record. Raises OutputError."""
        task, result = rendered.frame.task, rendered.result
        outputs = Outputs(
            Path(task["output"]), tuple(self.config["layers"]), self.config["masks"],
            None if task["report"] is None else Path(task["report"]),
        )  # fmt: skip
        staged = None if task["staged"] is None else Path(task["staged"])
        for path in (*outputs.known, *([staged] if staged else [])):
            path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(result, Painting):
            files, loss_note = write_colorized(result, Path(task["inputs"]["picture"]), outputs, staged)
        else:
            files, loss_note = [outputs.output], write_picture(staged or outputs.output, result)
        _write_thumbnail(Path(task["thumbnail"]), result.picture if isinstance(result, Painting) else result)
        notes = [each.note for each in rendered.frame.drawing.read if each.note] + ([loss_note] if loss_note else [])
        notes += notes_of(result) if isinstance(result, Painting) else []
        record = {
            "inputs": rendered.frame.inputs,
            "known": task["propagated"],
            "outputs": {str(path): sha256_of(staged if staged and path == outputs.output else path) for path in files},
            "notes": notes,
            "findings": {kind: rendered.findings.count(kind) for kind in dict.fromkeys(rendered.findings)},
        }
        if staged is not None:
            replace_frame(task, {**record, **self.environment()})
        return record

    def _is_shared(self, path: str) -> bool:
        return path in self.config["shared_files"]

    def _picture(self, path: str) -> Picture:
        return self._shared_picture(path)[1] if self._is_shared(path) else read_picture(path)

    def _shared_picture(self, path: str) -> tuple[str, Picture]:
        """SHA-256 and content of a file that all frames share."""
        if path not in self._shared_pictures:
            self._shared_pictures[path] = digest_of(path), read_picture(path)
        return self._shared_pictures[path]


def with_key_palette(request: ColorizeRequest, propagated: Mapping[str, Any]) -> ColorizeRequest:
    """The request with the colours of the surrounding keys as palette, for regions that no key shows."""
    if not propagated["palette"]:
        return request
    return replace(request, palette=np.array(propagated["palette"], np.uint8), palette_names=tuple(propagated["names"]))


def digest_of(path: str) -> str:
    """The SHA-256 of an input file. Raises InputError."""
    try:
        return sha256_of(path)
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error


def _write_thumbnail(path: Path, picture: NDArray[Any]) -> None:
    small = Image.fromarray(to_rgb8(picture))
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    path.parent.mkdir(parents=True, exist_ok=True)
    encoded = io.BytesIO()  # Pillow hides the reason when it writes to a full disk itself
    small.save(encoded, "JPEG", quality=85)
    with atomic_write(path) as beside:
        beside.write_bytes(encoded.getbuffer())


def _processor() -> str:
    """The processor's model name, where the system provides it."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
