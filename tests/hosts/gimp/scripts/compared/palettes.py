"""Kinds of images, and palettes."""

from .desk import case, noise


@case("from {} to {}", ((0, "grayscale"), (1, "rgb"), (0, "rgb"), (1, "grayscale")))
def converted(desk, base, kind):
    image = desk.image(base=base)
    layer = desk.layer(image, kind=2 * base + 1, seed=3)
    refused = desk.refuses(f"gimp-image-convert-{kind}", image)
    return refused, desk.pixels(layer), desk("gimp-image-get-base-type", image)


def few(width, height, channels, seed):
    return bytes(each // 128 * 255 for each in noise(width, height, channels, seed))


def colors(found):
    return sorted([round(255 * each) for each in (color.r, color.g, color.b)] for color in found)


@case("to indexed and back, type {}", (0, 1))
def indexed(desk, kind):
    image = desk.image()
    layer = desk.layer(image, kind=kind, seed=3, data=few)
    desk("gimp-image-convert-indexed", image, 0, 0, 16, False, False, "")
    palette = colors(desk("gimp-palette-get-colors", desk("gimp-image-get-palette", image)))
    asked = desk("gimp-drawable-is-indexed", layer), desk("gimp-drawable-type", layer)
    desk("gimp-image-convert-rgb", image)
    return palette, asked, desk.pixels(layer)


@case("to indexed by {}", ("the web's colours", "black and white", "an own palette"))
def fixed(desk, how):
    image = desk.image()
    layer = desk.layer(image, seed=3)
    palette = desk("gimp-palette-new", "compared")
    for each in ((0, 0, 0), (200, 40, 90), (20, 120, 240), (250, 250, 240)):
        desk("gimp-palette-add-entry", palette, "colour", desk.color(*each))
    kind = {"the web's colours": 1, "black and white": 2, "an own palette": 3}[how]
    desk("gimp-image-convert-indexed", image, 0, kind, 0, False, False, palette)
    desk("gimp-image-convert-rgb", image)
    desk("gimp-resource-delete", palette)
    return desk.pixels(layer)


@case("palette, and an image's colours set from it")
def palette(desk):
    image = desk.image()
    layer = desk.layer(image, seed=3, data=few)
    desk("gimp-image-convert-indexed", image, 0, 0, 16, False, False, "")
    made = desk("gimp-palette-new", "compared too")
    places = [desk("gimp-palette-add-entry", made, "colour", desk.color(n, 2 * n, 255 - n)) for n in range(0, 80, 10)]
    desk("gimp-image-set-palette", image, made)
    found = colors(desk("gimp-palette-get-colors", made))
    desk("gimp-image-convert-rgb", image)
    desk("gimp-resource-delete", made)
    return places, found, colors_of(desk.pixels(layer))


def colors_of(pixels):
    data = bytes.fromhex(pixels["bytes"])
    return sorted({tuple(data[at : at + 3]) for at in range(0, len(data), 3)})
