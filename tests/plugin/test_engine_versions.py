"""What grows large comes over, and plug-ins of the version before are still answered."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest

from colorgan_core.picture.pixels import write_picture
from colorgan_core.server import protocol
from colorgan_core.server.runtime_dir import Place
from colorgan_core.server.work import Workshop
from colorgan_plugin.client import Blob, Engine, EngineError, connect
from engines import blob, hints, page, pixels, serving
from fakes.client_1 import Client1

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
PRIMARIES = (0.7347, 0.2653, 1, 0.1596, 0.8404, 1, 0.0366, 0.0001, 1)
WIDE = bytes(imagecodecs.cms_profile("rgb", whitepoint=(0.3457, 0.3585, 1), primaries=PRIMARIES, gamma=1.8))
PICTURE = {"name": "picture", "width": 96, "height": 96, "channels": 3, "dtype": "uint8"}
SUBMIT = {"type": "submit", "request": 7, "operation": "colorize", "slot": "", "preview": False}


@pytest.fixture
def old(served: Path) -> Iterator[Client1]:
    client = Client1(Place(served).socket, Place(served).key())
    with client.line:
        yield client


@pytest.fixture
def large_profile() -> bytes:
    """A right profile of 1.5 MB, as those of printers are: a wide gamut, with a long private tag."""
    data = bytearray(WIDE)
    count, more = int.from_bytes(data[128:132], "big"), 1_500_000
    table, rest = data[132 : 132 + 12 * count], data[132 + 12 * count :]
    moved = bytearray()
    for entry in range(count):
        name, at, size = table[12 * entry : 12 * entry + 4], *(
            int.from_bytes(table[12 * entry + start : 12 * entry + start + 4], "big") for start in (4, 8)
        )  # fmt: skip
        moved += bytes(name) + (at + 12).to_bytes(4, "big") + size.to_bytes(4, "big")
    private = b"zzzz" + (132 + 12 * (count + 1) + len(rest)).to_bytes(4, "big") + more.to_bytes(4, "big")
    whole = bytearray(data[:128] + (count + 1).to_bytes(4, "big") + moved + private + rest)
    whole += b"data" + np.random.default_rng(0).bytes(more - 4)
    whole[0:4] = len(whole).to_bytes(4, "big")
    return bytes(whole)


@pytest.fixture
def long_names(tmp_path: Path) -> Path:
    """A palette of 64 swatches with names of 6,000 letters, no two alike."""
    lines = [f"{4 * n} {255 - 3 * n} {(37 * n) % 256} {n:02} {'ä' * 6000}" for n in range(64)]
    (tmp_path / "long.gpl").write_text("GIMP Palette\n" + "\n".join(lines), "utf-8")
    return tmp_path / "long.gpl"


def many_colors(size: int) -> np.ndarray[Any, Any]:
    """64 boxes, so that each swatch may be used."""
    picture = np.full((size, size, 3), 255, np.uint8)
    picture[:: size // 8] = picture[:, :: size // 8] = 0
    return picture


def marks_of(size: int) -> np.ndarray[Any, Any]:
    """A hint in each box, of the swatches' colours."""
    marks, step = np.zeros((size, size, 4), np.uint8), size // 8
    for n in range(64):
        y, x = n // 8 * step + step // 3, n % 8 * step + step // 3
        marks[y : y + step // 3, x : x + step // 3] = (4 * n, 255 - 3 * n, (37 * n) % 256, 255)
    return marks


def test_answers_with_long_names_come(engine: Engine, long_names: Path) -> None:
    wishes = {"task": "lineart", "palette": str(long_names), "layers": ["flats", "lines"]}
    found = engine.run("colorize", wishes, [blob("picture", many_colors(400)), blob("hints", marks_of(400))])
    layers = [each["name"] for each in found.facts["layers"]]
    assert sum(len(name) for name in layers) * 6 > protocol.LARGEST_HEADER, "else it shows nothing"
    assert set(layers) <= set(found.blobs)
    engine.ping()


def test_an_old_plug_in_is_told_what_it_cannot_take(old: Client1, long_names: Path) -> None:
    """And its connection lives."""
    named = [
        {**PICTURE, "width": 400, "height": 400},
        {**PICTURE, "name": "hints", "width": 400, "height": 400, "channels": 4},
    ]
    wishes = {"task": "lineart", "palette": str(long_names), "layers": ["flats", "lines"]}
    old.say({**SUBMIT, "parameters": wishes, "blobs": named}, many_colors(400).tobytes(), marks_of(400).tobytes())
    header, _ = old.final()
    assert header["type"] == "error" and header["request"] == 7 and "newer plug-in" in header["sentence"]
    old.say({"type": "ping"})
    assert old.hear()[0] == {"type": "pong"}


def test_an_old_plug_in_has_the_result_of_a_new_one(old: Client1, engine: Engine) -> None:
    picture = page(96)
    wishes = {"task": "lineart", "seed": 3, "editor": None, "profile": base64.b64encode(WIDE).decode()}
    assert old.hello["protocol"] == 1 and {"version", "pid", "device", "weights", "limits"} <= set(old.hello)
    old.say({**SUBMIT, "parameters": wishes, "blobs": [PICTURE]}, picture.tobytes())
    header, (data,) = old.final()
    assert header["type"] == "result" and header["request"] == 7
    new = engine.run("colorize", {**wishes, "profile": WIDE}, [blob("picture", picture)])
    assert header["facts"] == new.facts and data == bytes(new.blobs["picture"].data)
    old.say({**SUBMIT, "operation": "paint", "parameters": {}, "blobs": [PICTURE]}, picture.tobytes())
    assert old.final()[0]["code"] == 2
    old.say({**SUBMIT, "parameters": {"task": "lineart"}, "blobs": [PICTURE]}, picture.tobytes())
    old.say({"type": "cancel", "request": 7})
    assert old.final()[0]["type"] in ("cancelled", "result")


@pytest.mark.parametrize("theirs", [0, 99, "1", None, True])
def test_too_old_and_too_new_plug_ins_are_told(theirs: Any, served: Path) -> None:
    client = Client1(Place(served).socket, Place(served).key(), theirs)
    with client.line:
        assert client.hello["type"] == "hello" and client.hello["protocol"] == protocol.PROTOCOL, (
            "they see that it differs"
        )
        client.say({**SUBMIT, "parameters": {}, "blobs": [PICTURE]}, page(96).tobytes())
        header, _ = client.hear()
        assert header["type"] == "refused" and "update the older" in header["sentence"]
        with pytest.raises((EOFError, OSError)):
            client.hear()


def test_a_large_profile_travels(engine: Engine, large_profile: bytes) -> None:
    picture, marks = page(96), hints(96, (214, 63, 41))
    blobs = [blob("picture", picture), blob("hints", marks)]
    for told in (large_profile, base64.b64encode(large_profile).decode()):
        found = engine.run("colorize", {"task": "lineart", "profile": told}, blobs)
        small = engine.run("colorize", {"task": "lineart", "profile": WIDE}, blobs)
        np.testing.assert_array_equal(pixels(found.blobs["picture"]), pixels(small.blobs["picture"]))
    assert (
        pixels(engine.run("colorize", {"task": "lineart"}, blobs).blobs["picture"]) != pixels(found.blobs["picture"])
    ).any()


def test_the_command_line_takes_pictures_with_large_profiles(
    run: Callable[..., Any],
    large_profile: bytes,
    served: Path,
    lively: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLORGAN_DATA", str(served.parent))
    write_picture(tmp_path / "in.tif", page(), large_profile)
    written = []
    for options in ((), ("--engine",)):
        ran = run(
            "colorize",
            tmp_path / "in.tif",
            "-o",
            tmp_path / "out.tif",
            "--task",
            "lineart",
            "--weights",
            lively,
            *options,
        )
        assert ran.code == 0, ran.err
        written.append((tmp_path / "out.tif").read_bytes())
    assert written[0] == written[1]


def test_long_texts_are_errors_with_short_sentences_and_the_connection_lives(engine: Engine) -> None:
    picture = [blob("picture", page(32))]
    long = "ä" * 400_000
    for operation, parameters, blobs in (
        (long, {}, picture), ("colorize", {long: 1}, picture), ("colorize", {"palette": long}, picture),
        ("colorize", {"weights": long}, picture), ("colorize", {"regions": long}, picture), ("colorize", {"reference": long}, picture),
        ("colorize", {"seed": long}, picture), ("colorize", {"task": long}, picture),
        ("colorize", {}, [*picture, Blob(long, 1, 1, 1, "uint8", b"x")]),
        ("stylize", {"style": [long]}, picture), ("colorize", {"layers": [long]}, picture),
    ):  # fmt: skip
        with pytest.raises(EngineError) as caught:
            engine.run(operation, parameters, blobs)
        assert len(str(caught.value)) < 2000 and "bug" not in str(caught.value) and caught.value.code in (2, 3, 5), str(
            caught.value
        )
    with pytest.raises(EngineError, match="at most 100 letters"):
        engine.run("colorize", {}, picture, slot=long)
    with pytest.raises(EngineError, match=r"cannot be sent.*possible"):
        engine.run("colorize", {"palette": "x" * (protocol.LARGEST_BYTES + 1)}, picture)
    assert engine.run("colorize", {"task": "lineart"}, picture).facts["task"] == "lineart"


@pytest.mark.parametrize("name", ["bare", "merge", "split"])
def test_marks_of_one_channel_are_those_of_three(name: str, engine: Engine) -> None:
    picture, mark = blob("picture", page(96)), np.zeros((96, 96, 1), np.uint8)
    mark[30:40, 10:80] = 255
    found = [
        pixels(engine.run("colorize", {"task": "lineart"}, [picture, blob(name, each)]).blobs["picture"])
        for each in (mark, np.repeat(mark, 3, 2))
    ]
    np.testing.assert_array_equal(*found)


def test_grey_pictures_of_one_channel_with_a_profile(engine: Engine) -> None:
    gray = page(96)[..., :1]
    found = [
        pixels(engine.run("colorize", {"task": "lineart", "profile": WIDE}, [blob("picture", each)]).blobs["picture"])
        for each in (gray, np.repeat(gray, 3, 2))
    ]
    np.testing.assert_array_equal(*found)


class Broken:
    """A workshop whose result cannot be written."""

    def __init__(self, workshop: Workshop) -> None:
        self.current = workshop.current

    def do(self, *_: Any) -> tuple[dict[str, Any], list[Blob]]:
        return {"what no JSON has": object()}, []


def test_a_writer_that_fails_ends_its_connection(place: Path, lively: Path) -> None:
    with serving(place, Broken(Workshop(str(lively)))), connect(str(place)) as engine:
        with pytest.raises(EngineError, match="stopped or cannot be understood"):
            engine.run("colorize", {}, [blob("picture", page(32))])
        connect(str(place)).close()
