"""Lettering of comic pages, in free fonts that Debian packages: balloons and captions, and sound words in hollow letters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from colorgan_core.errors import InputError

from ..packages import PACKAGES, open_package
from .cutouts import Layer

TEXT_FONTS = ("fonts-comic-neue", "fonts-humor-sans", "fonts-breip", "fonts-dkg-handwriting")
LOUD_FONTS = ("fonts-comic-neue", "fonts-lobster", "fonts-humor-sans")
LOUD_STYLES = ("Bold", "lobster", "Humor")  # of the files' names: what is heavy enough for a sound word
SPEECH = (
    "where are you going?", "wait for me!", "I can't believe it...", "look at that!", "not again.", "are you sure?",
    "it's right behind us!",
    "we should be home by now.", "who left the door open?", "I told you so.", "hurry up!", "that was close.", "what is it this time?",
    "leave it to me.", "thank you!", "good morning, everyone!", "somebody has been here.", "did you hear that?", "never mind.", "oh no!",
    "let's try once more.", "this is the place.", "you must be joking.", "stop!", "it tastes of lemon.", "see you tomorrow.",
    "how far is it?",
    "my hat!", "nobody will ever know.", "listen...", "I have an idea.", "why me?", "quick, in here!", "yes.", "no!", "well, well, well.",
)  # fmt: skip
CAPTIONS = (
    "meanwhile...", "the next morning.", "later that day...", "a quiet street at noon.", "three weeks later", "nobody answered.",
    "it had rained all night.", "far from the city", "and so it began.", "at last, the sea.", "the long way home", "half past four.",
)  # fmt: skip
SOUNDS = (
    "BOOM!",
    "CRASH",
    "WHAM!",
    "POW!",
    "SPLASH",
    "BANG",
    "ZZZ",
    "WOOSH",
    "CLICK",
    "THUD!",
    "RING",
    "AAH!",
    "KNOCK",
    "SNAP!",
    "HA HA",
    "BZZZ",
)


@dataclass(frozen=True)
class Fonts:
    """Font files for texts and for sound words; None stands for the font that Pillow brings."""

    text: tuple[Path | None, ...]
    loud: tuple[Path | None, ...]


PLAIN = Fonts((None,), (None,))


def open_fonts(downloads: Path) -> Fonts:
    """The fonts' files from their packages, fetched where needed. Raises InputError where a package holds none."""
    found: dict[str, list[Path]] = {}
    for name in dict.fromkeys((*TEXT_FONTS, *LOUD_FONTS)):
        folder = open_package(PACKAGES[name], downloads) / "usr/share/fonts"
        found[name] = sorted(file for file in folder.rglob("*") if file.suffix in (".ttf", ".otf"))
        if not found[name]:
            raise InputError(f"The package {name} holds no font.")
    text = [file for name in TEXT_FONTS for file in found[name] if "Light" not in file.name]
    loud = [file for name in LOUD_FONTS for file in found[name] if any(style in file.name for style in LOUD_STYLES)]
    return Fonts(tuple(text), tuple(loud))


@lru_cache(maxsize=128)
def font_of(file: Path | None, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """A font at `size` px; the basic layout, which is the same on every machine."""
    if file is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)


def written(text: str, file: Path | None, size: int, width: float) -> NDArray[np.uint8]:
    """Ink of a text in lines of at most `width` px, centred: (h, w) uint8, 255 ink."""
    font = font_of(file, size)
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    step = round(1.15 * size)
    across = max(1, int(np.ceil(max(font.getlength(line) for line in lines))))
    sheet = Image.new("L", (across + size, step * len(lines) + size), 0)
    pen = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        pen.text((size / 2 + (across - font.getlength(line)) / 2, size / 2 + number * step), line, fill=255, font=font)
    box = sheet.getbbox() or (0, 0, 1, 1)
    return np.asarray(sheet.crop(box))


def sound_word(
    rng: np.random.Generator, text: str, file: Path | None, size: int, pen: float, color: tuple[int, int, int]
) -> Layer:
    """Hollow letters on a slant, each a surface of its own."""
    font = font_of(file, size)
    sheet = Image.new("L", (int(font.getlength(text)) + 2 * size, 3 * size), 0)
    brush = ImageDraw.Draw(sheet)
    left = float(size)
    for letter in text:  # one by one: up and down, and apart, so that each has its own outline
        brush.text((left, size * (0.8 + rng.uniform(-0.12, 0.12))), letter, fill=255, font=font)
        left += font.getlength(letter) + 0.6 * pen
    turned = np.asarray(sheet.rotate(float(rng.uniform(-18, 18)), Image.Resampling.BICUBIC, expand=True))
    rows, columns = np.flatnonzero((turned > 127).any(1)), np.flatnonzero((turned > 127).any(0))
    edge = int(np.ceil(2 * pen)) + 2
    if not rows.size:
        turned, rows, columns = np.zeros((1, 1), np.uint8), np.array([0]), np.array([0])
    inner = np.pad(turned[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], edge)
    away = cv2.distanceTransform((inner <= 127).astype(np.uint8), cv2.DIST_L2, 5)
    outer = np.clip(1.2 * pen - away + 0.5, 0, 1)
    labels = (inner > 127).astype(np.int32)
    fill = np.zeros((*inner.shape, 4), np.uint8)
    fill[..., :3], fill[..., 3] = color, np.where(outer > 0, 255, 0)
    labels[(labels == 0) & (outer > 0)] = 1  # to the middle of the outline; the canvas parts the letters
    ink = np.dstack([np.where(inner > 127, 255, 255 - np.clip(255 * outer, 0, 255)), np.clip(255 * outer, 0, 255)])
    ink[..., 0] = np.where(inner > 0, np.maximum(inner, 0), 0)
    return Layer(fill, labels, ink.astype(np.uint8), ("", "lettering"), edge)
