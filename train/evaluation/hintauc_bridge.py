"""The bridge to `hintauc`, which pins numpy 1.26 and so lives in an environment of its own.

Pictures are exchanged as PNG files. The metrics are always named: hintauc's defaults would fetch network weights.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from colorgan_core.errors import MissingDependency

from .environments import environment
from .processes import run_worker

VERSION = "0.3.3"
RATIOS = (0.0, 0.01, 0.03, 0.05, 0.10, 0.25, 0.50, 1.0)  # Hint-AUC v1; a test holds them to hintauc's own
METRICS = ("mse", "psnr", "deltae")


def hintauc_python(given: str | None = None, say: Callable[[str], None] = lambda sentence: None) -> str:
    """An interpreter that has hintauc: `given`, or that of an environment in the user's cache, made when first needed.

    Raises MissingDependency when `given` has another hintauc or none, or when the environment cannot be made.
    """
    if given:
        found = version_in(given)
        if found != VERSION:
            has = f"has hintauc {found}" if found else "has no hintauc"
            raise MissingDependency(f"{given} {has}; the tables are made with hintauc {VERSION}.")
        return given
    try:
        return environment("hintauc", VERSION, say)
    except MissingDependency as error:
        raise MissingDependency(
            f"{error} Install it into a Python 3.9 to 3.12 and name it with --hintauc PYTHON."
        ) from error


def version_in(python: str) -> str | None:
    """The version of hintauc that an interpreter has, or None."""
    ask = "import importlib.metadata as m; print(m.version('hintauc'))"
    try:
        done = subprocess.run([python, "-I", "-c", ask], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None


def make_hints(python: str, jobs: Sequence[tuple[Path, Path]], advance: Callable[[], None]) -> None:
    """For each (truth PNG, folder) writes folder/RATIO.png: RGBA, opaque where a hint is, geodesic paths."""
    run_worker(python, "hintauc_worker.py", [list(map(str, job)) for job in jobs], {"do": "hints"}, advance)


def fill(python: str, jobs: Sequence[tuple[Path, Path, Path]], advance: Callable[[], None]) -> None:
    """For each (truth PNG, lines PNG, folder) writes folder/RATIO.png: the truth's regions in their hints' colours, the rest light grey."""
    run_worker(python, "hintauc_worker.py", [list(map(str, job)) for job in jobs], {"do": "fill"}, advance)


def score(python: str, jobs: Sequence[tuple[Path, Path]], advance: Callable[[], None]) -> list[dict[str, float]]:
    """{metric: value} at 256 px of each (result PNG, truth PNG)."""
    settings = {"do": "score", "metrics": METRICS}
    return run_worker(python, "hintauc_worker.py", [list(map(str, job)) for job in jobs], settings, advance)
