"""The engine's folder on the engine's side: who may look in, what lies there, and that there is one engine only."""

from __future__ import annotations

import contextlib
import json
import logging
import logging.handlers
import os
import secrets
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import OutputError, UsageError
from ..files import atomic_write, lock
from . import protocol

# What clients start. -I: neither the editor's folder nor its variables may put anything before colorgan's own packages.
ARGUMENTS = ["-I", "-m", "colorgan_core", "serve", "--quiet"]
LOCK_SECONDS = 0.5  # that others may hold the engine's lock to see whether it is free
LOG_BYTES, LOGS = 2**20, 3  # of each log, and how many older ones are kept


class Place:
    """Makes the folder, for this user alone. Raises OutputError where it cannot be made or belongs to somebody else."""

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = Path(path or protocol.folder())
        self.socket = protocol.address(str(self.path))
        self.family = "AF_PIPE" if sys.platform == "win32" else "AF_UNIX"
        self.log = self.path / "engine.log"
        for folder in {self.path, Path(self.socket).parent} if self.family == "AF_UNIX" else {self.path}:
            _make_private(folder)

    def key(self) -> bytes:
        """The secret that clients must know, made when there is none."""
        path = self.path / "key"
        with contextlib.suppress(FileNotFoundError):
            key = path.read_bytes()
            if len(key) >= 32:
                return key
        with _private_files(), atomic_write(path) as beside:
            beside.write_bytes(secrets.token_bytes(32))
        return path.read_bytes()

    def announce(self) -> None:
        """Writes engine.json, with which clients find this user's engine, and start it."""
        self.key()
        told: dict[str, Any] = {
            "interpreter": sys.executable, "arguments": ARGUMENTS, "socket": self.socket, "key": str(self.path / "key"),
            "log": str(self.log), "version": __version__, "protocol": protocol.PROTOCOL,
        }  # fmt: skip
        text = json.dumps(told, indent=1) + "\n"
        path = self.path / "engine.json"
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if path.read_text("utf-8") == text:
                return
        with _private_files(), atomic_write(path) as beside:
            beside.write_text(text, "utf-8")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the right to be this folder's engine. Raises UsageError where another process has it.

        It is a lock of the operating system, which ends with the process however that ends; what a dead engine left is then removed.
        """
        handle, until, pid = self._lock_file(), time.monotonic() + LOCK_SECONDS, self.path / "engine.pid"
        try:
            while not lock(handle):
                if time.monotonic() > until:
                    raise UsageError("An engine is running already; `colorgan serve --stop` ends it.")
                time.sleep(0.02)
            if self.family == "AF_UNIX":
                Path(self.socket).unlink(missing_ok=True)
            with _private_files():
                pid.write_text(str(os.getpid()), "ascii")
            yield
            pid.unlink(missing_ok=True)
        finally:
            os.close(handle)

    def free(self) -> bool:
        """Whether no process is this folder's engine."""
        handle = self._lock_file()
        try:
            return lock(handle, shared=True)
        finally:
            os.close(handle)

    def pid(self) -> int | None:
        """The process that is this folder's engine, where `free` is false; None where it has not written it down yet."""
        try:
            return int((self.path / "engine.pid").read_text("ascii"))
        except (OSError, ValueError):
            return None

    def _lock_file(self) -> int:
        with _private_files():
            return os.open(self.path / "engine.lock", os.O_RDWR | os.O_CREAT, 0o600)

    def restrict_socket(self) -> None:
        if self.family == "AF_UNIX":
            os.chmod(self.socket, 0o600)

    def start_log(self) -> None:
        """All that the engine has to say goes to a file that rotates; a full disk silences it and stops nothing."""
        logging.raiseExceptions = False
        handler = logging.handlers.RotatingFileHandler(self.log, maxBytes=LOG_BYTES, backupCount=LOGS, delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        logger = logging.getLogger("colorgan")
        logger.setLevel(logging.INFO)
        logger.addHandler(handler)
        logger.propagate = False


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sys.platform != "win32":
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                raise OutputError(f"{folder} belongs to another user; remove it, so that colorgan can make its own.")
            folder.chmod(0o700)
    except OSError as error:
        raise OutputError(f"The engine's folder {folder} cannot be made ({error.strerror}).") from error


@contextlib.contextmanager
def _private_files() -> Iterator[None]:
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
