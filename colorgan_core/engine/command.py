"""`colorgan colorize` and `colorgan stylize`: files in, one file out. The options come from the operations table."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from .. import options
from ..errors import UsageError
from ..files import check_writable
from ..operations import OPERATIONS, Parameter, check
from ..picture.encode import SUFFIXES
from ..picture.layer_files import LAYER_SUFFIXES, check_layer_suffix, write_layers
from ..picture.pixels import Picture, check_suffix, read_picture, write_picture
from ..picture.region_map import read_region_map, write_region_map
from .request import build_request, build_style_request, mask_of, split_style
from .result import LAYERS, Painting, in_group

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
            help="Let the engine do it, which stays warm for the next one; see colorgan serve.",
        )(function)
        function = click.option("--verbose", is_flag=True, help="Say what was chosen and how long it took.")(function)
        for parameter in reversed(OPERATIONS[operation].parameters):
            function = _option(parameter)(function)
        function = click.option(
            "-o", "--output", metavar="OUT", type=options.path(), required=True, help="Where the result is written."
        )(function)
        function = click.argument("source", metavar="IN", type=options.path())(function)
        words = (
            OPERATIONS[operation].summary
            + " Writes what OUT's ending says: PNG, JPEG, WebP or TIFF"
            + (", or with layers PSD, PSB or OpenRaster." if operation == "colorize" else ".")
        )
        return click.command(operation, help=words, epilog=options.examples(*EXAMPLES[operation]))(function)

    return add


def _option(parameter: Parameter) -> Callable[[Callable[..., None]], Callable[..., None]]:
    name = "--" + parameter.name.replace("_", "-")
    if parameter.kind == "flag":
        both = f"{name}/--no-{name[2:]}" if parameter.default else name
        return click.option(both, is_flag=True, default=bool(parameter.default), help=parameter.help)
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
    help=f"Layers to write, of {','.join(LAYERS)}: in one file of PSD, PSB or OpenRaster, or as PNG a file each (OUT.flats.png).",
)
@click.option(
    "--masks", is_flag=True, help="Also write the region map, OUT.regions.png: colours, names, and who belongs to whom."
)
@click.option("--report", metavar="R.json", type=options.path(),
              help="Also write what wants a person's eye, as JSON, and marked in a picture, R.marked.png.")  # fmt: skip
def colorize(
    source: Path, output: Path, verbose: bool, engine: bool, layers: str | None, masks: bool, report: Path | None,
    **given: Any,
) -> None:  # fmt: skip
    values = check("colorize", given)
    wanted = _layers(layers, output)
    extras = [output.with_suffix(".regions.png")] if masks else []
    extras += [report, report.with_suffix(".marked.png")] if report is not None else []
    if values["paint"] and (wanted or extras or values["regions"]):
        raise UsageError("--paint is one picture without regions; leave it out for layers, masks, edits or a report.")
    if engine and extras:
        raise UsageError("--engine gives no region map and no report; leave it out for --masks and --report.")
    if wanted == ("shade",) and not values["shade"]:
        raise UsageError("There is no shade with --no-shade, so no layer of it can be written.")
    if values["regions"]:
        for name in ("task", "close_gaps", "reference", "seed"):
            if values[name] not in (None, "auto", "lineart"):
                option = "--" + name.replace("_", "-")
                raise UsageError(f"{option} changes nothing with --regions, whose map has regions and colours already.")
    taken = [values[name] for name in ("hints", "bare", "merge", "split", "reference", "palette", "regions")]
    if masks and values["regions"] and Path(values["regions"]).resolve() == extras[0].resolve():
        taken.pop()  # a new map may take the old one's place
    sources = [source, *(Path(path) for path in taken if path)]
    pngs = [output.with_name(f"{output.stem}.{name}.png") for name in wanted] if output.suffix.lower() == ".png" else []
    _check_places([*extras, *pngs], [output, *sources])
    _check_swatches(pngs, [*sources, *extras])
    picture = read_picture(source)
    marks = {name: _optional(values[name]) for name in ("hints", "bare", "merge", "split", "reference")}
    arrays = {name: None if mark is None else mark.array for name, mark in marks.items()}
    bare, merge, split = (
        None if mark is None else mask_of(mark.array) for mark in (marks["bare"], marks["merge"], marks["split"])
    )
    request = build_request(
        picture.array,
        original=picture.original,
        profile=picture.profile,
        task=values["task"],
        hints=arrays["hints"],
        bare=bare,
        merge=merge,
        split=split,
        kept=None if values["regions"] is None else read_region_map(values["regions"]),
        reference=arrays["reference"],
        palette=values["palette"],
        seed=values["seed"],
        close_gaps=values["close_gaps"],
        shade=values["shade"],
        paint=values["paint"],
    )
    for path in [*(pngs or [output]), *extras]:  # before the work, so that nobody waits for nothing
        check_writable(path)
    grouped = output.suffix.lower() != ".png"
    if engine:
        from .ask import ask

        pixels = {name: [array] for name, array in arrays.items() if array is not None}
        drawn, layered, facts = ask(
            "colorize", values, {"picture": [picture.original], **pixels}, picture.profile, wanted
        )
        if layered is not None:
            write_layers(output, in_group(layered) if grouped else layered)
            lost = None
        else:
            lost = write_picture(output, drawn, picture.profile)
        say_notes([picture, *marks.values()], lost)
        if verbose:
            click.echo("\n".join(f"{name:8} {value}" for name, value in facts.items()))
        return
    from .loaded import Loaded
    from .pipeline import Colorizer

    started = time.perf_counter()
    loaded = Loaded(values["weights"], values["device"])
    ready = time.perf_counter()
    painting = Colorizer(loaded).colorize(request)
    painted = time.perf_counter()
    lost = None
    if wanted or extras:
        if painting.flats is None:
            raise UsageError(
                f"{source.name} is a grey picture, which has no flats; --task lineart takes it for a drawing."
            )
        _write_extras(painting, source, masks, report, output)
    if wanted:
        layered = painting.layered(wanted)
        write_layers(output, in_group(layered) if grouped else layered)
    else:
        lost = write_picture(output, painting.picture, picture.profile)
    say_notes([picture, *marks.values()], lost)
    if verbose:
        colors = (
            " ".join("#" + bytes(color).hex() for color in painting.palette) if painting.palette is not None else "none"
        )
        click.echo(f"device   {loaded.description}")
        click.echo(f"task     {painting.task}{' (by looking)' if values['task'] == 'auto' else ''}")
        click.echo(f"palette  {colors}")
        if painting.flats is not None:
            click.echo(f"regions  {painting.regions.count}, {int(painting.flats.painted.sum())} of them painted")
        say_times(picture, ready - started, painted - ready)


def _layers(named: str | None, output: Path) -> tuple[str, ...]:
    """The layers to write, bottom to top; none where the output is one flat picture."""
    if named is None:
        suffix = output.suffix.lower()
        if suffix not in (*SUFFIXES, *LAYER_SUFFIXES):
            known = ", ".join(dict.fromkeys((*SUFFIXES, *LAYER_SUFFIXES)))
            raise UsageError(f"{output} has no ending that says how to write it; known are {known}.")
        return () if suffix in SUFFIXES else LAYERS
    check_layer_suffix(output)
    names = [name.strip() for name in named.split(",")]
    unknown = [name for name in names if name not in LAYERS]
    if unknown:
        raise UsageError(f"There is no layer {unknown[0] or 'without a name'}; layers are {', '.join(LAYERS)}.")
    return tuple(name for name in LAYERS if name in names)


def _check_places(extras: list[Path], taken: list[Path]) -> None:
    """Raises UsageError where a mask or report would be written over another file of the same job."""
    places = {path.resolve(): path.name for path in taken}
    for extra in extras:
        if extra.resolve() in places:
            raise UsageError(f"{extra} would be written over {places[extra.resolve()]}; give another name.")
        places[extra.resolve()] = extra.name


def _check_swatches(pngs: list[Path], taken: list[Path]) -> None:
    """Raises UsageError where a flats layer of a palette's colour, OUT.flats.NAME.png, could be written over a file of the job."""
    for layer in (each.resolve() for each in pngs):
        for path in (each.resolve() for each in taken):
            if path.parent == layer.parent and path.name.startswith(f"{layer.stem}.") and path.suffix == layer.suffix:
                raise UsageError(f"{path.name} could be written over by a layer; give another name.")


def _write_extras(painting: Painting, source: Path, masks: bool, report: Path | None, output: Path) -> None:
    assert painting.flats is not None
    if masks:
        write_region_map(output.with_suffix(".regions.png"), painting.flats)
    if report is not None:
        from .report import findings, marked, write_report

        found = findings(painting)
        write_report(report, painting, found, source.name)
        write_picture(report.with_suffix(".marked.png"), marked(painting, found), painting.request.profile)


@command("stylize")
def stylize(source: Path, output: Path, verbose: bool, engine: bool, **given: Any) -> None:
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
    if engine:
        from .ask import ask

        weighed = values | {"weights_of_styles": [weight for _, weight in named]}
        drawn, _, _ = ask("stylize", weighed, {"picture": [picture.array], "style": [each.array for each in styles]})
        say_notes([picture, *styles], _eight_bits(source, picture, write_picture(output, drawn)))
        return
    from .loaded import Loaded
    from .stylize import stylize as run

    started = time.perf_counter()
    loaded = Loaded(values["weights"], values["device"])
    ready = time.perf_counter()
    result = run(loaded, request)
    painted = time.perf_counter()
    say_notes([picture, *styles], _eight_bits(source, picture, write_picture(output, result)))
    if verbose:
        click.echo(f"device   {loaded.description}")
        say_times(picture, ready - started, painted - ready)


def _eight_bits(source: Path, picture: Picture, lost: str | None) -> str | None:
    if picture.array.dtype == "uint8":
        return lost
    return f"{source.name} has more than 8 bits a channel, and the result has 8." + (f" {lost}" if lost else "")


def say_notes(read: list[Picture | None], lost: str | None) -> None:
    """What the person should know of the files read and of the one written, on stderr."""
    notes = [each.note for each in read if each is not None]
    for note in [*notes, lost]:
        if note:
            click.echo(f"colorgan: {note}", err=True)


def say_times(picture: Picture, loading: float, painting: float) -> None:
    click.echo(f"size     {picture.size[0]} x {picture.size[1]}")
    click.echo(f"time     {loading:.2f} s to load, {painting:.2f} s to paint")


def _optional(path: str | None) -> Picture | None:
    return None if path is None else read_picture(path)
