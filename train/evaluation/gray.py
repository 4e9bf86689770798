"""The greyscale table: colour originals, their lightness given, their colours to be found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from colorgan_core.picture.color import lab_to_srgb, srgb_to_lab, to_uint8

from . import measures
from .network import Colors, ask
from .sets import EvaluationSet


@dataclass(frozen=True)
class GrayFigures:
    """psnr (dB) and deltae (CIEDE2000): means over pictures; chroma: of the whole set, result divided by original."""

    row: str
    psnr: float
    deltae: float
    chroma: float

    def record(self) -> dict[str, float | str]:
        return asdict(self)


def gray_of(color: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w) grey of the same L* as (h, w, 3): "leave it grey" is then right in lightness and wrong in colour only."""
    lab = srgb_to_lab(color)
    lab[..., 1:] = 0
    return to_uint8(lab_to_srgb(lab))[..., 0]


def gray_figures(chosen: EvaluationSet, colorizer: Colors | None, advance: Callable[[], None]) -> list[GrayFigures]:
    """A row for colorgan, when there is a colorizer, and one for "leave it grey"."""
    names = (["colorgan"] if colorizer is not None else []) + ["leave it grey"]
    psnr: dict[str, list[float]] = {name: [] for name in names}
    deltae: dict[str, list[float]] = {name: [] for name in names}
    chroma = dict.fromkeys(names, 0.0)
    original = 0.0
    for item in chosen.items:
        assert item.color is not None, f"{item.name} has no colour original"
        gray = gray_of(item.color)
        results = {"leave it grey": np.repeat(gray[..., None], 3, 2)}
        if colorizer is not None:
            results["colorgan"] = ask(colorizer, gray, "gray").picture
        original += measures.chroma(item.color)
        for name, result in results.items():
            psnr[name].append(measures.psnr(result, item.color))
            deltae[name].append(measures.picture_delta_e(result, item.color))
            chroma[name] += measures.chroma(result)
        advance()
    return [
        GrayFigures(n, float(np.mean(psnr[n])), float(np.mean(deltae[n])), chroma[n] / max(original, 1e-9))
        for n in names
    ]
