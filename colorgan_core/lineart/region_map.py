"""The region map as a file: which region each pixel belongs to, and each region's colour, name and state.

A PNG: indexed with the regions' own colours up to 256 regions, 16-bit grey numbers up to 65,536, and 8-bit RGB above, red the highest
byte. Its text chunk `colorgan:regions` holds a list with an entry a region, as JSON; `colorgan:relief`, if there is one, the paint's
relief, from which shade is made again: width, height, and Lab as little-endian 16-bit numbers in 64ths, zlib, base64.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from ..errors import InputError, OutputError
from ..files import atomic_write, open_regular
from ..picture.decode import quiet
from ..picture.png import texts, without_extras
from ..picture.stored import check_size
from .flats import RELIEF_STEPS, Flats
from .regions import Regions

KEY, RELIEF_KEY = "colorgan:regions", "colorgan:relief"
LARGEST_TEXT = 2**28  # bytes of the list, more than two million regions
LARGEST_RELIEF = 1024  # px a side; the network's working size is far below
LARGEST_RELIEF_TEXT = 10 * LARGEST_RELIEF**2  # bytes: six a pixel, four thirds of that in base64, and what zlib may add
LONGEST_ENTRY = 2**20  # bytes of what is written of one region; only its name can be long
SMALL = 256  # regions that a map of fewer pixels may list, since some may have none
# A list of flat objects, piece by piece: nothing nested is unpacked by json before it is known how much it is.
LIST_START, LIST_NEXT = re.compile(rb"\s*(\[)\s*"), re.compile(rb"\s*([,\]])\s*")
ENTRY = re.compile(rb'\{[^"{}\[\]]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^"{}\[\]]*)*\}')


def write_region_map(path: str | os.PathLike[str], flats: Flats) -> None:
    """Writes labels, relief, and of each region: number, color as #rrggbb, name, painted, hinted, sure, area in open pixels.

    Raises OutputError where the regions are too many, or the file cannot be written.
    """
    labels, count = flats.regions.labels, flats.regions.count
    entries = [
        {
            "number": n,
            "color": "#" + bytes(flats.colors[n]).hex(),
            "name": flats.names[n],
            "painted": bool(flats.painted[n]),
            "hinted": bool(flats.hinted[n]),
            "sure": round(float(flats.sure[n]), 3),
            "area": int(flats.regions.areas[n]),
        }
        for n in range(count)
    ]
    if count <= 256:
        image = Image.fromarray(labels.astype(np.uint8))
        image.putpalette(np.where(flats.painted[:, None], flats.colors, 255).astype(np.uint8).tobytes())
    elif count <= 65536:
        image = Image.fromarray(labels.astype(np.uint16))
    else:
        image = Image.fromarray(np.stack([labels >> 16, labels >> 8 & 255, labels & 255], 2).astype(np.uint8))
    text = PngImagePlugin.PngInfo()
    told = json.dumps(entries, separators=(",", ":"))
    if len(told) > LARGEST_TEXT:
        raise OutputError(f"{path} cannot hold a map of {count:,} regions; a larger --close-gaps finds fewer.")
    text.add_text(KEY, told, zip=True)
    if flats.relief is not None:
        text.add_text(RELIEF_KEY, json.dumps(_packed(flats.relief)), zip=True)
    encoded = io.BytesIO()
    image.save(encoded, "PNG", pnginfo=text)
    with atomic_write(path) as beside:
        beside.write_bytes(encoded.getbuffer())


def holds_regions(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a region map, damaged or not, and no other picture."""
    try:
        with open_regular(path) as file:
            return any(key == KEY for key, _ in texts(file))
    except Exception:  # as read_region_map; whoever reads the picture says what is wrong
        return False


def read_region_map(path: str | os.PathLike[str]) -> Flats:
    """The flats that `write_region_map` wrote; their regions have no depth yet. Raises InputError for any other file."""
    path = Path(path)
    try:
        with quiet(), open_regular(path) as file:
            found = dict(texts(file))
            listed, relief = found[KEY], found.get(RELIEF_KEY)
            file.seek(0)
            pixels = io.BytesIO(without_extras(file.read()))
            with Image.open(pixels, formats=("PNG",)) as image:
                check_size(path, *image.size)
                image.load()
                array = np.asarray(image).astype(np.int32)
    except InputError:
        raise
    except Exception as error:  # a damaged PNG raises anything
        raise InputError(f"{path} is not a region map of colorgan; `--masks` writes one.") from error
    try:
        labels = array if array.ndim == 2 else array[..., 0] << 16 | array[..., 1] << 8 | array[..., 2]
        packed = None if relief is None else json.loads(b"".join(limited(relief, LARGEST_RELIEF_TEXT)))
        return _flats(labels, _entries(limited(listed, LARGEST_TEXT), labels.size), packed)
    except TooMany as error:
        raise InputError(f"{path} is a damaged region map: {error}.") from error
    except (AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError, zlib.error) as error:
        raise InputError(f"{path} is a damaged region map: its list of regions does not fit its pixels.") from error


class TooMany(ValueError):
    """More than a map may have; in the words of a sentence."""


def limited(parts: Iterable[bytes], limit: int) -> Iterator[bytes]:
    """The same up to `limit` bytes; raises TooMany for more."""
    for part in parts:
        limit -= len(part)
        if limit < 0:
            raise TooMany("its list of regions is longer than any that colorgan writes")
        yield part


def _entries(parts: Iterable[bytes], pixels: int) -> Iterator[dict[str, Any]]:
    """The list's entries one by one, so that no more of them are in memory than there are pixels.

    parts: of the JSON text. Raises TooMany, and ValueError where it is no list of flat objects.
    """
    most, count, text, at, parts = max(pixels, SMALL), 0, b"", 0, iter(parts)
    separator = LIST_START
    while True:
        match = separator.match(text, at)
        entry = (
            None if match is None or match[1] == b"]" else ENTRY.match(text, match.end(), match.end() + LONGEST_ENTRY)
        )
        if match is not None and match[1] == b"]" and count:
            if text[match.end() :].strip() or any(part.strip() for part in parts):
                raise ValueError("text after the list")
            return
        if entry is not None:
            count += 1
            if count > most:
                raise TooMany(f"it lists more than {most:,} regions for {pixels:,} pixels")
            yield json.loads(entry[0])
            at, separator = entry.end(), LIST_NEXT
            continue
        if len(text) - at > LONGEST_ENTRY:
            raise TooMany(f"the entry of a region is longer than {LONGEST_ENTRY:,} bytes")
        part = next(parts, None)
        if part is None:
            raise ValueError("no list of regions")
        text, at = text[at:] + part, 0


def _packed(relief: NDArray[np.float32]) -> dict[str, Any]:
    numbers = np.rint(relief * RELIEF_STEPS).astype("<i2")
    data = base64.b64encode(zlib.compress(numbers.tobytes())).decode("ascii")
    return {"width": relief.shape[1], "height": relief.shape[0], "data": data}


def _unpacked(packed: dict[str, Any]) -> NDArray[np.float32]:
    width, height = packed["width"], packed["height"]
    if not (0 < width <= LARGEST_RELIEF and 0 < height <= LARGEST_RELIEF):
        raise ValueError("size")
    length = width * height * 6
    data = zlib.decompressobj().decompress(base64.b64decode(packed["data"], validate=True), length)
    numbers = np.frombuffer(data, "<i2").reshape(height, width, 3)
    return np.asarray(numbers / np.float32(RELIEF_STEPS), np.float32)


def _flats(labels: NDArray[np.int32], entries: Iterable[dict[str, Any]], relief: dict[str, Any] | None) -> Flats:
    rows = []
    for number, entry in enumerate(entries):
        if entry["number"] != number:
            raise ValueError("numbers")
        red, green, blue = bytes.fromhex(entry["color"].removeprefix("#"))
        state = bool(entry["painted"]), bool(entry["hinted"]), float(entry["sure"])
        rows.append(((red, green, blue), int(entry["area"]), *state, _printable(entry["name"])))
    if labels.max() >= len(rows):
        raise ValueError("numbers")
    colors, areas, painted, hinted, sure, names = zip(*rows, strict=True)
    return Flats(
        regions=Regions(labels, np.array(areas, np.int64), np.ones(labels.shape, np.float32)),
        colors=np.array(colors, np.uint8),
        painted=np.array(painted),
        hinted=np.array(hinted),
        sure=np.array(sure, np.float32),
        names=names,
        relief=None if relief is None else _unpacked(relief),
    )


def _printable(name: str) -> str:
    if not isinstance(name, str) or (name and not name.isprintable()):
        raise ValueError("name")
    return name
