"""The one line of Krita's settings that switches the plug-in on; every other byte stays. And the one that names another folder."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

HEADER, KEY = b"[python]", b"enable_colorgan"
FOLDER = re.compile(rb"ResourceDirectory(\[\$e\])?=(.+?)\r?")  # before all sections


@dataclass(frozen=True)
class Put:
    """What `enable` has put. before: the line that stood there. section: whether the section is new, too."""

    before: str = ""
    section: bool = False


def resource_folder(text: bytes, home: Path) -> Path | None:
    """The folder that Krita uses in the place of its usual one, plug-ins included."""
    for line in text.split(b"\n"):
        if line.startswith(b"["):
            return None
        if found := FOLDER.fullmatch(line):
            named = os.fsdecode(found[2].replace(b"\\\\", b"\\"))
            return Path(named.replace("$HOME", str(home)) if found[1] else named)
    return None


def is_enabled(text: bytes) -> bool:
    lines = text.split(b"\n")
    _, at, _ = _found(lines)
    return at is not None and lines[at].partition(b"=")[2].strip() == b"true"


def enable(text: bytes) -> tuple[bytes, Put | None]:
    """The settings with the plug-in switched on, and what `disable` must know; None where it was on."""
    if is_enabled(text):
        return text, None
    lines = text.split(b"\n")
    header, at, end = _found(lines)
    if at is not None:
        before = lines[at]
        lines[at] = _line(before)
        return b"\n".join(lines), Put(before.decode("latin-1"))
    if header is not None:
        lines.insert(header + 1, _line(lines[header]))
        return b"\n".join(lines), Put()
    new = [HEADER, _line(HEADER)]
    lines[end:] = [*new, b""] if lines[-1] == b"" else [*lines[end:], *new]
    return b"\n".join(lines), Put(section=True)


def disable(text: bytes, put: Put) -> bytes:
    """The settings without what `enable` has put, whatever Krita has written since."""
    lines = text.split(b"\n")
    header, at, _ = _found(lines)
    if header is None or at is None:
        return text
    lines[at : at + 1] = [put.before.encode("latin-1")] if put.before else []
    _, _, end = _found(lines)
    if put.section and not any(line.strip() for line in lines[header + 1 : end]):
        del lines[header]
    return b"\n".join(lines)


def _line(like: bytes) -> bytes:
    """The line, ended as another one is."""
    return KEY + b"=true" + (b"\r" if like.endswith(b"\r") else b"")


def _found(lines: list[bytes]) -> tuple[int | None, int | None, int]:
    """Where the section begins, where the key is in it, and where the section ends."""
    header = next((at for at, line in enumerate(lines) if line.strip() == HEADER), None)
    if header is None:
        return None, None, len(lines) - (lines[-1] == b"")
    end = next((at for at in range(header + 1, len(lines)) if lines[at].startswith(b"[")), len(lines))
    keys = [at for at in range(header + 1, end) if lines[at].partition(b"=")[0].strip() == KEY]
    return header, keys[-1] if keys else None, end
