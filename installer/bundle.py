"""A bundle: one zip with all that a machine without a network needs. Made here, and read there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from colorgan_core import __version__
from colorgan_core.errors import ColorganError, InputError, MissingDependency, OutputError, WeightsError
from colorgan_core.files import FULL, atomic_write, sha256_of
from colorgan_core.stored_weights import OWN, Record, read_installed

from . import manifest
from .manifest import Entry
from .own_wheel import write_wheel
from .plugins import copy_gimp, copy_gimpfu, copy_krita
from .store import Say, check_name, is_sound, put
from .weights_install import copy

MANIFEST = "weights/manifest.json"
PLUGINS = {"krita": copy_krita, "gimp": copy_gimp, "gimpfu": copy_gimpfu}
README = """This is colorgan {version}, for a machine without a network.

1. Check the files (Linux, macOS): sha256sum -c SHA256SUMS
2. Make an environment with Python 3.10 or newer and install colorgan in it:

   python3 -m venv colorgan
   colorgan/bin/python -m pip install --no-index --find-links . --find-links packages colorgan

   (On Windows: colorgan\\Scripts\\python instead of colorgan/bin/python.)
   {packages}
3. Install the weights of this bundle, if it has more than the bundled ones, and choose one:

   colorgan/bin/colorgan weights install THIS.zip
   colorgan/bin/colorgan weights use NAME

   It has: {weights}.
4. The plug-ins for editors are in the folder plugins; `colorgan plugin package --help` says where each of them goes.
"""
WITH_PACKAGES = (
    f"The packages it needs are in the folder packages, for {sys.platform} and Python "
    f"{sys.version_info[0]}.{sys.version_info[1]} alone."
)
WITHOUT_PACKAGES = (
    "The packages it needs (torch and others) are not included: `colorgan weights bundle --with-packages` adds them,\n"
    "   on a machine of the same kind that has a network."
)


def make_bundle(target: Path, with_packages: bool, say: Say) -> None:
    """Writes the bundle. Raises WeightsError for damaged weights, MissingDependency without pip, OutputError."""
    records = read_installed().records.values()
    for record in records:
        if not is_sound(record):
            raise WeightsError(
                f"The file of the weights {record.name} is damaged or gone; install them again or remove them."
            )
    try:
        with atomic_write(target) as beside, tempfile.TemporaryDirectory(dir=beside.parent, prefix=".bundle-") as name:
            _fill(Path(name), list(records), with_packages, say)
            with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:  # all in it is packed already
                for path in sorted(path for path in Path(name).rglob("*") if path.is_file()):
                    archive.write(path, path.relative_to(name))
    except OSError as error:
        if error.errno in FULL:
            raise OutputError(f"The disk is full, so {target} could not be written.") from error
        raise


def _fill(folder: Path, records: list[Record], with_packages: bool, say: Say) -> None:
    """Writes all that is in a bundle into a folder."""
    for each in ("weights", "plugins"):
        (folder / each).mkdir()
    entries = []
    for record in records:
        shutil.copyfile(record.path, folder / member(record.name))
        entries.append(Entry(record.name, record.sha256, record.size, record.licence, record.tasks))
    (folder / MANIFEST).write_text(manifest.write(entries), "utf-8")
    for editor, copy_plugin in PLUGINS.items():
        with tempfile.TemporaryDirectory() as unpacked:
            copy_plugin(Path(unpacked))
            shutil.make_archive(str(folder / "plugins" / f"colorgan-{editor}"), "zip", unpacked)
    wheel = write_wheel(folder)
    if with_packages:
        _packages(wheel, folder / "packages", say)
    words = WITH_PACKAGES if with_packages else WITHOUT_PACKAGES
    weights = ", ".join([f"{OWN} (in the program itself)", *(entry.name for entry in entries)])
    (folder / "README.txt").write_text(README.format(version=__version__, packages=words, weights=weights), "utf-8")
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = "".join(f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths)
    (folder / "SHA256SUMS").write_bytes(sums.encode("utf-8"))


def _packages(wheel: Path, target: Path, say: Say) -> None:
    say("Fetching the packages that colorgan needs, by pip.")
    options = ["--quiet", "--disable-pip-version-check", "--only-binary", ":all:", "--dest", str(target)]
    command = [sys.executable, "-m", "pip", "download", *options, str(wheel)]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode != 0:
        reason = (ran.stderr.strip().splitlines() or ["no message"])[-1].strip().rstrip(".")
        raise MissingDependency(f"pip could not fetch the packages: {reason}.")
    (target / wheel.name).unlink(missing_ok=True)  # it lies above already


def install_bundle(path: Path, again: bool, say: Say) -> list[str]:
    """Installs all weights of a bundle; their names, as far as they are new. Raises InputError for what is no bundle."""
    try:
        with zipfile.ZipFile(path) as archive:
            for each in archive.namelist():
                if each.startswith(("/", "\\")) or ".." in each.replace("\\", "/").split("/") or ":" in each:
                    raise InputError(f"{path.name} contains a path outside of it, {each!r}; it is not a bundle.")
            with archive.open(MANIFEST) as file:
                text = file.read(manifest.LARGEST_MANIFEST).decode("utf-8")
            entries = manifest.parse(text, f"The manifest in {path.name}")
            for name in entries:
                check_name(name)
            return [entry.name for entry in entries.values() if _put(archive, entry, path, again, say)]
    except ColorganError:
        raise
    except KeyError as error:
        raise InputError(f"{path.name} is a zip, but not a complete bundle of `colorgan weights bundle`.") from error
    except (OSError, ValueError, RuntimeError, NotImplementedError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path.name} is not a readable bundle.") from error


def _put(archive: zipfile.ZipFile, entry: Entry, path: Path, again: bool, say: Say) -> bool:
    def fill(part: Path) -> None:
        with archive.open(member(entry.name)) as source:
            copy(source, part, entry)

    return put(entry, str(path.absolute()), fill, again, say)


def member(name: str) -> str:
    return f"weights/{name}.safetensors"
