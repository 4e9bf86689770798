"""`colorgan data compose` and `colorgan data preview`: compositions made for training, and looked at."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from functools import partial
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from colorgan_core import options
from colorgan_core.picture.pixels import write_picture

from .compose.cache import FOLDERS, SHARD, shard_stem, write_compositions
from .compose.composition import Composition
from .compose.lettering import Fonts, open_fonts
from .compose.make import compose as make
from .compose.pieces import Pieces, open_pieces
from .split import TRAINING

PART_NAMES = {name: part for part, name in FOLDERS.items()}
SHOWN = 40  # compositions on a preview
ACROSS = 5
TILE = 400  # px of a crop at native size
GAP = 8

_at_work: tuple[Pieces, Fonts] | None = None  # a worker's own pieces, opened once

part_option = click.option(
    "--set", "name", type=click.Choice(list(PART_NAMES)), default=FOLDERS[TRAINING], show_default=True,
    help="Part of the art that the pieces are taken from.",
)  # fmt: skip
downloads_option = click.option(
    "--downloads", type=options.path("folder"), help="Folder with packages [default: DATA/downloads]."
)


@click.command(
    epilog=options.examples(
        "data compose --data DATA --count 6000", "data compose --data DATA --set tuning --count 200"
    )
)
@click.option("--data", "folder", type=options.path("folder"), required=True, help="Folder of the data set.")
@click.option("--count", type=options.whole(1), default=6000, show_default=True, help="Number of compositions.")
@part_option
@click.option("--size", type=options.whole(512, 2048), default=1024, show_default=True, help="Long side in px.")
@click.option("--workers", type=options.whole(1, 64), default=min(8, os.cpu_count() or 1), show_default=True,
              help="Number of processes.")  # fmt: skip
@downloads_option
def compose(folder: Path, count: int, name: str, size: int, workers: int, downloads: Path | None) -> None:
    """Compose figures, scenes and comic pages with their truth, and store them.

    The same command continues an interrupted run.
    """
    part = PART_NAMES[name]
    source = downloads or folder / "downloads"
    open_fonts(source)  # fetched once, before several processes look for them
    wanted = [
        (number, min(SHARD, count - number * SHARD))
        for number in range(-(-count // SHARD))
        if not shard_stem(folder, part, number).with_suffix(".json").is_file()
    ]
    began = time.monotonic()
    if wanted:
        open_pieces(source, part)
        context = multiprocessing.get_context("spawn")
        with context.Pool(min(workers, len(wanted)), open_worker, (source, part)) as pool:
            jobs = pool.imap_unordered(partial(make_shard, folder, part, size), wanted)
            with click.progressbar(jobs, length=len(wanted), label=f"{name} compositions") as bar:
                for _ in bar:
                    pass
    drawn, seconds = sum(shard[1] for shard in wanted), time.monotonic() - began
    click.echo(f"{count} {name} compositions are ready, {drawn} of them drawn now in {seconds:.0f} s.")


def open_worker(downloads: Path, part: str) -> None:
    """Prepare a drawing process; Ctrl-C is the parent's to handle."""
    global _at_work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _at_work = open_pieces(downloads, part), open_fonts(downloads)


def make_shard(folder: Path, part: str, size: int, shard: tuple[int, int]) -> None:
    """Draw and store one shard. shard: its number and how many compositions it gets."""
    assert _at_work is not None
    pieces, fonts = _at_work
    number, count = shard
    compositions = [make(pieces, number * SHARD + turn, size, fonts=fonts) for turn in range(count)]
    write_compositions(shard_stem(folder, part, number), compositions, part)


@click.command(epilog=options.examples("data preview --data DATA --set tuning --out sheet.png"))
@click.option("--data", "folder", type=options.path("folder"), required=True, help="Folder of the data set.")
@part_option
@click.option("--out", type=options.path(), required=True, help="The sheet.")
@click.option("--size", type=options.whole(512, 2048), default=1024, show_default=True, help="Long side in px.")
@click.option("--first", type=options.whole(0), default=0, show_default=True, help="Number of the first composition.")
@downloads_option
def preview(folder: Path, name: str, out: Path, size: int, first: int, downloads: Path | None) -> None:
    """Show forty compositions as crops at native size: the clean ink, and the finished picture in its true colours."""
    source = downloads or folder / "downloads"
    pieces, fonts = open_pieces(source, PART_NAMES[name]), open_fonts(source)
    pairs = [pair(make(pieces, first + number, size, fonts=fonts)) for number in range(SHOWN)]
    rows = [np.hstack(pairs[start : start + ACROSS]) for start in range(0, SHOWN, ACROSS)]
    write_picture(out, np.vstack(rows))


def pair(composition: Composition) -> NDArray[np.uint8]:
    """Ink and inked picture of the part of a composition where most surfaces meet, and a gap to the next pair."""
    rows, columns = busiest(composition)
    ink = np.repeat(composition.ink[rows, columns][..., None], 3, 2)
    both = np.hstack([ink, composition.inked()[rows, columns]])
    sheet = np.full((TILE + GAP, 2 * TILE + GAP, 3), 128, np.uint8)
    sheet[: both.shape[0], : both.shape[1]] = both
    return sheet


def busiest(composition: Composition) -> tuple[slice, slice]:
    """Where a crop of TILE px shows most different surfaces, of places on a grid."""
    height, width = composition.surfaces.shape
    tops = range(0, max(1, height - TILE + 1), TILE // 4)
    lefts = range(0, max(1, width - TILE + 1), TILE // 4)
    places = [(slice(top, top + TILE), slice(left, left + TILE)) for top in tops for left in lefts]
    return max(places, key=lambda place: len(np.unique(composition.surfaces[place][::4, ::4])))
