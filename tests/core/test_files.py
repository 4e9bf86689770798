"""Writing whole files or none."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from colorgan_core.errors import InputError, OutputError
from colorgan_core.files import atomic_write, check_writable, open_regular
from colorgan_core.lineart.region_map import holds_regions, read_region_map
from colorgan_core.picture.palettes import read_palette
from colorgan_core.picture.pixels import read_picture


def test_new_and_replaced_file(tmp_path: Path) -> None:
    target = tmp_path / "card.json"
    for text in ("first", "second"):
        with atomic_write(target) as beside:
            assert beside.parent == tmp_path and beside.suffix == ".json"
            beside.write_text(text)
        assert target.read_text() == text
    assert list(tmp_path.iterdir()) == [target]
    assert target.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "no space"), OSError(errno.EIO, "broken"), ValueError("mine")])
def test_failure_keeps_the_old_file(error: Exception, tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(OutputError if isinstance(error, OSError) else ValueError), atomic_write(target) as beside:
        beside.write_text("half")
        raise error
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_error_about_another_file_stays_itself(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_write(tmp_path / "a.txt"):
        (tmp_path / "source.txt").read_text()
    assert list(tmp_path.iterdir()) == []


def test_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    with atomic_write(tmp_path / "link.txt") as beside:
        beside.write_text("new")
    assert (tmp_path / "link.txt").is_symlink() and (tmp_path / "real.txt").read_text() == "new"


@pytest.mark.skipif(os.name != "posix", reason="no device files")
def test_devices_are_not_replaced() -> None:
    with pytest.raises(OutputError, match="not an ordinary file"):
        check_writable("/dev/null")
    assert not Path("/dev/null").is_file()


def test_check_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "new.png")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError, match="folder"):
        check_writable(tmp_path)


READERS: list[tuple[str, Callable[[Path], object]]] = [
    ("any", open_regular), ("p.gpl", lambda path: read_palette(str(path))), ("p.kpl", lambda path: read_palette(str(path))),
    ("p.ase", lambda path: read_palette(str(path))), ("p.txt", lambda path: read_palette(str(path))),
    ("p.png", lambda path: read_palette(str(path))), ("map.png", read_region_map), ("a.png", read_picture),
]  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="no pipes among files")
@pytest.mark.timeout(20)
@pytest.mark.parametrize(("name", "read"), READERS, ids=[name for name, _ in READERS])
def test_only_ordinary_files_are_read_and_nothing_waits(
    name: str, read: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe that nobody writes into would be waited for for ever."""
    monkeypatch.chdir(tmp_path)  # for a socket's path is short
    place = Path(name)
    os.mkfifo(place)
    with pytest.raises(InputError, match="not an ordinary file"):
        read(place)
    assert not holds_regions(place)
    place.unlink()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)
        with pytest.raises(InputError, match="not an ordinary file"):
            read(place)
    place.unlink()
    place.symlink_to("/dev/zero")
    with pytest.raises(InputError, match="not an ordinary file"):
        read(place)
    place.unlink()
    place.mkdir()
    with pytest.raises(InputError, match="is a folder"):
        read(place)
    with pytest.raises(InputError, match="does not exist"):
        read(Path("none" + name))


def test_names_that_no_file_has_are_a_sentence() -> None:
    for name in ("x" * 300 + ".png", "a\0b.png", "\ud800.png", "x" * 400_000 + ".gpl"):
        for read in (read_picture, read_region_map, read_palette):
            with pytest.raises(InputError, match=r"name|read|exist"):
                read(name)
