"""Procedures that gimpfu's table says work, called by their old names with plain arguments, each on an image of its own."""

import json
import os
import re

from gimpfu import ADD_WHITE_MASK, NORMAL_MODE, PIXELS, RGB, RGBA_IMAGE, WHITE_FILL, gimp, pdb
from gimpfu_backend import host
from gimpfu_backend.renamed import new_name

TABLE = os.environ["TABLE"]  # gimpfu's README
# What ends the program, opens windows, or is a plug-in.
UNCALLED = re.compile("gimp_quit|plug_in_|script_fu_|python_fu_|file_|extension_|gimp_displays?_|gimp_(help|edit_undo)")


def values(kinds):
    """Plain arguments of GObject types, on a new image with a layer, a mask, a channel, a path and a selection."""
    image = gimp.Image(24, 16, RGB)
    layer = gimp.Layer(image, "layer", 24, 16, RGBA_IMAGE, 100.0, NORMAL_MODE)
    image.add_layer(layer, 0)
    layer.fill(WHITE_FILL)
    mask = layer.create_mask(ADD_WHITE_MASK)
    layer.add_mask(mask)
    channel = gimp.Channel(image, "channel", 24, 16, 50.0, (0, 0, 0))
    image.add_channel(channel, 0)
    path = pdb.gimp_vectors_new(image, "path")
    pdb.gimp_image_insert_vectors(image, path, None, 0)
    pdb.gimp_vectors_stroke_new_from_points(path, 0, 12, [4.0] * 6 + [9.0] * 6, False)
    pdb.gimp_image_select_rectangle(image, 2, 2, 2, 9, 9)
    group = gimp.GroupLayer(image, "group")
    image.add_layer(group, 0)
    made = {
        "GimpImage": image, "GimpItem": layer, "GimpLayer": layer, "GimpDrawable": layer, "GimpGroupLayer": group,
        "GimpChannel": channel, "GimpLayerMask": mask, "GimpPath": path, "GimpSelection": image.selection,
        "GimpCoreObjectArray": [layer], "gint": 1, "guint": 1, "gdouble": 0.5, "gboolean": True, "gchararray": "words",
        "GeglColor": (10, 20, 30), "GimpDoubleArray": [1.0, 2.0, 9.0, 8.0, 5.0, 6.0], "GFile": "/no/such/file.png",
        "GimpParasite": gimp.Parasite("name", 0, "data"), "GBytes": b"\0\0\0\xff\xff\xff", "GimpUnit": 1,
        "GimpInt32Array": [1, 2, 3], "GStrv": ["a", "b"], "GimpColorArray": [(1, 2, 3)],
    }  # fmt: skip
    for each in ("brush", "font", "gradient", "pattern"):
        made["Gimp" + each.title()] = getattr(pdb, "gimp_context_get_" + each)()
    made["GimpPalette"] = made["GimpResource"] = pdb.gimp_palette_new("called")
    pdb.gimp_palette_add_entry("called", "grey", (9, 9, 9))
    if "GimpTextLayer" in kinds:
        made["GimpTextLayer"] = pdb.gimp_text_fontname(image, None, 2, 2, "words", 0, True, 9, PIXELS, "Sans")
    return [made.get(each, 0) for each in kinds if each not in ("GimpRunMode", "GimpExportOptions")]


def called(name):
    """ "done", "not here", or what was raised."""
    signature = host.signature(new_name(name.replace("_", "-")))
    if signature is None:
        return "not here"
    try:
        pdb[name](*values(signature.types))
        return "done"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        pdb.gimp_context_set_defaults()


def main():
    with open(TABLE) as file:
        parts = dict(part.split("\n", 1) for part in file.read().split("\n#### ")[1:])
    names = [each for title in ("The same", "Under another name") for each in re.findall(r"`(\w+)`", parts[title])]
    return {each: called(each) for each in names if not UNCALLED.match(each)}


report = {"error": None, "calls": main()}
path = os.path.join(os.environ["OUT"], "report.json")
with open(path + ".part", "w") as file:
    json.dump(report, file)
os.replace(path + ".part", path)
