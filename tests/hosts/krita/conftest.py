"""A real Krita under a virtual screen, with the plug-in as `colorgan plugin install` puts it, and an engine of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from colorgan_core.server.runtime_dir import Place
from colorgan_plugin.client import EngineError, connect

HERE = Path(__file__).parent
SECONDS = 100  # for one script in Krita
SETTINGS = "[python]\nenable_colorgan=true\nenable_colorgan_driver=true\n[theme]\nTheme=Krita {theme}\n"


@pytest.fixture(scope="session")
def data(data_folder: Path) -> Iterator[Path]:
    """Where the engine is found; a short path, since sockets have no long ones."""
    folder = Path(tempfile.mkdtemp(prefix="cg"))
    Place(folder / "engine").announce()
    yield folder
    with contextlib.suppress(EngineError), connect(str(folder / "engine")) as engine:
        engine.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, plugin_command: Callable[..., str]) -> Path:
    """A home folder with the plug-in and the test driver; Krita fills it in its first start, which takes long."""
    home = tmp_path_factory.mktemp("home")
    krita = home / ".local/share/krita"
    (krita / "pykrita").mkdir(parents=True)
    (home / ".config").mkdir()
    plugin_command(home, "install", "krita")
    shutil.copytree(HERE / "driver", krita / "pykrita/colorgan_driver")
    (krita / "pykrita/colorgan_driver/colorgan_driver.desktop").rename(krita / "pykrita/colorgan_driver.desktop")
    return home


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A screen for all of them. One for each would take a number that the one before, while it ends, takes the socket of."""
    told, tells = os.pipe()
    words = ["Xvfb", "-displayfd", str(tells), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(words, pass_fds=[tells], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(tells)
    with os.fdopen(told) as lines:
        number = lines.readline().strip()
    assert number, "Xvfb did not start"
    yield f":{number}"
    server.terminate()
    server.wait(20)


@pytest.fixture
def krita(home: Path, data: Path, display: str, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """krita(script, **variables) runs steps() of scripts/SCRIPT.py in Krita and returns its report; what it raises fails the test.

    settings: what is in kritarc; "": what is there.
    """

    def run(script: str, theme: str = "dark", settings: str = SETTINGS, **variables: str) -> dict[str, Any]:
        report, log = tmp_path / "report.json", tmp_path / "krita.log"
        report.unlink(missing_ok=True)
        if settings:
            (home / ".config/kritarc").write_text(settings.format(theme=theme))
        runtime = home / "run"
        runtime.mkdir(mode=0o700, exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"), "XDG_CACHE_HOME": str(home / ".cache"), "XDG_RUNTIME_DIR": str(runtime),
            "COLORGAN_DATA": str(data), "DRIVER_SCRIPT": str(HERE / "scripts" / f"{script}.py"), "DRIVER_REPORT": str(report),
            "DRIVER_OUT": str(tmp_path), "DRIVER_SECONDS": str(SECONDS), "QT_QPA_PLATFORM": "xcb",
            "DISPLAY": display, **variables,
        }  # fmt: skip
        command = ["krita", "--nosplash"]
        with log.open("w") as out:
            process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)
            try:
                process.wait(SECONDS + 60)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)  # a second Krita would only show itself in the first
                process.wait()
        text = log.read_text(errors="replace")
        assert "Could not import" not in text and "Traceback" not in text, text
        assert report.exists(), f"Krita left no report:\n{text[-3000:]}"
        found = json.loads(report.read_text())
        assert found["error"] is None, found["error"]
        return dict(found)

    return run
