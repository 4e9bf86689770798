#!/usr/bin/env python
# A new image from none: made, saved, loaded, scaled, cropped, resized, flattened, and handed back.

import os
from gimpfu import *


def swatch(width, height, colour, filename, folder):
    path = os.path.join(folder, "swatch-tile.png")
    before = len(gimp.image_list())
    pdb.gimp_context_push()
    pdb.gimp_context_set_interpolation(INTERPOLATION_NONE)
    gimp.set_foreground(colour)

    tile = gimp.Image(4, 4, RGB)
    tile.add_layer(gimp.Layer(tile, "tile", 4, 4, RGB_IMAGE, 100, NORMAL_MODE), 0)
    tile.layers[0].fill(FOREGROUND_FILL)
    pdb.file_png_save(tile, tile.active_layer, path, path, 0, 9, 0, 0, 0, 0, 0)
    gimp.delete(tile)

    loaded = pdb.gimp_file_load(path, path)
    loaded.scale(max(1, width // 2), height)
    pdb.file_png_save(loaded, loaded.flatten(), path, path, 0, 9, 0, 0, 0, 0, 0)
    gimp.delete(loaded)

    image = gimp.Image(width + 6, height + 4, RGB)
    image.disable_undo()
    ground = gimp.Layer(image, "ground", width + 6, height + 4, RGBA_IMAGE, 100, NORMAL_MODE)
    ground.fill(WHITE_FILL)
    image.add_layer(ground, 0)
    piece = pdb.gimp_file_load_layer(image, path)
    image.add_layer(piece, 0)
    piece.set_offsets(3, 2)
    os.remove(path)

    pdb.gimp_image_crop(image, width, height, 3, 2)
    image.resize(width + 2, height + 2, 1, 1)
    gimp.set_background(0, 0, 0)
    layer = image.flatten()
    layer.name = "swatch"
    if filename:
        pdb.file_png_save(image, layer, filename, os.path.basename(filename), 0, 9, 0, 0, 0, 0, 0)
        image.filename = os.path.splitext(filename)[0] + ".xcf"
    image.enable_undo()
    pdb.gimp_context_pop()
    if len(gimp.image_list()) != before + 1:
        raise RuntimeError("an image was left behind")
    try:
        gimp.Display(image)
        gimp.displays_flush()
    except Exception:
        pass  # there is no screen
    return image


register(
    "python_fu_swatch",
    "Make a swatch of a colour",
    "The colour to the left, white to the right, and a black line around",
    "J. Author", "J. Author", "2010",
    "Swatch...",
    "",
    [
        (PF_INT, "width", "Width", 64),
        (PF_INT, "height", "Height", 32),
        (PF_COLOR, "colour", "Colour", (30, 140, 90)),
        (PF_FILENAME, "filename", "PNG to write, or nothing", ""),
        (PF_DIRNAME, "folder", "Folder for temporary files", "/tmp"),
    ],
    [(PF_IMAGE, "image", "The new image")],
    swatch,
    menu="<Image>/File/Create")

main()
