"""Plug-ins put into editors' folders and taken out again: whole or not at all, and nothing of the person's is lost."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from colorgan_core import __version__
from colorgan_core.errors import InputError, OutputError
from colorgan_installer import kritarc
from colorgan_installer.editors import Machine, Place, find
from colorgan_installer.install import install, uninstall
from colorgan_installer.record import NAME, built, digests, look

Run = Callable[..., Any]
KRITARC = b"# mine\r\nfirst=\xe9\n[python]\nenable_other=true\n\n[theme]\nTheme=Krita dark"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a Krita that has run and a GIMP 3, and no others on the PATH."""
    home = tmp_path / "home"
    (home / ".local/share/krita/brushes").mkdir(parents=True)
    (home / ".config/GIMP/3.0").mkdir(parents=True)
    (home / ".config/kritarc").write_bytes(KRITARC)
    (home / ".config/kritarc").chmod(0o640)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "GIMP3_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", "/usr/bin-of-nothing")
    return home


def places(home: Path) -> tuple[Place, Place]:
    machine = Machine("linux", home, {})
    (krita,), (gimp,) = find(machine, "krita"), find(machine, "gimp")
    return krita, gimp


def tree(folder: Path) -> dict[str, Any]:
    """Everything below a folder: bytes and rights of files."""
    return {
        path.relative_to(folder).as_posix(): (path.lstat().st_mode, path.read_bytes() if path.is_file() else None)
        for path in folder.rglob("*")
    }


on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the command line looks for this system's editors")


@on_linux
def test_in_and_out_leaves_every_byte_as_it_was(home: Path, run: Run) -> None:
    before = tree(home)
    ran = run("plugin", "install", "all")
    assert ran.code == 0 and ran.out.count(f"the plug-in {__version__}") == 2
    krita, gimp = home / ".local/share/krita", home / ".config/GIMP/3.0/plug-ins/colorgan"
    assert (krita / "pykrita/colorgan.desktop").is_file() and (krita / "actions/colorgan.action").is_file()
    assert (krita / "pykrita/colorgan/client/protocol.py").is_file()
    assert (gimp / "colorgan.py").stat().st_mode & 0o111 == 0o111
    enabled = (home / ".config/kritarc").read_bytes()
    assert enabled == KRITARC.replace(b"[python]\n", b"[python]\nenable_colorgan=true\n")
    assert stat.S_IMODE((home / ".config/kritarc").stat().st_mode) == 0o640
    for package in (krita / "pykrita/colorgan", gimp):  # as the editors' Pythons leave it
        (package / "__pycache__").mkdir()
        (package / "__pycache__/jobs.cpython-313.pyc").write_bytes(b"x")
    told = json.loads(run("plugin", "status", "--json").out)
    assert told["version"] == __version__
    assert [(each["editor"], each["installed"], each["current"], each["enabled"]) for each in told["editors"]] == [
        ("krita", True, True, True),
        ("gimp", True, True, True),
    ]
    assert run("plugin", "install", "all").code == 0, "a second time, nothing is asked"
    assert run("plugin", "uninstall", "all").code == 0
    assert tree(home) == before
    assert "there is no plug-in" in run("plugin", "uninstall", "all").out


@on_linux
def test_nothing_found(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = home / "empty"
    empty.mkdir()
    monkeypatch.setenv("HOME", str(empty))
    assert "Neither Krita nor GIMP 3" in run("plugin", "install", "all").err
    assert run("plugin", "install", "krita").code == 3
    (empty / ".config/GIMP/2.10").mkdir(parents=True)
    assert "examples/colorgan_fu.py" in run("plugin", "install", "gimp").sentence
    assert "examples/colorgan_fu.py" in run("plugin", "status").out
    (empty / "snap/gimp").mkdir(parents=True)
    ran = run("plugin", "install", "gimp")
    assert ran.code == 1 and "start it once" in ran.err and not list((empty / "snap/gimp").iterdir())


@on_linux
def test_sandboxes_get_advice(home: Path, run: Run) -> None:
    (home / ".var/app/org.kde.krita").mkdir(parents=True)
    (home / "snap/krita/current").mkdir(parents=True)
    ran = run("plugin", "install", "krita")
    assert ran.code == 0 and ran.out.count("the plug-in") == 3
    assert "flatpak override --user --filesystem=" in ran.out and "org.kde.krita" in ran.out
    assert f"COLORGAN_DATA={home}/snap/krita/current/.local/share/colorgan colorgan plugin service install" in ran.out
    assert (home / ".var/app/org.kde.krita/config/kritarc").read_bytes() == b"[python]\nenable_colorgan=true\n"
    assert run("plugin", "uninstall", "krita").code == 0
    assert not list((home / ".var/app/org.kde.krita").iterdir()) and not list((home / "snap/krita/current").iterdir())


def test_a_named_folder(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "plug-ins"
    assert run("plugin", "install", "gimp", "--folder", folder).code == 3
    folder.mkdir()
    assert run("plugin", "install", "all", "--folder", folder).code == 2
    assert run("plugin", "install", "gimp", "--folder", folder).code == 0
    assert look(Place("gimp", "named", folder)).current
    assert run("plugin", "uninstall", "gimp", "--folder", folder).code == 0 and not list(folder.iterdir())
    ran = run("plugin", "install", "krita", "--folder", folder)
    assert ran.code == 0 and "Python Plugin Manager, tick colorgan" in ran.out


@on_linux
def test_what_a_person_changed_is_asked_about_and_stays(home: Path, run: Run) -> None:
    _, gimp = places(home)
    package = gimp.package
    install(gimp)
    (package / "jobs.py").write_text("# mine\n")
    (package / "notes.txt").write_text("own\n")
    assert look(gimp).changed == ("colorgan/jobs.py",) and look(gimp).own == ("colorgan/notes.txt",)
    ran = run("plugin", "install", "gimp")
    assert ran.code == 2 and "jobs.py" in ran.sentence and "--yes" in ran.sentence
    assert (package / "jobs.py").read_text() == "# mine\n"
    ran = run("plugin", "uninstall", "gimp")
    assert ran.code == 0 and "jobs.py stays" in ran.out and "notes.txt stays" in ran.out
    assert {path.name for path in package.iterdir()} == {"jobs.py", "notes.txt"}
    assert run("plugin", "install", "gimp").code == 2, "what is there alone is the person's"
    assert run("plugin", "install", "gimp", "--yes").code == 0
    assert look(gimp).current and (package / "notes.txt").read_text() == "own\n"


@on_linux
@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"n\n", 1)])
def test_a_person_is_asked(home: Path, answer: bytes, code: int) -> None:
    import pty

    _, gimp = places(home)
    install(gimp)
    (gimp.package / "jobs.py").write_text("# mine\n")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "colorgan_core", "plugin", "install", "gimp"]
    process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.write(ours, answer)
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == code and b"Replace it?" in out, out
    assert look(gimp).current is (code == 0)


@on_linux
@pytest.mark.parametrize("at_once", [True, False])
def test_an_older_version_is_replaced_without_asking(
    home: Path, run: Run, at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the system cannot exchange two names at once."""
    if not at_once:
        monkeypatch.setattr("colorgan_installer.install._exchange", lambda one, other: False)
    krita, _ = places(home)
    install(krita)
    make_old(krita)
    state = look(krita)
    assert state.version == "0.0.1" and not state.current and not state.changed
    assert (
        "version is 0.0.1, and it belongs to another version than this colorgan" in run("plugin", "status", "krita").out
    )
    assert run("plugin", "install", "krita").code == 0
    assert look(krita).current and not (krita.package / "gone.py").exists()
    assert not (krita.folder / "colorgan.gone").exists()
    uninstall(krita)
    assert (home / ".config/kritarc").read_bytes() == KRITARC


def make_old(place: Place) -> None:
    """Turns what is installed into what an older colorgan has put there."""
    record = place.package / NAME
    told = json.loads(record.read_text())
    (place.package / "jobs.py").write_text("# old\n")
    (place.package / "gone.py").write_text("# dropped since\n")
    (place.folder / "colorgan.gone").write_text("dropped since\n")
    files, below = digests(place.folder), place.package.relative_to(place.folder).as_posix()
    told["version"] = "0.0.1"
    for name in (f"{below}/jobs.py", f"{below}/gone.py", "colorgan.gone"):
        told["files"][name] = files[name]
    record.write_text(json.dumps(told))


@on_linux
def test_a_plug_in_from_a_zip_is_known_by_its_files(home: Path, run: Run) -> None:
    _, gimp = places(home)
    assert run("plugin", "package", "gimp", "-o", home / "g.zip").code == 0
    gimp.folder.mkdir()
    with zipfile.ZipFile(home / "g.zip") as archive:
        archive.extractall(gimp.folder)
    state = look(gimp)
    assert state.current and state.version == __version__ and state.enabled is False, "zipfile drops the run bit"
    assert "executable" in run("plugin", "status", "gimp").out
    assert run("plugin", "install", "gimp").code == 0 and look(gimp).enabled
    uninstall(gimp)
    assert not gimp.package.exists()


def test_packages_of_all(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("plugin", "package", "all").code == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        f"colorgan-{name}.zip" for name in ("krita", "gimp", "gimpfu")
    }
    assert run("plugin", "package", "all", "-o", "x.zip").code == 2


def test_a_link_to_a_file_of_a_checkout_is_not_followed(home: Path) -> None:
    krita, _ = places(home)
    original = home / "colorgan.action"
    original.write_text("precious")
    (krita.folder / "actions").mkdir(parents=True, exist_ok=True)
    (krita.folder / "actions/colorgan.action").symlink_to(original)
    install(krita)
    assert original.read_text() == "precious"
    assert look(krita).current and not (krita.folder / "actions/colorgan.action").is_symlink()


def test_a_link_to_a_checkout_is_the_persons(home: Path) -> None:
    _, gimp = places(home)
    checkout = home / "checkout"
    with built("gimp") as folder:
        (folder / "colorgan").rename(checkout)
    gimp.folder.mkdir()
    gimp.package.symlink_to(checkout)
    before = tree(checkout)
    assert look(gimp).changed == ("colorgan",)
    assert uninstall(gimp) == [str(gimp.package)] and gimp.package.is_symlink()
    install(gimp)
    assert not gimp.package.is_symlink() and look(gimp).current and tree(checkout) == before


@on_linux
@pytest.mark.parametrize("verb", ["install", "uninstall"])
def test_a_kill_between_two_renames_loses_nothing_of_the_persons(home: Path, run: Run, verb: str) -> None:
    """Where names cannot be exchanged at once, the old plug-in is then aside, with what the person has put into it."""
    _, gimp = places(home)
    install(gimp)
    (gimp.package / "notes.txt").write_text("own\n")
    (gimp.folder / ".colorgan-1").mkdir()
    gimp.package.rename(gimp.folder / ".colorgan-1/colorgan.old")
    assert run("plugin", verb, "gimp").code == 0
    assert look(gimp).installed is (verb == "install") and (gimp.package / "notes.txt").read_text() == "own\n"


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"version": "1", "files": {"../../victim": "H"}, "folders": [], "put": null, "settings_made": false}'],
)
def test_a_record_that_lies_removes_nothing_outside(home: Path, text: str) -> None:
    _, gimp = places(home)
    install(gimp)
    victim = gimp.folder.parent.parent / "victim"
    victim.write_text("x")
    (gimp.package / NAME).write_text(text.replace('"H"', json.dumps(hashlib.sha256(b"x").hexdigest())))
    assert look(gimp).record is None and look(gimp).current
    uninstall(gimp)
    assert victim.exists() and not gimp.package.exists()


def test_what_is_no_file_is_the_persons(home: Path) -> None:
    """And it is never read: a pipe would keep colorgan waiting."""
    _, gimp = places(home)
    install(gimp)
    (gimp.package / "jobs.py").unlink()
    os.mkfifo(gimp.package / "jobs.py")
    assert look(gimp).changed == ("colorgan/jobs.py",)
    assert uninstall(gimp) == [str(gimp.package / "jobs.py")]


@on_linux
def test_folders_that_cannot_be_read(home: Path) -> None:
    _, gimp = places(home)
    install(gimp)
    (gimp.package / "jobs.py").chmod(0)
    words = [sys.executable, "-m", "colorgan_core", "plugin", "status", "gimp", "--folder", str(gimp.folder)]
    if os.geteuid() == 0:  # who may read all, if nobody takes it away
        words = ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search", *words]
    ran = subprocess.run(words, capture_output=True, text=True)
    assert ran.returncode == InputError.exit_code
    assert ran.stderr.count("\n") == 1 and ran.stderr.endswith("jobs.py (permission denied).\n")


def test_folders_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"could not be put.*file.*\.$"):
        install(Place("gimp", "named", tmp_path / "file"))
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.mark.parametrize(
    "text",
    [b"", b"a=1", b"a=1\n", KRITARC, b"[python]\r\nenable_colorgan=false\r\n", b"[python]", b"\n\n",
     b"[python]\nq=1\n[a]", b"\xff\x0b[python]\x85\n"],
)  # fmt: skip
def test_settings_lose_no_byte(text: bytes) -> None:
    on, put = kritarc.enable(text)
    assert kritarc.is_enabled(on) and put is not None and kritarc.enable(on) == (on, None)
    assert kritarc.disable(on, put) == text


@on_linux
def test_krita_with_a_folder_of_the_persons_choice(home: Path) -> None:
    """Krita then has its plug-ins there, and nowhere else."""
    for line, wanted in (
        (f"ResourceDirectory={home}/brushes of mine", home / "brushes of mine"), ("ResourceDirectory[$e]=$HOME/mine\r", home / "mine"),
        ("[python]\nResourceDirectory=/else", home / ".local/share/krita"), ("", home / ".local/share/krita"),
    ):  # fmt: skip
        (home / ".config/kritarc").write_bytes(f"a=1\n{line}\n[python]\n".encode())
        krita, _ = places(home)
        assert krita.folder == wanted


def test_settings_that_krita_wrote_anew() -> None:
    _, put = kritarc.enable(b"[a]\nx=1\n")
    assert put is not None
    rewritten = b"[a]\nx=2\n\n[python]\nenable_a=true\nenable_colorgan=false\nenable_z=true\n"
    assert kritarc.disable(rewritten, put) == b"[a]\nx=2\n\n[python]\nenable_a=true\nenable_z=true\n"
    assert kritarc.disable(b"[a]\n", put) == b"[a]\n"


KILLED = """
import os, signal, sys
from colorgan_installer.editors import Machine, find
from colorgan_installer.install import install, uninstall
from pathlib import Path
(place,) = find(Machine("linux", Path(sys.argv[1]), {}), "krita")
last, steps = int(sys.argv[3]), 0
def count(event, arguments):
    global steps
    if event.startswith(("os.", "shutil.", "ctypes.dlsym")) or event == "open" and arguments[2] & os.O_ACCMODE:
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
(install if sys.argv[2] == "install" else uninstall)(place)
print(steps)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="signals, and what Linux calls its editors' folders")
@pytest.mark.parametrize("what", ["new", "old", "uninstall"])
def test_a_kill_at_any_step_leaves_the_old_or_the_new_plug_in(home: Path, what: str) -> None:
    """A first installation, one over an older version, and a removal; another run then finishes the work."""
    krita, _ = places(home)
    verb = "uninstall" if what == "uninstall" else "install"
    before = tree(home)

    def prepare() -> dict[str, str]:
        if what != "new":
            install(krita)
        if what == "old":
            make_old(krita)
        return whole_files()

    def whole_files() -> dict[str, str]:
        """The plug-in's files; its record too must be there, but may name other folders that were made."""
        found = digests(krita.package)
        assert not found or (look(krita).record is not None and found.pop(NAME))
        return found

    def act(last: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", KILLED, str(home), verb, str(last)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    prepare()
    whole = act(0)
    assert whole.returncode == 0, whole.stderr
    steps = int(whole.stdout)
    new = whole_files() if verb == "install" else {}
    uninstall(krita)
    assert steps > 60 and tree(home) == before
    for last in range(1, steps - 5, steps // 8):  # the last ones may not come: folders that a kill left are not removed
        old = prepare()
        assert act(last).returncode == -signal.SIGKILL, last
        if verb == "install":
            assert whole_files() in (old, new), last
            assert (home / ".config/kritarc").read_bytes() in (KRITARC, kritarc.enable(KRITARC)[0])
            install(krita)
            assert look(krita).current and look(krita).enabled
        uninstall(krita)
        assert not krita.package.exists() and (home / ".config/kritarc").read_bytes() == KRITARC, last
        assert not [name for name in tree(home) if "colorgan" in name or ".kritarc" in name], last
