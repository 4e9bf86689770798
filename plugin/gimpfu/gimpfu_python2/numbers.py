"""Whole numbers and fractions as Python 2 counted with them."""

from __future__ import annotations

import array
import builtins
import math
import random
from numbers import Integral


class Whole(float):
    """A float without a fraction that is also taken where Python 3 wants an int: as an index, a length, a limit of `range`.

    GIMP 2 gave spinners as such floats, and Python 2's `floor`, `ceil` and `round` returned them.
    """

    def __index__(self):
        return int(self)


def whole(number):
    """A Whole of a float without a fraction; any other value as it is."""
    return Whole(number) if isinstance(number, float) and number.is_integer() else number


def _is_whole(value):
    return isinstance(value, Integral) or getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u")


def divided(one, other):
    """`one / other`: of two whole numbers, the whole number below (Python Library Reference 2.7, 5.4)."""
    if isinstance(one, int) and isinstance(other, int):
        return one // other
    return one // other if _is_whole(one) and _is_whole(other) else one / other


def rounded(number, digits=None):
    """`round`: half away from zero, and a float."""
    if digits:
        return float(builtins.round(number, digits))
    return Whole(math.copysign(math.floor(abs(number) + 0.5), number))


def floor(number):
    return Whole(math.floor(number))


def ceil(number):
    return Whole(math.ceil(number))


class Array(array.array):
    """array.array with `tostring` and `fromstring`, which takes text of characters below 256. Floats are cut to whole numbers where
    the array holds such."""

    def __new__(cls, typecode, initial=()):
        if isinstance(initial, str) and typecode != "u":
            initial = initial.encode("latin-1")
        if isinstance(initial, bytes):  # pixels are bytes whose items are bytes again
            initial = bytes(bytearray(initial))
        elif not isinstance(initial, (bytearray, array.array)) and typecode not in "ufd":
            initial = [int(each) if isinstance(each, float) else each for each in initial]
        return super().__new__(cls, typecode, initial)

    def _item(self, value):
        return int(value) if isinstance(value, float) and self.typecode not in "ufd" else value

    def __setitem__(self, index, value):
        super().__setitem__(index, self._item(value))

    def append(self, value):
        super().append(self._item(value))

    def insert(self, index, value):
        super().insert(index, self._item(value))

    def extend(self, values):
        super().extend(values if isinstance(values, array.array) else [self._item(each) for each in values])

    fromlist = extend

    def tostring(self):
        return self.tobytes()

    def fromstring(self, data):
        self.frombytes(data.encode("latin-1") if isinstance(data, str) else data)


def install():
    """Puts these arrays and limits of random numbers in their places, for what is imported after gimpfu."""
    if array.array is Array:
        return
    array.array, Array.plain = Array, array.array
    plain = random.Random.randrange

    def randrange(self, start, stop=None, step=1):
        """Limits may be floats without a fraction (and `randint` and `choice` come here, too)."""
        limits = (start, step) if stop is None else (start, stop, step)
        for each in limits:
            if isinstance(each, float) and not each.is_integer():
                raise ValueError("non-integer limit for randrange()")
        start, step = int(start), int(step)
        return plain(self, start) if stop is None else plain(self, start, int(stop), step)

    random.Random.randrange = randrange
