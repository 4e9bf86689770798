"""What plug-ins tell of file formats in their `on_query`: which procedure reads or writes which files.

GIMP 2 was told of formats by calls; GIMP 3 asks a procedure for them when it is made (plugin.py).
"""

from __future__ import annotations

from gimpfu_backend.emulated import emulated

HANDLERS = {}  # by a procedure's name: {"extensions": "ora", "prefixes": "", "magics": "", "mime-types": "image/openraster"}


def _told(name, **more):
    HANDLERS.setdefault(name.replace("_", "-"), {}).update(more)


@emulated
def gimp_register_load_handler(name, extensions, prefixes=""):
    _told(name, extensions=extensions, prefixes=prefixes)


@emulated
def gimp_register_save_handler(name, extensions, prefixes=""):
    _told(name, extensions=extensions, prefixes=prefixes)


@emulated
def gimp_register_magic_load_handler(name, extensions, prefixes="", magics=""):
    _told(name, extensions=extensions, prefixes=prefixes, magics=magics)


@emulated
def gimp_register_file_handler_mime(name, mime_types):
    _told(name, **{"mime-types": mime_types})


@emulated
def gimp_register_file_handler_priority(name, priority):
    _told(name, priority=int(priority))


@emulated
def gimp_register_file_handler_raw(name):
    _told(name, **{"handles-raw": True})


@emulated
def gimp_register_file_handler_uri(name):
    """Not told on: GIMP fetches what is not on this machine itself, and the plug-in gets a path."""


@emulated
def gimp_register_thumbnail_loader(name, thumbnail_loader):
    """Not told on: GIMP makes thumbnails of the whole image, as it does where there is no such procedure."""
