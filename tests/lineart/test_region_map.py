"""The region map as a file: what was written comes back, at any number of regions, and damage is one sentence."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from colorgan_core.errors import InputError, OutputError
from colorgan_core.lineart import region_map
from colorgan_core.lineart.flats import Flats
from colorgan_core.lineart.region_map import KEY, RELIEF_KEY, read_region_map, write_region_map
from colorgan_core.lineart.regions import Regions

Array = np.ndarray[Any, Any]


def some_flats(count: int, shape: tuple[int, int]) -> Flats:
    """Regions in a random order, each with a pixel at least."""
    random = np.random.default_rng(count)
    size = shape[0] * shape[1]
    labels = random.permutation(np.concatenate([np.arange(count), random.integers(0, count, size - count)]))
    labels = labels.reshape(shape).astype(np.int32)
    return Flats(
        Regions(labels, np.bincount(labels.reshape(-1), minlength=count), np.ones(shape, np.float32)),
        random.integers(0, 256, (count, 3)).astype(np.uint8),
        random.random(count) < 0.7,
        random.random(count) < 0.2,
        np.round(random.random(count), 3).astype(np.float32),
        tuple(random.choice(["", "skin", 'blå "himmel" 肌'], count).tolist()),
        (random.integers(-12000, 12000, (5, 7, 3)) / 64).astype(np.float32),
    )


@pytest.mark.parametrize(
    ("count", "shape", "color"),
    [
        (1, (1, 1), 3),
        (2, (3, 50), 3),
        (16, (9, 7), 3),
        (256, (40, 30), 3),
        (257, (40, 30), 0),
        (5000, (80, 90), 0),
        (65536, (256, 300), 0),
        (65537, (256, 300), 2),
    ],
)
def test_what_was_written_comes_back(count: int, shape: tuple[int, int], color: int, tmp_path: Path) -> None:
    flats = some_flats(count, shape)
    write_region_map(tmp_path / "out.regions.png", flats)
    header = (tmp_path / "out.regions.png").read_bytes()[16:26]  # Pillow alone would refuse a text that long
    assert struct.unpack(">II", header[:8]) == shape[::-1] and header[9] == color
    back = read_region_map(tmp_path / "out.regions.png")
    np.testing.assert_array_equal(back.regions.labels, flats.regions.labels)
    np.testing.assert_array_equal(back.regions.areas, flats.regions.areas)
    for name in ("colors", "painted", "hinted", "sure", "relief"):
        found, written = getattr(back, name), getattr(flats, name)
        np.testing.assert_array_equal(found, written)
        assert found.dtype == written.dtype, name
    assert back.regions.labels.dtype == np.int32 and back.names == flats.names


def test_the_map_looks_like_the_flats(tmp_path: Path) -> None:
    """Anyone who opens it in a viewer sees the colours, and white paper."""
    flats = some_flats(40, (30, 20))
    write_region_map(tmp_path / "map.png", flats)
    shown = np.asarray(Image.open(tmp_path / "map.png").convert("RGB"))
    labels = flats.regions.labels
    np.testing.assert_array_equal(shown, np.where(flats.painted[:, None], flats.colors, 255)[labels])


def test_names_are_in_the_file(tmp_path: Path) -> None:
    flats = some_flats(3, (4, 4))
    write_region_map(tmp_path / "map.png", flats)
    with Image.open(tmp_path / "map.png") as image:
        entries = json.loads(image.text[KEY])  # type: ignore[attr-defined]
    assert tuple(entry["name"] for entry in entries) == flats.names
    assert [entry["number"] for entry in entries] == [0, 1, 2]
    assert entries[1]["color"] == "#" + bytes(flats.colors[1]).hex()


def test_reading_leaves_pillows_limits_as_they_were(tmp_path: Path) -> None:
    before = PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY
    with pytest.raises(InputError):
        read_region_map(tmp_path / "nowhere.png")
    assert before == (PngImagePlugin.MAX_TEXT_CHUNK, PngImagePlugin.MAX_TEXT_MEMORY)


def save(path: Path, array: Array, entries: Any, mode: str | None = None) -> Path:
    """A PNG of any mode with any text under the map's key."""
    text = PngImagePlugin.PngInfo()
    text.add_text(KEY, entries if isinstance(entries, str) else json.dumps(entries))
    image = Image.fromarray(array)
    (image if mode is None else image.convert(mode)).save(path, pnginfo=text)
    return path


def entry(number: int, **change: Any) -> dict[str, Any]:
    plain = {"number": number, "color": "#102030", "name": "", "painted": True, "hinted": False, "sure": 1, "area": 4}
    return {**plain, **change}


TWO = np.array([[0, 1], [1, 0]], np.uint8)
WRONG = {
    "no list": {"a": 1},
    "a number": 5,
    "nothing": None,
    "empty": [],
    "too few": [entry(0)],
    "other numbers": [entry(0), entry(7)],
    "numbers twice": [entry(0), entry(0)],
    "words": ["a", "b"],
    "no color": [entry(0), {"number": 1}],
    "color of a number": [entry(0), entry(1, color=5)],
    "color of nothing": [entry(0), entry(1, color=None)],
    "short color": [entry(0, color="#12"), entry(1, color="#12")],
    "ragged colors": [entry(0), entry(1, color="#12")],
    "long color": [entry(0, color="#11223344"), entry(1, color="#11223344")],
    "no hex": [entry(0), entry(1, color="#ggg000")],
    "area of words": [entry(0), entry(1, area="much")],
    "endless area": [entry(0), entry(1, area=10**30)],
    "infinite area": '[{"number": 0, "color": "#102030", "painted": 1, "hinted": 0, "sure": 1, "area": 1e999}]',
    "unsure": [entry(0), entry(1, sure={})],
    "name of a number": [entry(0), entry(1, name=5)],
    "name of two lines": [entry(0), entry(1, name="a\nb")],
    "no JSON": "{[",
    "deep JSON": "[" * 100_000,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_list_is_one_sentence(name: str, tmp_path: Path) -> None:
    path = save(tmp_path / "map.png", np.zeros_like(TWO) if "infinite" in name else TWO, WRONG[name])
    with pytest.raises(InputError, match=r"map\.png .*region map.*\.$"):
        read_region_map(path)


RELIEF = {"width": 7, "height": 5, "data": base64.b64encode(zlib.compress(bytes(5 * 7 * 6))).decode()}


@pytest.mark.parametrize(
    "relief",
    [5, [], {"width": 7}, {**RELIEF, "width": 8}, {**RELIEF, "width": 0}, {**RELIEF, "height": 10**9}, {**RELIEF, "data": "?"},
     {**RELIEF, "data": RELIEF["data"][:8]}, {**RELIEF, "data": base64.b64encode(b"no zlib").decode()}],
)  # fmt: skip
def test_wrong_relief_is_one_sentence(relief: Any, tmp_path: Path) -> None:
    def written(relief: Any) -> Path:
        text = PngImagePlugin.PngInfo()
        text.add_text(KEY, json.dumps([entry(0), entry(1)]))
        text.add_text(RELIEF_KEY, json.dumps(relief))
        Image.fromarray(TWO).save(tmp_path / "map.png", pnginfo=text)
        return tmp_path / "map.png"

    assert read_region_map(written(RELIEF)).relief is not None, "the right one is read"
    with pytest.raises(InputError, match=r"map\.png .*region map.*\.$"):
        read_region_map(written(relief))


def test_a_map_of_too_many_regions_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_map, "LARGEST_TEXT", 1000)
    with pytest.raises(OutputError, match="40 regions"):
        write_region_map(tmp_path / "map.png", some_flats(40, (30, 20)))
    assert not list(tmp_path.iterdir())


def test_the_right_list_is_read(tmp_path: Path) -> None:
    """So that the sentences above are about what they say."""
    path = save(tmp_path / "map.png", TWO, [entry(0), entry(1, color="#ff0001")])
    flats = read_region_map(path)
    assert flats.colors.tolist() == [[16, 32, 48], [255, 0, 1]]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P"])
def test_other_kinds_of_png_under_the_key(mode: str, tmp_path: Path) -> None:
    """As a program leaves them that converts a picture and keeps its texts: the regions, or one sentence."""
    path = save(tmp_path / "map.png", TWO * 255, [entry(0), entry(1)], mode)
    try:
        assert read_region_map(path).regions.count == 2
    except InputError as error:
        assert str(error).endswith(".")


def test_other_files_are_one_sentence(tmp_path: Path) -> None:
    Image.fromarray(TWO).save(tmp_path / "plain.png")
    Image.fromarray(TWO).save(tmp_path / "photo.jpg")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "words.png").write_bytes(b"no picture")
    for name in ("plain.png", "photo.jpg", "empty.png", "words.png"):
        with pytest.raises(InputError, match=r"not a region map of colorgan.*\.$"):
            read_region_map(tmp_path / name)
    with pytest.raises(InputError, match="does not exist"):
        read_region_map(tmp_path / "nowhere.png")
    with pytest.raises(InputError):
        read_region_map(tmp_path)


@pytest.mark.parametrize("count", [3, 300])
def test_damage_is_one_sentence_or_does_no_harm(count: int, tmp_path: Path) -> None:
    flats, path = some_flats(count, (20, 30)), tmp_path / "map.png"
    write_region_map(path, flats)
    whole, random = path.read_bytes(), np.random.default_rng(0)
    refused = 0
    for turn in range(300):
        damaged = bytearray(whole)
        if turn % 3:
            for at in random.integers(0, len(whole), turn % 5 + 1):
                damaged[at] = random.integers(0, 256)
        else:
            del damaged[random.integers(0, len(whole)) :]
        path.write_bytes(damaged)
        try:
            back = read_region_map(path)
        except InputError as error:
            refused += 1
            assert str(error).endswith(".")
        else:
            assert back.regions.labels.max() < len(back.colors) == len(back.painted)
    assert refused > 100


def test_a_very_large_map_is_read(tmp_path: Path) -> None:
    """Past the number of pixels at which Pillow warns, and, twice that, refuses; colorgan colours such drawings."""
    labels = np.zeros((9500, 9500), np.uint8)
    labels[5000:] = 1
    path = save(tmp_path / "map.png", labels, [entry(0), entry(1)])
    assert read_region_map(path).regions.labels.sum() == 4500 * 9500


def test_a_map_is_whole_or_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flats = some_flats(3, (4, 4))
    (tmp_path / "map.png").write_bytes(b"older work")
    monkeypatch.setattr(Path, "write_bytes", lambda self, data: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OutputError):
        write_region_map(tmp_path / "map.png", flats)
    assert (tmp_path / "map.png").read_bytes() == b"older work"
    assert [path.name for path in tmp_path.iterdir()] == ["map.png"]
