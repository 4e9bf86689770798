"""Generated round brushes: those of GIMP's own that are round, and those that a plug-in makes."""

from __future__ import annotations

import numpy as np

from gimpfu_backend import Refused
from gimpfu_backend.headless.things import procedure

OVERSAMPLING = 4  # of a brush's slope, per pixel, as in GIMP's gimpbrushgenerated.c
STEPS = 4  # places within a pixel where a dab's middle can be (gimpbrushcore-kernels.h)
# How a dab is spread over three pixels of a row, by the place of its middle: 0, 1/4, ... 1 of a pixel.
SPREAD = ((0.5, 0.5, 0), (0.2, 0.8, 0), (0, 1, 0), (0, 0.8, 0.2), (0, 0.5, 0.5))
PROPERTIES = {"shape": 0, "radius": 5.0, "spikes": 2, "hardness": 0.5, "aspect-ratio": 1.0, "angle": 0.0, "spacing": 20}
ROUND = {
    f"2. Hardness {round(100 * hardness):03}": {**PROPERTIES, "radius": 25.0, "hardness": hardness, "spacing": spacing}
    for hardness, spacing in ((0.25, 5), (0.5, 10), (0.75, 10), (1.0, 10))
}
LIMITS = {
    "radius": (0.1, 4000.0),
    "hardness": (0.0, 1.0),
    "aspect-ratio": (1.0, 1000.0),
    "spikes": (2, 20),
    "spacing": (1, 5000),
}


def brush(host, name):
    """The properties of a generated brush. Refused for any other."""
    found = host.settings.get("brush " + name) or ROUND.get(name)
    if found is None:
        raise Refused(
            f"The brush {name!r} needs GIMP; without it there are {', '.join(ROUND)}, and what pdb.gimp_brush_new makes."
        )
    return found


def names(host):
    return [*ROUND, *(each[6:] for each in host.settings if each.startswith("brush "))]


@procedure("gimp-brushes-get-list")
def _(host, words):
    return [each for each in dict.fromkeys((*names(host), host.context["brush"])) if words in each]


@procedure("gimp-brush-new")
def _(host, name):
    taken, made, number = names(host), name, 1
    while made in taken:
        made, number = f"{name} #{number}", number + 1
    host.settings["brush " + made] = dict(PROPERTIES)
    return made


@procedure("gimp-brush-is-generated")
def _(host, name):
    return bool(brush(host, name))


def changed(host, name, key, value):
    if name in ROUND:
        raise RuntimeError(f"The brush {name!r} cannot be changed.")
    low, high = LIMITS.get(key, (value, value))
    brush(host, name)[key] = min(high, max(low, value))
    return None if key == "spacing" else brush(host, name)[key]


for _key in PROPERTIES:
    procedure(f"gimp-brush-get-{_key}")(lambda host, name, key=_key: brush(host, name)[key])
    procedure(f"gimp-brush-set-{_key}")(lambda host, name, value, key=_key: changed(host, name, key, value))


@procedure("gimp-context-set-brush-default-size")
def _(host):
    host.context["brush-size"] = side(brush(host, host.context["brush"]))


@procedure("gimp-context-set-brush-default-hardness")
def _(host):
    host.context["brush-hardness"] = brush(host, host.context["brush"])["hardness"]


@procedure("gimp-context-set-brush-default-spacing")
def _(host):
    host.context["brush-spacing"] = brush(host, host.context["brush"])["spacing"] / 100


def side(given):
    """A brush's own size in pixels."""
    return 2.0 * np.ceil(given["radius"]) + 1


def slope(radius, hardness):
    """How much a dab covers at 0, 1/4, 2/4, ... pixels from its middle, 0 to 1 in 255 steps; ends where it covers nothing."""
    steep = 0.4 / max(1 - hardness, 4e-7)

    def height(far):
        if far > radius:
            return 0.0
        fall = (far / radius) ** steep
        return 1 - 2 * fall**2 if fall < 0.5 else 2 * (1 - fall) ** 2

    window = [height(abs((n + 0.5) / OVERSAMPLING - 0.5)) for n in range(OVERSAMPLING)]
    found, far = [], 0.5 - 0.5 / OVERSAMPLING
    while far < radius or sum(window) > 1e-5:
        window[len(found) % OVERSAMPLING] = height(far)
        found.append(np.rint(255 * sum(window) / OVERSAMPLING) / 255)
        far += 1 / OVERSAMPLING
    return np.array([*found, 0.0])


def mask(given, size, hardness):
    """A square of odd side, 0 to 1: the brush at a size."""
    if given["shape"] != 0 or given["aspect-ratio"] != 1 or given["spikes"] != 2:
        raise Refused("Brushes that are not round need GIMP; run this plug-in in it.")
    radius = given["radius"] * size / side(given)
    half = int(np.ceil(radius))
    ys, xs = np.mgrid[-half : half + 1, -half : half + 1]
    table = slope(radius, hardness)
    at = np.rint(np.hypot(xs, ys) * OVERSAMPLING).astype(int)
    return table[np.minimum(at, len(table) - 1)]


def placed(shape, x, y):
    """A mask with its middle at x, y: left, top and pixels."""
    left, top = int(np.floor(x)), int(np.floor(y))
    columns, rows = (SPREAD[int(np.rint(STEPS * (at - np.floor(at))))] for at in (x, y))
    height, width = shape.shape
    made = np.zeros((height + 2, width + 2))
    for dy, down in enumerate(rows):
        for dx, across in enumerate(columns):
            if down and across:
                made[dy : dy + height, dx : dx + width] += shape * down * across
    return left - width // 2 - 1, top - height // 2 - 1, made
