"""Fits the logistic function by which `--task auto` decides, and prints what belongs into colorgan_core/gray/detection.py.

    python -m colorgan_train.fit_task --downloads DIR

Drawings are openclipart's, as line art in every medium of task_cases.py; grey pictures are GCompris's photographs, openclipart's art as
it is, in grey and in colour, and made-up ones. Of all these the tuning part and as many of the training part; held-out art is never read.
"""

from __future__ import annotations

import argparse
import copy
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from colorgan_core.gray.detection import features, terms

from .logistic import fit
from .outline import as_outline
from .render import Unusable, centre, framed, on_white, parse_svg, render_svg
from .sources import Art, source_art
from .split import TRAINING, TUNING, split_hash
from .task_cases import DRAWN, GREY, as_gray, flat_cartoon, photograph

CASES = 24  # of each kind
POOL = 60  # pictures of each source and part
SIZES = (384, 512, 640)  # px
TONED = 0.2  # share of what is drawn, that has tones between ink and paper in art that is no drawing
RIDGE = 0.003  # weight decay of the standardised coefficients
# Weights of what is hardest to tell apart: a drawing of which a figure is in colour, flat art in grey, and art that is all in colour.
FIGURE, FLAT, COLORED = 2.0, 2.0, 0.3
NEGATIVE = 0.15  # weight of a drawing's own negative, which is a drawing in the other tone alone

Array = np.ndarray[Any, Any]
Row = tuple[Array, bool, float]


def pool(source: str, downloads: Path) -> list[Art]:
    """POOL items of the tuning part and of the training part, in the order of their hashes."""
    art = sorted(source_art(source, downloads), key=lambda each: split_hash(source, each.name))
    parts = (TUNING, TRAINING)
    return [each for part in parts for each in [one for one in art if one.part == part][:POOL]]


def drawings(downloads: Path, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Line art (h, w) and the picture itself (h, w, 3) on white."""
    for each in pool("openclipart", downloads):
        data = each.data.read_bytes() if isinstance(each.data, Path) else each.data
        size = int(rng.choice(SIZES))
        try:
            root = parse_svg(bytes(data))
            picture, _ = framed(copy.deepcopy(root), size)
            outline, _ = centre(render_svg(as_outline(root, rng.uniform(1.0, 3.2) * size / 400, size), size), size)
        except (Unusable, ValueError):
            continue
        lines = on_white(outline).min(2)
        if 0.01 < (lines < 160).mean() < 0.25 and (picture[..., 3] > 128).mean() > 0.1:
            yield lines, on_white(picture)


def is_toned(picture: Array) -> bool:
    """Whether art (h, w, 3) is more than black on white."""
    gray = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return bool(((gray > 60) & (gray < 225)).sum() > TONED * (gray < 250).sum())


def cases(downloads: Path) -> Iterator[Row]:
    """Features, whether they are of line art on light paper, and weight."""
    rng = np.random.default_rng(0)
    lines, art = (list(each) for each in zip(*drawings(downloads, rng), strict=True))
    art = [picture for picture in art if is_toned(picture)]
    photographs = []
    for each in pool("gcompris-photos", downloads):
        with Image.open(io.BytesIO(bytes(each.data))) as picture:  # type: ignore[arg-type]
            shown = np.asarray(picture.convert("RGB"))
        scale = min(1.0, 640 / max(shown.shape[:2]))
        photographs.append(np.asarray(cv2.resize(shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)))
    for kind, make in DRAWN.items():
        for _ in range(CASES):
            picture = make(lines[int(rng.integers(len(lines)))], rng)
            both = _both(on_white(picture) if picture.shape[2] == 4 else picture)
            yield both[kind == "white on black"], True, FIGURE if kind == "one coloured figure" else 1.0
            yield both[kind != "white on black"], False, NEGATIVE
    for number in range(CASES):
        photo = photographs[int(rng.integers(len(photographs)))]
        others = [(make(photo, rng), 1.0) for make in GREY.values()] + [(photo, 1.0)]
        others += [(as_gray(art[(2 * number + odd) % len(art)], rng), FLAT) for odd in (0, 1)]
        others.append((art[(3 * number) % len(art)], COLORED))
        others += [(as_gray(photograph(rng), rng), 1.0), (as_gray(flat_cartoon(rng), rng), 1.0)]
        for picture, weight in others:
            light, dark = _both(picture)
            yield light, False, 0.6 * weight
            yield dark, False, 0.4 * weight


def _both(picture: Array) -> tuple[Array, Array]:
    whole = np.ascontiguousarray(picture)
    return features(whole), features(255 - whole)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--downloads", type=Path, required=True, help="where the packages lie, or are fetched to")
    found = list(cases(parser.parse_args().downloads))
    x, (y, weight) = np.stack([terms(row[0]) for row in found]), np.array([row[1:] for row in found], float).T
    print(f"{len(found)} rows; WEIGHTS = ({', '.join(f'{value:.2f}' for value in fit(x, y, weight, RIDGE))})")


if __name__ == "__main__":
    main()
