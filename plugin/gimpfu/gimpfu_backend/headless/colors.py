"""Changing colours, and counting them."""

from __future__ import annotations

import numpy as np

from gimpfu_backend.headless import tones
from gimpfu_backend.headless.light import LUMINANCE, from_light, to_bytes, to_light
from gimpfu_backend.headless.things import LINEAR, apply, coverage, kind_of, picture, procedure


def toned(drawable, function, linear=False):
    """Changes the colours, not alpha."""
    made = picture(drawable)
    colors = to_light(made[..., :3]) if linear else made[..., :3]
    changed = np.clip(function(colors), 0, 1)
    apply(drawable, np.concatenate([from_light(changed) if linear else changed, made[..., 3:]], -1))


def toned_channel(drawable, channel, function):
    """Changes the light of a HistogramChannel: 0 all colours, 1 to 3 one, 4 alpha."""
    made = picture(drawable)
    if channel == 4:
        made[..., 3] = np.clip(function(made[..., 3]), 0, 1)
    else:
        at = slice(0, 3) if channel in (0, 5) or kind_of(drawable) > 1 else channel - 1
        made[..., at] = from_light(np.clip(function(to_light(made[..., at])), 0, 1))
    apply(drawable, made)


@procedure("gimp-drawable-invert")
def _(host, drawable, linear):
    toned(drawable, lambda colors: 1 - colors, linear)


@procedure("gimp-drawable-desaturate")
def _(host, drawable, mode):
    def grey(colors):
        if mode in (1, 3):
            found = colors @ LUMINANCE
        elif mode == 2:
            found = colors.mean(-1)
        else:
            found = colors.max(-1) if mode == 4 else (colors.max(-1) + colors.min(-1)) / 2
        return np.repeat(found[..., None], 3, -1)

    toned(drawable, grey, mode == 3)


@procedure("gimp-drawable-brightness-contrast")
def _(host, drawable, brightness, contrast):
    toned(drawable, lambda colors: tones.brightness_contrast(colors, brightness, contrast), True)


@procedure("gimp-drawable-levels")
def _(host, drawable, channel, low, high, clamp_input, gamma, low_output, high_output, clamp_output):
    given = low, high, clamp_input, gamma, low_output, high_output, clamp_output
    toned_channel(drawable, channel, lambda values: tones.levels(values, *given))


@procedure("gimp-drawable-curves-spline")
def _(host, drawable, channel, points):
    samples = tones.spline(points)
    toned_channel(drawable, channel, lambda values: tones.looked_up(values, samples))


@procedure("gimp-drawable-curves-explicit")
def _(host, drawable, channel, samples):
    toned_channel(drawable, channel, lambda values: tones.looked_up(values, samples))


def channel_values(drawable, channel):
    """What a HistogramChannel counts, height x width, 0 to 1."""
    made = picture(drawable).astype(np.float32)
    if channel == 5:
        return to_light(made[..., :3]) @ LUMINANCE
    return made[..., :3].max(-1) if channel == 0 else made[..., channel - 1]


@procedure("gimp-drawable-threshold")
def _(host, drawable, channel, low, high):
    value = channel_values(drawable, channel)
    if channel == 5:
        value = picture(drawable)[..., :3] @ LUMINANCE
    elif drawable.kind not in LINEAR:
        value = to_bytes(value) * np.float32(1 / 255)
    toned(drawable, lambda colors: np.repeat(((value >= low) & (value <= high))[..., None].astype(float), 3, -1))


@procedure("gimp-drawable-posterize")
def _(host, drawable, levels):
    made = picture(drawable)
    apply(drawable, np.round(made * max(levels - 1, 1)) / max(levels - 1, 1))


@procedure("gimp-drawable-hue-saturation")
def _(host, drawable, which, hue, lightness, saturation, overlap):
    toned(drawable, lambda colors: tones.hue_saturation(colors, which, hue, lightness, saturation, overlap))


@procedure("gimp-drawable-colorize-hsl")
def _(host, drawable, hue, saturation, lightness):
    toned(drawable, lambda colors: tones.colorized(colors, hue, saturation, lightness), True)


@procedure("gimp-drawable-color-balance")
def _(host, drawable, where, keep, *shifts):
    toned(drawable, lambda colors: tones.balanced(colors, where, keep, shifts))


def weights(drawable, channel):
    """What each pixel counts in a histogram: as far as it is selected, and opaque."""
    made = np.broadcast_to(coverage(drawable), (*drawable.data.shape[:2], 1))[..., 0]
    return made * (drawable.data[..., -1] / 255) if kind_of(drawable) % 2 and channel != 4 else made


def counted(drawable, channel):
    return tones.histogram(channel_values(drawable, channel), weights(drawable, channel))


@procedure("gimp-drawable-histogram")
def _(host, drawable, channel, low, high):
    """mean, deviation, median, all pixels, those within, their share."""
    counts = counted(drawable, channel)
    start, end = round(255 * low), round(255 * high)
    part, values = counts[start : end + 1], np.arange(start, end + 1)
    within, total = part.sum(), counts.sum()
    if within == 0:
        return 0.0, 0.0, 0.0, float(total), 0.0, 0.0
    mean = (part * values).sum() / within
    deviation = np.sqrt((part * (values - mean) ** 2).sum() / within)
    median = values[np.argmax(2 * np.cumsum(part) > within)]
    return float(mean), float(deviation), float(median), float(total), float(within), float(within / total)


@procedure("gimp-drawable-levels-stretch")
def _(host, drawable):
    made = picture(drawable)
    for channel in range(3):
        light = to_light(made[..., channel])
        low, high = tones.stretched(tones.histogram(light, weights(drawable, channel)))
        made[..., channel] = from_light(tones.levels(light, low, high, True, 1, 0, 1, True))
    apply(drawable, made)


@procedure("gimp-drawable-equalize")
def _(host, drawable, mask_only):
    made = picture(drawable)
    for channel in range(3):
        light = to_light(made[..., channel])
        counts = tones.histogram(light, weights(drawable, channel))
        shares = np.cumsum(counts) / max(counts.sum(), 1e-9)
        made[..., channel] = from_light(shares[(light * 255 + 1e-6).astype(int)])
    apply(drawable, made)
