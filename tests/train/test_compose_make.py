"""Whole compositions: figures, scenes and pages, their truth, their parts of the split, and how they are kept on disk."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import fields

import numpy as np
import pytest
from compose_art import arts

from colorgan_core.errors import InputError
from colorgan_train.compose.cache import FOLDERS, Compositions, open_compositions, shard_stem, write_compositions
from colorgan_train.compose.canvas import UNPAINTED, Canvas
from colorgan_train.compose.composition import BALLOON, CAPTION, GUTTER, KINDS, LETTERING, PAPER, Composition, example
from colorgan_train.compose.cutouts import layer_of
from colorgan_train.compose.indoors import room, table
from colorgan_train.compose.lettering import written
from colorgan_train.compose.make import compose
from colorgan_train.compose.outdoors import meadow, sea_bed, shore, street
from colorgan_train.compose.picture import Picture
from colorgan_train.compose.pieces import Pieces
from colorgan_train.compose.repaint import repainted
from colorgan_train.evaluation.dabs import PAPER as DABS_PAPER
from colorgan_train.split import HELD_OUT, TRAINING, TUNING

FORMS = ("figure", "scene", "page")


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return Pieces(arts(), TRAINING)


def same(one: Composition, other: Composition) -> bool:
    return all(np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(Composition))


def check(made: Composition) -> None:
    """What holds of every composition."""
    count = len(made.colors)
    assert made.color.dtype == made.ink.dtype == np.uint8 and made.surfaces.dtype == np.int32
    assert len(made.painted) == len(made.kind) == len(made.names) == count
    assert made.surfaces.min() >= 0 and made.surfaces.max() < count
    assert set(np.unique(made.surfaces)) | {0} == set(range(count))  # every label but the paper's is seen
    assert made.kind[0] == PAPER and not made.painted[0] and (made.colors[0] == 255).all()
    assert not made.painted[np.isin(made.kind, (PAPER, GUTTER))].any()
    assert (made.colors[made.painted].min(1) < UNPAINTED).all()
    open_area = np.bincount(made.surfaces[made.off_ink], minlength=count)
    assert (open_area[1:][made.kind[1:] != LETTERING] > 0).all()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_every_composition_has_a_whole_truth(pieces, form, seed):
    check(compose(pieces, seed, 512, form))


@pytest.mark.parametrize("page", [False, True])
def test_the_plain_example_has_one_too(page):
    check(example(3, 512, page))


@pytest.mark.parametrize("form", FORMS)
def test_the_same_number_gives_the_same_bytes(pieces, form):
    again = pickle.loads(pickle.dumps(pieces))
    assert same(compose(pieces, 7, 512, form), compose(again, 7, 512, form))
    assert not np.array_equal(compose(pieces, 7, 512, form).ink, compose(pieces, 8, 512, form).ink)


@pytest.mark.parametrize("place", [meadow, shore, street, room, table, sea_bed])
def test_every_backdrop_is_flat_surfaces_with_ink_between_them(place):
    pen = 3.0
    picture = Picture(np.random.default_rng(5), 512, 640, pen)
    backdrop = place(picture)
    canvas = Canvas(512, 640, pen)
    canvas.put(layer_of(backdrop.cutout, 512, pen), 0, 0)
    made = canvas.finish()
    check(made)
    assert (made.names[made.painted] != "").all()
    gradient = "url(#" in "".join(picture.parts)
    off = np.abs(made.color.astype(int) - made.colors[made.surfaces])[made.off_ink]
    assert gradient or off.max() <= 3
    assert 0 < backdrop.far < backdrop.near <= 1 and backdrop.horizon < backdrop.far


def test_a_composition_takes_its_pieces_from_one_part_alone():
    everything = [*arts(TRAINING, "noto"), *arts(TUNING, "twemoji"), *arts(HELD_OUT, "fxemoji")]
    for part, source in ((TRAINING, "noto"), (TUNING, "twemoji"), (HELD_OUT, "fxemoji")):
        pieces = Pieces(everything, part)
        for seed in range(3):
            made = compose(pieces, seed, 512)
            assert made.pieces and all(piece.startswith(f"{source}/") for piece in made.pieces)


def test_a_part_without_drawings_is_an_error():
    with pytest.raises(InputError, match="held out"):
        Pieces(arts(TRAINING), HELD_OUT)
    with pytest.raises(InputError, match="There is no part"):
        Pieces(arts(TRAINING), "everything")


def test_training_refuses_compositions_of_the_other_parts(tmp_path):
    held_out = Pieces(arts(HELD_OUT), HELD_OUT)
    write_compositions(shard_stem(tmp_path, HELD_OUT, 0), [compose(held_out, 0, 512, "figure")], HELD_OUT)
    with pytest.raises(InputError, match="holds no compositions"):
        open_compositions(tmp_path)
    assert len(open_compositions(tmp_path, HELD_OUT)) == 1
    places = tmp_path / "compositions"
    shutil.copytree(places / FOLDERS[HELD_OUT], places / FOLDERS[TRAINING])
    with pytest.raises(InputError, match="'held out', not of 'training'"):
        open_compositions(tmp_path)


def test_compositions_come_back_from_disk_as_they_were(tmp_path, pieces):
    made = [compose(pieces, seed, 512, form) for seed, form in enumerate(FORMS)]
    write_compositions(shard_stem(tmp_path, TRAINING, 0), made[:2], TRAINING)
    write_compositions(shard_stem(tmp_path, TRAINING, 1), made[2:], TRAINING)
    kept: Compositions = pickle.loads(pickle.dumps(open_compositions(tmp_path)))
    assert len(kept) == 3 and all(same(kept[index], made[index]) for index in range(3))
    assert kept.pieces(1) == made[1].pieces
    assert [kept.is_page(index) for index in range(3)] == [False, False, True]
    damaged = shard_stem(tmp_path, TRAINING, 0).with_suffix(".zst")
    damaged.write_bytes(damaged.read_bytes()[:100])
    with pytest.raises(InputError, match="damaged"):
        open_compositions(tmp_path)[0]


def test_pages_have_gutters_balloons_captions_and_lettering(pieces):
    made = [compose(pieces, seed, 900, "page") for seed in range(6)]
    kinds = np.concatenate([np.unique(each.kind) for each in made])
    assert {GUTTER, BALLOON, CAPTION, LETTERING} <= set(kinds.tolist())
    for page in made:
        gutter = np.isin(page.surfaces, np.flatnonzero(page.kind == GUTTER)) & page.off_ink
        assert gutter.any() and (page.color[gutter] == 255).all()
        for text in np.flatnonzero((page.kind == LETTERING) & ~page.painted):
            assert page.ink[page.surfaces == text].min() < 60
    assert KINDS[LETTERING] == "lettering"


def test_a_text_is_broken_into_lines_that_fit():
    narrow, wide = written("who left the door open?", None, 20, 90), written("who left the door open?", None, 20, 900)
    assert narrow.shape[1] <= 92 and narrow.shape[0] > 2 * wide.shape[0]


def test_repainting_keeps_surfaces_and_gives_what_had_one_colour_one_colour(pieces):
    made = compose(pieces, 3, 512, "scene")
    other = repainted(made, np.random.default_rng(1))
    check(other)
    assert np.array_equal(other.surfaces, made.surfaces) and np.array_equal(other.ink, made.ink)
    assert np.array_equal(other.painted, made.painted)
    assert np.array_equal(other.color[~made.painted[made.surfaces]], made.color[~made.painted[made.surfaces]])
    changed = np.abs(other.colors[made.painted].astype(int) - made.colors[made.painted]).max(1)
    assert (changed > 20).mean() > 0.6
    before, after = (each.colors[made.painted] for each in (made, other))
    for color in np.unique(before, axis=0):
        alike = after[(before == color).all(1)]
        assert (alike == alike[0]).all()


def test_unpainted_means_what_the_dabs_measure_means_by_it():
    assert UNPAINTED == DABS_PAPER
