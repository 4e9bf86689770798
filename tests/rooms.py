"""Prepared data of drawings with exact truth: twelve rooms on paper, each in one of a few colours."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from colorgan_train.cache import write_shard
from colorgan_train.render import SIZE, Rendered
from colorgan_train.split import HELD_OUT, TUNING

COLORS = ((200, 60, 50), (60, 120, 200), (230, 190, 60), (90, 160, 80), (150, 90, 160))
ROWS, COLUMNS, ROOM, FIRST = 3, 4, 48, 24  # of rooms; px


def rooms(number: int) -> Rendered:
    """Drawing `number`: its rooms have colours of COLORS drawn at random."""
    rng = np.random.default_rng(number)
    color = np.full((SIZE, SIZE, 3), 255, np.uint8)
    alpha, lines = np.zeros((SIZE, SIZE), np.uint8), np.full((SIZE, SIZE), 255, np.uint8)
    for row in range(ROWS):
        for column in range(COLUMNS):
            top, left = FIRST + row * ROOM, FIRST + column * ROOM
            box = slice(top, top + ROOM), slice(left, left + ROOM)
            color[box], alpha[box] = COLORS[rng.integers(len(COLORS))], 255
            lines[box] = 0
            lines[top + 2 : top + ROOM - 2, left + 2 : left + ROOM - 2] = 255
    return Rendered(color, alpha, np.stack([lines, lines]), (0, 0, SIZE, SIZE), True)


def prepare(folder: Path, held_out: int, tuning: int = 0) -> Path:
    """Writes so many drawings of each part."""
    parts = [HELD_OUT] * held_out + [TUNING] * tuning
    items = [
        {
            "source": "noto", "name": f"rooms-{number}", "part": part, "family": "", "kind": "vector", "has_alpha": True,
            "has_outline": True, "box": [0, 0, SIZE, SIZE],
        }
        for number, part in enumerate(parts)
    ]  # fmt: skip
    (folder / "noto").mkdir(parents=True, exist_ok=True)
    write_shard(folder / "noto/0000", [rooms(number) for number in range(len(parts))], {"items": items})
    return folder
