"""`colorgan` as it is, with a network and pauses between checkpoints of a test's size; what torchrun runs in the tests."""

from __future__ import annotations

import functools
import os
import sys

from colorgan_core.cli import main
from colorgan_core.model.config import PRESETS, ModelConfig

PRESETS["tiny"] = ModelConfig(
    widths=(16, 32, 48, 48, 48), blocks=(1,) * 5, condition_width=32, token_width=32, discriminator_widths=(16, 32)
)

if __name__ == "__main__":
    from colorgan_train import loop, train_command

    loop.precision = lambda settings: "32-true"  # type: ignore[assignment]
    minutes = float(os.environ.get("TEST_CHECKPOINT_MINUTES", "5"))
    train_command.Settings = functools.partial(train_command.Settings, checkpoint_minutes=minutes)  # type: ignore
    sys.exit(main())
