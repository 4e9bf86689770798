"""How long work tells how far it is, and how it is stopped in the middle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TypeVar

# Called with the share of the work that is done, 0..1; what it raises (Cancelled, say) ends the work there and then.
Advance = Callable[[float], None]
T = TypeVar("T")


class Cancelled(Exception):
    """The person does not want the result any more."""


def unwatched(share: float) -> None:
    """Nobody looks."""


def part(advance: Advance, start: float, end: float) -> Advance:
    """For a piece of work that is from `start` to `end` of the whole."""
    return lambda share: advance(start + share * (end - start))


def counted(items: Sequence[T], advance: Advance) -> Iterator[T]:
    """The items one by one; each is an equal share of the work."""
    for done, item in enumerate(items, 1):
        yield item
        advance(done / len(items))


@contextmanager
def heartbeat(seconds: float, beat: Callable[[], None]) -> Iterator[None]:
    """Calls `beat` every so many seconds, in a thread of its own, for as long as the block runs.

    It ends with the first OSError of `beat`: nobody reads any more.
    """
    ended = threading.Event()

    def run() -> None:
        with suppress(OSError):
            while not ended.wait(seconds):
                beat()

    thread = threading.Thread(target=run, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(seconds)  # no longer, where nobody reads what it writes


def duration(seconds: float) -> str:
    """In the unit that a person would take: "40 s", "12 min", "2.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def pace(count: int, seconds: float) -> str:
    """How many in how long: "1.9 a second", or "12 s each" where it is less than one a second."""
    return f"{count / seconds:.1f} a second" if count > seconds else f"{duration(seconds / count)} each"
