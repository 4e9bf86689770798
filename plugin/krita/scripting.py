"""The operations for other scripts in Krita, without windows: they wait for the result, or raise an error that says why."""

from __future__ import annotations

import time
from typing import Any

from .bridge import connect_or_start
from .host import Canvas
from .jobs import Job, Wishes


def colorize(
    document: Any, lines: Any = None, hints: Any = None, bare: Any = None, reference: Any = None, update: Any = None,
    task: str = "lineart", **parameters: Any,
) -> Any:  # fmt: skip
    """Colours a layer, or layers from bottom to top, by default the active one, and returns the group, or layer, that it made.

    hints, bare, reference: layers. update: a group that it made before, to be written anew. parameters: those of `colorgan colorize`,
    such as seed=7 or palette="#cc3322,#334455". Raises HostError or EngineError with a sentence; the document is then as it was.
    """
    return run(
        document,
        Wishes(
            "colorize", {"task": task, **parameters}, several(document, lines), hints, bare, reference, update=update
        ),
    )


def stylize(document: Any, styles: list[tuple[Any, float]] | list[str], lines: Any = None, **parameters: Any) -> Any:
    """Paints a layer in the style of files ("PICTURE:WEIGHT") or of layers with weights, and returns the layer that it made."""
    files = [each for each in styles if isinstance(each, str)]
    layers = tuple(each for each in styles if not isinstance(each, str))
    return run(document, Wishes("stylize", {**parameters, "style": files}, several(document, lines), styles=layers))


def several(document: Any, lines: Any) -> tuple[Any, ...]:
    if lines is None:
        lines = document.activeNode()
    return tuple(lines) if isinstance(lines, (list, tuple)) else (lines,)


def run(document: Any, wishes: Wishes) -> Any:
    job = Job(Canvas(document), wishes)
    for _ in job.reading():
        pass
    with connect_or_start() as engine:
        job.ask(engine)
    for seconds in job.laying():
        time.sleep(seconds)
    return job.made
