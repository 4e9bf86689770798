"""`colorgan train`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from colorgan_core import options
from colorgan_core.errors import TrainingError, UsageError
from colorgan_core.files import check_spared
from colorgan_core.model.config import PRESETS, TASKS
from colorgan_core.operations import WEIGHTS
from colorgan_core.stored_weights import find

from .cache import Cache, open_cache
from .settings import Settings
from .split import TRAINING
from .triples import open_triples

DEFAULTS = Settings()
FINE_RATE = 1e-4  # from trained weights; at the full rate they forget more than they learn in the first minutes


@click.command(
    epilog=options.examples(
        "train --data DATA --out RUN --minutes 60",
        "train --data DATA --out RUN --resume --minutes 120",
        "train --init default --data MINE --out TUNED --minutes 15",
    )
)
@click.option("--data", type=options.path("folder"), required=True, help="Folder of `colorgan data prepare`.")
@click.option("--out", type=options.path("folder"), required=True, help="Folder for checkpoints, weights and logs.")
@click.option("--preset", type=click.Choice(sorted(PRESETS)), default=DEFAULTS.preset, show_default=True,
              help="Size of the networks.")  # fmt: skip
@click.option("--tasks", metavar="NAMES", default=DEFAULTS.tasks, show_default=True,
              help="Tasks to train, separated by commas; for comparisons.")  # fmt: skip
@click.option("--resume", is_flag=True, help="Continue from the checkpoint in --out, with its settings.")
@click.option("--init", metavar="FILE", help=f"Start from weights: {WEIGHTS.help[0].lower()}{WEIGHTS.help[1:]}")
@click.option("--minutes", type=options.number(0, above=True), help="Stop after this many minutes of training in all.")
@click.option("--steps", type=options.whole(1), help="Stop after this many steps in all.")
@click.option(
    "--size", type=options.whole(64, 256), default=DEFAULTS.size, show_default=True, help="Side of a sample in pixels."
)
@click.option("--batch", type=options.whole(1), default=DEFAULTS.batch, show_default=True, help="Samples a step.")
@click.option(
    "--seed", type=options.whole(0), default=DEFAULTS.seed, show_default=True, help="Seed of all random numbers."
)
@click.option(
    "--workers",
    type=options.whole(0),
    default=DEFAULTS.workers,
    show_default=True,
    help="Number of processes that make samples.",
)
@click.option("--compile", is_flag=True, help="Compile colour spaces and losses; needs a C++ compiler.")
@click.option("--rate", type=options.number(0, above=True),
              help=f"Learning rate of G [default: {DEFAULTS.rate}, with --init {FINE_RATE}].")  # fmt: skip
@click.option("--color-space", type=click.Choice(["din99o", "lab", "rgb"]), default=DEFAULTS.color_space, show_default=True,
              help="Of the L1 loss.")  # fmt: skip
@click.option("--lambda", "weight", type=options.number(0), default=DEFAULTS.reconstruction_weight, show_default=True,
              help="Weight of the L1 loss beside the adversarial loss.")  # fmt: skip
def train(
    data: Path, out: Path, preset: str, resume: bool, init: str | None, minutes: float | None, steps: int | None,
    size: int, batch: int, seed: int, workers: int, rate: float | None, color_space: str, weight: float, tasks: str,
    compile: bool,
) -> None:  # fmt: skip
    """Train G and D on prepared art; pictures of the tuning part and held-out ones are refused."""
    from .loop import WEIGHTS as WEIGHTS_FILE
    from .loop import Budget
    from .loop import train as run
    from .together import first

    if minutes is None and steps is None:
        raise UsageError("Choose how long to train: --minutes N or --steps N.")
    if resume and init:
        raise UsageError("--resume continues from a checkpoint and --init starts a new run; give one of them.")
    if size % 32:
        raise UsageError(f"--size must be a multiple of 32, but {size} is not.")
    unknown = sorted(set(tasks.split(",")) - set(TASKS))
    if unknown:
        raise UsageError(f"There is no task {', '.join(unknown) or 'without a name'}; tasks are {', '.join(TASKS)}.")
    settings = Settings(
        preset=preset, size=size, batch=batch, seed=seed, workers=workers, color_space=color_space,
        reconstruction_weight=weight, tasks=tasks, compile=compile,
        rate=rate or (FINE_RATE if init else DEFAULTS.rate),
    )  # fmt: skip
    if init is not None:
        check_spared(out / WEIGHTS_FILE, [find(init)])
    items = open_cache(data)
    refuse_other_parts(items)
    held_out = open_cache(data, held_out=True)
    weights = run(
        items,
        held_out,
        out,
        settings,
        Budget(steps, minutes),
        resume=resume,
        init=init,
        say=click.echo,
        card=sources(items),
        triples=open_triples(data),
    )
    if first():  # the others have written none
        click.echo(f"weights: {weights}")


def refuse_other_parts(items: Cache) -> None:
    """Raises TrainingError when one of the items belongs to the tuning or held-out part of the split that `data prepare` wrote."""
    for index in range(len(items)):
        item = items.describe(index)
        if item["part"] != TRAINING:
            raise TrainingError(
                f"The item {item['name']} of {item['source']} is in the part {item['part']} and must not be trained on."
            )


def sources(items: Cache) -> dict[str, int]:
    """How many pictures of each source, for the model card."""
    return dict(Counter(items.describe(index)["source"] for index in range(len(items))))
