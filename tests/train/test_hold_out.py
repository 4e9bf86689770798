"""Of a person's own folder enough is kept out of training to measure on, and what was left out is named."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageDraw

from colorgan_core.errors import InputError
from colorgan_train.cache import open_cache
from colorgan_train.data_command import data
from colorgan_train.evaluation.sets import load_set
from colorgan_train.hold_out import MIN_HELD_OUT, hold_out
from colorgan_train.split import HELD_OUT, TRAINING, part_of


def drawing(rng: np.random.Generator) -> Image.Image:
    picture = Image.new("RGB", (120, 90), "white")
    pen = ImageDraw.Draw(picture)
    for _ in range(5):
        left, top, width, height = (int(value) for value in rng.integers(5, 50, 4))
        pen.ellipse([left, top, left + width, top + height], tuple(int(c) for c in rng.integers(0, 255, 3)), "black", 3)
    return picture


def folder_of(place: Path, count: int) -> Path:
    """Pictures of which the hash alone would hold out none."""
    place.mkdir()
    rng, number = np.random.default_rng(0), 0
    while count:
        name = f"page-{number:03d}"
        number += 1
        if part_of("folder", name) != HELD_OUT:
            drawing(rng).save(place / f"{name}.png")
            count -= 1
    return place


def prepare(folder: Path, out: Path) -> str:
    arguments = ["prepare", "--from", str(folder), "--out", str(out), "--workers", "1"]
    done = CliRunner().invoke(data, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_forty_two_pictures_can_be_measured_on(tmp_path: Path) -> None:
    printed = prepare(folder_of(tmp_path / "mine", 42), tmp_path / "out")
    assert f"{MIN_HELD_OUT} pictures are held out" in printed
    training, kept = open_cache(tmp_path / "out"), open_cache(tmp_path / "out", held_out=True)
    assert (len(training), len(kept)) == (42 - MIN_HELD_OUT, MIN_HELD_OUT)
    found = load_set("held-out", "lineart", tmp_path / "out", None)
    assert len(found.items) == MIN_HELD_OUT
    for item in found.items:
        assert item.lines.min() < 128 and item.truth is not None and item.coverage is not None
        assert 0 < (item.coverage > 0).mean() < 1, "of a picture without transparency, white is paper"


def test_a_few_pictures_are_all_trained_on_and_the_number_needed_is_named(tmp_path: Path) -> None:
    printed = prepare(folder_of(tmp_path / "mine", 4), tmp_path / "out")
    assert "`colorgan evaluate --set held-out` needs 10" in printed
    assert len(open_cache(tmp_path / "out")) == 4
    with pytest.raises(InputError, match="some out of 10 pictures and more"):
        load_set("held-out", "lineart", tmp_path / "out", None)


def test_variants_of_one_picture_stay_on_one_side(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "mine", 24)
    for path in sorted(folder.iterdir()):
        with Image.open(path) as picture:
            picture.point(lambda value: value * 4 // 5).save(folder / f"{path.stem}-dark.png")
    prepare(folder, tmp_path / "out")
    sides = [
        {cache.describe(index)["name"].removesuffix("-dark") for index in range(len(cache))}
        for cache in (open_cache(tmp_path / "out"), open_cache(tmp_path / "out", held_out=True))
    ]
    assert len(sides[1]) >= 3 and not sides[0] & sides[1]


def test_the_split_does_not_depend_on_where_it_was_interrupted(tmp_path: Path) -> None:
    prepare(folder_of(tmp_path / "mine", 12), tmp_path / "out")
    shard = tmp_path / "out/folder/0000.json"
    whole = shard.read_bytes()
    record = json.loads(whole)
    for item in record["items"]:
        item["part"] = (
            HELD_OUT if item["name"] == record["items"][0]["name"] else TRAINING
        )  # half of the flags were written
    shard.write_text(json.dumps(record))
    assert hold_out(shard.parent) == MIN_HELD_OUT
    assert shard.read_bytes() == whole


def test_files_that_are_left_out_are_named_with_the_reason(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "mine", 3)
    (folder / "scene.PSD").write_bytes(b"8BPS")
    (folder / ".DS_Store").write_bytes(b"")
    Image.new("RGB", (80, 80), "grey").save(folder / "fog.png")
    printed = prepare(folder, tmp_path / "out")
    assert "left out, .psd is not read: scene.PSD" in printed and "exported as one of these" in printed
    assert "left out, no colour: fog" in printed
    assert ".DS_Store" not in printed
