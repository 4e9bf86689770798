"""What was worked out once for an item (hints, rival pictures, scores) is kept in the user's cache, by content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from colorgan_core.files import atomic_write

from .environments import user_cache
from .hintauc_bridge import RATIOS, VERSION
from .sets import Item


@dataclass(frozen=True)
class Keep:
    """root/ITEM/truth.png, lines.png, hints-VERSION/RATIO.png, ROW/RATIO.png and ROW/scores-VERSION.json."""

    root: Path

    @staticmethod
    def of_user() -> Keep:
        return Keep(user_cache() / "evaluation")

    def folder(self, item: Item) -> Path:
        """The item's folder, its line art and truth written."""
        place = self.root / item.key
        place.mkdir(parents=True, exist_ok=True)
        for name, array in (("lines.png", item.lines), ("truth.png", item.truth)):
            if array is not None and not (place / name).is_file():
                save(place / name, array)
        return place

    def hints(self, item: Item) -> Path:
        return self.root / item.key / f"hints-{VERSION}"

    def has_hints(self, item: Item) -> bool:
        return all((self.hints(item) / ratio_name(ratio)).is_file() for ratio in RATIOS)

    def scores(self, item: Item, row: str) -> dict[str, dict[str, float]] | None:
        """{ratio: {metric: value}} of a rival, if kept."""
        try:
            kept: dict[str, dict[str, float]] = json.loads(self._scores(item, row).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return kept

    def keep_scores(self, item: Item, row: str, scores: Mapping[str, Any]) -> None:
        with atomic_write(self._scores(item, row)) as path:
            path.write_text(json.dumps(scores), "utf-8")

    def _scores(self, item: Item, row: str) -> Path:
        return self.root / item.key / row / f"scores-{VERSION}.json"


def ratio_name(ratio: float) -> str:
    return f"{ratio:.2f}.png"


def save(path: Path, array: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as beside:
        Image.fromarray(array).save(beside, compress_level=1)


def load(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.array(picture)
