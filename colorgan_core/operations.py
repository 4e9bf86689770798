"""The one table of what can be asked of colorgan: operations, their parameters, ranges, defaults and words.

The command line derives its options from it; editors and job files read the same table, so a new parameter is written
once. Standard library and the syntax of Python 3.8 only: the plug-ins carry a copy of this file into the editors' own
Pythons.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import UsageError

KINDS = ("picture", "file", "text", "choice", "integer", "number", "flag")


@dataclass(frozen=True)
class Parameter:
    """One thing that can be set. `default` None means "not given"; `minimum` and `maximum` are inclusive, for
    integers and numbers. A `repeated` parameter has a list of values, of at least one where it is `required`."""

    name: str
    kind: str
    default: str | int | float | bool | None
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    repeated: bool = False
    required: bool = False


@dataclass(frozen=True)
class Operation:
    """One thing that can be done to a picture."""

    name: str
    summary: str
    parameters: tuple[Parameter, ...]


WEIGHTS = Parameter(
    "weights",
    "file",
    "default",
    "A weights file, or the name of installed weights; default means the weights in use (colorgan weights list).",
)
DEVICE = Parameter(
    "device",
    "choice",
    "auto",
    "Where to compute; auto uses a CUDA graphics card if there is one.",
    choices=("auto", "cpu", "cuda"),
)

OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation(
            "colorize",
            "Colour a line drawing or a grey picture.",
            (
                Parameter(
                    "hints",
                    "picture",
                    None,
                    "A picture of the same size: opaque, in the wanted colour, where a hint is; transparent elsewhere.",
                ),
                Parameter(
                    "bare",
                    "picture",
                    None,
                    "A picture of the same size that marks what stays unpainted: by opaque pixels, or, where it has no "
                    "transparency, by bright ones.",
                ),
                Parameter(
                    "close_gaps",
                    "integer",
                    None,
                    "How many pixels wide an opening between lines may be and still hold colour back; without it, this depends on "
                    "the lines around the opening.",
                    minimum=0,
                    maximum=32,
                ),
                Parameter(
                    "merge",
                    "picture",
                    None,
                    "A picture of the same size with strokes on a transparent background: each joins the regions that it touches.",
                ),
                Parameter(
                    "split",
                    "picture",
                    None,
                    "A picture of the same size with strokes on a transparent background: they split regions as lines do.",
                ),
                Parameter(
                    "regions",
                    "picture",
                    None,
                    "The region map of an earlier result (--masks): regions keep their colours, except those with a hint.",
                ),
                Parameter(
                    "reference",
                    "picture",
                    None,
                    "A colour picture whose colours are taken over: a model sheet, another drawing of the same figure, a painting. It "
                    "may be given several times.",
                    repeated=True,
                ),
                Parameter(
                    "palette",
                    "text",
                    None,
                    'The colours to use: "#aabbcc,#ddeeff", a palette of GIMP (.gpl), Adobe (.ase) or Krita (.kpl), a list '
                    "with a colour a line (.hex, .txt), or a picture to take them from.",
                ),
                Parameter(
                    "task",
                    "choice",
                    "auto",
                    "What the picture is; auto detects it.",
                    choices=("auto", "lineart", "gray"),
                ),
                Parameter(
                    "seed",
                    "integer",
                    None,
                    "Another number gives another colouring; the same number gives the same one. Without it, or with 0, "
                    "hinted drawings and grey pictures get the likeliest colours.",
                    minimum=0,
                    maximum=2**31 - 1,
                ),
                Parameter("shade", "flag", True, "Lay soft light and dark over the flat colours of line art."),
                Parameter(
                    "clean_lines",
                    "flag",
                    False,
                    "Line art: replace the drawing by its contours and black areas on white, without paper, tone and blue pencil.",
                ),
                Parameter(
                    "colored_lines",
                    "flag",
                    False,
                    "Line art: everything drawn in colour counts as lines; without it, blue pencil under ink is left out.",
                ),
                Parameter("paint", "flag", False, "Give the network's own picture instead of exact flats."),
                WEIGHTS,
                DEVICE,
            ),
        ),
        Operation(
            "stylize",
            "Paint a picture in the style of others.",
            (
                Parameter(
                    "style",
                    "text",
                    None,
                    "A picture whose style is used; several are blended, weighted by the number after a colon: "
                    "--style waves.png --style roses.png:0.3. The default weight is 1.",
                    repeated=True,
                    required=True,
                ),
                Parameter(
                    "strength",
                    "number",
                    1.0,
                    "How much of the style: 0 returns the picture unchanged, 1 is all.",
                    minimum=0.0,
                    maximum=1.0,
                ),
                Parameter(
                    "preserve_color", "flag", False, "Keep the picture's own colours and take only the brushwork."
                ),
                WEIGHTS,
                DEVICE,
            ),
        ),
    )
}


def check(operation: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of all parameters of `operation`: those given, checked, and the defaults of the others.

    None stands for "not given". Raises UsageError for an unknown operation or name, a wrong type, choice or range, and
    for a required parameter that is missing.
    """
    parameters = {parameter.name: parameter for parameter in find(operation, OPERATIONS, "operation").parameters}
    for name in values:
        find(name, parameters, f"parameter of {operation}")
    return {name: checked(parameter, values.get(name)) for name, parameter in parameters.items()}


def find(name: str, known: Mapping[str, Any], what: str) -> Any:
    """What is known by that name. Raises UsageError, with the nearest name, for one that is not."""
    if name not in known:
        near = difflib.get_close_matches(str(name), known, n=1)
        hint = f"did you mean {near[0]}" if near else "known are " + ", ".join(known)
        raise UsageError(f"There is no {what} called {name}; {hint}.")
    return known[name]


def checked(parameter: Parameter, value: Any) -> Any:
    """The value of one parameter, or its default for None. Raises UsageError as `check` does."""
    if parameter.required and (value is None or (parameter.repeated and not list(value))):
        raise UsageError(f"{parameter.name} must be given.")
    if parameter.repeated:
        if parameter.kind == "picture" and isinstance(value, (str, os.PathLike)):
            value = (value,)  # a single one, as an editor has it
        if isinstance(value, (str, bytes)):
            raise UsageError(f"{parameter.name} must be a list, not {value!r}.")
        return tuple(_checked(parameter, each) for each in value or ())
    return _checked(parameter, value)


def _checked(parameter: Parameter, value: Any) -> Any:
    if value is None:
        return parameter.default
    name = parameter.name
    if parameter.kind == "flag":
        if not isinstance(value, bool):
            raise UsageError(f"{name} must be true or false, not {value!r}.")
    elif parameter.kind in ("integer", "number"):
        whole = parameter.kind == "integer"
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)) or value != value:
            raise UsageError(f"{name} must be a {'whole ' if whole else ''}number, not {value!r}.")
        low, high = parameter.minimum, parameter.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise UsageError(f"{name} must be between {low} and {high}, not {value}.")
    elif parameter.kind in ("picture", "file"):
        if not isinstance(value, (str, os.PathLike)) or not str(value):
            raise UsageError(f"{name} must be the path of a file, not {value!r}.")
    elif not isinstance(value, str):
        raise UsageError(f"{name} must be text, not {value!r}.")
    elif parameter.kind == "choice" and value not in parameter.choices:
        raise UsageError(f"{name} must be one of {', '.join(parameter.choices)}, not {value}.")
    return value
