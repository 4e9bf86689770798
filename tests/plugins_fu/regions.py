#!/usr/bin/env python
# Pixel regions, one pixel at a time, from the drawable to its shadow.

from gimpfu import *


def swap_red_blue(image, drawable):
    x1, y1, x2, y2 = drawable.mask_bounds
    width, height = x2 - x1, y2 - y1
    src = drawable.get_pixel_rgn(x1, y1, width, height, False, False)
    dst = drawable.get_pixel_rgn(x1, y1, width, height, True, True)

    gimp.progress_init("Swapping red and blue...")
    for y in range(y1, y2):
        for x in range(x1, x2):
            px = src[x, y]
            if drawable.has_alpha and px[3] == '\x00':
                dst[x, y] = px
                continue
            red, blue = ord(px[0]), ord(px[2])
            px = chr(blue) + px[1:2] + chr(red) + px[3:]
            if y % 2 == 0:
                dark = [chr(ord(c) // 2) for c in px[:3]]
                px = "".join(dark) + px[3:]
            dst[x, y] = px
        gimp.progress_update(float(y - y1 + 1) / height)

    drawable.flush()
    drawable.merge_shadow(True)
    drawable.update(x1, y1, width, height)
    gimp.displays_flush()


register(
    "python_fu_swap_red_blue",
    "Swap red and blue, darken every other row",
    "Swaps red and blue, and halves the even rows",
    "A. Author", "A. Author", "2009",
    "Swap red and blue",
    "RGB*",
    [
        (PF_IMAGE, "image", "Input image", None),
        (PF_DRAWABLE, "drawable", "Input drawable", None),
    ],
    [],
    swap_red_blue,
    menu="<Image>/Filters/Fu")

main()
