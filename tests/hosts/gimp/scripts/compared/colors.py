"""Changes of colours, and histograms."""

from .desk import case, noise, slopes

LEVELS = ((0, 0.1, 0.8, True, 1.5, 0.0, 1.0, True), (1, 0.0, 0.5, False, 0.7, 0.2, 0.9, True),
          (0, 0.1, 0.7, False, 1.3, 0.9, 0.1, False))  # fmt: skip
CALLS = (  # procedure, its arguments, the layer's type, what is selected
    ("invert", (False,), 0, None),
    ("invert", (True,), 0, None),
    ("invert", (False,), 1, "feather"),
    ("invert", (False,), 3, "ellipse"),
    *(
        ("brightness-contrast", each, 0, None)
        for each in ((0.3, 0.0), (-0.4, 0.2), (0.0, -0.5), (0.1, 0.9), (0.5, -1.0))
    ),
    ("brightness-contrast", (1.0, 1.0), 0, None),
    ("brightness-contrast", (0.2, 0.1), 1, "feather"),
    ("brightness-contrast", (0.2, 0.1), 2, None),
    *(("levels", each, 0, None) for each in LEVELS),
    ("levels", (4, 0.2, 0.9, True, 1.0, 0.1, 0.8, True), 1, None),
    ("levels", (0, 0.1, 0.8, True, 1.5, 0.0, 1.0, True), 3, None),
    *(("desaturate", (mode,), 0, None) for mode in range(5)),
    ("desaturate", (1,), 1, "ellipse"),
    *(("threshold", (channel, 0.4, 0.8), int(channel == 4), None) for channel in range(6)),
    ("threshold", (0, 0.4, 0.8), 2, None),
    ("posterize", (4,), 0, None),
    ("posterize", (7,), 1, None),
    *(("hue-saturation", (hues, 40.0, 20.0, -30.0, 0.0), 0, None) for hues in range(7)),
    ("hue-saturation", (0, -120.0, -40.0, 60.0, 0.0), 0, None),
    ("hue-saturation", (2, 90.0, 0.0, 50.0, 50.0), 0, None),
    ("hue-saturation", (5, -30.0, 10.0, 20.0, 100.0), 0, None),
    ("colorize-hsl", (200.0, 60.0, 10.0), 0, None),
    ("colorize-hsl", (40.0, 30.0, -20.0), 1, None),
    ("color-balance", (0, True, 30.0, -20.0, 50.0), 0, None),
    ("color-balance", (1, True, 30.0, -20.0, 50.0), 0, None),
    ("color-balance", (2, False, 30.0, -20.0, 50.0), 0, None),
    ("curves-spline", (0, [0.0, 0.0, 0.25, 0.6, 0.7, 0.65, 1.0, 1.0]), 0, None),
    ("curves-spline", (2, [0.1, 0.3, 0.9, 0.5]), 0, None),
    ("curves-spline", (0, [0.0, 1.0, 0.5, 0.2, 1.0, 0.0]), 1, None),
)


@case("{} {} of type {}, {} selected", CALLS)
def changed(desk, name, given, kind, shape):
    image = desk.image(base=kind // 2)
    layer = desk.layer(image, kind=kind, seed=7)
    desk.select(image, shape)
    desk(f"gimp-drawable-{name}", layer, *given)
    return desk.pixels(layer)


@case("curves by samples, channel {}", (0, 3))
def curves(desk, channel):
    layer = desk.layer(desk.image(), seed=7)
    samples = [(n / 255) ** 2 if channel == 0 else 1 - n / 255 for n in range(256)]
    desk("gimp-drawable-curves-explicit", layer, channel, samples)
    return desk.pixels(layer)


def pale(width, height, channels, seed):
    return bytes(40 + each // 2 for each in noise(width, height, channels, seed))


def dark(width, height, channels, seed):
    return bytes(40 + each * each // 600 for each in noise(width, height, channels, seed))


@case("stretched levels, {}", ("pale", "slopes"))
def stretched(desk, name):
    layer = desk.layer(desk.image(), seed=7, data={"pale": pale, "slopes": slopes}[name])
    desk("gimp-drawable-levels-stretch", layer)
    return desk.pixels(layer)


@case("equalize, {} of type {}, {} selected", (("dark", 0, None), ("noise", 0, "ellipse"), ("dark", 2, None)))
def equalized(desk, name, kind, shape):
    image = desk.image(base=kind // 2)
    layer = desk.layer(image, kind=kind, seed=7, data={"dark": dark, "noise": noise}[name])
    desk.select(image, shape)
    desk("gimp-drawable-equalize", layer, shape is not None)
    return desk.pixels(layer)


@case("histogram of type {}", (0, 1))
def counted(desk, kind):
    image = desk.image()
    layer = desk.layer(image, kind=kind)
    found = [desk("gimp-drawable-histogram", layer, each, 0.1, 0.9) for each in range(6) if kind or each != 4]
    desk.select(image, "feather")
    return [*found, desk("gimp-drawable-histogram", layer, 1, 0.0, 1.0)]


@case("channel, {}", ("invert", "posterize", "desaturate", "brightness-contrast"))
def of_channel(desk, name):
    channel = desk.channel(desk.image())
    given = {"invert": (False,), "posterize": (3,), "desaturate": (3,), "brightness-contrast": (0.3, 0.1)}[name]
    desk(f"gimp-drawable-{name}", channel, *given)
    return desk.pixels(channel)
