"""Hands: what people do to lines and tone, and that the truth stays exact whatever they do. Hints: what people dab."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from colorgan_train.compose import hands, tones
from colorgan_train.compose.composition import BALLOON, DRAWING, GUTTER, LETTERING, PAPER, Composition, example
from colorgan_train.compose.conditions import CONDITIONS, MORE, draw
from colorgan_train.compose.hints import draw_hints
from colorgan_train.compose.strokes import Stroke, drawn, strokes_of

HANDS = {
    "technical": hands.technical, "nib": hands.nib, "brush": hands.brush, "marker": hands.marker, "sketcher": hands.sketcher,
    "penciller": hands.penciller,
}  # fmt: skip


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def drawn_by(composition: Composition, name: str, seed: int = 0) -> np.ndarray:
    chosen = HANDS[name](rng(seed))
    return hands.laid(hands.outlined(composition, rng(seed + 1), chosen))


def at_half(picture: np.ndarray) -> np.ndarray:
    """A picture of half the size, a little blurred: what a person sees of it from some way off."""
    return cv2.GaussianBlur(picture, (0, 0), 4)[::4, ::4].astype(float)


def borders(labels: np.ndarray) -> np.ndarray:
    edge = np.zeros(labels.shape, bool)
    edge[:, :-1] |= labels[:, :-1] != labels[:, 1:]
    edge[:-1] |= labels[:-1] != labels[1:]
    return edge


def line(size: int = 512, pen: float = 4.0) -> Composition:
    """Two surfaces and a straight line between them from one side to the other."""
    surfaces = np.ones((size, size), np.int32)
    surfaces[size // 2 :] = 2
    ink = np.full((size, size), 255, np.uint8)
    ink[size // 2 - int(pen / 2) : size // 2 + int(pen / 2)] = 0
    colors = np.array([(255, 255, 255), (200, 80, 60), (60, 120, 200)], np.uint8)
    names = np.array(["", "thing", "thing"])
    return replace(
        example(0, size), color=colors[surfaces], surfaces=surfaces, colors=colors, painted=np.array([False, True, True]), ink=ink,
        kind=np.array([PAPER, DRAWING, DRAWING], np.uint8), names=names, pen=pen,
    )  # fmt: skip


# ---- strokes


@pytest.mark.parametrize("page", [False, True])
def test_strokes_drawn_again_are_the_ink_that_they_were_found_in(page):
    made = example(3, 512, page)
    strokes, solid = strokes_of(made)
    again = np.minimum(drawn(strokes, made.ink.shape), solid) < 128
    ink = made.ink < 128
    assert (again & ink).sum() / (again | ink).sum() > 0.85


def test_lettering_is_not_drawn_again():
    made = example(3, 512, page=True)
    text = (made.kind == LETTERING)[made.surfaces]
    _, solid = strokes_of(made)
    assert np.array_equal(solid[text], made.ink[text])


# ---- lines


@pytest.mark.parametrize("name", HANDS)
def test_the_same_seed_at_twice_the_size_draws_the_same(name):
    small, large = drawn_by(example(1, 384), name), drawn_by(example(1, 768), name)
    other = drawn_by(example(2, 384), name)
    reduced = cv2.resize(large, (384, 384), interpolation=cv2.INTER_AREA)
    difference = np.abs(at_half(small) - at_half(reduced)).mean()
    assert difference < 0.25 * np.abs(at_half(small) - at_half(other)).mean()


@pytest.mark.parametrize("name", HANDS)
def test_every_hand_draws_along_the_borders_of_surfaces(name):
    made = example(1, 512)
    ink = drawn_by(made, name) < 160
    edge = borders(made.surfaces)
    inner = edge[4:-4, 4:-4]
    near = cv2.distanceTransform((~ink).astype(np.uint8), cv2.DIST_L2, 5)[4:-4, 4:-4] <= 4
    assert near[inner].mean() > 0.97
    away = cv2.distanceTransform((~edge).astype(np.uint8), cv2.DIST_L2, 5)
    assert (away[ink] < 0.03 * 512).mean() > 0.9  # what overshoots is little


def test_a_hand_has_its_width():
    made = line(512, 6.0)
    for width in (2, 6, 12):
        ink = hands.laid(hands.outlined(made, rng(), hands.Hand(width=width / 512, keep=0)))
        assert (255 - ink[:, 100:400]).sum(0).mean() / 255 == pytest.approx(width, abs=0.6)


def test_pressure_swells_and_thins_a_line_and_tapering_points_it():
    made = example(1, 512)
    even = hands.laid(hands.outlined(made, rng(), hands.Hand(width=6 / 512, keep=0)))
    pressed = hands.laid(hands.outlined(made, rng(), hands.Hand(width=6 / 512, keep=0, pressure=0.5)))
    depth = [cv2.distanceTransform((each < 128).astype(np.uint8), cv2.DIST_L2, 5) for each in (even, pressed)]
    peaks = [each[(each == cv2.dilate(each, np.ones((7, 7)))) & (each > 0)] for each in depth]
    assert peaks[1].std() > 1.3 * peaks[0].std()
    stroke = Stroke(np.stack([np.arange(100), np.zeros(100)], 1).astype(np.float32), np.full(100, 6, np.float32))
    tapered = hands.tapered([stroke], 0.8, 20)[0].width
    assert tapered[0] < 2 and tapered[-1] < 2 and tapered[50] == 6


@pytest.mark.parametrize("size", [512, 1024])
def test_breaks_are_open_paper_of_4_to_40_px_at_1024(size):
    lengths = []
    for seed in range(12):
        ink = hands.laid(hands.outlined(line(size), rng(seed), hands.Hand(width=4 / 1024, keep=0, breaks=4)))
        row = np.concatenate([[False], ink[size // 2 - 3 : size // 2 + 3].min(0) > 128, [False]])
        starts, ends = np.flatnonzero(row[1:] & ~row[:-1]), np.flatnonzero(~row[1:] & row[:-1])
        lengths += [end - start for start, end in zip(starts, ends, strict=True) if start > 4 and end < size - 4]
    shares = np.array(lengths) * 1024 / size
    assert len(shares) > 20
    assert np.quantile(shares, 0.02) >= 2.5 and np.quantile(shares, 0.9) <= 42  # two breaks can meet
    assert shares.max() / shares.min() > 3


def test_overshoot_runs_past_corners_and_a_second_pass_lies_beside_the_first():
    made = example(4, 512)
    plain = hands.laid(hands.outlined(made, rng(), hands.Hand(width=3 / 512, keep=0))) < 128
    past = hands.laid(hands.outlined(made, rng(), hands.Hand(width=3 / 512, keep=0, overshoot=1.0))) < 128
    away = cv2.distanceTransform((~plain).astype(np.uint8), cv2.DIST_L2, 5)
    assert (away[past] > 3).sum() > 20 and away[past].max() < 0.04 * 512
    double = hands.outlined(made, rng(), hands.Hand(width=3 / 512, keep=0, passes=2, looseness=0.006))
    assert len(double) == 2
    second = double[1][0] < 128
    assert 0.15 < (away[second] > 1).mean() < 1 and away[second].max() < 0.03 * 512


def test_panel_borders_are_ruled():
    made = example(1, 512, page=True)
    hand = hands.Hand(width=4 / 512, keep=0, pressure=0.6, passes=1, looseness=0.01)
    ink = hands.laid(hands.outlined(made, rng(), hand))
    edge = 512 // 20
    widths = (ink[edge - 8 : edge + 8, 60:450] < 128).sum(0)
    assert widths.std() < 0.6


@pytest.mark.parametrize("name", HANDS)
def test_a_picture_without_lines_stays_without(name):
    made = line(128)
    assert (drawn_by(replace(made, ink=np.full_like(made.ink, 255)), name) == 255).all()


# ---- tone


def toned(name: str, made: Composition, chosen: np.ndarray) -> np.ndarray:
    shade = tones.shadow(made, rng())
    return {
        "hatching": lambda: tones.hatching(made, rng(), chosen, shade, 8 / 512, 0.7, 2 / 512, -0.3),
        "cross": lambda: tones.cross_hatching(made, rng(), chosen, shade, 8 / 512, 2 / 512, -0.3),
        "stipple": lambda: tones.stipple(made, rng(), chosen, shade, 5 / 512, -0.6),
        "blacks": lambda: tones.spot_blacks(made, rng(), chosen, shade, 0.5),
        "dots": lambda: tones.screentone(made, np.where(chosen, 0.3, 0), 8 / 512, 0.785, "dots"),
        "lines": lambda: tones.screentone(made, np.where(chosen, 0.3, 0), 8 / 512, 0.785, "lines"),
        "grain": lambda: tones.screentone(made, np.where(chosen, 0.3, 0), 6 / 512, 0.785, "grain"),
    }[name]()


@pytest.mark.parametrize("name", ["hatching", "cross", "stipple", "blacks", "dots", "lines", "grain"])
def test_tone_ends_at_its_surfaces(name):
    made = example(2, 512)
    chosen = np.zeros(len(made.colors), bool)
    chosen[int(np.argmax(np.bincount(made.surfaces.ravel())[1:])) + 1] = True
    cover = toned(name, made, chosen)
    inside = chosen[made.surfaces]
    assert cover.min() >= 0 and cover.max() <= 1
    assert cover[~inside].max() == 0
    assert 0.005 < cover[inside].mean() < 0.95


@pytest.mark.parametrize("screen", ["dots", "lines"])
@pytest.mark.parametrize("density", [0.1, 0.3, 0.6])
def test_screentone_has_its_density_and_pitch(screen, density):
    made = line(512)
    cover = tones.screentone(made, np.array([0, density, 0]), 10 / 512, 0.0, screen)
    assert cover[:250].mean() == pytest.approx(density, abs=0.04)
    spectrum = np.abs(np.fft.rfft(cover[:250].mean(0) - cover[:250].mean()))
    assert spectrum[49:54].max() > 0.9 * spectrum[5:].max()  # ten px apart, whatever the overtones are


@pytest.mark.parametrize("condition", ["screentone", "hatching", "comic"])
@pytest.mark.parametrize("seed", range(3))
def test_nobody_tones_paper_balloons_or_lettering(condition, seed):
    made = example(seed, 512, page=True)
    drawing = draw(made, condition, rng(seed))
    kind = drawing.composition.kind[drawing.composition.surfaces]
    bare = cv2.erode(np.isin(kind, (PAPER, GUTTER, BALLOON)).astype(np.uint8), np.ones((41, 41), np.uint8)) > 0
    text = (
        cv2.dilate(((kind == LETTERING) | (drawing.composition.ink < 200)).astype(np.uint8), np.ones((9, 9), np.uint8))
        > 0
    )
    assert (bare & ~text).any()
    assert (drawing.marks[bare & ~text] == 255).all()


@pytest.mark.parametrize("condition", ["screentone", "hatching"])
def test_tone_is_the_same_at_twice_the_size(condition):
    small, large = draw(example(5, 384), condition, rng(2)).marks, draw(example(5, 768), condition, rng(2)).marks
    reduced = cv2.resize(large, (384, 384), interpolation=cv2.INTER_AREA)
    assert np.abs(at_half(small) - at_half(reduced)).mean() < 0.02 * 255


def test_what_is_toned_depends_on_colours_and_not_on_how_many_surfaces_there_are():
    made = example(5, 128)
    count = len(made.colors)
    more = replace(
        made, colors=np.vstack([made.colors, made.colors[1:]]), painted=np.append(made.painted, made.painted[1:]),
        kind=np.append(made.kind, made.kind[1:]), names=np.append(made.names, made.names[1:]),
    )  # fmt: skip
    first, second = tones.lots(made, rng()), tones.lots(more, rng())
    assert np.array_equal(first, second[:count]) and np.array_equal(first[1:], second[count:])
    assert len(np.unique(first)) > 3


# ---- truth


@pytest.mark.parametrize("condition", [*CONDITIONS, *MORE])
@pytest.mark.parametrize("seed", range(2))
def test_whatever_moves_the_drawing_moves_its_truth(condition, seed):
    made = example(seed, 384, page=condition == "comic")
    moved = draw(made, condition, rng(seed)).composition
    assert moved.surfaces.dtype == np.int32 and 0 <= moved.surfaces.min() <= moved.surfaces.max() < len(made.colors)
    inside = cv2.dilate(borders(moved.surfaces).astype(np.uint8), np.ones((7, 7), np.uint8)) == 0
    assert inside.mean() > 0.5
    assert np.abs(moved.color.astype(int) - moved.colors[moved.surfaces])[inside].max() <= 2
    ink = cv2.erode((moved.ink < 60).astype(np.uint8), np.ones((2, 2), np.uint8)) > 0
    text = cv2.dilate((moved.kind == LETTERING)[moved.surfaces].astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    near = cv2.distanceTransform((~borders(moved.surfaces)).astype(np.uint8), cv2.DIST_L2, 5) <= made.pen + 1
    assert near[ink & ~text].mean() > 0.99


def test_an_unsteady_hand_moves_a_little_and_leaves_the_edges():
    made = example(0, 512)
    moved = hands.unsteady(made, rng())
    changed = (moved.surfaces != made.surfaces).mean()
    assert 0.001 < changed < 0.05
    assert np.array_equal(moved.surfaces[0], made.surfaces[0]) and np.array_equal(moved.color[:, -1], made.color[:, -1])


# ---- hints


def test_hints_are_round_dabs_and_strokes_of_the_surfaces_colours():
    made = example(1, 512)
    on, total, sessions = 0.0, 0.0, 0
    for seed in range(30):
        hints = draw_hints(made, rng(seed))
        shown = hints.layer[..., 3] > 127
        assert 1 <= len(hints.meant) <= 40
        assert not (shown & hints.bare).any()
        assert made.painted[hints.meant].any() == bool(hints.layer[..., 3].any())
        colors = {tuple(each) for each in made.colors[hints.meant].tolist()}
        pure = hints.layer[..., 3] == 255
        found = {tuple(each) for each in np.unique(hints.layer[pure][:, :3], axis=0).tolist()}
        if seed < 15 and not any(0 < value < 255 for value in np.unique(hints.layer[..., 3])):
            assert found <= colors
        right = np.abs(hints.layer[..., :3].astype(int) - made.colors[made.surfaces]).max(2) < 12
        on += right[shown & (made.ink > 200)].sum()
        total += (shown & (made.ink > 200)).sum()
        sessions += hints.bare.any()
    assert 0.85 < on / total < 0.999  # most lie where they belong, some do not
    assert 2 < sessions < 25


def test_some_hints_cross_ink_and_some_lie_beside_their_surface():
    made = example(1, 512)
    crossing = beside = 0
    for seed in range(120):
        hints = draw_hints(made, rng(seed), 1)
        mark = (hints.layer[..., 3] > 127) | hints.bare
        crossing += bool((made.ink[mark] < 100).any())
        beside += bool(mark.any() and (made.surfaces[mark] != hints.meant[0]).mean() > 0.6)
    assert 8 < crossing < 60
    assert 2 < beside < 30


def test_keep_unpainted_is_for_paper():
    made = example(2, 512, page=True)
    for seed in range(25):
        hints = draw_hints(made, rng(seed))
        if not hints.bare.any():
            continue
        assert (~made.painted[made.surfaces[hints.bare]]).mean() > 0.5
        assert not np.isin(made.kind[hints.meant], (LETTERING,)).any()


def test_hints_at_twice_the_size_cover_the_same_share():
    shares = [
        np.mean([(draw_hints(example(1, size), rng(seed), 6).layer[..., 3] > 127).mean() for seed in range(25)])
        for size in (512, 1024)
    ]
    assert shares[0] == pytest.approx(shares[1], rel=0.2)


def test_a_blank_page_gets_no_colour():
    made = example(0, 256)
    blank = replace(
        made, surfaces=np.zeros_like(made.surfaces), colors=made.colors[:1], painted=made.painted[:1], kind=made.kind[:1],
        names=made.names[:1], ink=np.full_like(made.ink, 255), color=np.full_like(made.color, 255),
    )  # fmt: skip
    assert not draw_hints(blank, rng(1), 5).layer[..., 3].any()
