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
    needed = {"stylize": {"style": ["s.png"]}}.get(operation, {})
    value = needed.get(parameter.name, parameter.default)
    checked = check(operation, {**needed, parameter.name: value})[parameter.name]
    assert (list(checked) if parameter.repeated else checked) == ([] if parameter.repeated and value is None else value)


def test_defaults_are_filled_in() -> None:
    values = check("colorize", {"seed": 7, "hints": None})
    assert values["seed"] == 7 and values["task"] == "auto" and values["hints"] is None
    assert list(values) == [parameter.name for parameter in OPERATIONS["colorize"].parameters]
    assert check("colorize", {"hints": Path("h.png")})["hints"] == Path("h.png")


def test_a_reference_may_be_one_or_several() -> None:
    for given, found in (("a.png", ("a.png",)), (["a.png", "b.png"], ("a.png", "b.png")), (None, ()), ([], ())):
        assert check("colorize", {"reference": given})["reference"] == found
    with pytest.raises(UsageError, match="path"):
        check("colorize", {"reference": ["a.png", 3]})


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


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "style must be given"),
        ({"style": []}, "style must be given"),
        ({"style": "s.png"}, "must be a list"),
        ({"style": [3]}, "text"),
        ({"style": ["s.png"], "strength": 1.5}, "between 0.0 and 1.0"),
        ({"style": ["s.png"], "strength": float("nan")}, "number"),
        ({"style": ["s.png"], "preserve_color": 1}, "true or false"),
    ],
)
def test_bad_values_of_stylize(values: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check("stylize", values)


def test_unknown_operation() -> None:
    with pytest.raises(UsageError, match="did you mean colorize"):
        check("colourize", {})


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_every_parameter_is_an_option(operation: str) -> None:
    from colorgan_core import command

    options = {option.name: option for option in getattr(command, operation).params}
    for parameter in OPERATIONS[operation].parameters:
        assert options[parameter.name].default == (None if parameter.required else parameter.default)
        assert options[parameter.name].multiple == parameter.repeated
