"""The manifest survives a kill at any byte, and one process locks it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorgan_core.errors import DiskFull, OutputError, UsageError
from colorgan_core.sequence.file_pattern import parse_pattern
from colorgan_core.sequence.manifest import Manifest, sidecar_path
from colorgan_core.sequence.output_lock import output_lock

PALETTE = {"basis": {"seed": 1}, "look": {"palette": ["#ff0000"]}}
RECORDS = [{"frame": f"{n % 3:04}", "outputs": {f"ü{n}.png": "0" * 8}} for n in range(5)]


@given(st.integers(min_value=0), st.binary(max_size=8))
def test_a_kill_at_any_byte(tmp_path_factory: pytest.TempPathFactory, cut: int, garbage: bytes) -> None:
    path = tmp_path_factory.mktemp("kept") / "m.jsonl"
    manifest = Manifest(path)
    manifest.add_palette(PALETTE)
    for record in RECORDS:
        manifest.add(record)
    data = path.read_bytes()
    cut %= len(data) + 1
    path.write_bytes(data[:cut] + garbage.replace(b"\n", b""))
    whole = data[:cut].count(b"\n")
    expected = {record["frame"]: record for record in RECORDS[: max(0, whole - 1)]}
    again = Manifest(path)
    assert again.records == expected and again.palette == (PALETTE if whole else None)
    again.add({"frame": "new"})
    assert Manifest(path).records == {**expected, "new": {"frame": "new"}}


def test_a_damaged_line_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_bytes(b'{"frame":"1"}\n\xff\xfe{}\n[]\n7\n{"look":3}\n{"frame":"2"}\n')
    assert list(Manifest(path).records) == ["1", "2"]
    assert path.read_bytes().count(b"\n") == 2, "rewritten without the damaged lines"


def test_sidecar_paths(tmp_path: Path) -> None:
    for text, name in (("o/c.####.psd", "c.____.psd.jsonl"), ("o/*.png", "_.png.jsonl"), ("o/", "frames.jsonl")):
        assert sidecar_path(parse_pattern(text, tmp_path, is_output=True), ".jsonl") == tmp_path / "o/.colorgan" / name


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    path = tmp_path / ".colorgan/m.jsonl"
    code = (
        "from pathlib import Path; from colorgan_core.sequence.output_lock import output_lock\n"
        f"with output_lock(Path({str(path)!r})): pass"
    )
    with output_lock(path):
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert ran.returncode and UsageError.__name__ in ran.stderr and "working on m" in ran.stderr
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_output_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "o").touch()
    with (
        pytest.raises(OutputError, match="a part of its path is a file"),
        output_lock(tmp_path / "o/.colorgan/m.jsonl"),
    ):
        pass


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path / "m.jsonl")
    manifest.path = Path("/dev/full")
    with pytest.raises(DiskFull, match="The disk is full"):
        manifest.add({"frame": "1"})
