"""Telling line art from grey (or colour) pictures, by a few features and a logistic function that was fitted to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ..picture.paper import SHADE, full_light, paper_tone

Float = NDArray[np.float32]
UInt8 = NDArray[np.uint8]

SIDE = 512  # px, long side of the copy that is looked at; smaller pictures are enlarged, so that size changes nothing
FINE = 1024  # px, long side at most of the copy in which the dots of a screen are still to be seen
DOT = 1 / 100  # of the long side; larger than the pitch of a screen
# Of the paper: nothing is darker than the first, and nine tenths are lighter than the second, where lines are thinner than a pixel of the
# copy.
FAINT, CLEAN = 0.65, 0.97
BROAD = 9  # px of SIDE; what is thicker is no line
RIM = 0.08  # of each side; a photograph of a drawing shows the table there
BESIDE = 25  # px of SIDE, across the neighbourhood of a line
COLOR = 0.12  # of full chroma, relative to the paper; grey pictures have less
MARK = 0.7  # of the paper; what is darker is a line or an area in ink
SPECK = 0.005  # of the long side; a shorter mark is dust
EVEN = 0.88  # of even light; paper is above
TONES = 0.02  # of a page, that may be below
SOLID = 7  # px of SIDE; a colour that fills less is that of a line

# Fitted by `python -m colorgan_train.fit_task`; the order is that of `features`.
WEIGHTS = (-7.64, 6.32, -5.94, 3.64, 2.62, 3.46, 1.91, 2.54, -7.68, -3.12, -11.32, 3.99)
# Probabilities of line art from which, and up to which, nobody needs to be told. Of the cases that the function was fitted to, 5 of 185
# beyond the first are wrong (art in nearly pure black and white), and none of 523 beyond the second.
SURE_LINEART, SURE_GRAY = 0.9, 0.03


@dataclass(frozen=True)
class Seen:
    """What a picture seems to show. lineart: its probability. black_paper: whether it is light lines on dark paper, if it is line art.
    blank: there are no lines at all."""

    lineart: float
    black_paper: bool
    blank: bool

    @property
    def task(self) -> Literal["lineart", "gray"]:
        return "lineart" if self.lineart > 0.5 else "gray"

    @property
    def sure(self) -> bool:
        return not self.blank and not SURE_GRAY < self.lineart < SURE_LINEART


def look_at(rgb: UInt8) -> Seen:
    """H x W x 3 uint8 sRGB: lines on paper, or a picture with tones of its own?

    Lines may be coloured or pencil, black areas, screens and hatching are ink, too; paper may be tinted, unevenly lit, noisy, or black. A
    few surfaces in colour leave a drawing a drawing. A picture that is all in colours counts as "gray": its brightness is worth keeping.
    A page without lines is a drawing of nothing.
    """
    fine = _fine(rgb)
    if is_blank(rgb):
        return Seen(1.0, False, True)
    light, dark = (probability(features(each)) for each in (fine, 255 - fine))
    return Seen(max(light, dark), dark > light, False)


def look_at_drawing(rgb: UInt8) -> Seen:
    """The same of what is known to be line art; in a tenth of the time where the paper is light."""
    fine = _fine(rgb)
    if is_blank(rgb):
        return Seen(1.0, False, True)
    return Seen(1.0, bool(np.median(fine[::4, ::4]) < 128) and look_at(fine).black_paper, False)


def probability(found: NDArray[np.float64]) -> float:
    """That features are those of line art on light paper."""
    return float(1 / (1 + np.exp(-(np.array(WEIGHTS) @ terms(found)))))


def terms(found: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the logistic function weighs: 1, the features, and even tone with each of paper and colour."""
    return np.concatenate([[1.0], found, [found[0] * found[1], found[7] * found[8]]])


def features(rgb: UInt8) -> NDArray[np.float64]:
    """Nine numbers in 0..1 about H x W x 3 uint8 as lines on light paper. All of them are shares of what is there, at any size.

    0 paper, of the picture. Of all that is not paper: 1 even tone, 2 middle tone, 3 what is broad and dark, 4 sharp edges. 5 Of dark lines,
    those with neither tone nor colour beside them. Of the picture: 6 solid colour, 7 even tone under even light. 8 how dark the paper is.
    """
    fine = _middle(_fine(rgb))
    small = np.asarray(cv2.medianBlur(_sized(fine, SIDE), 3), np.uint8)
    value = _darkest(small)
    paper = paper_tone(value)
    light = full_light(paper)
    paper = np.maximum(paper, SHADE * light)
    relative = np.minimum(value / paper, 1)
    darkest, dark, most = (float(each) for each in np.percentile(relative[::2, ::2], (0.2, 1.5, 10)))
    ink = darkest if darkest > FAINT and most > CLEAN else min(dark, 0.7)
    tone = np.clip((relative - ink) / np.float32(1 - ink), 0, 1)
    window = max(3, round(max(fine.shape) * DOT) | 1)
    dots = _sized(_range(_darkest(fine), window), SIDE)[: tone.shape[0], : tone.shape[1]] / (
        paper * np.float32(1 - ink)
    )
    change = _range(tone, 5)
    drawn = tone < 0.85
    total = max(float(drawn.mean()), 0.004)
    colored = _colored(small, tone)
    even = (tone > 0.2) & drawn & (change < 0.15) & (dots < 0.35) & ~colored
    level = value / light
    wide = (level > 0.2) & (level < 0.88) & (_range(level, 5) < 0.12) & (dots < 0.35) & ~colored
    narrow = cv2.erode(even.astype(np.uint8), np.ones((5, 5), np.uint8))
    inked = (tone < 0.5).astype(np.uint8)
    broad = cv2.morphologyEx(inked, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (BROAD, BROAD)))
    toned = cv2.dilate(np.maximum(narrow, colored.astype(np.uint8)), np.ones((BESIDE, BESIDE), np.uint8))
    lines = (inked > 0) & (broad == 0)
    shares = [np.mean(each) / total for each in (even, drawn & (tone > 0.3) & (tone < 0.7), broad)]
    shares += [np.mean(drawn & (change > 0.5)) / total, (lines & (toned == 0)).sum() / max(int(lines.sum()), 20)]
    return np.array(
        [1 - drawn.mean(), *shares, colored.mean(), wide.mean(), 1 - np.median(light) / 255], np.float64
    ).clip(0, 1)


def is_blank(rgb: UInt8) -> bool:
    """Whether H x W x 3 uint8 is paper, black paper too, and nothing else: no mark longer than a speck, and no tone of its own."""
    step = -(-max(rgb.shape[:2]) // FINE)
    near = np.ones((step, step), np.uint8)  # the darkest of each step x step pixels, so that no thin line is lost
    light_paper = np.median(rgb[::step, ::step]) >= 128
    extreme = (cv2.erode if light_paper else cv2.dilate)(rgb, near, anchor=(0, 0))[::step, ::step]
    value = _darkest(np.asarray(extreme if light_paper else 255 - extreme, np.uint8))
    paper = paper_tone(value)
    light = full_light(paper)
    marks = (value < MARK * np.maximum(paper, SHADE * light)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
    specks = stats[1:, 2:4].max(initial=0) < max(2, SPECK * max(value.shape))
    return bool(specks and np.mean(paper < EVEN * light) < TONES)


def _fine(rgb: UInt8) -> UInt8:
    return rgb if max(rgb.shape[:2]) <= FINE else _sized(rgb, FINE)


def _middle(rgb: UInt8) -> UInt8:
    """The picture without its rim."""
    top, left = (int(RIM * side) for side in rgb.shape[:2])
    return rgb[top : rgb.shape[0] - top, left : rgb.shape[1] - left]


def _sized(picture: NDArray[Any], side: int) -> UInt8:
    """The same with a long side of so many px."""
    scale = side / max(picture.shape[:2])
    height, width = (max(1, round(each * scale)) for each in picture.shape[:2])
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=kind), np.uint8)


def _darkest(rgb: UInt8) -> UInt8:
    """(h, w) the least of the three channels; `min(2)` takes ten times as long."""
    return np.minimum(np.minimum(rgb[..., 0], rgb[..., 1]), rgb[..., 2])


def _range(plane: NDArray[Any], window: int) -> NDArray[Any]:
    """(h, w) the largest less the smallest value within a square of so many px."""
    near = np.ones((window, window), np.uint8)
    return np.asarray(cv2.dilate(plane, near) - cv2.erode(plane, near))


def _colored(small: UInt8, tone: Float) -> NDArray[np.bool_]:
    """(h, w) what has a colour that is not the paper's and fills more than a line."""
    there = small[tone > 0.9]
    white = np.median(there, 0) if len(there) else np.full(3, 255.0)
    red, green, blue = (small[..., n] / np.float32(max(white[n], 30)) for n in range(3))
    chroma = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    brush = np.ones((SOLID, SOLID), np.uint8)
    return np.asarray(cv2.dilate(cv2.erode(chroma, brush), brush) > COLOR)
