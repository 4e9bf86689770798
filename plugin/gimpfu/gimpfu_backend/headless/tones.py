"""Changes of colours; each function takes height x width x 3 (or 1), 0 to 1, and gives the same."""

from __future__ import annotations

import numpy as np

from gimpfu_backend.headless.light import LUMINANCE, to_bytes


def brightness_contrast(colors, brightness, contrast):
    half, slant = brightness / 2, np.tan((contrast + 1) * np.pi / 4)
    lit = colors * (1 + half) if half < 0 else colors + (1 - colors) * half
    return (lit - 0.5) * slant + 0.5


def levels(values, low, high, clamp_input, gamma, low_output, high_output, clamp_output):
    made = (values - low) / (high - low) if high != low else values - low
    if clamp_input:
        made = np.clip(made, 0, 1)
    if gamma != 1:
        made = np.where(made > 0, np.maximum(made, 1e-12) ** (1 / gamma), made)
    made = made * (high_output - low_output) + low_output
    return np.clip(made, 0, 1) if clamp_output else made


def spline(points):
    """256 samples of GIMP's smooth curve through x, y, ...: a cubic between neighbours, sloped as those beyond."""
    knots = sorted(zip(np.clip(points[::2], 0, 1), np.clip(points[1::2], 0, 1)))
    last, samples = len(knots) - 1, np.zeros(256)
    place = [int(np.floor(x * 255 + 0.5)) for x, _ in knots]
    samples[: place[0]], samples[place[-1] :] = knots[0][1], knots[-1][1]
    for n in range(last):
        (xa, ya), (x0, y0), (x3, y3), (xb, yb) = (knots[min(max(at, 0), last)] for at in range(n - 1, n + 3))
        across, first, final = x3 - x0, n == 0, n + 1 == last
        if across <= 1e-6:
            samples[place[n]] = y3
            continue
        y1 = y0 + ((y3 - ya) / (x3 - xa) if not first else 0) * across / 3
        y2 = y3 - ((yb - y0) / (xb - x0) if not final else 0) * across / 3
        if first and final:
            y1, y2 = y0 + (y3 - y0) / 3, y0 + (y3 - y0) * 2 / 3
        elif first:
            y1 = y0 + (y2 - y0) / 2
        elif final:
            y2 = y3 + (y1 - y3) / 2
        at = np.arange(int(np.floor(across * 255 + 0.5)) + 1)
        at = at[at + place[n] < 256]
        t = at / across / 255
        made = y0 * (1 - t) ** 3 + 3 * y1 * (1 - t) ** 2 * t + 3 * y2 * (1 - t) * t**2 + y3 * t**3
        samples[at + place[n]] = np.clip(made, 0, 1)
    for at, (_, y) in zip(place, knots):
        samples[at] = y
    return samples


def to_hsl(colors):
    high, low = colors.max(-1), colors.min(-1)
    spread, light = high - low, (high + low) / 2
    saturation = spread / np.maximum(np.where(light <= 0.5, high + low, 2 - high - low), 1e-12)
    r, g, b = np.moveaxis(colors, -1, 0)
    wide = np.maximum(spread, 1e-12)
    hue = np.where(r == high, (g - b) / wide, np.where(g == high, 2 + (b - r) / wide, 4 + (r - g) / wide)) / 6 % 1
    return np.where(spread > 0, hue, 0), np.where(spread > 0, saturation, 0), light


def from_hsl(hue, saturation, light):
    top = np.where(light <= 0.5, light * (1 + saturation), light + saturation - light * saturation)
    low = 2 * light - top

    def part(at):
        at = at % 6
        rising, falling = low + (top - low) * at, low + (top - low) * (4 - at)
        return np.where(at < 1, rising, np.where(at < 3, top, np.where(at < 4, falling, low)))

    return np.stack([part(hue * 6 + 2), part(hue * 6), part(hue * 6 - 2)], -1)


def hue_saturation(colors, which, hue, lightness, saturation, overlap):
    """which: 0 all, 1 red, 2 yellow, ... 6 magenta; degrees, and per cent."""
    shifts = np.zeros((3, 7))
    shifts[:, which] = hue / 180, saturation / 100, lightness / 100
    h, s, light = to_hsl(colors)
    at, half = h * 6, overlap / 100 / 2
    first = np.minimum(np.ceil(np.maximum(at - 0.5 - half, 0)), 6).astype(int)
    first = np.where(at >= first + 0.5 + half, first + 1, first)
    both = (half > 0) & (at > first + 0.5 - half) & (first < 6)
    second = np.where(both, (first + 1) % 6, first % 6) + 1
    share = np.where(both, (at - first - 0.5 + half) / max(2 * half, 1e-9), 0)
    first = first % 6 + 1
    turn = shifts[0, 0] + shifts[0, first] * (1 - share) + shifts[0, second] * share

    def moved(at):
        more, lift = shifts[1, 0] + shifts[1, at], shifts[2, 0] + shifts[2, at]
        return np.clip(s * (more + 1), 0, 1), np.where(lift < 0, light * (lift + 1), light + lift * (1 - light))

    s, light = (one * (1 - share) + two * share for one, two in zip(moved(first), moved(second)))
    return from_hsl((h + turn / 2) % 1, s, light)


def colorized(colors, hue, saturation, lightness):
    light = colors @ LUMINANCE
    lift = lightness / 100
    light = light * (1 - lift) + lift if lift > 0 else light * (1 + lift)
    return from_hsl(np.full_like(light, hue / 360), np.full_like(light, saturation / 100), light)


def balanced(colors, where, keep, shifts):
    """where: 0 shadows, 1 midtones, 2 highlights; shifts: of red, green, blue, per cent."""
    light = to_hsl(colors)[2]
    low, high = np.clip((light - 0.333) / -0.25 + 0.5, 0, 1), np.clip((light + 0.333 - 1) / 0.25 + 0.5, 0, 1)
    middle = np.clip((light - 0.333) / 0.25 + 0.5, 0, 1) * np.clip((light + 0.333 - 1) / -0.25 + 0.5, 0, 1)
    amount = 0.7 * (low, middle, high)[where]
    made = np.clip(colors + amount[..., None] * np.array(shifts) / 100, 0, 1)
    return from_hsl(*to_hsl(made)[:2], light) if keep else made


def looked_up(values, samples):
    return np.interp(values, np.linspace(0, 1, len(samples)), samples)


# Histograms


def histogram(values, weights):
    return np.bincount(to_bytes(values).ravel(), weights.ravel(), 256)


def stretched(counts):
    """low, high: where 0.6 % of the weight are below, and above; as GIMP's automatic levels."""
    shares = np.cumsum(counts) / max(counts.sum(), 1e-9)
    above = np.cumsum(counts[::-1]) / max(counts.sum(), 1e-9)
    if counts.sum() == 0:
        return 0.0, 0.0
    ends = [np.nonzero(np.abs(each[:-1] - 0.006) < np.abs(each[1:] - 0.006))[0] for each in (shares, above)]
    low, high = (int(each[0]) + 1 if len(each) else 0 for each in ends)
    return low / 255, (255 - high) / 255
