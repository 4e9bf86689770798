#!/usr/bin/env python
# Layer groups, copies, masks, modes, offsets and visibility.

from gimpfu import *


def mirror_group(image, drawable):
    width, height = drawable.width, drawable.height
    ox, oy = drawable.offsets
    pdb.gimp_image_undo_group_start(image)
    pdb.gimp_context_push()
    pdb.gimp_selection_none(image)

    group = pdb.gimp_layer_group_new(image)
    group.name = "panel"
    pdb.gimp_image_insert_layer(image, group, None, 0)

    half = drawable.copy(True)
    half.name = "half"
    pdb.gimp_image_insert_layer(image, half, group, 0)
    half.translate(width // 2, 0)
    mask = half.create_mask(ADD_WHITE_MASK)
    half.add_mask(mask)
    gimp.set_foreground(0, 0, 0)
    pdb.gimp_rect_select(image, ox, oy + height // 2, 2 * width, height, CHANNEL_OP_REPLACE, False, 0)
    pdb.gimp_edit_fill(half.mask, FOREGROUND_FILL)
    pdb.gimp_selection_none(image)

    ink = gimp.Layer(image, "ink", width - width // 2, height // 2, RGBA_IMAGE, 100.0, NORMAL_MODE)
    gimp.set_foreground(255, 0, 255)
    ink.fill(FOREGROUND_FILL)
    ink.mode = MULTIPLY_MODE
    ink.set_offsets(ox + width // 2, oy)
    pdb.gimp_image_insert_layer(image, ink, group, 0)

    veil = gimp.Layer(image, "veil", image.width, image.height, RGBA_IMAGE)
    veil.fill(WHITE_FILL)
    veil.opacity = 50.0
    pdb.gimp_image_insert_layer(image, veil, group, 0)

    for child in group.children:
        if child.name.startswith("veil"):
            pdb.gimp_item_set_visible(child, False)
        else:
            child.visible = True
    image.active_layer = half
    if image.active_layer != half:
        raise RuntimeError("the copy is not active")
    pdb.gimp_image_set_active_layer(image, drawable)
    pdb.gimp_context_pop()
    pdb.gimp_image_undo_group_end(image)


register(
    "python_fu_mirror_group",
    "Repeat the left half in the right one, in magenta",
    "A group with a masked copy, ink over it, and a hidden veil",
    "F. Author", "F. Author", "2013",
    "Panel",
    "RGB*",
    [
        (PF_IMAGE, "image", "Input image", None),
        (PF_LAYER, "drawable", "Input layer", None),
    ],
    [],
    mirror_group,
    menu="<Image>/Layer/Fu")

main()
