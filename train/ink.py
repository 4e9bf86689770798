"""Trains the network that finds contours, on compositions in every medium.

    python -m colorgan_train.ink DATA OUT.safetensors --minutes 45 --into WEIGHTS

DATA holds compositions of the training part (`colorgan data compose`). OUT is written every minute, and read again where it exists.
WEIGHTS, a weights file, gets the network at the end.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset

from colorgan_core.files import atomic_write
from colorgan_core.model.ink import InkNet
from colorgan_core.model.weights import load_weights, save_weights
from colorgan_core.picture.paper import flattened
from colorgan_core.picture.pixels import to_rgb8

from .card import LICENCES
from .compose.cache import Compositions, open_compositions
from .compose.conditions import CONDITIONS, MORE, Drawing, draw
from .memory import keep_freed_memory

SIDE = 256  # px of a crop
CROPS = 8  # of a drawing
SCALES = 0.5, 1.6  # of a drawing's size
KEPT = 256  # crops that are shuffled
RATE = 2e-3
UNSEEN = ("white-on-black",)  # is inverted before
Pair = tuple[NDArray[np.uint8], NDArray[np.uint8]]


class Crops(IterableDataset[Pair]):
    """Endless crops of drawings (SIDE, SIDE, 3) with their clean ink (SIDE, SIDE), 0 ink and 255 none."""

    def __init__(self, compositions: Compositions, seed: int) -> None:
        self.compositions, self.seed = compositions, seed

    def __iter__(self) -> Iterator[Pair]:
        cv2.setNumThreads(1)
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([34, self.seed, 0 if worker is None else worker.id])
        kept: list[Pair] = []
        while True:
            kept.extend(self.drawn(rng))
            if len(kept) > KEPT:
                for _ in range(CROPS):
                    yield kept.pop(int(rng.integers(len(kept))))

    def drawn(self, rng: np.random.Generator) -> Iterator[Pair]:
        index = int(rng.integers(len(self.compositions)))
        composition = self.compositions[index]
        names = [name for name in (*CONDITIONS, *MORE) if name not in UNSEEN and name != "comic"]
        name = "comic" if self.compositions.is_page(index) and rng.random() < 0.7 else str(rng.choice(names))
        drawing = draw(composition, name, rng)
        picture, truth = flattened(to_rgb8(drawing.picture)), contours_of(drawing)
        for _ in range(CROPS):
            yield crop(picture, truth, rng)


def contours_of(drawing: Drawing) -> NDArray[np.uint8]:
    """(h, w) uint8, clean ink where it was drawn or left out by the hand; 0 ink and 255 none."""
    return drawing.composition.ink


def crop(picture: NDArray[np.uint8], truth: NDArray[np.uint8], rng: np.random.Generator) -> Pair:
    """A square at a random scale, turned and mirrored at random."""
    scale = np.exp(rng.uniform(np.log(SCALES[0]), np.log(SCALES[1])))
    scale = max(scale, SIDE / min(truth.shape) + 1e-3)
    side = int(SIDE / scale)
    top, left = (int(rng.integers(length - side + 1)) for length in truth.shape)
    square = np.dstack([picture[top : top + side, left : left + side], truth[top : top + side, left : left + side]])
    square = cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    square = np.rot90(square[:, ::-1] if rng.random() < 0.5 else square, int(rng.integers(4)))
    return np.ascontiguousarray(square[..., :3]), np.ascontiguousarray(square[..., 3])


def loss_of(logits: Tensor, truth: Tensor) -> Tensor:
    """Binary cross-entropy and the soft Dice loss (Milletari et al., 3DV 2016, equation 1); logits, truth: (b, 1, h, w)."""
    chance = logits.sigmoid()
    dice = 1 - (2 * (chance * truth).sum() + 1) / (chance.square().sum() + truth.square().sum() + 1)
    return F.binary_cross_entropy_with_logits(logits, truth) + 0.3 * dice


def card_of(compositions: Compositions, steps: int, minutes: float) -> dict[str, Any]:
    """What the model card says of this network. Of each source: how many drawings lie in the compositions."""
    pieces = {piece for index in range(len(compositions)) for piece in compositions.pieces(index)}
    sources = Counter(piece.partition("/")[0] for piece in pieces)
    data = {name: {"drawings": sources[name], "licence": LICENCES.get(name, "unknown")} for name in sorted(sources)}
    return {"compositions": len(compositions), "steps": steps, "minutes": round(minutes, 1), "data": data}


def put(network: InkNet, path: Path, about: dict[str, Any]) -> None:
    """Puts the network into a weights file, and what is to be known of it into its card."""
    weights = load_weights(path)
    save_weights(path, replace(weights, ink=network, card={**weights.card, "contours": about}))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--into", type=Path)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    network = InkNet()
    if asked.out.exists():
        network.load_state_dict(load_file(asked.out))
    network = network.to(memory_format=torch.channels_last)
    keep_freed_memory()
    optimizer = torch.optim.AdamW(network.parameters(), RATE, weight_decay=1e-3)
    compositions, step = open_compositions(asked.data), 0
    crops = DataLoader(Crops(compositions, int(time.time())), asked.batch, num_workers=asked.workers)
    began = saved = time.monotonic()
    total = 0.0
    for step, (pictures, truth) in enumerate(crops, 1):
        spent = (time.monotonic() - began) / 60 / asked.minutes
        for group in (
            optimizer.param_groups
        ):  # cosine (Loshchilov and Hutter, ICLR 2017) of the time that is given, after a warm-up
            group["lr"] = RATE * min(1.0, step / 50) * 0.5 * (1 + np.cos(np.pi * min(spent, 1.0)))
        x = (pictures.permute(0, 3, 1, 2).float() / 255).contiguous(memory_format=torch.channels_last)
        logits = network(x)
        loss = loss_of(logits, 1 - truth[:, None].float() / 255)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        total = loss.item() if step == 1 else 0.98 * total + 0.02 * loss.item()
        if spent >= 1 or time.monotonic() - saved > 60:
            saved = time.monotonic()
            with atomic_write(asked.out) as beside:
                save_file({name: value.contiguous() for name, value in network.state_dict().items()}, beside)
            print(f"{step} steps, {spent * asked.minutes:.1f} minutes, loss {total:.4f}", flush=True)
        if spent >= 1:
            break
    if asked.into is not None:
        put(network, asked.into, card_of(compositions, step, asked.minutes))


if __name__ == "__main__":
    main()
