"""What is known of a job's frames: a line of JSON each, added as they are done, in OUT's folder under .colorgan/.

One process writes it; chunks of a job, which other processes make, have manifests of their own meanwhile.
A kill can tear the last line only, which is then as if it had not been written: the frame is made again.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import DiskFull, OutputError, UsageError
from ..files import FULL, atomic_write, lock, sync
from .sequence import Files

FOLDER = ".colorgan"

Record = dict[str, Any]


def kept_by(output: Files, ending: str) -> Path:
    """Where a job with this output keeps something: beside the results, under the name that they have in common."""
    name = "frames" if output.is_folder else Path(output.text).name
    return output.folder / FOLDER / (re.sub(r"[^\w.-]", "_", name) + ending)


class Manifest:
    """records: the last one of each frame. known: what keys said of each frame last. look: what `add_look` was given last, None: nothing
    yet."""

    def __init__(self, path: Path, mend: bool = True) -> None:
        """mend: write a file anew that is torn, or longer than it need be. Raises OutputError for one that cannot be read."""
        self.path = path
        self.records: dict[str, Record] = {}
        self.known: dict[str, Record] = {}
        self.look: Record | None = None
        lines = 0
        with _said(path):
            data = path.read_bytes() if path.exists() else b""
        for line in data.splitlines(keepends=True):
            lines += 1
            if line.endswith(b"\n"):
                self._take(line)
        if mend and lines != len(self.records) + len(self.known) + (self.look is not None):
            self._write()

    def _write(self) -> None:
        known = [{"known": {"frame": frame, **record}} for frame, record in self.known.items()]
        told = [{"look": self.look}] * (self.look is not None) + known + list(self.records.values())
        with atomic_write(self.path) as beside:
            beside.write_text("".join(map(_line, told)), "utf-8")

    def _take(self, line: bytes) -> None:
        with contextlib.suppress(
            ValueError, KeyError, TypeError
        ):  # a damaged line costs its frame, which is made again
            told = json.loads(line)
            if "frame" in told:
                self.records[str(told["frame"])] = told
            elif "known" in told:
                self.known[str(told["known"].pop("frame"))] = told["known"]
            else:
                self.look = {"basis": told["look"]["basis"], "look": told["look"]["look"]}

    def add(self, record: Record) -> None:
        """record: with "frame". Raises DiskFull, OutputError."""
        self.records[record["frame"]] = record
        self._append(record)

    def take_over(self, records: Mapping[str, Record]) -> None:
        """Has these beside its own, or in their place, on the disk too when it returns."""
        self.records.update(records)
        self._append(*records.values())
        with _said(self.path):
            sync(self.path)

    def forget(self, frames: Iterable[str]) -> None:
        """Has no record of these frames any more."""
        for frame in frames:
            self.records.pop(frame, None)
        self._write()

    def add_known(self, frame: str, record: Record) -> None:
        """record: what keys say of a frame."""
        self.known[frame] = record
        self._append({"known": {"frame": frame, **record}})

    def add_look(self, look: Record) -> None:
        self.look = look
        self._append({"look": look})

    def _append(self, *told: Record) -> None:
        with _said(self.path), open(self.path, "ab") as file:
            file.write("".join(map(_line, told)).encode())


def _line(told: Record) -> str:
    return json.dumps(told, separators=(",", ":")) + "\n"


@contextlib.contextmanager
def owned(path: Path, shared: bool = False) -> Iterator[None]:
    """Makes the manifest's folder, and holds the right to write the manifest. Raises UsageError where another process has it.

    shared: holds off those who would write it, and leaves it to be read by many.
    The lock is the operating system's and ends with the process however that ends.
    """
    with _said(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not lock(handle, shared):
            raise UsageError(f"Another colorgan batch is at work on {path.stem}; wait for it, or stop it.")
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(f"The disk is full, so {path} could not be written.") from error
        what = "a part of its path is a file" if error.errno in (errno.ENOTDIR, errno.EEXIST) else error.strerror
        raise OutputError(f"{path} could not be written ({str(what).lower()}).") from error
