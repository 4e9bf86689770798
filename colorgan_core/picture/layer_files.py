"""Layered pictures on disk: PSD and PSB, OpenRaster, or one PNG a layer, as the suffix says."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np

from ..errors import OutputError, UsageError
from ..files import atomic_write
from .encode import unknown_ending
from .layers import Group, Layer, Layered
from .openraster import write_openraster
from .png import encode_png

__all__ = ["LAYER_SUFFIXES", "check_layer_suffix", "write_layers"]

LAYER_SUFFIXES = (".psd", ".psb", ".ora", ".png")
NAME_LENGTH = 40  # of one layer's name in a file name, in characters: file systems allow 255 bytes for the whole


def write_layers(path: str | os.PathLike[str], layered: Layered, resolution: float | None = None) -> list[Path]:
    """Write `layered` as the suffix of `path` says, and return the files written. `resolution`: pixels an inch.

    .psd, .psb   layers, groups and the merged picture, in 8, 16 or 32 bits
    .ora         the same as OpenRaster; float32 is written in 16 bits
    .png         OUT.flats.png and so on beside `path`, one a layer, of the whole picture's size, hidden layers too;
                 blend modes and opacity have no place there; float32 is written in 16 bits

    Layers in the first two are cut to what is not transparent. Each old file stays until its new one is whole; of
    several PNG files, those before one that failed are new already. Raises UsageError for an unknown suffix and for
    pictures past what a format holds, OutputError where a file cannot be written.
    """
    suffix = check_layer_suffix(path)
    path = Path(path)
    try:
        if suffix == ".png":
            return _write_pngs(path, layered, resolution)
        if suffix == ".ora":
            write_openraster(path, layered, resolution)
        else:
            from .photoshop import write_photoshop  # psd-tools takes its time to import, and few runs need it

            write_photoshop(path, layered, resolution, big=suffix == ".psb")
    except MemoryError as error:
        raise OutputError(f"{path} is too large for this machine's memory.") from error
    except OverflowError as error:
        width, height = layered.size
        raise OutputError(f"{path} cannot hold a picture of {width} x {height} pixels ({error}).") from error
    return [path]


def check_layer_suffix(path: str | os.PathLike[str]) -> str:
    """The suffix of a layered picture that can be written, in lower case; UsageError for others."""
    suffix = Path(path).suffix.lower()
    if suffix not in LAYER_SUFFIXES:
        raise UsageError(unknown_ending(path, LAYER_SUFFIXES))
    return suffix


def _write_pngs(path: Path, layered: Layered, resolution: float | None) -> list[Path]:
    written: list[Path] = []
    for name, layer in _named(layered.layers):
        target = path.with_name(f"{path.stem}.{name}{path.suffix}")
        with atomic_write(target) as beside:
            beside.write_bytes(encode_png(np.asarray(layer.pixels), layered.profile, resolution))
        written.append(target)
    return written


def _named(members: tuple[Layer | Group, ...]) -> list[tuple[str, Layer]]:
    """Each layer, bottom to top, with the middle of its file's name: groups before it, dots between, no two alike."""
    named: list[tuple[str, Layer]] = []
    taken: set[str] = set()
    for member in members:
        # Dots part the names, and the rest has a meaning to some file system or shell.
        safe = re.sub(r"[^\w -]+", "_", member.name).strip()[:NAME_LENGTH].strip() or "layer"
        name, count = safe, 1
        while name.casefold() in taken:  # file systems of two of three systems do not tell capitals apart
            count += 1
            name = f"{safe}-{count}"
        taken.add(name.casefold())
        if isinstance(member, Group):
            named += [(f"{name}.{inner}", layer) for inner, layer in _named(member.members)]
        else:
            named.append((name, member))
    return named
