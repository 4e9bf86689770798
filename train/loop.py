"""The training run: steps until the budget is spent, with checkpoints, a live line, TensorBoard, and clean stops."""

from __future__ import annotations

import contextlib
import math
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from colorgan_core import __version__
from colorgan_core.errors import TrainingError, WeightsError
from colorgan_core.files import sha256_of, sweep
from colorgan_core.inference.runner import bfloat16_is_fast
from colorgan_core.model.config import PRESETS, TASKS, ModelConfig
from colorgan_core.model.ink import InkNet
from colorgan_core.model.weights import Weights, load_weights, save_weights
from colorgan_core.stored_weights import find

from .bank import common_colors, palette_bank
from .card import earlier_runs, model_card
from .checkpoint import NAME, check_fresh, load_furthest, restore, save_checkpoint
from .dataset import Numbers, Samples, fingerprint, loader, to_batch
from .memory import keep_freed_memory
from .sample import Items, Styles
from .settings import Settings
from .step import Networks, build, training_step
from .together import check_same, largest, leaving_said, means, part, processes
from .validate import Validation

WEIGHTS = "weights.safetensors"
COLLAPSE_AFTER = 300  # steps; before that a network may well be plain white
COLLAPSE_SPREAD = 0.1  # of the truth's spread: less over a whole batch is one flat colour
SMOOTH = 0.98  # of the live line's running means


@dataclass(frozen=True)
class Budget:
    """When a run ends: after `steps`, or after `minutes` of training in all sessions together, whichever is given."""

    steps: int | None = None
    minutes: float | None = None

    def done(self, step: int, seconds: float) -> float:
        """Share of the run that is behind, 1 or more when it is over."""
        shares = [step / self.steps] if self.steps else []
        shares += [seconds / 60 / self.minutes] if self.minutes else []
        return max(shares, default=0.0)


def pace(step: int, done: float, settings: Settings) -> float:
    """Factor on the learning rates: a linear rise over `warmup` steps, a linear fall over the last share `decay` of the run."""
    rise = min(1.0, (step + 1) / max(settings.warmup, 1))
    fall = min(1.0, max(0.0, (1 - done) / settings.decay)) if settings.decay else 1.0
    return rise * fall


@leaving_said()
def train(
    train_items: Items,
    held_out_items: Items | None,
    out: Path,
    settings: Settings,
    budget: Budget,
    *,
    resume: bool = False,
    init: str | None = None,
    config: ModelConfig | None = None,
    say: Callable[[str], None] = print,
    card: dict[str, int] | None = None,
    triples: Styles | None = None,
) -> Path:
    """Trains and returns the path of the weights file. `config`: the networks, in place of the preset's, for comparisons. `say` gets one
    line about each stage and the live line; `card` the number of pictures of each source, for the model card. `triples`: the style
    task's truth, where there is one.

    Under `torchrun` every process calls this alike, and the first writes.

    Raises TrainingError on NaN, on a collapse, when there is nothing to resume, and when processes differ or one has left; the last
    good checkpoint stays.
    """
    keep_freed_memory()
    start = load_weights(init) if init else None
    fabric = Fabric(precision=precision(), **processes())
    fabric.launch()
    if fabric.world_size > 1:
        check_same(fabric, {
            "version": (__version__, torch.__version__.split("+")[0]),  # behind the plus is what torch was built for
            "--resume": resume,
            "the weights of --init": sha256_of(find(init)) if init else None,
            "--steps or --minutes": budget,
            "settings": replace(settings, workers=0),  # how many make samples is each machine's own affair
            "data": fingerprint(train_items, triples),
        })  # fmt: skip
        if not resume:
            check_fresh(fabric, out)
    state = load_furthest(fabric, out) if resume else None
    if state:
        settings, config = _read_settings(state["settings"]), ModelConfig.from_dict(state["config"])
    else:
        config = start.config if start else config or PRESETS[settings.preset]
    networks = build(fabric, config, settings)
    step, seconds = 0, 0.0
    if state:
        restore(networks, state)
        step, seconds, palettes, earlier = (state[name] for name in ("step", "seconds", "palettes", "earlier"))
    else:
        if start:
            for network in (networks.generator, networks.average):
                network.load_state_dict(start.generator.state_dict())
            networks.discriminator.load_state_dict(start.discriminator.state_dict())
        palettes = palette_bank(train_items)
        if not start:
            for network in (networks.generator, networks.average):
                network.cells.colors.copy_(common_colors(palettes, config.colors))
        earlier = earlier_runs(start.card) if start else []
    if fabric.is_global_zero:
        out.mkdir(parents=True, exist_ok=True)
        for name in (NAME, WEIGHTS):
            sweep(out / name)
    run = Run(
        fabric,
        networks,
        config,
        settings,
        out,
        palettes,
        card or {},
        earlier,
        len(triples or ()),
        say,
        contour_network(start),
    )
    tasks = tuple(TASKS.index(name) for name in settings.tasks.split(","))
    own = networks.generator.cells.colors.cpu().numpy().astype(np.float64) * 100
    validation = Validation(held_out_items, settings.size, own) if held_out_items and fabric.is_global_zero else None
    samples = Samples(train_items, settings.size, settings.seed, tasks, triples, own)
    run.go(samples, validation, budget, step, seconds)
    part(fabric)
    return out / WEIGHTS


def contour_network(start: Weights | None) -> InkNet:
    """The network for contours, which is trained by itself (ink.py): that of the weights to start from, or of those that come along."""
    try:
        return (start or load_weights("default")).ink
    except WeightsError:  # of an installation without any
        return InkNet()


def precision() -> str:
    """bf16 where it is faster than float32."""
    return "bf16-mixed" if torch.cuda.is_available() or bfloat16_is_fast() else "32-true"


@dataclass
class Run:
    fabric: Fabric
    networks: Networks
    config: ModelConfig
    settings: Settings
    out: Path
    palettes: Tensor
    card: dict[str, int]
    earlier: list[dict[str, Any]]
    triples: int
    say: Callable[[str], None]
    ink: InkNet

    def go(self, samples: Samples, validation: Validation | None, budget: Budget, step: int, seconds: float) -> None:
        """Steps until the budget is spent or a signal asks for a stop; both end with a checkpoint and a weights file."""
        fabric, settings = self.fabric, self.settings
        world = fabric.world_size
        numbers = Numbers(step * settings.batch * world, settings.batch, fabric.global_rank, world)
        batches = iter(loader(samples, numbers, settings.workers))
        writer = SummaryWriter(self.out / "tensorboard") if fabric.is_global_zero else None
        live = Live(settings.batch * world)
        saved = seconds
        with stop_on_signals() as stopped:
            while (done := self.agreed(budget.done(step, seconds), bool(stopped))) < 1:
                begun = time.perf_counter()
                batch = to_batch(next(batches)).to(fabric.device)
                losses = training_step(fabric, self.networks, batch, settings, pace(step, done, settings), step)
                losses = means(fabric, losses)
                self.check(losses, step)
                step += 1
                seconds += time.perf_counter() - begun
                live.add(losses, time.perf_counter() - begun)
                if step % 20 == 0 and writer:
                    self.say(live.line(step, budget, seconds))
                    for name, value in live.means.items():
                        writer.add_scalar(f"train/{name}", value, step)
                if seconds - saved >= settings.checkpoint_minutes * 60:
                    saved = seconds
                    self.save(step, seconds, validation, writer)
        self.save(step, seconds, validation, writer)
        self.say(f"stopped at step {step} after {seconds / 60:.1f} minutes of training")

    def agreed(self, done: float, stopped: bool) -> float:
        """How much is done by the first process's clock, and all of it once any process was told to stop: clocks and signals
        differ between processes, steps must not."""
        return largest(self.fabric, 1.0 if stopped else done if self.fabric.is_global_zero else 0.0)

    def check(self, losses: dict[str, Tensor], step: int) -> None:
        """Raises TrainingError when numbers are no numbers any more or every pixel has become alike."""
        broken = [name for name, value in losses.items() if not math.isfinite(float(value))]
        if broken:
            raise TrainingError(
                f"The loss became NaN or infinite at step {step} ({', '.join(broken)}); the last checkpoint in {self.out} is good."
            )
        if step > COLLAPSE_AFTER and losses["spread"] < COLLAPSE_SPREAD * losses["true_spread"]:
            raise TrainingError(
                f"The generator collapsed at step {step}: its pictures have lost all variation; lower the rate and start again."
            )

    def save(self, step: int, seconds: float, validation: Validation | None, writer: SummaryWriter | None) -> None:
        if not self.fabric.is_global_zero or writer is None:
            return
        # before the pictures, which take their time: who was told to stop may be killed soon
        save_checkpoint(self.out, self.networks, self.config, self.settings, step, seconds, self.palettes, self.earlier)
        scores: dict[str, float] = {}
        if validation:
            scores, sheet = validation(self.networks.average)
            writer.add_image("held-out", sheet, step)
            for name, value in scores.items():
                writer.add_scalar(name, value, step)
            self.say(f"step {step}: " + "  ".join(f"{name} {value:.2f}" for name, value in scores.items()))
        writer.flush()
        card = model_card(self.card, asdict(self.settings), step, seconds, scores, self.earlier, self.triples)
        weights = Weights(
            self.config,
            self.networks.average,
            self.networks.discriminator,
            self.palettes,
            card,
            ink=self.ink,
        )
        save_weights(self.out / WEIGHTS, weights)


class Live:
    """Running means for the live line."""

    def __init__(self, images: int) -> None:
        self.images, self.means = images, dict[str, float]()

    def add(self, losses: dict[str, Tensor], seconds: float) -> None:
        for name, value in {**losses, "seconds": torch.tensor(seconds)}.items():
            self.means[name] = SMOOTH * self.means.get(name, float(value)) + (1 - SMOOTH) * float(value)

    def line(self, step: int, budget: Budget, seconds: float) -> str:
        done = budget.done(step, seconds)
        left = seconds / done - seconds if done > 0 else 0.0
        losses = "  ".join(
            f"{name} {self.means[name]:.4f}"
            for name in ("l1", "choice", "pointing", "texture", "adversarial", "discriminator")
        )
        return f"step {step}  {self.images / self.means['seconds']:.1f} images/s  {losses}  {left / 60:.1f} min left"


@contextlib.contextmanager
def stop_on_signals() -> Iterator[list[int]]:
    """A list that is filled when Ctrl-C or SIGTERM arrives, so that the run can end its step and save."""
    caught: list[int] = []
    old = {number: signal.signal(number, lambda n, _: caught.append(n)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def _read_settings(values: dict[str, Any]) -> Settings:
    unknown = set(values) - {f.name for f in fields(Settings)}
    if unknown:
        raise TrainingError(
            f"The checkpoint has settings that this version does not support: {', '.join(sorted(unknown))}."
        )
    return Settings(**values)
