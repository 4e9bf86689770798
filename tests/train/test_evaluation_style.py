"""The style table's measures: known answers, and rows that must come out in order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from colorgan_core.errors import InputError, UsageError
from colorgan_core.model.weights import load_weights
from colorgan_core.picture.color import srgb_to_lab
from colorgan_core.picture.pixels import read_picture
from colorgan_train.evaluation import style
from colorgan_train.evaluation.sets import style_pictures
from colorgan_train.evaluation.style import StyleFigures, verdicts

RGB = np.ndarray[Any, Any]


def blots(seed: int, low: tuple[int, int, int], high: tuple[int, int, int], size: int = 384) -> RGB:
    rng = np.random.default_rng(seed)
    mix = rng.random((size // 16, size // 16, 1)).repeat(16, 0).repeat(16, 1)
    return (np.array(low) * (1 - mix) + np.array(high) * mix).astype(np.uint8)


WARM = blots(0, (120, 30, 10), (250, 220, 120))
COOL = blots(1, (10, 30, 90), (120, 220, 230))


def test_distances_are_zero_only_for_the_same_picture() -> None:
    for measure in (style.patch_distance, style.covariance_distance):
        assert measure(WARM, WARM) == pytest.approx(0, abs=1e-4)
        assert measure(COOL, WARM) > 0.02


def test_patches_of_even_pictures_differ_by_what_a_random_direction_sees() -> None:
    """Even pictures 0.5 apart: 0.5 times the mean of |sum of a random unit vector|, which is sqrt(2 / pi)."""
    dark, light = (np.full((64, 64, 3), value, np.uint8) for value in (51, 178))
    expected = 127 / 255 * np.sqrt(2 / np.pi)
    assert style.patch_distance(dark, light) == pytest.approx(expected, rel=0.1)


def test_content_is_kept_by_other_colors_and_lost_by_other_shapes() -> None:
    assert style.gradient_ssim(WARM, WARM) == pytest.approx(1, abs=1e-3)
    assert style.gradient_ssim(style.reinhard(WARM, COOL), WARM) > style.gradient_ssim(COOL, WARM) + 0.2


def test_reinhard_takes_mean_and_spread() -> None:
    muted = blots(2, (100, 110, 120), (150, 140, 130))
    moved = srgb_to_lab(style.reinhard(WARM, muted))
    wanted = srgb_to_lab(muted)
    assert np.abs(moved.mean((0, 1)) - wanted.mean((0, 1))).max() < 1
    assert np.abs(moved.std((0, 1)) - wanted.std((0, 1))).max() < 1


def test_rows_come_out_in_order() -> None:
    """A copy of the style beats all in likeness and loses the content; identity keeps all content."""
    rows, pictures = style.style_figures([WARM], [COOL], lambda content, look: look, lambda: None)
    named = {row.row: row for row in rows}
    assert list(named) == list(style.ROWS) and len(pictures) == 1
    assert named["colorgan"].cosine == pytest.approx(1, abs=1e-3) and named["colorgan"].patches < 1e-4
    assert named["identity"].content == pytest.approx(1, abs=1e-3)
    assert named["colorgan"].content < named["identity"].content
    assert named["identity"].cosine < min(named["reinhard"].cosine, named["magenta"].cosine)


def test_verdicts() -> None:
    def said(cosine: float, patches: float, content: float) -> list[str]:
        rows = [("colorgan", cosine, patches, content), ("reinhard", 0.90, 0.06, 0.9), ("magenta", 0.99, 0.03, 0.3)]
        return verdicts([StyleFigures(row, c, p, 0.0, k) for row, c, p, k in rows])

    assert said(0.94, 0.045, 0.3) == [
        "From Reinhard to Magenta it is at least a third of the way: 0.44 by the style vector, 0.50 by patches.",
        "Content is kept no worse than Magenta keeps it.",
    ]
    assert "less than a third" in said(0.94, 0.058, 0.3)[0] and "worse than" in said(0.94, 0.045, 0.2)[1]
    assert verdicts([StyleFigures("identity", 0, 0, 0, 0)]) == []


def test_the_command(run: Callable[..., Any], tmp_path: Path, painter: None) -> None:
    for part, picture in (("content", WARM), ("style", COOL)):
        (tmp_path / part).mkdir()
        Image.fromarray(picture[:200, :300]).save(tmp_path / part / "a.png")
    out, sheet = tmp_path / "figures.json", tmp_path / "sheet.png"
    ran = run("evaluate", "--task", "style", "--set", tmp_path, "--json", out, "--sheet", sheet)
    assert ran.code == 0 and "Magenta" in ran.out and "of the way" in ran.out
    assert out.stat().st_size > 200 and read_picture(sheet).size[0] > 1000


def test_figures_go_into_the_card(run: Callable[..., Any], tmp_path: Path, untrained: Path) -> None:
    weights = tmp_path / "w.safetensors"
    weights.write_bytes(untrained.read_bytes())
    for part, picture in (("content", WARM), ("style", COOL)):
        (tmp_path / part).mkdir()
        Image.fromarray(picture).save(tmp_path / part / "a.png")
    assert run("evaluate", "--task", "style", "--set", tmp_path, "--weights", weights, "--card").code == 0
    before, after = load_weights(untrained), load_weights(weights)
    (figures,) = after.card["figures"].values()
    assert [row["row"] for row in figures["style"]] == list(style.ROWS)
    assert all(
        torch.equal(a, b) for a, b in zip(before.generator.parameters(), after.generator.parameters(), strict=True)
    )


def test_sets_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="content/ and style/"):
        style_pictures(str(tmp_path), None)
    with pytest.raises(UsageError, match="--data"):
        style_pictures("held-out", None)
