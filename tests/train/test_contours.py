"""The network for contours: its training, its measure, and what the shipped one finds in drawings that are made up here."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from colorgan_core.inference.loaded import Loaded
from colorgan_core.lineart.cells import find_cells
from colorgan_core.lineart.ink import contours
from colorgan_core.model.ink import InkNet
from colorgan_core.model.weights import load_weights
from colorgan_core.picture.paper import flattened
from colorgan_core.picture.pixels import to_rgb8
from colorgan_train.compose.cache import shard_stem, write_compositions
from colorgan_train.compose.composition import example
from colorgan_train.compose.conditions import CONDITIONS, draw
from colorgan_train.compose.studio import write_drawing
from colorgan_train.evaluation.contours import astray, f_measure, figures_of
from colorgan_train.split import TRAINING

FLOOR = {"clean": 0.95, "broken": 0.85, "coloured-lines": 0.95, "layer": 0.95}  # F of contours; of the others:
ELSEWHERE = 0.8


def test_f_by_hand() -> None:
    true = np.zeros((40, 40), bool)
    true[20, 5:35] = True
    assert f_measure(true, true) == (1, 1, 1)
    assert f_measure(np.roll(true, 2, 0), true)[0] == pytest.approx(1), "within the tolerance"
    assert f_measure(np.roll(true, 5, 0), true)[0] == 0
    half = true & (np.arange(40) < 20)
    f, precision, recall = f_measure(half, true)
    assert precision == 1 and recall == pytest.approx(17 / 30) and f == pytest.approx(2 * recall / (1 + recall))


def test_astray_by_hand() -> None:
    surfaces = np.repeat([[1, 1, 1, 2, 2, 2, 3, 3]], 4, 0).astype(np.int64)
    labels = np.repeat([[1, 1, 1, 1, 2, 2, 0, 0]], 4, 0).astype(np.int32)
    share, cells = astray(labels, surfaces, np.ones((4, 8), bool))
    assert share == pytest.approx(1 / 6) and cells == 1, "of two surfaces that are seen, in two cells"
    assert astray(np.zeros((4, 8), np.int32), surfaces, np.ones((4, 8), bool)) == (0, 0)


def test_the_command_on_a_set(run: Callable[..., Any], untrained: Path, tmp_path: Path) -> None:
    for condition in ("clean", "hatching"):
        drawing = draw(example(1), condition, np.random.default_rng(0))
        write_drawing(tmp_path / "set", "00", drawing)
    words = ["evaluate", "--task", "contours", "--set", tmp_path / "set", "--weights", untrained]
    ran = run(*words, "--json", tmp_path / "f.json")
    assert ran.code == 0, ran.err
    assert "clean" in ran.out and "hatching" in ran.out and (tmp_path / "f.json").exists()
    loaded = Loaded(untrained, "cpu")
    clean, hatched = (figures_of(tmp_path / f"set/{name}/line/00.png", loaded) for name in ("clean", "hatching"))
    assert clean.f > 0.95 and clean.f == pytest.approx(clean.threshold, abs=0.02), "untrained, it is a threshold"
    assert hatched.f < clean.f
    shutil.rmtree(tmp_path / "set/clean/contours")
    ran = run(*words)
    assert ran.code == 3 and "has no truth in contours" in ran.sentence
    assert "not a set of compositions" in run(*words[:4], tmp_path, *words[5:]).sentence


def test_training_leaves_out_hatching(untrained: Path, tmp_path: Path) -> None:
    """A minute of it, on one figure after the other; the weights get the network, and nothing else of them changes."""
    write_compositions(shard_stem(tmp_path, TRAINING, 0), [example(seed, 512) for seed in range(4)], TRAINING)
    weights = tmp_path / "w.safetensors"
    shutil.copy(untrained, weights)
    words = [tmp_path, tmp_path / "ink.safetensors", "--minutes", "0.3", "--batch", "2", "--into", weights]
    ran = subprocess.run(
        [sys.executable, "-m", "colorgan_train.ink", *map(str, words)], capture_output=True, text=True, timeout=240
    )
    assert ran.returncode == 0, ran.stderr
    before, after = load_weights(untrained), load_weights(weights)
    assert after.card["contours"]["compositions"] == 4 and after.card["contours"]["steps"] > 0
    for name, value in before.generator.state_dict().items():
        assert torch.equal(value, after.generator.state_dict()[name])
    fresh = InkNet().state_dict()
    assert any(not torch.equal(value, fresh[name]) for name, value in after.ink.state_dict().items() if "out" in name)


@pytest.fixture(scope="module")
def default() -> Loaded:
    return Loaded("default", "cpu")


@pytest.mark.parametrize("condition", [name for name in CONDITIONS if name != "comic"])
def test_the_weights_that_come_along_find_contours(condition: str, default: Loaded) -> None:
    """On figures of plain shapes, which are no art that anybody trained on."""
    found = []
    for seed in (5, 6):
        drawing = draw(example(seed, 768), condition, np.random.default_rng(seed))
        chance = contours(flattened(to_rgb8(drawing.picture)), default.contours)
        found.append(f_measure(chance > 127, drawing.composition.ink < 128)[0])
        share, _ = astray(
            find_cells(chance <= 127).labels,
            drawing.composition.surfaces.astype(np.int64),
            drawing.counted_ink >= 250,
        )
        assert share < 0.03
    assert np.mean(found) > FLOOR.get(condition, ELSEWHERE), found
