#!/usr/bin/env python
# Paths by procedures and by objects, read back, selected and filled.

from gimpfu import *


def corners(x0, y0, x1, y1):
    points = []
    for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)):
        points += [float(x), float(y)] * 3
    return points


def fill(image, drawable, path, colour):
    gimp.set_foreground(colour)
    pdb.gimp_image_select_item(image, CHANNEL_OP_REPLACE, path)
    pdb.gimp_edit_fill(drawable, FOREGROUND_FILL)


def two_frames(image, drawable):
    w, h = image.width, image.height
    pdb.gimp_image_undo_group_start(image)
    pdb.gimp_context_push()
    pdb.gimp_context_set_antialias(False)
    pdb.gimp_context_set_feather(False)

    first = pdb.gimp_vectors_new(image, "first")
    pdb.gimp_image_insert_vectors(image, first, None, 0)
    points = corners(w // 8, h // 8, w // 2, h // 2)
    pdb.gimp_vectors_stroke_new_from_points(first, 0, len(points), points, True)
    pdb.gimp_image_set_active_vectors(image, first)

    active = pdb.gimp_image_get_active_vectors(image)
    count, strokes = pdb.gimp_vectors_get_strokes(active)
    kind, n, found, closed = pdb.gimp_vectors_stroke_get_points(active, strokes[count - 1])
    moved = [found[i] + (w // 4 if i % 2 == 0 else h // 4) for i in range(n)]

    second = gimp.Vectors(image, "second")
    gimp.VectorsBezierStroke(second, moved, closed)
    pdb.gimp_image_add_vectors(image, second, 0)

    fill(image, drawable, first, (250, 200, 0))
    if len(second.strokes) == 1 and image.vectors[0].name.startswith("second"):
        fill(image, drawable, second, (0, 60, 250))

    pdb.gimp_selection_none(image)
    pdb.gimp_context_pop()
    pdb.gimp_image_undo_group_end(image)


register(
    "python_fu_two_frames",
    "Two rectangles from paths",
    "Draws a path, reads it, moves it, and fills both",
    "H. Author", "H. Author", "2012",
    "Two frames",
    "RGB*",
    [
        (PF_IMAGE, "image", "Input image", None),
        (PF_DRAWABLE, "drawable", "Input drawable", None),
    ],
    [],
    two_frames,
    menu="<Vectors>/Fu")

main()
