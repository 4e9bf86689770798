"""Rivals and judges whose packages want an environment of their own: made in the user's cache when first needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs

from colorgan_core.errors import MissingDependency

READY = "colorgan-ready"  # written last: an environment without it is half made
GMIC = "3.6.3.post1"
WITH = {"gmic": ("numpy", "pillow")}  # what our scripts need there beside the package


def user_cache() -> Path:
    """Where colorgan keeps what it can make again."""
    return platformdirs.user_cache_path("colorgan", appauthor=False)


def gmic_python(say: Callable[[str], None] = lambda sentence: None) -> str:
    """The interpreter that has G'MIC; MissingDependency when its environment cannot be made."""
    return environment("gmic", GMIC, say)


def environment(package: str, version: str, say: Callable[[str], None] = lambda sentence: None) -> str:
    """The interpreter of an environment that has this package in this version.

    Raises MissingDependency with pip's reason when it cannot be made.
    """
    folder = user_cache() / f"{package}-{version}-py{sys.version_info.major}.{sys.version_info.minor}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (folder / READY).is_file() and python.exists():
        return str(python)
    say(f"Making an environment for {package} {version} in {folder} (once, about a minute).")
    shutil.rmtree(folder, ignore_errors=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [*install, f"{package}=={version}", *WITH.get(package, ())],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = [line for line in (done.stderr or done.stdout).splitlines() if line.startswith("ERROR")]
            reason = lines[-1].removeprefix("ERROR: ").rstrip(".") if lines else "no reason given"
            shutil.rmtree(folder, ignore_errors=True)
            raise MissingDependency(
                f"{package} {version} could not be installed in an environment of its own ({reason})."
            )
    (folder / READY).touch()
    return str(python)
