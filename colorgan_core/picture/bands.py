"""Work on a picture some rows at a time, on all processors: temporaries stay small at any height."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from ..progress import Advance, unwatched

BAND = 2**16  # pixels: some 8 MB of temporaries, for each thread
THREADS = min(8, os.cpu_count() or 1)


def row_bands(height: int, width: int) -> Iterator[slice]:
    """Slices of rows that together are all of a picture, each of about BAND pixels, at least one row."""
    step = max(1, BAND // width)
    for start in range(0, height, step):
        yield slice(start, min(start + step, height))


def each_band(shape: tuple[int, ...], work: Callable[[slice], None], advance: Advance = unwatched) -> None:
    """Calls `work` for every band of a picture (height, width, ...), several at a time; NumPy and OpenCV let go of Python's lock meanwhile.

    What `work` or `advance` raises ends it, once the bands that have begun are done.
    """
    bands = list(row_bands(*shape[:2]))
    with ThreadPoolExecutor(THREADS) as pool:
        waiting = [pool.submit(work, rows) for rows in bands]
        try:
            for done, each in enumerate(waiting, 1):
                each.result()
                advance(done / len(waiting))
        finally:
            for each in waiting:
                each.cancel()
