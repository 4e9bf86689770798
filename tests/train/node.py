"""`colorgan`, changed to a test's size by TEST_* in the environment; what torchrun runs in the tests."""

from __future__ import annotations

import functools
import os
import sys
from datetime import timedelta
from typing import Any

import torch
from test_training import TINY

from colorgan_core.cli import main
from colorgan_core.model.config import PRESETS

PRESETS["tiny"] = TINY

from colorgan_train import loop, together, train_command  # noqa: E402 (the command reads the presets when it is imported)

loop.precision = lambda: "32-true"
train_command.Settings = functools.partial(
    train_command.Settings, checkpoint_minutes=float(os.environ.get("TEST_CHECKPOINT_MINUTES", "5"))
)
together.PATIENCE = timedelta(seconds=float(os.environ.get("TEST_PATIENCE", "300")))
real = loop.training_step


def broken(fabric: Any, networks: Any, batch: Any, settings: Any, pace: float, step: int) -> dict[str, torch.Tensor]:
    """Process 1 has a loss that is no number in step 3, while the weights and process 0's loss are still good."""
    losses = real(fabric, networks, batch, settings, pace, step)
    return {**losses, "l1": torch.tensor(torch.nan)} if fabric.global_rank == 1 and step == 3 else losses


if "TEST_NAN" in os.environ:
    loop.training_step = broken
sys.exit(main())
