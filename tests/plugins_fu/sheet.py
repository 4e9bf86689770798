#!/usr/bin/env python2
# A procedure of the menu <Save> that writes no file of a format: its parameters are its own.

from gimpfu import *


def sheet(columns, gap):
    image = gimp.Image(columns * 8 + (columns - 1) * int(gap), 8, RGB)
    for n in range(columns):
        gimp.set_foreground(40 * n, 90, 200)
        layer = image.new_layer("square %d" % n, 8, 8, n * (8 + int(gap)), 0, False, 0, 100.0, NORMAL_MODE, FOREGROUND_FILL)
    image.flatten()
    return image


register(
    "sheet", "Sheet", "A sheet of squares", "a", "a", "2010", "Sheet...", "",
    [(PF_SPINNER, "columns", "Columns", 3, (1, 10, 1)), (PF_INT, "gap", "Gap", 2)],
    [(PF_IMAGE, "image", "The sheet")], sheet, menu="<Save>")

main()
