"""A web server on this machine that serves one file, well or as badly as it is told."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Too many downloads today.</body></html>"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Handler(BaseHTTPRequestHandler):
    server: Host
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        host = self.server
        match = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(match[1]) if match else 0
        with host.counting:
            number = len(host.asked)
            host.asked.append((self.path, start))
            host.agents.append(self.headers.get("User-Agent", ""))
        if self.path in host.texts:
            self.answer(200, host.texts[self.path])
            return
        with contextlib.suppress(ConnectionError):
            host.plan[min(number, len(host.plan) - 1)](self, host.data, start)

    def answer(self, code: int, body: bytes, length: int | None = None, **headers: str) -> None:
        """length: what is said of it; -1: nothing."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if length != -1:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


Deed = Callable[[Handler, bytes, int], None]


class Host(ThreadingHTTPServer):
    """plan: what is done for each request in turn, the last for all later ones. asked: path and first byte of each request."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, data: bytes, *plan: Deed) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data, self.plan = data, plan or (good,)
        self.texts: dict[str, bytes] = {}
        self.asked: list[tuple[str, int]] = []
        self.agents: list[str] = []
        self.counting, self.over = threading.Lock(), threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/ink.safetensors"

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is no news."""

    def close(self) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()


def good(handler: Handler, data: bytes, start: int) -> None:
    if start >= len(data):
        handler.answer(416, b"")
    elif start:
        handler.answer(206, data[start:], Content_Range=f"bytes {start}-{len(data) - 1}/{len(data)}")
    else:
        handler.answer(200, data)


def without_ranges(handler: Handler, data: bytes, start: int) -> None:
    handler.answer(200, data)


def without_length(handler: Handler, data: bytes, start: int) -> None:
    handler.answer(200, data, -1)


def with_more(handler: Handler, data: bytes, start: int) -> None:
    handler.answer(200, data + b"more" * 100, -1)


def no_range_suits(handler: Handler, data: bytes, start: int) -> None:
    (without_ranges if not start else lambda h, d, s: h.answer(416, b""))(handler, data, start)


def another_range(handler: Handler, data: bytes, start: int) -> None:
    if start:
        handler.answer(206, data[start // 2 :], Content_Range=f"bytes {start // 2}-{len(data) - 1}/{len(data)}")
    else:
        handler.answer(200, data)


def range_of_another_file(handler: Handler, data: bytes, start: int) -> None:
    good(handler, data if not start else data[:start] + bytes(len(data) - start), start)


def packed(handler: Handler, data: bytes, start: int) -> None:
    handler.answer(200, data, Content_Encoding="gzip")


def says(length: Callable[[int], int]) -> Deed:
    """Lies about the length."""
    return lambda handler, data, start: handler.answer(200, data, length(len(data)))


def drops(after: int) -> Deed:
    """Hangs up after so many bytes of what is asked for."""

    def deed(handler: Handler, data: bytes, start: int) -> None:
        code = 206 if start else 200
        told = {"Content_Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        handler.answer(code, data[start : start + after], len(data) - start, **told)

    return deed


def stalls(after: int) -> Deed:
    """Sends so many bytes and then nothing, without hanging up."""

    def deed(handler: Handler, data: bytes, start: int) -> None:
        drops(after)(handler, data, start)
        handler.wfile.flush()
        handler.server.over.wait(30)

    return deed


def trickles(handler: Handler, data: bytes, start: int) -> None:
    handler.answer(200, b"", len(data))
    for place in range(len(data)):
        handler.wfile.write(data[place : place + 1])
        if handler.server.over.wait(0.05):
            return


def spread(*begin: bytes, again: bytes = b"x", pause: float = 0.02) -> Deed:
    """Sends some bytes, and then others for ever, as slowly as that: what no timeout of a single read ends."""

    def deed(handler: Handler, data: bytes, start: int) -> None:
        handler.wfile.write(b"".join(begin))
        while not handler.server.over.wait(pause):
            handler.wfile.write(again)

    return deed


def raw(answer: bytes) -> Deed:
    """Sends just these bytes and hangs up."""
    return lambda handler, data, start: handler.wfile.write(answer) and None


def slowly(seconds: float) -> Deed:
    """The whole file, in as much time."""

    def deed(handler: Handler, data: bytes, start: int) -> None:
        size = 1 + (len(data) - start) // 20
        drops(0)(handler, data, start)
        for place in range(start, len(data), size):
            handler.wfile.write(data[place : place + size])
            time.sleep(seconds / 20)

    return deed


def status(code: int) -> Deed:
    return lambda handler, data, start: handler.answer(code, b"no")


def page(handler: Handler, data: bytes, start: int) -> None:
    """What a hotel's network, or a host of models, has in a file's place."""
    handler.answer(200, PAGE, Content_Type="text/html")


def redirect(url: str) -> Deed:
    return lambda handler, data, start: handler.answer(302, b"", Location=url)
