"""`colorgan completion`: what a shell reads to complete this program's commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from . import options

SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog=options.examples("completion bash >> ~/.bashrc", "completion zsh >> ~/.zshrc")
    + "\n  colorgan completion fish > ~/.config/fish/completions/colorgan.fish"
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a script that makes SHELL complete commands, options and files."""
    made = get_completion_class(shell)
    assert made is not None
    click.echo(made(ctx.find_root().command, {}, "colorgan", "_COLORGAN_COMPLETE").source())
