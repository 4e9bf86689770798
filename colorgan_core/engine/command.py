"""`colorgan colorize`: files in, one file out. The options come from the operations table."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..files import check_writable
from ..operations import OPERATIONS, Parameter, check
from ..picture.pixels import Picture, check_suffix, read_picture, write_picture
from .request import build_request, mask_of


def options(operation: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator that gives a click command an option for each parameter of an operation."""

    def add(function: Callable[..., None]) -> Callable[..., None]:
        for parameter in reversed(OPERATIONS[operation].parameters):
            function = click.option(
                f"--{parameter.name}",
                type=_type(parameter),
                default=parameter.default,
                show_default=parameter.default is not None,
                metavar={"picture": "PICTURE", "file": "FILE", "integer": "N"}.get(parameter.kind),
                help=parameter.help,
            )(function)
        return function

    return add


def _type(parameter: Parameter) -> click.ParamType[Any] | None:
    if parameter.kind == "integer":
        return click.IntRange(parameter.minimum, parameter.maximum)
    if parameter.kind == "choice":
        return click.Choice(parameter.choices)
    return click.STRING


@click.command(help=OPERATIONS["colorize"].summary + " Writes PNG, JPEG, WebP or TIFF, as OUT's ending says.")
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", metavar="OUT", type=click.Path(path_type=Path), required=True, help="Where the result is written."
)
@options("colorize")
@click.option("--verbose", is_flag=True, help="Say what was chosen and how long it took.")
def colorize(source: Path, output: Path, verbose: bool, **given: Any) -> None:
    values = check("colorize", given)
    check_suffix(output)
    picture = read_picture(source)
    hints, bare, reference = (_optional(values[name]) for name in ("hints", "bare", "reference"))
    request = build_request(
        picture.array,
        task=values["task"],
        hints=None if hints is None else hints.array,
        bare=None if bare is None else mask_of(bare.array),
        reference=None if reference is None else reference.array,
        palette=values["palette"],
        seed=values["seed"],
    )
    check_writable(output)  # before the work, so that nobody waits for nothing
    from .pipeline import Colorizer

    started = time.perf_counter()
    colorizer = Colorizer(values["weights"], values["device"])
    loaded = time.perf_counter()
    painting = colorizer.colorize(request)
    painted = time.perf_counter()
    lost = write_picture(output, painting.picture)

    notes = [each.note for each in (picture, hints, bare, reference) if each is not None]
    if picture.array.dtype != "uint8":
        notes.append(f"{source.name} has more than 8 bits a channel, and the result has 8.")
    for note in [*notes, lost]:
        if note:
            click.echo(f"colorgan: {note}", err=True)
    if verbose:
        colors = (
            " ".join("#" + bytes(color).hex() for color in painting.palette) if painting.palette is not None else "none"
        )
        click.echo(f"device   {colorizer.description}")
        click.echo(f"task     {painting.task}{' (by looking)' if values['task'] == 'auto' else ''}")
        click.echo(f"palette  {colors}")
        click.echo(f"size     {picture.size[0]} x {picture.size[1]}")
        click.echo(f"time     {loaded - started:.2f} s to load, {painted - loaded:.2f} s to colour")


def _optional(path: str | None) -> Picture | None:
    return None if path is None else read_picture(path)
