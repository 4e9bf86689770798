"""The plug-ins as editors want them: folders of files, each whole in itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import colorgan_core
import colorgan_plugin

CORE, PLUGIN = Path(colorgan_core.__file__).parent, Path(colorgan_plugin.__file__).parent
# What client and engine share: where it lies in the core, and its name beside the client.
SHARED = (("server/protocol.py", "protocol.py"), ("operations.py", "operations.py"), ("errors.py", "errors.py"))


def copy_client(target: Path) -> None:
    """Copies the client and what it shares with the engine, byte for byte, to a new folder."""
    target.mkdir()
    for path in sorted((PLUGIN / "client").glob("*.py")):
        shutil.copyfile(path, target / path.name)
    for source, name in SHARED:
        shutil.copyfile(CORE / source, target / name)


def copy_gimp(target: Path) -> None:
    """Writes the plug-in colorgan/ into a folder, such as GIMP's plug-ins."""
    package = target / "colorgan"
    package.mkdir()
    for path in sorted((PLUGIN / "gimp").glob("*.py")):
        if path.name != "__init__.py":
            shutil.copyfile(path, package / path.name)
    (package / "colorgan.py").chmod(0o755)  # without it GIMP ignores a plug-in without a word
    copy_client(package / "client")


def copy_gimpfu(target: Path) -> None:
    """Writes gimpfu/, environ/ and interpreters/ into a folder, such as GIMP's own (not its plug-ins): one installation for all
    plug-ins that were written for GIMP 2."""
    shutil.copytree(PLUGIN / "gimpfu", target / "gimpfu", ignore=shutil.ignore_patterns("__pycache__"))
    for folder, name in (("environ", "gimpfu.env"), ("interpreters", "gimpfu.interp")):
        (target / folder).mkdir()
        (target / "gimpfu" / name).rename(target / folder / name)


def copy_krita(target: Path) -> None:
    """Writes colorgan.desktop, colorgan.action and the plug-in colorgan/ into a folder."""
    package = target / "colorgan"
    package.mkdir()
    for path in sorted((PLUGIN / "krita").iterdir()):
        if path.is_file():
            outside = path.suffix in (".desktop", ".action")
            shutil.copyfile(path, (target if outside else package) / path.name)
    copy_client(package / "client")
