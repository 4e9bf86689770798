"""`colorgan doctor`: one screen that says what is right, what is not, and what mends it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict

import click

from colorgan_core import __version__, options
from colorgan_core.terminal import printable

from .checks import CHECKS, Check, Finding

COLORS = {"ok": "green", "warning": "yellow", "wrong": "red"}


@click.command(epilog=options.examples("doctor", "doctor --quick", "doctor --json"))
@click.option("--quick", is_flag=True, help="Skip torch and the engine, which take seconds.")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def doctor(quick: bool, as_json: bool) -> int:
    """Check the installation. The exit code is 1 if something is wrong, and 0 if there are only warnings.

    \b
    colorgan doctor
    colorgan doctor --quick --json
    """
    findings = []
    for check in CHECKS:
        if quick and check.slow:
            continue
        for finding in examined(check):
            findings.append(finding)
            if not as_json:
                _show(finding)
    wrong = sum(finding.state == "wrong" for finding in findings)
    if as_json:
        click.echo(json.dumps({"version": __version__, "findings": [asdict(each) for each in findings]}, indent=1))
    return 1 if wrong else 0


def examined(check: Check) -> Iterator[Finding]:
    """What a check finds; one that fails is a finding itself."""
    try:
        yield from check.look()
    except Exception as error:
        what = " ".join(str(error).split()).rstrip(".")
        yield Finding(check.subject, "wrong", f"This could not be checked: {type(error).__name__}: {what}.")


def _show(finding: Finding) -> None:
    color = False if os.environ.get("NO_COLOR") else None  # None: where a person sees it
    state = click.style(f"{finding.state:8}", fg=COLORS[finding.state])
    click.echo(f"{state} {finding.subject:12} {printable(finding.sentence)}", color=color)
    if finding.mend:
        click.echo(f"{'':21} fix:  {printable(finding.mend)}")
