"""Logistic regression for the few rules that are fitted, not trained."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDS = 100  # of Newton's method

Array = NDArray[Any]


def fit(x: Array, y: Array, weight: Array, ridge: float) -> Array:
    """Coefficients (k,) of a weighted ridge regression of y (n,) bool on x (n, k), whose first column is 1, by Newton's method.

    ridge: weight decay of the standardised coefficients.
    """
    mean, spread = x.mean(0), x.std(0)
    mean[0], spread[0] = 0, 1
    z, weight, b = (x - mean) / spread, weight / weight.mean(), np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        p = 1 / (1 + np.exp(-z @ b))
        slope = z.T @ (weight * (p - y)) / len(y) + ridge * np.append(0, b[1:])
        curve = (z * (weight * p * (1 - p))[:, None]).T @ z / len(y) + ridge * np.eye(len(b))
        b -= np.linalg.solve(curve, slope)
    b /= spread
    return np.append(b[0] - mean[1:] @ b[1:], b[1:])
