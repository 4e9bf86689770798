"""Files that are either whole and new or untouched and old; locks between processes; what a file's bytes add up to."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from .errors import DiskFull, InputError, OutputError, UsageError

# EFBIG: a limit on the size of one file, as shells and containers set it.
FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
SHARES = 2**30  # bytes of a lock on Windows: so many that two never take the same one
LONGEST_STEM = 100  # bytes of a file's name that its temporary file has too: file systems allow 255 for all of it
_writer = "colorgan"  # in the names of this process's temporary files, by which they are found when it was killed


def written_by(token: str) -> None:
    """Temporary files of this process have `token` in their names from now on, so that `sweep_folder` tells them from
    those of other jobs. token: letters and digits."""
    global _writer
    _writer = token


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield the path of an empty file beside `path` (same suffix) to be filled; at the end it takes the place of
    `path`.

    The bytes are on the disk (fsync) before the name changes hands. When the block raises, the new file is removed
    and the old one stays. A symbolic link is followed, so that the file it points to is replaced. Raises OutputError:
    a folder or a device in the place of the file, no folder to write into, no permission; of them DiskFull where no room is left.
    """
    try:
        target = Path(os.path.realpath(path))
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            os.lstat(target)  # so that a name too long is known before the work, and not when the new file gets it
    except ValueError as error:  # a zero, or half of a surrogate pair
        raise OutputError(f"{str(path)!r} is not a name that a file can have.") from error
    except OSError as error:
        raise OutputError(_sentence(path, error)) from error
    if os.path.isdir(target):
        raise OutputError(f"{path} is a folder, so no file can be written there.")
    if os.path.exists(target) and not os.path.isfile(target):
        raise OutputError(f"{path} is not an ordinary file, so it cannot be replaced by a new one.")
    beside = target.with_name(f"{_beside(target, _writer)}{secrets.token_hex(4)}{target.suffix}")
    handle = None
    try:
        # O_EXCL with 0o666 instead of tempfile: the result gets the permissions that the person's umask gives.
        handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        if os.name == "posix":  # Windows removes no file that is open anyway, and would keep others from writing to it
            lock(handle)
        yield beside
        sync(beside)
        if os.name != "posix":
            os.close(handle)
            handle = None
        os.replace(beside, target)
    except OSError as error:
        if error.filename not in (None, str(beside), beside):
            raise  # about some other file that the block has used
        raise (DiskFull if error.errno in FULL else OutputError)(_sentence(path, error)) from error
    finally:
        if handle is not None:
            os.close(handle)
        with contextlib.suppress(OSError):
            beside.unlink()
    if os.name == "posix":
        with contextlib.suppress(OSError):  # some file systems cannot sync a folder; the file itself is safe
            _sync(target.parent, os.O_RDONLY)


def _beside(target: Path, writer: str) -> str:
    """How names of temporary files for `target` begin: eight random hexadecimal digits and its suffix follow."""
    stem = os.fsencode(target.stem)[:LONGEST_STEM].decode(sys.getfilesystemencoding(), "ignore")
    return f".{stem}-{writer}-"


def sweep(path: str | os.PathLike[str]) -> None:
    """Removes what processes that were killed during `atomic_write(path)` left beside `path`.

    What a living process is writing stays, and so do temporary files of a batch job (`written_by`).
    """
    target = Path(os.path.realpath(path))
    _sweep(target.parent, re.escape(_beside(target, "colorgan")) + "[0-9a-f]{8}" + re.escape(target.suffix))


def sweep_folder(folder: str | os.PathLike[str], token: str) -> bool:
    """The same for all temporary files of a folder that were `written_by` this token; whether none is left."""
    return _sweep(Path(folder), rf"\..*-{re.escape(token)}-[0-9a-f]{{8}}(\.[^.]*)?")


def _sweep(folder: Path, pattern: str) -> bool:
    try:
        found = [place for place in folder.iterdir() if re.fullmatch(pattern, place.name)]
    except OSError:  # gone, or not to be read
        return not folder.exists()
    return all([_remove_abandoned(place) for place in found])


def _remove_abandoned(place: Path) -> bool:
    """Removes a temporary file unless a living process holds it; whether it is gone."""
    try:
        if os.name == "posix":
            handle = os.open(place, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if not lock(handle):
                    return False
            finally:
                os.close(handle)
        place.unlink()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def identity(path: str | os.PathLike[str]) -> tuple[object, ...]:
    """Equal for two paths that name one file: by links of either kind, by other spellings, by other capitals where the
    file system does not tell them apart. Of a file that is not there, by its folder and name."""
    with contextlib.suppress(OSError, ValueError):
        found = os.stat(path)
        if found.st_ino:  # some network drives have no numbers for files
            return found.st_dev, found.st_ino
    with contextlib.suppress(OSError, ValueError):
        folder, name = os.path.split(os.path.realpath(path))
        found = os.stat(folder)
        if found.st_ino:
            return found.st_dev, found.st_ino, os.path.normcase(name)
    return (os.path.normcase(os.path.abspath(path)),)


def check_spared(path: str | os.PathLike[str], read: Iterable[str | os.PathLike[str]]) -> None:
    """Raises UsageError where `path`, which is to be written, is one of the files that the same work reads."""
    place = identity(path)
    for each in read:
        if identity(each) == place:
            raise UsageError(f"{path} would be written over {Path(each).name}, which is read; give another name.")


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """An ordinary file, open for reading bytes. All files that a person names are opened by this.

    Never waits: a pipe would block until somebody writes into it, and opening a device may change it. Raises InputError, with the
    path in its sentence, for pipes, devices, sockets and folders, and where there is no file or it may not be read.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # before it is opened: that alone would wake a pipe's other end
            raise InputError(_not_regular(path))
        # O_NONBLOCK and the second look: another file may have taken its place since
        flags = ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY")
        handle = os.open(path, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in flags))
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise InputError(_not_regular(path))
        return os.fdopen(handle, "rb")
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist.") from error
    except PermissionError as error:
        raise InputError(f"{path} may not be read: permission denied.") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error
    except ValueError as error:  # a zero, or half of a surrogate pair
        raise InputError(f"{str(path)!r} is not the name of a file.") from error


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise the OutputError that `atomic_write(path)` would raise now; to be asked before long work, leaves nothing
    behind."""

    class Enough(Exception):
        pass

    with contextlib.suppress(Enough), atomic_write(path):
        raise Enough


@contextlib.contextmanager
def locked(path: str | os.PathLike[str], waiting: Callable[[], None]) -> Iterator[None]:
    """Holds a lock between processes on a file, which stays; the lock ends with the process however that ends.

    Where another process holds it, calls `waiting` once and waits for as long as it takes. Raises OSError, also where the
    file is a symbolic link.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        if not lock(handle):
            waiting()
            while not lock(handle):
                time.sleep(0.1)
        yield
    finally:
        os.close(handle)


def lock(handle: int, shared: bool = False) -> bool:
    """Takes the operating system's lock of an open file, if it is free; closing the file gives it back.

    shared: with others who share it, so that nobody else can have it alone.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            # Windows has no shared locks here: who shares takes one byte of many, who wants it alone takes all
            os.lseek(handle, secrets.randbelow(SHARES) if shared else 0, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1 if shared else SHARES)
        else:
            import fcntl

            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sha256_of(path: str | os.PathLike[str]) -> str:
    """Of a file's bytes, in hexadecimal. Raises OSError."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(2**20):
            digest.update(chunk)
    return digest.hexdigest()


def sync(path: Path) -> None:
    """Returns once the bytes of a file are on the disk. Raises OSError."""
    _sync(path, os.O_RDWR)


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_regular(path: str | os.PathLike[str]) -> str:
    return f"{path} is a folder, not a file." if os.path.isdir(path) else f"{path} is not an ordinary file."


def _sentence(path: str | os.PathLike[str], error: OSError) -> str:
    if error.errno in FULL:
        return f"The disk is full, so {path} could not be written, and what was there before is still there."
    if error.errno == errno.ENAMETOOLONG:
        return f"{path} could not be written, because its name is too long: file systems take up to 255 bytes."
    folder = os.path.dirname(os.path.realpath(path))
    if error.errno == errno.ENOENT and not os.path.exists(folder):
        return f"{path} could not be written, because its folder does not exist."
    if error.errno in (errno.ENOENT, errno.EACCES, errno.EPERM, errno.EROFS):
        why = {errno.EACCES: "permission denied", errno.EROFS: "read-only file system"}.get(
            error.errno, "not permitted"
        )
        return f"{path} could not be written, because no file can be made in {folder} ({why})."
    if error.errno == errno.ENOTDIR:
        return f"{path} could not be written, because a part of its path is a file and not a folder."
    reason = error.strerror or str(error)
    return f"{path} could not be written ({reason.lower()}), and what was there before is still there."
