"""The weights that a person has installed, and the file that a value of `--weights` stands for. Without torch.

They lie in one folder: NAME-<start of their hash>.safetensors, and installed.json, which says what is installed and what
is in use. Only what it names counts, and it changes in one step, so that no kill leaves half of a change.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import WeightsError
from .server.protocol import folder as engine_folder

BUILT_IN = Path(__file__).parent / "weights" / "default.safetensors"
OWN = "colorgan"  # the name of the weights that come along; no others may have it
LARGEST = 40_000_000  # bytes; what a repository, a wheel and a studio's slow line can bear
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")  # without dot and slash, which only paths have
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Record:
    """Installed weights. size: in bytes. source: where they came from. installed: the day, as 2026-01-31."""

    name: str
    size: int
    sha256: str
    licence: str
    tasks: tuple[str, ...]
    source: str
    installed: str

    @property
    def path(self) -> Path:
        return folder() / f"{self.name}-{self.sha256[:12]}.safetensors"


@dataclass(frozen=True)
class Installed:
    """What installed.json says."""

    in_use: str = OWN
    records: dict[str, Record] = field(default_factory=dict)


def folder() -> Path:
    """$COLORGAN_DATA/weights, or weights in the user's data folder."""
    return Path(engine_folder()).absolute().parent / "weights"


def index() -> Path:
    return folder() / "installed.json"


def read_installed() -> Installed:
    """Raises WeightsError where the list is damaged or cannot be read."""
    try:
        told = json.loads(index().read_text("utf-8"))
        records = {name: _record(name, entry) for name, entry in told["weights"].items()}
        if told["in_use"] != OWN and told["in_use"] not in records:
            raise ValueError("what is in use is not installed")
        return Installed(told["in_use"], records)
    except FileNotFoundError:
        return Installed()
    except OSError as error:
        raise WeightsError(f"The list of installed weights, {index()}, cannot be read ({error.strerror}).") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WeightsError(
            f"The list of installed weights, {index()}, is damaged; remove it, and install the weights again."
        ) from error


def _record(name: str, told: Any) -> Record:
    record = Record(name=name, **(told | {"tasks": tuple(told["tasks"])}))
    words = (record.licence, *record.tasks, record.source, record.installed)
    if not all(isinstance(each, str) for each in words) or type(record.size) is not int:
        raise ValueError("values of other types")
    if not NAME.fullmatch(name) or not SHA256.fullmatch(record.sha256):
        raise ValueError("an invalid entry")  # names and hashes become names of files
    return record


def is_name(weights: str | os.PathLike[str]) -> bool:
    """Whether a value of --weights names weights, and not a path: "default", "colorgan", or what is installed."""
    return str(weights) in ("default", OWN) or _installed_as(weights) is not None


def find(weights: str | os.PathLike[str]) -> Path:
    """The file that a value of --weights stands for, which need not be there.

    "default": the weights in use, at first those that come with colorgan. "colorgan": those that come with it. The name
    of installed weights: their file. All else is a path. Raises WeightsError where the list of weights is damaged.
    """
    name = read_installed().in_use if str(weights) == "default" else str(weights)
    if name == OWN:
        return BUILT_IN
    record = _installed_as(name)
    return Path(weights) if record is None else record.path


def _installed_as(weights: str | os.PathLike[str]) -> Record | None:
    return read_installed().records.get(str(weights)) if NAME.fullmatch(str(weights)) else None


def check_stored(place: Path, digest: str) -> None:
    """Raises WeightsError where `place` is a file of installed weights, and `digest`, its hash, not what was installed."""
    record = _at(place)
    if record is not None and record.sha256 != digest:
        raise WeightsError(f"The file of the weights {record.name} is damaged: {_way_out(record)}.")


def missing(place: Path) -> WeightsError:
    """The error for a file of weights that is not there."""
    record = _at(place)
    if record is not None:
        return WeightsError(f"The file of the weights {record.name}, {place}, is gone: {_way_out(record)}.")
    if NAME.fullmatch(str(place)):
        return WeightsError(f"There is no weights file at {place}, and no weights of that name are installed.")
    return WeightsError(f"There is no weights file at {place}.")


def _at(place: Path) -> Record | None:
    if place.parent != folder():
        return None
    return next((record for record in read_installed().records.values() if record.path == place), None)


def _way_out(record: Record) -> str:
    return (
        f"install them again (they came from {record.source}), or `colorgan weights use {OWN}` takes those that come "
        "with colorgan"
    )
