"""Layer modes, by GIMP 3's numbers: 0 to 22 are those of GIMP 2.8, which reckon with sRGB's values alone."""

from __future__ import annotations

import numpy as np

import gimpenums
from gimpfu_backend import Refused
from gimpfu_backend.headless.light import LUMINANCE, from_lab, from_light, to_lab, to_light

REPLACE, ERASE, PASS_THROUGH = -1, 58, 61


def ratio(one, other):
    """one / other, large where other is 0."""
    return one / np.where(np.abs(other) > 1e-9, other, 1e-9)


def screened(d, s):
    return 1 - (1 - d) * (1 - s)


def overlaid(d, s):
    """Multiplied where d is dark, screened where it is light."""
    return np.where(d < 0.5, 2 * d * s, 1 - 2 * (1 - d) * (1 - s))


def softened(d, s):
    return (1 - d) * d * s + d * screened(d, s)


def vivid(d, s):
    return np.where(s <= 0.5, np.maximum(1 - ratio(1 - d, 2 * s), 0), np.minimum(ratio(d, 2 * (1 - s)), 1))


def ends(colors):
    return colors.max(-1, keepdims=True), colors.min(-1, keepdims=True)


def hued(d, s):
    """s's hue, d's saturation and value."""
    (high, low), (top, bottom) = ends(d), ends(s)
    scale = ratio(high - low, top - bottom)
    return np.where(top > bottom, s * scale + high - top * scale, high)


def saturated(d, s):
    """s's saturation, d's hue and value."""
    (high, low), (top, bottom) = ends(d), ends(s)
    scale = ratio(ratio(top - bottom, top) * high, high - low)
    return np.where(high > low, d * scale + (1 - scale) * high, high)


def valued(d, s):
    """s's value, d's hue and saturation."""
    high, top = ends(d)[0], ends(s)[0]
    return np.where(high > 0, d * ratio(top, high), top)


def tinted(d, s):
    """s's hue and saturation, d's lightness; both as HSL has them."""
    light, other = (sum(ends(each)) / 2 for each in (d, s))
    room, have = (np.minimum(each, 1 - each) for each in (light, other))
    scale = ratio(room, have)
    beyond = np.where(light > 0.5, 1 - 2 * room, 0) + np.where(other > 0.5, 2 * room - scale, 0)
    return np.where(have > 1e-6, s * scale + beyond, light)


def brightness(colors):
    return (colors @ LUMINANCE)[..., None]


def by_lab(mix):
    """A mix of L, and of a and b, as linear light."""

    def mixed(d, s):
        (light, ab), (other, cd) = ((each[..., :1], each[..., 1:]) for each in (to_lab(d), to_lab(s)))
        return from_lab(np.concatenate(mix(light, ab, other, cd), -1))

    return mixed


def length(ab):
    return np.hypot(ab[..., :1], ab[..., 1:])


LAB = {  # lightness and a, b: of what is below, and above
    24: by_lab(lambda light, ab, other, cd: (light, cd * ratio(length(ab), length(cd)))),
    25: by_lab(lambda light, ab, other, cd: (light, ab * ratio(length(cd), length(ab)))),
    26: by_lab(lambda light, ab, other, cd: (light, cd)),
    27: by_lab(lambda light, ab, other, cd: (other, ab)),
}
MIXES = {  # below, above
    3: lambda d, s: d * s,
    4: screened,
    5: lambda d, s: d * (d + 2 * s * (1 - d)),
    6: lambda d, s: np.abs(d - s),
    7: lambda d, s: np.minimum(1, d + s),
    8: lambda d, s: np.maximum(0, d - s),
    9: np.minimum,
    10: np.maximum,
    11: hued,
    12: saturated,
    13: tinted,
    14: valued,
    15: lambda d, s: np.minimum(1, d / np.maximum(s, 1 / 256)),
    16: lambda d, s: np.minimum(1, d / np.maximum(1 - s, 1 / 256)),
    17: lambda d, s: np.maximum(0, 1 - (1 - d) / np.maximum(s, 1 / 256)),
    18: lambda d, s: np.where(s > 0.5, 1 - (1 - d) * (1 - 2 * (s - 0.5)), 2 * d * s),
    19: softened,
    20: lambda d, s: np.clip(d - s + 128 / 255, 0, 1),
    21: lambda d, s: np.clip(d + s - 128 / 255, 0, 1),
    23: overlaid,
    30: lambda d, s: d * s,
    31: screened,
    32: lambda d, s: np.abs(d - s),
    33: lambda d, s: d + s,
    34: lambda d, s: d - s,
    35: np.minimum,
    36: np.maximum,
    37: hued,
    38: saturated,
    39: tinted,
    40: valued,
    41: ratio,
    42: lambda d, s: ratio(d, 1 - s),
    43: lambda d, s: 1 - ratio(1 - d, s),
    44: lambda d, s: overlaid(s, d),
    45: softened,
    46: lambda d, s: d - s + 0.5,
    47: lambda d, s: d + s - 0.5,
    48: vivid,
    49: lambda d, s: np.where(s > 0.5, np.maximum(d, 2 * s - 1), np.minimum(d, 2 * s)),
    50: lambda d, s: d + 2 * s - 1,
    51: lambda d, s: np.where(d + s < 1, 0.0, 1.0),
    52: lambda d, s: 0.5 - 2 * (d - 0.5) * (s - 0.5),
    53: lambda d, s: d + s - 1,
    54: lambda d, s: np.where(brightness(d) <= brightness(s), d, s),
    55: lambda d, s: np.where(brightness(d) >= brightness(s), d, s),
    56: lambda d, s: d * ratio(brightness(s), brightness(d)),
}
LIT = {30, 33, 34, 41, 54, 55, 56}  # that mix light; the rest mix sRGB's values


def refuse_mode(mode):
    names = [each for each in gimpenums.__all__ if each.startswith("LAYER_MODE_") and getattr(gimpenums, each) == mode]
    raise Refused(f"The mode {names[0] if names else mode} needs GIMP; run this plug-in in it.")


def in_light(mode):
    """Whether GIMP 3 composes a mode in linear light: the legacy modes are not."""
    return mode > 22 or mode == REPLACE


def blended(below, above, mode, opacity=1.0, painting=False):
    """A picture over another; opacity: a number, or height x width x 1.

    painting: GIMP 3's modes show on what is transparent as well; of layers they show on what is below alone.
    """
    under, part = below[..., 3:], above[..., 3:] * opacity
    if mode in (ERASE, 60):  # 60 splits
        made = under * (1 - part) if mode == ERASE else np.maximum(under - part, 0)
        return np.concatenate([below[..., :3], made], -1)
    union = part + under * (1 - part)
    if mode == REPLACE:
        made = under + (above[..., 3:] - under) * opacity
        share = part / np.maximum(made, 1e-9)
    elif mode == 59:  # merges
        made = np.minimum(under, 1 - part) + part
        share = part / np.maximum(made, 1e-9)
    elif mode in (2, 29):  # behind
        made, share = union, 1 - under / np.maximum(union, 1e-9)
    elif mode in (0, 28) or (painting and mode > 22):
        made, share = union, part / np.maximum(union, 1e-9)
    elif mode < 23:
        made, part = under, np.minimum(under, above[..., 3:]) * opacity
        share = part / np.maximum(under + (1 - under) * part, 1e-9)
    else:
        made, share = under, np.where(under > 0, part, 0)
    convert, back = (to_light, from_light) if in_light(mode) else (np.asarray, np.asarray)
    low, high = convert(below[..., :3]), convert(above[..., :3])
    if mode not in (REPLACE, 0, 2, 28, 29, 59):
        mixed = mix(below[..., :3], above[..., :3], mode)
        high = high + (mixed - high) * under if painting and mode > 22 else mixed
    mixed = np.where((share == 0) | (made == 0), below[..., :3], back(low + (high - low) * np.minimum(share, 1)))
    return np.concatenate([mixed, made], -1)


def mix(low, high, mode):
    """What a mode makes of two colours: light, or sRGB's values of the legacy modes."""
    if mode in LAB:
        return LAB[mode](low, high)
    if mode not in MIXES:
        refuse_mode(mode)
    if mode in LIT:
        return MIXES[mode](to_light(low), to_light(high))
    made = MIXES[mode](low, high)
    return made if mode < 23 else to_light(made)
