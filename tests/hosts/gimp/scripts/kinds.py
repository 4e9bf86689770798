"""Every kind of image: grey, indexed, 8, 16 and 32 bits, perceptual and linear, and with a profile; every procedure."""

import os

from helpers import Gegl, Gimp, Gio, child, done, dump, main, opened, pixels

PRECISIONS = (
    "U8_NON_LINEAR",
    "U8_LINEAR",
    "U16_NON_LINEAR",
    "U16_LINEAR",
    "FLOAT_NON_LINEAR",
    "FLOAT_LINEAR",
    "HALF_LINEAR",
)


def steps(report):
    report["kinds"] = []
    for precision in PRECISIONS:
        image = opened(os.environ["DRAWING"])
        if image.get_precision() != getattr(Gimp.Precision, precision):
            image.convert_precision(getattr(Gimp.Precision, precision))
        lines = image.get_layers()[0]
        if precision == "U8_LINEAR":
            dump("linear", pixels(image, lines))
        done("plug-in-colorgan-colorize", image, [lines], seed=3)
        assert image.get_precision() == getattr(Gimp.Precision, precision)
        flats = child(image.get_layers()[0], "flats")
        dump(precision, pixels(image, flats))
        if precision == "U16_NON_LINEAR":
            dump("shade16", pixels(image, child(image.get_layers()[0], "shade"), "R'G'B'A u16"))
        report["kinds"].append(precision)
        image.delete()
    for base in ("GRAY", "INDEXED"):
        image = opened(os.environ["GRAY"])
        if base == "GRAY":
            image.convert_grayscale()
        else:
            image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 256, False, False, "")
        for name in ("plug-in-colorgan-colorize-gray", "plug-in-colorgan-colorize"):
            done(name, image, [image.get_layers()[-1]], seed=5)
            assert image.get_base_type() == Gimp.ImageBaseType.RGB, "grey and indexed images hold no new colours"
        image.delete()
    image = opened(os.environ["GRAY"])
    source = image.get_layers()[0]
    done("plug-in-colorgan-colorize-gray", image, [source], seed=5)
    dump("gray", pixels(image, image.get_layers()[0]))
    style = Gio.File.new_for_path(os.environ["STYLE"])
    done("plug-in-colorgan-stylize", image, [source], style_1=style, weight_1=1.0, style_2=Gio.File.new_for_path(os.environ["DRAWING"]),
         weight_2=0.25, strength=0.8)  # fmt: skip
    assert image.get_item_position(source) == 2
    dump("style", pixels(image, image.get_layers()[0]))
    done("plug-in-colorgan-stylize", image, [source], style_layer=image.get_layers()[1])
    palette = Gimp.Palette.new("colorgan test")
    for number, color in enumerate(("#cc3322", "#334455", "#eeddaa")):
        palette.add_entry(str(number), Gegl.Color.new(color))
    drawing = opened(os.environ["DRAWING"])
    done("plug-in-colorgan-flats", drawing, [drawing.get_layers()[0]], palette=palette)
    data = pixels(drawing, child(drawing.get_layers()[0], "flats"))
    colors = {data[at : at + 3] for at in range(0, len(data), 4 * 97) if data[at + 3] == 255}
    assert colors and colors <= {bytes.fromhex(each) for each in ("cc3322", "334455", "eeddaa")}, colors
    palette.delete()


main(steps)
