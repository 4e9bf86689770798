"""`colorgan plugin`: the plug-ins in their editors, or as files; and an engine for editors that cannot start one."""

from __future__ import annotations

import json
import sys
import tempfile
import zipfile
from pathlib import Path

import click

from colorgan_core import __version__, options
from colorgan_core.errors import InputError, UsageError
from colorgan_core.files import atomic_write
from colorgan_core.terminal import echo

from . import install as installation
from . import service as services
from .advice import advice, as_plain, not_found, sentence
from .editors import GIMPFU, TITLES, Place, find, named, this_machine
from .plugins import copy_gimp, copy_gimpfu, copy_krita
from .record import State, look

# What writes the plug-in, and where its zip goes.
PACKAGES = {
    "krita": (copy_krita, "Krita's Tools > Scripts > Import Python Plugin from File"),
    "gimp": (copy_gimp, "a folder of GIMP's Preferences > Folders > Plug-ins, to be unpacked there"),
    "gimpfu": (copy_gimpfu, "GIMP's own folder, the one that holds plug-ins, to be unpacked there"),
}
EDITOR = click.argument("editor", type=click.Choice([*TITLES, GIMPFU, "all"]))
FOLDER = click.option("--folder", type=options.path("folder"),
                      help="Krita's resource folder or GIMP's folder plug-ins, if it is not found.")  # fmt: skip


@click.group()
def plugin() -> None:
    """Install the plug-ins in their editors, check them, or make zips of them."""


@plugin.command(
    epilog=options.examples(
        "plugin install all", "plugin install gimp --folder ~/gimp/plug-ins --yes", "plugin install gimpfu"
    )
)
@EDITOR
@FOLDER
@click.option("--yes", is_flag=True, help="Replace files that colorgan did not install, without asking.")
def install(editor: str, folder: Path | None, yes: bool) -> int:
    """Install the plug-in in Krita, GIMP 3 or all editors that are found, and enable it.

    gimpfu is for plug-ins that were written for GIMP 2's Python. One installation in GIMP 3 serves all of them.

    \b
    colorgan plugin install all
    colorgan plugin install gimp --folder ~/gimp/plug-ins
    """
    code, places = 0, chosen(editor, folder)
    for place in places:
        if not place.started:
            echo(f"{place.title} has not run yet: start it once, then run this again.", err=True)
            code = 1
        elif not yes and not _may_replace(look(place)):
            echo(f"The plug-in in {place.package} is left as it is.", err=True)
            code = 1
        else:
            installation.install(place)
            echo(f"{place.title}: the plug-in {__version__} is in {place.package}.")
            for line in advice(place):
                echo(f"  {line}")
    _tell_missing(editor, places)
    return code


@plugin.command(epilog=options.examples("plugin uninstall krita"))
@EDITOR
@FOLDER
def uninstall(editor: str, folder: Path | None) -> None:
    """Remove what was installed. Files that were changed since then stay."""
    for place in chosen(editor, folder):
        left = installation.uninstall(place)
        if left is None:
            echo(f"{place.title}: there is no plug-in in {place.package}.")
            continue
        echo(f"{place.title}: the plug-in was removed from {place.package}.")
        for path in left:
            echo(f"  {path} stays: it was changed, or not installed by colorgan.")


@plugin.command(epilog=options.examples("plugin status", "plugin status krita --json"))
@click.argument("editor", type=click.Choice([*TITLES, GIMPFU, "all"]), default="all")
@FOLDER
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def status(editor: str, folder: Path | None, as_json: bool) -> None:
    """Show which editors were found, and what is installed in them."""
    states = [look(place) for place in chosen(editor, folder, missing_is_fine=True)]
    if as_json:
        click.echo(json.dumps({"version": __version__, "editors": [as_plain(state) for state in states]}, indent=1))
        return
    for state in states:
        echo(f"{state.place.title}: {state.place.package}\n  {sentence(state)}")
    _tell_missing(editor, [state.place for state in states])


@plugin.command(epilog=options.examples("plugin package krita", "plugin package gimp -o colorgan-for-gimp.zip"))
@click.argument("editor", type=click.Choice([*PACKAGES, "all"]))
@click.option("--output", "-o", type=options.path(),
              help="By default colorgan-EDITOR.zip here.")  # fmt: skip
def package(editor: str, output: Path | None) -> None:
    """Make a zip of a plug-in.

    For Krita's Tools > Scripts > Import Python Plugin from File, to unpack in GIMP's folder plug-ins, or in the folder above that
    (gimpfu, for plug-ins that were written for GIMP 2).
    """
    if editor == "all" and output:
        raise UsageError("--output names one file, but all makes several.")
    for name in PACKAGES if editor == "all" else [editor]:
        target = output or Path(f"colorgan-{name}.zip")
        copy, place = PACKAGES[name]
        with tempfile.TemporaryDirectory() as folder:
            copy(Path(folder))
            with atomic_write(target) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as archive:
                for path in sorted(Path(folder).rglob("*")):  # with its folders, by which Krita finds the plug-in
                    archive.write(path, path.relative_to(folder))
        echo(f"{target} is for {place}.")


@plugin.group()
def service() -> None:
    """An engine that starts with the session, for editors from Flatpak or Snap, which cannot start one."""


@service.command("install", epilog=options.examples("plugin service install"))
def service_install() -> None:
    """Write the service's file, and print how to enable it."""
    machine = this_machine()
    echo(f"{services.install(machine, sys.executable)} is written; this starts it now and with each session:")
    echo(f"  {services.switch_on(machine)}")


@service.command("remove", epilog=options.examples("plugin service remove"))
def service_remove() -> None:
    """Remove the service's file, and print how to stop it."""
    machine = this_machine()
    path = services.remove(machine)
    if path is None:
        echo(f"There is no service at {services.path(machine)}.")
        return
    echo(f"{path} is removed; this ends what still runs:\n  {services.switch_off(machine)}")


@service.command("show", epilog=options.examples("plugin service show"))
def service_show() -> None:
    """Print the service's file as it would be written."""
    machine = this_machine()
    echo(services.path(machine), err=True)
    echo(services.text(machine, sys.executable), nl=False)


def chosen(editor: str, folder: Path | None, missing_is_fine: bool = False) -> list[Place]:
    """The places that the person means. Raises UsageError or InputError where there are none."""
    if folder is not None:
        if editor == "all":
            raise UsageError("--folder is one editor's: name krita, gimp or gimpfu.")
        if not folder.is_dir():
            raise InputError(f"There is no folder {folder}.")
        return [named(editor, folder)]
    machine = this_machine()
    names = list(TITLES) if editor == "all" else [editor]
    places = [place for name in names for place in find(machine, name)]
    if not places and not missing_is_fine:
        raise InputError(not_found(editor))
    return places


def _tell_missing(editor: str, places: list[Place]) -> None:
    for name in TITLES if editor == "all" else [editor]:
        if not any(place.editor == name for place in places):
            echo(not_found(name))


def _may_replace(state: State) -> bool:
    """Whether what colorgan did not put there may go; the person is asked. Raises UsageError where nobody can be."""
    if not state.changed:
        return True
    place = state.place
    names = ", ".join(str(place.folder / name) for name in state.changed)
    if not sys.stdin.isatty():
        raise UsageError(f"Changed, or not installed by colorgan: {names}; --yes replaces it.")
    echo(f"Changed, or not installed by colorgan: {names}.")
    return click.confirm("Replace it?", default=False)
