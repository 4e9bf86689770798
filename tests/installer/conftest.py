"""A person's weights folder with weights in use, and servers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from colorgan_core.cli import main
from colorgan_core.stored_weights import find, folder
from colorgan_installer import download
from fakes.host import Deed, Host, sha256


@dataclass(frozen=True)
class Home:
    """A folder of weights, where `old` is installed and in use."""

    run: Callable[..., Any]
    data: Path
    before: str

    def listed(self) -> dict[str, dict[str, Any]]:
        ran = self.run("weights", "list", "--json")
        assert ran.code == 0, ran.err
        return {row["name"]: row for row in json.loads(ran.out)}

    def state(self) -> str:
        """What is installed and in use, and the hash of the file that is used by default."""
        return json.dumps([self.listed(), sha256(find("default").read_bytes())])

    def unchanged(self) -> None:
        assert self.state() == self.before
        parts = {".part", ".lock", ".json"}
        names = [path.name for path in folder().iterdir() if path.suffix not in parts]
        assert names == [find("default").name], "stray files"

    def parts(self) -> list[Path]:
        return sorted(folder().glob(".*.part"))


@pytest.fixture(scope="session")
def furnished(untrained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as the two commands leave it."""
    data = tmp_path_factory.mktemp("furnished")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLORGAN_DATA", str(data))
        for arguments in (["install", str(untrained), "--name", "old"], ["use", "old"]):
            assert main(["weights", *arguments]) == 0
    return data


@pytest.fixture
def home(tmp_path: Path, furnished: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Home:
    shutil.copytree(furnished, tmp_path / "data")
    monkeypatch.setenv("COLORGAN_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(download, "PATIENCE", download.Patience(seconds=0.3, rounds=3, pause=0.01))
    made = Home(run, tmp_path / "data", "")
    return Home(run, made.data, made.state())


@pytest.fixture
def ink(lively: Path) -> bytes:
    """The bytes of new weights."""
    return lively.read_bytes()


@pytest.fixture
def serve(ink: bytes) -> Iterator[Callable[..., Host]]:
    """A server of `ink`, or of `data`, that does what it is told with each request."""
    hosts: list[Host] = []

    def start(*plan: Deed, data: bytes | None = None) -> Host:
        hosts.append(Host(ink if data is None else data, *plan))
        return hosts[-1]

    yield start
    for host in hosts:
        host.close()
