"""Locks that keep two jobs from writing the same files. Beside each lock lies a list of the files that its holder writes.

Different notations may stand for the same files (a folder, `*.png`, `line.####.png`), so file names are compared, not notations.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from ..errors import UsageError
from ..files import lock, locked
from .manifest import FOLDER, write_errors

MUTEX = "claims.lock"  # held while a process compares its file names with those of the other jobs


@contextlib.contextmanager
def output_lock(path: Path, names: Collection[str] = (), shared: bool = False) -> Iterator[None]:
    """Locks a manifest and the output files of these names. Creates the manifest's folder.

    names: relative to the output folder. shared: a shared lock on the manifest, for reading. Raises UsageError if another process has
    locked the manifest, or another job a file of one of these names. The operating system releases the lock when the process ends.
    """
    with write_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        root = next(each for each in path.parents if each.name == FOLDER)
        names_file, folded = path.with_suffix(".names"), {name.casefold() for name in names}
        with locked(root / MUTEX, lambda: None):
            handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o666)
            try:
                if not lock(handle, shared):
                    raise _busy(path.stem)
                if folded:
                    _check_names(root, path.relative_to(root).parts[0].rpartition(".")[0], folded)
                    names_file.write_text("\0".join(folded), "utf-8", "surrogateescape")
            except BaseException:
                os.close(handle)
                raise
    try:
        yield
    finally:
        if folded:
            with contextlib.suppress(OSError):
                names_file.unlink()
        os.close(handle)


def _check_names(root: Path, job_name: str, names: Collection[str]) -> None:
    """Raises UsageError if another active job writes a file of these names. job_name: of this job, whose chunks may run together."""
    for pattern in ("*.names", "*.chunks/*.names"):
        for names_file in root.glob(pattern):
            if names_file.relative_to(root).parts[0].rpartition(".")[0] == job_name:
                continue
            if _is_abandoned(names_file):
                continue
            with contextlib.suppress(FileNotFoundError):  # the job has just ended
                common = sorted(set(names_file.read_text("utf-8", "surrogateescape").split("\0")) & set(names))
                if common:
                    raise _busy(common[0])


def _is_abandoned(names_file: Path) -> bool:
    """Whether no process holds the lock any more; removes the list then."""
    try:
        handle = os.open(names_file.with_suffix(".lock"), os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        if not lock(handle, shared=True):
            return False
    finally:
        os.close(handle)
    with contextlib.suppress(OSError):
        names_file.unlink()
    return True


def _busy(what: str) -> UsageError:
    return UsageError(f"Another colorgan batch is working on {what}; wait for it, or stop it.")
