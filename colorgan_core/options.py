"""What options of all commands have in common: how their values are called in the help, and examples under it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from .operations import DEVICE, WEIGHTS

F = TypeVar("F", bound=Callable[..., Any])


def whole(low: int | None = None, high: int | None = None) -> click.IntRange:
    """A whole number: N."""
    kind = click.IntRange(low, high)
    kind.name = "n"
    return kind


def number(low: float | None = None, high: float | None = None, *, above: bool = False) -> click.FloatRange:
    """A number: X. above: `low` itself is too low."""
    kind = click.FloatRange(low, high, min_open=above)
    kind.name = "x"
    return kind


def path(name: str = "file", **more: Any) -> click.Path[Path]:
    """A path, which shells complete, given as a Path; name: "file", "folder" or "picture"."""
    kind = click.Path(path_type=Path, **more)
    kind.name = name
    return kind


def device(function: F) -> F:
    return click.option("--device", type=click.Choice(DEVICE.choices), default=DEVICE.default, show_default=True,
                        help=DEVICE.help)(function)  # fmt: skip


def weights(function: F) -> F:
    return click.option("--weights", metavar="FILE", default=WEIGHTS.default, show_default=True, help=WEIGHTS.help)(
        function
    )


def examples(*lines: str) -> str:
    """The epilog of a command's help; each line begins with the command."""
    return "\b\nExamples:\n" + "\n".join(f"  colorgan {line}" for line in lines)
