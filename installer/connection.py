"""HTTP connections that keep to one deadline, however a server spreads its bytes.

A timeout of a socket is for one read. A server that sends a byte now and then never runs into it, be it in the handshake, in
headers, in `100 Continue` without end, in a chunk's length or in trailers. So each read gets what is left until the deadline.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from typing import Any


class TooSlow(TimeoutError):
    """Bytes came, but not all of them in time."""


class Clock:
    """The deadline of all that is waited for. The owner moves it on."""

    def __init__(self, seconds: float) -> None:
        self.set(seconds)

    def set(self, seconds: float) -> None:
        """From now on."""
        self.end, self.heard = time.monotonic() + seconds, False

    def left(self) -> float:
        """Seconds, above 0. Raises TimeoutError after the deadline: TooSlow where bytes came since it was set."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TooSlow if self.heard else TimeoutError
        return left


class _Bytes(io.RawIOBase):
    """What a socket receives."""

    def __init__(self, sock: socket.socket, received: io.RawIOBase, clock: Clock) -> None:
        self.sock, self.received, self.clock = sock, received, clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self.sock.settimeout(self.clock.left())
        try:
            count = self.received.readinto(buffer)
        except TimeoutError:
            self.clock.left()  # says which of the two it is
            raise
        self.clock.heard = True
        return count

    def close(self) -> None:
        self.received.close()
        super().close()


class _Response(HTTPResponse):
    def __init__(self, clock: Clock, sock: socket.socket, *arguments: Any, **more: Any) -> None:
        super().__init__(sock, *arguments, **more)
        self.fp = io.BufferedReader(_Bytes(sock, self.fp.detach(), clock))


def timed(kind: type[HTTPConnection], clock: Clock) -> Callable[..., HTTPConnection]:
    """Makes connections of a kind, HTTPConnection or HTTPSConnection, that keep to the clock."""

    def make(*arguments: Any, **more: Any) -> HTTPConnection:
        connection: Any = kind(*arguments, **more)
        connection._create_connection = partial(_dial, clock)
        connection.response_class = partial(_Response, clock)
        return connection  # type: ignore[no-any-return]

    return make


def _dial(clock: Clock, address: tuple[str, int], *_more: Any) -> socket.socket:
    """Connects to the first address of a host that answers; each gets its share of the time that is left. Raises OSError."""
    found = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)
    failure: OSError = ConnectionError("the name has no address")
    for number, (family, kind, protocol, _name, place) in enumerate(found):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(clock.left() / (len(found) - number))
            sock.connect(place)
            sock.settimeout(clock.left())  # for the handshake
            return sock
        except OSError as error:
            sock.close()
            failure = error
    raise failure
