"""The colourist's report: what wants an eye is found where it is, and nothing is told of where files lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from colorgan_core.inference.findings import IN_WORDS, KINDS, SEVERITY, Finding, in_words
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.report import beside, findings, marked, notes_of, write_report
from colorgan_core.inference.request import build_request
from colorgan_core.inference.result import Painting, flat_painting
from colorgan_core.lineart.flats import Flats
from colorgan_core.lineart.regions import Regions
from colorgan_core.lineart.strokes import read_strokes
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.picture.pixels import to_rgb8
from colorgan_core.server.work import facts_of

Array = np.ndarray[Any, Any]
RED, BLUE = (214, 63, 41), (31, 90, 201)
SIZE = 256


@pytest.fixture(scope="module")
def colorizer(lively: Path) -> Colorizer:
    return Colorizer(Loaded(lively, "cpu"), working_size=64)


def box(gap: int = 0, wall: int = 128, at: int = 90) -> Array:
    """A box with a wall, `gap` px of which are missing around row `at`."""
    picture = np.full((SIZE, SIZE, 3), 255, np.uint8)
    cv2.rectangle(picture, (40, 40), (216, 216), (0, 0, 0), 3)
    cv2.line(picture, (wall, 40), (wall, 216), (0, 0, 0), 3)
    if gap:
        picture[at - gap // 2 : at - gap // 2 + gap, wall - 3 : wall + 4] = 255
    return picture


def painted(picture: Array, colors: dict[tuple[int, int], Any], hints: Array | None = None, **change: Any) -> Painting:
    """A painting without a network: the regions at each x, y in a colour, paper for None, all else red."""
    regions = find_surfaces(picture.min(2))
    request = build_request(picture, task="lineart", hints=hints)
    if hints is not None:
        regions = read_strokes(regions, hints[..., :3], hints[..., 3] > 0, np.zeros(picture.shape[:2], bool)).regions
    table, paint = np.full((regions.count, 3), RED, np.uint8), np.ones(regions.count, bool)
    for (x, y), color in colors.items():
        table[regions.labels[y, x]] = color or 255
        paint[regions.labels[y, x]] = color is not None
    none = np.zeros(regions.count, bool)
    flats = Flats(
        regions,
        table,
        paint,
        change.get("hinted", none),
        change.get("sure", np.ones(regions.count)),
        ("",) * regions.count,
    )
    return flat_painting(request, flats, None)


def of(kind: str, painting: Painting) -> list[Finding]:
    return [each for each in findings(painting) if each.kind == kind]


ROOMS = {(70, 128): RED, (180, 128): BLUE, (5, 5): None}


@pytest.mark.parametrize(("gap", "at"), [(2, 90), (4, 60), (6, 128), (6, 180)])
def test_a_closed_gap_between_two_colors_is_found_at_its_place(gap: int, at: int) -> None:
    found = of("gap", painted(box(gap, at=at), ROOMS))
    assert len(found) == 1
    assert abs(found[0].x - 128) <= 5 and abs(found[0].y - at) <= gap // 2 + 1
    assert abs(found[0].size - gap) <= 2 and str(found[0].size) in found[0].sentence


def test_whole_lines_and_gaps_between_equal_colors_are_no_findings() -> None:
    assert findings(painted(box(), ROOMS)) == []
    assert of("gap", painted(box(4), {**ROOMS, (180, 128): RED})) == []


def test_a_gap_to_the_paper_is_found() -> None:
    picture = box()
    picture[150:154, 36:46] = 255
    found = of("gap", painted(picture, ROOMS))
    assert len(found) == 1 and abs(found[0].x - 41) <= 5 and abs(found[0].y - 151) <= 3


def test_the_widest_gap_comes_first() -> None:
    picture = box(2, at=70)
    picture[120:126, 36:46] = 255
    found = of("gap", painted(picture, ROOMS))
    assert len(found) == 2 and found[0].x < 60 and found[0].size > found[1].size


def hints_at(*strokes: tuple[tuple[slice, slice], tuple[int, int, int]]) -> Array:
    hints = np.zeros((SIZE, SIZE, 4), np.uint8)
    for place, color in strokes:
        hints[place] = (*color, 255)
    return hints


def test_a_hint_on_a_line_is_found_at_its_place() -> None:
    on_line, inside = (np.s_[100:120, 128:130], BLUE), (np.s_[100:120, 60:80], RED)
    painting = painted(box(), ROOMS, hints_at(on_line, inside))
    found = [each for each in findings(painting) if each.kind.startswith("hint")]
    assert [each.kind for each in found] == ["hint-on-line"]
    assert abs(found[0].x - 128) <= 1 and abs(found[0].y - 110) <= 1 and 8 <= found[0].size <= 12


def test_what_is_said_of_a_hint_on_a_line_is_so(colorizer: Colorizer) -> None:
    """Whether or not the sentence is there: a hint of which it says that it colours nothing colours nothing, region or line."""
    for columns in (slice(127, 129), slice(128, 131), slice(126, 132), slice(128, 140)):
        hints = hints_at((np.s_[100:120, columns], BLUE))
        painting = colorizer.colorize(build_request(box(), task="lineart", hints=hints))
        assert painting.flats is not None
        colors = painting.flats.hinted.any() or painting.holds is not None
        told = any("colours nothing" in each.sentence for each in findings(painting))
        assert colors != told


def test_a_hint_on_bare_paper_is_found() -> None:
    hints = hints_at((np.s_[10:20, 10:20], BLUE))
    found = of("hint-outside", painted(box(), ROOMS, hints))
    assert len(found) == 1 and abs(found[0].x - 15) <= 1 and abs(found[0].y - 15) <= 1
    assert of("hint-outside", painted(box(), {**ROOMS, (5, 5): BLUE}, hints)) == []
    white = hints_at((np.s_[10:20, 10:20], (255, 255, 255)))
    assert of("hint-outside", painted(box(), ROOMS, white)) == [], "white says paper"


def test_a_speck_is_found_and_one_with_a_hint_is_none() -> None:
    picture = box()
    cv2.rectangle(picture, (80, 150), (84, 153), (0, 0, 0), 1)
    found = of("speck", painted(picture, ROOMS))
    assert len(found) == 1 and abs(found[0].x - 82) <= 2 and abs(found[0].y - 151) <= 2
    count = find_surfaces(picture.min(2)).count
    assert of("speck", painted(picture, ROOMS, hinted=np.ones(count, bool))) == []


def test_doubt_about_large_regions_is_told() -> None:
    regions = find_surfaces(box().min(2))
    sure = np.ones(regions.count)
    sure[regions.labels[128, 180]] = 0.1
    found = of("unsure", painted(box(), ROOMS, sure=sure))
    assert len(found) == 1 and 130 < found[0].x < 216 and 40 < found[0].y < 216


def test_findings_are_inside_the_picture_and_few(colorizer: Colorizer) -> None:
    """A drawing of noise: hundreds of specks, and none of them outside."""
    picture = np.where(np.random.default_rng(0).random((300, 200, 1)) < 0.35, 0, 255).astype(np.uint8).repeat(3, 2)
    hints = np.zeros((300, 200, 4), np.uint8)
    hints[::9, ::7] = (*RED, 255)
    painting = colorizer.colorize(build_request(picture, task="lineart", hints=hints))
    found = findings(painting)
    assert found and all(0 <= each.x < 200 and 0 <= each.y < 300 and each.size > 0 for each in found)
    assert len(in_words(found)) <= IN_WORDS + 1
    assert all(each.sentence.endswith(".") for each in found)
    assert marked(painting, found).shape == (300, 200, 3)


def test_a_grey_picture_has_no_findings(colorizer: Colorizer) -> None:
    assert findings(colorizer.colorize(build_request(box(), task="gray"))) == []


def test_the_report_has_colors_names_and_no_paths(colorizer: Colorizer, tmp_path: Path) -> None:
    (tmp_path / "team.gpl").write_text("GIMP Palette\n200 40 40 coat\n40 60 180 sky\n")
    request = build_request(box(4), task="lineart", palette=str(tmp_path / "team.gpl"))
    painting = colorizer.colorize(request)
    found = findings(painting)
    write_report(tmp_path / "r.json", painting, found, str(tmp_path / "folder" / "page 1.png"))
    text = (tmp_path / "r.json").read_text("utf-8")
    told = json.loads(text)
    assert str(tmp_path) not in text and "folder" not in text and told["picture"] == "page 1.png"
    assert (told["width"], told["height"], told["regions"]) == (SIZE, SIZE, painting.regions.count)
    assert told["findings"] == [each.__dict__ for each in found]
    assert told["words"] == in_words(found) and sum(told["counts"].values()) == len(found)
    assert {(each["color"], each["name"]) for each in told["colors"]} <= {("#c82828", "coat"), ("#283cb4", "sky")}
    assert painting.flats is not None
    pixels = painting.flats.regions.areas[painting.flats.painted]
    assert sum(each["pixels"] for each in told["colors"]) == pixels.sum()
    assert sum(each["regions"] for each in told["colors"]) == len(pixels)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (256, 256)])
def test_marks_show_where_findings_are(size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 255, np.uint8)
    regions = Regions(np.zeros(size, np.int32), np.array([picture[..., 0].size]), np.ones(size, np.float32))
    flats = Flats(regions, np.full((1, 3), 255, np.uint8), np.ones(1, bool), np.zeros(1, bool), np.ones(1), ("",))
    painting = flat_painting(build_request(picture), flats, None)
    x, y = size[1] // 2, size[0] // 2
    seen = marked(painting, [Finding("gap", x, y, 10, 100, "Here.")])
    assert seen.shape == picture.shape and (painting.picture == 255).all(), "the result itself has no marks"
    red = (seen != 255).any(2)
    if size == (256, 256):
        rows, columns = np.nonzero(red)
        assert abs(np.median(rows) - y) < 12 and abs(np.median(columns) - x) < 24 and 20 < red.sum() < 600
    assert (marked(painting, []) == 255).all()


def crowded(gap: int = 4) -> tuple[Array, dict[tuple[int, int], Any]]:
    """A box with an open wall, and more than a hundred specks of paint in it."""
    picture = box(gap, at=60)
    for y in range(100, 210, 10):
        for x in [*range(50, 120, 10), *range(140, 210, 10)]:
            cv2.rectangle(picture, (x, y), (x + 4, y + 3), (0, 0, 0), 1)
    return picture, {(70, 60): RED, (180, 60): BLUE, (5, 5): None}


def test_a_report_is_short_ranked_and_loses_nothing(tmp_path: Path) -> None:
    """What 154 specks would bury comes first; ten in words, the others as a count, all of them in the list for scripts."""
    painting = painted(*crowded(), hints_at((np.s_[10:20, 10:20], BLUE)))
    found = findings(painting)
    specks = [each for each in found if each.kind == "speck"]
    assert len(specks) == 154 and [each.kind for each in found[:2]] == ["hint-outside", "gap"]
    assert found[2:] == specks, "specks come last"
    write_report(tmp_path / "r.json", painting, found, "page.png")
    told = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert len(told["findings"]) == 156 and told["counts"] == {"hint-outside": 1, "gap": 1, "speck": 154}
    words = told["words"]
    assert len(words) == 11 and words[0].startswith("1. At 14, 14: This hint") and "open here" in words[1]
    assert words[-1] == "Not listed here: 146 specks."
    assert list(told).index("words") < list(told).index("findings"), "a person who opens it sees these first"


def test_what_concerns_more_of_the_picture_comes_first() -> None:
    picture = box(2, wall=190, at=70)
    picture[120:126, 36:46] = 255
    found = of("gap", painted(picture, {(70, 128): RED, (200, 128): BLUE, (5, 5): None}))
    assert [each.x < 60 for each in found] == [True, False] and found[0].area > found[1].area
    assert set(KINDS) == set(SEVERITY)


def test_ten_marks_at_most_and_their_numbers_do_not_cover_each_other() -> None:
    picture, colors = crowded()
    painting = painted(picture, colors)
    found = findings(painting)
    changed = (marked(painting, found) != to_rgb8(painting.picture)).any(2)
    assert (marked(painting, found[:IN_WORDS]) == marked(painting, found)).all() and changed.mean() < 0.1
    alone = [(marked(painting, [each]) != to_rgb8(painting.picture)).any(2) for each in found[10:]]
    away = [seen for each, seen in zip(found[10:], alone, strict=True) if not (changed & seen).any()]
    assert len(away) > 50, "most specks have no mark"
    first = beside(Finding("gap", 128, 128, 10, 9, "Here."), 10, (8, 8), (SIZE, SIZE), [])
    x, y = beside(Finding("gap", 130, 128, 10, 9, "Here."), 10, (8, 8), (SIZE, SIZE), [(*first, 8, 8)])
    assert abs(x - first[0]) >= 8 or abs(y - first[1]) >= 8


@pytest.mark.parametrize("scale", [1, 3])
def test_a_hint_that_colours_the_paper_around_the_drawing_gets_a_word(scale: int) -> None:
    """The outline is open, and the hint in the drawing runs out into the paper; a hint inside a closed one gets none."""
    picture = cv2.resize(box(), None, fx=scale, fy=scale, interpolation=cv2.INTER_NEAREST)
    hints = np.zeros((*picture.shape[:2], 4), np.uint8)
    hints[20 * scale : 30 * scale, 60 * scale : 90 * scale] = (*BLUE, 255)
    regions = find_surfaces(picture.min(2))
    paper = int(regions.labels[5, 5])
    outside = painted(picture, {(5, 5): BLUE}, hints, hinted=np.arange(regions.count) == paper)
    (found,) = of("hint-on-edge", outside)
    assert abs(found.x - 75 * scale) <= scale and abs(found.y - 25 * scale) <= scale and "100%" in found.sentence
    assert findings(outside)[0] == found
    (note,) = notes_of(outside)
    assert note.startswith(f"The hint at {found.x}, {found.y} colours 100%") and facts_of(outside)["notes"] == [note]
    inside = np.arange(regions.count) == regions.labels[128 * scale, 70 * scale]
    assert (
        notes_of(painted(picture, ROOMS, hints_at((np.s_[100:120, 60:80], RED)) if scale == 1 else None, hinted=inside))
        == []
    )
    white = painted(picture, {(5, 5): (255, 255, 255)}, hints, hinted=np.arange(regions.count) == paper)
    assert notes_of(white) == []
