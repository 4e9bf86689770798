"""What `colorgan doctor` looks at: each check is a function that returns what it found, and has no part in another's."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from colorgan_core import __version__
from colorgan_core.errors import OutputError, WeightsError
from colorgan_core.examine import read_card, what_else
from colorgan_core.files import atomic_write, sha256_of
from colorgan_core.server import protocol
from colorgan_core.server.runtime_dir import Place as EnginePlace
from colorgan_core.stored_weights import BUILT_IN, OWN, index, read_installed
from colorgan_core.stored_weights import find as find_weights

from . import manifest
from .advice import not_found, sentence
from .editors import TITLES, find, this_machine
from .record import look

TORCH_SECONDS = 120  # for its import from a slow disk
SLOW = 10.0  # s for 256 px: something else has the processor, or memory has run out
SIDE = 256
LITTLE, TOO_LITTLE = 2e9, 2e8  # bytes that are free: results, logs and weights take hundreds of MB
REPORT = """
import json, torch
cuda = torch.cuda.is_available()
name = torch.cuda.get_device_name() if cuda else f"the processor, {torch.get_num_threads()} threads"
float((torch.ones(8, 8) @ torch.ones(8, 8)).sum())
print(json.dumps([torch.__version__, name, torch.version.cuda or ""]))
"""


@dataclass(frozen=True)
class Finding:
    """state: "ok", "warning" or "wrong". mend: the command that mends it, where there is one."""

    subject: str
    state: str
    sentence: str
    mend: str = ""


class Check(NamedTuple):
    subject: str
    look: Callable[[], Iterator[Finding]]
    slow: bool = False  # seconds


def environment() -> Iterator[Finding]:
    where = f"Python {platform.python_version()} ({sys.executable})"
    yield Finding("environment", "ok", f"colorgan {__version__}, {where}, {platform.platform(terse=True)}.")
    told = importlib.metadata.version("colorgan")
    if told != __version__:
        text = f"The installed package has version {told}; the installation is a mixture of versions."
        yield Finding("environment", "wrong", text, _anew())


def packages() -> Iterator[Finding]:
    """Each package that colorgan requires, against the versions that it bears."""
    from packaging.requirements import Requirement

    wanted = [Requirement(text) for text in importlib.metadata.requires("colorgan") or []]
    found = []
    for each in wanted:
        if each.marker and not each.marker.evaluate({"extra": ""}):
            continue
        mend = _pip(shlex.quote(f"{each.name}{each.specifier}"))
        try:
            version = importlib.metadata.version(each.name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding("packages", "wrong", f"The package {each.name} is not installed.", mend)
            continue
        if not each.specifier.contains(version, prereleases=True):
            text = f"The package {each.name} is version {version}, and colorgan needs {each.specifier}."
            yield Finding("packages", "wrong", text, mend)
        else:
            found.append(f"{each.name} {version}")
    yield Finding("packages", "ok", f"Versions match: {', '.join(found)}.")


def torch() -> Iterator[Finding]:
    """In a process of its own, so that a torch that crashes is reported, too."""
    mend = _pip("--force-reinstall torch")
    command = [sys.executable, "-I", "-c", REPORT]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=TORCH_SECONDS)
    except subprocess.TimeoutExpired:
        yield Finding("torch", "wrong", f"torch could not be imported within {TORCH_SECONDS} s.", mend)
        return
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or [f"it ended with code {ran.returncode}"])[-1]
        yield Finding("torch", "wrong", f"torch does not work here: {last.rstrip('.')}.", mend)
        return
    version, name, cuda = json.loads(ran.stdout.splitlines()[-1])
    yield Finding("torch", "ok", f"torch {version} computes on {name}.")
    if cuda and "the processor" in name and shutil.which("nvidia-smi"):
        text = "A graphics card driver is installed, but torch does not find the card."
        yield Finding("torch", "warning", text, "nvidia-smi")


def weights() -> Iterator[Finding]:
    """The file that commands use when none is named."""
    try:
        path, installed = find_weights("default"), read_installed()
    except WeightsError as error:
        yield Finding("weights", "wrong", str(error), f"rm {shlex.quote(str(index()))}")
        return
    own = path == BUILT_IN
    mend = _anew() if own else f"colorgan weights use {OWN}"
    if not path.is_file():
        yield Finding("weights", "wrong", f"There is no weights file at {path}.", mend)
        return
    try:
        words = what_else(path)
        if words is not None:
            raise WeightsError(f"it is {words}")
        read_card(path)
    except (OSError, WeightsError) as error:
        yield Finding("weights", "wrong", f"The weights file {path} cannot be used: {str(error).rstrip('.')}.", mend)
        return
    name, known = (
        (OWN, manifest.own().sha256) if own else (installed.in_use, installed.records[installed.in_use].sha256)
    )
    found = sha256_of(path)
    if found != known:
        text = f"The weights file {path} is damaged: its SHA-256 is {found[:12]}… and not {known[:12]}…."
        yield Finding("weights", "wrong", text, mend)
    else:
        text = f"The weights {name} ({path.stat().st_size / 1e6:.1f} MB) are in use and undamaged: SHA-256 {found}."
        yield Finding("weights", "ok", text)


def engine() -> Iterator[Finding]:
    """Asks the engine for a small picture; one that had to be started for that is ended again."""
    from colorgan_plugin.client import Blob, EngineError, connect, connect_or_start

    began, running = time.monotonic(), True
    try:
        try:
            talk = connect()
        except EngineError:
            running = False
            talk = connect_or_start()
        with talk:
            started = time.monotonic() - began
            picture = Blob("picture", SIDE, SIDE, 3, "uint8", _drawing())
            talk.run("colorize", {"task": "lineart"}, [picture])  # the first one is slower
            began = time.monotonic()
            talk.run("colorize", {"task": "lineart"}, [picture])
            seconds = time.monotonic() - began
            version, device = talk.hello["version"], talk.hello["device"]
            if not running:
                talk.stop()
    except EngineError as error:
        yield Finding("engine", "wrong", str(error), "colorgan serve --stop; colorgan serve")
        return
    how = "runs" if running else f"starts in {started:.1f} s"
    text = f"The engine {how} and colours {SIDE} x {SIDE} px in {seconds:.2f} s on {device}."
    yield Finding("engine", "warning" if seconds > SLOW else "ok", text)
    if version != __version__:
        text = f"The running engine has version {version}, this program {__version__}."
        yield Finding("engine", "warning", text, "colorgan serve --stop")


def plugins() -> Iterator[Finding]:
    for editor in TITLES:
        places = find(this_machine(), editor)
        if not places:
            yield Finding("plug-ins", "warning", not_found(editor))
        for place in places:
            state = look(place)
            mend = f"colorgan plugin install {editor}"
            text = f"{place.title}: {sentence(state)}"
            if state.installed and state.current and state.enabled:
                yield Finding("plug-ins", "ok", text)
            elif state.installed and editor == "gimp" and state.enabled is False:
                yield Finding("plug-ins", "wrong", f"{text} GIMP ignores it.", mend)
            else:
                yield Finding("plug-ins", "warning", text, mend)


def folders() -> Iterator[Finding]:
    folder = Path(protocol.folder())
    try:
        place = EnginePlace()
        probe = place.path / f"doctor-{secrets.token_hex(8)}.probe"  # a name that nobody has put a link at
        with atomic_write(probe) as beside:
            beside.write_bytes(bytes(2**16))
        probe.unlink()
    except OutputError as error:
        yield Finding("folders", "wrong", str(error), f"ls -ld {shlex.quote(str(folder))}")
        return
    wrong = False
    if sys.platform != "win32":
        for path, bits, state, mend in (
            (folder.parent, 0o022, "warning", "chmod go-w"),
            (place.path / "key", 0o077, "wrong", "chmod 600"),
        ):
            if path.exists() and path.stat().st_mode & bits:
                wrong = True
                verb = "read" if bits & 0o044 else "change"
                command = f"{mend} {shlex.quote(str(path))}"
                yield Finding("folders", state, f"Other users of this machine may {verb} {path}.", command)
    if not wrong:
        yield Finding("folders", "ok", f"The engine's folder {folder} is private and can be written.")


def disk() -> Iterator[Finding]:
    folder = Path(protocol.folder())
    while not folder.is_dir():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    state = "wrong" if free < TOO_LITTLE else "warning" if free < LITTLE else "ok"
    mend = "" if state == "ok" else f"du -xh --max-depth=2 {shlex.quote(str(Path.home()))} | sort -h | tail"
    yield Finding("disk", state, f"{free / 1e9:.1f} GB are free at {folder}.", mend)


CHECKS = (
    Check("environment", environment),
    Check("packages", packages),
    Check("torch", torch, slow=True),
    Check("weights", weights),
    Check("engine", engine, slow=True),
    Check("plug-ins", plugins),
    Check("folders", folders),
    Check("disk", disk),
)


def _anew() -> str:
    """The command that installs colorgan once more, from where it came."""
    told = json.loads(importlib.metadata.distribution("colorgan").read_text("direct_url.json") or "{}")
    source = "--editable " * bool(told.get("dir_info", {}).get("editable")) + shlex.quote(told.get("url", "colorgan"))
    return _pip(f"--force-reinstall --no-deps {source}")


def _pip(what: str) -> str:
    return f"{shlex.quote(sys.executable)} -m pip install {what}"


def _drawing() -> bytes:
    """A square of ink on white paper, RGB."""
    paper, ink = b"\xff" * 3, b"\0" * 3
    edge = paper * 64 + ink * 128 + paper * 64
    sides = paper * 64 + ink * 4 + paper * 120 + ink * 4 + paper * 64
    return paper * SIDE * 64 + edge * 4 + sides * 120 + edge * 4 + paper * SIDE * 64
