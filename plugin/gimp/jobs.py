"""One job in an image: read, asked of the engine, and laid in when it has come whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from client import connect_or_start, words  # type: ignore[import-not-found]
from gi.repository import Gimp  # type: ignore[import-not-found]
from image import GROUP, OURS, Canvas, HostError, corrections, is_empty, kind_of, mark, remember  # type: ignore[import-not-found]
from memory import is_result, remember_drawing, result_to_update, result_with  # type: ignore[import-not-found]

KEPT = ("flats", "shade")  # layers whose corrections are looked for
# layers that a result may be without: then they are hidden, and keep what was corrected in them
HIDDEN = ("shade", "holds")


@dataclass(frozen=True)
class Wishes:
    """What a call asks for. operation, parameters: of the table. lines: layers, bottom to top. hints, bare, reference: layers or None.
    styles: layers with weights. selected: what is chosen in the editor. update: whether the last group is written anew."""

    operation: str
    parameters: dict[str, Any]
    lines: tuple[Any, ...]
    hints: Any = None
    bare: Any = None
    reference: Any = None
    styles: tuple[tuple[Any, float], ...] = ()
    selected: tuple[Any, ...] = ()
    update: bool = False


def check(wishes: Wishes) -> None:
    """Raises HostError for layers that cannot be what they are chosen for."""
    if not wishes.lines:
        raise HostError("No layer is selected.")
    for layer in wishes.lines:
        if is_result(layer):
            raise HostError("A result of colorgan is not a drawing; choose the layer with the lines.")
        for purpose, other in (("hints", wishes.hints), ("bare", wishes.bare)):
            if other == layer:
                raise HostError(words.refused(layer.get_name(), purpose))
    if wishes.operation == "stylize" and not wishes.styles and not wishes.parameters.get("style"):
        raise HostError("No style picture is chosen.")


def run(image: Any, wishes: Wishes, progress: Callable[[float], None]) -> None:
    """Raises HostError or EngineError with a sentence; the image is then as it was."""
    canvas = Canvas(image)
    group = result_to_update(image, wishes.selected, wishes.lines) if wishes.update else None
    parameters, blobs = read(canvas, wishes, group)
    with connect_or_start() as engine:
        result = engine.run(wishes.operation, parameters, blobs, on_progress=lambda told: progress(told.share))
    selected = image.get_selected_layers()
    image.undo_group_start()
    try:
        if image.get_base_type() != Gimp.ImageBaseType.RGB:
            image.convert_rgb()  # grey and indexed images hold no new colours
        lay(canvas, wishes, group, result)
    finally:
        image.undo_group_end()
        image.set_selected_layers(selected)  # GIMP has chosen what was laid in
    for note in result.facts.get("notes", ()):
        Gimp.message(note)


def read(canvas: Canvas, wishes: Wishes, group: Any) -> tuple[dict[str, Any], list[Any]]:
    """Parameters and pixels for the engine. group: what is to be written anew, or None."""
    blobs, stack = [], []
    for layer in wishes.lines:
        blobs.append(canvas.layer(layer, "picture"))
        if is_empty(blobs[-1]):
            raise HostError(f"The layer “{layer.get_name()}” is empty.")
        stack.append([OURS.get(layer.get_mode(), "normal"), layer.get_opacity() / 100])
    for layer, name in ((wishes.hints, "hints"), (wishes.bare, "bare"), (wishes.reference, "reference")):
        if layer is not None:
            blobs.append(canvas.layer(layer, name))
    blobs += [canvas.layer(layer, "style") for layer, _ in wishes.styles]
    selection = canvas.selection()
    if selection is not None:
        blobs.append(selection)
    for child in group.get_children() if group is not None else ():
        if kind_of(child) in KEPT:
            blobs += corrections(canvas, child, selection is not None)  # outside of a selection lies what was found
    editor = {"order": "rgba", "stack": [["normal", 1.0]] if len(stack) == 1 else stack}
    parameters = {**wishes.parameters, "editor": editor}
    if wishes.styles:
        parameters["weights_of_styles"] = [weight for _, weight in wishes.styles]
    if wishes.operation == "colorize" and wishes.parameters.get("task") == "lineart":
        parameters["layers"] = ["flats", "shade", *([] if group is not None else ["lines"]), "holds"]
    return parameters, blobs


def lay(canvas: Canvas, wishes: Wishes, group: Any, result: Any) -> None:
    above = result_with(wishes.lines[-1]) or wishes.lines[-1]
    pixels = result.blobs
    layers = [(each["name"], each["blend"]) for each in result.facts.get("layers", [])]
    if not layers:
        canvas.write(canvas.new(GROUP, "normal", None, above), pixels["picture"])
        return
    children = {} if group is None else {kind_of(child): child for child in group.get_children()}
    made = canvas.group(above) if group is None else None
    try:
        remember_drawing(made or group, wishes.lines)
        for name, blend in layers:
            layer = children.get(name) or canvas.new(name, blend, made or group, None)
            canvas.write(layer, pixels[name])
            if name in KEPT:
                remember(canvas, layer, name, pixels[name], pixels.get(f"written.{name}", pixels[name]))
            elif name in HIDDEN:
                mark(layer, name)
    except Exception:
        if made is not None:
            canvas.image.remove_layer(made)
        raise
    for name in HIDDEN:
        if name in children:
            children[name].set_visible(name in pixels)
