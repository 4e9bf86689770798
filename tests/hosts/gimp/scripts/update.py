"""An update in every kind of image: what nobody has corrected is as in a new result, and what was corrected stays."""

import base64
import os
import zlib

from helpers import Gimp, called, child, done, fill, layer, main, opened, pixels

KINDS = ("U8_LINEAR", "U16_LINEAR", "FLOAT_LINEAR", "Adobe RGB")
RED, GREEN, BLUE = (214, 63, 41, 255), (10, 200, 30, 255), (20, 40, 220, 255)
COLORIZE = "plug-in-colorgan-colorize"
WHOLE = "R'G'B'A float"


def group_of(image):
    return next(each for each in image.get_layers() if each.is_group())


def at(image, drawable, x, y):
    data = pixels(image, drawable)
    return tuple(data[4 * (y * image.get_width() + x) :][:4])


def opened_as(kind, path):
    image = opened(path)
    if kind == "Adobe RGB":
        wanted = Gimp.ColorProfile.new_rgb_adobe()
        image.convert_color_profile(wanted, Gimp.ColorRenderingIntent.RELATIVE_COLORIMETRIC, True)
    elif image.get_precision() != getattr(Gimp.Precision, kind):
        image.convert_precision(getattr(Gimp.Precision, kind))
    return image


def steps(report):
    for kind in KINDS:
        image = opened_as(kind, os.environ["SMALL"])
        lines = image.get_layers()[0]
        hints = layer(image, "dabs", [(78, 78, 8, 8, RED)])
        done(COLORIZE, image, [lines], hints=hints, seed=3)
        group = group_of(image)
        fill(hints, 78, 78, 8, 8, GREEN)
        done(COLORIZE, image, [lines], hints=hints, seed=3, update=True)
        updated = [pixels(image, child(group, name), WHOLE) for name in ("flats", "shade")]
        done(COLORIZE, image, [lines], hints=hints, seed=3)
        new = group_of(image)
        assert new != group and updated == [pixels(image, child(new, name), WHOLE) for name in ("flats", "shade")], kind
        image.remove_layer(new)
        flats = child(group, "flats")
        fill(flats, 200, 120, 6, 6, BLUE)
        for seed in (4, 5) if kind == "U16_LINEAR" else (4,):
            done(COLORIZE, image, [lines], hints=hints, seed=seed, update=True)
            apart = [abs(a - b) for a, b in zip(at(image, flats, 203, 123), BLUE, strict=True)]
            assert max(apart) <= 2, (kind, seed, "a correction stays")
        if (
            kind == "U16_LINEAR"
        ):  # numbers of another precision cannot be compared; corrections must not be lost for that
            image.convert_precision(Gimp.Precision.U16_NON_LINEAR)
            held = pixels(image, flats)
            status, message = called(COLORIZE, image, [lines], hints=hints, seed=6, update=True)
            assert status == Gimp.PDBStatusType.EXECUTION_ERROR and "precision" in message, message
            assert pixels(image, flats) == held
        if kind == "FLOAT_LINEAR":  # a file of version 0.1, which kept pixels as they were sent
            flats.detach_parasite("colorgan-digest")
            sent = base64.b64encode(zlib.compress(pixels(image, flats, WHOLE)))
            flats.attach_parasite(Gimp.Parasite.new("colorgan-written", 3, sent))
            fill(flats, 120, 200, 6, 6, RED)
            done(COLORIZE, image, [lines], hints=hints, seed=5, update=True)
            assert max(abs(a - b) for a, b in zip(at(image, flats, 123, 203), RED, strict=True)) <= 2
        image.delete()


main(steps)
