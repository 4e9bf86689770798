"""Blurs, other sizes, and the operations of GEGL."""

from __future__ import annotations

import numpy as np

from gimpfu_backend import Refused
from gimpfu_backend.headless.light import from_light, to_light


def gaussian(values, across, down):
    """Blurred as GEGL blurs, the edges' pixels going on beyond them."""
    for axis, deviation in ((1, across), (0, down)):
        if deviation > 0:
            moved = np.moveaxis(values, axis, 0)
            made = recursive(moved, deviation) if deviation > 1 else convolved(moved, deviation)
            values = np.moveaxis(made, 0, axis)
    return values


def convolved(values, deviation):
    reach = int(np.ceil(3 * deviation + 0.5))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    wide = np.pad(values, [(reach, reach)] + [(0, 0)] * (values.ndim - 1), mode="edge")
    return sum(w * wide[n : n + len(values)] for n, w in enumerate(weights / weights.sum()))


def recursive(values, deviation):
    """Young and van Vliet, Recursive implementation of the Gaussian filter, 1995, equations 8 to 11.

    Beyond its end a row goes on as it ends. GEGL starts the way back one value late: with what the way back has in the
    last place and the two after it, as if these were the three places after the last.
    """
    narrow = deviation < 2.5
    q = 3.97156 - 4.14554 * np.sqrt(1 - 0.26891 * deviation) if narrow else 0.98711 * deviation - 0.9633
    b0 = 1.57825 + 2.44413 * q + 1.4281 * q**2 + 0.422205 * q**3
    b1 = (2.44413 * q + 2.85619 * q**2 + 1.26661 * q**3) / b0
    b2 = -(1.4281 * q**2 + 1.26661 * q**3) / b0
    b3 = 0.422205 * q**3 / b0

    def filtered(values, made):
        """The filter on values, after the three that are in `made`."""
        for n, value in enumerate(values, 3):
            made[n] = (1 - b1 - b2 - b3) * value + b1 * made[n - 1] + b2 * made[n - 2] + b3 * made[n - 3]
        return made[3:]

    count, beyond = len(values), int(np.ceil(12 * deviation)) + 12
    room = np.zeros((3 + count + beyond, *values.shape[1:]))
    room[:3] = values[0]
    there = filtered([*values, *[values[-1]] * beyond], room)
    room = np.zeros_like(room)
    room[:3] = there[-1]
    back = filtered(there[::-1], room)[::-1]
    room = np.zeros((3 + count, *values.shape[1:]))
    room[:3] = back[count - 1 : count + 2][::-1]
    return filtered(there[:count][::-1], room)[::-1]


def resized(values, width, height, cubic, alone=False):
    """Larger, or as large, as GEGL's samplers make it: Mitchell and Netravali's kernel with B 1/2, C 1/4, or lines.

    Beyond the edges their values go on; alone: there is nothing.
    """
    for axis, count in ((0, height), (1, width)):
        size = values.shape[axis]
        at = (np.arange(count) + 0.5) * size / count - 0.5
        first, made = np.floor(at).astype(int), 0
        for step in range(-1, 3):
            x = np.abs(at - first - step)
            near, far = 6 * x**3 - 10.5 * x**2 + 5, -2 * x**3 + 10.5 * x**2 - 18 * x + 10
            weight = np.where(x < 1, near, np.where(x < 2, far, 0)) / 6
            weight = weight if cubic else np.maximum(1 - x, 0)
            if alone:
                weight = weight * ((first + step >= 0) & (first + step < size))
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


def straight(light):
    """The colours of what is multiplied by its alpha."""
    return light[..., :3] / np.where(light[..., 3:] > 1e-6, light[..., 3:], 1)


def sharpened(light, properties):
    blurred = straight(gaussian(light, properties["std-dev"], properties["std-dev"]))
    colors = straight(light)
    return colors + properties["scale"] * (colors - blurred)


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
        return np.concatenate([back(np.clip(sharpened(light, properties), 0, 1)), alpha], -1)
    else:
        raise Refused(f"GEGL's {operation} needs GIMP; run this plug-in in it.")
    return np.concatenate([back(np.clip(straight(made), 0, 1)), np.clip(made[..., 3:], 0, 1)], -1)
