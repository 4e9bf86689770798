"""The operations table: sound in itself, checked values, and what the command line shows of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from colorgan_core.errors import UsageError
from colorgan_core.operations import KINDS, OPERATIONS, check

PARAMETERS = [(name, parameter) for name, operation in OPERATIONS.items() for parameter in operation.parameters]


@pytest.mark.parametrize(("operation", "parameter"), PARAMETERS, ids=lambda value: getattr(value, "name", value))
def test_the_table_is_sound(operation: str, parameter: Any) -> None:
    assert parameter.kind in KINDS
    assert parameter.help.endswith(".")
    assert bool(parameter.choices) == (parameter.kind == "choice")
    assert check(operation, {parameter.name: parameter.default})[parameter.name] == parameter.default


def test_defaults_are_filled_in() -> None:
    values = check("colorize", {"seed": 7, "hints": None})
    assert values["seed"] == 7 and values["task"] == "auto" and values["hints"] is None
    assert list(values) == [parameter.name for parameter in OPERATIONS["colorize"].parameters]
    assert check("colorize", {"hints": Path("h.png")})["hints"] == Path("h.png")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"hint": "h.png"}, "did you mean hints"),
        ({"volume": 11}, "known are hints"),
        ({"task": "photo"}, "auto, lineart, gray"),
        ({"task": 3}, "text"),
        ({"seed": -1}, "between 0 and"),
        ({"seed": 2**31}, "between 0 and"),
        ({"seed": "1"}, "whole number"),
        ({"seed": True}, "whole number"),
        ({"weights": ""}, "path"),
        ({"hints": 5}, "path"),
    ],
)
def test_bad_values(values: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check("colorize", values)


def test_unknown_operation() -> None:
    with pytest.raises(UsageError, match="did you mean colorize"):
        check("colourize", {})


def test_every_parameter_is_an_option() -> None:
    from colorgan_core.engine.command import colorize

    options = {option.name: option for option in colorize.params}
    for parameter in OPERATIONS["colorize"].parameters:
        assert options[parameter.name].default == parameter.default
