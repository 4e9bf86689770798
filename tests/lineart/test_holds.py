"""Lines that hints give a colour of their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.report import findings
from colorgan_core.inference.request import build_request
from colorgan_core.lineart.holds import find_holds
from colorgan_core.lineart.strokes import read_strokes
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.picture.layers import flatten

GOLD, WHITE, BLUE = (250, 200, 40), (255, 255, 255), (30, 90, 200)


@pytest.fixture(scope="module")
def colorizer(lively: Path) -> Colorizer:
    return Colorizer(Loaded(lively))


def beams() -> np.ndarray:
    """(200, 200) two thick lines across, and a box below."""
    lines = np.full((200, 200), 255, np.uint8)
    lines[20:30, 10:190], lines[50:60, 10:190] = 0, 0
    lines[90:180, 40:160], lines[96:174, 46:154] = 0, 255
    return lines


def drawn(*strokes: tuple[slice, slice, tuple[int, int, int]]) -> np.ndarray:
    hints = np.zeros((200, 200, 4), np.uint8)
    for rows, columns, color in strokes:
        hints[rows, columns] = (*color, 255)
    return hints


ALONG = (slice(24, 26), slice(20, 120), GOLD)


def found(*strokes: tuple[slice, slice, tuple[int, int, int]]) -> np.ndarray | None:
    """(200, 200, 3) the holds' colours, 0 where lines stay as they are."""
    hints = drawn(*strokes)
    holds = find_holds(find_surfaces(beams()), hints[..., :3], hints[..., 3] > 0)
    return None if holds is None else np.concatenate([np.zeros((1, 3), np.uint8), holds.colors])[holds.labels]


def test_a_stroke_along_a_line_colours_it_a_little_beyond_its_ends_and_no_other_line() -> None:
    colors = found(ALONG)
    assert colors is not None
    assert (colors[20:30, 20:120] == GOLD).all() and (colors[20:30, 130] == GOLD).all(), "its width, and on"
    assert not colors[20:30, 165:].any() and not colors[40:].any()


def test_thin_lines_that_leave_it_stay_ink() -> None:
    lines = beams()
    lines[30:52, 70:74] = 0  # between the two thick ones
    hints = drawn(ALONG)
    holds = find_holds(find_surfaces(lines), hints[..., :3], hints[..., 3] > 0)
    assert holds is not None
    assert (holds.labels[20:30, 20:120] == 1).all()
    assert not holds.labels[34:].any()


def test_two_strokes_share_a_line() -> None:
    colors = found(ALONG, (slice(24, 26), slice(130, 180), WHITE))
    assert colors is not None
    assert (colors[25, 122] == GOLD).all() and (colors[25, 128] == WHITE).all()


@pytest.mark.parametrize(
    "stroke",
    [
        (slice(0, 90), slice(60, 62), GOLD),  # across
        (slice(28, 36), slice(20, 120), GOLD),  # beside, and partly over it
        (slice(24, 26), slice(20, 120), (60, 40, 20)),  # as dark as ink
        (slice(24, 26), slice(20, 30), GOLD),  # a dab
        (slice(120, 124), slice(80, 120), GOLD),  # in a region
    ],
)
def test_other_strokes_leave_lines_as_they_are(stroke: tuple[slice, slice, tuple[int, int, int]]) -> None:
    assert found(stroke) is None


def test_what_was_drawn_along_a_line_says_nothing_of_regions() -> None:
    hints = drawn((slice(92, 94), slice(50, 150), GOLD), (slice(120, 140), slice(80, 120), BLUE))
    hinted = read_strokes(find_surfaces(beams()), hints[..., :3], hints[..., 3] > 0, np.zeros((200, 200), bool))
    assert hinted.holds is not None and {tuple(color) for color in hinted.colors[hinted.known]} == {BLUE}


@pytest.mark.parametrize("glass", [False, True])
def test_the_result_shows_coloured_lines_and_its_layers_add_up_to_it(colorizer: Colorizer, glass: bool) -> None:
    lines = beams()
    lines[19], lines[30] = np.minimum(lines[19], lines[20] // 2 + 128), np.minimum(lines[30], lines[29] // 2 + 128)
    picture = np.dstack([np.zeros((200, 200, 3), np.uint8), 255 - lines]) if glass else np.dstack([lines] * 3)
    around = (slice(5, 12), slice(40, 80), (250, 240, 230))  # what lies beside the line is light
    painting = colorizer.colorize(build_request(picture, task="lineart", hints=drawn(ALONG, around)))
    assert (painting.picture[20:30, 30:110, :3] == GOLD).all()
    assert (painting.picture[50:60, 30:110, :3] == 0).all()
    edge = painting.picture[19, 60].astype(int)  # half ink: hardly any black is left there
    assert edge[0] >= 200
    layered = painting.layered()
    assert layered.layers[-1].name == "holds"
    whole = flatten(layered)
    paper = whole if glass else np.where(whole[..., 3:] > 0, whole, 255)[..., :3]
    assert np.abs(paper.astype(int) - painting.picture).max() <= 1
    assert not [each for each in findings(painting) if "on a line" in each.sentence]


def test_without_such_strokes_there_is_no_such_layer(colorizer: Colorizer) -> None:
    hints = drawn((slice(120, 124), slice(80, 120), GOLD))
    painting = colorizer.colorize(build_request(np.dstack([beams()] * 3), task="lineart", hints=hints))
    assert [each.name for each in painting.layered().layers][-1] == "lines"
