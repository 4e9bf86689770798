"""Fills, gradients and brushes."""

from .desk import case, slopes


def white(width, height, channels, seed):
    return bytes([255]) * (width * height * channels)


@case(
    "{} {} of type {}, {} selected",
    (
        *(("edit-fill", fill, kind, shape) for fill in range(5) for kind, shape in ((0, None), (1, "feather"))),
        *(("fill", fill, kind, shape) for fill in range(5) for kind, shape in ((0, None), (1, "ellipse"))),
        ("fill", 0, 2, None),
        ("edit-fill", 0, 3, None),
    ),
)
def filled(desk, name, fill, kind, shape):
    image = desk.image(base=kind // 2)
    layer = desk.layer(image, kind=kind, seed=7)
    desk.select(image, shape)
    desk(f"gimp-drawable-{name}", layer, fill)
    return desk.pixels(layer)


@case(
    "fill, mode {} at {} of type {}",
    [
        (m, o, k)
        for m, o in ((28, 50.0), (0, 50.0), (3, 60.0), (3, 100.0), (29, 60.0), (2, 60.0), (30, 60.0))
        for k in (0, 1)
    ],
)
def fill_mode(desk, mode, opacity, kind):
    desk.set(opacity=opacity, paint_mode=mode)
    layer = desk.layer(desk.image(), kind=kind, seed=7)
    desk("gimp-drawable-edit-fill", layer, 0)
    return desk.pixels(layer)


@case(
    "clear, type {}, {} selected, alpha locked {}",
    ((0, None, False), (1, "feather", False), (0, "feather", False), (1, "ellipse", True)),
)
def cleared(desk, kind, shape, locked):
    image = desk.image()
    layer = desk.layer(image, kind=kind, seed=7)
    desk.select(image, shape)
    desk("gimp-layer-set-lock-alpha", layer, locked)
    desk("gimp-drawable-edit-clear", layer)
    return desk("gimp-layer-get-lock-alpha", layer), desk.pixels(layer)


@case("bucket, type {}, {}", [(kind, edge) for kind in (0, 1) for edge in ("soft", "hard", "of what is seen")])
def bucket(desk, kind, edge):
    image = desk.image()
    layer = desk.layer(image, kind=kind, seed=7, data=slopes)
    if edge == "hard":
        desk.set(antialias=False, sample_threshold_int=40)
    if edge == "of what is seen":
        desk.set(sample_merged=True)
    desk("gimp-drawable-edit-bucket-fill", layer, int(edge == "hard"), 5.0, 6.0)
    return desk.pixels(layer)


@case(
    "channel filled with {}, foreground {}",
    [(fill, color) for fill in range(4) for color in ((200, 40, 90), (128, 128, 128))],
)
def channel(desk, fill, color):
    desk.set(foreground=desk.color(*color))
    image = desk.image()
    made = desk.channel(image)
    desk("gimp-image-select-rectangle", image, 2, 4.0, 3.0, 9.0, 9.0)
    desk("gimp-drawable-edit-fill", made, fill)
    part = desk.pixels(made)
    desk("gimp-drawable-fill", made, fill)
    return part, desk.pixels(made)


@case("mask painted on")
def mask(desk):
    image = desk.image()
    layer = desk.layer(image, (20, 14), 1, at=(3, 2))
    made = desk.mask(layer, 0)
    desk.select(image, "feather")
    found = []
    for name, *given in (("edit-fill", 0), ("invert", False), ("brightness-contrast", 0.3, 0.1)):
        desk(f"gimp-drawable-{name}", made, *given)
        found.append(desk.pixels(made))
    return found


def gradient(desk, kind, layer=0, offset=0.0, box=(3.0, 4.0, 20.0, 12.0)):
    made = desk.layer(desk.image(), kind=layer, seed=7)
    desk("gimp-drawable-edit-gradient-fill", made, kind, offset, False, 1, 0.0, False, *box)
    return desk.pixels(made)


@case("gradient of kind {}, offset {}", ((0, 0.0), (1, 0.0), (2, 0.0), (3, 0.0), (2, 20.0)))
def plain_gradient(desk, kind, offset):
    return gradient(desk, kind, offset=offset)


@case("gradient, {}", ("fg-bg-rgb", "fg-transparent"))
def own_gradient(desk, name):
    desk(f"gimp-context-set-gradient-{name}")
    desk.set(opacity=50.0)
    return gradient(desk, 0, 1), desk("gimp-context-get-gradient")


@case("gradient, reversed")
def reversed_gradient(desk):
    desk.set(gradient_reverse=True)
    return gradient(desk, 0)


@case("gradient, repeated by {}", (1, 2, 3))
def repeated_gradient(desk, how):
    desk.set(gradient_repeat_mode=how)
    return gradient(desk, 0, box=(6.0, 5.0, 13.0, 9.0))


@case("{}, brush of {}", [(each, size) for each in ("pencil", "paintbrush-default") for size in (1.0, 5.0, 12.0)])
def stroke(desk, name, size):
    desk.set(brush="2. Hardness 100", brush_size=size)
    layer = desk.layer(desk.image(40, 32), (40, 32), data=white)
    desk(f"gimp-{name}", layer, [8.0, 8.0, 30.0, 20.0, 12.0, 25.0])
    return desk.pixels(layer)


@case("paintbrush-default, {} with hardness {}", (("2. Hardness 050", 1.0), ("2. Hardness 100", 0.9)))
def hardness(desk, brush, value):
    desk.set(brush=brush, brush_size=12.0, brush_hardness=value, opacity=60.0)
    layer = desk.layer(desk.image(40, 32), (40, 32), data=white)
    desk("gimp-paintbrush-default", layer, [8.0, 8.0, 30.0, 20.0])
    return desk.pixels(layer)


@case(
    "paintbrush-default, {} with its own hardness and spacing",
    ("2. Hardness 025", "2. Hardness 075", "2. Hardness 100"),
)
def own_hardness(desk, brush):
    desk.set(brush=brush)
    for each in ("size", "hardness", "spacing"):
        desk(f"gimp-context-set-brush-default-{each}")
    found = [desk(f"gimp-context-get-brush-{each}") for each in ("size", "hardness", "spacing")]
    desk.set(brush_size=14.0)
    layer = desk.layer(desk.image(40, 32), (40, 32), data=white)
    desk("gimp-paintbrush-default", layer, [12.25, 9.5])
    return found, desk.pixels(layer)


@case("a brush, made, changed and painted with")
def made_brush(desk):
    brush = desk("gimp-brush-new", "a brush of mine")
    assert desk("gimp-brush-is-generated", brush)
    found = [brush]
    for each, value in (("radius", 6.5), ("hardness", 0.8), ("spacing", 30)):
        found += [desk(f"gimp-brush-set-{each}", brush, value), desk(f"gimp-brush-get-{each}", brush)]
    desk.set(brush=brush)
    for each in ("size", "hardness", "spacing"):
        desk(f"gimp-context-set-brush-default-{each}")
    layer = desk.layer(desk.image(40, 32), (40, 32), data=white)
    desk("gimp-paintbrush-default", layer, [20.0, 15.0])
    for each, value in (("shape", 1), ("spikes", 5), ("aspect-ratio", 3.0), ("angle", 30.0)):
        found += [desk(f"gimp-brush-set-{each}", brush, value), desk(f"gimp-brush-get-{each}", brush)]
    found += [desk("gimp-brush-set-hardness", brush, 7.0), desk("gimp-brush-set-radius", brush, 0.0)]
    desk("gimp-resource-delete", brush)
    return [each for each in found if each is not None], desk.pixels(layer)


@case("a pixel, set and read")
def pixel(desk):
    layer = desk.layer(desk.image(), kind=1, seed=2)
    desk("gimp-drawable-set-pixel", layer, 3, 4, desk.color(10, 20, 30, 0.5))
    read = [desk("gimp-drawable-get-pixel", layer, *at) for at in ((3, 4), (5, 6))]
    return [round(255 * each) for color in read for each in (color.r, color.g, color.b, color.a)], desk.pixels(layer)


@case("shadow, merged")
def shadow(desk):
    image = desk.image()
    layer = desk.layer(image, kind=1)
    desk.host.read(layer.ID, True)
    desk.select(image, "feather")
    desk.host.write(layer.ID, True, 0, 0, 24, 20, slopes(24, 20, 4, 5))
    desk("gimp-drawable-merge-shadow", layer, True)
    desk("gimp-drawable-update", layer, 0, 0, 24, 20)
    desk("gimp-drawable-free-shadow", layer)
    return desk.pixels(layer)
