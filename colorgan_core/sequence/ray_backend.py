"""The same job on a Ray cluster: an actor a processor makes frames as a process of this machine would, and the owner stays here.

Ray places actors, and says when one or its node is gone; what goes to them and comes back are lines of JSON. A cluster must be trusted:
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
from .worker_backend import Hand, Mail, Told, cores

PATIENCE = 2.0  # s that `Seat.hear` waits for a word
SILENT: dict[str, Any] = {"log_to_driver": False, "configure_logging": False}


def _has_token() -> bool:
    """Where Ray looks for the word by which a cluster knows its own."""
    place = os.environ.get("RAY_AUTH_TOKEN_PATH") or Path.home() / ".ray/auth_token"
    return bool(os.environ.get("RAY_AUTH_TOKEN")) or Path(place).is_file()


class Seat:
    """A place for a worker on some node, as an actor: it hears and says lines of JSON. settings: of the studio, and `folder`, which must
    be there on every node."""

    def __init__(self, settings: str) -> None:
        self.told: queue.Queue[bytes] = queue.Queue()
        self.early: dict[int, str] = {}  # lines that came before others which were told first
        self.heard = 0
        self.lock = threading.Lock()
        self.said: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._work, args=(json.loads(settings),), daemon=True).start()

    def _work(self, settings: Told) -> None:
        from .worker import work  # torch, which the owner has no need of

        try:
            if Path(settings["folder"]).is_dir():
                work(settings, iter(self.told.get, None), lambda told: self.said.put(json.dumps(told)))
            else:
                word = f"{socket.gethostname()} does not see {settings['folder']}; every node needs the same storage at the same path."
                self.said.put(json.dumps({"refused": word, "kind": "InputError"}))
        finally:
            self.said.put(None)

    def tell(self, number: int, line: str) -> None:
        """number: 0 for the first line, then one more for each; Ray does not promise their order."""
        with self.lock:
            self.early[number] = line
            while self.heard in self.early:
                self.told.put(self.early.pop(self.heard).encode())
                self.heard += 1

    def hear(self) -> list[str | None]:
        """What there is to say, at least one line but for a moment's wait; None at the end of all."""
        heard: list[str | None] = []
        with contextlib.suppress(queue.Empty):
            heard.append(self.said.get(timeout=PATIENCE))
            while True:
                heard.append(self.said.get_nowait())
        return heard


class Cluster:
    """A crew on the nodes of a Ray cluster. tries: of a frame in whose midst an actor has ended, since nodes may go at any time."""

    tries = 4
    what = "processors in the cluster"

    def __init__(self, address: str) -> None:
        """address: ray://HOST[:PORT]; or auto, the cluster that this machine belongs to, else one of its own processors alone.

        Raises UsageError where Ray is not installed or the address is none, ColorganError where no cluster answers.
        """
        if address != "auto" and not address.startswith("ray://"):
            raise UsageError(f"{address} is not the address of a cluster; write ray://HOST:10001 or auto.")
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        if address != "auto" and _has_token():  # where a cluster asks for one, Ray's clients wait in vain without this
            os.environ.setdefault("RAY_AUTH_MODE", "token")
        try:
            import ray
        except ImportError as error:
            raise UsageError('Ray is not installed; pip install "colorgan[cluster]" does it.') from error
        self.ray: Any = ray
        with _own_signals(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what matters is an error
            self._connect(address)
        self.size = self.usual = int(self.ray.cluster_resources().get("CPU", 0))
        if not self.size:
            raise ColorganError("The cluster has no free processors.")

    def _connect(self, address: str) -> None:
        try:
            try:
                self.ray.init(address, **SILENT)
            except ConnectionAbortedError:  # a busy head node may not have begun in time
                self.ray.init(address, **SILENT)
        except (ConnectionError, RuntimeError, ValueError) as error:
            if address != "auto" or os.environ.get("RAY_ADDRESS"):
                word = next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(".")
                raise ColorganError(f"No Ray cluster answers at {address} ({word}).") from error
            self.ray.init(num_cpus=cores(), num_gpus=0, include_dashboard=False, _node_ip_address="127.0.0.1", **SILENT)

    def hire(self, settings: Told, mail: Mail) -> Hand:
        return ActorHand(self.ray, {**settings, "threads": 1}, mail)

    def close(self) -> None:
        self.ray.shutdown()


class ActorHand(Hand):
    """An actor."""

    def __init__(self, ray: Any, settings: Told, mail: Mail) -> None:
        super().__init__()
        self.ray = ray
        self.ended = threading.Event()
        self.told = 0
        # two threads, since `hear` waits
        options = {"num_cpus": 1, "num_gpus": int(settings["values"]["device"] == "cuda"), "max_restarts": 0}
        self.actor = ray.remote(**options, max_concurrency=2)(Seat).remote(json.dumps(settings))
        threading.Thread(target=self._listen, args=(mail,), daemon=True).start()

    def send(self, told: Mapping[str, Any]) -> None:
        with contextlib.suppress(Exception):  # it has ended, which its mail says
            self.actor.tell.remote(self.told, json.dumps(told))
            self.told += 1

    def end(self, seconds: float) -> None:
        if self.about is not None:  # one that never came is not waited for
            self.ended.wait(seconds)
        with contextlib.suppress(Exception):
            self.ray.kill(self.actor)

    def _listen(self, mail: Mail) -> None:
        heard: list[str | None] = []
        try:
            while None not in heard:
                heard = self.ray.get(self.actor.hear.remote())
                for line in filter(None, heard):
                    mail.put((self, json.loads(line)))
        except Exception as error:  # the actor, its node or the way there is gone: Ray has many words for it
            self.cause = next(iter(str(error).strip().splitlines()), type(error).__name__)
        self.ended.set()
        mail.put((self, None))


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Ray takes signals for itself when it starts; those of the command stay."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in numbers]
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)
