"""Which files a sequence is: `line.####.png`, `line.@@@.png`, `line.%04d.png`, `line.$F4.png`, a folder, or one file.

The notation is fileseq's, where `@` is one digit and a lone `#` four; `##` and more are a digit each, as in Nuke and RV.
Ranges are fileseq's too: `1-100x2,150` is every second frame and frame 150, and `1-10:3` is a coarse pass first, not a step.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fileseq.constants import PAD_STYLE_HASH1
from fileseq.exceptions import FileSeqException, MaxSizeException
from fileseq.filesequence import FileSequence
from fileseq.frameset import FrameSet

from ..errors import InputError, UsageError
from ..picture.encode import SUFFIXES

READABLE = {*SUFFIXES, ".gif", ".bmp"}
NUMBER = re.compile(r"(\d+)\D*$")
PAD = re.compile(r"#+|@+|%\d*d|\$F\d*(?![A-Za-z])")
SOME = r"-?\d+(?:-{1,2}\d+(?:[xy:]\d+)?)?"  # one frame or a range
OWN = re.compile(rf"(?:^|(?<=[._]))(?=-?\d+[-,]){SOME}(?:,{SOME})*$")


@dataclass(frozen=True)
class Frame:
    """name: what a person calls it, "0012" or the name of its file without the ending. number: None where it has none."""

    name: str
    number: int | None = None


@dataclass(frozen=True)
class Numbered:
    """The name of a sequence around its number. ranges: written in the name itself, "" where there are none."""

    before: str
    after: str
    digits: int
    ranges: str = ""

    def name(self, number: int) -> str:
        return f"{self.before}{self.digits_of(number)}{self.after}"

    def digits_of(self, number: int) -> str:
        return f"{number:0{self.digits + (number < 0)}d}"

    @property
    def spelling(self) -> str:
        """The same for all notations of one sequence."""
        return f"{self.before}{'#' * self.digits}{self.after}"

    @property
    def pattern(self) -> re.Pattern[str]:
        """Of names with any number of digits."""
        return re.compile(rf"{re.escape(self.before)}(-?\d+){re.escape(self.after)}")


@dataclass(frozen=True)
class Files:
    """Files by frame. text: as it was given. path: one file or a folder, or, of a numbered sequence, the folder it is in.

    numbered: the parsed name of a sequence. listed: of a folder to read, its pictures by name without ending.
    """

    text: str
    path: Path
    numbered: Numbered | None = None
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
            return self.path / self.numbered.name(frame.number)
        if self.is_folder:
            stem, suffix = (frame.name, "") if beside is None else (beside.stem, beside.suffix)
            suffix = (
                suffix if suffix.lower() in SUFFIXES else ".png"
            )  # what is read may be of a kind that is not written
            return self.listed.get(stem, self.path / f"{stem}{suffix}")
        if "*" in self.path.name:
            return self.path.with_name(self.path.name.replace("*", frame.name if beside is None else beside.stem))
        return self.path

    def of_number(self, frame: Frame, beside: Path) -> Path | None:
        """The file of a frame if it is there; a single file belongs to the frame of its number alone."""
        if self.is_single and _number(self.path.stem) not in (frame.number, None):
            return None
        path = self.at(frame, beside)
        return path if os.path.exists(path) else None

    @property
    def there(self) -> list[Path]:
        """All files that are there."""
        if self.numbered is not None:
            return [self.path / self.numbered.name(number) for number in self.numbers()]
        if self.is_folder:
            return list(self.listed.values())
        return [self.path] if os.path.exists(self.path) else []

    def numbers(self) -> list[int]:
        """The numbers of the files of a sequence that are there."""
        assert self.numbered is not None
        found = (self.numbered.pattern.fullmatch(name) for name in _names(self.path))
        numbers = (int(match[1]) for match in found if match and match[0] == self.numbered.name(int(match[1])))
        return sorted(numbers)


def parse(text: str, base: Path = Path(), written: bool = False) -> Files:
    """text: relative to `base`. written: results go there. Raises UsageError for a name that cannot be a sequence's."""
    if not text:
        raise UsageError("The name of a file or a sequence is empty.")
    path = base / text
    if os.path.isfile(path) and not written:  # at its word, even where its name has a #
        return Files(text, path)
    if os.path.isdir(path) or text.endswith(("/", os.sep)):
        names = [] if written else [name for name in _names(path) if Path(name).suffix.lower() in READABLE]
        return Files(text, path, listed={Path(name).stem: path / name for name in names}, is_folder=True)
    pads = list(PAD.finditer(path.name))
    if len(pads) > 1:
        raise UsageError(f"{text} is not the name of a sequence: one group of # or @ stands for the number.")
    if not pads:
        return Files(text, path)
    before, after = path.name[: pads[0].start()], path.name[pads[0].end() :]
    digits = 4 if pads[0][0] == "#" else FileSequence.getPaddingNum(pads[0][0], pad_style=PAD_STYLE_HASH1)
    own = OWN.search(before)
    ranges = own[0] if own else ""
    return Files(text, path.parent, Numbered(before.removesuffix(ranges), after, digits, ranges))


def in_order(frames: Iterable[Frame]) -> list[Frame]:
    """By their numbers, where all have one; else as they are."""
    listed = list(frames)
    if any(frame.number is None for frame in listed):
        return listed
    return sorted(listed, key=lambda frame: frame.number or 0)


def frames_of(source: Files, ranges: str | None) -> list[Frame]:
    """The frames that are asked for, in their order; without ranges those that are there.

    Of an explicit range, frames whose file is missing too. Raises UsageError for ranges that are none, InputError where nothing is there.
    """
    if source.numbered is not None:
        ranges = ranges or source.numbered.ranges
        numbers = _range(ranges) if ranges else source.numbers()
        if not numbers:
            raise InputError(_none_there(source))
        return [Frame(source.numbered.digits_of(number), number) for number in numbers]
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
    except (FileSeqException, MaxSizeException) as error:
        raise UsageError(f"{text} is not a range of frames; write it like 1-100, 1-100x2 or 1-10,15,20-30.") from error
    if not numbers:
        raise UsageError("The range of frames is empty.")
    if any(number != int(number) for number in numbers):
        raise UsageError(f"{text} has fractional frame numbers; only whole numbers are supported.")
    return [int(number) for number in numbers]


def _none_there(source: Files) -> str:
    """Says which file comes near, since it is mostly the number of digits that is wrong."""
    assert source.numbered is not None
    if not os.path.isdir(source.path):
        return f"No frame is called {source.text}, and its folder is not there."
    near = list(filter(source.numbered.pattern.fullmatch, _names(source.path)))
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
