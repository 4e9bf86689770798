"""`colorgan colorize` with flats: layered files, masks, edits and reports, and one sentence where they cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyora
import pytest
from PIL import Image
from psd_tools import PSDImage

from colorgan_core.inference.loaded import Loaded
from colorgan_core.lineart.region_map import read_region_map
from colorgan_core.picture.pixels import read_picture, write_picture

Array = np.ndarray[Any, Any]
Run = Callable[..., Any]
USAGE, INPUT, OUTPUT = 2, 3, 4
RED, BLUE = (214, 63, 41), (31, 90, 201)


@pytest.fixture
def colorize(run: Run, lively: Path, tmp_path: Path) -> Run:
    """`colorgan colorize in.png -o OUT ...` with a network that has learnt nothing, in a folder with a drawing and hints."""
    picture = np.full((120, 160, 3), 255, np.uint8)
    cv2.rectangle(picture, (20, 20), (140, 100), (0, 0, 0), 2)
    cv2.line(picture, (80, 20), (80, 100), (0, 0, 0), 2)
    hints = np.zeros((120, 160, 4), np.uint8)
    hints[50:60, 40:50] = (*RED, 255)
    write_picture(tmp_path / "in.png", picture)
    write_picture(tmp_path / "hints.png", hints)

    def call(out: str | Path, *options: object, source: str = "in.png") -> Any:
        plain = () if "--task" in options else ("--task", "lineart")
        return run("colorize", tmp_path / source, "-o", tmp_path / out, "--weights", lively, *plain, *options)

    return call


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def stroke(path: Path, place: tuple[slice, slice], color: tuple[int, ...] = (0, 0, 0)) -> Path:
    """A picture with one stroke on a transparent ground."""
    array = np.zeros((120, 160, 4), np.uint8)
    array[place] = (*color, 255)
    write_picture(path, array)
    return path


@pytest.mark.parametrize("suffix", [".psd", ".psb"])
def test_photoshop_has_flats_shade_and_lines(suffix: str, colorize: Run, tmp_path: Path) -> None:
    assert colorize(f"out{suffix}", "--hints", tmp_path / "hints.png").code == 0
    psd = PSDImage.open(tmp_path / f"out{suffix}")
    assert [layer.name for layer in psd] == ["colorgan"]
    layers = list(psd[0])
    assert [layer.name for layer in layers] == ["flats", "shade", "lines"]
    assert [layer.blend_mode.name for layer in layers] == ["NORMAL", "HARD_LIGHT", "MULTIPLY"]
    assert (psd.width, psd.height) == (160, 120)
    flats = np.asarray(layers[0].topil().convert("RGBA"))  # type: ignore[union-attr]
    assert (flats[55 - layers[0].top, 45 - layers[0].left] == (*RED, 255)).all()
    lines = np.asarray(layers[2].topil().convert("RGB"))  # type: ignore[union-attr]
    np.testing.assert_array_equal(lines, read_picture(tmp_path / "in.png").array)


def test_openraster_has_flats_shade_and_lines(colorize: Run, tmp_path: Path) -> None:
    assert colorize("out.ora", "--hints", tmp_path / "hints.png").code == 0
    project = pyora.Project.load(str(tmp_path / "out.ora"))
    layers = {layer.name: layer for layer in project.iter_layers}
    assert [name for name in layers if name in ("flats", "shade", "lines")] == ["flats", "shade", "lines"]
    modes = {name: layers[name].composite_op for name in ("flats", "shade", "lines")}
    assert modes == {"flats": "svg:src-over", "shade": "svg:hard-light", "lines": "svg:multiply"}
    assert project.dimensions == (160, 120)


def test_png_layers_are_files_of_their_own(colorize: Run, tmp_path: Path) -> None:
    before = files_in(tmp_path)
    assert colorize("out.png", "--layers", "lines, flats", "--hints", tmp_path / "hints.png").code == 0
    assert set(files_in(tmp_path)) - set(before) == {"out.flats.png", "out.lines.png"}
    flats = read_picture(tmp_path / "out.flats.png").array
    assert flats.shape == (120, 160, 4) and (flats[24:98, 24:78] == (*RED, 255)).all()
    lines = read_picture(tmp_path / "out.lines.png").array
    np.testing.assert_array_equal(lines[..., :3], read_picture(tmp_path / "in.png").array)


def test_the_layers_asked_for_and_no_others(colorize: Run, tmp_path: Path) -> None:
    assert colorize("out.psd", "--layers", "flats").code == 0
    assert [layer.name for layer in PSDImage.open(tmp_path / "out.psd")[0]] == ["flats"]
    assert colorize("out.psd", "--no-shade").code == 0
    assert [layer.name for layer in PSDImage.open(tmp_path / "out.psd")[0]] == ["flats", "lines"]


@pytest.mark.parametrize(
    ("out", "options", "word"),
    [
        ("out.psd", ["--layers", "flats,skin"], "skin"),
        ("out.psd", ["--layers", ""], "without a name"),
        ("out.psd", ["--layers", "flats,,lines"], "without a name"),
        ("out.jpg", ["--layers", "flats"], ".psd"),
        ("out.xcf", [], ".psd"),
        ("out.png", ["--paint", "--layers", "flats"], "--paint"),
        ("out.psd", ["--paint"], "--paint"),
        ("out.png", ["--paint", "--masks"], "--paint"),
        ("out.png", ["--paint", "--report", "FOLDER/r.json"], "--paint"),
        ("out.psd", ["--layers", "shade", "--no-shade"], "shade"),
        ("out.psd", ["--layers", "holds"], "no holds"),
        ("out.psd", ["--task", "gray"], "grey"),
        ("out.png", ["--task", "gray", "--layers", "flats"], "grey"),
        ("out.png", ["--task", "gray", "--masks"], "grey"),
        ("out.png", ["--task", "gray", "--report", "FOLDER/r.json"], "grey"),
        ("out.psd", ["--report", "FOLDER/in.png"], "in.png"),
        ("out.png", ["--report", "FOLDER/out.png"], "out.png"),
        ("out.psd", ["--hints", "FOLDER/hints.png", "--report", "FOLDER/hints.png"], "hints.png"),
        ("hints.png", ["--layers", "flats", "--hints", "FOLDER/hints.flats.png"], "hints.flats.png"),
        ("hints.png", ["--layers", "flats", "--hints", "FOLDER/hints.flats.skin.png"], "hints.flats.skin.png"),
        ("out.psd", ["--masks", "--report", "FOLDER/out.regions.png"], "out.regions.png"),
        (
            "again.psd",
            ["--regions", "FOLDER/out.regions.png", "--report", "FOLDER/out.regions.png"],
            "out.regions.png",
        ),
        ("again.psd", ["--regions", "FOLDER/out.regions.png", "--seed", "3"], "--seed"),
        ("again.psd", ["--regions", "FOLDER/out.regions.png", "--close-gaps", "3"], "--close-gaps"),
        ("again.psd", ["--regions", "FOLDER/out.regions.png", "--reference", "FOLDER/in.png"], "--reference"),
        ("again.psd", ["--regions", "FOLDER/out.regions.png", "--task", "gray"], "--task"),
        ("again.png", ["--regions", "FOLDER/out.regions.png", "--paint"], "--paint"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    out: str, options: list[str], word: str, colorize: Run, tmp_path: Path
) -> None:
    """And every file is as it was, those of earlier jobs and the artist's own."""
    for name in ("out.psd", "out.png", "out.flats.png", "out.regions.png", "r.json", "r.png"):
        (tmp_path / name).write_bytes(b"older work")
    before = files_in(tmp_path)
    ran = colorize(out, *(option.replace("FOLDER", str(tmp_path)) for option in options))
    assert ran.code == USAGE and word in ran.sentence
    assert files_in(tmp_path) == before


def test_unwritable_places_are_told_before_the_work(
    colorize: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> None:
        raise AssertionError("the work has begun")

    monkeypatch.setattr(Loaded, "__init__", fail)
    (tmp_path / "taken.marked.png").mkdir()
    (tmp_path / "out.regions.png").mkdir()
    (tmp_path / "sheet.flats.png").mkdir()
    before = files_in(tmp_path)
    for out, options, place in (
        ("out.psd", ["--report", tmp_path / "nowhere" / "r.json"], "nowhere"),
        ("out.psd", ["--report", tmp_path / "in.png" / "r.json"], "in.png"),
        ("out.psd", ["--report", tmp_path / "taken.json"], "taken.marked.png"),
        ("out.psd", ["--masks"], "out.regions.png"),
        ("sheet.png", ["--layers", "flats"], "sheet.flats.png"),
        ("nowhere/out.psd", [], "nowhere"),
    ):
        ran = colorize(out, *options)
        assert ran.code == OUTPUT and place in ran.sentence, options
    assert files_in(tmp_path) == before


def test_report_and_masks(colorize: Run, tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    ran = colorize("out.psd", "--masks", "--report", report, "--hints", tmp_path / "hints.png")
    assert ran.code == 0 and ran.err == ""
    text = report.read_text("utf-8")
    told = json.loads(text)
    assert told["picture"] == "in.png" and str(tmp_path) not in text
    assert read_picture(tmp_path / "r.marked.png").size == (160, 120)
    flats = read_region_map(tmp_path / "out.regions.png")
    assert flats.regions.count == told["regions"] == 3
    assert tuple(flats.colors[flats.regions.labels[55, 45]]) == RED and flats.hinted.sum() == 1
    assert "#d63f29" in [each["color"] for each in told["colors"]]


def test_a_palettes_names_are_everywhere(colorize: Run, tmp_path: Path) -> None:
    (tmp_path / "team.gpl").write_text("GIMP Palette\n200 40 40 coat\n40 60 180 sky\n")
    hint = stroke(tmp_path / "coat.png", np.s_[50:60, 40:50], (200, 40, 40))
    options = ("--palette", tmp_path / "team.gpl", "--hints", hint, "--masks", "--report", tmp_path / "r.json")
    assert colorize("out.psd", *options).code == 0
    group = next(layer for layer in PSDImage.open(tmp_path / "out.psd").descendants() if layer.name == "flats")
    assert {"coat"} <= {layer.name for layer in group} <= {"coat", "sky"}  # type: ignore[attr-defined]
    with Image.open(tmp_path / "out.regions.png") as image:
        names = {entry["name"] for entry in json.loads(image.text["colorgan:regions"])}  # type: ignore[attr-defined]
    assert {"coat"} <= names <= {"coat", "sky"}
    assert "coat" in {each["name"] for each in json.loads((tmp_path / "r.json").read_text("utf-8"))["colors"]}


def test_an_edit_changes_its_region_alone(colorize: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--masks, then --regions with a hint: the network is not asked, and the map may be written to its own place."""
    assert colorize("out.png", "--no-shade", "--masks", "--hints", tmp_path / "hints.png").code == 0
    before = read_picture(tmp_path / "out.png").array

    def fail(*arguments: Any) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(Loaded, "predict", fail)
    edit = stroke(tmp_path / "edit.png", np.s_[50:60, 100:110], BLUE)
    options = ("--no-shade", "--hints", edit, "--masks")
    ran = colorize("out.png", "--regions", tmp_path / "out.regions.png", *options)
    assert ran.code == 0, ran.err
    after, flats = read_picture(tmp_path / "out.png").array, read_region_map(tmp_path / "out.regions.png")
    room = flats.regions.labels == flats.regions.labels[55, 105]
    np.testing.assert_array_equal(after[~room], before[~room])
    assert (after[24:98, 84:138] == BLUE).all() and tuple(flats.colors[flats.regions.labels[55, 45]]) == RED


def test_a_kept_map_gives_the_same_picture_again(colorize: Run, tmp_path: Path) -> None:
    """With its shade and its swatches' names, and the palette file not given again."""
    (tmp_path / "team.gpl").write_text("GIMP Palette\n200 40 40 coat\n40 60 180 sky\n")
    assert colorize("out.psd", "--masks", "--palette", tmp_path / "team.gpl").code == 0
    assert colorize("again.psd", "--masks", "--regions", tmp_path / "out.regions.png").code == 0
    first, again = (PSDImage.open(tmp_path / name) for name in ("out.psd", "again.psd"))
    assert [layer.name for layer in first.descendants()] == [layer.name for layer in again.descendants()]
    assert "shade" in [layer.name for layer in again.descendants()]
    for one, other in zip(first.descendants(), again.descendants(), strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
    assert (tmp_path / "out.regions.png").read_bytes() == (tmp_path / "again.regions.png").read_bytes()


def test_merge_and_split_strokes(colorize: Run, tmp_path: Path) -> None:
    hints = tmp_path / "hints.png"
    merge = stroke(tmp_path / "merge.png", np.s_[70:73, 60:100])
    split = stroke(tmp_path / "split.png", np.s_[70:73, 15:85])
    assert colorize("out.png", "--no-shade", "--hints", hints, "--merge", merge).code == 0
    assert (read_picture(tmp_path / "out.png").array[24:98, 84:138] == RED).all()
    assert colorize("out.png", "--no-shade", "--masks", "--hints", hints, "--split", split).code == 0
    parted, labels = (
        read_picture(tmp_path / "out.png").array,
        read_region_map(tmp_path / "out.regions.png").regions.labels,
    )
    assert (parted[24:68, 24:78] == RED).all()
    assert not np.intersect1d(labels[24:68, 24:78], labels[76:98, 24:78]).size
    assert colorize("out.png", "--masks").code == 0
    for option in ("--merge", "--split"):
        ran = colorize("again.png", "--regions", tmp_path / "out.regions.png", option, tmp_path / f"{option[2:]}.png")
        assert ran.code == 0, ran.err


def test_marks_of_another_size_are_refused(colorize: Run, tmp_path: Path) -> None:
    write_picture(tmp_path / "small.png", np.zeros((60, 80, 4), np.uint8))
    for option in ("--merge", "--split"):
        ran = colorize("out.png", option, tmp_path / "small.png")
        assert ran.code == INPUT and "160 x 120" in ran.sentence
    ran = colorize("out.png", "--regions", tmp_path / "in.png")
    assert ran.code == INPUT and "not a region map" in ran.sentence
    assert not (tmp_path / "out.png").exists()


def test_deep_pictures_keep_their_depth(colorize: Run, tmp_path: Path) -> None:
    deep = read_picture(tmp_path / "in.png").array.astype(np.uint16) * 257
    deep[0, 0] = 65500  # so that no one takes it for 8 bits
    write_picture(tmp_path / "deep.png", deep)
    ran = colorize("out.png", "--hints", tmp_path / "hints.png", "--no-shade", source="deep.png")
    assert ran.code == 0 and ran.err == ""
    result = read_picture(tmp_path / "out.png").array
    assert result.dtype == np.uint16 and (result[30:58, 24:78] == np.array(RED, np.uint16) * 257).all()
    assert colorize("out.psd", source="deep.png").code == 0
    psd = PSDImage.open(tmp_path / "out.psd")
    assert psd.depth == 16
    assert "8 bits" in colorize("out.jpg", source="deep.png").sentence


def test_bare_marks_stay_paper(colorize: Run, tmp_path: Path) -> None:
    bare = stroke(tmp_path / "bare.png", np.s_[50:60, 100:110])
    assert colorize("out.png", "--bare", bare, "--hints", tmp_path / "hints.png").code == 0
    result = read_picture(tmp_path / "out.png").array
    assert (result[24:98, 84:138] == 255).all() and not (result[24:98, 24:78] == 255).all(2).any()


def test_paint_is_the_networks_own_picture(colorize: Run, tmp_path: Path) -> None:
    assert colorize("paint.png", "--paint").code == 0 and colorize("flat.png", "--no-shade").code == 0
    painted, flat = (read_picture(tmp_path / name).array for name in ("paint.png", "flat.png"))
    inside = np.s_[24:98, 84:138]
    assert len(np.unique(painted[inside].reshape(-1, 3), axis=0)) > 10
    assert len(np.unique(flat[inside].reshape(-1, 3), axis=0)) == 1


def test_verbose_counts_regions(colorize: Run) -> None:
    assert "regions  3, " in colorize("out.png", "--verbose").out


def test_a_hint_that_runs_out_into_the_paper_gets_a_word_and_others_none(colorize: Run, tmp_path: Path) -> None:
    """The hint lies on the paper around the drawing; the word comes with and without a report, and the exit code stays 0."""
    careless = stroke(tmp_path / "careless.png", np.s_[5:15, 60:90], BLUE)
    for more in ((), ("--report", tmp_path / "r.json")):
        ran = colorize("out.png", "--hints", careless, *more)
        assert ran.code == 0 and "of the picture's edge" in ran.err and "74, 10" in ran.err
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert told["findings"][0]["kind"] == "hint-on-edge" and told["words"][0].startswith("1. At 74, 10")
    assert colorize("out.png", "--hints", tmp_path / "hints.png").err == ""


def test_an_empty_page_is_said_to_be_one_and_has_a_whole_set_of_files(colorize: Run, tmp_path: Path) -> None:
    page = np.full((120, 160, 3), (250, 244, 230), np.uint8)
    write_picture(tmp_path / "empty.png", page)
    done = colorize("out.png", "--report", tmp_path / "r.json", "--masks", "--task", "auto", source="empty.png")
    assert done.code == 0 and "No lines were found" in done.err
    np.testing.assert_array_equal(read_picture(tmp_path / "out.png").array, page)
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert not told["colors"] and not told["findings"]
    assert not read_region_map(tmp_path / "out.regions.png").painted.any()
    assert colorize("out.psd", source="empty.png").code == 0
    layers = {layer.name: layer for layer in PSDImage.open(tmp_path / "out.psd").descendants()}
    assert not np.asarray(layers["flats"].numpy("shape")).any()
