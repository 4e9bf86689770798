"""Results without hints: judged as a set by KID, and one by one by what is alike."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from rooms import COLORS, prepare, rooms
from safetensors.torch import save_file

from colorgan_core.errors import InputError, UsageError
from colorgan_core.picture.color import srgb_to_lab
from colorgan_train.evaluate_command import evaluate
from colorgan_train.evaluation import unhinted_measure as measure
from colorgan_train.evaluation.drawings import entries_of, single
from colorgan_train.evaluation.rivals import copy, draw_lines_over
from colorgan_train.evaluation.sets import Item, downloads
from colorgan_train.pix2pix import CHANNELS
from colorgan_train.textbook import UNet256


def drawing(number: int = 0):
    made = rooms(number)
    assert made.outline is not None
    lines = made.outline[0]
    return single(Item(f"rooms-{number}", lines, draw_lines_over(made.color, lines), made.color, made.alpha))


def test_colourfulness_by_hand() -> None:
    assert measure.colorfulness(np.full((4, 4, 3), 90, np.uint8)) == 0
    red = np.full((4, 4, 3), (255, 0, 0), np.uint8)
    assert measure.colorfulness(red) == pytest.approx(0.3 * np.hypot(255, 127.5))
    both = red.copy()
    both[:2] = (0, 0, 255)  # R - G: 0 and 255; (R + G) / 2 - B: -255 and 127.5
    assert measure.colorfulness(both) == pytest.approx(np.hypot(127.5, 191.25) + 0.3 * np.hypot(127.5, 63.75))


def test_agreement_by_hand() -> None:
    red, blue, near_red = (200, 60, 50), (60, 120, 200), (203, 62, 52)
    truth = srgb_to_lab(np.array([[red, near_red, blue, red]], np.uint8))[0]

    def agree(*colors: tuple[int, int, int]) -> tuple[float, float]:
        return measure.agreement(truth, np.array(colors, np.uint8))

    green, white = (90, 160, 80), (255, 255, 255)
    assert agree(red, near_red, blue, red) == (1, 1)
    assert agree(green, green, red, green) == (1, 1)  # other colours, the same sense
    assert agree(green, green, green, green) == (1, 0)
    assert agree(green, blue, red, blue) == (pytest.approx(1 / 3), 1)
    assert agree(white, white, white, white) == (0, 0)  # nothing was coloured
    assert np.isnan(measure.agreement(truth[:1], np.array([red], np.uint8))).all()


def test_rows_that_are_known() -> None:
    given = drawing()
    truth = measure.figures_of([given.item.truth], given.case)
    assert (truth.alike, truth.unlike, truth.deltae) == (1, 1, pytest.approx(0, abs=0.1))
    assert truth.overlap > 0.99 and 3 <= truth.colors <= len(COLORS)
    bare = measure.figures_of([copy(given.item.lines)], given.case)
    assert (bare.colors, bare.alike, bare.overlap, bare.colorfulness) == (0, 0, 0, 0)
    one = draw_lines_over(np.full((*given.item.lines.shape, 3), (230, 190, 60), np.uint8), given.item.lines)
    beige = measure.figures_of([one], given.case)
    assert (beige.colors, beige.alike, beige.unlike) == (1, 1, 0) and beige.overlap < 0.7
    several = measure.figures_of([one, given.item.truth], given.case)
    assert several.deltae == beige.deltae > 5 and several.deltae_best == truth.deltae


def run(*arguments: str) -> str:
    done = CliRunner().invoke(evaluate, ["--task", "unhinted", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = prepare(tmp_path / "data", held_out=12, tuning=5)
    (folder / "downloads").symlink_to(downloads(None))  # the network is fetched once
    downloads(None).mkdir(parents=True, exist_ok=True)
    return folder


def test_the_command_on_held_out_drawings(data: Path, tmp_path: Path) -> None:
    record, sheet = tmp_path / "all.json", tmp_path / "sheet.png"
    said = run(
        *("--set", "held-out", "--data", str(data), "--limit", "6", "--seeds", "2"),
        *("--json", str(record), "--sheet", str(sheet)),
    )
    assert "6 drawings, KID against 6 others" in said and "halves of 3 results and 3 others" in said
    assert "KID of colorgan less that of G'MIC" in said
    told = json.loads(record.read_text())
    rows = {row["row"]: row for row in told["unhinted"]}
    assert list(rows) == [row for row in measure.ROWS if row != "pix2pix"]  # which needs weights of its own
    truth, lines = rows["truth"], rows["copy"]
    assert abs(truth["kid"]["value"]) < 3 * truth["kid"]["error"] < lines["kid"]["value"]
    assert truth["colorfulness_ratio"] == 1 and lines["colorfulness_ratio"] == 0
    assert rows["constant"]["unlike"] == 0 and rows["constant"]["alike"] == 1
    assert rows["random"]["deltae_best"] < rows["random"]["deltae"]
    assert 0 < rows["gmic"]["colorfulness_ratio"] < 0.5  # G'MIC's colours are pale
    assert rows["colorgan"]["overlap"] > 0.5
    assert len(told["drawings"]["colorgan"]) == 6
    with Image.open(sheet) as shown:
        assert shown.width > 4 * 176


def test_sets_of_compositions_and_pairs(data: Path, tmp_path: Path) -> None:
    for condition in ("clean", "pencil"):
        for number in range(2):
            made = rooms(20 + number)
            assert made.outline is not None
            for kind, plane in (("line", made.outline[0]), ("gt", made.color)):
                place = tmp_path / "set" / condition / kind / f"{number}.png"
                place.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(plane).save(place)
    entries = entries_of(str(tmp_path / "set"), data, None)
    assert [entry.name for entry in entries] == ["clean/0", "clean/1", "pencil/0", "pencil/1"]
    one = entries[2].read()
    assert one.item.name == "pencil/0" and (one.item.lines == one.case.gray).all()
    assert len(entries_of(str(tmp_path / "set"), data, 1)) == 2  # one a condition
    said = run("--set", str(tmp_path / "set"), "--data", str(data), "--rows", "constant")
    assert "4 drawings, KID against 12 others" in said  # all held-out drawings


def test_pix2pix_is_a_row_where_its_weights_are_given(data: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    weights = tmp_path / "pix2pix.safetensors"
    save_file(UNet256(CHANNELS).state_dict(), weights, {"trained": "7 steps of 8 in 2 minutes of 1 cores"})
    said = run("--set", "held-out", "--data", str(data), "--limit", "6", "--rows", "pix2pix", "--pix2pix", str(weights))
    assert "pix2pix, U-Net 256" in said and "trained in 7 steps of 8 in 2 minutes of 1 cores" in said


def test_what_cannot_be_measured_is_told(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="rows of unhinted are"):
        run("--set", "held-out", "--data", str(data), "--rows", "magic")
    with pytest.raises(UsageError, match="pix2pix needs its weights"):
        run("--set", "held-out", "--data", str(data), "--rows", "pix2pix")
    with pytest.raises(UsageError, match="tuxpaint has no colour truth"):
        run("--set", "tuxpaint", "--data", str(data))
    with pytest.raises(InputError, match="0 are left: measure fewer"):
        run("--set", "held-out", "--data", str(data), "--rows", "copy")
    with pytest.raises(InputError, match="1 are left"):
        run("--set", "tuning-part", "--data", str(data), "--limit", "4", "--rows", "copy")
    with pytest.raises(InputError, match="KID needs 4 drawings"):
        run("--set", "held-out", "--data", str(data), "--limit", "3", "--rows", "copy")
    for number in range(4):
        (tmp_path / "art").mkdir(exist_ok=True)
        Image.fromarray(rooms(number).color).save(tmp_path / f"art/{number}.png")
    with pytest.raises(UsageError, match="--data"):
        run("--set", str(tmp_path / "art"), "--rows", "copy")
