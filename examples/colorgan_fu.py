#!/usr/bin/env python
# Colours line art in GIMP 2.10 through colorgan's command line; and in GIMP 3 with `colorgan plugin install gimpfu`.
#
# The result is a group over the layer with the lines, which stays untouched: flats, shade (hard light), and a copy of
# the lines (multiply). Pixels go through 8 bits.

import os
import shutil
import subprocess
import tempfile

from gimpfu import *

GROUP = "colorgan"
LAYERS = (("flats", NORMAL_MODE), ("shade", HARDLIGHT_MODE), ("lines", MULTIPLY_MODE))  # from below


def write_layer(image, layer, path):
    """Writes what one layer shows, as large as the image."""
    alone = gimp.Image(image.width, image.height, RGB)
    try:
        copy = pdb.gimp_layer_new_from_drawable(layer, alone)
        pdb.gimp_image_insert_layer(alone, copy, None, 0)
        copy.set_offsets(*layer.offsets)
        copy.mode = NORMAL_MODE
        copy.opacity = 100.0
        copy.visible = True
        if copy.mask is not None:
            if copy.apply_mask:
                pdb.gimp_layer_remove_mask(copy, MASK_APPLY)
            else:
                pdb.gimp_layer_remove_mask(copy, MASK_DISCARD)
        if not copy.has_alpha:
            pdb.gimp_layer_add_alpha(copy)
        pdb.gimp_layer_resize_to_image_size(copy)
        pdb.file_png_save(alone, copy, path, path, 0, 1, 0, 0, 0, 0, 0)
    finally:
        gimp.delete(alone)


def run(words):
    """Runs the program. RuntimeError with its own sentence where it fails."""
    environment = dict(os.environ)
    for name in ("PYTHONHOME", "PYTHONPATH"):  # GIMP's Python is not the program's
        environment.pop(name, None)
    try:
        program = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    except OSError as error:
        raise RuntimeError("%s cannot be started (%s); give its path as the command." % (words[0], error.strerror))
    said = program.communicate()[1]
    if program.returncode != 0:
        if not isinstance(said, str):
            said = said.decode("utf-8", "replace")
        lines = [line for line in said.splitlines() if line.strip()]
        raise RuntimeError(lines[-1] if lines else "%s failed with code %d." % (words[0], program.returncode))


def lay(image, drawable, folder):
    """Lays the result over the lines, and over earlier results there."""
    written = [(name, mode, os.path.join(folder, "out.%s.png" % name)) for name, mode in LAYERS]
    written = [each for each in written if os.path.exists(each[2])]  # there may be no shade
    if not written:
        raise RuntimeError("The program has written no layers.")
    parent = drawable.parent
    siblings = image.layers if parent is None else parent.children
    at = pdb.gimp_image_get_item_position(image, drawable)
    while at > 0 and siblings[at - 1].name.startswith(GROUP):
        at -= 1
    pdb.gimp_image_undo_group_start(image)
    try:
        if image.base_type != RGB:
            pdb.gimp_image_convert_rgb(image)
        group = pdb.gimp_layer_group_new(image)
        group.name = GROUP
        pdb.gimp_image_insert_layer(image, group, parent, at)
        for name, mode, path in written:
            layer = pdb.gimp_file_load_layer(image, path)
            pdb.gimp_image_insert_layer(image, layer, group, 0)
            layer.name = name
            layer.mode = mode
        image.active_layer = drawable
    finally:
        pdb.gimp_image_undo_group_end(image)


def colorgan(image, drawable, hints, seed, close_gaps, shade, palette, command):
    folder = tempfile.mkdtemp(prefix="colorgan-")
    try:
        if not pdb.gimp_item_is_layer(drawable):
            raise RuntimeError("Choose the layer with the lines, not its mask or a channel.")
        gimp.progress_init("Colouring...")
        drawing = os.path.join(folder, "in.png")
        write_layer(image, drawable, drawing)
        words = [command, "colorize", drawing, "-o", os.path.join(folder, "out.png"), "--task", "lineart"]
        words += ["--layers", ",".join(name for name, mode in LAYERS), "--shade" if shade else "--no-shade"]
        layer = pdb.gimp_image_get_layer_by_name(image, hints) if hints else None
        if layer is not None and layer != drawable:
            write_layer(image, layer, os.path.join(folder, "hints.png"))
            words += ["--hints", os.path.join(folder, "hints.png")]
        if seed >= 0:
            words += ["--seed", str(int(seed))]
        if close_gaps >= 0:
            words += ["--close-gaps", str(int(close_gaps))]
        if palette:
            words += ["--palette", palette]
        gimp.progress_update(0.2)
        run(words)
        gimp.progress_update(0.9)
        lay(image, drawable, folder)
        gimp.progress_update(1.0)
    except RuntimeError as error:
        gimp.message(str(error))
        raise
    finally:
        shutil.rmtree(folder, True)
    gimp.displays_flush()


register(
    "python-fu-colorgan",
    "Colour line art with colorgan",
    "Colours the chosen layer; a layer called hints, opaque where a colour is wanted, says which colours go where",
    "colorgan contributors",
    "colorgan contributors",
    "2026",
    "Colour line art (command line)...",
    "*",
    [
        (PF_IMAGE, "image", "Image", None),
        (PF_DRAWABLE, "drawable", "Layer with the lines", None),
        (PF_STRING, "hints", "Layer with hints", "hints"),
        (PF_SPINNER, "seed", "Seed (-1: the usual one)", -1, (-1, 2147483647, 1)),
        (PF_SPINNER, "close_gaps", "Close gaps (-1: automatic)", -1, (-1, 32, 1)),
        (PF_TOGGLE, "shade", "Soft light and dark", True),
        (PF_STRING, "palette", "Palette", ""),
        (PF_STRING, "command", "Command", "colorgan"),
    ],
    [],
    colorgan,
    menu="<Image>/Filters",
)

main()
