"""A real GIMP 3 in a chroot, with the plug-in as `colorgan plugin install` puts it; the engine runs outside."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from colorgan_core.stored_weights import BUILT_IN
from colorgan_plugin.client import EngineError, connect
from engines import start

HERE = Path(__file__).parent
FU, EXAMPLE = HERE.parents[1] / "plugins_fu", HERE.parents[2] / "examples/colorgan_fu.py"
CHROOT = Path(os.environ.get("COLORGAN_CHROOT", "build/trixie")).resolve()
SECONDS = 150  # for one script in GIMP
WINDOWS = "oldstyle"  # a plug-in with the line ends of Windows, in its first line, too
BESIDE = "slices"  # a plug-in that has a copy of gimpfu beside it, besides the installed one
GIMPRC = '(config-version "3.0.4")\n(show-welcome-dialog no)\n(check-updates no)\n'


@dataclass(frozen=True)
class Gimp:
    """folder: the same path inside the chroot and outside. data: where the engine is found."""

    folder: Path
    data: Path

    def command(self, *words: str, **variables: str) -> list[str]:
        told = {
            "HOME": str(self.folder / "home"), "LANG": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "COLORGAN_DATA": str(self.data),
            "XDG_RUNTIME_DIR": str(self.folder / "run"), "OUT": str(self.folder), "PYTHONPATH": str(self.folder / "scripts"), **variables,
        }  # fmt: skip
        return ["chroot", str(CHROOT), "env", "-i", *(f"{name}={value}" for name, value in told.items()), *words]

    def run(self, script: str, **variables: str) -> dict[str, Any]:
        """Runs scripts/SCRIPT.py in gimp-console and returns what it leaves in `report`; what it raises fails the test."""
        path, report = self.folder / "scripts" / f"{script}.py", self.folder / "report.json"
        report.unlink(missing_ok=True)
        code = f"exec(compile(open({str(path)!r}).read(), {str(path)!r}, 'exec'))"
        ran = finished(
            self.command(
                "gimp-console", "-i", "--batch-interpreter", "python-fu-eval", "-b", code, "--quit", **variables
            )
        )
        assert report.exists(), ran
        found = json.loads(report.read_text())
        assert found["error"] is None, f"{found['error']}\n{ran[-2000:]}"
        return dict(found)

    def finished(self, *words: str) -> str:
        """What a program in the chroot has said."""
        return finished(self.command(*words))

    def window(
        self, key: str, procedure: str = "plug-in-colorgan-colorize", title: str = "Colour line art", **variables: str
    ) -> dict[str, Any]:
        """Runs scripts/window.sh: GIMP's window, its dialog answered by a key; the report, with the titles of the window."""
        variables = {"PROCEDURE": procedure, "TITLE": title, **variables}
        # mounts of these processes alone: they end with them, and nobody can remove /dev by removing the chroot
        bound = 'mount --rbind /proc "$1/proc" && mount --rbind /dev "$1/dev" && shift && exec "$@"'
        inside = self.command("bash", str(self.folder / "scripts/window.sh"), key, **variables)
        ran = finished(["unshare", "--mount", "sh", "-c", bound, "sh", str(CHROOT), *inside])
        report = self.folder / "report.json"
        assert report.exists(), ran + (self.folder / "window.log").read_text()[-2000:]
        titles = dict(line.split(" ", 1) for line in (self.folder / "titles.txt").read_text().splitlines())
        return {**json.loads(report.read_text()), "titles": titles}


def finished(command: list[str]) -> str:
    """What a program and its children have said, once it has ended, or had to be."""
    with tempfile.TemporaryFile("w+", errors="replace") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            process.wait(SECONDS)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        out.seek(0)
        return out.read()


@pytest.fixture(scope="session")
def installed(plugin_command: Callable[..., str]) -> Iterator[Path]:
    """A folder with a home that has the plug-in; the same path inside and outside."""
    assert (CHROOT / "whole").exists(), f"no GIMP in {CHROOT}; tests/hosts/gimp/chroot.sh makes it"
    link = Path(tempfile.mkdtemp(prefix="cg"))
    link.rmdir()
    inside = CHROOT / link.relative_to("/")
    config = inside / "home/.config/GIMP/3.0"
    (config / "plug-ins").mkdir(parents=True)
    (config / "gimprc").write_text(GIMPRC)
    (inside / "run").mkdir(mode=0o700)
    plugin_command(inside / "home", "install", "gimp")
    plugin_command(inside / "home", "install", "gimpfu")
    for path in (*sorted(FU.glob("*.py")), *sorted(FU.glob("python2/*.py")), EXAMPLE):
        folder = config / "plug-ins" / path.stem
        folder.mkdir()
        text = path.read_bytes()
        (folder / path.name).write_bytes(text.replace(b"\n", b"\r\n") if path.stem == WINDOWS else text)
        (folder / path.name).chmod(0o755)
        if path.stem == BESIDE:
            shutil.copytree(config / "gimpfu", folder / "gimpfu")
    shutil.copytree(HERE / "scripts", inside / "scripts")
    shutil.copytree(config / "gimpfu", inside / "gimpfu")
    link.symlink_to(inside)
    yield link
    link.unlink()
    shutil.rmtree(inside)


@pytest.fixture(scope="session")
def console(installed: Path) -> Gimp:
    """GIMP without an engine."""
    return Gimp(installed, installed / "data")


@pytest.fixture
def gimp(installed: Path) -> Iterator[Gimp]:
    """GIMP and an engine that runs."""
    data = installed / "data"
    process = start(data / "engine", BUILT_IN)
    yield Gimp(installed, data)
    with contextlib.suppress(EngineError), connect(str(data / "engine")) as engine:
        engine.stop()
    process.wait(20)
    for path in installed.glob("*.raw"):
        path.unlink()
