"""Which addresses are followed, and how: https, and plain http on this machine alone, after redirects too.

urllib and not pooch or requests: neither goes on with a half file, checks each redirect, or gives up on a server that
trickles, which is most of the work here.
"""

from __future__ import annotations

import http.client
import ipaddress
import math
import re
import socket
import ssl
import time
from email.message import Message
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from colorgan_core import __version__
from colorgan_core.errors import InputError, UsageError
from colorgan_core.terminal import one_line

from .connection import Clock, TooSlow, timed

SECONDS = 20.0  # until an answer has begun, with its redirects and headers; and later without a byte of it
TEXT_SECONDS = 60.0  # for a small text in all: 1 MiB at 20 kB/s
CHUNK = 2**16  # bytes
LONGEST = 100  # characters of a server's own words
FAILURES = (URLError, OSError, http.client.HTTPException, ValueError)  # ValueError: of addresses in redirects


def check_link(url: str) -> None:
    """Raises UsageError for an address that is not followed."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError:  # UnicodeError too
        host = ""
    if not host or re.search(r"[\x00-\x20\\\x7f]", url):
        raise UsageError(f"{url!r} is not a valid address.")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"An address must not hold a user or a password, as that of {host} does.")
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)):
        return
    raise UsageError(f"{url} is not https (plain http is allowed for this machine only).")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Redirects(HTTPRedirectHandler):
    def http_error_302(self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message) -> Any:
        fp.close()  # else urllib reads the whole of its body, however long
        return super().http_error_302(req, fp, code, msg, headers)  # type: ignore[arg-type]

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        check_link(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


class _Proxies(ProxyHandler):
    """Those of the environment, but for this machine itself: plain http must not leave it."""

    def proxy_open(self, req: Request, proxy: str, type: str) -> Any:
        return None if is_loopback(urlsplit(req.full_url).hostname or "") else super().proxy_open(req, proxy, type)


class _Plain(HTTPHandler):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def http_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(timed(http.client.HTTPConnection, self.clock), req)


class _Secure(HTTPSHandler):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(timed(http.client.HTTPSConnection, self.clock), req)


def open_link(url: str, clock: Clock, start: int = 0) -> http.client.HTTPResponse:
    """Asks for what is at an address, from byte `start`. Returns when the headers are there.

    clock: the deadline for connecting, redirects and headers; then, of every read, for which the caller moves it on. Raises
    UsageError for an address, or a redirect, that is not followed, and one of FAILURES, of which HTTPError needs closing.
    """
    check_link(url)
    opener = OpenerDirector()
    for handler in (
        _Proxies(), _Plain(clock), _Secure(clock), _Redirects(), HTTPErrorProcessor(), HTTPDefaultErrorHandler(),
    ):  # fmt: skip
        opener.add_handler(handler)
    headers = {"User-Agent": f"colorgan/{__version__}", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    response = opener.open(Request(url, headers=headers))
    assert isinstance(response, http.client.HTTPResponse)
    return response


def is_lasting(error: Exception) -> bool:
    """Whether one of FAILURES will hardly be another soon: a name that nobody knows, a certificate that nobody trusts."""
    return isinstance(error, URLError) and isinstance(error.reason, (socket.gaierror, ssl.SSLCertVerificationError))


def words_for(error: Exception, seconds: float) -> str:
    """What one of FAILURES means, to go after the name of a host."""
    if isinstance(error, HTTPError):
        return f"answers {error.code} ({one_line(str(error.reason), LONGEST)})"
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TooSlow):
        return "is too slow"
    if isinstance(cause, TimeoutError):
        return f"has not answered for {seconds:.0f} s"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "has no certificate that can be trusted"
    if isinstance(cause, socket.gaierror):
        return "cannot be found (is there a network?)"
    if isinstance(cause, ConnectionRefusedError):
        return "refuses the connection"
    if isinstance(cause, (ConnectionError, http.client.IncompleteRead)):
        return "dropped the connection"
    return f"cannot be understood ({type(cause).__name__})"


def read_small(url: str, limit: int, seconds: float = SECONDS, in_all: float = TEXT_SECONDS) -> str:
    """A text of at most `limit` bytes. Raises UsageError, InputError.

    seconds: until the headers are there, and later without a byte. in_all: for the body.
    """
    clock, data, end = Clock(seconds), bytearray(), math.inf
    try:
        with open_link(url, clock) as response:
            end = time.monotonic() + in_all
            while len(data) <= limit:
                clock.set(min(seconds, end - time.monotonic()))
                piece = response.read1(CHUNK)
                if not piece:
                    break
                data += piece
        if len(data) <= limit and not response.length:  # what is left of the length that was told
            return data.decode("utf-8")
        if len(data) <= limit:
            raise ConnectionError
        reason = "sends too much data"
    except HTTPError as error:
        error.close()
        reason = words_for(error, seconds)
    except UnicodeDecodeError:
        reason = "sends something that is not text"
    except FAILURES as error:
        reason = words_for(error if time.monotonic() < end else TooSlow(), seconds)
    raise InputError(f"{url} cannot be fetched: {urlsplit(url).hostname} {reason}.")
