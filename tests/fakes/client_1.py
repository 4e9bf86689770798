"""A plug-in of protocol 1 as it was installed: a frozen copy of its side of the exchange, with nothing of today's code.

It sends frames as multiprocessing.connection does, its profile in base64 inside the header, and takes no header over 1 MiB.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import socket
import struct
from typing import Any


class Client1:
    def __init__(self, path: str, key: bytes, protocol: int = 1) -> None:
        self.line = socket.socket(socket.AF_UNIX)
        self.line.connect(path)
        nonce = os.urandom(32)
        self.frame(nonce)
        other = self.read_frame()
        self.frame(hmac.new(key, b"colorgan client" + other, hashlib.sha256).digest())
        assert self.read_frame() == hmac.new(key, b"colorgan engine" + nonce, hashlib.sha256).digest()
        self.say({"type": "hello", "protocol": protocol})
        self.hello = self.hear()[0]

    def frame(self, data: bytes) -> None:
        self.line.sendall(struct.pack("!i", len(data)) + data)

    def read_frame(self) -> bytes:
        (length,) = struct.unpack("!i", self._exactly(4))
        return self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.line.recv(count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def say(self, header: dict[str, Any], *pixels: bytes) -> None:
        self.frame(json.dumps(header).encode())
        for each in pixels:
            self.frame(each)

    def hear(self) -> tuple[dict[str, Any], list[bytes]]:
        text = self.read_frame()
        assert len(text) <= 2**20, "it takes no longer one"
        header, pixels = json.loads(text), []
        sizes = {"uint8": 1, "uint16": 2, "float32": 4}
        for blob in header.get("blobs", []):
            left, data = blob["width"] * blob["height"] * blob["channels"] * sizes[blob["dtype"]], b""
            while len(data) < left:
                data += self.read_frame()
            pixels.append(data)
        return header, pixels

    def final(self) -> tuple[dict[str, Any], list[bytes]]:
        """The next message that is no progress."""
        while True:
            header, pixels = self.hear()
            if header["type"] != "progress":
                return header, pixels
