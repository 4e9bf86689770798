"""What an installed plug-in is: the record that was left in its folder, held against what lies there and what would be put there now."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from colorgan_core import __version__
from colorgan_core.errors import InputError

from .editors import Place
from .kritarc import Put, is_enabled
from .plugins import copy_gimp, copy_gimpfu, copy_krita

NAME = "colorgan.installed.json"
CACHE = "__pycache__"  # what the editors' Pythons write; nobody's


@dataclass(frozen=True)
class Record:
    """files: SHA-256 of each file, by its path from the place's folder. folders: those that had to be made. put: what was put into
    Krita's settings, if anything; settings_made: whether there were none before."""

    version: str
    files: dict[str, str]
    folders: tuple[str, ...] = ()
    put: Put | None = None
    settings_made: bool = False

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"


@dataclass(frozen=True)
class State:
    """A place and what is there. version: of what is there, "" where nothing tells. current: each file is this colorgan's. changed: what
    colorgan did not put there although it bears its names. own: files of the person's beside the plug-in's. enabled: whether the
    editor will load it; None where its settings are not known."""

    place: Place
    record: Record | None
    installed: bool
    version: str
    current: bool
    changed: tuple[str, ...]
    own: tuple[str, ...]
    enabled: bool | None


@contextlib.contextmanager
def built(editor: str, beside: Path | None = None) -> Iterator[Path]:
    """A folder with the files of an editor's plug-in, laid out as in the place's folder; gone afterwards. beside: where it is made."""
    with tempfile.TemporaryDirectory(prefix=".colorgan-", dir=beside, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if editor != "krita":
            (copy_gimp if editor == "gimp" else copy_gimpfu)(folder)
        else:
            (folder / "pykrita").mkdir()
            (folder / "actions").mkdir()
            copy_krita(folder / "pykrita")
            (folder / "pykrita/colorgan.action").rename(folder / "actions/colorgan.action")
        yield folder


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and CACHE not in path.parts
    }


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def look(place: Place) -> State:
    """What is at a place. Raises InputError where it cannot be read."""
    try:
        return _look(place)
    except OSError as error:
        where, reason = error.filename or place.folder, (error.strerror or str(error)).lower()
        raise InputError(f"The plug-in for {place.title} cannot be looked at: {where} ({reason}).") from error


def _look(place: Place) -> State:
    with built(place.editor) as folder:
        wanted = digests(folder)
    record, package = _record(place), place.package
    put = record.files if record else {}
    found = {name: _found(place.folder / name) for name in {*wanted, *put}}
    changed = [name for name, each in found.items() if each and each not in (put.get(name), wanted.get(name))]
    own: list[str] = []
    if package.is_symlink() or package.is_file():
        changed = [package.relative_to(place.folder).as_posix()]
    else:
        below = {path.relative_to(place.folder).as_posix() for path in _files(package)}
        own = sorted(below - {*wanted, *put, (package / NAME).relative_to(place.folder).as_posix()})
    current = all(found[name] == each for name, each in wanted.items())
    return State(
        place=place,
        record=record,
        installed=bool(changed) or any(found.values()),
        version=record.version if record else __version__ if current else "",
        current=current,
        changed=tuple(sorted(changed)),
        own=tuple(own),
        enabled=_enabled(place),
    )


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if (path.is_symlink() or not path.is_dir()) and CACHE not in path.parts)


def _found(path: Path) -> str:
    """The digest of a file, "" where there is none; what is no file has none of its own."""
    if path.is_file() and not path.is_symlink():
        return digest(path)
    return "no file" if os.path.lexists(path) else ""


def _enabled(place: Place) -> bool | None:
    if place.editor == "gimp":
        main = place.package / "colorgan.py"
        return main.is_file() and (sys.platform == "win32" or bool(main.stat().st_mode & 0o100))
    if place.settings is None:  # gimpfu has none either, and nothing switches it off
        return None
    return place.settings.is_file() and is_enabled(place.settings.read_bytes())


def _record(place: Place) -> Record | None:
    """What was put there, if a record says so that can be trusted to name nothing outside of the place."""
    try:
        told = json.loads((place.package / NAME).read_text("utf-8"))
        record = Record(
            version=str(told["version"]),
            files={str(name): str(each) for name, each in told["files"].items()},
            folders=tuple(str(each) for each in told["folders"]),
            put=Put(str(told["put"]["before"]), bool(told["put"]["section"])) if told["put"] else None,
            settings_made=bool(told["settings_made"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    inside = (PurePosixPath(name) for name in record.files)
    return record if all(not each.is_absolute() and ".." not in each.parts for each in inside) else None
