"""The dialog: layers by name, and the other arguments in frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from client import words  # type: ignore[import-not-found]
from gi.repository import GimpUi, Gtk  # type: ignore[import-not-found]
from memory import is_result  # type: ignore[import-not-found]
from procedures import AUTOMATIC, LAYERS, STYLES  # type: ignore[import-not-found]

SELECTED = "selected"  # choice of the drawing: what is chosen in the Layers dialog
NONE = "none"

# What belongs together: a title, and arguments.
FRAMES = (
    ("Colours", ("reference-file", "palette-frame", "palette-file", "seed")),
    ("Result", ("close-gaps", "shade", "clean-lines", "colored-lines", "update")),
    ("Styles", tuple(f"{kind}-{number}" for number in range(1, STYLES + 1) for kind in ("style", "weight"))),
    ("Amount", ("strength", "preserve-color")),
)


def agreed(procedure: Any, config: Any, title: str, image: Any, drawing: tuple[Any, ...]) -> bool:
    """Shows the dialog until it is answered; `config` has then what was chosen. drawing: what is chosen in the editor."""
    if len(drawing) == 1:
        config.set_property("drawing", drawing[0])
    dialog = GimpUi.ProcedureDialog.new(procedure, config, title)
    there = [each.name for each in procedure.get_arguments()]
    dialog.get_content_area().pack_start(layers_frame(procedure, config, image, drawing), False, False, 0)
    if "use-palette" in there:
        dialog.fill_frame("palette-frame", "use-palette", False, "palette")
        there.append("palette-frame")
    frames = []
    for name, names in FRAMES:
        here = [each for each in names if each in there]
        if here:
            key = name.lower()
            dialog.get_label(f"{key}-title", name, False, False)
            dialog.fill_box(f"{key}-box", here)
            dialog.fill_frame(key, f"{key}-title", False, f"{key}-box")
            frames.append(key)
    dialog.fill(frames)
    for name, value in AUTOMATIC.items():
        if name in there:
            show_automatic(dialog.get_widget(name, GimpUi.LabelSpin.__gtype__), value)
    try:
        return bool(dialog.run())
    finally:
        dialog.destroy()


def layers_frame(procedure: Any, config: Any, image: Any, drawing: tuple[Any, ...]) -> Any:
    """A choice by name for each argument that is a layer: GIMP's own has no names, and no way to choose none."""
    frame, grid = GimpUi.Frame.new("Layers"), Gtk.Grid(row_spacing=4, column_spacing=8)
    frame.add(grid)
    arguments = {each.name: each for each in procedure.get_arguments()}
    layers = list(every_layer(image.get_layers()))
    for row, name in enumerate(name for name in ("drawing", *LAYERS, "style-layer") if name in arguments):
        combo, label = Gtk.ComboBoxText(hexpand=True), Gtk.Label(xalign=0, use_underline=True)
        label.set_label(arguments[name].nick)
        label.set_mnemonic_widget(combo)
        combo.set_tooltip_text(arguments[name].blurb)
        if name != "drawing":
            combo.append(NONE, "None")
        elif len(drawing) != 1:
            combo.append(SELECTED, f"The {len(drawing)} selected layers" if drawing else "None")
        for layer in layers:
            combo.append(str(layer.get_id()), layer.get_name())
        link(combo, config, name, layers, drawing)
        grid.attach(label, 0, row, 1, 1)
        grid.attach(combo, 1, row, 1, 1)
    frame.show_all()
    return frame


def link(combo: Any, config: Any, name: str, layers: list[Any], drawing: tuple[Any, ...]) -> None:
    """Keeps a choice and the argument alike, also where the dialog's settings are reset."""
    nothing = NONE if name != "drawing" else str(drawing[0].get_id()) if len(drawing) == 1 else SELECTED
    known = {str(layer.get_id()): layer for layer in layers}

    def show(*_: Any) -> None:
        layer = config.get_property(name)
        combo.set_active_id(nothing if layer is None else str(layer.get_id()))

    def choose(*_: Any) -> None:
        layer = known.get(combo.get_active_id())
        if config.get_property(name) != layer:
            config.set_property(name, layer)

    show()
    combo.connect("changed", choose)
    handler = config.connect(f"notify::{name}", show)
    combo.connect("destroy", lambda _: config.disconnect(handler))


def every_layer(layers: list[Any]) -> Iterator[Any]:
    """Top to bottom, with those in groups, without colorgan's results."""
    for layer in layers:
        if not is_result(layer):
            yield layer
            if layer.is_group():
                yield from every_layer(layer.get_children())


def show_automatic(widget: Any, automatic: int) -> None:
    """Shows a word in place of the number that stands for it."""

    def show(button: Any) -> bool:
        if button.get_value() != automatic:
            return False
        if button.get_text() != words.AUTOMATIC:
            button.set_text(words.AUTOMATIC)
        return True

    for button in spin_buttons(widget):
        button.set_update_policy(Gtk.SpinButtonUpdatePolicy.IF_VALID)  # the word is no number, and changes nothing
        button.set_numeric(False)
        button.set_width_chars(max(button.get_width_chars(), len(words.AUTOMATIC)))
        button.connect("output", show)
        button.update()


def spin_buttons(widget: Any) -> Iterator[Any]:
    if isinstance(widget, Gtk.SpinButton):
        yield widget
    elif isinstance(widget, Gtk.Container):
        for child in widget.get_children():
            yield from spin_buttons(child)
