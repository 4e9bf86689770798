"""Lines behind a mask, lines on layers of their own, and an image in another profile."""

import os

from helpers import Gegl, Gimp, child, done, dump, layer, main, opened, pixels


def steps(report):
    image = opened(os.environ["DRAWING"])
    lines = image.get_layers()[0]
    mask = lines.create_mask(Gimp.AddMaskType.WHITE)
    lines.add_mask(mask)
    width, height = image.get_width(), image.get_height()
    buffer = mask.get_buffer()
    buffer.set(Gegl.Rectangle.new(0, 0, width // 2, height), "Y u8", bytes(width // 2 * height))
    buffer.flush()
    mask.update(0, 0, width, height)
    done("plug-in-colorgan-flats", image, [lines], seed=3)
    dump("masked", pixels(image, child(image.get_layers()[0], "flats")))

    # ink on two transparent layers is one drawing, in whatever order they are named
    image = Gimp.Image.new(300, 300, Gimp.ImageBaseType.RGB)
    first = layer(image, "left", [(50, 50, 4, 200, (0, 0, 0, 255)), (50, 50, 200, 4, (0, 0, 0, 255))])
    second = layer(
        image, "right", [(246, 50, 4, 200, (0, 0, 0, 255)), (50, 246, 200, 4, (0, 0, 0, 255))], (250, 260), (50, 40)
    )
    hints = layer(image, "hints", [(150, 150, 12, 12, (250, 200, 10, 255))])
    done("plug-in-colorgan-colorize", image, [second, first], hints=hints)
    group = next(each for each in image.get_layers() if each.is_group())
    flats = pixels(image, child(group, "flats"))
    assert tuple(flats[4 * (100 * 300 + 100) :][:4]) == (250, 200, 10, 255), "the room that both make is one region"

    image = opened(os.environ["DRAWING"])
    image.convert_color_profile(
        Gimp.ColorProfile.new_rgb_adobe(), Gimp.ColorRenderingIntent.RELATIVE_COLORIMETRIC, True
    )
    lines = image.get_layers()[0]
    hints = layer(image, "hints", [(626, 387, 16, 12, (214, 63, 41, 255))])
    done("plug-in-colorgan-colorize", image, [lines], hints=hints)
    group = next(each for each in image.get_layers() if each.is_group())
    found = pixels(image, child(group, "flats"))[4 * (350 * width + 600) :][:4]
    assert max(abs(a - b) for a, b in zip(found, (214, 63, 41, 255), strict=True)) <= 2, found


main(steps)
