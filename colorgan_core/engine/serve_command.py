"""`colorgan serve`: the engine that editors talk to."""

from __future__ import annotations

import importlib
import logging
import os
import signal

import click

from .place import Place


@click.command()
@click.option("--idle-minutes", type=click.FloatRange(min=0, min_open=True), default=10.0, show_default=True,
              help="Leave when nobody has asked for anything for so long.")  # fmt: skip
@click.option("--weights", default="default", show_default=True, help="A weights file, or the name of installed ones.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True)
@click.option("--stop", is_flag=True, help="End the engine that runs.")
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
def serve(idle_minutes: float, weights: str, device: str, stop: bool, quiet: bool) -> None:
    """Serve editors on this machine, this user's alone, until nobody needs it any more."""
    place = Place()
    if stop:
        client = importlib.import_module("colorgan_plugin.client")  # by name: the core stands without the others
        try:
            with client.connect(str(place.path)) as engine:
                engine.stop()
        except client.EngineError:
            click.echo("No engine runs.")
        return
    with place.alone():
        os.umask(0o077)  # the log, as it rotates, is this user's alone
        place.start_log()
        place.announce()
        try:
            _serve(place, weights, device, idle_minutes, quiet)
        except Exception:
            logging.getLogger("colorgan.engine").exception(
                "the engine cannot go on"
            )  # whoever started it sees no stderr
            raise


def _serve(place: Place, weights: str, device: str, idle_minutes: float, quiet: bool) -> None:
    # OpenMP reads it when torch comes in. Threads that spin while they wait take the editor's processor, and wait for ever for one
    # that something else keeps busy.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from .server import Server
    from .work import Workshop

    server = Server(place, Workshop(weights, device), idle_minutes * 60)
    signal.signal(signal.SIGTERM, lambda *_: server.stop())

    def ready() -> None:
        if not quiet:
            click.echo(f"The engine listens (process {os.getpid()}); its log is {place.log}.")

    server.serve(ready)
