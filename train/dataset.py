"""Samples by number: sample n of a run is the same whenever and wherever it is made, which is what makes resuming exact."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from colorgan_core.model.cells import CellInput
from colorgan_core.model.conditions import Conditions, hint_map, palette_tokens, planes
from colorgan_core.model.config import LINEART

from .cache import Cache
from .cell_samples import collate as collate_cells
from .sample import ANY_COLOR, TASK_SHARES, Items, Sample, Styles, make_sample

LOOKED_AT = 64  # pictures in a fingerprint


class Samples(Dataset[Sample]):
    """`Samples(items, size, seed)[n]` draws item and augmentation from a generator seeded with (seed, n).

    Of siblings, such as a person in five skin tones, one is drawn: a family counts as one picture.
    """

    def __init__(
        self,
        items: Items,
        size: int,
        seed: int,
        tasks: Sequence[int] = tuple(TASK_SHARES),
        triples: Styles | None = None,
        own: NDArray[np.float64] = ANY_COLOR,
    ) -> None:
        self.items, self.size, self.seed, self.tasks, self.triples, self.own = items, size, seed, tasks, triples, own
        self.families = items.families() if isinstance(items, Cache) else [[index] for index in range(len(items))]

    def __getitem__(self, number: int) -> Sample:
        rng = np.random.default_rng([self.seed, number])
        family = self.families[int(rng.integers(len(self.families)))]
        index = family[int(rng.integers(len(family)))] if len(family) > 1 else family[0]
        return make_sample(rng, self.items, index, self.size, self.tasks, self.triples, self.own)


class Numbers(Sampler[int]):
    """Endless sample numbers from `start`; process `rank` of `world` takes its share of each global batch."""

    def __init__(self, start: int, batch: int, rank: int = 0, world: int = 1) -> None:
        self.start, self.batch, self.rank, self.world = start, batch, rank, world

    def __iter__(self) -> Iterator[int]:
        first = self.start + self.rank * self.batch
        while True:
            yield from range(first, first + self.batch)
            first += self.batch * self.world


def fingerprint(items: Items, triples: Styles | None) -> str:
    """Tells data sets apart, in a moment, by how many pictures they have and by the pixels of some, evenly spread."""
    digest = hashlib.sha256()
    for pictures, layers in ((items, ("color", "alpha", "outline")), (triples or (), ("content", "y", "style"))):
        digest.update(len(pictures).to_bytes(8, "big"))
        for index in np.linspace(0, len(pictures) - 1, min(LOOKED_AT, len(pictures))).astype(int):
            for layer in layers:
                pixels = getattr(pictures[int(index)], layer)
                digest.update(b"" if pixels is None else np.ascontiguousarray(pixels))
    return digest.hexdigest()


@dataclass(frozen=True)
class Batch:
    """x, y: (b, 3, h, w) Lab / 100 and sRGB in 0..1; alpha: (b, 1, h, w); alpha_known, paired, blind: (b,) bool; z: the conditions.

    cells, answers: of the samples that are line art, in their order, as `cell_samples.collate` has them; None where there are none."""

    x: Tensor
    y: Tensor
    alpha: Tensor
    alpha_known: Tensor
    paired: Tensor
    blind: Tensor
    z: Conditions
    cells: CellInput | None = None
    answers: dict[str, Tensor] | None = None

    def to(self, device: torch.device) -> Batch:
        moved = {f.name: value.to(device) for f in fields(self) if isinstance(value := getattr(self, f.name), Tensor)}
        cells = None if self.cells is None else CellInput(*(value.to(device) for value in self.cells))
        answers = None if self.answers is None else {name: value.to(device) for name, value in self.answers.items()}
        return replace(self, **moved, z=self.z.to(device), cells=cells, answers=answers)


def collate(samples: list[Sample]) -> dict[str, Any]:
    """Stacks samples; pixels stay uint8 on their way between processes."""
    stacked: dict[str, Any] = {
        f.name: torch.as_tensor(np.stack([getattr(s, f.name) for s in samples]))
        for f in fields(Sample)
        if f.name != "cells"
    }
    drawn = [sample for sample in samples if sample.cells is not None]
    if not drawn:
        return stacked | {"cells": (None, None)}
    cells, answers = collate_cells([sample.cells for sample in drawn if sample.cells is not None])
    return stacked | {"cells": (cells, answers | {"noise": noise_of(drawn, cells, answers["right"].shape)})}


def noise_of(samples: Sequence[Sample], cells: CellInput, shape: Sequence[int]) -> Tensor:
    """(b, n, k + own) standard Gumbel noise, of each sample its own, whatever the others in the batch are."""
    noise = np.zeros(tuple(shape), np.float32)
    most = cells.colors.shape[1]
    for row, sample in enumerate(samples):
        assert sample.cells is not None
        count, given = sample.cells.right.shape[0], len(sample.cells.colors)
        found = np.random.default_rng(sample.chance).gumbel(size=sample.cells.right.shape)
        noise[row, :count, :given], noise[row, :count, most:] = found[:, :given], found[:, given:]
    return torch.from_numpy(noise)


def to_batch(raw: dict[str, Any]) -> Batch:
    """Stacked samples as what G and D take."""
    x, shares = planes(raw["x"]), raw["shares"]
    reference = planes(raw["reference"]) * raw["reference_known"][:, None, None, None]
    z = Conditions(
        task=raw["task"],
        hints=hint_map(raw["hints"], raw["hints_mask"], raw["hints_bare"]),
        flood=hint_map(raw["flood"], raw["flood_mask"], torch.zeros_like(raw["flood_mask"])),
        regions=raw["regions"].long(),
        openness=torch.where(raw["task"][:, None, None, None] == LINEART, x[:, :1].clamp(0, 1), 1.0),
        palette=palette_tokens(raw["palette"], shares),
        palette_mask=shares > 0,
        reference=reference,
        reference_mask=raw["reference_known"],
    )
    y = raw["y"].permute(0, 3, 1, 2).float() / 255
    alpha = raw["alpha"][:, None].float() / 255
    return Batch(x, y, alpha, raw["alpha_known"], raw["paired"], raw["blind"], z, *raw["cells"])


def loader(samples: Samples, numbers: Numbers, workers: int) -> DataLoader[Sample]:
    """Batches of stacked samples without end, in order of their numbers."""
    return DataLoader(
        samples,
        batch_size=numbers.batch,
        sampler=numbers,
        collate_fn=collate,
        num_workers=workers,
        persistent_workers=workers > 0,
        prefetch_factor=4 if workers else None,
        worker_init_fn=_step_aside,
        # a forked worker inherits OpenCV's thread pool in whatever state it was, and hangs
        multiprocessing_context="spawn" if workers else None,
    )


def _step_aside(worker: int) -> None:
    """Workers fill the gaps of the network's threads; at equal priority each step waits for them and takes twice as long."""
    if hasattr(os, "nice"):
        os.nice(19)
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
