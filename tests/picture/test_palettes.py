"""Palettes from text, from the palette files of other programs, put together here by their books, and from pictures."""

from __future__ import annotations

import contextlib
import io
import struct
import tempfile
import zipfile
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from colorgan_core.errors import InputError, UsageError
from colorgan_core.inference.request import build_request
from colorgan_core.picture.palettes import read_palette

# Of sRGB, as x, y, Y of red, green and blue.
PRIMARIES = (0.64, 0.33, 1, 0.3, 0.6, 1, 0.15, 0.06, 1)
COLORS = st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=300, unique=True)


@given(COLORS, st.sampled_from([",", ", ", " ", ";"]))
def test_colors_as_text(colors: list[tuple[int, int, int]], separator: str) -> None:
    text = separator.join("#" + bytes(color).hex() for color in colors)
    assert read_palette(text).colors.tolist() == [list(color) for color in colors]


def test_short_forms_and_repetitions() -> None:
    assert read_palette("#fff, #F00,#ff0000").colors.tolist() == [[255, 255, 255], [255, 0, 0]]
    assert read_palette("aabbcc,ddeeff").colors.tolist() == [[0xAA, 0xBB, 0xCC], [0xDD, 0xEE, 0xFF]]


@pytest.mark.parametrize("text", ["#12", "#gggggg", "#aabbcc,red", "", "  ", "crimson"])
def test_text_that_is_no_palette(text: str) -> None:
    with pytest.raises(UsageError):
        read_palette(text)


GPL = "GIMP Palette\nName: Two\nColumns: 3\n# a comment\n  0   0   0\tInk\n255 200   0 Sun flower\n\n0 0 0\n"


def test_gimp_palette(tmp_path: Path) -> None:
    path = tmp_path / "two.gpl"
    path.write_text(GPL, encoding="utf-8")
    palette = read_palette(str(path))
    assert palette.colors.tolist() == [[0, 0, 0], [255, 200, 0]]
    assert palette.colors.dtype == np.uint8
    assert palette.names == ("Ink", "Sun flower")


def test_first_name_of_a_color_wins(tmp_path: Path) -> None:
    lines = ["GIMP Palette", "1 2 3 Untitled", "4 5 6", "1 2 3 Ink", "1 2 3 Night", "7 8 9 \u58a8"]
    (tmp_path / "a.gpl").write_text("\n".join(lines), encoding="utf-8")
    palette = read_palette(str(tmp_path / "a.gpl"))
    assert palette.colors.tolist() == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    assert palette.names == ("Ink", "", "\u58a8")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GIMP Palette\nName: None\n",
        "JASC-PAL\n0 0 0\n",
        "GIMP Palette\n0 0 256\n",
        "GIMP Palette\n0 0\n",
        "GIMP Palette\n1 2 3a\n",
    ],
)
def test_damaged_gimp_palette(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.gpl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.gpl"):
        read_palette(str(path))


LIST = "; a comment\n# another, no colour\n// a third\n\n#102030  Dark  blue\nA0B0C0\n#fff\n#bad idea\n#102030 again\n"


@pytest.mark.parametrize("kind", ["hex", "txt", "HEX"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_list_in_a_file(kind: str, end: str, tmp_path: Path) -> None:
    path = tmp_path / f"list.{kind}"
    path.write_bytes(b"\xef\xbb\xbf" + LIST.replace("\n", end).encode())
    palette = read_palette(str(path))
    assert palette.colors.tolist() == [[0x10, 0x20, 0x30], [0xA0, 0xB0, 0xC0], [255, 255, 255]]
    assert palette.names == ("Dark blue", "", "")


@pytest.mark.parametrize("text", ["", "; nothing but words\n", "#102030\nred\n", "FF102030\n"])
def test_file_that_is_no_list(text: str, tmp_path: Path) -> None:
    (tmp_path / "bad.hex").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.hex"):
        read_palette(str(tmp_path / "bad.hex"))


def test_too_many_colors(tmp_path: Path) -> None:
    path = tmp_path / "many.hex"
    path.write_text("\n".join(f"{number:06x}" for number in range(4096)), encoding="utf-8")
    assert len(read_palette(str(path)).colors) == len(read_palette(str(path)).names) == 4096
    path.write_text("\n".join(f"{number:06x}" for number in range(4097)), encoding="utf-8")
    with pytest.raises(InputError, match=r"many\.hex has more than the 4,096 colours"):
        read_palette(str(path))


def test_far_too_large_a_file(tmp_path: Path) -> None:
    for kind in ("ase", "gpl", "kpl", "txt"):
        with (tmp_path / f"large.{kind}").open("wb") as file:
            file.truncate(2**24 + 1)
        with pytest.raises(InputError, match=rf"large\.{kind} is too large"):
            read_palette(str(tmp_path / f"large.{kind}"))


def ase(*blocks: bytes, count: int | None = None) -> bytes:
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(blocks) if count is None else count) + b"".join(blocks)


def block(kind: int, content: bytes) -> bytes:
    return struct.pack(">HI", kind, len(content)) + content


def swatch(name: str, model: bytes, *values: float) -> bytes:
    text = name.encode("utf-16-be") + b"\0\0"
    return block(1, struct.pack(">H", len(text) // 2) + text + model + struct.pack(f">{len(values)}fH", *values, 2))


GROUP = block(0xC001, struct.pack(">H", 3) + "G1\0".encode("utf-16-be"))
EXCHANGE = ase(
    swatch("Red", b"RGB ", 1, 0, 0),
    GROUP,
    swatch("Bl\u00e4u \U0001f3a8", b"RGB ", 0.2, 0.4, 1),
    swatch("Ink", b"CMYK", 0, 0.5, 1, 0.5),
    block(0xC002, b""),
    swatch("Middle", b"LAB ", 0.5, 0, 0),
    swatch("", b"Gray", 0.2),
    swatch("Red again", b"RGB ", 1, 0, 0),
)
EXCHANGED = {
    (255, 0, 0): "Red",
    (51, 102, 255): "Bl\u00e4u \U0001f3a8",
    (128, 64, 0): "Ink",
    (119, 119, 119): "Middle",
    (51, 51, 51): "",
}


def read_bytes(path: Path, data: bytes) -> dict[tuple[int, ...], str]:
    path.write_bytes(data)
    palette = read_palette(str(path))
    return dict(zip(map(tuple, palette.colors.tolist()), palette.names, strict=True))


def test_adobe_swatches(tmp_path: Path) -> None:
    assert list(read_bytes(tmp_path / "a.ase", EXCHANGE).items()) == list(EXCHANGED.items())


def test_cut_adobe_swatches(tmp_path: Path) -> None:
    for end in range(len(EXCHANGE)):
        with pytest.raises(InputError, match=r"a\.ase"):
            read_bytes(tmp_path / "a.ase", EXCHANGE[:end])


@pytest.mark.parametrize(
    "data",
    [
        ase(),
        ase(GROUP),
        ase(swatch("", b"RGB ", 1, 0, 0), count=2**32 - 1),
        ase(swatch("", b"RGB ", float("nan"), 0, 0)),
        ase(swatch("", b"LAB ", 1, float("inf"), 0)),
        ase(swatch("", b"HSV ", 1, 0, 0)),
        ase(block(1, struct.pack(">H", 65535) + b"RGB " + bytes(12))),
        ase(struct.pack(">HI", 1, 2**32 - 1) + bytes(30)),
        ase(block(1, swatch("", b"RGB ", 1, 0, 0)[6:-9])),
    ],
)
def test_damaged_adobe_swatches(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.ase"):
        read_bytes(tmp_path / "a.ase", data)


NUMBERS = st.floats(-1000, 1000, width=32)


@given(
    st.lists(st.tuples(st.text(max_size=9), st.sampled_from([b"RGB ", b"LAB "]), NUMBERS, NUMBERS, NUMBERS), min_size=1)
)
@settings(max_examples=50)
def test_any_adobe_swatches(swatches: list[tuple[str, bytes, float, float, float]]) -> None:
    """Whatever the names and numbers are: colours in range, each once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.ase"
        read = read_bytes(path, ase(*(swatch(*each) for each in swatches)))
    assert 1 <= len(read) <= len(swatches)
    assert set(read.values()) <= {" ".join(name.replace("\0", " ").split()) for name, *_ in swatches} | {""}


@given(st.data())
@settings(max_examples=100)
def test_scrambled_files(data: st.DataObject) -> None:
    """Bytes changed anywhere: the sentence of an InputError, or a palette, and nothing else."""
    kind, whole = data.draw(st.sampled_from([("ase", EXCHANGE), ("kpl", kpl(COLORSET)), ("gpl", GPL.encode())]))
    scrambled = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        scrambled[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(InputError):
        assert read_bytes(Path(folder) / f"a.{kind}", bytes(scrambled))


@pytest.mark.parametrize(("kind", "whole"), [("gpl", GPL), ("hex", LIST)])
def test_cut_texts(kind: str, whole: str, tmp_path: Path) -> None:
    for end in range(len(whole)):
        with contextlib.suppress(InputError):
            assert len(read_bytes(tmp_path / f"a.{kind}", whole[:end].encode())) <= 4


def kpl(colorset: str, **others: bytes | str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in {"mimetype": "application/x-krita-palette", "colorset.xml": colorset, **others}.items():
            folder.writestr(name, content)
    return data.getvalue()


def entry(name: str, child: str, identity: str = "") -> str:
    attributes = f'name="{name}" id="{identity}" bitdepth="U8" spot="false"'
    return f'<ColorSetEntry {attributes}>{child}<Position row="0" column="0"/></ColorSetEntry>'


COLORSET = (
    '<Colorset name="Some" comment="" columns="9" rows="1" readonly="false" version="1.0">'
    + entry("R\u00f6t &amp; gut", '<sRGB r="1" g="0" b="0"/>')
    + entry("", '<RGB space="sRGB-elle-V2-srgbtrc.icc" r="0.2" g="0.4" b="1.5"/>', "blue-1")
    + '<Group name="More" rows="5">'
    + entry("Ink", '<CMYK space="press" c="0" m="0.5" y="1" k="0.5"/>')
    + entry("Middle", '<Lab space="lab" L="50" a="0" b="0"/>')
    + "</Group>"
    + entry("Dusk", '<Gray space="g" g="0.2"/>')
    + entry("Paper", '<XYZ space="XYZ identity built-in" x="0.9642" y="1" z="0.8249"/>')
    + "</Colorset>"
)
SET = {
    (255, 0, 0): "R\u00f6t & gut",
    (51, 102, 255): "blue-1",
    (128, 64, 0): "Ink",
    (119, 119, 119): "Middle",
    (51, 51, 51): "Dusk",
    (255, 255, 255): "Paper",
}


def test_krita_palette(tmp_path: Path) -> None:
    assert list(read_bytes(tmp_path / "a.kpl", kpl(COLORSET)).items()) == list(SET.items())


def test_profiles_of_a_krita_palette(tmp_path: Path) -> None:
    """Half of the light is 188 in sRGB."""
    linear = imagecodecs.cms_profile("rgb", whitepoint=(0.3127, 0.329, 1), primaries=PRIMARIES, gamma=1.0)
    listed = (
        '<Profiles><Profile name="light" filename="light.icc"/><Profile name="lost" filename="lost.icc"/></Profiles>'
    )
    colors = entry("Known", '<RGB space="light" r="0.5" g="0.5" b="0.5"/>') + entry(
        "", '<RGB space="lost" r="0" g="0" b="0"/>'
    )
    data = kpl(f"<Colorset>{colors}</Colorset>", **{"profiles.xml": listed, "light.icc": bytes(linear)})
    assert read_bytes(tmp_path / "a.kpl", data) == {(188, 188, 188): "Known", (0, 0, 0): ""}
    data = kpl(f"<Colorset>{colors}</Colorset>", **{"profiles.xml": listed, "light.icc": b"no profile"})
    with pytest.raises(InputError, match=r"a\.kpl"):
        read_bytes(tmp_path / "a.kpl", data)


def test_cut_krita_palette(tmp_path: Path) -> None:
    whole = kpl(COLORSET)
    for end in range(len(whole)):
        with pytest.raises(InputError, match=r"a\.kpl"):
            read_bytes(tmp_path / "a.kpl", whole[:end])


ENTITY = '<!DOCTYPE x [<!ENTITY a "b">]>'


@pytest.mark.parametrize(
    "colorset",
    [
        "",
        "<Colorset/>",
        "<Colorset>",
        ENTITY + COLORSET,
        (ENTITY + COLORSET).encode("utf-16").decode("latin-1"),
        COLORSET + " " * 2**23,
        *(
            "<Colorset>" + entry("x", child) + "</Colorset>"
            for child in ("", '<sRGB r="1"/>', '<HSV h="0" s="0" v="0"/>')
        ),
        *(
            "<Colorset>" + entry("x", f'<sRGB r="0" g="0" b="{value}"/>') + "</Colorset>"
            for value in ("nan", "1e400", "red")
        ),
    ],
    ids=lambda text: text[:20],
)
def test_damaged_krita_palette(colorset: str, tmp_path: Path) -> None:
    data = kpl("", **{"colorset.xml": colorset.encode("latin-1" if "\0" in colorset else "utf-8")})
    with pytest.raises(InputError, match=r"a\.kpl"):
        read_bytes(tmp_path / "a.kpl", data)


def test_missing_files() -> None:
    for name in (f"nowhere.{kind}" for kind in ("gpl", "ase", "kpl", "hex", "txt", "png")):
        with pytest.raises(InputError, match="nowhere"):
            read_palette(name)


def test_colors_of_a_picture(tmp_path: Path) -> None:
    array = np.zeros((10, 10, 4), np.uint8)
    array[:, :5] = (255, 0, 0, 255)
    array[:, 5:8] = (0, 0, 255, 255)
    array[:, 8:] = (0, 255, 0, 0)  # transparent: no colour of the picture
    Image.fromarray(array).save(tmp_path / "flag.png")
    palette = read_palette(str(tmp_path / "flag.png"))
    assert palette.colors.tolist() == [[255, 0, 0], [0, 0, 255]] and palette.names == ("", "")
    Image.new("RGBA", (4, 4)).save(tmp_path / "nothing.png")
    with pytest.raises(InputError, match="transparent"):
        read_palette(str(tmp_path / "nothing.png"))


def test_names_reach_the_request(tmp_path: Path, drawing: np.ndarray) -> None:
    (tmp_path / "two.gpl").write_text(GPL, encoding="utf-8")
    nothing = {"task": "auto", "hints": None, "bare": None, "references": (), "seed": None, "close_gaps": None}
    request = build_request(drawing, palette=str(tmp_path / "two.gpl"), **nothing)
    assert request.palette is not None and request.palette.tolist() == [[0, 0, 0], [255, 200, 0]]
    assert request.palette_names == ("Ink", "Sun flower")
    assert build_request(drawing, palette=np.zeros((2, 3), np.uint8), **nothing).palette_names == ()
