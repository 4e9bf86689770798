"""Which addresses are followed."""

from __future__ import annotations

import http.server
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from colorgan_core.errors import UsageError
from colorgan_installer.links import check_link
from fakes.host import Host, sha256

USAGE, INPUT = 2, 3
HASH = "0" * 64


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.safetensors",
        "http://127.0.0.1/a",
        "http://127.8.9.1:99/a",
        "http://[::1]:80/a",
        "http://localhost/a",
    ],
)
def test_followed(url: str) -> None:
    check_link(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a", "http://10.0.0.1/a", "http://0.0.0.0/a", "http://localhost.example.com/a", "http://127.1/a",
        "ftp://127.0.0.1/a", "file:///etc/passwd", "data://text/a", "https:///a", "https://me@example.com/a",
        "https://me:secret@example.com/a", "http://127.0.0.1@example.com/a", "http://127.0.0.1\\@example.com/a",
        "https://example.com/a b", "https://example.com:port/a", "https://example.com/a\nb", "http://[::2]/a",
        "https://" + "a" * 70 + ".com/a", "s3://bucket/a", "://a", "HTTP://example.com/a",
    ],
)  # fmt: skip
def test_not_followed(home, url: str) -> None:
    with pytest.raises(UsageError):
        check_link(url)
    ran = home.run("weights", "install", url, "--sha256", HASH)
    assert ran.code == USAGE and "secret" not in ran.sentence
    home.unchanged()


def test_an_address_wants_a_hash(home, serve: Callable[..., Host]) -> None:
    host = serve()
    ran = home.run("weights", "install", host.url)
    assert ran.code == USAGE and "--sha256" in ran.sentence
    for wrong in ("", "abc", "g" * 64, "0" * 63):
        ran = home.run("weights", "install", host.url, "--sha256", wrong)
        assert ran.code == USAGE and "64 hexadecimal digits" in ran.sentence
    assert host.asked == []
    home.unchanged()


def test_this_machine_is_asked_without_a_proxy(
    home, serve: Callable[..., Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain http must not leave it."""
    proxy, host = serve(), serve()
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.delenv("no_proxy", raising=False)
    assert home.run("weights", "install", host.url, "--sha256", sha256(host.data)).code == 0
    assert proxy.asked == [] and len(host.asked) == 1


@pytest.fixture
def tls(ink: bytes, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """An https server with a certificate of its own, and that certificate."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=localhost",
               "-addext", "subjectAltName=DNS:localhost"]  # fmt: skip
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl to make a certificate with")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(ink)))
            self.end_headers()
            self.wfile.write(ink)

        def log_message(self, *_: object) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"https://localhost:{server.server_address[1]}/ink.safetensors", certificate
        server.shutdown()


def test_https_wants_a_certificate_that_can_be_trusted(
    home, tls: tuple[str, Path], ink: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, certificate = tls
    ran = home.run("weights", "install", url, "--sha256", sha256(ink))
    assert ran.code == INPUT and "no certificate that can be trusted" in ran.sentence
    home.unchanged()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert home.run("weights", "install", url, "--sha256", sha256(ink)).code == 0
