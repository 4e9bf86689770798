"""`colorgan plugin`: the plug-ins as files that editors take."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import click

from colorgan_core.files import atomic_write

from .plugins import copy_gimp, copy_gimpfu, copy_krita

# What writes the plug-in, and where its zip goes.
EDITORS = {
    "krita": (copy_krita, "Krita's Tools > Scripts > Import Python Plugin from File"),
    "gimp": (copy_gimp, "a folder of GIMP's Preferences > Folders > Plug-ins, to be unpacked there"),
    "gimpfu": (copy_gimpfu, "the folder of a plug-in for GIMP 2, to be unpacked beside it"),
}


@click.group()
def plugin() -> None:
    """Put the plug-ins for editors into files."""


@plugin.command()
@click.argument("editor", type=click.Choice(list(EDITORS)))
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path),
              help="By default colorgan-EDITOR.zip here.")  # fmt: skip
def package(editor: str, output: Path | None) -> None:
    """Make a zip: for Krita's Tools > Scripts > Import Python Plugin from File, to unpack in GIMP's folder plug-ins, or beside
    a plug-in for GIMP 2 (gimpfu)."""
    target = output or Path(f"colorgan-{editor}.zip")
    with tempfile.TemporaryDirectory() as folder:
        copy, place = EDITORS[editor]
        copy(Path(folder))
        with atomic_write(target) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).rglob("*")):  # with its folders, by which Krita finds the plug-in
                archive.write(path, path.relative_to(folder))
    click.echo(f"{target} is for {place}.")
