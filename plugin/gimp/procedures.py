"""The procedures that GIMP knows, with arguments made from the table of operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from client import operations, words  # type: ignore[import-not-found]
from gi.repository import Gimp, GObject  # type: ignore[import-not-found]
from jobs import Wishes, check  # type: ignore[import-not-found]
from memory import drawing_of  # type: ignore[import-not-found]

STYLES = 3  # files that the dialog has room for
READWRITE = GObject.ParamFlags.READWRITE
# What the engine takes care of by itself, or this plug-in.
OURS = ("weights", "device", "regions", "merge", "split", "paint", "task", "style")
LAYERS = ("hints", "bare", "reference")
FILES = {
    "palette": "Or a file: a palette, a list of colours, or a picture.",
    "reference": "Or a picture from a file.",
}  # parameters that may come from a file, too
AUTOMATIC = {"seed": 0, "close-gaps": -1}  # numbers that stand for no choice


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
        "Colour _grey picture…", "Colour a grey picture on a new layer.", "colorize", (("task", "gray"),),
        ("shade", "bare", "close_gaps", "clean_lines", "colored_lines"),
    ),
    "plug-in-colorgan-stylize": Told("_Style…", "Paint the picture in the style of others, on a new layer.", "stylize"),
}  # fmt: skip


def parameters_of(told: Told) -> list[Any]:
    """Of the table, those that are arguments here."""
    return [
        each for each in operations.OPERATIONS[told.operation].parameters if each.name not in (*OURS, *told.without)
    ]


def mnemonics(labels: dict[str, str]) -> dict[str, str]:
    """The same with underlined letters that differ from each other, and from those of the dialog's own buttons."""
    free = {
        name: [letter for letter in label.lower() if letter.isalpha() and letter not in "ohcrls"]
        for name, label in labels.items()
    }
    owner: dict[str, str] = {}  # of letters; OK, Help, Cancel and Reset have theirs

    def found(name: str, asked: set[str]) -> bool:
        """Gives a label one of its letters, if need be after its owner has found another (Kuhn's matching)."""
        for letter in free[name]:
            if letter not in asked:
                asked.add(letter)
                if letter not in owner or found(owner[letter], asked):
                    owner[letter] = name
                    return True
        return False

    for name in labels:
        assert found(name, set()), name
    marked = dict(labels)
    for letter, name in owner.items():
        at = labels[name].lower().index(letter)
        marked[name] = f"{labels[name][:at]}_{labels[name][at:]}"
    return marked


def labels_of(told: Told) -> dict[str, str]:
    """By argument, what the dialog calls it."""
    labels = {"drawing": words.LABELS["drawing" if dict(told.fixed).get("task") == "lineart" else "picture"]}
    for each in parameters_of(told):
        name = each.name.replace("_", "-")
        labels[name] = words.LABELS[each.name]
        if each.name in FILES:
            labels[f"{name}-file"] = f"{words.LABELS[each.name]} file"
        if each.name == "palette":
            labels["use-palette"] = "Use a palette of GIMP"
    if dict(told.fixed).get("task") == "lineart":
        labels["update"] = words.LABELS["update"]
    if told.operation == "stylize":
        for number in range(1, STYLES + 1):
            labels[f"style-{number}"], labels[f"weight-{number}"] = f"Style {number}", f"Weight {number}"
        labels["style-layer"] = "Style layer"
    return mnemonics(labels)


def add_arguments(procedure: Any, told: Told) -> None:
    labels = labels_of(told)
    what = "drawing" if dict(told.fixed).get("task") == "lineart" else "picture"
    help_ = f"{words.HELP[what]} Without it, the selected layers."
    procedure.add_layer_argument("drawing", labels["drawing"], help_, True, READWRITE)
    for each in parameters_of(told):
        name, help_ = each.name.replace("_", "-"), words.HELP[each.name]
        label = labels[name]
        if each.name in LAYERS:
            procedure.add_layer_argument(name, label, help_, True, READWRITE)
        elif each.name == "palette":
            # GIMP's dialog has no way to choose none; scripts have
            more = "Uses the palette below. Scripts do not need this argument."
            procedure.add_boolean_argument("use-palette", labels["use-palette"], more, False, READWRITE)
            procedure.add_palette_argument(name, label, help_, True, None, False, READWRITE)
        elif name in AUTOMATIC:
            usual = AUTOMATIC[name]
            more = f"{help_} Scripts: {usual} is Automatic."
            procedure.add_int_argument(name, label, more, usual, int(each.maximum), usual, READWRITE)
        elif each.kind == "flag":
            procedure.add_boolean_argument(name, label, help_, each.default, READWRITE)
        elif each.kind == "number":
            procedure.add_double_argument(name, label, help_, each.minimum, each.maximum, each.default, READWRITE)
        else:
            raise AssertionError(f"no argument for {each.name}")
        if each.name in FILES:
            add_file(procedure, f"{name}-file", labels, FILES[each.name])
    if "update" in labels:
        procedure.add_boolean_argument("update", labels["update"], words.HELP["update"], False, READWRITE)
    if told.operation == "stylize":
        for number in range(1, STYLES + 1):
            weight = f"weight-{number}"
            add_file(procedure, f"style-{number}", labels, "A picture whose style is taken.")
            procedure.add_double_argument(weight, labels[weight], "How much of it.", 0.01, 100, 1, READWRITE)
        help_ = "Or a layer whose style is taken."
        procedure.add_layer_argument("style-layer", labels["style-layer"], help_, True, READWRITE)


def add_file(procedure: Any, name: str, labels: dict[str, str], help_: str) -> None:
    procedure.add_file_argument(name, labels[name], help_, Gimp.FileChooserAction.OPEN, True, None, READWRITE)


def wishes_of(told: Told, image: Any, config: Any, drawables: list[Any], by_dialog: bool) -> Any:
    """What a call asks for. Raises HostError where a chosen layer cannot be the drawing."""
    given = {each.name: config.get_property(each.name.replace("_", "-")) for each in parameters_of(told)}
    parameters: dict[str, Any] = dict(told.fixed)
    for name, value in given.items():
        if name in LAYERS or value is None:
            continue
        if name == "palette" and by_dialog and not config.get_property("use-palette"):
            continue
        if name == "palette":
            parameters["palette"] = ",".join("#" + hexadecimal(color) for color in value.get_colors())
        elif name != "close_gaps" or value >= 0:
            parameters[name] = value
    styles: tuple[tuple[Any, float], ...] = ()
    drawing = config.get_property("drawing")
    if drawing is not None:
        lines = (drawing,)
    elif told.operation == "colorize":
        lines = drawing_of(image, drawables, by_dialog)
    else:
        lines = tuple(reversed(drawables))
    if told.operation == "colorize":
        for name in FILES:
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
    wishes = Wishes(told.operation, parameters, lines, *layers, styles, tuple(drawables), update)
    check(wishes)
    return wishes


def hexadecimal(color: Any) -> str:
    """#rrggbb without #. GEGL tells linear light; IEC 61966-2-1 has the curve."""
    linear = [min(1.0, max(0.0, each)) for each in color.get_rgba()[:3]]
    curved = [12.92 * each if each <= 0.0031308 else 1.055 * each ** (1 / 2.4) - 0.055 for each in linear]
    return bytes(round(255 * each) for each in curved).hex()
