#!/usr/bin/env python
# Selections by colour, saved as channels, inverted, bounded, and loaded again.

import gimpcolor
from gimpfu import *


def cut_out(image, drawable, colour, threshold):
    image.undo_group_start()
    pdb.gimp_context_push()
    if not drawable.has_alpha:
        pdb.gimp_layer_add_alpha(drawable)

    pdb.gimp_by_color_select(drawable, colour, int(threshold), CHANNEL_OP_REPLACE, False, False, 0, False)
    found, x1, y1, x2, y2 = pdb.gimp_selection_bounds(image)
    if found:
        keep = pdb.gimp_selection_save(image)
        keep.name = "keep"
        pdb.gimp_selection_invert(image)
        pdb.gimp_edit_clear(drawable)
        pdb.gimp_selection_none(image)

        box = gimp.Channel(image, "box", image.width, image.height, 50.0, gimpcolor.RGB(0, 0, 255))
        image.add_channel(box, 0)
        gimp.set_foreground(255, 255, 255)
        gimp.set_background(0, 0, 0)
        box.fill(BACKGROUND_FILL)
        pdb.gimp_rect_select(image, x1, y1, x2 - x1, y2 - y1, CHANNEL_OP_REPLACE, False, 0)
        pdb.gimp_edit_fill(box, FOREGROUND_FILL)

        pdb.gimp_selection_none(image)
        for channel in image.channels:
            if channel.name == "box":
                pdb.gimp_image_select_item(image, CHANNEL_OP_REPLACE, channel)
        pdb.gimp_image_select_item(image, CHANNEL_OP_SUBTRACT, keep)
        image.active_layer = drawable
        gimp.set_foreground((0, 0, 160))
        pdb.gimp_edit_fill(drawable, FOREGROUND_FILL)

    pdb.gimp_selection_none(image)
    pdb.gimp_context_pop()
    image.undo_group_end()


register(
    "python_fu_cut_out",
    "Keep one colour",
    "What is not of the colour becomes blue within the colour's bounds, and transparent beyond them",
    "I. Author", "I. Author", "2011",
    "Cut out...",
    "RGB*",
    [
        (PF_IMAGE, "image", "Input image", None),
        (PF_DRAWABLE, "drawable", "Input drawable", None),
        (PF_COLOR, "colour", "Colour to keep", (255, 0, 0)),
        (PF_SLIDER, "threshold", "Threshold", 4, (0, 255, 1)),
    ],
    [],
    cut_out,
    menu="<Image>/Select/Fu")

main()
