"""Files that are damaged, or made to hurt: one sentence, little memory and time, and not a word on stderr beside it.

What a bad file costs is measured in a process of its own.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from colorgan_core.errors import InputError
from colorgan_core.picture.pixels import read_picture

MEMORY = 600  # MB; a process that has imported the reader has 40 to 60
SECONDS = 20  # of processor time
READERS = {
    ".kpl": "from colorgan_core.picture.palettes import read_palette as read",
    ".ase": "from colorgan_core.picture.palettes import read_palette as read",
    ".gpl": "from colorgan_core.picture.palettes import read_palette as read",
    ".regions.png": "from colorgan_core.lineart.region_map import read_region_map as read",
    "": "from colorgan_core.picture.pixels import read_picture as read",
}
MEASURE = """
import json, resource, sys
from pathlib import Path
from colorgan_core.errors import InputError
{imports}
try:
    read(sys.argv[1])
    sentence = None
except InputError as error:
    sentence = str(error)
used = resource.getrusage(resource.RUSAGE_SELF)
memory, status = used.ru_maxrss, Path("/proc/self/status")
if status.exists():  # Linux counts the memory of the process that has started this one into ru_maxrss
    memory = int(status.read_text().split("VmHWM:")[1].split()[0])
print(json.dumps([sentence, memory / 1024, used.ru_utime + used.ru_stime]))
"""


def cost(path: Path) -> tuple[str | None, float, float]:
    """What reading a file gives: the sentence of an InputError or None, MB and seconds."""
    reader = next(imports for ending, imports in READERS.items() if path.name.endswith(ending))
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE.format(imports=reader), str(path)], capture_output=True, text=True, timeout=250
    )
    assert ran.returncode == 0 and ran.stderr == "", ran.stderr
    sentence, memory, seconds = json.loads(ran.stdout)
    return sentence, memory, seconds


def png(width: int, height: int, depth: int, color: int, rows: bytes, *extras: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extras) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed(piece: bytes, times: int) -> bytes:
    """zlib's form of a piece over and over, which is never whole in memory."""
    encoder = zlib.compressobj(6)
    return b"".join(encoder.compress(piece) for _ in range(times)) + encoder.flush()


def gif(width: int, height: int) -> bytes:
    """43 bytes, whatever size it claims."""
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\xff\xff\xff\0\0\0"
    frame = b"!\xf9\x04\1\0\0\0\0," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02D\x01\0;"
    return b"GIF89a" + screen + frame


def webp(width: int, height: int) -> bytes:
    """A moving picture of 16 x 16 on a canvas of another size."""

    def part(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    def three(number: int) -> bytes:
        return struct.pack("<I", number)[:3]

    still = encoded(np.zeros((16, 16, 3), np.uint8), "WEBP", lossless=True)[12:]
    frame = part(b"ANMF", three(0) * 2 + three(15) * 2 + three(100) + b"\0" + still)
    canvas = part(b"VP8X", b"\2\0\0\0" + three(width - 1) + three(height - 1))
    body = b"WEBP" + canvas + part(b"ANIM", bytes(6)) + 2 * frame
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bmp(width: int, height: int) -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 8, 1, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 1178, 0, 0, 1078) + info + bytes(1124)


def tiff(data: bytes, **change: int) -> bytes:
    """A page of 1 x 1 in grey, but for what is told otherwise; its one strip or tile is `data`."""
    tags = {"t256": 1, "t257": 1, "t258": 8, "t259": 8, "t262": 1, "t277": 1, **change}
    tags |= {"t324": 0, "t325": len(data)} if "t322" in tags else {"t273": 0, "t278": 1, "t279": len(data)}
    start = 8 + 2 + 12 * len(tags) + 4
    entries = [
        struct.pack("<HHII", int(name[1:]), 4, 1, start if name in ("t273", "t324") else value)
        for name, value in sorted(tags.items())
    ]
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(entries) + bytes(4) + data


def jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    data = bytearray(encoded(np.zeros((16, 16), np.uint8), "JPEG"))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def kpl(colorset: str, profiles: int) -> bytes:
    """A palette whose colours are in the profiles "0", "1" and so on."""
    data, profile = io.BytesIO(), bytes(imagecodecs.cms_profile("adobergb"))
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as folder:
        listed = "".join(f'<Profile name="{n}" filename="{n}"/>' for n in range(profiles))
        folder.writestr("profiles.xml", f"<Profiles>{listed}</Profiles>")
        for n in range(profiles):
            folder.writestr(str(n), profile)
        folder.writestr("colorset.xml", f"<Colorset>{colorset}</Colorset>")
    return data.getvalue()


def kpl_colors(count: int, profiles: int) -> str:
    return "".join(
        f'<ColorSetEntry><RGB space="{n % profiles}" r="0" g="{n / count:.5f}" b="0"/></ColorSetEntry>'
        for n in range(count)
    )


def encoded(array: Any, kind: str, mode: str | None = None, **options: Any) -> bytes:
    data, image = io.BytesIO(), Image.fromarray(array)
    (image if mode is None else image.convert(mode)).save(data, kind, **options)
    return data.getvalue()


ONE = zlib.compress(b"\0\0")
LAB = struct.pack(">HIH4sfffH", 1, 20, 0, b"LAB ", 0.5, 0.1, 0.1, 2)
LIMITS = r"too large with .* colorgan reads up to 268,435,456 pixels .* and up to 65,535 on a side\.$"
# Each with what its sentence must tell.
HARMFUL: dict[str, tuple[Callable[[], bytes], str]] = {
    "large.gif": (lambda: gif(23_000, 23_000), LIMITS),
    "large.png": (lambda: png(23_000, 23_000, 1, 0, packed(bytes(1 + 2875), 23_000)), LIMITS),
    "large.webp": (lambda: webp(23_000, 23_000), LIMITS),
    "wide.webp": (lambda: webp(1_441_888, 96), LIMITS),
    "large.bmp": (lambda: bmp(23_000, 23_000), LIMITS),
    "large.jpg": (lambda: jpeg_of(23_000, 23_000), LIMITS),
    "large.tif": (lambda: tiff(ONE, t256=23_000, t257=23_000), LIMITS),
    "wide.png": (lambda: png(65_536, 1, 1, 0, ONE), LIMITS),
    "tile.tif": (lambda: tiff(ONE, t322=60_000, t323=60_000), LIMITS),
    "samples.tif": (lambda: tiff(ONE, t256=4096, t257=4096, t277=60_000), "bytes"),
    "deflate.tif": (lambda: tiff(packed(bytes(2**24), 40)), "damaged"),
    "jpeg.tif": (lambda: tiff(jpeg_of(65_000, 65_000), t259=7), "larger than the whole"),
    "jpeg2000.tif": (lambda: tiff(ONE, t259=34712), "compressed in a way"),
    "words.png": (lambda: png(1, 1, 8, 0, ONE, chunk(b"zTXt", b"x\0\0" + packed(bytes(2**24), 16))), "1 MB"),
    "profile.png": (lambda: png(1, 1, 8, 0, ONE, chunk(b"iCCP", b"x\0\0" + packed(bytes(2**24), 16))), "1 MB"),
    "many.regions.png": (
        lambda: png(1, 1, 8, 0, ONE, chunk(b"zTXt", b"colorgan:regions\0\0" + packed(b"[" + 2**20 * b"{},", 85))),
        "region map",
    ),
    "deep.regions.png": (
        lambda: png(1, 1, 8, 0, ONE, chunk(b"zTXt", b"colorgan:regions\0\0" + packed(2**20 * b"[", 85))),
        "region map",
    ),
    "more.regions.png": (
        lambda: png(1, 1, 8, 0, ONE, chunk(b"zTXt", b"colorgan:regions\0\0" + zlib.compress(regions(300)))),
        "more than 256 regions for 1 pixels",
    ),
    "many.kpl": (lambda: kpl(kpl_colors(45_000, 1), 1), "more than the 4,096 colours"),
    "profiles.kpl": (lambda: kpl(kpl_colors(4000, 4000), 4000), "64 colour profiles"),
    "many.ase": (lambda: b"ASEF" + struct.pack(">HHI", 1, 0, 160_000) + 160_000 * LAB, "more than the 4,096 colours"),
    "lines.gpl": (lambda: b"GIMP Palette\n" + 2**21 * b"\n", "65,536 lines"),
}


def regions(count: int) -> bytes:
    entry = {"color": "#102030", "name": "", "painted": True, "hinted": False, "sure": 1, "area": 0}
    return json.dumps([{"number": number, **entry} for number in range(count)]).encode()


@pytest.mark.parametrize("name", HARMFUL)
def test_what_would_take_much_is_refused_before_it_does(name: str, tmp_path: Path) -> None:
    build, words = HARMFUL[name]
    (tmp_path / name).write_bytes(build())
    sentence, memory, seconds = cost(tmp_path / name)
    assert sentence is not None and sentence.startswith(str(tmp_path / name)) and sentence.endswith(".")
    with pytest.raises(InputError, match=words):
        raise InputError(sentence)
    assert memory < MEMORY and seconds < SECONDS, (memory, seconds)


@pytest.mark.parametrize(("name", "build"), [("p.gif", gif), ("p.webp", webp)])
def test_the_longest_sides_are_read(name: str, build: Callable[[int, int], bytes], tmp_path: Path) -> None:
    """The limit is where the sentence tells it: just inside, a picture is a picture."""
    (tmp_path / name).write_bytes(build(65_535, 16))
    assert read_picture(tmp_path / name).size == (65_535, 16)


def test_a_palette_of_many_colors_of_a_profile_is_read(tmp_path: Path) -> None:
    (tmp_path / "full.kpl").write_bytes(kpl(kpl_colors(4096, 3), 3))
    sentence, memory, seconds = cost(tmp_path / "full.kpl")
    assert sentence is None and memory < MEMORY and seconds < SECONDS


def whole_files() -> dict[str, bytes]:
    """A small picture in every way of storing one."""
    y, x = np.mgrid[0:64, 0:64]
    soft = np.dstack([x * 4, y * 4, (x + y) * 2]).astype(np.uint8)
    array = np.where(y[..., None] % 5, soft, np.random.default_rng(0).integers(0, 256, soft.shape, np.uint8))
    deep = array.astype(np.uint16) * 257
    files = {kind: encoded(array, kind) for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP")}
    files["lossless WEBP"] = encoded(array, "WEBP", lossless=True)
    files["progressive JPEG"] = encoded(array, "JPEG", progressive=True)
    files["deep PNG"] = imagecodecs.png_encode(deep)
    for way in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        files[f"TIFF {way}"] = encoded(array, "TIFF", compression=way)
    for way in ("group3", "group4", "tiff_ccitt"):
        files[f"TIFF {way}"] = encoded(array, "TIFF", "1", compression=way)
    for mode in ("CMYK", "P", "YCbCr", "LAB"):
        files[f"TIFF {mode}"] = encoded(array, "TIFF", mode, compression="tiff_lzw")
    for name, pixels, options in (
        ("16 bits", deep, {"compression": "zlib", "predictor": True}),
        ("LZW of 16 bits", deep, {"compression": "lzw"}),
        ("floats", (array / 255).astype(np.float32), {"compression": "zlib", "predictor": 3}),
        ("tiles", array, {"tile": (16, 16), "compression": "zlib"}),
    ):
        data = io.BytesIO()
        tifffile.imwrite(data, pixels, photometric="rgb", **options)
        files[f"TIFF in {name}"] = data.getvalue()
    return files


WHOLE = whole_files()


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Cut short, or with a few bytes changed: anywhere, at the beginning or at the end."""
    where = chance.randrange(4)
    if where == 0:
        return data[: chance.randrange(len(data))]
    changed, reach = bytearray(data), min(len(data), 250)
    for _ in range(chance.randrange(1, 5)):
        at = {1: chance.randrange(len(data)), 2: chance.randrange(reach), 3: len(data) - 1 - chance.randrange(reach)}
        changed[at[where]] = chance.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("name", WHOLE)
def test_damage_is_one_sentence_and_no_words_of_the_decoders(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    path, chance, refused = tmp_path / "picture", random.Random(name), 0
    path.write_bytes(WHOLE[name])
    assert read_picture(path).size == (64, 64)
    for _ in range(60):
        path.write_bytes(damaged(WHOLE[name], chance))
        try:
            read_picture(path)
        except InputError as error:
            refused += 1
            assert str(path) in str(error) and str(error).endswith(".")
    assert refused > 5
    assert capfd.readouterr() == ("", "")
    assert not caplog.records, "what is logged and has no handler goes to stderr"


EXTRAS = {
    "rows": b"",
    "profile": chunk(b"iCCP", b"x\0\0" + zlib.compress(b"no profile at all")),
    "twice": chunk(b"gAMA", struct.pack(">I", 45455)) * 2,
    "length": chunk(b"pHYs", b"\0"),
    "curve": chunk(b"sRGB", b"\x63"),
    "words": chunk(b"zTXt", b"x\0\0no zlib"),
    "time": chunk(b"tIME", bytes(9)),
    "transparency": chunk(b"tRNS", bytes(5)),
    "sum": chunk(b"gAMA", struct.pack(">I", 45455))[:-1] + b"x",
}


@pytest.mark.parametrize("name", EXTRAS)
@pytest.mark.parametrize("depth", [8, 16])
def test_libpng_prints_nothing_about_what_lies_beside_the_pixels(
    name: str, depth: int, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    row = bytes(1 + 6 * depth // 8)
    rows = 3 * row if name == "rows" else row  # more than the header tells
    (tmp_path / "a.png").write_bytes(png(2, 1, depth, 2, zlib.compress(rows), EXTRAS[name]))
    with contextlib.suppress(InputError):
        assert read_picture(tmp_path / "a.png").size == (2, 1)
    assert capfd.readouterr() == ("", "")
    assert not caplog.records, "what is logged and has no handler goes to stderr"


def test_an_interlaced_deep_png_is_read_without_a_word(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    data = bytearray(png(1, 1, 16, 0, zlib.compress(b"\0\x12\x34")))
    data[28] = 1  # Adam7, whose first pass has the only pixel
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    (tmp_path / "a.png").write_bytes(data)
    assert (read_picture(tmp_path / "a.png").array == 0x1234).all()
    assert capfd.readouterr() == ("", "")
    assert not caplog.records, "what is logged and has no handler goes to stderr"


@given(st.sampled_from(sorted(WHOLE)), st.randoms(use_true_random=False), st.binary(max_size=60))
@settings(max_examples=150)
def test_any_bytes_are_a_picture_or_one_sentence(name: str, chance: random.Random, junk: bytes) -> None:
    data = damaged(WHOLE[name], chance)
    at = chance.randrange(len(data) + 1)
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(InputError):
        path = Path(folder) / "picture"
        path.write_bytes(data[:at] + junk + data[at:] if chance.random() < 0.5 else data[: at % 40] + junk)
        assert read_picture(path).array.ndim == 3


def zipped(mimetype: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as folder:
        folder.writestr("mimetype", mimetype)
    return data.getvalue()


OTHERS = {
    "a.svg": (b'<?xml version="1.0"?>\n<!-- made -->\n<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
    "b.svg": (b'  <svg width="10" height="10"></svg>', "an SVG drawing"),
    "a.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC picture"),
    "b.heif": (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "a HEIC picture"),
    "a.avif": (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "an AVIF picture"),
    "a.psd": (b"8BPS\0\1" + bytes(20), "a Photoshop file"),
    "a.kra": (zipped("application/x-krita"), "a Krita file"),
    "a.ora": (zipped("image/openraster"), "an OpenRaster file"),
    "a.xcf": (b"gimp xcf v011\0", "a GIMP file"),
    "a.clip": (b"CSFCHUNK" + bytes(20), "a Clip Studio file"),
    "a.pdf": (b"%PDF-1.7\n", "a PDF document"),
    "a.eps": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a PostScript drawing"),
    "a.jxl": (b"\xff\x0a" + bytes(20), "a JPEG XL picture"),
    "a.mp4": (b"\0\0\0\x18ftypisom\0\0\2\0", "a video"),
    "a.cr3": (b"\0\0\0\x18ftypcrx \0\0\0\1", "a camera's raw picture"),
    "a.NEF": (WHOLE["TIFF raw"], "a camera's raw picture"),
    "a.tga": (b"\0\0\2\0\0\0\0\0\0\0\0\0\1\0\1\0\x18\0abc", "a Targa picture"),
    "page.png": (b"<!DOCTYPE html>\n<html><title>Not found</title><svg></svg></html>", "a web page"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_kinds_that_are_not_read_have_their_names(name: str, tmp_path: Path) -> None:
    data, words = OTHERS[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=rf"{name} is {words}.*, which colorgan does not read; .*\.$") as raised:
        read_picture(tmp_path / name)
    assert "damaged" not in str(raised.value) and ("PNG" in str(raised.value) or name == "page.png")


def test_a_wrong_ending_does_not_keep_a_picture_from_being_read(tmp_path: Path) -> None:
    for ending in ("svg", "psd", "heic", "tga"):
        (tmp_path / f"a.{ending}").write_bytes(WHOLE["PNG"])
        assert read_picture(tmp_path / f"a.{ending}").size == (64, 64)
