"""Copies the client with all that it needs into a plug-in's folder."""

from __future__ import annotations

import os
import shutil

# Where it lies in an installed colorgan, and its name beside the client.
SHARED = (("engine/protocol.py", "protocol.py"), ("operations.py", "operations.py"), ("errors.py", "errors.py"))


def copy_client(core: str, target: str) -> list[str]:
    """Copies the client and, from colorgan_core's folder `core`, what both share to a new folder `target`; returns the files."""
    here = os.path.dirname(os.path.abspath(__file__))
    os.makedirs(target)
    sources = [(os.path.join(here, name), name) for name in sorted(os.listdir(here)) if name.endswith(".py")]
    sources += [(os.path.join(core, *place.split("/")), name) for place, name in SHARED]
    for source, name in sources:
        shutil.copyfile(source, os.path.join(target, name))
    return [os.path.join(target, name) for _, name in sources]
