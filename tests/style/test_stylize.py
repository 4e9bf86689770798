"""Style transfer around the network: sizes, alpha, strength, blending and tiles do not need a trained one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

import colorgan_core
from colorgan_core.errors import InputError, UsageError
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.request import StylizeRequest, split_style
from colorgan_core.picture.color import lab_to_srgb, srgb_to_lab, to_uint8
from colorgan_core.picture.pixels import read_picture, to_rgb8
from colorgan_core.style import stylize as module
from colorgan_core.style.statistics import MOST, matched, statistics_of
from colorgan_core.style.stylize import (
    COARSE,
    GRAIN,
    OVERLAP,
    RIM,
    TILE,
    fade,
    grained,
    squares,
    starts,
    stylize,
    unwoven,
)

Array = np.ndarray[Any, Any]


@pytest.fixture
def loaded(untrained: Path) -> Loaded:
    made = Loaded(untrained, "cpu")
    torch.manual_seed(5)
    for parameter in made.generator.parameters():  # zero-initialised layers would paint everything alike
        torch.nn.init.normal_(parameter, std=0.1)
    return made


def noise(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def styled(loaded: Loaded, picture: Array, *styles: tuple[Array, float], **wishes: Any) -> Array:
    return stylize(loaded, StylizeRequest(picture, styles or ((noise(40, 40, 3, seed=1), 1.0),), **wishes))


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 1), (65, 129), (TILE + 90, 70)])
@pytest.mark.parametrize("channels", [3, 4])
def test_any_size_and_aspect(loaded: Loaded, size: tuple[int, int], channels: int) -> None:
    picture = noise(*size, channels)
    result = styled(loaded, picture)
    assert result.shape == picture.shape and result.dtype == np.uint8
    assert (result[..., :3] != picture[..., :3]).any()
    if channels == 4:
        assert (result[..., 3] == picture[..., 3]).all()


def test_strength_zero_gives_the_picture_back(loaded: Loaded) -> None:
    picture = noise(50, 60, 4)
    assert (styled(loaded, picture, strength=0.0) == picture).all()
    assert (styled(loaded, picture, strength=0.0, preserve_color=True) == picture).all()


def test_strength_is_a_way_from_one_to_the_other(loaded: Loaded) -> None:
    picture = noise(50, 60, 3)
    whole, half = (styled(loaded, picture, strength=s).astype(int) for s in (1.0, 0.5))
    assert np.abs(half - (whole + picture) / 2).max() <= 1


def test_a_style_blended_with_itself_is_that_style(loaded: Loaded) -> None:
    picture, style = noise(64, 64, 3), noise(40, 40, 3, seed=1)
    once, twice = (styled(loaded, picture, *[(style, 2.0)] * n).astype(int) for n in (1, 2))
    assert np.abs(once - twice).max() <= 3


def test_weights_say_how_much_of_each() -> None:
    loaded = Loaded("default", "cpu")
    picture, a, b = noise(64, 64, 3), np.full((40, 40, 3), (220, 60, 30), np.uint8), noise(40, 40, 3, seed=2)
    only_a, only_b = (styled(loaded, picture, (style, 1.0)).astype(int) for style in (a, b))
    near_a, near_b = (styled(loaded, picture, (a, x), (b, 1 - x)).astype(int) for x in (0.99, 0.01))
    assert np.abs(only_a - only_b).mean() > 0.5
    assert np.abs(near_a - only_a).mean() < np.abs(near_a - only_b).mean()
    assert np.abs(near_b - only_b).mean() < np.abs(near_b - only_a).mean()


def test_preserved_colors_are_the_pictures() -> None:
    picture = np.repeat(np.full((1, 1, 3), (140, 120, 100), np.uint8), 64, 0).repeat(64, 1)
    red = np.full((40, 40, 3), (220, 40, 20), np.uint8)
    plain, kept = (styled(Loaded("default", "cpu"), picture, (red, 1.0), preserve_color=p) for p in (False, True))
    away, near = (np.abs(srgb_to_lab(r)[..., 1:] - srgb_to_lab(picture)[..., 1:]) for r in (plain, kept))
    inside = (srgb_to_lab(kept)[..., 0] > 15) & (srgb_to_lab(kept)[..., 0] < 90)  # there every such colour exists
    assert near[inside].max() < 2 < away[inside].max()


@pytest.mark.parametrize("extent", [1, TILE - 1, TILE, TILE + 1, TILE + 5, 2 * TILE, 3000])
def test_tiles_cover_every_pixel_and_overlap(extent: int) -> None:
    begins = starts(extent)
    length = min(TILE, extent)
    weight = np.zeros(extent)
    for begin in begins:
        weight[begin : begin + length] += fade(begin, length, extent)
    assert begins[0] == 0 and begins[-1] + length == extent
    assert all(b - a <= TILE - OVERLAP for a, b in itertools.pairwise(begins))
    assert weight.min() > 0.45


def test_a_long_style_picture_counts_as_a_whole() -> None:
    for shape, count in (((40, 40, 3), 1), ((40, 100, 3), 3), ((900, 40, 3), 4)):
        cut = squares(noise(*shape))
        assert len(cut) == count and all(square.shape == (40, 40, 3) for square in cut)


def test_tiles_join_without_seams(monkeypatch: pytest.MonkeyPatch, golden: Path) -> None:
    """With the weights that come along: where tiles meet, pixels differ no more from the next ones than in a picture in one tile."""
    picture = to_rgb8(read_picture(golden.parents[1] / "docs/pictures/readme.png").array)[:400, :400]
    style = noise(6, 6, 3, seed=3).repeat(20, 0).repeat(20, 1)
    loaded, request = Loaded("default", "cpu"), StylizeRequest(picture, ((style, 1.0),))
    steps = []
    for tile in (512, 160):
        monkeypatch.setattr(module, "TILE", tile)
        result = stylize(loaded, request).astype(int)
        steps.append(np.abs(np.diff(result, axis=1)).mean((0, 2)))
    for begin in module.starts(400 + 2 * RIM)[1:]:
        meet = slice(begin - RIM, begin - RIM + OVERLAP)
        assert steps[1][meet].mean() <= 1.05 * steps[0][meet].mean()


@pytest.mark.parametrize("size", [(1, 1), (300, 200), (2100, 700)])
def test_grain_is_gray_and_the_same_in_every_run(size: tuple[int, int]) -> None:
    even = np.full((*size, 3), 120, np.uint8)
    found = grained(even).astype(int)
    np.testing.assert_array_equal(found, grained(even))
    assert (found == found[..., :1]).all()
    if found.size > 3:
        grain = found[..., 0] - 120
        assert abs(grain.mean()) < 0.05 and abs(grain.std() - GRAIN) < 0.1
        far = math.ceil(6 * COARSE)
        assert abs((grain[far:] * grain[:-far]).mean()) < 0.2, "pixels far apart know nothing of each other"
        steps = np.abs(np.diff(grain, axis=0)).mean(1)
        assert steps.max() < 1.5 * steps.mean(), "as even where bands meet as elsewhere"


def test_a_weave_is_taken_out_and_strokes_and_slopes_stay() -> None:
    weave = np.tile(np.float32([[0.1, -0.1], [-0.06, 0.06]])[..., None], (40, 50, 3))
    slope = np.linspace(0.2, 0.8, 100, dtype=np.float32)[None, :, None] * np.ones((80, 1, 3), np.float32)
    inside = np.s_[8:-8, 8:-8]
    assert np.abs(unwoven(slope + weave) - slope)[inside].max() < 0.01
    assert np.abs(unwoven(slope) - slope)[inside].max() < 0.004
    strokes = np.clip(cv2.GaussianBlur(noise(80, 100, 3) / np.float32(255), (0, 0), 1), 0, 1)
    assert np.corrcoef(unwoven(strokes).ravel(), strokes.ravel())[0, 1] > 0.99


def test_colors_get_the_mean_and_the_covariance_of_the_others() -> None:
    rng = np.random.default_rng(5)

    def colored(mix: list[list[float]], mean: list[float]) -> Array:
        lab = rng.standard_normal((60, 60, 3)) @ np.array(mix) + np.array(mean)
        return to_uint8(lab_to_srgb(lab.astype(np.float32)))

    ours = colored([[9, 0, 0], [0, 5, 0], [0, 0, 5]], [50, 0, 10])
    theirs = colored([[8, 3, -6], [0, 4, 0], [0, 0, 3]], [60, 10, -5])
    wanted = statistics_of(theirs)
    found = statistics_of(matched(ours, statistics_of(ours), wanted))
    np.testing.assert_allclose(found.mean, wanted.mean, atol=0.3)
    np.testing.assert_allclose(found.covariance, wanted.covariance, atol=2)


def test_noise_of_an_even_picture_is_no_pattern() -> None:
    even = np.full((50, 50, 3), 90, np.uint8)
    even[::2, ::2, 1] += 1
    bright = noise(50, 50, 3)
    lab = srgb_to_lab(matched(even, statistics_of(even), statistics_of(bright)))
    assert lab.std((0, 1)).max() <= MOST * srgb_to_lab(even).std((0, 1)).max() + 1


def test_strokes_grow_on_even_surfaces() -> None:
    """With the weights that come along, more than grain alone: the network answers it."""
    style = noise(6, 6, 3, seed=3).repeat(20, 0).repeat(20, 1)
    painted = styled(Loaded("default", "cpu"), np.full((200, 200, 3), 120, np.uint8), (style, 1.0))
    assert srgb_to_lab(painted)[..., 0].std() > 2 * GRAIN * 100 / 255


def test_split_style(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert split_style("a.png") == ("a.png", 1.0)
    assert split_style("a.png:0.3") == ("a.png", 0.3)
    assert split_style("C:\\art\\a.png") == ("C:\\art\\a.png", 1.0)
    monkeypatch.chdir(tmp_path)
    Path("a:0.5").touch()
    assert split_style("a:0.5") == ("a:0.5", 1.0)


@pytest.mark.parametrize(
    ("styles", "kind"),
    [
        ([], UsageError),
        ([(noise(4, 4, 3), 0.0)], UsageError),
        ([(noise(4, 4, 3), float("nan"))], UsageError),
        (np.zeros((0, 4, 3), np.uint8), InputError),
    ],
)
def test_senseless_styles(styles: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=r"\.$"):
        colorgan_core.stylize(noise(8, 8, 3), styles)


def test_the_command(run: Callable[..., Any], tmp_path: Path, golden: Path) -> None:
    source = golden / "demo" / "garden.png"
    out = tmp_path / "out.png"
    assert (
        run("stylize", source, "-o", out, "--style", source, "--style", f"{source}:0.3", "--strength", "0.5").code == 0
    )
    assert read_picture(out).array.shape[:2] == read_picture(source).array.shape[:2]
    assert "must be a number over 0" in run("stylize", source, "-o", out, "--style", f"{source}:-1").sentence
    assert "does not exist" in run("stylize", source, "-o", out, "--style", tmp_path / "none.png").sentence
    assert run("stylize", source, "-o", out).code == 2
