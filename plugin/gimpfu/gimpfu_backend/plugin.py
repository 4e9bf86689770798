"""The plug-in as GIMP 3 sees it: procedures with arguments, a dialog, and what a call runs."""

from __future__ import annotations

import functools
import re
import sys
import traceback

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("GimpUi", "3.0")
from gi.repository import Gimp, GimpUi, GLib, GObject  # noqa: E402

from gimpcolor import color  # noqa: E402
from gimpfu_backend import formats, gimp3  # noqa: E402
from gimpfu_backend.pdb import WRAP, as_text, from_text, wrapped  # noqa: E402
from gimpfu_python2.names import Explained  # noqa: E402
from gimpfu_python2.numbers import whole  # noqa: E402

READWRITE = GObject.ParamFlags.READWRITE
WHOLE = 2**31 - 1
NUMBERS = ("INT8", "INT16", "INT32", "INT")
TEXT_ARRAYS = ("INT16ARRAY", "INT32ARRAY", "FLOATARRAY", "COLORARRAY")


def main(registered):
    told = {each.name: each for each in registered}
    query = functools.cache(lambda: queried(registered))

    class Plugin(Gimp.PlugIn):
        def do_set_i18n(self, name):
            return False

        def do_query_procedures(self):
            query()
            return list(told)

        def do_create_procedure(self, name):
            query()
            return created(self, told[name])

    Gimp.main(Plugin.__gtype__, sys.argv)


def queried(registered):
    """Calls what plug-ins gave as `on_query`, each once; one that fails leaves the others, and the menus, as they are."""
    for function in dict.fromkeys(each.on_query for each in registered if each.on_query):
        try:
            function()
        except Exception:
            sys.stderr.write(traceback.format_exc())


def created(plugin, told):
    """The procedure of what a plug-in registered."""
    kind = Gimp.PDBProcType.PLUGIN
    if told.files == "<Load>":
        procedure = Gimp.LoadProcedure.new(plugin, told.name, kind, run_load, told)
    elif told.files == "<Save>":
        procedure = Gimp.ExportProcedure.new(plugin, told.name, kind, False, run_save, told)
        procedure.set_image_types(told.imagetypes or "*")
    elif told.takes_image:
        procedure = Gimp.ImageProcedure.new(plugin, told.name, kind, run_on_image, told)
        procedure.set_image_types(told.imagetypes or "*")
        mask = Gimp.ProcedureSensitivityMask
        needs = mask.DRAWABLE | mask.DRAWABLES
        procedure.set_sensitivity_mask(needs if told.takes_drawable else needs | mask.NO_DRAWABLES)
    else:
        procedure = Gimp.Procedure.new(plugin, told.name, kind, run_alone, told)
        procedure.add_enum_argument(
            "run-mode", "Run mode", "The run mode", Gimp.RunMode, Gimp.RunMode.NONINTERACTIVE, READWRITE
        )
    if told.files:
        for name, value in formats.HANDLERS.get(told.name, {}).items():
            getattr(procedure, "set_" + name.replace("-", "_"))(value)
        procedure.set_format_name(told.label.replace("_", "") or told.name)
    if told.label:
        procedure.set_menu_label(told.label)
        if told.menu and not told.files:
            procedure.add_menu_path(told.menu)
    procedure.set_documentation(told.blurb or "", told.help or told.blurb or "", told.name)
    procedure.set_attribution(told.author or "", told.copyright or "", str(told.date))
    for name, each in argument_names(told):
        add_argument(procedure, name, each)
    for n, each in enumerate(told.results if told.files != "<Load>" else ()):  # which has its image as it is
        add_result(procedure, f"result-{n}-" + canonical(each.name), each)
    return procedure


def canonical(name):
    """A name that GObject takes for a property."""
    name = re.sub("[^a-z0-9-]+", "-", str(name).lower()).strip("-")
    return name if name[:1].isalpha() else "p-" + name


def argument_names(told):
    """[(name for GObject, parameter)] of what the dialog asks, each name once."""
    taken, found = {"run-mode", "image", "drawables", "file", "options"}, []
    for each in told.asked:
        name = start = canonical(each.name)
        number = 2
        while name in taken:
            name, number = f"{start}-{number}", number + 1
        taken.add(name)
        found.append((name, each))
    return found


def range_of(each):
    """The least and the greatest of a slider or spinner, and its step."""
    low, high, step = (*tuple(each.extra), 1)[:3]
    return float(low), float(high), float(step)


def is_whole(each):
    low, high, step = (*tuple(each.extra), 1)[:3]
    return all(float(part).is_integer() for part in (low, high, step, each.default))


def add_argument(procedure, name, each):
    kind, label, default = each.kind, each.label or each.name, each.default
    blurb = label.replace("_", "")
    label = label.rstrip(":")
    if kind in NUMBERS:
        procedure.add_int_argument(name, label, blurb, -WHOLE - 1, WHOLE, int(default or 0), READWRITE)
    elif kind == "FLOAT":
        procedure.add_double_argument(name, label, blurb, -1e9, 1e9, float(default or 0), READWRITE)
    elif kind in ("SLIDER", "SPINNER"):
        low, high, _ = range_of(each)
        default = min(high, max(low, float(default or 0)))
        if is_whole(each):
            procedure.add_int_argument(name, label, blurb, int(low), int(high), int(default), READWRITE)
        else:
            procedure.add_double_argument(name, label, blurb, low, high, default, READWRITE)
    elif kind in ("STRING", "TEXT", "VALUE", *TEXT_ARRAYS):
        written = {"VALUE": repr, **dict.fromkeys(TEXT_ARRAYS, as_text)}.get(kind, str)
        text = default if isinstance(default, str) else "" if default is None else written(default)
        procedure.add_string_argument(name, label, blurb, text, READWRITE)
    elif kind == "TOGGLE":
        procedure.add_boolean_argument(name, label, blurb, bool(default), READWRITE)
    elif kind in ("OPTION", "RADIO"):
        choice = Gimp.Choice.new()
        for n, (words, _) in enumerate(choices(each)):
            choice.add(str(n), n, str(words).replace("_", ""), "")
        at = next((n for n, (_, value) in enumerate(choices(each)) if value == default), 0)
        procedure.add_choice_argument(name, label, blurb, choice, str(at), READWRITE)
    elif kind == "COLOR":
        procedure.add_color_argument(
            name, label, blurb, False, gimp3.from_color(color(default or (0, 0, 0))), READWRITE
        )
    elif kind in ("FILE", "FILENAME", "DIRNAME"):
        action = Gimp.FileChooserAction.SELECT_FOLDER if kind == "DIRNAME" else Gimp.FileChooserAction.ANY
        file = gimp3.Gio.File.new_for_path(str(default)) if default else None
        procedure.add_file_argument(name, label, blurb, action, True, file, READWRITE)
    elif kind in ("FONT", "BRUSH", "PATTERN", "GRADIENT", "PALETTE"):
        getattr(procedure, f"add_{kind.lower()}_argument")(name, label, blurb, True, None, True, READWRITE)
    elif kind in ("IMAGE", "DISPLAY", "ITEM", "LAYER", "CHANNEL", "DRAWABLE", "VECTORS"):
        word = "path" if kind == "VECTORS" else kind.lower()
        getattr(procedure, f"add_{word}_argument")(name, label, blurb, True, READWRITE)
    elif kind == "STRINGARRAY":
        procedure.add_string_array_argument(name, label, blurb, READWRITE)
    elif kind == "INT8ARRAY":
        procedure.add_bytes_argument(name, label, blurb, READWRITE)
    else:
        raise AssertionError(f"no argument for PF_{kind}")


def choices(each):
    """[(words, value)] of an option or a radio group."""
    if each.kind == "OPTION":
        return [(words, n) for n, words in enumerate(each.extra)]
    return [(words, value) for words, value in each.extra]


def add_result(procedure, name, each):
    kind, blurb = each.kind, each.label or each.name
    if kind in (*NUMBERS, "TOGGLE", "OPTION"):
        procedure.add_int_return_value(name, blurb, blurb, -WHOLE - 1, WHOLE, 0, READWRITE)
    elif kind in ("FLOAT", "SLIDER", "SPINNER"):
        procedure.add_double_return_value(name, blurb, blurb, -1e300, 1e300, 0, READWRITE)
    elif kind == "COLOR":
        procedure.add_color_return_value(name, blurb, blurb, True, gimp3.from_color(color((0, 0, 0))), READWRITE)
    elif kind in ("IMAGE", "DISPLAY", "ITEM", "LAYER", "CHANNEL", "DRAWABLE", "VECTORS"):
        word = "path" if kind == "VECTORS" else kind.lower()
        getattr(procedure, f"add_{word}_return_value")(name, blurb, blurb, True, READWRITE)
    else:
        procedure.add_string_return_value(name, blurb, blurb, "", READWRITE)


def value_of(name, each, config):
    """What the plug-in's function is given for an argument."""
    kind = each.kind
    found = gimp3.Host._plain(None, config.get_property(name))
    if kind in ("OPTION", "RADIO"):
        return choices(each)[int(found)][1]
    if kind in ("SLIDER", "SPINNER"):
        return whole(float(found))
    if kind == "TOGGLE":
        return bool(found)
    if kind == "VALUE":
        return literal(found)
    if kind in TEXT_ARRAYS:
        return from_text(kind, found or "")
    if found is None and kind in ("FILE", "FILENAME", "DIRNAME", "STRING", "TEXT"):
        return ""
    return wrapped(found)


def with_colors(config, told):
    """Puts the defaults of colours into a call's arguments: GIMP 3.0.4 loses them, and has black of no opacity instead.

    GIMP 2's colours were all opaque, so nobody can have meant that one.
    """
    for name, each in argument_names(told):
        if each.kind == "COLOR" and gimp3._rgb(config.get_property(name)).a == 0:
            config.set_property(name, gimp3.from_color(color(each.default or (0, 0, 0))))


def literal(text):
    """PF_VALUE: what a person wrote, as a value where it is one. Python 2's gimpfu evaluated it."""
    import ast

    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def run_on_image(procedure, mode, image, drawables, config, told):
    first = [WRAP["GimpImage"](image.get_id())]
    if told.takes_drawable:
        kind = told.params[1].kind
        if kind == "VECTORS":
            drawables = image.get_selected_paths()
        elif kind == "CHANNEL":
            drawables = image.get_selected_channels()
        if not drawables:
            wanted = {"VECTORS": "path", "CHANNEL": "channel"}.get(kind, "layer")
            return failed(procedure, f"{told.name} needs a {wanted}.")
        first.append(wrapped(gimp3.handle(drawables[0])))
    return run(procedure, mode, config, told, first)


def run_alone(procedure, config, told):
    return run(procedure, config.get_property("run-mode"), config, told, [])


def run_load(procedure, mode, file, metadata, flags, config, told):
    path = gimp3.Host._plain(None, file)
    return run(procedure, mode, config, told, [path, path]), flags


def run_save(procedure, mode, image, file, options, metadata, config, told):
    path = gimp3.Host._plain(None, file)
    drawable = [*image.get_selected_drawables(), *image.get_layers()][0]
    first = [WRAP["GimpImage"](image.get_id()), wrapped(gimp3.handle(drawable)), path, path]
    return run(procedure, mode, config, told, first)


def run(procedure, mode, config, told, first):
    """Calls the plug-in's function with what GIMP gives first and what the dialog, or the caller, has answered."""
    with_colors(config, told)
    if mode == Gimp.RunMode.INTERACTIVE and told.asked and not agreed(procedure, config, told):
        return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, None)
    try:
        found = told.call(first + [value_of(name, each, config) for name, each in argument_names(told)])
        if told.files == "<Load>" and (not found or found[0] is None):
            raise RuntimeError("it gave no image")
    except Exception as raised:
        if isinstance(raised, Explained):
            return failed(procedure, str(raised))
        sys.stderr.write(traceback.format_exc())
        return failed(procedure, f"{type(raised).__name__}: {raised}" if str(raised) else type(raised).__name__)
    finally:
        Gimp.displays_flush()
    values = procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, None)
    for n, (each, value) in enumerate(zip(told.results, found)):
        values.remove(n + 1)
        values.insert(n + 1, result(each, value))
    return values


def result(each, value):
    """A GValue of what the function returned."""
    kinds = {"IMAGE": Gimp.Image, "DISPLAY": Gimp.Display, "LAYER": Gimp.Layer, "CHANNEL": Gimp.Channel, "DRAWABLE": Gimp.Drawable,
             "ITEM": Gimp.Item, "VECTORS": Gimp.Path}  # fmt: skip
    if each.kind in kinds:
        owner = Gimp.Image if each.kind == "IMAGE" else Gimp.Display if each.kind == "DISPLAY" else Gimp.Item
        return GObject.Value(kinds[each.kind].__gtype__, None if value is None else owner.get_by_id(value.ID))
    if each.kind in (*NUMBERS, "TOGGLE", "OPTION"):
        return GObject.Value(GObject.TYPE_INT, int(value or 0))
    if each.kind in ("FLOAT", "SLIDER", "SPINNER"):
        return GObject.Value(GObject.TYPE_DOUBLE, float(value or 0))
    if each.kind == "COLOR":
        return GObject.Value(gimp3.Gegl.Color.__gtype__, gimp3.from_color(color(value)))
    text = "" if value is None else as_text(value) if each.kind in TEXT_ARRAYS else str(value)
    return GObject.Value(GObject.TYPE_STRING, text)


def failed(procedure, sentence):
    error = GLib.Error.new_literal(Gimp.PlugIn.error_quark(), sentence, 0)
    return procedure.new_return_values(Gimp.PDBStatusType.EXECUTION_ERROR, error)


def agreed(procedure, config, told):
    """Shows the dialog; whether the person said OK."""
    GimpUi.init(told.name)
    dialog = GimpUi.ProcedureDialog.new(procedure, config, told.label.replace("_", "").rstrip(".…") or told.name)
    for name, each in argument_names(told):
        if each.kind == "SLIDER":
            dialog.get_scale_entry(name, 1.0)
        elif each.kind == "TEXT":
            dialog.get_widget(name, GObject.type_from_name("GtkTextView"))
        elif each.kind == "RADIO":
            dialog.get_widget(name, GimpUi.StringComboBox.__gtype__)
    dialog.fill([name for name, _ in argument_names(told)])
    said = dialog.run()
    dialog.destroy()
    return said
