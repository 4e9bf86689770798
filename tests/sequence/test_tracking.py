"""Regions tracked through drawn frames: exact colours while they move, split, disappear and come back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from colorgan_core.lineart.flats import Flats
from colorgan_core.lineart.region_map import read_region_map, write_region_map
from colorgan_core.lineart.regions import Regions, one_region
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.sequence.keys.descriptor import describe
from colorgan_core.sequence.keys.key_frame import key_from_picture, key_from_region_map, with_palette_names
from colorgan_core.sequence.keys.matching import Matches, match_regions
from colorgan_core.sequence.keys.propagation import digest_of_flats, palette_of_keys, propagated_flats, source_keys
from colorgan_core.sequence.keys.tracking import Track, most_probable_tracks, track_regions

RED, BLUE, GREEN = (201, 30, 41), (20, 61, 200), (33, 141, 60)
Draw = Callable[[int, NDArray[np.uint8], NDArray[np.uint8]], None]


def disc(lines: np.ndarray, color: np.ndarray, x: int, y: int, radius: int, paint: tuple[int, int, int]) -> None:
    """In painter's order: white inside, a black edge."""
    cv2.circle(color, (x, y), radius, paint, -1)
    cv2.circle(lines, (x, y), radius, 255, -1)
    cv2.circle(lines, (x, y), radius, 0, 2)


def film(draw: Draw, frames: int, size: int = 160) -> tuple[list[Regions], list[NDArray[np.uint8]]]:
    """The regions of each frame, and its colours on transparent paper."""
    regions, colors = [], []
    for number in range(frames):
        lines, color = np.full((size, size), 255, np.uint8), np.zeros((size, size, 3), np.uint8)
        draw(number, lines, color)
        regions.append(find_surfaces(lines))
        colors.append(np.dstack([color, np.where(color.any(2), 255, 0).astype(np.uint8)]))
    return regions, colors


def propagated(
    regions: list[Regions], colors: list[NDArray[np.uint8]], *places: int
) -> tuple[list[Flats], list[Track], dict[int, Flats]]:
    keys = {place: key_from_picture(regions[place], colors[place]) for place in places}
    tracks = track_regions((describe(each) for each in regions), keys)
    return [propagated_flats(*pair, keys) for pair in zip(regions, tracks, strict=True)], tracks, keys


def at(flats: Flats, x: int, y: int) -> tuple[int, ...] | None:
    """The propagated colour at a pixel; None if it is unpainted."""
    region = flats.regions.labels[y, x]
    assert flats.hinted[region], "not found"
    return tuple(int(v) for v in flats.colors[region]) if flats.painted[region] else None


def two_that_pass(number: int, lines: np.ndarray, color: np.ndarray) -> None:
    disc(lines, color, 40 + 8 * number, 60, 20, RED)
    disc(lines, color, 120 - 8 * number, 115, 20, BLUE)


def test_colours_stay_exact_where_their_old_places_are_taken_by_others() -> None:
    regions, colors = film(two_that_pass, 11)
    results, tracks, _ = propagated(regions, colors, 0)
    assert at(results[10], 120, 60) == RED and at(results[10], 40, 115) == BLUE
    assert at(results[10], 80, 20) is None, "paper stays bare"
    assert {source_keys(track) for track in tracks} == {(0,)}
    assert all(track.confidence.min() > 0.5 for track in tracks)


def test_what_hides_between_two_keys_comes_back_in_its_colour() -> None:
    def draw(number: int, lines: np.ndarray, color: np.ndarray) -> None:
        disc(lines, color, 80, 80, 12, GREEN)
        disc(lines, color, 10 + 14 * number, 80, 34, RED)  # it passes before the small one

    regions, colors = film(draw, 12)
    results, _, _ = propagated(regions, colors, 0, 11)
    assert at(results[1], 80, 80) == GREEN and at(results[10], 80, 80) == GREEN
    assert all(at(results[number], min(10 + 14 * number, 155), 80) == RED for number in range(12))


def test_a_region_that_is_parted_and_joined_keeps_its_colour() -> None:
    def draw(number: int, lines: np.ndarray, color: np.ndarray) -> None:
        disc(lines, color, 80, 80, 40, BLUE)
        if number in (2, 3, 4):
            color[:, 74:86], lines[:, 74:86] = RED, 255  # a bar across it
            lines[:, 73:75] = lines[:, 85:87] = 0

    regions, colors = film(draw, 7)
    results, _, _ = propagated(regions, colors, 0, 6)
    assert {at(results[n], x, 80) for n in (1, 3, 5) for x in (60, 100)} == {BLUE}


def still(number: int, lines: np.ndarray, color: np.ndarray) -> None:
    """Nothing moves, so that every frame has the same regions."""
    two_that_pass(0, lines, color)


def test_what_is_found_less_likely_than_not_is_not_found() -> None:
    regions, colors = film(still, 3)
    key = key_from_picture(regions[0], colors[0])
    every = np.arange(regions[0].count)
    step = Matches(every, every, np.where(every == 0, 0.6, 0.9))
    tracks = most_probable_tracks([each.count for each in regions], [step, step], {0: key})
    assert tracks[1].key.tolist() == [0] * len(every) and tracks[2].key.tolist() == [-1, *[0] * (len(every) - 1)]
    assert tracks[2].confidence == pytest.approx([0, *[0.81] * (len(every) - 1)])
    flats = propagated_flats(regions[2], tracks[2], {0: key})
    assert flats.hinted.tolist() == (every > 0).tolist() and source_keys(tracks[2]) == (0,)


def test_tracks_meet_in_the_middle() -> None:
    regions, colors = film(still, 5)
    keys = {place: key_from_picture(regions[place], colors[place]) for place in (0, 4)}
    every = np.arange(regions[0].count)
    steps = [Matches(every, every, np.full(len(every), chance)) for chance in (0.9, 0.8, 0.9, 0.9)]
    tracks = most_probable_tracks([each.count for each in regions], steps, keys)
    assert [track.key[0] for track in tracks] == [0, 0, 4, 4, 4]


def test_a_corrected_frame_changes_only_what_comes_of_it() -> None:
    regions, colors = film(two_that_pass, 9)
    before, _, _ = propagated(regions, colors, 0, 8)
    corrected = [each.copy() for each in colors]
    corrected[4][colors[4][..., :3].argmax(2) == 0] = (*GREEN, 255)  # red and transparent are now green
    corrected[4][colors[4][..., 3] == 0] = 0
    after, tracks, _ = propagated(regions, corrected, 0, 4, 8)
    same = [digest_of_flats(a) == digest_of_flats(b) for a, b in zip(before, after, strict=True)]
    assert same[0] and same[8] and not same[4]
    assert all(same[n] or 4 in source_keys(track) for n, track in enumerate(tracks))
    assert at(after[4], 72, 60) == GREEN


def test_frames_of_two_sizes_are_of_two_scenes(drawing: np.ndarray) -> None:
    small, large = find_surfaces(drawing[..., 0]), find_surfaces(np.full((90, 90), 255, np.uint8))
    key = key_from_picture(small, np.dstack([drawing, np.full(drawing.shape[:2], 255, np.uint8)]))
    tracks = track_regions([describe(small), describe(large)], {0: key})
    assert (tracks[1].key == -1).all()


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 1), (15, 40), (400, 30)])
def test_any_size(size: tuple[int, int]) -> None:
    frame = describe(one_region(*size))
    assert match_regions(frame, frame).probability == pytest.approx([1], abs=0.05)


def test_a_region_too_small_for_the_descriptor_has_its_place() -> None:
    labels = np.zeros((1000, 1500), np.int32)
    labels[400:402, 900:902] = 1
    tiny = describe(Regions(labels, np.array([labels.size - 4, 4]), np.ones(labels.shape, np.float32)))
    scale = 320 / 1500
    assert tiny.labels.shape == (213, 320)
    assert tiny.centroids[1] == pytest.approx([900.5 * scale, 400.5 * scale], abs=1) and tiny.areas[1] > 0


def test_propagated_flats_survive_a_region_map(tmp_path: Path) -> None:
    regions, colors = film(two_that_pass, 2)
    results, _, _ = propagated(regions, colors, 0)
    results[1].hinted[0] = False
    write_region_map(tmp_path / "flats.png", results[1])
    read = read_region_map(tmp_path / "flats.png")
    assert digest_of_flats(read) == digest_of_flats(results[1]) != digest_of_flats(results[0])


# ---- keys


def test_a_key_is_read_from_a_picture_with_soft_lines() -> None:
    regions, colors = film(two_that_pass, 1)
    opaque = np.where(colors[0][..., 3:] > 0, colors[0][..., :3], 255).astype(np.uint8)
    soft = cv2.GaussianBlur(np.where(regions[0].depth > 0, 255, 0).astype(np.uint8), (0, 0), 0.7)
    shown = np.rint(opaque * (soft[..., None] / 255)).astype(np.uint8)
    key = key_from_picture(regions[0], shown)
    assert at(key, 40, 60) == RED and at(key, 120, 115) == BLUE
    assert at(key, 3, 3) is None, "white that meets the edge of an opaque picture is paper"


def test_names_of_a_sheet_reach_every_frame() -> None:
    regions, colors = film(two_that_pass, 5)
    key = with_palette_names(
        key_from_picture(regions[0], colors[0]), np.array([RED, BLUE, GREEN], np.uint8), ("coat", "hat", "boots")
    )
    tracks = track_regions((describe(each) for each in regions), {0: key})
    last = propagated_flats(regions[4], tracks[4], {0: key})
    assert last.names[regions[4].labels[60, 72]] == "coat" and last.names[regions[4].labels[115, 88]] == "hat"
    palette, names = palette_of_keys([key])
    assert {tuple(color): name for color, name in zip(palette.tolist(), names, strict=True)} == {
        RED: "coat",
        BLUE: "hat",
    }


def test_a_region_map_whose_regions_are_parted_anew_still_counts() -> None:
    regions, colors = film(two_that_pass, 1)
    known = key_from_picture(regions[0], colors[0])
    parted = regions[0].labels.copy()
    disc_number = parted[60, 40]
    parted[:60][parted[:60] == disc_number] = regions[0].count
    areas = np.bincount(parted.reshape(-1))
    key = key_from_region_map(Regions(parted, areas, regions[0].depth), known)
    assert at(key, 40, 50) == at(key, 40, 70) == RED and len(key.names) == regions[0].count + 1
