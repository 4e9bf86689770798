"""The style table: two judges of likeness, one of content, on held-out contents x held-out paintings.

Judges: the cosine of the teacher's style vectors, and one that nothing is trained on, the sliced Wasserstein distance between
7 x 7 patches at three scales; beside it the distance of the Lab covariances. Content: SSIM of luminance gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from colorgan_core.picture.color import lab_to_srgb, srgb_to_lab, to_uint8

from ..teacher import Teacher, Vector

RGB = NDArray[np.uint8]
Floats = NDArray[np.float32]
PATCH, SCALES, PATCHES, DIRECTIONS = 7, 3, 4096, 128
GRADIENT_RANGE = 0.5  # "data range" of the gradients' SSIM
THIRD = 1 / 3  # of the way from Reinhard to Magenta that a style transfer must have gone, in both judges
ROWS = {
    "colorgan": "colorgan",
    "identity": "identity",
    "reinhard": "colour statistics (Reinhard)",
    "magenta": "Magenta, the teacher",
}


class Stylizes(Protocol):
    """(content (384, 384, 3), style (s, s, 3)) -> (384, 384, 3), all uint8 sRGB."""

    def __call__(self, content: RGB, style: RGB) -> RGB: ...


@dataclass(frozen=True)
class StyleFigures:
    """Means over all pairs. cosine: higher is more like; patches, covariance: lower is more like; content: higher is better kept."""

    row: str
    cosine: float
    patches: float
    covariance: float
    content: float

    def record(self) -> dict[str, Any]:
        return asdict(self)


def style_figures(
    contents: Sequence[RGB], styles: Sequence[RGB], colorgan: Stylizes | None, advance: Callable[[], None]
) -> tuple[list[StyleFigures], list[dict[str, RGB]]]:
    """A row for each of ROWS, colorgan's only when there is one, and every pair's pictures by row, content by content."""
    teacher = Teacher()
    vectors = [teacher.vector(style) for style in styles]
    found: dict[str, list[list[float]]] = {}
    pictures = []
    for content in contents:
        for style, vector in zip(styles, vectors, strict=True):
            results = {} if colorgan is None else {"colorgan": colorgan(content, style)}
            results |= {
                "identity": content,
                "reinhard": reinhard(content, style),
                "magenta": teacher.stylize(content, vector),
            }
            for row, result in results.items():
                figures = [
                    cosine(teacher.vector(result), vector),
                    patch_distance(result, style),
                    covariance_distance(result, style),
                    gradient_ssim(result, content),
                ]
                found.setdefault(row, []).append(figures)
            pictures.append(results)
            advance()
    return [StyleFigures(row, *(float(v) for v in np.mean(values, 0))) for row, values in found.items()], pictures


def verdicts(rows: Sequence[StyleFigures]) -> list[str]:
    """What the bars say about colorgan's row."""
    named = {row.row: row for row in rows}
    if "colorgan" not in named:
        return []
    ours, low, high = (named[name] for name in ("colorgan", "reinhard", "magenta"))
    way = [(getattr(ours, n) - getattr(low, n)) / (getattr(high, n) - getattr(low, n)) for n in ("cosine", "patches")]
    far = "at least a third of" if min(way) >= THIRD else "less than a third of"
    kept = "no worse than" if ours.content >= high.content else "worse than"
    return [
        f"From Reinhard to Magenta it is {far} the way: {way[0]:.2f} by the style vector, {way[1]:.2f} by patches.",
        f"Content is kept {kept} Magenta keeps it.",
    ]


def reinhard(content: RGB, style: RGB) -> RGB:
    """Mean and standard deviation of each Lab channel taken from the style (Reinhard et al., "Color transfer between images", 2001)."""
    ours, theirs = srgb_to_lab(content), srgb_to_lab(style)
    spread = ours.std((0, 1)).clip(min=1e-3)
    moved = (ours - ours.mean((0, 1))) / spread * theirs.std((0, 1)) + theirs.mean((0, 1))
    return to_uint8(lab_to_srgb(moved.astype(np.float32)))


def cosine(first: Vector, second: Vector) -> float:
    return float(first @ second / max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-9))


def patch_distance(result: RGB, style: RGB) -> float:
    """Sliced Wasserstein-1 distance of 7 x 7 x 3 patches in 0..1 at full, half and quarter size, mean over DIRECTIONS unit
    vectors and scales (Rabin et al., "Wasserstein barycenter and its application to texture mixing", 2011)."""
    rng = np.random.default_rng(0)
    distances = []
    for scale in range(SCALES):
        directions = rng.normal(size=(PATCH * PATCH * 3, DIRECTIONS)).astype(np.float32)
        directions /= np.linalg.norm(directions, axis=0)
        seen = [
            np.sort(_patches(_shrunk(picture, scale), np.random.default_rng(1)) @ directions, axis=0)
            for picture in (result, style)
        ]
        distances.append(np.abs(seen[0] - seen[1]).mean())
    return float(np.mean(distances))


def _shrunk(picture: RGB, scale: int) -> Floats:
    whole = picture.astype(np.float32) / 255
    height, width = (max(PATCH, extent >> scale) for extent in picture.shape[:2])
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _patches(picture: Floats, rng: np.random.Generator) -> Floats:
    """(PATCHES, 147) at random places."""
    height, width = picture.shape[:2]
    top, left = rng.integers(0, height - PATCH + 1, PATCHES), rng.integers(0, width - PATCH + 1, PATCHES)
    windows = np.lib.stride_tricks.sliding_window_view(picture, (PATCH, PATCH), (0, 1))
    return np.asarray(windows[top, left].reshape(PATCHES, -1), np.float32)


def covariance_distance(result: RGB, style: RGB) -> float:
    """Frobenius distance of the square roots of the Lab covariances, in Lab units."""
    roots = []
    for picture in (result, style):
        values, vectors = np.linalg.eigh(np.cov(srgb_to_lab(picture).reshape(-1, 3).T))
        roots.append((vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T)
    return float(np.linalg.norm(roots[0] - roots[1]))


def gradient_ssim(result: RGB, content: RGB) -> float:
    """SSIM (Wang et al., 2004, equation 13, Gaussian window of 1.5 px) of the gradient magnitudes of luminance in 0..1."""
    a, b = (_gradient(picture) for picture in (result, content))
    c1, c2 = (0.01 * GRADIENT_RANGE) ** 2, (0.03 * GRADIENT_RANGE) ** 2

    def blur(plane: Floats) -> Floats:
        return np.asarray(cv2.GaussianBlur(plane, (11, 11), 1.5), np.float32)

    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b, both = blur(a * a) - mean_a**2, blur(b * b) - mean_b**2, blur(a * b) - mean_a * mean_b
    index = ((2 * mean_a * mean_b + c1) * (2 * both + c2)) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
    return float(index.mean())


def _gradient(picture: RGB) -> Floats:
    luminance = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    across, down = (cv2.Sobel(luminance, cv2.CV_32F, dx, 1 - dx, ksize=3) / 4 for dx in (1, 0))
    return np.hypot(across, down)
