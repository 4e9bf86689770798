"""What the engine does for one request: parameters and pixels in, facts and pixels out. The same as in-process, bit for bit."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, UsageError, WeightsError
from ..inference.loaded import Loaded
from ..inference.pipeline import Colorizer
from ..inference.report import notes_of
from ..inference.request import ColorizeRequest, build_request, build_style_request, mask_of, split_style
from ..inference.result import LAYERS, Painting
from ..lineart.flats import Flats
from ..lineart.region_map import read_region_map
from ..operations import OPERATIONS, check
from ..picture.layers import Group, Layer, from_unit, to_unit
from ..picture.pixels import in_srgb, read_picture
from ..picture.profiles import to_profile
from ..progress import Advance, part
from ..stored_weights import find
from ..style.stylize import stylize
from .editor import PIXELS as editor_pixels
from .editor import Editor, in_order, read_editor
from .protocol import Blob

FILES = {"reference", "style"}  # of them, those that may be named by path all the same
WHOLE = "picture"  # among the names of layers
PREVIEW_SIZE = 512  # px, long side of the picture that comes first
PREVIEW_FROM = 1024  # px; smaller pictures are done as soon
PREVIEW_SHARE = 0.1  # of the whole work
# What comes as pixels here; what the table calls a picture or names by path on the command line.
PIXELS = {"colorize": ("picture", "hints", "bare", "merge", "split", "reference"), "stylize": ("picture", "style")}
MASKS = ("bare", "merge", "split")  # of them, those that mark something
PROFILE = "profile"  # what comes as bytes

Array = NDArray[Any]
Show = Callable[[Blob], None]


class Workshop:
    """Weights and regions that stay between requests. Not for two threads at once."""

    def __init__(self, weights: str = "default", device: str = "auto") -> None:
        self.usual = (weights, device)
        self._colorizers: dict[tuple[Any, ...], Colorizer] = {}
        self.current = self.colorizer(*self.usual)  # of the usual weights, what is loaded now

    def colorizer(self, weights: str, device: str) -> Colorizer:
        """The usual weights, or others, of which the last ones stay loaded. Another file than before under the same name is loaded."""
        place = find(weights)
        key = (place, changed(place), device)
        if key not in self._colorizers:
            try:
                made = Colorizer(Loaded(place, device))
            except (OSError, ValueError) as error:  # of the file's name
                raise WeightsError(f"The weights {str(weights)!r} cannot be read ({error}).") from error
            usual = (weights, device) == self.usual
            self._colorizers = {k: v for k, v in self._colorizers.items() if v is self.current and not usual}
            self._colorizers[key] = made
        if (weights, device) == self.usual:
            self.current = self._colorizers[key]
        return self._colorizers[key]

    def do(
        self, operation: str, parameters: dict[str, Any], blobs: list[Blob], advance: Advance, show: Show | None
    ) -> tuple[dict[str, Any], list[Blob]]:
        """One operation of the table: facts and the result's blobs. show: takes a small picture before the large one.

        parameters: the table's, but without those that come as pixels; `layers`: what to send of colorized line art, "picture" and names
        of layers; `editor`: see editor.py. blobs: pixels, and `profile`, the ICC profile of the picture's RGB space, which may come as a
        parameter, too, in base64.
        Raises UsageError, InputError, WeightsError, and whatever `advance` raises.
        """
        if operation not in OPERATIONS:
            raise UsageError(f"There is no operation called {operation}; known are {', '.join(OPERATIONS)}.")
        parameters = {"weights": self.usual[0], "device": self.usual[1], **parameters}
        wanted = parameters.pop("layers", [WHOLE])
        if not isinstance(wanted, list) or not wanted or not set(map(str, wanted)) <= {WHOLE, *LAYERS}:
            raise UsageError(f"layers must be a list of some of {WHOLE}, {', '.join(LAYERS)}.")
        told = parameters.pop("editor", None)
        order = told.get("order", "rgba") if isinstance(told, dict) else "rgba"
        profile, blobs = profile_of(parameters, blobs)
        arrays = [(blob.name, array_of(blob, str(order))) for blob in blobs]
        pixels = {name: [array for each, array in arrays if each == name] for name in PIXELS[operation]}
        editor = read_editor(told, {name: array for name, array in arrays if name in editor_pixels})
        strange = sorted({blob.name for blob in blobs} - {*pixels, *editor_pixels})
        strange += sorted(set(parameters) & set(pixels) - FILES)
        if strange:
            raise UsageError(f"{operation} takes pixels called {', '.join(pixels)}, and not {strange[0]}.")
        if any(len(each) > 1 for name, each in pixels.items() if name not in ("style", "picture", "reference")):
            raise UsageError(f"{operation} takes each kind of pixels once.")
        if not pixels["picture"] or (len(pixels["picture"]) > 1 and editor is None):
            raise UsageError(f"{operation} takes one picture.")
        if editor is not None:
            pixels["picture"] = [editor.merged(pixels["picture"], pixels.get("hints", []))]
        pixels = {name: each if name in MASKS else [in_color(array) for array in each] for name, each in pixels.items()}
        if operation == "stylize":
            return self._stylize(parameters, pixels, profile, editor, advance)
        return self._colorize(parameters, pixels, tuple(wanted), profile, editor, advance, show)

    def _colorize(
        self, parameters: dict[str, Any], pixels: dict[str, list[Array]], wanted: tuple[str, ...], profile: bytes | None,
        editor: Editor | None, advance: Advance, show: Show | None,
    ) -> tuple[dict[str, Any], list[Blob]]:  # fmt: skip
        values = check("colorize", parameters)
        given = {name: arrays[0] if arrays else None for name, arrays in pixels.items()}
        bare, merge, split = (
            None if given[name] is None else mask_of(np.asarray(given[name])) for name in ("bare", "merge", "split")
        )
        picture, hints, references = given["picture"], given["hints"], pixels["reference"]
        assert picture is not None
        seen = seen_in(picture, profile)
        if editor is not None:  # whose layers all are in its document's space
            hints, bare = editor.hints(hints), editor.bare(bare)
            hints = None if hints is None else seen_in(hints, profile)
            references = [seen_in(each, profile) for each in references]
        references = [*references, *(read_picture(path).array for path in values["reference"])]
        request = build_request(
            seen,
            original=None if profile is None else picture,
            profile=profile,
            task=values["task"],
            hints=hints,
            bare=bare,
            merge=merge,
            split=split,
            kept=None if values["regions"] is None else read_region_map(values["regions"]),
            references=references,
            palette=values["palette"],
            seed=values["seed"],
            close_gaps=values["close_gaps"],
            shade=values["shade"],
            clean_lines=values["clean_lines"],
            colored_lines=values["colored_lines"],
            paint=values["paint"],
        )
        colorizer = self.colorizer(values["weights"], values["device"])
        if show is not None and max(request.picture.shape[:2]) > PREVIEW_FROM:
            small = colorizer.colorize(shrunk(request, PREVIEW_SIZE), part(advance, 0, PREVIEW_SHARE))
            show(blob_of("preview", small.picture))
            advance = part(advance, PREVIEW_SHARE, 1)
        painting = colorizer.colorize(request, part(advance, 0, 0.85))
        if painting.flats is None and wanted != (WHOLE,):
            raise UsageError("A grey picture has no flats, and no layers; task lineart takes it for a drawing.")
        about, layers = layers_of(painting, tuple(name for name in wanted if name != WHOLE))
        if WHOLE in wanted:
            layers.append((WHOLE, painting.composed(part(advance, 0.85, 0.95))))
        return facts_of(painting) | {"layers": about}, sent(layers, editor)

    def _stylize(
        self, parameters: dict[str, Any], pixels: dict[str, list[Array]], profile: bytes | None, editor: Editor | None,
        advance: Advance,
    ) -> tuple[dict[str, Any], list[Blob]]:  # fmt: skip
        weights = parameters.pop("weights_of_styles", [1.0] * len(pixels["style"]))
        numbers = isinstance(weights, list) and all(type(weight) in (int, float) for weight in weights)
        if not numbers or len(weights) != len(pixels["style"]):
            raise UsageError("weights_of_styles must be a list with a number for each style.")
        files = parameters.get("style", [])
        if not isinstance(files, list) or not all(isinstance(file, str) for file in files):
            raise UsageError("style must be a list of files.")
        values = check("stylize", {**parameters, "style": [f"pixels:{weight}" for weight in weights] + files})
        named = [split_style(text) for text in values["style"]]
        arrays = [array if editor is None else seen_in(array, profile) for array in pixels["style"]]
        arrays += [read_picture(path).array for path, _ in named[len(arrays) :]]
        styles = [(array, weight) for array, (_, weight) in zip(arrays, named, strict=True)]
        native = pixels["picture"][0]
        request = build_style_request(
            seen_in(native, profile), styles, strength=values["strength"], preserve_color=values["preserve_color"]
        )
        loaded = self.colorizer(values["weights"], values["device"]).loaded
        drawn: Array = stylize(loaded, request, advance)
        if editor is not None and drawn.dtype != native.dtype:
            drawn = from_unit(to_unit(drawn), native.dtype)
        if profile is not None:
            drawn = np.concatenate([to_profile(drawn[..., :3], profile), drawn[..., 3:]], 2)
        return {}, sent([(WHOLE, drawn)], editor)


def changed(place: Path) -> tuple[int, int] | None:
    """When a file was written and how long it is; None where it cannot be seen."""
    try:
        found = place.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size


def seen_in(pixels: Array, profile: bytes | None) -> Array:
    """In sRGB. Raises InputError for a damaged profile."""
    try:
        return in_srgb(pixels, profile)
    except Exception as error:  # a damaged profile raises anything
        raise InputError("The picture's profile is damaged.") from error


def sent(layers: list[tuple[str, Array]], editor: Editor | None) -> list[Blob]:
    """Results as they go out."""
    if editor is not None:
        layers = [each for name, pixels in layers for each in editor.finished(name, pixels)]
    return [blob_of(name, pixels) for name, pixels in layers]


def profile_of(parameters: dict[str, Any], blobs: list[Blob]) -> tuple[bytes | None, list[Blob]]:
    """Takes the ICC profile out of the parameters or the blobs; returns it, and the other blobs. Raises InputError for what is none."""
    found = [blob for blob in blobs if blob.name == PROFILE]
    text = parameters.pop(PROFILE, None)
    if len(found) + (text is not None) > 1 or any(blob.dtype != "bytes" for blob in found):
        raise InputError("The picture's profile must be sent once, as bytes.")
    if found:
        return bytes(found[0].data), [blob for blob in blobs if blob is not found[0]]
    if text is None:
        return None, blobs
    try:
        return base64.b64decode(text, validate=True), blobs
    except (TypeError, ValueError) as error:
        raise InputError("The picture's profile is not valid base64.") from error


def facts_of(painting: Painting) -> dict[str, Any]:
    """Plain JSON: task, palette as #rrggbb or None, notes (sentences for the person), of flats the number of regions, all and painted."""
    palette, flats = painting.palette, painting.flats
    facts: dict[str, Any] = {
        "task": painting.task,
        "palette": None if palette is None else ["#" + bytes(color).hex() for color in palette],
        "notes": notes_of(painting),
    }
    return facts if flats is None else facts | {"regions": flats.regions.count, "painted": int(flats.painted.sum())}


def layers_of(painting: Painting, wanted: tuple[str, ...]) -> tuple[list[dict[str, str]], list[tuple[str, Array]]]:
    """Name and blend mode, and RGBA, of the wanted layers, bottom to top; flats of named colours are "flats/NAME"."""

    def named(members: tuple[Layer | Group, ...], before: str) -> Iterator[tuple[str, Layer]]:
        for member in members:
            if isinstance(member, Group):
                yield from named(member.members, f"{before}{member.name}/")
            else:
                yield before + member.name, member

    found = list(named(painting.layered(wanted).layers, "")) if wanted else []
    about = [{"name": name, "blend": layer.blend} for name, layer in found]
    return about, [(name, np.asarray(layer.pixels)) for name, layer in found]


def shrunk(request: ColorizeRequest, long_side: int) -> ColorizeRequest:
    """The request for a small copy of its picture; gaps are closed in proportion."""
    height, width = request.picture.shape[:2]
    scale = long_side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))

    def near(plane: Any) -> Any:
        return None if plane is None else cv2.resize(plane, size, interpolation=cv2.INTER_NEAREST_EXACT)

    def mask(plane: Any) -> Any:
        return None if plane is None else near(plane.astype(np.uint8)) > 0

    kept: Flats | None = request.kept
    if kept is not None:
        labels = near(kept.regions.labels)
        depth = np.ones(labels.shape, np.float32)
        kept = replace(kept, regions=replace(kept.regions, labels=labels, depth=depth))
    return replace(
        request,
        picture=np.asarray(cv2.resize(request.picture, size, interpolation=cv2.INTER_AREA), np.uint8),
        original=None,
        profile=None,
        hints=near(request.hints),
        bare=mask(request.bare),
        merge=mask(request.merge),
        split=mask(request.split),
        kept=kept,
        close_gaps=None if request.close_gaps is None else round(request.close_gaps * scale),
    )


def array_of(blob: Blob, order: str = "rgba") -> Array:
    """(height, width, channels) of a blob in RGBA; grey ones without a third axis. Raises InputError for two channels, and for bytes."""
    if blob.dtype == "bytes":
        raise InputError(f"{blob.name} must be pixels, not bytes.")
    array = np.frombuffer(blob.data, np.dtype(blob.dtype).newbyteorder("<")).astype(blob.dtype, copy=False)
    array = array.reshape(blob.height, blob.width, blob.channels)
    if blob.channels == 2:
        raise InputError("Pixels have one, three or four channels, not two.")
    if blob.channels == 4:
        return in_order(array, order)
    return array[..., 0] if blob.channels == 1 else array


def in_color(array: Array) -> Array:
    """(h, w, 3) of grey pixels (h, w); others as they are."""
    return np.repeat(array[..., None], 3, axis=2) if array.ndim == 2 else array


def blob_of(name: str, array: Array) -> Blob:
    height, width, channels = array.shape
    little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    return Blob(name, width, height, channels, array.dtype.name, little.data.cast("B"))
