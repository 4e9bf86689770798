"""The manifest of a job: a file of JSON lines in the folder .colorgan/ of the output folder, with a record of each finished frame.

One process writes it. Chunks of a job, which other processes render, have manifests of their own until these are merged.
A kill can only damage the last line. Damaged lines are ignored, and their frames are rendered again.
"""

from __future__ import annotations

import contextlib
import errno
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import DiskFull, OutputError
from ..files import FULL, atomic_write, sweep, sweep_folder, sync
from .file_pattern import FilePattern

FOLDER = ".colorgan"

Record = dict[str, Any]


def sidecar_path(output: FilePattern, suffix: str) -> Path:
    """The path of a file or folder that a job with this output keeps beside its results, the same for every notation of a sequence."""
    numbered = output.numbered
    name = "frames" if output.is_folder else output.path.name if numbered is None else numbered.canonical
    return output.folder / FOLDER / (re.sub(r"[^\w.-]", "_", name) + suffix)


class Manifest:
    """records: the last record of each frame. propagated: the last record of the colours propagated from keys to each frame. palette: the
    last shared palette with its basis, None if there is none. writers: runs that may have left temporary files; maps the token in the
    names of these files to the folders in which the run wrote, relative to the output folder.

    In the file, `propagated` is called "known" and `palette` is called "look".
    """

    def __init__(self, path: Path, repair: bool = True) -> None:
        """repair: rewrite the file if it has damaged or superseded lines. Raises OutputError if it cannot be read."""
        self.path = path
        self.records: dict[str, Record] = {}
        self.propagated: dict[str, Record] = {}
        self.palette: Record | None = None
        self.writers: dict[str, list[str]] = {}
        lines = 0
        with write_errors(path):
            data = path.read_bytes() if path.exists() else b""
        for line in data.splitlines(keepends=True):
            lines += 1
            if line.endswith(b"\n"):
                self._read_line(line)
        if repair:
            sweep(path)
            entries = len(self.records) + len(self.propagated) + (self.palette is not None) + len(self.writers)
            if lines != entries:
                self._rewrite()

    def _rewrite(self) -> None:
        propagated = [{"known": {"frame": frame, **record}} for frame, record in self.propagated.items()]
        writers = [_writer(token, folders) for token, folders in self.writers.items()]
        lines = [*writers, *[{"look": self.palette}] * (self.palette is not None), *propagated, *self.records.values()]
        with atomic_write(self.path) as beside:
            beside.write_text("".join(map(_line, lines)), "utf-8")

    def _read_line(self, line: bytes) -> None:
        with contextlib.suppress(ValueError, KeyError, TypeError):  # a damaged line
            record = json.loads(line)
            if "frame" in record:
                self.records[str(record["frame"])] = record
            elif "known" in record:
                self.propagated[str(record["known"].pop("frame"))] = record["known"]
            elif "writer" in record:
                self._set_writer(str(record["writer"]["token"]), [str(each) for each in record["writer"]["folders"]])
            else:
                self.palette = {"basis": record["look"]["basis"], "look": record["look"]["look"]}

    def add(self, record: Record) -> None:
        """record: with "frame". Raises DiskFull, OutputError."""
        self.records[record["frame"]] = record
        self._append(record)

    def merge(self, records: Mapping[str, Record]) -> None:
        """Adds or replaces records by frame. They are on disk when it returns."""
        self.records.update(records)
        self._append(*records.values())
        with write_errors(self.path):
            sync(self.path)

    def forget(self, frames: Iterable[str]) -> None:
        """Removes the records of these frames."""
        for frame in frames:
            self.records.pop(frame, None)
        self._rewrite()

    def add_propagated(self, frame: str, record: Record) -> None:
        """record: of the colours propagated to a frame."""
        self.propagated[frame] = record
        self._append({"known": {"frame": frame, **record}})

    def add_palette(self, palette: Record) -> None:
        """palette: the shared palette and its basis, what it was chosen from."""
        self.palette = palette
        self._append({"look": palette})

    def add_writer(self, token: str, folders: Iterable[str]) -> None:
        """folders: in which the run writes; empty once no temporary file of it is left."""
        self._set_writer(token, list(folders))
        self._append(_writer(token, folders))

    def _set_writer(self, token: str, folders: list[str]) -> None:
        if folders:
            self.writers[token] = folders
        else:
            self.writers.pop(token, None)

    @contextlib.contextmanager
    def writing(self, base: Path, folders: Iterable[str]) -> Iterator[None]:
        """For the duration of a run, whose temporary files have `token` in their names. Removes temporary files that killed runs have
        left, and at the end those of this run. base: the output folder. folders: in which the run writes, relative to it."""
        self._sweep(base)
        self.token = secrets.token_hex(8)
        self.add_writer(self.token, folders)
        try:
            yield
        finally:
            with contextlib.suppress(OutputError):  # do not hide the error that ended the run; the next run tries again
                self._sweep(base)

    def _sweep(self, base: Path) -> None:
        for token, folders in list(self.writers.items()):
            if all([sweep_folder(base / folder, token) for folder in folders]):
                self.add_writer(token, [])

    def _append(self, *records: Record) -> None:
        with write_errors(self.path), open(self.path, "ab") as file:
            file.write("".join(map(_line, records)).encode())


def _line(record: Record) -> str:
    return json.dumps(record, separators=(",", ":")) + "\n"


def _writer(token: str, folders: Iterable[str]) -> Record:
    return {"writer": {"token": token, "folders": list(folders)}}


@contextlib.contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Turns OSError into DiskFull or OutputError."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(f"The disk is full, so {path} could not be written.") from error
        what = "a part of its path is a file" if error.errno in (errno.ENOTDIR, errno.EEXIST) else error.strerror
        raise OutputError(f"{path} could not be written ({str(what).lower()}).") from error
