"""Krita's palettes (.kpl): a zip file with the colours in colorset.xml and the colour profiles that they are in.

Source: "The Krita Palette format KPL" in Krita's manual.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from ..errors import InputError
from .profiles import from_profile
from .swatches import Color, Swatch, at_most, from_cmyk, from_lab, from_rgb, from_xyz, read_file, tidy

LARGEST = 2**24  # bytes of the zip file, which may bring along profiles for several presses
UNPACKED = 2**22  # bytes of one file inside: four thousand colours, or a profile with large tables
PROFILES = 64  # that the colours of one palette are in
PROFILE_BYTES = 2**24  # of all of them together
FARTHEST = 1e6  # colours may lie outside 0 to 1, but not everywhere

# An element's name to the attributes with its values.
MODELS = {"sRGB": "rgb", "RGB": "rgb", "Gray": "g", "CMYK": "cmyk", "Lab": "Lab", "XYZ": "xyz"}


def read_kpl(path: Path) -> list[Swatch]:
    """The colours of all groups, in the file's order; one without a name has its id for it.

    Raises InputError for a file that is damaged or another kind.
    """
    data = read_file(path, LARGEST)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            profiles = Profiles(folder)
            entries = at_most(path, _xml(folder, "colorset.xml").iter("ColorSetEntry"))
            colors = _converted([_color(entry, profiles) for entry in entries], profiles)
            return [Swatch(color, _name(entry)) for color, entry in zip(colors, entries, strict=True)]
    except InputError:
        raise
    except Exception as error:  # zipfile raises anything from struct.error to NotImplementedError on damaged files
        reason = " ".join(str(error).split()).strip(".'") or type(error).__name__
        raise InputError(f"{path} is damaged, or not a Krita palette ({reason}).") from error


class Profiles:
    """The ICC profiles that a palette brings along, unpacked when a colour names one."""

    def __init__(self, folder: zipfile.ZipFile) -> None:
        self.folder = folder
        self.inside = set(folder.namelist())
        self.known: dict[str, bytes] = {}
        self.files: dict[str, str] = {}
        if "profiles.xml" in self.inside:
            listed = _xml(folder, "profiles.xml").iter("Profile")
            self.files = {profile.get("name", ""): profile.get("filename", "") for profile in listed}

    def get(self, name: str) -> bytes | None:
        """None for one that is not there: it is Krita's own, and nearly always sRGB."""
        if name not in self.known and self.files.get(name) in self.inside:
            self.known[name] = _unpacked(self.folder, self.files[name])
            if len(self.known) > PROFILES or sum(map(len, self.known.values())) > PROFILE_BYTES:
                raise ValueError(f"it has more than {PROFILES} colour profiles, or {PROFILE_BYTES >> 20} MB of them")
        return self.known.get(name)


@dataclass(frozen=True)
class Profiled:
    """A colour of a profile. values: one of grey or three of RGB."""

    profile: str
    values: tuple[float, ...]


def _converted(colors: list[Color | Profiled], profiles: Profiles) -> list[Color]:
    """The same in sRGB: all of one profile at once, since Little CMS reads a profile anew each time."""
    alike: dict[tuple[str, int], list[Profiled]] = {}
    for color in colors:
        if isinstance(color, Profiled):
            alike.setdefault((color.profile, len(color.values)), []).append(color)
    rgb: dict[Profiled, Color] = {}
    for (name, _), members in alike.items():
        values = np.array([[color.values for color in members]], np.float32)
        found = from_profile(values, profiles.known[name])[0].tolist()
        rgb.update(zip(members, (from_rgb(*each) for each in found), strict=True))
    return [rgb[color] if isinstance(color, Profiled) else color for color in colors]


def _name(entry: ElementTree.Element) -> str:
    return tidy(entry.get("name") or entry.get("id") or "")


def _color(entry: ElementTree.Element, profiles: Profiles) -> Color | Profiled:
    for child in entry:
        if child.tag not in MODELS:
            continue
        values = [float(child.get(part, "nan")) for part in MODELS[child.tag]]
        if not all(abs(value) <= FARTHEST for value in values):  # NaN too is not
            raise ValueError(f"the colour {_name(entry)} has values that are not numbers, or out of range")
        if child.tag == "CMYK":
            return from_cmyk(*values)
        if child.tag == "Lab":
            return from_lab(*values)
        if child.tag == "XYZ":
            return from_xyz(*values)
        space = child.get("space", "")
        if child.tag != "sRGB" and profiles.get(space):
            return Profiled(space, tuple(values))
        return from_rgb(*(values * 3 if len(values) == 1 else values))
    raise ValueError(f"the colour {_name(entry)} is in none of the models {', '.join(MODELS)}")


def _xml(folder: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """Raises ValueError for a document type, since the entities in one can grow without end or name other files."""
    text = _unpacked(folder, name).decode("utf-8-sig")
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError(f"{name} declares a document type, which is not allowed in a palette")
    return ElementTree.fromstring(text)


def _unpacked(folder: zipfile.ZipFile, name: str) -> bytes:
    with folder.open(name) as handle:
        data = handle.read(UNPACKED + 1)  # never as much as the header promises: it may be a bomb
    if len(data) > UNPACKED:
        raise ValueError(f"{name} is too large")
    return data
