"""`colorgan weights`: which weights there are, where they come from, and which of them are in use."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from colorgan_core import options
from colorgan_core.errors import UsageError, WeightsError
from colorgan_core.examine import examine, read_card
from colorgan_core.files import check_spared, check_writable
from colorgan_core.stored_weights import BUILT_IN, NAME, OWN, index, read_installed
from colorgan_core.terminal import echo, one_line, printable

from . import manifest, store
from .download import Advance

LONGEST = 400  # characters of one entry of a card, for a person
SENTENCES = 12  # of a list that is shown a line each


@dataclass(frozen=True)
class Row:
    """Weights as `list` tells of them. source: where they come from. path: where they are, "" on a host alone."""

    name: str
    in_use: bool
    size: int
    sha256: str
    licence: str
    tasks: tuple[str, ...]
    source: str
    path: str

    def record(self) -> dict[str, Any]:
        return {**self.__dict__, "tasks": list(self.tasks)}


def rows() -> list[Row]:
    """All weights that can be used by name, those that come with colorgan first. Raises WeightsError."""
    found, own = read_installed(), manifest.own()
    first = Row(
        OWN, found.in_use == OWN, own.size or 0, own.sha256, own.licence, own.tasks, "colorgan itself", str(BUILT_IN)
    )
    others = (
        Row(r.name, found.in_use == r.name, r.size, r.sha256, r.licence, r.tasks, r.source, str(r.path))
        for r in found.records.values()
    )
    return [first, *others]


def rows_on_host() -> list[Row]:
    """Those of the host that are not here."""
    here = {row.sha256 for row in rows()}
    entries = (entry for entry in manifest.on_host().values() if entry.sha256 not in here)
    return [
        Row(e.name, False, e.size or 0, e.sha256, e.licence, e.tasks, e.urls[0] if e.urls else "", "") for e in entries
    ]


@click.group()
def weights() -> None:
    """Install weights, and choose those in use.

    NAME is that of installed weights, or colorgan for those that come with it. Installed weights do not change what is in
    use; --weights NAME takes them for once, and `colorgan weights use NAME` for always.
    """


@weights.command("list", epilog=options.examples("weights list", "weights list --json"))
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
@click.option("--host", is_flag=True, help="Also the weights of the host, over the network.")
def list_weights(as_json: bool, host: bool) -> None:
    """List all weights, and which are in use."""
    shown = rows() + (rows_on_host() if host else [])
    if as_json:
        click.echo(json.dumps([row.record() for row in shown], indent=1))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("name", "in use", "size", "licence", "tasks", "from")
    for row in shown:
        size, used = f"{row.size / 1e6:.1f} MB", "yes" if row.in_use else "" if row.path else "not installed"
        cells = (row.name, used, size, row.licence or "unknown", " ".join(row.tasks) or "unknown", row.source)
        table.add_row(*map(Text, map(printable, cells)))  # as they are, without rich's markup
    Console().print(table)


@weights.command(
    epilog=options.examples(
        "weights install studio",
        "weights install FILE.safetensors --name studio",
        "weights install https://example.org/studio.safetensors --sha256 HEX",
    )
)
@click.argument("source", metavar="NAME|URL|FILE")
@click.option(
    "--name",
    metavar="NAME",
    help="What to call the weights [default: the name of the file; of weights.safetensors, of its folder].",
)
@click.option(
    "--sha256", metavar="HEX", help="The SHA-256 of the file; needed for an address that is not in a manifest."
)
@click.option("--replace", "again", is_flag=True, help="Replace other weights of the same name.")
def install(source: str, name: str | None, sha256: str | None, again: bool) -> None:
    """Install weights by name, from an https address, from a weights file, or from a bundle.

    A name is looked up at the host that COLORGAN_WEIGHTS_HOST names: an address under which there is a manifest.json. A
    same command continues a download that stopped.
    """
    from . import bundle
    from . import weights_install as way

    if "://" in source:
        with progress() as advance:
            found = way.install_link(source, name, sha256, again, say, advance)
    elif Path(source).is_file():
        if Path(source).suffix.lower() == ".zip" and zipfile.is_zipfile(source):
            if name or sha256:
                raise UsageError("A bundle lists its contents; leave out --name and --sha256.")
            names = bundle.install_bundle(Path(source), again, say)
            for each in names:
                installed(each)
            if not names:
                echo(f"{source} has only weights that are installed already.")
            return
        found = way.install_file(Path(source), name, sha256, again, say)
    else:
        if not NAME.fullmatch(source):
            raise UsageError(f"There is no file {source}, and it is neither a name nor an https address.")
        if name or sha256:
            raise UsageError(
                "Weights that are installed by name have a name and a hash already; leave out --name and --sha256."
            )
        if source == OWN:
            echo(f"{OWN} comes with the program; `colorgan weights use {OWN}` takes it.")
            return
        with progress() as advance:
            found = source if way.install_name(source, again, say, advance) else None
    if found is None:
        echo("These weights are installed already.")
    else:
        installed(found)


def installed(name: str) -> None:
    echo(f"{name} is installed; `colorgan weights use {name}` makes it the default.")


@weights.command(epilog=options.examples("weights verify", "weights verify studio"))
@click.argument("name", required=False)
def verify(name: str | None) -> None:
    """Read weights and compare their hash; without a NAME, all of them. The exit code is 5 if something is wrong."""
    wrong = []
    for row in [picked(name)] if name else rows():
        try:
            if examine(Path(row.path)).sha256 != row.sha256:
                raise WeightsError(f"{row.path} is not the file that comes with colorgan.")
            echo(f"{row.name}: good")
        except WeightsError as error:
            echo(f"{row.name}: {error}")
            wrong.append(row.name)
    if wrong:
        raise WeightsError(f"Weights that cannot be used: {', '.join(wrong)}.")


@weights.command(epilog=options.examples("weights remove studio --yes"))
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(name: str, yes: bool) -> None:
    """Remove installed weights."""
    if name != OWN:
        path = store.known(name).path
        if not yes and not click.confirm(f"Remove {name} ({path})?"):
            echo("Nothing is removed.")
            return
    if store.remove(name):
        echo(f"{name} is removed. It was in use, so the bundled weights are active now.")
    else:
        echo(f"{name} is removed.")


@weights.command(epilog=options.examples("weights info", "weights info colorgan --json"))
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
def info(name: str | None, as_json: bool) -> None:
    """Show the model card of weights: what they are for, and what they were trained on. Without a NAME, of those in use.

    For weights that are not installed, show the entry of the host, if one is set.
    """
    if name and manifest.host() and name not in {row.name for row in rows()}:
        entry = asdict(manifest.named(name))
        echo(json.dumps(entry, indent=1) if as_json else "\n".join(f"{k:10} {v}" for k, v in entry.items()))
        return
    row = picked(name) if name else next(row for row in rows() if row.in_use)
    card = read_card(Path(row.path))
    if as_json:
        click.echo(json.dumps({**row.record(), "card": card}, indent=1))
        return
    for key, value in {**row.record(), "tasks": ", ".join(row.tasks)}.items():
        echo(f"{key:10} {value}")
    for key, value in card.items():
        sentences = isinstance(value, list) and len(value) <= SENTENCES and all(isinstance(each, str) for each in value)
        shown = "".join(f"\n- {brief(each)}" for each in value) if sentences else f" {brief(value)}"
        echo(f"\n{one_line(key, LONGEST)}:{shown}")


def brief(value: Any) -> str:
    """What a card says, in one line that fits on a screen."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    line = one_line(text)
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}... (--json shows all of it)"


@weights.command(epilog=options.examples("weights use studio", "weights use colorgan"))
@click.argument("name")
def use(name: str) -> None:
    """Make weights the default, for the command line and for editors."""
    store.use(name)
    echo(f"{name} is in use from now on, in a running engine too.")


@weights.command(epilog=options.examples("weights bundle -o all.zip", "weights bundle -o all.zip --with-packages"))
@click.option("--output", "-o", type=options.path(), default=Path("colorgan-bundle.zip"), show_default=True,
              help="Where the zip is written.")  # fmt: skip
@click.option(
    "--with-packages", is_flag=True, help="Also torch and all else, for machines like this one; fetched by pip."
)
def bundle(output: Path, with_packages: bool) -> None:
    """Make a zip of all that a machine without a network needs: colorgan, the installed weights, the plug-ins."""
    from .bundle import make_bundle

    check_spared(output, [BUILT_IN, index(), *(record.path for record in read_installed().records.values())])
    check_writable(output)
    make_bundle(output, with_packages, say)
    echo(f"{output} is for a machine without a network; its README.txt explains how to use it.")


def picked(name: str) -> Row:
    """Raises WeightsError where there are no weights of this name."""
    for row in rows():
        if row.name == name:
            return row
    raise WeightsError(f"No weights called {name} are installed; there are {', '.join(row.name for row in rows())}.")


def say(sentence: str) -> None:
    echo(f"colorgan: {sentence}", err=True)


@contextmanager
def progress() -> Iterator[Advance]:
    """A bar on stderr while a file comes, where a person looks at it."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    with Progress(
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bars:
        bar = bars.add_task("", total=None)
        yield lambda done, total: bars.update(bar, completed=done, total=total)
