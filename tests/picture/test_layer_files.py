"""Layered files, opened again by readers that are not ours: Pillow, psd-tools, pyora, zipfile."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image, ImageCms
from psd_tools import PSDImage
from psd_tools.constants import Resource

from colorgan_core.errors import OutputError, UsageError
from colorgan_core.picture import layer_files
from colorgan_core.picture.layer_files import LAYER_SUFFIXES, write_layers
from colorgan_core.picture.layers import Group, Layer, Layered, each_layer, flatten, from_unit
from colorgan_core.picture.pixels import read_picture
from colorgan_core.picture.stored import to_8bit

DTYPES = [np.uint8, np.uint16, np.float32]
PHOTOSHOP = [".psd", ".psb"]
NAMES = ["paper", "flats", "skin shadow", "肌", "line art"]
MODES = ["normal", "normal", "multiply", "hard-light", "screen"]
OPACITIES = [1.0, 1.0, 0.6, 0.2, 1.0]
VISIBLE = [True, True, True, False, True]


def picture(dtype: Any = np.uint8, paper: bool = True, profile: bytes | None = None) -> Layered:
    """Five layers of 21 x 13 pixels, two of them in groups; opaque as a whole where there is paper."""
    random = np.random.default_rng(5)
    layers = []
    for i, name in enumerate(NAMES):
        values = np.zeros((13, 21, 4), np.float32)
        if name == "paper":
            values[:] = 1 if paper else 0
        else:
            values[i : i + 5, 2 * i : 2 * i + 9] = random.random((5, 9, 4))
        array = from_unit(values, np.dtype(dtype))
        layers.append(Layer(name, array, MODES[i], OPACITIES[i], VISIBLE[i]))  # type: ignore[arg-type]
    under, flats, skin, hada, lines = layers
    return Layered((under, Group("colour", (flats, Group("影", (skin, hada)))), lines), profile)


def empty(name: str, shape: tuple[int, int], dtype: Any = np.uint8) -> Layer:
    return Layer(name, np.zeros((*shape, 4), dtype), "multiply")


def profile_of(kind: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(kind)).tobytes()  # type: ignore[arg-type]


def planes(record: Any, header: Any) -> Any:
    """A layer's RGBA as the file holds it, from psd-tools' lowest level: its own arrays are rounded to floats."""
    dtype = {8: ">u1", 16: ">u2", 32: ">f4"}[header.depth]
    found = {}
    for info, channel in zip(record._record.channel_info, record._channels, strict=True):
        data = channel.get_data(record.width, record.height, header.depth, header.version)
        found[int(info.id)] = np.frombuffer(data, dtype).reshape(record.height, record.width)
    return np.dstack([found[0], found[1], found[2], found[-1]])


def merged(psd: Any) -> Any:
    header = psd._record.header
    dtype = {8: ">u1", 16: ">u2", 32: ">f4"}[header.depth]
    data = psd._record.image_data.get_data(header)
    return np.dstack([np.frombuffer(plane, dtype).reshape(header.height, header.width) for plane in data])


@pytest.mark.parametrize("suffix", PHOTOSHOP)
@pytest.mark.parametrize("dtype", DTYPES)
def test_photoshop_layers(dtype: Any, suffix: str, tmp_path: Path) -> None:
    layered = picture(dtype)
    path = tmp_path / f"OUT{suffix}"
    assert write_layers(path, layered) == [path]
    psd = PSDImage.open(path)
    assert (psd.width, psd.height) == layered.size
    assert psd.version == PHOTOSHOP.index(suffix) + 1
    assert psd.depth == 8 * np.dtype(dtype).itemsize
    assert [layer.name for layer in psd] == ["paper", "colour", "line art"]
    colour = psd[1]
    assert colour.is_group() and colour.blend_mode.name == "NORMAL" and colour.visible
    assert [layer.name for layer in colour] == ["flats", "影"]
    assert [layer.name for layer in colour[1]] == ["skin shadow", "肌"]
    found = [layer for layer in psd.descendants() if not layer.is_group()]
    assert [layer.name for layer in found] == NAMES
    assert [layer.blend_mode.name.lower().replace("_", "-") for layer in found] == MODES
    assert [layer.opacity for layer in found] == [round(opacity * 255) for opacity in OPACITIES]
    assert [layer.visible for layer in found] == VISIBLE
    for layer, original in zip(found, each_layer(layered.layers), strict=True):
        box = original.pixels[layer.top : layer.bottom, layer.left : layer.right]
        np.testing.assert_array_equal(planes(layer, psd._record.header), box)
        assert np.count_nonzero(box[..., 3]) == np.count_nonzero(original.pixels[..., 3])
    assert found[1].bbox == (2, 1, 11, 6)  # cut to what is there
    np.testing.assert_array_equal(merged(psd), flatten(layered)[..., :3])


@pytest.mark.parametrize("suffix", PHOTOSHOP)
@pytest.mark.parametrize("dtype", DTYPES)
def test_transparent_merged_picture_lies_on_white(dtype: Any, suffix: str, tmp_path: Path) -> None:
    layered = picture(dtype, paper=False)
    write_layers(tmp_path / f"OUT{suffix}", layered)
    psd = PSDImage.open(tmp_path / f"OUT{suffix}")
    stored, flat = merged(psd), flatten(layered)
    full = 1 if dtype == np.float32 else np.iinfo(dtype).max
    np.testing.assert_array_equal(stored[..., 3], flat[..., 3])
    alpha = flat[..., 3:] / np.float64(full)
    expected = flat[..., :3] / np.float64(full) * alpha + 1 - alpha
    np.testing.assert_allclose(stored[..., :3] / np.float64(full), expected, atol=1e-6 if full == 1 else 0.51 / full)
    image = psd.topil()  # takes the white away again
    assert image is not None and image.mode == "RGBA"
    solid = flat[..., 3] > 0.9 * full
    assert solid.any()
    back = np.asarray(image)[solid].astype(int)
    assert np.abs(back - to_8bit(flat)[solid]).max() <= 2


@pytest.mark.parametrize("paper", [True, False])
def test_psd_by_pillow(paper: bool, tmp_path: Path) -> None:
    layered = picture(paper=paper)
    write_layers(tmp_path / "OUT.psd", layered)
    with Image.open(tmp_path / "OUT.psd") as image:
        assert image.format == "PSD" and image.size == layered.size and image.mode == ("RGB" if paper else "RGBA")
        flat = flatten(layered)
        if paper:
            np.testing.assert_array_equal(np.asarray(image), flat[..., :3])
        else:
            np.testing.assert_array_equal(np.asarray(image)[..., 3], flat[..., 3])
        found = [(name, box) for name, _, box, _ in image.layers]  # type: ignore[attr-defined]
    assert [name for name, _ in found] == [
        *("paper", "</Layer group>", "flats", "</Layer group>", "skin shadow", "?", "?", "colour", "line art")
    ]
    assert found[2][1] == (2, 1, 11, 6) and found[8][1] == (8, 4, 17, 9)
    assert found[0][1] == ((0, 0, 21, 13) if paper else (0, 0, 0, 0))


@pytest.mark.parametrize("suffix", PHOTOSHOP)
def test_photoshop_profile_and_resolution(suffix: str, tmp_path: Path) -> None:
    profile = profile_of("sRGB")
    profile += bytes(len(profile) % 2 + 1)  # an odd length, which the format pads
    write_layers(tmp_path / f"OUT{suffix}", picture(profile=profile), resolution=350.5)
    resources = PSDImage.open(tmp_path / f"OUT{suffix}").image_resources
    assert resources.get_data(Resource.ICC_PROFILE) == profile
    resolution = resources.get_data(Resource.RESOLUTION_INFO)
    assert resolution.horizontal == resolution.vertical == 350.5 * 65536
    write_layers(tmp_path / f"OUT{suffix}", picture())
    resources = PSDImage.open(tmp_path / f"OUT{suffix}").image_resources
    assert Resource.ICC_PROFILE not in resources and Resource.RESOLUTION_INFO not in resources


def test_past_the_limits_of_psd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = Layered((Layer("wide", np.full((1, 30_001, 4), 255, np.uint8)),))
    with pytest.raises(UsageError, match=r"OUT\.psd.*30001 x 1.*\.psb"):
        write_layers(tmp_path / "OUT.psd", wide)
    from colorgan_core.picture import photoshop

    with monkeypatch.context() as patch:
        patch.setattr(photoshop, "BYTES", 1000)
        with pytest.raises(UsageError, match=r"OUT\.psd.*2 GB.*\.psb"):
            write_layers(tmp_path / "OUT.psd", picture())
        assert not any(tmp_path.iterdir())
        write_layers(tmp_path / "small.psb", picture())
    write_layers(tmp_path / "OUT.psb", wide)
    assert PSDImage.open(tmp_path / "OUT.psb").size == (30_001, 1)
    with pytest.raises(UsageError, match="300000"):
        write_layers(tmp_path / "OUT.psb", Layered((Layer("wide", np.zeros((300_001, 1, 4), np.uint8)),)))


def png(data: bytes, folder: Path) -> Any:
    """A PNG with all of its bits, through the project's own reader, which has tests of its own."""
    path = folder / "read.png"
    path.write_bytes(data)
    array = read_picture(path).array
    path.unlink()
    return array


def as_16bit(array: Any) -> Any:
    return from_unit(array, np.dtype(np.uint16)) if array.dtype == np.float32 else array


@pytest.mark.parametrize("dtype", DTYPES)
def test_openraster_by_the_standard(dtype: Any, tmp_path: Path) -> None:
    layered = picture(dtype)
    path = tmp_path / "OUT.ora"
    assert write_layers(path, layered, resolution=300) == [path]
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, first.header_offset) == ("mimetype", zipfile.ZIP_STORED, 0)
        files = {name: archive.read(name) for name in archive.namelist()}
    assert len(files) == len(NAMES) + 4
    assert path.read_bytes()[38:54] == b"image/openraster"  # where `file` looks for it
    image = ElementTree.fromstring(files["stack.xml"])
    assert {key: image.get(key) for key in ("w", "h", "xres", "yres")} == {"w": "21", "h": "13"} | {
        "xres": "300",
        "yres": "300",
    }
    (root,) = image
    assert [(item.tag, item.get("name")) for item in root] == [
        *(("layer", "line art"), ("stack", "colour"), ("layer", "paper"))
    ]
    assert [(item.tag, item.get("name")) for item in root[1]] == [("stack", "影"), ("layer", "flats")]
    found = list(image.iter("layer"))[::-1]
    assert [item.get("name") for item in found] == NAMES
    operators = [f"svg:{mode}".replace("normal", "src-over") for mode in MODES]
    assert [item.get("composite-op") for item in found] == operators
    assert [float(item.get("opacity", "1")) for item in found] == OPACITIES
    assert [item.get("visibility") for item in found] == ["visible" if shown else "hidden" for shown in VISIBLE]
    for item, original in zip(found, each_layer(layered.layers), strict=True):
        canvas = np.zeros_like(as_16bit(original.pixels))
        pixels = png(files[item.attrib["src"]], tmp_path)
        x, y = int(item.attrib["x"]), int(item.attrib["y"])
        canvas[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
        shown = original.pixels[..., 3] > 0
        np.testing.assert_array_equal(canvas[shown], as_16bit(original.pixels)[shown])
        assert not canvas[~shown, 3].any()
    np.testing.assert_array_equal(png(files["mergedimage.png"], tmp_path), as_16bit(flatten(layered)))
    with Image.open(io.BytesIO(files["Thumbnails/thumbnail.png"])) as thumbnail:
        np.testing.assert_array_equal(np.asarray(thumbnail), to_8bit(flatten(layered)))


def test_openraster_by_pyora(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own imports
        from pyora import Project
    layered = picture()
    write_layers(tmp_path / "OUT.ora", layered)
    project = Project.load(str(tmp_path / "OUT.ora"))
    assert project.dimensions == layered.size
    layers = list(project.iter_layers)
    assert [layer.name for layer in layers] == NAMES
    assert [layer.opacity for layer in layers] == OPACITIES
    assert [layer.visible for layer in layers] == VISIBLE
    assert project["colour/影/肌"].composite_op == "svg:hard-light"
    assert project["colour/影/skin shadow"].offsets == (4, 2)
    assert project["colour"].is_group
    np.testing.assert_array_equal(np.asarray(project.get_image_data(use_original=True)), flatten(layered))


def test_openraster_thumbnail_is_small(tmp_path: Path) -> None:
    for height, width in ((300, 700), (2, 3000)):
        write_layers(tmp_path / "OUT.ora", Layered((Layer("a", np.full((height, width, 4), 9, np.uint16)),)))
        with zipfile.ZipFile(tmp_path / "OUT.ora") as archive:
            thumbnail = Image.open(io.BytesIO(archive.read("Thumbnails/thumbnail.png")))
        assert max(thumbnail.size) == 256 and thumbnail.mode == "RGBA"


@pytest.mark.parametrize("dtype", DTYPES)
def test_png_one_a_layer(dtype: Any, tmp_path: Path) -> None:
    layered = picture(dtype)
    written = write_layers(tmp_path / "OUT.png", layered)
    assert [path.name for path in written] == [
        "OUT.paper.png",
        "OUT.colour.flats.png",
        "OUT.colour.影.skin shadow.png",
        "OUT.colour.影.肌.png",
        "OUT.line art.png",
    ]
    assert sorted(tmp_path.iterdir()) == sorted(written)
    for path, layer in zip(written, each_layer(layered.layers), strict=True):
        np.testing.assert_array_equal(read_picture(path).array, as_16bit(layer.pixels))


def test_png_names_are_safe_and_unique(tmp_path: Path) -> None:
    names = ["flats", "Flats", "../../etc", "a/b:c*?", ".", "  ", "flats-2", "肌" * 200]
    layers = tuple(empty(name, (2, 3)) for name in names)
    written = write_layers(tmp_path / "my.OUT.PNG", Layered((*layers, Group("flats", layers[:1]))))
    assert [path.name for path in written] == [
        "my.OUT.flats.PNG",
        "my.OUT.Flats-2.PNG",
        "my.OUT._etc.PNG",
        "my.OUT.a_b_c_.PNG",
        "my.OUT._.PNG",
        "my.OUT.layer.PNG",
        "my.OUT.flats-2-2.PNG",
        f"my.OUT.{'肌' * 40}.PNG",
        "my.OUT.flats-3.flats.PNG",
    ]
    assert sorted(tmp_path.iterdir()) == sorted(written)


@pytest.mark.parametrize("dtype", DTYPES)
def test_profile_and_resolution_in_png(dtype: Any, tmp_path: Path) -> None:
    profile = profile_of("sRGB")
    layered = picture(dtype, profile=profile)
    written = write_layers(tmp_path / "OUT.png", layered, resolution=300)
    write_layers(tmp_path / "OUT.ora", layered, resolution=300)
    with zipfile.ZipFile(tmp_path / "OUT.ora") as archive:
        files: list[Any] = [io.BytesIO(archive.read(name)) for name in archive.namelist() if name.endswith(".png")]
    for file in [*files, *written]:
        with Image.open(file) as image:
            image.load()  # checks the chunks' sums
            assert image.info["icc_profile"] == profile
            if "thumbnail" not in str(file) and file is not files[-1]:
                assert image.info["dpi"] == pytest.approx((300, 300), abs=0.02)
    for file in write_layers(tmp_path / "OUT.png", picture(dtype)):
        with Image.open(file) as image:
            assert "icc_profile" not in image.info and "dpi" not in image.info


@pytest.mark.parametrize("suffix", LAYER_SUFFIXES)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (3, 5)])
def test_small_and_empty(shape: tuple[int, int], dtype: Any, suffix: str, tmp_path: Path) -> None:
    full = 1 if dtype == np.float32 else np.iinfo(dtype).max
    flats = Layer("flats", np.full((*shape, 4), full, dtype))
    for layers in ((empty("nothing", shape, dtype),), (flats, empty("nothing", shape, dtype), Group("none", ()))):
        layered = Layered(layers)
        written = write_layers(tmp_path / f"OUT{suffix}", layered)
        if suffix == ".ora":
            with zipfile.ZipFile(written[0]) as archive:
                back = png(archive.read("mergedimage.png"), tmp_path)
            np.testing.assert_array_equal(back, as_16bit(flatten(layered)))
        elif suffix in PHOTOSHOP:
            psd = PSDImage.open(written[0])
            assert [layer.name for layer in psd] == [layer.name for layer in layers]
            assert psd.size == layered.size and psd[-1].bbox == (0, 0, 0, 0)
            assert merged(psd).shape[2] == (3 if len(layers) == 3 else 4)
        else:
            np.testing.assert_array_equal(read_picture(written[0]).array, as_16bit(layers[0].pixels))  # type: ignore[union-attr]


@pytest.mark.parametrize("suffix", LAYER_SUFFIXES)
def test_same_picture_same_bytes(suffix: str, tmp_path: Path) -> None:
    layered = picture(np.uint16, profile=profile_of("sRGB"))
    first = [path.read_bytes() for path in write_layers(tmp_path / f"OUT{suffix}", layered)]
    assert first == [path.read_bytes() for path in write_layers(tmp_path / f"OUT{suffix}", layered)]


@contextlib.contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The kernel refuses to let any file of this process grow further: a disk that is full, for real."""
    resource = pytest.importorskip("resource")  # not on Windows
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [0, 100, 1500])  # at the start, at a head, in the middle
@pytest.mark.parametrize("suffix", LAYER_SUFFIXES)
def test_a_write_that_fails_leaves_the_old_file(suffix: str, size: int, tmp_path: Path) -> None:
    noise = Layer("flats", np.random.default_rng(0).integers(1, 256, (30, 30, 4), np.uint8))
    written = write_layers(tmp_path / f"OUT{suffix}", Layered((noise,)))
    before = {path: path.read_bytes() for path in written}
    assert all(len(data) > 1500 for data in before.values())
    with largest_file(size), pytest.raises(OutputError, match=rf"disk is full.*OUT.*\{suffix}"):
        write_layers(tmp_path / f"OUT{suffix}", Layered((dataclasses.replace(noise, pixels=noise.pixels[::-1]),)))
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("suffix", LAYER_SUFFIXES)
def test_places_that_cannot_be_written(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutputError, match="folder does not exist"):
        write_layers(tmp_path / "none" / f"OUT{suffix}", picture())

    def too_much(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(layer_files, "encode_png", too_much)
    monkeypatch.setattr("colorgan_core.picture.openraster.flatten", too_much)
    monkeypatch.setattr("colorgan_core.picture.photoshop.flatten", too_much)
    with pytest.raises(OutputError, match=rf"OUT\{suffix} is too large"):
        write_layers(tmp_path / f"OUT{suffix}", picture())
    assert not any(tmp_path.iterdir())


def test_unknown_suffix(tmp_path: Path) -> None:
    for name in ("OUT.xcf", "OUT"):
        with pytest.raises(UsageError, match=r"\.psd, \.psb, \.ora, \.png"):
            write_layers(tmp_path / name, picture())
    write_layers(tmp_path / "OUT.ORA", picture())
