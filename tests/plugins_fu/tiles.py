#!/usr/bin/env python
# Tiles, asked for by row and column or by pixel, changed in place.

try:
    from gimpfu import *
except:
    pass


def posterise(tile, step):
    for x in range(tile.ewidth):
        for y in range(tile.eheight):
            pixel = tile[x, y]
            colours = [chr(min(255, ord(c) // step * step)) for c in pixel[:3]]
            tile[x, y] = "".join(colours) + pixel[3:]
    tile.flush()


def posterise_tiles(image, drawable, levels):
    tw, th = int(gimp.tile_width()), int(gimp.tile_height())
    columns = (drawable.width + tw - 1) // tw
    rows = (drawable.height + th - 1) // th
    step = 256 // int(levels)
    count = 0
    pdb.gimp_image_undo_group_start(image)
    gimp.progress_init("Posterising...")
    for row in range(rows):
        for col in range(columns):
            if (row + col) % 2 == 0:
                tile = drawable.get_tile(False, row, col)
            else:
                tile = drawable.get_tile2(False, col * tw, row * th)
            posterise(tile, step)
            count += tile.ewidth * tile.eheight
            gimp.progress_update((row * columns + col + 1.0) / (rows * columns))
    drawable.flush()
    drawable.update(0, 0, drawable.width, drawable.height)
    pdb.gimp_image_undo_group_end(image)
    if count != drawable.width * drawable.height:
        gimp.message("tiles: %d pixels were expected, %d seen" % (drawable.width * drawable.height, count))


register(
    "posterise_tiles",
    "Posterise by hand",
    "Rounds every colour down, tile by tile",
    "C. Author", "C. Author", "2008",
    "Posterise tiles...",
    "RGB*",
    [
        (PF_IMAGE, "image", "Input image", None),
        (PF_DRAWABLE, "drawable", "Input drawable", None),
        (PF_SPINNER, "levels", "Levels", 4, (2, 64, 1)),
    ],
    [],
    posterise_tiles,
    menu="<Image>/Filters/Fu")

main()
