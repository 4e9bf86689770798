"""`colorgan evaluate` from end to end, with the protocol's helper and the network played by stand-ins."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from colorgan_core.errors import ColorganError, MissingDependency, UsageError
from colorgan_train.evaluate_command import evaluate
from colorgan_train.evaluation import (
    environments,
    gray,
    lineart,
    measures,
    network,
    processes,
    rivals,
    sets,
    tables,
    unhinted,
)
from colorgan_train.evaluation import hintauc_bridge as bridge
from colorgan_train.evaluation.keep import Keep, load, ratio_name, save
from colorgan_train.evaluation.sets import EvaluationSet, Item

GREEN, PINK = (40, 160, 70), (240, 150, 170)


def item_of(name: str = "rooms", left: tuple[int, ...] = GREEN, right: tuple[int, ...] = PINK) -> Item:
    """A box of two rooms on bare paper."""
    lines = np.full((64, 96), 255, np.uint8)
    lines[8:10, 8:88] = lines[54:56, 8:88] = lines[8:56, 8:10] = lines[8:56, 86:88] = lines[8:56, 47:49] = 0
    coverage = np.zeros_like(lines)
    coverage[8:56, 8:88] = 255
    color = np.full((64, 96, 3), 255, np.uint8)
    color[8:56, 8:48], color[8:56, 48:88] = left, right
    truth = rivals.draw_lines_over(color, lines)
    return Item(name, lines, truth, truth, coverage)


def fake_hints(python: str, jobs: Sequence[tuple[Path, Path]], advance: Callable[[], None]) -> None:
    """No hints under 10 %, then the left room's, then both."""
    for truth, folder in jobs:
        color = load(truth)
        for ratio in bridge.RATIOS:
            hints = np.zeros((*color.shape[:2], 4), np.uint8)
            if ratio >= 0.1:
                hints[30:34, 20:30] = (*color[30, 20], 255)
            if ratio >= 0.5:
                hints[30:34, 60:70] = (*color[30, 60], 255)
            save(folder / ratio_name(ratio), hints)
        advance()


def fake_score(python: str, jobs: Sequence[tuple[Path, Path]], advance: Callable[[], None]) -> list[dict[str, float]]:
    def one(result: np.ndarray, truth: np.ndarray) -> dict[str, float]:
        return {
            "mse": measures.mse(result, truth),
            "psnr": measures.psnr(result, truth),
            "deltae": measures.picture_delta_e(result, truth),
        }

    return [one(load(result), load(truth)) for result, truth in jobs]


class Fake:
    """Fills regions from hints; without hints the left room in the palette's first colour, or a brown of its own."""

    description = "a stand-in"

    def __init__(self) -> None:
        self.asked = 0

    def colorize(self, request: Any) -> Any:
        self.asked += 1
        lines = request.picture[..., 0]
        if request.hints is not None:
            picture = rivals.region_fill(lines, request.hints)
        else:
            picture = rivals.copy(lines)
            brown = (150 + (request.seed or 0), 90, 60)
            picture[10:54, 10:47] = brown if request.palette is None else request.palette[0]
        painted = (picture != rivals.copy(lines)).any(2).astype(np.float32)
        return SimpleNamespace(picture=picture, coverage=painted)


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bridge, "make_hints", fake_hints)
    monkeypatch.setattr(bridge, "score", fake_score)
    monkeypatch.setattr(environments.platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    request = SimpleNamespace(ColorizeRequest=SimpleNamespace)
    monkeypatch.setitem(sys.modules, "colorgan_core.inference.pipeline", request)


def silent(title: str, steps: int) -> Callable[[], None]:
    return lambda: None


def test_curves_are_right_where_the_rows_are_known(tmp_path: Path) -> None:
    item, fake = item_of(), Fake()
    chosen = EvaluationSet("s", (item, item))
    keep = Keep(tmp_path / "keep")
    rows = ["colorgan", "pix2pix", "copy", "region-fill", "true-fill"]
    found = lineart.lineart_curves(
        chosen, rows, fake, "python", keep, tmp_path / "work", silent, lambda item, hints: np.array(item.truth)
    )
    curves = {curve.row: curve for curve in found}
    copied = measures.picture_delta_e(rivals.copy(item.lines), item.truth)
    assert curves["copy"].area("deltae") == pytest.approx(copied) == pytest.approx(curves["copy"].few("deltae"))
    fill = curves["region-fill"].means["deltae"]
    assert fill[0.0] == fill[0.05] == pytest.approx(copied)
    assert fill[1.0] == fill[0.5] == 0 < fill[0.25] < copied
    assert curves["true-fill"].means["deltae"] == pytest.approx(fill)
    assert curves["pix2pix"].area("deltae") == curves["colorgan"].means["deltae"][1.0] == 0
    assert fake.asked == 3  # three different hint pictures, though eight ratios and two equal items
    again = lineart.lineart_curves(chosen, ["region-fill"], None, "python", keep, tmp_path / "work", silent)
    assert again[0].means == curves["region-fill"].means


def test_flats_are_held_against_each_rival_by_their_deltae() -> None:
    def curve(row: str, deltae: float) -> lineart.Curve:
        falling = {ratio: 0.1 - ratio / 100 for ratio in bridge.RATIOS}
        return lineart.Curve(row, {"deltae": dict.fromkeys(bridge.RATIOS, deltae), "mse": falling})

    said = tables.verdicts([curve("colorgan", 9), curve("flats", 6), curve("gmic", 8), curve("pix2pix", 5)])
    assert "mse falls as hints are added." in said
    assert "deltae is at or under gmic's at every ratio; few is 25.0% under, many 25.0%." in said
    assert any(sentence.startswith("deltae is not under pix2pix's at 0 / ") for sentence in said)
    assert tables.verdicts([curve("gmic", 8)]) == []


def test_kept_rivals_are_not_worked_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, keep = EvaluationSet("s", (item_of(),)), Keep(tmp_path / "keep")
    lineart.lineart_curves(chosen, ["region-fill"], None, "python", keep, tmp_path, silent)
    monkeypatch.setattr(rivals, "region_fill", lambda *_: pytest.fail("coloured again"))
    lineart.lineart_curves(chosen, ["region-fill"], None, "python", keep, tmp_path, silent)


def test_the_five_figures_of_rows_that_are_known() -> None:
    chosen = EvaluationSet("s", (item_of("a"), item_of("b", right=(30, 30, 200))))
    rows = unhinted.unhinted_rows(chosen, Fake())
    assert list(rows) == ["colorgan", "best constant", "random palette", "copy"]
    perfect = unhinted.figures(
        "perfect",
        lambda item, seed, palette: network.Answer(item.truth, item.coverage > 0),
        chosen.items,
        2,
        lambda: None,
    )
    assert (perfect.overlap, perfect.chroma, perfect.deltae_best, perfect.mse) == (1, 1, 0, 0)
    assert perfect.ab_distance == pytest.approx(0) and perfect.colors == perfect.colors_truth == 2
    copy = unhinted.figures("copy", rows["copy"], chosen.items, 8, lambda: None)
    assert (copy.overlap, copy.colors, copy.ab_distance) == (0, 0, None)
    assert copy.chroma < 0.01 and copy.deltae == copy.deltae_best == copy.deltae_palette
    constant = unhinted.figures("best constant", rows["best constant"], chosen.items, 8, lambda: None)
    assert constant.overlap == 1 and constant.colors == 1 and 0 < constant.deltae < copy.deltae
    fake = unhinted.figures("colorgan", rows["colorgan"], chosen.items, 4, lambda: None)
    assert 0.4 < fake.overlap < 0.6 and fake.colors == 1
    assert fake.deltae_best <= fake.deltae and fake.deltae_palette < fake.deltae


def test_random_palettes_are_of_another_picture_and_repeat_with_their_seed() -> None:
    item = item_of()
    palette = np.array([[1, 2, 3], [200, 0, 0], [0, 200, 0], [0, 0, 200]], np.uint8)
    results = [unhinted.random_fill(item, seed, palette).picture for seed in range(8)]
    assert (results[0] == unhinted.random_fill(item, 0, palette).picture).all()
    assert len({result.tobytes() for result in results}) > 1
    assert all((result[2, 2] == 255).all() for result in results)
    assert {tuple(result[30, 20]) for result in results} <= {tuple(color) for color in palette}


def folder_of(tmp_path: Path) -> Path:
    for name, right in (("a", PINK), ("b", (30, 30, 200))):
        item = item_of(name, right=right)
        for part, array in (("line", item.lines), ("gt", np.dstack([item.truth, item.coverage]))):
            (tmp_path / "set" / part).mkdir(parents=True, exist_ok=True)
            Image.fromarray(array).save(tmp_path / "set" / part / f"{name}.png")
    return tmp_path / "set"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(evaluate, list(arguments), catch_exceptions=False)


def test_the_command_prints_tables_and_leaves_a_sheet_and_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("colorgan_train.evaluate_command.hintauc_python", lambda *_: "python")
    sheet, record = tmp_path / "sheet.png", tmp_path / "all.json"
    outputs = ("--sheet", str(sheet), "--json", str(record))
    done = run("--set", str(folder_of(tmp_path)), "--rows", "copy,region-fill", *outputs)
    assert done.exit_code == 0
    for words in ("Hint-AUC v1 on set, 2 pictures", "copy the line art", "Without hints", "best constant"):
        assert words in done.output
    told = json.loads(record.read_text())
    assert [row["row"] for row in told["lineart"]] == ["copy", "region-fill"]
    assert told["lineart"][1]["at"]["mse"]["1.00"] == 0
    assert told["set"]["count"] == 2 and told["set"]["items"] == ["a", "b"]
    assert load(sheet).shape[1] > 800


def test_the_greyscale_table(tmp_path: Path) -> None:
    record = tmp_path / "all.json"
    done = run("--set", str(folder_of(tmp_path)), "--task", "gray", "--rows", "copy", "--json", str(record))
    assert "leave it grey" in done.output
    (row,) = json.loads(record.read_text())["gray"]
    assert row["chroma"] < 0.01 and row["psnr"] < 30 and row["deltae"] > 1


def test_ten_hints_lie_in_the_largest_areas_and_have_their_colors() -> None:
    color = np.full((128, 128, 3), 255, np.uint8)
    color[20:60, 20:60], color[70:110, 20:60], color[20, 80:120] = GREEN, PINK, (30, 30, 200)  # the last is a sliver
    hints = gray.ten_hints(color)
    spots = hints[hints[..., 3] > 0][:, :3]
    assert {tuple(spot) for spot in spots} == {GREEN, PINK, (255, 255, 255)}
    assert (hints[40, 40] == (*GREEN, 255)).all() and (hints[90, 40] == (*PINK, 255)).all()


def test_grey_drawings_and_photographs_have_rows_of_their_own() -> None:
    rng = np.random.default_rng(0)
    items = tuple(
        sets.colored(name, rng.integers(0, 256, (32, 32, 3)).astype(np.uint8))
        for name in ("noto/cat", "gcompris-photos/dam", "twemoji/dog")
    )
    rows = gray.gray_figures(EvaluationSet("s", items), None, lambda: None)
    assert [row.part for row in rows] == ["drawings", "photographs"]
    assert all(row.row == "leave it grey" and row.chroma < 0.01 for row in rows)


def test_contradictions_are_told_before_anything_is_worked_out(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no row magic"):
        run("--set", str(tmp_path), "--rows", "copy,magic")
    with pytest.raises(ColorganError, match="does not exist"):
        run("--set", str(tmp_path), "--sheet", str(tmp_path / "no" / "sheet.png"))
    with pytest.raises(UsageError, match="needs its weights"):
        run("--set", str(tmp_path), "--rows", "pix2pix")


def test_an_interpreter_without_hintauc_is_refused() -> None:
    if bridge.version_in(sys.executable):
        pytest.skip("this interpreter has hintauc")
    with pytest.raises(MissingDependency, match="has no hintauc"):
        bridge.hintauc_python(sys.executable)
    with pytest.raises(MissingDependency, match="has no hintauc"):
        bridge.hintauc_python("no-such-python")


def test_answers_come_in_the_jobs_order_and_a_dead_worker_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "import json, sys\ntask = json.load(sys.stdin)\nfor i in reversed(range(len(task['jobs']))):\n"
    (tmp_path / "good.py").write_text(script + "    print(json.dumps([i, task['jobs'][i] + [task['more']]]))\n")
    (tmp_path / "bad.py").write_text("raise SystemExit('out of paint')\n")
    monkeypatch.setattr(processes, "WORKERS", tmp_path)
    steps: list[int] = []
    answers = processes.run_worker(sys.executable, "good.py", [["a"], ["b"]], {"more": 7}, lambda: steps.append(1))
    assert answers == [["a", 7], ["b", 7]] and len(steps) == 2
    assert processes.run_worker("no-such-python", "good.py", []) == []
    with pytest.raises(ColorganError, match="0 of 1 jobs: out of paint"):
        processes.run_worker(sys.executable, "bad.py", [["a"]])
