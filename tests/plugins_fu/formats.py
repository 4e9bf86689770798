#!/usr/bin/env python
# A file format in the manner of 2.10's file-openraster.py: handlers by on_query, menus <Load> and <Save>, a thumbnail procedure.
# The file: "PGX", width, height and three bytes a pixel, turned over where `flip` says so.

from array import array

from gimpfu import *


def load(filename, raw_filename):
    with open(filename, "rb") as file:
        head, size, data = file.read().split(b"\n", 2)
    if head != b"PGX":
        raise ValueError("%s is no PGX file" % filename)
    width, height = [int(each) for each in size.split()]
    image = gimp.Image(width, height, RGB)
    image.filename = filename
    layer = gimp.Layer(image, "PGX", width, height, RGB_IMAGE, 100, NORMAL_MODE)
    image.add_layer(layer, 0)
    region = layer.get_pixel_rgn(0, 0, width, height, True, False)
    region[:, :] = array("B", data).tobytes() if hasattr(array, "tobytes") else data
    layer.flush()
    layer.update(0, 0, width, height)
    return image


def thumbnail(filename, size):
    image = load(filename, filename)
    return image, image.width, image.height


def save(image, drawable, filename, raw_filename, flip):
    if drawable.type != RGB_IMAGE:
        raise ValueError("PGX holds no transparency")
    region = drawable.get_pixel_rgn(0, 0, drawable.width, drawable.height, False, False)
    rows = [region[:, y] for y in range(drawable.height)]
    if flip:
        rows.reverse()
    with open(filename, "wb") as file:
        file.write(("PGX\n%d %d\n" % (drawable.width, drawable.height)).encode("ascii"))
        for row in rows:
            file.write(array("B", row).tobytes() if hasattr(array, "tobytes") else row)


def load_handlers():
    gimp.register_load_handler("file-pgx-load", "pgx", "")
    pdb["gimp-register-file-handler-mime"]("file-pgx-load", "image/x-pgx")
    pdb["gimp-register-thumbnail-loader"]("file-pgx-load", "file-pgx-load-thumb")


def save_handlers():
    gimp.register_save_handler("file-pgx-save", "pgx", "")


register(
    "file-pgx-load-thumb", "Thumbnail", "Thumbnail", "a", "a", "2012", None, None,
    [(PF_STRING, "filename", "The file", None), (PF_INT, "thumb-size", "Size", None)],
    [(PF_IMAGE, "image", "Thumbnail"), (PF_INT, "image-width", "Width"), (PF_INT, "image-height", "Height")],
    thumbnail)

register(
    "file-pgx-load", "Loads PGX", "Loads PGX", "a", "a", "2012", "PGX picture", None,
    [(PF_STRING, "filename", "The file", None), (PF_STRING, "raw-filename", "The name", None)],
    [(PF_IMAGE, "image", "The image")],
    load, on_query=load_handlers, menu="<Load>")

register(
    "file-pgx-save", "Saves PGX", "Saves PGX", "a", "a", "2012", "PGX picture", "RGB*",
    [(PF_IMAGE, "image", "Image", None), (PF_DRAWABLE, "drawable", "Drawable", None),
     (PF_STRING, "filename", "The file", None), (PF_STRING, "raw-filename", "The name", None), (PF_TOGGLE, "flip", "Flip", False)],
    [],
    save, on_query=save_handlers, menu="<Save>")

main()
