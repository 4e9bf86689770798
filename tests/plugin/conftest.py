"""Fixtures: a folder for an engine, and an engine that tests share."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from colorgan_core.errors import UsageError
from colorgan_core.server.runtime_dir import Place
from colorgan_plugin.client import Engine, EngineError, connect
from engines import start, wait_for


def ended(place: Path) -> bool:
    """Asks the engine of this folder to end; whether it has."""
    with contextlib.suppress(EngineError), connect(str(place)) as engine:
        engine.stop()
    try:
        with Place(place).alone():
            return True
    except UsageError:
        return False


@pytest.fixture
def place() -> Iterator[Path]:
    """An engine's folder with a short path; whatever engine runs there ends with the test."""
    data = Path(tempfile.mkdtemp(prefix="cg"))
    (data / "engine").mkdir()
    yield data / "engine"
    wait_for(lambda: ended(data / "engine"))
    shutil.rmtree(data)


@pytest.fixture
def launch(place: Path, lively: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts an engine in `place`: launch(*options) of `colorgan serve`."""
    processes = []

    def call(*options: str) -> subprocess.Popen[bytes]:
        processes.append(start(place, lively, *options))
        return processes[-1]

    yield call
    for each in processes:
        each.terminate()
        assert each.wait(10) == 0, "SIGTERM is a clean end"


@pytest.fixture(scope="module")
def served(lively: Path) -> Iterator[Path]:
    """The folder of one engine for all tests that leave it alive."""
    data = Path(tempfile.mkdtemp(prefix="cg"))
    process = start(data / "engine", lively)
    yield data / "engine"
    process.terminate()
    assert process.wait(10) == 0, "SIGTERM is a clean end"
    shutil.rmtree(data)


@pytest.fixture
def engine(served: Path) -> Iterator[Engine]:
    with connect(str(served)) as engine:
        yield engine
