"""Training samples: every task's (x, y, z) fits together, and hints, palettes and references tell the truth."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from colorgan_core.inference.colors import Wishes
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import build_request
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.model.cells import HINT, PALETTE
from colorgan_core.model.color import srgb_to_lab
from colorgan_core.model.conditions import Conditions, planes
from colorgan_core.model.config import GRAY, LINEART, STYLE
from colorgan_core.progress import unwatched
from colorgan_train.cell_samples import collate as collate_cells
from colorgan_train.cell_samples import read_cells
from colorgan_train.compose.composition import example
from colorgan_train.compose.conditions import draw
from colorgan_train.compose.hints import draw_hints as session_of_hints
from colorgan_train.dataset import collate, to_batch
from colorgan_train.hints import draw_hints, draw_ink_hints
from colorgan_train.recolor import take_palette, to_lab, turn_hues
from colorgan_train.sample import View, make_sample


class Squares:
    """Two drawings: a red square and a blue one, on white."""

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> View:
        color, alpha = np.full((256, 256, 3), 255, np.uint8), np.zeros((256, 256), np.uint8)
        color[60:190, 60:190], alpha[60:190, 60:190] = ((210, 40, 30), (20, 60, 220))[index], 255
        lines = np.full((256, 256), 255, np.uint8)
        cv2.rectangle(lines, (60, 60), (190, 190), 0, 4)
        return View(color, alpha, np.stack([lines, lines]), has_alpha=True)


def samples(task: int, count: int = 40) -> list:
    return [make_sample(np.random.default_rng([1, n]), Squares(), n % 2, 96, (task,)) for n in range(count)]


@pytest.mark.parametrize("task", [LINEART, GRAY, STYLE])
def test_samples_make_a_batch(task: int) -> None:
    batch = to_batch(collate(samples(task, 6)))
    assert batch.x.shape == batch.y.shape == (6, 3, 96, 96) and batch.alpha.shape == (6, 1, 96, 96)
    assert (batch.z.task == task).all()
    assert all(torch.isfinite(value).all() for value in batch.z if value.is_floating_point())


def test_line_art_never_asks_for_color_on_ink() -> None:
    batch = to_batch(collate(samples(LINEART)))
    assert (batch.y <= (srgb_to_lab_l(batch.x) + 0.02)).all()


def srgb_to_lab_l(x: torch.Tensor) -> torch.Tensor:
    """Line art's value in sRGB, from its lightness."""
    from colorgan_core.model.color import lab_to_srgb

    return lab_to_srgb(x)


def test_gray_pairs_share_their_lightness() -> None:
    batch = to_batch(collate(samples(GRAY)))
    assert (srgb_to_lab(batch.y)[:, 0] - batch.x[:, 0]).abs().max() < 0.01
    assert batch.x[:, 1:].abs().max() < 1e-3


def test_style_pairs_have_a_style_picture() -> None:
    batch = to_batch(collate(samples(STYLE)))
    assert batch.z.reference_mask.all() and not batch.z.hints.any()


def test_careful_hints_have_the_true_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("colorgan_train.hints.CARELESS", -1.0)
    item = Squares()[0]
    regions = find_surfaces(item.outline[0])
    seen = 0
    for n in range(30):
        hints, mask, bare = draw_hints(np.random.default_rng(n), item.color, item.alpha, regions)
        assert not (mask & bare).any() and not (bare & (item.alpha > 128)).any()
        assert (np.abs(hints[mask].astype(int) - item.color[mask]).max(initial=0)) < 40
        seen += bool(mask.any())
    assert seen > 20
    shares = [sample.hints_mask.any() for sample in samples(LINEART)]
    assert 0 < np.mean(shares) < 1, "some samples have hints, and some have none"


def test_ink_hints_are_dark_and_near_the_lines() -> None:
    item = Squares()[0]
    assert item.outline is not None
    regions = find_surfaces(item.outline[0])
    drawn = item.color * (item.outline[0][..., None] > 128)
    for n in range(10):
        hints, mask = np.zeros_like(item.color), np.zeros((256, 256), bool)
        draw_ink_hints(np.random.default_rng(n), drawn, regions, hints, mask)
        assert mask.any() and not hints[mask].any()
        assert regions.depth[mask].max() < 10 and (regions.depth[mask] > 1).any(), "near the line, and spilt beside it"


def test_a_foreign_palette_is_judged_by_d_alone() -> None:
    batch = to_batch(collate(samples(GRAY, 200)))
    foreign = ~batch.paired
    assert 0.01 < foreign.float().mean() < 0.2
    assert (
        not batch.z.hints[foreign].any() and batch.z.palette_mask[foreign].any(1).all() and batch.blind[foreign].all()
    )
    assert to_batch(collate(samples(STYLE, 20))).paired.all()


def test_turning_hues_keeps_grays_and_lightness() -> None:
    gray = np.full((4, 4, 3), 130, np.uint8)
    assert np.abs(turn_hues(np.random.default_rng(0), gray).astype(int) - 130).max() <= 1
    item = Squares()[0]
    turned = turn_hues(np.random.default_rng(1), item.color)
    assert np.abs(to_lab(turned)[..., 1:] - to_lab(item.color)[..., 1:]).max() > 20


def test_taking_a_palette_moves_each_color_as_a_whole() -> None:
    item, rng = Squares()[0], np.random.default_rng(0)
    own = np.array([[255, 255, 255], [210, 40, 30]], np.uint8)
    other = np.array([[250, 250, 210], [30, 90, 200]], np.uint8)
    colored = take_palette(rng, item.color, own, other)
    assert len(np.unique(colored[70:180, 70:180].reshape(-1, 3), axis=0)) == 1
    assert (colored[100, 100] != item.color[100, 100]).any()


def test_recoloring_leaves_bare_paper_white() -> None:
    for sample in samples(LINEART):
        paper = (sample.alpha == 0) & (sample.x[..., 0] == 255)
        assert sample.y[paper].min(initial=255) >= 253


@pytest.mark.parametrize("condition", ["clean", "broken", "hatching", "screentone"])
def test_hints_are_read_in_training_as_in_the_editor(
    condition: str, lively: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A composed drawing with a hand's hints, as a sample and as a request: the network for cells gets the same numbers."""
    size, rng = 256, np.random.default_rng(34)
    composition = example(3, size)
    drawing = draw(composition, condition, rng)
    session = session_of_hints(composition, rng, 12)
    mask = session.layer[..., 3] >= 128
    bare = session.bare & ~mask
    assert mask.any()
    loaded = Loaded(lively, "cpu")
    given, plain = [], loaded.cell_colors
    monkeypatch.setattr(loaded, "cell_colors", lambda each, pairs=None: given.append(each) or plain(each, pairs))
    colorizer = Colorizer(loaded)
    request = build_request(drawing.picture[..., :3], task="lineart", hints=session.layer, bare=bare)
    colorizer.colorize(request)
    lines = np.ascontiguousarray(colorizer.take(request)[1][..., 0])
    regions = colorizer.regions(lines, None, unwatched)
    own = loaded.colors.numpy().astype(np.float64) * 100
    wishes = Wishes(session.layer[..., :3], mask, bare)
    sample, labels = read_cells(lines, regions, composition.color, None, wishes, own, anew=False)
    trained, _ = collate_cells([sample])
    assert trained.holds.any() and len(trained.geometry[0]) > 3
    for name in ("geometry", "present", "touch", "colors", "kind", "given", "holds", "reference"):
        assert torch.equal(getattr(trained, name), getattr(given[-1], name)), name
    x = planes(torch.from_numpy(np.repeat(lines[..., None], 3, 2))[None])
    z = Conditions.empty(LINEART, 1, size, size)
    z = z._replace(regions=torch.from_numpy(labels).long()[None], openness=x[:, :1].clamp(0, 1))
    assert torch.equal(loaded.predict(x, z).cells[0], given[-1].trunk[0])


def test_samples_of_line_art_have_right_answers_for_their_cells() -> None:
    """The one square is the hint's colour where it has one, else one of G's own; the paper is paper."""
    own = np.array([to_lab(np.uint8([[[210, 40, 30]]]))[0, 0], to_lab(np.uint8([[[20, 60, 220]]]))[0, 0]], np.float64)
    hinted = 0
    for n in range(40):
        sample = make_sample(np.random.default_rng([2, n]), Squares(), n % 2, 128, (LINEART,), own=own)
        cells = sample.cells
        assert cells is not None and sample.regions.max() < len(cells.geometry)
        many = len(cells.colors)
        assert cells.right[cells.weight > 0].any(1).all()
        paper = cells.right[:, 0]
        assert not cells.right[paper, 1:].any()
        if HINT in cells.kind:
            hinted += 1
        elif PALETTE not in cells.kind and (~paper & (cells.weight > 0)).any():
            assert cells.right[~paper & (cells.weight > 0), many:].any(1).all()
    assert hinted
