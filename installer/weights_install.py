"""What `colorgan weights install` does with a name, an address, or a file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from colorgan_core.errors import InputError, OutputError, UsageError, WeightsError
from colorgan_core.examine import examine
from colorgan_core.files import FULL
from colorgan_core.stored_weights import LARGEST, OWN, SHA256, read_installed

from . import manifest
from .download import Advance, fetch
from .links import check_link
from .manifest import Entry
from .part import open_part
from .store import Say, check_name, is_sound, put

TRAINED = "weights"  # what `colorgan train` calls its file in every folder


def install_name(name: str, again: bool, say: Say, advance: Advance) -> bool:
    """From the host. Returns as `put` does."""
    check_name(name)
    here = read_installed().records.get(name)
    if here is not None and manifest.host() is None and is_sound(here):
        return False
    entry = manifest.named(name)
    if not entry.urls:
        raise WeightsError(f"The host's manifest names no address for {name}.")
    return put(entry, manifest.host() or "", _fetched(entry, advance), again, say)


def install_link(url: str, name: str | None, sha256: str | None, again: bool, say: Say, advance: Advance) -> str | None:
    """From an address. Returns the name they have; None where just these are installed already."""
    check_link(url)
    if name is not None:
        check_name(name)
    path = urlsplit(url).path
    if sha256 is not None:
        entry = Entry(name_from(unquote(path)) if name is None else name, _hash(sha256), urls=(url,))
    else:
        known = [each for each in manifest.on_host().values() if url in each.urls]
        if not known:
            raise UsageError(
                f"Give the SHA-256 of {url} with --sha256, so that nothing else is installed in its place."
            )
        entry = replace(known[0], name=known[0].name if name is None else name)
    source = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}{path}"  # a query may hold a secret
    return entry.name if put(entry, source, _fetched(entry, advance), again, say) else None


def install_file(path: Path, name: str | None, sha256: str | None, again: bool, say: Say) -> str | None:
    """From a weights file. Returns as `install_link` does."""
    wanted = None if sha256 is None else _hash(sha256)
    if name is not None:
        check_name(name)
    facts = examine(path)
    called = name_of(path, facts.card) if name is None else name
    check_name(called)
    if wanted not in (None, facts.sha256):
        raise WeightsError(f"{path.name} has the hash {facts.sha256}, not the given one.")
    entry = Entry(called, facts.sha256, facts.size)

    def fill(part: Path) -> None:
        try:
            with path.open("rb") as source:
                copy(source, part, entry)
        except OSError as error:
            raise InputError(f"{path} cannot be read ({(error.strerror or str(error)).lower()}).") from error

    return called if put(entry, str(path.absolute()), fill, again, say) else None


def copy(source: IO[bytes], part: Path, entry: Entry) -> None:
    """Writes the weights of an entry from what can be read. Raises WeightsError where it is something else, OutputError."""
    data = source.read((entry.size or LARGEST) + 1)
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise WeightsError(f"The weights {entry.name} are damaged in the file that they come from.")
    try:
        with open_part(part, append=False) as file:
            file.write(data)
    except OSError as error:
        part.unlink(missing_ok=True)
        why = "the disk is full" if error.errno in FULL else str(error.strerror).lower()
        raise OutputError(f"The weights could not be written ({why}), and nothing has changed.") from error


def name_of(path: Path, card: dict[str, Any]) -> str:
    """A name for the weights of a file: the file's; where training gave it that, the card's or else the folder's.

    So each training folder is a name of its own. Raises UsageError where there is none.
    """
    if path.stem.lower() != TRAINED:
        return name_from(path.name)
    named = card.get("name")
    if isinstance(named, str) and named.strip() and named != OWN:  # which every card says, until somebody changes it
        return name_from(named)
    return name_from(path.absolute().parent.name or path.name)


def name_from(path: str) -> str:
    """A name for weights out of a path's last part. Raises UsageError where there is none."""
    stem = path.rstrip("/").rpartition("/")[2].lower()
    name = re.sub(r"[^a-z0-9_-]+", "-", stem.removesuffix(".safetensors")).strip("-_")[:63]
    if not name:
        raise UsageError("The weights need a name; give one with --name.")
    return name


def _hash(text: str) -> str:
    if not SHA256.fullmatch(text.lower()):
        raise UsageError(f"--sha256 needs 64 hexadecimal digits; {text!r} is something else.")
    return text.lower()


def _fetched(entry: Entry, advance: Advance) -> Callable[[Path], None]:
    return lambda part: fetch(entry.urls, part, entry.sha256, entry.size, advance)
