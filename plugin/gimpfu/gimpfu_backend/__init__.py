"""What gimpfu stands on: GIMP 3 (`gimp3`), or NumPy and Pillow where there is no GIMP (`headless`).

A host is an object with these members. Everything else in this folder is written against them alone.

    name                      "GIMP 3.0.4" or "headless"
    version                   (3, 0, 4)
    folders                   dict: directory, data_directory, locale_directory, sysconf_directory, plug_in_directory
    signature(procedure)      None where there is no such procedure, else Signature; names are GIMP 3's ("gimp-image-new")
    call(procedure, values)   the results as a list; RuntimeError with GIMP's sentence where it fails
    read(ID, shadow)          all pixels of a drawable as bytes: height x width x channels, 8 bits, sRGB's curve; one byte a
                              pixel for channels, masks, and indexed layers (their indices)
    write(ID, shadow, x, y, width, height, data)   a rectangle of the same
    progress(text, fraction)  either may be None
    message(text)
    names()                   all procedures, sorted

Values are neutral: int, float, str, bytes, bool, None; lists of these; `Handle` for images, items and displays;
`RGB` of gimpcolor; (name, flags, data) for parasites; str (names) for fonts, brushes, gradients, palettes and patterns; str (paths)
for files; int for units (0 pixels, 1 inches, 2 millimetres, 3 points, 4 picas) and enumerations (GIMP 3's numbers).
"""

from __future__ import annotations

import sys
from collections import namedtuple

# kind: GimpImage, GimpLayer, GimpGroupLayer, GimpTextLayer, GimpLayerMask, GimpSelection, GimpChannel, GimpPath, GimpDisplay
Handle = namedtuple("Handle", "kind ID")
# names and types of the arguments, types of the results. Types are GObject's names: gint, gdouble, gboolean, gchararray, GFile,
# GimpImage, GimpLayer, GimpItem, ..., GimpFillType, ..., GeglColor, GimpParasite, GimpDoubleArray, GimpInt32Array, GStrv, GBytes,
# GimpCoreObjectArray, GimpColorArray, GimpBrush, GimpFont, GimpUnit, GimpExportOptions
Signature = namedtuple("Signature", "names types results")


class Refused(NotImplementedError):
    """A call that cannot be had here; `str(error)` names it and the way out."""


def in_gimp() -> bool:
    """Whether GIMP has started this process, as a plug-in or for its console."""
    return "-gimp" in sys.argv[1:2] or "gi.repository.Gimp" in sys.modules


def _found():
    if in_gimp():
        from gimpfu_backend import gimp3

        return gimp3.Host()
    from gimpfu_backend import headless

    return headless.Host()


host = _found()
