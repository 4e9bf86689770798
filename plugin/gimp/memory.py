"""What an image remembers, in its file too: the choices of its last call, and which layers a result was made from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from gi.repository import Gimp, Gio  # type: ignore[import-not-found]
from image import FLAGS, GROUP, WRITTEN, HostError  # type: ignore[import-not-found]

INPUTS = "colorgan-inputs"  # parasite of an image; no step to undo, since choices outlive a result that is undone
DRAWING = "colorgan-drawing"  # parasite of a group
LAYERS = ("hints", "bare", "reference")  # the same for every procedure
NOT_OURS = ("run-mode", "image", "drawables", "drawing")  # arguments that belong to one call


def remember_inputs(image: Any, procedure: Any, config: Any, selected: list[Any], drawing: tuple[Any, ...]) -> None:
    """Keeps what a call was given. selected: layers that were chosen in the editor; drawing: those that were coloured."""
    told = _told(image)
    values = {name: _written(config.get_property(name)) for name in _arguments(procedure)}
    told["layers"] = {**told.get("layers", {}), **{name: values.pop(name) for name in LAYERS if name in values}}
    told["settings"] = {**told.get("settings", {}), procedure.get_name(): values}
    if "hints" in _arguments(procedure):
        told["selected"], told["drawing"] = [_written(each) for each in selected], [_written(each) for each in drawing]
    data = json.dumps(told).encode("ascii")
    image.attach_parasite(Gimp.Parasite.new(INPUTS, Gimp.PARASITE_PERSISTENT, data))


def restore_inputs(image: Any, procedure: Any, config: Any) -> None:
    """Gives a call the values of this image's last one. Without one, GIMP's last values stay, but nothing that belongs to another image."""
    told = _told(image)
    values = {**told.get("settings", {}).get(procedure.get_name(), {"update": False}), **told.get("layers", {})}
    for name in _arguments(procedure):
        now = config.get_property(name)
        if isinstance(now, Gimp.Layer):
            if now.is_valid() and now.get_image() == image:
                continue  # a program has given it
            config.set_property(name, None)
        if name in values:
            config.set_property(name, _read(image, values[name]))
    config.set_property("drawing", None)


def forget_layers(procedure: Any, config: Any) -> None:
    """Takes the layers out of what GIMP keeps of a call: it would only complain that it cannot."""
    for name in ("drawing", *_arguments(procedure)):
        if isinstance(config.get_property(name), Gimp.Layer):
            config.set_property(name, None)


def drawing_of(image: Any, selected: list[Any], by_dialog: bool) -> tuple[Any, ...]:
    """The layers to colour, bottom to top, for the layers that are chosen in the editor, top to bottom.

    Layers of a result stand for the drawing that it was made from. A person who has hints chosen, or the same layers as the last
    time, means the drawing of the last time. Raises HostError where a result's drawing is not known.
    """
    told = _told(image)
    if by_dialog:
        last = _layers(image, told.get("drawing", []))
        inputs = _layers(image, told.get("layers", {}).values())
        same = selected and selected == _layers(image, told.get("selected", []))
        if last and selected and (same or all(each in inputs for each in selected)):
            return tuple(last)
        selected = [each for each in selected if each not in inputs] or selected
    found: list[Any] = []
    for layer in reversed(selected):
        group = result_with(layer)
        lines = [layer] if group is None else _drawing(image, group)
        if not lines:
            raise HostError("A result of colorgan is not a drawing; choose the layer with the lines.")
        found += [each for each in lines if each not in found]
    return tuple(found)


def remember_drawing(group: Any, drawing: tuple[Any, ...]) -> None:
    """Keeps with a result which layers it was made from."""
    data = json.dumps([_written(each) for each in drawing]).encode("ascii")
    group.attach_parasite(Gimp.Parasite.new(DRAWING, FLAGS, data))


def result_with(layer: Any) -> Any:
    """The outermost group of colorgan's that a layer is in, or is; None where it is in none."""
    found = None
    while layer is not None:
        found = layer if is_result(layer) else found
        layer = layer.get_parent()
    return found


def is_result(layer: Any) -> bool:
    """Whether colorgan has made this group; its first versions have left no mark but in the layers."""
    if not layer.is_group():
        return False
    old = layer.get_name().startswith(GROUP)
    return DRAWING in layer.get_parasite_list() or (
        old and any(WRITTEN in child.get_parasite_list() for child in layer.get_children())
    )


def result_to_update(image: Any, selected: list[Any], drawing: tuple[Any, ...]) -> Any:
    """The result that is chosen in the editor, else the topmost one of this drawing, else the topmost one that has kept none; or None."""
    chosen = [group for group in map(result_with, selected) if group is not None]
    every = list(_results(image.get_layers()))
    mine = [group for group in every if set(_drawing(image, group)) == set(drawing)]
    unknown = [group for group in every if not _drawing(image, group)]
    return next(iter([*chosen, *mine, *unknown]), None)


def _results(layers: list[Any]) -> Iterator[Any]:
    for layer in layers:
        if is_result(layer):
            yield layer
        elif layer.is_group():
            yield from _results(layer.get_children())


def _drawing(image: Any, group: Any) -> list[Any]:
    """The layers that a result was made from, bottom to top; none where they are gone or nothing was kept."""
    parasite = group.get_parasite(DRAWING)
    return [] if parasite is None else _layers(image, json.loads(bytes(parasite.get_data())))


def _arguments(procedure: Any) -> list[str]:
    return [each.name for each in procedure.get_arguments() if each.name not in NOT_OURS]


def _told(image: Any) -> dict[str, Any]:
    parasite = image.get_parasite(INPUTS)
    return {} if parasite is None else dict(json.loads(bytes(parasite.get_data())))


def _written(value: Any) -> Any:
    """A value of an argument in JSON."""
    if isinstance(value, Gimp.Layer):
        return {"layer": value.get_name(), "tattoo": value.get_tattoo()}
    if isinstance(value, Gio.File):
        return {"file": value.get_uri()}
    if isinstance(value, Gimp.Palette):
        return {"palette": value.get_name()}
    return value


def _read(image: Any, told: Any) -> Any:
    """The value again; None where there is no such layer or palette any more."""
    if not isinstance(told, dict):
        return told
    if "file" in told:
        return Gio.File.new_for_uri(told["file"])
    if "palette" in told:
        return Gimp.Palette.get_by_name(told["palette"])
    # a layer may have been renamed, and a copy of the image has given the layers other numbers
    marked, named = image.get_layer_by_tattoo(told["tattoo"]), image.get_layer_by_name(told["layer"])
    return named or marked


def _layers(image: Any, told: Any) -> list[Any]:
    return [layer for layer in (_read(image, each) for each in told) if layer is not None]
