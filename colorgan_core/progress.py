"""How long work tells how far it is, and how it is stopped in the middle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
