"""Sequences: whether regions keep their colours between key frames, measured on made-up animation whose truth is known.

Of 25 frames the 1st, 13th and 25th are keys, with their true colours, and the frames between are judged; then the last key is taken
away, and the frames after the one that is now the last are judged. A region is judged if it has at least LEAST of the picture's pixels, the
paper around the figures never is. Right is the very colour, and paper for paper. What is not found counts as wrong here; a job asks the
network for it.
"""

from __future__ import annotations

import itertools
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorgan_core.errors import InputError
from colorgan_core.lineart.regions import Regions
from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.sequence.keys.descriptor import describe
from colorgan_core.sequence.keys.key_frame import most_common
from colorgan_core.sequence.keys.matching import match_regions
from colorgan_core.sequence.keys.tracking import Track, most_probable_tracks

from ..sources import Art, folder_art, source_art
from ..split import HELD_OUT, TRAINING
from .animation import Frame, animate
from .parts import Part, parts_of
from .rivals import draw_lines_over
from .sets import downloads
from .sheet import contact_sheet

CLIPS, FRAMES, SIZE, EVERY = 40, 25, 320, 12
SOURCES = ("openclipart", "fluent-emoji-flat", "twemoji", "noto")
COLORS = 4  # a drawing of fewer says little
SPREAD = 7  # of drawings seen in training, of which there are many: every seventh
INKED = 0.3  # of a drawing; where more is black, little is left to colour
LEAST = 3e-4  # of the picture's pixels
ROWS = {
    "colorgan": "colorgan",
    "overlap": "nearest key, by overlap",
    "place": "nearest key, at its place",
}
PARTS = {"between": "between keys", "after": "after the last key"}
LOST = (255, 0, 255)  # on the sheet, what was not found

Drawing = list[Part]
Class = NDArray[np.int64]


@dataclass(frozen=True)
class Job:
    """One clip to be made and judged: a large drawing and a small one."""

    drawings: tuple[Drawing, ...]
    seed: int
    frames: int
    size: int
    every: int
    shown: bool  # whether its pictures are wanted


@dataclass(frozen=True)
class Judged:
    """right: for each of ROWS in each of PARTS, what was right and what was judged, in regions and pixels: (2, 2). found: of the regions
    between keys, those that colorgan found, and those it was right about. pictures: rows of the sheet."""

    right: dict[tuple[str, str], NDArray[np.float64]]
    found: NDArray[np.float64]
    pictures: list[list[NDArray[np.uint8]]]


@dataclass(frozen=True)
class SequenceFigures:
    """Shares in 0..1 of what is right, by count and by area, for each of PARTS."""

    row: str
    count: dict[str, float]
    area: dict[str, float]

    def record(self) -> dict[str, Any]:
        return {"row": self.row, "count": self.count, "area": self.area}


# ---- drawings


def drawings_of(arts: Iterable[Art], size: int) -> Iterator[Drawing]:
    """The drawings that can be taken apart and have something to colour."""
    for art in arts:
        if not art.is_vector:
            continue
        assert not isinstance(art.data, np.ndarray)
        try:
            parts = parts_of(art.data.read_bytes() if isinstance(art.data, Path) else art.data, size)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException:  # resvg's panics are no Exceptions
            continue
        whole = np.any([part.mask > 127 for part in parts], 0).sum()
        inked = np.any([part.ink * (part.mask > 127) for part in parts], 0).sum()
        if len({part.color for part in parts if not part.ink}) >= COLORS and inked <= INKED * whole:
            yield parts


def drawings_for(name: str, data: Path | None, count: int, held_out: bool = True) -> list[Drawing]:
    """`count` drawings of each source by turns, held out or seen in training, or of a folder of SVGs. Raises InputError where there are
    no two."""
    if name == "held-out":
        part = HELD_OUT if held_out else TRAINING
        sources = [[art for art in source_art(each, downloads(data)) if art.part == part] for each in SOURCES]
        step = 1 if held_out else SPREAD
        streams = [drawings_of(arts[::step], SIZE) for arts in sources]
    else:
        streams = [drawings_of(folder_art(Path(name)), SIZE)]
    found: list[Drawing] = []
    while streams and len(found) < count:
        for stream in list(streams):
            drawing = next(stream, None)
            if drawing is None:
                streams.remove(stream)
            else:
                found.append(drawing)
    if len(found) < 2:
        raise InputError(f"The set {name} holds no two vector drawings that could be animated.")
    return found[:count]


def jobs_of(drawings: list[Drawing], clips: int, shown: int = 0) -> list[Job]:
    """Two drawings a clip, the first of them large. shown: of so many clips pictures are wanted."""
    pairs = [(drawings[2 * n % len(drawings)], drawings[(2 * n + 1) % len(drawings)]) for n in range(clips)]
    wanted = {round(n * clips / max(1, shown)) for n in range(shown)}
    return [Job(pair, seed, FRAMES, SIZE, EVERY, seed in wanted) for seed, pair in enumerate(pairs)]


# ---- one clip


def judge(job: Job) -> Judged:
    clip = animate(job.drawings, job.seed, job.frames, job.size)
    regions = [find_surfaces(frame.lines) for frame in clip]
    truth = [classes_of(frame, each) for frame, each in zip(clip, regions, strict=True)]
    descriptors = [describe(each) for each in regions]
    steps = [match_regions(*pair) for pair in itertools.pairwise(descriptors)]
    keys = list(range(0, job.frames, job.every))
    right: dict[tuple[str, str], NDArray[np.float64]] = {}
    found, pictures = np.zeros(3), []
    for part, mine in (("between", keys), ("after", keys[:-1])):
        ours = most_probable_tracks([each.count for each in regions], steps, mine)
        first = 0 if part == "between" else mine[-1]
        for row in ROWS:
            right[row, part] = np.zeros((2, 2))
        for number in set(range(first, job.frames)) - set(mine):
            near = min(mine, key=lambda key: abs(key - number))
            answers = {
                "colorgan": colors_from(ours[number], truth),
                "overlap": truth[near][by_overlap(regions[number], regions[near])],
                "place": truth[near][at_place(regions[number], regions[near])],
            }
            judged = counted(regions[number], truth[number])
            weight = np.stack([judged, judged * regions[number].areas]).astype(np.float64)
            for row, answer in answers.items():
                right[row, part] += np.stack([weight @ (answer == truth[number]), weight.sum(1)])
            if part == "between":
                known = ours[number].key >= 0
                found += [judged.sum(), (judged & known).sum(), (judged & (answers["colorgan"] == truth[number])).sum()]
            if job.shown and part == "between" and number % job.every in (job.every // 3, job.every // 2):
                pictures.append(row_of(clip, regions, number, near, answers))
    return Judged(right, found, pictures)


def classes_of(frame: Frame, regions: Regions) -> Class:
    """(n,) of each region the colour that most of it has in truth, as 0xRRGGBB, and 1 << 24 more where it is painted."""
    open_ = regions.depth > 0
    pair = regions.labels[open_].astype(np.int64) << 32 | frame.parts[open_]
    part = most_common(pair, 32, regions.count)
    return frame.colors[part].astype(np.int64) @ np.array([1 << 16, 1 << 8, 1]) + (np.int64(part > 0) << 24)


def counted(regions: Regions, truth: Class) -> NDArray[np.bool_]:
    """Which regions are judged."""
    judged = regions.areas >= LEAST * regions.labels.size
    paper = np.flatnonzero(truth < 1 << 24)
    if len(paper):
        judged[paper[regions.areas[paper].argmax()]] = False
    return np.asarray(judged)


def colors_from(track: Track, truth: list[Class]) -> Class:
    """The colour of each tracked region; -1 where it was not found."""
    found = [truth[key][region] if key >= 0 else -1 for key, region in zip(track.key, track.region, strict=True)]
    return np.array(found, np.int64)


def by_overlap(regions: Regions, key: Regions) -> NDArray[np.int64]:
    """(n,) the key's region that each region has most pixels in common with."""
    pair = regions.labels.astype(np.int64) << 32 | key.labels
    return most_common(pair.reshape(-1), 32, regions.count)


def at_place(regions: Regions, key: Regions) -> NDArray[np.int64]:
    """(n,) the key's region at the pixel of each region that is farthest from its lines."""
    order = np.argsort(regions.depth.reshape(-1), kind="stable")
    deepest = np.zeros(regions.count, np.int64)
    deepest[regions.labels.reshape(-1)[order]] = order
    return key.labels.reshape(-1)[deepest].astype(np.int64)


def row_of(
    clip: list[Frame], regions: list[Regions], number: int, near: int, answers: Mapping[str, Class]
) -> list[NDArray[np.uint8]]:
    """A row of the sheet: nearest key, the frame's truth, colorgan's, and overlap's."""
    lines = clip[number].lines

    def filled(answer: Class) -> NDArray[np.uint8]:
        table = np.stack([answer >> 16 & 255, answer >> 8 & 255, answer & 255], 1).astype(np.uint8)
        table[answer < 0] = LOST
        return draw_lines_over(table[regions[number].labels], lines)

    truths = [draw_lines_over(frame.colors[frame.parts], frame.lines) for frame in (clip[near], clip[number])]
    return [*truths, filled(answers["colorgan"]), filled(answers["overlap"])]


# ---- all of them


def sequence_figures(
    jobs: list[Job], workers: int, advance: Callable[[], None]
) -> tuple[list[SequenceFigures], float, NDArray[np.uint8] | None]:
    """A row each of ROWS; the share of regions between keys that colorgan found; the sheet, if any clip is to be shown."""
    right = {(row, part): np.zeros((2, 2)) for row in ROWS for part in PARTS}
    found, pictures = np.zeros(3), []
    for judged in judged_in(jobs, workers):
        for key, value in judged.right.items():
            right[key] += value
        found += judged.found
        pictures += judged.pictures
        advance()
    rows = []
    for row in ROWS:
        shares = {part: right[row, part][0] / np.maximum(right[row, part][1], 1) for part in PARTS}
        rows.append(
            SequenceFigures(
                row,
                {part: float(share[0]) for part, share in shares.items()},
                {part: float(share[1]) for part, share in shares.items()},
            )
        )
    names = ["nearest key", "truth", "colorgan", "overlap"]
    return rows, float(found[1] / max(found[0], 1)), contact_sheet(names, pictures, 256) if pictures else None


def judged_in(jobs: list[Job], workers: int) -> Iterator[Judged]:
    if workers <= 1:
        yield from map(judge, jobs)
        return
    with multiprocessing.get_context("spawn").Pool(workers, _start) as pool:
        yield from pool.imap(judge, jobs)


def _start() -> None:
    """Each process has one core, and leaves Ctrl-C to its parent."""
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def verdicts(rows: list[SequenceFigures]) -> list[str]:
    """What the bars say: nine regions in ten, and at least half of the errors of copying by overlap gone."""
    by_name = {row.row: row for row in rows}
    ours, overlap = by_name["colorgan"].count["between"], by_name["overlap"].count["between"]
    gone = 1 - (1 - ours) / max(1 - overlap, 1e-9)
    return [
        f"{100 * ours:.1f} % of the regions between keys are right, {'at least' if ours >= 0.9 else 'under'} 90 %.",
        f"Of the errors of copying by overlap {100 * gone:.0f} % are gone, {'at least' if gone >= 0.5 else 'under'} half.",
    ]
