"""From request to painting with an untrained network: sizes, alpha, exactness and repeatability do not need good colours."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from colorgan_core.errors import UsageError
from colorgan_core.gray.detection import Seen
from colorgan_core.inference import pipeline, runner
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.prepare import palette_condition, prepare
from colorgan_core.inference.request import ColorizeRequest
from colorgan_core.inference.runner import choose_runner
from colorgan_core.lineart.regions import one_region
from colorgan_core.lineart.strokes import bare_regions, unhinted
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.model.generator import Generator
from colorgan_core.picture.color import srgb_to_lab
from colorgan_core.picture.gamut import keep_lightness
from colorgan_core.picture.layers import Layer
from colorgan_core.picture.pixels import to_rgb8


@pytest.fixture
def colorizer(untrained: Path) -> Colorizer:
    made = Colorizer(Loaded(untrained, "cpu"), working_size=64)
    torch.manual_seed(5)
    for parameter in made.loaded.generator.parameters():  # zero-initialised layers would paint everything alike
        torch.nn.init.normal_(parameter, std=0.1)
    return made


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 1), (7, 300), (64, 64), (65, 129), (500, 40)])
@pytest.mark.parametrize("task", ["lineart", "gray"])
@pytest.mark.parametrize("channels", [3, 4])
def test_any_size_and_aspect(colorizer: Colorizer, size: tuple[int, int], task: str, channels: int) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (*size, channels)).astype(np.uint8)
    painting = colorizer.colorize(ColorizeRequest(picture, task=task))
    assert painting.picture.shape == picture.shape and painting.picture.dtype == np.uint8
    assert painting.coverage.shape == size
    if channels == 4:
        assert (painting.picture[..., 3] == picture[..., 3]).all()


def test_the_same_request_gives_the_same_bytes(colorizer: Colorizer, drawing: np.ndarray) -> None:
    request = ColorizeRequest(drawing, task="lineart", seed=4)
    assert (colorizer.colorize(request).picture == colorizer.colorize(request).picture).all()


def test_gray_keeps_lightness(colorizer: Colorizer) -> None:
    ramp = np.repeat(np.linspace(0, 255, 200).astype(np.uint8)[None, :, None], 40, 0).repeat(3, 2)
    painting = colorizer.colorize(ColorizeRequest(ramp, task="gray"))
    change = np.abs(srgb_to_lab(painting.picture)[..., 0] - srgb_to_lab(ramp)[..., 0])
    assert np.abs(srgb_to_lab(painting.picture)[..., 1:]).max() > 5, "the untrained network paints something"
    assert change.max() < 0.8  # a unit of 8 bit in the darkest tones


def test_a_grey_pictures_palette_is_drawn_only_when_a_seed_asks_for_it(
    colorizer: Colorizer, drawing: np.ndarray
) -> None:
    likeliest, first = (colorizer.colorize(ColorizeRequest(drawing, task="gray", seed=seed)) for seed in (None, 0))
    assert likeliest.palette is None and (first.picture == likeliest.picture).all()
    assert colorizer.colorize(ColorizeRequest(drawing, task="gray", seed=1)).palette is not None


def test_a_reference_gives_its_palette_without_its_paper(colorizer: Colorizer, drawing: np.ndarray) -> None:
    reference = np.full((50, 50, 3), 255, np.uint8)
    reference[10:30, 10:30] = (20, 150, 160)
    palette = colorizer.colorize(ColorizeRequest(drawing, task="gray", references=(reference,))).palette
    assert palette is not None and len(palette) == 1 and np.abs(palette[0].astype(int) - (20, 150, 160)).max() < 4
    white = np.full((50, 50, 3), 255, np.uint8)
    assert colorizer.colorize(ColorizeRequest(drawing, task="gray", references=(white,))).palette is None


def test_chroma_outside_the_gamut_gives_way_to_lightness() -> None:
    lightness = np.linspace(2, 98, 97, dtype=np.float32)[None]
    ab = np.stack([np.full_like(lightness, 110), np.full_like(lightness, -110)], -1)
    kept = srgb_to_lab(keep_lightness(lightness, ab))
    assert np.abs(kept[..., 0] - lightness).max() < 0.3
    assert (np.abs(kept[..., 1:]).sum(-1) > 3).mean() > 0.8


def test_ink_stays_ink(colorizer: Colorizer, drawing: np.ndarray) -> None:
    painting = colorizer.colorize(ColorizeRequest(drawing, task="lineart"))
    assert (painting.picture[drawing[..., 0] == 0] == 0).all()


def test_paint_under_lines_on_a_transparent_layer_is_opaque(colorizer: Colorizer, drawing: np.ndarray) -> None:
    layer = np.concatenate([np.zeros_like(drawing), 255 - drawing[..., :1]], 2)
    on_paper = colorizer.colorize(ColorizeRequest(drawing, task="lineart", seed=1))
    on_layer = colorizer.colorize(ColorizeRequest(layer, task="lineart", seed=1)).picture
    assert (on_layer[..., 3] >= layer[..., 3]).all()
    assert np.abs(on_layer[..., 3] / 255 - np.maximum(on_paper.coverage, layer[..., 3] / 255)).max() < 0.01
    assert np.abs(to_rgb8(on_layer).astype(int) - on_paper.picture).max() <= 2


def test_bare_regions_are_left_as_paper(colorizer: Colorizer, drawing: np.ndarray) -> None:
    bare = np.zeros(drawing.shape[:2], bool)
    bare[22:26, 30:34] = True
    painting = colorizer.colorize(ColorizeRequest(drawing, task="lineart", bare=bare))
    inside = find_surfaces(drawing.min(2)).labels == find_surfaces(drawing.min(2)).labels[24, 32]
    assert (painting.coverage[inside] == 0).all()
    assert (painting.picture[inside] == drawing[inside]).all()


def test_a_careless_touch_does_not_bare_a_region(drawing: np.ndarray) -> None:
    regions = find_surfaces(drawing.min(2))
    touch = np.zeros(drawing.shape[:2], bool)
    touch[24, 32] = True
    assert not bare_regions(regions, touch, np.zeros_like(touch)).any()


def test_thin_hints_survive_the_working_size() -> None:
    picture = np.full((1024, 1024, 3), 128, np.uint8)
    hints = np.zeros((1024, 1024, 4), np.uint8)
    hints[500:503, 100:900] = (255, 0, 0, 255)
    request = ColorizeRequest(picture, hints=hints)
    prepared = prepare(request, picture, unhinted(one_region(1024, 1024)), 256)
    assert prepared.z.hints[0, 3].sum() > 150
    assert prepared.z.flood[0, 3].mean() == 1


def test_palettes_longer_than_the_condition_are_reduced() -> None:
    many = np.random.default_rng(0).integers(0, 256, (50, 3)).astype(np.uint8)
    assert palette_condition(many).shape == (1, 8, 4)
    assert (palette_condition(many)[..., 3] > 0).sum() == 8
    assert (palette_condition(many[:3])[..., 3] > 0).sum() == 3


def test_bfloat16_stays_near_float32(colorizer: Colorizer, drawing: np.ndarray) -> None:
    """bfloat16 runs on every processor, if slowly on some; its colours must be float32's."""
    request = ColorizeRequest(drawing, task="lineart", palette=np.array([[200, 30, 40]], np.uint8))
    pictures = []
    plain = copy.deepcopy(colorizer.loaded.generator).float()
    for dtype in (torch.float32, torch.bfloat16):
        colorizer.loaded.runner = runner.Runner(torch.device("cpu"), dtype)
        colorizer.loaded.generator = colorizer.loaded.runner.placed(copy.deepcopy(plain))  # type: ignore[assignment]
        pictures.append(colorizer.colorize(request).picture.astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() < 2


def test_cuda_is_refused_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UsageError, match="No CUDA device"):
        choose_runner("cuda")
    assert choose_runner("auto").device.type == "cpu"


def test_cuda_is_chosen_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as a machine without a GPU allows: the choice is tested, the kernels are not."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: "Test GPU")
    for modern, dtype in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda modern=modern: modern)
        chosen = choose_runner("auto")
        assert chosen.device.type == "cuda" and chosen.dtype is dtype and "Test GPU" in chosen.description
    assert choose_runner("cpu").device.type == "cpu"


@pytest.mark.parametrize(
    ("has", "dtype"),
    [
        ({"cpu_name": "Intel Xeon", "avx512_bf16": True, "amx_tile": True, "amx_bf16": True}, torch.bfloat16),
        ({"cpu_name": "Intel Xeon", "avx512_bf16": True, "amx_tile": False, "amx_bf16": False}, torch.float32),
        ({"cpu_name": "AMD EPYC", "avx512_bf16": True}, torch.bfloat16),
        ({"cpu_name": "AMD Ryzen", "avx512_bf16": False}, torch.float32),
        ({}, torch.float32),
    ],
)
def test_bfloat16_only_where_it_is_faster(
    monkeypatch: pytest.MonkeyPatch, has: dict[str, object], dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has)
    assert choose_runner("auto").dtype is dtype
    assert choose_runner("cpu", "float32").dtype is torch.float32, "where it is asked for"


def test_every_tensor_follows_the_device(untrained: Path) -> None:
    """The meta device stands in for CUDA: an operation between devices raises there as it would on a GPU."""
    colorizer = Colorizer(Loaded(untrained, "cpu"), working_size=64)
    request = ColorizeRequest(np.full((64, 64, 3), 255, np.uint8), task="gray")
    prepared = prepare(request, request.picture, unhinted(one_region(64, 64)), 64)
    meta = torch.device("meta")
    generator: Generator = colorizer.loaded.generator.to(meta)
    moved = prepared.z.to(meta)
    assert {value.device.type for value in moved} == {"meta"}
    with pytest.raises(RuntimeError, match=r"meta|item"):  # only the data-dependent region count stops it
        generator(prepared.x.to(meta), moved)


def empty_pages() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    tinted = np.full((300, 400, 3), (250, 240, 215), np.uint8)
    light = np.linspace(0.85, 1, 400)[None, :, None]
    scan = np.clip(tinted * light + rng.normal(0, 6, (300, 400, 1)), 0, 255).astype(np.uint8)
    white, black = np.full((300, 400, 3), 255, np.uint8), np.zeros((300, 400, 3), np.uint8)
    return {"white": white, "tinted": tinted, "scan": scan, "layer": np.zeros((300, 400, 4), np.uint8), "black": black}


@pytest.mark.parametrize("name", list(empty_pages()))
@pytest.mark.parametrize("task", ["auto", "lineart"])
@pytest.mark.parametrize("paint", [False, True])
def test_an_empty_page_stays_as_it_is(colorizer: Colorizer, name: str, task: str, paint: bool) -> None:
    page = empty_pages()[name]
    painting = colorizer.colorize(ColorizeRequest(page, task=task, paint=paint))
    np.testing.assert_array_equal(painting.picture, page)
    assert painting.task == "lineart" and not painting.coverage.any()
    assert len(painting.notes) == 1 and painting.notes[0].startswith("No lines were found")
    if not paint:
        assert not any(
            layer.pixels[..., 3].any() for layer in painting.layered(("flats",)).layers if isinstance(layer, Layer)
        )


def test_a_hint_fills_an_empty_page_and_nothing_else_does(colorizer: Colorizer) -> None:
    page, hints = np.full((60, 80, 3), 255, np.uint8), np.zeros((60, 80, 4), np.uint8)
    hints[20:40, 20:40] = (200, 30, 40, 255)
    painting = colorizer.colorize(ColorizeRequest(page, hints=hints))
    assert (painting.picture == (200, 30, 40)).all() and "only what hints colour" in painting.notes[0]


def test_what_is_not_certain_is_noted_with_the_other_choice(
    colorizer: Colorizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = np.full((60, 80, 3), 255, np.uint8)
    page[20:40, 20] = 0
    for probability, dark, words in (
        (0.7, False, "Taken for line art, which is not certain; task gray"),
        (0.7, True, "Taken for light lines on black paper, which is not certain; task gray"),
        (0.3, False, "Taken for a grey picture, which is not certain; task lineart"),
    ):
        monkeypatch.setattr(pipeline, "look_at", lambda _, p=probability, dark=dark: Seen(p, dark, False))
        notes = colorizer.colorize(ColorizeRequest(page)).notes
        assert len(notes) == 1 and notes[0].startswith(words)
        chosen = "lineart" if probability > 0.5 else "gray"
        assert not colorizer.colorize(ColorizeRequest(page, task=chosen)).notes, "it was chosen by a person"
    for probability in (0.02, 0.98):
        monkeypatch.setattr(pipeline, "look_at", lambda _, p=probability: Seen(p, False, False))
        assert not colorizer.colorize(ColorizeRequest(page)).notes
