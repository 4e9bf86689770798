"""The engine's process: connections, a queue, and one thread that computes. PROTOCOL.md says what goes over the wire."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Listener
from typing import Any

from .. import __version__
from ..errors import ColorganError, OutOfMemory, no_memory
from ..progress import Cancelled
from . import protocol
from .clients import Client, Clients
from .protocol import Blob, Connection, ProtocolError
from .queue import Job, Queue
from .runtime_dir import Place
from .work import Workshop

BACKLOG = 128  # connections that may wait to be accepted
MOST_CONNECTIONS = 256  # at once, those in the handshake too
MOST_WAITING = 64  # requests of one client
LONGEST_NAME = 100  # letters of an operation or a slot
LONGEST_SENTENCE = 1000  # letters of an error's; some quote what was sent
PROGRESS_EVERY = 0.05  # s; work in bands has far more to tell than anyone can see
LOOK = 0.5  # s between looks at the clock
LEAVE_SECONDS = (
    3.0  # that the work at hand gets to end in; it looks often, but a library or a dead disk may not come back
)
TOO_LARGE = "There is not enough free memory for this; the engine keeps running."

log = logging.getLogger("colorgan.engine")


class Server:
    """Serves until `stop`, or nobody has asked for anything for `idle_seconds`. most: connections at once."""

    def __init__(self, place: Place, workshop: Workshop, idle_seconds: float, most: int = MOST_CONNECTIONS) -> None:
        self.place = place
        self.workshop = workshop
        self.idle_seconds = idle_seconds
        self.queue = Queue()
        self._stopped = threading.Event()
        self._clients = Clients(most)
        self._worker = threading.Thread(target=self._work, name="work", daemon=True)
        self._failure: BaseException | None = None

    def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Listens, and computes in a thread of its own, so that signals reach this one whatever the work does. ready: called once clients
        can come. Returns at most LEAVE_SECONDS after `stop`; work that has not ended then ends with the process only, see `working`."""
        try:
            with Listener(self.place.socket, self.place.family, backlog=BACKLOG) as listener:
                self.place.restrict_socket()
                threading.Thread(target=self._accept, args=(listener,), name="accept", daemon=True).start()
                self._worker.start()
                ready()
                log.info("ready")
                while not self._stopped.wait(LOOK):
                    pass
        finally:
            self.stop()
            if self._worker.ident is not None:
                self._worker.join(LEAVE_SECONDS)
            log.info("leaves, in the middle of work that does not end" if self.working else "leaves")
        if self._failure is not None:
            raise self._failure

    @property
    def working(self) -> bool:
        """Whether the thread that computes has not ended."""
        return self._worker.is_alive()

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
            if not self._let_in(connection):
                log.info("a connection is not let in: too many are open, and all are at work")
                connection.close()
                continue
            try:
                threading.Thread(target=self._welcome, args=(connection,), daemon=True).start()
            except RuntimeError:  # no memory for a thread
                self._clients.gone(connection)
                connection.close()

    def _let_in(self, connection: Connection) -> bool:
        """Whether there is room, or soon is: another may be about to leave."""
        until = time.monotonic() + LOOK
        while not self._clients.let_in(connection, self.queue.has):
            if time.monotonic() > until:
                return False
            time.sleep(0.02)
        return True

    def _welcome(self, connection: Connection) -> None:
        """The reader's thread of one connection, from the handshake to its end."""
        try:
            protocol.prove(connection, self.place.key(), first=True)
            client = Client(connection)
            self._clients.known(client)
            self._talk(client)
        except (ProtocolError, EOFError, OSError, MemoryError, RuntimeError) as error:
            log.info("a connection ended: %s", error or type(error).__name__)
        except Exception:
            log.exception("a connection ended")
        finally:
            self._clients.gone(connection)
            connection.close()

    def _talk(self, client: Client) -> None:
        writer = threading.Thread(target=client.write, daemon=True)
        writer.start()
        try:
            while True:
                while not client.connection.poll(None):  # between messages a client may be silent for hours
                    pass
                client.receiving = True
                header, blobs = protocol.receive(client.connection)
                self._answer(client, header, blobs)
                client.active_at, client.receiving = time.monotonic(), False
        except ProtocolError as error:
            client.dismiss(self._sentence(f"This is not a message of the protocol: {error}."))
            raise
        except MemoryError:  # for the pixels that come
            client.dismiss(self._sentence(TOO_LARGE))
            raise
        finally:
            self._clients.gone(client.connection)  # it makes room before its last message is sent
            self.queue.stop(client)
            client.close()
            writer.join(protocol.STALLED_SECONDS)
            protocol.hang_up(client.connection)  # for a writer that still writes
            writer.join()

    def _answer(self, client: Client, header: dict[str, Any], blobs: list[Blob]) -> None:
        kind = header["type"]
        if kind in ("submit", "cancel") and client.protocol is None:
            raise ProtocolError(
                f"this engine speaks versions {protocol.OLDEST_PROTOCOL} to {protocol.PROTOCOL} of the protocol, but the program "
                "that is connected to it speaks another; update the older of the two"
            )
        if kind == "submit":
            self._submit(client, header, blobs)
        elif kind == "cancel":
            for job in self.queue.stop(client, header.get("request")):
                self._finish(job, {"type": "cancelled"})
        elif kind == "hello":
            theirs, loaded = header.get("protocol"), self.workshop.current.loaded
            known = type(theirs) is int and protocol.OLDEST_PROTOCOL <= theirs <= protocol.PROTOCOL
            client.protocol = theirs if known else None
            client.post({
                "type": "hello", "protocol": client.protocol or protocol.PROTOCOL, "version": __version__, "pid": os.getpid(),
                "device": loaded.runner.description, "weights": loaded.weights.digest,
                "limits": {"side": protocol.LARGEST_SIDE, "bytes": protocol.LARGEST_MESSAGE, "waiting": MOST_WAITING,
                           "name": LONGEST_NAME, "protocol": [protocol.OLDEST_PROTOCOL, protocol.PROTOCOL]},
            })  # fmt: skip
        elif kind == "ping":
            client.post({"type": "pong"})
        elif kind == "stop":
            log.info("a client asks the engine to end")
            self.stop()
        else:
            raise ProtocolError(f"there is no message of type {kind[:40]!r}")

    def _submit(self, client: Client, header: dict[str, Any], blobs: list[Blob]) -> None:
        kinds = {"request": int, "operation": str, "parameters": dict, "slot": str, "preview": bool}
        wrong = [name for name, kind in kinds.items() if type(header.get(name)) is not kind]
        if wrong or set(header) != {"type", *kinds}:
            raise ProtocolError(f"a request with invalid {', '.join(wrong) or 'entries'}")
        job = Job(client, header["request"], header["operation"], header["parameters"], blobs, header["slot"],
                  header["preview"])  # fmt: skip
        if len(job.operation) > LONGEST_NAME or len(job.slot) > LONGEST_NAME:
            self._refuse(job, f"The name of an operation or a slot has at most {LONGEST_NAME} letters.")
            return
        if self.queue.waiting(client) >= MOST_WAITING:
            self._refuse(job, "Too many requests are waiting already.")
            return
        for older in self.queue.put(job):
            self._finish(older, {"type": "cancelled"})

    def _refuse(self, job: Job, sentence: str, code: int = 2) -> None:
        self._finish(job, {"type": "error", "code": code, "sentence": self._sentence(sentence)})

    def _sentence(self, sentence: str) -> str:
        """With its middle left out where it is too long, and where the log is."""
        if len(sentence) > LONGEST_SENTENCE:
            half = LONGEST_SENTENCE // 2
            sentence = f"{sentence[:half]} … {sentence[-half:]}"
        return f"{sentence} (Log: {self.place.log})"

    def _work(self) -> None:
        """The thread that computes; with it the engine ends."""
        try:
            self._compute()
        except BaseException as error:
            self._failure = error
        finally:
            self.stop()

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
        pixels = [(b.name[:LONGEST_NAME], b.width, b.height, b.dtype) for b in job.blobs]
        log.info("%s %s %s", name, job.operation, pixels)
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
            self._refuse(job, sentence, code)
        log.info("%s took %.2f s: %s", name, time.monotonic() - began, sentence[:LONGEST_SENTENCE] or "done")
        job.blobs.clear()

    def _finish(self, job: Job, header: dict[str, Any], blobs: list[Blob] | None = None) -> None:
        if job.end():
            with contextlib.suppress(OSError):
                job.client.post({**header, "request": job.number}, blobs)
