"""Blurs, other sizes, and the operations of GEGL."""

from __future__ import annotations

import numpy as np

from gimpfu_backend import Refused
from gimpfu_backend.headless.light import from_light, to_light


def gaussian(values, across, down):
    """Blurred as GEGL blurs, the edges' pixels going on beyond them."""
    for axis, deviation in ((1, across), (0, down)):
        if deviation > 0:
            reach = int(np.ceil(8 * deviation)) + 8
            moved = np.moveaxis(values, axis, 0)
            wide = np.pad(moved, [(reach, reach)] + [(0, 0)] * (values.ndim - 1), mode="edge")
            made = recursive(wide, deviation) if deviation > 1 else convolved(wide, deviation)
            values = np.moveaxis(made[reach : reach + len(moved)], 0, axis)
    return values


def convolved(values, deviation):
    reach = int(np.ceil(3 * deviation + 0.5))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    wide = np.pad(values, [(reach, reach)] + [(0, 0)] * (values.ndim - 1), mode="edge")
    return sum(w * wide[n : n + len(values)] for n, w in enumerate(weights / weights.sum()))


def recursive(values, deviation):
    """Young and van Vliet, Recursive implementation of the Gaussian filter, 1995, equations 8 to 11."""
    narrow = deviation < 2.5
    q = 3.97156 - 4.14554 * np.sqrt(1 - 0.26891 * deviation) if narrow else 0.98711 * deviation - 0.9633
    b0 = 1.57825 + 2.44413 * q + 1.4281 * q**2 + 0.422205 * q**3
    b1 = (2.44413 * q + 2.85619 * q**2 + 1.26661 * q**3) / b0
    b2 = -(1.4281 * q**2 + 1.26661 * q**3) / b0
    b3 = 0.422205 * q**3 / b0
    for _ in range(2):  # there and back
        made = values.copy()
        for n in range(3, len(values)):
            made[n] = (1 - b1 - b2 - b3) * values[n] + b1 * made[n - 1] + b2 * made[n - 2] + b3 * made[n - 3]
        values = made[::-1]
    return values


def resized(values, width, height, cubic):
    """Larger, or as large, as GEGL's samplers make it: Mitchell and Netravali's kernel with B 1/2, C 1/4, or lines."""
    for axis, count in ((0, height), (1, width)):
        size = values.shape[axis]
        at = (np.arange(count) + 0.5) * size / count - 0.5
        first, made = np.floor(at).astype(int), 0
        for step in range(-1, 3):
            x = np.abs(at - first - step)
            near, far = 6 * x**3 - 10.5 * x**2 + 5, -2 * x**3 + 10.5 * x**2 - 18 * x + 10
            weight = np.where(x < 1, near, np.where(x < 2, far, 0)) / 6
            weight = weight if cubic else np.maximum(1 - x, 0)
            shape = [count if n == axis else 1 for n in range(values.ndim)]
            made = made + np.take(values, np.clip(first + step, 0, size - 1), axis) * weight.reshape(shape)
        values = made
    return values


def pixelized(values, across, down):
    made = np.empty_like(values)
    for y in range(0, values.shape[0], down):
        for x in range(0, values.shape[1], across):
            block = np.s_[y : y + down, x : x + across]
            made[block] = values[block].mean((0, 1))
    return made


def filtered(picture, operation, properties, curved):
    """GEGL's operation on a picture, in linear light and by alpha; curved: sRGB's values as if they were light."""
    convert, back = (np.asarray, np.asarray) if curved else (to_light, from_light)
    alpha = picture[..., 3:]
    light = np.concatenate([convert(picture[..., :3]) * alpha, alpha], -1)
    if operation == "gegl:gaussian-blur":
        made = gaussian(light, properties["std-dev-x"], properties["std-dev-y"])
    elif operation == "gegl:pixelize":
        made = pixelized(light, max(1, int(properties["size-x"])), max(1, int(properties["size-y"])))
    elif operation == "gegl:unsharp-mask":
        apart = light - gaussian(light, properties["std-dev"], properties["std-dev"])
        limit = properties.get("threshold", 0.0)
        apart = np.sign(apart) * np.maximum(np.abs(apart) - limit, 0) if limit else apart
        made = light + properties["scale"] * apart
    else:
        raise Refused(f"GEGL's {operation} needs GIMP; run this plug-in in it.")
    opaque = made[..., 3:]
    colors = made[..., :3] / np.where(opaque > 1e-6, opaque, 1)
    return np.concatenate([back(np.clip(colors, 0, 1)), np.clip(opaque, 0, 1)], -1)
