"""Training of the network for cells: drawings kept as tokens, samples with right answers, hints read as the product reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from colorgan_core.inference.colors import Wishes, carried, region_shares
from colorgan_core.inference.loaded import Loaded
from colorgan_core.lineart.ink import cleaned, contours
from colorgan_core.lineart.strokes import read_strokes
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.model.cells import DECIDED, HINT, PAPER, CellNet
from colorgan_core.model.weights import load_weights, save_weights
from colorgan_core.picture.color import srgb_to_lab
from colorgan_core.picture.paper import flattened
from colorgan_train import cell_ablate, cell_curve
from colorgan_train.cache import write_json
from colorgan_train.cell_cache import SOURCES, look
from colorgan_train.cell_loop import Drawings, Fit, card_of, loss_of, measure, put
from colorgan_train.cell_samples import collate, make_sample, recolored
from colorgan_train.cell_truth import Seen, of_surfaces, read_drawings, seen_of, write_shard
from colorgan_train.compose.composition import Composition, example
from colorgan_train.evaluation.measures import delta_e_2000

OWN = np.array([[50.0, 60, 40], [60, -50, 40], [40, 10, -50], [80, 0, 60]])


@pytest.fixture(scope="module")
def loaded(untrained: Path) -> Loaded:
    return Loaded(untrained, "cpu")


@pytest.fixture(scope="module")
def drawn(loaded: Loaded) -> tuple[Composition, Seen]:
    composition = example(5, 384)
    known = look(loaded, np.repeat(composition.ink[..., None], 3, 2))
    assert known is not None
    token = known.tokens.token[known.cells.labels]
    truth = of_surfaces(token, composition.surfaces, composition.off_ink, composition.colors, composition.painted)
    return composition, seen_of(known.tokens, known.trunk, *truth, 0)


def test_truth_of_cells(drawn: tuple[Composition, Seen]) -> None:
    composition, seen = drawn
    assert (seen.pure[seen.areas > 0.001] > 0.8).all()
    assert np.array_equal(seen.painted, composition.painted[seen.surface])
    assert np.array_equal(seen.colors, composition.colors[seen.surface])
    assert seen.painted.any() and not seen.painted.all()


def test_shards_hold_what_was_written(drawn: tuple[Composition, Seen], tmp_path: Path) -> None:
    _, seen = drawn
    write_shard(tmp_path / "0000.npz", [seen, seen])
    again = read_drawings(tmp_path)
    assert len(again) == 2
    for name, value in vars(seen).items():
        assert np.array_equal(getattr(again[1], name), value)


def test_right_answers(drawn: tuple[Composition, Seen]) -> None:
    _, seen = drawn
    for seed in range(40):
        sample = make_sample(seen, OWN, OWN, np.random.default_rng(seed))
        many = len(sample.colors)
        assert sample.right.shape == (len(seen), many + len(OWN))
        assert sample.right.any(1).all()
        assert np.array_equal(sample.right[:, 0], ~seen.painted)  # paper
        held = sample.holds[..., 1].sum(1) > 0
        assert not sample.weight[held].any()  # what was decided before is not asked for
        assert sample.weight.sum() == pytest.approx(1) or held[seen.pure > 0.6].all()
        # whatever carries a colour that is right is what a cell points at, and not a colour of the network's own
        copied = sample.right[:, 1:many].any(1)
        assert not sample.right[copied, many:].any()


def test_recolouring_keeps_together_what_is_alike() -> None:
    lab = np.array([[50.0, 40, 40], [51, 40, 41], [80, -30, 10], [50, 40, 42], [95, 0, 0]])
    painted = np.array([True, True, True, True, False])
    moved = recolored(lab, painted, OWN, np.random.default_rng(1))
    assert delta_e_2000(moved[0], moved[1]) < 2 and delta_e_2000(moved[0], moved[3]) < 3
    assert np.abs(moved[0] - lab[0]).max() > 5
    assert np.array_equal(moved[4], lab[4])


def test_a_measured_sample_hints_surfaces_and_nothing_else(drawn: tuple[Composition, Seen]) -> None:
    _, seen = drawn
    sample = make_sample(seen, OWN, OWN, np.random.default_rng(0), given=3)
    hinted = sample.holds[..., 0].sum(1) > 0
    assert hinted.sum() == 3 and len(set(seen.surface[hinted].tolist())) == 3
    assert set(sample.kind.tolist()) == {PAPER, HINT}
    assert np.array_equal(sample.geometry, seen.geometry)


def test_training_and_product_read_a_dab_alike(loaded: Loaded, drawn: tuple[Composition, Seen]) -> None:
    """The same dabs, as pixels through the product and as cells through training, are the same condition of the network."""
    composition, seen = drawn
    sample = make_sample(seen, OWN, OWN, np.random.default_rng(4), given=3)
    cells_hinted = np.flatnonzero(sample.holds[..., 0].sum(1))
    flat = flattened(np.repeat(composition.ink[..., None], 3, 2))
    lines = cleaned(flat, contours(flat, loaded.contours))
    regions = find_surfaces(lines)
    known = look(loaded, np.repeat(composition.ink[..., None], 3, 2))
    assert known is not None
    token = known.tokens.token[known.cells.labels]
    colors, mask = np.zeros((*lines.shape, 3), np.uint8), np.zeros(lines.shape, bool)
    for cell in cells_hinted:
        depth = np.where(token == cell, known.cells.depth, 0)
        row, column = np.unravel_index(int(depth.argmax()), depth.shape)
        spot = np.s_[row - 3 : row + 4, column - 3 : column + 4]
        colors[spot], mask[spot] = seen.colors[cell], True
    bare = np.zeros_like(mask)
    hinted = read_strokes(regions, colors, mask, bare)
    told = carried(hinted, known, region_shares(hinted.regions, known), Wishes(colors, mask, bare))
    assert sorted(told.kinds.tolist()) == sorted(sample.kind.tolist())
    for cell in cells_hinted:
        mine, theirs = int(told.holds[cell, :, 0].argmax()), int(sample.holds[cell, :, 0].argmax())
        assert told.holds[cell, mine, 0] > 0
        assert torch.allclose(told.colors[mine], torch.from_numpy(sample.colors[theirs]).float(), atol=0.01)
    others = np.setdiff1d(np.arange(len(seen)), cells_hinted)
    assert not told.holds[others].any()


def test_it_learns_one_drawing(drawn: tuple[Composition, Seen]) -> None:
    """With the true answers the loss falls to nearly none, and what is measured then is right."""
    _, seen = drawn
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    own = np.concatenate([OWN, srgb_to_lab(seen.colors[seen.painted][None])[0]]).astype(np.float64)
    net = CellNet(seen.trunk.shape[1], len(own), width=48, layers=2, heads=4)
    optimizer = torch.optim.Adam(net.parameters(), 3e-3)
    losses = []
    for _ in range(120):
        given, answers = collate([make_sample(seen, own, own, rng) for _ in range(6)])
        loss, pair = loss_of(net(given), answers)
        optimizer.zero_grad()
        (loss + pair).backward()
        optimizer.step()
        losses.append(loss.item())
    assert np.mean(losses[-10:]) < 0.5 * np.mean(losses[:5])
    (share, kept), *_ = measure(net.eval(), [(seen, None)], own)
    assert share > 0.8 and kept > 0.9


def test_decided_cells_carry_their_colour(drawn: tuple[Composition, Seen]) -> None:
    _, seen = drawn
    kinds = [set(make_sample(seen, OWN, OWN, np.random.default_rng(seed)).kind.tolist()) for seed in range(30)]
    assert any(DECIDED in each for each in kinds) and any(HINT not in each for each in kinds)


def test_it_goes_into_a_weights_file_and_its_card(
    untrained: Path, drawn: tuple[Composition, Seen], tmp_path: Path
) -> None:
    weights = load_weights(untrained)
    figures = {"style on held-out": {"a": 1}, "openmoji": {"b": 2}}
    path = tmp_path / "weights.safetensors"
    save_weights(path, replace(weights, card={"figures": figures}))
    (tmp_path / "seen").mkdir()
    write_json(tmp_path / "seen" / SOURCES, {"noto": 3, "openclipart": 2})
    net = CellNet(sum(weights.config.widths[1:]), weights.config.colors)
    put(net, path, card_of([tmp_path / "seen"], 5, 7, 1.25))
    after = load_weights(path)
    assert torch.equal(after.generator.cells.query.weight, net.query.weight.half().float())
    assert after.card["cells"]["data"]["noto"] == {"drawings": 3, "licence": "Apache-2.0 (Noto Emoji, Google)"}
    assert list(after.card["figures"]) == ["style on held-out"]  # the others were measured with other colours


def shards(folder: Path, drawn: tuple[Composition, Seen], count: int = 2) -> Path:
    _, seen = drawn
    write_shard(folder / "0000.npz", [seen] * count)
    return folder


def test_a_fit_ends_with_its_time_and_its_average_learns(drawn: tuple[Composition, Seen], tmp_path: Path) -> None:
    drawings = Drawings([shards(tmp_path, drawn)])
    drawings.refresh()
    torch.manual_seed(0)
    net = CellNet(drawn[1].trunk.shape[1], len(OWN), width=48, layers=2, heads=4)
    first = net.query.weight.clone()
    fit = Fit(net, drawings, OWN, minutes=0.05, rate=3e-3)
    losses = [fit.losses["loss"] for _ in fit.steps()]
    assert fit.spent >= 1 and fit.step == len(losses) > 3
    assert losses[-1] < losses[0]
    assert not torch.equal(first, fit.average.query.weight) and not fit.average.training


@pytest.mark.parametrize("name", cell_ablate.VARIANTS)
def test_every_variant_of_the_ablations_trains(
    name: str, drawn: tuple[Composition, Seen], tmp_path: Path, untrained: Path
) -> None:
    drawings = Drawings([shards(tmp_path / "seen", drawn)])
    drawings.refresh()
    chosen = [(drawn[1], None)]
    found = cell_ablate.trained(name, 1, drawings, chosen, 1e-3, str(untrained), tmp_path / "out")
    assert len(found) == len(cell_ablate.COLUMNS) and np.isfinite(found[:4]).all()
    assert cell_ablate.trained(name, 1, drawings, chosen, 1e9, str(untrained), tmp_path / "out") == pytest.approx(
        found, nan_ok=True
    )


def test_a_curve_of_how_sure_it_was(drawn: tuple[Composition, Seen], untrained: Path) -> None:
    answers = cell_curve.Answers(
        np.array([0.05, 0.95, 0.96, 1.0]), np.array([False, True, False, True]), np.array([False, True, True, False]),
        np.array([1.0, 1, 1, 2]),
    )  # fmt: skip
    every = cell_curve.curve(answers, np.ones(4, bool))
    assert every[0] == (0.2, 0) and every[-1] == (0.8, 0.75) and np.isnan(every[4][1])
    assert cell_curve.curve(answers, answers.copied)[-1] == (1, 0.5)
    found = cell_curve.answers_of(load_weights(untrained).generator.cells, [drawn[1]])
    assert len(found.sure) == len(found.right) and ((found.sure >= 0) & (found.sure <= 1.0001)).all()
