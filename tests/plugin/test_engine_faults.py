"""What must not hurt the engine: processes killed at any moment, silence, garbage, no memory, no disk, and hours of work."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colorgan_core.server import protocol
from colorgan_core.server.runtime_dir import Place
from colorgan_plugin.client import EngineError, connect, connect_or_start
from engines import blob, page, pixels, wait_for

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and sets limits of other processes"),
    pytest.mark.long,
    pytest.mark.timeout(0),
]
Launch = Callable[..., "subprocess.Popen[bytes]"]
LINEART = {"task": "lineart"}
FULL = 1000  # rounds of `make soak`


def told(place: Path) -> dict[str, Any]:
    return dict(json.loads((place / "engine.json").read_text()))


def status(pid: int, entry: str) -> int:
    """Of /proc/PID/status: VmRSS and VmSize in kB, Threads."""
    text = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in text.splitlines() if line.startswith(entry + ":")).split()[1])


def served_pid(place: Path) -> int:
    with connect(str(place)) as engine:
        return int(engine.hello["pid"])


def works(place: Path, seconds: float = 5) -> None:
    """A request is answered, in time."""
    began = time.monotonic()
    with connect(str(place)) as engine:
        assert engine.run("colorize", LINEART, [blob("picture", page())]).blobs["picture"].width == 160
    assert time.monotonic() - began < seconds


def test_a_killed_engine_is_noticed_and_the_next_request_works(
    place: Path, lively: Path, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 at random moments; nothing piles up on the disk."""
    dice, picture = random.Random(0), blob("picture", page(800))
    Place(place).announce()
    starts = {**told(place), "arguments": ["-m", "colorgan_core", "serve", "--weights", str(lively)]}
    monkeypatch.setenv("COLORGAN_DATA", str(place.parent))
    files = set()
    for _ in range(min(rounds, 100)):
        (place / "engine.json").write_text(json.dumps(starts))
        with connect_or_start(str(place)) as engine:
            assert engine.run("colorize", LINEART, [picture]).blobs["picture"].width == 800
            pid, number = engine.hello["pid"], engine.submit("colorize", {**LINEART, "seed": 2}, [picture])
            time.sleep(dice.uniform(0, 0.5))
            os.kill(pid, signal.SIGKILL)
            began = time.monotonic()
            with contextlib.suppress(EngineError):  # or it was done before
                engine.wait(number)
            assert time.monotonic() - began < 2
        files.add(frozenset(path.name for path in place.iterdir()))
    assert len(files) == 1, files


KILLED_CLIENT = """
import os, signal, sys, time
from colorgan_core.server import protocol
from colorgan_plugin.client import Blob, connect
place, moment = sys.argv[1], sys.argv[2]
engine = connect(place)
picture = Blob("picture", 2000, 2000, 3, "uint8", bytes(12_000_000))
if moment == "sending":
    send, left = engine._connection.send_bytes, [2]
    def some(piece):
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        send(piece[:5_000_000])
    protocol.CHUNK = 5_000_000
    engine._connection.send_bytes = some
number = engine.submit("colorize", {"task": "lineart"}, [picture])
engine.wait(number, lambda progress: os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.mark.parametrize("moment", ["sending", "waiting"])
def test_a_killed_client_leaves_nothing_behind(moment: str, served: Path, rounds: int) -> None:
    pid = served_pid(served)
    works(served)
    threads = status(pid, "Threads")
    for _ in range(min(rounds, 100)):
        ran = subprocess.run([sys.executable, "-c", KILLED_CLIENT, str(served), moment], timeout=60)
        assert ran.returncode == -signal.SIGKILL
    works(served)
    wait_for(lambda: status(pid, "Threads") <= threads)


def test_a_client_that_stops_reading_is_left(served: Path) -> None:
    """Its results wait in the engine until they have stood still for too long; nobody else waits."""

    def left() -> int:
        return (served / "engine.log").read_text().count("a client takes nothing more")

    before = left()
    with connect(str(served)) as deaf:
        for _ in range(3):
            deaf.submit("colorize", LINEART, [blob("picture", page(1000))])
        works(served, 15)
        wait_for(
            lambda: left() > before, 2 * protocol.STALLED_SECONDS + 20
        )  # twice: a write ends with what it could write
        with pytest.raises(EngineError):
            for _ in range(9):  # what it was sent until then is still there to read
                deaf.ping()


def mutated(dice: random.Random) -> list[bytes]:
    """The frames of a good request, with something wrong in them, or of pure noise."""
    header: dict[str, Any] = {
        "type": "submit", "request": 1, "operation": "colorize", "parameters": {"task": "lineart"}, "slot": "", "preview": False,
        "blobs": [{"name": "picture", "width": 8, "height": 8, "channels": 3, "dtype": "uint8"}],
    }  # fmt: skip
    frames = [b"", bytes(192)]
    odd = [None, -1, 0, 2**40, 1.5, "", "x" * 100, [], {}, [[[]]], True, "stylize", float("nan"), 10**400, "\0"]
    kind = dice.randrange(6)
    if kind == 0:
        return [dice.randbytes(dice.randrange(1, 300)) for _ in range(dice.randrange(1, 4))]
    if kind == 1:
        header[dice.choice(list(header))] = dice.choice(odd)
    elif kind == 2:
        header["blobs"][0][dice.choice(["name", "width", "height", "channels", "dtype"])] = dice.choice(odd)
    elif kind == 3:
        header["parameters"][dice.choice(["seed", "task", "layers", "weights", "palette", "profile", "?"])] = (
            dice.choice(odd)
        )
    elif kind == 4:
        frames[1] = dice.randbytes(dice.choice([0, 1, 191, 193, 5000]))
    frames[0] = json.dumps(header).encode()
    if kind == 5:
        damaged = bytearray(frames[0])
        for _ in range(dice.randrange(1, 9)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        frames[0] = bytes(damaged)
    return frames


def test_malformed_messages_are_errors_and_take_no_memory(served: Path, rounds: int) -> None:
    """Each is an error, a closed connection, or by chance a good request; raw bytes in place of frames, too."""
    pid, key, socket = served_pid(served), (served / "key").read_bytes(), told(served)["socket"]
    dice = random.Random(rounds)
    count = 10 * rounds
    endings: dict[str, int] = {}
    for turn in range(count):
        if turn == count // 5:
            warm = status(pid, "VmRSS")
        with Client(socket, "AF_UNIX") as stranger:
            protocol.prove(stranger, key, first=False)
            with contextlib.suppress(OSError):  # closed while there is more to send
                if turn % 20 == 0:  # no frame, or one that promises much
                    os.write(stranger.fileno(), struct.pack("!i", dice.choice([-1, -7, 2**31 - 1])) + dice.randbytes(9))
                else:
                    for frame in mutated(dice):
                        stranger.send_bytes(frame)
            ending = "closed"
            with contextlib.suppress(EOFError, OSError):
                while stranger.poll(0.5):
                    ending = protocol.receive(stranger)[0]["type"]
                    if ending != "progress":
                        break
                else:
                    ending = "waits for more"
            endings[ending] = endings.get(ending, 0) + 1
    assert set(endings) <= {"refused", "error", "closed", "result", "waits for more"}, endings
    assert endings["refused"] > count / 4 and endings["error"] > count / 20, endings
    works(served)
    assert status(pid, "VmRSS") < 1.05 * warm, "memory is flat"


def test_a_thousand_wrong_keys_and_fifty_silent_connections(served: Path) -> None:
    socket, slowest = told(served)["socket"], 0.0
    silent = [Client(socket, "AF_UNIX") for _ in range(50)]
    over = threading.Event()

    def guess() -> None:
        for _ in range(250):
            with contextlib.suppress(protocol.ProtocolError, EOFError, OSError), Client(socket, "AF_UNIX") as stranger:
                protocol.prove(stranger, os.urandom(32), first=False)
                over.set()  # never

    guessers = [threading.Thread(target=guess) for _ in range(4)]
    for each in guessers:
        each.start()
    while any(each.is_alive() for each in guessers):
        began = time.monotonic()
        with connect(str(served)) as engine:
            engine.ping()
        slowest = max(slowest, time.monotonic() - began)
    for each in silent:
        each.close()
    assert not over.is_set() and slowest < 1, slowest


def test_out_of_memory_is_a_sentence_and_the_engine_lives(place: Path, launch: Launch) -> None:
    """The limit lies on the address space, where the system refuses at once instead of killing somebody later."""
    import resource

    process = launch()
    works(place)
    room = status(process.pid, "VmSize") * 1024 + 400 * 2**20
    resource.prlimit(process.pid, resource.RLIMIT_AS, (room, room))
    pid = served_pid(place)
    for size, shape in ((5000, "while it works"), (15000, "while it comes")):
        with connect(str(place)) as engine, pytest.raises(EngineError, match="not enough free memory") as caught:
            engine.run("colorize", LINEART, [blob("picture", np.full((size, size, 3), 255, np.uint8))])
        assert "engine.log" in str(caught.value), shape
        works(place, 10)
    assert served_pid(place) == pid


def test_a_full_disk_under_the_log_stops_nothing(place: Path, launch: Launch) -> None:
    import resource

    process, log = launch(), place / "engine.log"
    works(place)
    wait_for(lambda: len(log.read_text().splitlines()) == 5)  # the last two are written after the answer
    full = log.stat().st_size
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (full, full))
    for _ in range(3):
        works(place)
    with connect(str(place)) as engine, pytest.raises(EngineError, match="picture"):
        engine.run("colorize", LINEART, [])
    assert log.stat().st_size == full


def test_the_largest_picture(place: Path, launch: Launch, rounds: int) -> None:
    """16384 x 16384 in `make soak`; a quarter of that, which takes half a minute, in short."""
    side = 16384 if rounds >= FULL else 4096
    launch()
    with connect(str(place)) as engine:
        found = engine.run("colorize", LINEART, [blob("picture", page(side))]).blobs["picture"]
    assert (found.width, found.height) == (side, side)
    assert len(np.unique(pixels(found)[::16, ::16].reshape(-1, 3), axis=0)) > 2, "it is painted"


def test_four_clients_for_long(place: Path, launch: Launch, rounds: int) -> None:
    """Ten minutes in `make soak`: all is answered, in fair turns, and memory stays as it was after the first third, or forty pictures."""
    process, seconds = launch(), max(30.0, 0.6 * rounds)
    until = time.monotonic() + seconds
    done, wrong = [0] * 4, list[str]()

    def work(number: int) -> None:
        dice = random.Random(number)
        with connect(str(place)) as engine:
            while time.monotonic() < until:
                picture = page(dice.choice([160, 300, 500]), dice.randrange(5))
                try:
                    found = engine.run("colorize", {**LINEART, "seed": dice.randrange(9)}, [blob("picture", picture)])
                    if found.blobs["picture"].width != len(picture):
                        wrong.append("another picture")
                except EngineError as error:
                    wrong.append(str(error))
                done[number] += 1

    clients = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in clients:
        each.start()
    time.sleep(seconds / 3)
    wait_for(lambda: sum(done) > 40 or time.monotonic() > until, seconds)  # a busy machine is warm later
    warm = status(process.pid, "VmRSS")
    for each in clients:
        each.join()
    assert not wrong and min(done) > 0.7 * max(done), (wrong[:3], done)
    assert status(process.pid, "VmRSS") < 1.15 * warm  # what the allocator keeps varies by a tenth
