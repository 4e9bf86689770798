"""The formulas behind the tables: pure functions on NumPy arrays.

Pictures are uint8 (h, w, 3) sRGB unless a line says otherwise; Lab is CIELAB, D65. Differences of colour are CIEDE2000
(Sharma, Wu, Dalal 2005), the one that `hintauc` and scikit-image use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from colorgan_core.picture.color import srgb_to_lab

RGB = NDArray[np.uint8]
Lab = NDArray[np.floating]
Mask = NDArray[np.bool_]

AB_BIN = 5  # Lab units a side: about what an eye tells apart in two patches that do not touch
AB_RANGE = 110  # sRGB stays inside -108..99
DISTINCT = 15.0  # deltaE from which two flat colours read as different colours side by side


def delta_e_2000(first: Lab, second: Lab, k_l: float = 1.0) -> NDArray[np.float64]:
    """CIEDE2000 difference of two broadcastable (..., 3) Lab arrays, (...,), kC = kH = 1.

    k_l: how little lightness counts; 2 is usual where texture or shading changes it.
    """
    l1, a1, b1 = np.moveaxis(np.asarray(first, np.float64), -1, 0)
    l2, a2, b2 = np.moveaxis(np.asarray(second, np.float64), -1, 0)
    mean_chroma7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    stretch = 1.5 - 0.5 * np.sqrt(mean_chroma7 / (mean_chroma7 + 25.0**7))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.arctan2(b1, a1) % (2 * np.pi), np.arctan2(b2, a2) % (2 * np.pi)
    colourful = c1 * c2 > 0  # a grey has no hue: its difference and mean do not count

    dh = np.where(colourful, (h2 - h1 + np.pi) % (2 * np.pi) - np.pi, 0.0)
    dh_chroma = 2 * np.sqrt(c1 * c2) * np.sin(dh / 2)
    sum_h = h1 + h2
    far = np.abs(h1 - h2) > np.pi
    mean_h = np.where(far, np.where(sum_h < 2 * np.pi, sum_h + 2 * np.pi, sum_h - 2 * np.pi), sum_h) / 2
    mean_h = np.where(colourful, mean_h, sum_h)
    mean_l, mean_c = (l1 + l2) / 2, (c1 + c2) / 2

    t = (
        1
        - 0.17 * np.cos(mean_h - np.pi / 6)
        + 0.24 * np.cos(2 * mean_h)
        + 0.32 * np.cos(3 * mean_h + np.radians(6))
        - 0.20 * np.cos(4 * mean_h - np.radians(63))
    )
    s_l = 1 + 0.015 * (mean_l - 50) ** 2 / np.sqrt(20 + (mean_l - 50) ** 2)
    s_c = 1 + 0.045 * mean_c
    s_h = 1 + 0.015 * mean_c * t
    turn = np.radians(30) * np.exp(-(((np.degrees(mean_h) - 275) / 25) ** 2))
    r_t = -2 * np.sqrt(mean_c**7 / (mean_c**7 + 25.0**7)) * np.sin(2 * turn)
    dl, dc, dh_ = (l2 - l1) / (k_l * s_l), (c2 - c1) / s_c, dh_chroma / s_h
    return np.sqrt(np.maximum(dl**2 + dc**2 + dh_**2 + r_t * dc * dh_, 0.0))


def picture_delta_e(result: RGB, truth: RGB) -> float:
    """Mean CIEDE2000 over a picture. Equal pixels are 0 without the arithmetic, and in line drawings most are equal."""
    differs = (result != truth).any(-1)
    if not differs.any():
        return 0.0
    return float(delta_e_2000(srgb_to_lab(result[differs]), srgb_to_lab(truth[differs])).sum() / differs.size)


def mse(result: RGB, truth: RGB) -> float:
    """Mean squared error of values in 0..1."""
    return float(np.mean(((result.astype(np.float32) - truth) / 255) ** 2))


def psnr(result: RGB, truth: RGB) -> float:
    """Peak signal to noise ratio in dB; equal pictures have 100, as in `hintauc`."""
    return float(10 * np.log10(1 / (mse(result, truth) + 1e-10)))


def chroma(picture: RGB, mask: Mask | None = None) -> float:
    """Sum of Lab chroma over the mask (default: all pixels): divide two sums for a ratio over a whole set."""
    lab = srgb_to_lab(picture if mask is None else picture[mask])
    return float(np.hypot(lab[..., 1], lab[..., 2]).sum(dtype=np.float64))


def overlap(first: Mask, second: Mask) -> float:
    """Intersection over union of two masks; two empty masks agree wholly (1)."""
    union = np.count_nonzero(first | second)
    return np.count_nonzero(first & second) / union if union else 1.0


def distinct_colors(colors: Lab, areas: NDArray[np.generic], apart: float = DISTINCT) -> int:
    """How many of (n, 3) Lab colours differ: by falling area, one counts that is over `apart` from all counted."""
    counted: list[NDArray[np.floating]] = []
    for color in colors[np.argsort(-areas, kind="stable")]:
        if not counted or (delta_e_2000(np.stack(counted), color) > apart).all():
            counted.append(color)
    return len(counted)


def region_colors(
    picture: RGB, labels: NDArray[np.int32], mask: Mask, least: int = 64
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Mean Lab colour (n, 3) and area (n,) of the masked part of each region where that part has `least` pixels."""
    kept = labels[mask]
    areas = np.bincount(kept, minlength=int(labels.max()) + 1)
    lab = srgb_to_lab(picture[mask])
    sums = np.stack([np.bincount(kept, weights=lab[:, i], minlength=len(areas)) for i in range(3)], axis=1)
    enough = areas >= least
    return (sums[enough] / areas[enough, None]).astype(np.float32), areas[enough]


def ab_histogram(picture: RGB, mask: Mask) -> NDArray[np.float64]:
    """Counts of the masked pixels in square bins of `AB_BIN` Lab units over a* and b*: (44, 44), not normalised."""
    lab = srgb_to_lab(picture[mask])
    edges = np.arange(-AB_RANGE, AB_RANGE + AB_BIN, AB_BIN)
    return np.histogram2d(lab[:, 1], lab[:, 2], bins=[edges, edges])[0]


def total_variation(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Half the L1 distance of two histograms, neither empty, each divided by its sum: 0 equal, 1 disjoint."""
    return float(np.abs(first / first.sum() - second / second.sum()).sum() / 2)


def sliced_wasserstein(first: NDArray[np.floating], second: NDArray[np.floating], directions: int = 16) -> float:
    """How far colour has to be moved to turn one ab histogram into the other, in Lab units.

    The mean, over directions in the ab plane, of the Wasserstein-1 distance of the projections (Rabin et al. 2011).
    Flat art has few colours: there total variation calls a near miss as wrong as a far one, and this does not.
    Neither histogram is empty.
    """
    centres = np.arange(-AB_RANGE, AB_RANGE, AB_BIN) + AB_BIN / 2
    a, b = np.meshgrid(centres, centres, indexing="ij")
    surplus = (first / first.sum() - second / second.sum()).ravel()
    distances = []
    for angle in np.arange(directions) * np.pi / directions:
        along = (a * np.cos(angle) + b * np.sin(angle)).ravel()
        order = np.argsort(along, kind="stable")
        distances.append(np.abs(np.cumsum(surplus[order])[:-1]) @ np.diff(along[order]))
    return float(np.mean(distances))


def area_under(curve: Mapping[float, float], low: float = 0.0, high: float = 1.0) -> float:
    """Trapezoid area of {ratio: value} from `low` to `high` (both are ratios of the curve), divided by high - low."""
    xs = np.array([x for x in sorted(curve) if low <= x <= high])
    ys = np.array([curve[x] for x in xs])
    return float(np.diff(xs) @ (ys[1:] + ys[:-1]) / 2 / (high - low))


def best_constant(colors: Lab, weights: NDArray[np.floating] | None = None, steps: Sequence[int] = (32, 8, 2)) -> RGB:
    """The sRGB colour (3,) uint8 with the least mean CIEDE2000 to (n, 3) Lab colours: a grid, then finer ones."""
    share = np.full(len(colors), 1 / len(colors)) if weights is None else weights / weights.sum()
    centre, reach = np.full(3, 127.5), 127.5
    for step in steps:
        offsets = np.arange(-reach, reach + 0.5, step)
        grid = np.stack(np.meshgrid(offsets, offsets, offsets, indexing="ij"), -1).reshape(-1, 3) + centre
        grid = np.unique(np.clip(np.rint(grid), 0, 255).astype(np.uint8), axis=0)
        cost = [float(delta_e_2000(colors, candidate) @ share) for candidate in srgb_to_lab(grid)]
        centre, reach = grid[int(np.argmin(cost))].astype(float), step
    return np.rint(centre).astype(np.uint8)
