"""What scripts in GIMP share."""

import json
import os
import traceback

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
from gi.repository import Gegl, Gimp, Gio  # noqa: E402

Gegl.init(None)
OUT = os.environ["OUT"]
NORMAL = Gimp.RunMode.NONINTERACTIVE


def main(steps):
    """Runs `steps(report)` and writes the report, with what was raised."""
    report = {"error": None}
    try:
        steps(report)
    except BaseException:
        report["error"] = traceback.format_exc()
    path = os.path.join(OUT, "report.json")
    with open(path + ".part", "w") as file:
        json.dump(report, file, default=str)
    os.replace(path + ".part", path)


def opened(path):
    """An image of a file, in RGB: a drawing with few colours may come as an indexed one."""
    image = Gimp.file_load(NORMAL, Gio.File.new_for_path(path))
    if image.get_base_type() != Gimp.ImageBaseType.RGB:
        image.convert_rgb()
    return image


def called(name, image, drawables, results=False, **arguments):
    """Status, and the message where it failed; asked for, the results as well."""
    procedure = Gimp.get_pdb().lookup_procedure(name)
    assert procedure is not None, name
    config = procedure.create_config()
    config.set_property("run-mode", arguments.pop("mode", NORMAL))
    config.set_property("image", image)
    config.set_core_object_array("drawables", drawables)
    for each, value in arguments.items():
        config.set_property(each.replace("_", "-"), value)
    result = procedure.run(config)
    said = result.index(0), Gimp.get_pdb().get_last_error()
    return (*said, [result.index(n) for n in range(1, result.length())]) if results else said


def done(name, image, drawables, **arguments):
    status, message = called(name, image, drawables, **arguments)
    assert status == Gimp.PDBStatusType.SUCCESS, message


def pixels(image, drawable, kind="R'G'B'A u8"):
    """All of the image's area, RGBA."""
    _, x, y = drawable.get_offsets()
    where = Gegl.Rectangle.new(-x, -y, image.get_width(), image.get_height())
    return bytes(drawable.get_buffer().get(where, 1.0, kind, Gegl.AbyssPolicy.NONE))


def dump(name, data):
    with open(os.path.join(OUT, name + ".raw"), "wb") as file:
        file.write(data)


def layer(image, name, rectangles=(), size=None, offset=(0, 0)):
    """A layer on top, with rectangles (x, y, width, height, (r, g, b, a)) in the image's coordinates."""
    width, height = size or (image.get_width(), image.get_height())
    kind = Gimp.ImageType.RGBA_IMAGE if image.get_base_type() == Gimp.ImageBaseType.RGB else Gimp.ImageType.GRAYA_IMAGE
    made = Gimp.Layer.new(image, name, width, height, kind, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(made, None, 0)
    made.set_offsets(*offset)
    for each in rectangles:
        fill(made, *each)
    return made


def fill(drawable, x, y, width, height, color):
    _, left, top = drawable.get_offsets()
    buffer = drawable.get_buffer()
    buffer.set(Gegl.Rectangle.new(x - left, y - top, width, height), "R'G'B'A u8", bytes(color) * (width * height))
    buffer.flush()
    drawable.update(0, 0, drawable.get_width(), drawable.get_height())


def tree(layers):
    return [[each.get_name(), tree(each.get_children())] if each.is_group() else each.get_name() for each in layers]


def child(group, name):
    """A layer of a group; GIMP calls the second one of a name "NAME #1"."""
    return next(each for each in group.get_children() if each.get_name().partition(" #")[0] == name)


def flattened(image):
    """What the image shows, RGBA."""
    copy = image.duplicate()
    shown = pixels(copy, copy.flatten())
    copy.delete()
    return shown
