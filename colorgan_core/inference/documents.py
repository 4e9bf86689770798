"""From files to a request, and from a painting to files: for one picture on the command line as for each frame of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..files import identity
from ..lineart.region_map import read_region_map, write_region_map
from ..picture.encode import SUFFIXES, unknown_ending
from ..picture.layer_files import LAYER_SUFFIXES, check_layer_suffix, write_layers
from ..picture.layers import Layered
from ..picture.pixels import Picture, read_picture, write_picture
from ..stored_weights import find
from .request import ColorizeRequest, StylizeRequest, build_request, build_style_request, mask_of, split_style
from .result import LAYERS, Painting, in_group

MARKS = (
    "hints",
    "bare",
    "merge",
    "split",
    "reference",
)  # pictures beside the one to be coloured; of references there may be several
FOUND = (*MARKS, "palette", "regions")  # every parameter of colorize that can name a file to be read, but for weights

Read = Callable[[str], Picture]


@dataclass(frozen=True)
class Outputs:
    """Where the result of one picture goes. layers: of LAYERS, none where it is one flat picture. masks: the region map too."""

    output: Path
    layers: tuple[str, ...] = ()
    masks: bool = False
    report: Path | None = None

    @property
    def map(self) -> Path:
        """Where the region map goes if there is one."""
        return self.output.with_suffix(".regions.png")

    @property
    def extras(self) -> list[Path]:
        report = [] if self.report is None else [self.report, self.report.with_suffix(".marked.png")]
        return [self.map] * self.masks + report

    @property
    def pngs(self) -> list[Path]:
        """Of a PNG a layer, those whose names are known before the work."""
        single = self.output.suffix.lower() == ".png"
        return [self.output.with_name(f"{self.output.stem}.{name}.png") for name in self.layers] if single else []

    @property
    def known(self) -> list[Path]:
        return [*(self.pngs or [self.output]), *self.extras]

    def arranged(self, layered: Layered) -> Layered:
        """In a group, where the file holds more than one layer."""
        return layered if self.pngs else in_group(layered)


@dataclass(frozen=True)
class Drawing:
    """A picture to colour, and what was read beside it."""

    picture: Picture
    marks: dict[str, list[Picture]]
    request: ColorizeRequest

    @property
    def read(self) -> list[Picture]:
        return [self.picture, *(mark for marks in self.marks.values() for mark in marks)]


@dataclass(frozen=True)
class Styled:
    """A picture to stylize, and the pictures whose style it gets."""

    picture: Picture
    styles: list[Picture]
    request: StylizeRequest

    @property
    def read(self) -> list[Picture]:
        return [self.picture, *self.styles]


def outputs_of(output: Path, layers: str | None, masks: bool, report: Path | None) -> Outputs:
    """layers: names with commas between; None: all where the file holds layers. Raises UsageError for unknown ones and unknown endings."""
    if layers is None:
        suffix = output.suffix.lower()
        if suffix not in (*SUFFIXES, *LAYER_SUFFIXES):
            raise UsageError(unknown_ending(output, (*SUFFIXES, *LAYER_SUFFIXES)))
        return Outputs(output, () if suffix in SUFFIXES else LAYERS, masks, report)
    check_layer_suffix(output)
    names = [name.strip() for name in layers.split(",")]
    unknown = [name for name in names if name not in LAYERS]
    if unknown:
        raise UsageError(f"There is no layer {unknown[0] or 'without a name'}; layers are {', '.join(LAYERS)}.")
    return Outputs(output, tuple(name for name in LAYERS if name in names), masks, report)


def check_colorize(source: Path, values: Mapping[str, Any], outputs: Outputs, overwrite: bool) -> None:
    """Raises UsageError for parameters that contradict each other, and for outputs that would be written over another file of the job.

    overwrite: whether the result may take the place of the drawing.
    """
    check_values(values, outputs)
    taken = [path for name in FOUND for path in several(values[name])]
    if outputs.masks and values["regions"] and identity(values["regions"]) == identity(outputs.map):
        taken.pop()  # a new map may take the old one's place
    beside = [*(Path(path) for path in taken if path), find(values["weights"])]
    check_places(source, outputs.known, beside, outputs.output if overwrite else None)
    check_swatches(outputs.pngs, [source, *beside, *outputs.extras])


def several(value: Any) -> Sequence[Any]:
    """The values of a parameter that may have none, one or several."""
    return value if isinstance(value, (list, tuple)) else () if value is None else (value,)


def check_values(values: Mapping[str, Any], outputs: Outputs) -> None:
    """Raises UsageError for parameters that contradict each other."""
    if values["paint"] and (outputs.layers or outputs.extras or values["regions"]):
        raise UsageError(
            "--paint gives one picture without regions; leave it out for layers, masks, edits or a report."
        )
    if outputs.layers == ("shade",) and not values["shade"]:
        raise UsageError("There is no shade with --no-shade, so no layer of it can be written.")
    if values["regions"]:
        for name in ("task", "close_gaps", "reference", "seed"):
            if values[name] not in (None, (), "auto", "lineart"):
                option = "--" + name.replace("_", "-")
                raise UsageError(f"{option} has no effect with --regions, whose map already has regions and colours.")


def check_places(source: Path, written: Iterable[Path], beside: Iterable[Path], may_replace: Path | None) -> None:
    """Raises UsageError where a file would be written over one that the same job reads or writes, whatever links or other
    spellings name it.

    beside: what is read beside the source. may_replace: the one of `written` that may take the source's place.
    """
    places = {identity(path): path.name for path in beside}
    for path in written:
        place = identity(path)
        if place in places:
            raise UsageError(f"{path} would be written over {places[place]}; give another name.")
        if place == identity(source) and path != may_replace:
            same = "" if str(path) == str(source) else f" ({path} is the same file)"
            raise UsageError(
                f"The result would be written over {source}{same}; give another name, or --overwrite for -o to replace it."
            )
        places[place] = path.name


def check_swatches(pngs: list[Path], taken: list[Path]) -> None:
    """Raises UsageError where a flats layer of a palette's colour, OUT.flats.NAME.png, could be written over a file of the job."""
    for layer in (each.resolve() for each in pngs):
        for path in (each.resolve() for each in taken):
            if path.parent == layer.parent and path.name.startswith(f"{layer.stem}.") and path.suffix == layer.suffix:
                raise UsageError(f"{path.name} could be written over by a layer; give another name.")


def read_colorize(
    source: Path, values: Mapping[str, Any], read: Read = read_picture, known: str | None = None
) -> Drawing:
    """values: all of colorize's parameters. read: of the pictures beside the source. known: a region map of what is known beforehand.

    Raises InputError, UsageError.
    """
    picture = read_picture(source)
    marks = {name: found for name in MARKS if (found := [read(path) for path in several(values[name])])}
    arrays = {name: found[0].array for name, found in marks.items()}
    bare, merge, split = (mask_of(arrays[name]) if name in arrays else None for name in ("bare", "merge", "split"))
    request = build_request(
        picture.array,
        original=picture.original,
        profile=picture.profile,
        task=values["task"],
        hints=arrays.get("hints"),
        bare=bare,
        merge=merge,
        split=split,
        kept=None if values["regions"] is None else read_region_map(values["regions"]),
        known=None if known is None else read_region_map(known),
        references=[mark.array for mark in marks.get("reference", ())],
        palette=values["palette"],
        seed=values["seed"],
        close_gaps=values["close_gaps"],
        shade=values["shade"],
        clean_lines=values["clean_lines"],
        colored_lines=values["colored_lines"],
        paint=values["paint"],
    )
    return Drawing(picture, marks, request)


def read_stylize(source: Path, values: Mapping[str, Any], read: Read = read_picture) -> Styled:
    """The same for stylize."""
    picture = read_picture(source)
    named = [split_style(text) for text in values["style"]]
    styles = [read(path) for path, _ in named]
    request = build_style_request(
        picture.array,
        [(style.array, weight) for style, (_, weight) in zip(styles, named, strict=True)],
        strength=values["strength"],
        preserve_color=values["preserve_color"],
    )
    return Styled(picture, styles, request)


def write_colorized(
    painting: Painting, source: Path, outputs: Outputs, staged: Path | None = None
) -> tuple[list[Path], str | None]:
    """All files of one picture, and a note where something was lost. staged: where the picture itself is written instead of its place.

    Raises OutputError, and UsageError for layers of what has none.
    """
    if painting.flats is None and (outputs.layers or outputs.extras):
        raise UsageError(f"{source.name} is a grey picture, which has no flats; --task lineart takes it for a drawing.")
    if outputs.masks:
        assert painting.flats is not None
        write_region_map(outputs.map, painting.flats)
    if outputs.report is not None:
        from .report import findings, marked, write_report

        found = findings(painting)
        write_report(outputs.report, painting, found, source.name)
        write_picture(outputs.report.with_suffix(".marked.png"), marked(painting, found), painting.request.profile)
    if outputs.layers:
        return [
            *write_layers(outputs.output, outputs.arranged(painting.layered(outputs.layers))),
            *outputs.extras,
        ], None
    lost = write_picture(staged or outputs.output, painting.picture, painting.request.profile)
    return [outputs.output, *outputs.extras], lost
