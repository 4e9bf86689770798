"""gimpfu in GIMP's folder: one installation for all plug-ins, where GIMP looks for it, and nothing of the person's is lost."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from colorgan_installer.editors import Machine, find, named
from colorgan_installer.install import install, uninstall
from colorgan_installer.record import look

FILES = ("environ/gimpfu.env", "gimpfu/gimpfu.py", "gimpfu/sitecustomize.py", "interpreters/gimpfu.interp")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a GIMP 3 that has run, a plug-in, and settings of the person's own."""
    gimp = tmp_path / "home/.config/GIMP/3.0"
    for folder in ("plug-ins/mine", "interpreters"):
        (gimp / folder).mkdir(parents=True)
    (gimp / "plug-ins/mine/mine.py").write_text("from gimpfu import *\n")
    (gimp / "interpreters/ruby.interp").write_text("ruby=/usr/bin/ruby\n")
    return tmp_path / "home"


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_it_goes_in_and_comes_out_again(home: Path) -> None:
    (place,) = find(Machine("linux", home, {}), "gimpfu")
    gimp, before = home / ".config/GIMP/3.0", everything(home)
    assert place.folder == gimp
    install(place)
    assert all((gimp / name).is_file() for name in FILES) and look(place).current and not look(place).own
    assert not [
        path for path in (gimp / "plug-ins").rglob("*") if "gimpfu" in path.name
    ]  # GIMP would start gimpfu.py as a plug-in
    (gimp / "environ/gimpfu.env").write_text("MINE=1\n")
    assert look(place).changed == ("environ/gimpfu.env",)
    assert uninstall(place) == [str(gimp / "environ/gimpfu.env")]
    assert everything(home) - before == {".config/GIMP/3.0/environ", ".config/GIMP/3.0/environ/gimpfu.env"}
    (gimp / "environ/gimpfu.env").unlink()
    (gimp / "environ").rmdir()
    assert everything(home) == before


def test_both_folders_that_a_person_may_name_are_gimps(home: Path) -> None:
    gimp = home / ".config/GIMP/3.0"
    assert named("gimpfu", gimp).folder == named("gimpfu", gimp / "plug-ins").folder == gimp


def test_all_does_not_mean_gimpfu(home: Path, plugin_command: Callable[..., str]) -> None:
    """It concerns every plug-in of GIMP's, and so is put there only where it is named."""
    if sys.platform != "linux":
        pytest.skip("the command line looks for this system's editors")
    (home / ".config/GIMP/3.0/plug-ins/mine/mine.py").unlink()
    plugin_command(home, "install", "gimp")
    assert not (home / ".config/GIMP/3.0/gimpfu").exists()
    said = plugin_command(home, "install", "gimpfu")
    assert "plug-ins/NAME/NAME.py" in said and "convert" in said
    (state,) = json.loads(plugin_command(home, "status", "gimpfu", "--json"))["editors"]
    assert state["installed"] and state["current"] and state["editor"] == "gimpfu"
    plugin_command(home, "uninstall", "gimpfu")
    assert not (home / ".config/GIMP/3.0/gimpfu").exists() and (home / ".config/GIMP/3.0/plug-ins/colorgan").is_dir()


def test_the_zip_is_what_is_installed(home: Path, plugin_command: Callable[..., str], tmp_path: Path) -> None:
    target = tmp_path / "fu.zip"
    plugin_command(home, "package", "gimpfu", "-o", str(target))
    (place,) = find(Machine("linux", home, {}), "gimpfu")
    install(place)
    with zipfile.ZipFile(target) as archive:
        assert {*FILES} < {*archive.namelist()}
        for name in archive.namelist():
            assert name.endswith("/") or archive.read(name) == (place.folder / name).read_bytes()
    assert os.listdir(place.folder / "environ") == ["gimpfu.env"]
