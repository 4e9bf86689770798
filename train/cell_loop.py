"""Trains the network for cells on drawings that were looked at before.

    python -m colorgan_train.cell_loop SEEN... OUT.safetensors --minutes 80 --tuning SEEN [--into WEIGHTS]

SEEN are folders that `colorgan_train.cell_cache` wrote; shards that appear while it trains are taken in. OUT is written every minute, and
read again where it exists. WEIGHTS, a weights file, gets the network at the end.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from colorgan_core.files import atomic_write
from colorgan_core.inference.colors import decided
from colorgan_core.model.cells import CellNet, CellOutput
from colorgan_core.model.losses import pointing_loss
from colorgan_core.model.weights import load_weights, save_weights
from colorgan_core.picture.color import srgb_to_lab

from .card import LICENCES, LIMITS
from .cell_cache import read_sources
from .cell_samples import FOREIGN, RIGHT, WITH_REFERENCE, CellSample, collate, make_sample
from .cell_truth import REFERENCE, Seen, read_shard
from .evaluation.measures import delta_e_2000
from .memory import keep_freed_memory

RATE = 6e-4
AVERAGE = 0.999
PAIRS = 2.5e5  # of tokens in a batch: what it costs
BATCH = 24
DRAWN = 192  # drawings among which batches of like size are sought
CHEAP = 100  # cells; drawings of more are drawn less often, since a step with one of 500 costs as much as one with twenty of those
TOGETHER = 0.5  # weight of that loss
FEWEST = 6  # painted cells of a drawing that is measured
WARMUP = 200  # steps
SMOOTH = 0.99  # of the running means that are printed
SAVE_EVERY, MEASURE_EVERY = 60, 480  # seconds
MEASURED = 240  # drawings
HINTS = (0, 1, 2, 4, 8)
KEPT_FIGURES = ("style", "gray")  # of a card, when its network for cells changes


class Drawings:
    """Shards of several folders, taken in as they appear."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders, self.read = folders, set[Path]()
        self.seen: list[Seen] = []
        self.references: dict[int, Seen] = {}  # of a drawing, by its place in `seen`
        self.colors = np.zeros((0, 3))
        self.shares = np.zeros(0)  # how often each is drawn

    def reference(self, number: int, rng: np.random.Generator) -> Seen | None:
        """A reference for drawing `number`, where a sample has one."""
        if number not in self.references or rng.random() >= WITH_REFERENCE:
            return None
        if rng.random() < FOREIGN:
            number = list(self.references)[int(rng.integers(len(self.references)))]
        return self.references[number]

    def refresh(self) -> None:
        for folder in self.folders:
            for path in sorted(folder.glob("*.npz")):
                if path not in self.read:
                    self.read.add(path)
                    for each in read_shard(path):
                        if each.source[0] == REFERENCE:
                            self.references[len(self.seen) - 1] = each
                        elif each.painted.any():
                            self.seen.append(each)
        cost = np.array([max(len(each), CHEAP) for each in self.seen], np.float64)
        self.shares = CHEAP / cost / (CHEAP / cost).sum()
        colors = np.concatenate([each.colors[each.painted][:20] for each in self.seen])
        self.colors = srgb_to_lab(colors[None])[0].astype(np.float64)


def loss_of(output: CellOutput, answers: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """The loss of pointing; and the binary cross-entropy of belonging together."""
    weight = answers["together_weight"]
    pair = F.binary_cross_entropy_with_logits(output.together, answers["together"], weight, reduction="sum")
    return pointing_loss(output.logits, answers["right"], answers["weight"]), pair / weight.sum().clamp(min=1e-6)


def batches(
    drawings: Drawings, own: np.ndarray, rng: np.random.Generator, recolor: bool = True
) -> list[list[CellSample]]:
    """Samples of some drawings in batches of like size."""
    numbers = rng.choice(len(drawings.seen), size=DRAWN, p=drawings.shares).tolist()
    drawn = [(drawings.seen[number], drawings.reference(number, rng)) for number in numbers]
    picked = sorted(drawn, key=cells_of)
    made: list[list[CellSample]] = []
    at = 0
    while at < len(picked):
        count = 1
        while at + count < len(picked) and count < BATCH and (count + 1) * cells_of(picked[at + count]) ** 2 <= PAIRS:
            count += 1
        made.append(
            [
                make_sample(seen, own, drawings.colors, rng, reference=reference, recolor=recolor)
                for seen, reference in picked[at : at + count]
            ]
        )
        at += count
    rng.shuffle(made)  # type: ignore[arg-type]
    return made


def cells_of(drawing: tuple[Seen, Seen | None]) -> int:
    """How many cells a drawing and its reference have."""
    return sum(len(each) for each in drawing if each is not None)


@torch.inference_mode()
def measure(net: CellNet, drawings: Sequence[tuple[Seen, Seen | None]], own: np.ndarray) -> list[tuple[float, float]]:
    """For each of HINTS, and without any but with the reference where drawings have one: the share of the unhinted painted area that is
    right, and of all paper that is taken for paper; NaN where there is none."""
    result = []
    for hints, with_reference in [*((hints, False) for hints in HINTS), (0, True)]:
        shares, kept = [], []
        for number, (seen, reference) in enumerate(drawings):
            if with_reference and reference is None:
                continue
            rng = np.random.default_rng([35, number])
            sample = make_sample(seen, own, own, rng, hints, reference if with_reference else None)
            given, _ = collate([sample])
            chances = net(given).logits[0, : len(seen)].exp()
            colors, _ = decided(chances, given.colors[0], torch.from_numpy(own / 100).float())
            paper = (chances[:, 0] > 0.5).numpy()
            lab = srgb_to_lab(seen.colors[None])[0]
            right = (delta_e_2000(colors.numpy() * 100, lab) < RIGHT) & ~paper
            asked = seen.painted & (sample.holds[: len(seen), :, 0].sum(1) == 0)
            areas = seen.areas * (seen.pure >= 0.5)
            if asked.any() and areas[asked].sum() > 0:
                shares.append(float((areas * right)[asked].sum() / areas[asked].sum()))
            if (~seen.painted).any():
                kept.append(float((areas * paper)[~seen.painted].sum() / max(areas[~seen.painted].sum(), 1e-9)))
        result.append((float(np.mean(shares or [np.nan])), float(np.mean(kept or [np.nan]))))
    return result


def card_of(folders: Sequence[Path], drawings: int, steps: int, minutes: float) -> dict[str, Any]:
    """What the model card says of this network. Of each source: how many drawings there were to choose from. Raises InputError."""
    sources: Counter[str] = Counter()
    for folder in folders:
        sources.update(read_sources(folder))
    data = {name: {"drawings": sources[name], "licence": LICENCES.get(name, "unknown")} for name in sorted(sources)}
    return {"drawings": drawings, "steps": steps, "minutes": round(minutes, 1), "data": data}


def put(network: CellNet, path: Path, about: dict[str, Any]) -> None:
    """Puts the network into a weights file, and what is to be known of it into its card."""
    weights = load_weights(path)
    weights.generator.cells.load_state_dict(network.state_dict())
    # what was measured on line art was measured with other colours
    figures = {name: each for name, each in weights.card.get("figures", {}).items() if name.startswith(KEPT_FIGURES)}
    card = {**weights.card, "cells": about, "limits": list(LIMITS), "figures": figures}
    save_weights(path, replace(weights, card=card))


@dataclass
class Fit:
    """Trains a network for cells for some minutes and follows its average, which is what is kept.

    recolor: whether half of the samples have other colours. step: how many were made."""

    net: CellNet
    drawings: Drawings
    own: np.ndarray
    minutes: float
    rate: float = RATE
    seed: int = 0
    recolor: bool = True
    step: int = 0

    def __post_init__(self) -> None:
        self.average = copy.deepcopy(self.net).requires_grad_(False).eval()
        learnt = [parameter for parameter in self.net.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(learnt, self.rate, betas=(0.9, 0.98), weight_decay=0.02)
        self.began = time.monotonic()
        self.losses: dict[str, float] = {}
        self.net.train()

    @property
    def spent(self) -> float:
        """Share of the time that is over."""
        return (time.monotonic() - self.began) / 60 / self.minutes

    def steps(self) -> Iterator[None]:
        """Trains, and yields after each step until the time is over."""
        rng = np.random.default_rng([35, self.seed, int(time.time())])
        while self.spent < 1:
            for samples in batches(self.drawings, self.own, rng, self.recolor):
                self._step(samples)
                yield
                if self.spent >= 1:
                    return

    def _step(self, samples: list[CellSample]) -> None:
        pace = min(1.0, (self.step + 1) / WARMUP) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * min(self.spent, 1.0))))
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * pace
        given, answers = collate(samples)
        loss, apart = loss_of(self.net(given), answers)
        self.optimizer.zero_grad(set_to_none=True)
        (loss + TOGETHER * apart).backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        keep = min(AVERAGE, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mine, new in zip(self.average.parameters(), self.net.parameters(), strict=True):
                mine.lerp_(new, 1 - keep)
        for name, value in (("loss", loss), ("together", apart)):
            self.losses[name] = SMOOTH * self.losses.get(name, value.item()) + (1 - SMOOTH) * value.item()


def measured_drawings(folders: Sequence[Path]) -> list[tuple[Seen, Seen | None]]:
    """At most MEASURED drawings with FEWEST painted cells, half of them with a reference where there are so many."""
    tuning = Drawings(folders)
    tuning.refresh()
    found = [
        (each, tuning.references.get(number)) for number, each in enumerate(tuning.seen) if each.painted.sum() >= FEWEST
    ]
    with_reference = [pair for pair in found if pair[1] is not None][: MEASURED // 2]
    return [*with_reference, *(pair for pair in found if pair[1] is None)][:MEASURED]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("seen", type=Path, nargs="+")
    parser.add_argument("out", type=Path)
    parser.add_argument("--tuning", type=Path, required=True, nargs="+")
    parser.add_argument("--weights", default="default")
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--into", type=Path)
    asked = parser.parse_args()
    torch.manual_seed(asked.seed)
    torch.set_num_threads(1)
    keep_freed_memory()
    net = load_weights(asked.weights).generator.cells
    drawings = Drawings(asked.seen)
    drawings.refresh()
    chosen = measured_drawings(asked.tuning)
    if asked.out.exists():
        net.load_state_dict(load_file(asked.out))
    own = net.colors.numpy().astype(np.float64) * 100
    fit = Fit(net, drawings, own, asked.minutes, asked.rate, asked.seed)
    saved = measured = time.monotonic()
    for _ in fit.steps():
        now, over = time.monotonic(), fit.spent >= 1
        if over or now - saved > SAVE_EVERY:
            saved = now
            drawings.refresh()
            with atomic_write(asked.out) as beside:
                save_file({name: value.contiguous() for name, value in fit.average.state_dict().items()}, beside)
            figures = ", ".join(f"{name} {value:.3f}" for name, value in fit.losses.items())
            print(
                f"{fit.step} steps, {fit.spent * fit.minutes:.1f} min, {len(drawings.seen)} drawings, {figures}",
                flush=True,
            )
        if over or now - measured > MEASURE_EVERY:
            measured = now
            found = measure(fit.average, chosen, own)
            texts = (" ".join(f"{each[place]:.3f}" for each in found) for place in (0, 1))
            print("right {}  paper {}".format(*texts), flush=True)
    if asked.into is not None:
        put(fit.average, asked.into, card_of(asked.seen, len(drawings.seen), fit.step, asked.minutes))


if __name__ == "__main__":
    main()
