"""What colour every region gets by the network for cells: what must hold for any weights, and what the shipped ones know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from colorgan_core.engine.colors import ALIKE, Wishes, carried, choose_colors, decided, in_din99o, region_shares, see
from colorgan_core.engine.loaded import Loaded
from colorgan_core.engine.pipeline import Colorizer
from colorgan_core.engine.request import build_request
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.model.cells import DECIDED, HINT, PALETTE, PAPER
from colorgan_core.model.weights import cell_network, load_weights, save_weights
from colorgan_core.picture.strokes import Hinted, read_strokes

RED, BLUE = (214, 63, 41), (31, 90, 201)


@pytest.fixture(scope="module")
def loaded(untrained: Path) -> Loaded:
    """A small trunk, and a network for cells that says different things of different cells, none of them learnt."""
    weights, path = load_weights(untrained), untrained.with_name("cells.safetensors")
    torch.manual_seed(2)
    save_weights(path, replace(weights, cells=cell_network(weights.config)))
    return Loaded(path, "cpu")


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
    chosen = choose_colors(loaded, see(loaded, hinted.regions.cells, lines), hinted, wishes)
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
    chosen = choose_colors(loaded, known, hinted, replace(wishes, palette=palette, only=True))
    given = told.colors[1:].numpy() * 100
    assert (np.abs(chosen.lab[:, None] - given[None]).max(2).min(1) < 1e-3).all()


def test_a_seed_draws_the_same_again_and_another_one_others(loaded: Loaded) -> None:
    lines = row_of_boxes(10)
    hinted, wishes = dabbed(lines)
    assert hinted.regions.cells is not None
    known = see(loaded, hinted.regions.cells, lines)
    found = [choose_colors(loaded, known, hinted, replace(wishes, seed=seed)).lab for seed in (1, 1, 2, 3)]
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2]) and not np.array_equal(found[2], found[3])


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
    _, sure = decided(torch.tensor([[0.8, 0.1, 0.05, 0.05]]), white, own)
    assert sure[0] == pytest.approx(0.8)  # of paper


def test_what_was_decided_carries_on(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = row_of_boxes(10)
    hinted, wishes = dabbed(lines)
    assert hinted.regions.cells is not None
    known = see(loaded, hinted.regions.cells, lines)
    asked, plain = [], loaded.cell_colors
    monkeypatch.setattr(loaded, "cell_colors", lambda given: asked.append(given) or plain(given))
    choose_colors(loaded, known, hinted, replace(wishes, seed=4))
    assert len(asked) > 2
    assert asked[0].kind[0].tolist() == [PAPER]
    assert (asked[-1].kind[0] == DECIDED).sum() > 1
    held = [int(given.holds[..., 1].sum()) for given in asked]
    assert held == sorted(held) and held[0] == 0 < held[1]


def test_a_frame_points_at_the_colours_of_its_sequences_first_one(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, plain = [], loaded.cell_colors
    monkeypatch.setattr(loaded, "cell_colors", lambda given: asked.append(given) or plain(given))
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
