"""What a reader of the figures has to know: versions, weights, threads, set."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from colorgan_core.errors import UsageError
from colorgan_core.stored_weights import find, folder

from .environments import GMIC
from .hintauc_bridge import VERSION
from .sets import EvaluationSet

WIDTH = 160  # of the widest table


def wide_console() -> Console:
    """Tables keep their figures where no terminal says how wide it is."""
    console = Console()
    return console if console.width >= WIDTH else Console(width=WIDTH)


def about(chosen: EvaluationSet) -> dict[str, Any]:
    """What was measured on."""
    return {
        "name": chosen.name,
        "count": len(chosen.items),
        "key": chosen.key,
        "notes": list(chosen.notes),
        "items": [item.name for item in chosen.items],
    }


def facts(chosen: Any, task: str, weights: str, loaded: Any | None) -> dict[str, Any]:
    """The head of --json; `loaded` None means that colorgan's own row was not asked for."""
    told: dict[str, Any] = {
        "task": task,
        "set": chosen,
        "versions": {
            "colorgan": installed("colorgan"),
            "python": platform.python_version(),
            "numpy": np.__version__,
            "torch": installed("torch"),
            "hintauc": VERSION,
            "gmic": GMIC,
        },
    }
    if loaded is not None:
        import torch

        told["threads"] = torch.get_num_threads()
        told["device"] = str(loaded.description)
        told["weights"] = {"name": Path(weights).name, "sha256": loaded.weights.digest}
    return told


def say(console: Console, chosen: EvaluationSet, told: dict[str, Any]) -> None:
    """One line about what is judged, one for each odd thing in the set."""
    if "weights" in told:
        console.print(told["device"])
    for note in chosen.notes:
        console.print(note)


def evaluated(told: dict[str, Any]) -> dict[str, Any]:
    """What a model card keeps of one evaluation, under its name."""
    rows = {
        name: told[name] for name in ("lineart", "unhinted", "propagate", "gray", "style", "verdicts") if name in told
    }
    return {f"{told['task']} on {told['set']['name']}, {told['set']['count']} pictures": rows}


def into_card(weights: str, measured: dict[str, Any]) -> None:
    """Puts figures under their names into the model card of a weights file. Raises WeightsError, OutputError, UsageError."""
    from dataclasses import replace

    from colorgan_core.model.weights import load_weights, save_weights

    place = card_place(weights)
    loaded = load_weights(place)
    card = loaded.card | {"figures": loaded.card.get("figures", {}) | measured}
    save_weights(place, replace(loaded, card=card))


def card_place(weights: str) -> Path:
    """The file whose card the figures go into. Raises UsageError for installed weights, which stay as they came."""
    place = find(weights)
    if place.parent == folder():
        raise UsageError(
            f"The weights {weights} are installed and stay as they came; give --card with a file of your own."
        )
    return place


def installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
