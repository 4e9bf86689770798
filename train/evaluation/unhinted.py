"""The five figures without hints, where deltae alone would crown one mustard colour in everything.

"Painted" is the truth's coverage of at least one half; lines are left out everywhere (lighter than `PAPER` counts), as
every row has the same ones. Sums run over the whole set before a ratio is taken.

(a) overlap      mean over pictures of the IoU of the painted area with the truth's
(b) chroma       chroma of the result over the truth's painted pixels, divided by the truth's
(c) colors       mean number of distinct region colours (CIEDE2000 over 15 apart, parts of 64 px and more of a region)
(d) ab_distance  sliced Wasserstein distance, in Lab units, of the ab histograms (5-unit bins) of what each side painted
                 over the whole set; beside it ab_variation, their total variation; none where nothing is painted
(e) deltae_best, deltae_palette   mean CIEDE2000 of the best of the seeds a picture, and given the truth's own palette
seed_spread  mean CIEDE2000, over whole pictures, between what seed 0 and what another seed makes of one drawing
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from colorgan_core.picture.color import srgb_to_lab
from colorgan_core.picture.kmeans import palette_of

from . import measures, rivals
from .network import Answer, Colors, ask
from .sets import EvaluationSet, Item, truth_of

PAPER = 240
PALETTE = 6  # colours of "the truth's own palette"
CHANCELESS = ("best constant", "copy")  # rows that every seed gives the same
SAMPLE = 40  # painted pixels a picture that the best constant is fitted to
RGB = NDArray[np.uint8]
Palette = NDArray[np.uint8]
Row = Callable[[Item, int, Palette | None], Answer]  # (item, seed, palette)


@dataclass(frozen=True)
class Figures:
    """One row of the table; the module says what each means."""

    row: str
    overlap: float
    chroma: float
    colors: float
    colors_truth: float
    ab_distance: float | None
    ab_variation: float | None
    deltae_best: float
    deltae_palette: float
    deltae: float
    mse: float
    seed_spread: float

    def record(self) -> dict[str, float | str | None]:
        return asdict(self)


def unhinted_rows(chosen: EvaluationSet, colorizer: Colors | None) -> dict[str, Row]:
    """The rows by name, colorgan's only with a colorizer."""
    rows: dict[str, Row] = {}
    if colorizer is not None:
        rows["colorgan"] = lambda item, seed, palette: ask(colorizer, item.lines, "lineart", palette=palette, seed=seed)
    constant = constant_of(chosen.items)
    following = {item.key: chosen.items[(i + 1) % len(chosen.items)] for i, item in enumerate(chosen.items)}
    return rows | {
        "best constant": lambda item, seed, palette: one_color(item, constant),
        "random palette": lambda item, seed, palette: random_fill(
            item, seed, own_palette(following[item.key]) if palette is None else palette
        ),
        "copy": lambda item, seed, palette: Answer(rivals.copy(item.lines), np.zeros(item.lines.shape, np.bool_)),
    }


def figures(name: str, row: Row, items: Sequence[Item], seeds: int, advance: Callable[[], None]) -> Figures:
    """Works a row out over a set; rows without chance are asked for one seed only."""
    overlaps, counts, truth_counts, best, given, first, squares, spreads = [], [], [], [], [], [], [], []
    chroma = chroma_truth = 0.0
    histogram = histogram_truth = np.zeros(())
    for item in items:
        truth, painted = truth_of(item), painted_truth(item)
        paper = item.lines > PAPER
        answer = row(item, 0, None)
        said = answer.painted & paper
        overlaps.append(measures.overlap(said, painted))
        chroma += measures.chroma(answer.picture, painted)
        chroma_truth += measures.chroma(truth, painted)
        labels = rivals.trapped_ball(item.lines)
        counts.append(measures.distinct_colors(*measures.region_colors(answer.picture, labels, said)))
        truth_counts.append(measures.distinct_colors(*measures.region_colors(truth, labels, painted)))
        histogram = histogram + measures.ab_histogram(answer.picture, said)
        histogram_truth = histogram_truth + measures.ab_histogram(truth, painted)
        first.append(measures.picture_delta_e(answer.picture, truth))
        squares.append(measures.mse(answer.picture, truth))
        others = [row(item, seed, None).picture for seed in range(1, 1 if name in CHANCELESS else seeds)]
        spreads += [measures.picture_delta_e(other, answer.picture) for other in others]
        best.append(min([first[-1], *(measures.picture_delta_e(other, truth) for other in others)]))
        given.append(measures.picture_delta_e(row(item, 0, own_palette(item)).picture, truth))
        advance()
    both = bool(histogram.any() and histogram_truth.any())
    return Figures(
        row=name,
        overlap=float(np.mean(overlaps)),
        chroma=chroma / max(chroma_truth, 1e-9),
        colors=float(np.mean(counts)),
        colors_truth=float(np.mean(truth_counts)),
        ab_distance=measures.sliced_wasserstein(histogram, histogram_truth) if both else None,
        ab_variation=measures.total_variation(histogram, histogram_truth) if both else None,
        deltae_best=float(np.mean(best)),
        deltae_palette=float(np.mean(given)),
        deltae=float(np.mean(first)),
        mse=float(np.mean(squares)),
        seed_spread=float(np.mean(spreads)) if spreads else 0.0,
    )


def painted_truth(item: Item) -> NDArray[np.bool_]:
    """Where the truth is painted, lines left out."""
    assert item.coverage is not None, f"{item.name} has no coverage"
    return (item.coverage >= 128) & (item.lines > PAPER)


def own_palette(item: Item) -> Palette:
    """Up to `PALETTE` colours of the truth's painted area; white where nothing is painted."""
    colors, _ = palette_of(truth_of(item), painted_truth(item).astype(np.float32), PALETTE)
    return colors if len(colors) else np.full((1, 3), 255, np.uint8)


def constant_of(items: Iterable[Item]) -> RGB:
    """The one colour that, in every painted pixel of the truth, has the least mean deltaE2000 over the set."""
    colors, weights = [], []
    for item in items:
        painted = srgb_to_lab(truth_of(item)[painted_truth(item)])
        if len(painted):
            step = max(1, len(painted) // SAMPLE)
            colors.append(painted[::step])
            weights.append(np.full(len(colors[-1]), len(painted) / len(colors[-1])))
    if not colors:
        return np.full(3, 255, np.uint8)
    return measures.best_constant(np.concatenate(colors), np.concatenate(weights))


def one_color(item: Item, color: RGB) -> Answer:
    """The constant in everything that the truth paints: its overlap of 1 is a gift, not a skill."""
    assert item.coverage is not None
    cover = item.coverage[..., None].astype(np.float32) / 255
    paint = np.rint(cover * color + (1 - cover) * 255).astype(np.uint8)
    return Answer(rivals.draw_lines_over(paint, item.lines), item.coverage >= 128)


def random_fill(item: Item, seed: int, palette: Palette) -> Answer:
    """Every region that does not touch the picture's border in a random colour of the palette.

    Without a given palette it is that of the next picture in the set: real colours, of another thing.
    """
    labels = rivals.trapped_ball(item.lines)
    count = int(labels.max()) + 1
    outside = np.zeros(count, np.bool_)
    outside[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = True
    rng = np.random.default_rng([seed, int(item.key[:8], 16)])
    colors = palette[rng.integers(len(palette), size=count)]
    colors[outside] = 255
    return Answer(rivals.draw_lines_over(colors[labels], item.lines), ~outside[labels])
