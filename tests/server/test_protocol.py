"""Messages of the engine's protocol: what is sent comes back, and nothing else gets in or takes memory."""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colorgan_core.server import protocol
from colorgan_core.server.protocol import Blob, Clock, ProtocolError, TooLong, of_bytes, prove, receive, send


@contextlib.contextmanager
def line() -> Iterator[tuple[Connection, Connection]]:
    """Two ends of one line."""
    here, there = Pipe()
    with here, there:
        yield here, there


@pytest.fixture
def pair() -> Iterator[tuple[Connection, Connection]]:
    with line() as ends:
        yield ends


def meanwhile(work: Callable[[], Any]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


BLOBS = st.builds(
    lambda name, w, h, c, dtype, byte: Blob(name, w, h, c, dtype, bytes([byte]) * (w * h * c * protocol.BYTES[dtype])),
    st.text(max_size=9), st.integers(1, 40), st.integers(1, 40), st.integers(1, 4), st.sampled_from(["uint8", "uint16", "float32"]),
    st.integers(0, 255),
)  # fmt: skip
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), st.lists, max_leaves=5)


@given(st.dictionaries(st.text(max_size=9).filter(lambda k: k not in ("type", "blobs")), JSON, max_size=4),
       st.lists(BLOBS, max_size=4))  # fmt: skip
def test_what_is_sent_comes_back(header: dict[str, Any], blobs: list[Blob]) -> None:
    with line() as (here, there):
        thread = meanwhile(lambda: send(here, {"type": "any", **header}, blobs))
        found, back = receive(there)
        thread.join(5)
    assert found == {"type": "any", **header} and back == blobs


def test_pixels_of_many_chunks(pair: tuple[Connection, Connection], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "CHUNK", 1000)
    blob = Blob("picture", 100, 33, 3, "uint8", bytes(range(256)) * 38 + bytes(172))
    thread = meanwhile(lambda: send(pair[0], {"type": "submit"}, [blob]))
    assert receive(pair[1])[1] == [blob]
    thread.join(5)


GOOD = {"name": "picture", "width": 4, "height": 4, "channels": 4, "dtype": "uint8"}
WRONG: dict[str, Any] = {
    "no JSON": b"{", "no text": b"\xff\xfe", "a list": b"[]", "no type": b"{}", "type of a number": b'{"type": 5}', "deep": b"[" * 90_000,
    "blobs of a number": {"blobs": 5}, "a blob of a number": {"blobs": [5]}, "too many blobs": {"blobs": [GOOD] * 600},
    "no name": {"blobs": [{k: v for k, v in GOOD.items() if k != "name"}]}, "one entry more": {"blobs": [{**GOOD, "x": 1}]},
    "name of a number": {"blobs": [{**GOOD, "name": 1}]}, "no width": {"blobs": [{**GOOD, "width": 0}]},
    "negative": {"blobs": [{**GOOD, "height": -4}]}, "true": {"blobs": [{**GOOD, "width": True}]},
    "half a pixel": {"blobs": [{**GOOD, "width": 1.5}]}, "too wide": {"blobs": [{**GOOD, "width": 10**9}]},
    "five channels": {"blobs": [{**GOOD, "channels": 5}]}, "unknown dtype": {"blobs": [{**GOOD, "dtype": "object"}]},
    "dtype of a list": {"blobs": [{**GOOD, "dtype": []}]},
    "bytes of two rows": {"blobs": [{**GOOD, "dtype": "bytes"}]}, "a long header of pixels": {"type": "long", "blobs": [GOOD]},
    "too many bytes": {"blobs": [{**GOOD, "dtype": "bytes", "width": 2**26 + 1, "height": 1, "channels": 1}]},
    "too large together": {"blobs": [{**GOOD, "width": 32768, "height": 32768}] * 2},
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_message_is_refused_before_memory_is_taken(name: str, pair: tuple[Connection, Connection]) -> None:
    wrong = WRONG[name]
    pair[0].send_bytes(wrong if isinstance(wrong, bytes) else json.dumps({"type": "submit", **wrong}).encode())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ProtocolError):
        receive(pair[1])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "kilobytes"


def test_a_promise_of_gigabytes_takes_no_memory(pair: tuple[Connection, Connection]) -> None:
    large = {**GOOD, "width": 20000, "height": 20000}
    pair[0].send_bytes(json.dumps({"type": "submit", "blobs": [large]}).encode())
    pair[0].close()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(EOFError):
        receive(pair[1])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize("pieces", [[b"x" * 65], [b"x" * 32, b""], [b"x" * 100_000]])
def test_pieces_that_are_more_than_was_said(pieces: list[bytes], pair: tuple[Connection, Connection]) -> None:
    pair[0].send_bytes(json.dumps({"type": "submit", "blobs": [GOOD]}).encode())
    for piece in pieces:
        pair[0].send_bytes(piece)
    with pytest.raises(ProtocolError):
        receive(pair[1])


def test_any_bytes_are_a_message_or_an_error() -> None:
    """Ten thousand mutations of a good message, always the same ones."""
    dice = random.Random(1)
    good = json.dumps({"type": "submit", "request": 1, "blobs": [GOOD]}).encode()
    refused = 0
    for _ in range(10_000):
        text = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            text[dice.randrange(len(text))] = dice.randrange(256)
        with line() as (here, there):
            here.send_bytes(text)
            here.send_bytes(bytes(64))
            here.close()
            try:
                receive(there)
            except (ProtocolError, EOFError):
                refused += 1
    assert refused > 5000


def test_both_sides_must_know_the_key(pair: tuple[Connection, Connection]) -> None:
    outcome: dict[str, Any] = {}

    def other(key: bytes) -> None:
        try:
            prove(pair[1], key, first=False)
            outcome["client"] = "in"
        except (ProtocolError, EOFError, OSError) as error:
            outcome["client"] = error

    thread = meanwhile(lambda: other(b"k" * 32))
    prove(pair[0], b"k" * 32, first=True)
    thread.join(5)
    assert outcome["client"] == "in"
    thread = meanwhile(lambda: other(b"wrong" * 7))
    with pytest.raises(ProtocolError):
        prove(pair[0], b"k" * 32, first=True)
    thread.join(5)
    assert isinstance(outcome["client"], ProtocolError), "and the client does not trust the engine either"


def test_an_echo_is_no_proof(pair: tuple[Connection, Connection]) -> None:
    """Who sends back what it got, nonce and proof, does not get in."""

    def echo() -> None:
        for _ in range(2):
            pair[1].send_bytes(pair[1].recv_bytes())

    thread = meanwhile(echo)
    with pytest.raises(ProtocolError):
        prove(pair[0], b"k" * 32, first=True)
    thread.join(5)


def drip(connection: Connection, data: bytes, seconds: float) -> threading.Thread:
    """Sends a byte every so many seconds, as a raw socket does."""

    def work() -> None:
        with contextlib.suppress(OSError):
            for byte in data:
                os.write(connection.fileno(), bytes([byte]))
                time.sleep(seconds)

    return meanwhile(work)


def test_a_handshake_has_one_deadline_however_many_reads_it_is_made_of(
    pair: tuple[Connection, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HANDSHAKE_SECONDS", 0.5)
    drip(pair[1], b"\0\0\0\x20" + b"n" * 32 + b"\0\0\0\x20" + b"p" * 32, 0.1)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        prove(pair[0], b"k" * 32, first=True)
    assert 0.4 < time.monotonic() - began < 0.8, "72 bytes at ten a second"


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\0\1\0" + b"h" * 256,
        struct.pack("!i", 77) + b'{"type":"x","blobs":[{"name":"p","width":99,"height":99,"channels":4,"dtype":"uint8"}]}'[:77],
    ],
    ids=["header", "frame of pixels"],
)  # fmt: skip
def test_a_message_that_drips_ends_when_it_was_promised(
    sent: bytes, pair: tuple[Connection, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "STALLED_SECONDS", 0.5)
    drip(pair[1], sent, 0.1)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        receive(pair[0])
    assert 0.4 < time.monotonic() - began < 0.8


GOOD_LARGE = {"name": "picture", "width": 1000, "height": 1000, "channels": 4, "dtype": "uint8"}


def test_pixels_that_drip_or_stand_still_end_when_it_was_promised(
    pair: tuple[Connection, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "STALLED_SECONDS", 0.5)
    header = json.dumps({"type": "submit", "blobs": [GOOD_LARGE]}).encode()
    for came in (0, 100_000):
        with line() as (here, there):
            here.send_bytes(header)
            os.write(here.fileno(), struct.pack("!i", 4_000_000) + bytes(came))
            drip(here, bytes(100), 0.1)
            began = time.monotonic()
            with pytest.raises(TimeoutError):
                receive(there)
            assert 0.4 < time.monotonic() - began < 0.8, came
            here.close()


def test_an_honest_transfer_may_take_longer_than_a_stall(
    pair: tuple[Connection, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a large picture does on a slow machine: time is in proportion to what has come."""
    monkeypatch.setattr(protocol, "STALLED_SECONDS", 0.5)
    monkeypatch.setattr(protocol, "CHUNK", 500_000)

    def slowly() -> None:
        pair[1].send_bytes(json.dumps({"type": "submit", "blobs": [GOOD_LARGE]}).encode())
        for _ in range(8):
            time.sleep(0.2)
            pair[1].send_bytes(bytes(500_000))  # 2.5 MB a second, where 1 is wanted

    monkeypatch.setattr(Clock.__init__, "__defaults__", (1e6,))
    thread, began = meanwhile(slowly), time.monotonic()
    assert receive(pair[0])[1][0].size == 4_000_000
    assert time.monotonic() - began > 1.5
    thread.join(5)


def test_a_reader_that_hardly_reads_ends_a_send(
    pair: tuple[Connection, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "STALLED_SECONDS", 0.5)

    def reads() -> None:
        with contextlib.suppress(OSError):
            while True:
                os.read(pair[1].fileno(), 1)
                time.sleep(0.1)

    for work in (reads, lambda: None):
        meanwhile(work)
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            send(pair[0], {"type": "result"}, [Blob("picture", 2000, 2000, 4, "uint8", bytes(16_000_000))])
        assert 0.4 < time.monotonic() - began < 1


@given(st.integers(0, 3), st.sampled_from([protocol.LARGEST_HEADER - 40, protocol.LARGEST_HEADER + 1, 3_000_000]))
@settings(max_examples=12)
def test_headers_of_any_length_come_over_and_their_blobs_after_them(count: int, letters: int) -> None:
    blobs = [Blob(f"{number}", 3, 2, 1, "uint8", bytes([number] * 6)) for number in range(count)]
    with line() as (here, there):
        thread = meanwhile(lambda: send(here, {"type": "result", "facts": "x" * letters}, blobs))
        assert receive(there) == ({"type": "result", "facts": "x" * letters}, blobs)
        thread.join(5)


def test_what_is_too_long_is_known_before_anything_is_sent(pair: tuple[Connection, Connection]) -> None:
    long = {"type": "result", "facts": "x" * 2 * protocol.LARGEST_HEADER}
    small = Blob("layer", 1, 1, 1, "uint8", b"x")
    tall = Blob("layer", 32768, 32768, 4, "uint8", memoryview(b""))
    for header, blobs, version in (
        (long, [], 1), ({"type": "result", "facts": "x" * protocol.LARGEST_BYTES}, [], 2), ({"type": "result"}, [small] * 513, 2),
        ({"type": "result"}, [tall], 2), ({"type": "submit"}, [of_bytes("profile", bytes(protocol.LARGEST_BYTES + 1))], 2),
    ):  # fmt: skip
        with pytest.raises(TooLong, match="possible"):
            send(pair[0], header, blobs, version)
    assert not pair[1].poll(0.1)


def test_a_connection_to_who_accepts_nobody_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its queue of callers is full, as that of an engine that was stopped in mid-work is after a while."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(protocol, "HANDSHAKE_SECONDS", 0.3)
    with socket.socket(socket.AF_UNIX) as listening, contextlib.ExitStack() as callers:
        listening.bind("s")
        listening.listen(0)
        began = time.monotonic()
        with pytest.raises(OSError, match=r"."):
            for _ in range(9):
                callers.enter_context(protocol.dial("s"))
        assert time.monotonic() - began < 1


def test_the_socket_fits_however_long_the_folder() -> None:
    for place in ("/short", "/" + "long/" * 60):
        assert len(protocol.address(place).encode()) <= 107
    assert protocol.address("/a" * 80) != protocol.address("/b" * 80)
