"""`colorgan colorize` and `colorgan stylize`: files in, one file out. The options come from the operations table."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from . import options
from .errors import UsageError
from .files import check_writable
from .inference.documents import check_colorize, check_places, outputs_of, read_colorize, read_stylize, write_colorized
from .inference.request import split_style
from .inference.result import LAYERS
from .operations import OPERATIONS, Parameter, check
from .picture.layer_files import write_layers
from .picture.pixels import Picture, check_suffix, write_picture
from .stored_weights import find
from .terminal import echo

METAVARS = {"picture": "PICTURE", "file": "FILE", "text": "COLOURS"}
EXAMPLES = {
    "colorize": (
        "colorize drawing.png -o coloured.png --hints hints.png",
        "colorize drawing.png -o coloured.psd --palette studio.gpl --report notes.json",
        "colorize photo.jpg -o coloured.jpg --task gray --seed 3",
    ),
    "stylize": (
        "stylize photo.jpg -o painted.png --style waves.png",
        "stylize photo.jpg -o painted.png --style waves.png --style roses.png:0.3 --strength 0.6",
    ),
}


def command(operation: str) -> Callable[[Callable[..., None]], click.Command]:
    """A decorator that makes a click command of an operation: IN, -o OUT, its parameters and --verbose."""

    def add(function: Callable[..., None]) -> click.Command:
        function = click.option(
            "--engine",
            is_flag=True,
            help="Use the engine, which keeps the weights loaded for the next request; see colorgan serve.",
        )(function)
        function = click.option("--verbose", is_flag=True, help="Print what was chosen and how long it took.")(function)
        function = click.option("--overwrite", is_flag=True, help="Let the result replace IN.")(function)
        for parameter in reversed(OPERATIONS[operation].parameters):
            function = option(parameter)(function)
        function = click.option(
            "-o", "--output", metavar="OUT", type=options.path(), required=True, help="Where the result is written."
        )(function)
        function = click.argument("source", metavar="IN", type=options.path())(function)
        words = (
            OPERATIONS[operation].summary
            + " The suffix of OUT chooses the format: PNG, JPEG, WebP or TIFF"
            + (", or with layers PSD, PSB or OpenRaster." if operation == "colorize" else ".")
        )
        return click.command(operation, help=words, epilog=options.examples(*EXAMPLES[operation]))(function)

    return add


def option(
    parameter: Parameter, *more: str, metavar: str | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The click option of a parameter. more: its other names. metavar: instead of the usual one."""
    name = "--" + parameter.name.replace("_", "-")
    if parameter.kind == "flag":
        both = f"{name}/--no-{name[2:]}" if parameter.default else name
        return click.option(both, is_flag=True, default=bool(parameter.default), help=parameter.help)
    return click.option(
        *more,
        name,
        type=_type(parameter),
        default=None if parameter.repeated else parameter.default,
        multiple=parameter.repeated,
        required=parameter.required,
        show_default=parameter.default is not None,
        metavar=metavar
        or ("PICTURE[:X]" if parameter.repeated and parameter.kind == "text" else METAVARS.get(parameter.kind)),
        help=parameter.help,
    )


def _type(parameter: Parameter) -> click.ParamType[Any]:
    if parameter.kind == "integer":
        return options.whole(
            *(None if bound is None else int(bound) for bound in (parameter.minimum, parameter.maximum))
        )
    if parameter.kind == "number":
        return options.number(parameter.minimum, parameter.maximum)
    if parameter.kind == "choice":
        return click.Choice(parameter.choices)
    return click.Path()  # words as they are, which may name files: shells complete them


@command("colorize")
@click.option(
    "--layers",
    metavar="NAMES",
    help=f"Layers to write, from {','.join(LAYERS)}: in one PSD, PSB or OpenRaster file, or as one PNG each (OUT.flats.png).",
)
@click.option(
    "--masks",
    is_flag=True,
    help="Also write the region map, OUT.regions.png: which pixels belong to which region, with colours and names.",
)
@click.option("--report", metavar="R.json", type=options.path(),
              help="Also write a report of what to check, as JSON, with the places marked in a picture, R.marked.png.")  # fmt: skip
def colorize(
    source: Path, output: Path, verbose: bool, engine: bool, overwrite: bool, layers: str | None, masks: bool,
    report: Path | None, **given: Any,
) -> None:  # fmt: skip
    values = check("colorize", given)
    outputs = outputs_of(output, layers, masks, report)
    if engine and outputs.extras:
        raise UsageError("--engine gives no region map and no report; leave it out for --masks and --report.")
    check_colorize(source, values, outputs, overwrite)
    asked = read_colorize(source, values)
    for path in outputs.known:  # before the work, so that nobody waits for nothing
        check_writable(path)
    if engine:
        from .server.ask import ask

        picture = asked.picture
        pixels = {name: [mark.array for mark in marks] for name, marks in asked.marks.items()}
        drawn, layered, facts = ask(
            "colorize", values, {"picture": [picture.original], **pixels}, picture.profile, outputs.layers
        )
        if layered is not None:
            write_layers(output, outputs.arranged(layered))
            lost = None
        else:
            lost = write_picture(output, drawn, picture.profile)
        say_notes(asked.read, lost, *facts.pop("notes", ()))
        if verbose:
            click.echo("\n".join(f"{name:8} {value}" for name, value in facts.items() if name != "notes"))
        return
    from .inference.loaded import Loaded
    from .inference.pipeline import Colorizer
    from .inference.report import notes_of

    started = time.perf_counter()
    loaded = Loaded(values["weights"], values["device"])
    ready = time.perf_counter()
    painting = Colorizer(loaded).colorize(asked.request)
    painted = time.perf_counter()
    _, lost = write_colorized(painting, source, outputs)
    say_notes(asked.read, lost, *notes_of(painting))
    if verbose:
        colors = (
            " ".join("#" + bytes(color).hex() for color in painting.palette) if painting.palette is not None else "none"
        )
        click.echo(f"device   {loaded.description}")
        click.echo(f"task     {painting.task}{' (detected)' if values['task'] == 'auto' else ''}")
        click.echo(f"palette  {colors}")
        if painting.flats is not None:
            click.echo(f"regions  {painting.regions.count}, {int(painting.flats.painted.sum())} of them painted")
        say_times(asked.picture, ready - started, painted - ready)


@command("stylize")
def stylize(source: Path, output: Path, verbose: bool, engine: bool, overwrite: bool, **given: Any) -> None:
    values = check("stylize", given)
    check_suffix(output)
    read = [Path(split_style(text)[0]) for text in values["style"]]
    check_places(source, [output], [*read, find(values["weights"])], output if overwrite else None)
    asked = read_stylize(source, values)
    picture = asked.picture
    check_writable(output)
    if engine:
        from .server.ask import ask

        weighed = values | {"weights_of_styles": [weight for _, weight in asked.request.styles]}
        drawn, _, _ = ask(
            "stylize", weighed, {"picture": [picture.array], "style": [each.array for each in asked.styles]}
        )
        say_notes(asked.read, _eight_bits(source, picture, write_picture(output, drawn)))
        return
    from .inference.loaded import Loaded
    from .style.stylize import stylize as run

    started = time.perf_counter()
    loaded = Loaded(values["weights"], values["device"])
    ready = time.perf_counter()
    result = run(loaded, asked.request)
    painted = time.perf_counter()
    say_notes(asked.read, _eight_bits(source, picture, write_picture(output, result)))
    if verbose:
        click.echo(f"device   {loaded.description}")
        say_times(picture, ready - started, painted - ready)


def _eight_bits(source: Path, picture: Picture, lost: str | None) -> str | None:
    if picture.array.dtype == "uint8":
        return lost
    return f"{source.name} has more than 8 bits a channel, and the result has 8." + (f" {lost}" if lost else "")


def say_notes(read: Sequence[Picture], *others: str | None) -> None:
    """What the person should know of the files read, of the one written and of what is in it, on stderr."""
    for note in [*(each.note for each in read), *others]:
        if note:
            echo(f"colorgan: {note}", err=True)


def say_times(picture: Picture, loading: float, painting: float) -> None:
    click.echo(f"size     {picture.size[0]} x {picture.size[1]}")
    click.echo(f"time     {loading:.2f} s to load, {painting:.2f} s to paint")
