"""How often `--task auto` tells line art from grey pictures: real drawings as they are and as a scanner or a pen
changes them.

The drawings are held-out openclipart, public domain: in `gray` their brightness, in `lineart` the outlines of their
shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from colorgan_core.gray.detection import is_blank, look_at
from colorgan_core.picture.pixels import read_picture, to_rgb8
from colorgan_train.task_cases import DRAWN, GREY, as_gray, flat_cartoon, line_art, photograph

Array = np.ndarray[Any, Any]
ENOUGH = 0.95


def paper(picture: Array, _: np.random.Generator) -> Array:
    return picture * np.array([1, 0.96, 0.86])


def uneven_light(picture: Array, rng: np.random.Generator) -> Array:
    y, x = (np.linspace(0, 1, side) for side in picture.shape[:2])
    return picture * (1 - 0.2 * np.add.outer((y - rng.random()) ** 2, (x - rng.random()) ** 2))[..., None]


def jpeg(picture: Array, rng: np.random.Generator) -> Array:
    quality = int(rng.integers(40, 80))
    packed = cv2.imencode(".jpg", picture.astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), float)


def grain(picture: Array, rng: np.random.Generator) -> Array:
    return picture + rng.normal(0, 6, (*picture.shape[:2], 1))


def pencil(picture: Array, rng: np.random.Generator) -> Array:
    strength = cv2.GaussianBlur(rng.random(picture.shape[:2]), (0, 0), 0.7) * 0.6 + 0.35
    return 255 - (255 - picture) * strength[..., None].clip(0, 1)


def blue_ink(picture: Array, _: np.random.Generator) -> Array:
    ink = np.array([40.0, 60.0, 160.0])
    return ink + picture * (1 - ink / 255)


def as_it_is(picture: Array, _: np.random.Generator) -> Array:
    return picture


CHANGES: dict[str, list[Callable[[Array, np.random.Generator], Array]]] = {
    "lineart": [as_it_is, paper, uneven_light, jpeg, grain, pencil, blue_ink],
    "gray": [as_it_is, paper, jpeg, grain],
}


def scene(rng: np.random.Generator) -> Array:
    """A made-up photograph: soft light, a few soft bodies, no paper."""
    soft = cv2.resize(rng.random((6, 6)), (160, 120), interpolation=cv2.INTER_CUBIC)
    return np.repeat((soft.clip(0, 1) * 220 + rng.normal(0, 3, soft.shape)).clip(0, 255)[..., None], 3, axis=-1)


def scribble(rng: np.random.Generator) -> Array:
    """Random strokes, thin to broad."""
    page = np.full((300, 400, 3), 255, np.uint8)
    for _ in range(12):
        points = rng.integers(20, 280, (5, 2))
        cv2.polylines(page, [points], True, (20, 20, 20), int(rng.integers(1, 9)), cv2.LINE_AA)
    return page.astype(float)


def test_both_kinds_are_told_apart(golden: Path) -> None:
    rng = np.random.default_rng(0)
    for task, changes in CHANGES.items():
        drawings = [to_rgb8(read_picture(path).array) for path in sorted((golden / "tasks" / task).glob("*.png"))]
        assert len(drawings) >= 20
        right = {
            change.__name__: [
                look_at(np.clip(change(drawing.astype(float), rng), 0, 255).astype(np.uint8)).task == task
                for drawing in drawings
            ]
            for change in changes
        }
        make = scribble if task == "lineart" else scene
        right["made up"] = [look_at(make(rng).astype(np.uint8)).task == task for _ in range(20)]
        shares = {name: float(np.mean(answers)) for name, answers in right.items()}
        total = float(np.mean(np.concatenate(list(right.values()))))
        print(f"{task}: {total:.1%} right; " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))
        assert total >= ENOUGH


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (7, 5), (2000, 3)])
def test_any_size_has_an_answer(shape: tuple[int, int]) -> None:
    for value in (0, 128, 255):
        assert look_at(np.full((*shape, 3), value, np.uint8)).task in ("lineart", "gray")
    assert look_at(np.full((*shape, 3), 255, np.uint8)).task == "lineart"


EACH = 50
RIGHT = 45


def cases(golden: Path, kind: str) -> Iterator[Array]:
    """EACH pictures of a kind (h, w, 3 or 4), half of them of golden drawings, the others made up."""
    rng = np.random.default_rng(sum(kind.encode()))
    drawn = sorted((golden / "tasks" / "lineart").glob("*.png"))
    art = sorted((golden / "tasks" / "gray").glob("*.png"))
    for number in range(EACH):
        if kind in DRAWN:
            source = number // 2 % len(drawn)
            lines = to_rgb8(read_picture(drawn[source]).array).min(2) if number % 2 else line_art(rng, 360)
            yield DRAWN[kind](lines, rng)
        elif kind == "flat cartoon":
            yield as_gray(flat_cartoon(rng, 360), rng)
        elif kind == "illustration":
            yield as_gray(to_rgb8(read_picture(art[number % len(art)]).array), rng)
        else:
            yield GREY[kind](photograph(rng, 360), rng)


@pytest.mark.parametrize("kind", [*DRAWN, *GREY, "flat cartoon", "illustration"])
def test_nine_in_ten_of_each_kind_and_no_wrong_one_without_a_word(golden: Path, kind: str) -> None:
    want, right, silent = "lineart" if kind in DRAWN else "gray", 0, 0
    for picture in cases(golden, kind):
        seen = look_at(to_rgb8(picture))
        good = seen.task == want and (want == "gray" or seen.black_paper == (kind == "white on black"))
        right += good
        silent += not good and seen.sure
    print(f"{kind}: {right} of {EACH} right, {silent} wrong without a word")
    assert right >= RIGHT and silent == 0


@pytest.mark.parametrize("kind", [*DRAWN, *GREY])
def test_size_changes_nothing(kind: str) -> None:
    rng = np.random.default_rng(3)
    for _ in range(4):
        make, source = (DRAWN[kind], line_art(rng)) if kind in DRAWN else (GREY[kind], photograph(rng))
        once = to_rgb8(make(source, rng))
        twice = np.asarray(cv2.resize(once, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
        assert look_at(once).task == look_at(twice).task
        assert abs(look_at(once).lineart - look_at(twice).lineart) < 0.3


def empty_pages() -> dict[str, Array]:
    rng = np.random.default_rng(0)
    tinted = np.full((300, 400, 3), (250, 240, 215), np.uint8)
    scan = np.clip(tinted * np.linspace(0.85, 1, 400)[None, :, None] + rng.normal(0, 6, (300, 400, 1)), 0, 255).astype(
        np.uint8
    )
    return {
        "white": np.full((300, 400, 3), 255, np.uint8),
        "tinted": tinted,
        "scan": scan,
        "black": np.zeros((300, 400, 3), np.uint8),
    }


@pytest.mark.parametrize("name", list(empty_pages()))
def test_an_empty_page_is_a_drawing_of_nothing(name: str) -> None:
    seen = look_at(empty_pages()[name])
    assert seen.blank and seen.task == "lineart"


@pytest.mark.parametrize("size", [100, 700, 4000])
def test_the_thinnest_lines_are_lines(size: int) -> None:
    page = np.full((size, size, 3), 255, np.uint8)
    cv2.circle(page, (size // 2, size // 2), size // 3, (0, 0, 0), 1)
    cv2.line(page, (0, size // 4), (size, size // 3), (0, 0, 0), 1)
    for each in (page, 255 - page):
        assert not is_blank(each)
    seen, negative = look_at(page), look_at(255 - page)
    assert seen.task == "lineart" and not seen.black_paper
    assert negative.task == "lineart" and negative.black_paper


def test_the_smallest_drawing_is_not_empty() -> None:
    page = np.full((2000, 1500, 3), 255, np.uint8)
    cv2.circle(page, (700, 900), 12, (0, 0, 0), 2, cv2.LINE_AA)
    assert not is_blank(page) and not is_blank(255 - page)
