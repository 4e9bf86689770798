"""The cut-outs of one part of the split, by what they show: a composition takes all its pieces from one part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from colorgan_core.errors import InputError

from ..render import Unusable
from ..sources import Art, source_art
from ..split import HELD_OUT, TRAINING, TUNING, of_new_hand
from .cutouts import Cutout
from .probe import cut_out
from .things import Thing, thing_of

VECTOR_SOURCES = (
    "openclipart", "noto", "fluent-emoji-flat", "twemoji", "streamline-emojis", "noto-people", "twemoji-people", "fluent-people",
    "dicebear", "emojione", "fxemoji", "noto-v1", "fluent-emoji",
)  # fmt: skip
PLAIN_FACED = (
    "noto",
    "fluent-emoji-flat",
    "twemoji",
)  # their yellow people are drawn in real skin tones in the sets of people
DRAWN_BY_HAND = 0.55  # share of pieces from openclipart where it has one: drawings, not icons
TRIES = 40  # drawings looked at before a scene does without


class Pieces:
    """Drawings of one part, TRAINING, TUNING or HELD_OUT; those of the hand that is kept for fine-tuning are left out."""

    def __init__(self, arts: Iterable[Art], part: str) -> None:
        """Raises InputError where no drawing of the part shows a thing that is known."""
        if part not in (TRAINING, TUNING, HELD_OUT):
            raise InputError(f"There is no part {part!r}: it is {TRAINING!r}, {TUNING!r} or {HELD_OUT!r}.")
        self.part = part
        arts = list(arts)
        toned = {art.family for art in arts if art.source.endswith("-people")}
        self.arts: list[tuple[Art, Thing]] = []
        for art in arts:
            thing = (
                thing_of(art) if art.is_vector and art.part == part and not of_new_hand(art.source, art.name) else None
            )
            if thing is not None and not (
                art.source in PLAIN_FACED and thing.name in ("person", "face") and art.name in toned
            ):
                self.arts.append((art, thing))
        if not self.arts:
            raise InputError(f"None of the drawings of the part {part!r} can be cut out.")
        self._by_kind: dict[tuple[tuple[str, ...], tuple[str, ...]], dict[str, list[int]]] = {}
        self._cut = lru_cache(maxsize=512)(self._cut_out)

    def __reduce__(self) -> tuple[type[Pieces], tuple[list[Art], str]]:
        return Pieces, ([art for art, _ in self.arts], self.part)

    def pick(
        self, rng: np.random.Generator, names: Sequence[str], places: Sequence[str] = (), bust: bool | None = None
    ) -> Cutout | None:
        """A cut-out of one of the classes `names` that is found in one of `places` (any when empty); None where there is none.

        bust: only what ends below in a straight cut, as busts do, or only what does not.
        """
        by_source = self._candidates(tuple(names), tuple(places))
        for _ in range(TRIES if by_source else 0):
            others = [source for source in by_source if source != "openclipart"]
            drawn = "openclipart" in by_source and (not others or rng.random() < DRAWN_BY_HAND)
            candidates = by_source["openclipart" if drawn else others[int(rng.integers(len(others)))]]
            found = self._cut(candidates[int(rng.integers(len(candidates)))])
            if found is not None and bust in (None, found.cut_off):
                return found
        return None

    def _candidates(self, names: tuple[str, ...], places: tuple[str, ...]) -> dict[str, list[int]]:
        if (names, places) not in self._by_kind:
            found: dict[str, list[int]] = {}
            for index, (art, thing) in enumerate(self.arts):
                if thing.name in names and (not places or thing.place in places):
                    found.setdefault(art.source, []).append(index)
            self._by_kind[names, places] = found
        return self._by_kind[names, places]

    def _cut_out(self, index: int) -> Cutout | None:
        try:
            return cut_out(*self.arts[index])
        except (Unusable, ValueError):  # ValueError: what resvg cannot draw
            return None


def open_pieces(downloads: Path, part: str, sources: Sequence[str] = VECTOR_SOURCES) -> Pieces:
    """The pieces of a part from packages, fetched where needed. Raises InputError."""
    return Pieces((art for source in sources for art in source_art(source, downloads)), part)
