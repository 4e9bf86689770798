"""From a picture and a person's wishes to a coloured picture of the same size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..model.color import lab_to_din99o, srgb_to_lab
from ..model.config import PALETTE_SIZE
from ..model.generator import Prediction, compose, paint_of
from ..picture.color import lab_to_srgb, to_uint8
from ..picture.color import srgb_to_lab as pixels_to_lab
from ..picture.gamut import keep_lightness
from ..picture.gray import detect_task
from ..picture.kmeans import palette_of
from ..picture.pixels import to_rgb8
from ..picture.regions import Regions, find_regions, one_region
from ..picture.upsample import guided_upsample
from .loaded import Loaded
from .prepare import WORKING_SIZE, Prepared, palette_condition, prepare
from .request import ColorizeRequest
from .settle import settle

CANDIDATES = 12  # palettes that a seed draws from the bank
# Of them, those whose pictures are nearest to what G expects without a palette: D alone prefers the loud ones.
LIKELY = 3
PAPER = 245  # of 255: a reference's pixels all of whose channels are above are its paper
# How far a colour that nobody asked for replaces free paint; all the way would cost a twentieth more deltae.
HELD_BACK = 0.7
CANDIDATE_SIZE = 128  # px; small is enough to see whether colours go together

UInt8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Painting:
    """The result. picture: (h, w, 3 or 4) uint8 as the request's; paint: (h, w, 3) uint8 without lines; coverage: (h, w) in 0..1;
    task: "lineart" or "gray"; palette: (n, 3) uint8 given or chosen, or None."""

    picture: UInt8
    paint: UInt8
    coverage: NDArray[np.float32]
    task: str
    palette: UInt8 | None
    regions: Regions


class Colorizer:
    """Colours line art and grey pictures. Not for two threads at once."""

    def __init__(self, loaded: Loaded, working_size: int = WORKING_SIZE) -> None:
        self.loaded = loaded
        self.working_size = working_size

    def colorize(self, request: ColorizeRequest) -> Painting:
        """Colours one picture."""
        rgb = to_rgb8(request.picture)
        task = detect_task(rgb) if request.task == "auto" else request.task
        lines = rgb.min(2) if task == "lineart" else None  # coloured lines are lines too
        regions = find_regions(lines, request.close_gaps) if lines is not None else one_region(*rgb.shape[:2])
        prepared = prepare(request, rgb, task, regions, self.working_size)
        wanted, trust = request.palette, 1.0
        if wanted is None and request.reference is not None:
            wanted = colors_of(request.reference)
        if wanted is not None:
            prepared = prepared.with_palettes(palette_condition(wanted))
        elif (
            request.hints is None
            and (task == "lineart" or request.seed is not None)
            and len(self.loaded.weights.palettes)
        ):
            small = prepare(request, rgb, task, regions, CANDIDATE_SIZE)
            prepared = prepared.with_palettes(self.choose_palette(small, request.seed or 0))
            trust = HELD_BACK
        prediction = settle(self.loaded.predict(prepared.x, prepared.z), prepared.z)
        prediction = prediction._replace(reliance=trust * prediction.reliance)
        paint, coverage = at_native_size(prediction, prepared, regions)
        return finish(request, rgb, task, regions, paint, coverage, prepared.palette)

    @torch.inference_mode()
    def choose_palette(self, prepared: Prepared, seed: int) -> Tensor:
        """Draws palettes from the bank by `seed`, colours a small copy with each, gives the likely one that D ranks best: (1, 8, 4)."""
        bank = self.loaded.weights.palettes
        picks = np.random.default_rng(seed).choice(len(bank), min(CANDIDATES, len(bank)), replace=False)
        many = prepared.with_palettes(bank[torch.from_numpy(picks)])
        drawn = self.draw(many)
        surprise = (lab_to_din99o(drawn) - lab_to_din99o(self.draw(prepared))).abs().mean((1, 2, 3))
        likely = surprise.argsort()[:LIKELY]
        judged = self.loaded.judge(many.x, drawn, many.z.without_palette())
        best = int(likely[judged[likely].argmax()])
        return many.z.palette[best : best + 1]

    def draw(self, prepared: Prepared) -> Tensor:
        """The settled pictures in Lab / 100, (b, 3, h, w)."""
        prediction = settle(self.loaded.predict(prepared.x, prepared.z), prepared.z)
        return srgb_to_lab(compose(prepared.x, prediction, prepared.z).clamp(0, 1))


def colors_of(reference: UInt8) -> UInt8 | None:
    """The palette (n, 3) of a reference picture (h, w, 3), white paper left out; None where nothing is left."""
    colors, _ = palette_of(reference, (reference.min(2) < PAPER).astype(np.float32), PALETTE_SIZE)
    return colors if len(colors) else None


def at_native_size(
    prediction: Prediction, prepared: Prepared, regions: Regions
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Paint in Lab (h, w, 3) and coverage (h, w) in 0..1 at the picture's own size."""
    canvas = prepared.canvas
    both = torch.cat([paint_of(prediction, prepared.z) * 100, prediction.coverage.sigmoid()], 1)
    small = both[0, :, : canvas.height, : canvas.width].permute(1, 2, 0).numpy()
    native = guided_upsample(small, canvas.labels, regions)
    return native[..., :3], np.clip(native[..., 3], 0, 1)


def finish(
    request: ColorizeRequest,
    rgb: UInt8,
    task: str,
    regions: Regions,
    paint: NDArray[np.float32],
    coverage: NDArray[np.float32],
    palette: UInt8 | None,
) -> Painting:
    """Lines over paint over paper, or the picture's own lightness with the paint's colour.

    The request's alpha is kept, but for ink on a transparent layer, whose painted regions become opaque.
    """
    glass = task == "lineart" and request.picture.shape[2] == 4 and on_glass(request.picture)
    if not glass:  # alpha is kept, so colours must not be blended with paper here too
        rgb = request.picture[..., :3]
    if task == "lineart":
        if request.bare is not None:
            coverage = np.where(bare_regions(regions, request.bare), 0, coverage).astype(np.float32)
        color = lab_to_srgb(paint)
        c = coverage[..., None]
        drawn = rgb / np.float32(255) * (c * color + (1 - c))
    else:
        coverage = np.ones_like(coverage)
        color = drawn = keep_lightness(pixels_to_lab(rgb)[..., 0], paint[..., 1:])
    if request.picture.shape[2] == 3:
        result = to_uint8(drawn)
    elif glass:
        # lines on a transparent layer: paint makes it opaque, and on white it must look as drawn
        alpha = 1 - (1 - request.picture[..., 3:] / np.float32(255)) * (1 - coverage[..., None])
        result = to_uint8(np.concatenate([(drawn - (1 - alpha)) / np.maximum(alpha, 1e-3), alpha], 2))
    else:
        result = np.concatenate([to_uint8(drawn), request.picture[..., 3:]], 2)
    return Painting(result, to_uint8(color), coverage, task, palette, regions)


def on_glass(picture: UInt8) -> bool:
    """Whether an (h, w, 4) picture is ink on a transparent layer: little is opaque, and most of that is dark."""
    opaque = picture[..., 3] >= 128
    return bool(0 < opaque.mean() < 0.4 and (picture[opaque][:, :3].min(1) < 128).mean() > 0.5)


def bare_regions(regions: Regions, bare: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(h, w) bool: the regions of which a bare stroke covers a quarter or 8 open pixels."""
    hit = np.bincount(regions.labels[bare & (regions.depth > 1)], minlength=regions.count)
    return ((hit >= 8) | (4 * hit >= np.maximum(regions.areas, 1)))[regions.labels] & bool(bare.any())
