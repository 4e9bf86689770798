#!/usr/bin/env python
# Parasites of images, layers and GIMP itself, and data kept between calls; what comes back is drawn.

from gimpfu import *


def numbers(data):
    return [int(n) for n in data.split(",")]


def put(drawable, n, colour):
    pixel = list(colour) + [255] * (drawable.bpp - 3)
    pdb.gimp_drawable_set_pixel(drawable, n % drawable.width, n // drawable.width, len(pixel), pixel)


def parasites(image, drawable):
    image.attach_new_parasite("fu-one", PARASITE_PERSISTENT, "255,0,0")
    image.parasite_attach(gimp.Parasite("fu-two", 0, "0,128,255"))
    image.attach_new_parasite("fu-gone", 0, "1,2,3")
    image.parasite_detach("fu-gone")
    drawable.attach_new_parasite("fu-layer", PARASITE_PERSISTENT, "12,34,56")
    drawable.parasite_attach(gimp.Parasite("fu-raw", 0, chr(1) + chr(64) + chr(127)))
    gimp.attach_new_parasite("fu-global", 0, "200,100,50")
    gimp.set_data("fu-data", "9,99,199")

    put(drawable, 0, numbers(image.parasite_find("fu-one").data))
    put(drawable, 1, numbers(image.parasite_find("fu-two").data))
    put(drawable, 2, numbers(drawable.parasite_find("fu-layer").data))
    put(drawable, 3, [ord(c) for c in drawable.parasite_find("fu-raw").data])
    put(drawable, 4, numbers(gimp.parasite_find("fu-global").data))
    put(drawable, 5, numbers(gimp.get_data("fu-data")))

    names = [name for name in image.parasite_list() if name.startswith("fu-")]
    kept = [name for name in names if image.parasite_find(name).is_persistent]
    lost = image.parasite_find("fu-gone") is None
    put(drawable, 6, (10 * len(names), 10 * len(kept), 255 if lost else 0))
    gimp.parasite_detach("fu-global")

    drawable.update(0, 0, drawable.width, drawable.height)
    gimp.displays_flush()


register(
    "python_fu_parasites",
    "Draw what parasites say",
    "Attaches parasites, finds them again, and sets the first seven pixels to their colours",
    "G. Author", "G. Author", "2010",
    "Parasites",
    "RGB*",
    [
        (PF_IMAGE, "image", "Input image", None),
        (PF_DRAWABLE, "drawable", "Input drawable", None),
    ],
    [],
    parasites,
    menu="<Image>/Filters/Fu")

main()
