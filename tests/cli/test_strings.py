"""`make strings`: the list of texts for a person holds help, errors, dialogs and reports, and nothing else."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path

import pytest

from colorgan_core.operations import OPERATIONS

TOOL = runpy.run_path(str(Path(__file__).parents[2] / "tools/strings.py"))


def listed(source: str) -> list[str]:
    return [text for _, text in TOOL["texts"](ast.parse(source))]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("raise InputError(f'{path} is a folder, not a file.')", ["{path} is a folder, not a file."]),
        ("button('add', 'Add', 'Choose a style.', act)", ["add", "Add", "Choose a style."]),
        ("@click.command()\ndef run():\n    '''Colour it.'''", ["Colour it."]),
        ("def run():\n    '''Only a programmer reads this sentence.'''", []),
        ("assert x, 'only a programmer reads this'", []),
        ("log.info('only in the log file')", []),
        ("name = 'flats'", []),
    ],
)
def test_what_is_a_text(source: str, texts: list[str]) -> None:
    assert listed(source) == texts


def test_the_list_is_complete_and_a_template(tmp_path: Path) -> None:
    output = tmp_path / "strings.pot"
    TOOL["main"](output)
    written = output.read_text("utf-8")
    assert written.count("msgid ") == written.count("msgstr ") > 1000
    for operation in OPERATIONS.values():
        for parameter in operation.parameters:
            assert parameter.help.split('"')[0] in written, parameter.name
    for text in (
        "Keep unpainted",
        "Check the installation.",
        "No engine is running.",
        "Colour line art in exact flats alone.",
    ):
        assert f'"{text}"' in written, text
