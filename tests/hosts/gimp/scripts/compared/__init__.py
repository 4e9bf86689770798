"""Calls of GIMP 3's procedures, each on an image of its own, made in GIMP and without it: what they give is compared.

`CASES` has them by name. A case is function(desk, *values); it returns numbers, words, pixels, and lists of these.
"""

from . import colors, filters, geometry, images, layers, modes, painting, palettes, properties, selections  # noqa: F401
from .desk import CASES, run

__all__ = ["CASES", "run"]
