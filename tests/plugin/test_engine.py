"""A real engine in a process of its own, and the client that editors use: the same pixels, cancelling, slots, keys, and deaths."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import colorgan_core
from colorgan_core.operations import OPERATIONS
from colorgan_core.picture.pixels import read_picture, write_picture
from colorgan_core.server import protocol
from colorgan_core.server.runtime_dir import Place
from colorgan_installer.plugins import SHARED, copy_client
from colorgan_plugin.client import Cancelled, Engine, EngineError, Progress, connect, connect_or_start
from engines import blob, hints, page, pixels, wait_for

Array = np.ndarray[Any, Any]
CORE = Path(colorgan_core.__file__).parent
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and Unix sockets")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_the_engines_pixels_are_those_of_this_process(dtype: Any, engine: Engine, lively: Path) -> None:
    picture = page()
    deep = picture if dtype is np.uint8 else (picture / 255 * (1 if dtype is np.float32 else 65535)).astype(dtype)
    marks = hints(160, (214, 63, 41))
    wishes = {"task": "lineart", "seed": 3, "close_gaps": 4}
    found = engine.run("colorize", wishes, [blob("picture", deep), blob("hints", marks)])
    here = colorgan_core.colorize(deep, hints=marks, weights=str(lively), **wishes)  # type: ignore[arg-type]
    np.testing.assert_array_equal(pixels(found.blobs["picture"]), here)
    assert found.facts["task"] == "lineart" and found.facts["regions"] > 1


def test_notes_come_with_the_facts(engine: Engine) -> None:
    empty = engine.run("colorize", {}, [blob("picture", np.full((120, 160, 3), 255, np.uint8))])
    assert len(empty.facts["notes"]) == 1 and empty.facts["notes"][0].startswith("No lines were found")
    assert engine.run("colorize", {"task": "lineart"}, [blob("picture", page())]).facts["notes"] == []


def test_kept_regions_change_nothing_but_the_time(engine: Engine, lively: Path) -> None:
    """Hints that come one after another, with other pictures between."""
    for turn in range(4):
        for seed in (1, 2, 3):
            picture, marks = page(seed=seed), hints(160, (40 * turn, 90, 200))
            found = engine.run("colorize", {"task": "lineart"}, [blob("picture", picture), blob("hints", marks)])
            here = colorgan_core.colorize(picture, hints=marks, task="lineart", weights=str(lively))
            np.testing.assert_array_equal(pixels(found.blobs["picture"]), here)


def test_styles(engine: Engine, lively: Path) -> None:
    picture, style = page(), np.random.default_rng(1).integers(0, 256, (60, 90, 3)).astype(np.uint8)
    blobs = [blob("picture", picture), blob("style", style), blob("style", style[::-1].copy())]
    found = engine.run("stylize", {"strength": 0.5, "weights_of_styles": [1.0, 0.25]}, blobs)
    here = colorgan_core.stylize(picture, [(style, 1.0), (style[::-1].copy(), 0.25)], strength=0.5, weights=str(lively))
    np.testing.assert_array_equal(pixels(found.blobs["picture"]), here)


def test_layers_and_a_preview_and_progress_to_the_end(engine: Engine) -> None:
    picture, seen = page(1400), list[Progress]()
    wishes = {"task": "lineart", "layers": ["flats", "shade", "lines"]}
    found = engine.run("colorize", wishes, [blob("picture", picture)], preview=True, on_progress=seen.append)
    assert [each["name"] for each in found.facts["layers"]] == ["flats", "shade", "lines"]
    assert [each["blend"] for each in found.facts["layers"]] == ["normal", "hard-light", "multiply"]
    assert pixels(found.blobs["lines"]).shape == (1400, 1400, 4) and "picture" not in found.blobs
    shares = [each.share for each in seen]
    assert shares == sorted(shares) and shares[-1] == 1 and len(set(shares)) > 5
    previews = [at for at, each in enumerate(seen) if each.preview is not None]
    assert len(previews) == 1 and shares[previews[0]] < 0.2, "once, and early"
    small = seen[previews[0]].preview
    assert small is not None and (small.width, small.height) == (512, 512)


def test_cancelling_is_acknowledged_at_once_and_the_engine_is_free(engine: Engine) -> None:
    picture = blob("picture", page(3000))
    number = engine.submit("colorize", {"task": "lineart"}, [picture])
    started = threading.Event()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        engine.wait(number, lambda progress: started.set(), lambda: started.is_set() or time.monotonic() - began > 5)
    again = time.monotonic()
    engine.run("colorize", {"task": "lineart"}, [blob("picture", page())])
    assert time.monotonic() - again < 5, "the large one does not go on"


def test_a_newer_request_takes_the_slot(engine: Engine) -> None:
    first = engine.submit("colorize", {"task": "lineart"}, [blob("picture", page(2000))], slot="live")
    second = engine.submit("colorize", {"task": "lineart"}, [blob("picture", page())], slot="live")
    other = engine.submit("colorize", {"task": "lineart", "seed": 2}, [blob("picture", page())])
    assert engine.wait(second).facts["task"] == "lineart" and engine.wait(other).facts["task"] == "lineart"
    with pytest.raises(Cancelled):
        engine.wait(first)


@pytest.mark.parametrize(
    ("operation", "parameters", "names", "word"),
    [
        ("paint", {}, ["picture"], "colorize"), ("colorize", {"sed": 1}, ["picture"], "seed"), ("colorize", {}, [], "one picture"),
        ("colorize", {}, ["picture", "picture"], "one picture"), ("colorize", {}, ["picture", "mask"], "mask"),
        ("colorize", {"seed": "x"}, ["picture"], "seed"), ("colorize", {"layers": ["skin"]}, ["picture"], "layers"),
        ("colorize", {"hints": "/etc/passwd"}, ["picture"], "hints"), ("colorize", {"weights": "/nowhere"}, ["picture"], "nowhere"),
        ("colorize", {"profile": "?"}, ["picture"], "profile"), ("colorize", {"profile": "AAAA"}, ["picture"], "profile"),
        ("stylize", {}, ["picture"], "style"), ("stylize", {"weights_of_styles": [0]}, ["picture", "style"], "weight"),
    ],
)  # fmt: skip
def test_wrong_requests_are_a_sentence_with_the_logs_place(
    operation: str, parameters: dict[str, Any], names: list[str], word: str, engine: Engine, served: Path
) -> None:
    with pytest.raises(EngineError, match=word) as caught:
        engine.run(operation, parameters, [blob(name, page()) for name in names])
    assert str(served / "engine.log") in str(caught.value) and caught.value.code in (2, 3, 5)
    engine.ping()


def test_only_this_user(served: Path) -> None:
    assert stat.S_IMODE(served.stat().st_mode) == 0o700
    for path in served.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


def test_wrong_keys_and_silent_connections_hold_nobody_up(served: Path) -> None:
    told = json.loads((served / "engine.json").read_text())
    silent = [Client(told["socket"], "AF_UNIX") for _ in range(50)]
    refused = 0
    for _ in range(100):
        with Client(told["socket"], "AF_UNIX") as stranger:
            try:
                protocol.prove(stranger, b"another key" * 3, first=False)
            except (protocol.ProtocolError, EOFError, OSError):
                refused += 1
    began = time.monotonic()
    with connect(str(served)) as engine:
        engine.ping()
    assert refused == 100 and time.monotonic() - began < 1
    for each in silent:
        each.close()


def test_malformed_messages_end_their_connection_and_no_other(engine: Engine, served: Path) -> None:
    told = json.loads((served / "engine.json").read_text())
    key = (served / "key").read_bytes()
    good = {"type": "submit", "request": 1, "operation": "colorize", "parameters": {}, "slot": "", "preview": False}
    for wrong in (
        {"type": "nothing"},
        {**good, "request": "1"},
        {**good, "parameters": []},
        {**good, "extra": 1},
        {"x": 1},
    ):
        with Client(told["socket"], "AF_UNIX") as stranger:
            protocol.prove(stranger, key, first=False)
            stranger.send_bytes(json.dumps(wrong).encode())
            header, _ = protocol.receive(stranger)
            assert header["type"] == "refused" and "engine.log" in header["sentence"]
            with pytest.raises((EOFError, OSError)):
                protocol.receive(stranger)
    engine.ping()


def test_another_version_is_told_which_side_is_old(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for mine, word in ((0, "the plug-in"), (9, "colorgan itself")):
        monkeypatch.setattr(protocol, "PROTOCOL", mine)
        with pytest.raises(EngineError, match=word):
            connect(str(served))


def test_the_log_names_requests_and_no_pictures(engine: Engine, served: Path) -> None:
    engine.run("colorize", {"task": "lineart"}, [blob("picture", page())])
    text = (served / "engine.log").read_text()
    assert "colorize [('picture', 160, 160, 'uint8')]" in text and "done" in text


def test_a_client_in_an_editors_own_python(served: Path, tmp_path: Path) -> None:
    """The packaged client alone, with nothing but the standard library, and the same bytes as here."""
    copy_client(tmp_path / "client")
    for place, name in SHARED:
        assert (tmp_path / "client" / name).read_bytes() == (CORE / place).read_bytes()
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from client import Blob, connect
from client import operations
with connect({str(served)!r}) as engine:
    result = engine.run("colorize", {{"task": "lineart"}}, [Blob("picture", 40, 30, 3, "uint8", b"\\xff" * 3600)])
print(result.blobs["picture"].width, len(result.blobs["picture"].data), sorted(operations.OPERATIONS))
print([name for name in sys.modules if name.split(".")[0] in ("numpy", "torch", "colorgan_core", "colorgan_plugin")])
"""
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [f"40 3600 {sorted(OPERATIONS)}", "[]"]


def test_racing_clients_start_one_engine(place: Path, lively: Path) -> None:
    """It replaces what a dead one left, is started anew when killed, and leaves when nobody has asked for anything for a while."""
    Place(place).announce()
    told = json.loads((place / "engine.json").read_text())
    told["arguments"] = ["-m", "colorgan_core", "serve", "--weights", str(lively), "--idle-minutes", "0.05"]
    (place / "socket").write_bytes(b"")
    code = f"""
from colorgan_installer.plugins import SHARED, copy_client
from colorgan_plugin.client import connect_or_start
with connect_or_start({str(place)!r}) as engine:
    print(engine.hello["pid"])
"""
    environment = {**os.environ, "COLORGAN_DATA": str(place.parent)}

    def race() -> set[int]:
        (place / "engine.json").write_text(json.dumps(told))  # an engine that starts writes its own
        racers = [
            subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE) for _ in range(3)
        ]
        return {int(racer.communicate(timeout=60)[0]) for racer in racers}

    (first,) = race()
    os.kill(first, signal.SIGKILL)
    (second,) = race()
    assert first != second

    def gone() -> bool:
        try:
            connect(str(place)).close()
        except EngineError:
            return True
        return False

    wait_for(gone)


def test_a_client_that_cannot_start_programs_says_what_to_do(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORGAN_DATA", str(place.parent))
    with pytest.raises(EngineError, match="colorgan serve"):
        connect_or_start(str(place))
    Place(place).announce()
    told = json.loads((place / "engine.json").read_text())
    (place / "engine.json").write_text(json.dumps({**told, "interpreter": str(place / "nothing")}))
    with pytest.raises(EngineError, match=r"cannot be started from here.*colorgan serve"):
        connect_or_start(str(place))
    (place / "engine.json").write_text(json.dumps({**told, "arguments": ["-c", "raise SystemExit(3)"]}))
    with pytest.raises(EngineError, match=r"code 3.*engine.log"):
        connect_or_start(str(place), 5)
    (place / "engine.json").write_text(
        json.dumps({**told, "arguments": [*told["arguments"], "--weights", "/nowhere.x"]})
    )
    with pytest.raises(EngineError, match=r"code 5.*engine.log"):
        connect_or_start(str(place), 60)
    assert "There is no weights file" in (place / "engine.log").read_text(), "the log says why"
    (place / "engine.json").write_text("{")
    with pytest.raises(EngineError, match="colorgan serve"):
        connect_or_start(str(place))


def test_the_command_line_through_the_engine_writes_the_same_bytes(
    run: Callable[..., Any], lively: Path, served: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLORGAN_DATA", str(served.parent))
    write_picture(tmp_path / "in.png", page())
    write_picture(tmp_path / "deep.tif", page().astype(np.uint16) * 257)
    write_picture(tmp_path / "hints.png", hints(160, (214, 63, 41)))
    (tmp_path / "team.gpl").write_text("GIMP Palette\n200 40 40 coat\n40 60 180 sky\n")
    monkeypatch.chdir(tmp_path)
    lineart = ("--task", "lineart", "--weights", lively)
    for out, source, options in (
        ("a.png", "in.png", (*lineart, "--hints", "hints.png")),
        ("a.psd", "in.png", (*lineart, "--palette", "team.gpl")),
        ("a.ora", "deep.tif", lineart),
        ("a.tif", "deep.tif", (*lineart, "--no-shade")),
        ("g.png", "in.png", ("--task", "gray", "--weights", lively)),
    ):
        written = []
        for engine in ((), ("--engine",)):
            assert run("colorize", source, "-o", out, *options, *engine).code == 0
            written.append(Path(out).read_bytes())
        assert written[0] == written[1], out
    assert run("colorize", "in.png", "-o", "a.png", "--engine", "--masks").code == 2
    assert "seed" in run("colorize", "in.png", "-o", "a.png", "--engine", "--seed", "-1").sentence
    styled = []
    for engine in ((), ("--engine",)):
        assert (
            run("stylize", "in.png", "--style", "hints.png:0.5", "-o", "s.png", "--weights", lively, *engine).code == 0
        )
        styled.append(read_picture("s.png").array)
    np.testing.assert_array_equal(styled[0], styled[1])
