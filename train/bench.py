"""`colorgan bench`: speed side by side in one run, as medians and ratios, and how well regions are found.

Nothing else may run on the machine meanwhile.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click
import numpy as np
import torch
from lightning_fabric import Fabric
from rich.console import Console
from rich.table import Table
from torch.utils.flop_counter import FlopCounterMode

from colorgan_core import options
from colorgan_core.engine.loaded import Loaded
from colorgan_core.engine.pipeline import Colorizer
from colorgan_core.engine.request import ColorizeRequest
from colorgan_core.engine.runner import choose_runner
from colorgan_core.errors import MissingDependency
from colorgan_core.model.conditions import Conditions
from colorgan_core.model.config import LINEART, PRESETS
from colorgan_core.model.generator import Generator

from .bench_engine import rings
from .dataset import Batch
from .evaluation.tables import fills_table
from .loop import precision
from .pix2pix import textbook_step
from .settings import Settings
from .step import build, training_step
from .textbook import UNet256, patch_discriminator

Job = Callable[[], object]


@click.group()
def bench() -> None:
    """Measure what needs no pictures of anyone."""


def rounds_of(least: int) -> Callable[[Any], Any]:
    return click.option(
        "--rounds", type=options.whole(least), default=5, show_default=True, help="Timings of each; the median counts."
    )


@bench.command(epilog=options.examples("bench speed"))
@click.option(
    "--preset", type=click.Choice(sorted(PRESETS)), default="base", show_default=True, help="Size of the networks."
)
@rounds_of(5)
@options.device
def speed(preset: str, rounds: int, device: str) -> None:
    """Time the generator, a training step and a whole job beside pix2pix's U-Net 256."""
    runner = choose_runner(device)
    console = Console()
    console.print(f"{runner.description}; medians of {rounds}, timed in turns")
    console.print(_table("generator forward, one picture", _forward(preset, runner), rounds))
    console.print(
        _table(
            "training step (G and D), 16 samples of 256 px", training_jobs(Settings(preset=preset, size=256)), rounds
        )
    )
    console.print(_table("whole job, line art with a warm model", _jobs(device), rounds))


@bench.command(epilog=options.examples("bench regions", "bench regions --scenes 50"))
@click.option("--scenes", "count", type=options.whole(1), default=224, show_default=True, help="How many.")
def regions(count: int) -> None:
    """Fill made-up line art, whose regions are known, from one spot of colour a region: beside a plain fill and G'MIC."""
    from .evaluation import fills

    made = fills.scenes(count)
    spots = [fills.spots_of(scene) for scene in made]
    painted = {
        "colorgan's regions": fills.ours(made, spots),
        "plain fill, connected pixels": [
            fills.paint_by_labels(fills.components(scene.lines), places)
            for scene, places in zip(made, spots, strict=True)
        ],
    }
    if has_gmic():
        painted["G'MIC smart colouring"] = fills.gmic_paint(made, spots, lambda: None)
    Console().print(fills_table([fills.figures(row, made, paint) for row, paint in painted.items()], count))


@bench.command(epilog=options.examples("bench flats"))
@rounds_of(5)
def flats(rounds: int) -> None:
    """Time regions and flats alone, without the network, beside G'MIC's smart colouring of the same drawing."""
    from .evaluation import fills

    rival_there = has_gmic()
    table = Table("size", "regions and flats, ms", "G'MIC, ms", "ratio", "bytes a pixel beyond the input")
    for size in (512, 1024, 2048, 4096):
        scene = fills.enlarged(size)
        spots = fills.spots_of(scene)
        hints = fills.painted_spots(scene, spots)
        ours = timed_in_turns({"flats": lambda scene=scene, hints=hints: fills.flat_colors(scene, hints)}, rounds)  # type: ignore[misc]
        rival = fills.gmic_seconds(scene, hints, rounds) if rival_there and size <= 2048 else None
        memory = fills.peak_memory(size) / size**2
        table.add_row(
            f"{size} x {size}", f"{ours['flats'] * 1e3:.0f}",
            *((f"{rival * 1e3:.0f}", f"{rival / ours['flats']:.1f}") if rival else ("–", "–")), f"{memory:.1f}",
        )  # fmt: skip
    Console().print(table)


@bench.command(epilog=options.examples("bench engine"))
@rounds_of(3)
def engine(rounds: int) -> None:
    """Time the engine beside the same work in this process, its start, and what another hint costs."""
    from .bench_engine import measure

    measure(Console(), rounds)


@bench.command(epilog=options.examples("bench batch", "bench batch --frames 100 --size 512"))
@click.option("--frames", type=options.whole(1), default=24, show_default=True, help="How many.")
@click.option("--size", type=options.whole(64), default=1024, show_default=True, help="Side of a frame in pixels.")
def batch(frames: int, size: int) -> None:
    """Time a sequence with one process and with two, beside a call of the command line a frame."""
    from .bench_batch import measure

    measure(Console(), frames, size)


@bench.command(epilog=options.examples("bench cluster", "bench cluster --frames 20 --size 2048"))
@click.option(
    "--frames",
    type=options.whole(1),
    default=10,
    show_default=True,
    help="In the short job; the long one has four times as many.",
)
@click.option("--size", type=options.whole(64), default=1024, show_default=True, help="Side of a frame in pixels.")
def cluster(frames: int, size: int) -> None:
    """Time Ray clusters of one, two and three nodes on this machine, and say where a farm of a hundred would end."""
    from .bench_batch import measure_cluster

    measure_cluster(Console(), frames, size)


def has_gmic() -> bool:
    """Whether G'MIC can be asked; says why not. Its environment is made when first needed."""
    from .evaluation.environments import gmic_python

    try:
        gmic_python(click.echo)
    except MissingDependency as error:
        click.echo(f"G'MIC is left out: {error}")
        return False
    return True


def timed_in_turns(jobs: dict[str, Job], rounds: int) -> dict[str, float]:
    """Median seconds of each job; the jobs take turns, so that a slow moment of the machine meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(rounds + 1):
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            if turn:  # the first turn warms caches and is not counted
                times[name].append(time.perf_counter() - started)
    return {name: statistics.median(each) for name, each in times.items()}


def _table(title: str, jobs: dict[str, Job], rounds: int) -> Table:
    table = Table("what", "ms", "ratio to the first", title=title, title_justify="left")
    medians = timed_in_turns(jobs, rounds)
    first = next(iter(medians.values()))
    for name, seconds in medians.items():
        table.add_row(name, f"{seconds * 1e3:.0f}", f"{seconds / first:.2f}")
    return table


def _forward(preset: str, runner: object) -> dict[str, Job]:
    from colorgan_core.engine.runner import Runner

    assert isinstance(runner, Runner)
    ours, textbook = runner.placed(Generator(PRESETS[preset]).eval()), runner.placed(UNet256().eval())

    def job(network: torch.nn.Module, size: int) -> Job:
        x = torch.rand(1, 3, size, size, device=runner.device).contiguous(memory_format=torch.channels_last)
        z = Conditions.empty(LINEART, 1, size, size).to(runner.device)
        arguments = (x, z) if network is ours else (x,)

        @torch.inference_mode()
        def run() -> None:
            with runner.autocast():
                network(*arguments)

        return run

    jobs = {}
    for size in (256, 512):
        for name, network in (("pix2pix U-Net 256", textbook), (f"colorgan {preset}", ours)):
            with FlopCounterMode(display=False) as counter:
                job(network, size)()
            jobs[f"{name}, {size} px, {counter.get_total_flops() / 1e9:.1f} GFLOP"] = job(network, size)
    return jobs


def training_jobs(settings: Settings) -> dict[str, Job]:
    preset = settings.preset
    fabric = Fabric(precision=precision(settings))
    networks = build(fabric, PRESETS[preset], settings)
    batch, size = settings.batch, settings.size
    x, y = torch.rand(batch, 3, size, size), torch.rand(batch, 3, size, size)
    known = torch.ones(batch, dtype=torch.bool)
    ours = Batch(
        x=x, y=y, alpha=torch.rand(batch, 1, size, size), alpha_known=known, paired=known, blind=known,
        z=Conditions.empty(LINEART, batch, size, size),
    )  # fmt: skip
    generator, discriminator = UNet256(), patch_discriminator()
    pair = generator, discriminator
    optimizers = tuple(torch.optim.Adam(each.parameters(), 2e-4, fused=True) for each in pair)

    def textbook() -> None:
        textbook_step(fabric, pair, optimizers, x, y)

    return {"pix2pix": textbook, f"colorgan {preset}": lambda: training_step(fabric, networks, ours, settings, 1.0, 1)}


def _jobs(device: str) -> dict[str, Job]:
    colorizer = Colorizer(Loaded("default", device))
    jobs: dict[str, Job] = {}
    for size in (512, 1024, 2048):
        request = ColorizeRequest(rings(size), task="lineart")
        given = replace(request, palette=np.array([[220, 60, 40], [240, 220, 90]], np.uint8))
        for name, each in (("colours chosen by the model", request), ("palette given", given)):

            def job(request: ColorizeRequest = each) -> None:
                colorizer.kept.clear()  # what is kept of the last picture would flatter the next
                colorizer.colorize(request)

            jobs[f"{size} px, {name}"] = job
    return jobs
