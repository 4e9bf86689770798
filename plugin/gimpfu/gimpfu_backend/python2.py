"""What plug-ins of Python 2 count on and Python 3 lacks, as far as it can be given back without touching their text."""

from __future__ import annotations

import array
import builtins
import functools
import gettext

unicode, basestring, long, raw_input = str, str, int, input
reduce = functools.reduce


def chr(number):
    """A fraction comes of `/`, which cut whole numbers in Python 2."""
    return builtins.chr(int(number))


def range(*limits):
    return builtins.range(*(int(each) for each in limits))


unichr, xrange = chr, range


def map(*given):
    return list(builtins.map(*given))


def filter(*given):
    return list(builtins.filter(*given))


def zip(*given):
    return list(builtins.zip(*given))


class Array(array.array):
    """array.array with `tostring` and `fromstring`, which takes text of characters below 256."""

    def __new__(cls, typecode, initial=()):
        if isinstance(initial, str) and typecode != "u":
            initial = initial.encode("latin-1")
        if isinstance(initial, bytes):  # pixels are bytes whose items are bytes again
            initial = bytes(bytearray(initial))
        return super().__new__(cls, typecode, initial)

    def tostring(self):
        return self.tobytes()

    def fromstring(self, data):
        self.frombytes(data.encode("latin-1") if isinstance(data, str) else data)


def install():
    """Puts `array.array` and `gettext.install(unicode=True)` in their places, for what is imported after gimpfu."""
    array.array, Array.plain = Array, array.array
    plain = gettext.install

    def with_unicode(domain, localedir=None, unicode=None, codeset=None, names=None):
        plain(domain, localedir, names=names)

    gettext.install = with_unicode


def mend(function):
    """The same for what a plug-in imported before gimpfu."""
    for name, value in list(getattr(function, "__globals__", {}).items()):
        if value is getattr(Array, "plain", None):
            function.__globals__[name] = Array


SIGNS = (
    ("cannot be interpreted as an integer", "In Python 3 `/` of whole numbers gives a fraction: write `//`."),
    ("integer is required", "In Python 3 `/` of whole numbers gives a fraction: write `//`."),
    ("must be integers or slices, not float", "In Python 3 `/` of whole numbers gives a fraction: write `//`."),
    ("has no attribute 'has_key'", "Python 3 has no has_key: write `key in dict`."),
    ("has no attribute 'iteritems'", "Python 3 has no iteritems: write `items`."),
    ("a bytes-like object is required, not 'str'", "In Python 3 text and bytes are apart: write b'...'."),
    ("'dict_keys' object", "In Python 3 keys() is no list: write list(...)."),
    ("'<' not supported between", "Python 3 does not compare unlike things."),
    ("exceptions must derive from BaseException", "Python 3 raises no text: write raise RuntimeError('...')."),
)


def told(raised):
    """What to say of an exception that Python 2 would not have raised; None of another."""
    return next(
        (f"This plug-in was written for Python 2. {words}" for sign, words in SIGNS if sign in str(raised)), None
    )
