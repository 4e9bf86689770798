"""`colorgan data`: the training art, from packages or from a person's own folder."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from colorgan_core import options
from colorgan_core.errors import OutputError, UsageError
from colorgan_core.picture.pixels import write_picture

from .cache import open_cache, open_part
from .compose_command import compose, preview
from .hold_out import MIN_HELD_OUT, MIN_PICTURES
from .prepare import Tally, drawing, prepare_source
from .sources import SOURCES, Art, folder_art, not_read, source_art
from .studio_command import studio
from .triples import prepare_triples

BROKEN = ("broken picture", "not an SVG", "cannot be drawn")
SHOWN_NAMES = 8  # of one kind of files that were left out


@click.group()
def data() -> None:
    """Make and look at training data."""


data.add_command(compose)
data.add_command(preview)
data.add_command(studio)


@data.command(
    epilog=options.examples(
        "data prepare --out DATA --style",
        "data prepare --out DATA --limit 50",
        "data prepare --out MINE --from my-pictures/",
    )
)
@click.option("--out", type=options.path("folder"), required=True, help="Folder of the data set.")
@click.option("--source", "names", multiple=True, metavar="NAME", type=click.Choice(list(SOURCES)),
              help=f"Only this source; repeatable. One of {', '.join(SOURCES)}.")  # fmt: skip
@click.option("--from", "folder", type=options.path("folder"), help="Your own colour pictures instead of packages.")
@click.option("--workers", type=options.whole(1, 64), default=min(8, os.cpu_count() or 1), show_default=True,
              help="Number of processes.")  # fmt: skip
@click.option("--limit", type=options.whole(1), help="At most this many items of each source, for a quick look.")
@click.option("--style", is_flag=True, help="Also make the targets of the style task, with a teacher network.")
@click.option("--triples", type=options.whole(1), default=3000, show_default=True, help="Number of style pictures.")
@click.option("--downloads", type=options.path("folder"), help="Folder with packages [default: OUT/downloads].")
def prepare(
    out: Path, names: tuple[str, ...], folder: Path | None, workers: int, limit: int | None, style: bool, triples: int,
    downloads: Path | None,
) -> None:  # fmt: skip
    """Fetch, check, draw and store art as pairs of colour and line art.

    The same command continues an interrupted run.
    """
    if out.is_file():
        raise UsageError(f"--out needs a folder, but {out} is a file.")
    console = Console()
    chosen = list(dict.fromkeys(names)) or ([] if folder else list(SOURCES))
    tallies: list[Tally] = []
    content: list[Art] = []
    drawn = 0
    began = time.monotonic()
    try:
        with drawing(workers) as run, progress_bars(console) as bars:
            for source in [*chosen, *(["folder"] if folder else [])]:
                bar = bars.add_task(source, total=None)
                arts = list_art(source, folder, downloads or out / "downloads")[:limit]
                bars.update(bar, total=len(arts))
                tallies.append(prepare_source(arts, out, run, partial(bars.advance, bar)))
                content += arts if style else []
            if style:
                bar = bars.add_task("style", total=triples)
                drawn = prepare_triples(open_cache(out), content, out, triples, workers, partial(bars.advance, bar))
    except KeyboardInterrupt:
        console.print("Stopped; the same command continues from here.")
        raise
    report(console, tallies, time.monotonic() - began)
    if folder is not None:
        report_folder(console, folder, tallies[-1])
    if style:
        console.print(f"{triples} style triples are ready, {drawn} of them drawn now.")


@data.command(epilog=options.examples("data hand --data DATA --out hand/"))
@click.option("--data", "folder", type=options.path("folder"), required=True, help="Folder of `data prepare`.")
@click.option("--out", type=options.path("folder"), required=True, help="Folder for the pictures.")
def hand(folder: Path, out: Path) -> None:
    """Write a hundred drawings of an artist that training never sees, to try fine-tuning.

    `colorgan evaluate --set new-hand` measures on other drawings of the same artist.
    """
    practice = open_part(folder, "practice")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {out} cannot be made: {error.strerror}.") from error
    for index in range(len(practice)):
        item = practice[index]
        write_picture(out / f"{item.name}.png", np.dstack([item.color, item.alpha]))
    click.echo(f"{len(practice)} drawings are in {out}.")


def list_art(source: str, folder: Path | None, downloads: Path) -> list[Art]:
    return folder_art(folder) if folder and source == "folder" else source_art(source, downloads)


def progress_bars(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:26}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TimeRemainingColumn(), console=console, disable=not console.is_terminal,
    )  # fmt: skip


def report(console: Console, tallies: list[Tally], seconds: float) -> None:
    """The table, the broken files by name, and the speed."""
    table = Table("source", "items", "kept", "with line art", "tuning", "held out", "dropped")
    for tally in tallies:
        reasons = ", ".join(f"{len(names)} {reason}" for reason, names in sorted(tally.dropped.items()))
        counts = (tally.total, tally.kept, tally.with_outline, tally.tuning, tally.held_out)
        table.add_row(tally.source, *(str(count) for count in counts), reasons or "-")
    console.print(table)
    for tally in tallies:
        broken = [name for reason in BROKEN for name in tally.dropped.get(reason, [])]
        if broken:
            console.print(f"{tally.source}: could not be read: {named(broken)}", markup=False)
    drawn, kept = sum(tally.drawn for tally in tallies), sum(tally.kept for tally in tallies)
    rate = f"{drawn / seconds:.1f} pairs a second"
    speed = f"{drawn} items drawn in {seconds:.1f} s, {rate}" if drawn else "nothing to do"
    console.print(f"{speed}; {kept} squares are ready.", markup=False)


def report_folder(console: Console, folder: Path, tally: Tally) -> None:
    """Of a person's own pictures: which files were left out and why, and whether enough are held out to measure on."""
    for reason, names in sorted(tally.dropped.items()):
        if reason not in BROKEN:
            console.print(f"left out, {reason}: {named(names)}", markup=False)
    for suffix, names in sorted(not_read(folder).items()):
        console.print(f"left out, {suffix or 'no ending'} is not read: {named(names)}", markup=False)
    if not_read(folder):
        console.print("PNG, JPEG, WebP and SVG are read; pictures of other kinds must be exported as one of these.")
    if tally.kept < MIN_PICTURES:
        console.print(
            f"{tally.kept} pictures are too few to hold any out: `colorgan evaluate --set held-out` needs {MIN_PICTURES}."
        )
    elif tally.held_out < MIN_HELD_OUT:
        console.print(
            f"Only {tally.held_out} pictures are held out, because most of them look alike; figures measured on them mean little."
        )
    else:
        console.print(
            f"{tally.held_out} pictures are held out: training never sees them, and `evaluate` measures on them."
        )


def named(names: list[str]) -> str:
    """The first few of them, and how many more there are."""
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return ", ".join(names[:SHOWN_NAMES]) + more
