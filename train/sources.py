"""Where art comes from: each source lists its items, cheaply and in a fixed order; nothing is drawn here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from colorgan_core.errors import InputError

from .gcompris import paintings, photographs
from .packages import PACKAGES, open_package
from .split import held_out, held_out_paintings

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".svg"}


@dataclass(frozen=True)
class Art:
    """One drawing or picture to be rendered.

    data: the file's path, or its contents, or ready pixels uint8 (h,w,4) of at most 256 x 256.
    """

    source: str
    name: str
    kind: str  # "vector", "photo", "painting" or "folder"
    data: Path | bytes | np.ndarray
    held_out: bool

    @property
    def is_vector(self) -> bool:
        """Whether it is an SVG, as a person's own pictures may be too."""
        return self.kind == "vector" or (isinstance(self.data, Path) and self.data.suffix.lower() == ".svg")


# ---- icon sets of npm

SKIN_TONE = re.compile(r"(light|medium|dark)(-skin-tone)?$|-(light|medium|dark)-skin|medium-(light|dark)")
FLAG = re.compile(r"^flag|-flag$|^crossed-flags$")
# Streamline numbers its second skin tone like its second drawing of a thing, and calls flags by the country alone.
STREAMLINE_SKIN_TONE = re.compile(
    r"(^|-)(wo)?m[ae]n-|(^|-)(boy|girl|baby|couple|kiss|family|hands?|fingers?|thumbs|fist|person|pointing|guard|detective|"
    r"prince|princess|bride|selfie|biceps|horns|salute|santa|astronaut|old)-(.*-)?[23]$"
)
STREAMLINE_FLAG = re.compile(
    r"^(australia|brazil|canada|china|egypt|france|germany|greece|india|iran|iraq|italy|japan|malaysia|mexico|nepal|"
    r"north-korea|pakistan|portugal|russia|singapore|south-africa|south-korea|spain|switzerland|syria|thailand|turkey|"
    r"united-arab-emirates|united-kingdom|united-states)$"
)


def is_variant(source: str, name: str) -> bool:
    """True for another skin tone of a drawing, and for flags."""
    if source == "streamline-emojis":
        return bool(STREAMLINE_FLAG.search(name) or (STREAMLINE_SKIN_TONE.search(name) and name[-2:] in ("-2", "-3")))
    return bool(SKIN_TONE.search(name) or FLAG.search(name))


def icons(source: str, downloads: Path) -> list[Art]:
    """An Iconify set, without skin tones and flags."""
    try:
        package = json.loads((open_package(PACKAGES[source], downloads) / "package" / "icons.json").read_text("utf-8"))
        found = [(name, icon) for name, icon in sorted(package["icons"].items()) if not icon.get("hidden")]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"The icon set {source} cannot be read ({error}).") from error
    return [
        Art(source, name, "vector", icon_svg(package, icon), held_out(source, name))
        for name, icon in found
        if not is_variant(source, name)
    ]


def icon_svg(package: dict[str, object], icon: dict[str, object]) -> bytes:
    """The set states a common size once; an icon may have its own."""
    left, top, width, height = (
        icon.get(key, package.get(key, default))
        for key, default in (("left", 0), ("top", 0), ("width", 16), ("height", 16))
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{left} {top} {width} {height}" width="{width}" height="{height}">{icon["body"]}</svg>'
    ).encode()


# ---- openclipart

# Folders with flags, maps, plain shapes, signs and themes of buttons: nothing that a person would colour.
NOT_ART = re.compile(
    r"(^|/)(flags|geography|map_symbols|shapes|duplicates|patterns|gradients|led|aiga-symbols|roadsigns|cards|diagrams|"
    r"buttons|logos|connectors|flowchart|semaphore|flat-theme)(/|$)"
)
NOT_ART_NAME = re.compile(
    r"(^|[_ -])(flag|map|outline|bw|icon|button|arrow)s?([_ .-]|\d|$)|"
    r"islands?$|^(argentina|canada_new|denmark_jutland|france_st|germany_east|padania|_armenia|_italy|_sweden)",
    re.IGNORECASE,
)


def openclipart(source: str, downloads: Path) -> list[Art]:
    """The public domain drawings, without what is no drawing."""
    root = open_package(PACKAGES[source], downloads) / "usr/share/openclipart/svg"
    files = sorted(file for file in root.rglob("*.svg") if file.is_file() and not file.is_symlink())
    return [
        Art(source, file.stem, "vector", file, held_out(source, file.stem))
        for file in files
        if not NOT_ART.search(file.parent.relative_to(root).as_posix()) and not NOT_ART_NAME.search(file.stem)
    ]


# ---- GCompris


def gcompris_photos(source: str, downloads: Path) -> list[Art]:
    folder = open_package(PACKAGES["gcompris"], downloads) / "usr/share/gcompris-qt/rcc"
    return [Art(source, name, "photo", data, held_out(source, name)) for name, data in photographs(folder)]


def gcompris_paintings(source: str, downloads: Path) -> list[Art]:
    folder = open_package(PACKAGES["gcompris"], downloads) / "usr/share/gcompris-qt/rcc"
    found = list(paintings(folder))
    kept_back = held_out_paintings(source, (title for title, _, _ in found))
    return [Art(source, f"{title}#{number}", "painting", pixels, title in kept_back) for title, number, pixels in found]


# ---- a person's own pictures


def folder_art(folder: Path) -> list[Art]:
    """Every picture below `folder`; raises InputError when there is none."""
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.")
    files = sorted(file for file in files_below(folder) if file.suffix.lower() in PICTURES)
    if not files:
        raise InputError(f"The folder {folder} holds no picture (PNG, JPEG, WebP or SVG).")
    return [Art("folder", file.stem, "folder", file, held_out("folder", file.stem)) for file in files]


def files_below(folder: Path) -> list[Path]:
    """The files of a folder and its folders, without those that systems hide."""
    return [file for file in folder.rglob("*") if file.is_file() and not file.name.startswith(".")]


def not_read(folder: Path) -> dict[str, list[str]]:
    """Names of the files below `folder` that `folder_art` leaves out, by their ending in lower case ("" where there is none)."""
    found: dict[str, list[str]] = {}
    for file in sorted(files_below(folder)):
        if file.suffix.lower() not in PICTURES:
            found.setdefault(file.suffix.lower(), []).append(file.name)
    return found


SOURCES: dict[str, Callable[[str, Path], list[Art]]] = {
    "openclipart": openclipart,
    "noto": icons,
    "fluent-emoji-flat": icons,
    "twemoji": icons,
    "streamline-ultimate-color": icons,
    "streamline-emojis": icons,
    "gcompris-photos": gcompris_photos,
    "gcompris-paintings": gcompris_paintings,
}


def source_art(source: str, downloads: Path) -> list[Art]:
    """All art of a named source, fetched when needed."""
    return SOURCES[source](source, downloads)
