"""Whatever comes in a header or behind it: it is answered, or its connection ends, in time, and the next client is served."""

from __future__ import annotations

import json
import struct
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from colorgan_core.operations import OPERATIONS
from colorgan_core.server.server import Server
from colorgan_core.server.work import Workshop
from colorgan_plugin.client import connect
from engines import blob, page, serving
from fakes.client_1 import Client1

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
ANSWER_SECONDS = 5.0  # of a request on a picture of 16 x 16; a whole minute of other work may lie on the machine
SIDE = 16

TEXT = st.text(max_size=12) | st.sampled_from(
    ["\0", "\ud800", "/", ".", "/dev/zero", "/dev/stdin", "../x.png", "x" * 300, "#abc", "lineart"]
)
ODD = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | TEXT
    | st.just(10**400) | st.sampled_from([2**31, 2**63, -1])
)  # fmt: skip
JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
NAMES = [each.name for operation in OPERATIONS.values() for each in operation.parameters]
RIGHT = {
    "task": st.sampled_from(["auto", "lineart", "gray"]), "seed": st.integers(0, 9), "close_gaps": st.integers(0, 32),
    "shade": st.booleans(), "paint": st.booleans(),
    "strength": st.floats(0, 1), "palette": st.sampled_from(["#abc", "#ffffff,#000", "x.gpl", "/dev/zero"]),
    "layers": st.lists(st.sampled_from(["picture", "flats", "shade", "lines", "holds"]), min_size=1, max_size=3),
    "weights_of_styles": st.lists(st.floats() | st.integers(-1, 2), max_size=2), "style": st.lists(TEXT, max_size=2),
}  # fmt: skip
PARAMETERS = st.fixed_dictionaries({}, optional=RIGHT) | st.dictionaries(
    st.sampled_from([*NAMES, "layers", "editor", "profile", "weights_of_styles"]) | TEXT, JSON, max_size=3
)
EDITOR = st.fixed_dictionaries(
    {"order": st.sampled_from(["rgba", "bgra"]), "stack": st.lists(st.just(["normal", 1.0]), min_size=1, max_size=2)}
)
PIXELS = ["picture", "hints", "bare", "merge", "split", "reference", "style", "selection", "written.flats", "found.flats", "found.shade",
          "written.shade", "profile", "header"]  # fmt: skip
BLOBS = st.lists(
    st.fixed_dictionaries({
        "name": st.sampled_from([*PIXELS * 4, "?", "\ud800"]), "width": st.sampled_from([SIDE, SIDE, SIDE, SIDE, SIDE, 3]),
        "height": st.just(SIDE), "channels": st.sampled_from([1, 3, 4, 4, 4, 2]),
        "dtype": st.sampled_from(["uint8", "uint8", "uint8", "uint16", "float32"]),
    }),
    max_size=3,
)  # fmt: skip
PICTURE = {"name": "picture", "width": SIDE, "height": SIDE, "channels": 4, "dtype": "uint8"}


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Most of a right request."""
    parameters = draw(PARAMETERS)
    if draw(st.booleans()):
        parameters["editor"] = draw(EDITOR)
    header: dict[str, Any] = {
        "type": "submit", "request": 1, "operation": draw(st.sampled_from(list(OPERATIONS))), "parameters": parameters, "slot": "",
        "preview": draw(st.booleans()), "blobs": [PICTURE, *draw(BLOBS)],
    }  # fmt: skip
    if draw(st.integers(0, 3)) == 0:
        header[draw(st.sampled_from([*header, "more"]))] = draw(JSON)
    return header


HEADERS = (
    requests()
    | st.dictionaries(TEXT, JSON, max_size=3)
    | st.fixed_dictionaries({"type": TEXT | st.sampled_from(["long", "hello", "cancel"])})
)
BYTES = HEADERS.map(lambda header: json.dumps(header).encode()) | st.binary(max_size=200)


@pytest.fixture(scope="module")
def server(untrained: Path) -> Iterator[Server]:
    with (
        tempfile.TemporaryDirectory(prefix="cg") as data,
        serving(Path(data) / "engine", Workshop(str(untrained))) as server,
    ):
        yield server


def sizes(text: bytes) -> list[int]:
    """The bytes of the blobs that a header announces, if it is so right."""
    try:
        return [
            blob["width"] * blob["height"] * blob["channels"] * {"uint8": 1, "uint16": 2, "float32": 4}[blob["dtype"]]
            for blob in json.loads(text)["blobs"]
        ]
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError):
        return []


@given(text=BYTES, byte=st.integers(0, 255))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_header_is_answered_or_ends_its_connection(server: Server, text: bytes, byte: int) -> None:
    client = Client1(server.place.socket, server.place.key(), protocol=2)
    with client.line:
        client.line.settimeout(ANSWER_SECONDS)
        began, answer = time.monotonic(), {"type": "closed"}
        try:
            client.frame(text)
            for size in sizes(text):
                client.line.sendall(struct.pack("!i", size) + bytes([byte]) * size)
            client.frame(b'{"type":"ping"}')
            answer, _ = client.final()
            while (
                answer["type"] == "pong" and b'"type": "submit"' in text
            ):  # the ping is answered while the work goes on
                answer, _ = client.final()
        except (EOFError, ConnectionError):
            pass
        assert time.monotonic() - began < ANSWER_SECONDS
        assert answer["type"] in ("result", "error", "cancelled", "refused", "pong", "hello", "closed")
        if answer["type"] == "error":
            assert answer["code"] in (2, 3, 5) and len(answer["sentence"]) < 2000, answer
            assert "This is a bug" not in answer["sentence"], (answer, text)
    with connect(str(server.place.path)) as engine:
        engine.ping()


def test_work_goes_on_after_all_that(server: Server) -> None:
    with connect(str(server.place.path)) as engine:
        assert engine.run("colorize", {"task": "lineart"}, [blob("picture", page(64))]).blobs["picture"].width == 64
