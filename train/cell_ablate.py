"""What each part of the network for cells is worth: every variant from scratch for the same time, with two seeds, on the tuning part.

    python -m colorgan_train.cell_ablate SEEN... OUT --tuning SEEN... --minutes 20

On two cores two runs fit into the same time, one thread each: with `--seed 1` beside `--seed 2`, then the line above for the table.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from torch import Tensor, nn

from colorgan_core.files import atomic_write
from colorgan_core.model.cells import GONE, CellInput, CellNet, Pairs
from colorgan_core.model.weights import load_weights

from .cell_loop import HINTS, Drawings, Fit, measure, measured_drawings
from .cell_truth import Seen
from .evaluation.tables import plain
from .memory import keep_freed_memory

SEEDS = (1, 2)
COLUMNS = (*(f"{hints} hints" for hints in HINTS), "reference", "paper")


def without_trunk(net: CellNet) -> None:
    """What the trunk sees of a cell is not heard."""
    layer = net.trunk[1]
    assert isinstance(layer, nn.Linear)
    nn.init.zeros_(layer.weight)
    layer.weight.requires_grad_(False)


def without_pairs(net: CellNet) -> None:
    """What two cells are to each other biases neither attention nor pointer."""
    for part in (net.pair, net.likeness):
        layer = part[2]
        assert isinstance(layer, nn.Linear)
        nn.init.zeros_(layer.weight)
        layer.requires_grad_(False)


def without_held(net: CellNet) -> None:
    """Cells point at the colours themselves alone, and not at the cells that hold them."""

    def pointed(cells: Tensor, colors: Tensor, likeness: Tensor, given: CellInput) -> Tensor:
        return (net.color_query(cells) @ net.color_key(colors).mT).float() / net.color_query.out_features**0.5

    net.pointed = pointed  # type: ignore[method-assign]
    for part in (net.query, net.key, net.likeness, net.weight):
        part.requires_grad_(False)


def without_own(net: CellNet) -> None:
    """A gate that leaves the network's own colours next to nothing where any colour was given."""
    inner = net.choices

    def choices(given: CellInput, pairs: Pairs) -> tuple[Tensor, Tensor]:
        logits, cells = inner(given, pairs)
        many, told = given.colors.shape[1], given.given.sum(1) > 1
        barred = torch.zeros_like(logits)
        barred[told, :, many:] = GONE / 1000
        return (logits + barred).log_softmax(2), cells

    net.choices = choices  # type: ignore[method-assign]


VARIANTS: dict[str, Callable[[CellNet], None] | None] = {
    "the recipe": None,
    "no trunk features": without_trunk,
    "no pair biases": without_pairs,
    "pointing at colours, not at cells": without_held,
    "no colours of its own beside given ones": without_own,
    "no recolouring": None,
}
Figures = list[float]


def trained(
    name: str,
    seed: int,
    drawings: Drawings,
    chosen: Sequence[tuple[Seen, Seen | None]],
    minutes: float,
    weights: str,
    out: Path,
) -> Figures:
    """The figures of one variant and seed, in the order of COLUMNS; a run that OUT has is not done again."""
    record = out / f"{list(VARIANTS).index(name):02d}-{seed}.json"
    if record.is_file():
        return list(json.loads(record.read_text("utf-8")))
    torch.manual_seed(seed)
    like = load_weights(weights).generator.cells
    net = CellNet(like.trunk[1].in_features, len(like.colors))  # type: ignore[arg-type]
    net.colors.copy_(like.colors)
    change = VARIANTS[name]
    if change is not None:
        change(net)
    own = net.colors.numpy().astype(np.float64) * 100
    fit = Fit(net, drawings, own, minutes, seed=seed, recolor=name != "no recolouring")
    if change is not None:
        change(fit.average)
    for _ in fit.steps():
        pass
    found = measure(fit.average, chosen, own)
    figures = [*(share for share, _ in found), float(np.nanmean([kept for _, kept in found]))]
    out.mkdir(parents=True, exist_ok=True)
    with atomic_write(record) as beside:
        beside.write_text(json.dumps(figures), "utf-8")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("seen", type=Path, nargs="+")
    parser.add_argument("out", type=Path)
    parser.add_argument("--tuning", type=Path, required=True, nargs="+")
    parser.add_argument("--weights", default="default")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, choices=SEEDS, help="only this one, and no table")
    parser.add_argument("--only", help="names of variants, with semicolons between")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    drawings = Drawings(asked.seen)
    drawings.refresh()
    chosen = measured_drawings(asked.tuning)
    names = asked.only.split(";") if asked.only else list(VARIANTS)
    seeds = SEEDS if asked.seed is None else (asked.seed,)
    found = {
        name: [trained(name, seed, drawings, chosen, asked.minutes, asked.weights, asked.out) for seed in seeds]
        for name in names
    }
    if asked.seed is not None:
        return
    table = plain(f"{asked.minutes:g} minutes each, {len(chosen)} drawings of the tuning part", "variant", *COLUMNS)
    for name, each in found.items():
        columns = zip(*each, strict=True)
        table.add_row(name, *(f"{np.mean(values):.3f} ± {np.ptp(values) / 2:.3f}" for values in columns))
    Console(width=180).print(table)


if __name__ == "__main__":
    main()
