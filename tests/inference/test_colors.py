"""What colour every region gets by the network for cells: what must hold for any weights, and what the shipped ones know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from colorgan_core.inference.colors import (
    ALIKE,
    MOST_COLORS,
    Chosen,
    Known,
    Wishes,
    as_input,
    carried,
    choose_colors,
    decided,
    distinct,
    expected_colors,
    in_din99o,
    region_shares,
    see,
    see_reference,
)
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import build_request
from colorgan_core.lineart.strokes import Hinted, read_strokes
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.model.cells import DECIDED, HINT, PALETTE, PAPER, REFERENCE
from colorgan_core.picture.color import srgb_to_lab

RED, BLUE = (214, 63, 41), (31, 90, 201)


@pytest.fixture(scope="module")
def loaded(untrained: Path) -> Loaded:
    """A network that has learnt nothing, but paints most cells."""
    loaded = Loaded(untrained, "cpu")
    with torch.no_grad():
        loaded.cells.own.bias[0] += 4
    return loaded


def row_of_boxes(count: int = 6, size: int = 60) -> np.ndarray:
    lines = np.full((size + 40, count * size + 40), 255, np.uint8)
    for number in range(count):
        cv2.rectangle(lines, (20 + number * size, 20), (20 + (number + 1) * size, 20 + size), 0, 2)
    return lines


def dabbed(lines: np.ndarray, *dabs: tuple[int, int, tuple[int, int, int] | None]) -> tuple[Hinted, Wishes]:
    colors, mask, bare = np.zeros((*lines.shape, 3), np.uint8), np.zeros(lines.shape, bool), np.zeros(lines.shape, bool)
    for x, y, color in dabs:
        disc = cv2.circle(np.zeros(lines.shape, np.uint8), (x, y), 5, 1, -1) > 0
        if color is None:
            bare |= disc
        else:
            colors[disc], mask[disc] = color, True
    return read_strokes(find_surfaces(lines), colors, mask, bare), Wishes(colors, mask, bare)


def chosen_for(loaded: Loaded, known: Known, hinted: Hinted, wishes: Wishes) -> Chosen:
    return choose_colors(loaded, known, hinted, wishes, expected_colors(loaded, known, hinted.regions, wishes))


def test_strokes_are_held_by_the_cells_that_they_lie_in(loaded: Loaded) -> None:
    lines = row_of_boxes()
    hinted, wishes = dabbed(lines, (50, 50, RED), (110, 50, BLUE), (170, 50, None))
    assert hinted.regions.cells is not None
    known = see(loaded, hinted.regions.cells, lines)
    told = carried(hinted, known, region_shares(hinted.regions, known), wishes)
    assert sorted(told.kinds.tolist()) == [PAPER, HINT, HINT]
    held = told.holds[..., 0]
    assert ((held > 0).sum(0) == 1).all()
    assert 0.01 < held.max() < 0.2  # a dab of 80 px in a box of 3,300
    assert not told.holds[..., 1].any()


def test_a_hint_of_a_region_without_strokes_is_held_by_all_its_cells(loaded: Loaded) -> None:
    """As colours of a key's frame are."""
    lines = row_of_boxes()
    hinted, wishes = dabbed(lines, (50, 50, RED))
    assert hinted.regions.cells is not None
    known = see(loaded, hinted.regions.cells, lines)
    nothing = Wishes(wishes.colors, np.zeros_like(wishes.mask), wishes.bare)
    told = carried(hinted, known, region_shares(hinted.regions, known), nothing)
    assert told.holds[..., 1, 0].max() == 1


def test_hinted_regions_have_their_very_colour_and_bare_ones_none(loaded: Loaded) -> None:
    lines = row_of_boxes()
    hinted, wishes = dabbed(lines, (50, 50, RED), (170, 50, None))
    assert hinted.regions.cells is not None
    chosen = chosen_for(loaded, see(loaded, hinted.regions.cells, lines), hinted, wishes)
    assert np.isfinite(chosen.lab).all() and ((chosen.bare >= 0) & (chosen.bare <= 1)).all()
    assert (chosen.bare[hinted.known] == 0).all()
    assert (chosen.bare[hinted.bare & ~hinted.known] == 1).all()


def test_with_a_palette_alone_there_is_nothing_else(loaded: Loaded) -> None:
    lines = row_of_boxes()
    hinted, wishes = dabbed(lines)
    palette = np.array([RED, BLUE], np.uint8)
    assert hinted.regions.cells is not None
    known = see(loaded, hinted.regions.cells, lines)
    told = carried(hinted, known, region_shares(hinted.regions, known), replace(wishes, palette=palette))
    assert told.kinds.tolist() == [PAPER, PALETTE, PALETTE]
    chosen = chosen_for(loaded, known, hinted, replace(wishes, palette=palette, only=True))
    given = told.colors[1:].numpy() * 100
    assert (np.abs(chosen.lab[:, None] - given[None]).max(2).min(1) < 1e-3).all()


def model_sheet() -> np.ndarray:
    """A red and a blue box with black lines."""
    sheet = np.full((100, 160, 3), 255, np.uint8)
    for x, color in ((20, RED), (80, BLUE)):
        cv2.rectangle(sheet, (x, 20), (x + 60, 80), color, -1)
        cv2.rectangle(sheet, (x, 20), (x + 60, 80), (0, 0, 0), 2)
    return sheet


def test_a_references_cells_come_after_the_drawings_own_and_hold_their_colours(loaded: Loaded) -> None:
    lines = row_of_boxes()
    hinted, wishes = dabbed(lines, (50, 50, (250, 240, 20)))
    assert hinted.regions.cells is not None
    known = see(loaded, hinted.regions.cells, lines)
    sheets = see_reference(loaded, model_sheet()), see_reference(loaded, model_sheet()[:, ::-1].copy())
    wishes = replace(wishes, references=sheets)
    told = carried(hinted, known, region_shares(hinted.regions, known), wishes)
    assert told.kinds.tolist()[:2] == [PAPER, HINT] and set(told.kinds.tolist()[2:]) == {REFERENCE}
    given = as_input(known, told)
    own, sizes = len(known.tokens), [len(sheet.tokens) for sheet in sheets]
    assert given.reference[0].tolist() == [False] * own + [True] * sum(sizes)
    held = given.holds[0, own:, :, 0].argmax(1)
    assert (given.holds[0, own:, :, 0].sum(1) == 1).all() and not given.holds[0, own:, :, 1].any()
    lab = torch.tensor(np.concatenate([srgb_to_lab(sheet.colors[None])[0] / 100 for sheet in sheets])).float()
    assert (given.colors[0, held] - lab).norm(dim=1).max() < 0.03
    assert not given.touch[0, :own, own:].any() and not given.touch[0, own : own + sizes[0], own + sizes[0] :].any()
    chosen = chosen_for(loaded, known, hinted, wishes)
    assert len(chosen.lab) == hinted.regions.count and np.isfinite(chosen.lab).all()


def test_there_are_never_more_colours_than_a_cell_may_point_at(loaded: Loaded) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (12, 12, 3)).astype(np.uint8)
    patches = np.repeat(np.repeat(noise, 16, 0), 16, 1)
    lines = row_of_boxes()
    hinted, wishes = dabbed(lines, (50, 50, RED))
    assert hinted.regions.cells is not None
    known = see(loaded, hinted.regions.cells, lines)
    wishes = replace(wishes, references=(see_reference(loaded, patches), see_reference(loaded, model_sheet())))
    told = carried(hinted, known, region_shares(hinted.regions, known), wishes)
    assert len(told.colors) == MOST_COLORS
    assert torch.isfinite(loaded.cell_colors(as_input(known, told))).all()


def test_distinct_colours_are_the_largest_ones_and_each_has_its_nearest() -> None:
    lab = np.array([[0.5, 0, 0], [0.51, 0, 0], [0.8, 0, 0], [0.2, 0.4, 0]])
    found, place = distinct(lab, np.array([1.0, 5, 2, 3], np.float32), 2)
    assert found.tolist() == [[0.51, 0, 0], [0.2, 0.4, 0]]
    assert place.tolist() == [0, 0, 0, 1]


def test_a_seed_draws_the_same_again_and_another_one_others(loaded: Loaded) -> None:
    lines = row_of_boxes(10)
    hinted, wishes = dabbed(lines)
    assert hinted.regions.cells is not None
    known = see(loaded, hinted.regions.cells, lines)
    found = [chosen_for(loaded, known, hinted, replace(wishes, seed=seed)).lab for seed in (1, 1, 2, 3)]
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2]) and not np.array_equal(found[2], found[3])


@pytest.mark.parametrize("dabs", [1, 3])
def test_a_dab_changes_what_has_its_colour_then_and_nothing_else(lively: Path, dabs: int) -> None:
    picture = np.repeat(row_of_boxes(10)[..., None], 3, 2)
    colorizer = Colorizer(Loaded(lively, "cpu"))
    before = colorizer.colorize(build_request(picture, task="lineart")).flats
    hints = np.zeros((*picture.shape[:2], 4), np.uint8)
    given = [RED, BLUE, (30, 160, 60)][:dabs]
    for number, color in enumerate(given):
        cv2.circle(hints, (50 + 180 * number, 50), 5, (*color, 255), -1)
    after = colorizer.colorize(build_request(picture, task="lineart", hints=hints)).flats
    assert before is not None and after is not None and np.array_equal(before.regions.labels, after.regions.labels)
    same = (before.colors == after.colors).all(1) & (before.painted == after.painted)
    taken = (after.colors[:, None] == np.array(given)[None]).all(2).any(1) & after.painted
    assert (same | taken).all() and taken.sum() >= dabs


def test_what_is_alike_counts_together() -> None:
    """Two reds of .3 each are likelier to be right than a blue of .4."""
    own = torch.tensor([[0.5, 0.6, 0.4], [0.51, 0.61, 0.41], [0.4, 0.1, -0.5]])
    assert (
        torch.cdist(in_din99o(own[:1]), in_din99o(own[1:2]))
        < ALIKE
        < torch.cdist(in_din99o(own[:1]), in_din99o(own[2:]))
    )
    white = torch.tensor([[1.0, 0.0, 0.0]])
    colors, sure = decided(torch.tensor([[0.0, 0.3, 0.3, 0.4]]), white, own)
    assert torch.equal(colors[0], own[0]) and sure[0] == pytest.approx(0.6)
    given = torch.cat([white, own[1:2] + 0.001])
    colors, _ = decided(torch.tensor([[0.0, 0.05, 0.55, 0.0, 0.4]]), given, own)
    assert torch.equal(colors[0], given[1]), "a colour that was given stands for those that are alike"
    _, sure = decided(torch.tensor([[0.8, 0.1, 0.05, 0.05]]), white, own)
    assert sure[0] == pytest.approx(0.8)  # of paper


def test_what_was_decided_carries_on(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = row_of_boxes(10)
    hinted, wishes = dabbed(lines)
    assert hinted.regions.cells is not None
    known = see(loaded, hinted.regions.cells, lines)
    asked, plain = [], loaded.cell_colors
    monkeypatch.setattr(loaded, "cell_colors", lambda given, pairs=None: asked.append(given) or plain(given, pairs))
    chosen_for(loaded, known, hinted, replace(wishes, seed=4))
    assert len(asked) > 2
    assert asked[0].kind[0].tolist() == [PAPER]
    assert (asked[-1].kind[0] == DECIDED).sum() > 1
    held = [int(given.holds[..., 1].sum()) for given in asked]
    assert held == sorted(held) and held[0] == 0 < held[1]


def test_a_frame_points_at_the_colours_of_its_sequences_first_one(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, plain = [], loaded.cell_colors
    monkeypatch.setattr(loaded, "cell_colors", lambda given, pairs=None: asked.append(given) or plain(given, pairs))
    picture = np.repeat(row_of_boxes()[..., None], 3, 2)
    steady = np.array([RED, BLUE], np.uint8)
    Colorizer(loaded).colorize(replace(build_request(picture, task="lineart", seed=5), steady=steady))
    assert asked[-1].kind[0].tolist() == [PAPER, PALETTE, PALETTE]


def test_one_dab_colours_what_is_alike(painter: None) -> None:
    """Two wings, two hats, a row of windows: of mirror images one is dabbed, and the other follows."""
    lines = np.full((512, 512), 255, np.uint8)
    for x in (150, 362):
        cv2.ellipse(lines, (x, 256), (90, 50), 25 if x < 256 else -25, 0, 360, 0, 3)
    cv2.ellipse(lines, (256, 256), (42, 150), 0, 0, 360, 255, -1)
    cv2.ellipse(lines, (256, 256), (42, 150), 0, 0, 360, 0, 3)
    hints = np.zeros((512, 512, 4), np.uint8)
    cv2.circle(hints, (130, 256), 6, (*RED, 255), -1)
    cv2.circle(hints, (256, 256), 6, (60, 60, 60, 255), -1)
    colorizer = Colorizer(Loaded("default", "cpu"))
    flats = colorizer.colorize(build_request(np.repeat(lines[..., None], 3, 2), hints=hints, shade=False)).flats
    assert flats is not None
    other = flats.regions.labels[256, 385]
    assert flats.painted[other] and tuple(flats.colors[other]) == RED
