"""Names that Python 3 has removed, or to which it has given another meaning."""

from __future__ import annotations

import builtins
import functools
import gettext
import itertools
import os
import string
import sys
import time
from collections.abc import Mapping

from gimpfu_python2 import numbers, strings
from gimpfu_python2.numbers import rounded as round  # noqa: F401

basestring, long, raw_input, file, StandardError = str, int, input, open, Exception
reduce = functools.reduce


class _Text(type):
    def __instancecheck__(cls, thing):
        return isinstance(thing, str)

    def __subclasscheck__(cls, other):
        return issubclass(other, str)


class unicode(str, metaclass=_Text):
    """`unicode(b"...", "utf-8")`, and of text, which is decoded already. All text is an instance of it."""

    def __new__(cls, thing="", encoding=None, errors="strict"):
        if isinstance(thing, (bytes, bytearray)):
            return bytes(thing).decode(encoding or "ascii", errors)
        return strings.decoded(thing, encoding, errors) if encoding and isinstance(thing, str) else str(thing)


def chr(number):
    """A fraction comes of `/`, which cut whole numbers in Python 2."""
    return builtins.chr(int(number))


def range(*limits):
    return builtins.range(*(int(each) for each in limits))


unichr, xrange = chr, range


def map(function, *given):
    """A list; `map(None, a, b)` pairs them."""
    if function is None:
        return list(given[0]) if len(given) == 1 else list(itertools.zip_longest(*given))
    return list(builtins.map(function, *given))


def filter(*given):
    return list(builtins.filter(*given))


def zip(*given):
    return list(builtins.zip(*given))


def cmp(one, other):
    return (one > other) - (one < other)


def sorted(values, cmp=None, key=None, reverse=False):
    """With a comparing function, as Python 2 had it."""
    found = list(values)
    sort(found, cmp, key, reverse)
    return found


def sort(values, cmp=None, key=None, reverse=False):
    """`values.sort(cmp)`."""
    if cmp is not None:
        compared = functools.cmp_to_key(cmp)
        values.sort(key=compared if key is None else lambda each: compared(key(each)), reverse=reverse)
    else:
        values.sort(key=key, reverse=reverse)


def apply(function, given=(), named=None):
    return function(*given, **(named or {}))


def reload(module):
    """Nothing is read anew: plug-ins wrote `reload(sys)` to reach `sys.setdefaultencoding`, which does nothing either."""
    return module


NAMES = (
    "StandardError", "apply", "basestring", "chr", "cmp", "file", "filter", "long", "map", "range", "raw_input", "reduce", "reload",
    "round", "sorted", "unichr", "unicode", "xrange", "zip",
)  # fmt: skip
__all__ = list(NAMES)
DICTIONARY = {
    "has_key": lambda it, key: key in it, "iteritems": lambda it: iter(it.items()), "iterkeys": lambda it: iter(it.keys()),
    "itervalues": lambda it: iter(it.values()), "keys": lambda it: list(it.keys()), "values": lambda it: list(it.values()),
    "items": lambda it: list(it.items()),
}  # fmt: skip
METHODS = {*DICTIONARY, "decode", "encode", "next", "sort"}


def method(thing, name):
    """`thing.NAME` for a name of METHODS, as Python 2 had it."""
    if isinstance(thing, str) and name in ("decode", "encode"):
        return functools.partial(strings.decoded if name == "decode" else strings.encoded, thing)
    if name in DICTIONARY and isinstance(thing, Mapping):
        return functools.partial(DICTIONARY[name], thing)
    if type(thing) is list and name == "sort":
        return functools.partial(sort, thing)
    if name == "next" and not hasattr(thing, "next"):
        return functools.partial(next, thing)
    return getattr(thing, name)


def install():
    """Puts what modules of the library have lost back into them, for what is imported after gimpfu."""
    numbers.install()
    plain = gettext.install
    if getattr(plain, "of_gimpfu", False):
        return

    def with_unicode(domain, localedir=None, unicode=None, codeset=None, names=None):
        plain(domain, localedir, names=names)

    with_unicode.of_gimpfu = True
    gettext.install = with_unicode
    sys.maxint = sys.maxsize
    sys.setdefaultencoding = lambda name: None
    time.clock = time.perf_counter
    os.getcwdu = os.getcwd
    itertools.izip, itertools.imap, itertools.ifilter = builtins.zip, builtins.map, builtins.filter
    itertools.izip_longest = itertools.zip_longest
    for name in "capitalize count find index lower lstrip replace rfind rindex rsplit rstrip split strip swapcase upper zfill".split():
        setattr(string, name, getattr(str, name))
    string.join = string.joinfields = lambda words, sep=" ": sep.join(words)
    string.splitfields, string.atoi, string.atof, string.atol = str.split, int, float, int
    string.letters, string.lowercase = string.ascii_letters, string.ascii_lowercase
    string.uppercase, string.maketrans = string.ascii_uppercase, str.maketrans


def mend(function):
    """The same for what a plug-in imported before gimpfu."""
    for name, value in list(getattr(function, "__globals__", {}).items()):
        if value is getattr(numbers.Array, "plain", None):
            function.__globals__[name] = numbers.Array


PYGTK = "Its window is drawn with PyGTK, which exists for Python 2 alone: it has to be rewritten with Gtk 3 (gi.repository.Gtk)."
SIGNS = (
    ("No module named 'gtk", PYGTK),
    ("No module named 'pygtk", PYGTK),
    ("No module named 'gobject", PYGTK),
    ("No module named 'gimpui", PYGTK),
    ("object cannot be interpreted as an integer", "Python 3 needs a whole number there: write int(...)."),
    ("integer is required", "Python 3 needs a whole number there: write int(...)."),
    ("indices must be integers", "Python 3 needs a whole number there: write int(...), or `//` for `/`."),
    ("has no attribute 'has_key'", "Python 3 has no has_key: write `key in dict`."),
    ("has no attribute 'iteritems'", "Python 3 has no iteritems: write `items`."),
    ("a bytes-like object is required, not 'str'", "In Python 3 text and bytes are different: write b'...'."),
    ("must be str, not bytes", "In Python 3 text and bytes are different: open the file with 'wb', or decode the bytes."),
    ("can only concatenate str (not \"bytes\")", "In Python 3 text and bytes are different: decode the bytes."),
    ("'dict_keys' object", "Python 3's keys() is not a list: write list(...)."),
    ("'<' not supported between", "Python 3 does not compare values of different types."),
    ("'>' not supported between", "Python 3 does not compare values of different types."),
    ("exceptions must derive from BaseException", "Python 3 cannot raise text: write raise RuntimeError('...')."),
)  # fmt: skip


class Explained(RuntimeError):
    """`str(error)` is all that a person is told."""


def told(raised):
    """What to say of an exception that Python 2 would not have raised; None of another."""
    if isinstance(raised, Explained):
        return None
    return next(
        (f"This plug-in was written for Python 2. {words}" for sign, words in SIGNS if sign in str(raised)), None
    )
