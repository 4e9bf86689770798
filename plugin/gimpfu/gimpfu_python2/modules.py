"""Modules under the names that they had in Python 2, for plug-ins alone: nothing is found here that Python 3 has itself."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import io
import sys
import types
import urllib

# Old names, and the modules of Python 3 whose names are in them; a later one goes before an earlier one.
OLD = {
    "BaseHTTPServer": ("http.server",), "ConfigParser": ("configparser",), "Cookie": ("http.cookies",),
    "HTMLParser": ("html.parser",), "Queue": ("queue",), "SocketServer": ("socketserver",), "StringIO": ("io",),
    "Tkinter": ("tkinter",), "__builtin__": ("builtins",), "cPickle": ("pickle",), "cStringIO": ("io",),
    "commands": ("subprocess",), "cookielib": ("http.cookiejar",), "copy_reg": ("copyreg",), "exceptions": ("builtins",),
    "httplib": ("http.client",), "sets": ("builtins",), "thread": ("_thread",), "tkColorChooser": ("tkinter.colorchooser",),
    "tkFileDialog": ("tkinter.filedialog",), "tkMessageBox": ("tkinter.messagebox",), "ttk": ("tkinter.ttk",),
    "urllib2": ("urllib.error", "urllib.parse", "urllib.request"), "urlparse": ("urllib.parse",), "xmlrpclib": ("xmlrpc.client",),
}  # fmt: skip


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds what nobody else has found."""

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self) if name in OLD else None

    def create_module(self, spec):
        return types.ModuleType(spec.name)

    def exec_module(self, module):
        for each in OLD[module.__name__]:
            module.__dict__.update(
                (name, value)
                for name, value in vars(importlib.import_module(each)).items()
                if not (name.startswith("__") and name.endswith("__"))
            )
        if module.__name__ == "sets":
            module.Set, module.ImmutableSet = set, frozenset
        if module.__name__ in ("StringIO", "cStringIO"):
            module.StringIO = StringIO


def StringIO(initial=""):
    """A file in memory: of bytes if it starts with such, else of text."""
    return io.BytesIO(initial) if isinstance(initial, bytes) else io.StringIO(initial)


def _of_urllib(name):
    """`urllib.urlopen`, `urllib.quote` and their like, which are in the package's parts now."""
    if not name.startswith("_") and name not in ("parse", "request", "error", "response", "robotparser"):
        for part in ("urllib.parse", "urllib.request"):
            found = getattr(importlib.import_module(part), name, None)
            if found is not None:
                return found
    raise AttributeError(f"module 'urllib' has no attribute {name!r}")


def install():
    """For what is imported from now on."""
    urllib.__getattr__ = _of_urllib
    if not any(isinstance(each, Finder) for each in sys.meta_path):
        sys.meta_path.append(Finder())
