#!/usr/bin/env python
# Registration of GIMP 2.0: the menu within the label, image and drawable implied; procedures that were old even then.

from gimpfu import *


def oldstyle_threshold(img, layer, level):
    pdb.gimp_undo_push_group_start(img)
    pdb.gimp_image_undo_group_start(img)
    pdb.gimp_selection_none(img)
    pdb.gimp_desaturate(layer)
    pdb.gimp_threshold(layer, level, 255)
    pdb.gimp_invert(layer)
    pdb.gimp_image_undo_group_end(img)
    pdb.gimp_undo_push_group_end(img)
    pdb.gimp_displays_flush()


register(
    "oldstyle_threshold",
    "Threshold by hand",
    "Makes what is as light as the level or lighter black, and the rest white",
    "D. Author",
    "D. Author",
    "2004",
    "<Image>/Filters/Old/Threshold by hand...",
    "RGB*",
    [(PF_INT, "level", "Level (0 to 255)", 100)],
    [],
    oldstyle_threshold)

main()
