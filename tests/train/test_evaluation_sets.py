"""Sets come as they are promised, whatever folder they come from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorgan_core.errors import InputError, UsageError
from colorgan_train.evaluation import keep, sets
from colorgan_train.evaluation.hintauc_bridge import RATIOS


def write(path: Path, array: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path)


def disc(size: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Line art (h, w) and RGBA truth of a red disc with a black edge."""
    y, x = np.mgrid[:size, :size] - size / 2 + 0.5
    radius = np.hypot(y, x)
    rgba = np.zeros((size, size, 4), np.uint8)
    rgba[radius < 24] = (220, 40, 30, 255)
    edge = np.abs(radius - 24) < 2
    rgba[edge] = (0, 0, 0, 255)
    return np.where(edge, 0, 255).astype(np.uint8), rgba


def test_a_folder_of_pairs_keeps_its_pictures_and_reads_coverage(tmp_path: Path) -> None:
    lines, rgba = disc()
    white = np.full((64, 64, 3), 255, np.uint8)
    white[rgba[..., 3] > 0] = rgba[rgba[..., 3] > 0][:, :3]
    for name, truth in (("a", rgba), ("b", white)):
        write(tmp_path / "line" / f"{name}.png", lines)
        write(tmp_path / "gt" / f"{name}.png", truth)
    write(tmp_path / "gt" / "alone.png", rgba)
    found = sets.load_set(str(tmp_path), "lineart", None, None)
    assert [item.name for item in found.items] == ["a", "b"]
    for item in found.items:
        assert (item.lines == lines).all()
        assert (item.truth == white).all()
        assert (item.coverage == rgba[..., 3]).all()
    assert found.items[0].key == found.items[1].key  # by content, not by name
    assert len(sets.load_set(str(tmp_path), "lineart", None, 1).items) == 1


def test_pairs_of_different_sizes_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "line" / "a.png", np.full((8, 9), 255, np.uint8))
    write(tmp_path / "gt" / "a.png", np.full((8, 8, 3), 255, np.uint8))
    with pytest.raises(InputError, match="differ in size"):
        sets.load_set(str(tmp_path), "lineart", None, None)


def test_colour_pictures_get_lines_and_a_truth_that_has_them(tmp_path: Path) -> None:
    _, rgba = disc(128)
    write(tmp_path / "big.png", np.repeat(np.repeat(rgba, 6, 0), 6, 1))
    (item,) = sets.load_set(str(tmp_path), "lineart", None, None).items
    assert item.lines.shape == (sets.LONG_SIDE, sets.LONG_SIDE)
    assert item.lines.min() < 60 and np.median(item.lines) == 255
    assert item.truth is not None and item.color is not None
    assert (item.truth <= item.color).all()


def test_grey_items_are_plain_paper_under_their_colour(tmp_path: Path) -> None:
    write(tmp_path / "a.png", np.full((20, 30, 3), (9, 99, 200), np.uint8))
    (item,) = sets.load_set(str(tmp_path), "gray", None, None).items
    assert item.lines.shape == (20, 30) and (item.lines == 255).all()
    assert item.color is not None and (item.color == (9, 99, 200)).all()


def test_missing_things_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no set called"):
        sets.load_set(str(tmp_path / "none"), "lineart", None, None)
    with pytest.raises(InputError, match="nothing in it"):
        sets.load_set(str(tmp_path), "lineart", None, None)
    with pytest.raises(UsageError, match="--data"):
        sets.load_set("held-out", "lineart", None, None)


def test_spread_is_even_and_has_both_ends() -> None:
    assert sets.spread(100, 3) == [0, 50, 99] or sets.spread(100, 3) == [0, 49, 99]
    assert sets.spread(2, 5) == [0, 1]
    assert sets.spread(1, 5) == [0]
    assert sets.spread(0, 5) == []


def test_what_is_kept_belongs_to_the_content(tmp_path: Path) -> None:
    lines, rgba = disc()
    item = sets.Item("a", lines, rgba[..., :3], rgba[..., :3], rgba[..., 3])
    kept = keep.Keep(tmp_path)
    assert not kept.has_hints(item) and kept.scores(item, "copy-1") is None
    assert (keep.load(kept.folder(item) / "truth.png") == item.truth).all()
    for ratio in RATIOS:
        keep.save(kept.hints(item) / keep.ratio_name(ratio), rgba)
    (kept.folder(item) / "copy-1").mkdir()
    kept.keep_scores(item, "copy-1", {"0.00.png": {"mse": 0.5}})
    twin = sets.Item("other name", lines.copy(), rgba[..., :3].copy())
    assert kept.has_hints(twin)
    assert kept.scores(twin, "copy-1") == {"0.00.png": {"mse": 0.5}}
    changed = sets.Item("a", lines, 255 - rgba[..., :3])
    assert not kept.has_hints(changed)
