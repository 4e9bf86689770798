"""Layers on top of each other: what must come out exactly does, and the rest follows the published formulas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from colorgan_core.picture import bands
from colorgan_core.picture.layers import (
    Group,
    Layer,
    Layered,
    bounds,
    flatten,
    from_unit,
    hard_light,
    hard_light_for,
    multiply,
    to_unit,
)

DTYPES = [np.uint8, np.uint16, np.float32]
FULL = {np.uint8: 255, np.uint16: 65535, np.float32: 1}
UNIT = st.floats(0, 1, width=32)


def pixels(dtype: Any, seed: int = 0, shape: tuple[int, int] = (7, 5)) -> Any:
    """Random RGBA with some pixels opaque and some transparent."""
    random = np.random.default_rng(seed)
    values = random.random((*shape, 4), np.float32)
    values[..., 3] = np.clip(values[..., 3] * 2 - 0.5, 0, 1)
    return from_unit(values, np.dtype(dtype))


def opaque(dtype: Any, seed: int = 0) -> Any:
    array = pixels(dtype, seed)
    array[..., 3] = FULL[dtype]
    return array


@st.composite
def pictures(draw: st.DrawFn) -> Any:
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(4)))
    elements = UNIT if dtype == np.float32 else None
    return draw(hnp.arrays(dtype, shape, elements=elements))


@given(pictures())
def test_an_opaque_layer_gives_its_own_colors(array: Any) -> None:
    array[..., 3] = FULL[array.dtype.type]
    np.testing.assert_array_equal(flatten(Layered((Layer("flats", array),))), array)
    below = Layer("below", np.roll(array, 1))
    np.testing.assert_array_equal(flatten(Layered((below, Layer("flats", array)))), array)


@given(pictures())
def test_one_layer_alone_is_itself(array: Any) -> None:
    back = flatten(Layered((Layer("flats", array),)))
    shown = array[..., 3] > 0
    np.testing.assert_array_equal(back[shown], array[shown])
    assert (back[..., 3][~shown] == 0).all()


@given(pictures(), st.sampled_from(["normal", "multiply", "hard-light"]), UNIT)
def test_a_transparent_layer_changes_nothing(array: Any, blend: Any, opacity: float) -> None:
    clear = np.roll(array, 1)
    clear[..., 3] = 0
    below = Layer("below", array)
    both = Layered((below, Layer("clear", clear, blend, opacity)))
    np.testing.assert_array_equal(flatten(both), flatten(Layered((below,))))


@given(pictures(), UNIT)
def test_white_multiplied_changes_nothing(array: Any, opacity: float) -> None:
    full = FULL[array.dtype.type]
    white = array.copy()
    white[..., :3] = full  # of any opacity
    array[..., 3] = full
    both = Layered((Layer("below", array), Layer("white", white, "multiply", opacity)))
    np.testing.assert_array_equal(flatten(both), array)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("blend", ["normal", "multiply", "hard-light"])
def test_formulas(dtype: Any, blend: Any) -> None:
    """Against the standard's equations as they stand there, with multiplied-in opacity, in double precision."""
    bottom, top, opacity = pixels(dtype, 1), pixels(dtype, 2), 0.7
    full = FULL[dtype]
    cb, ab = bottom[..., :3] / np.float64(full), bottom[..., 3:] / np.float64(full)
    cs, alpha = top[..., :3] / np.float64(full), top[..., 3:] / np.float64(full) * opacity
    mixed = {
        "normal": cs,
        "multiply": cb * cs,
        "hard-light": np.where(cs <= 0.5, cb * 2 * cs, cb + (2 * cs - 1) - cb * (2 * cs - 1)),
    }[blend]
    cs = (1 - ab) * cs + ab * mixed
    ao = alpha + ab * (1 - alpha)
    co = cs * alpha + cb * ab * (1 - alpha)
    expected = np.concatenate([np.divide(co, ao, out=np.zeros_like(co), where=ao > 0), ao], axis=-1)
    got = flatten(Layered((Layer("bottom", bottom), Layer("top", top, blend, opacity))))
    assert got.dtype == dtype
    tolerance = 1e-6 if dtype == np.float32 else 0.51 / full
    shown = ao[..., 0] > 0
    np.testing.assert_allclose(got[shown] / np.float64(full), expected[shown], atol=tolerance)


@pytest.mark.parametrize("dtype", DTYPES)
def test_bands_do_not_show(dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Layered((Layer("a", pixels(dtype, 1)), Layer("b", pixels(dtype, 2), "multiply", 0.5)))
    whole = flatten(picture)
    monkeypatch.setattr(bands, "BAND", 11)  # two rows of five; the last band is one row
    np.testing.assert_array_equal(flatten(picture), whole)


def test_groups_are_isolated_and_hidden_layers_do_not_show() -> None:
    a, b, c = (Layer(name, pixels(np.float32, seed), "multiply") for seed, name in enumerate("abc"))
    hidden = Layer("hidden", opaque(np.float32), visible=False)
    grouped = Layered((a, Group("shading", (b, hidden, Group("inner", (c,))))))
    together = Layer("together", flatten(Layered((b, replace(c, blend="normal")))))
    np.testing.assert_allclose(flatten(grouped), flatten(Layered((a, together))), atol=1e-6)
    alone = Layered((a, b, hidden, c))
    np.testing.assert_array_equal(flatten(Layered((Group("all", (a, b, hidden, c)),))), flatten(alone))
    assert not flatten(Layered((hidden,))).any()
    assert grouped.size == (5, 7) and grouped.dtype == np.float32


def test_flatten_leaves_its_layers_alone() -> None:
    array = pixels(np.float32)
    before = array.copy()
    flatten(Layered((Layer("a", array), Layer("b", array, "hard-light"))))
    np.testing.assert_array_equal(array, before)


@given(UNIT, UNIT)
def test_hard_light_can_be_solved(flat: float, wanted: float) -> None:
    for dtype in (np.float32, np.float64):
        low, high = np.array([flat], dtype), np.array([wanted], dtype)
        top = hard_light_for(low, high)
        assert top.dtype == dtype and 0 <= top[0] <= 1
        np.testing.assert_allclose(hard_light(low, top), high, atol=2e-7)


@given(UNIT)
def test_where_nothing_changes_hard_light_is_grey(value: float) -> None:
    same = np.array([value, 0, 1], np.float32)
    assert (hard_light_for(same, same) == 0.5).all()
    np.testing.assert_array_equal(hard_light(same, np.full(3, 0.5, np.float32)), same)


@given(UNIT, UNIT)
def test_multiply_and_hard_light_at_their_ends(bottom: float, top: float) -> None:
    b, t = np.array([bottom]), np.array([top])
    assert multiply(b, np.ones(1)) == b and multiply(b, np.zeros(1)) == 0
    assert hard_light(b, np.ones(1)) == 1 and hard_light(b, np.zeros(1)) == 0
    assert 0 <= hard_light(b, t)[0] <= 1


def test_bounds() -> None:
    array = np.zeros((6, 8, 4), np.uint16)
    assert bounds(array) == (0, 0, 0, 0)
    array[..., :3] = 7  # colour alone shows nothing
    array[2, 3, 3] = array[4, 6, 3] = 1
    assert bounds(array) == (2, 3, 5, 7)
    array[..., 3] = 1
    assert bounds(array) == (0, 0, 6, 8)


@pytest.mark.parametrize("dtype", DTYPES)
def test_units_go_back_and_forth(dtype: Any) -> None:
    values = np.arange(65536, dtype=np.uint16).reshape(-1, 1) if dtype == np.uint16 else pixels(dtype)
    np.testing.assert_array_equal(from_unit(to_unit(values), values.dtype), values)


def test_layers_that_do_not_fit_together() -> None:
    with pytest.raises(AssertionError, match="one size"):
        Layered((Layer("a", pixels(np.uint8)), Layer("b", pixels(np.uint8, shape=(5, 7)))))
    with pytest.raises(AssertionError, match="one size"):
        Layered((Layer("a", pixels(np.uint8)), Group("b", (Layer("b", pixels(np.uint16)),))))
    with pytest.raises(AssertionError, match="one size"):
        Layered(())
    for wrong in ({"name": ""}, {"name": "a\0"}, {"opacity": 1.5}, {"pixels": np.zeros((2, 2, 3), np.uint8)}):
        with pytest.raises(AssertionError):
            Layer(**{"name": "a", "pixels": pixels(np.uint8), **wrong})
