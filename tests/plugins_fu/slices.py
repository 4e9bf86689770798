#!/usr/bin/env python
# Pixel regions by slices, through array.array.

from array import array
from gimpfu import *

BAND = 16


def invert_bands(image, drawable):
    width, height, bpp = drawable.width, drawable.height, drawable.bpp
    colours = bpp - (1 if drawable.has_alpha else 0)
    image.undo_group_start()

    src = drawable.get_pixel_rgn(0, 0, width, height, False, False)
    dst = drawable.get_pixel_rgn(0, 0, width, height, True, True)
    whole = array("B", src[:, :])
    assert len(whole) == width * height * bpp == src.w * src.h * src.bpp

    gimp.progress_init("Inverting...")
    for y in range(0, height, BAND):
        bottom = min(y + BAND, height)
        band = array("B", src[0:width, y:bottom])
        for n in range(0, len(band), bpp):
            for c in range(colours):
                band[n + c] = 255 - band[n + c]
        dst[0:width, y:bottom] = band.tostring()
        gimp.progress_update(float(bottom) / height)

    # the first column stays as it was
    column = array("B", "\x00" * (height * bpp))
    column[:] = array("B", src[0, 0:height])
    dst[0, 0:height] = column.tostring()

    drawable.flush()
    drawable.merge_shadow(True)
    drawable.update(0, 0, width, height)
    image.undo_group_end()


register(
    "python-fu-invert-bands",
    "Invert the colours, but for the first column",
    "Inverts the colours in bands of sixteen rows",
    "B. Author", "B. Author", "2011",
    "Invert in bands",
    "RGB*",
    [
        (PF_IMAGE, "image", "Input image", None),
        (PF_DRAWABLE, "drawable", "Input drawable", None),
    ],
    [],
    invert_bands,
    menu="<Image>/Filters/Fu")

main()
