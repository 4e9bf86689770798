"""The evaluation of sequences: drawings taken apart, animation that repeats, figures that are right where the answer is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from colorgan_core.errors import InputError
from colorgan_core.lineart.regions import Regions
from colorgan_train.evaluate_command import evaluate
from colorgan_train.evaluation import sequence
from colorgan_train.evaluation.animation import animate
from colorgan_train.evaluation.parts import parts_of
from colorgan_train.render import Unusable

FACE = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
<defs><circle id="unseen" r="9" fill="#0f0"/></defs>
<rect x="20" y="10" width="60" height="80" fill="#e0a020"/><circle cx="38" cy="40" r="9" fill="#f8f8f8"/>
<circle cx="62" cy="40" r="9" fill="#3060c0"/><rect x="35" y="65" width="30" height="12" fill="#b02030"/>
<rect x="2" y="40" width="20" height="14" fill="#208040"/><circle cx="50" cy="20" r="7" fill="#101010"/></svg>"""


def test_a_drawing_is_taken_apart() -> None:
    parts = parts_of(FACE, 128)
    assert [part.color for part in parts][:2] == [(0xE0, 0xA0, 0x20), (0xF8, 0xF8, 0xF8)] and len(parts) == 6
    assert [part.parent for part in parts] == [-1, 0, 0, 0, -1, 0]
    assert [part.ink for part in parts] == [False] * 5 + [True]
    with pytest.raises(Unusable):
        parts_of(b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>', 128)


def test_the_same_seed_is_the_same_clip_and_its_lines_part_its_colours() -> None:
    parts = parts_of(FACE, 128)
    clip, again, other = (animate([parts, parts], seed, 4, 128) for seed in (3, 3, 4))
    assert all((a.lines == b.lines).all() and (a.parts == b.parts).all() for a, b in zip(clip, again, strict=True))
    assert (clip[0].parts != other[0].parts).any() and (clip[0].parts != clip[3].parts).any()
    for frame in clip:
        changes = frame.parts[:, 1:] != frame.parts[:, :-1]
        assert (np.minimum(frame.lines[:, 1:], frame.lines[:, :-1])[changes] < 160).all()


def test_the_baselines_look_where_the_region_lies_now() -> None:
    depth = np.ones((10, 20), np.float32)
    depth[5, 3] = 4
    now = Regions(np.zeros((10, 20), np.int32), np.array([200]), depth)
    key = now.labels.copy()
    key[:, 6:] = 1
    before = Regions(key, np.array([60, 140]), depth)
    assert sequence.by_overlap(now, before).tolist() == [1] and sequence.at_place(now, before).tolist() == [0]


def test_the_command_prints_the_table_and_leaves_a_sheet_and_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FRAMES", "SIZE", "EVERY"):
        monkeypatch.setattr(sequence, name, {"FRAMES": 9, "SIZE": 128, "EVERY": 4}[name])
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    (tmp_path / "art").mkdir()
    for name, art in (("a", FACE), ("b", FACE.replace(b"#e0a020", b"#a0e020"))):
        (tmp_path / "art" / f"{name}.svg").write_bytes(art)
    sheet, record = tmp_path / "sheet.png", tmp_path / "all.json"
    arguments = ["--task", "sequence", "--set", str(tmp_path / "art"), "--limit", "2"]
    done = CliRunner().invoke(
        evaluate, [*arguments, "--sheet", str(sheet), "--json", str(record)], catch_exceptions=False
    )
    assert "Sequences of 9 frames on art, 2 clips" in done.output and "errors of copying by overlap" in done.output
    told = json.loads(record.read_text())
    ours, overlap, place = told["sequence"]
    assert (ours["row"], overlap["row"], place["row"]) == ("colorgan", "overlap", "place")
    assert ours["count"]["between"] > max(0.75, overlap["count"]["between"] + 0.1) and 0.8 < told["found"] <= 1
    assert sheet.stat().st_size > 5000


def test_too_few_drawings_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_bytes(FACE)
    with pytest.raises(InputError, match="no two vector drawings"):
        sequence.drawings_for(str(tmp_path), None, 4)
