"""Partial files: what a download or a copy has brought so far, under a name that the next run finds again.

Anyone can guess the name, so nothing but a plain file that has no other name is written to.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import IO

# Windows has no such flag; making links needs rights there.
NO_LINK = getattr(os, "O_NOFOLLOW", 0)


def make_way(part: Path) -> None:
    """Removes what is at the place of a partial file and is none: a link, a pipe, a file with a second name. Raises OSError."""
    try:
        found = part.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        part.unlink()


def open_part(part: Path, append: bool) -> IO[bytes]:
    """Opens a partial file for writing, at its end or from the start. Raises OSError, also for a symbolic link."""
    return open(part, "ab" if append else "wb", opener=lambda path, flags: os.open(path, flags | NO_LINK, 0o666))


def length(part: Path) -> int:
    """Bytes that are there."""
    return part.stat().st_size if part.is_file() else 0
