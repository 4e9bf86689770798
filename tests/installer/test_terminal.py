"""Nothing that others wrote takes a person's terminal over."""

from __future__ import annotations

import sys

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from colorgan_core import cli
from colorgan_core.errors import InputError
from colorgan_core.terminal import one_line, printable

TAKES_OVER = {
    *map(chr, range(32)),
    *map(chr, range(0x7F, 0xA0)),
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
}
TAKES_OVER |= {"\u061c", "\u200e", "\u200f", "\u2028", "\u2029"}


@given(st.text(st.characters() | st.sampled_from(sorted(TAKES_OVER))))
def test_no_character_that_takes_over_is_left(text: str) -> None:
    assert not (TAKES_OVER - {"\n"}) & set(printable(text))
    assert printable(text).count("\n") == text.count("\n") and len(printable(text)) == len(text)
    assert not TAKES_OVER & set(one_line(text)) and len(one_line(text, 9)) <= 12
    printable(text).encode("utf-8")


def test_words_of_all_scripts_stay() -> None:
    for text in ("Grün 線画 \u3000 кот", "می\u200cخواهم", "👩\u200d🎨", "naïve\u00a0…", "two\nlines"):
        assert printable(text) == text


@pytest.mark.parametrize("error", [InputError, RuntimeError, click.UsageError])
def test_every_sentence_is_printable(run, monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    @click.command()
    def fails() -> None:
        raise error("a name \x1b]0;title\x07\x9b2J\u202egnp.exe\ud800 that is one.\nAnd another line.")

    monkeypatch.setitem(cli.group.commands, "fails", fails)
    monkeypatch.setattr(cli.LazyGroup, "get_command", lambda *_: fails)
    for options in ([], ["--traceback"]):
        ran = run(*options, "fails")
        assert ran.code != 0 and ran.err and not (TAKES_OVER - {"\n"}) & set(ran.err)
        assert "colorgan: " in ran.err and "]0;title" in ran.err
    if error is InputError:
        assert "\nAnd another line." in ran.err


def test_names_of_files_and_options(run, tmp_path) -> None:
    evil = "x\x1b]0;title\x07\u202e.png"
    for arguments in (
        ["colorize", tmp_path / evil], ["weights", "install", tmp_path / evil], ["weights", "use", evil],
        ["weights", "install", f"https://x/{evil}", "--sha256", "0" * 64], [evil], ["weights", f"--{evil}"],
        ["plugin", "install", "krita", "--folder", tmp_path / evil],
    ):  # fmt: skip
        ran = run(*arguments)
        assert ran.code and not (TAKES_OVER - {"\n"}) & set(ran.err + ran.out), ran


@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be there")
def test_a_file_with_such_a_name_is_installed_and_shown(home, lively, tmp_path) -> None:
    place = tmp_path / "evil\x1b]0;title\x07\u202e\x9b2J"
    place.mkdir()
    (place / "ink.safetensors").write_bytes(lively.read_bytes())
    assert home.run("weights", "install", place / "ink.safetensors").code == 0
    for command in (["list"], ["info", "ink"], ["verify"]):
        ran = home.run("weights", *command)
        assert ran.code == 0 and not (TAKES_OVER - {"\n"}) & set(ran.err + ran.out), ran


def test_what_a_server_answers_is_shown_without_its_codes(home, serve) -> None:
    from fakes import host as does

    reason = b"\x1b]0;owned\x07\x9b2J" + b"long" * 2000
    host = serve(does.raw(b"HTTP/1.1 404 " + reason + b"\r\nContent-Length: 0\r\n\r\n"))
    ran = home.run("weights", "install", host.url, "--sha256", "0" * 64)
    assert ran.code == 3 and "answers 404 (]0;owned 2Jlong" in ran.sentence and len(ran.sentence) < 400
    assert not TAKES_OVER & set(ran.sentence)
