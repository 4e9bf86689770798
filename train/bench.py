"""`colorgan bench`: speed side by side in one run, as medians and ratios, and how well regions are found.

Nothing else may run on the machine meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from colorgan_core import options
from colorgan_core.errors import MissingDependency
from colorgan_core.inference.runner import choose_runner
from colorgan_core.model.config import PRESETS

from .evaluation.report import card_place, into_card, wide_console
from .evaluation.tables import fills_table
from .timing import processor, timed_in_turns


@click.group()
def bench() -> None:
    """Measure what needs no training pictures."""


def rounds_of(least: int) -> Callable[[Any], Any]:
    return click.option(
        "--rounds",
        type=options.whole(least),
        default=5,
        show_default=True,
        help="Timings of each; the median is shown.",
    )


@bench.command(epilog=options.examples("bench speed", "bench speed --card weights.safetensors"))
@click.option(
    "--preset", type=click.Choice(sorted(PRESETS)), default="base", show_default=True, help="Size of the networks."
)
@rounds_of(5)
@click.option("--card", metavar="WEIGHTS", help="Put the figures into the model card of these weights.")
@options.device
def speed(preset: str, rounds: int, card: str | None, device: str) -> None:
    """Time the generator, training, line art, styles and a cold start, each beside other programs for the same work."""
    from .bench_speed import measure

    if card is not None:
        card_place(card)  # before the work, so that nobody waits for nothing
    runner, console = choose_runner(device), wide_console()
    console.print(f"{runner.description}; medians of {rounds}, timed in turns")
    lines = measure(console, preset, runner, device, rounds)
    if card is not None:
        into_card(card, {f"speed on {processor()}, {runner.description}": [line.record() for line in lines]})


@bench.command(epilog=options.examples("bench regions", "bench regions --scenes 50"))
@click.option("--scenes", "count", type=options.whole(1), default=224, show_default=True, help="Number of drawings.")
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


@bench.command(epilog=options.examples("bench compositions --data DATA"))
@click.option("--data", type=options.path("folder"), required=True, help="A folder with compositions.")
@click.option("--drawings", type=options.whole(13), default=130, show_default=True, help="Number of drawings.")
@rounds_of(5)
def compositions(data: Path, drawings: int, rounds: int) -> None:
    """Time reading a composition and drawing it, beside a training step."""
    from .bench_compositions import measure

    measure(wide_console(), data, drawings, rounds)


@bench.command(epilog=options.examples("bench engine"))
@rounds_of(3)
def engine(rounds: int) -> None:
    """Time the engine beside the same work in this process, its start, and what another hint costs."""
    from .bench_engine import measure

    measure(Console(), rounds)


@bench.command(epilog=options.examples("bench batch", "bench batch --frames 100 --size 512"))
@click.option("--frames", type=options.whole(1), default=24, show_default=True, help="Number of drawings.")
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
    """Time Ray clusters of one, two and three nodes on this machine, and estimate the limit of a farm of a hundred."""
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
