"""The studio set: the same twenty in ten conditions, on disk as the measure reads them, made again bit for bit."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from compose_art import arts
from PIL import Image

from colorgan_core.errors import InputError
from colorgan_train.compose import studio
from colorgan_train.compose.composition import GUTTER, example
from colorgan_train.compose.conditions import CONDITIONS, draw
from colorgan_train.compose.lettering import PLAIN
from colorgan_train.compose.pieces import Pieces
from colorgan_train.data_command import data as data_command
from colorgan_train.evaluate_command import evaluate
from colorgan_train.evaluation.dab_sets import folder_entries, named_folder
from colorgan_train.split import TUNING

SIZE = 192  # px: what is stored is the same at any size


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """A data folder with a small tuning set, drawn by the command in this process."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(studio, "open_pieces", lambda downloads, part: Pieces(arts(part), part))
        patch.setattr(studio, "open_fonts", lambda downloads: PLAIN)
        studio.make_studio(folder, studio.Recipe(folder, TUNING, 2, SIZE), 1)
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.png"))
    }


def test_a_set_is_made_again_bit_for_bit(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(studio, "open_pieces", lambda downloads, part: Pieces(arts(part), part))
    monkeypatch.setattr(studio, "open_fonts", lambda downloads: PLAIN)
    folder = studio.make_studio(tmp_path, studio.Recipe(tmp_path, TUNING, 2, SIZE), 1)
    first, again = digests(studio.studio_folder(whole, TUNING)), digests(folder)
    assert len(first) == 2 * len(CONDITIONS) * 5
    assert first == again
    studio.make_studio(tmp_path, studio.Recipe(tmp_path, TUNING, 1, SIZE), 1)  # takes the place of the older one
    assert len(digests(folder)) == len(CONDITIONS) * 5
    assert [each.name for each in folder.parent.iterdir()] == ["tuning"]


def test_the_same_compositions_are_drawn_in_every_condition_and_comics_are_pages(whole):
    cases = folder_entries(studio.open_studio(whole, "tuning"))
    assert sorted(cases) == sorted(CONDITIONS)
    for number in range(2):
        colors = {
            condition: {
                tuple(each) for each in np.unique(cases[condition][number].read().truth.reshape(-1, 3)[::7], axis=0)
            }
            for condition in ("clean", "screentone", "hatching", "layer")
        }
        common = set.intersection(*colors.values())
        assert len(common) >= 2
    pieces = Pieces(arts(TUNING), TUNING)
    single, page = studio.compositions_of(pieces, PLAIN, 0, SIZE)
    assert GUTTER in page.kind and GUTTER not in single.kind


def test_what_is_stored_is_what_was_drawn(tmp_path):
    for condition in ("clean", "hatching", "phone", "layer"):
        drawing = draw(example(1, SIZE), condition, np.random.default_rng(0))
        studio.write_drawing(tmp_path, "00", drawing)
        case = folder_entries(tmp_path)[condition][0].read()
        assert np.array_equal(case.picture, drawing.picture)
        assert np.array_equal(case.truth, drawing.composition.color)
        assert np.array_equal(case.labels, drawing.composition.surfaces)
        assert np.array_equal(case.ink, np.minimum(drawing.marks, drawing.composition.ink))


def test_a_truth_in_flats_is_right_everywhere_that_counts(whole):
    from colorgan_train.evaluation.dabs import Judge, flat_row

    for entries in folder_entries(studio.open_studio(whole, "tuning")).values():
        for entry in entries:
            case = entry.read()
            assert Judge(case).share(flat_row(case)([])) > 0.8


def test_a_set_that_is_not_there_is_named_with_the_command_that_makes_it(whole, tmp_path):
    with pytest.raises(InputError, match="--data"):
        studio.open_studio(None, "studio")
    with pytest.raises(InputError, match=r"colorgan data studio --data .* --set held-out"):
        studio.open_studio(whole, "studio")
    shutil.copytree(whole / "studio", tmp_path / "studio")
    note = tmp_path / "studio" / "tuning" / "studio.json"
    note.write_text(json.dumps({**json.loads(note.read_text()), "edition": 0}))
    with pytest.raises(InputError, match="another edition"):
        studio.open_studio(tmp_path, "tuning")
    assert named_folder(str(tmp_path), None) == tmp_path


def test_an_interrupted_set_does_not_take_the_place_of_a_whole_one(whole, tmp_path, monkeypatch):
    shutil.copytree(whole / "studio", tmp_path / "studio")
    before = digests(tmp_path / "studio" / "tuning")
    monkeypatch.setattr(studio, "open_pieces", lambda downloads, part: Pieces(arts(part), part))
    monkeypatch.setattr(studio, "open_fonts", lambda downloads: PLAIN)

    def stopped() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        studio.make_studio(tmp_path, studio.Recipe(tmp_path, TUNING, 2, SIZE), 1, stopped)
    assert digests(tmp_path / "studio" / "tuning") == before
    assert [each.name for each in (tmp_path / "studio").iterdir()] == ["tuning"]


def test_evaluate_reads_the_set_by_name(whole, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    record = tmp_path / "figures.json"
    arguments = ["--task", "dabs", "--set", "tuning", "--data", str(whole), "--rows", "bucket,flat", "--limit", "1"]
    result = CliRunner().invoke(evaluate, [*arguments, "--json", str(record)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    figures = json.loads(record.read_text())
    assert sorted(figures["dabs"]["bucket"]) == sorted(CONDITIONS)


def test_the_command_shows_drawings_in_all_conditions(tmp_path, monkeypatch):
    from colorgan_train import studio_command

    monkeypatch.setattr(studio_command, "open_pieces", lambda downloads, part: Pieces(arts(part), part))
    monkeypatch.setattr(studio_command, "open_fonts", lambda downloads: PLAIN)
    sheet = tmp_path / "sheet.png"
    arguments = [
        "studio",
        "--data",
        str(tmp_path),
        "--set",
        "held-out",
        "--count",
        "1",
        "--size",
        "512",
        "--sheet",
        str(sheet),
    ]
    result = CliRunner().invoke(data_command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    with Image.open(sheet) as picture:
        assert picture.size == (10 * studio_command.TILE, studio_command.TILE)
