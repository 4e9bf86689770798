"""The files of a sequence in every notation, and the errors for invalid names and ranges."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorgan_core.errors import ColorganError, InputError, UsageError
from colorgan_core.sequence.file_pattern import frames_of, parse_pattern
from colorgan_core.sequence.frame import Frame


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.mark.parametrize("name", ["####", "@@@@", "%04d", "#"])
def test_notations(name: str, tmp_path: Path) -> None:
    touch(tmp_path, "a [b]/line.0010.png", "a [b]/line.0002.png", "a [b]/line.02.png", "a [b]/line.0003.jpg")
    touch(tmp_path, "a [b]/.line.0004.png", "a [b]/xline.0005.png", "a [b]/line.10000.png")
    files = parse_pattern(f"a [b]/line.{name}.png", tmp_path)
    frames = frames_of(files, None)
    assert [frame.name for frame in frames] == ["0002", "0010", "10000"]
    assert files.path_for(frames[0]) == tmp_path / "a [b]/line.0002.png"


@pytest.mark.parametrize(
    ("ranges", "numbers"),
    [("1-7x3,20", [1, 4, 7, 20]), ("3-1", [3, 2, 1]), ("1-5:2", [1, 3, 5, 2, 4]), ("2,2,1-3", [2, 1, 3]), ("-1-1", [-1, 0, 1])],
)  # fmt: skip
def test_ranges_need_no_files(ranges: str, numbers: list[int], tmp_path: Path) -> None:
    assert [frame.number for frame in frames_of(parse_pattern("l.@@.png", tmp_path), ranges)] == numbers


def test_a_range_inside_the_name(tmp_path: Path) -> None:
    for name in ("l.1-5x2@@.png", "1-5x2%02d.png", "l_1-3x2,5@@.png", "l.1,3-5x2@@.png"):
        assert [frame.name for frame in frames_of(parse_pattern(name, tmp_path), None)] == ["01", "03", "05"]
    for name in ("shot2-5####.png", "v.2####.png", "<b>&a.####.png", "a%20b.-####.png"):
        files = parse_pattern(name, tmp_path)
        assert files.path_for(Frame("", 7)).name == name.replace("####", "0007"), "these numbers belong to the name"


def test_a_folder(tmp_path: Path) -> None:
    touch(tmp_path, "in/b2.png", "in/a1.JPG", "in/notes.txt", "in/.hidden.png")
    source = parse_pattern("in", tmp_path)
    assert frames_of(source, None) == [Frame("a1", 1), Frame("b2", 2)]
    assert [source.path_for(frame).name for frame in frames_of(source, "2,3")] == ["b2.png", "3.png"]
    picture = tmp_path / "in/a1.gif"
    assert parse_pattern("out/", tmp_path, is_output=True).path_for(Frame("a1"), picture) == tmp_path / "out/a1.png"
    assert (
        parse_pattern("out/x-*.psd", tmp_path, is_output=True).path_for(Frame("a1"), picture)
        == tmp_path / "out/x-a1.psd"
    )
    touch(tmp_path, "in/c2.png")
    assert {frame.number for frame in frames_of(parse_pattern("in", tmp_path), None)} == {None}, (
        "ambiguous numbers are ignored"
    )


def test_an_existing_file_is_taken_literally(tmp_path: Path) -> None:
    touch(tmp_path, "page #1.png", "line.0001.png")
    for name in ("page #1.png", "line.0001.png"):
        files = parse_pattern(name, tmp_path)
        assert files.is_single and files.path_for(frames_of(files, None)[0]) == tmp_path / name


@pytest.mark.parametrize(
    ("name", "ranges", "error", "words"),
    [
        ("l.@@@.png", None, InputError, "l.0001.png has another number of digits"),
        ("none/l.####.png", None, InputError, "folder is not there"),
        ("empty", None, InputError, "has no pictures"),
        ("l.####.png", "1-", UsageError, "write it like 1-100"),
        ("l.####.png", "1-10x0", UsageError, "write it like"),
        ("l.####.png", "1.5", UsageError, "fractional frame"),
        ("l.####.png", "1-999999999999", UsageError, "write it like"),
        ("l.0001.png", "1", UsageError, "is one file"),
        ("l.##.v##.x.png", None, UsageError, "one group"),
        ("", None, UsageError, "empty"),
    ],
)
def test_invalid_names_and_ranges(
    name: str, ranges: str | None, error: type[ColorganError], words: str, tmp_path: Path
) -> None:
    touch(tmp_path, "l.0001.png")
    (tmp_path / "empty").mkdir()
    with pytest.raises(error, match=words):
        frames_of(parse_pattern(name, tmp_path), ranges)


def test_a_frame_without_number_fits_no_sequence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no number of its own"):
        parse_pattern("out.####.png", tmp_path).path_for(Frame("cover"))


@given(st.lists(st.integers(0, 99999), min_size=1, max_size=20, unique=True), st.integers(1, 6))
def test_every_number_is_found_again(tmp_path_factory: pytest.TempPathFactory, numbers: list[int], digits: int) -> None:
    folder = tmp_path_factory.mktemp("frames")
    files = parse_pattern("f." + "@" * digits + ".png", folder)
    for number in numbers:
        files.path_for(Frame("", number)).touch()
    assert [frame.number for frame in frames_of(files, None)] == sorted(numbers)
