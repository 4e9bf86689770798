"""The engine's process: connections, a queue, and one thread that computes. PROTOCOL.md says what goes over the wire."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Listener
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import ColorganError, OutOfMemory, no_memory
from ..progress import Cancelled
from . import protocol
from .place import Place
from .protocol import Blob, Connection, ProtocolError
from .queue import Job, Queue
from .work import Workshop

if TYPE_CHECKING:
    from .protocol import Message

BACKLOG = 128  # connections that may wait to be accepted
MOST_CONNECTIONS = 256  # at once, those in the handshake too; more are closed at the door
MOST_WAITING = 64  # requests of one client
UNSENT = 64  # messages that a client may leave unread before progress is dropped
PROGRESS_EVERY = 0.05  # s; work in bands has far more to tell than anyone can see
LOOK = 0.5  # s between looks at the clock
TOO_LARGE = "There is not enough free memory for this; the engine goes on."

log = logging.getLogger("colorgan.engine")


class Client:
    """One connection: a thread that reads, another that writes, so that nobody waits for a client that does not."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._unsent: queue.Queue[Message | None] = queue.Queue()

    def post(self, header: dict[str, Any], blobs: list[Blob] | None = None) -> None:
        """Hands a message to the writer; progress of which a client has too much unread is dropped."""
        if header["type"] != "progress" or self._unsent.qsize() < UNSENT:
            self._unsent.put((header, blobs or []))

    def write(self) -> None:
        """The writer's thread: until `close`, or the client is gone or takes nothing."""
        try:
            while (message := self._unsent.get()) is not None:
                protocol.send(self.connection, *message)
        except OSError:
            log.info("a client takes nothing more")
            protocol.hang_up(self.connection)  # which wakes the reader

    def close(self) -> None:
        self._unsent.put(None)


class Server:
    """Serves until `stop`, or nobody has asked for anything for `idle_seconds`."""

    def __init__(self, place: Place, workshop: Workshop, idle_seconds: float) -> None:
        self.place = place
        self.workshop = workshop
        self.idle_seconds = idle_seconds
        self.queue = Queue()
        self._stopped = threading.Event()
        self._doors = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Listens and computes, in this thread. ready: called once clients can come."""
        with Listener(self.place.socket, self.place.family, backlog=BACKLOG) as listener:
            self.place.restrict_socket()
            threading.Thread(target=self._accept, args=(listener,), name="accept", daemon=True).start()
            ready()
            log.info("ready")
            self._compute()
            log.info("leaves")

    def stop(self) -> None:
        self._stopped.set()

    def _accept(self, listener: Listener) -> None:
        while not self._stopped.is_set():
            try:
                connection = listener.accept()
            except OSError:
                if self._stopped.is_set():
                    return
                time.sleep(0.05)  # too many open files: one may close
                continue
            if not self._doors.acquire(blocking=False):
                connection.close()
                continue
            try:
                threading.Thread(target=self._welcome, args=(connection,), daemon=True).start()
            except RuntimeError:  # no memory for a thread
                connection.close()
                self._doors.release()

    def _welcome(self, connection: Connection) -> None:
        """The reader's thread of one connection, from the handshake to its end."""
        try:
            protocol.limit_waits(connection, protocol.HANDSHAKE_SECONDS, protocol.HANDSHAKE_SECONDS)
            protocol.prove(connection, self.place.key(), first=True)
            protocol.limit_waits(connection, protocol.STALLED_SECONDS, protocol.STALLED_SECONDS)
            self._talk(Client(connection))
        except (ProtocolError, EOFError, OSError, MemoryError, RuntimeError) as error:
            log.info("a connection ended: %s", error or type(error).__name__)
        finally:
            connection.close()
            self._doors.release()

    def _talk(self, client: Client) -> None:
        writer = threading.Thread(target=client.write, daemon=True)
        writer.start()
        try:
            while True:
                while not client.connection.poll(None):  # between messages a client may be silent for hours
                    pass
                header, blobs = protocol.receive(client.connection)
                self._answer(client, header, blobs)
        except ProtocolError as error:
            client.post(
                {"type": "refused", "sentence": f"This is no message of the protocol: {error}. (Log: {self.place.log})"}
            )
            raise
        except MemoryError:  # for the pixels that come
            client.post({"type": "refused", "sentence": f"{TOO_LARGE} (Log: {self.place.log})"})
            raise
        finally:
            self.queue.stop(client)
            client.close()
            writer.join(protocol.STALLED_SECONDS)

    def _answer(self, client: Client, header: dict[str, Any], blobs: list[Blob]) -> None:
        kind = header["type"]
        if kind == "submit":
            self._submit(client, header, blobs)
        elif kind == "cancel":
            for job in self.queue.stop(client, header.get("request")):
                self._finish(job, {"type": "cancelled"})
        elif kind == "hello":
            loaded = self.workshop.current.loaded
            client.post({
                "type": "hello", "protocol": protocol.PROTOCOL, "version": __version__, "pid": os.getpid(),
                "device": loaded.runner.description, "weights": loaded.weights.digest,
                "limits": {"side": protocol.LARGEST_SIDE, "bytes": protocol.LARGEST_MESSAGE, "waiting": MOST_WAITING},
            })  # fmt: skip
        elif kind == "ping":
            client.post({"type": "pong"})
        elif kind == "stop":
            log.info("a client asks the engine to end")
            self.stop()
        else:
            raise ProtocolError(f"no message is of type {kind[:40]!r}")

    def _submit(self, client: Client, header: dict[str, Any], blobs: list[Blob]) -> None:
        kinds = {"request": int, "operation": str, "parameters": dict, "slot": str, "preview": bool}
        wrong = [name for name, kind in kinds.items() if type(header.get(name)) is not kind]
        if wrong or set(header) != {"type", *kinds}:
            raise ProtocolError(f"a request whose {', '.join(wrong) or 'entries'} cannot be")
        job = Job(client, header["request"], header["operation"], header["parameters"], blobs, header["slot"],
                  header["preview"])  # fmt: skip
        if self.queue.waiting(client) >= MOST_WAITING:
            self._finish(job, {"type": "error", "code": 2, "sentence": "Too many requests are waiting already."})
            return
        for older in self.queue.put(job):
            self._finish(older, {"type": "cancelled"})

    def _compute(self) -> None:
        last = time.monotonic()
        while not self._stopped.is_set():
            job = self.queue.take(LOOK)
            if job is not None:
                self._run(job)
                last = time.monotonic()
            elif time.monotonic() - last > self.idle_seconds:
                self.stop()

    def _run(self, job: Job) -> None:
        reached, told_at = 0.0, 0.0

        def advance(share: float) -> None:
            nonlocal reached, told_at
            reached = max(reached, share)
            if job.stopped.is_set() or self._stopped.is_set():
                raise Cancelled
            now = time.monotonic()
            if now - told_at < PROGRESS_EVERY and share < 1:
                return
            told_at = now
            job.client.post({"type": "progress", "request": job.number, "stage": job.operation, "share": reached})

        def show(small: Blob) -> None:
            told = {"type": "progress", "request": job.number, "stage": "preview", "share": reached}
            job.client.post(told, [small])

        name, began = f"{id(job.client):x}/{job.number}", time.monotonic()
        code, sentence = 1, ""
        log.info("%s %s %s", name, job.operation, [(b.name, b.width, b.height, b.dtype) for b in job.blobs])
        try:
            facts, blobs = self.workshop.do(
                job.operation, job.parameters, job.blobs, advance, show if job.preview else None
            )
            advance(1)
            self._finish(job, {"type": "result", "facts": facts}, blobs)
        except Cancelled:
            self._finish(job, {"type": "cancelled"})
        except ColorganError as error:
            code, sentence = error.exit_code, str(error)
        except Exception as error:
            log.exception("%s failed", name)
            if no_memory(error):
                code, sentence = OutOfMemory.exit_code, TOO_LARGE
            else:
                sentence = f"This is a bug: {type(error).__name__}."
        if sentence:
            self._finish(job, {"type": "error", "code": code, "sentence": f"{sentence} (Log: {self.place.log})"})
        log.info("%s took %.2f s: %s", name, time.monotonic() - began, sentence or "done")
        job.blobs.clear()

    def _finish(self, job: Job, header: dict[str, Any], blobs: list[Blob] | None = None) -> None:
        if job.end():
            with contextlib.suppress(OSError):
                job.client.post({**header, "request": job.number}, blobs)
