"""Drawings with their truth, as the tasks `unhinted` and `propagate` judge them: by their true surfaces."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colorgan_core.errors import InputError, UsageError
from colorgan_core.picture.color import srgb_to_lab

from ..compose.studio import SETS
from . import dab_sets
from .dab_sets import folder_entries, named_folder
from .dabs import Case, medians_of, painted
from .rivals import copy, draw_lines_over
from .sets import COUNT, PARTS, Item, load_set, prepared_set, spread, truth_of

WHOLE_PART = 1_000_000  # more drawings than any part of prepared data has
LEAST_AREA = 1 / 1024  # of the picture: smaller surfaces are not counted (64 px of 256 x 256)
RGB = NDArray[np.uint8]


@dataclass(frozen=True)
class Drawing:
    """item: true ink and truth, for the floors. case: the drawing as a program gets it, for programs and for judging."""

    item: Item
    case: Case


@dataclass(frozen=True)
class Surfaces:
    """The painted true surfaces that count: labels (n,), areas (n,) in px off the ink, lab (n, 3) of the truth's medians."""

    labels: NDArray[np.int64]
    areas: NDArray[np.int64]
    lab: NDArray[np.float32]


def painted_surfaces(case: Case) -> Surfaces:
    areas = np.bincount(case.labels[case.off], minlength=len(case.medians))
    counts = painted(case.medians) & (areas >= LEAST_AREA * case.labels.size)
    if case.surfaces is None:
        counts[0] = False  # what lies in no connected surface
    labels = np.flatnonzero(counts)
    return Surfaces(labels, areas[labels], srgb_to_lab(case.medians[labels][None])[0])


def colors_in(picture: RGB, case: Case, surfaces: Surfaces) -> RGB:
    """(n, 3) median colour of a result in each of the surfaces, off the ink."""
    return medians_of(picture[case.off], case.labels[case.off], len(case.medians))[surfaces.labels]


@dataclass(frozen=True)
class Entry:
    """A drawing that is read when it is wanted: a set of compositions is larger than memory."""

    name: str
    read: Callable[[], Drawing]


def entries_of(name: str, data: Path | None, limit: int | None) -> list[Entry]:
    """A set of single drawings (openmoji, a part of prepared data, a folder), or compositions in their conditions (studio, tuning, or a
    folder of such), at most `limit`, of compositions as many a condition. Raises UsageError, InputError."""
    if name == "tuxpaint":
        raise UsageError("The set tuxpaint has no colour truth, so nothing can be judged on it.")
    if name in SETS or any(Path(name).glob("*/line")):
        return compositions(named_folder(name, data), limit)
    return [Entry(item.name, partial(single, item)) for item in load_set(name, "lineart", data, limit).items]


def compositions(folder: Path, limit: int | None) -> list[Entry]:
    """The drawings of a folder's conditions. Raises InputError."""
    return [
        Entry(f"{condition}/{each.name}", partial(composed, condition, each))
        for condition, entries in folder_entries(folder, limit).items()
        for each in entries
    ]


def single(item: Item) -> Drawing:
    truth = truth_of(item) if item.color is None else item.color
    return Drawing(item, Case(item.name, copy(item.lines), truth, item.lines))


def composed(condition: str, entry: dab_sets.Entry) -> Drawing:
    """A drawing in a condition. Its floors get the true ink, whatever the medium. Raises InputError."""
    case = entry.read()
    ink = case.gray if case.ink is None else case.ink
    coverage = np.where(case.paper, 0, 255).astype(np.uint8)
    return Drawing(Item(f"{condition}/{case.name}", ink, draw_lines_over(case.truth, ink), case.truth, coverage), case)


def many_colored(part: str, data: Path | None, fewest: int, limit: int | None) -> tuple[list[Drawing], int]:
    """Of a part of prepared data the drawings with so many painted surfaces and more, at most `limit`, evenly spread; and how many such
    drawings there are. Raises UsageError, InputError."""
    if part not in PARTS:
        raise UsageError(f"There is no part {part} of prepared data; parts are {', '.join(PARTS)}.")
    drawings = [single(item) for item in prepared_set(part, "lineart", data, WHOLE_PART).items]
    found = [drawing for drawing in drawings if len(painted_surfaces(drawing.case).labels) >= fewest]
    if not found:
        raise InputError(f"No drawing of the part {part} in {data} has {fewest} painted surfaces.")
    return [found[place] for place in spread(len(found), limit or COUNT)], len(found)


def reference_of(name: str, data: Path | None, used: Collection[str], fewest: int) -> list[RGB]:
    """Coloured art with its lines, for KID: of the held-out part, for sets of the tuning part of that, without the drawings that are
    `used`. Raises UsageError where `data` is missing, InputError where fewer than `fewest` are left."""
    part = "tuning-part" if name in ("tuning", "tuning-part") else "held-out"
    if data is None:
        raise UsageError("KID needs coloured art of the prepared data: name its folder with --data DIR.")
    found = [truth_of(item) for item in prepared_set(part, "lineart", data, WHOLE_PART).items if item.name not in used]
    if len(found) < fewest:
        raise InputError(
            f"KID needs {fewest} coloured drawings of the {part.replace('-', ' ')} beside those that are measured, and {len(found)} "
            "are left: measure fewer with --limit."
        )
    return found
