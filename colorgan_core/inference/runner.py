"""Where and how the networks run: CUDA when it is there, else the CPU with the fastest dtype that it really has."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from ..errors import UsageError


@dataclass(frozen=True)
class Runner:
    """A device and the dtype of the convolutions on it; everything outside the networks stays float32."""

    device: torch.device
    dtype: torch.dtype

    @property
    def description(self) -> str:
        """For a person: "CPU, 2 threads, bfloat16"."""
        name = str(self.dtype).removeprefix("torch.")
        if self.device.type == "cuda":
            return f"CUDA ({torch.cuda.get_device_name(self.device)}), {name}"
        return f"CPU, {torch.get_num_threads()} threads, {name}"

    def placed(self, network: nn.Module) -> nn.Module:
        """The network on the device, in the layout that its convolutions like, and its layers' weights in `dtype` once and for all:
        autocast would cast them at every call."""
        network = network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        for layer in network.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                layer.to(self.dtype)
        return network

    def autocast(self) -> contextlib.AbstractContextManager[Any]:
        if self.dtype is torch.float32:
            return contextlib.nullcontext()
        return torch.autocast(self.device.type, self.dtype)


def choose_runner(device: str = "auto", dtype: str = "auto") -> Runner:
    """device: "auto", "cpu" or "cuda". dtype: "auto" or "float32". Raises UsageError when CUDA is asked for and not there.

    auto: bfloat16 on a GPU of 2020 or later and where `bfloat16_is_fast`; elsewhere it is slower and no better.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise UsageError(f'The device must be "auto", "cpu" or "cuda", not "{device}".')
    cuda = torch.cuda.is_available()
    if device == "cuda" and not cuda:
        raise UsageError("No CUDA device can be used here; use --device cpu or auto.")
    on_card = cuda and device != "cpu"
    quick = torch.cuda.is_bf16_supported() if on_card else bfloat16_is_fast()
    quick = quick and dtype == "auto"
    return Runner(torch.device("cuda" if on_card else "cpu"), torch.bfloat16 if quick else torch.float32)


def bfloat16_is_fast() -> bool:
    """Whether the processor multiplies bfloat16 faster than float32: with AMX, or AVX512_BF16 of another make than Intel's, whose
    instruction takes twice as long as float32's (measured: 162 and 321 GFLOP/s)."""
    has = torch.cpu.get_capabilities()
    if has.get("amx_tile") and has.get("amx_bf16"):
        return True
    return bool(has.get("avx512_bf16")) and "Intel" not in has.get("cpu_name", "")
