"""`python -m colorgan_train.fit_links [DATA]`: the weights by which sequences judge pairs of regions, fitted anew.

Logistic regression on adjacent frames of made-up animation of drawings that training may see; a pair is right where both regions show
the same part of the same drawing.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colorgan_core.lineart.surfaces import find_surfaces
from colorgan_core.sequence.keys.descriptor import describe
from colorgan_core.sequence.keys.key_frame import most_common
from colorgan_core.sequence.keys.matching import match_features

from .evaluation.animation import animate
from .evaluation.sequence import FRAMES, SIZE, Drawing, drawings_for

CLIPS = 16
RIDGE = 1e-3  # of the samples, on weights of features of spread 1
STEPS = 30  # of Newton's method
Floats = NDArray[np.float64]


def samples(drawings: list[Drawing], seed: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Features (k, f) and truth (k,) of all pairs of adjacent frames of a clip."""
    frames = animate(drawings, seed, FRAMES, SIZE)
    regions = [find_surfaces(frame.lines) for frame in frames]
    descriptors = [describe(each) for each in regions]
    parts = []
    for frame, each in zip(frames, regions, strict=True):
        open_ = each.depth > 0
        parts.append(most_common(each.labels[open_].astype(np.int64) << 32 | frame.parts[open_], 32, each.count))
    values, right = [], []
    for number in range(FRAMES - 1):
        here, there, value = match_features(descriptors[number], descriptors[number + 1])
        values.append(value)
        right.append(parts[number][here] == parts[number + 1][there])
    return np.concatenate(values), np.concatenate(right)


def fit(values: Floats, right: NDArray[np.bool_]) -> Floats:
    """(f + 1,) weights of the features as they are, the constant last."""
    mean, spread = values.mean(0), values.std(0) + 1e-9
    whole = np.c_[(values - mean) / spread, np.ones(len(values))]
    ridge = RIDGE * len(values) * np.append(np.ones(values.shape[1]), 0)
    weights = np.zeros(whole.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(whole @ weights, -30, 30)))
        slope = whole.T @ (chance - right) + ridge * weights
        curve = (whole * (chance * (1 - chance))[:, None]).T @ whole + np.diag(ridge + 1e-9)
        weights -= np.linalg.solve(curve, slope)
    plain = weights[:-1] / spread
    return np.append(plain, weights[-1] - plain @ mean)


def main() -> None:
    data = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    drawings = drawings_for("held-out", data, 2 * CLIPS, held_out=False)
    made = [samples(drawings[2 * number : 2 * number + 2], 1000 + number) for number in range(CLIPS)]
    weights = fit(np.concatenate([values for values, _ in made]), np.concatenate([right for _, right in made]))
    print(", ".join(f"{weight:.3g}" for weight in weights))


if __name__ == "__main__":
    main()
