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
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from ..errors import InputError, OutputError
from ..files import atomic_write, open_regular
from .decode import quiet
from .flats import RELIEF_STEPS, Flats
from .regions import Regions
from .stored import check_size

KEY, RELIEF_KEY = "colorgan:regions", "colorgan:relief"
LARGEST_TEXT = 2**28  # bytes, more than two million regions; Pillow's own limit is for text in photographs
LARGEST_RELIEF = 4096  # px a side; the network's working size is far below


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
        with quiet(), open_regular(path) as file, Image.open(file, formats=("PNG",)) as image:
            return KEY in image.info
    except Exception:  # as read_region_map; whoever reads the picture says what is wrong
        return False


def read_region_map(path: str | os.PathLike[str]) -> Flats:
    """The flats that `write_region_map` wrote; their regions have no depth yet. Raises InputError for any other file."""
    path = Path(path)
    before = PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY
    PngImagePlugin.MAX_TEXT_CHUNK = PngImagePlugin.MAX_TEXT_MEMORY = LARGEST_TEXT
    try:
        with quiet(), open_regular(path) as file, Image.open(file, formats=("PNG",)) as image:
            check_size(path, *image.size)
            image.load()
            array = np.asarray(image).astype(np.int32)
            entries = json.loads(image.info[KEY])
            relief = json.loads(image.info.get(RELIEF_KEY, "null"))
    except InputError:
        raise
    except Exception as error:  # a damaged PNG raises anything
        raise InputError(f"{path} is no region map of colorgan's; `--masks` writes one.") from error
    finally:
        PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY = before
    try:
        labels = array if array.ndim == 2 else array[..., 0] << 16 | array[..., 1] << 8 | array[..., 2]
        return _flats(labels, entries, relief)
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError, zlib.error) as error:
        raise InputError(f"{path} is a damaged region map: its list of regions does not fit its pixels.") from error


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


def _flats(labels: NDArray[np.int32], entries: list[dict[str, Any]], relief: dict[str, Any] | None) -> Flats:
    count = len(entries)
    if not count or labels.max() >= count or any(entry["number"] != n for n, entry in enumerate(entries)):
        raise ValueError("numbers")
    colors = np.array([list(bytes.fromhex(entry["color"].removeprefix("#"))) for entry in entries], np.uint8)
    return Flats(
        regions=Regions(
            labels, np.array([entry["area"] for entry in entries], np.int64), np.ones(labels.shape, np.float32)
        ),
        colors=colors.reshape(count, 3),
        painted=np.array([bool(entry["painted"]) for entry in entries]),
        hinted=np.array([bool(entry["hinted"]) for entry in entries]),
        sure=np.array([float(entry["sure"]) for entry in entries], np.float32),
        names=tuple(_printable(entry["name"]) for entry in entries),
        relief=None if relief is None else _unpacked(relief),
    )


def _printable(name: str) -> str:
    if not isinstance(name, str) or (name and not name.isprintable()):
        raise ValueError("name")
    return name
