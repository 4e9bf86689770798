"""How a client and the engine talk: frames, messages, the handshake, and where they find each other. PROTOCOL.md has it in words.

Standard library and the syntax of Python 3.8 only: the plug-ins carry a copy of this file into the editors' own Pythons.
A message is a JSON header and as many blobs of pixels as it names. Nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import mmap
import os
import socket
import struct
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

PROTOCOL = 1
LARGEST_HEADER = 2**20  # bytes
LARGEST_SIDE = 32768  # px
LARGEST_MESSAGE = 3 * 2**30  # bytes of all blobs: two 16384 x 16384 RGBA pictures of 8 bits, and some
MOST_BLOBS = 512  # of a message; a palette with many named colours makes as many layers
CHUNK = 2**24  # bytes of a blob that travel in one piece
BYTES = {"uint8": 1, "uint16": 2, "float32": 4}
LARGEST_SOCKET = 100  # bytes of a Unix socket's path; the system ends at about 107
NONCE = 32  # bytes
HANDSHAKE_SECONDS = 2.0  # within which the other side must have shown that it knows the key
STALLED_SECONDS = 20.0  # without a byte in the middle of a message: the other side is gone

Connection = Any  # of multiprocessing.connection: Connection or, on Windows, PipeConnection


class ProtocolError(Exception):
    """The other side sent what no version of this protocol sends, or does not know the key."""


@dataclass(frozen=True)
class Blob:
    """Pixels: `data` has height x width x channels numbers of `dtype` ("uint8", "uint16", "float32"), rows from the top, channels
    R, G, B, and opacity, not multiplied in; little-endian."""

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


if TYPE_CHECKING:  # Python 3.8 cannot evaluate it
    Message = tuple[dict[str, Any], list[Blob]]


def send(connection: Connection, header: dict[str, Any], blobs: list[Blob] | None = None) -> None:
    """Sends a message. Raises OSError where the other side is gone or takes nothing for STALLED_SECONDS."""
    blobs = blobs or []
    for blob in blobs:
        assert len(memoryview(blob.data).cast("B")) == blob.size, "pixels that are not as many as they say"
    named = [
        {"name": b.name, "width": b.width, "height": b.height, "channels": b.channels, "dtype": b.dtype} for b in blobs
    ]
    text = json.dumps({**header, "blobs": named} if named else header, separators=(",", ":")).encode("utf-8")
    assert len(text) <= LARGEST_HEADER, "a header too long"
    connection.send_bytes(text)
    for blob in blobs:
        data = memoryview(blob.data).cast("B")
        for start in range(0, len(data), CHUNK):
            connection.send_bytes(data[start : start + CHUNK])


def receive(connection: Connection, limit: int = LARGEST_MESSAGE) -> Message:
    """Waits for a message. Raises ProtocolError for what is none, before memory is taken for it, EOFError or OSError where the other
    side is gone, MemoryError. limit: bytes of all its blobs."""
    try:
        header = json.loads(connection.recv_bytes(LARGEST_HEADER).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"a header that is no JSON: {error}") from error
    if not isinstance(header, dict) or not isinstance(header.get("type"), str):
        raise ProtocolError("a header without a type")
    named = header.pop("blobs", [])
    if not isinstance(named, list) or len(named) > MOST_BLOBS:
        raise ProtocolError("a list of pixels that is none, or too long")
    blobs = [_announced(each) for each in named]
    if sum(blob.size for blob in blobs) > limit:
        raise ProtocolError(f"more than {limit} bytes of pixels")
    return header, [_filled(connection, blob) for blob in blobs]


def _announced(told: Any) -> Blob:
    if not isinstance(told, dict) or set(told) != {"name", "width", "height", "channels", "dtype"}:
        raise ProtocolError("pixels without name, size or dtype")
    name, dtype = told["name"], told["dtype"]
    sides = [told["width"], told["height"], told["channels"]]
    if not isinstance(name, str) or not isinstance(dtype, str) or dtype not in BYTES:
        raise ProtocolError("pixels of an unknown kind")
    if any(type(side) is not int or not 0 < side <= LARGEST_SIDE for side in sides) or sides[2] > 4:
        raise ProtocolError("pixels of an impossible size")
    return Blob(name, sides[0], sides[1], sides[2], dtype, b"")


def _filled(connection: Connection, blob: Blob) -> Blob:
    try:
        data = memoryview(mmap.mmap(-1, blob.size))  # pages come as pixels do: a promise of gigabytes takes no memory
    except OSError as error:
        raise MemoryError from error
    done = 0
    while done < blob.size:
        done += _receive_into(connection, data[done : done + CHUNK])
    return Blob(blob.name, blob.width, blob.height, blob.channels, blob.dtype, data)


def _receive_into(connection: Connection, target: memoryview) -> int:
    """One frame, which must not be longer than `target`, nor empty; returns its length."""
    if sys.platform == "win32":
        piece = connection.recv_bytes(len(target))
        target[: len(piece)] = piece
        size = len(piece)
    else:  # as Connection.recv_bytes, but without its three copies: twice as fast
        with socket.socket(fileno=os.dup(connection.fileno())) as same:
            same.settimeout(None)
            length = bytearray(4)
            _receive_whole(same, memoryview(length))
            (size,) = struct.unpack("!i", length)
            if 0 < size <= len(target):
                _receive_whole(same, target[:size])
    if not 0 < size <= len(target):
        raise ProtocolError("a piece of pixels that is empty or too long")
    return int(size)


def _receive_whole(same: socket.socket, target: memoryview) -> None:
    done = 0
    while done < len(target):
        got = same.recv_into(target[done:], flags=socket.MSG_WAITALL)
        if not got:
            raise EOFError
        done += got


def prove(connection: Connection, key: bytes, first: bool) -> None:
    """Both sides show that they know the key, by HMAC-SHA256 over the other's nonce, without sending it. first: who asks first.

    Not multiprocessing's own handshake: Python 3.12 changed it, and editors have other Pythons than the engine.
    Raises ProtocolError where the other side does not know it, EOFError or OSError where it is gone or silent.
    """
    roles = (b"colorgan engine", b"colorgan client")
    mine, theirs = roles if first else roles[::-1]
    nonce = os.urandom(NONCE)
    connection.send_bytes(nonce)
    other = _piece(connection)
    connection.send_bytes(hmac.new(key, mine + other, hashlib.sha256).digest())
    if not hmac.compare_digest(_piece(connection), hmac.new(key, theirs + nonce, hashlib.sha256).digest()):
        raise ProtocolError("another key")


def _piece(connection: Connection) -> bytes:
    if not connection.poll(HANDSHAKE_SECONDS):
        raise ProtocolError("silence")
    piece: bytes = connection.recv_bytes(NONCE)
    if len(piece) != NONCE:
        raise ProtocolError("a handshake of another length")
    return piece


def limit_waits(connection: Connection, receiving: float, sending: float) -> None:
    """Ends reads and writes of this connection that stand still for so many seconds (0: never), by an OSError. Unix only: Windows' pipes
    have no such thing, and there only this user can open them."""
    if sys.platform == "win32":
        return
    with socket.socket(fileno=os.dup(connection.fileno())) as same:
        for option, seconds in ((socket.SO_RCVTIMEO, receiving), (socket.SO_SNDTIMEO, sending)):
            whole = int(seconds)
            same.setsockopt(socket.SOL_SOCKET, option, struct.pack("@ll", whole, int((seconds - whole) * 1e6)))


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
