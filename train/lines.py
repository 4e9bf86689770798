"""Line art in many hands, drawn anew for every sample: what a net for line art has to cope with.

Every hand keeps the line where the colour ends (within 1.5 px), whatever else it does to it.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

CLEAN = 0.6  # share of samples that look like a clean export
FAINT = 0.006  # share of ink below which a sheet is as good as empty
MAX_SHIFT = 1.4  # pixels at any size
BROAD = 0.009  # share of the side by which a marker reaches beyond the thick pen, on both sides of the line
Hand = Callable[[np.random.Generator, np.ndarray, "np.ndarray | None"], np.ndarray]


def draw_lines(
    rng: np.random.Generator, color: np.ndarray, outline: np.ndarray | None, hand: str | None = None
) -> np.ndarray:
    """Line art of `color` in a random hand, or in the named one of HANDS.

    color: uint8 (h,w,3) sRGB on white; outline: uint8 (2,h,w) thin and thick line art of the same size, or None.
    Returns uint8 (h,w), 255 paper, 0 ink. Deterministic in `rng`. Without an outline the outline hands ink the colour.
    """
    if hand is None:
        hand = choose(rng, outline is not None)
    lines = HANDS[hand](rng, color, outline)
    if hand in UNSURE and outline is not None and not FAINT < ink_share(lines) < 0.4:
        lines = clean(rng, color, outline)  # art without ink gives no lines, and dark or dense art drowns in them
    return lines


def ink_share(lines: np.ndarray) -> float:
    """Share of the sheet under ink, 0..1."""
    return cv2.countNonZero(cv2.threshold(lines, 160, 255, cv2.THRESH_BINARY_INV)[1]) / lines.size


def choose(rng: np.random.Generator, has_outline: bool) -> str:
    """A hand, so that about CLEAN of the samples are clean; art without an outline knows fewer."""
    names = WITH_OUTLINE if has_outline else WITHOUT_OUTLINE
    weights = np.array(list(names.values()))
    return list(names)[int(rng.choice(len(names), p=weights / weights.sum()))]


# ---- hands that trace the outline


def clean(rng: np.random.Generator, color: np.ndarray, outline: np.ndarray | None) -> np.ndarray:
    """Even, black, of any width between the two pens and a little beyond."""
    if outline is None:
        return ink(rng, color, None)
    mix = rng.uniform(-0.2, 1.0)
    if mix < 0.15:
        return outline[0].copy() if mix > 0 else lighter(outline[0], -mix)
    if mix > 0.85:
        return outline[1].copy()
    return between(outline, mix)


def marker(rng: np.random.Generator, color: np.ndarray, outline: np.ndarray | None) -> np.ndarray:
    """Even, black and broad, as in colouring books and many icons: up to 3 % of the sheet."""
    if outline is None:
        return ink(rng, color, None)
    reach = round(BROAD * max(outline.shape[1:]))
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return between(np.stack([outline[1], cv2.erode(outline[1], brush)]), rng.uniform(0.3, 1.0))


def pen(rng: np.random.Generator, color: np.ndarray, outline: np.ndarray | None) -> np.ndarray:
    """An unsteady pen: the width wanders along the line, the line trembles, and ends now and then."""
    lines = _some_pen(rng, color, outline).astype(np.float32)
    height, width = lines.shape
    press = smooth_noise(rng, height, width, rng.uniform(8, 24))
    soft = cv2.GaussianBlur(lines, (0, 0), 0.7)
    lines = np.clip(soft + (soft - 200) * 1.6 + press * rng.uniform(20, 60) * (soft < 235), 0, 255)
    if rng.random() < 0.7:
        lines = wobble(rng, lines, rng.uniform(0.4, MAX_SHIFT))
    if rng.random() < 0.5:
        lines = gaps(rng, lines, rng.uniform(0.02, 0.10))
    return to_uint8(lines)


def sketch(rng: np.random.Generator, color: np.ndarray, outline: np.ndarray | None) -> np.ndarray:
    """Two or three strokes where one would do."""
    lines = _some_pen(rng, color, outline).astype(np.float32)
    strokes = [wobble(rng, lines, rng.uniform(0.7, MAX_SHIFT)) for _ in range(int(rng.integers(2, 4)))]
    fade = rng.uniform(0.0, 0.45, len(strokes)).astype(np.float32)
    faded = [stroke + (255 - stroke) * part for stroke, part in zip(strokes, fade, strict=True)]
    return to_uint8(np.minimum.reduce(faded))


def pencil(rng: np.random.Generator, color: np.ndarray, outline: np.ndarray | None) -> np.ndarray:
    """Grey and grainy: graphite catches on the tooth of the paper."""
    lines = _some_pen(rng, color, outline).astype(np.float32)
    if rng.random() < 0.5:
        lines = wobble(rng, lines, rng.uniform(0.3, 1.0))
    lines = cv2.GaussianBlur(lines, (0, 0), rng.uniform(0.4, 0.8))
    grain = grain_noise(rng, lines.shape, rng.uniform(0.5, 0.9))
    strength = rng.uniform(0.45, 0.85) * (1 - 0.35 * np.clip(grain, -1, 1.6))
    return to_uint8(255 - (255 - lines) * np.clip(strength, 0, 1))


# ---- hands that follow the colour


def ink(rng: np.random.Generator, color: np.ndarray, outline: np.ndarray | None) -> np.ndarray:
    """Natural grey lines of inked art: the lightest channel divided by its own closing, dark fills stay dark."""
    size = 5 if min(color.shape[:2]) < 160 else 7
    light = color.max(2)
    closed = cv2.morphologyEx(light, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    offset = rng.uniform(12, 30)
    ratio = (light.astype(np.float32) + offset) / (closed.astype(np.float32) + offset)
    lines = to_uint8(255 * ratio ** rng.uniform(1.0, 1.8))
    return xdog(rng, color, None) if outline is None and ink_share(lines) < FAINT else lines


def xdog(rng: np.random.Generator, color: np.ndarray, outline: np.ndarray | None) -> np.ndarray:
    """Extended difference of Gaussians (Winnemoeller et al. 2012, eq. 7), on every channel's darkest answer."""
    sigma = float(rng.uniform(0.3, 0.5)) * max(color.shape[:2]) / 160
    picture = color.astype(np.float32) / 255
    fine = cv2.GaussianBlur(picture, (0, 0), max(sigma, 0.3))
    broad = cv2.GaussianBlur(picture, (0, 0), max(sigma, 0.3) * 4.5)
    difference = (fine - broad).min(2)  # negative just inside a dark edge
    steep = rng.uniform(12, 40)
    return to_uint8(255 * (1 + np.tanh(np.minimum(steep * (difference + rng.uniform(0.03, 0.09)), 0))))


def _some_pen(rng: np.random.Generator, color: np.ndarray, outline: np.ndarray | None) -> np.ndarray:
    if outline is None:
        return ink(rng, color, None) if rng.random() < 0.5 else xdog(rng, color, None)
    return between(outline, rng.uniform(0.0, 0.9))


# ---- what befalls the paper


def scanned(rng: np.random.Generator, color: np.ndarray, outline: np.ndarray | None) -> np.ndarray:
    """Any other hand on toned paper, with noise and now and then JPEG's blocks."""
    hand = str(rng.choice(["clean", "pen", "sketch", "pencil", "ink"]))
    under = draw_lines(rng, color, outline, hand).astype(np.float32)
    paper, black = rng.uniform(215, 255), rng.uniform(0, 60)
    lines = black + under * ((paper - black) / 255)
    if rng.random() < 0.6:
        lines += smooth_noise(rng, *lines.shape, rng.uniform(30, 80)) * rng.uniform(0, 6)
    if rng.random() < 0.6:
        lines += grain_noise(rng, lines.shape, 0.6) * rng.uniform(1, 5)
    result = to_uint8(lines)
    if rng.random() < 0.5:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 80))]
        result = cv2.imdecode(cv2.imencode(".jpg", result, quality)[1], cv2.IMREAD_GRAYSCALE)
    return result


# ---- tools


def to_uint8(lines: np.ndarray) -> np.ndarray:
    return np.clip(lines + 0.5, 0, 255).astype(np.uint8)


def between(outline: np.ndarray, mix: float) -> np.ndarray:
    """A pen between thin (0) and thick (1): both are blended, then the grey edge is made steep again."""
    blend = cv2.addWeighted(outline[0], 1 - mix, outline[1], mix, 0)
    soft = cv2.GaussianBlur(blend, (0, 0), 0.6).astype(np.float32)
    return np.minimum(to_uint8((soft - 128) * 1.6 + 110 + 30 * (1 - mix)), outline[0])


def lighter(lines: np.ndarray, amount: float) -> np.ndarray:
    """A thinner or greyer pen."""
    return to_uint8(255 - (255 - lines.astype(np.float32)) * (1 - 1.5 * amount))


def smooth_noise(rng: np.random.Generator, height: int, width: int, grain: float) -> np.ndarray:
    """float32 (h,w), about -1..1, changing over `grain` pixels."""
    small = rng.uniform(-1, 1, (max(2, round(height / grain)) + 1, max(2, round(width / grain)) + 1)).astype(np.float32)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def grain_noise(rng: np.random.Generator, shape: tuple[int, ...], sigma: float) -> np.ndarray:
    """float32 noise of paper grain, standard deviation about 1."""
    noise = rng.standard_normal(shape, dtype=np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), sigma)
    return soft * (2 * sigma * np.sqrt(np.pi)).astype(np.float32) if sigma > 0.45 else noise


def wobble(rng: np.random.Generator, lines: np.ndarray, pixels: float) -> np.ndarray:
    """Shift every place smoothly by at most `pixels`."""
    height, width = lines.shape
    grain = rng.uniform(14, 40)
    shift = [smooth_noise(rng, height, width, grain) for _ in range(2)]
    length = np.maximum(np.hypot(*shift), 1.0)  # cubic interpolation overshoots
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    across, down = columns + pixels * shift[0] / length, rows + pixels * shift[1] / length
    return cv2.remap(lines, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def gaps(rng: np.random.Generator, lines: np.ndarray, share: float) -> np.ndarray:
    """Lift the pen on about `share` of the sheet, in spots of a few pixels."""
    spots = smooth_noise(rng, *lines.shape, rng.uniform(4, 9))
    threshold = np.partition(spots.ravel(), int(spots.size * (1 - share)))[int(spots.size * (1 - share))]
    lift = np.clip((spots - threshold) * 8, 0, 1)
    return lines + (255 - lines) * lift


HANDS: dict[str, Hand] = {
    "clean": clean,
    "marker": marker,
    "pen": pen,
    "sketch": sketch,
    "pencil": pencil,
    "ink": ink,
    "xdog": xdog,
    "scanned": scanned,
}
UNSURE = {"ink", "xdog", "marker"}
WITH_OUTLINE = {
    "clean": CLEAN - 0.24,
    "marker": 0.16,
    "ink": 0.08,
    "pen": 0.13,
    "sketch": 0.07,
    "pencil": 0.07,
    "xdog": 0.02,
    "scanned": 0.11,
}
WITHOUT_OUTLINE = {"ink": 0.5, "xdog": 0.3, "scanned": 0.1, "pen": 0.05, "pencil": 0.05}
