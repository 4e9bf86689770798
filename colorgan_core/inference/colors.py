"""The colour of every region of line art: what the network for cells knows of a drawing, and what it decides."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..lineart.cells import Cells, meeting_logits
from ..lineart.flats import mostly
from ..lineart.reference import read_reference
from ..lineart.regions import Regions, nearest, set_pixels
from ..lineart.strokes import Hinted, unhinted
from ..lineart.tokens import TOUCH, Tokens, describe, laid_out
from ..model.cells import DECIDED, HINT, PALETTE, PAPER, REFERENCE, CellInput, Pairs
from ..model.color import lab_to_din99o
from ..model.conditions import Conditions, planes
from ..model.config import LINEART
from ..picture.color import srgb_to_lab
from ..picture.upsample import shrink_labels
from .loaded import Loaded
from .prepare import STRIDE

ALIKE = 0.12  # DIN99o; where CIEDE2000 is 10, nine of ten pairs of colours in sRGB are between .096 and .146 apart
TRUNK_SIZE = 256  # px, long side at which the trunk looks at a drawing for its cells
ROUNDS = 8  # in which a drawing of which nothing was said is decided (Chang et al., MaskGIT, CVPR 2022, section 3.2)
MOST_COLORS = 64  # that a cell may point at
# Temperature at which colours are drawn. At 1, .8 and .6 sixty drawings of the tuning part had a KID of -.3, 2.0 and 5.4 (+- 3) x 1000,
# 3.5, 2.8 and 1.9 colours a picture (real art 2.9), and .35, .52 and .71 of what the truth gives one colour had one.
WARMTH = 0.8
SAME_COLOR = 0.03  # Lab / 100; colours that were decided and are nearer than that are one
FAINT = 1e-3  # what a pixel of ink counts among open ones

UInt8 = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Float = NDArray[np.float32]
Floats = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Known:
    """What is known of a drawing before anything is asked of it: its cells, their tokens, and (n, t) what the trunk sees of each; and in
    the copy of TRUNK_SIZE what G paints of its own accord, free (h, w, 3) CIELAB, with openness (h, w) in 0..1, 0 on ink."""

    cells: Cells
    tokens: Tokens
    trunk: Float
    free: Float
    openness: Float


@dataclass(frozen=True)
class Reference:
    """The cells of a reference picture: their tokens, (n, t) what the trunk sees of each, and (n, 3) uint8 the colours they have."""

    tokens: Tokens
    trunk: Float
    colors: UInt8


@dataclass(frozen=True)
class Wishes:
    """What a person asked for. colors: (h, w, 3), mask, bare: (h, w), the strokes of hints and of "keep unpainted", at the picture's size.
    palette: (n, 3), None without one; only: regions without a hint may have nothing else. seed: draws colours; 0 and None are the same.
    Where something was given, these two stand for the likeliest colours. references: pictures whose cells' colours may be taken."""

    colors: UInt8
    mask: Mask
    bare: Mask
    palette: UInt8 | None = None
    only: bool = False
    seed: int | None = None
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """lab: (count, 3) CIELAB, the colour of every region. bare: (count,) in 0..1, how likely it is paper."""

    lab: Floats
    bare: Floats


@dataclass(frozen=True)
class Carried:
    """What carries a colour: colors (k, 3) Lab / 100, their kinds (k,), and which tokens hold them, (n, k, 2) as in `CellInput`; and
    for each of the references which of the colours its tokens hold, (m,) each."""

    colors: Tensor
    kinds: Tensor
    holds: Tensor
    references: tuple[tuple[Reference, Index], ...] = ()


def see(loaded: Loaded, cells: Cells, lines: UInt8) -> Known:
    """What the networks see of a drawing's cells. lines: (h, w) contours, 255 paper, of the size of `cells` or larger."""
    height, width = cells.labels.shape
    if lines.shape != cells.labels.shape:
        lines = np.asarray(cv2.resize(lines, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    tokens = describe(cells, lines)
    return Known(cells, tokens, *trunk_view(loaded, cells, tokens, lines))


def see_reference(loaded: Loaded, picture: UInt8) -> Reference:
    """What the networks see of a reference picture (h, w, 3) sRGB on white."""
    read = read_reference(picture)
    return Reference(read.tokens, trunk_view(loaded, read.cells, read.tokens, read.lines)[0], read.colors)


def trunk_view(loaded: Loaded, cells: Cells, tokens: Tokens, lines: UInt8) -> tuple[Float, Float, Float]:
    """What G sees in lines (h, w), of the size of `cells`: (n, t) of each token, and free paint and openness as in `Known`."""
    height, width = lines.shape
    scale = TRUNK_SIZE / max(height, width)
    small = max(1, round(height * scale)), max(1, round(width * scale))
    labels = shrink_labels(whole_tokens(cells, tokens), *small) if len(tokens) else np.zeros(small, np.int32)
    shrunk = cv2.resize(lines, small[::-1], interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    below, right = -small[0] % STRIDE, -small[1] % STRIDE
    picture = cv2.copyMakeBorder(shrunk, 0, below, 0, right, cv2.BORDER_CONSTANT, value=255)
    labels = np.pad(labels, ((0, below), (0, right)), mode="edge")
    x = planes(torch.from_numpy(np.repeat(picture[..., None], 3, 2))[None])
    z = Conditions.empty(LINEART, 1, *labels.shape)
    z = z._replace(regions=torch.from_numpy(labels).long()[None], openness=x[:, :1].clamp(0, 1))
    prediction = loaded.predict(x, z)
    features = prediction.cells[0, : len(tokens)].numpy()
    free = prediction.free[0, :, : small[0], : small[1]].permute(1, 2, 0).numpy() * 100
    return np.pad(features, ((0, len(tokens) - len(features)), (0, 0))), free, np.asarray(shrunk / np.float32(255))


def whole_tokens(cells: Cells, tokens: Tokens) -> NDArray[np.int32]:
    """(h, w) the token of every pixel, ink and what has none included: the nearest one."""
    return np.asarray(nearest((tokens.token[cells.labels] + 1).astype(np.int32)) - 1)


def expected_colors(loaded: Loaded, known: Known, regions: Regions, wishes: Wishes) -> Chosen:
    """The colour of every region without a stroke.

    With a palette or references all is decided at once; without any in ROUNDS, the surest and largest regions first, each round given what
    was decided before it.
    """
    if not len(known.tokens):
        return Chosen(np.zeros((regions.count, 3)), np.ones(regions.count))
    shares = region_shares(regions, known)
    areas = shares.sum(1)
    nothing = np.zeros_like(wishes.mask)
    told = carried(unhinted(regions), known, shares, replace(wishes, mask=nothing, bare=nothing))
    lab, bare, open_ = np.zeros((regions.count, 3)), np.zeros(regions.count), np.ones(regions.count, bool)
    alone = len(told.colors) == 1
    rounds = ROUNDS if alone else 1
    chance = np.random.default_rng(wishes.seed or 0) if alone or wishes.seed else None
    whole = areas.sum()
    pairs = loaded.cell_pairs(as_input(known, told))
    for turn in range(rounds):
        if not open_.any():
            break
        chances = region_chances(loaded, known, told, shares, wishes.only, pairs)
        colors, sure = decided(chances, told.colors, loaded.colors, chance)
        order = np.flatnonzero(open_)[np.argsort(-(sure.numpy() * np.sqrt(areas))[open_], kind="stable")]
        if turn < rounds - 1:
            done = whole - areas[open_].sum() + np.cumsum(areas[order])
            goal = (1 - np.cos(np.pi / 2 * (turn + 1) / rounds)) * whole
            order = order[: 1 + int(np.searchsorted(done, goal))]
        lab[order], bare[order], open_[order] = colors.numpy()[order] * 100, chances[:, 0].numpy()[order], False
        told = with_decided(told, lab, bare, order, shares)
    return Chosen(lab, bare)


def choose_colors(loaded: Loaded, known: Known, hinted: Hinted, wishes: Wishes, expected: Chosen) -> Chosen:
    """The colour of every region: its stroke's; that of a hint, or paper where some was marked, if that is likeliest; else what is
    expected of it without strokes. So a dab changes what is alike, and nothing else.

    expected: of the same regions.
    """
    lab = np.where(hinted.known[:, None], srgb_to_lab(hinted.colors[None])[0], expected.lab)
    bare = np.where(hinted.known, 0.0, np.where(hinted.bare, 1.0, expected.bare))
    open_ = ~(hinted.known | hinted.bare)
    if open_.all() or not open_.any() or not len(known.tokens):
        return Chosen(lab, bare)
    shares = region_shares(hinted.regions, known)
    told = carried(hinted, known, shares, wishes)
    chances = region_chances(loaded, known, told, shares, wishes.only)
    colors, _ = decided(chances, told.colors, loaded.colors)
    hints = told.colors[told.kinds == HINT]
    if len(hints):
        apart = torch.cdist(in_din99o(colors), in_din99o(hints))
        nearest, place = apart.min(1)
        taken = open_ & (nearest < ALIKE).numpy() & (chances[:, 0] < 0.5).numpy()
        lab[taken], bare[taken] = hints[place].numpy()[taken] * 100, chances[:, 0].numpy()[taken]
    if hinted.bare.any():
        paper = open_ & (chances[:, 0] >= 0.5).numpy()
        bare[paper] = chances[:, 0].numpy()[paper]
    return Chosen(lab, bare)


def region_chances(
    loaded: Loaded, known: Known, told: Carried, shares: Floats, only: bool, pairs: Pairs | None = None
) -> Tensor:
    """(count, k + c) how likely each region has each given colour, the first of which is paper, or each of the network's own. only: none
    of its own. pairs: of the same cells, if they were worked out before."""
    logits = loaded.cell_colors(as_input(known, told), pairs)[0, : len(known.tokens)]
    chances = torch.from_numpy(shares / shares.sum(1, keepdims=True)).float() @ logits.exp()
    if only:
        chances[:, len(told.colors) :] = 0
        chances = chances / chances.sum(1, keepdim=True).clamp(min=1e-12)
    return chances


def of_regions(expected: Chosen, regions: Regions, others: Regions) -> Chosen:
    """What is expected of regions, for others of the same picture: that of the one in which most of each lies."""
    owner = mostly(others.labels, regions.labels, others.count)
    return Chosen(expected.lab[owner], expected.bare[owner])


def meeting(loaded: Loaded, known: Known) -> Floats:
    """(n,) logits that two surfaces meet at each passage of the cells, when nothing is asked; see `Cells`."""
    passages, token = known.cells.passages, known.tokens.token
    logits = meeting_logits(known.cells)
    first, second = token[passages.first], token[passages.second]
    told = (first >= 0) & (second >= 0) & (first != second)
    white = Carried(
        torch.tensor([[1.0, 0.0, 0.0]]), torch.tensor([PAPER]), torch.zeros(len(known.tokens), 1, 2)
    )  # paper alone
    together = loaded.cell_meeting(as_input(known, white))[0].numpy()
    both = (together[first, second] + together[second, first]) / 2
    return np.where(told, -both, logits)


def as_input(known: Known, told: Carried) -> CellInput:
    """One drawing as a batch, the cells of its references after its own."""
    tokens = [known.tokens, *(each.tokens for each, _ in told.references)]
    ends = np.cumsum([0, *(len(each) for each in tokens)])
    own, count, colors = int(ends[1]), int(ends[-1]), len(told.colors)
    touch = torch.zeros(count, count, TOUCH)
    for each, start, end in zip(tokens, ends, ends[1:], strict=False):
        touch[start:end, start:end] = torch.from_numpy(laid_out(each.pairs, each.touch, len(each)))
    holds = torch.cat([told.holds, told.holds.new_zeros(count - own, colors, 2)])
    for (_, place), start in zip(told.references, ends[1:], strict=False):
        holds[torch.arange(start, start + len(place)), torch.from_numpy(place), 0] = 1
    geometry = torch.from_numpy(np.concatenate([each.geometry for each in tokens]))
    trunk = torch.from_numpy(np.concatenate([known.trunk, *(each.trunk for each, _ in told.references)]))
    present, given = torch.ones(count, dtype=torch.bool), torch.ones(colors, dtype=torch.bool)
    every = (geometry, trunk, present, touch, told.colors, told.kinds, given, holds, torch.arange(count) >= own)
    return CellInput(*(each[None] for each in every))


def decided(
    chances: Tensor, given: Tensor, own: Tensor, chance: np.random.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Of probabilities (n, k + c) the colour (n, 3) Lab / 100 that is likeliest to be right, and how sure (n,) that or paper is.

    given: (k, 3), own: (c, 3) Lab / 100; the first given one is paper. Right is what is nearer than ALIKE to the truth: every colour has
    the probability of all that are alike (the decision of least risk for a loss of 0 and 1), and where a given colour is among those, it is
    that. chance: draws the colour instead.
    """
    colors = torch.cat([given[1:], own])
    places = in_din99o(colors)
    paint = chances[:, 1:]
    alike = torch.cdist(places, places) < ALIKE
    likely = paint @ alike.float()
    best = likely.argmax(1)
    many = len(given) - 1
    if chance is None and many:
        offered = alike[best, :many]
        best = torch.where(offered.any(1), (paint[:, :many] + 1).mul(offered).argmax(1), best)
    if chance is not None:
        odds = paint ** (1 / WARMTH)
        steps = torch.from_numpy(chance.random((len(odds), 1))).float() * odds.sum(1, keepdim=True)
        best = (odds.cumsum(1) < steps).sum(1).clamp(max=odds.shape[1] - 1)
    return colors[best], torch.maximum(likely.amax(1), chances[:, 0])


def in_din99o(lab: Tensor) -> Tensor:
    """Colours (n, 3) in Lab / 100 as `lab_to_din99o` has them."""
    return lab_to_din99o(lab.T[None, ..., None])[0, ..., 0].T


def region_shares(regions: Regions, known: Known) -> Floats:
    """(count, n) how many pixels of each region lie in each token, in the copy that the cells were found in; ink counts FAINT."""
    small, (height, width) = known.cells.labels, regions.labels.shape
    labels = regions.labels
    if labels.shape != small.shape:
        labels = np.asarray(cv2.resize(labels, small.shape[::-1], interpolation=cv2.INTER_NEAREST_EXACT), np.int32)
    whole, count = whole_tokens(known.cells, known.tokens), len(known.tokens)
    weight = np.where(small.reshape(-1) > 0, 1.0, FAINT)
    key = labels.reshape(-1).astype(np.int64) * count + whole.reshape(-1)
    shares = np.bincount(key, weight, regions.count * count).reshape(regions.count, count)
    for region in np.flatnonzero(shares.sum(1) == 0).tolist():  # smaller than a pixel of the copy
        row, column = divmod(int((regions.labels == region).argmax()), width)
        shares[region, whole[row * small.shape[0] // height, column * small.shape[1] // width]] = FAINT
    return np.asarray(shares)


def carried(hinted: Hinted, known: Known, shares: Floats, wishes: Wishes) -> Carried:
    """Paper, the colours of hints and those of a palette. A hint's colour is held by the cells that its strokes lie in, by the share of
    them that these cover; what is known of a region without a stroke, as of a key's, by all its cells."""
    own = hinted.colors[hinted.known]
    distinct, number = np.unique(own, axis=0, return_inverse=True)
    sizes = np.bincount(number.reshape(-1), shares.sum(1)[hinted.known], len(distinct))
    kept = np.argsort(-sizes, kind="stable")[: MOST_COLORS - 1]
    place = np.full(len(distinct), -1)
    place[kept] = 1 + np.arange(len(kept))
    of_region = np.full(hinted.regions.count, -1)
    of_region[hinted.bare & ~hinted.known] = 0
    of_region[hinted.known] = place[number.reshape(-1)]
    more = np.zeros((0, 3), np.uint8) if wishes.palette is None else wishes.palette[:MOST_COLORS]
    colors = np.concatenate([np.full((1, 3), 255, np.uint8), distinct[kept].reshape(-1, 3), more])
    kinds = np.array([PAPER] + [HINT] * len(kept) + [PALETTE] * len(more))
    holds = np.zeros((len(known.tokens), len(colors), 2), np.float32)
    region, token, pixels = touched(hinted, known, wishes)
    areas = np.maximum(shares.sum(0), 1)
    of_stroke = of_region[region]
    for stroke in np.flatnonzero(of_stroke >= 0).tolist():
        holds[token[stroke], of_stroke[stroke], 0] += pixels[stroke] / areas[token[stroke]]
    silent = of_region >= 0
    silent[region] = False
    for each in np.flatnonzero(silent).tolist():
        holds[shares[each] > 0.5 * areas, of_region[each], 0] = 1
    lab = torch.from_numpy(srgb_to_lab(colors[None])[0] / 100).float()
    told = Carried(lab, torch.from_numpy(kinds), torch.from_numpy(holds).clamp(max=1))
    for reference in wishes.references:
        told = with_reference(told, reference)
    return told


def with_reference(told: Carried, reference: Reference) -> Carried:
    """The same with a reference's cells: each holds its colour, or the nearest of those where there are MOST_COLORS."""
    lab = srgb_to_lab(reference.colors[None])[0] / 100
    found, place = distinct(lab, reference.tokens.areas, MOST_COLORS - len(told.colors))
    colors = torch.cat([told.colors, torch.from_numpy(found).float()])
    kinds = torch.cat([told.kinds, torch.full((len(found),), REFERENCE)])
    holds = torch.cat([told.holds, told.holds.new_zeros(len(told.holds), len(found), 2)], 1)
    if not len(found):  # no room for its colours
        return told
    return replace(
        told, colors=colors, kinds=kinds, holds=holds,
        references=(*told.references, (reference, len(told.colors) + place)),
    )  # fmt: skip


def distinct(lab: Floats, areas: Float, most: int) -> tuple[Floats, Index]:
    """Of colours (n, 3) Lab / 100 those (m, 3) that differ by SAME_COLOR, at most `most`, the largest first, and (n,) the nearest."""
    found = np.zeros((0, 3))
    for place in np.argsort(-areas, kind="stable"):
        if len(found) < most and (not len(found) or np.linalg.norm(found - lab[place], axis=1).min() >= SAME_COLOR):
            found = np.concatenate([found, lab[place][None]])
    if not len(found):
        return found, np.zeros(0, np.int64)
    return found, np.linalg.norm(lab[:, None] - found[None], axis=2).argmin(1)


def touched(hinted: Hinted, known: Known, wishes: Wishes) -> tuple[Index, Index, Floats]:
    """Regions, tokens and pixels of the copy (n,) of the strokes that make their regions what they are."""
    labels, (height, width) = hinted.regions.labels, known.cells.labels.shape
    rows, columns = set_pixels(wishes.mask | wishes.bare)
    region = labels[rows, columns].astype(np.int64)
    counts = np.where(
        wishes.mask[rows, columns],
        hinted.known[region] & (wishes.colors[rows, columns] == hinted.colors[region]).all(1),
        (hinted.bare & ~hinted.known)[region],
    )
    rows, columns, region = rows[counts], columns[counts], region[counts]
    cell = known.cells.labels[rows * height // labels.shape[0], columns * width // labels.shape[1]]
    token = known.tokens.token[cell]
    inside, count = token >= 0, len(known.tokens)
    key, pixels = np.unique(region[inside] * count + token[inside], return_counts=True)
    return key // count, key % count, pixels * (height * width / labels.size)


def with_decided(told: Carried, lab: Floats, bare: Floats, picked: Index, shares: Floats) -> Carried:
    """The same with the regions `picked` decided: their colours carry on, and their tokens hold them."""
    colors, kinds, holds = told.colors, told.kinds, told.holds
    areas = np.maximum(shares.sum(0), 1)
    for region in picked.tolist():
        number = 0
        if bare[region] < 0.5:
            mine = torch.from_numpy(lab[region] / 100).float()
            near = ((colors - mine).norm(dim=1) < SAME_COLOR) & (kinds == DECIDED)
            if not near.any() and len(colors) >= MOST_COLORS:
                continue
            if not near.any():
                colors, kinds = torch.cat([colors, mine[None]]), torch.cat([kinds, torch.tensor([DECIDED])])
                holds = torch.cat([holds, holds.new_zeros(len(holds), 1, 2)], 1)
                near = torch.arange(len(colors)) == len(colors) - 1
            number = int(near.nonzero()[0])
        holds[torch.from_numpy(shares[region] > 0.5 * areas), number, 1] = 1
    return replace(told, colors=colors, kinds=kinds, holds=holds)
