"""pix2pix trained on the same art as colorgan, for the rival table: line art and a hint map in, a picture out.

python -m colorgan_train.pix2pix DATA OUT.safetensors --minutes 60
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import click
import cv2
import numpy as np
import torch
from lightning_fabric import Fabric
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from colorgan_core.errors import TrainingError
from colorgan_core.files import atomic_write
from colorgan_core.model.config import LINEART
from colorgan_core.model.losses import adversarial_loss, discriminator_loss, reconstruction_loss

from .cache import open_cache
from .checkpoint import read_state, write_state
from .dataset import Numbers, Samples, loader
from .evaluation.sets import Item
from .loop import precision, stop_on_signals
from .memory import keep_freed_memory
from .sample import Items
from .textbook import UNet256, patch_discriminator

CHANNELS = 5  # lines, colours of the hints, where they are
# The paper's: section 3.3 and 6.2. Its batches of 1 give batch normalisation nothing to work with where flat drawings are white.
LAMBDA, RATE, BETAS, BATCH, SIZE = 100.0, 2e-4, (0.5, 0.999), 8, 256
CHECKPOINT_MINUTES = 10
RGB = NDArray[np.uint8]


def conditioned(lines: Tensor, hints: Tensor, mask: Tensor) -> Tensor:
    """lines (b, h, w), hints (b, h, w, 3) uint8, mask (b, h, w) bool -> (b, 5, h, w) in -1..1."""
    where = mask[:, None].float()
    colors = hints.permute(0, 3, 1, 2).float() / 127.5 - 1
    return torch.cat([lines[:, None].float() / 127.5 - 1, colors * where, where], 1)


def textbook_step(
    fabric: Fabric,
    networks: tuple[nn.Module, nn.Module],
    optimizers: tuple[torch.optim.Optimizer, ...],
    x: Tensor,
    y: Tensor,
) -> tuple[Tensor, Tensor]:
    """Updates D, then G, as section 3 has it: x (b, c, h, w), y (b, 3, h, w) in -1..1; the L1 and the adversarial loss."""
    generator, discriminator = networks
    with fabric.autocast():
        y_hat = generator(x)
        real, fake = discriminator(torch.cat([x, y], 1)), discriminator(torch.cat([x, y_hat.detach()], 1))
    optimizers[1].zero_grad()
    (0.5 * discriminator_loss(real.float(), fake.float())).backward()
    optimizers[1].step()
    with fabric.autocast():
        judged = discriminator(torch.cat([x, y_hat], 1))
    reconstruction, adversarial = reconstruction_loss(y, y_hat.float()), adversarial_loss(judged.float())
    optimizers[0].zero_grad()
    (adversarial + LAMBDA * reconstruction).backward()
    optimizers[0].step()
    return reconstruction.detach(), adversarial.detach()


class Pix2Pix:
    """The trained network as a row of the rival table."""

    def __init__(self, path: Path) -> None:
        self.network = UNet256(CHANNELS)
        self.network.load_state_dict(load_file(path))
        self.network.eval()
        with safe_open(path, "pt") as file:
            self.trained: str = (file.metadata() or {}).get("trained", "of unknown training")

    @torch.inference_mode()
    def __call__(self, item: Item, hints: NDArray[np.uint8]) -> RGB:
        """hints (h, w, 4), opaque where one is -> (h, w, 3); h and w must be multiples of 256."""
        lines = item.lines
        colors = torch.from_numpy(np.ascontiguousarray(hints[None, ..., :3]))
        x = conditioned(torch.from_numpy(lines[None]), colors, torch.from_numpy(hints[None, ..., 3] >= 128))
        drawn = (self.network(x)[0].permute(1, 2, 0).clamp(-1, 1) + 1) * 127.5
        return drawn.round().byte().numpy()

    def without_hints(self, name: str, lines: NDArray[np.uint8]) -> RGB:
        """Line art (h, w) of any size -> (h, w, 3): drawn at the 256 px of its training, on white paper, and enlarged."""
        height, width = lines.shape
        scale = min(1.0, SIZE / max(height, width))
        shape = max(1, round(height * scale)), max(1, round(width * scale))
        square = np.full((SIZE, SIZE), 255, np.uint8)
        square[: shape[0], : shape[1]] = cv2.resize(lines, shape[::-1], interpolation=cv2.INTER_AREA)
        drawn = self(Item(name, square), np.zeros((SIZE, SIZE, 4), np.uint8))[: shape[0], : shape[1]]
        return np.asarray(cv2.resize(drawn, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def train_pix2pix(items: Items, out: Path, minutes: float, seed: int, say: Callable[[str], None] = print) -> bool:
    """Trains for so many minutes, making the samples included, and writes G's weights to `out`; False when it was stopped before.

    Minutes are of the processors that torch may use, so what else runs does not shorten the training. Beside `out` it keeps a
    checkpoint, also when it is stopped, and goes on from one that is there: the minutes are those of all runs.
    """
    keep_freed_memory()
    torch.manual_seed(seed)
    fabric = Fabric(precision=precision())
    place = out.with_suffix(".checkpoint.pt")
    networks = UNet256(CHANNELS), patch_discriminator(CHANNELS + 3)
    for network in networks:
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizers = tuple(torch.optim.Adam(each.parameters(), RATE, BETAS, fused=True) for each in networks)
    step, before = 0, 0.0
    if place.exists():
        state = read_state(place)
        step, before = state["step"], state["seconds"]
        for part, values in zip((*networks, *optimizers), state["parts"], strict=True):
            part.load_state_dict(values)

    def save(seconds: float) -> None:
        parts = [part.state_dict() for part in (*networks, *optimizers)]
        write_state(place, {"step": step, "seconds": seconds, "parts": parts})

    batches = iter(loader(Samples(items, SIZE, seed, (LINEART,)), Numbers(step * BATCH, BATCH), 0))
    begun = processor_seconds() - before
    saved = before
    with stop_on_signals() as stopped:
        while (passed := processor_seconds() - begun) < 60 * minutes and not stopped:
            raw = next(batches)
            x = conditioned(raw["x"][..., 0], raw["hints"], raw["hints_mask"])
            y = raw["y"].permute(0, 3, 1, 2).float() / 127.5 - 1
            pair = (each.contiguous(memory_format=torch.channels_last) for each in (x, y))
            reconstruction, adversarial = textbook_step(fabric, networks, optimizers, *pair)
            step += 1
            if step % 20 == 0:
                pace = step * BATCH / passed
                say(f"step {step}  {pace:.1f} images/s  l1 {reconstruction:.4f}  adversarial {adversarial:.3f}")
            if passed - saved > 60 * CHECKPOINT_MINUTES:
                saved = passed
                save(passed)
    save(passed)
    if stopped:
        say(f"stopped after {passed / 60:.1f} of {minutes:g} minutes; the same command continues")
        return False
    trained = f"{step} steps of {BATCH} in {minutes:g} minutes of {torch.get_num_threads()} cores"
    with atomic_write(out) as beside:
        values = {name: value.contiguous() for name, value in networks[0].state_dict().items()}
        save_file(values, beside, {"trained": trained})
    say(f"{out}: {trained}")
    return True


def processor_seconds() -> float:
    """How long this process has had each of its processors, on the mean."""
    return time.process_time() / torch.get_num_threads()


@click.command()
@click.argument("data", type=click.Path(path_type=Path, exists=True))
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--minutes", type=float, default=60.0, show_default=True, help="Of every processor, samples included, in all runs."
)
@click.option("--seed", type=int, default=1, show_default=True)
def main(data: Path, out: Path, minutes: float, seed: int) -> None:
    """Trains pix2pix on the line art that colorgan trains on; continues where it was stopped."""
    if not train_pix2pix(open_cache(data), out, minutes, seed, click.echo):
        raise SystemExit(TrainingError.exit_code)


if __name__ == "__main__":
    main()
