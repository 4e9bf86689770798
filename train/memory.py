"""How the C library of Linux treats what is freed."""

from __future__ import annotations

import ctypes
import sys

TRIM_THRESHOLD, MMAP_MAX = -1, -4  # of mallopt(3)


def keep_freed_memory() -> None:
    """From now on this process keeps the memory that it frees.

    glibc gives every large block back to the kernel and gets the next one anew, page by page: that took a quarter to a half of a training
    step, whose peak of memory stays what it was. Other C libraries are left as they are.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(MMAP_MAX, 0)
        library.mallopt(TRIM_THRESHOLD, 2**31 - 1)
