"""Messages of the engine's protocol: what is sent comes back, and nothing else gets in or takes memory."""

from __future__ import annotations

import contextlib
import json
import random
import resource
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection, Pipe
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorgan_core.engine import protocol
from colorgan_core.engine.protocol import Blob, ProtocolError, limit_waits, prove, receive, send


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
    st.text(max_size=9), st.integers(1, 40), st.integers(1, 40), st.integers(1, 4), st.sampled_from(sorted(protocol.BYTES)),
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


def test_silence_ends_a_handshake_and_half_a_message(
    pair: tuple[Connection, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HANDSHAKE_SECONDS", 0.2)
    with pytest.raises(ProtocolError):
        prove(pair[0], b"k" * 32, first=True)
    limit_waits(pair[0], 0.2, 0.2)
    pair[1]._send(b"\0\0\1\0half")  # type: ignore[attr-defined]
    with pytest.raises(OSError, match=r"."):
        receive(pair[0])


def test_a_reader_that_does_not_read_ends_a_send(pair: tuple[Connection, Connection]) -> None:
    limit_waits(pair[0], 0.2, 0.2)
    blob = Blob("picture", 2000, 2000, 4, "uint8", bytes(16_000_000))
    with pytest.raises(OSError, match=r"."):
        send(pair[0], {"type": "result"}, [blob])


def test_the_socket_fits_however_long_the_folder() -> None:
    for place in ("/short", "/" + "long/" * 60):
        assert len(protocol.address(place).encode()) <= 107
    assert protocol.address("/a" * 80) != protocol.address("/b" * 80)
