"""`colorgan weights`: what is installed, and what is in use."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from colorgan_core.errors import WeightsError
from colorgan_core.model.weights import load_weights
from colorgan_core.stored_weights import BUILT_IN, find, folder, index
from colorgan_installer import manifest
from engines import wait_for
from fakes import host as does
from fakes.host import Host, sha256

USAGE, INPUT, OUTPUT, WEIGHTS = 2, 3, 4, 5
Serve = Callable[..., Host]


def test_the_manifest_has_the_weights_that_come_along() -> None:
    own = manifest.own()
    assert (own.size, own.sha256) == (BUILT_IN.stat().st_size, sha256(BUILT_IN.read_bytes()))
    assert own.licence and own.tasks == ("lineart", "gray", "style") and own.summary.endswith(".") and own.urls == ()


def test_at_first_there_are_those_that_come_along(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORGAN_DATA", str(tmp_path / "data"))
    (row,) = json.loads(run("weights", "list", "--json").out)
    assert row["name"] == "colorgan" and row["in_use"] and row["path"] == str(BUILT_IN) == str(find("default"))
    ran = run("weights", "list")
    assert ran.code == 0 and f"{BUILT_IN.stat().st_size / 1e6:.1f} MB" in ran.out and "MIT" in ran.out
    assert run("weights", "verify").out == "colorgan: good\n"
    assert not folder().exists()


def test_the_name_that_comes_along_needs_no_host(home) -> None:
    ran = home.run("weights", "install", "colorgan")
    assert ran.code == 0 and "comes with the program" in ran.out
    home.unchanged()
    assert home.run("weights", "use", "colorgan").code == 0
    assert find("default") == BUILT_IN and list(home.listed()) == ["colorgan", "old"]


def test_another_name_without_a_host_says_what_to_do(home) -> None:
    ran = home.run("weights", "install", "ink")
    assert ran.code == USAGE and "COLORGAN_WEIGHTS_HOST" in ran.sentence and "--sha256" in ran.sentence
    assert home.run("weights", "install", "old").out == "These weights are installed already.\n"
    home.unchanged()


def listing(host: Host, **changes: object) -> bytes:
    entry = {
        "size": len(host.data), "sha256": sha256(host.data), "licence": "CC0-1.0", "tasks": ["lineart"],
        "summary": "For ink.", "urls": ["ink.safetensors"], **changes,
    }  # fmt: skip
    return json.dumps({"format": "colorgan-manifest-1", "weights": {"ink": entry}}).encode()


def test_a_host_has_others(home, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, host = serve(does.status(404)), serve(does.drops(5000), does.good)
    host.texts["/weights/manifest.json"] = listing(host, urls=[gone.url, "ink.safetensors"])
    monkeypatch.setenv("COLORGAN_WEIGHTS_HOST", host.url.replace("ink.safetensors", "weights"))
    listed = json.loads(home.run("weights", "list", "--host", "--json").out)
    assert [(row["name"], row["path"] != "") for row in listed] == [("colorgan", True), ("old", True), ("ink", False)]
    assert "not installed" in home.run("weights", "list", "--host").out
    assert "For ink." in home.run("weights", "info", "ink").out
    host.asked.clear()
    host.plan = (does.good, does.drops(5000), does.good)  # the manifest is the first
    assert home.run("weights", "install", "ink").code == 0
    assert host.asked == [
        ("/weights/manifest.json", 0),
        ("/weights/ink.safetensors", 0),
        ("/weights/ink.safetensors", 5000),
    ]
    assert len(gone.asked) == 1
    row = home.listed()["ink"]
    assert (row["licence"], row["tasks"], row["sha256"]) == ("CC0-1.0", ["lineart"], sha256(host.data))
    assert json.loads(home.run("weights", "info", "ink", "--json").out)["card"] == {}
    ran = home.run("weights", "install", "water")
    assert ran.code == USAGE and "it has ink" in ran.sentence
    ran = home.run("weights", "install", host.url.replace("ink", "weights/ink"), "--name", "same")
    assert ran.code == 0 and home.listed()["same"]["sha256"] == sha256(host.data)  # the manifest knows the address
    assert len(json.loads(home.run("weights", "list", "--host", "--json").out)) == 4


def test_a_host_cannot_have_the_name_that_comes_along(home, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    host = serve()
    host.texts["/manifest.json"] = listing(host).replace(b'"ink": {', b'"colorgan": {')
    monkeypatch.setenv("COLORGAN_WEIGHTS_HOST", host.url.replace("ink.safetensors", ""))
    assert "comes with the program" in home.run("weights", "install", "colorgan").out
    assert len(json.loads(home.run("weights", "list", "--host", "--json").out)) == 2
    home.unchanged()


@pytest.mark.parametrize(
    "text",
    [
        does.PAGE, b"", b"[]", b"{}", b'{"format": "other", "weights": {}}', b"\xff\xfe", b"[" * 100_000, b" " * 2**21,
        b'{"format": "colorgan-manifest-1", "weights": {"../ink": {}}}',
    ],
)  # fmt: skip
def test_a_manifest_that_is_none(home, serve: Serve, monkeypatch: pytest.MonkeyPatch, text: bytes) -> None:
    host = serve()
    host.texts["/manifest.json"] = text
    monkeypatch.setenv("COLORGAN_WEIGHTS_HOST", host.url.replace("/ink.safetensors", ""))
    ran = home.run("weights", "install", "ink")
    assert ran.code in (INPUT, WEIGHTS) and "manifest" in ran.sentence
    home.unchanged()


@pytest.mark.parametrize(
    "change",
    [
        {"size": -1}, {"size": True}, {"size": 10**12}, {"sha256": "x"}, {"tasks": 3}, {"licence": None},
        {"summary": "a\x1b[2J"}, {"urls": [7]},
    ],
)  # fmt: skip
def test_entries_that_cannot_be(home, serve: Serve, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]) -> None:
    host = serve()
    host.texts["/manifest.json"] = listing(host, **change)
    monkeypatch.setenv("COLORGAN_WEIGHTS_HOST", host.url.replace("/ink.safetensors", ""))
    ran = home.run("weights", "install", "ink")
    assert ran.code == WEIGHTS and "not a list of weights" in ran.sentence
    home.unchanged()


def test_a_host_that_is_away_or_in_the_open(home, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    host = serve(does.status(500))
    for address, code in ((host.url, INPUT), ("http://example.com/weights", USAGE)):
        monkeypatch.setenv("COLORGAN_WEIGHTS_HOST", address)
        assert home.run("weights", "install", "ink").code == code
    home.unchanged()


def test_from_a_file_in_use_verified_shown_removed(home, lively: Path) -> None:
    ran = home.run("weights", "install", lively, "--name", "ink", "--sha256", sha256(lively.read_bytes()).upper())
    assert ran.code == 0 and "colorgan weights use ink" in ran.out
    assert find("default") == find("old") != find("ink")
    assert home.run("weights", "install", lively, "--name", "ink").out == "These weights are installed already.\n"
    assert "in a running engine too" in home.run("weights", "use", "ink").out
    assert find("default").read_bytes() == lively.read_bytes()
    assert home.run("weights", "verify").out == "colorgan: good\nold: good\nink: good\n"
    assert home.run("weights", "verify", "ink").out == "ink: good\n"
    assert sha256(lively.read_bytes()) in home.run("weights", "info").out
    ran = home.run("weights", "remove", "ink", "--yes")
    assert ran.code == 0 and "It was in use" in ran.out
    assert find("default") == BUILT_IN and list(home.listed()) == ["colorgan", "old"]
    assert [path.name for path in folder().glob("*.safetensors")] == [find("old").name]
    assert "in use" not in home.run("weights", "remove", "old", "--yes").out


def test_the_name_comes_from_the_file(home, lively: Path, tmp_path: Path) -> None:
    shutil.copy(lively, tmp_path / "My Ink (2).safetensors")
    assert home.run("weights", "install", tmp_path / "My Ink (2).safetensors").code == 0
    assert "my-ink-2" in home.listed()


def test_trained_weights_are_told_apart_by_name(home, lively: Path, untrained: Path, tmp_path: Path) -> None:
    """Training calls its file weights.safetensors in every folder, and its card colorgan."""
    import torch

    from colorgan_core.model.weights import save_weights

    loaded = load_weights(lively)
    for number, (where, named) in enumerate(
        [("Cut 012", "colorgan"), ("sketchbook", None), ("run", "Anna's ink"), ("other", "")]
    ):
        torch.nn.init.constant_(loaded.generator.query.bias, number)
        (tmp_path / where).mkdir()
        card = {} if named is None else {"name": named}
        save_weights(tmp_path / where / "weights.safetensors", dataclasses.replace(loaded, card=card))
        ran = home.run("weights", "install", tmp_path / where / "weights.safetensors")
        assert ran.code == 0, ran.err
    assert list(home.listed()) == ["colorgan", "old", "cut-012", "sketchbook", "anna-s-ink", "other"]
    ran = home.run("weights", "install", tmp_path / "run" / "weights.safetensors", "--name", "mine")
    assert ran.code == 0 and "mine" in home.listed()


@pytest.mark.parametrize("name", ["", "default", "colorgan", "Ink", "a.b", "../ink", "-ink", "a/b", "i" * 64, "ink\n"])
def test_names_that_cannot_be(home, lively: Path, serve: Serve, name: str) -> None:
    assert home.run("weights", "install", lively, "--name", name).code == USAGE
    assert home.run("weights", "install", serve().url, "--sha256", "0" * 64, "--name", name).code == USAGE
    assert home.run("weights", "use", "--", name).code == (0 if name == "colorgan" else WEIGHTS)
    home.run("weights", "use", "old")
    home.unchanged()


def test_other_weights_of_the_same_name_are_kept_unless_told(home, lively: Path) -> None:
    ran = home.run("weights", "install", lively, "--name", "old")
    assert ran.code == USAGE and "--replace" in ran.sentence
    home.unchanged()
    assert home.run("weights", "install", lively, "--name", "old", "--replace").code == 0
    assert find("default").read_bytes() == lively.read_bytes()
    assert len(list(folder().glob("*.safetensors"))) == 1


def test_a_file_of_another_hash(home, lively: Path) -> None:
    ran = home.run("weights", "install", lively, "--sha256", "0" * 64)
    assert ran.code == WEIGHTS and "not the given one" in ran.sentence
    home.unchanged()


@pytest.mark.parametrize("what", ["missing.safetensors", "no such thing", "."])
def test_what_is_not_there(home, tmp_path: Path, what: str) -> None:
    ran = home.run("weights", "install", tmp_path / what)
    assert ran.code in (USAGE, WEIGHTS) and ran.sentence
    home.unchanged()


def test_names_that_are_not_installed(home) -> None:
    for command in (["use"], ["verify"], ["info"], ["remove", "--yes"]):
        ran = home.run("weights", *command, "nothing")
        assert ran.code == WEIGHTS and "there are colorgan, old" in ran.sentence
    ran = home.run("weights", "remove", "colorgan", "--yes")
    assert ran.code == USAGE and "cannot be removed" in ran.sentence
    home.unchanged()


def test_removing_asks(home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    ran = home.run("weights", "remove", "old")
    assert ran.code == 0 and "Nothing is removed." in ran.out
    home.unchanged()
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    ran = home.run("weights", "remove", "old")
    assert ran.code == 0 and "the bundled weights are active now" in ran.out and list(home.listed()) == ["colorgan"]


def damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("fault", [damaged, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_file_in_use_that_is_damaged_or_gone(
    home, untrained: Path, fault: Callable[[Path], None], tmp_path: Path
) -> None:
    fault(find("old"))
    for weights in ("default", "old", find("old")):
        with pytest.raises(WeightsError, match="colorgan weights use colorgan"):
            load_weights(weights)
    (tmp_path / "in.png").write_bytes((Path(__file__).parents[1] / "golden" / "demo" / "turkey.png").read_bytes())
    ran = home.run("colorize", tmp_path / "in.png", "-o", tmp_path / "out.png")
    assert ran.code == WEIGHTS and "install them again" in ran.sentence
    ran = home.run("weights", "verify", "old")
    assert ran.code == WEIGHTS and "old" in ran.sentence and "colorgan weights use colorgan" in ran.out
    ran = home.run("weights", "use", "old")
    assert ran.code == WEIGHTS and "install them again" in ran.sentence
    assert find("colorgan") == BUILT_IN
    assert home.run("weights", "install", untrained, "--name", "old").code == 0  # as told, which mends it
    home.unchanged()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"in_use": "old"}', '{"in_use": "ink", "weights": {}}', "\x00",
                                  '{"in_use": "colorgan", "weights": {"../a": {}}}'])  # fmt: skip
def test_a_list_that_is_damaged(home, text: str, untrained: Path) -> None:
    index().write_text(text)
    for command in (["list"], ["use", "colorgan"], ["install", str(untrained)], ["verify"]):
        ran = home.run("weights", *command)
        assert ran.code == WEIGHTS and "remove it" in ran.sentence
    assert find("colorgan") == BUILT_IN and load_weights(untrained).digest
    index().unlink()
    assert home.run("weights", "install", untrained, "--name", "old").code == 0


def test_a_hash_in_the_list_cannot_name_other_files(home) -> None:
    told = json.loads(index().read_text())
    told["weights"]["old"]["sha256"] = "/../../../../secret" + "0" * 45
    index().write_text(json.dumps(told))
    assert home.run("weights", "remove", "old", "--yes").code == WEIGHTS


def test_a_name_and_a_path(home, lively: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(lively, "old")
    shutil.copy(lively, "ink")
    assert load_weights("old").digest != load_weights("./old").digest == load_weights("ink").digest
    with pytest.raises(WeightsError, match="no weights of that name"):
        load_weights("nothing")


def test_a_folder_that_cannot_be_written(tmp_path: Path, run, untrained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").write_text("a file")
    monkeypatch.setenv("COLORGAN_DATA", str(tmp_path / "data"))
    ran = run("weights", "install", untrained)
    assert ran.code in (OUTPUT, WEIGHTS) and str(tmp_path / "data") in ran.sentence


def test_a_lock_that_cannot_be_taken(home, lively: Path) -> None:
    for name in ("install.lock", "index.lock"):
        (folder() / name).unlink()
        (folder() / name).mkdir()
        for command in (["install", str(lively)], ["use", "colorgan"]):
            ran = home.run("weights", *command)
            assert ran.code in (0, OUTPUT) and (ran.code == 0 or "cannot be written" in ran.sentence)
        (folder() / name).rmdir()


def test_a_card_shows_its_limits_a_line_each(home) -> None:
    limits = json.loads(home.run("weights", "info", "colorgan", "--json").out)["card"]["limits"]
    shown = home.run("weights", "info", "colorgan").out.splitlines()
    assert len(limits) >= 3 and {f"- {limit}" for limit in limits} <= set(shown)


def test_a_card_that_would_upset_a_terminal(home, untrained: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    from colorgan_core.model.weights import save_weights

    card = {
        "tasks": ["line\x1b[2Jart"],
        "licence": "[red]\x9b2J",
        "note": "\x1b]0;title\x07",
        "limits": ["\x1b[2J", "\x07"],
        "long": "x" * 9999,
    }
    save_weights(tmp_path / "odd.safetensors", replace(load_weights(untrained), card=card))
    assert home.run("weights", "install", tmp_path / "odd.safetensors").code == 0
    for ran in (home.run("weights", "list"), home.run("weights", "info", "odd")):
        assert ran.code == 0 and not {"\x1b", "\x07", "\x9b"} & set(ran.out) and "[red]" in ran.out
    assert json.loads(home.run("weights", "info", "odd", "--json").out)["card"] == card


def test_two_installations_at_once(home, serve: Serve) -> None:
    host = serve(does.slowly(1.5))
    command = [sys.executable, "-m", "colorgan_core", "weights", "install", host.url, "--sha256", sha256(host.data)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(out.startswith("ink is installed;") for out, _ in told) == [False, True]
    assert sorted("waiting until it has ended" in err for _, err in told) == [False, True]
    assert len(host.asked) == 1
    assert home.listed()["ink"]["sha256"] == sha256(host.data) and home.listed()["old"]["in_use"]


def test_what_is_in_use_can_change_while_others_come(home, serve: Serve) -> None:
    host = serve(does.stalls(5000))
    command = [sys.executable, "-m", "colorgan_core", "weights", "install", host.url, "--sha256", sha256(host.data)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(lambda: bool(home.parts()))
            assert home.run("weights", "use", "colorgan").code == 0
            assert home.run("weights", "remove", "old", "--yes").code == 0
            assert process.poll() is None
        finally:
            process.kill()
    assert list(home.listed()) == ["colorgan"]
