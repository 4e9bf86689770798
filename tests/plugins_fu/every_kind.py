#!/usr/bin/env python
# Every PF_ type at once; says what it was given in the layer's name, and returns one result of each kind.

from gimpfu import *


def every_kind(image, layer, number, small, real, words, text, value, colour, toggle, slider, spinner, option, radio, name,
               folder, font, brush, pattern, gradient, palette, other, which, channel, path, whole, short, item, file, display, drawable, strings, octets, numbers, shorts, reals, colours):
    kinds = [number, small, real, words, text, value, colour, toggle, slider, spinner, option, radio, name, folder, sum(numbers), sum(shorts), sum(reals),
             int(colours[1].b * 255)]
    layer.name = " ".join("%s" % (tuple(each)[:3] if each is colour else each,) for each in kinds).replace("'", "")
    pdb.gimp_invert(layer)
    return number, real, words, colour, image, layer, numbers


register(
    "every_kind", "Every kind", "Every kind of parameter", "a", "a", "2012", "Every kind...", "RGB*",
    [
        (PF_IMAGE, "image", "Image", None),
        (PF_DRAWABLE, "layer", "Layer", None),
        (PF_INT, "number", "Number", 7),
        (PF_INT8, "small", "Small", 3),
        (PF_FLOAT, "real", "Real", 1.5),
        (PF_STRING, "words", "_Words:", "a b"),
        (PF_TEXT, "text", "Text", "long"),
        (PF_VALUE, "value", "Value", (1, 2)),
        (PF_COLOUR, "colour", "Colour", (1, 2, 3)),
        (PF_BOOL, "toggle", "Toggle", True),
        (PF_SLIDER, "slider", "Slider", 0.5, (0, 1, 0.1)),
        (PF_ADJUSTMENT, "spinner", "Spinner", 5, (0, 10, 1)),
        (PF_OPTION, "option", "Option", 1, ("none", "some")),
        (PF_RADIO, "radio", "Radio", "b", (("A", "a"), ("B", "b"))),
        (PF_FILENAME, "name", "File", "/tmp/x"),
        (PF_DIRNAME, "folder", "Folder", "/tmp"),
        (PF_FONT, "font", "Font", "Sans"),
        (PF_BRUSH, "brush", "Brush", None),
        (PF_PATTERN, "pattern", "Pattern", None),
        (PF_GRADIENT, "gradient", "Gradient", None),
        (PF_PALETTE, "palette", "Palette", ""),
        (PF_IMAGE, "other image", "Other", None),
        (PF_LAYER, "which", "Which", None),
        (PF_CHANNEL, "channel", "Channel", None),
        (PF_VECTORS, "path", "Path", None),
        (PF_INT32, "image", "A name that is there already", 1),
        (PF_INT16, "short", "Short", 2),
        (PF_ITEM, "item", "Item", None),
        (PF_FILE, "file", "File", ""),
        (PF_DISPLAY, "display", "Display", None),
        (PF_DRAWABLE, "drawable", "Drawable", None),
        (PF_STRINGARRAY, "strings", "Strings", None),
        (PF_INT8ARRAY, "octets", "Octets", None),
        (PF_INT32ARRAY, "numbers", "Numbers", (1, 2, 30)),
        (PF_INT16ARRAY, "shorts", "Shorts", ()),
        (PF_FLOATARRAY, "reals", "Reals", (0.5, 2)),
        (PF_COLORARRAY, "colours", "Colours", ((1.0, 0.0, 0.0), gimpcolor.RGB(1, 2, 3))),
    ],
    [(PF_INT, "number", ""), (PF_FLOAT, "real", ""), (PF_STRING, "words", ""), (PF_COLOR, "colour", ""), (PF_IMAGE, "image", ""),
     (PF_LAYER, "layer", ""), (PF_INT32ARRAY, "numbers", "")],
    every_kind, menu="<Toolbox>/Xtns/Fu")

main()
