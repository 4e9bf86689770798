"""From a picture and a person's wishes to a coloured picture of the same size."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from ..gray.detection import Seen, look_at, look_at_drawing
from ..lineart.cells import Cells
from ..lineart.flats import Paint, exactly, filled, make_flats, means, recolored
from ..lineart.ink import cleaned, contours
from ..lineart.parting import cells_of
from ..lineart.regions import Regions, cut, merged, one_region, regions_of
from ..lineart.strokes import Hinted, read_strokes, unhinted
from ..lineart.surfaces import find_surfaces
from ..model.conditions import Conditions
from ..model.config import PALETTE_SIZE
from ..model.generator import SHADE, Prediction, paint_of
from ..picture.bands import each_band
from ..picture.kmeans import palette_of
from ..picture.layers import from_unit, to_unit
from ..picture.paper import flattened
from ..picture.pixels import negative_rgb8, to_rgb8
from ..picture.profiles import to_profile
from ..picture.upsample import shrink_labels
from ..progress import Advance, part, unwatched
from .bank import choose_palette
from .colors import (
    Chosen,
    Known,
    Reference,
    Wishes,
    choose_colors,
    expected_colors,
    meeting,
    of_regions,
    see,
    see_reference,
)
from .loaded import Loaded
from .prepare import WORKING_SIZE, Prepared, hint_planes, palette_condition, prepare
from .request import ColorizeRequest
from .result import Painting, flat_painting, gray_painting, raw_painting

PAPER = 245  # of 255: a reference's pixels all of whose channels are above are its paper
# How far colours of a palette that nobody asked for replace free paint: every tenth more brings 0.06 of the truth's chroma and 2 % of
# deltae.
HELD_BACK = 0.55
CANDIDATE_SIZE = 128  # px; small is enough to see whether colours go together
KEPT = 2  # pictures whose regions are kept for the next request: while a person sets hints, nothing else changes
KEPT_PIXELS = 2**26  # of a picture whose regions are kept: 0.5 GB

UInt8 = NDArray[np.uint8]
Choice = tuple[NDArray[np.float64], NDArray[np.float64]]
T = TypeVar("T")


class Colorizer:
    """Colours line art and grey pictures. Not for two threads at once."""

    def __init__(self, loaded: Loaded, working_size: int = WORKING_SIZE) -> None:
        self.loaded = loaded
        self.working_size = working_size
        self.kept: OrderedDict[bytes, Regions] = OrderedDict()
        self.cleaned: OrderedDict[bytes, UInt8] = OrderedDict()
        self.known: OrderedDict[bytes, Known] = OrderedDict()
        self.references: OrderedDict[bytes, Reference] = OrderedDict()
        self.guesses: OrderedDict[bytes, Chosen] = OrderedDict()

    def colorize(self, request: ColorizeRequest, advance: Advance = unwatched) -> Painting:
        """Colours one picture. What `advance` raises ends the work, and the next request finds nothing of it."""
        taken, rgb, seen = self.take(request)
        drawn = on_clean_paper(taken, rgb) if taken.clean_lines and taken.task == "lineart" else taken
        return replace(self._colorize(drawn, rgb, seen.blank, advance), notes=notes_on(request, taken, seen))

    def take(self, request: ColorizeRequest) -> tuple[ColorizeRequest, UInt8, Seen]:
        """The same as the function, but of line art only contours and black areas are left."""
        taken, rgb, seen = take(request)
        if taken.task != "lineart" or seen.blank:
            return taken, rgb, seen
        lines = at_hand(self.cleaned, rgb, (request.colored_lines,), lambda: self._lines(rgb, request.colored_lines))
        return (
            taken,
            np.broadcast_to(lines[..., None], (*lines.shape, 3)),
            seen,
        )  # a large picture has no room for copies

    def _lines(self, rgb: UInt8, colored: bool) -> UInt8:
        flat = flattened(rgb)
        return cleaned(flat, contours(flat, self.loaded.contours), colored)

    def _colorize(self, request: ColorizeRequest, rgb: UInt8, blank: bool, advance: Advance) -> Painting:
        """request, rgb: as `take` gives them. blank: whether line art has no lines."""
        task = request.task
        has_regions = request.kept is not None or request.known is not None  # grey pictures have none
        hinted = read_regions(request, rgb, task, partial(self.regions, advance=part(advance, 0, 0.5)))
        if task == "lineart" and blank and not has_regions:
            hinted = replace(hinted, bare=hinted.bare | ~hinted.known)
        if request.kept is not None:  # nothing is left for the network to say
            flats = recolored(request.kept, hinted, request.palette)
            flats = flats.named(request.palette, request.palette_names)
            return flat_painting(request, flats, request.palette, part(advance, 0.5, 1), hinted.holds)
        known = hinted if request.known is None else filled(hinted, request.known)
        if task == "gray":
            return self._gray(request, rgb, known, advance)
        paint, chosen = self.chosen(request, known, rgb)
        advance(0.7)
        if request.paint:
            return raw_painting(request, paint, known, request.palette)
        flats = make_flats(known, paint, chosen, request.palette, request.steady)
        flats = flats.named(request.palette, request.palette_names)
        if request.known is not None:
            flats = exactly(flats, hinted, request.known)
        advance(0.8)
        return flat_painting(request, flats, request.palette, part(advance, 0.8, 1), hinted.holds)

    def _gray(self, request: ColorizeRequest, rgb: UInt8, hinted: Hinted, advance: Advance) -> Painting:
        """rgb: (h, w, 3) the picture on white."""
        prepared = prepare(request, rgb, hinted, self.working_size)
        wanted = request.palette
        if wanted is None and request.references:
            wanted = colors_of(request.references)
        if wanted is not None:
            prepared = prepared.with_palettes(palette_condition(wanted))
        elif request.seed and request.hints is None and len(self.loaded.weights.palettes):
            small = prepare(request, rgb, hinted, CANDIDATE_SIZE)
            prepared = prepared.with_palettes(choose_palette(self.loaded, small, request.seed))
        prediction = self.loaded.predict(prepared.x, prepared.z)
        if wanted is None:
            prediction = prediction._replace(reliance=HELD_BACK * prediction.reliance)
        paint = small_paint(with_hints(prediction, prepared.z), prepared)
        advance(0.7)
        flooded = prepared.z.flood[0, 3, : prepared.canvas.height, : prepared.canvas.width].numpy()
        return gray_painting(request, paint, flooded, prepared.palette)

    def chosen(self, request: ColorizeRequest, hinted: Hinted, rgb: UInt8) -> tuple[Paint, Choice]:
        """The paint of line art, and Lab (count, 3) and coverage (count,) in 0..1 of each region, by the network for cells."""
        cells, lines = hinted.regions.cells or cells_of(hinted.regions), darkest(rgb)
        known = self.seen(cells, lines)
        seed, wanted = request.seed, request.palette
        # a frame of a sequence has its first one's colours
        if wanted is None and request.steady is not None and len(request.steady):
            wanted, seed = request.steady, None
        strokes = hint_planes(request, rgb.shape[:2])
        references = tuple(self.reference(each) for each in request.references)
        wishes = Wishes(*strokes, wanted, request.palette is not None, seed, references)
        expected = self.expected(request, known, hinted, wishes, lines)
        found = choose_colors(self.loaded, known, hinted, wishes, expected)
        return shaded(known, hinted, found), (found.lab, 1 - found.bare)

    def expected(self, request: ColorizeRequest, known: Known, hinted: Hinted, wishes: Wishes, lines: UInt8) -> Chosen:
        """What regions have without a stroke; while strokes are set on one picture, that is at hand."""
        strange = any(each is not None for each in (request.known, request.merge, request.split))
        if strange or lines.size > KEPT_PIXELS:
            return expected_colors(self.loaded, known, hinted.regions, wishes)
        regions = self.regions(lines, request.close_gaps, unwatched)
        palette = None if wishes.palette is None else wishes.palette.tobytes()
        given = (wishes.seed or 0, wishes.only, palette, *(each.colors.tobytes() for each in wishes.references))
        found = at_hand(
            self.guesses,
            lines,
            (request.close_gaps, given),
            lambda: expected_colors(self.loaded, known, regions, wishes),
        )
        return of_regions(found, regions, hinted.regions)

    def reference(self, picture: UInt8) -> Reference:
        """What the networks see of a reference (h, w, 3); that of the last KEPT ones is at hand."""
        return at_hand(self.references, picture, (), lambda: see_reference(self.loaded, picture))

    def regions(self, lines: UInt8, close_gaps: int | None, advance: Advance) -> Regions:
        """`find_surfaces` by the network for cells, but those of the last KEPT pictures are at hand."""

        def meet(cells: Cells) -> NDArray[np.float64]:
            return meeting(self.loaded, self.seen(cells, lines))

        return at_hand(self.kept, lines, (close_gaps,), lambda: find_surfaces(lines, close_gaps, advance, meet))

    def seen(self, cells: Cells, lines: UInt8) -> Known:
        """What the networks see of the cells of contours (h, w); that of the last KEPT pictures is at hand."""
        parts = hashlib.blake2b(np.ascontiguousarray(cells.labels).data, digest_size=8).hexdigest()
        return at_hand(self.known, lines, (parts,), lambda: see(self.loaded, cells, lines))


def at_hand(kept: OrderedDict[bytes, T], pixels: NDArray[Any], also: tuple[object, ...], make: Callable[[], T]) -> T:
    """What was made of the same pixels (h, w, ...) and whatever else it depends on, or is made now and kept."""
    digest = hashlib.blake2b(np.ascontiguousarray(pixels).data)
    digest.update(repr((pixels.shape, *also)).encode())
    key = digest.digest()
    found = kept.pop(key, None)
    if found is None:
        found = make()
    if pixels.shape[0] * pixels.shape[1] <= KEPT_PIXELS:
        kept[key] = found
    while len(kept) > KEPT:
        kept.popitem(last=False)
    return found


def take(request: ColorizeRequest) -> tuple[ColorizeRequest, UInt8, Seen]:
    """The request with its task and its kind of paper decided; the picture (h, w, 3) on white, or the negative of light lines on black
    paper; and what it seems to show."""
    rgb = to_rgb8(request.picture)
    task = "lineart" if request.kept is not None or request.known is not None else request.task
    if task == "gray":
        return replace(request, black_paper=False), rgb, Seen(0.0, False, False)
    seen = look_at(rgb) if task == "auto" else look_at_drawing(rgb)
    task = seen.task if task == "auto" else task
    black = seen.black_paper if request.black_paper is None else request.black_paper
    request = replace(request, task=task, black_paper=task == "lineart" and black)
    if request.black_paper:
        rgb = negative_rgb8(request.picture)
    return request, rgb, seen


def on_clean_paper(request: ColorizeRequest, rgb: UInt8) -> ColorizeRequest:
    """The request with grey lines rgb (h, w, 3) on white in place of its picture, in the same depth and colour space."""
    shape, dtype = rgb.shape, request.native.dtype
    native = np.empty(shape, dtype)

    def fill(rows: slice) -> None:
        unit = to_unit(rgb[rows])
        if request.profile is not None:
            unit = np.where(unit < 1, to_profile(unit, request.profile), 1)  # paper is white to the last bit
        native[rows] = from_unit(unit, dtype)

    each_band(shape, fill)
    return replace(request, picture=rgb, original=native, black_paper=False)


def notes_on(request: ColorizeRequest, taken: ColorizeRequest, seen: Seen) -> tuple[str, ...]:
    """What the person should know of what the picture was taken for, whatever was requested."""
    if taken.task == "lineart" and seen.blank:
        words = "nothing is painted" if request.hints is None else "only what hints colour is painted"
        other = "; task gray takes the picture for a grey one" if request.task == "auto" else ""
        return (f"No lines were found, so {words}{other}.",)
    if request.task != "auto" or seen.sure or request.kept is not None or request.known is not None:
        return ()
    if taken.task == "gray":
        return ("Taken for a grey picture, which is not certain; task lineart takes it for a drawing.",)
    kind = "light lines on black paper" if taken.black_paper else "line art"
    return (f"Taken for {kind}, which is not certain; task gray takes it for a grey picture.",)


def colors_of(references: Sequence[UInt8]) -> UInt8 | None:
    """The palette (n, 3) of reference pictures (h, w, 3) each, white paper left out; None where nothing is left."""
    found = [palette_of(each, (each.min(2) < PAPER).astype(np.float32), PALETTE_SIZE)[0] for each in references]
    colors = np.concatenate(found)
    return colors if len(colors) else None


def read_regions(
    request: ColorizeRequest, rgb: UInt8, task: str, find: Callable[[UInt8, int | None], Regions] = find_surfaces
) -> Hinted:
    """The regions of line art, joined and parted as the request's strokes say, and what its hints say of them."""
    if task != "lineart":
        return unhinted(one_region(*rgb.shape[:2]))
    lines = darkest(rgb)  # coloured lines are lines too
    before = request.kept or request.known
    if before is not None:
        regions = regions_of(before.regions.labels, lines)
        regions = regions if request.split is None else cut(regions, request.split)
    else:
        parted = lines if request.split is None else np.where(request.split, 0, lines).astype(np.uint8)
        regions = find(parted, request.close_gaps)
    if request.merge is not None:
        regions = merged(regions, request.merge)
    in_place = before is None and regions.labels.size > KEPT_PIXELS
    return read_strokes(regions, *hint_planes(request, rgb.shape[:2]), in_place)


def darkest(rgb: UInt8) -> UInt8:
    """(h, w) the least of the three channels; `min(2)` takes five times as long."""
    if rgb.strides[2] == 0:  # one plane, seen three times
        return rgb[..., 0]
    return np.minimum(np.minimum(rgb[..., 0], rgb[..., 1]), rgb[..., 2])


def with_hints(prediction: Prediction, z: Conditions) -> Prediction:
    """A grey picture keeps what G says pixel by pixel, but a hint where it lies."""
    return prediction._replace(trust=torch.maximum(prediction.trust, z.hints[:, 3:4]))


def shaded(known: Known, hinted: Hinted, chosen: Chosen) -> Paint:
    """Paint whose regions have the colours and coverage that were chosen; of G's own unevenness around their means SHADE stays, but
    nothing in hinted ones, where it is an error more often than a shade."""
    height, width = known.openness.shape
    labels = shrink_labels(hinted.regions.labels, height, width)
    coverage = (1 - chosen.bare).astype(np.float32)[labels]
    weight = (known.openness * np.maximum(coverage, 1e-3)).reshape(-1) + 1e-6
    mean = means(known.free.reshape(-1, 3), labels.reshape(-1), weight, hinted.regions.count)
    shade = SHADE * (known.free - mean[labels]) * ~hinted.known[labels][..., None]
    return Paint((chosen.lab[labels] + shade).astype(np.float32), coverage, known.openness, labels)


def small_paint(prediction: Prediction, prepared: Prepared) -> Paint:
    """What G painted of a grey picture, off the padding."""
    canvas = prepared.canvas
    paint = paint_of(prediction, prepared.z) * 100
    lab = paint[0, :, : canvas.height, : canvas.width].permute(1, 2, 0).float().numpy()
    everywhere = np.ones(lab.shape[:2], np.float32)
    return Paint(lab, everywhere, everywhere, canvas.labels)
