"""Python 2's str, where a plug-in has bytes: pixels, parasites, encoded text."""

from __future__ import annotations

import codecs


class Bytes(bytes):
    """Python 2's str as far as pixels need it: an item is again such a string, and text joins and compares."""

    def __getitem__(self, index):
        found = super().__getitem__(index)
        return Bytes(found if isinstance(index, slice) else (found,))

    def __iter__(self):
        return (Bytes((each,)) for each in bytes.__iter__(self))

    def __add__(self, other):
        return Bytes(bytes(self) + raw(other))

    def __radd__(self, other):
        return Bytes(raw(other) + bytes(self))

    def __eq__(self, other):
        return bytes(self) == raw(other) if isinstance(other, (str, bytes)) else NotImplemented

    def __hash__(self):
        return bytes.__hash__(self)

    def __contains__(self, other):
        return raw(other) in bytes(self)

    def __str__(self):
        return self.decode("latin-1")

    def __format__(self, how):
        return format(str(self), how)

    def __mod__(self, other):
        return str(self) % other


def _as_text():
    """bytes' own methods, which take text as well and give such strings back."""

    def made(name):
        method = getattr(bytes, name)

        def call(self, *given):
            found = method(self, *(raw(each) if isinstance(each, str) else each for each in given))
            if isinstance(found, (list, tuple)):
                return type(found)(map(Bytes, found))
            return Bytes(found) if isinstance(found, bytes) else found

        return call

    names = """count endswith find index lower lstrip partition replace rfind rindex rpartition rsplit rstrip split splitlines
    startswith strip title upper zfill"""
    for name in names.split():
        setattr(Bytes, name, made(name))
    Bytes.join = lambda self, parts: Bytes(bytes.join(self, (raw(each) for each in parts)))


_as_text()


def raw(data):
    """Bytes of what a plug-in writes: bytes, text of characters below 256, an array, or numbers."""
    if isinstance(data, str):
        try:
            return data.encode("latin-1")
        except UnicodeEncodeError:
            raise ValueError("Pixels are written as characters below chr(256).") from None
    return bytes(data)


def decoded(text, encoding="ascii", errors="strict"):
    """`text.decode(encoding)` of what is text already in Python 3. `decode("hex")` and its like give bytes."""
    name = codecs.lookup(encoding if encoding != "string_escape" else "unicode_escape").name
    if name in ("hex", "base64", "zlib", "bz2", "quopri", "uu"):
        return Bytes(codecs.decode(raw(text), name, errors))
    return codecs.decode(text if name == "rot13" else raw(text), name) if name in ("rot13", "unicode-escape") else text


def encoded(text, encoding="ascii", errors="strict"):
    """`text.encode(encoding)`; its bytes join and compare with text."""
    name = codecs.lookup(encoding if encoding != "string_escape" else "unicode_escape").name
    if name == "rot13":
        return codecs.encode(text, name)
    binary = name in ("hex", "base64", "zlib", "bz2", "quopri", "uu")
    return Bytes(codecs.encode(raw(text) if binary else text, name, errors))
