"""Samples for the network for cells: a drawing, hints as hands give them, what was decided before, a palette, and the right answers.

All of it happens on cells, so that one look at a drawing serves thousands of samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from colorgan_core.inference.colors import Known, Wishes, carried, distinct, region_shares, whole_tokens
from colorgan_core.lineart.regions import Regions
from colorgan_core.lineart.strokes import read_strokes
from colorgan_core.lineart.tokens import GEOMETRY, TOUCH, describe, laid_out
from colorgan_core.model.cells import DECIDED, HINT, PALETTE, PAPER, REFERENCE, CellInput
from colorgan_core.picture.color import srgb_to_lab

from .cell_truth import OFF_INK, PURE, Seen, of_picture
from .evaluation.measures import delta_e_2000

BARE_FROM = 97.0  # of L*
RIGHT = 10.0  # CIEDE2000, as evaluation has it
SAME = 3.0  # of L*, a* and b*; hints of colours nearer than that are one
MOST_HINTS = 24
UNHINTED = 0.25  # share of samples without hints
CARELESS = 0.15  # of dabs, which reach over a line into a neighbour
BARE = 0.3  # share of samples with strokes of "keep unpainted"
DECIDED_BEFORE = 0.3  # share of samples of which some cells were decided in a round before
WITH_PALETTE = 0.2
WITH_REFERENCE = 0.5  # share of samples, of drawings that have one
FOREIGN = 0.15  # share of those whose reference shows something else
MOST_REFERENCE = 40  # colours that a reference's cells hold
RECOLORED = 0.5
ON_CELLS = 0.004, 0.02  # radius of a dab, of the long side
WHITE = np.array([[100.0, 0.0, 0.0]])
MIRRORED_SIGNS = np.ones(GEOMETRY, np.float32)
MIRRORED_SIGNS[[0, 2, 16]] = -1  # x, x in the drawing, sine of twice the angle
LEFT, RIGHT_EDGE = 5, 6

Array = NDArray[Any]


@dataclass(frozen=True)
class CellSample:
    """What `CellInput` holds of one drawing as arrays, and right (n, k + own) bool: the answers that are right for each cell; weight (n,);
    together (m,) bool, whether pairs are of one surface; together_weight (m,). own: how many of the cells are the drawing's; those of its
    reference follow, without an answer."""

    geometry: Array
    trunk: Array
    pairs: Array
    touch: Array
    colors: Array
    kind: Array
    holds: Array
    right: Array
    weight: Array
    together: Array
    together_weight: Array
    own: int


def recolored(lab: Array, painted: Array, others: Array, rng: np.random.Generator) -> Array:
    """Colours (n, 3) Lab with each group of like ones moved to where another drawing's colour is: what belongs together stays so."""
    result = lab.copy()
    left = painted.copy()
    while left.any():
        first = lab[np.flatnonzero(left)[0]]
        group = left & (delta_e_2000(lab, first) < RIGHT)
        goal = others[int(rng.integers(len(others)))]
        result[group] = goal + (lab[group] - first)
        left &= ~group
    return result


def make_sample(
    seen: Seen,
    own: Array,
    others: Array,
    rng: np.random.Generator,
    given: int | None = None,
    reference: Seen | None = None,
    recolor: bool = True,
) -> CellSample:
    """own: (c, 3) Lab, the network's own colours. others: (m, 3) Lab, colours of other drawings. reference: the cells of a picture.
    recolor: half of the samples get other colours.

    given: measure it: so many hinted cells, each in the middle of a surface of its own colour, and nothing else; None: train on it.
    """
    count, areas = len(seen), seen.areas.astype(np.float64)
    painted, pure = seen.painted, seen.pure.astype(np.float64)
    lab = srgb_to_lab(seen.colors[None])[0].astype(np.float64)
    training = given is None
    moved = training and recolor and rng.random() < RECOLORED
    lab_there = np.zeros((0, 3)) if reference is None else srgb_to_lab(reference.colors[None])[0].astype(np.float64)
    if moved:
        inked = lab_there[:, 0] < BARE_FROM  # what is white may be paper
        both = recolored(np.concatenate([lab, lab_there]), np.concatenate([painted, inked]), others, rng)
        lab, lab_there = both[:count], both[count:]
    geometry = mirrored(seen.geometry) if training and rng.random() < 0.5 else seen.geometry
    colors, kinds = [WHITE[0]], [PAPER]
    holds: list[tuple[int, int, int, float]] = []  # cell, colour, slot, amount

    def color_of(place: int, kind: int) -> int:
        near = np.abs(np.array(colors) - lab[place]).max(1) < SAME
        found = np.flatnonzero(near & (np.array(kinds) == kind))
        if len(found):
            return int(found[0])
        colors.append(lab[place])
        kinds.append(kind)
        return len(colors) - 1

    neighbours = [np.zeros(0, int)] * count
    if training:
        neighbours = [
            np.concatenate([seen.pairs[seen.pairs[:, 0] == cell, 1], seen.pairs[seen.pairs[:, 1] == cell, 0]]).astype(int)
            for cell in range(count)
        ] if count <= 64 else neighbours  # fmt: skip
    for cell in hinted(seen, lab, painted, areas * (pure >= PURE), rng, given):
        radius = np.exp(rng.uniform(*np.log(ON_CELLS))) if training else 0.012
        amount = float(np.clip(np.pi * radius**2 / max(float(areas[cell]), 1e-6), 0.01, 1))
        number = color_of(cell, HINT)
        holds.append((cell, number, 0, amount))
        if training and rng.random() < CARELESS and len(neighbours[cell]):
            beside = int(rng.choice(neighbours[cell]))
            holds.append((beside, number, 0, float(min(1, 0.3 * np.pi * radius**2 / max(float(areas[beside]), 1e-6)))))
    free = np.ones(count, bool)
    if training and rng.random() < BARE and (~painted).any():
        for cell in rng.choice(
            np.flatnonzero(~painted), min(int((~painted).sum()), int(rng.integers(1, 4))), replace=False
        ):
            holds.append((int(cell), 0, 0, float(np.clip(1e-3 / max(float(areas[cell]), 1e-6), 0.01, 1))))
    if training and rng.random() < DECIDED_BEFORE:
        # the surest and largest are decided first
        order = np.argsort(-areas * rng.uniform(0.2, 1, count))[: int(count * rng.uniform(0, 0.9))]
        for cell in order:
            if pure[cell] >= PURE:
                holds.append((int(cell), color_of(int(cell), DECIDED) if painted[cell] else 0, 1, 1.0))
                free[cell] = False
    if training and rng.random() < WITH_PALETTE:
        for cell in rng.permutation(np.flatnonzero(painted))[:64]:
            if sum(kind == PALETTE for kind in kinds) < 8:
                color_of(int(cell), PALETTE)
        for _ in range(int(rng.integers(0, 3))):
            colors.append(others[int(rng.integers(len(others)))])
            kinds.append(PALETTE)
    place = np.zeros(0, np.int64)
    if reference is not None:
        found, place = distinct(lab_there / 100, reference.areas, MOST_REFERENCE)
        place = place + len(colors)
        colors.extend(found * 100)
        kinds.extend([REFERENCE] * len(found))
    there = len(place)
    table = np.zeros((count + there, len(colors), 2), np.float32)
    for cell, number, slot, amount in holds:
        table[cell, number, slot] = min(1.0, table[cell, number, slot] + amount)
    table[count + np.arange(there), place, 0] = 1
    given_lab = np.array(colors)
    right = np.zeros((count + there, len(colors) + len(own)), bool)
    right[:count] = answers(lab, painted, given_lab, own, moved)
    weight = np.zeros(count + there)
    weight[:count] = np.sqrt(areas) * (pure >= PURE) * free
    first, second = seen.pairs[:, 0].astype(int), seen.pairs[:, 1].astype(int)
    known = (seen.surface[first] >= 0) & (seen.surface[second] >= 0) & (pure[first] >= PURE) & (pure[second] >= PURE)
    together = seen.surface[first] == seen.surface[second]
    together_weight = np.sqrt(np.minimum(areas[first], areas[second])) * known
    trunk, pairs, touch = seen.trunk, seen.pairs, seen.touch
    if reference is not None:
        beside = mirrored(reference.geometry) if training and rng.random() < 0.5 else reference.geometry
        geometry = np.concatenate([geometry, beside])
        trunk = np.concatenate([trunk, reference.trunk])
        pairs = np.concatenate([pairs, reference.pairs + np.int16(count)])
        touch = np.concatenate([touch, reference.touch])
        nothing = np.zeros(len(reference.pairs))
        together = np.concatenate([together, nothing > 0])
        together_weight = np.concatenate([together_weight, nothing])
    return CellSample(
        geometry, trunk, pairs, touch, given_lab / 100, np.array(kinds), table, right, weight / max(weight.sum(), 1e-9),
        together, together_weight, count,
    )  # fmt: skip


def answers(lab: Array, painted: Array, given: Array, own: Array, anew: bool) -> Array:
    """(n, k + c) bool which of the given colours (k, 3) Lab, the first of which is paper, and of the network's own (c, 3) are right for
    cells whose true colours are lab (n, 3), painted (n,). anew: the colours are made up, so that any of its own will do."""
    right = np.zeros((len(lab), len(given) + len(own)), bool)
    right[:, 1 : len(given)] = delta_e_2000(lab[:, None], given[None, 1:]) < RIGHT
    new = ~right[:, 1 : len(given)].any(1)
    if anew:
        right[new, len(given) :] = True
    else:
        apart = delta_e_2000(lab[:, None], own[None])
        right[new, len(given) :] = (apart < RIGHT)[new]
        right[np.flatnonzero(new), len(given) + apart[new].argmin(1)] = True
    right[~painted] = False
    right[~painted, 0] = True
    return right


def read_cells(
    lines: Array, regions: Regions, color: Array, alpha: Array | None, wishes: Wishes, own: Array, anew: bool
) -> tuple[CellSample, Array]:
    """The cells of one picture's line art (h, w) and what is right for them, hints read as the product reads them; and (h, w) the cell of
    every pixel, ink included.

    regions: `find_surfaces` of the lines. color: (h, w, 3), alpha: (h, w), the truth; without alpha nothing white is judged.
    """
    cells = regions.cells
    if cells is None or not cells.count:
        return empty_sample(len(own)), np.zeros(lines.shape, np.int32)
    tokens = describe(cells, lines)
    nothing = np.zeros((0, 0), np.float32)
    known = Known(cells, tokens, nothing, nothing, nothing)
    (colors, painted, _, pure), areas = of_picture(
        tokens.token[cells.labels],
        color,
        np.full(lines.shape, 255, np.uint8) if alpha is None else alpha,
        lines >= OFF_INK,
    )
    count = len(tokens)
    colors, painted, pure, areas = (
        np.concatenate([each, np.zeros((count - len(each), *each.shape[1:]), each.dtype)])
        for each in (colors, painted, pure, areas)
    )
    hinted = read_strokes(regions, wishes.colors, wishes.mask, wishes.bare)
    told = carried(hinted, known, region_shares(hinted.regions, known), wishes)
    lab = srgb_to_lab(colors[None])[0].astype(np.float64)
    right = answers(lab, painted, told.colors.numpy() * 100.0, own, anew)
    judged = pure >= PURE
    if alpha is None:
        judged &= lab[:, 0] < BARE_FROM
    weight = np.sqrt(areas) * judged
    sample = CellSample(
        tokens.geometry, np.zeros((count, 0), np.float32), tokens.pairs, tokens.touch, told.colors.numpy(), told.kinds.numpy(),
        told.holds.numpy(), right, weight / max(weight.sum(), 1e-9), np.zeros(len(tokens.pairs), bool), np.zeros(len(tokens.pairs)), count,
    )  # fmt: skip
    return sample, whole_tokens(cells, tokens)


def empty_sample(own: int) -> CellSample:
    """Of a drawing without cells."""
    none = np.zeros
    return CellSample(
        none((0, GEOMETRY)), none((0, 0)), none((0, 2), np.int64), none((0, TOUCH)), np.array([[1.0, 0, 0]]), np.array([PAPER]),
        none((0, 1, 2)), none((0, 1 + own), bool), none(0), none(0, bool), none(0), 0,
    )  # fmt: skip


def mirrored(geometry: Array) -> Array:
    """What `Tokens.geometry` (n, GEOMETRY) is of the drawing turned about."""
    turned = geometry * MIRRORED_SIGNS
    turned[:, [LEFT, RIGHT_EDGE]] = -turned[:, [RIGHT_EDGE, LEFT]]
    return turned


def hinted(
    seen: Seen, lab: Array, painted: Array, areas: Array, rng: np.random.Generator, given: int | None
) -> list[int]:
    """The cells that get a dab: by area, or the largest first; after one of a surface, and often of a colour, comes another."""
    drawn = 0 if rng.random() < UNHINTED else int(np.exp(rng.uniform(0, np.log(MOST_HINTS + 1))))
    count = drawn if given is None else given
    open_ = painted & (areas > 0)
    largest = given is None and rng.random() < 0.5
    once = given is None and rng.random() < 0.6  # a colour is given once, as an artist who sees it carried over does
    found: list[int] = []
    while len(found) < count and open_.any():
        places = np.flatnonzero(open_)
        share = areas[places] / areas[places].sum()
        cell = int(places[share.argmax()] if largest else rng.choice(places, p=share))
        found.append(cell)
        open_[cell] = False
        if seen.surface[cell] >= 0:
            open_ &= seen.surface != seen.surface[cell]
        if once:
            open_ &= delta_e_2000(lab, lab[cell]) >= RIGHT
    return found


def collate(samples: Sequence[CellSample]) -> tuple[CellInput, dict[str, Tensor]]:
    """Samples as a batch, padded, with their answers: right (b, n, k + own), weight (b, n), together and together_weight (b, n, n)."""
    b, n = len(samples), max(1, *(len(each.geometry) for each in samples))
    k = max(len(each.colors) for each in samples)
    own = samples[0].right.shape[1] - len(samples[0].colors)
    geometry = np.zeros((b, n, GEOMETRY), np.float32)
    trunk = np.zeros((b, n, samples[0].trunk.shape[1]), np.float32)
    present, given = np.zeros((b, n), bool), np.zeros((b, k), bool)
    touch = np.zeros((b, n, n, TOUCH), np.float32)
    colors, kind = np.zeros((b, k, 3), np.float32), np.zeros((b, k), np.int64)
    holds, right = np.zeros((b, n, k, 2), np.float32), np.zeros((b, n, k + own), bool)
    weight = np.zeros((b, n), np.float32)
    together, together_weight = np.zeros((b, n, n), np.float32), np.zeros((b, n, n), np.float32)
    reference = np.zeros((b, n), bool)
    for row, each in enumerate(samples):
        cells, many = len(each.geometry), len(each.colors)
        geometry[row, :cells], trunk[row, :cells] = each.geometry, each.trunk
        present[row, :cells], given[row, :many] = True, True
        touch[row, :cells, :cells] = laid_out(each.pairs, each.touch, cells)
        colors[row, :many], kind[row, :many] = each.colors, each.kind
        holds[row, :cells, :many] = each.holds
        right[row, :cells, :many], right[row, :cells, k:] = each.right[:, :many], each.right[:, many:]
        weight[row, :cells] = each.weight
        reference[row, each.own : cells] = True
        first, second = each.pairs[:, 0].astype(int), each.pairs[:, 1].astype(int)
        together[row, first, second], together_weight[row, first, second] = each.together, each.together_weight
    tensors = [
        torch.from_numpy(each) for each in (geometry, trunk, present, touch, colors, kind, given, holds, reference)
    ]
    answers = {
        "right": torch.from_numpy(right), "weight": torch.from_numpy(weight), "together": torch.from_numpy(together),
        "together_weight": torch.from_numpy(together_weight),
    }  # fmt: skip
    return CellInput(*tensors), answers
