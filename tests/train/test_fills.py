"""Made-up scenes: their truth is what they show, and a method that knows nothing of gaps leaks."""

from __future__ import annotations

import numpy as np
import pytest

from colorgan_train.evaluation import fills
from colorgan_train.scenes import SMALLEST, make_scene


def test_the_same_numbers_give_the_same_scene() -> None:
    first, again, other = (make_scene(seed, 256, 4, 3, True) for seed in (1, 1, 2))
    assert (first.lines == again.lines).all() and (first.truth == again.truth).all()
    assert (first.lines != other.lines).any()


@pytest.mark.parametrize("width", [1, 9])
def test_lines_run_along_the_borders_of_regions(width: int) -> None:
    scene = make_scene(3, 256, 0, width, False)
    assert np.bincount(scene.truth.reshape(-1)).min() >= SMALLEST
    border = (scene.truth[:, 1:] != scene.truth[:, :-1])[1:-1, 1:-1]
    assert scene.lines[1:-1, 1:-2][border].max() < 160


def test_a_plain_fill_is_right_without_gaps_and_leaks_through_them() -> None:
    figures = []
    for gap in (0, 6):
        made = [make_scene(seed, 256, gap, 3, False) for seed in range(4)]
        spots = [fills.spots_of(scene) for scene in made]
        plain = [fills.paint_by_labels(fills.components(s.lines), p) for s, p in zip(made, spots, strict=True)]
        figures.append((fills.figures("plain", made, plain), fills.figures("ours", made, fills.ours(made, spots))))
    (whole, _), (broken, ours) = figures
    assert whole.right > 0.9 and whole.leaks < 0.1
    assert broken.leaks > 0.5 and ours.leaks < 0.15 and ours.right > broken.right + 0.2


def test_every_spot_lies_in_its_region() -> None:
    scene = make_scene(5, 256, 4, 5, True)
    spots = fills.spots_of(scene)
    assert [int(scene.truth[place]) for place in spots] == list(range(int(scene.truth.max()) + 1))
    assert len({fills.code(number) for number in range(60)}) == 60
