"""`from gimpfu import *`: what plug-ins for GIMP 2's Python are written against, on GIMP 3.

A plug-in calls `register()` for each procedure and then `main()`. On GIMP 3 `main()` hands over to GIMP; without GIMP it does
nothing, and `python gimpfu PLUGIN.py` (see __main__.py) calls what was registered.
"""

from __future__ import annotations

if __name__ == "__main__":  # python -m gimpfu, with this folder on the path
    import os
    import runpy

    runpy.run_path(os.path.dirname(os.path.abspath(__file__)), run_name="__main__")
    raise SystemExit

import gettext
import math  # noqa: F401

import gimp
import gimpcolor  # noqa: F401
from gimpenums import *
from gimpenums import __all__ as _enums
from gimpfu_backend import Refused, in_gimp
from gimpfu_backend.pdb import pdb  # noqa: F401
from gimpfu_python2 import modules, names, source
from gimpfu_python2.names import *

modules.install()
names.install()
t = gettext.translation("gimp20-python", gimp.locale_directory, fallback=True)
t.ugettext = t.gettext


def N_(message):
    """A text to be translated later."""
    return message


_KINDS = """
INT8 INT16 INT32 INT FLOAT STRING VALUE COLOR ITEM DISPLAY IMAGE LAYER CHANNEL DRAWABLE VECTORS TOGGLE SLIDER SPINNER FONT FILE
BRUSH PATTERN GRADIENT RADIO TEXT PALETTE FILENAME DIRNAME OPTION INT32ARRAY INT16ARRAY INT8ARRAY FLOATARRAY STRINGARRAY
COLORARRAY PARASITE REGION BOUNDARY PATH SELECTION STATUS
""".split()
for _number, _name in enumerate(_KINDS):
    globals()["PF_" + _name] = _number
PF_BOOL, PF_ADJUSTMENT, PF_COLOUR = PF_TOGGLE, PF_SPINNER, PF_COLOR
# In a table: what GIMP 3 has an argument for, by name.
NEEDS_EXTRA = ("SLIDER", "SPINNER", "RADIO", "OPTION")
ITEMS = ("ITEM", "LAYER", "CHANNEL", "DRAWABLE", "VECTORS")
# Neither did GIMP 2.10's gimpfu have these, nor the arrays, which are text here.
_REFUSED_KINDS = {
    "PARASITE": "give its name as PF_STRING, and find it (gimp.parasite_find)", "REGION": "give x, y, width and height as PF_INT",
    "BOUNDARY": "give numbers as PF_FLOAT", "STATUS": "GIMP returns it itself", "PATH": "use PF_VECTORS",
    "SELECTION": "the image has it (image.selection)",
}  # fmt: skip
# What GIMP gives a procedure of files, before what its dialog asks, by the start of its menu.
_FILES = {
    "<Load>": [(PF_STRING, "filename", "The name of the file", ""), (PF_STRING, "raw-filename", "The name of the file", "")],
    "<Save>": [
        (PF_IMAGE, "image", "Input image", None), (PF_DRAWABLE, "drawable", "Input drawable", None),
        (PF_STRING, "filename", "The name of the file", ""), (PF_STRING, "raw-filename", "The name of the file", ""),
    ],
}  # fmt: skip


class error(RuntimeError):
    """gimpfu.error: a plug-in registers what cannot be registered."""


class CancelError(RuntimeError):
    pass


class Parameter:
    """One of `register`'s params: kind ("SLIDER"), name, label, default, extra."""

    def __init__(self, given):
        if not 4 <= len(given) <= 5:
            raise error(f"a parameter has 4 or 5 parts, but there is {given!r}")
        number, self.name, self.label, self.default = given[:4]
        self.extra = given[4] if len(given) > 4 else None
        if not isinstance(number, int) or not 0 <= number < len(_KINDS):
            raise error(f"{self.name}: {number!r} is no PF_ type")
        self.kind = _KINDS[number]
        if self.kind in _REFUSED_KINDS:
            raise Refused(f"PF_{self.kind} is not available: {_REFUSED_KINDS[self.kind]}.")
        if self.kind in NEEDS_EXTRA and self.extra is None:
            raise error(f"{self.name}: PF_{self.kind} needs its fifth part")


class Registered:
    """What a call of `register` told. given: how many of `params` come from GIMP (image, drawable, file); `asked`: the others, which a
    dialog asks for. files: "<Load>", "<Save>" or None."""

    def __init__(self, name, blurb, help, author, copyright, date, label, imagetypes, params, results, function, menu,
                 on_query):  # fmt: skip
        self.name, self.function, self.on_query = _canonical(name), function, on_query
        self.blurb, self.help, self.author, self.copyright, self.date = blurb, help, author, copyright, date
        params = [tuple(each) for each in params]
        old_style = label and menu is None and "/" in label  # before 2.4 the label was the whole path,
        if old_style:
            menu, _, label = label.rpartition("/")
        self.files = next((each for each in _FILES if (menu or "").startswith(each)), None)
        wanted = [each[0] for each in _FILES.get(self.files, ())]
        if self.files and not old_style and [each[0] for each in params[: len(wanted)]] != wanted:
            # GIMP 2 put such a procedure into no dialog of files: it has parameters of its own, and a menu as others have.
            self.files, menu = None, "<Image>/File"
        if old_style:  # and what GIMP gives was not told
            wanted = _FILES.get(self.files, _FILES["<Save>"][:2] if menu.startswith("<Image>") else [])
            code = getattr(function, "__code__", None)
            if code is None or code.co_argcount != len(params):  # some tell of it all the same
                params[:0] = wanted
        self.label, self.menu, self.imagetypes = label or "", _menu(menu), "" if imagetypes is None else imagetypes
        self.params = [Parameter(each) for each in params]
        self.results = [Parameter((*each, None, None)[:4]) for each in results or ()]
        kinds = [each.kind for each in self.params]
        self.takes_image = kinds[:1] == ["IMAGE"]
        self.takes_drawable = self.takes_image and kinds[1:2] and kinds[1] in ITEMS
        self.given = len(_FILES[self.files]) if self.files else self.takes_image + bool(self.takes_drawable)
        self.asked = self.params[self.given :]

    def call(self, values):
        """The function's results as a list; what it raises gets a sentence more where it is a habit of Python 2."""
        names.mend(self.function)
        try:
            found = self.function(*values)
        except Exception as raised:
            told = names.told(raised)
            if told:
                raise RuntimeError(f"{type(raised).__name__}: {raised}. {told}") from raised
            raise
        finally:
            from gimpfu_backend import pixels

            pixels.settle()
        if not self.results:
            return []
        return list(found) if isinstance(found, (tuple, list)) and len(self.results) > 1 else [found]


def _canonical(name):
    name = name.replace("_", "-").replace(" ", "-").lower()
    return name if name.startswith(("python-fu-", "extension-", "plug-in-", "file-")) else "python-fu-" + name


def _menu(menu):
    """GIMP 3's place of one of GIMP 2's menus."""
    if menu is None:
        return None
    for old, new in (
        ("<Toolbox>/Xtns", "<Image>/Filters"),
        ("<Image>/Xtns", "<Image>/Filters"),
        ("<Toolbox>", "<Image>"),
        ("<Vectors>", "<Paths>"),
    ):
        if menu.startswith(old):
            return new + menu[len(old) :]
    return menu


REGISTERED = []


def register(proc_name, blurb, help, author, copyright, date, label, imagetypes, params, results, function,
             menu=None, domain=None, on_query=None, on_run=None, run_mode_param=True):  # fmt: skip
    """Tells of a procedure. on_run is not called, nor was it in GIMP 2. error where its parameters are not right."""
    REGISTERED.append(
        Registered(
            proc_name,
            blurb,
            help,
            author,
            copyright,
            date,
            label,
            imagetypes,
            params,
            results,
            function,
            menu,
            on_query,
        )
    )


def main():
    """Hands what was registered to GIMP; without GIMP, does nothing."""
    if in_gimp() and not source.OVER:
        from gimpfu_backend import plugin

        plugin.main(REGISTERED)


def fail(message):
    """An error of the plug-in's own, as 2.10 had it."""
    raise RuntimeError(message)


parasite_attach = gimp.parasite_attach
__all__ = sorted(
    {name for name in dir() if name.startswith("PF_")}
    | {*_enums, *names.NAMES}
    | {"math", "gettext", "N_", "t"}
    | {"register", "main", "pdb", "gimp", "gimpcolor", "error", "CancelError", "fail"}
)
source.take_over()
