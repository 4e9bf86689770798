"""The command line itself: help is instant, mistakes get one sentence, and pipes and Ctrl-C are taken calmly."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import click
import pytest

import colorgan_core
from colorgan_core import cli
from colorgan_core.server.protocol import PROTOCOL
from colorgan_core.stored_weights import BUILT_IN

HEAVY = "{'torch', 'numpy', 'cv2', 'PIL', 'tifffile', 'imagecodecs', 'rich'}"


@pytest.mark.parametrize(
    "code",
    ["import colorgan_core", "import colorgan_core.cli as c; c.main(['--help'])", "import colorgan_core.operations"],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    check = f"{code}\nimport sys; heavy = {HEAVY} & set(sys.modules)\nif heavy: sys.exit(str(heavy))"
    subprocess.run([sys.executable, "-c", check], check=True, timeout=60, stdout=subprocess.DEVNULL)


def test_help_is_quick(capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-m", "colorgan_core", "--help"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)  # a first run may have to compile
    started = time.perf_counter()
    text = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    seconds = time.perf_counter() - started
    print(f"colorgan --help took {seconds:.2f} s")
    assert seconds < 5  # a guard; the aim is 0.3 on an idle machine
    assert all(name in text for name in cli.COMMANDS)


def test_version_and_bare_call(run: Callable[..., Any]) -> None:
    told = run("--version").out.splitlines()
    assert told[0] == f"colorgan {colorgan_core.__version__}, protocol {PROTOCOL}"
    assert told[1] == f"model {BUILT_IN.name}, SHA-256 {hashlib.sha256(BUILT_IN.read_bytes()).hexdigest()}"
    ran = run()
    assert ran.code == 2 and "Commands:" in ran.err


def test_mistyped_command(run: Callable[..., Any]) -> None:
    ran = run("colourise")
    assert ran.code == 2 and "colorize" in ran.sentence


def test_reader_that_leaves_early() -> None:
    """As in `colorgan --help | head -1`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "colorgan_core", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    process.wait(60)


def raising(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (KeyError("x"), 70, "this is a bug: KeyError"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (ModuleNotFoundError("No module named 'lxml'", name="lxml"), 7, "pip install 'colorgan[train]'"),
        (ModuleNotFoundError("No module", name="colorgan_core.nothing"), 70, "this is a bug"),
    ],
)
def test_errors_become_one_sentence(
    error: BaseException, code: int, word: str, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: raising(error))
    ran = run("train")
    assert ran.code == code
    assert ran.err.strip().count("\n") == 0 and word in ran.err


def test_traceback_on_request(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: raising(ValueError("x")))
    assert "Traceback" not in run("train").err
    assert "Traceback" in run("--traceback", "train").err
    monkeypatch.setenv("COLORGAN_TRACEBACK", "1")
    assert "Traceback" in run("train").err


def test_verbose_says_what_was_chosen(painter: None, tmp_path: Any, drawing: Any, run: Callable[..., Any]) -> None:
    from PIL import Image

    Image.fromarray(drawing).save(tmp_path / "in.png")
    ran = run("colorize", tmp_path / "in.png", "-o", tmp_path / "out.png", "--verbose", "--palette", "#ff0000")
    assert ran.code == 0
    for words in ("cpu", "lineart (detected)", "#ff0000", "64 x 48", "s to paint"):
        assert words in ran.out.lower()
