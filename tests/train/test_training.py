"""A run's promises: exact resuming, a kill at any moment, several processes, clear words when it goes wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from lightning_fabric import Fabric

from colorgan_core.errors import MissingDependency, TrainingError
from colorgan_core.model.config import PRESETS, ModelConfig
from colorgan_core.model.weights import load_weights
from colorgan_train import loop
from colorgan_train.checkpoint import load_checkpoint
from colorgan_train.dataset import Samples, collate, to_batch
from colorgan_train.loop import Budget, train
from colorgan_train.sample import View
from colorgan_train.settings import Settings
from colorgan_train.step import build, training_step

TINY = ModelConfig(
    widths=(16, 32, 48, 48, 48), blocks=(1,) * 5, condition_width=32, token_width=32, discriminator_widths=(16, 32)
)
QUICK = Settings(preset="tiny", size=64, batch=4, workers=0, warmup=4, decay=0.0)


class Discs:
    """Four drawings of coloured discs. Picklable, so that a spawned process can have them."""

    def __len__(self) -> int:
        return 4

    def __getitem__(self, index: int) -> View:
        rng = np.random.default_rng(index)
        color, alpha = np.full((256, 256, 3), 255, np.uint8), np.zeros((256, 256), np.uint8)
        lines = np.full((256, 256), 255, np.uint8)
        for _ in range(3):
            centre, radius = tuple(int(v) for v in rng.integers(60, 196, 2)), int(rng.integers(25, 55))
            cv2.circle(color, centre, radius, tuple(int(v) for v in rng.integers(0, 256, 3)), -1)
            cv2.circle(alpha, centre, radius, 255, -1)
            cv2.circle(lines, centre, radius, 255, -1)
            cv2.circle(lines, centre, radius, 0, 4)
        return View(color, alpha, np.stack([lines, lines]), has_alpha=True)


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRESETS, "tiny", TINY)
    monkeypatch.setattr(loop, "precision", lambda: "32-true")


def quietly(text: str) -> None:
    pass


def state_of(folder: Path) -> dict[str, Any]:
    state = load_checkpoint(folder)
    return {key: value for key, value in state.items() if key != "seconds"}


def same(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


def test_a_resumed_run_ends_bit_for_bit_where_an_undisturbed_one_does(tmp_path: Path) -> None:
    train(Discs(), None, tmp_path / "whole", QUICK, Budget(steps=6), say=quietly)
    train(Discs(), None, tmp_path / "parts", QUICK, Budget(steps=3), say=quietly)
    train(Discs(), None, tmp_path / "parts", QUICK, Budget(steps=6), resume=True, say=quietly)
    assert same(state_of(tmp_path / "whole"), state_of(tmp_path / "parts"))
    whole, parts = (tmp_path / name / "weights.safetensors" for name in ("whole", "parts"))
    assert same(load_weights(whole).generator.state_dict(), load_weights(parts).generator.state_dict())


def test_pix2pix_learns_from_the_same_art_and_paints_a_row(tmp_path: Path) -> None:
    from colorgan_train.evaluation.sets import Item
    from colorgan_train.pix2pix import Pix2Pix, train_pix2pix

    train_pix2pix(Discs(), tmp_path / "g.safetensors", minutes=1e-4, seed=1, say=quietly)
    lines, hints = np.full((256, 256), 255, np.uint8), np.zeros((256, 256, 4), np.uint8)
    painter = Pix2Pix(tmp_path / "g.safetensors")
    bare = painter(Item("paper", lines), hints)
    hints[100:140, 100:140] = (200, 30, 40, 255)
    hinted = painter(Item("paper", lines), hints)
    assert bare.shape == hinted.shape == (256, 256, 3) and bare.dtype == np.uint8
    assert not np.array_equal(bare, hinted)
    assert painter.trained.endswith("cores") and " steps of 8 in 0.0001 minutes of " in painter.trained
    wide = painter.without_hints("wide", np.full((300, 700), 255, np.uint8))
    assert wide.shape == (300, 700, 3)
    assert np.array_equal(painter.without_hints("paper", lines), bare)


def test_pix2pix_goes_on_from_where_it_stands(tmp_path: Path) -> None:
    from colorgan_train.checkpoint import read_state
    from colorgan_train.pix2pix import train_pix2pix

    def state_after(minutes: float) -> dict[str, Any]:
        assert train_pix2pix(Discs(), tmp_path / "g.safetensors", minutes, seed=1, say=quietly)
        return read_state(tmp_path / "g.checkpoint.pt")

    first = state_after(1e-4)
    again = state_after(1e-4)
    assert (again["step"], same(again["parts"][0], first["parts"][0])) == (first["step"], True)
    more = state_after(first["seconds"] / 60 + 1e-4)
    assert more["step"] > first["step"] and not same(more["parts"][0], first["parts"][0])


@pytest.mark.skipif(sys.platform != "linux", reason="other C libraries are left as they are")
def test_freed_memory_is_not_fetched_from_the_kernel_again() -> None:
    script = """if True:
        import resource, sys, torch
        from colorgan_train.memory import keep_freed_memory
        if sys.argv[1] == "kept":
            keep_freed_memory()
        for turn in range(24):
            torch.ones(64 * 2**18)  # 64 MB
            if turn == 15:  # the heap has found its size
                before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
    """

    def faults(how: str) -> int:
        return int(subprocess.run([sys.executable, "-c", script, how], check=True, capture_output=True).stdout)

    # a page of the kernel's has 4 KB, or 2 MB
    assert faults("kept") < 32 and faults("fetched") >= 8 * 32


def test_a_missing_compiler_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(MissingDependency, match=r"C\+\+ compiler"):
        train(Discs(), None, tmp_path, replace(QUICK, compile=True), Budget(steps=1), say=quietly)


def test_nothing_to_resume_is_said(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no checkpoint"):
        train(Discs(), None, tmp_path, QUICK, Budget(steps=1), resume=True, say=quietly)


def test_a_damaged_checkpoint_is_said(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(TrainingError, match="cannot be read"):
        train(Discs(), None, tmp_path, QUICK, Budget(steps=1), resume=True, say=quietly)


def test_a_pickle_in_the_checkpoints_place_is_refused(tmp_path: Path) -> None:
    class Mischief:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return os.system, (f"touch {tmp_path / 'owned'}",)

    torch.save({"step": Mischief()}, tmp_path / "checkpoint.pt")
    with pytest.raises(TrainingError):
        load_checkpoint(tmp_path)
    assert not (tmp_path / "owned").exists()


def test_a_nan_stops_the_run_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train(Discs(), None, tmp_path, QUICK, Budget(steps=2), say=quietly)
    before = (tmp_path / "checkpoint.pt").read_bytes()
    real = loop.training_step

    def broken(fabric: Fabric, networks: Any, *rest: Any) -> Any:
        with torch.no_grad():
            networks.generator.head.weight.fill_(float("nan"))
        return real(fabric, networks, *rest)

    monkeypatch.setattr(loop, "training_step", broken)
    with pytest.raises(TrainingError, match="NaN or infinite at step 2"):
        train(Discs(), None, tmp_path, QUICK, Budget(steps=4), resume=True, say=quietly)
    assert (tmp_path / "checkpoint.pt").read_bytes() == before


def test_a_collapse_stops_the_run_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "COLLAPSE_AFTER", 1)
    real = loop.training_step

    def flat(fabric: Fabric, networks: Any, *rest: Any) -> Any:
        return {**real(fabric, networks, *rest), "spread": torch.tensor(1e-4)}

    monkeypatch.setattr(loop, "training_step", flat)
    with pytest.raises(TrainingError, match="collapsed"):
        train(Discs(), None, tmp_path, QUICK, Budget(steps=5), say=quietly)


def test_init_starts_from_the_weights(tmp_path: Path) -> None:
    first = train(Discs(), None, tmp_path / "a", QUICK, Budget(steps=3), say=quietly)
    settings = Settings(**{**vars(QUICK), "rate": 1e-12, "discriminator_rate": 1e-12})
    second = train(Discs(), None, tmp_path / "b", settings, Budget(steps=1), init=str(first), say=quietly)
    a, b = load_weights(first).generator.state_dict(), load_weights(second).generator.state_dict()
    assert all(torch.allclose(a[name], b[name], atol=1e-6) for name in a)
    assert [run["steps"] for run in load_weights(second).card["earlier"]] == [3]


def test_a_tiny_network_learns_four_pictures(tmp_path: Path) -> None:
    """Of line art with hints and palettes and of grey pictures, which a broken gradient anywhere would prevent."""
    fabric = Fabric(accelerator="cpu")
    settings = Settings(size=64, batch=4, workers=0, rate=2e-3, warmup=20, average=0.9)
    networks = build(fabric, TINY, settings)
    samples = Samples(Discs(), 64, 3, own=networks.generator.cells.colors.numpy() * 100.0)
    batch = to_batch(collate([samples[n] for n in range(4)]))
    for step in range(400):
        l1 = float(training_step(fabric, networks, batch, settings, min(1, step / 20), step)["l1"])
        if l1 < 0.03:
            break
    assert l1 < 0.03, l1


def test_samples_are_the_same_whenever_they_are_made() -> None:
    first, again = Samples(Discs(), 64, 5), Samples(Discs(), 64, 5)
    again[3]
    assert all(same(vars_of(first[n]), vars_of(again[n])) for n in (0, 7, 123))


def vars_of(sample: Any) -> dict[str, Any]:
    """All that a sample holds, by name."""
    named = {name: value for name, value in vars(sample).items() if name != "cells"}
    named |= {} if sample.cells is None else {f"cells.{name}": value for name, value in vars(sample.cells).items()}
    return {name: torch.as_tensor(np.asarray(value)) for name, value in named.items()}


SCRIPT = """
import sys
from pathlib import Path
from test_training import Discs, QUICK, TINY
from colorgan_core.model.config import PRESETS
from colorgan_train import loop
from colorgan_train.loop import Budget, train
from colorgan_train.settings import Settings
PRESETS["tiny"] = TINY
loop.precision = lambda: "32-true"
settings = Settings(**{**vars(QUICK), **EXTRA})
train(Discs(), None, Path(sys.argv[1]), settings, Budget(steps=int(sys.argv[2])), resume="resume" in sys.argv,
      say=lambda text: print(text, flush=True))
"""


def start(arguments: list[str], extra: dict[str, Any], **environment: str) -> subprocess.Popen[str]:
    code = SCRIPT.replace("EXTRA", repr(extra))
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for(path: Path, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < end, f"{path} did not appear"
        time.sleep(0.05)


def test_sigterm_ends_the_step_and_saves(tmp_path: Path) -> None:
    process = start([str(tmp_path), "100000"], {"checkpoint_minutes": 0.001})
    wait_for(tmp_path / "checkpoint.pt")
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    assert "stopped at step" in out
    assert load_checkpoint(tmp_path)["step"] == int(out.split("stopped at step ")[1].split()[0])


NURSERY = """
import os, signal
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print(0, flush=True)
while arguments := sys.stdin.readline().split():
    if not (child := os.fork()):
        sys.argv[1:] = arguments
        break
    print(child, flush=True)
else:
    sys.exit()
"""


@pytest.fixture
def nursery() -> Iterator[Callable[..., int]]:
    """Starts training runs as forks of one process that has imported everything: a start takes a tenth of a second, not three."""
    imports, run = SCRIPT.split('PRESETS["tiny"]')
    code = imports + NURSERY + 'PRESETS["tiny"]' + run.replace("EXTRA", "dict(checkpoint_minutes=1e-6)")
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
            "OMP_NUM_THREADS": "1",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout
    assert process.stdout.readline() == "0\n"

    def fork(*arguments: object) -> int:
        print(*arguments, file=process.stdin, flush=True)
        while not (line := process.stdout.readline()).strip().isdigit():  # earlier runs' live lines
            assert line, "the nursery has ended"
        return int(line)

    yield fork
    process.stdin.close()
    process.stdout.close()
    process.wait(60)


@pytest.mark.long
def test_a_kill_at_any_moment_leaves_a_usable_checkpoint(
    tmp_path: Path, rounds: int, nursery: Callable[..., int]
) -> None:
    """Checkpoints after every step and kills at random times, so that many kills fall into the writing of one."""
    rng = np.random.default_rng(0)
    checkpoint = tmp_path / "checkpoint.pt"
    done = 0
    for _ in range(rounds):
        before = checkpoint.stat().st_mtime_ns if done else 0
        child = nursery(tmp_path, 1_000_000, *(["resume"] if done else []))
        end = time.monotonic() + 120
        while not checkpoint.exists() or checkpoint.stat().st_mtime_ns == before:
            os.kill(child, 0)  # fails when the run has ended by itself
            assert time.monotonic() < end, "no checkpoint was written"
            time.sleep(0.01)
        time.sleep(float(rng.uniform(0, 1)))
        os.kill(child, signal.SIGKILL)
        while Path(f"/proc/{child}").exists():
            time.sleep(0.001)
        step = load_checkpoint(tmp_path)["step"]
        assert step > done
        load_weights(tmp_path / "weights.safetensors")
        done = step
        assert sum(path.name.startswith(".") for path in tmp_path.iterdir()) <= 2, "kills pile up files"
    print(f"{rounds} kills, {done} steps, each checkpoint and weights file read back whole")


def test_two_processes_give_what_one_with_twice_the_batch_gives(tmp_path: Path) -> None:
    one = start([str(tmp_path / "one"), "3"], {"batch": 4})
    out, _ = one.communicate(timeout=250)
    assert one.returncode == 0, out
    environment = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29517", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2",
                   "TORCHELASTIC_RUN_ID": "test"}  # fmt: skip
    pair = [
        start([str(tmp_path / "two"), "3"], {"batch": 2}, **environment, RANK=str(rank), LOCAL_RANK=str(rank))
        for rank in (0, 1)
    ]
    for process in pair:
        out, _ = process.communicate(timeout=250)
        assert process.returncode == 0, out
    a, b = load_checkpoint(tmp_path / "one"), load_checkpoint(tmp_path / "two")
    assert a["step"] == b["step"] == 3
    for name in ("generator", "discriminator"):
        for key, value in a[name].items():
            assert torch.allclose(value, b[name][key], atol=2e-4), (name, key, (value - b[name][key]).abs().max())


def test_the_card_says_what_the_run_was(tmp_path: Path) -> None:
    weights = load_weights(train(Discs(), None, tmp_path, QUICK, Budget(steps=1), say=quietly, card={"folder": 4}))
    assert weights.card["data"]["folder"]["pictures"] == 4 and weights.card["steps"] == 1
    assert json.dumps(weights.card)
