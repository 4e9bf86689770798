"""The folder of installed weights, and how it changes: one at a time, and in steps that a kill cannot halve."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from colorgan_core.errors import ColorganError, OutputError, UsageError, WeightsError
from colorgan_core.examine import examine
from colorgan_core.files import atomic_write, locked, sha256_of, sweep, sync
from colorgan_core.stored_weights import NAME, OWN, Installed, Record, folder, index, read_installed
from colorgan_core.terminal import one_line

from .manifest import Entry
from .part import make_way

LONGEST = 200  # characters of a licence or a task that a card names
TASKS = 9  # that a card names
FORGOTTEN = 7 * 86400  # s after which a half download is not gone on with

Say = Callable[[str], None]


def check_name(name: str) -> None:
    """Raises UsageError for a name that installed weights cannot have."""
    if name in (OWN, "default"):
        raise UsageError(f"The name {name} is taken; give the weights another by --name.")
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is not a valid name for weights: use lower-case letters, digits, - and _, at most 63, a letter or digit first."
        )


def put(entry: Entry, source: str, fill: Callable[[Path], None], again: bool, say: Say) -> bool:
    """Installs weights; False where just these are installed already.

    fill: writes the weights of `entry.sha256` into the file it is given, which may hold a part of them. source: where they
    come from, for the record. again: whether other weights of that name may be replaced. Raises UsageError where they may
    not, WeightsError where the file is no weights, OutputError, and whatever `fill` raises; then all is as it was.
    """
    check_name(entry.name)
    with _installing(say):
        old = read_installed().records.get(entry.name)
        if old is not None and old.sha256 == entry.sha256 and is_sound(old):
            return False
        if old is not None and old.sha256 != entry.sha256 and not again:
            raise UsageError(
                f"Other weights are installed as {entry.name}; --replace puts these in their place, --name gives another name."
            )
        part = folder() / f".{entry.name}-{entry.sha256[:12]}.part"
        make_way(part)
        fill(part)
        record = _kept(part, entry, source, old)
        _change(lambda found: replace(found, records=found.records | {record.name: record}))
        if old is not None and old.path != record.path:
            _remove(old.path)
    return True


def use(name: str) -> None:
    """Makes weights the default. Raises WeightsError where they are not installed or damaged."""

    def change(found: Installed) -> Installed:
        if name != OWN and not is_sound(_known(name, found)):
            raise WeightsError(
                f"The file of the weights {name} is damaged or gone; install them again, or take others."
            )
        return replace(found, in_use=name)

    _change(change)


def remove(name: str) -> bool:
    """Removes installed weights; True where they were in use, which those that come with colorgan are then."""
    if name == OWN:
        raise UsageError(f"{OWN} comes with the program and cannot be removed alone.")
    record = _known(name, read_installed())
    was_in_use = False

    def change(found: Installed) -> Installed:
        nonlocal was_in_use
        was_in_use = found.in_use == name
        others = {each: kept for each, kept in found.records.items() if each != name}
        return Installed(OWN if was_in_use else found.in_use, others)

    _change(change)
    _remove(record.path)
    return was_in_use


def is_sound(record: Record) -> bool:
    """Whether the file is the one that was installed, by its hash."""
    try:
        return sha256_of(record.path) == record.sha256
    except OSError:
        return False


def known(name: str) -> Record:
    """Raises WeightsError where no weights of this name are installed."""
    return _known(name, read_installed())


def _known(name: str, found: Installed) -> Record:
    record = found.records.get(name)
    if record is None:
        raise WeightsError(f"No weights called {name} are installed; there are {', '.join([OWN, *found.records])}.")
    return record


def _kept(part: Path, entry: Entry, source: str, old: Record | None) -> Record:
    """Gives a whole file its name. It does not count yet."""
    place = Record(entry.name, 0, entry.sha256, "", (), "", "").path
    try:
        sync(part)
        os.replace(part, place)
    except OSError as error:
        raise OutputError(f"{place} could not be written ({error.strerror}), and nothing has changed.") from error
    try:
        facts = examine(place)
        if facts.sha256 != entry.sha256:
            raise WeightsError(f"{place} has changed during the installation, so it was not installed.")
    except ColorganError:
        if old is None or old.path != place:
            _remove(place)
        raise
    told = facts.card.get("tasks")
    tasks = entry.tasks or (
        tuple(one_line(str(task), LONGEST) for task in told[:TASKS]) if isinstance(told, list) else ()
    )
    licence = entry.licence or one_line(str(facts.card.get("licence", "")), LONGEST)
    return Record(entry.name, facts.size, facts.sha256, licence, tasks, source, date.today().isoformat())


@contextlib.contextmanager
def _installing(say: Say) -> Iterator[None]:
    """One process at a time puts files into the folder; what kills have left there is swept first."""
    words = "Another colorgan is installing weights; waiting until it has ended."
    with _folder(), locked(folder() / "install.lock", lambda: say(words)):
        kept = {record.path for record in read_installed().records.values()}
        for path in folder().iterdir():
            stray = path.suffix == ".safetensors" and path not in kept
            if stray or (path.suffix == ".part" and time.time() - path.lstat().st_mtime > FORGOTTEN):
                _remove(path)
        yield


def _change(change: Callable[[Installed], Installed]) -> None:
    """Writes the list anew; one process at a time, for moments only."""
    with _folder(), locked(folder() / "index.lock", lambda: None):
        found = change(read_installed())
        sweep(index())
        told = {name: asdict(record) for name, record in found.records.items()}
        for entry in told.values():
            del entry["name"]
        with atomic_write(index()) as beside:
            beside.write_text(json.dumps({"in_use": found.in_use, "weights": told}, indent=1) + "\n", "utf-8")


@contextlib.contextmanager
def _folder() -> Iterator[None]:
    """The folder is there, and what goes wrong in it gets a sentence."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"The folder of weights, {folder()}, cannot be written ({reason}).") from error


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # on Windows, while an engine reads it; the next installation sweeps it away
        path.unlink()
