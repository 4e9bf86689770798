"""`colorgan serve`: the engine that editors talk to."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable

import click

from .. import options
from ..errors import ColorganError
from . import protocol
from .runtime_dir import Place

END_SECONDS = 8.0  # for an engine that was asked to end; it gives its work three
KILL_SECONDS = 5.0  # for the system to end a process that is killed
INTERRUPTED = 130  # as shells report SIGINT
EPILOG = """
\b
Exit codes of --stop: 0 when no engine is running any more (it ended, was killed, or none was running:
the sentence tells which), 1 when it could not be ended.
"""


@click.command(epilog=options.examples("serve", "serve --idle-minutes 480", "serve --stop") + "\n" + EPILOG)
@click.option("--idle-minutes", type=options.number(0, above=True), default=10.0, show_default=True,
              help="Exit after so many minutes without a request.")  # fmt: skip
@options.weights
@options.device
@click.option("--stop", is_flag=True, help="End the running engine, and print what was done.")
@click.option("--quiet", is_flag=True, help="Print nothing unless there is a problem.")
def serve(idle_minutes: float, weights: str, device: str, stop: bool, quiet: bool) -> None:
    """Keep the weights loaded, and serve this user's editors and commands until none of them needs it."""
    place = Place()
    if stop:
        click.echo(end(place))
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


def end(place: Place) -> str:
    """Ends the engine of this folder, of whatever version and in whatever state; returns a sentence about what was done.

    It is asked to end; where it does not answer, it is sent SIGTERM; where it has not ended within END_SECONDS, it is killed. Raises
    ColorganError where it is not gone after all that.
    """
    if place.free():
        return "No engine is running."
    pid = place.pid()
    who = "The engine" if pid is None else f"The engine (process {pid})"
    if not _asked(place):
        _signal(pid, signal.SIGTERM)
    if _happens(place.free, END_SECONDS):
        return f"{who} has ended."
    if place.pid() == pid and _signal(pid, getattr(signal, "SIGKILL", signal.SIGTERM)):
        if _happens(place.free, KILL_SECONDS):
            return f"{who} did not end within {END_SECONDS:.0f} s and was killed."
        raise ColorganError(f"{who} did not end within {END_SECONDS:.0f} s, and killing it did not end it either.")
    raise ColorganError(
        f"{who} did not end within {END_SECONDS:.0f} s and could not be killed; its log is {place.log}."
    )


def _asked(place: Place) -> bool:
    """Whether an engine was there to be asked to end; the message is the same in all versions of the protocol."""
    try:
        connection = protocol.dial(place.socket)
    except OSError:
        return False
    with connection:
        try:
            protocol.prove(connection, place.key(), first=False)
            protocol.send(connection, {"type": "stop"})
        except (EOFError, OSError, protocol.ProtocolError):
            return False
    return True


def _signal(pid: int | None, number: int) -> bool:
    """Whether a process could be sent a signal."""
    if pid is None:
        return False
    with contextlib.suppress(OSError):
        os.kill(pid, number)
        return True
    return False


def _happens(what: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not what():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


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

    code = 0
    try:
        server.serve(ready)
    except KeyboardInterrupt:
        if not server.working:
            raise
        code = INTERRUPTED
    if server.working:  # in the hands of a library or of a dead disk: nothing but this ends it
        logging.shutdown()
        os._exit(code)
