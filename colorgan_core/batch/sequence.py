"""Which files a sequence is: `line.####.png`, `line.@@@.png`, `line.%04d.png`, a folder, or one file.

The notation is fileseq's, where `@` is one digit and a lone `#` four; `##` and more are a digit each, as in Nuke and RV.
Ranges are fileseq's too: `1-100x2,150` is every second frame and frame 150, and `1-10:3` is a coarse pass first, not a step.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fileseq.constants import PAD_STYLE_HASH1
from fileseq.exceptions import FileSeqException
from fileseq.filesequence import FileSequence
from fileseq.frameset import FrameSet

from ..errors import InputError, UsageError
from ..picture.encode import SUFFIXES

READABLE = {*SUFFIXES, ".gif", ".bmp"}
NUMBER = re.compile(r"(\d+)\D*$")


@dataclass(frozen=True)
class Frame:
    """name: what a person calls it, "0012" or the name of its file without the ending. number: None where it has none."""

    name: str
    number: int | None = None


@dataclass(frozen=True)
class Files:
    """Files by frame. text: as it was given. path: one file or a folder, or, of a numbered sequence, the folder it is in.

    numbered: the parsed name of a sequence. listed: of a folder to read, its pictures by name without ending.
    """

    text: str
    path: Path
    numbered: FileSequence | None = None
    listed: Mapping[str, Path] = field(default_factory=dict)
    is_folder: bool = False

    @property
    def is_single(self) -> bool:
        """Whether every frame has the same file."""
        return self.numbered is None and not self.is_folder and "*" not in self.path.name

    @property
    def folder(self) -> Path:
        return self.path if self.is_folder or self.numbered is not None else self.path.parent

    def at(self, frame: Frame, beside: Path | None = None) -> Path:
        """The file of a frame, whether there or not. beside: the frame's own picture, after which files in a folder are called.

        Raises UsageError for a frame without a number where the name asks for one.
        """
        if self.numbered is not None:
            if frame.number is None:
                raise UsageError(f"{frame.name} has no number of its own, so {self.text} names no file for it.")
            return self.path / str(self.numbered.frame(frame.number))
        if self.is_folder:
            name = beside.name if beside is not None else frame.name
            if not self.listed and Path(name).suffix.lower() not in SUFFIXES:
                name = f"{Path(name).stem}.png"
            return self.listed.get(Path(name).stem, self.path / name)
        if "*" in self.path.name:
            return self.path.with_name(self.path.name.replace("*", frame.name if beside is None else beside.stem))
        return self.path

    def numbers(self) -> list[int]:
        """The numbers of the files of a sequence that are there."""
        assert self.numbered is not None
        before, after = re.escape(self.numbered.basename()), re.escape(self.numbered.extension())
        pattern = re.compile(rf"{before}(-?\d+){after}")
        found = (pattern.fullmatch(name) for name in _names(self.path))
        numbers = (int(match[1]) for match in found if match and match[0] == self.numbered.frame(int(match[1])))
        return sorted(numbers)


def parse(text: str, base: Path = Path(), written: bool = False) -> Files:
    """text: relative to `base`. written: results go there. Raises UsageError for a name that cannot be a sequence's."""
    if not text:
        raise UsageError("The name of a file or a sequence is empty.")
    path = base / text
    if path.is_file() and not written:  # at its word, even where its name has a #
        return Files(text, path)
    if path.is_dir() or text.endswith(("/", os.sep)):
        names = [] if written else [name for name in _names(path) if Path(name).suffix.lower() in READABLE]
        return Files(text, path, listed={Path(name).stem: path / name for name in names}, is_folder=True)
    name = re.sub(r"(?<!#)#(?!#)", "####", path.name)
    try:
        parsed = FileSequence(name, pad_style=PAD_STYLE_HASH1)
    except FileSeqException as error:
        raise UsageError(f"{text} is not the name of a sequence: one group of # or @ stands for the number.") from error
    if parsed.padding() and parsed.padding() in name:
        return Files(text, path.parent, parsed)
    return Files(text, path)


def frames_of(source: Files, ranges: str | None) -> list[Frame]:
    """The frames that are asked for, in their order; without ranges those that are there.

    Of an explicit range, frames whose file is missing too. Raises UsageError for ranges that are none, InputError where nothing is there.
    """
    if source.numbered is not None:
        numbers = _range(ranges) if ranges else _own_range(source) or source.numbers()
        if not numbers:
            raise InputError(_none_there(source))
        digits = source.numbered.zfill()
        return [Frame(f"{number:0{digits + (number < 0)}d}", number) for number in numbers]
    if not source.is_folder:
        if ranges:
            raise UsageError(f"{source.text} is one file; --frames is for a sequence like line.####.png, or a folder.")
        return [Frame(source.path.stem, _number(source.path.stem))]
    if not source.listed:
        raise InputError(f"The folder {source.text} is not there, or has no pictures ({', '.join(sorted(READABLE))}).")
    there = sorted(source.listed)
    numbers_there = [_number(name) for name in there]
    if len(set(numbers_there)) < len(there):  # numbers that do not tell frames apart are none
        numbers_there = [None] * len(there)
    frames = [Frame(name, number) for name, number in zip(there, numbers_there, strict=True)]
    if not ranges:
        return frames
    by_number = {frame.number: frame for frame in frames if frame.number is not None}
    return [by_number.get(number, Frame(str(number), number)) for number in _range(ranges)]


def _range(text: str) -> list[int]:
    try:
        numbers = list(FrameSet(text))
    except FileSeqException as error:
        raise UsageError(f"{text} is no range of frames; write it like 1-100, 1-100x2 or 1-10,15,20-30.") from error
    if not numbers:
        raise UsageError("The range of frames is empty.")
    if any(number != int(number) for number in numbers):
        raise UsageError(f"{text} has frames between frames, and only whole ones can be made.")
    return [int(number) for number in numbers]


def _own_range(source: Files) -> list[int]:
    """The range inside a name, as in line.1-10#.png."""
    assert source.numbered is not None
    return _range(source.numbered.frameRange()) if source.numbered.frameRange() else []


def _none_there(source: Files) -> str:
    """Says which file comes near, since it is mostly the number of digits that is wrong."""
    assert source.numbered is not None
    if not source.path.is_dir():
        return f"No frame is called {source.text}, and its folder is not there."
    before, after = re.escape(source.numbered.basename()), re.escape(source.numbered.extension())
    near = [name for name in _names(source.path) if re.fullmatch(rf"{before}-?\d+{after}", name)]
    found = f"; {near[0]} has another number of digits" if near else ""
    return f"No frame is called {source.text}{found}."


def _number(name: str) -> int | None:
    match = NUMBER.search(name)
    return int(match[1]) if match else None


def _names(folder: Path) -> list[str]:
    """The names in a folder but hidden ones; none where there is no folder. Raises InputError where it may not be read."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be read ({(error.strerror or str(error)).lower()}).") from error
