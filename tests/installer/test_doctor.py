"""`colorgan doctor` in environments that are broken on purpose, one thing at a time."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import colorgan_core
from colorgan_core import __version__
from colorgan_core.cli import main
from colorgan_core.server.runtime_dir import Place as EnginePlace
from colorgan_core.stored_weights import find, index
from colorgan_installer.checks import Check, Finding
from colorgan_installer.doctor import examined
from colorgan_installer.editors import Place
from colorgan_installer.install import install
from colorgan_installer.record import NAME
from colorgan_plugin.client import EngineError, connect
from engines import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="breaks things in Linux's ways")
REAL = Path(sysconfig.get_path("purelib"))


@dataclass
class Sick:
    """A virtual environment that sees all that is installed here, behind its own `packages`; a home; a data folder."""

    folder: Path
    data: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def packages(self) -> Path:
        return next((self.folder / "venv/lib").glob("python3*")) / "site-packages"

    def without(self, *names: str) -> None:
        """Makes packages whose files begin so vanish."""
        rest = self.folder / "rest"
        rest.mkdir()
        for folder in map(Path, sys.path):  # all of them: an environment may see another one's packages
            for path in folder.iterdir() if folder.name == "site-packages" else ():
                chained = path.suffix == ".pth" and not path.name.startswith("__editable__")
                if not path.name.startswith(names) and not chained and not (rest / path.name).exists():
                    (rest / path.name).symlink_to(path)
        (self.packages / "real.pth").write_text(f"import site; site.addsitedir({str(rest)!r})\n")

    def core(self) -> Path:
        """A copy of the core, to be broken; it comes before the real one."""
        source = Path(colorgan_core.__file__).parent
        return Path(
            shutil.copytree(source, self.packages / "colorgan_core", ignore=shutil.ignore_patterns("__pycache__"))
        )

    def doctor(self, *options: str, **how: Any) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.home),
            "COLORGAN_DATA": str(self.data),
            **self.variables,
        }
        command = [str(self.folder / "venv/bin/python"), "-I", "-m", "colorgan_core", "doctor", *options]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, **how)

    def findings(self, *options: str, **how: Any) -> tuple[int, dict[str, list[dict[str, str]]]]:
        """The exit code, and what was found by subject."""
        ran = self.doctor("--json", *options, **how)
        assert not ran.stderr, ran.stderr
        found: dict[str, list[dict[str, str]]] = {}
        for each in json.loads(ran.stdout)["findings"]:
            assert each["sentence"].endswith(".") and each["state"] in ("ok", "warning", "wrong"), each
            found.setdefault(each["subject"], []).append(each)
        return ran.returncode, found

    def wrong(self, subject: str, *options: str, **how: Any) -> dict[str, str]:
        """The one thing that is wrong, which is of this subject."""
        code, found = self.findings(*options, **how)
        (wrong,) = [each for all_of_it in found.values() for each in all_of_it if each["state"] == "wrong"]
        assert code == 1 and wrong["subject"] == subject and wrong["mend"], wrong
        return wrong


@pytest.fixture
def sick(tmp_path: Path) -> Iterator[Sick]:
    data = Path(tempfile.mkdtemp(prefix="cg"))
    made = Sick(tmp_path, data)
    made.home.mkdir()
    venv.create(tmp_path / "venv", symlinks=True, with_pip=False)
    (made.packages / "real.pth").write_text(f"import site; site.addsitedir({str(REAL)!r})\n")
    yield made
    shutil.rmtree(data, ignore_errors=True)  # an engine that ends may remove its socket meanwhile


def test_all_is_well_even_where_a_dead_engine_left_its_socket(sick: Sick) -> None:
    """The whole of it, as a person sees it; the engine that was started for it is gone afterwards."""
    place = EnginePlace(sick.data / "engine")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(place.socket)
    code, found = sick.findings()
    states = {subject: {each["state"] for each in all_of_it} for subject, all_of_it in found.items()}
    assert code == 0 and states.pop("plug-ins") <= {"ok", "warning"}
    assert states == {
        name: {"ok"} for name in ("environment", "packages", "torch", "weights", "engine", "folders", "disk")
    }
    assert re.search(r"starts in [\d.]+ s and colours 256 x 256 px in [\d.]+ s on CPU", found["engine"][0]["sentence"])
    assert __version__ in found["environment"][0]["sentence"] and "torch 2." in found["torch"][0]["sentence"]

    def gone() -> bool:
        try:
            connect(str(place.path)).close()
        except EngineError:
            return True
        return False

    wait_for(gone)


def test_damaged_weights(sick: Sick) -> None:
    path = sick.core() / "weights/default.safetensors"
    whole = path.read_bytes()
    for data, word in (
        (whole[:-1], "cannot be used"),
        (b"<!doctype html>", "cannot be used"),
        (None, "no weights file"),
    ):
        path.unlink() if data is None else path.write_bytes(data)
        assert word in sick.wrong("weights", "--quick")["sentence"]
    path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])  # one bit, which only the hash can tell
    assert "damaged" in sick.wrong("weights", "--quick")["sentence"]
    path.write_bytes(whole)
    code, found = sick.findings("--quick")
    assert code == 0 and "undamaged" in found["weights"][0]["sentence"]


def test_damaged_weights_that_were_installed(sick: Sick, lively: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORGAN_DATA", str(sick.data))
    assert main(["weights", "install", str(lively), "--name", "studio"]) == main(["weights", "use", "studio"]) == 0
    assert "studio" in sick.findings("--quick")[1]["weights"][0]["sentence"]
    find("default").write_bytes(lively.read_bytes()[:-1] + b"x")
    wrong = sick.wrong("weights", "--quick")
    assert "damaged" in wrong["sentence"] and wrong["mend"] == "colorgan weights use colorgan"
    index().write_text("{")
    assert wrong["mend"] != sick.wrong("weights", "--quick")["mend"]


def test_a_missing_package(sick: Sick) -> None:
    sick.without("tifffile")
    wrong = sick.wrong("packages", "--quick")
    assert "tifffile is not installed" in wrong["sentence"]
    assert wrong["mend"].startswith(str(sick.folder)) and "tifffile>=" in wrong["mend"]


def test_a_package_too_old(sick: Sick) -> None:
    told = sick.packages / "numpy-1.2.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.2.0\n")
    wrong = sick.wrong("packages", "--quick")
    assert "numpy is version 1.2.0" in wrong["sentence"] and "numpy" in wrong["mend"]


def test_half_an_installation(sick: Sick) -> None:
    told = sick.packages / "colorgan-0.0.1.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: colorgan\nVersion: 0.0.1\n")
    assert "0.0.1" in sick.wrong("environment", "--quick")["sentence"]


@pytest.mark.parametrize(
    ("code", "word"),
    [("raise OSError('libcudart.so: cannot open')", "libcudart"), ("import os; os.abort()", "code -6")],
)
def test_a_broken_torch(sick: Sick, code: str, word: str) -> None:
    (sick.packages / "torch.py").write_text(code + "\n")
    exit_code, found = sick.findings()
    assert exit_code == 1 and word in found["torch"][0]["sentence"] and "pip install" in found["torch"][0]["mend"]
    (engine,) = found["engine"]
    assert engine["state"] == "wrong" and "engine.log" in engine["sentence"]


def test_an_engine_that_hangs(sick: Sick) -> None:
    """It has the right to be the engine, and does not answer."""
    (sick.packages / "torch.py").write_text("raise ImportError('not needed here')\n")
    with EnginePlace(sick.data / "engine").alone():
        _, found = sick.findings()
    assert (
        found["engine"][0]["state"] == "wrong"
        and "does not answer; `colorgan serve --stop`" in found["engine"][0]["sentence"]
    )


def test_an_engines_folder_that_is_a_file(sick: Sick) -> None:
    (sick.data / "engine").write_text("")
    assert "cannot be made" in sick.wrong("folders", "--quick")["sentence"]


def test_a_data_folder_that_cannot_be_written(sick: Sick) -> None:
    sick.variables["COLORGAN_DATA"] = "/proc/colorgan"  # where not even root can
    code, found = sick.findings("--quick")
    assert code == 1 and "cannot be made" in found["folders"][0]["sentence"]


def test_rights_that_let_others_in(sick: Sick) -> None:
    place = EnginePlace(sick.data / "engine")
    place.announce()
    place.path.chmod(0o755)  # any command makes it private again
    key = place.path / "key"
    key.chmod(0o644)
    wrong = sick.wrong("folders", "--quick")
    assert "may read" in wrong["sentence"] and place.path.stat().st_mode & 0o777 == 0o700
    subprocess.run(wrong["mend"], shell=True, check=True)
    assert sick.findings("--quick")[0] == 0
    sick.data.chmod(0o777)
    code, found = sick.findings("--quick")
    assert code == 0 and found["folders"][0]["state"] == "warning" and "may change" in found["folders"][0]["sentence"]
    subprocess.run(found["folders"][0]["mend"], shell=True, check=True)
    assert sick.findings("--quick")[1]["folders"][0]["state"] == "ok"


def test_a_disk_that_takes_no_more(sick: Sick) -> None:
    EnginePlace(sick.data / "engine").announce()

    def full() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    code, found = sick.findings("--quick", preexec_fn=full)
    assert code == 1 and "disk is full" in found["folders"][0]["sentence"]


def test_little_room(sick: Sick) -> None:
    """A file system of 3 MB, mounted for this process alone."""
    mount = [
        "unshare",
        "--mount",
        "--map-root-user",
        "sh",
        "-c",
        'mount -t tmpfs -o size=3m none "$1" && shift && exec "$@"',
        "sh",
    ]
    if subprocess.run([*mount, str(sick.data), "true"], capture_output=True).returncode:
        pytest.skip("no mounts here")
    python = sick.folder / "venv/bin/python"
    environment = {"PATH": os.environ["PATH"], "HOME": str(sick.home), "COLORGAN_DATA": str(sick.data)}
    command = [*mount, str(sick.data), str(python), "-I", "-m", "colorgan_core", "doctor", "--quick", "--json"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True)
    (disk,) = [each for each in json.loads(ran.stdout)["findings"] if each["subject"] == "disk"]
    assert ran.returncode == 1 and disk["state"] == "wrong" and disk["sentence"].startswith("0.0 GB")


def test_plug_ins_that_are_old_or_cannot_run(sick: Sick) -> None:
    krita = Place("krita", "ordinary", sick.home / ".local/share/krita", sick.home / ".config/kritarc")
    gimp = Place("gimp", "ordinary", sick.home / ".config/GIMP/3.0/plug-ins")
    install(krita)
    install(gimp)
    code, found = sick.findings("--quick")
    assert code == 0 and [each["state"] for each in found["plug-ins"]] == ["ok", "ok"]
    record = krita.package / NAME
    record.write_text(record.read_text().replace(f'"version": "{__version__}"', '"version": "0.0.1"'))
    (krita.package / "jobs.py").write_text("# changed\n")
    (sick.home / ".config/kritarc").write_text("[python]\nenable_colorgan=false\n")
    (gimp.package / "colorgan.py").chmod(0o644)
    wrong = sick.wrong("plug-ins", "--quick")
    assert "executable" in wrong["sentence"] and wrong["mend"] == "colorgan plugin install gimp"
    old = sick.findings("--quick")[1]["plug-ins"][0]
    assert old["state"] == "warning" and all(word in old["sentence"] for word in ("0.0.1", "jobs.py", "switched off"))


def test_what_a_person_sees(sick: Sick) -> None:
    """A line for each finding and, below, what mends it; colours only on a terminal, and not where they are unwanted."""
    import pty

    sick.without("tifffile")
    ran = sick.doctor("--quick")
    lines = ran.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("wrong    packages"))
    assert ran.returncode == 1 and "fix:" in lines[at + 1] and "\x1b" not in ran.stdout
    for variables, colored in (({}, True), ({"NO_COLOR": "1"}, False)):
        ours, theirs = pty.openpty()
        environment = {"HOME": str(sick.home), "COLORGAN_DATA": str(sick.data), "TERM": "xterm", **variables}
        command = [str(sick.folder / "venv/bin/python"), "-I", "-m", "colorgan_core", "doctor", "--quick"]
        process = subprocess.Popen(command, env=environment, stdout=theirs)
        os.close(theirs)
        seen = b""
        try:
            while piece := os.read(ours, 4096):
                seen += piece
        except OSError:
            pass  # so Linux ends a terminal
        os.close(ours)
        assert process.wait(60) == 1 and (b"\x1b[31mwrong" in seen) is colored


def test_a_check_that_fails_is_a_finding() -> None:
    def fails() -> Iterator[Finding]:
        yield Finding("x", "ok", "Fine.")
        raise ValueError("no such\nthing.")

    states: Callable[[], list[Finding]] = lambda: list(examined(Check("x", fails)))  # noqa: E731
    fine, wrong = states()
    assert fine.state == "ok" and wrong.state == "wrong" and wrong.sentence.endswith("ValueError: no such thing.")
