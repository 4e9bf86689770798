"""The table of DESIGN.md: hints drawn by area, judged by the rest of the painted area."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from rooms import COLORS, prepare

from colorgan_core.errors import InputError, UsageError
from colorgan_train.evaluate_command import evaluate
from colorgan_train.evaluation import propagate, propagate_measure
from colorgan_train.evaluation.dabs import Case
from colorgan_train.evaluation.drawings import many_colored, painted_surfaces
from colorgan_train.evaluation.propagate import HINTS, figures_of, task_of


def case_of(colors: list[tuple[int, int, int]], widths: list[int], name: str = "stripes") -> Case:
    """Stripes side by side with a line between any two."""
    truth = np.full((128, sum(widths), 3), 255, np.uint8)
    ink = np.full(truth.shape[:2], 255, np.uint8)
    ink[:2] = ink[-2:] = 0
    left = 0
    for color, width in zip(colors, widths, strict=True):
        truth[:, left : left + width] = color
        ink[:, left : left + 2] = 0
        left += width
    return Case(name, np.repeat(ink[..., None], 3, 2), truth, ink)


RED, BLUE, GREEN = (200, 60, 50), (60, 120, 200), (90, 160, 80)
FIVE = case_of([RED, BLUE, RED, GREEN, RED], [22, 42, 22, 22, 42])


def test_paper_is_no_painted_surface_and_medians_are_the_truth() -> None:
    case = case_of([RED, (255, 255, 255), BLUE, RED], [32, 32, 32, 2])
    surfaces = painted_surfaces(case)
    assert len(surfaces.labels) == 2  # the last stripe lies under its line
    assert [tuple(case.medians[label]) for label in surfaces.labels] == [RED, BLUE]
    assert surfaces.areas.tolist() == [30 * 124, 30 * 124]


def test_the_truth_is_right_and_what_is_left_unpainted_is_wrong() -> None:
    task = task_of(FIVE)
    truth = FIVE.medians[task.surfaces.labels]
    found = figures_of(lambda count: truth, task)
    assert found.share[:4] == pytest.approx((1, 1, 1, 1)) and found.deltae[:4] == pytest.approx((0, 0, 0, 0))
    assert np.isnan(found.share[4])  # five surfaces cannot have eight hints
    cream = task_of(case_of([(250, 246, 238)] * 6, [30] * 6))
    white = figures_of(lambda count: np.full((6, 3), 255, np.uint8), cream)
    assert white.deltae[0] < 10 and white.share[0] == 0


def test_figures_are_of_the_unhinted_area() -> None:
    task = task_of(FIVE)
    red = figures_of(lambda count: np.array([RED] * 5, np.uint8), task)
    areas = np.array([20, 40, 20, 20, 40])
    is_red = np.array([True, False, True, False, True])
    for place, count in enumerate(HINTS[:4]):
        rest = np.setdiff1d(np.arange(5), task.order[:count])
        assert red.share[place] == pytest.approx(areas[rest[is_red[rest]]].sum() / areas[rest].sum())


def test_hints_are_true_colours_off_the_ink_drawn_by_area_and_the_same_again() -> None:
    firsts = []
    for number in range(300):
        task = task_of(case_of([RED, BLUE, GREEN], [20, 20, 60], f"drawing {number}"))
        assert len(task.dabs) == 3
        firsts.append(task.order[0])
        for place, dab in zip(task.order, task.dabs, strict=True):
            assert dab.color == (RED, BLUE, GREEN)[place]
            assert task.case.off[dab.where].all()
    assert np.mean(np.array(firsts) == 2) == pytest.approx(58 / 94, abs=0.08)
    again = task_of(case_of([RED, BLUE, GREEN], [20, 20, 60], "drawing 299"))
    assert again.order == task.order and all(
        (a.where == b.where).all() for a, b in zip(again.dabs, task.dabs, strict=True)
    )


def test_floors_take_the_nearest_and_the_best_hint() -> None:
    task = task_of(FIVE)
    assert (propagate.nearest(task)(0) == 255).all() and (propagate.best(task)(0) == 255).all()
    for count in (1, 2, 4):
        hinted = list(task.order[:count])
        near, best = propagate.nearest(task)(count), propagate.best(task)(count)
        truth = FIVE.medians[task.surfaces.labels]
        for place in range(5):
            closest = hinted[int(np.abs(task.middles[hinted, 1] - task.middles[place, 1]).argmin())]
            assert (near[place] == truth[closest]).all()
            if any((truth[place] == truth[each]).all() for each in hinted):
                assert (best[place] == truth[place]).all()
        shares = [figures_of(row(task), task).share for row in (propagate.nearest, propagate.best)]
        assert all(one <= other for one, other in zip(shares[0][1:4], shares[1][1:4], strict=True))


def run(*arguments: str) -> str:
    done = CliRunner().invoke(evaluate, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_the_command_on_a_part_of_prepared_data(tmp_path: Path) -> None:
    data = str(prepare(tmp_path / "data", held_out=4, tuning=2))
    record, sheet = tmp_path / "p.json", tmp_path / "p.png"
    shared = ("--task", "propagate", "--data", data, "--json", str(record))
    said = run("--set", "held-out", "--limit", "2", "--sheet", str(sheet), *shared)
    assert "2 of 4 drawings of held-out" in said and "drawings with a surface left" in said
    told = json.loads(record.read_text())
    assert told["set"] == {"name": "held-out", "count": 2, "of": 4, "hints": list(HINTS)}
    rows = {row["row"]: row for row in told["propagate"]}
    assert list(rows) == ["colorgan", "nearest", "best", "gmic"]
    assert rows["best"]["share"][4][0] > 0.5 and rows["best"]["deltae"][4] < rows["nearest"]["deltae"][4]
    assert 0 <= rows["colorgan"]["share"][0][1] <= rows["colorgan"]["share"][0][2] <= 1
    assert rows["gmic"]["deltae"][0] > 5  # G'MIC's own pale colours
    assert [len(each["share"]) for each in told["drawings"]["gmic"].values()] == [len(HINTS)] * 2
    assert sheet.stat().st_size > 1000
    assert "2 of 2 drawings of tuning-part" in run("--set", "tuning-part", "--rows", "nearest,best", *shared)


def test_gmic_is_kept_and_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propagate_measure, "user_cache", lambda: tmp_path / "cache")
    task = task_of(FIVE)
    with propagate_measure.open_gmic() as rival:
        first = [propagate_measure.gmic(rival, task)(count) for count in (0, 4)]
        assert (first[0] != first[1]).any() and (first[0].min(1) < 255).any()
        monkeypatch.setattr(rival, "colored", lambda *_: pytest.fail("coloured again"))
        again = [propagate_measure.gmic(rival, task)(count) for count in (0, 4)]
    assert all((one == other).all() for one, other in zip(first, again, strict=True))


def test_what_cannot_be_measured_is_told(tmp_path: Path) -> None:
    data = prepare(tmp_path / "data", held_out=1)
    with pytest.raises(UsageError, match="rows of propagate are"):
        run("--task", "propagate", "--set", "held-out", "--data", str(data), "--rows", "magic")
    with pytest.raises(UsageError, match="There is no part openmoji"):
        run("--task", "propagate", "--set", "openmoji", "--data", str(data), "--rows", "best")
    with pytest.raises(UsageError, match="--data"):
        run("--task", "propagate", "--set", "held-out", "--rows", "best")
    with pytest.raises(InputError, match="has 20 painted surfaces"):
        many_colored("held-out", data, 20, None)
    assert len(COLORS) < HINTS[-1]  # so the best of eight hints is often right
