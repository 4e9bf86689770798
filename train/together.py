"""Several processes as one: `torchrun` starts them, they take every step together, and when one leaves the others end."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies import DDPStrategy
from torch import Tensor

from colorgan_core.errors import TrainingError

# How long one waits for the others. Longer than the first takes to validate and save; a process that dies is noticed at once,
# this is for one that hangs and for a cable that is out.
PATIENCE = timedelta(minutes=5)


def processes() -> dict[str, Any]:
    """How many processes there are: one, or those that `torchrun` started, joined by gloo on CPUs and NCCL on GPUs."""
    world, here = (int(os.environ.get(name, "1")) for name in ("WORLD_SIZE", "LOCAL_WORLD_SIZE"))
    strategy = DDPStrategy(timeout=PATIENCE) if world > 1 else "auto"
    return {"devices": here, "num_nodes": world // here, "strategy": strategy}


def first() -> bool:
    """Whether this is the process that writes; can be asked before the processes are joined."""
    return os.environ.get("RANK", "0") == "0"


def part(fabric: Fabric) -> None:
    """Ends the work of several processes together: one that leaves while the others still talk to it aborts now and then."""
    if fabric.world_size > 1:
        fabric.barrier()
        torch.distributed.destroy_process_group()


@contextlib.contextmanager
def leaving_said() -> Iterator[None]:
    """Raises TrainingError where torch says that another process is gone, has never come or does not answer."""
    try:
        yield
    except RuntimeError as error:  # gloo has no class of error of its own, only its name in the path of its source
        from_torch = torch.distributed.is_available() and isinstance(error, torch.distributed.DistError)
        if from_torch or "gloo" in str(error):
            raise TrainingError(
                "Another process of this training has ended or does not answer; the reason is on its machine. "
                "With --resume for all of them it continues from the last checkpoint."
            ) from error
        raise


def check_same(fabric: Fabric, facts: Mapping[str, object]) -> None:
    """Raises TrainingError in every process when one of them has other `facts` than the first; the names go into the sentence.

    Facts are compared by their `repr`.
    """
    digests = [hashlib.sha256(repr(fact).encode()).digest() for fact in facts.values()]
    mine = torch.tensor([list(digest) for digest in digests], dtype=torch.uint8, device=fabric.device)
    everyone = gathered(mine)  # process, fact, byte
    differ = (everyone != everyone[0]).any(2)
    for rank, row in enumerate(differ.tolist()):
        if any(row):
            names = ", ".join(name for name, other in zip(facts, row, strict=True) if other)
            raise TrainingError(
                f"Process {rank} of this training differs from process 0 in: {names}. "
                "Every machine needs the same command, the same data and the same version."
            )


def largest(fabric: Fabric, value: float) -> float:
    """The largest value that any process has."""
    if fabric.world_size == 1:
        return value
    return float(fabric.all_reduce(torch.tensor(value, dtype=torch.float64, device=fabric.device), reduce_op="max"))


def means(fabric: Fabric, values: dict[str, Tensor]) -> dict[str, Tensor]:
    """Each value's mean over all processes, so that all of them judge alike; NaN where one has NaN."""
    if fabric.world_size == 1:
        return values
    together = fabric.all_reduce(torch.stack([value.float() for value in values.values()]), reduce_op="mean")
    return dict(zip(values, together, strict=True))


def gathered(mine: Tensor) -> Tensor:
    """(world, ...): what each process has given, tensors of one shape."""
    everyone = [torch.empty_like(mine) for _ in range(torch.distributed.get_world_size())]
    torch.distributed.all_gather(everyone, mine)
    return torch.stack(everyone)


def sent(fabric: Fabric, rank: int, data: bytes) -> bytes:
    """The bytes that process `rank` has given, in every process."""
    length = torch.tensor(len(data), device=fabric.device)
    torch.distributed.broadcast(length, rank)
    if fabric.global_rank == rank:
        buffer = torch.frombuffer(bytearray(data), dtype=torch.uint8).to(fabric.device)
    else:
        buffer = torch.empty(int(length), dtype=torch.uint8, device=fabric.device)
    torch.distributed.broadcast(buffer, rank)
    return buffer.cpu().numpy().tobytes()
