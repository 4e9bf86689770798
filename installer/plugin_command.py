"""`colorgan plugin`: the plug-ins as files that editors take."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path

import click

from colorgan_core.files import atomic_write

from .plugins import copy_krita


@click.group()
def plugin() -> None:
    """Put the plug-ins for editors into files."""


@plugin.command()
@click.argument("editor", type=click.Choice(["krita"]))
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path),
              help="By default colorgan-EDITOR.zip here.")  # fmt: skip
def package(editor: str, output: Path | None) -> None:
    """Make a zip that Krita takes: Tools > Scripts > Import Python Plugin from File."""
    target = output or Path(f"colorgan-{editor}.zip")
    with tempfile.TemporaryDirectory() as folder:
        copy_krita(Path(folder))
        with atomic_write(target) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).rglob("*")):  # with its folders, by which Krita finds the plug-in
                archive.write(path, path.relative_to(folder))
    click.echo(f"{target} is for Tools > Scripts > Import Python Plugin from File, in Krita.")
