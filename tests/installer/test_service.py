"""The engine as a service of the person's session: files that systemd and launchd take."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from colorgan_core.errors import UsageError
from colorgan_installer import service
from colorgan_installer.editors import Machine

Run = Callable[..., Any]
AWKWARD = '/x "y" 50% $HOME \\ é'


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd reads it")
@pytest.mark.parametrize("data", [None, AWKWARD])
def test_systemd_takes_the_unit(tmp_path: Path, data: str | None) -> None:
    odd = tmp_path / "50% $HOME"  # an interpreter whose path must be quoted
    odd.mkdir()
    (odd / "python").symlink_to(sys.executable)
    machine = Machine("linux", tmp_path, {"COLORGAN_DATA": data} if data else {})
    path = service.install(machine, str(odd / "python"))
    assert path == tmp_path / ".config/systemd/user/colorgan.service"
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    command = ["systemd-analyze", "verify", "--user", str(path)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0 and not ran.stderr, ran.stderr
    path.write_text(path.read_text().replace("ExecStart=", "ExecStrat="))
    assert subprocess.run(command, env=environment, capture_output=True).returncode != 0, "it does look"


def test_launchd_gets_the_same_back(tmp_path: Path) -> None:
    machine = Machine("darwin", tmp_path, {"COLORGAN_DATA": AWKWARD})
    path = service.install(machine, "/opt/a & b/python")
    agent = plistlib.loads(path.read_bytes())
    assert path == tmp_path / "Library/LaunchAgents/org.colorgan.engine.plist"
    assert agent["ProgramArguments"] == service.command("/opt/a & b/python")
    assert agent["EnvironmentVariables"] == {"COLORGAN_DATA": AWKWARD} and agent["Label"] == path.stem
    assert service.remove(machine) == path and not path.exists()


def test_windows_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"shell:startup.*colorgan_core serve.*\.$"):
        service.install(Machine("win32", tmp_path, {}), "python.exe")


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_a_file_that_is_not_ours_stays(tmp_path: Path, platform: str) -> None:
    machine = Machine(platform, tmp_path, {})
    path = service.install(machine, sys.executable)
    service.install(machine, sys.executable)
    path.write_text("[Unit]\n")
    for act in (lambda: service.install(machine, sys.executable), lambda: service.remove(machine)):
        with pytest.raises(UsageError, match="did not write"):
            act()
    assert path.read_text() == "[Unit]\n"


@pytest.mark.skipif(sys.platform != "linux", reason="systemd's")
def test_the_command_line(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    shown = run("plugin", "service", "show")
    ran = run("plugin", "service", "install")
    path = tmp_path / "systemd/user/colorgan.service"
    assert ran.code == 0 and "systemctl --user enable --now colorgan.service" in ran.out
    assert shown.out == path.read_text() and sys.executable in shown.out and os.environ["COLORGAN_DATA"] in shown.out
    (path.parent / "default.target.wants").mkdir()
    (path.parent / "default.target.wants/colorgan.service").symlink_to(path)  # as `systemctl enable` does
    assert "systemctl --user stop" in run("plugin", "service", "remove").out
    assert not [each for each in tmp_path.rglob("*") if each.name == "colorgan.service" or each.is_symlink()]
    assert "There is no service" in run("plugin", "service", "remove").out


def test_what_the_service_runs_is_a_command_of_colorgan(tmp_path: Path) -> None:
    """Its words, with --stop, so that nothing stays: they are understood."""
    environment = {**os.environ, "COLORGAN_DATA": str(tmp_path)}
    ran = subprocess.run([*service.command(sys.executable), "--stop"], env=environment, capture_output=True, text=True)
    assert ran.returncode == 0 and "No engine is running" in ran.stdout, ran.stderr
