"""Dabs to done: sets that are read one drawing at a time, the held-out part, the sheet, and what the measure gives."""

from __future__ import annotations

import importlib.util
import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from colorgan_core.errors import ColorganError, InputError, UsageError, WeightsError
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_train.cache import write_shard
from colorgan_train.evaluate_command import evaluate
from colorgan_train.evaluation import dab_measure, dab_rows, dab_sheet
from colorgan_train.evaluation.dab_figures import Table
from colorgan_train.evaluation.dab_rows import Gmic, OutOfTime, colorgan_row
from colorgan_train.evaluation.dab_sets import Entry, folder_entries, open_set
from colorgan_train.evaluation.dabs import Case, Dab, bucket_row, copy_row, flat_row, planes, play
from colorgan_train.render import SIZE, Rendered
from colorgan_train.split import HELD_OUT, TRAINING

GREEN, PINK = (40, 160, 70), (240, 150, 170)


def rooms(size: int) -> tuple[np.ndarray, np.ndarray]:
    """(lines (h, w), colour (h, w, 3)) of a box of two rooms on paper."""
    at = [size * eighth // 8 for eighth in (1, 4, 7)]
    lines, color = np.full((size, size), 255, np.uint8), np.full((size, size, 3), 255, np.uint8)
    color[at[0] : at[2], at[0] : at[1]], color[at[0] : at[2], at[1] : at[2]] = GREEN, PINK
    width = max(2, size // 100)
    for place in at:
        lines[at[0] : at[2] + width, place : place + width] = 0
    for place in (at[0], at[2]):
        lines[place : place + width, at[0] : at[2] + width] = 0
    return lines, color


def write(place: Path, kind: str, name: str, array: np.ndarray) -> None:
    (place / kind).mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(place / kind / f"{name}.png", compress_level=1)


def written(folder: Path, count: int, size: int = 128) -> Path:
    """A set of a folder with `count` drawings of two rooms."""
    lines, color = rooms(size)
    for number in range(count):
        for kind, array in (("line", lines), ("gt", color)):
            write(folder, kind, f"{number:02d}", array)
    return folder


def measured(folder: Path, *more: str) -> dict[str, object]:
    record = folder.with_suffix(".json")
    arguments = ["--task", "dabs", "--set", str(folder), "--json", str(record), *more]
    result = CliRunner().invoke(evaluate, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return dict(json.loads(record.read_text()))


# ---- sets

PEAKS = """
import resource, sys
from pathlib import Path
from colorgan_train.evaluation import dab_measure
from colorgan_train.evaluation.dab_sets import folder_entries

if __name__ == "__main__":
    with dab_measure.players(["flat"], "", "cpu", False, 1) as pool:
        dab_measure.measure(pool, folder_entries(Path(sys.argv[1])), ["flat"])
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        print(resource.getrusage(who).ru_maxrss // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peaks are read as Linux gives them")
def test_memory_does_not_grow_with_the_number_of_drawings(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    script = tmp_path / "peaks.py"
    script.write_text(PEAKS)

    def peaks(count: int) -> list[int]:
        """MB of the command's process, and of the one that plays."""
        folder = written(tmp_path / f"{count}", count, 1024)
        done = subprocess.run([sys.executable, script, folder], capture_output=True, text=True, check=True)
        return [int(line) for line in done.stdout.split()]

    few, many = peaks(2), peaks(22)  # twenty more drawings are 120 MB
    assert many[0] - few[0] < 30
    assert many[1] - few[1] < 30


def test_an_entry_is_small_when_it_travels_and_read_where_it_arrives(tmp_path):
    (entry,) = folder_entries(written(tmp_path / "set", 1, 512))[""]
    sent = pickle.dumps(entry)
    assert len(sent) < 1000
    case = pickle.loads(sent).read()
    assert (case.name, case.picture.shape, case.truth.shape) == ("00", (512, 512, 3), (512, 512, 3))


@pytest.mark.parametrize("kind", ["gt", "ink", "surfaces"])
def test_a_truth_of_another_size_is_named_before_the_work(tmp_path, kind):
    folder = written(tmp_path / "set", 2)
    write(folder, kind, "01", np.zeros((100, 128, 3) if kind == "gt" else (100, 128), np.uint8))
    with pytest.raises(InputError, match=rf"01\.png and its truth in `{kind}`.*128 x 128 and 128 x 100"):
        folder_entries(folder)


def test_a_drawing_without_truth_and_one_that_is_no_picture_are_named(tmp_path):
    folder = written(tmp_path / "set", 2)
    (folder / "gt" / "01.png").unlink()
    with pytest.raises(InputError, match=r"01\.png has no finished picture"):
        folder_entries(folder)
    (folder / "gt" / "01.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"gt.01\.png cannot be read"):
        folder_entries(folder)


def test_a_picture_that_is_cut_short_ends_the_command_with_its_name(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = written(tmp_path / "set", 2, 256)
    damaged = folder / "gt" / "01.png"
    noise = np.random.default_rng(0).integers(0, 255, (256, 256, 3), np.uint8)
    Image.fromarray(noise).save(damaged)
    damaged.write_bytes(damaged.read_bytes()[:9000])
    with pytest.raises(InputError, match=r"gt.01\.png cannot be read"):
        CliRunner().invoke(evaluate, ["--task", "dabs", "--set", str(folder), "--rows", "flat"], catch_exceptions=False)


def prepared(folder: Path, sources: dict[str, int], part: str = HELD_OUT) -> Path:
    """Prepared data with so many drawings a source, and one more that has no outline."""
    lines, color = rooms(SIZE)
    outline = np.stack([lines, np.minimum(lines, np.roll(lines, 1, 1))])
    alpha = np.where((color < 255).any(2), 255, 0).astype(np.uint8)
    box = (0, 0, SIZE, SIZE)
    for source, count in sources.items():
        (folder / source).mkdir(parents=True)
        squares = [Rendered(color, alpha, outline, box, True)] * count + [Rendered(color, alpha, None, box, True)]
        items = [
            {
                "source": source, "name": f"{source}-{number}", "kind": "vector", "part": part, "family": "", "box": box,
                "has_alpha": True, "has_outline": square.outline is not None,
            }
            for number, square in enumerate(squares)
        ]  # fmt: skip
        write_shard(folder / source / "0000", squares, {"items": items})
    return folder


def test_the_held_out_part_is_played_by_source_with_its_own_outlines(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    data = prepared(tmp_path / "data", {"emojione": 3, "openclipart": 2})
    entries = open_set("held-out", data, None)
    assert {source: len(found) for source, found in entries.items()} == {"emojione": 3, "openclipart": 2}
    assert {source: len(found) for source, found in open_set("held-out", data, 2).items()} == {
        "emojione": 2,
        "openclipart": 2,
    }
    lines, color = rooms(SIZE)
    case = entries["emojione"][0].read()
    assert np.array_equal(case.picture, np.repeat(lines[..., None], 3, 2))
    assert np.array_equal(case.truth, color)
    assert case.labels[SIZE // 2, SIZE // 4] != case.labels[SIZE // 2, 3 * SIZE // 4]
    record = tmp_path / "figures.json"
    arguments = ["--task", "dabs", "--set", "held-out", "--data", str(data), "--rows", "bucket", "--json", str(record)]
    result = CliRunner().invoke(evaluate, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    drawings = json.loads(record.read_text())["dabs"]["bucket"]
    assert sorted(drawings) == ["emojione", "openclipart"]
    assert all(each["shares"][2] > 0.99 for found in drawings.values() for each in found.values())


def test_without_a_limit_the_held_out_part_is_spread_over_all_sources(tmp_path, monkeypatch):
    monkeypatch.setattr("colorgan_train.evaluation.dab_sets.COUNT", 4)
    entries = open_set("held-out", prepared(tmp_path, {"emojione": 9, "openclipart": 3}), None)
    assert {source: len(found) for source, found in entries.items()} == {"emojione": 3, "openclipart": 1}


def test_what_is_missing_for_the_held_out_part_is_said(tmp_path):
    with pytest.raises(UsageError, match="--data"):
        open_set("held-out", None, None)
    with pytest.raises(InputError, match="kept out of training"):
        open_set("held-out", prepared(tmp_path, {"noto": 2}, TRAINING), None)


# ---- the measure

GOLDEN = Path(__file__).parents[1] / "golden" / "dabs"
CURVES = json.loads((GOLDEN / "curves.json").read_text())["curves"]


def painted_by_area(case: Case) -> Callable[[Sequence[Dab]], np.ndarray]:
    """The row of `paint_bucket.py`, which the reference has played, too."""
    spec = importlib.util.spec_from_file_location("paint_bucket", GOLDEN / "paint_bucket.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return lambda dabs: module.run(case.picture, *planes(dabs, case.off.shape))


AGREEMENT = 0.01  # at most .0033 when they were written; the reference's Lab is rounded elsewhere
GOLDEN_ROWS = {"bucket": bucket_row, "copy": copy_row, "flat": flat_row, "areas": painted_by_area}


@pytest.mark.parametrize("kind", ["dabs", "careless dabs"])
@pytest.mark.parametrize("row", GOLDEN_ROWS)
def test_curves_agree_with_the_reference_at_every_number_of_dabs(row, kind):
    entries = {entry.name: entry for entry in folder_entries(GOLDEN)[""]}
    assert list(CURVES[kind][row]) == list(entries)
    for name, reference in CURVES[kind][row].items():
        case = entries[name].read()
        shares, _ = play(GOLDEN_ROWS[row](case), case, careless=kind == "careless dabs")
        assert len(shares) == len(reference) == 17
        assert np.abs(np.array(shares) - reference).max() < AGREEMENT, name


def test_careless_dabs_are_others():
    """Otherwise the golden curves would not notice a measure that ignores the choice."""
    assert CURVES["dabs"]["areas"] != CURVES["careless dabs"]["areas"]


# ---- the weights that come along


def mirrored(case: Case) -> Case:
    planes = (case.picture, case.truth, case.ink, case.surfaces)
    turned = (None if each is None else np.ascontiguousarray(each[:, ::-1]) for each in planes)
    return Case(f"{case.name} mirrored", *turned)  # type: ignore[arg-type]


FLOORS = {1: 0.42, 4: 0.81, 8: 0.9}  # right after so many dabs; .469, .862 and .949 when the weights were put here


def test_the_shipped_weights_do_not_fall_below_a_floor():
    """Ten drawings, five and their mirror images: no worse weights can come along."""
    cases = [entry.read() for entry in folder_entries(GOLDEN)[""]]
    shares = []
    for case in [*cases, *map(mirrored, cases)]:
        found, _ = play(colorgan_row(case, Colorizer(Loaded("default", "cpu"))), case, max(FLOORS))
        shares.append(found + [found[-1]] * (max(FLOORS) + 1 - len(found)))
    means = np.array(shares).mean(0)
    assert all(means[count] >= floor for count, floor in FLOORS.items()), means.round(3)


# ---- the command


def test_weights_that_cannot_be_read_end_the_command_instead_of_being_tried_for_ever(tmp_path):
    folder = written(tmp_path / "set", 1)
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(b"no weights")
    arguments = ["--task", "dabs", "--set", str(folder), "--rows", "colorgan", "--weights", str(damaged)]
    with pytest.raises(WeightsError, match="damaged"):
        CliRunner().invoke(evaluate, arguments, catch_exceptions=False)


def test_the_sheet_shows_drawing_dabs_results_and_truth_at_native_size(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder, sheet = tmp_path / "set", tmp_path / "sheet.png"
    for condition in ("clean", "hatching", "phone"):
        written(folder / condition, 4)
    figures = measured(folder, "--rows", "bucket,flat", "--sheet", str(sheet))
    assert figures["set"]["count"] == 12
    picture = np.asarray(Image.open(sheet).convert("RGB"))
    lines, color = rooms(128)
    columns, rows = 5, 5  # of twelve drawings five are shown
    head = (picture.shape[0] - dab_sheet.GAP - rows * (128 + dab_sheet.GAP)) // rows
    assert 20 <= head <= 60 and picture.shape[1] == columns * (128 + dab_sheet.GAP) + dab_sheet.GAP

    def cell(row: int, column: int) -> np.ndarray:
        top, left = head + row * (128 + head + dab_sheet.GAP), dab_sheet.GAP + column * (128 + dab_sheet.GAP)
        return picture[top : top + 128, left : left + 128]

    for row in range(rows):
        assert np.array_equal(cell(row, 0), np.repeat(lines[..., None], 3, 2))
        assert np.array_equal(cell(row, 4), color)
        assert np.array_equal(cell(row, 3)[64, 30], GREEN)  # flat: every surface in its colour
        for column, middle in ((40, GREEN), (90, PINK)):  # bucket: both rooms were dabbed and filled
            assert np.array_equal(cell(row, 2)[64, column], middle)
            assert (cell(row, 1)[:, column - 30 : column + 30].reshape(-1, 3) == middle).all(1).any()


def test_the_sheet_spreads_its_drawings_over_the_conditions(tmp_path):
    entries = {f"{number:02d}": [Entry(name, lambda: None) for name in "ab"] for number in range(10)}
    titles = [title for title, _ in dab_sheet.shown(entries)]
    assert len({title.split()[0] for title in titles}) == len(titles) == dab_sheet.ROWS
    assert [title for title, _ in dab_sheet.shown({"": entries["00"]})] == ["a", "b"]


def test_a_dab_is_drawn_in_its_color_and_ring_and_keep_unpainted_in_red():
    drawing = np.full((60, 120, 3), 255, np.uint8)
    where = np.zeros((2, 60, 120), bool)
    where[0, 25:35, 25:35], where[1, 25:35, 85:95] = True, True
    picture = dab_sheet.dabs_over(drawing, [Dab(where[0], PINK, (30, 30)), Dab(where[1], None, (30, 90))])
    assert (picture[where[0]] == PINK).all() and (picture[where[1]] == 255).all()
    assert tuple(picture[30, 23]) == dab_sheet.DARK and tuple(picture[30, 83]) == dab_sheet.BARE
    assert (picture[:, 50:70] == 255).all()


def test_a_caption_does_not_run_into_the_next_picture_s():
    blank = np.full((40, 200, 3), 255, np.uint8)
    alone = dab_sheet.native_sheet([[("", blank), ("truth", blank)]])
    beside = dab_sheet.native_sheet([[("a very long name " * 9, blank), ("truth", blank)]])
    start = dab_sheet.GAP + 200
    assert np.array_equal(alone[:, start:], beside[:, start:]) and not np.array_equal(alone, beside)


def test_gmic_is_not_run_again_where_a_dab_leaves_no_new_hint(tmp_path, monkeypatch):
    """A dab in dense tone, or one on a place that was dabbed before."""
    lines, color = rooms(64)
    row = Gmic("", tmp_path)
    runs: list[np.ndarray] = []

    def colored(gray: np.ndarray, hints: np.ndarray, limit: float | None) -> tuple[np.ndarray, float]:
        runs.append(hints)
        return hints[..., :3].copy(), 1.0

    monkeypatch.setattr(row, "colored", colored)
    case = Case("rooms", np.repeat(lines[..., None], 3, 2), color)
    paint = row.row(case)
    first, on_line, second = np.zeros((3, 64, 64), bool)
    first[20:24, 20:24] = second[20:24, 44:48] = on_line[8:10, 20:30] = True
    dabs = [Dab(first, GREEN, (22, 22)), Dab(on_line, GREEN, (8, 25)), Dab(second, PINK, (22, 46))]
    results = [paint(dabs[:count]) for count in (1, 2, 3)]
    assert len(runs) == 2
    assert np.array_equal(results[0], results[1]) and not np.array_equal(results[1], results[2])
    assert np.array_equal(paint(dabs[:1]), results[0])


# ---- G'MIC's time

STUB = """
import sys, types

class Image:
    def __init__(self, yxc):
        self.yxc = yxc

    from_yxc = classmethod(lambda cls, array: cls(array))

def run(command, layers):
    while layers[-1].yxc.max() == 0:  # a black drawing takes for ever
        pass

sys.modules["gmic"] = types.SimpleNamespace(Image=Image, ImageList=list, run=run)
sys.argv[0] = WORKER
exec(compile(open(WORKER).read(), WORKER, "exec"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of processor time")
def test_gmic_is_ended_when_its_processor_time_is_used_up_and_goes_on_with_the_next_drawing(tmp_path, monkeypatch):
    worker = dab_rows.WORKERS / "gmic_worker.py"
    (tmp_path / "gmic_worker.py").write_text(f"WORKER = {str(worker)!r}\n{STUB}")
    monkeypatch.setattr(dab_rows, "WORKERS", tmp_path)
    hints = np.zeros((32, 32, 4), np.uint8)
    black, white = np.zeros((32, 32), np.uint8), np.full((32, 32), 255, np.uint8)
    with Gmic(sys.executable, tmp_path) as gmic:
        assert 0 <= gmic.colored(white, hints, 60)[1] < 5
        with pytest.raises(OutOfTime):
            gmic.colored(black, hints, 0.5)
        picture, seconds = gmic.colored(white, hints)
        assert picture.shape == (32, 32, 3) and seconds < 5
        gmic.process.kill()
        with pytest.raises(ColorganError, match="stopped in the middle"):
            gmic.colored(white, hints, 60)


class Slow:
    """As `Gmic`: each result takes 10 s, and shows what it was made from."""

    def __init__(self) -> None:
        self.limits: list[float | None] = []

    def row(self, case: Case, limit: float | None = None) -> dab_rows.GmicPaint:
        return dab_rows.GmicPaint(self, case, np.zeros(case.off.shape, bool), limit)  # type: ignore[arg-type]

    def colored(self, gray: np.ndarray, hints: np.ndarray, limit: float | None) -> tuple[np.ndarray, float]:
        self.limits.append(limit)
        if limit is not None and limit < 10:
            raise OutOfTime
        return np.where(hints[..., 3:] > 0, hints[..., :3], 255).astype(np.uint8), 10.0


def test_a_drawing_on_which_gmic_runs_out_of_time_keeps_its_last_result_and_is_counted(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    slow = Slow()
    monkeypatch.setattr(dab_measure, "gmic", lambda: slow)
    monkeypatch.setattr(dab_measure, "TIME_LIMIT", 25)
    monkeypatch.setattr(dab_measure, "settings", dab_measure.Settings(("gmic",), "", "cpu", False, "", tmp_path))
    (entry,) = folder_entries(written(tmp_path / "set", 1))[""]
    cut = dab_measure.judge(entry)["gmic"]
    assert slow.limits == [25, 15, 5]  # never asked again
    assert cut.timed_out and cut.shares[1] > 0
    assert len(cut.shares) == 17 and set(cut.shares[2:]) == {cut.shares[2]}
    assert np.isnan([cut.paper_hinted, cut.spill, cut.whole]).all() and cut.paper == 1
    kept = dab_measure.judge(entry)["gmic"]
    assert len(slow.limits) == 3 and kept.timed_out and kept.shares == cut.shares
    monkeypatch.setattr(dab_measure, "TIME_LIMIT", 10_000)  # another limit, other figures
    whole = dab_measure.judge(entry)["gmic"]
    assert not whole.timed_out and not np.isnan(whole.spill)

    table = Table()
    for name, figures in (("one", cut), ("two", whole)):
        table.add("gmic", "clean" if name == "one" else "tone", name, figures)
    assert dab_measure.out_of_time(table, "gmic", None) == dab_measure.out_of_time(table, "gmic", "clean") != ""
    assert dab_measure.out_of_time(table, "gmic", "tone") == ""
    assert dab_measure.time_limits(table) == {"gmic": {"seconds": 10_000, "drawings": 1}}
    assert "on 1 of 2 drawings" in dab_measure.verdicts(table)[0]
    assert [table.record()["gmic"][key][name]["timed_out"] for key, name in (("clean", "one"), ("tone", "two"))] == [
        True,
        False,
    ]
