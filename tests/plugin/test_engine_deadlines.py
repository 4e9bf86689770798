"""Who is slow, silent or idle keeps nobody else waiting, and not longer than was promised."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from colorgan_core.server import protocol
from colorgan_core.server.runtime_dir import Place
from colorgan_core.server.server import MOST_CONNECTIONS, Server
from colorgan_core.server.work import Workshop
from colorgan_plugin.client import EngineError, connect
from engines import blob, page, serving, wait_for
from fakes.client_1 import Client1

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")


@pytest.fixture(scope="module")
def workshop(lively: Path) -> Workshop:
    return Workshop(str(lively))


@pytest.fixture
def server(place: Path, workshop: Workshop) -> Iterator[Server]:
    with serving(place, workshop) as server:
        yield server


def ends_after(line: socket.socket) -> float:
    """Seconds until the other side closes, or resets, while it reads nothing more of use."""
    began = time.monotonic()
    with contextlib.suppress(OSError):
        while line.recv(4096):
            pass
    return time.monotonic() - began


def dripping(line: socket.socket, data: bytes, seconds: float = 0.2) -> None:
    def work() -> None:
        with contextlib.suppress(OSError):
            for byte in data:
                line.sendall(bytes([byte]))
                time.sleep(seconds)

    threading.Thread(target=work, daemon=True).start()


def test_a_handshake_that_drips_ends_at_the_promised_time(server: Server) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(server.place.socket)
        dripping(line, b"\0\0\0\x20" + bytes(32) + b"\0\0\0\x20" + bytes(32))
        assert ends_after(line) < protocol.HANDSHAKE_SECONDS + 1


@pytest.mark.parametrize("came", [0, 300_000])
def test_pixels_that_drip_end_at_the_promised_time_and_others_are_served(
    came: int, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "STALLED_SECONDS", 2.0)
    picture = {"name": "picture", "width": 1000, "height": 1000, "channels": 4, "dtype": "uint8"}
    client = Client1(server.place.socket, server.place.key())
    with client.line:
        client.say({"type": "submit", "request": 1, "operation": "colorize", "parameters": {}, "slot": "", "preview": False,
                    "blobs": [picture]})  # fmt: skip
        client.line.sendall(struct.pack("!i", 4_000_000) + bytes(came))
        dripping(client.line, bytes(1000))
        began = time.monotonic()
        with connect(str(server.place.path)) as engine:
            engine.ping()
        assert time.monotonic() - began < 1
        assert ends_after(client.line) < 3


def test_the_longest_idle_clients_make_room_and_none_that_waits(server: Server) -> None:
    """256 connections are open, and the 257th is served; who had work to come has it."""
    place, key = server.place, server.place.key()
    with contextlib.ExitStack() as stack:
        waiting = stack.enter_context(connect(str(place.path)))
        number = waiting.submit("colorize", {"task": "lineart"}, [blob("picture", page(1500))])
        idle = [Client1(place.socket, key) for _ in range(MOST_CONNECTIONS - 1)]
        for each in idle:
            stack.enter_context(each.line)
        for more in range(3):
            began = time.monotonic()
            with connect(str(place.path)) as engine:
                engine.ping()
            assert time.monotonic() - began < 2, more
            gone = idle[more]
            header, _ = gone.hear()
            assert header["type"] == "refused" and "idle the longest" in header["sentence"]
            with pytest.raises((EOFError, OSError)):
                gone.hear()
            idle.append(Client1(place.socket, key))
            stack.enter_context(idle[-1].line)
        idle[-1].say({"type": "ping"})
        assert idle[-1].hear()[0] == {"type": "pong"}
        assert waiting.wait(number).blobs["picture"].width == 1500


def test_silent_strangers_keep_nobody_out(server: Server) -> None:
    """As many as there may be connections, and none of them begins its handshake."""
    with contextlib.ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS + 10):
            stack.enter_context(socket.socket(socket.AF_UNIX)).connect(server.place.socket)
        began = time.monotonic()
        with connect(str(server.place.path)) as engine:
            engine.ping()
        assert time.monotonic() - began < protocol.HANDSHAKE_SECONDS


def test_who_was_sent_away_while_idle_is_served_all_the_same(place: Path, workshop: Workshop) -> None:
    """And who was connected to an engine that has left, and another has come."""
    picture = [blob("picture", page(48))]
    with serving(place, workshop, most=2) as server, connect(str(place)) as mine:
        for _ in range(2):
            assert mine.run("colorize", {"task": "lineart"}, picture).facts["task"] == "lineart"
            others = [Client1(server.place.socket, server.place.key()) for _ in range(2)]
            wait_for(lambda: mine._connection.poll(0))
            for each in others:
                each.line.close()
        server.stop()
        wait_for(lambda: not server.working)
        with pytest.raises(EngineError, match="No engine is running"):
            mine.run("colorize", {}, picture)
    with serving(place, workshop), connect(str(place)) as mine:
        number = mine.submit("colorize", {"task": "lineart"}, picture)
        assert mine.wait(number).facts["task"] == "lineart"


@contextlib.contextmanager
def impostor(place: Path, behave: Any) -> Iterator[None]:
    """An engine with the right key that behaves as it is told after the handshake: behave(connection)."""
    here = Place(place)
    here.announce()
    over = threading.Event()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(here.socket)
        listening.listen()

        def work() -> None:
            with contextlib.suppress(OSError, EOFError, protocol.ProtocolError):
                line, _ = listening.accept()
                with Connection(line.detach()) as connection:
                    behave(connection)
                    over.wait(30)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield
        over.set()
        thread.join(5)
    os.unlink(here.socket)


def greeted(connection: Connection, key: bytes) -> None:
    protocol.prove(connection, key, first=True)
    protocol.receive(connection)
    protocol.send(connection, {"type": "hello", "protocol": protocol.PROTOCOL})


def dripped(connection: Connection, data: bytes) -> None:
    for byte in data:
        os.write(connection.fileno(), bytes([byte]))
        time.sleep(0.2)


def test_a_broken_engine_keeps_no_client(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the handshake, in its greeting, in an answer, and when it does not answer a cancelled request."""
    monkeypatch.setattr(protocol, "STALLED_SECONDS", 1.5)
    key = Place(place).key()
    with impostor(place, lambda connection: dripped(connection, b"\0\0\0\x20" + bytes(32))):
        began = time.monotonic()
        with pytest.raises(EngineError, match="does not answer"):
            connect(str(place))
        assert time.monotonic() - began < protocol.HANDSHAKE_SECONDS + 1
    with impostor(place, lambda connection: protocol.prove(connection, key, first=True)):
        began = time.monotonic()
        with pytest.raises(EngineError):
            connect(str(place))
        assert time.monotonic() - began < 2.5

    def half(connection: Connection) -> None:
        greeted(connection, key)
        protocol.receive(connection)
        picture = {"name": "picture", "width": 1000, "height": 1000, "channels": 4, "dtype": "uint8"}
        connection.send_bytes(json.dumps({"type": "result", "request": 1, "facts": {}, "blobs": [picture]}).encode())
        dripped(connection, struct.pack("!i", 4_000_000) + bytes(100))

    with impostor(place, half), connect(str(place)) as engine:
        began = time.monotonic()
        with pytest.raises(EngineError):
            engine.run("colorize", {}, [blob("picture", page(32))])
        assert time.monotonic() - began < 2.5

    def deaf(connection: Connection) -> None:
        greeted(connection, key)

    with impostor(place, deaf), connect(str(place)) as engine:
        began = time.monotonic()
        with pytest.raises(EngineError, match="does not answer"):
            engine.run("colorize", {}, [blob("picture", page(32))], cancelled=lambda: True)
        assert time.monotonic() - began < 2.5


def test_messages_without_their_entries_are_a_sentence(place: Path) -> None:
    key = Place(place).key()

    def wrong(connection: Connection) -> None:
        greeted(connection, key)
        protocol.receive(connection)
        protocol.send(connection, {"type": "result", "request": 1})

    with impostor(place, wrong), connect(str(place)) as engine, pytest.raises(EngineError, match="without its entries"):
        engine.run("colorize", {}, [blob("picture", page(32))])


def test_gone_connections_are_forgotten(server: Server) -> None:
    for _ in range(20):
        connect(str(server.place.path)).close()
    wait_for(lambda: not server._clients._open)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("parameter", ["palette", "regions", "reference", "style", "weights"])
def test_a_pipe_in_a_files_place_is_an_error_and_keeps_nobody(parameter: str, server: Server, tmp_path: Path) -> None:
    """Nobody ever writes into it."""
    pipe = str(tmp_path / "pipe.gpl")
    os.mkfifo(pipe)
    picture = [blob("picture", page(48))]
    with connect(str(server.place.path)) as engine, connect(str(server.place.path)) as next_one:
        operation = "stylize" if parameter == "style" else "colorize"
        number = engine.submit(operation, {parameter: [pipe] if parameter == "style" else pipe}, picture)
        assert next_one.run("colorize", {"task": "lineart"}, picture).facts["task"] == "lineart"
        with pytest.raises(EngineError, match=r"ordinary file|no weights file"):
            engine.wait(number)
