"""The command line as a whole: one style of options, examples that are true, completion, and what pipes and scripts get."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from rich.console import Console
from rich.progress import Progress

from colorgan_core import cli, errors
from colorgan_train.data_command import progress_bars
from colorgan_train.evaluate_command import progress

PROGRAM = Path(sys.executable).with_name("colorgan")


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with its words."""
    context = click.Context(cli.group)

    def below(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                found = command.get_command(context, name)
                assert found is not None
                yield from below(f"{words} {name}", found)
        else:
            yield words, command

    yield from below("colorgan", cli.group)


COMMANDS = dict(commands())
NAMED = pytest.mark.parametrize("words", COMMANDS)


@NAMED
def test_options_are_of_one_style(words: str) -> None:
    command = COMMANDS[words]
    assert command.help and command.help.split("\n")[0].rstrip().endswith("."), "a sentence says what it does"
    context = click.Context(command)
    for option in command.params:
        if not isinstance(option, click.Option):
            continue
        long = [name for name in option.opts if name.startswith("--")]
        assert long and all(name == name.lower() and "_" not in name for name in option.opts), option.opts
        assert option.help and option.help.rstrip().endswith((".", "].", ").")), f"{long[0]}: {option.help}"
        shown = option.make_metavar(context)
        assert option.is_flag or shown not in ("TEXT", "PATH", "INTEGER", "FLOAT", "INTEGER RANGE", "FLOAT RANGE"), long


@NAMED
def test_help_has_examples_that_parse(words: str) -> None:
    epilog = COMMANDS[words].epilog or ""
    lines = [line.strip() for line in epilog.splitlines() if line.startswith("  ")]
    assert lines and "Examples:" in epilog
    for line in lines:
        assert line.startswith(words), line
        given = shlex.split(line.partition(">")[0])[len(words.split()) :]
        COMMANDS[words].make_context(words, given)  # UsageError where an option is none


def test_shell_completes_commands_options_and_files(tmp_path: Path) -> None:
    """In a real bash, with the script that `colorgan completion` prints."""
    (tmp_path / "drawing.png").touch()
    asked = [
        ["col"],
        ["colorize", "--clo"],
        ["colorize", "--task", "gr"],
        ["colorize", "--hints", ""],
        ["plugin", "pack"],
    ]
    script = [f'source <("{PROGRAM}" completion bash)']
    for each in asked:
        line = shlex.join(["colorgan", *each])
        script.append(f"COMP_WORDS=({line}) COMP_CWORD={len(each)} COMPREPLY=()")
        script.append('_colorgan_completion colorgan; echo "${COMPREPLY[*]}"')
    environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
    words = ["bash", "--norc", "-c", "complete() { :; }; compopt() { :; }; " + "\n".join(script)]
    ran = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60)
    names, option, choice, file, below = ran.stdout.split("\n")[:5]
    assert names.split() == ["colorize"]
    assert option.split() == ["--close-gaps"] and choice.split() == ["gray"] and below.split() == ["package"]
    assert file in ("", "drawing.png"), "bash's own completion of files takes over"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_this_program(shell: str, run: Callable[..., Any]) -> None:
    ran = run("completion", shell)
    assert ran.code == 0 and "_COLORGAN_COMPLETE" in ran.out


def test_completion_is_quick_enough_to_type_with() -> None:
    """The commands' own modules, and torch with them, stay out."""
    code = (
        "from colorgan_core import cli; import sys; cli.main([]); sys.exit(str({'torch', 'numpy'} & set(sys.modules)))"
    )
    environment = {**os.environ, "_COLORGAN_COMPLETE": "bash_complete", "COMP_WORDS": "colorgan ", "COMP_CWORD": "1"}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert all(name in ran.stdout for name in cli.COMMANDS) and ran.stderr == ""


@pytest.mark.parametrize("bars", [progress_bars, progress])
def test_bars_are_for_people_alone(bars: Callable[[Console], Progress]) -> None:
    """In a pipe nothing of them is left, nor any colour."""
    for terminal in (False, True):
        out = io.StringIO()
        with bars(Console(file=out, force_terminal=terminal)) as shown:
            shown.update(shown.add_task("drawing", total=2), completed=1, refresh=True)
        assert bool(out.getvalue()) == terminal


def test_exit_codes_are_documented() -> None:
    """Every error's, and the three that are not errors of ours."""
    text = (Path(__file__).parents[2] / "docs/command-line.md").read_text("utf-8")
    known = [errors.ColorganError, *errors.ColorganError.__subclasses__()]
    for code in (0, *(each.exit_code for each in known), cli.BUG, cli.INTERRUPTED):
        assert f"\n| {code} |" in text, code
