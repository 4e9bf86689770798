"""`colorgan bench speed`: each of colorgan's parts beside what there is for the same work, in one run, with the same threads."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from rich.console import Console
from rich.table import Table
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from colorgan_core.errors import MissingDependency
from colorgan_core.inference.loaded import Loaded
from colorgan_core.inference.pipeline import Colorizer
from colorgan_core.inference.request import ColorizeRequest, StylizeRequest
from colorgan_core.inference.runner import Runner
from colorgan_core.model.conditions import Conditions
from colorgan_core.model.config import LINEART, PRESETS
from colorgan_core.model.generator import Generator
from colorgan_core.picture.pixels import write_picture
from colorgan_core.style.stylize import stylize

from .bench_engine import rings
from .dataset import Batch
from .evaluation import fills
from .evaluation.environments import gmic_python
from .loop import precision
from .memory import keep_freed_memory
from .pix2pix import textbook_step
from .settings import Settings
from .step import build, compiler, training_step
from .teacher import SIZE as STYLE_SIZE
from .teacher import Teacher
from .textbook import UNet256, patch_discriminator
from .timing import Job, timed_in_turns

GEMM = 2048  # rows and columns of the matrices whose product says what the processor can do


@dataclass(frozen=True)
class Line:
    """One row: what took how long, in seconds, beside what, and what the bar is, where there is one."""

    what: str
    seconds: float
    beside: str
    other: float
    bar: str = ""

    @property
    def ratio(self) -> float:
        return self.seconds / self.other

    def record(self) -> dict[str, Any]:
        """For a model card."""
        times = {"ms": round(self.seconds * 1e3), "beside": self.beside, "ms beside": round(self.other * 1e3)}
        return {"what": self.what, **times, "ratio": round(self.ratio, 2), "bar": self.bar}


def measure(console: Console, preset: str, runner: Runner, device: str, rounds: int) -> list[Line]:
    """Prints the table and returns its lines."""
    table = Table("what", "ms", "beside", "ms", "ratio", "bar")
    parts: tuple[Callable[[], list[Line]], ...] = (
        lambda: forward(console, preset, runner, rounds),
        lambda: whole_job(console, device, rounds),
        lambda: styles(device, rounds),
        lambda: cold(device, rounds),
        lambda: training(console, preset, rounds),  # last: what it leaves in memory slows the others
    )
    lines = [line for part in parts for line in part()]
    for line in lines:
        cells = (f"{line.seconds * 1e3:.0f}", line.beside, f"{line.other * 1e3:.0f}", f"{line.ratio:.2f}", line.bar)
        table.add_row(line.what, *cells)
    console.print(table)
    return lines


def forward(console: Console, preset: str, runner: Runner, rounds: int) -> list[Line]:
    """G beside pix2pix's U-Net 256, which takes multiples of 256 px; and how far both are from the processor's best."""
    lines = []
    for each in dict.fromkeys((runner, replace(runner, dtype=torch.float32))):
        name = str(each.dtype).removeprefix("torch.")
        best = gemm_rate(each, rounds)
        console.print(f"matrix product, {name}: {best / 1e9:.0f} GFLOP/s")
        networks = {"U-Net 256": each.placed(UNet256().eval()), "G": each.placed(Generator(PRESETS[preset]).eval())}
        for size in (256, 512):
            jobs = {title: forward_job(network, each, size) for title, network in networks.items()}
            with FlopCounterMode(display=False) as counter:
                jobs["G"]()
            seconds = timed_in_turns(jobs, rounds)
            share = counter.get_total_flops() / seconds["G"] / best
            what = f"G forward, {size} px, {name}, {share:.0%} of the matrix product's rate"
            lines.append(Line(what, seconds["G"], "U-Net 256", seconds["U-Net 256"], "0.33" if size == 256 else ""))
    return lines


def forward_job(network: nn.Module, runner: Runner, size: int) -> Job:
    x = torch.rand(1, 3, size, size, device=runner.device).contiguous(memory_format=torch.channels_last)
    z = Conditions.empty(LINEART, 1, size, size).to(runner.device)
    arguments = (x, z) if isinstance(network, Generator) else (x,)

    @torch.inference_mode()
    def run() -> None:
        with runner.autocast():
            network(*arguments)

    return run


def gemm_rate(runner: Runner, rounds: int) -> float:
    """FLOP a second of a large matrix product."""
    a, b = (torch.rand(GEMM, GEMM, device=runner.device, dtype=runner.dtype) for _ in range(2))
    return 2 * GEMM**3 / timed_in_turns({"product": lambda: a @ b}, rounds)["product"]


def training(console: Console, preset: str, rounds: int) -> list[Line]:
    keep_freed_memory()
    settings = Settings(preset=preset, size=256)
    what = f"training step, {settings.batch} samples of {settings.size} px"
    lines = []
    for each, how in ((settings, ""), (replace(settings, compile=True), ", both compiled")):
        if each.compile and not compiler():
            console.print("Compiled training steps are left out: there is no C++ compiler.")
            continue
        seconds = timed_in_turns(training_jobs(each), rounds)
        lines.append(Line(what + how, seconds[preset], "pix2pix's", seconds["pix2pix"], "0.33"))
    return lines


def training_jobs(settings: Settings) -> dict[str, Job]:
    """A full step (D and G) of pix2pix and of colorgan's preset, both compiled where the settings say so."""
    fabric = Fabric(precision=precision())
    networks = build(fabric, PRESETS[settings.preset], settings)
    batch, size = settings.batch, settings.size
    x, y = torch.rand(batch, 3, size, size), torch.rand(batch, 3, size, size)
    known = torch.ones(batch, dtype=torch.bool)
    ours = Batch(
        x=x, y=y, alpha=torch.rand(batch, 1, size, size), alpha_known=known, paired=known, blind=known,
        z=Conditions.empty(LINEART, batch, size, size),
    )  # fmt: skip
    pair = UNet256(), patch_discriminator()
    for network in pair:
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if settings.compile:
            network.compile(dynamic=False)
    optimizers = tuple(torch.optim.Adam(each.parameters(), 2e-4, fused=True) for each in pair)
    planes = [plane.contiguous(memory_format=torch.channels_last) for plane in (x, y)]
    return {
        "pix2pix": lambda: textbook_step(fabric, pair, optimizers, *planes),
        settings.preset: lambda: training_step(fabric, networks, ours, settings, 1.0, 1),
    }


def whole_job(console: Console, device: str, rounds: int) -> list[Line]:
    """Line art with hints to flats and layers in memory, with a warm model, beside G'MIC on the same picture."""
    try:
        gmic_python(console.print)
    except MissingDependency as error:
        console.print(f"G'MIC is left out: {error}")
        return []
    colorizer, lines = Colorizer(Loaded("default", device)), []
    for size, bar in ((1024, "0.33"), (2048, "0.125")):
        scene = fills.enlarged(size)
        hints = fills.painted_spots(scene, fills.spots_of(scene))
        request = ColorizeRequest(np.repeat(scene.lines[..., None], 3, 2), task="lineart", hints=hints)

        def job(request: ColorizeRequest = request) -> None:
            colorizer.kept.clear()  # what is kept of the last picture would flatter the next
            colorizer.cleaned.clear()
            colorizer.colorize(request).layered()

        seconds = timed_in_turns({"job": job}, rounds)["job"]
        rival = fills.gmic_seconds(scene, hints, rounds)
        lines.append(Line(f"line art to layers, {size} px", seconds, "G'MIC smart colouring", rival, bar))
    return lines


def styles(device: str, rounds: int) -> list[Line]:
    """A picture in a style, from pixels to pixels, beside Magenta's int8 networks in onnxruntime."""
    loaded, teacher = Loaded("default", device), Teacher()
    rng = np.random.default_rng(0)
    content, style = (rng.integers(0, 256, (STYLE_SIZE, STYLE_SIZE, 3), np.uint8) for _ in range(2))
    vector = teacher.vector(style)
    seconds = timed_in_turns(
        {
            "colorgan": lambda: stylize(loaded, StylizeRequest(content, ((style, 1.0),))),
            "reading and drawing": lambda: teacher.stylize(content, teacher.vector(style)),
            "drawing": lambda: teacher.stylize(content, vector),
        },
        rounds,
    )
    what = f"stylize, {STYLE_SIZE} px, style read too"
    return [
        Line(what, seconds["colorgan"], f"Magenta, {name}", seconds[name], bar)
        for name, bar in (("reading and drawing", ""), ("drawing", "1"))
    ]


def cold(device: str, rounds: int) -> list[Line]:
    """`colorgan colorize` from the command line, beside the bare import of torch and the forward pass."""
    runner = Loaded("default", device).runner
    with tempfile.TemporaryDirectory(prefix="colorgan-bench-") as folder:
        source, result = Path(folder) / "in.png", Path(folder) / "out.png"
        write_picture(source, rings(512))

        def process(*arguments: str) -> Job:
            return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)

        network = runner.placed(Generator(PRESETS["base"]).eval())
        jobs = {
            "colorize": process("-m", "colorgan_core", "colorize", str(source), "-o", str(result), "--device", device),
            "import": process("-c", "import torch"),
            "forward": forward_job(network, runner, 256),
        }
        seconds = timed_in_turns(jobs, rounds)
    bare = seconds["import"] + seconds["forward"]
    return [
        Line("colorgan colorize from cold, 512 px", seconds["colorize"], "import of torch and forward", bare, "1.5")
    ]
