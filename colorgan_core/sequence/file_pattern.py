"""The files of a sequence: `line.####.png`, `line.@@@.png`, `line.%04d.png`, `line.$F4.png`, a folder, or one file.

The notation is that of fileseq: `@` is one digit, a single `#` is four, and `##` and more are one digit each, as in Nuke and RV.
Ranges are those of fileseq, too: `1-100x2,150` is every second frame and frame 150; `1-10:3` is a coarse pass first, not a step.
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
from .frame import Frame

READABLE = {*SUFFIXES, ".gif", ".bmp"}
NUMBER = re.compile(r"(\d+)\D*$")
PADDING = re.compile(r"#+|@+|%\d*d|\$F\d*(?![A-Za-z])")
RANGE = r"-?\d+(?:-{1,2}\d+(?:[xy:]\d+)?)?"  # one frame or a range
RANGES_IN_NAME = re.compile(rf"(?:^|(?<=[._]))(?=-?\d+[-,]){RANGE}(?:,{RANGE})*$")


@dataclass(frozen=True)
class NumberedName:
    """A file name with a frame number in it. digits: the minimum width of the number. ranges: of frames, as written in the name."""

    before: str
    after: str
    digits: int
    ranges: str = ""

    def name_of(self, number: int) -> str:
        return f"{self.before}{self.padded(number)}{self.after}"

    def padded(self, number: int) -> str:
        return f"{number:0{self.digits + (number < 0)}d}"

    @property
    def canonical(self) -> str:
        """One spelling for all notations of the same sequence."""
        return f"{self.before}{'#' * self.digits}{self.after}"

    @property
    def pattern(self) -> re.Pattern[str]:
        """Matches names with any number of digits."""
        return re.compile(rf"{re.escape(self.before)}(-?\d+){re.escape(self.after)}")


@dataclass(frozen=True)
class FilePattern:
    """Gives each frame its file. text: as given. path: one file or a folder; for a numbered sequence, the folder that it is in.

    numbered: the parsed name of a sequence. listed: the pictures of an input folder, by name without suffix.
    """

    text: str
    path: Path
    numbered: NumberedName | None = None
    listed: Mapping[str, Path] = field(default_factory=dict)
    is_folder: bool = False

    @property
    def is_single(self) -> bool:
        """Whether all frames share one file."""
        return self.numbered is None and not self.is_folder and "*" not in self.path.name

    @property
    def folder(self) -> Path:
        return self.path if self.is_folder or self.numbered is not None else self.path.parent

    def path_for(self, frame: Frame, picture: Path | None = None) -> Path:
        """The file of a frame, which need not exist. picture: the frame's own picture; files in a folder are named after it.

        Raises UsageError for a frame without a number if the name needs one.
        """
        if self.numbered is not None:
            if frame.number is None:
                raise UsageError(f"{frame.name} has no number of its own, so {self.text} names no file for it.")
            return self.path / self.numbered.name_of(frame.number)
        if self.is_folder:
            stem, suffix = (frame.name, "") if picture is None else (picture.stem, picture.suffix)
            if suffix.lower() not in SUFFIXES:  # some kinds can be read but not written
                suffix = ".png"
            return self.listed.get(stem, self.path / f"{stem}{suffix}")
        if "*" in self.path.name:
            return self.path.with_name(self.path.name.replace("*", frame.name if picture is None else picture.stem))
        return self.path

    def existing_path_for(self, frame: Frame, picture: Path) -> Path | None:
        """The file of a frame, None if there is none. A single file belongs only to the frame with its number."""
        if self.is_single and _number(self.path.stem) not in (frame.number, None):
            return None
        path = self.path_for(frame, picture)
        return path if os.path.exists(path) else None

    @property
    def existing(self) -> list[Path]:
        """All files that exist."""
        if self.numbered is not None:
            return [self.path / self.numbered.name_of(number) for number in self.numbers()]
        if self.is_folder:
            return list(self.listed.values())
        return [self.path] if os.path.exists(self.path) else []

    def numbers(self) -> list[int]:
        """The frame numbers for which a file exists."""
        assert self.numbered is not None
        matches = (self.numbered.pattern.fullmatch(name) for name in _names(self.path))
        numbers = (int(match[1]) for match in matches if match and match[0] == self.numbered.name_of(int(match[1])))
        return sorted(numbers)


def parse_pattern(text: str, base: Path = Path(), is_output: bool = False) -> FilePattern:
    """text: relative to `base`. is_output: whether results are written there. Raises UsageError for a name that is not a sequence's."""
    if not text:
        raise UsageError("The name of a file or a sequence is empty.")
    path = base / text
    if os.path.isfile(path) and not is_output:  # an existing file is taken literally, even with # in its name
        return FilePattern(text, path)
    if os.path.isdir(path) or text.endswith(("/", os.sep)):
        names = [] if is_output else [name for name in _names(path) if Path(name).suffix.lower() in READABLE]
        return FilePattern(text, path, listed={Path(name).stem: path / name for name in names}, is_folder=True)
    paddings = list(PADDING.finditer(path.name))
    if len(paddings) > 1:
        raise UsageError(f"{text} is not the name of a sequence: one group of # or @ stands for the number.")
    if not paddings:
        return FilePattern(text, path)
    before, after = path.name[: paddings[0].start()], path.name[paddings[0].end() :]
    digits = 4 if paddings[0][0] == "#" else FileSequence.getPaddingNum(paddings[0][0], pad_style=PAD_STYLE_HASH1)
    match = RANGES_IN_NAME.search(before)
    ranges = match[0] if match else ""
    return FilePattern(text, path.parent, NumberedName(before.removesuffix(ranges), after, digits, ranges))


def sorted_by_number(frames: Iterable[Frame]) -> list[Frame]:
    """Sorted by number if all have one, otherwise as they are."""
    listed = list(frames)
    if any(frame.number is None for frame in listed):
        return listed
    return sorted(listed, key=lambda frame: frame.number or 0)


def frames_of(source: FilePattern, ranges: str | None) -> list[Frame]:
    """The frames of the ranges, in order; without ranges, those that exist.

    Explicit ranges include frames whose file is missing. Raises UsageError for invalid ranges, InputError if there is no frame.
    """
    if source.numbered is not None:
        ranges = ranges or source.numbered.ranges
        numbers = _numbers_in(ranges) if ranges else source.numbers()
        if not numbers:
            raise InputError(_no_frames_message(source))
        return [Frame(source.numbered.padded(number), number) for number in numbers]
    if not source.is_folder:
        if ranges:
            raise UsageError(f"{source.text} is one file; --frames is for a sequence like line.####.png, or a folder.")
        return [Frame(source.path.stem, _number(source.path.stem))]
    if not source.listed:
        raise InputError(f"The folder {source.text} is not there, or has no pictures ({', '.join(sorted(READABLE))}).")
    names = sorted(source.listed)
    parsed = [_number(name) for name in names]
    is_unique = len(set(parsed)) == len(names)  # ambiguous numbers are ignored
    frames = [Frame(name, number if is_unique else None) for name, number in zip(names, parsed, strict=True)]
    if not ranges:
        return frames
    by_number = {frame.number: frame for frame in frames if frame.number is not None}
    return [by_number.get(number, Frame(str(number), number)) for number in _numbers_in(ranges)]


def _numbers_in(text: str) -> list[int]:
    try:
        numbers = list(FrameSet(text))
    except (FileSeqException, MaxSizeException) as error:
        raise UsageError(f"{text} is not a range of frames; write it like 1-100, 1-100x2 or 1-10,15,20-30.") from error
    if not numbers:
        raise UsageError("The range of frames is empty.")
    if any(number != int(number) for number in numbers):
        raise UsageError(f"{text} has fractional frame numbers; only whole numbers are supported.")
    return [int(number) for number in numbers]


def _no_frames_message(source: FilePattern) -> str:
    """Mentions a file with a different number of digits, the usual mistake."""
    assert source.numbered is not None
    if not os.path.isdir(source.path):
        return f"No frame is called {source.text}, and its folder is not there."
    similar = list(filter(source.numbered.pattern.fullmatch, _names(source.path)))
    hint = f"; {similar[0]} has another number of digits" if similar else ""
    return f"No frame is called {source.text}{hint}."


def _number(name: str) -> int | None:
    match = NUMBER.search(name)
    return int(match[1]) if match else None


def _names(folder: Path) -> list[str]:
    """The names in a folder without hidden ones; empty if it does not exist. Raises InputError if it cannot be read."""
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"The folder {folder} cannot be read ({(error.strerror or str(error)).lower()}).") from error
