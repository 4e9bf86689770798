"""The `colorgan` command. Subcommands are named by import string and imported when called, so that help is instant."""

from __future__ import annotations

import contextlib
import difflib
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass

import click
from click.shell_completion import CompletionItem

from . import __version__
from .errors import ColorganError, MissingDependency, OutOfMemory, no_memory
from .operations import OPERATIONS
from .terminal import echo

BUG = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130  # as shells report SIGINT
OWN_PACKAGES = ("colorgan_core", "colorgan_installer", "colorgan_plugin", "colorgan_train")

# Name, where the click command is, and its line in the help.
COMMANDS = {
    "colorize": ("colorgan_core.command:colorize", OPERATIONS["colorize"].summary),
    "stylize": ("colorgan_core.command:stylize", OPERATIONS["stylize"].summary),
    "batch": ("colorgan_core.sequence.command:batch", "Colour or stylize the frames of a sequence."),
    "serve": ("colorgan_core.server.serve_command:serve", "Serve editors on this machine."),
    "weights": ("colorgan_installer.weights_command:weights", "Install weights, and choose those in use."),
    "plugin": ("colorgan_installer.plugin_command:plugin", "Install the plug-ins in Krita and GIMP."),
    "doctor": ("colorgan_installer.doctor:doctor", "Check the installation."),
    "data": ("colorgan_train.data_command:data", "Fetch and prepare pictures to train on."),
    "train": ("colorgan_train.train_command:train", "Train the network."),
    "evaluate": ("colorgan_train.evaluate_command:evaluate", "Measure how well weights colour."),
    "bench": ("colorgan_train.bench:bench", "Measure speed, and how well regions are found."),
    "completion": ("colorgan_core.completion:completion", "Let the shell complete commands, options and files."),
}


@dataclass
class Settings:
    """What the person asked of the whole program."""

    traceback: bool = False


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            near = difflib.get_close_matches(cmd_name, COMMANDS, n=1)
            if near:
                ctx.fail(f"No such command {cmd_name!r}; did you mean {near[0]!r}?")
            return None
        module, attribute = COMMANDS[cmd_name][0].split(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = [
            CompletionItem(name, help=summary) for name, (_, summary) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]  # the group's own would import them all

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


def _say_version(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if not asked:
        return
    from .files import sha256_of
    from .server.protocol import PROTOCOL
    from .stored_weights import find

    click.echo(f"colorgan {__version__}, protocol {PROTOCOL}")
    weights = find("default")
    click.echo(f"model {weights.name}, SHA-256 {sha256_of(weights)}" if weights.is_file() else "model missing")
    ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_say_version,
              help="Show the versions of program and protocol and the weights in use, and exit.")  # fmt: skip
@click.option(
    "--traceback", is_flag=True, envvar="COLORGAN_TRACEBACK", help="Show where in the code an error occurred."
)
@click.pass_obj
def group(settings: Settings, traceback: bool) -> None:
    """Colour line art and grey pictures, and train the network that does it."""
    settings.traceback = traceback
    from .server.runtime_dir import Place

    with contextlib.suppress(ColorganError, OSError):  # so that editors know how to start the engine
        Place().announce()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code, after one sentence on stderr if it is not 0."""
    settings = Settings(traceback=bool(os.environ.get("COLORGAN_TRACEBACK")))
    try:
        code = group.main(arguments, prog_name="colorgan", obj=settings, standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        echo(error.format_message(), err=True)
        return error.exit_code
    except click.ClickException as error:
        where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "colorgan"
        return _fail(f"{error.format_message().rstrip('.')} (see {where} --help).", error.exit_code)
    except click.Abort:
        return _fail("interrupted.", INTERRUPTED)
    except Exception as error:
        if settings.traceback:
            echo(traceback.format_exc(), err=True, nl=False)
        known = _known(error)
        if known:
            return _fail(str(known), known.exit_code)
        what = " ".join(str(error).split()).rstrip(".")
        advice = "" if settings.traceback else " (colorgan --traceback shows where)"
        return _fail(f"this is a bug: {type(error).__name__}: {what}{advice}.", BUG)


def _known(error: Exception) -> ColorganError | None:
    """The error for a person behind an exception, if there is one."""
    if isinstance(error, ColorganError):
        return error
    if no_memory(error):
        return OutOfMemory("There is not enough free memory for this; a smaller picture takes less.")
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.split(".")[0]
        if package not in OWN_PACKAGES or error.name == "colorgan_train":
            return MissingDependency(
                f"The package {package} is not installed; `pip install 'colorgan[train]'` installs it."
            )
    return None


def _fail(sentence: str, code: int) -> int:
    echo(f"colorgan: {sentence}", err=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
