"""Writing whole files or none."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from colorgan_core.errors import OutputError
from colorgan_core.files import atomic_write, check_writable


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
