"""Weights on a device, ready for any number of requests of any task."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import cast

import torch
from torch import Tensor

from ..model.cells import CellInput, Pairs
from ..model.conditions import Conditions
from ..model.discriminator import Discriminator
from ..model.generator import Code, Generator, Prediction, blend
from ..model.ink import InkNet
from ..model.weights import load_weights
from .runner import choose_runner


class Loaded:
    """G and D of one weights file. Not for two threads at once."""

    def __init__(self, weights: str | Path = "default", device: str = "auto", dtype: str = "auto") -> None:
        """device, dtype: see `choose_runner`. Raises WeightsError for unusable weights and UsageError for a device that is not there."""
        self.runner = choose_runner(device, dtype)
        self.weights = load_weights(weights)
        # a cell's choice among colours must not depend on rounding, and takes a few milliseconds: in float32 on any device
        self.cells = copy.deepcopy(self.weights.generator.cells).float().to(self.runner.device)
        self.generator = cast(Generator, self.runner.placed(self.weights.generator))
        self.discriminator = cast(Discriminator, self.runner.placed(self.weights.discriminator))
        self.ink = cast(InkNet, self.runner.placed(self.weights.ink))
        self.colors = self.cells.colors.cpu()  # (n, 3) Lab / 100, G's own for cells

    @property
    def description(self) -> str:
        """Device, dtype and weights, for `--verbose`."""
        return f"{self.runner.description}, weights {self.weights.digest[:12]}"

    @torch.inference_mode()
    def predict(self, x: Tensor, z: Conditions, code: Code | None = None) -> Prediction:
        """G's forward pass on the runner, results in float32 on the CPU."""
        device = self.runner.device
        with self.runner.autocast():
            prediction = self.generator(x.to(device), z.to(device), code)
        return Prediction(*(value.float().cpu() for value in prediction))

    @torch.inference_mode()
    def contours(self, picture: Tensor) -> Tensor:
        """The ink network's logits (1, 1, h, w) of a picture (1, 3, h, w), in float32 on the CPU; see `lineart.ink`."""
        device = self.runner.device
        with self.runner.autocast():
            logits = self.ink(picture.to(device))
        return logits.float().cpu()  # type: ignore[no-any-return]

    @torch.inference_mode()
    def cell_pairs(self, given: CellInput) -> Pairs:
        """`CellNet.pairs`, in float32 on the runner's device."""
        return self.cells.pairs(CellInput(*(each.to(self.runner.device) for each in given)))

    @torch.inference_mode()
    def cell_colors(self, given: CellInput, pairs: Pairs | None = None) -> Tensor:
        """The logits of `CellOutput`, in float32 on the CPU; the network's own colours are `colors`. pairs: see `cell_pairs`."""
        device = self.runner.device
        there = CellInput(*(each.to(device) for each in given))
        return self.cells.choices(there, pairs or self.cells.pairs(there))[0].cpu()

    @torch.inference_mode()
    def cell_meeting(self, given: CellInput) -> Tensor:
        """`CellOutput.together`, in float32 on the CPU."""
        return self.cells(CellInput(*(each.to(self.runner.device) for each in given))).together.cpu()  # type: ignore[no-any-return]

    @torch.inference_mode()
    def judge(self, x: Tensor, y: Tensor, z: Conditions) -> Tensor:
        """D's mean logit of each sample (b,): how real it finds y (b, 3, h, w) Lab / 100."""
        device = self.runner.device
        with self.runner.autocast():
            logits = self.discriminator(x.to(device), y.to(device), z.to(device))
        return logits.float().mean((1, 2, 3)).cpu()  # type: ignore[no-any-return]

    @torch.inference_mode()
    def code(self, z: Conditions, shares: Tensor) -> Code:
        """What G reads of n conditions in a batch, blended by `shares` (n,), sum 1, on the runner's device."""
        device = self.runner.device
        with self.runner.autocast():
            return blend(self.generator.conditions(z.to(device)), shares.to(device))
