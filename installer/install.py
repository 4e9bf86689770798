"""Putting a plug-in into an editor's folder whole, and taking out exactly what was put there."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from colorgan_core import __version__
from colorgan_core.errors import OutputError
from colorgan_core.files import atomic_write, sweep

from . import kritarc
from .editors import Place
from .record import CACHE, NAME, Record, State, built, digests, look

OLD = "colorgan.old"


def install(place: Place) -> None:
    """Puts this colorgan's plug-in there, in the place of an older one and of what the person has changed in it; files of the person's
    own in its folder stay.

    The plug-in's folder is made aside and changes its name with the old one's, so that a kill leaves the one or the other whole.
    Raises OutputError where that cannot be.
    """
    with _said(place):
        _recover(place.package)
        before = look(place)
        folders = [*(before.record.folders if before.record else ()), *_make(place.package.parent)]
        with built(place.editor, beside=place.package.parent) as new:
            files = digests(new)
            for name in files:
                if not _in_package(place, name):
                    folders += _make((place.folder / name).parent)
                    sweep(place.folder / name)
                    if (place.folder / name).is_symlink():  # the link goes; what it leads to is not colorgan's
                        (place.folder / name).unlink()
                    with atomic_write(place.folder / name) as beside:
                        shutil.copyfile(new / name, beside)
            for name in before.own:
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(place.folder / name, new / name, follow_symlinks=False)
            # An older version's files beside the folder stay in the record, so that a kill before they go forgets none.
            old = before.record.files if before.record else {}
            dropped = {name: old[name] for name in old if name not in files and not _in_package(place, name)}
            record, text = Record(__version__, dropped | files, tuple(dict.fromkeys(folders))), None
            if place.settings:
                record, text = _switched_on(place.settings, record, before)
            package = new / place.package.relative_to(place.folder)
            (package / NAME).write_text(record.text(), "utf-8")
            _into_place(package, place.package)
        if place.settings and text is not None:
            _write(place.settings, text)
        for name in {*dropped} - {*before.changed}:
            (place.folder / name).unlink(missing_ok=True)


def uninstall(place: Place) -> list[str] | None:
    """Takes out what `install` has put and nobody has changed since; returns the paths that stay, None where there is no plug-in.
    Raises OutputError."""
    with _said(place):
        _recover(place.package)
        state = look(place)
        if not state.installed and not place.package.exists():  # an empty one is what a kill has left
            return None
        package, record = place.package, state.record
        if place.settings and record and record.put and place.settings.is_file():
            text = kritarc.disable(place.settings.read_bytes(), record.put)
            if record.settings_made and not text:
                place.settings.unlink()
            else:
                _write(place.settings, text)
        if not package.is_symlink() and not package.is_file():
            for left in package.parent.glob(".colorgan-*"):  # of installations that were killed
                shutil.rmtree(left, ignore_errors=True)
            with built(place.editor) as new:
                names = {*digests(new), *(record.files if record else ())}
            for name in sorted(names - {*state.changed}):
                (place.folder / name).unlink(missing_ok=True)
                if (place.folder / name).parent.is_dir():
                    sweep(place.folder / name)
            for cache in package.rglob(CACHE):
                shutil.rmtree(cache)
            (package / NAME).unlink(missing_ok=True)  # last of the files: until now, another run could go on
            for folder in sorted((path for path in package.rglob("*") if path.is_dir()), reverse=True):
                _remove(folder)
            _remove(package)
        for each in sorted(record.folders if record else (), key=len, reverse=True):
            _remove(Path(each))
        return [str(place.folder / name) for name in (*state.changed, *state.own)]


def _in_package(place: Place, name: str) -> bool:
    return place.package in (place.folder / name).parents


def _switched_on(path: Path, record: Record, before: State) -> tuple[Record, bytes | None]:
    """The record with what will be put into Krita's settings, and their new text, None where the old one does."""
    old = path.read_bytes() if path.is_file() else b""
    text, put = kritarc.enable(old)
    made, folders = not path.exists(), [*record.folders, *_make(path.parent)]
    if before.record and before.record.put:  # by an earlier installation
        put, made = before.record.put, before.record.settings_made
    record = replace(record, put=put, settings_made=made, folders=tuple(dict.fromkeys(folders)))
    return record, text if text != old else None


def _write(path: Path, text: bytes) -> None:
    """Writes settings with the rights that they had."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
    sweep(path)
    with atomic_write(path) as beside:
        beside.write_bytes(text)
        beside.chmod(mode)


def _make(folder: Path) -> list[str]:
    """Makes a folder and those above it; the ones that were not there."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return [str(each) for each in missing]


def _remove(folder: Path) -> None:
    """Removes a folder if nothing is in it."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def _into_place(new: Path, target: Path) -> None:
    """Gives a folder the name of another, which gets the new one's and goes with it. Where the system cannot exchange two names
    at once (Windows), a kill between two renames leaves the editor without the plug-in, until `_recover`."""
    if not target.exists() and not target.is_symlink():
        new.rename(target)
    elif not _exchange(new, target):
        target.rename(new.with_name(OLD))
        new.rename(target)


def _recover(package: Path) -> None:
    """Gives the plug-in that a kill in `_into_place` has left without its name that name back."""
    for old in package.parent.glob(f".colorgan-*/**/{OLD}"):
        if not package.exists():
            old.rename(package)


def _exchange(one: Path, other: Path) -> bool:
    """Exchanges two names in one step, where the system has one."""
    if sys.platform == "win32":
        return False
    library = ctypes.CDLL(None)
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        here, swap = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
        return bool(library.renameat2(here, os.fsencode(one), here, os.fsencode(other), swap) == 0)
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return bool(library.renamex_np(os.fsencode(one), os.fsencode(other), 2) == 0)  # RENAME_SWAP
    return False


@contextlib.contextmanager
def _said(place: Place) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or place.folder
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"The plug-in for {place.title} could not be put or removed: {where} ({reason}).") from error
