"""The command line as the engine's client: `--engine`. The result is what the same command gives without it, byte for byte."""

from __future__ import annotations

import importlib
import itertools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import ColorganError
from ..picture.layers import Group, Layer, Layered
from ..stored_weights import is_name
from .runtime_dir import Place
from .work import PIXELS, WHOLE, Array, array_of, blob_of

# What the table calls text, and what a file on this machine may stand for.
PATHS = ("weights", "palette", "regions")


def ask(
    operation: str, values: dict[str, Any], pixels: dict[str, list[Array]], profile: bytes | None = None,
    layers: Sequence[str] = (),
) -> tuple[Array, Layered | None, dict[str, Any]]:  # fmt: skip
    """One operation of the table, done by the engine, which is started if need be: the picture, its layers, and facts.

    values: as `operations.check` gives them. pixels: arrays by parameter. Raises ColorganError with the engine's sentence.
    """
    client = importlib.import_module("colorgan_plugin.client")  # by name: the core stands without the others
    parameters = {name: value for name, value in values.items() if name not in PIXELS[operation]}
    for name in PATHS:
        if name == "weights" and is_name(parameters[name]):
            continue
        if parameters.get(name) and os.path.exists(parameters[name]):
            parameters[name] = str(Path(parameters[name]).resolve())
    if profile is not None:
        parameters["profile"] = profile
    if layers:
        parameters["layers"] = [WHOLE, *layers]
    blobs = [blob_of(name, array) for name, arrays in pixels.items() for array in arrays]
    try:
        with client.connect_or_start(str(Place().path)) as engine:
            result = engine.run(operation, parameters, blobs)
    except client.EngineError as error:
        raise EngineFailed(str(error), error.code) from error
    drawn = [
        (about["name"], Layer(about["name"].rpartition("/")[2], array_of(result.blobs[about["name"]]), about["blend"]))
        for about in result.facts.get("layers", [])
    ]
    return array_of(result.blobs["picture"]), _layered(drawn, profile) if drawn else None, result.facts


def _layered(drawn: list[tuple[str, Layer]], profile: bytes | None) -> Layered:
    """Layers by name, those called GROUP/NAME in a group."""
    members: list[Layer | Group] = []
    for group, each in itertools.groupby(drawn, lambda pair: pair[0].rpartition("/")[0]):
        layers = tuple(layer for _, layer in each)
        members += [Group(group, layers)] if group else layers
    return Layered(tuple(members), profile)


class EngineFailed(ColorganError):
    """With the exit code that the same command has without the engine."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.exit_code = code
