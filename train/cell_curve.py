"""How far the network for cells can be trusted: how often what it is so and so sure of is right.

    python -m colorgan_train.cell_curve WEIGHTS SEEN...

SEEN are folders that `colorgan_train.cell_cache` wrote, of the tuning part. Each drawing gets 0, 1, 2, 4 and 8 hints, as in `cell_loop`.
For the colour that each unhinted cell is given, the table has the share of the painted area by the probability of that colour, how much
of it is right, and the same of the colours that were copied from a hint (Guo et al., "On calibration of modern neural networks", ICML
2017, section 2, has the curve).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console

from colorgan_core.inference.colors import ALIKE, decided, in_din99o
from colorgan_core.model.cells import CellNet
from colorgan_core.model.weights import load_weights
from colorgan_core.picture.color import srgb_to_lab

from .cell_loop import HINTS, Drawings
from .cell_samples import RIGHT, collate, make_sample
from .cell_truth import Seen
from .evaluation.measures import delta_e_2000
from .evaluation.tables import plain

EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)

Floats = NDArray[Any]


@dataclass(frozen=True)
class Answers:
    """Of every unhinted painted cell (n,): how sure the network was of the colour it gave, whether that was right, whether it was a hint's,
    and the cell's share of its picture."""

    sure: Floats
    right: Floats
    copied: Floats
    areas: Floats


@torch.inference_mode()
def answers_of(net: CellNet, drawings: Sequence[Seen]) -> Answers:
    own = net.colors.numpy().astype(np.float64) * 100
    parts: list[list[Floats]] = [[], [], [], []]
    for hints in HINTS:
        for number, seen in enumerate(drawings):
            sample = make_sample(seen, own, own, np.random.default_rng([35, number]), hints)
            given, _ = collate([sample])
            chances = net(given).logits[0].exp()
            colors, sure = decided(chances, given.colors[0], net.colors)
            apart = torch.cdist(in_din99o(colors), in_din99o(given.colors[0, 1:]))
            copied = (apart < ALIKE).any(1).numpy() if hints else np.zeros(len(seen), bool)
            lab = srgb_to_lab(seen.colors[None])[0]
            right = delta_e_2000(colors.numpy() * 100, lab) < RIGHT
            asked = seen.painted & (sample.holds[..., 0].sum(1) == 0) & (chances[:, 0] < 0.5).numpy()
            for part, values in zip(parts, (sure.numpy(), right, copied, seen.areas), strict=True):
                part.append(values[asked])
    return Answers(*(np.concatenate(part) for part in parts))


def curve(answers: Answers, which: NDArray[np.bool_]) -> list[tuple[float, float]]:
    """For each step between EDGES: the share of the area of `which` (n,) that falls into it, and how much of that is right."""
    place = np.clip(np.digitize(answers.sure, EDGES) - 1, 0, len(EDGES) - 2)
    weight = answers.areas * which
    total = np.bincount(place, weight, len(EDGES) - 1)
    right = np.bincount(place, weight * answers.right, len(EDGES) - 1)
    whole = max(float(total.sum()), 1e-12)
    return [
        (float(each / whole), float(good / each) if each else float("nan"))
        for each, good in zip(total, right, strict=True)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("weights")
    parser.add_argument("seen", type=Path, nargs="+")
    asked = parser.parse_args()
    drawings = Drawings(asked.seen)
    drawings.refresh()
    answers = answers_of(load_weights(asked.weights).generator.cells, drawings.seen)
    table = plain(
        f"{len(drawings.seen)} drawings with {', '.join(map(str, HINTS))} hints",
        "how sure",
        "area",
        "right",
        "copied: area",
        "right",
    )
    rows = zip(
        EDGES, EDGES[1:], curve(answers, np.ones(len(answers.sure), bool)), curve(answers, answers.copied), strict=False
    )
    for low, high, every, copied in rows:
        table.add_row(f"{low:.1f} to {high:.1f}", *(f"{value:.3f}" for value in (*every, *copied)))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
