"""Colours as GIMP 2's module of this name has them."""

from __future__ import annotations

import colorsys
import re

_NAMES = {
    "black": "000000", "silver": "c0c0c0", "gray": "808080", "grey": "808080", "white": "ffffff", "maroon": "800000", "red": "ff0000",
    "purple": "800080", "fuchsia": "ff00ff", "magenta": "ff00ff", "green": "008000", "lime": "00ff00", "olive": "808000",
    "yellow": "ffff00", "navy": "000080", "blue": "0000ff", "teal": "008080", "aqua": "00ffff", "cyan": "00ffff", "orange": "ffa500",
    "pink": "ffc0cb", "brown": "a52a2a", "gold": "ffd700", "violet": "ee82ee", "indigo": "4b0082", "tan": "d2b48c",
}  # fmt: skip


def _part(value):
    """A component as gimpcolor takes it: whole numbers mean 0 to 255, others 0 to 1."""
    return value / 255.0 if isinstance(value, int) and not isinstance(value, bool) else float(value)


class RGB:
    """Red, green, blue and alpha, 0 to 1; as a sequence, 0 to 255."""

    def __init__(self, r, g=None, b=None, a=1.0):
        if g is None and isinstance(r, str):
            r, g, b, a = _parsed(r)
        elif g is None:
            r, g, b, a = (*tuple(r), 1.0)[:4] if len(r) == 3 else tuple(r)
        self.set(r, g, b, a)

    def set(self, r=None, g=None, b=None, a=None):
        for name, value in (("r", r), ("g", g), ("b", b), ("a", a)):
            if value is not None:
                setattr(self, name, _part(value))

    def set_alpha(self, a):
        self.a = _part(a)

    def add(self, other, with_alpha=False):
        self.r, self.g, self.b = self.r + other.r, self.g + other.g, self.b + other.b
        if with_alpha:
            self.a += other.a

    def subtract(self, other, with_alpha=False):
        self.r, self.g, self.b = self.r - other.r, self.g - other.g, self.b - other.b
        if with_alpha:
            self.a -= other.a

    def multiply(self, factor, with_alpha=False):
        self.r, self.g, self.b = self.r * factor, self.g * factor, self.b * factor
        if with_alpha:
            self.a *= factor

    def clamp(self, with_alpha=False):
        for name in "rgba" if with_alpha else "rgb":
            setattr(self, name, min(1.0, max(0.0, getattr(self, name))))

    def distance(self, other):
        return abs(self.r - other.r) + abs(self.g - other.g) + abs(self.b - other.b)

    def luminance(self):
        return 0.22248840 * self.r + 0.71690369 * self.g + 0.06060791 * self.b

    def luminance_uchar(self):
        return round(255 * self.luminance())

    def max(self):
        return max(self.r, self.g, self.b)

    def min(self):
        return min(self.r, self.g, self.b)

    def gamma(self, gamma):
        self.r, self.g, self.b = (each ** (1 / gamma) if each > 0 else each for each in (self.r, self.g, self.b))

    def copy(self):
        return RGB(self.r, self.g, self.b, self.a)

    def parse_name(self, name):
        self.r, self.g, self.b, self.a = _parsed(name)

    parse_hex = parse_css = parse_name

    def to_hsv(self):
        return HSV(*colorsys.rgb_to_hsv(self.r, self.g, self.b), a=self.a)

    def to_hsl(self):
        h, lightness, s = colorsys.rgb_to_hls(self.r, self.g, self.b)
        return HSL(h, s, lightness, a=self.a)

    def __len__(self):
        return 4

    def __getitem__(self, index):
        if index in ("r", "red", "g", "green", "b", "blue", "a", "alpha"):
            return round(255 * getattr(self, index[0]))
        found = [round(255 * each) for each in (self.r, self.g, self.b, self.a)][index]
        return tuple(found) if isinstance(index, slice) else found

    def __setitem__(self, index, value):
        setattr(self, "rgba"[index] if isinstance(index, int) else index[0], _part(value))

    def __iter__(self):
        return iter(self[:])

    def __eq__(self, other):
        return tuple(self) == tuple(other) if isinstance(other, RGB) else NotImplemented

    def __hash__(self):
        return hash(tuple(self))

    def __repr__(self):
        return f"RGB ({self.r:.3f}, {self.g:.3f}, {self.b:.3f}, {self.a:.3f})"


class _Hue:
    """Hue and two more, 0 to 1."""

    def __init__(self, *parts, a=1.0):
        for name, value in zip(self.parts, parts):
            setattr(self, name, float(value))
        self.a = float(a)

    def __iter__(self):
        return iter([getattr(self, name) for name in self.parts] + [self.a])

    def __len__(self):
        return 4

    def __getitem__(self, index):
        return list(self)[index]

    def __repr__(self):
        return f"{type(self).__name__} ({', '.join(f'{each:.3f}' for each in self)})"


class HSV(_Hue):
    parts = ("h", "s", "v")

    def to_rgb(self):
        return RGB(*(float(each) for each in colorsys.hsv_to_rgb(self.h, self.s, self.v)), self.a)


class HSL(_Hue):
    parts = ("h", "s", "l")

    def to_rgb(self):
        return RGB(*(float(each) for each in colorsys.hls_to_rgb(self.h, self.l, self.s)), self.a)


class CMYK(_Hue):
    parts = ("c", "m", "y", "k")


def _parsed(text):
    """A name, #rgb, #rrggbb, rgb() or rgba(), as four numbers 0 to 1; ValueError for another."""
    word = text.strip().lower()
    digits = _NAMES.get(word, word.lstrip("#"))
    if re.fullmatch("[0-9a-f]{3}", digits):
        digits = "".join(2 * each for each in digits)
    if re.fullmatch("[0-9a-f]{6}|[0-9a-f]{8}", digits):
        parts = [int(digits[at : at + 2], 16) / 255 for at in range(0, len(digits), 2)]
        return (*parts, 1.0)[:4]
    if re.fullmatch(r"rgba?\(.*\)", word):
        parts = [float(each) for each in re.findall(r"[\d.]+", word)]
        if len(parts) >= 3:
            return (*(each / 255 for each in parts[:3]), parts[3] if len(parts) > 3 else 1.0)
    raise ValueError(f"{text!r} is not a colour that gimpcolor supports; use #rrggbb.")


def rgb_parse_name(name):
    return RGB(name)


rgb_parse_hex = rgb_parse_css = rgba_parse_css = rgb_parse_name


def rgb_names():
    return sorted(_NAMES)


def color(value):
    """A colour from what plug-ins hand to procedures: an RGB, numbers, or a name."""
    return value if isinstance(value, RGB) else RGB(value)
