"""Every error colorgan raises on purpose, with its sentence for a person and its exit code.

ColorganError              1   something went wrong that has no better name
├── UsageError             2   options that contradict each other or are out of range
├── InputError             3   a picture, folder or data set that cannot be read or makes no sense
├── OutputError            4   a result that could not be written; what was there before is still there
│   └── DiskFull           4   because no room is left: nothing else can be written either
├── WeightsError           5   a weights file that is missing, damaged or of another model
├── TrainingError          6   training that cannot go on (NaN, collapse, held-out data)
├── MissingDependency      7   an optional package or program that is not installed
├── OutOfMemory            8   a picture too large for the memory that is free
└── FramesFailed           9   some frames of a batch could not be made; the others are done
"""

from __future__ import annotations


class ColorganError(Exception):
    """Base of all errors meant for a person; `str(error)` is one whole sentence."""

    exit_code = 1


class UsageError(ColorganError):
    exit_code = 2


class InputError(ColorganError):
    exit_code = 3


class OutputError(ColorganError):
    exit_code = 4


class DiskFull(OutputError):
    pass


class WeightsError(ColorganError):
    exit_code = 5


class TrainingError(ColorganError):
    exit_code = 6


class MissingDependency(ColorganError):
    exit_code = 7


class OutOfMemory(ColorganError):
    exit_code = 8


class FramesFailed(ColorganError):
    exit_code = 9


# How OpenCV and torch (on the processor, on Windows, on a graphics card) say it, who have no class of error for it.
NO_MEMORY = ("Insufficient memory", "can't allocate memory", "not enough memory", "out of memory")


def no_memory(error: BaseException) -> bool:
    """Whether any library says with this error that memory has run out."""
    return isinstance(error, MemoryError) or any(sign in str(error) for sign in NO_MEMORY)
