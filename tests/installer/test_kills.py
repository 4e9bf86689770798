"""Killed with -9 at any moment of an installation: the weights in use stay, and the next run ends what was begun."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from colorgan_core.stored_weights import find, folder
from engines import wait_for
from fakes import host as does
from fakes.host import Host, sha256

Serve = Callable[..., Host]
# Runs `colorgan ARGUMENTS`, and is killed just before the system does something to a file whose name has WORD in it, the Nth time.
KILLED = """
import os, signal, sys
from colorgan_core.cli import main
event, word, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
def look(happens, told):
    global left
    if happens == event and any(word in str(each) for each in told):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(look)
sys.exit(main(sys.argv[4:]))
"""
MOMENTS = {
    "as the whole download gets its name": ("os.rename", ".part", 1),
    "as the weights are looked at": ("open", "ink-", 1),
    "as the list is written": ("open", ".installed-", 1),
    "as the list gets its name": ("os.rename", ".installed-", 1),
    "as the old file goes": ("os.remove", "old-", 1),
}
LATER = ("as the list is written", "as the old file goes")


def command(host: Host, *more: str) -> list[str]:
    return ["weights", "install", host.url, "--sha256", sha256(host.data), *more]


def whole(home) -> None:
    """All that is listed is there; what is in use is so as before, or as the installation wanted it."""
    rows = home.listed()
    assert rows["old"]["in_use"] and {"colorgan", "old"} <= set(rows)
    for name in set(rows) - {"colorgan"}:
        assert sha256(Path(rows[name]["path"]).read_bytes()) == rows[name]["sha256"], name
    assert find("default") == Path(rows["old"]["path"])


@pytest.mark.parametrize("moment", [pytest.param(each, marks=[pytest.mark.long] * (each in LATER)) for each in MOMENTS])
def test_killed_at_this_moment(home, serve: Serve, moment: str) -> None:
    event, word, count = MOMENTS[moment]
    host = serve()
    more = ["--name", "old", "--replace"] if word == "old-" else []
    ran = subprocess.run([sys.executable, "-c", KILLED, event, word, str(count), *command(host, *more)], timeout=60)
    assert ran.returncode == -9
    whole(home)
    if not more:
        assert home.state() == home.before
    assert home.run(*command(host, *more)).code == 0
    whole(home)
    assert home.listed()["old" if more else "ink"]["sha256"] == sha256(host.data)
    kept = {Path(row["path"]).name for name, row in home.listed().items() if name != "colorgan"}
    assert {path.name for path in folder().iterdir() if path.suffix != ".lock"} - {"installed.json"} == kept


def test_killed_in_the_middle_of_the_download(home, serve: Serve) -> None:
    host = serve(does.stalls(50_000), does.good)
    with subprocess.Popen([sys.executable, "-m", "colorgan_core", *command(host)]) as process:
        wait_for(lambda: any(path.stat().st_size == 50_000 for path in home.parts()))
        process.kill()
    home.unchanged()
    assert home.run(*command(host)).code == 0
    assert [start for _, start in host.asked] == [0, 50_000]
    whole(home)


@pytest.mark.long
def test_killed_at_random_moments(home, serve: Serve, rounds: int) -> None:
    dice = random.Random(4)
    longest = 8.0  # s, until it is known
    for number in range(rounds):
        host = serve(does.slowly(0.5))
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "colorgan_core", *command(host, "--replace")], stdout=subprocess.DEVNULL
        )
        try:
            process.wait(dice.uniform(0, longest))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        else:
            longest = 1.1 * (time.monotonic() - began)
        whole(home)
        if process.returncode == 0 or number % 3 == 2:
            assert home.run(*command(host, "--replace")).code == 0
            assert home.listed()["ink"]["sha256"] == sha256(host.data)
            assert home.run("weights", "remove", "ink", "--yes").code == 0
            assert not home.parts() and len(list(folder().glob("*.safetensors"))) == 1
        host.close()
