"""What is known of a job's frames: a line of JSON each, added as they are done, in OUT's folder under .colorgan/.

One process writes it; chunks of a job, which other processes make, have manifests of their own meanwhile.
A kill can tear the last line only, which is then as if it had not been written: the frame is made again.
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
from .file_pattern import Files

FOLDER = ".colorgan"

Record = dict[str, Any]


def kept_by(output: Files, ending: str) -> Path:
    """Where a job with this output keeps something: beside the results, under the name that they have in common. Every
    notation of a sequence has the same place."""
    numbered = output.numbered
    name = "frames" if output.is_folder else output.path.name if numbered is None else numbered.spelling
    return output.folder / FOLDER / (re.sub(r"[^\w.-]", "_", name) + ending)


class Manifest:
    """records: the last one of each frame. known: what keys said of each frame last. look: what `add_look` was given last, None: nothing
    yet. writers: the runs whose temporary files may still be there, by the token in the names of these files, each with the folders
    in which it wrote, relative to the results."""

    def __init__(self, path: Path, mend: bool = True) -> None:
        """mend: write a file anew that is torn, or longer than it need be. Raises OutputError for one that cannot be read."""
        self.path = path
        self.records: dict[str, Record] = {}
        self.known: dict[str, Record] = {}
        self.look: Record | None = None
        self.writers: dict[str, list[str]] = {}
        lines = 0
        with said(path):
            data = path.read_bytes() if path.exists() else b""
        for line in data.splitlines(keepends=True):
            lines += 1
            if line.endswith(b"\n"):
                self._take(line)
        if mend:
            sweep(path)
        if mend and lines != len(self.records) + len(self.known) + (self.look is not None) + len(self.writers):
            self._write()

    def _write(self) -> None:
        known = [{"known": {"frame": frame, **record}} for frame, record in self.known.items()]
        writers = [_writer(token, folders) for token, folders in self.writers.items()]
        told = [*writers, *[{"look": self.look}] * (self.look is not None), *known, *self.records.values()]
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
            elif "writer" in told:
                self._take_writer(str(told["writer"]["token"]), [str(each) for each in told["writer"]["folders"]])
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
        with said(self.path):
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

    def add_writer(self, token: str, folders: Iterable[str]) -> None:
        """folders: none where nothing that this run began is left."""
        self._take_writer(token, list(folders))
        self._append(_writer(token, folders))

    def _take_writer(self, token: str, folders: list[str]) -> None:
        if folders:
            self.writers[token] = folders
        else:
            self.writers.pop(token, None)

    @contextlib.contextmanager
    def writing(self, base: Path, folders: Iterable[str]) -> Iterator[None]:
        """A run begins, and `token` is its own. What runs that were killed left of files half written is removed, and at the end
        what this one left. base: the folder of the results. folders: those in which the run writes, relative to it."""
        self._sweep(base)
        self.token = secrets.token_hex(8)
        self.add_writer(self.token, folders)
        try:
            yield
        finally:
            with contextlib.suppress(OutputError):  # what ended the run matters more; the next one tries again
                self._sweep(base)

    def _sweep(self, base: Path) -> None:
        for token, folders in list(self.writers.items()):
            if all([sweep_folder(base / folder, token) for folder in folders]):
                self.add_writer(token, [])

    def _append(self, *told: Record) -> None:
        with said(self.path), open(self.path, "ab") as file:
            file.write("".join(map(_line, told)).encode())


def _line(told: Record) -> str:
    return json.dumps(told, separators=(",", ":")) + "\n"


def _writer(token: str, folders: Iterable[str]) -> Record:
    return {"writer": {"token": token, "folders": list(folders)}}


@contextlib.contextmanager
def said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(f"The disk is full, so {path} could not be written.") from error
        what = "a part of its path is a file" if error.errno in (errno.ENOTDIR, errno.EEXIST) else error.strerror
        raise OutputError(f"{path} could not be written ({str(what).lower()}).") from error
