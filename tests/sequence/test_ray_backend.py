"""The same job on Ray: three nodes on this machine. One loses its worker, another one disappears."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from colorgan_core.sequence.ray_backend import WorkerActor
from engines import wait_for
from shots import results, sentences, shot, start

FRAMES = 30


def actors() -> list[int]:
    """Processes of actors, as Ray names them."""
    found = []
    for place in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if place.name.isdigit() and (place / "cmdline").read_bytes().startswith(b"ray::WorkerActor"):
                found.append(int(place.name))
    return found


@pytest.fixture
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    for _ in range(2):
        nodes.add_node(num_cpus=1)
    try:
        yield nodes
    finally:
        nodes.shutdown()


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("default")
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_three_nodes_of_which_one_goes(cluster: Any, lively: Path, tmp_path: Path) -> None:
    frames = shot(tmp_path, FRAMES, 200)
    words = [frames, "--weights", lively, "--seed", 3, "--masks"]
    _, err = start(*words, "-o", tmp_path / "one/c.####.psd", "--workers", 1).communicate()
    alone = results(tmp_path / "one")
    assert len(alone) == 2 * FRAMES, err

    out = tmp_path / "many"
    job = start(*words, "-o", out / "c.####.psd", "--cluster", "auto", env={"RAY_ADDRESS": cluster.address})
    wait_for(lambda: len(actors()) == 3 and len(list(out.glob("*.psd"))) > 3, 120)
    os.kill(actors()[0], signal.SIGKILL)
    wait_for(lambda: len(list(out.glob("*.psd"))) > 8, 120)
    cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
    stdout, err = job.communicate(timeout=300)
    assert job.returncode == 0 and f"{FRAMES} frames: {FRAMES} made, 0 up to date, 0 failed." in stdout, err
    assert results(out) == alone and not list(out.rglob(".c.*")), "the same bytes as one process made"

    stdout, err = start(*words, "-o", out / "c.####.psd").communicate()
    assert f"{FRAMES} up to date" in stdout, f"what a cluster has made is right on one machine too: {err}"


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("mode", ["token", "disabled"])
def test_a_client_far_away_stops_in_order(mode: str, untrained: Path, tmp_path: Path) -> None:
    """Through ray://, as from a machine that is no node, to a cluster that wants a token or none; a stop ends it, and nothing stays behind
    on the nodes."""
    out, port, token = tmp_path / "out", 23455, tmp_path / "token"
    token.write_text("0123456789abcdef" * 4)
    ray = Path(sys.executable).with_name("ray")
    ours = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_TOKEN_PATH": str(token)}
    theirs = {**os.environ, **ours, "RAY_AUTH_MODE": mode}
    begin = [
        ray,
        "start",
        "--head",
        "--num-cpus=2",
        "--include-dashboard=false",
        "--node-ip-address=127.0.0.1",
        "--port=0",
    ]
    subprocess.run([*begin, f"--ray-client-server-port={port}"], env=theirs, check=True, capture_output=True)
    try:
        words = [shot(tmp_path, 60, 120), "-o", out / "*.png", "--weights", untrained, "--palette", "#f00,#0f0"]
        job = start(*words, "--cluster", f"ray://127.0.0.1:{port}", env=ours)
        wait_for(lambda: len(list(out.glob("*.png"))) > 2 or job.poll() is not None, 120)
        job.send_signal(signal.SIGTERM)
        _, err = job.communicate(timeout=60)
        made = len(list(out.glob("*.png")))
        assert job.returncode == 130 and "the same command continues" in err and 2 < made < 60, err
        wait_for(lambda: not actors(), 60)
        stdout, err = start(*words).communicate()
        assert f"60 frames: {60 - made} made, {made} up to date, 0 failed." in stdout, err
    finally:
        subprocess.run([ray, "stop", "--force"], env=theirs, check=True, capture_output=True)


@pytest.mark.long  # Ray tries for half a minute
@pytest.mark.parametrize(
    ("address", "code", "message"),
    [
        ("farm7", 2, "farm7 is not the address of a cluster; write ray://HOST:10001 or auto."),
        ("ray://127.0.0.1:9", 1, "No Ray cluster answers at ray://127.0.0.1:9"),
    ],
)
def test_no_cluster(address: str, code: int, message: str, untrained: Path, tmp_path: Path) -> None:
    job = start(shot(tmp_path, 1), "-o", tmp_path / "o/*.png", "--weights", untrained, "--cluster", address)
    _, err = job.communicate(timeout=120)
    assert job.returncode == code and message in err and len(sentences(err)) == 1, err
    assert not list(tmp_path.glob("o/*.png"))


def test_without_ray(untrained: Path, tmp_path: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    ran = run("batch", shot(tmp_path, 1), "-o", tmp_path / "o/*.png", "--weights", untrained, "--cluster", "auto")
    assert ran.code == 2 and ran.sentence == 'Ray is not installed; pip install "colorgan[cluster]" does it.'


def test_lines_keep_their_order(tmp_path: Path) -> None:
    actor = WorkerActor(json.dumps({"folder": str(tmp_path / "none")}))
    for number in (2, 0, 1):
        actor.send(number, str(number))
    assert [actor.incoming.get(timeout=5) for _ in range(3)] == [b"0", b"1", b"2"]
    first, *end = actor.receive()
    assert first is not None and "needs the same storage at the same path" in first and end in ([], [None])
