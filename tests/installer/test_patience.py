"""How long servers that never come to an end can keep a person, and that slow ones that do are waited for."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from colorgan_core.errors import ColorganError, InputError
from colorgan_core.stored_weights import folder
from colorgan_installer import download, links
from fakes import host as does
from fakes.host import Handler, Host, sha256

INPUT = 3
Serve = Callable[..., Host]
OK, CHUNKED = b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

# Seconds, in the fixture `home`: 0.3 until headers are there, three rounds. A request that never ends is seen to be so after
# twice that at most.
NEVER_ENDS = {
    "a status line": does.spread(b"HTTP/1.1 2"),
    "a header": does.spread(OK, b"X-Long: "),
    "headers": does.spread(OK, again=b"X: y\r\n"),
    "100 Continue, slowly": does.spread(again=b"HTTP/1.1 100 Continue\r\n\r\n"),
    "100 Continue, fast": does.spread(again=b"HTTP/1.1 100 Continue\r\n\r\n" * 99, pause=1e-4),
    "the length of a chunk": does.spread(CHUNKED, again=b"0"),
    "trailers": does.spread(CHUNKED, b"3\r\nabc\r\n0\r\n", again=b"X: y\r\n"),
    "a body": does.spread(OK, b"Content-Length: 900000\r\n\r\n"),
    "a body without a length": does.spread(OK, b"\r\n"),
    "the body of a redirect": does.spread(
        b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 900000\r\n\r\n", again=b"x" * 9999, pause=1e-4
    ),
    "the body of an error": does.spread(b"HTTP/1.1 503 Busy\r\n\r\n", again=b"x" * 9999, pause=1e-4),
}


@pytest.mark.parametrize("what", NEVER_ENDS)
def test_a_server_that_never_ends_is_left(home, serve: Serve, what: str) -> None:
    host = serve(NEVER_ENDS[what])
    began = time.monotonic()
    ran = home.run("weights", "install", host.url, "--sha256", sha256(host.data))
    assert ran.code == INPUT and ran.sentence
    assert time.monotonic() - began < 5 and len(host.asked) <= 3 * 5
    home.unchanged()


@pytest.mark.parametrize("what", NEVER_ENDS)
def test_nor_is_a_text_waited_for(serve: Serve, what: str) -> None:
    host = serve(NEVER_ENDS[what])
    began = time.monotonic()
    with pytest.raises(InputError, match=r"cannot be fetched: 127\.0\.0\.1 .*\."):
        links.read_small(host.url, 2**20, seconds=0.3, in_all=0.6)
    assert time.monotonic() - began < 3


def test_a_text_that_trickles_is_called_slow(serve: Serve) -> None:
    host = serve(does.spread(OK, b"Content-Length: 900\r\n\r\n", pause=0.05))
    with pytest.raises(InputError, match="is too slow"):
        links.read_small(host.url, 2**20, seconds=0.5, in_all=0.7)


def test_redirects_to_ever_new_addresses_end(home, serve: Serve) -> None:
    host = serve(does.good)

    def onward(handler: Handler, data: bytes, start: int) -> None:
        does.redirect(f"{host.url}?{len(host.asked)}")(handler, data, start)

    host.plan = (onward,)
    ran = home.run("weights", "install", host.url, "--sha256", sha256(host.data))
    assert ran.code == INPUT and ran.sentence and len(host.asked) < 40
    home.unchanged()


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"\r\n", b"\x00" * 70_000, b"HTTP/1.1 200\r\n\r\n", b"HTTP/9 200 OK\r\n\r\n", b"HTTP/1.1 99999 OK\r\n\r\n",
        OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nx", OK + b"Content-Length: -7\r\n\r\nx",
        OK + b"X: y\r\n" * 200 + b"\r\nx", OK + b"X: " + b"y" * 70_000 + b"\r\n\r\nx",
        CHUNKED + b"-1\r\nabc", CHUNKED + b"fffffffffffffffffffff\r\nabc", CHUNKED + b"\xff\r\nabc",
        b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n", b"HTTP/1.1 302 Found\r\nLocation: //a:b/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: \x1b]0;\x9b\r\n\r\n", b"HTTP/1.1 302 Found\r\n\r\n",
        b"HTTP/1.1 206 Partial\r\nContent-Range: bytes " + b"9" * 5000 + b"-\r\n\r\nabc",
        OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(2**24)), OK + b"\r\n" + gzip.compress(bytes(2**24)),
    ],
)  # fmt: skip
def test_answers_that_cannot_be_get_a_sentence(home, serve: Serve, answer: bytes) -> None:
    host = serve(does.raw(answer))
    ran = home.run("weights", "install", host.url, "--sha256", sha256(host.data))
    assert ran.code == INPUT and ran.sentence and len(ran.sentence) < 1000, ran.err
    with contextlib.suppress(ColorganError):
        assert len(links.read_small(host.url, 2**20, seconds=0.3, in_all=0.6)) < 10
    home.unchanged()


def half_and_wrong_ranges(handler: Handler, data: bytes, start: int) -> None:
    """Drops at half, and answers ranges with another one."""
    if start:
        does.another_range(handler, data, start)
    else:
        does.drops(len(data) // 2)(handler, data, start)


def half_and_no_ranges(handler: Handler, data: bytes, start: int) -> None:
    does.drops(len(data) // 2)(handler, data, 0)


def half_of_another_file(handler: Handler, data: bytes, start: int) -> None:
    does.drops(len(data) // 2)(handler, data if not start else bytes(len(data)), start)


def whole_but_wrong(handler: Handler, data: bytes, start: int) -> None:
    does.drops(len(data) // 2)(handler, b"\x07" * len(data), start)


@pytest.mark.parametrize("deed", [half_and_wrong_ranges, half_and_no_ranges, half_of_another_file, whole_but_wrong])
def test_bytes_that_do_not_stay_win_no_time(
    home, serve: Serve, deed: does.Deed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each half is far more than what counts as progress."""
    monkeypatch.setattr(download, "PROGRESS", 4096)
    host = serve(deed)
    ran = home.run("weights", "install", host.url, "--sha256", sha256(host.data))
    assert ran.code == INPUT and ran.sentence and len(host.asked) <= 12, host.asked
    home.unchanged()


def test_a_transfer_without_progress_ends_though_each_request_is_well(
    home, serve: Serve, ink: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "PATIENCE", download.Patience(seconds=9, rounds=99, pause=0.01, stuck=0.7))
    host = serve(does.spread(OK, b"Content-Length: 90000\r\n\r\n", ink[:4000], again=b"x" * 40, pause=0.02))
    began = time.monotonic()
    ran = home.run("weights", "install", host.url, "--sha256", sha256(host.data))
    assert ran.code == INPUT and "too slow" in ran.sentence and "the same command continues" in ran.sentence
    assert time.monotonic() - began < 5
    home.unchanged()


def test_a_slow_line_that_brings_something_is_waited_for(home, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """As 20 kB/s of 20 MB: the whole takes far longer than a transfer without progress may."""
    monkeypatch.setattr(download, "PATIENCE", download.Patience(seconds=1, rounds=3, pause=0.01, stuck=1.5))
    monkeypatch.setattr(download, "PROGRESS", 4096)
    host = serve(does.slowly(4))
    began = time.monotonic()
    ran = home.run("weights", "install", host.url, "--sha256", sha256(host.data))
    assert ran.code == 0, ran.err
    assert time.monotonic() - began > 3 and len(host.asked) == 1


def test_a_slow_line_that_breaks_goes_on(home, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "PATIENCE", download.Patience(seconds=1, rounds=2, pause=0.01, stuck=2))
    monkeypatch.setattr(download, "PROGRESS", 4096)
    host = serve(does.drops(5000))
    ran = home.run("weights", "install", host.url, "--sha256", sha256(host.data))
    assert ran.code == 0, ran.err
    assert len(host.asked) == -(-len(host.data) // 5000)


@pytest.fixture
def mute() -> Iterator[Callable[[bytes, float], int]]:
    """A port at which every connection gets some bytes over and over, and nothing is read."""
    over, socket_ = threading.Event(), socket.create_server(("127.0.0.1", 0))

    def listen(sent: bytes, pause: float) -> int:
        def talk(connection: socket.socket) -> None:
            with connection:
                try:
                    while not over.wait(pause):
                        connection.sendall(sent)
                except OSError:
                    pass

        def accept() -> None:
            try:
                while True:
                    threading.Thread(target=partial(talk, socket_.accept()[0]), daemon=True).start()
            except OSError:
                pass

        threading.Thread(target=accept, daemon=True).start()
        return int(socket_.getsockname()[1])

    yield listen
    over.set()
    socket_.shutdown(socket.SHUT_RDWR)
    socket_.close()


# The head of a TLS record of 16 kB, of a handshake; its bytes then come one by one.
@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x03\x40\x00", b"\x16"], ids=["silence", "records", "bytes"])
def test_a_handshake_without_end(home, mute: Callable[[bytes, float], int], sent: bytes) -> None:
    port = mute(sent, 0.02)
    began = time.monotonic()
    ran = home.run("weights", "install", f"https://127.0.0.1:{port}/ink.safetensors", "--sha256", "0" * 64)
    assert ran.code == INPUT and ran.sentence
    assert time.monotonic() - began < 5
    assert not [path for path in folder().glob("*.part")]
    home.unchanged()
