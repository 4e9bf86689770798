"""Fetching a large file whose hash is known, from servers that may drop, stall, lie, or have something else in its place."""

from __future__ import annotations

import http.client
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit

from colorgan_core.errors import InputError, OutputError, UsageError
from colorgan_core.examine import what_else
from colorgan_core.files import FULL, sha256_of
from colorgan_core.stored_weights import LARGEST

from .links import FAILURES, SECONDS, check_link, is_lasting, open_link, words_for

CHUNK = 2**16  # bytes
SLOWEST = 1000  # bytes a second; a server that trickles holds nobody for ever
PROGRESS = 2**18  # bytes; after a round that brought so many, the count of rounds starts anew
ROOM = 2**20  # bytes to be left on the disk
TELLS = 16  # bytes by which a wrong file may be known
PASSING = (408, 425, 429)  # and all from 500: answers that may be others soon


@dataclass(frozen=True)
class Patience:
    """seconds: without a byte. rounds: through all mirrors. pause: seconds before the second round, doubled each time."""

    seconds: float = SECONDS
    rounds: int = 5
    pause: float = 1.0


PATIENCE = Patience()
Advance = Callable[[int, int | None], None]  # takes the bytes that are there, and all, where that is known


class _Broken(Exception):
    """It may go better the next time."""


class _Useless(Exception):
    """This mirror does not have the file."""


def fetch(urls: Sequence[str], part: Path, sha256: str, size: int | None, advance: Advance) -> None:
    """Fills `part` with the file of this hash, from the first mirror that has it; goes on with what `part` holds already.

    size: in bytes, None where nobody has said, and LARGEST at most then. Raises UsageError for an address that is not
    followed, InputError where no mirror has the file, and OutputError for a full disk. `part` then holds what may be gone
    on with, or is not there.
    """
    for url in urls:
        check_link(url)
    if _length(part) and sha256_of(part) == sha256:
        return
    mirrors, tries = list(dict.fromkeys(urls)), 0
    reasons: dict[str, str] = {}
    while mirrors and tries < PATIENCE.rounds:
        if tries:
            time.sleep(PATIENCE.pause * 2 ** (tries - 1))
        before = _length(part)
        for url in list(mirrors):
            try:
                _attempt(url, part, sha256, size, advance)
                return
            except (_Broken, _Useless) as error:
                reasons[url] = f"{urlsplit(url).netloc} {error}"
                if isinstance(error, _Useless):
                    mirrors.remove(url)
        tries = 0 if _length(part) - before >= PROGRESS else tries + 1
    again = "; the same command goes on where it stopped" if _length(part) else ""
    raise InputError(f"The weights could not be fetched: {'; '.join(reasons.values())}{again}.")


def _attempt(url: str, part: Path, sha256: str, size: int | None, advance: Advance) -> None:
    """Returns where `part` is the file."""
    resumed = _length(part) > 0
    broken = None
    try:
        _stream(url, part, size, advance)
    except _Broken as error:
        broken = error
    length = _length(part)
    if length >= (size or 1) and sha256_of(part) == sha256:  # whatever the server said of its length
        return
    other = what_else(part) if length >= TELLS else None
    if other is None and broken is not None and (size is None or length < size):
        raise broken
    if other is None and size is not None and length < size:
        raise _Broken(f"stopped after {length} of {size} bytes")
    found = other or f"a file of another hash ({sha256_of(part)[:12] if length else 'empty'} and not {sha256[:12]})"
    part.unlink(missing_ok=True)
    if resumed:  # the start may have come from elsewhere
        raise _Broken(f"gives {found}")
    raise _Useless(f"gives {found}, so the link is probably wrong")


def _stream(url: str, part: Path, size: int | None, advance: Advance) -> None:
    """Adds to `part` what the server gives, up to the size."""
    limit = size or LARGEST
    start = _length(part)
    if start >= limit:
        return
    try:
        response = open_link(url, PATIENCE.seconds, start)
    except HTTPError as error:
        error.close()
        words = words_for(error, PATIENCE.seconds)
        if error.code == 416:
            part.unlink(missing_ok=True)  # longer than the file: the next try starts anew
        elif error.code not in PASSING and error.code < 500:
            raise _Useless(words) from error
        raise _Broken(words) from error
    except UsageError as error:
        raise _Useless(f"leads elsewhere: {str(error).rstrip('.')}") from error
    except FAILURES as error:
        kind = _Useless if start == 0 and is_lasting(error) else _Broken
        raise kind(words_for(error, PATIENCE.seconds)) from error
    with response:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise _Useless("packs the file in a way nobody asked for")
        if response.status == 206:
            match = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
            if match is None or int(match[1]) != start:
                part.unlink(missing_ok=True)
                raise _Broken("gives another part of the file than was asked for")
        else:
            start = 0
        told = start + response.length if response.length is not None else None
        total = size or (told if told is not None and told <= LARGEST else None)
        if shutil.disk_usage(part.parent).free < (total or start) - start + ROOM:
            raise OutputError(f"The disk of {part.parent} is too full for the weights, and nothing has changed.")
        try:
            with part.open("ab" if start else "wb") as file:
                for piece in _pieces(response, limit - start):
                    file.write(piece)
                    file.flush()
                    start += len(piece)
                    advance(start, total)
            if told is not None and start < min(told, limit):
                raise _Broken("dropped the connection")
        except OSError as error:
            part.unlink(missing_ok=True)  # room for others
            if error.errno in FULL:
                raise OutputError(
                    "The disk is full, so the weights could not be fetched, and nothing has changed."
                ) from error
            raise OutputError(
                f"The weights could not be written ({error.strerror}), and nothing has changed."
            ) from error


def _pieces(response: http.client.HTTPResponse, limit: int) -> Iterator[bytes]:
    """The body, up to `limit` bytes. Raises _Broken where the server drops, stalls or trickles."""
    began, got = time.monotonic(), 0
    while limit > 0:
        try:
            piece = response.read1(min(CHUNK, limit))
        except FAILURES as error:
            raise _Broken(words_for(error, PATIENCE.seconds)) from error
        if not piece:
            return
        yield piece
        limit -= len(piece)
        got += len(piece)
        passed = time.monotonic() - began
        if passed > PATIENCE.seconds:
            if got < SLOWEST * passed:
                raise _Broken("is too slow")
            began, got = time.monotonic(), 0


def _length(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
