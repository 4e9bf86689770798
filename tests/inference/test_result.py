"""Results: layers that add up to the picture, shade without bands, every depth and colour space kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import imagecodecs
import numpy as np
import pytest

from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import ColorizeRequest, build_request
from colorgan_core.inference.result import Painting, flat_painting, in_group, native_colors, shade_of
from colorgan_core.lineart.flats import Flats, Paint, make_flats, relief_of
from colorgan_core.lineart.regions import one_region
from colorgan_core.lineart.strokes import unhinted
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.picture.color import lab_to_srgb, srgb_to_lab
from colorgan_core.picture.layer_files import write_layers
from colorgan_core.picture.layers import Group, Layer, each_layer, flatten, hard_light
from colorgan_core.picture.pixels import read_picture, write_picture
from colorgan_core.picture.profiles import from_profile, to_profile
from colorgan_core.picture.upsample import shrink_labels

Array = np.ndarray[Any, Any]
RED, BLUE = (214, 63, 41), (31, 90, 201)
DEPTHS: list[tuple[Any, float]] = [(np.uint8, 255), (np.uint16, 65535), (np.float32, 1)]
PRIMARIES = (0.7347, 0.2653, 1, 0.1596, 0.8404, 1, 0.0366, 0.0001, 1)
# A wide space, as ProPhoto and the like are: red, green and blue that no screen shows.
WIDE = bytes(imagecodecs.cms_profile("rgb", whitepoint=(0.3457, 0.3585, 1), primaries=PRIMARIES, gamma=1.8))


@pytest.fixture(scope="module")
def colorizer(lively: Path) -> Colorizer:
    return Colorizer(Loaded(lively, "cpu"), working_size=64)


def drawn(dtype: Any = np.uint8, size: tuple[int, int] = (150, 200), paper: int = 250) -> Array:
    """Soft lines, grey and coloured ones, on paper that is not quite white, in all values of its depth."""
    height, width = size
    picture = np.full((*size, 3), paper, np.uint8)
    cv2.circle(picture, (width // 2, height // 2), height // 3, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.line(picture, (0, height // 3), (width, 2 * height // 3), (60, 20, 90), 2, cv2.LINE_AA)
    cv2.rectangle(picture, (5, 5), (width // 4, height // 4), (0, 0, 0), 2, cv2.LINE_AA)
    full = dict(DEPTHS)[dtype]
    if dtype == np.uint8:
        return picture
    noise = np.random.default_rng(0).uniform(-0.4, 0.4, picture.shape)
    values = np.clip((picture + noise) / 255, 0, 1) * full
    return np.asarray(values if dtype == np.float32 else np.rint(values), dtype)


def hints_for(picture: Array) -> Array:
    hints = np.zeros((*picture.shape[:2], 4), np.uint8)
    hints[70:80, 90:100], hints[20:25, 20:30] = (*RED, 255), (*BLUE, 255)
    return hints


def flat_layers(painting: Painting) -> dict[str, Layer]:
    return {layer.name: layer for layer in each_layer(painting.layered().layers)}


def with_opacity(picture: Array, alpha: Array) -> Array:
    full = 1 if picture.dtype == np.float32 else np.iinfo(picture.dtype).max
    return np.dstack([picture, (alpha * full).astype(picture.dtype)])


@pytest.mark.parametrize(("dtype", "full"), DEPTHS)
@pytest.mark.parametrize("profile", [None, WIDE], ids=["srgb", "wide"])
def test_the_layers_show_the_picture(
    colorizer: Colorizer, dtype: Any, full: float, profile: bytes | None, tmp_path: Path
) -> None:
    picture = drawn(dtype)
    array = picture if profile is None else from_profile(picture, profile)
    for shade in (True, False):
        request = build_request(
            array, original=picture, profile=profile, task="lineart", hints=hints_for(picture), shade=shade
        )
        painting = colorizer.colorize(request)
        assert painting.picture.dtype == dtype and painting.picture.shape == picture.shape
        layered = painting.layered()
        shown = flatten(layered)
        assert layered.profile == profile and layered.dtype == dtype
        assert (shown[..., 3] == full).all(), "lines lie on paper"
        apart = np.abs(shown[..., :3].astype(np.float64) - painting.picture)
        exact = not shade and profile is None and dtype != np.float32
        assert apart.max() <= (0 if exact else full / 255 if dtype == np.uint8 else full * 3e-5), shade
        assert ("shade" in flat_layers(painting)) == shade
        if shade:
            assert painting.shade is not None and (painting.shade[..., 3] > 0).mean() > 0.2, "there is shade to test"


def test_layers_have_names_modes_and_order(colorizer: Colorizer) -> None:
    painting = colorizer.colorize(build_request(drawn(), task="lineart"))
    whole = in_group(painting.layered())
    assert len(whole.layers) == 1 and isinstance(whole.layers[0], Group) and whole.layers[0].name == "colorgan"
    layers = list(each_layer(whole.layers))
    assert [layer.name for layer in layers] == ["flats", "shade", "lines"]
    assert [layer.blend for layer in layers] == ["normal", "hard-light", "multiply"]
    assert all(layer.visible and layer.opacity == 1 for layer in layers)
    some = painting.layered(("lines",))
    assert [layer.name for layer in each_layer(some.layers)] == ["lines"]


@pytest.mark.parametrize(("dtype", "full"), DEPTHS)
def test_opacity_of_the_picture_is_kept(colorizer: Colorizer, dtype: Any, full: float) -> None:
    picture = drawn(dtype)
    alpha = np.ones(picture.shape[:2], np.float32)
    alpha[:40], alpha[40:60] = 0, np.linspace(0, 1, 20, dtype=np.float32)[:, None]
    clear = with_opacity(picture, alpha)
    painting = colorizer.colorize(build_request(clear, task="lineart", hints=hints_for(picture)))
    np.testing.assert_array_equal(painting.picture[..., 3], clear[..., 3])
    shown = flatten(painting.layered())
    opaque = alpha == 1
    apart = np.abs(shown[opaque].astype(np.float64) - painting.picture[opaque])
    assert apart.max() <= (1 if dtype == np.uint8 else full * 3e-5)
    assert (shown[..., 3][alpha == 0] == 0).all()


@pytest.mark.parametrize(("dtype", "full"), DEPTHS)
@pytest.mark.parametrize("shade", [True, False])
def test_lines_on_glass_get_color_below_them(colorizer: Colorizer, dtype: Any, full: float, shade: bool) -> None:
    """A layer of ink alone: colour fills the glass, and the lines stay as they were, with their soft edges."""
    paper = drawn()
    ink = np.zeros((*paper.shape[:2], 4), dtype)
    ink[..., 3] = ((250 - paper.min(2)) / np.float32(250) * full).astype(dtype)
    request = build_request(ink, task="lineart", hints=hints_for(paper), shade=shade)
    assert request.ground.clear
    painting = colorizer.colorize(request)
    layers = flat_layers(painting)
    assert layers["lines"].blend == "normal"
    np.testing.assert_array_equal(layers["lines"].pixels, ink)
    assert painting.flats is not None
    painted = painting.flats.painted[painting.flats.regions.labels]
    assert painted.any() and (layers["flats"].pixels[..., 3] == painted * full).all()
    shown = flatten(painting.layered())
    seen = shown[..., 3] > 0
    apart = np.abs(shown.astype(np.float64) - painting.picture)[seen & painted]
    assert apart.max() <= (1 if dtype == np.uint8 else full * 3e-5)
    thin = seen & ~painted  # ink alone: the same, but where all but nothing of it is left
    apart = np.abs(shown.astype(np.float64) - painting.picture)[thin & (shown[..., 3] > 0.1 * full)]
    assert apart.size == 0 or apart.max() <= (1 if dtype == np.uint8 else full * 3e-5)


@pytest.mark.parametrize(("dtype", "full"), DEPTHS)
@pytest.mark.parametrize("task", ["lineart", "gray"])
@pytest.mark.parametrize("paint", [False, True])
@pytest.mark.parametrize("profile", [None, WIDE], ids=["srgb", "wide"])
def test_depth_and_space_come_back(
    colorizer: Colorizer, dtype: Any, full: float, task: str, paint: bool, profile: bytes | None
) -> None:
    """All ways to a result, in every depth: the same picture, up to the rounding of the shallowest."""
    picture, eight = drawn(dtype), drawn()
    array, array8 = (p if profile is None else from_profile(p, profile) for p in (picture, eight))
    deep = colorizer.colorize(build_request(array, original=picture, profile=profile, task=task, paint=paint, seed=1))
    flat = colorizer.colorize(build_request(array8, original=eight, profile=profile, task=task, paint=paint, seed=1))
    assert deep.picture.dtype == dtype and deep.picture.shape == picture.shape
    apart = np.abs(deep.picture / np.float64(full) - flat.picture / np.float64(255))
    assert np.percentile(apart, 99) < 4 / 255
    if dtype != np.uint8 and task == "gray":
        assert len(np.unique(deep.picture[..., 1])) > 300, "the low bits are used"


@pytest.mark.parametrize("suffix", [".psd", ".ora", ".png", ".tif"])
@pytest.mark.parametrize(("dtype", "full"), DEPTHS[:2])
def test_lines_in_a_wide_space_stay_bit_for_bit(
    colorizer: Colorizer, dtype: Any, full: float, suffix: str, tmp_path: Path
) -> None:
    """From a file with a profile to a file with the same profile, and the lines' own numbers in their layer."""
    write_picture(tmp_path / "in.tif", drawn(dtype, paper=255), WIDE)
    read = read_picture(tmp_path / "in.tif")
    assert read.profile == WIDE and read.original.dtype == dtype
    painting = colorizer.colorize(
        build_request(read.array, original=read.original, profile=read.profile, task="lineart")
    )
    lines = flat_layers(painting)["lines"].pixels
    np.testing.assert_array_equal(lines[..., :3], drawn(dtype, paper=255))
    if suffix == ".tif":
        write_picture(tmp_path / "out.tif", painting.picture, painting.request.profile)
        assert read_picture(tmp_path / "out.tif").profile == WIDE
        return
    written = write_layers(
        tmp_path / f"out{suffix}", painting.layered() if suffix == ".png" else in_group(painting.layered())
    )
    if suffix == ".png":
        assert [path.name for path in written] == ["out.flats.png", "out.shade.png", "out.lines.png"]
        for path in written:
            assert read_picture(path).profile == WIDE
        np.testing.assert_array_equal(read_picture(written[-1]).original[..., :3], drawn(dtype, paper=255))
    elif suffix == ".psd":
        from psd_tools import PSDImage

        psd = PSDImage.open(written[0])
        assert bytes(psd.image_resources.get_data(1039)) == WIDE and psd.depth == 8 * np.dtype(dtype).itemsize


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("profile", [None, WIDE], ids=["srgb", "wide"])
def test_a_scans_tint_dims_no_paint_and_bare_paper_keeps_it(
    colorizer: Colorizer, profile: bytes | None, dtype: Any
) -> None:
    """Yellowed paper that gets darker to one side: the hint's own colour beside the lines, the scan's elsewhere, and the layers agree."""
    light = np.linspace(1, 0.8, 200)[None, :, None] * np.array([1, 0.95, 0.8])
    white = drawn(dtype, paper=255).astype(np.float64)
    picture = (white * light).astype(dtype)
    array = picture if profile is None else from_profile(picture, profile)
    bare = np.zeros(picture.shape[:2], bool)
    bare[130:140, 150:190] = True
    request = build_request(
        array, original=picture, profile=profile, task="lineart", hints=hints_for(picture), bare=bare, shade=False
    )
    painting = colorizer.colorize(request)
    assert painting.flats is not None
    region = painting.flats.regions.labels == painting.flats.regions.labels[75, 95]
    inside = region & (painting.flats.regions.depth > 3)
    full = dict(DEPTHS)[dtype]
    color = native_colors(painting.flats, painting.request)[painting.flats.regions.labels[75, 95]]
    off = np.abs(painting.picture[inside] / full - color)
    assert inside.sum() > 1000 and off.max() < 0.04 and off.mean() < 0.015
    empty = ~painting.flats.painted[painting.flats.regions.labels]
    assert empty.sum() > 5000
    np.testing.assert_array_equal(painting.picture[empty], picture[empty])
    shown = flatten(painting.layered())[..., :3].astype(np.float64)
    assert np.abs(shown - painting.picture)[inside].max() <= (full / 255 if dtype == np.uint8 else full * 3e-5)


def test_a_hint_in_a_wide_space_is_the_same_color_there(colorizer: Colorizer) -> None:
    """Hints are sRGB; in the picture's space their numbers are others, and their look is the same."""
    picture = drawn(np.uint16)
    request = build_request(
        from_profile(picture, WIDE), original=picture, profile=WIDE, task="lineart", hints=hints_for(picture)
    )
    layer = flat_layers(colorizer.colorize(request))["flats"].pixels
    wanted = np.array(RED, np.uint16) * 257
    at = layer[75, 95, :3]
    assert np.abs(at.astype(int) - wanted).max() > 1000
    assert np.abs(from_profile(at[None, None], WIDE)[0, 0].astype(int) - wanted).max() < 65535 * 0.3 / 255
    np.testing.assert_allclose(
        at / 65535, to_profile(np.array(RED, np.float32)[None, None] / 255, WIDE)[0, 0], atol=2e-5
    )


def gradient(size: int = 400) -> tuple[Flats, Paint]:
    """One region whose paint goes softly from 6 darker to 6 lighter: fewer steps in 8 bits than there are pixels."""
    regions = one_region(size, size)
    small = size // 4
    lab = np.zeros((small, small, 3), np.float32)
    lab[..., 0] = 55 + np.linspace(-6, 6, small, dtype=np.float32)
    lab[..., 1:] = 20, 30
    ones = np.ones((small, small), np.float32)
    paint = Paint(lab, ones, ones, shrink_labels(regions.labels, small, small))
    return make_flats(unhinted(regions), paint, (lab.mean((0, 1))[None], np.ones(1))), paint


def test_shade_of_deep_pictures_has_no_bands() -> None:
    size, levels, steps = 400, {}, {}
    flats, paint = gradient(size)
    for dtype, full in DEPTHS[:2]:
        white = np.full((size, size, 3), full, dtype)
        request = build_request(white, task="lineart")
        for name, array in (
            ("picture", flat_painting(request, flats, None).picture),
            ("shade", shade_of(request, flats, relief_of(paint, flats.regions.count))[..., :3]),
        ):
            row = array[size // 2, 8:-8, 1].astype(np.float64) / full  # beside the ends, where it stands still
            levels[dtype, name], steps[dtype, name] = len(np.unique(row)), np.abs(np.diff(row)).max()
    for name in ("picture", "shade"):
        assert levels[np.uint8, name] < 80, "8 bits have bands"
        assert levels[np.uint16, name] > 256
    slope = np.abs(np.diff(lab_to_srgb(np.array([[49, 20, 30], [61, 20, 30]], np.float32))[:, 1]))[0] / size
    assert steps[np.uint8, "picture"] >= 0.9 / 255
    assert steps[np.uint16, "picture"] < 3 * slope < 0.5 / 255


def test_shade_is_the_paints_own_light_and_dark() -> None:
    """Hard light over the flat gives what the network painted, less the little that counts as unevenness."""
    flats, _ = gradient()
    picture = flat_painting(build_request(np.full((400, 400, 3), 65535, np.uint16)), flats, None).picture
    got = srgb_to_lab(picture[200] / np.float32(65535))[:, 0]
    wanted = 55 + np.linspace(-6, 6, 400)
    assert np.abs(got - wanted).max() < 1.3 and np.corrcoef(got, wanted)[0, 1] > 0.98
    assert abs(float(got.mean()) - 55) < 0.2, "neither darker nor lighter as a whole"


def test_even_paint_has_no_shade() -> None:
    """So that flats are exact in the picture, too."""
    flats, paint = gradient()
    noise = np.random.default_rng(0).normal(0, 0.15, paint.lab.shape).astype(np.float32)
    even = Paint(np.broadcast_to(paint.lab.mean((0, 1)), paint.lab.shape) + noise, *(paint.coverage,) * 2, paint.labels)
    request = build_request(np.full((400, 400, 3), 255, np.uint8))
    relief = relief_of(even, 1)
    assert not shade_of(request, flats, relief)[..., 3].any()
    assert (flat_painting(request, replace(flats, relief=relief), None).picture == flats.colors[0]).all()


def test_shade_stays_in_its_region_and_off_paper() -> None:
    picture = np.full((120, 120, 3), 255, np.uint8)
    picture[:, 59:61] = 0
    regions = find_surfaces(picture.min(2))
    labels = shrink_labels(regions.labels, 60, 60)
    lab = np.zeros((60, 60, 3), np.float32)
    lab[..., 0] = 50 + np.where(np.arange(60) < 30, 30 * np.sin(np.arange(60) / 3), 0)
    paint = Paint(lab, np.ones((60, 60), np.float32), np.ones((60, 60), np.float32), labels)
    left, right = regions.labels[60, 10], regions.labels[60, 110]
    request = build_request(picture)
    means = np.stack([lab[labels == number].mean(0) for number in range(regions.count)])
    flats = make_flats(unhinted(regions), paint, (means, np.ones(regions.count)))
    shade = shade_of(request, flats, relief_of(paint, flats.regions.count))
    assert shade[..., 3][regions.labels == left].any() and not shade[..., 3][regions.labels == right].any()
    bare = replace(flats, painted=np.array([n == right for n in range(2)]))
    painting = flat_painting(request, bare, None)
    assert (painting.picture[regions.labels == left] == picture[regions.labels == left]).all()


def test_without_shade_or_with_it_nothing_changes_below_the_ink(colorizer: Colorizer) -> None:
    """Where a line is black, the picture is black, whatever is below."""
    picture = drawn()
    for shade in (True, False):
        painted = colorizer.colorize(build_request(picture, task="lineart", shade=shade)).picture
        assert (painted[picture.max(2) == 0] == 0).all()


def test_named_colors_lie_on_a_layer_each(colorizer: Colorizer, tmp_path: Path) -> None:
    (tmp_path / "team.gpl").write_text("GIMP Palette\n200 40 40 coat\n40 60 180 sky\n240 220 190 skin\n30 30 30\n")
    hints = hints_for(drawn())
    hints[108:116, 96:104] = (200, 40, 40, 255)
    request = build_request(drawn(), task="lineart", palette=str(tmp_path / "team.gpl"), hints=hints)
    painting = colorizer.colorize(request)
    group = next(member for member in painting.layered().layers if member.name == "flats")
    assert isinstance(group, Group)
    names = [member.name for member in group.members]
    assert len(set(names)) == len(names) and set(names) <= {"coat", "sky", "skin", "others"}
    assert {"coat", "others"} <= set(names), "one hint is a coat's, the others are of no name"
    total = np.zeros(drawn().shape[:2], int)
    colors = {"coat": (200, 40, 40), "sky": (40, 60, 180), "skin": (240, 220, 190)}
    for member in group.members:
        assert isinstance(member, Layer)
        there = member.pixels[..., 3] > 0
        total += there
        if member.name in colors:
            assert (member.pixels[there][:, :3] == colors[member.name]).all()
    assert painting.flats is not None
    assert (total == painting.flats.painted[painting.flats.regions.labels]).all(), "every painted pixel lies on one"
    apart = np.abs(flatten(painting.layered())[..., :3].astype(int) - painting.picture)
    assert apart.max() <= 1


def test_hard_light_shade_keeps_the_flats_white_and_black() -> None:
    """Pure colours have no room on one side; the shade must not turn them into anything wild."""
    for color in ((255, 255, 255), (0, 0, 0), (255, 0, 0)):
        flats, paint = gradient()
        flats = replace(flats, colors=np.array([color], np.uint8))
        request = ColorizeRequest(np.full((400, 400, 3), 255, np.uint8))
        shade = shade_of(request, flats, relief_of(paint, flats.regions.count))
        top = np.where(shade[..., 3:] > 0, shade[..., :3], 127.5) / 255
        shown = hard_light(np.broadcast_to(np.array(color) / 255, top.shape), top)
        assert np.abs(srgb_to_lab(shown)[..., 0] - srgb_to_lab(np.array(color, np.uint8))[0]).max() < 9


def with_white(ink: Array, kind: str) -> Array:
    """An ink layer (h, w, 4) with opaque white: all around the drawing, as a halo along its lines, or as blots."""
    alpha = ink[..., 3]
    if kind == "surround":
        _, parts = cv2.connectedComponents((alpha < 128).astype(np.uint8), connectivity=4)
        white = parts == parts[-1, -1]
    elif kind == "halo":
        white = cv2.dilate((alpha > 40).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    else:
        white = np.zeros(alpha.shape, np.uint8)
        for x, y in ((90, 60), (110, 95), (30, 25)):
            cv2.circle(white, (x, y), 14, 1, -1)
        white = white > 0
    cover = np.where(white, 255, alpha)[..., None]
    color = np.where(white[..., None], 255 - alpha[..., None], ink[..., :3])
    return np.concatenate([color, cover], 2).astype(np.uint8)


@pytest.mark.parametrize("kind", ["surround", "halo", "blots"])
def test_paint_shows_on_transparent_paper_whatever_of_it_is_opaque(colorizer: Colorizer, kind: str) -> None:
    """The same colours as on white paper, to the last pixel of every painted region, in the picture and in its layers."""
    paper = np.full((150, 200, 3), 255, np.uint8)
    cv2.circle(paper, (100, 75), 50, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.line(paper, (50, 75), (150, 75), (0, 0, 0), 2, cv2.LINE_AA)
    cv2.rectangle(paper, (10, 10), (50, 40), (0, 0, 0), 2, cv2.LINE_AA)
    ink = np.dstack([np.zeros_like(paper), 255 - paper[..., 0]])
    layer = with_white(ink, kind)
    hints = np.zeros((*paper.shape[:2], 4), np.uint8)
    hints[50:60, 90:110], hints[90:100, 90:110], hints[20:28, 20:36] = (*RED, 255), (*BLUE, 255), (90, 200, 40, 255)
    for raw in (False, True):
        on_layer = colorizer.colorize(build_request(layer, task="lineart", hints=hints, shade=False, paint=raw))
        on_paper = colorizer.colorize(build_request(paper, task="lineart", hints=hints, shade=False, paint=raw))
        painted = on_layer.coverage > 0.99
        if not raw:
            assert painted[55, 100] and painted[95, 100] and painted[24, 28]
        assert (on_layer.picture[..., 3][painted] >= 254).all()
        apart = np.abs(on_layer.picture[..., :3].astype(int) - on_paper.picture)[painted & (on_paper.coverage > 0.99)]
        assert apart.max() <= 2
    flat = colorizer.colorize(build_request(layer, task="lineart", hints=hints))
    shown, painted = flatten(flat.layered()), flat.coverage > 0
    assert np.abs(shown.astype(int) - flat.picture)[painted].max() <= 2
    np.testing.assert_array_equal(flat_layers(flat)["lines"].pixels, layer)
    bare = ~painted & (flat.picture[..., 3] > 0)
    np.testing.assert_array_equal(flat.picture[bare], layer[bare])


def test_a_page_cut_out_of_a_larger_canvas_stays_cut_out(colorizer: Colorizer) -> None:
    page = np.dstack([drawn(), np.full(drawn().shape[:2], 255, np.uint8)])
    canvas = cv2.copyMakeBorder(page, 30, 30, 40, 40, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    hints = np.zeros_like(canvas)
    hints[150:160, 60:70] = (*RED, 255)
    painting = colorizer.colorize(build_request(canvas, task="lineart", hints=hints))
    np.testing.assert_array_equal(painting.picture[..., 3], canvas[..., 3])


@pytest.mark.parametrize(("dtype", "full"), DEPTHS)
@pytest.mark.parametrize("task", ["auto", "lineart"])
def test_light_lines_on_black_paper_get_color_between_them(
    colorizer: Colorizer, dtype: Any, full: float, task: str
) -> None:
    """The same regions as in the negative; hints in their very colours, lines as light as before, bare paper black as it was."""
    paper = np.full((300, 400, 3), 255, np.uint8)
    cv2.circle(paper, (200, 150), 100, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.rectangle(paper, (10, 10), (100, 80), (0, 0, 0), 2, cv2.LINE_AA)
    black = ((255 - paper) / np.float32(255) * full).astype(dtype)
    hints = np.zeros((300, 400, 4), np.uint8)
    hints[140:160, 180:220], bare = (*RED, 255), np.zeros((300, 400), bool)
    bare[280:290, 300:350] = bare[30:50, 30:60] = True
    painting = colorizer.colorize(build_request(black, task=task, hints=hints, bare=bare, shade=False))
    assert painting.task == "lineart" and painting.request.black_paper
    painted = painting.coverage > 0
    assert painted[150, 200] and not painted[285, 320] and painting.regions.count > 1
    color = painting.picture[150, 200] / np.float64(full) * 255
    np.testing.assert_allclose(color, RED, atol=0.6)
    np.testing.assert_array_equal(painting.picture[~painted], black[~painted])
    assert (painting.picture >= black).all(), "lines stay as light as they were"
    layers = flat_layers(painting)
    assert layers["lines"].blend == "screen"
    np.testing.assert_array_equal(layers["lines"].pixels[..., :3], black)
    shown = flatten(painting.layered())
    assert (shown[..., 3] == full).all()
    np.testing.assert_array_equal(shown[~painted, :3], black[~painted])
    assert np.abs(shown[..., :3].astype(np.float64) - painting.picture).max() <= (
        2 if dtype == np.uint8 else full * 1e-4
    )


def test_black_paper_that_is_not_quite_black_lights_no_paint(colorizer: Colorizer) -> None:
    """As a scan's tint dims none: chalk on dark grey, lit from one side."""
    ink = np.zeros((300, 400, 3), np.uint8)
    cv2.circle(ink, (200, 150), 100, (255, 255, 255), 3, cv2.LINE_AA)
    light = np.linspace(0, 40, 400)[None, :, None]
    chalk = np.rint(ink * (1 - light / 255) + light).astype(np.uint8)
    hints, bare = np.zeros((300, 400, 4), np.uint8), np.zeros((300, 400), bool)
    hints[140:160, 180:220], bare[5:15, 360:380] = (*RED, 255), True
    request = build_request(chalk, task="lineart", hints=hints, bare=bare, shade=False)
    painting = colorizer.colorize(replace(request, black_paper=True))
    painted = painting.coverage > 0
    assert painted[150, 200] and not painted[10, 390]
    assert np.abs(painting.picture[150, [120, 200, 280]].astype(int) - RED).max() <= 3
    np.testing.assert_array_equal(painting.picture[~painted], chalk[~painted])
    shown = flatten(painting.layered())[..., :3].astype(int)
    assert np.abs(shown - painting.picture).max() <= 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("profile", [None, WIDE], ids=["srgb", "wide"])
def test_clean_lines_lie_on_white_in_place_of_a_scan(colorizer: Colorizer, profile: bytes | None, dtype: Any) -> None:
    light = np.linspace(1, 0.75, 200)[None, :, None] * np.array([1, 0.95, 0.8])
    picture = (drawn(dtype, paper=255).astype(np.float64) * light).astype(dtype)
    array = picture if profile is None else from_profile(picture, profile)
    everywhere = np.ones(picture.shape[:2], bool)
    request = build_request(
        array, original=picture, profile=profile, task="lineart", bare=everywhere, shade=False, clean_lines=True
    )
    painting = colorizer.colorize(request)
    full = dict(DEPTHS)[dtype]
    assert painting.picture.dtype == dtype and painting.picture.shape == picture.shape
    assert (painting.picture[[5, 140], [190, 10]] == full).all(), "nothing is left of the paper"
    assert painting.picture[75 + 50, 100].max() < 0.4 * full, "the circle is there"
    layers = flat_layers(painting)
    assert next(iter(layers)) == "paper" and (np.asarray(layers["paper"].pixels) == full).all()
    lines = layers["lines"]
    assert lines.blend == "normal" and not lines.pixels[..., :3].any()
    assert lines.pixels[125, 100, 3] > 0.6 * full and lines.pixels[140, 10, 3] == 0
    shown = flatten(painting.layered())[..., :3].astype(np.float64)
    assert np.abs(shown - painting.picture).max() <= (1 if dtype == np.uint8 else 3)
