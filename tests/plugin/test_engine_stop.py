"""An engine ends when it is told to, whatever it is doing, and `colorgan serve --stop` says what it did."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from colorgan_core.server.runtime_dir import Place
from colorgan_core.server.server import LEAVE_SECONDS
from colorgan_plugin.client import Engine, EngineError, connect
from engines import blob, page, wait_for

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and Unix sockets")
# `colorgan serve` as it is, but for its work: a call of a C library that does not come back, a disk that does not answer (opening a
# pipe that nobody writes into is as dead), or one that keeps Python itself (no thread of Python runs any more).
STUCK = """
import ctypes, os, sys
from colorgan_core.cli import main
from colorgan_core.server import work
def library(*_):
    ctypes.CDLL(None).sleep(600)
def disk(*_):
    os.mkfifo("pipe")
    open("pipe").read()
def python(*_):
    ctypes.PyDLL(None).sleep(600)
work.Workshop.do = {"library": library, "disk": disk, "python": python}[sys.argv[1]]
sys.exit(main(["serve", "--weights", sys.argv[2], "--quiet"]))
"""
Stuck = Callable[[str], "tuple[subprocess.Popen[bytes], Engine]"]


@pytest.fixture
def stuck(place: Path, lively: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stuck]:
    """stuck(how): an engine in the middle of such work, and the client that waits for it."""
    monkeypatch.setenv("COLORGAN_DATA", str(place.parent))
    with ExitStack() as stack:

        def start(how: str) -> tuple[subprocess.Popen[bytes], Engine]:
            process = subprocess.Popen([sys.executable, "-c", STUCK, how, str(lively)], cwd=tmp_path)
            stack.callback(process.wait)
            stack.callback(process.kill)

            def answers() -> bool:
                try:
                    stack.enter_context(connect(str(place))).ping()
                except EngineError:
                    return False
                return True

            wait_for(answers, 60)
            client = stack.enter_context(connect(str(place)))
            client.submit("colorize", {}, [blob("picture", page(32))])
            wait_for(lambda: "colorize" in (place / "engine.log").read_text())
            return process, client

        yield start


@pytest.mark.parametrize("how", ["library", "disk"])
def test_sigterm_ends_an_engine_in_the_middle_of_work_that_does_not_end(how: str, stuck: Stuck, place: Path) -> None:
    process, client = stuck(how)
    process.send_signal(signal.SIGTERM)
    assert process.wait(LEAVE_SECONDS + 3) == 0
    assert "in the middle of work that does not end" in (place / "engine.log").read_text()
    with pytest.raises(EngineError):
        client.wait(1)
    with Place(place).alone():
        pass


@pytest.mark.parametrize("how", ["library", "disk"])
def test_stop_ends_it_too(how: str, stuck: Stuck, run: Callable[..., Any]) -> None:
    process, _ = stuck(how)
    ran = run("serve", "--stop")
    assert ran.code == 0 and ran.out == f"The engine (process {process.pid}) has ended.\n"
    assert process.wait(1) == 0


def test_stop_kills_what_does_not_answer(stuck: Stuck, run: Callable[..., Any]) -> None:
    process, _ = stuck("python")
    ran = run("serve", "--stop")
    assert ran.code == 0 and f"(process {process.pid}) did not end within 8 s and was killed." in ran.out
    assert process.wait(1) == -signal.SIGKILL
    ran = run("serve", "--stop")
    assert ran.code == 0 and ran.out == "No engine is running.\n"


def test_stop_says_that_it_could_not(place: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A process holds the engine's place, and nobody knows which."""
    monkeypatch.setenv("COLORGAN_DATA", str(place.parent))
    monkeypatch.setattr("colorgan_core.server.serve_command.END_SECONDS", 0.5)
    with Place(place).alone():
        (place / "engine.pid").unlink()
        ran = run("serve", "--stop")
        assert ran.code == 1 and "could not be killed" in ran.sentence and str(place / "engine.log") in ran.sentence


def test_stop_ends_a_running_engine_of_any_version(
    launch: Any, place: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORGAN_DATA", str(place.parent))
    process = launch()
    monkeypatch.setattr("colorgan_core.server.protocol.PROTOCOL", 9)
    with pytest.raises(EngineError, match="update colorgan itself"):
        connect(str(place))
    ran = run("serve", "--stop")
    assert ran.code == 0 and ran.out == f"The engine (process {process.pid}) has ended.\n"
    assert process.wait(5) == 0


def test_stop_ends_an_engine_that_is_still_starting(
    place: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORGAN_DATA", str(place.parent))
    code = f"import time; from colorgan_core.server.runtime_dir import Place\nwith Place({str(place)!r}).alone(): time.sleep(600)"
    process = subprocess.Popen([sys.executable, "-c", code])
    try:
        wait_for(lambda: Place(place).pid() == process.pid)
        began = time.monotonic()
        assert "has ended" in run("serve", "--stop").out and time.monotonic() - began < 3
    finally:
        process.kill()
        process.wait()


def test_looking_whether_an_engine_runs_keeps_none_from_starting(place: Path) -> None:
    here = Place(place)
    assert here.free()
    with here.alone():
        assert not here.free() and here.pid() == os.getpid()
    assert here.free() and here.pid() is None
