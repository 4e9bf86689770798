"""Preparing data: nothing is lost to a kill, nothing is stopped by a bad file, and the command tells what it did."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from colorgan_train import prepare
from colorgan_train.cache import open_cache, read_shard
from colorgan_train.data_command import data
from colorgan_train.duplicates import NEAR, SAME, Seen, signature
from colorgan_train.prepare import drawing, prepare_source
from colorgan_train.render import Rendered
from colorgan_train.sources import Art, folder_art
from colorgan_train.split import HELD_OUT, TRAINING, part_of
from colorgan_train.triples import content_square, open_triples


def disk(rng: np.random.Generator) -> Image.Image:
    pixels = np.full((80, 80, 4), 255, np.uint8)
    pixels[..., :3] = rng.integers(0, 256, (10, 10, 3)).repeat(8, 0).repeat(8, 1)
    return Image.fromarray(pixels)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Twenty-three colourful pictures, a grey one, a broken one, and a text file."""
    folder = tmp_path / "pictures"
    (folder / "sub").mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(23):
        disk(rng).save(folder / ("sub" if number % 2 else ".") / f"art-{number:02d}.png")
    Image.new("RGB", (80, 80), "grey").save(folder / "grey.png")
    (folder / "art-05-broken.png").write_bytes((folder / "art-04.png").read_bytes()[:200])
    (folder / "readme.txt").write_text("no picture")
    return folder


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "SHARD", 5)


def run(folder: Path, out: Path) -> prepare.Tally:
    with drawing(1) as draw:
        return prepare_source(folder_art(folder), out, draw, lambda _: None)


def test_style_data_of_a_persons_own_pictures(pictures: Path, tmp_path: Path) -> None:
    art = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#c33"/></svg>'
    (pictures / "ball.svg").write_text(art)
    arguments = [
        "prepare",
        "--from",
        str(pictures),
        "--out",
        str(tmp_path / "out"),
        "--style",
        "--triples",
        "4",
        "--workers",
        "1",
    ]
    done = CliRunner().invoke(data, arguments, catch_exceptions=False)
    assert done.exit_code == 0 and "4 style triples are ready, 4 of them drawn now" in done.output
    assert len(open_triples(tmp_path / "out")) == 4
    (svg,) = (one for one in folder_art(pictures) if one.name == "ball")
    assert content_square(np.random.default_rng(0), svg)[192, 192].tolist() == [0xCC, 0x33, 0x33]


def contents(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_every_file_is_kept_or_named(pictures: Path, tmp_path: Path) -> None:
    tally = run(pictures, tmp_path / "out")
    assert tally.total == 25 and tally.kept == 23
    assert tally.dropped == {"broken picture": ["art-05-broken"], "no colour": ["grey"]}
    cache = open_cache(tmp_path / "out")
    held = open_cache(tmp_path / "out", held_out=True)
    assert len(cache) + len(held) == 23 and len(held) == tally.held_out
    assert not {cache[i].name for i in range(len(cache))} & {held[i].name for i in range(len(held))}


class Killed(BaseException):
    """What a kill looks like from inside."""


@pytest.mark.parametrize("after", [0, 3, 5, 6, 14, 24])
def test_a_run_that_was_killed_ends_with_the_same_bytes(pictures: Path, tmp_path: Path, after: int) -> None:
    def dying(arts: list[Art]) -> Iterator[Rendered | str]:
        for number, art in enumerate(arts):
            if number == after:
                raise Killed
            yield prepare.draw(art)

    run(pictures, tmp_path / "whole")
    with pytest.raises(Killed):
        prepare_source(folder_art(pictures), tmp_path / "broken", dying, lambda _: None)
    (tmp_path / "broken/folder/0004.color.npy").write_bytes(b"half a file")
    (tmp_path / "broken/folder/.0004.color-ab12.npy").write_bytes(b"half a file")
    tally = run(pictures, tmp_path / "broken")
    assert tally.drawn == 25 - min(after, tally.total - tally.drawn)
    assert contents(tmp_path / "broken") == contents(tmp_path / "whole")


def test_a_second_run_draws_nothing(pictures: Path, tmp_path: Path) -> None:
    first, second = run(pictures, tmp_path / "out"), run(pictures, tmp_path / "out")
    assert second.drawn == 0
    assert (second.kept, second.held_out, second.dropped) == (first.kept, first.held_out, first.dropped)


def test_a_folder_that_changed_is_prepared_anew(pictures: Path, tmp_path: Path) -> None:
    run(pictures, tmp_path / "out")
    (pictures / "art-00.png").unlink()
    assert run(pictures, tmp_path / "out").kept == 22
    assert len(open_cache(tmp_path / "out")) + len(open_cache(tmp_path / "out", held_out=True)) == 22


def test_two_workers_write_what_one_writes(pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(pictures, tmp_path / "one")
    with drawing(2) as draw:
        prepare_source(folder_art(pictures), tmp_path / "two", draw, lambda _: None)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_near_duplicates_share_the_fate_of_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.asarray(disk(np.random.default_rng(1))).copy()
    other = np.asarray(disk(np.random.default_rng(2))).copy()
    shade = picture // 2 + np.array([100, 100, 100, 128], np.uint8)
    arts = [
        Art("noto", "first", "vector", picture, HELD_OUT),
        Art("noto", "shade", "vector", shade, TRAINING),
        Art("noto", "other", "vector", other, TRAINING),
    ]
    with drawing(1) as draw:
        prepare_source(arts, tmp_path, draw, lambda _: None)
        dropping = [Art("openclipart", art.name, art.kind, art.data, art.part) for art in arts]
        assert prepare_source(dropping, tmp_path, draw, lambda _: None).dropped == {"near-duplicate": ["shade"]}
    items = read_shard(tmp_path / "noto/0000.json")["items"]
    assert [(item["name"], item["part"]) for item in items] == [
        ("first", HELD_OUT), ("shade", HELD_OUT), ("other", TRAINING),
    ]  # fmt: skip


def test_signatures_tell_drawings_apart_and_not_their_colours() -> None:
    seen = Seen()
    assert seen.nearest(signature(np.zeros((64, 64, 3), np.uint8)))[0] > NEAR
    picture = np.asarray(disk(np.random.default_rng(1)))[..., :3]
    seen.add(signature(picture), True)
    assert seen.nearest(signature(255 - (255 - picture) // 2))[0] <= SAME
    assert seen.nearest(signature(np.asarray(disk(np.random.default_rng(2)))[..., :3]))[0] > NEAR


def test_the_command_prepares_a_folder_and_says_so(pictures: Path, tmp_path: Path) -> None:
    arguments = ["prepare", "--from", str(pictures), "--out", str(tmp_path / "out"), "--workers", "1"]
    result = CliRunner().invoke(data, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "art-05-broken" in result.output and "pairs a second" in result.output
    again = CliRunner().invoke(data, [*arguments, "--limit", "3"], catch_exceptions=False)
    assert "3 squares are ready" in again.output


def test_alpha_becomes_coverage_and_the_box_is_right(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    wide = np.zeros((40, 80, 4), np.uint8)
    wide[:, :40] = (200, 30, 30, 255)
    Image.fromarray(wide).resize((160, 80), Image.Resampling.NEAREST).save(tmp_path / "in/wide.png")
    run(tmp_path / "in", tmp_path / "out")
    item = open_cache(tmp_path / "out", held_out=part_of("folder", "wide") == HELD_OUT)[0]
    assert item.box == (0, 64, 256, 192) and item.has_alpha and item.kind == "folder"
    assert item.alpha[128, 40] == 255 and item.alpha[128, 200] == 0 and item.alpha[10, 40] == 0
    assert item.color[128, 40].tolist() == [200, 30, 30] and (item.color[128, 200] == 255).all()
