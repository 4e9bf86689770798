"""Training on several machines, here as several `torchrun` on one: it ends, stops and goes on as one process does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from colorgan_train.cache import open_cache, write_shard
from colorgan_train.checkpoint import load_checkpoint
from colorgan_train.dataset import fingerprint
from colorgan_train.render import SIZE, Rendered

EVERY_STEP = {"TEST_CHECKPOINT_MINUTES": "1e-6"}


def prepare(folder: Path, seed: int) -> Path:
    """Four pictures of coloured squares, of which the last is held out."""
    rng = np.random.default_rng(seed)
    whole, items, squares = (0, 0, SIZE, SIZE), [], []
    for number in range(4):
        blots = rng.integers(0, 256, (8, 8, 3), np.uint8).repeat(SIZE // 8, 0).repeat(SIZE // 8, 1)
        lines = np.full((2, SIZE, SIZE), 255, np.uint8)
        lines[:, :: SIZE // 8] = lines[:, :, :: SIZE // 8] = 0
        squares.append(Rendered(blots, np.full((SIZE, SIZE), 255, np.uint8), lines, whole, True))
        items.append({
            "source": "folder", "name": f"blots {number}", "part": "held out" if number == 3 else "training",
            "family": "", "kind": "vector", "has_alpha": True, "has_outline": True, "box": list(whole),
        })  # fmt: skip
    (folder / "folder").mkdir(parents=True)
    write_shard(folder / "folder/0000", squares, {"items": items})
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return prepare(tmp_path / "data", seed=0)


class Node:
    """A machine of its own: a torchrun with one process, and a folder that the other machine does not see."""

    def __init__(self, place: Path, port: int, arguments: list[object], environment: dict[str, str]) -> None:
        place.mkdir(exist_ok=True)
        self.out, self.log = place / "run", place / "log"
        torchrun = [
            "--nnodes=2", "--nproc-per-node=1", "--rdzv-backend=c10d", f"--rdzv-endpoint=127.0.0.1:{port}", "--rdzv-id=test",
            "--local-addr=127.0.0.1", str(Path(__file__).with_name("node.py")),
        ]  # fmt: skip
        train = ["train", "--out", self.out, "--preset", "tiny", "--size", 64, "--batch", 2, *arguments]
        with self.log.open("w") as log:
            self.torchrun = subprocess.Popen(
                [sys.executable, "-m", "torch.distributed.run", *torchrun, *map(str, train)],
                env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def process(self) -> int:
        """The training process that torchrun has started."""
        return int(Path(f"/proc/{self.torchrun.pid}/task/{self.torchrun.pid}/children").read_text().split()[0])

    @property
    def words(self) -> str:
        return self.log.read_text()

    def end(self) -> int:
        return self.torchrun.wait(120)


Start = Callable[..., tuple[Node, Node]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """start(name, arguments, arguments of the second, **environment): two machines that train together."""
    started: list[Node] = []

    def call(name: str, first: list[object], second: list[object] | None = None, **environment: str) -> Any:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (tmp_path / name).mkdir(exist_ok=True)
        pair = [
            Node(tmp_path / name / str(number), port, arguments, environment)
            for number, arguments in enumerate((first, first if second is None else second))
        ]
        started.extend(pair)
        return pair

    yield call
    for node in started:
        if node.torchrun.poll() is None:
            os.kill(node.process, signal.SIGKILL)
            node.torchrun.kill()
            node.torchrun.wait()


def writer_first(pair: tuple[Node, Node], step: int = 1) -> tuple[Node, Node]:
    """Waits for a checkpoint of at least so many steps; the machine that has it, and the other one."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert all(node.torchrun.poll() is None for node in pair), [node.words for node in pair]
        for node, other in (pair, pair[::-1]):
            if (node.out / "checkpoint.pt").exists() and load_checkpoint(node.out)["step"] >= step:
                return node, other
        time.sleep(0.05)
    raise AssertionError("no checkpoint was written")


def furthest(pair: tuple[Node, Node]) -> dict[str, Any]:
    states = [load_checkpoint(node.out) for node in pair if (node.out / "checkpoint.pt").exists()]
    return max(states, key=lambda state: state["step"])


def flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for key in value for leaf in (key, *flat(value[key]))]
    return [leaf for item in value for leaf in flat(item)] if isinstance(value, list | tuple) else [value]


def same(a: Any, b: Any) -> bool:
    pairs = list(zip(flat(a), flat(b), strict=True))
    return all(torch.equal(x, y) if isinstance(x, torch.Tensor) else x == y for x, y in pairs)


def test_machines_that_differ_are_refused(start: Start, data: Path, tmp_path: Path) -> None:
    other = prepare(tmp_path / "other", seed=1)
    pair = start("pair", ["--data", data, "--steps", 5], ["--data", other, "--steps", 5, "--rate", 0.1, "--resume"])
    assert all(node.end() != 0 for node in pair)
    for node in pair:
        assert "colorgan: Process 1 of this training differs from process 0 in: --resume, settings, data." in node.words
        assert not node.out.exists()


@pytest.mark.long
def test_a_killed_machine_ends_the_run_and_resuming_goes_on_bit_for_bit(start: Start, data: Path) -> None:
    line: list[object] = ["--data", data, "--steps", 30]
    whole = start("whole", line)
    assert [node.end() for node in whole] == [0, 0], [node.words for node in whole]
    assert sorted(node.out.exists() for node in whole) == [False, True], "one process writes"
    assert sum("weights: " in node.words for node in whole) == 1

    pair = start("parts", line, **EVERY_STEP)
    left, killed = writer_first(pair, step=3)
    os.kill(killed.process, signal.SIGKILL)
    begun = time.monotonic()
    assert left.end() != 0 and killed.end() != 0
    assert time.monotonic() - begun < 30
    assert "colorgan: Another process of this training has ended" in left.words
    before = furthest(pair)["step"]
    assert 3 <= before < 30

    pair = start("parts", line)
    assert all(node.end() != 0 for node in pair)
    assert all("There is a checkpoint in" in node.words for node in pair)
    assert furthest(pair)["step"] == before

    pair = start("parts", [*line, "--resume"])
    assert [node.end() for node in pair] == [0, 0], [node.words for node in pair]
    a, b = furthest(whole), furthest(pair)
    differ = {name for name in a if not same(a[name], b[name])}
    assert differ <= {"seconds", "settings"}  # of which the pause between checkpoints is one


@pytest.mark.long
def test_a_signal_to_any_process_stops_all_with_a_checkpoint(start: Start, data: Path) -> None:
    pair = start("pair", ["--data", data, "--steps", 100000])
    end = time.monotonic() + 60
    while not any(list(node.out.glob("tensorboard/*")) for node in pair):
        assert time.monotonic() < end
        time.sleep(0.1)
    time.sleep(2)  # the handlers are set once the writer of TensorBoard's files is there
    writes = [bool(list(node.out.glob("tensorboard/*"))) for node in pair]
    os.kill(pair[writes.index(False)].process, signal.SIGTERM)
    assert [node.end() for node in pair] == [0, 0], [node.words for node in pair]
    assert all(f"stopped at step {furthest(pair)['step']} " in node.words for node in pair)


@pytest.mark.long
def test_a_loss_that_is_no_number_anywhere_ends_all(start: Start, data: Path) -> None:
    pair = start("pair", ["--data", data, "--steps", 100000], TEST_NAN="1", **EVERY_STEP)
    assert all(node.end() != 0 for node in pair)
    assert all("became NaN or infinite at step 3 (l1)" in node.words for node in pair)
    assert furthest(pair)["step"] == 3


@pytest.mark.long
def test_a_machine_that_hangs_is_given_up(start: Start, data: Path) -> None:
    pair = start("pair", ["--data", data, "--steps", 100000], TEST_PATIENCE="20", **EVERY_STEP)
    left, hung = writer_first(pair)
    process = hung.process
    os.kill(process, signal.SIGSTOP)
    assert left.end() != 0
    assert "colorgan: Another process of this training has ended or does not answer" in left.words
    os.kill(process, signal.SIGCONT)
    assert hung.end() != 0


def test_a_fingerprint_tells_data_apart(data: Path, tmp_path: Path) -> None:
    other, again = prepare(tmp_path / "other", seed=1), prepare(tmp_path / "again", seed=0)
    assert fingerprint(open_cache(data), None) == fingerprint(open_cache(again), None)
    assert fingerprint(open_cache(data), None) != fingerprint(open_cache(other), None)
