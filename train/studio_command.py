"""`colorgan data studio`: the sets for `colorgan evaluate --task dabs --set studio|tuning`."""

from __future__ import annotations

import os
from pathlib import Path

import click
import numpy as np

from colorgan_core import options
from colorgan_core.files import check_writable
from colorgan_core.picture.pixels import check_suffix, write_picture

from .compose.cache import FOLDERS
from .compose.conditions import CONDITIONS
from .compose.lettering import open_fonts
from .compose.pieces import open_pieces
from .compose.studio import COUNT, SETS, SIZE, Recipe, drawings_of, make_studio, sheet_of

PARTS = {FOLDERS[part]: part for part in SETS.values()}
TILE = 480  # px of a crop on the sheet


@click.command(
    epilog=options.examples(
        "data studio --data DATA --set held-out", "data studio --data DATA --set tuning --sheet drawings.png"
    )
)
@click.option("--data", "folder", type=options.path("folder"), required=True, help="Folder of the data set.")
@click.option(
    "--set",
    "name",
    type=click.Choice(list(PARTS)),
    required=True,
    help="Part of the art that the pieces are taken from.",
)
@click.option("--count", type=options.whole(1, 1000), default=COUNT, show_default=True, help="Compositions.")
@click.option("--size", type=options.whole(512, 2048), default=SIZE, show_default=True, help="Long side in px.")
@click.option(
    "--sheet",
    type=options.path("picture"),
    help="Only write a sheet: four drawings in all conditions, as crops at native size.",
)
@click.option("--workers", type=options.whole(1, 64), default=min(8, os.cpu_count() or 1), show_default=True,
              help="Number of processes.")  # fmt: skip
@click.option("--downloads", type=options.path("folder"), help="Folder with packages [default: DATA/downloads].")
def studio(
    folder: Path, name: str, count: int, size: int, sheet: Path | None, workers: int, downloads: Path | None
) -> None:
    """Draw compositions of art that no training sees in ten conditions, with their truth.

    The same command gives the same files. They are for `colorgan evaluate --task dabs`.
    """
    recipe = Recipe(downloads or folder / "downloads", PARTS[name], count, size)
    if sheet is not None:
        check_writable(sheet)
        check_suffix(sheet)
        pieces, fonts = open_pieces(recipe.downloads, recipe.part), open_fonts(recipe.downloads)
        rows = [sheet_of(drawings_of(pieces, fonts, number, size), TILE) for number in range(min(4, count))]
        click.echo(write_picture(sheet, np.vstack(rows)) or f"Sheet: {sheet}")
        return
    with click.progressbar(length=count, label=f"{name} drawings") as bar:
        place = make_studio(folder, recipe, workers, lambda: bar.update(1))
    click.echo(f"{count} compositions in {len(CONDITIONS)} conditions: {place}")
