"""`from gimpshelf import shelf`: what plug-ins keep from call to call, as JSON (GIMP 2 pickled it; nothing is unpickled here)."""

from __future__ import annotations

import json

import gimp


class _Shelf:
    def has_key(self, key):
        try:
            gimp.get_data(key)
        except gimp.error:
            return False
        return True

    __contains__ = has_key

    def __getitem__(self, key):
        try:
            return json.loads(bytes(gimp.get_data(key)))
        except gimp.error:
            raise KeyError(key) from None

    def __setitem__(self, key, value):
        gimp.set_data(key, json.dumps(value).encode())

    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default


shelf = _Shelf()
