"""The ablations: every variant can be trained, and a run that is there is not done again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from colorgan_core.model.conditions import Conditions
from colorgan_core.model.config import LINEART, PRESETS, ModelConfig
from colorgan_core.model.generator import Generator
from colorgan_train import ablate, loop
from colorgan_train.evaluation import hintauc_bridge as bridge
from colorgan_train.evaluation.keep import Keep, save
from colorgan_train.evaluation.rivals import draw_lines_over
from colorgan_train.evaluation.sets import EvaluationSet, Item
from colorgan_train.sample import View
from colorgan_train.settings import Settings

TINY = ModelConfig(
    widths=(8, 8, 16, 16, 16), blocks=(1,) * 5, condition_width=16, token_width=16, discriminator_widths=(8, 16)
)


class Discs:
    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> View:
        color, lines = np.full((256, 256, 3), 255, np.uint8), np.full((256, 256), 255, np.uint8)
        alpha = np.zeros((256, 256), np.uint8)
        cv2.circle(color, (128, 128), 80, (200, 40 + 100 * index, 60), -1)
        cv2.circle(alpha, (128, 128), 80, 255, -1)
        cv2.circle(lines, (128, 128), 80, 0, 4)
        return View(color, alpha, np.stack([lines, lines]), has_alpha=True)


def no_hints(python: str, jobs: Sequence[tuple[Path, Path]], advance: Callable[[], None]) -> None:
    for _, folder in jobs:
        for ratio in bridge.RATIOS:
            save(folder / f"{ratio:.2f}.png", np.zeros((256, 256, 4), np.uint8))


def same_score(python: str, jobs: Sequence[tuple[Path, Path]], advance: Callable[[], None]) -> list[dict[str, float]]:
    assert all(path.is_file() for job in jobs for path in job)
    return [{"mse": 0.1, "psnr": 10.0, "deltae": 5.0}] * len(jobs)


@pytest.mark.parametrize("name", ablate.VARIANTS)
def test_every_variant_is_a_network_and_a_recipe(name: str) -> None:
    variant = ablate.VARIANTS[name]
    dataclasses.replace(Settings(), **variant.settings)
    z, x = Conditions.empty(LINEART, 1, 32, 32), torch.rand(1, 3, 32, 32)
    assert Generator(dataclasses.replace(TINY, **variant.config))(x, z).free.isfinite().all()


def test_a_variant_is_trained_and_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRESETS, "base", TINY)
    monkeypatch.setattr(loop, "precision", lambda: "32-true")
    monkeypatch.setattr(bridge, "make_hints", no_hints)
    monkeypatch.setattr(bridge, "score", same_score)
    monkeypatch.setattr(Keep, "of_user", lambda: Keep(tmp_path / "keep"))
    monkeypatch.setitem(ablate.VARIANTS, "small", ablate.Variant(settings={"batch": 1, "size": 64}))
    item, alpha = Discs()[0], Discs()[0].alpha
    drawing = Item("disc", item.outline[0], draw_lines_over(item.color, item.outline[0]), item.color, alpha)
    chosen = EvaluationSet("discs", (drawing,))
    found = ablate.measured("small", 1, Discs(), tmp_path / "out", 1e-4, chosen, "python")
    assert set(found) == set(ablate.COLUMNS) and found["few"] == found["many"] == 5.0
    assert np.isfinite(list(found.values())).all()
    monkeypatch.setattr(ablate, "train", lambda *_, **__: pytest.fail("trained again"))
    assert ablate.measured("small", 1, Discs(), tmp_path / "out", 1e-4, chosen, "python") == found
