"""One training sample (x, y, z) from one cached picture. Everything random comes from one generator, so samples can be made again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from colorgan_core.inference.colors import Wishes
from colorgan_core.lineart.flood import flood_gray
from colorgan_core.lineart.regions import Regions, one_region
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.model.config import GRAY, LINEART, PALETTE_SIZE, REFERENCE_SIZE, STYLE
from colorgan_core.picture.kmeans import palette_of
from colorgan_core.style.statistics import matched, statistics_of

from .cell_samples import CellSample, read_cells
from .hints import draw_hints, draw_ink_hints
from .lines import draw_lines
from .recolor import take_palette, to_lab, turn_hues

TASK_SHARES = {LINEART: 0.65, GRAY: 0.20, STYLE: 0.15}
WHOLE = 0.6  # share of whole pictures, border and all; crops alone would hide where the paper is
# What is likeliest without a wish is the hardest to learn: with HINTED and PALETTE_KEPT at 0.5 it stood still for an hour.
HINTED = 0.25
INK_HINTED = 0.25  # share of the hinted line art in which ink got strokes of its own
HINTS_ALONE = 0.6  # share of the hinted samples without a palette
PALETTE_KEPT = 0.25  # share of samples without hints, with their own palette in z; the others learn what is likeliest
REFERENCE_KEPT = 0.1
ANEW = 0.5  # of the line art with hints: else it learns colours by heart
ANY_COLOR = np.array([[60.0, 20.0, 40.0], [60.0, -20.0, -30.0]])  # of a network that has none yet
RECOLORED = 0.2  # of the samples with hints; turning which colour belongs where into a lottery would unteach it
HUES_TURNED = 0.2  # of the samples with a palette or a reference and no hints
TAUGHT = 0.8  # share of style samples whose truth is the teacher's; in the others it is the work itself
FOREIGN = 0.4  # share of the samples with a palette alone (no hints, no reference) whose palette is another picture's


class Item(Protocol):
    """A cached picture: color (s, s, 3), alpha (s, s) and outline (2, s, s) or None, all uint8; has_alpha: whether alpha is known."""

    color: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    outline: NDArray[np.uint8] | None
    has_alpha: bool


class Items(Protocol):
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> Item: ...


class Styled(Protocol):
    """A style triple as `triples.Triple` describes it: content, y (s, s, 3), style (t, t, 3), all uint8."""

    content: NDArray[np.uint8]
    y: NDArray[np.uint8]
    style: NDArray[np.uint8]


class Styles(Protocol):
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> Styled: ...


@dataclass(frozen=True)
class Sample:
    """Pixels of one (x, y, z), size s square, all NumPy, uint8 where no other type is named.

    task: int. x, y: (s, s, 3) sRGB. alpha: (s, s) coverage truth, alpha_known: bool. hints, flood: (s, s, 3); *_mask, *_bare: (s, s) bool;
    flood is for grey pictures. regions: (s, s) int32; of line art its cells. cells: what is known of those and right for them; None for
    other tasks. palette: (8, 3), shares: (8,) float32, 0 where missing. reference: (128, 128, 3), reference_known: bool.
    paired: bool, whether z came from y; a foreign palette leaves G to D's judgement alone.
    blind: bool, whether D does not see the palette: so D can also judge pictures without being told their colours.
    chance: seed of what is drawn in the step, the choices of cells.
    """

    task: int
    x: NDArray[np.uint8]
    y: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    alpha_known: bool
    hints: NDArray[np.uint8]
    hints_mask: NDArray[np.bool_]
    hints_bare: NDArray[np.bool_]
    flood: NDArray[np.uint8]
    flood_mask: NDArray[np.bool_]
    regions: NDArray[np.int32]
    cells: CellSample | None
    palette: NDArray[np.uint8]
    shares: NDArray[np.float32]
    reference: NDArray[np.uint8]
    reference_known: bool
    paired: bool
    blind: bool
    chance: int = 0


def make_sample(
    rng: np.random.Generator,
    items: Items,
    index: int,
    size: int,
    tasks: Sequence[int] = tuple(TASK_SHARES),
    triples: Styles | None = None,
    own: NDArray[np.float64] = ANY_COLOR,
) -> Sample:
    """A random sample of item `index` for one of `tasks`, drawn by TASK_SHARES; of `triples` for most style samples.

    own: (c, 3) CIELAB, the colours of its own that G has for cells of line art."""
    shares = np.array([TASK_SHARES[task] for task in tasks])
    task = int(rng.choice(tasks, p=shares / shares.sum()))
    if task == STYLE and triples and rng.random() < TAUGHT:
        return _taught_sample(rng, triples[int(rng.integers(len(triples)))], size)
    item = view(rng, items[index], size)
    if task == STYLE:
        return _style_sample(rng, items[index], item, size)
    hinted, with_reference = (rng.random() < share for share in (HINTED, REFERENCE_KEPT))
    with_palette = bool(rng.random() < (1 - HINTS_ALONE if hinted else PALETTE_KEPT))
    color = item.color
    anew = hinted and rng.random() < (RECOLORED if task == GRAY else ANEW)
    if anew:
        color = _recolored(rng, item, items[int(rng.integers(len(items)))])
    elif not hinted and (with_palette or with_reference) and rng.random() < HUES_TURNED:
        color = _on_paper(turn_hues(rng, item.color), item)
    if task == LINEART:
        lines = draw_lines(rng, item.color, item.outline)
        regions = find_surfaces(lines)
        x = np.repeat(lines[..., None], 3, 2)
        y = np.rint(color * (lines[..., None] / np.float32(255))).astype(np.uint8)
        painted = np.where(lines > 180, item.alpha, 0)
    else:
        x = _gray_of(to_lab(color)[..., :1])
        regions = one_region(size, size)
        y, painted = color, np.full((size, size), 255, np.uint8)
    has_paper = item.has_alpha and task == LINEART
    nothing = np.zeros((size, size), bool)
    hints, mask, bare = np.zeros_like(color), nothing, nothing
    if hinted:
        hints, mask, bare = draw_hints(rng, color, item.alpha if has_paper else None, regions)
        if task == LINEART and rng.random() < INK_HINTED:
            draw_ink_hints(rng, y, regions, hints, mask)
    sample = assemble(task, x, y, item, regions, hints, mask, bare, known=has_paper)
    if task == LINEART:
        palette = drawn_palette(rng, color, painted)[0] if with_palette else None
        wishes = Wishes(hints, mask, bare, palette)
        cells, labels = read_cells(lines, regions, color, item.alpha if has_paper else None, wishes, own, anew)
        return replace(
            sample, cells=cells, regions=labels, blind=bool(rng.random() < 0.5), chance=int(rng.integers(2**31))
        )
    if with_palette and not hinted and not with_reference and rng.random() < FOREIGN:
        other = items[int(rng.integers(len(items)))]
        sample = replace(_with_palette(rng, sample, np.ascontiguousarray(other.color), other.alpha), paired=False)
    elif with_palette:
        sample = _with_palette(rng, sample, color, painted)
    if with_reference:
        sample = replace(sample, reference=_reference(rng, color), reference_known=True)
    return replace(sample, blind=not sample.paired or bool(rng.random() < 0.5))


@dataclass(frozen=True)
class View:
    color: NDArray[np.uint8]
    alpha: NDArray[np.uint8]
    outline: NDArray[np.uint8] | None
    has_alpha: bool


def view(rng: np.random.Generator, item: Item, size: int) -> View:
    """The picture as a whole, perhaps smaller with white around it, or a crop of it; perhaps mirrored: `size` square."""
    side = item.color.shape[0]
    flip = bool(rng.random() < 0.5)
    if rng.random() < WHOLE:
        inner = size if rng.random() < 0.6 else int(size * rng.uniform(0.65, 1.0))
        window = (0, 0, side)
    else:
        inner, span = size, int(side * rng.uniform(0.4, 0.9))
        window = (int(rng.integers(side - span + 1)), int(rng.integers(side - span + 1)), span)
    top, left = (int(v) for v in rng.integers(0, size - inner + 1, 2))

    def place(plane: NDArray[np.uint8], around: int) -> NDArray[np.uint8]:
        row, column, span = window
        cut = plane[row : row + span, column : column + span]
        method = cv2.INTER_AREA if span > inner else cv2.INTER_CUBIC
        small = cv2.resize(np.ascontiguousarray(cut), (inner, inner), interpolation=method)
        whole = np.full((size, size, *plane.shape[2:]), around, np.uint8)
        whole[top : top + inner, left : left + inner] = small
        return np.ascontiguousarray(whole[:, ::-1]) if flip else whole

    outline = None if item.outline is None else np.stack([place(plane, 255) for plane in item.outline])
    return View(place(item.color, 255), place(item.alpha, 0), outline, item.has_alpha)


def _recolored(rng: np.random.Generator, item: View, other: Item) -> NDArray[np.uint8]:
    if rng.random() < 0.4:
        colored = turn_hues(rng, item.color)
    else:
        own, _ = palette_of(item.color, item.alpha, 6)
        theirs, _ = palette_of(other.color[::2, ::2], other.alpha[::2, ::2], 6)
        if not len(own) or not len(theirs):
            return item.color
        colored = take_palette(rng, item.color, own, theirs)
    return _on_paper(colored, item)


def _on_paper(colored: NDArray[np.uint8], item: View) -> NDArray[np.uint8]:
    """The same with what was bare paper still white."""
    if not item.has_alpha:
        return colored
    paper = 1 - item.alpha[..., None] / np.float32(255)
    return np.rint(colored * (1 - paper) + item.color * paper).astype(np.uint8)


def _gray_of(lightness: NDArray[np.float32]) -> NDArray[np.uint8]:
    lab = np.concatenate([lightness, np.zeros((*lightness.shape[:2], 2), np.float32)], 2)
    rgb = cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)
    return np.repeat(np.rint(rgb[..., :1] * 255).astype(np.uint8), 3, 2)


def assemble(
    task: int,
    x: NDArray[np.uint8],
    y: NDArray[np.uint8],
    item: View,
    regions: Regions,
    hints: NDArray[np.uint8],
    mask: NDArray[np.bool_],
    bare: NDArray[np.bool_],
    known: bool,
) -> Sample:
    """Puts the parts together, hints read as the product reads them: for regions, or for what is even in a grey picture."""
    flood, flood_mask = np.zeros_like(hints), np.zeros_like(mask)
    if task == GRAY:
        flood, flood_mask = flood_gray(x[..., 0], hints, mask)
    return Sample(
        task=task, x=x, y=y, alpha=item.alpha, alpha_known=known,
        hints=hints, hints_mask=mask, hints_bare=bare, flood=flood, flood_mask=flood_mask,
        regions=regions.labels, cells=None, palette=np.zeros((PALETTE_SIZE, 3), np.uint8), shares=np.zeros(PALETTE_SIZE, np.float32),
        reference=np.zeros((REFERENCE_SIZE, REFERENCE_SIZE, 3), np.uint8), reference_known=False,
        paired=True, blind=False,
    )  # fmt: skip


def _with_palette(
    rng: np.random.Generator, sample: Sample, color: NDArray[np.uint8], weight: NDArray[np.uint8]
) -> Sample:
    """Gives z the palette of `color` (the truth's own, but for FOREIGN), 2 to 8 colours, a little off, as a person's would be."""
    noisy, areas = drawn_palette(rng, color, weight)
    if rng.random() < 0.5:  # a person names colours without saying how much of each
        areas = np.full_like(areas, 1 / max(len(areas), 1))
    return _of_colors(sample, noisy, areas)


def drawn_palette(
    rng: np.random.Generator, color: NDArray[np.uint8], weight: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """2 to 8 colours of a picture, a little off, and their shares of the area."""
    colors, areas = palette_of(color, weight, int(rng.integers(2, PALETTE_SIZE + 1)))
    return np.clip(colors + rng.normal(0, 4, colors.shape), 0, 255).astype(np.uint8), areas


def _of_colors(sample: Sample, colors: NDArray[np.uint8], areas: NDArray[np.float32]) -> Sample:
    palette, shares = sample.palette.copy(), sample.shares.copy()
    palette[: len(colors)], shares[: len(colors)] = colors, areas
    return replace(sample, palette=palette, shares=shares)


def _with_style(sample: Sample, style: NDArray[np.uint8]) -> Sample:
    """The style picture (any square, 3) as reference, and its colours as palette: G takes them, where a guess would be their mean."""
    small = np.asarray(cv2.resize(style, (REFERENCE_SIZE, REFERENCE_SIZE), interpolation=cv2.INTER_AREA), np.uint8)
    sample = _of_colors(sample, *palette_of(small, np.ones(small.shape[:2]), PALETTE_SIZE))
    return replace(sample, reference=small, reference_known=True)


def _reference(rng: np.random.Generator, colored: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Another view of the coloured picture: mirrored, turned, squeezed, cropped. (128, 128, 3)"""
    size = colored.shape[0]
    centre, angle, zoom = (size / 2, size / 2), rng.uniform(-25, 25), rng.uniform(0.8, 1.5)
    matrix = cv2.getRotationMatrix2D(centre, angle, zoom)
    matrix[0] *= rng.choice([-1, 1]) * rng.uniform(0.8, 1.2)
    if matrix[0, 0] < 0:
        matrix[0, 2] += size
    matrix[:, 2] += rng.uniform(-0.1, 0.1, 2) * size
    warped = cv2.warpAffine(colored, matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255))
    return np.asarray(cv2.resize(warped, (REFERENCE_SIZE, REFERENCE_SIZE), interpolation=cv2.INTER_AREA), np.uint8)


def _taught_sample(rng: np.random.Generator, triple: Styled, size: int) -> Sample:
    """A square of a content and the same square of what the teacher drew, at the size it drew it, so that brushwork keeps its scale."""
    top, left = (int(v) for v in rng.integers(0, triple.content.shape[0] - size + 1, 2))
    step = 1 if rng.random() < 0.5 else -1
    style = np.ascontiguousarray(triple.style[:, ::step])
    content = np.asarray(triple.content)
    x, y = (
        np.ascontiguousarray(plane[top : top + size, left : left + size][:, ::step]) for plane in (content, triple.y)
    )
    x = matched(x, statistics_of(content), statistics_of(style))
    nothing = np.zeros((size, size), bool)
    everywhere = View(y, np.full((size, size), 255, np.uint8), None, False)
    sample = assemble(STYLE, x, y, everywhere, one_region(size, size), np.zeros_like(x), nothing, nothing, known=False)
    return _with_style(sample, style)


def _style_sample(rng: np.random.Generator, source: Item, content: View, size: int) -> Sample:
    """Content and style are two views of one work; x has lost the work's colours, and y is the work itself."""
    style = view(rng, source, REFERENCE_SIZE)
    x = turn_hues(rng, content.color) if rng.random() < 0.5 else _gray_of(to_lab(content.color)[..., :1])
    x = matched(x, statistics_of(x), statistics_of(style.color))
    nothing = np.zeros((size, size), bool)
    regions = one_region(size, size)
    sample = assemble(STYLE, x, content.color, content, regions, np.zeros_like(x), nothing, nothing, known=False)
    return _with_style(sample, style.color)
