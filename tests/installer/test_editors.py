"""Where editors are found, in trees made up for each system."""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from colorgan_installer.editors import Machine, find, has_gimp_2

Tree = Callable[..., Machine]
DATA, CONFIG = ".local/share/krita", ".config/kritarc"
FLAT_KRITA, FLAT_GIMP = ".var/app/org.kde.krita", ".var/app/org.gimp.GIMP"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """tree(platform, *paths, **environment): files (with a suffix of a program, or below bin/) and folders (ending in /) below
    root/ or home/."""

    def make(platform: str, *paths: str, **environment: str) -> Machine:
        for name in paths:
            path = tmp_path / name
            if name.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(b"")
        (tmp_path / "home").mkdir(exist_ok=True)
        told = {name: str(tmp_path / value) for name, value in environment.items()}
        return Machine(platform, tmp_path / "home", {"PATH": str(tmp_path / "root/bin"), **told}, tmp_path / "root")

    return make


def found(machine: Machine, editor: str) -> list[tuple[Any, ...]]:
    """Kind and folder below the tree's top, settings, and whether the editor has run."""
    top = machine.home.parent
    return [
        (each.kind, each.folder.relative_to(top).as_posix(), each.settings and each.settings.relative_to(top).as_posix(), each.started)
        for each in find(machine, editor)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("platform", "paths", "environment", "wanted"),
    [
        ("linux", ["root/bin/krita"], {}, [("ordinary", f"home/{DATA}", f"home/{CONFIG}", True)]),
        ("linux", [f"home/{DATA}/"], {}, [("ordinary", f"home/{DATA}", f"home/{CONFIG}", True)]),
        ("linux", ["home/Downloads/krita-5.2.9-x86_64.AppImage"], {}, [("ordinary", f"home/{DATA}", f"home/{CONFIG}", True)]),
        ("linux", ["root/bin/krita"], {"XDG_DATA_HOME": "d", "XDG_CONFIG_HOME": "c"}, [("ordinary", "d/krita", "c/kritarc", True)]),
        ("linux", ["root/var/lib/flatpak/app/org.kde.krita/"], {},
         [("flatpak", f"home/{FLAT_KRITA}/data/krita", f"home/{FLAT_KRITA}/config/kritarc", True)]),
        ("linux", [f"home/{FLAT_KRITA}/", "root/bin/krita"], {},
         [("ordinary", f"home/{DATA}", f"home/{CONFIG}", True),
          ("flatpak", f"home/{FLAT_KRITA}/data/krita", f"home/{FLAT_KRITA}/config/kritarc", True)]),
        ("linux", ["home/snap/krita/current/"], {},
         [("snap", f"home/snap/krita/current/{DATA}", f"home/snap/krita/current/{CONFIG}", True)]),
        ("linux", ["root/snap/krita/"], {},
         [("snap", f"home/snap/krita/current/{DATA}", f"home/snap/krita/current/{CONFIG}", False)]),
        ("win32", ["pf/Krita (x64)/bin/krita.exe"], {"ProgramFiles": "pf", "APPDATA": "roaming", "LOCALAPPDATA": "local"},
         [("ordinary", "roaming/krita", "local/kritarc", True)]),
        ("win32", ["home/AppData/Roaming/krita/"], {},
         [("ordinary", "home/AppData/Roaming/krita", "home/AppData/Local/kritarc", True)]),
        ("win32", ["local/Packages/49800Krita_x1/LocalCache/"], {"LOCALAPPDATA": "local"},
         [("store", "local/Packages/49800Krita_x1/LocalCache/Roaming/krita",
           "local/Packages/49800Krita_x1/LocalCache/Local/kritarc", True)]),
        ("darwin", ["root/Applications/krita.app/"], {},
         [("ordinary", "home/Library/Application Support/krita", "home/Library/Preferences/kritarc", True)]),
        ("linux", ["root/bin/kritarunner", "home/Downloads/krita-brushes.zip"], {}, []),
        ("win32", [], {}, []),
        ("darwin", [], {}, []),
    ],
)  # fmt: skip
def test_krita(tree: Tree, platform: str, paths: list[str], environment: dict[str, str], wanted: list[Any]) -> None:
    assert found(tree(platform, *paths, **environment), "krita") == wanted


@pytest.mark.parametrize(
    ("platform", "paths", "environment", "wanted"),
    [
        ("linux", ["home/.config/GIMP/3.0/"], {}, [("ordinary", "home/.config/GIMP/3.0/plug-ins", True)]),
        ("linux", ["home/.config/GIMP/3.0/", "home/.config/GIMP/3.2/", "home/.config/GIMP/2.10/"], {},
         [("ordinary", "home/.config/GIMP/3.0/plug-ins", True), ("ordinary", "home/.config/GIMP/3.2/plug-ins", True)]),
        ("linux", ["root/bin/gimp-3.0"], {}, [("ordinary", "home/.config/GIMP/3.0/plug-ins", True)]),
        ("linux", ["root/bin/gimp-3.0", "home/.config/GIMP/2.10/"], {}, [("ordinary", "home/.config/GIMP/3.0/plug-ins", False)]),
        ("linux", ["home/GIMP-3.0.4-x86_64.AppImage"], {}, [("ordinary", "home/.config/GIMP/3.0/plug-ins", True)]),
        ("linux", ["home/.config/GIMP/3.0/"], {"GIMP3_DIRECTORY": "mine"}, [("ordinary", "mine/plug-ins", True)]),
        ("linux", [f"home/{FLAT_GIMP}/config/GIMP/3.0/"], {}, [("flatpak", f"home/{FLAT_GIMP}/config/GIMP/3.0/plug-ins", True)]),
        ("linux", ["root/var/lib/flatpak/app/org.gimp.GIMP/"], {},
         [("flatpak", f"home/{FLAT_GIMP}/config/GIMP/3.0/plug-ins", False)]),
        ("linux", [f"home/{FLAT_GIMP}/", "home/.config/GIMP/3.0/"], {}, [("flatpak", "home/.config/GIMP/3.0/plug-ins", True)]),
        ("linux", ["home/snap/gimp/current/.config/GIMP/3.0/"], {},
         [("snap", "home/snap/gimp/current/.config/GIMP/3.0/plug-ins", True)]),
        ("win32", ["roaming/GIMP/3.0/"], {"APPDATA": "roaming"}, [("ordinary", "roaming/GIMP/3.0/plug-ins", True)]),
        ("win32", ["pf/GIMP 3/bin/gimp-3.0.exe"], {"ProgramFiles": "pf"},
         [("ordinary", "home/AppData/Roaming/GIMP/3.0/plug-ins", True)]),
        ("win32", ["local/Programs/GIMP 3/bin/gimp-3.2.exe"], {"LOCALAPPDATA": "local"},
         [("ordinary", "home/AppData/Roaming/GIMP/3.2/plug-ins", True)]),
        ("darwin", ["home/Library/Application Support/GIMP/3.0/"], {},
         [("ordinary", "home/Library/Application Support/GIMP/3.0/plug-ins", True)]),
        ("linux", ["home/.config/GIMP/2.10/", "home/.config/GIMP/2.99/"], {}, []),
    ],
)  # fmt: skip
def test_gimp(tree: Tree, platform: str, paths: list[str], environment: dict[str, str], wanted: list[Any]) -> None:
    places = found(tree(platform, *paths, **environment), "gimp")
    assert [(kind, folder, started) for kind, folder, _, started in places] == wanted


def test_gimp_for_macos_tells_its_version_in_its_property_list(tree: Tree) -> None:
    machine = tree(
        "darwin", "root/Applications/GIMP.app/Contents/Info.plist", "root/Applications/GIMP-old.app/Contents/"
    )
    told = plistlib.dumps({"CFBundleShortVersionString": "3.0.4"})
    (machine.root / "Applications/GIMP.app/Contents/Info.plist").write_bytes(told)
    (place,) = find(machine, "gimp")
    assert place.folder == machine.home / "Library/Application Support/GIMP/3.0/plug-ins"


def test_one_folder_by_two_names_is_one_place(tree: Tree) -> None:
    machine = tree("linux", "home/.config/GIMP/3.0/", f"home/{FLAT_GIMP}/config/")
    (machine.home / FLAT_GIMP / "config/GIMP").symlink_to(machine.home / ".config/GIMP")
    assert len(find(machine, "gimp")) == 1


@pytest.mark.parametrize(
    ("platform", "path", "wanted"),
    [
        ("linux", "root/bin/gimp-2.10", True), ("linux", "home/.config/GIMP/2.10/", True), ("linux", "root/bin/gimp-3.0", False),
        ("win32", "home/AppData/Roaming/GIMP/2.10/", True), ("darwin", "home/Library/Application Support/GIMP/2.10/", True),
    ],
)  # fmt: skip
def test_gimp_2(tree: Tree, platform: str, path: str, wanted: bool) -> None:
    assert has_gimp_2(tree(platform, path)) is wanted
