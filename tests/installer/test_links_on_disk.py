"""Links, pipes and second names at the places of partial files: nothing outside of the folder of weights is touched."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from colorgan_core.server.runtime_dir import Place as EnginePlace
from colorgan_core.stored_weights import folder
from colorgan_installer.checks import folders
from fakes.host import Host, sha256

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
Serve = Callable[..., Host]


def pipe(part: Path, victim: Path) -> None:
    os.mkfifo(part)


PLANTED: dict[str, Callable[[Path, Path], None]] = {
    "a symbolic link": lambda part, victim: part.symlink_to(victim),
    "a link to nothing": lambda part, victim: part.symlink_to(victim.with_name("new")),
    "a second name": lambda part, victim: part.hardlink_to(victim),
    "a pipe": pipe,
}


@pytest.mark.parametrize("what", PLANTED)
@pytest.mark.parametrize("way", ["link", "file"])
def test_what_lies_at_the_place_of_a_part_is_not_followed(
    home, serve: Serve, lively: Path, tmp_path: Path, what: str, way: str
) -> None:
    host, victim = serve(), tmp_path / "victim"
    victim.write_text("precious")
    PLANTED[what](folder() / f".ink-{sha256(host.data)[:12]}.part", victim)
    source = [host.url, "--sha256", sha256(host.data)] if way == "link" else [lively, "--name", "ink"]
    ran = home.run("weights", "install", *source)
    assert ran.code == 0, ran.err
    assert victim.read_text() == "precious" and not (tmp_path / "new").exists()
    path = Path(home.listed()["ink"]["path"])
    assert path.is_file() and not path.is_symlink() and path.read_bytes() == host.data


def test_old_parts_that_lead_nowhere_stop_nobody(home, lively: Path) -> None:
    (folder() / ".other-0123456789ab.part").symlink_to("nowhere")
    assert home.run("weights", "install", lively, "--name", "ink").code == 0


@pytest.mark.parametrize("name", ["install.lock", "index.lock"])
def test_a_lock_makes_no_file_elsewhere(home, lively: Path, tmp_path: Path, name: str) -> None:
    (folder() / name).unlink(missing_ok=True)
    (folder() / name).symlink_to(tmp_path / "elsewhere")
    home.run("weights", "install", lively, "--name", "ink")
    assert not (tmp_path / "elsewhere").exists()


def test_the_doctor_writes_over_nothing(home, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (EnginePlace().path / "doctor.probe").symlink_to(victim)
    list(folders())
    assert victim.read_text() == "precious"
