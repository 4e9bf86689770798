"""Reader of Qt's compiled resources (.rcc), which GCompris keeps its pictures in."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from colorgan_core.errors import InputError, MissingDependency

DIRECTORY, COMPRESSED, ZSTD = 2, 1, 4
NODE_BYTES = {1: 14, 2: 22, 3: 22}  # by format version; later ones add the time of change


def read_rcc(path: Path) -> Iterator[tuple[str, bytes]]:
    """(path inside the resource, contents) of every file, in the order of the tree; raises InputError."""
    data = path.read_bytes()
    try:
        magic, version, tree, payload, names = struct.unpack_from(">4s4I", data)
        if magic != b"qres" or version not in NODE_BYTES:
            raise InputError(f"{path} is not a Qt resource file of a supported version.")
        yield from _walk(data, tree, NODE_BYTES[version], payload, names, 0, "", 0)
    except (struct.error, zlib.error, UnicodeDecodeError) as error:
        raise InputError(f"{path} is damaged ({error}).") from error


def _walk(
    data: bytes, tree: int, step: int, payload: int, names: int, node: int, folder: str, depth: int
) -> Iterator[tuple[str, bytes]]:
    name_at, flags = struct.unpack_from(">IH", data, tree + node * step)
    path = folder
    if node:
        (letters,) = struct.unpack_from(">H", data, names + name_at)
        start = names + name_at + 6  # the length, then a hash of the name
        if start + 2 * letters > len(data):
            raise struct.error("a name is cut short")
        path = f"{folder}/{data[start : start + 2 * letters].decode('utf-16-be')}".lstrip("/")
    if flags & DIRECTORY:
        count, first = struct.unpack_from(">II", data, tree + node * step + 6)
        if depth < 32:
            for child in range(first, first + count):
                yield from _walk(data, tree, step, payload, names, child, path, depth + 1)
        return
    (data_at,) = struct.unpack_from(">I", data, tree + node * step + 10)
    (size,) = struct.unpack_from(">I", data, payload + data_at)
    body = data[payload + data_at + 4 : payload + data_at + 4 + size]
    if len(body) < size:
        raise struct.error(f"{path} is cut short")
    yield path, _inflate(body, flags)


def _inflate(body: bytes, flags: int) -> bytes:
    if flags & COMPRESSED:
        return zlib.decompress(body[4:])  # the size comes first
    if flags & ZSTD:
        try:
            import zstandard
        except ImportError as error:
            raise MissingDependency("GCompris' pictures need the package `zstandard` (pip).") from error
        return zstandard.ZstdDecompressor().decompressobj().decompress(body)
    return body
