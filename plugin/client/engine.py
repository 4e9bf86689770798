"""Finding the engine, starting it, and asking it for work."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .shared import Blob, protocol

SERVE = "run `colorgan serve` in a terminal"
START_SECONDS = 60.0  # for importing torch on a slow disk
LOOK = 0.05  # s between looks at the socket and at whether the person has cancelled
START_AGAIN_SECONDS = 10.0  # for another engine that was started at the same time to listen
IS_RUNNING = 2  # the exit code of an engine that finds another one
# What a message of the engine's must have, by its type.
ENTRIES = {
    "progress": ("request", "stage", "share"),
    "result": ("request", "facts"),
    "error": ("request", "code", "sentence"),
    "cancelled": ("request",),
    "refused": ("sentence",),
}
# An editor's own libraries must not reach the engine's Python; AppImage, Flatpak, Snap and Krita set these.
FOREIGN = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "QT_PLUGIN_PATH",
    "GI_TYPELIB_PATH",
)

# Engines that this program has started; they are asked whether they have ended, so that no dead one lingers.
_started: list[subprocess.Popen[bytes]] = []


class EngineError(Exception):
    """Something that a person should read: `str(error)` is whole sentences. code: as the command line's exit codes."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


class Cancelled(EngineError):
    """The request was cancelled, or a newer one in its slot took its place."""


@dataclass(frozen=True)
class Progress:
    """stage: a word for a person. share: 0..1 of the whole work. preview: the picture at a small size, once, or None."""

    stage: str
    share: float
    preview: Blob | None = None


@dataclass(frozen=True)
class Result:
    """facts: plain JSON about the result. blobs: "picture", and the layers asked for, by name."""

    facts: dict[str, Any]
    blobs: dict[str, Blob] = field(default_factory=dict)


class Engine:
    """A connection to the engine. For one thread at a time; a context manager.

    again: makes another one, where the engine has ended this one while nothing was asked of it: it leaves when it has been idle for
    long, and sends idle connections away when there are too many.
    """

    def __init__(self, connection: protocol.Connection, log: str, again: Callable[[], Engine]) -> None:
        self.log, self.again = log, again
        self._connection = connection
        self._numbers = itertools.count(1)
        self._finals: dict[int, protocol.Message] = {}
        self._waiting: set[int] = set()  # requests whose end has not come
        with self._spoken():
            protocol.send(connection, {"type": "hello", "protocol": protocol.PROTOCOL})
            self.hello, _ = protocol.receive(connection)
        if self.hello["type"] == "refused":
            self.close()
            raise EngineError(str(self.hello.get("sentence")))
        theirs = self.hello.get("protocol")
        if theirs != protocol.PROTOCOL:
            self.close()
            newer = isinstance(theirs, int) and theirs > protocol.PROTOCOL
            side = "the plug-in" if newer else "colorgan itself, and end the engine that runs (`colorgan serve --stop`)"
            raise EngineError(f"This plug-in and the engine have different versions; update {side}.")

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.close()

    def submit(
        self, operation: str, parameters: dict[str, Any], blobs: list[Blob], slot: str = "", preview: bool = False
    ) -> int:
        """Asks for work and returns its number; `wait` brings the result.

        parameters: as the operations table has them, and `profile`, the ICC profile of the pictures' colours, as bytes or in base64. blobs:
        the pictures, by parameter, and "picture". slot: a newer request in the same slot takes the place of an older one. preview: whether
        a small result is wanted first. Raises EngineError; where what is to be sent is at fault, the connection stays.
        """
        if not self._waiting and self._has_ended():
            self.close()
            other = self.again()
            self._connection, self.hello = other._connection, other.hello
        number = next(self._numbers)
        profile = parameters.get("profile")
        if isinstance(profile, str):
            with contextlib.suppress(ValueError):  # then the engine says what is wrong with it
                profile = base64.b64decode(profile, validate=True)
        if isinstance(profile, bytes) and profile:
            parameters = {name: value for name, value in parameters.items() if name != "profile"}
            blobs = [*blobs, protocol.of_bytes("profile", profile)]
        header = {"type": "submit", "request": number, "operation": operation, "parameters": parameters}
        try:
            with self._spoken():
                protocol.send(self._connection, {**header, "slot": slot, "preview": preview}, blobs)
        except protocol.TooLong as error:
            raise EngineError(f"This request cannot be sent: {error}.", 2) from error
        self._waiting.add(number)
        return number

    def wait(
        self,
        number: int,
        on_progress: Callable[[Progress], None] = lambda progress: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Result:
        """The result of a request. Raises Cancelled, or EngineError with the engine's own sentence, or where a cancelled request is not
        answered within STALLED_SECONDS."""
        asked_at = None
        while number not in self._finals:
            if asked_at is None and cancelled():
                asked_at = time.monotonic()
                self.cancel(number)
            with self._spoken():
                if not self._connection.poll(LOOK):
                    if asked_at is not None and time.monotonic() - asked_at > protocol.STALLED_SECONDS:
                        raise TimeoutError("it does not answer")
                    continue
                header, blobs = self._received()
            if header["type"] == "progress" and header["request"] == number:
                on_progress(Progress(header["stage"], header["share"], blobs[0] if blobs else None))
        header, blobs = self._finals.pop(number)
        if header["type"] == "cancelled":
            raise Cancelled("Cancelled.")
        if header["type"] == "error":
            raise EngineError(header["sentence"], header["code"])
        return Result(header["facts"], {blob.name: blob for blob in blobs})

    def run(
        self, operation: str, parameters: dict[str, Any], blobs: list[Blob], slot: str = "", preview: bool = False,
        on_progress: Callable[[Progress], None] = lambda progress: None, cancelled: Callable[[], bool] = lambda: False,
    ) -> Result:  # fmt: skip
        """`submit` and `wait` in one."""
        return self.wait(self.submit(operation, parameters, blobs, slot, preview), on_progress, cancelled)

    def cancel(self, number: int) -> None:
        """Asks that a request be dropped; `wait` then raises Cancelled, if it was not done already."""
        with self._spoken():
            protocol.send(self._connection, {"type": "cancel", "request": number})

    def ping(self) -> None:
        """Returns when the engine has answered. Raises EngineError where it does not."""
        with self._spoken():
            protocol.send(self._connection, {"type": "ping"})
            until = time.monotonic() + protocol.STALLED_SECONDS
            while self._received()[0]["type"] != "pong":
                if time.monotonic() > until:
                    raise TimeoutError("it does not answer")

    def stop(self) -> None:
        """Asks the engine to end, which drops everybody's requests."""
        with self._spoken():
            protocol.send(self._connection, {"type": "stop"})

    def _received(self) -> protocol.Message:
        """The next message; what ends a request is kept for `wait`."""
        header, blobs = protocol.receive(self._connection)
        if not set(ENTRIES.get(header["type"], ())) <= set(header):
            raise protocol.ProtocolError(f"a message of type {header['type']} without its entries")
        if header["type"] in ("result", "error", "cancelled"):
            self._finals[header["request"]] = header, blobs
            self._waiting.discard(header["request"])
        elif header["type"] == "refused":
            self.close()
            raise EngineError(header["sentence"])
        return header, blobs

    def _has_ended(self) -> bool:
        """Whether the engine has ended the connection; to be asked when nothing is to come."""
        try:
            while self._connection.poll(0):
                self._received()
        except (EOFError, OSError, EngineError, protocol.ProtocolError):
            return True
        return False

    @contextlib.contextmanager
    def _spoken(self) -> Iterator[None]:
        """Turns a broken connection into a sentence."""
        try:
            yield
        except (EOFError, OSError, protocol.ProtocolError) as error:
            refused = self._refusal()
            self.close()
            if refused:
                raise EngineError(refused) from error
            raise EngineError(
                f"The engine has stopped or cannot be understood ({error or type(error).__name__}); try again. "
                f"What it did last is in {self.log}."
            ) from error

    def _refusal(self) -> str:
        """Why the engine has ended the connection, if it said so."""
        with contextlib.suppress(EOFError, OSError, protocol.ProtocolError):
            while self._connection.poll(0):
                header, _ = protocol.receive(self._connection)
                if header["type"] == "refused":
                    return str(header["sentence"])
        return ""


def connect(place: str | None = None) -> Engine:
    """A connection to the engine of this folder, by default this user's. Raises EngineError where none runs."""
    told = _told(place or protocol.folder())
    try:
        with open(told["key"], "rb") as file:
            key = file.read()
        connection = protocol.dial(told["socket"])
    except OSError as error:
        raise EngineError(f"No engine is running; {SERVE}.") from error
    try:
        protocol.prove(connection, key, first=False)
    except TimeoutError as error:
        connection.close()
        raise EngineError("An engine is running but does not answer; `colorgan serve --stop` ends it.") from error
    except (EOFError, OSError, protocol.ProtocolError) as error:
        connection.close()
        raise EngineError(f"What listens at {told['socket']} is not this user's engine ({error}); {SERVE}.") from error
    return Engine(connection, told["log"], lambda: connect(place))


def connect_or_start(place: str | None = None, seconds: float = START_SECONDS) -> Engine:
    """The same, and where none runs, it is started first; of several programs that do so at once, one does.

    Raises EngineError where that cannot be, with what a person can do.
    """
    place = place or protocol.folder()
    engine = _connected_or_started(place, seconds)
    engine.again = lambda: connect_or_start(place, seconds)
    return engine


def _connected_or_started(place: str, seconds: float) -> Engine:
    with contextlib.suppress(EngineError):
        return connect(place)
    told = _told(place)
    with _locked(os.path.join(place, "start.lock")):
        with contextlib.suppress(EngineError):
            return connect(place)  # another program was faster
        process = _start(told)
        _started[:] = [each for each in _started if each.poll() is None] + [process]
        until = time.monotonic() + seconds
        while True:
            try:
                return connect(place)
            except EngineError as error:
                # one that ends at once may have found another engine that is about to listen
                if time.monotonic() > until:
                    if process.poll() == IS_RUNNING:
                        raise EngineError(
                            f"An engine is running but does not answer; `colorgan serve --stop` ends it. Its log is {told['log']}."
                        ) from error
                    ended = process.poll() is not None
                    what = f"ended with code {process.returncode}" if ended else f"did not answer in {seconds:.0f} s"
                    raise EngineError(f"The engine was started and {what}; its log is {told['log']}.") from error
            if process.poll() == IS_RUNNING:
                until = min(until, time.monotonic() + START_AGAIN_SECONDS)
            elif process.poll() not in (None, 0):
                raise EngineError(
                    f"The engine was started and ended with code {process.returncode}; its log is {told['log']}."
                )
            time.sleep(LOOK)


def _told(place: str) -> dict[str, Any]:
    """What engine.json says."""
    wanted = {"interpreter": str, "arguments": list, "socket": str, "key": str, "log": str}
    try:
        with open(os.path.join(place, "engine.json"), encoding="utf-8") as file:
            told = json.load(file)
        if not all(isinstance(told[name], kind) for name, kind in wanted.items()):
            raise ValueError("an entry of another kind")
    except FileNotFoundError as error:
        raise EngineError(f"colorgan is not installed, or has never run; once it is, {SERVE}.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EngineError(f"{os.path.join(place, 'engine.json')} cannot be read ({error}); {SERVE}.") from error
    return dict(told)


def _start(told: dict[str, Any]) -> subprocess.Popen[bytes]:
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    silent = subprocess.DEVNULL
    try:
        return subprocess.Popen(
            [told["interpreter"], *told["arguments"]],
            stdin=silent, stdout=silent, stderr=silent, env=environment, close_fds=True, **options,
        )  # fmt: skip
    except OSError as error:
        raise EngineError(f"The engine cannot be started from here ({error.strerror or error}); {SERVE}.") from error


@contextlib.contextmanager
def _locked(path: str) -> Iterator[None]:
    """Holds the lock of a file that stays; waits for whoever has it."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise EngineError(f"{path} cannot be opened ({error.strerror}); {SERVE}.") from error
    try:
        if sys.platform == "win32":
            import msvcrt

            while True:
                with contextlib.suppress(OSError):  # it gives up after ten seconds
                    msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
