"""Hashes of files, each computed once per run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from ..files import sha256_of

T = TypeVar("T")
R = TypeVar("R")


class DigestCache:
    """The SHA-256 of files as they were when first requested."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.digests: dict[str, str | None] = {}

    def of(self, path: str | Path) -> str | None:
        """The SHA-256 of a file, None if it cannot be read."""
        name = str(path)
        if name not in self.digests:
            try:
                self.digests[name] = sha256_of(name)
            except OSError:
                self.digests[name] = None
        return self.digests[name]

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Applies a function to each item, in threads: hashing releases the interpreter lock."""
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(function, items))
