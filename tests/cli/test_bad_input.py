"""Bad input to `colorgan colorize`: one sentence, an exit code, nothing half-written; and odd but good input, which
works."""

from __future__ import annotations

import contextlib
import io
import resource
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from colorgan_core.picture.pixels import read_picture

Array = np.ndarray[Any, Any]
USAGE, INPUT, OUTPUT, WEIGHTS = 2, 3, 4, 5

pytestmark = pytest.mark.usefixtures("painter")


def noise(*shape: int) -> Array:
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def encoded(array: Array, kind: str, **options: Any) -> bytes:
    data = io.BytesIO()
    Image.fromarray(array).save(data, kind, **options)
    return data.getvalue()


def png(width: int, height: int, depth: int, color: int, rows: bytes) -> bytes:
    """A PNG by the standard's book, for what Pillow does not write."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff(array: Array, **options: Any) -> bytes:
    data = io.BytesIO()
    tifffile.imwrite(data, array, **options)
    return data.getvalue()


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def scrambled(data: bytes) -> bytes:
    """The same header, then nonsense of the same length."""
    return data[:60] + bytes(255 - byte for byte in data[60:])


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


PICTURE = noise(64, 64, 3)
BAD = {
    "empty.png": b"",
    "words.png": b"this is not a picture",
    "truncated.png": half(encoded(PICTURE, "PNG")),
    "truncated.jpg": half(encoded(PICTURE, "JPEG")),
    "truncated.webp": half(encoded(PICTURE, "WEBP", lossless=True)),
    "truncated.gif": half(encoded(PICTURE, "GIF")),
    "truncated.tif": half(encoded(PICTURE, "TIFF")),
    "truncated-deflate.tif": half(encoded(PICTURE, "TIFF", compression="tiff_adobe_deflate")),
    "truncated-lzw.tif": half(encoded(PICTURE, "TIFF", compression="tiff_lzw")),
    "truncated-16.png": half(png(16, 16, 16, 2, (b"\0" + noise(96).tobytes()) * 16)),
    "truncated-16.tif": half(tiff(PICTURE.astype(np.uint16), photometric="rgb")),
    "corrupt.png": scrambled(encoded(PICTURE, "PNG")),
    "corrupt.webp": scrambled(encoded(PICTURE, "WEBP", lossless=True)),
    "corrupt-float.tif": scrambled(tiff(PICTURE.astype(np.float32), photometric="rgb", compression="zlib")),
    "0x0.png": png(0, 0, 8, 2, b""),
    "0x5.png": png(0, 5, 8, 2, bytes(5)),
    "5x0.png": png(5, 0, 8, 2, b""),
    "bomb.png": png(100_000, 100_000, 8, 2, b""),
    "nan.tif": tiff(np.full((8, 8, 3), np.nan, np.float32), photometric="rgb"),
    "infinite.tif": tiff(np.full((8, 8, 3), np.inf, np.float32), photometric="rgb"),
    "signed.tif": tiff(np.zeros((8, 8), np.int16)),
}


@pytest.mark.parametrize("name", BAD)
def test_unreadable_picture(name: str, tmp_path: Path, run: Callable[..., Any]) -> None:
    bad, out = tmp_path / name, tmp_path / "out.png"
    bad.write_bytes(BAD[name])
    out.write_bytes(b"older work")
    before = files_in(tmp_path)
    ran = run("colorize", bad, "-o", out)
    assert ran.code == INPUT
    assert name in ran.sentence
    assert files_in(tmp_path) == before


@pytest.mark.parametrize("option", ["hints", "bare", "reference", "palette"])
def test_unreadable_other_picture(option: str, tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    Image.fromarray(drawing).save(tmp_path / "in.png")
    (tmp_path / "bad.png").write_bytes(BAD["truncated.png"])
    ran = run("colorize", tmp_path / "in.png", "-o", tmp_path / "out.png", f"--{option}", tmp_path / "bad.png")
    assert ran.code == INPUT and "bad.png" in ran.sentence
    assert set(files_in(tmp_path)) == {"in.png", "bad.png"}


def test_missing_picture_and_folder_as_picture(tmp_path: Path, run: Callable[..., Any]) -> None:
    ran = run("colorize", tmp_path / "nowhere.png", "-o", tmp_path / "out.png")
    assert ran.code == INPUT and "does not exist" in ran.sentence
    ran = run("colorize", tmp_path, "-o", tmp_path / "out.png")
    assert ran.code == INPUT and "is a folder" in ran.sentence
    assert files_in(tmp_path) == {}


GOOD = {
    "1x1.png": (encoded(noise(1, 1, 3), "PNG"), (1, 1), np.uint8, None),
    "1xN.png": (encoded(noise(200, 1, 3), "PNG"), (200, 1), np.uint8, None),
    "Nx1.png": (encoded(noise(1, 200, 3), "PNG"), (1, 200), np.uint8, None),
    "2x3.png": (encoded(noise(2, 3, 3), "PNG"), (2, 3), np.uint8, None),
    "gray-16.png": (png(5, 7, 16, 0, (b"\0" + noise(10).tobytes()) * 7), (7, 5), np.uint16, None),
    "rgb-16.png": (png(5, 7, 16, 2, (b"\0" + bytes(30)) * 7), (7, 5), np.uint16, None),
    "rgb-16.tif": (tiff(noise(7, 5, 3).astype(np.uint16) * 257, photometric="rgb"), (7, 5), np.uint16, None),
    "float.tif": (tiff(np.ones((7, 5, 3), np.float32), photometric="rgb"), (7, 5), np.uint16, None),
    "bright.tif": (tiff(np.full((7, 5, 3), 2, np.float32), photometric="rgb"), (7, 5), np.uint16, "outside 0 to 1"),
    "palette.gif": (encoded(noise(7, 5), "GIF"), (7, 5), np.uint8, None),
}


@pytest.mark.parametrize("name", GOOD)
def test_odd_picture_works(name: str, tmp_path: Path, run: Callable[..., Any]) -> None:
    data, size, depth, note = GOOD[name]  # depth: the deepest that PNG has for it
    (tmp_path / name).write_bytes(data)
    ran = run("colorize", tmp_path / name, "-o", tmp_path / "out.png")
    assert ran.code == 0, ran.err
    result = read_picture(tmp_path / "out.png").array
    assert result.shape[:2] == size and result.dtype == depth
    said = about_the_file(ran.err)
    assert (note in said) if note else said == ""


def about_the_file(err: str) -> str:
    """What was said beside what a picture was taken for: pictures of a few pixels are neither."""
    return "".join(
        line for line in err.splitlines() if not line.startswith(("colorgan: Taken for", "colorgan: No lines were"))
    )


@pytest.mark.parametrize(("width", "height"), [(3000, 1), (1, 3000), (8000, 2), (2, 8000), (20_000, 5)])
def test_line_art_thinner_than_a_step_of_its_coarse_copy(
    width: int, height: int, tmp_path: Path, run: Callable[..., Any]
) -> None:
    lines = np.full((height, width, 3), 255, np.uint8)
    lines.reshape(-1, 3)[::97] = 0
    hints = np.zeros((height, width, 4), np.uint8)
    hints.reshape(-1, 4)[10:60] = (255, 0, 0, 255)
    Image.fromarray(lines).save(tmp_path / "in.png")
    Image.fromarray(hints).save(tmp_path / "hints.png")
    for options in ([], ["--hints", tmp_path / "hints.png"]):
        ran = run("colorize", tmp_path / "in.png", "-o", tmp_path / "out.png", "--task", "lineart", *options)
        assert ran.code == 0, ran.err
        result = read_picture(tmp_path / "out.png")
        assert result.size == (width, height)
        assert (result.array.reshape(-1, 3)[::97] == 0).all(), "the ink stays"


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "LAB"])
def test_color_modes_work(mode: str, tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    path = tmp_path / "in.tif"
    picture = Image.fromarray(drawing)
    if mode == "LAB":
        picture = Image.merge("LAB", [picture.convert("L"), *2 * [Image.new("L", picture.size, 128)]])
    else:
        picture = picture.convert(mode)
    picture.save(path)
    assert run("colorize", path, "-o", tmp_path / "out.tif").code == 0
    assert read_picture(tmp_path / "out.tif").size == (64, 48)


@pytest.mark.parametrize("kind", [".png", ".webp", ".tif"])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_alpha_is_kept(mode: str, kind: str, tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    alpha = noise(48, 64)
    picture = Image.fromarray(drawing).convert(mode)
    picture.putalpha(Image.fromarray(alpha))
    picture.save(tmp_path / "in.png")
    assert run("colorize", tmp_path / "in.png", "-o", tmp_path / f"out{kind}").code == 0
    np.testing.assert_array_equal(read_picture(tmp_path / f"out{kind}").array[..., 3], alpha)


def test_jpeg_says_that_transparency_is_lost(tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    picture = Image.fromarray(drawing)
    picture.putalpha(100)
    picture.save(tmp_path / "in.png")
    ran = run("colorize", tmp_path / "in.png", "-o", tmp_path / "out.jpg")
    assert ran.code == 0 and "no transparency" in ran.sentence


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_animation_gives_its_first_frame_with_a_word(kind: str, tmp_path: Path, run: Callable[..., Any]) -> None:
    frames = [Image.new("RGB", (20, 10), color) for color in ("white", "red", "blue")]
    path = tmp_path / f"in.{kind}"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    ran = run("colorize", path, "-o", tmp_path / "out.png")
    assert ran.code == 0 and "only its first frame" in about_the_file(ran.err)
    np.testing.assert_array_equal(read_picture(path).array, 255)


def test_hints_and_bare_of_another_size(tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    Image.fromarray(drawing).save(tmp_path / "in.png")
    Image.new("RGBA", (64, 47)).save(tmp_path / "other.png")
    for option in ("--hints", "--bare"):
        ran = run("colorize", tmp_path / "in.png", "-o", tmp_path / "out.png", option, tmp_path / "other.png")
        assert ran.code == INPUT
        assert "64 x 48" in ran.sentence and "64 x 47" in ran.sentence
    assert set(files_in(tmp_path)) == {"in.png", "other.png"}


def test_hints_without_transparency(tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    Image.fromarray(drawing).save(tmp_path / "in.png")
    ran = run("colorize", tmp_path / "in.png", "-o", tmp_path / "out.png", "--hints", tmp_path / "in.png")
    assert ran.code == INPUT and "no transparency" in ran.sentence


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--palette", "#12"], "#12"),
        (["--palette", ""], "empty"),
        (["--palette", "nonsense"], "nonsense"),
        (["--task", "photo"], "photo"),
        (["--seed", "-1"], "-1"),
        (["--device", "abacus"], "abacus"),
        (["--hint", "x"], "--hint"),
    ],
)
def test_bad_options(options: list[str], word: str, tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    Image.fromarray(drawing).save(tmp_path / "in.png")
    ran = run("colorize", tmp_path / "in.png", "-o", tmp_path / "out.png", *options)
    assert ran.code == USAGE and word in ran.sentence


@pytest.mark.parametrize(
    ("name", "words"), [("out", "has no suffix"), ("out.xcf", ".xcf is not"), ("out.gif", ".gif is not")]
)
@pytest.mark.parametrize("command", ["colorize", "stylize", "colorize --layers=flats"])
def test_unknown_ending(
    name: str, words: str, command: str, tmp_path: Path, run: Callable[..., Any], drawing: Array
) -> None:
    """The sentence names the ending that is there, and all that could be."""
    Image.fromarray(drawing).save(tmp_path / "in.png")
    style = ["--style", tmp_path / "in.png"] if command == "stylize" else []
    ran = run(*command.split(), tmp_path / "in.png", "-o", tmp_path / name, *style)
    assert ran.code == USAGE and words in ran.sentence
    assert (".ora" if "layers" in command else ".webp") in ran.sentence
    assert ("has no suffix" in ran.sentence) == (name == "out")
    assert set(files_in(tmp_path)) == {"in.png"}


LONG = "n" * 300  # file systems take 255 bytes


@pytest.mark.parametrize(
    "option", ["hints", "bare", "merge", "split", "reference", "palette", "regions", "weights", "report", "output"]
)
def test_a_name_that_is_too_long(option: str, tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    Image.fromarray(drawing).save(tmp_path / "in.png")
    names = {"output": tmp_path / "out.png", option: tmp_path / f"{LONG}.png"}
    ran = run("colorize", tmp_path / "in.png", *(word for name, path in names.items() for word in (f"--{name}", path)))
    assert ran.code in (INPUT, OUTPUT, WEIGHTS) and LONG in ran.sentence
    assert set(files_in(tmp_path)) == {"in.png"}


def test_a_source_and_a_style_whose_names_are_too_long(tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    Image.fromarray(drawing).save(tmp_path / "in.png")
    for source, style in ((f"{LONG}.png", "in.png"), ("in.png", f"{LONG}.png"), ("in.png", f"{LONG}.png:0.5")):
        ran = run("stylize", tmp_path / source, "-o", tmp_path / "out.png", "--style", tmp_path / style)
        assert ran.code == INPUT and "too long" in ran.sentence
    ran = run("colorize", tmp_path / f"{LONG}.png", "-o", tmp_path / "out.png")
    assert ran.code == INPUT and "too long" in ran.sentence


def test_the_longest_name_is_written(tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    Image.fromarray(drawing).save(tmp_path / "in.png")
    for name in ("n" * 251 + ".png", "\u58a8" * 83 + ".png"):
        assert run("colorize", tmp_path / "in.png", "-o", tmp_path / name).code == 0
        assert read_picture(tmp_path / name).size == (64, 48)


def test_many_colors_with_a_typo(tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    """Longer together than a file's name may be: the wrong one is named, and not all of them."""
    Image.fromarray(drawing).save(tmp_path / "in.png")
    colors = [f"aabb{number:02x}" for number in range(45)]
    right = run("colorize", tmp_path / "in.png", "-o", tmp_path / "out.png", "--palette", ",".join(colors))
    assert right.code == 0
    colors[30] = "aabbcx"
    ran = run("colorize", tmp_path / "in.png", "-o", tmp_path / "out.png", "--palette", ",".join(colors))
    assert ran.code == USAGE and ran.sentence.startswith("aabbcx is not a colour") and len(ran.sentence) < 200


def test_unwritable_places(tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    """Places that even root cannot write to, told before the work begins."""
    Image.fromarray(drawing).save(tmp_path / "in.png")
    (tmp_path / "folder.png").mkdir()
    places = [tmp_path / "in.png" / "out.png", tmp_path / "nowhere" / "out.png", tmp_path / "folder.png"]
    places += [Path("/proc/out.png")] if Path("/proc/self").exists() else []
    for place in places:
        ran = run("colorize", tmp_path / "in.png", "-o", place)
        assert ran.code == OUTPUT and str(place) in ran.sentence
        assert ("folder does not exist" in ran.sentence) == (not place.parent.exists()), ran.sentence
        assert ("no file can be made in /proc" in ran.sentence) == (place.parent == Path("/proc")), ran.sentence
    assert set(files_in(tmp_path)) == {"in.png"}


@contextlib.contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The kernel refuses to let any file of this process grow further: a disk that is full, for real."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("kind", [".png", ".jpg", ".webp", ".tif"])
def test_full_disk_keeps_the_old_file(kind: str, tmp_path: Path, run: Callable[..., Any]) -> None:
    Image.fromarray(noise(256, 256, 3)).save(tmp_path / "in.png")
    (tmp_path / f"out{kind}").write_bytes(b"older work")
    before = files_in(tmp_path)
    with largest_file(20_000):
        ran = run("colorize", tmp_path / "in.png", "-o", tmp_path / f"out{kind}")
    assert ran.code == OUTPUT and "disk is full" in ran.sentence
    assert files_in(tmp_path) == before


def test_weights_that_are_none(tmp_path: Path, run: Callable[..., Any], drawing: Array) -> None:
    Image.fromarray(drawing).save(tmp_path / "in.png")
    (tmp_path / "bad.safetensors").write_bytes(b"no weights at all")
    for weights in ("bad.safetensors", "missing.safetensors"):
        ran = run("colorize", tmp_path / "in.png", "-o", tmp_path / "out.png", "--weights", tmp_path / weights)
        assert ran.code == WEIGHTS and weights in ran.sentence
    assert "out.png" not in files_in(tmp_path)
