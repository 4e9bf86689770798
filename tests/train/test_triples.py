"""Style data: the teacher's truth, made once, resumable, and never from what is held out."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from colorgan_core.errors import InputError
from colorgan_core.model.config import STYLE
from colorgan_train import sample
from colorgan_train import triples as module
from colorgan_train.cache import open_cache
from colorgan_train.prepare import drawing, prepare_source
from colorgan_train.sample import make_sample
from colorgan_train.sources import Art
from colorgan_train.split import HELD_OUT, TRAINING
from colorgan_train.teacher import SIZE, STYLE_SIZE, Teacher, middle_square
from colorgan_train.triples import Triples, open_triples, prepare_triples


def art(number: int, held_out: bool = False, kind: str = "painting") -> Art:
    """A painting of coloured blots."""
    rng = np.random.default_rng(number)
    blots = rng.integers(0, 256, (16, 16, 4)).repeat(16, 0).repeat(16, 1).astype(np.uint8)
    blots[..., 3] = 255
    return Art(
        "gcompris-paintings" if kind == "painting" else "noto",
        f"work {number}",
        kind,
        blots,
        HELD_OUT if held_out else TRAINING,
    )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Art]]:
    """Four paintings, of which the third is held out, and three drawings."""
    out = tmp_path_factory.mktemp("data")
    arts = [art(n, held_out=n == 2) for n in range(4)], [art(n, kind="vector") for n in range(10, 13)]
    for part in arts:
        with drawing(1) as draw:
            prepare_source(part, out, draw, lambda _: None)
    return out, [*arts[0], *arts[1]]


def make(prepared: tuple[Path, list[Art]], count: int) -> tuple[Triples, int]:
    out, arts = prepared
    drawn = prepare_triples(open_cache(out), arts, out, count, 1, lambda _: None)
    return open_triples(out), drawn


def test_triples_are_made_once_and_the_same_after_an_interruption(
    prepared: tuple[Path, list[Art]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHARD", 2)
    found, drawn = make(prepared, 5)
    assert len(found) == drawn == 5
    first = [np.array(found[n].y) for n in range(5)]
    for path in (prepared[0] / module.PLACE).glob("0001.*"):
        path.unlink()
    found, drawn = make(prepared, 5)
    assert drawn == 2 and all((np.array(found[n].y) == first[n]).all() for n in range(5))
    assert make(prepared, 5)[1] == 0
    triple = pickle.loads(pickle.dumps(found))[4]
    assert triple.content.shape == triple.y.shape == (SIZE, SIZE, 3) and triple.style.shape == (
        STYLE_SIZE,
        STYLE_SIZE,
        3,
    )
    assert np.abs(triple.y.astype(int) - triple.content).mean() > 5, "the teacher paints"


def test_what_is_held_out_is_neither_content_nor_style(
    prepared: tuple[Path, list[Art]], monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str] = []
    monkeypatch.setattr(module, "_content_of", lambda arts, n: used.extend(a.name for a in arts) or arts[0])
    make(prepared, 1)
    assert used and "work 2" not in used
    assert "work 2" not in {open_cache(prepared[0]).describe(n)["name"] for n in range(len(open_cache(prepared[0])))}


def test_style_samples_are_squares_of_one_triple(
    prepared: tuple[Path, list[Art]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class One:
        def __len__(self) -> int:
            return 1

        def __getitem__(self, index: int) -> Any:
            y, x = np.mgrid[0:SIZE, 0:SIZE]
            place = np.stack([y * 255 // SIZE, x * 255 // SIZE, np.zeros_like(x)], 2).astype(np.uint8)
            return module.Triple(place, 255 - place, cv2.resize(place, (STYLE_SIZE, STYLE_SIZE)))

    monkeypatch.setattr(sample, "TAUGHT", 1.0)
    for seed in range(4):
        made = make_sample(np.random.default_rng(seed), open_cache(prepared[0]), 0, 96, (STYLE,), One())
        assert made.task == STYLE and made.x.shape == (96, 96, 3) and made.reference_known
        assert np.abs(made.x.astype(int) + made.y - 255).max() <= 4, "x has the style's statistics, here its own"
        assert (made.shares > 0).sum() == 8, "the style's palette comes along"


def test_damaged_style_data_is_named(prepared: tuple[Path, list[Art]]) -> None:
    make(prepared, 1)
    place = prepared[0] / module.PLACE / "0000.json"
    place.write_text("{")
    with pytest.raises(InputError, match="damaged"):
        open_triples(prepared[0])
    place.unlink()
    assert len(open_triples(prepared[0])) == 0


def test_the_teacher_tells_styles_apart() -> None:
    teacher = Teacher(1)
    rng = np.random.default_rng(0)
    noise, flat = rng.integers(0, 256, (300, 200, 3)).astype(np.uint8), np.full((64, 64, 3), (200, 40, 40), np.uint8)
    a, b = teacher.vector(noise), teacher.vector(flat)
    assert a.shape == (100,) and np.abs(a - b).max() > 0.1
    content = middle_square(np.asarray(noise[:64, :64]))
    drawn = pickle.loads(pickle.dumps(teacher)).stylize(content, b)
    assert drawn.shape == content.shape and drawn.dtype == np.uint8
