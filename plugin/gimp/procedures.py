"""The procedures that GIMP knows, with arguments made from the table of operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from client import operations  # type: ignore[import-not-found]
from gi.repository import Gimp, GObject  # type: ignore[import-not-found]
from jobs import Wishes  # type: ignore[import-not-found]

STYLES = 3  # files that the dialog has room for
READWRITE = GObject.ParamFlags.READWRITE
# What the engine takes care of by itself, or this plug-in.
OURS = ("weights", "device", "regions", "merge", "split", "paint", "task", "style")
LAYERS = ("hints", "bare", "reference")


@dataclass(frozen=True)
class Told:
    """operation: of the table. fixed: parameters that this procedure sets itself; without: those that it does not have."""

    label: str
    summary: str
    operation: str
    fixed: tuple[tuple[str, Any], ...] = ()
    without: tuple[str, ...] = ()


PROCEDURES = {
    "plug-in-colorgan-colorize": Told(
        "_Colour line art…", "Colour line art: flats, shade and lines on layers of a new group.", "colorize", (("task", "lineart"),),
    ),
    "plug-in-colorgan-flats": Told(
        "_Flats…", "Colour line art in exact flats alone.", "colorize", (("task", "lineart"), ("shade", False)), ("shade",)
    ),
    "plug-in-colorgan-colorize-gray": Told(
        "Colour _grey picture…", "Colour a grey picture on a new layer.", "colorize", (("task", "gray"),), ("shade", "bare", "close_gaps"),
    ),
    "plug-in-colorgan-stylize": Told("_Style…", "Paint the picture in the style of others, on a new layer.", "stylize"),
}  # fmt: skip


def parameters_of(told: Told) -> list[Any]:
    """Of the table, those that are arguments here."""
    return [
        each for each in operations.OPERATIONS[told.operation].parameters if each.name not in (*OURS, *told.without)
    ]


def mnemonics(names: list[str]) -> dict[str, str]:
    """Labels whose underlined letters differ from each other, and from those of the dialog's own buttons."""
    taken, labels = set("ohcrls"), {}  # OK, Help, Cancel, Reset, Load and Save settings
    for name in names:
        words = name.replace("_", " ").replace("-", " ").capitalize()
        at = next((n for n, letter in enumerate(words) if letter.isalpha() and letter.lower() not in taken), None)
        if at is not None:
            taken.add(words[at].lower())
            words = f"{words[:at]}_{words[at:]}"
        labels[name] = words
    return labels


def add_arguments(procedure: Any, told: Told) -> None:
    parameters = parameters_of(told)
    names = [each.name for each in parameters]
    if told.operation == "colorize":
        names += ["use-palette", "palette-file", "reference-file", "update"]
    else:
        names += [f"{kind}-{number}" for number in range(1, STYLES + 1) for kind in ("style", "weight")] + [
            "style-layer"
        ]
    labels = mnemonics(names)
    for each in parameters:
        name, label = each.name.replace("_", "-"), labels[each.name]
        if each.name in LAYERS:
            procedure.add_layer_argument(name, label, each.help, True, READWRITE)
        elif each.name == "palette":
            # GIMP's dialog has no way to choose none; scripts have
            words = "In this dialog, whether GIMP's palette below counts; scripts need not say so."
            procedure.add_boolean_argument("use-palette", labels["use-palette"], words, False, READWRITE)
            procedure.add_palette_argument(
                name, label, "The colours to use: one of GIMP's palettes.", True, None, False, READWRITE
            )
        elif each.name in ("seed", "close_gaps"):
            more = " -1: not given." if each.default is None else ""
            procedure.add_int_argument(name, label, each.help + more, -1, int(each.maximum), -1, READWRITE)
        elif each.kind == "flag":
            procedure.add_boolean_argument(name, label, each.help, each.default, READWRITE)
        elif each.kind == "number":
            procedure.add_double_argument(name, label, each.help, each.minimum, each.maximum, each.default, READWRITE)
        else:
            raise AssertionError(f"no argument for {each.name}")
    if told.operation == "colorize":
        for name, words in (
            ("palette-file", "Or a file: a palette, a list of colours, or a picture."),
            ("reference-file", "Or a file."),
        ):
            procedure.add_file_argument(name, labels[name], words, Gimp.FileChooserAction.OPEN, True, None, READWRITE)
        if dict(told.fixed).get("task") == "lineart":
            words = "Write the last group anew, instead of making another. What you have corrected in it stays."
            procedure.add_boolean_argument("update", labels["update"], words, False, READWRITE)
    else:
        for number in range(1, STYLES + 1):
            style, weight = f"style-{number}", f"weight-{number}"
            procedure.add_file_argument(
                style,
                labels[style],
                "A picture whose style is taken.",
                Gimp.FileChooserAction.OPEN,
                True,
                None,
                READWRITE,
            )
            procedure.add_double_argument(weight, labels[weight], "How much of it.", 0.01, 100, 1, READWRITE)
        words = "Or a layer whose style is taken."
        procedure.add_layer_argument("style-layer", labels["style-layer"], words, True, READWRITE)


# What belongs together in a dialog: a title, and arguments.
FRAMES = (
    ("What you want", ("hints", "bare", "reference", "reference-file")),
    ("Colours", ("palette-frame", "palette-file", "seed")),
    ("Result", ("close-gaps", "shade", "update")),
    (
        "Styles",
        (*(f"{kind}-{number}" for number in range(1, STYLES + 1) for kind in ("style", "weight")), "style-layer"),
    ),
    ("How much", ("strength", "preserve-color")),
)


def fill(dialog: Any, procedure: Any) -> None:
    """Puts the arguments into the dialog, in frames."""
    there = {each.name for each in procedure.get_arguments()}
    if "use-palette" in there:
        dialog.fill_frame("palette-frame", "use-palette", False, "palette")
        there.add("palette-frame")
    frames = []
    for title, names in FRAMES:
        here = [name for name in names if name in there]
        if here:
            key = title.lower().replace(" ", "-")
            dialog.get_label(f"{key}-title", title, False, False)
            dialog.fill_box(f"{key}-box", here)
            dialog.fill_frame(key, f"{key}-title", False, f"{key}-box")
            frames.append(key)
    dialog.fill(frames)


def wishes_of(told: Told, config: Any, drawables: list[Any], by_dialog: bool) -> Any:
    """What a call asks for."""
    given = {each.name: config.get_property(each.name.replace("_", "-")) for each in parameters_of(told)}
    parameters: dict[str, Any] = dict(told.fixed)
    for name, value in given.items():
        if name in LAYERS or value is None:
            continue
        if name == "palette" and by_dialog and not config.get_property("use-palette"):
            continue
        if name == "palette":
            parameters["palette"] = ",".join("#" + hexadecimal(color) for color in value.get_colors())
        elif not (name in ("seed", "close_gaps") and value < 0):
            parameters[name] = value
    styles: tuple[tuple[Any, float], ...] = ()
    if told.operation == "colorize":
        for name in ("palette", "reference"):
            file = config.get_property(f"{name}-file")
            if file is not None:
                parameters[name] = file.get_path()
    else:
        files = [(config.get_property(f"style-{n}"), config.get_property(f"weight-{n}")) for n in range(1, STYLES + 1)]
        parameters["style"] = [f"{file.get_path()}:{weight:g}" for file, weight in files if file is not None]
        layer = config.get_property("style-layer")
        styles = () if layer is None else ((layer, 1.0),)
    update = dict(told.fixed).get("task") == "lineart" and config.get_property("update")
    layers = [given.get(name) for name in LAYERS]
    return Wishes(told.operation, parameters, tuple(reversed(drawables)), *layers, styles, update)


def hexadecimal(color: Any) -> str:
    """#rrggbb without #. GEGL tells linear light; IEC 61966-2-1 has the curve."""
    linear = [min(1.0, max(0.0, each)) for each in color.get_rgba()[:3]]
    curved = [12.92 * each if each <= 0.0031308 else 1.055 * each ** (1 / 2.4) - 0.055 for each in linear]
    return bytes(round(255 * each) for each in curved).hex()
