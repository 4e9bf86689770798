"""Small sequences, and runs of `colorgan batch` over them in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

SIDE = 72


def draw(path: Path, number: int, side: int = SIDE) -> None:
    """A ring and a box in it, which move with the number."""
    picture = np.full((side, side, 3), 255, np.uint8)
    middle = side // 2 + number % 7 - 3
    cv2.circle(picture, (middle, side // 2), side // 3, (0, 0, 0), 2)
    cv2.rectangle(picture, (middle - side // 8, side // 2 - 8), (middle + side // 8, side // 2 + 8), (0, 0, 0), 2)
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), picture)


def shot(folder: Path, count: int, side: int = SIDE) -> str:
    """Frames 1 to count, as their sequence."""
    for number in range(1, count + 1):
        draw(folder / f"line.{number:04}.png", number, side)
    return str(folder / "line.####.png")


def start(*words: object, **more: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "NO_COLOR": "1", **more.pop("env", {})}  # type: ignore[dict-item]
    return subprocess.Popen(
        [sys.executable, "-m", "colorgan_core", "batch", *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **more,  # type: ignore[call-overload]
    )  # fmt: skip


def sentences(err: str) -> list[str]:
    """What a job said on standard error but for its lines of progress."""
    return [line for line in err.splitlines() if not line.endswith((" left.", " so far."))]


def results(folder: Path) -> dict[str, bytes]:
    """All files but what is kept for the next run."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".colorgan" not in path.parts
    }
