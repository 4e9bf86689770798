"""How a client and the engine talk: frames, messages, the handshake, and where they find each other. PROTOCOL.md has it in words.

Standard library and the syntax of Python 3.8 only: the plug-ins carry a copy of this file into the editors' own Pythons.
A message is a JSON header and as many blobs of pixels as it names. Nothing is ever unpickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import mmap
import os
import select
import socket
import struct
import sys
import tempfile
import time
from dataclasses import dataclass
from multiprocessing.connection import Client as dial_pipe
from typing import TYPE_CHECKING, Any

PROTOCOL = 2
OLDEST_PROTOCOL = 1  # that the engine still answers
LARGEST_HEADER = 2**20  # bytes of a header's frame; a longer header travels as bytes, from version 2 on
LARGEST_BYTES = 2**26  # of a header or a colour profile that travels as bytes
LARGEST_SIDE = 32768  # px
LARGEST_MESSAGE = 3 * 2**30  # bytes of all blobs: two 16384 x 16384 RGBA pictures of 8 bits, and some
MOST_BLOBS = 512  # of a message; a palette with many named colours makes as many layers
CHUNK = 2**24  # bytes of a blob that travel in one piece
BYTES = {"uint8": 1, "uint16": 2, "float32": 4, "bytes": 1}
LARGEST_SOCKET = 100  # bytes of a Unix socket's path; the system ends at about 107
NONCE = 32  # bytes
HANDSHAKE_SECONDS = 2.0  # for the whole handshake
STALLED_SECONDS = 20.0  # without a byte in the middle of a message: the other side is gone
# Bytes a second, on average after the first STALLED_SECONDS of a message. A local socket carries a hundred times that, so who is
# slower does not want the message to end; the largest picture has thirteen minutes.
SLOWEST = 2**22
AGAIN_SECONDS = 0.02  # between tries to connect while too many others wait to be accepted

Connection = Any  # of multiprocessing.connection: Connection or, on Windows, PipeConnection


class ProtocolError(Exception):
    """The other side sent what no version of this protocol sends, or does not know the key."""


class TooLong(Exception):
    """A message that the other side could not take; nothing of it has been sent."""


@dataclass(frozen=True)
class Blob:
    """Pixels: `data` has height x width x channels numbers of `dtype` ("uint8", "uint16", "float32"), rows from the top, channels
    R, G, B, and opacity, not multiplied in; little-endian. Or, with the dtype "bytes", as many bytes as it is wide; see `of_bytes`."""

    name: str
    width: int
    height: int
    channels: int
    dtype: str
    data: bytes | bytearray | memoryview

    @property
    def size(self) -> int:
        """In bytes."""
        return self.width * self.height * self.channels * BYTES[self.dtype]


def of_bytes(name: str, data: bytes) -> Blob:
    """Bytes that are no pixels, 1 to LARGEST_BYTES of them."""
    return Blob(name, len(data), 1, 1, "bytes", data)


if TYPE_CHECKING:  # Python 3.8 cannot evaluate it
    Message = tuple[dict[str, Any], list[Blob]]


class Clock:
    """How long one message, or one handshake, may still take: whole, however many reads or writes it is made of.

    Without a byte for `seconds` it is over, and so it is where, after the first `seconds`, fewer than `rate` bytes a second have come
    or gone on average. With the rate infinite, `seconds` are for the whole.
    """

    def __init__(self, seconds: float, rate: float = SLOWEST) -> None:
        self.seconds, self.rate = seconds, rate
        self._began = self._moved_at = time.monotonic()
        self._bytes = 0

    def moved(self, count: int) -> None:
        self._bytes += count
        self._moved_at = time.monotonic()

    def left(self) -> float:
        """Seconds. Raises TimeoutError where there are none."""
        left = min(self._moved_at, self._began + self._bytes / self.rate) + self.seconds - time.monotonic()
        if left <= 0:
            raise TimeoutError("the other side is silent, or far too slow")
        return left


def send(
    connection: Connection, header: dict[str, Any], blobs: list[Blob] | None = None, protocol: int = PROTOCOL
) -> None:
    """Sends a message to who speaks this version of the protocol. Raises TooLong before anything is sent; OSError where the other side
    is gone, or takes what it is sent too slowly, see `Clock`."""
    blobs = blobs or []
    pixels = sum(blob.size for blob in blobs)
    if len(blobs) > MOST_BLOBS or pixels > LARGEST_MESSAGE:
        raise TooLong(
            f"it has {len(blobs)} pictures or layers of {pixels:,} bytes; {MOST_BLOBS} of {LARGEST_MESSAGE:,} are possible"
        )
    for blob in blobs:
        if blob.dtype == "bytes" and blob.size > LARGEST_BYTES:
            raise TooLong(f"{blob.name} has {blob.size:,} bytes; {LARGEST_BYTES:,} are possible")
        assert len(memoryview(blob.data).cast("B")) == blob.size, "pixels that are not as many as they say"
    named = [
        {"name": b.name, "width": b.width, "height": b.height, "channels": b.channels, "dtype": b.dtype} for b in blobs
    ]
    text = json.dumps({**header, "blobs": named} if named else header, separators=(",", ":")).encode("utf-8")
    if len(text) > LARGEST_HEADER:
        most = LARGEST_HEADER if protocol < 2 else LARGEST_BYTES
        if len(text) > most:
            raise TooLong(f"its names and numbers take {len(text):,} bytes; {most:,} are possible")
        send(connection, {"type": "long"}, [of_bytes("header", text)])
    clock = Clock(STALLED_SECONDS)
    if len(text) <= LARGEST_HEADER:
        _send_frame(connection, memoryview(text), clock)
    for blob in blobs:
        data = memoryview(blob.data).cast("B")
        for start in range(0, len(data), CHUNK):
            _send_frame(connection, data[start : start + CHUNK], clock)


def receive(connection: Connection, limit: int = LARGEST_MESSAGE) -> Message:
    """A message, of which something must have come within STALLED_SECONDS. Raises ProtocolError for what is none, before memory is taken
    for it, EOFError or OSError where the other side is gone, or too slow, see `Clock`; MemoryError. limit: bytes of all its blobs."""
    clock = Clock(STALLED_SECONDS)
    header = _header(_frame(connection, LARGEST_HEADER, clock))
    blobs = _announced(header, limit)
    if header["type"] == "long":
        if [(blob.name, blob.dtype) for blob in blobs] != [("header", "bytes")]:
            raise ProtocolError("an invalid long header")
        header = _header(_filled(connection, blobs[0], clock).data)
        blobs = _announced(header, limit)
    return header, [_filled(connection, blob, clock) for blob in blobs]


def _header(text: bytes | bytearray | memoryview) -> dict[str, Any]:
    try:
        header = json.loads(bytes(text).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"a header that is not JSON: {error}") from error
    if not isinstance(header, dict) or not isinstance(header.get("type"), str):
        raise ProtocolError("a header without a type")
    return header


def _announced(header: dict[str, Any], limit: int) -> list[Blob]:
    """Takes the list of blobs out of a header; they are still without data."""
    named = header.pop("blobs", [])
    if not isinstance(named, list) or len(named) > MOST_BLOBS:
        raise ProtocolError("a list of pixels that is invalid or too long")
    blobs = [_blob(each) for each in named]
    if sum(blob.size for blob in blobs) > limit:
        raise ProtocolError(f"more than {limit} bytes of pixels")
    return blobs


def _blob(told: Any) -> Blob:
    if not isinstance(told, dict) or set(told) != {"name", "width", "height", "channels", "dtype"}:
        raise ProtocolError("pixels without name, size or dtype")
    name, dtype = told["name"], told["dtype"]
    sides = [told["width"], told["height"], told["channels"]]
    if not isinstance(name, str) or not isinstance(dtype, str) or dtype not in BYTES:
        raise ProtocolError("pixels of an unknown kind")
    most = (LARGEST_BYTES, 1, 1) if dtype == "bytes" else (LARGEST_SIDE, LARGEST_SIDE, 4)
    if any(type(side) is not int or not 0 < side <= most[at] for at, side in enumerate(sides)):
        raise ProtocolError("pixels of an impossible size")
    return Blob(name, sides[0], sides[1], sides[2], dtype, b"")


def _filled(connection: Connection, blob: Blob, clock: Clock) -> Blob:
    try:
        data = memoryview(mmap.mmap(-1, blob.size))  # pages come as pixels do: a promise of gigabytes takes no memory
    except OSError as error:
        raise MemoryError from error
    done = 0
    while done < blob.size:
        done += len(_frame(connection, min(CHUNK, blob.size - done), clock, data[done:]))
    return Blob(blob.name, blob.width, blob.height, blob.channels, blob.dtype, data)


def _frame(connection: Connection, limit: int, clock: Clock, target: memoryview | None = None) -> memoryview:
    """One frame of 1 to `limit` bytes, in `target` where there is one."""
    if sys.platform == "win32":  # a pipe there hands over whole frames
        while not connection.poll(clock.left()):
            pass
        piece = connection.recv_bytes(limit)
        size = len(piece)
        clock.moved(size)
    else:  # as Connection.recv_bytes, but by the clock, and without its three copies
        with _socket_of(connection) as same:
            length = bytearray(4)
            _receive_whole(same, memoryview(length), clock)
            (size,) = struct.unpack("!i", length)
            if 0 < size <= limit:
                piece = bytearray(size) if target is None else target[:size]
                _receive_whole(same, memoryview(piece), clock)
    if not 0 < size <= limit:
        raise ProtocolError(f"a frame that is empty, or longer than the {limit} bytes that it may have")
    if target is None:
        return memoryview(piece)
    if sys.platform == "win32":
        target[:size] = piece
    return target[:size]


def _receive_whole(same: socket.socket, target: memoryview, clock: Clock) -> None:
    """Unix only."""
    done = 0
    while done < len(target):
        _wait(same, select.POLLIN, clock)
        got = same.recv_into(target[done:], flags=socket.MSG_DONTWAIT)
        if not got:
            raise EOFError
        clock.moved(got)
        done += got


def _send_frame(connection: Connection, data: memoryview, clock: Clock) -> None:
    if sys.platform == "win32":
        connection.send_bytes(data)  # it has no deadline there, and only this user can open the pipe
        return
    with _socket_of(connection) as same:
        for part in (memoryview(struct.pack("!i", len(data))), data):
            done = 0
            while done < len(part):
                _wait(same, select.POLLOUT, clock)
                with contextlib.suppress(BlockingIOError):  # another thread was faster, or the room is too small
                    sent = same.send(part[done:], socket.MSG_DONTWAIT)
                    clock.moved(sent)
                    done += sent


def _wait(same: socket.socket, event: int, clock: Clock) -> None:
    """Returns when a socket can be read or written. Raises TimeoutError where the clock has run down before."""
    waiting = select.poll()
    waiting.register(same, event)
    while not waiting.poll(clock.left() * 1000):
        pass


def _socket_of(connection: Connection) -> socket.socket:
    """Another handle of a connection, whose calls wait or do not wait as their flags say, whatever the default timeout of the program."""
    same = socket.socket(fileno=os.dup(connection.fileno()))
    same.settimeout(None)
    return same


def dial(place: str) -> Connection:
    """A connection to whoever listens at a socket, before any handshake. Raises OSError where nobody does, or does not accept it within
    HANDSHAKE_SECONDS."""
    if sys.platform == "win32":
        return dial_pipe(place, "AF_PIPE")
    from multiprocessing.connection import Connection as OfSocket

    until = time.monotonic() + HANDSHAKE_SECONDS
    while True:
        with socket.socket(socket.AF_UNIX) as here:
            here.settimeout(HANDSHAKE_SECONDS)
            try:
                here.connect(place)
            except BlockingIOError:  # too many wait to be accepted
                if time.monotonic() > until:
                    raise
            else:
                here.settimeout(None)
                return OfSocket(here.detach())
        time.sleep(AGAIN_SECONDS)


def prove(connection: Connection, key: bytes, first: bool) -> None:
    """Both sides show that they know the key, by HMAC-SHA256 over the other's nonce, without sending it. first: who asks first.

    Not multiprocessing's own handshake: Python 3.12 changed it, and editors have other Pythons than the engine.
    Raises ProtocolError where the other side does not know it, EOFError or OSError where it is gone, or not done in HANDSHAKE_SECONDS.
    """
    roles = (b"colorgan engine", b"colorgan client")
    mine, theirs = roles if first else roles[::-1]
    nonce, clock = os.urandom(NONCE), Clock(HANDSHAKE_SECONDS, float("inf"))
    _send_frame(connection, memoryview(nonce), clock)
    other = _piece(connection, clock)
    _send_frame(connection, memoryview(hmac.new(key, mine + other, hashlib.sha256).digest()), clock)
    if not hmac.compare_digest(_piece(connection, clock), hmac.new(key, theirs + nonce, hashlib.sha256).digest()):
        raise ProtocolError("another key")


def _piece(connection: Connection, clock: Clock) -> bytes:
    piece = bytes(_frame(connection, NONCE, clock))
    if len(piece) != NONCE:
        raise ProtocolError("a handshake of another length")
    return piece


def hang_up(connection: Connection) -> None:
    """Ends a connection for both sides, which wakes whoever waits on it; closing alone does not."""
    if sys.platform == "win32":
        connection.close()
        return
    try:
        with socket.socket(fileno=os.dup(connection.fileno())) as same:
            same.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended already


def folder() -> str:
    """The engine's folder, the same for all of this user's programs: $COLORGAN_DATA/engine or in the user's data folder."""
    named = os.environ.get("COLORGAN_DATA")
    if named:
        return os.path.join(named, "engine")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Application Support")
    else:
        # not $XDG_DATA_HOME: editors in sandboxes have another one than the engine
        base = os.path.expanduser("~/.local/share")
    return os.path.join(base, "colorgan", "engine")


def address(place: str) -> str:
    """Where an engine of this folder listens: a socket in it, or in a private folder for temporary files where the path is too long."""
    digest = hashlib.sha256(os.fsencode(os.path.abspath(place))).hexdigest()[:16]
    if sys.platform == "win32":
        return rf"\\.\pipe\colorgan-{digest}"
    inside = os.path.join(os.path.abspath(place), "socket")
    if len(os.fsencode(inside)) <= LARGEST_SOCKET:
        return inside
    return os.path.join(tempfile.gettempdir(), f"colorgan-{os.getuid()}-{digest}", "socket")
