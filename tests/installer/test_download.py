"""Weights from servers that misbehave: either they come whole, or all stays as it was."""

from __future__ import annotations

import os
import pickle
import resource
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.numpy import save

from colorgan_core.stored_weights import folder
from colorgan_installer import download
from fakes import host as does
from fakes.host import Host, sha256

INPUT, OUTPUT, WEIGHTS = 3, 4, 5
Serve = Callable[..., Host]


def install(home, host: Host, *more: object, data: bytes | None = None):
    return home.run("weights", "install", host.url, "--sha256", sha256(host.data if data is None else data), *more)


def arrived(home, ran, host: Host) -> None:
    assert ran.code == 0, ran.err
    row = home.listed()["ink"]
    assert row["sha256"] == sha256(host.data) and Path(row["path"]).read_bytes() == host.data
    assert not row["in_use"] and home.listed()["old"]["in_use"] and not home.parts()


COMES_ALL_THE_SAME = {
    "good": ([does.good], [0]),
    "drops and goes on": ([does.drops(5000), does.good], [0, 5000]),
    "drops at once": ([does.drops(0), does.good], [0, 0]),
    "drops again and again": ([does.drops(9000)] * 2 + [does.good], [0, 9000, 18000]),
    "stalls": ([does.stalls(7000), does.good], [0, 7000]),
    "stalls before the first byte": ([does.stalls(0), does.good], [0, 0]),
    "ignores ranges": ([does.drops(5000), does.without_ranges], [0, 5000]),
    "says no length": ([does.without_length], [0]),
    "says too short a length": ([does.says(lambda n: n // 2), does.good], None),
    "says too long a length": ([does.says(lambda n: n * 2)], [0]),
    "gives too much": ([does.with_more, does.with_more], [0]),
    "gives another range": ([does.drops(5000), does.another_range, does.good], [0, 5000, 0]),
    "gives a range of another file": ([does.drops(5000), does.range_of_another_file, does.good], [0, 5000, 0]),
    "has no range that suits": ([does.drops(5000), does.no_range_suits, does.good], [0, 5000, 0]),
    "is busy": ([does.status(503), does.status(429), does.good], [0, 0, 0]),
    "fails and has a page for it": ([does.drops(5000), does.status(500), does.good], [0, 5000, 5000]),
}


@pytest.mark.parametrize("plan", COMES_ALL_THE_SAME)
@pytest.mark.parametrize("sized", [True, False], ids=["size known", "size unknown"])
def test_it_comes_all_the_same(home, serve: Serve, tmp_path: Path, plan: str, sized: bool) -> None:
    deeds, starts = COMES_ALL_THE_SAME[plan]
    host = serve(*deeds)
    if not sized and plan in ("gives too much", "says too short a length"):
        ran = install(home, host)
        assert ran.code == INPUT and "another hash" in ran.sentence  # nobody can tell where it ends
        home.unchanged()
        return
    if sized:
        part = folder() / ".ink.part"
        download.fetch([host.url], part, sha256(host.data), len(host.data), lambda *_: None)
        assert part.read_bytes() == host.data
    else:
        arrived(home, install(home, host), host)
    assert starts is None or [start for _, start in host.asked] == starts


def test_what_was_begun_is_gone_on_with_by_the_next_run(home, serve: Serve) -> None:
    first = serve(does.drops(5000), does.status(503))
    ran = install(home, first)
    assert ran.code == INPUT and "the same command continues" in ran.sentence
    assert [path.stat().st_size for path in home.parts()] == [5000]
    home.unchanged()
    second = serve(does.good)
    arrived(home, install(home, second), second)
    assert second.asked == [("/ink.safetensors", 5000)]
    assert second.agents[0].startswith("colorgan/")


def test_a_part_that_is_whole_asks_nobody(home, serve: Serve, ink: bytes) -> None:
    host = serve(does.status(503))
    (folder() / f".ink-{sha256(ink)[:12]}.part").write_bytes(ink)
    arrived(home, install(home, host), host)
    assert host.asked == []


@pytest.mark.parametrize("size", [5000, 10**6], ids=["of the length of a part", "longer than the file"])
def test_a_part_that_went_bad_is_fetched_anew(home, serve: Serve, ink: bytes, size: int) -> None:
    host = serve(does.good)
    (folder() / f".ink-{sha256(ink)[:12]}.part").write_bytes(b"\x07" * size)
    arrived(home, install(home, host), host)
    assert [start for _, start in host.asked] == [size, 0]


GIVEN_UP = {
    "nothing there": ([does.status(404)], INPUT, "answers 404", 1),
    "forbidden": ([does.status(403)], INPUT, "answers 403", 1),
    "always busy": ([does.status(503)], INPUT, "answers 503", 3),
    "always stalls": ([does.stalls(0)], INPUT, "has not answered", 3),
    "always drops": ([does.drops(0)], INPUT, "dropped the connection", 3),
    "always trickles": ([does.trickles], INPUT, "too slow", 3),
    "a web page": ([does.page], INPUT, "gives a web page", 1),
    "a web page after a part": ([does.drops(5000), does.page], INPUT, "gives a web page", 3),
    "packed": ([does.packed], INPUT, "content encoding", 1),
    "another hash": ([does.range_of_another_file, does.good], INPUT, "another hash", 1),
    "always another range": ([does.drops(5000), does.another_range] * 2, INPUT, "dropped the connection; the same", 3),
    "to plain http elsewhere": ([does.redirect("http://example.com/ink.safetensors")], INPUT, "is not https", 1),
    "to a file": ([does.redirect("file:///etc/passwd")], INPUT, "answers 302", 1),
    "to ftp": ([does.redirect("ftp://127.0.0.1/ink")], INPUT, "is not https", 1),
    "to a user": ([does.redirect("https://me:secret@127.0.0.1/ink")], INPUT, "a user or a password", 1),
}


@pytest.mark.parametrize("case", GIVEN_UP)
def test_it_is_given_up_with_a_sentence(home, serve: Serve, case: str) -> None:
    deeds, code, words, most = GIVEN_UP[case]
    host = serve(*deeds)
    ran = install(home, host, data=b"other" if case == "another hash" else None)
    assert ran.code == code and words in ran.sentence, ran.err
    assert "secret" not in ran.err
    assert len(host.asked) <= most
    home.unchanged()


def test_a_redirect_that_may_be_followed_is(home, serve: Serve) -> None:
    there = serve(does.drops(5000), does.good)
    here = serve(does.redirect(there.url))
    arrived(home, install(home, here), there)
    assert [start for _, start in there.asked] == [0, 5000]


def test_a_redirect_in_a_circle_ends(home, serve: Serve) -> None:
    host = serve(does.good)
    host.plan = (does.redirect(host.url),)
    ran = install(home, host)
    assert ran.code == INPUT and "302" in ran.sentence
    home.unchanged()


def test_nobody_listens(home, serve: Serve) -> None:
    host = serve()
    host.close()
    ran = install(home, host)
    assert ran.code == INPUT and "refuses the connection" in ran.sentence
    home.unchanged()


def test_no_network(home) -> None:
    began = time.monotonic()
    ran = home.run("weights", "install", "https://colorgan.invalid/ink.safetensors", "--sha256", "0" * 64)
    assert ran.code == INPUT and "colorgan.invalid" in ran.sentence
    assert time.monotonic() - began < 20
    home.unchanged()


def test_endless_bytes_do_not_fill_the_disk(home, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "LARGEST", 20_000)
    ran = install(home, serve(does.without_length))
    assert ran.code == INPUT and "another hash" in ran.sentence and not home.parts()
    home.unchanged()


def other_model(ink: bytes) -> bytes:
    import numpy as np

    return save({"unet.weight": np.zeros((64, 64), np.float32)}, {"format": "pt"})


def of_other_shapes(ink: bytes) -> bytes:
    from safetensors.numpy import load

    length = int.from_bytes(ink[:8], "little")
    import json

    metadata = json.loads(ink[8 : 8 + length])["__metadata__"]
    tensors = load(ink)
    tensors["generator.head.weight"] = tensors["generator.head.weight"][:1]
    return save(tensors, metadata)


def not_finite(ink: bytes) -> bytes:
    import json

    from safetensors.numpy import load

    length = int.from_bytes(ink[:8], "little")
    tensors = {name: value.copy() for name, value in load(ink).items()}
    tensors["generator.head.weight"].flat[0] = float("nan")
    return save(tensors, json.loads(ink[8 : 8 + length])["__metadata__"])


def checkpoint(ink: bytes) -> bytes:
    import io

    import torch

    data = io.BytesIO()
    torch.save({"generator": torch.zeros(4)}, data)
    return data.getvalue()


NO_WEIGHTS = {
    "a web page": (lambda ink: does.PAGE, "a web page"),
    "a pickle": (lambda ink: pickle.dumps({"weights": list(range(999))}), "a pickle"),
    "a checkpoint": (checkpoint, "a PyTorch checkpoint"),
    "a pointer": (lambda ink: b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "Git LFS"),
    "zeros": (lambda ink: bytes(5000), "not a safetensors file"),
    "cut off": (lambda ink: ink[:-3000], "not a readable safetensors file"),
    "another model": (other_model, "has no colorgan format"),
    "other shapes": (of_other_shapes, "does not fit this model"),
    "not finite": (not_finite, "not finite"),
    "too large": (lambda ink: ink[:9] + bytes(41_000_000), "larger than 40 MB|another hash"),
}


@pytest.mark.parametrize("kind", NO_WEIGHTS)
@pytest.mark.parametrize("way", ["link", "file"])
def test_what_is_no_weights_is_not_installed(
    home, serve: Serve, ink: bytes, tmp_path: Path, kind: str, way: str
) -> None:
    """Not even where the hash is as was said."""
    make, words = NO_WEIGHTS[kind]
    data = make(ink)
    if way == "link":
        ran = install(home, serve(data=data))
        assert ran.code in (INPUT, WEIGHTS)
    else:
        (tmp_path / "ink.safetensors").write_bytes(data)
        ran = home.run("weights", "install", tmp_path / "ink.safetensors")
        assert ran.code == WEIGHTS and "ink.safetensors" in ran.sentence
    assert any(each in ran.sentence for each in words.split("|"))
    home.unchanged()


def test_mirrors_are_tried_in_turn(home, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, page, wrong = serve(does.status(404)), serve(does.page), serve(does.range_of_another_file, data=bytes(90_000))
    stops, last = serve(does.drops(6000), does.status(500)), serve(does.good)
    hosts = [gone, page, wrong, stops, last]
    part = folder() / ".ink.part"
    download.fetch([host.url for host in hosts], part, sha256(last.data), len(last.data), lambda *_: None)
    assert part.read_bytes() == last.data
    assert [len(host.asked) for host in hosts] == [1, 1, 1, 1, 1]
    assert last.asked[0][1] == 6000


def test_a_full_disk(home, serve: Serve, ink: bytes, tmp_path: Path) -> None:
    """The kernel lets no file of this process grow further: a disk that is full, for real."""
    (tmp_path / "ink.safetensors").write_bytes(ink)
    host = serve(does.good)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        for ran in (install(home, host), home.run("weights", "install", tmp_path / "ink.safetensors")):
            assert ran.code == OUTPUT and "disk is full" in ran.sentence.lower() and not home.parts()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    home.unchanged()
    arrived(home, install(home, host), host)


def test_a_disk_that_is_too_small(
    home, serve: Serve, untrained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(small)]
    if os.name != "posix" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        monkeypatch.setenv("COLORGAN_DATA", str(small))
        ran = install(home, serve(does.good))
        assert ran.code == OUTPUT and "too full" in ran.sentence
        (small / "filler").write_bytes(bytes(10_000))
        with (small / "filler").open("ab", buffering=0) as file:
            try:
                while file.write(bytes(4096)) == 4096:
                    pass
            except OSError:
                pass
        ran = home.run("weights", "install", untrained)
        assert ran.code == OUTPUT and "full" in ran.sentence
        assert list(home.listed()) == ["colorgan"]
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_bar_is_for_people_alone(home, serve: Serve) -> None:
    ran = install(home, serve(does.good))
    assert ran.code == 0 and ran.err == "" and ran.out.count("\n") == 1


def test_stalls_end_in_time(home, serve: Serve) -> None:
    began = time.monotonic()
    assert install(home, serve(does.stalls(100))).code == INPUT
    assert time.monotonic() - began < 4
