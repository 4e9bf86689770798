"""Where Krita and GIMP 3 keep plug-ins: on Linux (system's own, AppImage, Flatpak, Snap), Windows and macOS.

All that is looked at hangs on a `Machine`, so that a tree made by hand is searched as a real one is.
"""

from __future__ import annotations

import contextlib
import os
import plistlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .kritarc import resource_folder

TITLES = {"krita": "Krita", "gimp": "GIMP"}
GIMPFU = "gimpfu"  # not an editor, and put into GIMP only where it is named: it concerns all of GIMP's plug-ins
PACKAGES = {
    "krita": "pykrita/colorgan",
    "gimp": "colorgan",
    GIMPFU: "gimpfu",
}  # the plug-in's own folder in a place's folder
SANDBOXES = {"flatpak": "Flatpak", "snap": "Snap"}
FLATPAKS = {"krita": "org.kde.krita", "gimp": "org.gimp.GIMP"}
# Where AppImages lie, below the home folder; they share the folders of an editor that the system has installed.
APPIMAGES = ("Applications", "AppImages", ".local/bin", "bin", "Downloads", "Desktop", "")
GIMP_FOLDER = re.compile(r"3\.\d+")
GIMP_PROGRAM = re.compile(r"gimp-(3\.\d+)(\.\d+)*([-_].*)?(\.exe|\.appimage)?", re.IGNORECASE)
KRITA_PROGRAM = re.compile(r"krita([-_].*\.appimage|\.appimage|\.exe)?", re.IGNORECASE)


@dataclass(frozen=True)
class Machine:
    """platform: as `sys.platform`. root: what "/" is."""

    platform: str
    home: Path
    environment: Mapping[str, str]
    root: Path = Path("/")

    @property
    def windows(self) -> bool:
        return self.platform == "win32"

    def folder(self, variable: str, fallback: str) -> Path:
        """What a variable names, or a folder below the home folder."""
        return Path(self.environment.get(variable) or self.home / fallback)


def this_machine() -> Machine:
    return Machine(sys.platform, Path.home(), os.environ)


@dataclass(frozen=True)
class Place:
    """One editor's folder. kind: "ordinary", "flatpak", "snap", "store" (Microsoft's) or "named" (by the person).

    folder: Krita's resource folder, with pykrita/ and actions/ in it, GIMP's folder plug-ins, or for gimpfu the one above that.
    settings: Krita's kritarc, if it is known. started: False where the editor must run once before anything may be put there.
    """

    editor: str
    kind: str
    folder: Path
    settings: Path | None = None
    started: bool = True

    @property
    def package(self) -> Path:
        """The plug-in's own folder."""
        return self.folder / PACKAGES[self.editor]

    @property
    def title(self) -> str:
        return TITLES.get(self.editor, TITLES["gimp"]) + (
            f" ({SANDBOXES[self.kind]})" if self.kind in SANDBOXES else ""
        )


def named(editor: str, folder: Path) -> Place:
    """A folder that the person names; for gimpfu, GIMP's own folder or the folder plug-ins in it."""
    above = editor == GIMPFU and folder.name == "plug-ins"
    return Place(editor, "named", folder.absolute().parent if above else folder)


def find(machine: Machine, editor: str) -> list[Place]:
    """Every place where this editor, if it is installed, looks for plug-ins; the same folder once."""
    seen: dict[str, Place] = {}
    for place in _krita(machine) if editor == "krita" else _gimp(machine):
        if editor == GIMPFU:
            place = replace(place, editor=GIMPFU, folder=place.folder.parent)
        seen.setdefault(os.path.realpath(place.folder), place)
    return list(seen.values())


def has_gimp_2(machine: Machine) -> bool:
    """Whether there is a GIMP 2.10."""
    if any(name.removesuffix(".exe") == "gimp-2.10" for name in _programs(machine)):
        return True
    return any((base / "2.10").is_dir() for _, base in _gimp_bases(machine))


def _krita(machine: Machine) -> Iterator[Place]:
    home = machine.home
    if machine.windows:
        data, config = machine.folder("APPDATA", "AppData/Roaming"), machine.folder("LOCALAPPDATA", "AppData/Local")
        for store in _listed(config / "Packages"):
            if store.name.startswith("49800Krita"):  # writes of an app from the store are turned aside to here
                cache = store / "LocalCache"
                yield _krita_place(machine, "store", cache / "Roaming/krita", cache / "Local/kritarc")
    elif machine.platform == "darwin":
        data, config = home / "Library/Application Support", home / "Library/Preferences"
    else:
        data, config = machine.folder("XDG_DATA_HOME", ".local/share"), machine.folder("XDG_CONFIG_HOME", ".config")
    folder, settings = data / "krita", config / "kritarc"
    if folder.is_dir() or settings.is_file() or any(KRITA_PROGRAM.fullmatch(name) for name in _programs(machine)):
        yield _krita_place(machine, "ordinary", folder, settings)
    if machine.windows or machine.platform == "darwin":
        return
    if _has_flatpak(machine, "krita"):
        own = home / ".var/app" / FLATPAKS["krita"]
        yield _krita_place(machine, "flatpak", own / "data/krita", own / "config/kritarc")
    if _has_snap(machine, "krita"):
        own = home / "snap/krita/current"  # snapd makes this link at the first start
        yield _krita_place(machine, "snap", own / ".local/share/krita", own / ".config/kritarc", own.is_dir())


def _krita_place(machine: Machine, kind: str, folder: Path, settings: Path, started: bool = True) -> Place:
    """With the folder that the person has chosen in Krita (Settings > Configure Krita > General > Resources), if there is one."""
    with contextlib.suppress(OSError):
        folder = resource_folder(settings.read_bytes(), machine.home) or folder
    return Place("krita", kind, folder, settings, started)


def _gimp(machine: Machine) -> Iterator[Place]:
    programs = {found.group(1) for name in _programs(machine) if (found := GIMP_PROGRAM.fullmatch(name))}
    flatpak = _has_flatpak(machine, "gimp")
    for kind, base in _gimp_bases(machine):
        if kind == "exact":
            yield Place("gimp", "ordinary", base / "plug-ins")
            return
        present = [path.name for path in _listed(base) if path.is_dir()]
        known = {name for name in present if GIMP_FOLDER.fullmatch(name)}
        if kind == "ordinary":
            # the Flatpak uses the system's folder where it was there before its own
            shown = "flatpak" if flatpak and not programs else kind
            for version in sorted(known | programs):
                # GIMP takes over an older version's settings only while it has no folder of its own
                yield Place("gimp", shown, base / version / "plug-ins", None, version in known or not present)
        else:
            yield from (Place("gimp", kind, base / version / "plug-ins") for version in sorted(known))
            if not known and not (kind == "flatpak" and (machine.home / ".config/GIMP").is_dir()):
                yield Place("gimp", kind, base / "3.0/plug-ins", None, False)


def _gimp_bases(machine: Machine) -> Iterator[tuple[str, Path]]:
    """The folders that hold one folder for each version; "exact": this folder, whatever the version."""
    exact = machine.environment.get("GIMP3_DIRECTORY")
    if exact:
        yield "exact", Path(exact)
    if machine.windows:
        yield "ordinary", machine.folder("APPDATA", "AppData/Roaming") / "GIMP"
    elif machine.platform == "darwin":
        yield "ordinary", machine.home / "Library/Application Support/GIMP"
    else:
        yield "ordinary", machine.folder("XDG_CONFIG_HOME", ".config") / "GIMP"
        if _has_flatpak(machine, "gimp"):
            yield "flatpak", machine.home / ".var/app" / FLATPAKS["gimp"] / "config/GIMP"
        if _has_snap(machine, "gimp"):
            yield "snap", machine.home / "snap/gimp/current/.config/GIMP"


def _programs(machine: Machine) -> Iterator[str]:
    """Names of programs that are installed, where editors' programs may lie."""
    if machine.windows:
        for variable in ("ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"):
            base = Path(machine.environment.get(variable) or machine.root / variable)
            for parent in (base, base / "Programs"):
                for program in _listed(parent):
                    if program.name.lower().startswith(("gimp", "krita")):
                        yield from (path.name for path in _listed(program / "bin"))
        return
    if machine.platform == "darwin":
        for base in (machine.root / "Applications", machine.home / "Applications"):
            for app in _listed(base):
                if app.name.lower() == "krita.app":
                    yield "krita"
                elif app.name.lower().startswith("gimp") and app.suffix == ".app":
                    yield f"gimp-{_version(app)}"
    for folder in machine.environment.get("PATH", "").split(os.pathsep):
        if folder:
            yield from (path.name for path in _listed(Path(folder)))
    for place in APPIMAGES:
        yield from (path.name for path in _listed(machine.home / place) if path.suffix.lower() == ".appimage")


def _version(app: Path) -> str:
    try:
        return str(plistlib.loads((app / "Contents/Info.plist").read_bytes())["CFBundleShortVersionString"])
    except (OSError, plistlib.InvalidFileException, ValueError, KeyError):
        return "unknown"


def _has_flatpak(machine: Machine, editor: str) -> bool:
    name = FLATPAKS[editor]
    systems = (machine.root / "var/lib/flatpak", machine.home / ".local/share/flatpak")
    return any((base / "app" / name).is_dir() for base in systems) or (machine.home / ".var/app" / name).is_dir()


def _has_snap(machine: Machine, editor: str) -> bool:
    return (machine.root / "snap" / editor).is_dir() or (machine.home / "snap" / editor).is_dir()


def _listed(folder: Path) -> list[Path]:
    """What is in a folder, if it is there and may be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
