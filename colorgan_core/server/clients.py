"""Who is connected: a client with what it has not been sent yet, and all clients, of which the oldest idle one makes room."""

from __future__ import annotations

import logging
import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from . import protocol
from .protocol import Blob, Connection, TooLong

if TYPE_CHECKING:
    from .protocol import Message

UNSENT = 64  # messages that a client may leave unread before progress is dropped
FULL = "Too many programs are connected to the engine, and this one had been idle the longest; try again."
TOO_LONG = "The result cannot be sent: {}. Fewer colours in the palette, or shorter names of them, help{}."

log = logging.getLogger("colorgan.engine")


class Client:
    """One connection: a thread that reads, another that writes, so that nobody waits for a client that does not.

    protocol: the version that it speaks; None: none that this engine knows. receiving: whether it is in the middle of a message.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.protocol: int | None = protocol.OLDEST_PROTOCOL  # until it says another
        self.receiving = False
        self.active_at = time.monotonic()
        self._unsent: queue.Queue[Message | None] = queue.Queue()

    @property
    def unsent(self) -> int:
        """How many messages wait to be sent, or are being sent."""
        return self._unsent.unfinished_tasks

    def post(self, header: dict[str, Any], blobs: list[Blob] | None = None) -> None:
        """Hands a message to the writer; progress of which a client has too much unread is dropped."""
        self.active_at = time.monotonic()
        if header["type"] != "progress" or self.unsent < UNSENT:
            self._unsent.put((header, blobs or []))

    def write(self) -> None:
        """The writer's thread: until `close`, or the client is gone, takes nothing, or cannot be written to. Then the connection ends,
        so that nobody waits for what will not come."""
        try:
            while (message := self._unsent.get()) is not None:
                self._send(*message)
                self._unsent.task_done()
        except OSError as error:
            log.info("a client takes nothing more: %s", error)
        except Exception:
            log.exception("a client cannot be written to")
        finally:
            protocol.hang_up(self.connection)  # which wakes the reader

    def close(self) -> None:
        """Ends the connection once all that waits is sent."""
        self._unsent.put(None)

    def dismiss(self, sentence: str) -> None:
        """Ends the connection with a sentence."""
        self.post({"type": "refused", "sentence": sentence})
        self.close()

    def _send(self, header: dict[str, Any], blobs: list[Blob]) -> None:
        version = self.protocol or protocol.OLDEST_PROTOCOL
        try:
            protocol.send(self.connection, header, blobs, version)
        except TooLong as error:
            log.info("a message is too long: %s", error)
            sentence = TOO_LONG.format(error, ", and so does a newer plug-in" if version < protocol.PROTOCOL else "")
            failed = {"type": "error", "code": 2, "sentence": sentence, "request": header["request"]}
            protocol.send(self.connection, failed, None, version)


class Clients:
    """The connections that are open, from before their handshake on. For any number of threads.

    most: at once. Past that, the client that has been idle the longest is dismissed; where all are at work, a connection whose
    handshake has begun the longest ago, and where there is none either, the new one is not let in.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._open: dict[Connection, Client | None] = {}  # in the order they came; None: in the handshake

    def let_in(self, connection: Connection, working: Any) -> bool:
        """Whether there is room, which is made if need be. working: tells of a client whether it waits for a result."""
        with self._lock:
            if len(self._open) >= self._most and not self._make_room(working):
                return False
            self._open[connection] = None
            return True

    def known(self, client: Client) -> None:
        """The handshake is done."""
        with self._lock:
            if client.connection in self._open:  # else it has just been sent away
                self._open[client.connection] = client

    def gone(self, connection: Connection) -> None:
        with self._lock:
            self._open.pop(connection, None)

    def _make_room(self, working: Any) -> bool:
        idle = [
            client
            for client in self._open.values()
            if client is not None and not client.receiving and not client.unsent and not working(client)
        ]
        if idle:
            oldest = min(idle, key=lambda client: client.active_at)
            del self._open[oldest.connection]
            oldest.dismiss(FULL)
            return True
        for connection, client in self._open.items():
            if client is None:
                del self._open[connection]
                protocol.hang_up(connection)
                return True
        return False
