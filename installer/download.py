"""Fetching a large file whose hash is known, from servers that may drop, stall, lie, or have something else in its place.

When a transfer is given up (numbers: `Patience`, and the constants here):

- An answer's headers are there within 20 s, with connecting, redirects and interim answers, and each later piece within 20 s.
  A body brings 1 kB/s over each 20 s. Else the request has failed, and the next mirror, or the same one, gets another.
- Progress is another 256 KiB beyond the most that there has ever been. After 120 s a mirror without progress, or five rounds
  through the mirrors, the transfer has failed, and what there is stays for the next run.
- Where what there is turns out to be useless (a wrong range, a server without ranges, another file), the transfer starts
  anew. Twice a mirror its bytes then count as progress again; after that only those beyond the most.

So a connection of 20 kB/s brings any file, and no server can keep anybody without giving bytes that stay.
"""

from __future__ import annotations

import http.client
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
from colorgan_core.terminal import one_line

from .connection import Clock
from .links import CHUNK, FAILURES, SECONDS, check_link, is_lasting, open_link, words_for
from .part import length, open_part

SLOWEST = 1000  # bytes a second; a server that trickles holds nobody for ever
PROGRESS = 2**18  # bytes; a few seconds of a slow line, and 2 kB/s over `Patience.stuck`
LOSSES = 2  # times a mirror that a start from nothing counts as progress
ROOM = 2**20  # bytes to be left on the disk
LONGEST = 300  # characters of an address that a server has made
TELLS = 16  # bytes by which a wrong file may be known
PASSING = (408, 425, 429)  # and all from 500: answers that may be others soon


@dataclass(frozen=True)
class Patience:
    """seconds: until the headers are there, and later without a byte. rounds: through all mirrors without progress. pause: seconds
    before the second round, doubled each time. stuck: seconds without progress, for each mirror."""

    seconds: float = SECONDS
    rounds: int = 5
    pause: float = 1.0
    stuck: float = 120.0


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
    if length(part) and sha256_of(part) == sha256:
        return
    mirrors = list(dict.fromkeys(urls))
    reasons: dict[str, str] = {}
    chances = _Chances(part, len(mirrors))
    while mirrors and chances.rounds < PATIENCE.rounds and chances.seconds():
        if chances.rounds:
            time.sleep(min(PATIENCE.pause * 2 ** (chances.rounds - 1), chances.seconds()))
        chances.rounds += 1
        for url in list(mirrors):
            try:
                _attempt(url, part, sha256, size, advance, chances)
                return
            except (_Broken, _Useless) as error:
                reasons[url] = f"{urlsplit(url).netloc} {error}"
                if isinstance(error, _Useless):
                    mirrors.remove(url)
    again = "; the same command continues where it stopped" if length(part) else ""
    raise InputError(f"The weights could not be fetched: {'; '.join(reasons.values())}{again}.")


class _Chances:
    """What a transfer has that stays, and how long it may still go on. rounds: begun since the last progress."""

    def __init__(self, part: Path, mirrors: int) -> None:
        self.part, self.mirrors = part, mirrors
        self.most, self.rounds, self.losses = length(part), 0, 0
        self.clock, self.since = Clock(PATIENCE.seconds), time.monotonic()

    def seconds(self) -> float:
        """Until the transfer has failed; 0 where it has."""
        return max(0.0, self.since + PATIENCE.stuck * self.mirrors - time.monotonic())

    def wait(self) -> Clock:
        """The deadline for the next bytes."""
        self.clock.set(min(PATIENCE.seconds, self.seconds()))
        return self.clock

    def has(self, there: int) -> None:
        """So many bytes are there now."""
        if there >= self.most + PROGRESS:
            self.most, self.rounds, self.since = there, 0, time.monotonic()

    def start_anew(self) -> None:
        """Removes what is there."""
        self.part.unlink(missing_ok=True)
        self.losses += 1
        if self.losses <= LOSSES * self.mirrors:
            self.most, self.since = 0, time.monotonic()


def _attempt(url: str, part: Path, sha256: str, size: int | None, advance: Advance, chances: _Chances) -> None:
    """Returns where `part` is the file."""
    resumed = length(part) > 0
    broken = None
    try:
        _stream(url, part, size, advance, chances)
    except _Broken as error:
        broken = error
    there = length(part)
    if there >= (size or 1) and sha256_of(part) == sha256:  # whatever the server said of its length
        return
    other = what_else(part) if there >= TELLS else None
    if other is None and broken is not None and (size is None or there < size):
        raise broken
    if other is None and size is not None and there < size:
        raise _Broken(f"stopped after {there} of {size} bytes")
    found = other or f"a file of another hash ({sha256_of(part)[:12] if there else 'empty'} and not {sha256[:12]})"
    chances.start_anew()
    if resumed:  # the start may have come from elsewhere
        raise _Broken(f"gives {found}")
    raise _Useless(f"gives {found}, so the link is probably wrong")


def _stream(url: str, part: Path, size: int | None, advance: Advance, chances: _Chances) -> None:
    """Adds to `part` what the server gives, up to the size."""
    limit = size or LARGEST
    start = length(part)
    if start >= limit:
        return
    try:
        response = open_link(url, chances.wait(), start)
    except HTTPError as error:
        error.close()
        words = words_for(error, PATIENCE.seconds)
        if error.code == 416:
            chances.start_anew()  # it is longer than the file
        elif error.code not in PASSING and error.code < 500:
            raise _Useless(words) from error
        raise _Broken(words) from error
    except UsageError as error:
        raise _Useless(f"redirects elsewhere: {one_line(str(error).rstrip('.'), LONGEST)}") from error
    except FAILURES as error:
        kind = _Useless if start == 0 and is_lasting(error) else _Broken
        raise kind(words_for(error, PATIENCE.seconds)) from error
    with response:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise _Useless("uses a content encoding that was not requested")
        if response.status == 206:
            if not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                chances.start_anew()
                raise _Broken("sends another part of the file than requested")
        elif start:
            chances.start_anew()
            start = 0
        told = start + response.length if response.length is not None else None
        total = size or (told if told is not None and told <= LARGEST else None)
        if shutil.disk_usage(part.parent).free < (total or start) - start + ROOM:
            raise OutputError(f"The disk of {part.parent} is too full for the weights, and nothing has changed.")
        try:
            with open_part(part, append=start > 0) as file:
                for piece in _pieces(response, limit - start, chances):
                    file.write(piece)
                    file.flush()
                    start += len(piece)
                    chances.has(start)
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


def _pieces(response: http.client.HTTPResponse, limit: int, chances: _Chances) -> Iterator[bytes]:
    """The body, up to `limit` bytes. Raises _Broken where the server drops, stalls or trickles."""
    began, got = time.monotonic(), 0
    while limit > 0:
        chances.wait()
        try:
            piece = response.read1(min(CHUNK, limit))
        except FAILURES as error:
            raise _Broken(words_for(error, PATIENCE.seconds) if chances.seconds() else "is too slow") from error
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
