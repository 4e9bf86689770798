"""What editors ask of the engine beyond the command line: their order of channels, selections, stacks, and corrections that stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import colorgan_core
from colorgan_core.errors import ColorganError
from colorgan_core.picture.pixels import write_picture
from colorgan_core.server.work import Workshop, array_of, blob_of
from engines import page

Array = np.ndarray[Any, Any]
RGBA = {"order": "rgba", "stack": [["normal", 1.0]]}
BGRA = {"order": "bgra", "stack": [["normal", 1.0]]}
LINEART = {"task": "lineart", "layers": ["flats", "shade", "lines"]}


@pytest.fixture(scope="module")
def workshop(lively: Path) -> Workshop:
    return Workshop(str(lively))


def opaque(picture: Array) -> Array:
    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])


def swapped(picture: Array) -> Array:
    return np.ascontiguousarray(picture[..., [2, 1, 0, 3]])


def asked(workshop: Workshop, parameters: dict[str, Any], **pixels: Any) -> dict[str, Array]:
    """The layers that come back, by name. pixels: arrays, or lists of them; _ stands for the dot in a name."""
    blobs = [
        blob_of(name.replace("_", "."), each if each.ndim == 3 else each[..., None])
        for name, arrays in pixels.items()
        for each in (arrays if isinstance(arrays, list) else [arrays])
    ]
    _, found = workshop.do("colorize", dict(parameters), blobs, lambda share: None, None)
    return {blob.name: array_of(blob) for blob in found}


def marks(size: int, color: tuple[int, int, int]) -> Array:
    hints = np.zeros((size, size, 4), np.uint8)
    hints[4:16, 4:16] = (*color, 255)
    return hints


def test_the_order_of_channels_changes_nothing_else(workshop: Workshop) -> None:
    picture, hints = opaque(page()), marks(160, (214, 63, 41))
    usual = asked(workshop, {**LINEART, "editor": RGBA}, picture=picture, hints=hints)
    other = asked(workshop, {**LINEART, "editor": BGRA}, picture=swapped(picture), hints=swapped(hints))
    assert list(usual) == ["flats", "shade", "lines"]
    for name, pixels in usual.items():
        np.testing.assert_array_equal(swapped(other[name]), pixels)
    assert (usual["flats"][8, 8, :3] == (214, 63, 41)).all()


def test_layers_are_those_of_the_command_line(workshop: Workshop, lively: Path) -> None:
    picture, hints = page(), marks(160, (214, 63, 41))
    found = asked(workshop, {**LINEART, "layers": ["picture"], "editor": RGBA}, picture=opaque(picture), hints=hints)
    here = colorgan_core.colorize(picture, hints=hints, task="lineart", weights=str(lively))
    np.testing.assert_array_equal(found["picture"][..., :3], here)


def test_a_selection_cuts_with_its_feather(workshop: Workshop) -> None:
    picture, selection = opaque(page()), np.zeros((160, 160), np.uint8)
    selection[:, 40:80], selection[:, 80:90] = 255, 100
    whole = asked(workshop, {**LINEART, "editor": BGRA}, picture=picture)
    cut = asked(workshop, {**LINEART, "editor": BGRA}, picture=picture, selection=selection)
    for name, pixels in whole.items():
        np.testing.assert_array_equal(cut[name][:, 40:80], pixels[:, 40:80])
        assert (cut[name][:, :40, 3] == 0).all() and (cut[name][:, 90:, 3] == 0).all()
        np.testing.assert_allclose(cut[name][:, 80:90, 3], pixels[:, 80:90, 3] * (100 / 255), atol=0.6)


def test_an_update_in_a_selection_leaves_the_rest(workshop: Workshop) -> None:
    picture, selection = opaque(page()), np.zeros((160, 160), np.uint8)
    selection[:, :80], selection[:, 80:90] = 255, 128
    first = asked(workshop, {**LINEART, "editor": BGRA}, picture=picture)["flats"]
    wishes = {**LINEART, "palette": "#cc3322", "editor": BGRA}
    whole = asked(workshop, wishes, picture=picture)["flats"]
    again = asked(workshop, wishes, picture=picture, selection=selection, written_flats=first, found_flats=first)
    np.testing.assert_array_equal(again["flats"][:, 90:], first[:, 90:])
    np.testing.assert_array_equal(again["flats"][:, :80], whole[:, :80])
    assert (whole[:, 90:] != first[:, 90:]).any() and "written.flats" not in again


def test_chosen_layers_are_one_drawing(workshop: Workshop) -> None:
    """Ink on glass over a grey tone that multiplies."""
    paper, ink = opaque(np.full((160, 160, 3), 255, np.uint8)), opaque(page())
    tone = np.zeros_like(ink)
    tone[:50] = (128, 128, 128, 255)
    # a wash over a third of the page may pass for light by a few hundredths
    stack = [["normal", 1.0], ["multiply", 1.0], ["multiply", 0.5]]
    found = asked(workshop, {**LINEART, "editor": {**RGBA, "stack": stack}}, picture=[paper, ink, tone])
    drawn = found["lines"][..., 0].astype(int)
    assert (drawn[60:] == page()[60:, :, 0]).all() and 188 <= drawn[:50].max() <= 196


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_corrections_stay_and_become_hints(dtype: Any, workshop: Workshop) -> None:
    full = 1 if dtype is np.float32 else np.iinfo(dtype).max
    picture = opaque(page()) if dtype is np.uint8 else (opaque(page()) / 255 * full).astype(dtype)
    first = asked(workshop, {**LINEART, "editor": RGBA}, picture=picture)
    assert "written.flats" not in first
    flats, shade = first["flats"].copy(), first["shade"].copy()
    flats[30:42, 8:20] = np.array([0, 1, 0, 1]) * full  # a stroke of green
    flats[100:104, 100:104, 3] = 0  # rubbed out
    shade[2:6, 2:6] = np.array([0.2, 0.2, 0.2, 1]) * full
    again = asked(
        workshop, {**LINEART, "seed": 5, "editor": RGBA}, picture=picture,
        written_flats=first["flats"], found_flats=flats, written_shade=first["shade"], found_shade=shade,
    )  # fmt: skip
    np.testing.assert_array_equal(again["flats"][30:42, 8:20], flats[30:42, 8:20])
    np.testing.assert_array_equal(again["shade"][2:6, 2:6], shade[2:6, 2:6])
    assert (again["flats"][100:104, 100:104, 3] == 0).all()
    assert (again["flats"][30:50, 8:20, :3] / full == (0, 1, 0)).all(), "the region took the colour"
    third = asked(
        workshop, {**LINEART, "seed": 7, "editor": RGBA}, picture=picture,
        written_flats=again["written.flats"], found_flats=again["flats"],
    )  # fmt: skip
    np.testing.assert_array_equal(third["flats"][30:42, 8:20], flats[30:42, 8:20])
    assert (third["flats"][100:104, 100:104, 3] == 0).all(), "and in the next update, too"
    changed = (third["flats"] != third["written.flats"]).any(2)
    assert changed.sum() == 12 * 12 + 4 * 4, "nothing else counts as a correction"


def test_colors_below_transparency_are_no_correction(workshop: Workshop) -> None:
    """Editors put what they like there."""
    picture = opaque(page())
    first = asked(workshop, {**LINEART, "editor": RGBA}, picture=picture)["flats"]
    first[10:20, 10:20, 3] = 0
    other = first.copy()
    other[10:20, 10:20, :3] = 77
    again = asked(workshop, {**LINEART, "editor": RGBA}, picture=picture, written_flats=first, found_flats=other)
    assert "written.flats" not in again


def test_styles_keep_the_depth_and_the_selection(workshop: Workshop) -> None:
    picture = (opaque(page()) / 255 * 65535).astype(np.uint16)
    selection = np.full((160, 160), 255, np.uint8)
    selection[:, :80] = 0
    blobs = [blob_of("picture", picture), blob_of("style", picture[::2]), blob_of("selection", selection[..., None])]
    _, (found,) = workshop.do("stylize", {"editor": BGRA}, blobs, lambda share: None, None)
    assert found.dtype == "uint16" and found.channels == 4
    assert (array_of(found)[:, :80, 3] == 0).all() and (array_of(found)[:, 80:, 3] == 65535).all()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"editor": None}, "Only editors"), ({"editor": {"order": "gbra", "stack": []}}, "editor must be"),
        ({"editor": {"order": "rgba", "stack": []}}, "stack must be"), ({"editor": {"order": "rgba", "stack": [["dodge", 1]]}}, "stack"),
        ({"editor": {"order": "rgba", "stack": [["normal", 2]]}}, "opacity"), ({"editor": {**RGBA, "more": 1}}, "editor must be"),
    ],
)  # fmt: skip
def test_what_editors_must_not_say(change: dict[str, Any], word: str, workshop: Workshop) -> None:
    with pytest.raises(ColorganError, match=word):
        asked(
            workshop,
            {**LINEART, "editor": RGBA, **change},
            picture=opaque(page()),
            selection=np.zeros((160, 160), np.uint8),
        )


def test_sizes_that_do_not_go_together(workshop: Workshop) -> None:
    picture, small = opaque(page()), np.zeros((10, 10), np.uint8)
    with pytest.raises(ColorganError, match="selection"):
        asked(workshop, {**LINEART, "editor": RGBA}, picture=picture, selection=small)
    with pytest.raises(ColorganError, match="written"):
        asked(workshop, {**LINEART, "editor": RGBA}, picture=picture, found_flats=picture)
    wide = cv2.resize(picture, (200, 160))
    with pytest.raises(ColorganError):
        asked(workshop, {**LINEART, "editor": RGBA}, picture=picture, found_flats=wide, written_flats=wide)


def test_styles_and_references_may_be_files(workshop: Workshop, tmp_path: Path) -> None:
    style = np.random.default_rng(1).integers(0, 256, (60, 90, 3)).astype(np.uint8)
    write_picture(tmp_path / "style.png", style)
    picture, path = blob_of("picture", page()), str(tmp_path / "style.png")
    both = []
    for parameters, blobs in (
        ({"style": [f"{path}:0.5"]}, []),
        ({"weights_of_styles": [0.5]}, [blob_of("style", style)]),
    ):
        _, (found,) = workshop.do("stylize", parameters, [picture, *blobs], lambda share: None, None)
        both.append(bytes(found.data))
    assert both[0] == both[1]
    by_path = asked(workshop, {"task": "lineart", "reference": path}, picture=page())["picture"]
    np.testing.assert_array_equal(
        by_path, asked(workshop, {"task": "lineart"}, picture=page(), reference=style)["picture"]
    )
    with pytest.raises(ColorganError, match=r"nothing\.png"):
        workshop.do("stylize", {"style": ["nothing.png"]}, [picture], lambda share: None, None)
