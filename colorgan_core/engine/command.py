"""`colorgan colorize` and `colorgan stylize`: files in, one file out. The options come from the operations table."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..files import check_writable
from ..operations import OPERATIONS, Parameter, check
from ..picture.pixels import Picture, check_suffix, read_picture, write_picture
from .request import build_request, build_style_request, mask_of, split_style

METAVARS = {"picture": "PICTURE", "file": "FILE", "integer": "N", "number": "X"}


def command(operation: str) -> Callable[[Callable[..., None]], click.Command]:
    """A decorator that makes a click command of an operation: IN, -o OUT, its parameters and --verbose."""

    def add(function: Callable[..., None]) -> click.Command:
        function = click.option("--verbose", is_flag=True, help="Say what was chosen and how long it took.")(function)
        for parameter in reversed(OPERATIONS[operation].parameters):
            function = _option(parameter)(function)
        output = click.Path(path_type=Path)
        function = click.option(
            "-o", "--output", metavar="OUT", type=output, required=True, help="Where the result is written."
        )(function)
        function = click.argument("source", metavar="IN", type=click.Path(path_type=Path))(function)
        words = OPERATIONS[operation].summary + " Writes PNG, JPEG, WebP or TIFF, as OUT's ending says."
        return click.command(operation, help=words)(function)

    return add


def _option(parameter: Parameter) -> Callable[[Callable[..., None]], Callable[..., None]]:
    name = "--" + parameter.name.replace("_", "-")
    if parameter.kind == "flag":
        return click.option(name, is_flag=True, default=bool(parameter.default), help=parameter.help)
    return click.option(
        name,
        type=_type(parameter),
        default=None if parameter.repeated else parameter.default,
        multiple=parameter.repeated,
        required=parameter.required,
        show_default=parameter.default is not None,
        metavar="PICTURE[:X]" if parameter.repeated else METAVARS.get(parameter.kind),
        help=parameter.help,
    )


def _type(parameter: Parameter) -> click.ParamType[Any] | None:
    if parameter.kind == "integer":
        low, high = (None if bound is None else int(bound) for bound in (parameter.minimum, parameter.maximum))
        return click.IntRange(low, high)
    if parameter.kind == "number":
        return click.FloatRange(parameter.minimum, parameter.maximum)
    if parameter.kind == "choice":
        return click.Choice(parameter.choices)
    return click.STRING


@command("colorize")
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
        close_gaps=values["close_gaps"],
    )
    check_writable(output)  # before the work, so that nobody waits for nothing
    from .loaded import Loaded
    from .pipeline import Colorizer

    started = time.perf_counter()
    loaded = Loaded(values["weights"], values["device"])
    ready = time.perf_counter()
    painting = Colorizer(loaded).colorize(request)
    painted = time.perf_counter()
    lost = write_picture(output, painting.picture)
    say_notes(source, picture, [picture, hints, bare, reference], lost)
    if verbose:
        colors = (
            " ".join("#" + bytes(color).hex() for color in painting.palette) if painting.palette is not None else "none"
        )
        click.echo(f"device   {loaded.description}")
        click.echo(f"task     {painting.task}{' (by looking)' if values['task'] == 'auto' else ''}")
        click.echo(f"palette  {colors}")
        say_times(picture, ready - started, painted - ready)


@command("stylize")
def stylize(source: Path, output: Path, verbose: bool, **given: Any) -> None:
    values = check("stylize", given)
    check_suffix(output)
    picture = read_picture(source)
    named = [split_style(text) for text in values["style"]]
    styles = [read_picture(path) for path, _ in named]
    request = build_style_request(
        picture.array,
        [(style.array, weight) for style, (_, weight) in zip(styles, named, strict=True)],
        strength=values["strength"],
        preserve_color=values["preserve_color"],
    )
    check_writable(output)
    from .loaded import Loaded
    from .stylize import stylize as run

    started = time.perf_counter()
    loaded = Loaded(values["weights"], values["device"])
    ready = time.perf_counter()
    result = run(loaded, request)
    painted = time.perf_counter()
    lost = write_picture(output, result)
    say_notes(source, picture, [picture, *styles], lost)
    if verbose:
        click.echo(f"device   {loaded.description}")
        say_times(picture, ready - started, painted - ready)


def say_notes(source: Path, picture: Picture, read: list[Picture | None], lost: str | None) -> None:
    """What the person should know of the files read and of the one written, on stderr."""
    notes = [each.note for each in read if each is not None]
    if picture.array.dtype != "uint8":
        notes.append(f"{source.name} has more than 8 bits a channel, and the result has 8.")
    for note in [*notes, lost]:
        if note:
            click.echo(f"colorgan: {note}", err=True)


def say_times(picture: Picture, loading: float, painting: float) -> None:
    click.echo(f"size     {picture.size[0]} x {picture.size[1]}")
    click.echo(f"time     {loading:.2f} s to load, {painting:.2f} s to paint")


def _optional(path: str | None) -> Picture | None:
    return None if path is None else read_picture(path)
