"""Which job may write which files: locks, and beside each lock the names of the files that its holder writes.

Two notations may name the same files (a folder, `*.png`, `line.####.png`), so names are compared and not notations.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from ..errors import UsageError
from ..files import lock, locked
from .manifest import FOLDER, said

MUTEX = "claims.lock"  # held for moments, while one process compares its names with those of the others


@contextlib.contextmanager
def owned(path: Path, names: Collection[str] = (), shared: bool = False) -> Iterator[None]:
    """Makes the manifest's folder, and holds the right to write the manifest, and files of these names beside its folder.

    names: relative to the folder of the results. shared: holds off those who would write the manifest, and leaves it to be
    read by many. Raises UsageError where another process has the manifest, or another job a file of one of these names.
    The lock is the operating system's and ends with the process however that ends.
    """
    with said(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        root = next(each for each in path.parents if each.name == FOLDER)
        claim, folded = path.with_suffix(".names"), {name.casefold() for name in names}
        with locked(root / MUTEX, lambda: None):
            handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o666)
            try:
                if not lock(handle, shared):
                    raise _busy(path.stem)
                if folded:
                    _compare(root, path.relative_to(root).parts[0].rpartition(".")[0], folded)
                    claim.write_text("\0".join(folded), "utf-8", "surrogateescape")
            except BaseException:
                os.close(handle)
                raise
    try:
        yield
    finally:
        if folded:
            with contextlib.suppress(OSError):
                claim.unlink()
        os.close(handle)


def _compare(root: Path, own: str, names: Collection[str]) -> None:
    """Raises UsageError where a job that is at work writes a file of these names. own: the name of this job, whose chunks may
    meet."""
    for pattern in ("*.names", "*.chunks/*.names"):
        for claim in root.glob(pattern):
            if claim.relative_to(root).parts[0].rpartition(".")[0] == own:
                continue
            if _is_dead(claim):
                continue
            with contextlib.suppress(FileNotFoundError):  # it has just ended
                common = sorted(set(claim.read_text("utf-8", "surrogateescape").split("\0")) & set(names))
                if common:
                    raise _busy(common[0])


def _is_dead(claim: Path) -> bool:
    """Whether no process holds the lock of this claim, which goes then."""
    try:
        handle = os.open(claim.with_suffix(".lock"), os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        if not lock(handle, shared=True):
            return False
    finally:
        os.close(handle)
    with contextlib.suppress(OSError):
        claim.unlink()
    return True


def _busy(what: str) -> UsageError:
    return UsageError(f"Another colorgan batch is working on {what}; wait for it, or stop it.")
