"""What only editors ask for: layers in their own channel order, a selection, and corrections by hand that must not be lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, UsageError
from ..picture.layers import Blend, Layer, Layered, flatten, from_unit, to_unit
from ..picture.pixels import to_8bit

ORDERS = ("rgba", "bgra")
KEPT = ("flats", "shade")  # layers that people correct
PIXELS = ("selection", *(f"{state}.{name}" for name in KEPT for state in ("written", "found")))

Array = NDArray[Any]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Editor:
    """order: of the channels of all pixels, in and out. stack: blend mode and opacity of the pictures, bottom to top. selection:
    (h, w), or None. changed: by layer, (h, w) where a person has changed what colorgan wrote. found: by layer, (h, w, 4) what is
    there now."""

    order: str
    stack: tuple[tuple[Blend, float], ...]
    selection: Array | None
    changed: dict[str, Mask]
    found: dict[str, Array]

    def merged(self, layers: list[Array], hints: Sequence[Array] = ()) -> Array:
        """One picture (h, w, 4) of those that came. Raises UsageError or InputError where they, the hints, the selection or what was
        found do not go together."""
        if len(layers) != len(self.stack):
            raise UsageError("stack must be a list of blend mode and opacity of each picture.")
        others = {**self.found, **({} if self.selection is None else {"selection": self.selection})}
        for name, each in [*(("layer", layer) for layer in layers[1:]), *others.items()]:
            if each.shape[:2] != layers[0].shape[:2]:
                raise InputError(f"The {name} must be as large as the picture.")
        if any(each.ndim != 3 or each.shape[2] != 4 or each.dtype != layers[0].dtype for each in layers):
            raise InputError("Layers have four channels and one depth.")
        for name, each in [*(("hints", each) for each in hints), *self.found.items()]:
            if each.ndim != 3 or each.shape[2] != 4 or (name != "hints" and each.dtype != layers[0].dtype):
                raise InputError(f"The {name} must have four channels, and layers the picture's depth.")
        if self.selection is not None and self.selection.ndim != 2:
            raise InputError("The selection must have one channel.")
        if len(layers) == 1 and self.stack[0][1] == 1:
            return layers[0]
        drawn = [Layer("layer", each, *state) for each, state in zip(layers, self.stack, strict=True)]
        return flatten(Layered(tuple(drawn)))

    def hints(self, hints: Array | None) -> Array | None:
        """(h, w, 4) of 8 bits: the person's hints, and below them what was corrected in the flats."""
        changed = self.changed.get("flats")
        if changed is None or not changed.any():
            return hints
        found = to_8bit(self.found["flats"])
        own = np.zeros_like(found) if hints is None else to_8bit(hints).copy()
        there = changed & (found[..., 3] >= 128) & (own[..., 3] < 128)
        own[there] = found[there]
        own[there, 3] = 255
        return own

    def bare(self, bare: Mask | None) -> Mask | None:
        """(h, w): what was to be bare, and what was rubbed out of the flats."""
        changed = self.changed.get("flats")
        if changed is None or not changed.any():
            return bare
        rubbed = changed & (to_8bit(self.found["flats"][..., 3]) < 128)
        return np.asarray(rubbed if bare is None else bare | rubbed)

    def finished(self, name: str, pixels: Array) -> list[tuple[str, Array]]:
        """A layer as it is to be written, in the editor's order and cut to the selection: outside of it lies what was found, or nothing.

        Where a person has corrected a layer, it has that, and comes again as "written.NAME", which is what to compare with next time:
        it has something else in each corrected place, so that what was a correction once stays one, even where colorgan would paint
        the same by now.
        """
        pixels = in_order(with_opacity(pixels), self.order)
        was = self.found.get(name)
        found = np.zeros_like(pixels) if was is None else in_order(was, self.order)
        if self.selection is not None:
            pixels = mixed(found, pixels, self.selection)
        changed = self.changed.get(name)
        if changed is None or not changed.any():
            return [(name, pixels)]
        other = found + 1 if found.dtype.kind == "f" else np.iinfo(found.dtype).max - found
        kept, written = (np.where(changed[..., None], each, pixels) for each in (found, other))
        return [(name, kept), (f"written.{name}", written)]


def read_editor(told: Any, pixels: dict[str, Array]) -> Editor | None:
    """told: the parameter `editor`, {"order", "stack"}; pixels: those of PIXELS that came, in that order. None where none was told."""
    if told is None:
        if pixels:
            raise UsageError(f"Only editors send {sorted(pixels)[0]}.")
        return None
    if not isinstance(told, dict) or set(told) != {"order", "stack"} or told["order"] not in ORDERS:
        raise UsageError('editor must be {"order": "rgba" or "bgra", "stack": [[blend mode, opacity], ...]}.')
    stack = []
    for each in told["stack"] if isinstance(told["stack"], list) else [None]:
        if not isinstance(each, list) or len(each) != 2 or each[0] not in get_args(Blend):
            raise UsageError(f"stack must be a list of [{' or '.join(get_args(Blend))}, opacity].")
        if not isinstance(each[1], (int, float)) or not 0 <= each[1] <= 1:
            raise UsageError("The opacity of a layer is a number in 0..1.")
        stack.append((each[0], float(each[1])))
    found = {name: pixels[f"found.{name}"] for name in KEPT if f"found.{name}" in pixels}
    changed = {}
    for name, now in found.items():
        before = pixels.get(f"written.{name}")
        if before is None or before.shape != now.shape or before.dtype != now.dtype or now.shape[2:] != (4,):
            raise InputError(f"The layer {name} has another size or depth than the one that was written.")
        changed[name] = differing(before, now)
    return Editor(told["order"], tuple(stack), pixels.get("selection"), changed, found)


def differing(before: Array, now: Array) -> Mask:
    """(h, w) where two layers (h, w, 4) look different."""
    whole = {1: np.uint32, 2: np.uint64}.get(before.dtype.itemsize)
    if whole is None:
        other = (before != now).any(2)
    else:
        other = np.ascontiguousarray(before).view(whole)[..., 0] != np.ascontiguousarray(now).view(whole)[..., 0]
    return np.asarray(other & ((before[..., 3] > 0) | (now[..., 3] > 0)))


def in_order(pixels: Array, order: str) -> Array:
    """(h, w, 4) from RGBA to `order`, or back: the way is the same."""
    if order == "rgba":
        return pixels
    other: Array = np.ascontiguousarray(pixels[..., [2, 1, 0, 3]])
    return other


def with_opacity(pixels: Array) -> Array:
    """(h, w, 4) of (h, w, 3 or 4)."""
    if pixels.shape[2] == 4:
        return pixels
    full = 1 if pixels.dtype.kind == "f" else np.iinfo(pixels.dtype).max
    return np.dstack([pixels, np.full(pixels.shape[:2], full, pixels.dtype)])


def mixed(below: Array, above: Array, share: Array) -> Array:
    """(h, w, 4) of two layers, as much of `above` as `share` (h, w) says; exactly one of them where that is none or all."""
    part = to_unit(share)
    result = np.where((part >= 1)[..., None], above, below)
    soft = (part > 0) & (part < 1)
    one, two, weight = to_unit(below[soft]), to_unit(above[soft]), part[soft][:, None]
    lower, upper = (1 - weight) * one[:, 3:], weight * two[:, 3:]
    alpha = lower + upper
    color = (lower * one[:, :3] + upper * two[:, :3]) / np.maximum(alpha, 1e-9)
    result[soft] = from_unit(np.concatenate([color, alpha], 1), result.dtype)
    return np.asarray(result)
