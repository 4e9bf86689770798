#!/usr/bin/env python
# Nearly every kind of parameter, a new layer, rectangles selected and filled.

from gimpfu import *


def badge(image, drawable, left, width, height, colour, inner, corner, kind, name, opacity):
    x = int(image.width * left / 100.0)
    y = 0 if corner == 0 else image.height - int(height)
    width, height = int(width), int(height)

    image.undo_group_start()
    pdb.gimp_context_push()
    layer = gimp.Layer(image, name, image.width, image.height, RGBA_IMAGE, opacity, NORMAL_MODE)
    image.add_layer(layer, 0)
    pdb.gimp_selection_none(image)
    pdb.gimp_edit_clear(layer)

    gimp.set_foreground(colour)
    gimp.set_background(255, 255, 255)
    pdb.gimp_rect_select(image, x, y, width, height, CHANNEL_OP_REPLACE, False, 0)
    pdb.gimp_edit_fill(layer, FOREGROUND_FILL)

    if width > 4 and height > 4:
        pdb.gimp_rect_select(image, x + 2, y + 2, width - 4, height - 4, CHANNEL_OP_REPLACE, False, 0)
        if kind == "frame":
            pdb.gimp_edit_clear(layer)
        elif inner:
            pdb.gimp_edit_bucket_fill(layer, BG_BUCKET_FILL, NORMAL_MODE, 100, 0, False, x + 2, y + 2)

    pdb.gimp_selection_none(image)
    pdb.gimp_context_pop()
    image.undo_group_end()


register(
    "python_fu_badge",
    "Put a badge on a layer of its own",
    "A rectangle at the upper or lower edge of the image",
    "E. Author", "E. Author", "2012",
    "Badge...",
    "RGB*",
    [
        (PF_IMAGE, "image", "Input image", None),
        (PF_DRAWABLE, "drawable", "Input drawable", None),
        (PF_SLIDER, "left", "Left edge (percent)", 25, (0, 100, 1)),
        (PF_SPINNER, "width", "Width (pixels)", 12, (1, 1000, 1)),
        (PF_ADJUSTMENT, "height", "Height (pixels)", 8, (1, 1000, 1)),
        (PF_COLOR, "colour", "Colour", (200, 40, 80)),
        (PF_TOGGLE, "inner", "White within", True),
        (PF_OPTION, "corner", "Edge", 0, ("Upper", "Lower")),
        (PF_RADIO, "kind", "Kind", "solid", (("Solid", "solid"), ("Frame", "frame"))),
        (PF_STRING, "name", "Layer's name", "badge"),
        (PF_FLOAT, "opacity", "Opacity", 100.0),
    ],
    [],
    badge,
    menu="<Image>/Filters/Fu")

main()
