"""References: the same figure in another pose, what is read of a reference picture, and how training and evaluation use it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from compose_art import arts

from colorgan_core.errors import UsageError
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.lineart.reference import MOST, read_reference
from colorgan_core.model.cells import PAPER, REFERENCE
from colorgan_core.picture.color import srgb_to_lab
from colorgan_train.cell_cache import composed
from colorgan_train.cell_loop import Drawings
from colorgan_train.cell_samples import collate, make_sample
from colorgan_train.cell_truth import REFERENCE as A_REFERENCE
from colorgan_train.cell_truth import Seen, write_shard
from colorgan_train.compose.composition import Composition, example
from colorgan_train.compose.pieces import Pieces
from colorgan_train.compose.repose import pose, posed
from colorgan_train.evaluation import model_sheets
from colorgan_train.evaluation.measures import delta_e_2000
from colorgan_train.split import TUNING

OWN = np.array([[50.0, 60, 40], [60, -50, 40], [40, 10, -50], [80, 0, 60]])


class One:
    """A data set of one composition."""

    def __init__(self, composition: Composition) -> None:
        self.composition = composition

    def __len__(self) -> int:
        return 1

    def is_page(self, index: int) -> bool:
        return False

    def __getitem__(self, index: int) -> Composition:
        return self.composition


@pytest.fixture(scope="module")
def pair(untrained: Path) -> tuple[Seen, Seen]:
    drawing, reference = composed(Loaded(untrained, "cpu"), One(example(5, 384)), np.random.default_rng(2), both=True)  # type: ignore[arg-type]
    return drawing, reference


def test_without_strength_a_pose_is_the_same_picture() -> None:
    composition = example(3, 256)
    where = pose(np.random.default_rng(0), composition.surfaces > 0, 0.0)
    color, labels = posed((composition.color, composition.surfaces), where)
    assert np.array_equal(color, composition.color) and np.array_equal(labels, composition.surfaces)


@pytest.mark.parametrize("seed", range(6))
def test_another_pose_moves_the_figure_and_keeps_its_surfaces(seed: int) -> None:
    composition = example(3, 256)
    inside = composition.surfaces > 0
    where = pose(np.random.default_rng(seed), inside)
    color, labels = posed((composition.color, composition.surfaces), where)
    assert np.array_equal(posed((composition.color,), pose(np.random.default_rng(seed), inside))[0], color)
    assert (labels != composition.surfaces).mean() > 0.05
    large = np.bincount(composition.surfaces.reshape(-1)) > 600
    kept = np.isin(np.flatnonzero(large), labels)
    assert kept.mean() > 0.8, "what is large is still to be seen"
    assert (np.abs(color.astype(int) - composition.colors[labels]).max(2) < 12).mean() > 0.9


@pytest.mark.parametrize("inked", [True, False])
def test_a_references_cells_have_its_colours(inked: bool) -> None:
    composition = example(3, 700)
    picture = composition.inked() if inked else composition.color
    read = read_reference(picture)
    assert 2 < len(read.tokens) <= MOST
    lab, truth = srgb_to_lab(read.colors[None])[0], srgb_to_lab(composition.colors[None])[0]
    sure = read.even > 0.9
    assert sure.mean() > 0.9
    assert (delta_e_2000(lab[sure][:, None], truth[None]).min(1) < 3).all()
    shares = np.bincount(composition.surfaces.reshape(-1)) / composition.surfaces.size
    for surface in np.flatnonzero(shares > 0.02):
        assert delta_e_2000(lab, truth[surface]).min() < 3, "every large surface has a cell"


def test_a_drawing_comes_with_its_reference(pair: tuple[Seen, Seen], tmp_path: Path) -> None:
    drawing, reference = pair
    assert drawing.source[0] == 0 and reference.source[0] == A_REFERENCE
    write_shard(tmp_path / "0000.npz", [drawing, reference, drawing])
    drawings = Drawings([tmp_path])
    drawings.refresh()
    assert len(drawings.seen) == 2 and list(drawings.references) == [0]
    found = [drawings.reference(0, np.random.default_rng(seed)) for seed in range(20)]
    assert any(each is None for each in found) and any(each is not None for each in found)
    assert drawings.reference(1, np.random.default_rng(0)) is None


def test_a_samples_reference_holds_colours_and_is_asked_for_none(pair: tuple[Seen, Seen]) -> None:
    drawing, reference = pair
    for seed in range(20):
        sample = make_sample(drawing, OWN, OWN, np.random.default_rng(seed), reference=reference)
        count = len(drawing)
        assert len(sample.geometry) == count + len(reference) and sample.own == count
        held = sample.holds[count:, :, 0]
        assert (held.sum(1) == 1).all() and (sample.kind[held.argmax(1)] == REFERENCE).all()
        assert not sample.weight[count:].any() and not sample.right[count:].any()
        assert not sample.together_weight[sample.pairs[:, 0] >= count].any()
        # a painted cell's colour is there, moved with the drawing's where that is recoloured
        judged = (sample.weight[:count] > 0) & drawing.painted
        pointed = sample.right[:count][:, 1 : len(sample.colors)].any(1)
        assert pointed[judged].mean() > 0.7
    given, answers = collate([sample, make_sample(drawing, OWN, OWN, np.random.default_rng(0))])
    assert given.reference.sum(1).tolist() == [len(reference), 0]
    assert not answers["weight"][given.reference].any()


def test_what_is_measured_is_given_the_reference_alone(pair: tuple[Seen, Seen]) -> None:
    drawing, reference = pair
    sample = make_sample(drawing, OWN, OWN, np.random.default_rng(0), 0, reference)
    assert set(sample.kind.tolist()) == {PAPER, REFERENCE} and not sample.holds[: len(drawing)].any()


@pytest.fixture(scope="module")
def figure() -> model_sheets.Figure:
    pieces = Pieces(arts(TUNING), TUNING)
    found = (model_sheets.figure_of(pieces, number) for number in range(5))
    return next(each for each in found if each is not None)


def test_a_figure_is_right_in_its_own_colours_and_wrong_without(figure: model_sheets.Figure) -> None:
    truth, nothing = figure.case.truth, np.full_like(figure.case.truth, 255)
    assert model_sheets.right(truth, figure) == 1 and model_sheets.right(nothing, figure) == 0
    own, other = figure.sheets
    assert model_sheets.right(model_sheets.same_place(figure, own), figure) > 0.95
    assert own.shape == other.shape and not np.array_equal(own, other)


def test_the_network_is_given_the_sheet(figure: model_sheets.Figure, lively: Path) -> None:
    colorizer = Colorizer(Loaded(lively, "cpu"))
    with_sheet, without = (model_sheets.colored(colorizer, figure, each) for each in (figure.sheets[0], None))
    assert with_sheet.shape == figure.case.truth.shape and not np.array_equal(with_sheet, without)


def test_other_sets_are_refused(lively: Path) -> None:
    with pytest.raises(UsageError, match="held-out or tuning-part"):
        model_sheets.measure(None, None, "openmoji", None, None, 1, None)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="--data"):
        model_sheets.measure(None, None, "held-out", None, None, 1, None)  # type: ignore[arg-type]


def test_the_table_has_a_row_for_each_way() -> None:
    found = {"colorgan": [(0.9, 0.7), (1.0, 0.8)], "no sheet": [(0.1, 0.1), (0.2, 0.2)]}
    first, second = model_sheets.summary(found)
    assert first["row"] == "colorgan" and first["its own picture"][0] == pytest.approx(0.95)
    assert second["another pose"][0] == pytest.approx(0.15)
    assert model_sheets.table(found, "two").row_count == 2
