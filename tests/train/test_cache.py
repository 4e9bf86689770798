"""The data set on disk: two sides of a split that never mix, cheap readers, and clear words about damage."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colorgan_core.errors import InputError
from colorgan_train import cache as cache_module
from colorgan_train.cache import Cache, open_cache, open_part, write_shard
from colorgan_train.dataset import Samples
from colorgan_train.render import SIZE, Rendered
from colorgan_train.split import HELD_OUT, TRAINING, TUNING

WHOLE = (0, 0, SIZE, SIZE)


def square(value: int, outline: bool = True) -> Rendered:
    lines = np.full((2, SIZE, SIZE), value // 2, np.uint8) if outline else None
    color = np.full((SIZE, SIZE, 3), value, np.uint8)
    return Rendered(color, np.full((SIZE, SIZE), 255, np.uint8), lines, WHOLE, False)


def field(
    name: str, held_out: bool, outline: bool = True, source: str = "noto", part: str = TRAINING, family: str = ""
) -> dict[str, Any]:
    return {
        "source": source, "name": name, "part": HELD_OUT if held_out else part, "family": family, "kind": "vector", "has_alpha": False,
        "has_outline": outline, "box": list(WHOLE),
    }  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two shards: a, B and then c, D; capitals are held out, c has no outline."""
    (tmp_path / "noto").mkdir()
    write_shard(tmp_path / "noto/0000", [square(10), square(20)], {"items": [field("a", False), field("B", True)]})
    items = [field("c", False, outline=False), field("D", True)]
    write_shard(tmp_path / "noto/0001", [square(30, outline=False), square(40)], {"items": items})
    return tmp_path


def names(cache: Cache) -> list[str]:
    return [cache[index].name for index in range(len(cache))]


def test_training_never_sees_what_is_held_out(folder: Path) -> None:
    assert names(open_cache(folder)) == ["a", "c"]
    assert names(open_cache(folder, held_out=True)) == ["B", "D"]


def test_the_tuning_part_is_a_part_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "noto").mkdir()
    items = [field("a", False), field("t", False, part=TUNING), field("B", True)]
    write_shard(tmp_path / "noto/0000", [square(10), square(20), square(30)], {"items": items})
    assert names(open_cache(tmp_path)) == ["a"]
    assert names(open_part(tmp_path, TUNING)) == ["t"]
    assert names(open_cache(tmp_path, held_out=True)) == ["B"]


@pytest.mark.parametrize("part", [HELD_OUT, TUNING])
def test_training_refuses_siblings_in_other_sets_of_what_it_refuses(tmp_path: Path, part: str) -> None:
    """The camera is in its part as a near-duplicate of another drawing of its set, which its siblings know nothing of."""
    siblings = {"noto": "camera", "noto-v1": "camera", "noto-people": "camera-dark"}
    for source, name in siblings.items():
        (tmp_path / source).mkdir()
        mine = (
            field(name, part == HELD_OUT, source=source, part=part)
            if source == "noto"
            else field(name, False, source=source)
        )
        mine |= {"family": "camera"} if source == "noto-people" else {}
        items = [mine, field("kite", False, source=source)]
        write_shard(tmp_path / source / "0000", [square(10), square(20)], {"items": items})
    assert names(open_cache(tmp_path)) == ["kite", "kite", "kite"]
    assert names(open_part(tmp_path, part)) == ["camera"]


def test_a_family_counts_as_one_picture(tmp_path: Path) -> None:
    (tmp_path / "people").mkdir()
    items = [field(f"wave-{tone}", False, source="people", family="wave") for tone in range(3)] + [field("cat", False)]
    write_shard(tmp_path / "people/0000", [square(10 * n) for n in range(1, 5)], {"items": items})
    cache = open_cache(tmp_path)
    assert cache.families() == [[0, 1, 2], [3]]
    assert Samples(cache, 64, 0).families == cache.families()


def test_a_new_hand_is_kept_from_training_and_shared_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Any]
) -> None:
    monkeypatch.setattr(cache_module, "PRACTICE", 2)
    drawings = ["cat_architetto_fran_01", "architetto_francesco_ro_01", "tent_archi_01", "for_march_01", "cat_arch_02"]
    items = [field(name, name == "cat_arch_02", source="openclipart") for name in drawings]
    (tmp_path / "openclipart").mkdir()
    write_shard(tmp_path / "openclipart/0000", [square(10 * n) for n in range(5)], {"items": items})
    parts = {part: names(open_part(tmp_path, part)) for part in ("training", "held out", "practice", "hand")}
    assert parts["training"] == ["for_march_01"] and parts["held out"] == ["cat_arch_02"]
    assert len(parts["practice"]) == 2 and len(parts["hand"]) == 1
    assert sorted(name for part in parts.values() for name in part) == sorted(drawings)
    assert run("data", "hand", "--data", tmp_path, "--out", tmp_path / "hand").code == 0
    assert sorted(path.stem for path in (tmp_path / "hand").iterdir()) == sorted(parts["practice"])


def test_items_are_what_was_written(folder: Path) -> None:
    first, second = open_cache(folder)[0], open_cache(folder)[1]
    assert first.color.shape == (SIZE, SIZE, 3) and (first.color == 10).all()
    assert first.outline is not None and first.outline.shape == (2, SIZE, SIZE) and (first.outline == 5).all()
    assert (second.color == 30).all() and second.outline is None
    assert second.box == WHOLE and second.kind == "vector" and not second.has_alpha


def test_a_cache_travels_to_workers_without_its_arrays(folder: Path) -> None:
    cache = open_cache(folder)
    assert cache[0].color[0, 0, 0] == 10
    parcel = pickle.dumps(cache)
    assert len(parcel) < 4000
    assert names(pickle.loads(parcel)) == names(cache)


def test_an_unfinished_shard_does_not_exist(folder: Path) -> None:
    (folder / "noto/0001.json").unlink()
    assert names(open_cache(folder)) == ["a"]


def test_a_folder_without_data_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="colorgan data prepare"):
        open_cache(tmp_path)
    with pytest.raises(InputError, match="colorgan data prepare"):
        open_cache(tmp_path / "missing")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1}', '{"version": 9, "size": 256, "items": []}'])
def test_a_damaged_shard_is_an_input_error(folder: Path, content: str) -> None:
    (folder / "noto/0000.json").write_text(content)
    with pytest.raises(InputError, match="prepare"):
        open_cache(folder)


def test_a_truncated_array_is_an_input_error(folder: Path) -> None:
    array = folder / "noto/0000.color.npy"
    array.write_bytes(array.read_bytes()[:1000])
    with pytest.raises(InputError, match="damaged"):
        open_cache(folder)[0]


def test_arrays_cannot_be_changed_by_a_reader(folder: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        open_cache(folder)[0].color[0, 0, 0] = 1
