"""Workers on a Ray cluster: one actor per processor. The parent process stays on this machine.

Ray places the actors and reports when one or its node is gone. Messages are lines of JSON in both directions. The cluster must be trusted:
whoever can reach it can run code on it.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import threading
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import ColorganError, UsageError
from .worker_backend import Inbox, Message, WorkerHandle, cores

POLL_S = 2.0  # seconds that `WorkerActor.receive` waits for a message
INIT_OPTIONS: dict[str, Any] = {"log_to_driver": False, "configure_logging": False}


def _has_token() -> bool:
    """Whether there is an authentication token where Ray looks for it."""
    path = os.environ.get("RAY_AUTH_TOKEN_PATH") or Path.home() / ".ray/auth_token"
    return bool(os.environ.get("RAY_AUTH_TOKEN")) or Path(path).is_file()


class WorkerActor:
    """A worker on some node, as a Ray actor. config: of the worker, as JSON; its `folder` must exist on every node."""

    def __init__(self, config: str) -> None:
        self.incoming: queue.Queue[bytes] = queue.Queue()
        self.out_of_order: dict[int, str] = {}  # messages that have overtaken earlier ones
        self.received = 0
        self.lock = threading.Lock()
        self.outgoing: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._work, args=(json.loads(config),), daemon=True).start()

    def _work(self, config: dict[str, Any]) -> None:
        from .worker import serve  # imports torch, which the parent process does not need

        try:
            if Path(config["folder"]).is_dir():
                serve(config, iter(self.incoming.get, None), lambda message: self.outgoing.put(json.dumps(message)))
            else:
                sentence = f"{socket.gethostname()} does not see {config['folder']}; every node needs the same storage at the same path."
                self.outgoing.put(json.dumps({"refused": sentence, "error_class": "InputError"}))
        finally:
            self.outgoing.put(None)

    def send(self, number: int, line: str) -> None:
        """number: counts the messages from 0, since Ray does not guarantee their order."""
        with self.lock:
            self.out_of_order[number] = line
            while self.received in self.out_of_order:
                self.incoming.put(self.out_of_order.pop(self.received).encode())
                self.received += 1

    def receive(self) -> list[str | None]:
        """The messages of the worker so far, empty if there is none for a while; the last one is None."""
        lines: list[str | None] = []
        with contextlib.suppress(queue.Empty):
            lines.append(self.outgoing.get(timeout=POLL_S))
            while True:
                lines.append(self.outgoing.get_nowait())
        return lines


class RayBackend:
    """Workers on the nodes of a Ray cluster. There are more attempts than on one machine, since nodes may disappear at any time."""

    attempts = 4
    unit = "processors in the cluster"

    def __init__(self, address: str) -> None:
        """address: ray://HOST[:PORT]; or auto, the cluster of this machine, or if there is none, the processors of this machine.

        Raises UsageError for an invalid address or without Ray, ColorganError if the cluster does not respond.
        """
        if address != "auto" and not address.startswith("ray://"):
            raise UsageError(f"{address} is not the address of a cluster; write ray://HOST:10001 or auto.")
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        if (
            address != "auto" and _has_token()
        ):  # without this, the client waits forever for a cluster that needs a token
            os.environ.setdefault("RAY_AUTH_MODE", "token")
        try:
            import ray
        except ImportError as error:
            raise UsageError('Ray is not installed; pip install "colorgan[cluster]" does it.') from error
        self.ray: Any = ray
        with _preserved_signal_handlers(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # problems that matter raise errors
            self._connect(address)
        self.capacity = self.default_workers = int(self.ray.cluster_resources().get("CPU", 0))
        if not self.capacity:
            raise ColorganError("The cluster has no free processors.")

    def _connect(self, address: str) -> None:
        try:
            try:
                self.ray.init(address, **INIT_OPTIONS)
            except ConnectionAbortedError:  # a busy head node may respond too late once
                self.ray.init(address, **INIT_OPTIONS)
        except (ConnectionError, RuntimeError, ValueError) as error:
            if address != "auto" or os.environ.get("RAY_ADDRESS"):
                raise ColorganError(
                    f"No Ray cluster answers at {address} ({_first_line(error).rstrip('.')})."
                ) from error
            options = {"num_gpus": 0, "include_dashboard": False, "_node_ip_address": "127.0.0.1", **INIT_OPTIONS}
            self.ray.init(num_cpus=cores(), **options)

    def start_worker(self, config: dict[str, Any], inbox: Inbox) -> WorkerHandle:
        return ActorHandle(self.ray, {**config, "threads": 1}, inbox)

    def close(self) -> None:
        self.ray.shutdown()


class ActorHandle(WorkerHandle):
    """A worker that is a Ray actor."""

    def __init__(self, ray: Any, config: dict[str, Any], inbox: Inbox) -> None:
        super().__init__()
        self.ray = ray
        self.ended = threading.Event()
        self.sent = 0
        # two threads, since `receive` blocks
        options = {"num_cpus": 1, "num_gpus": int(config["values"]["device"] == "cuda"), "max_restarts": 0}
        self.actor = ray.remote(**options, max_concurrency=2)(WorkerActor).remote(json.dumps(config))
        threading.Thread(target=self._receive, args=(inbox,), daemon=True).start()

    def send(self, message: Mapping[str, Any]) -> None:
        with contextlib.suppress(Exception):  # it has ended, which the inbox reports
            self.actor.send.remote(self.sent, json.dumps(message))
            self.sent += 1

    def close(self, timeout: float) -> None:
        if self.environment is not None:  # an actor that never started is not waited for
            self.ended.wait(timeout)
        with contextlib.suppress(Exception):
            self.ray.kill(self.actor)

    def _receive(self, inbox: Inbox) -> None:
        lines: list[str | None] = []
        try:
            while None not in lines:
                lines = self.ray.get(self.actor.receive.remote())
                for line in filter(None, lines):
                    message: Message = json.loads(line)
                    inbox.put((self, message))
        except Exception as error:  # Ray has many errors for a lost actor, node or connection
            self.cause = _first_line(error)
        self.ended.set()
        inbox.put((self, None))


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


@contextlib.contextmanager
def _preserved_signal_handlers() -> Iterator[None]:
    """Restores the signal handlers, which Ray replaces when it starts."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)
