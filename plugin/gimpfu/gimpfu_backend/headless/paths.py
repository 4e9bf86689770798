"""Paths."""

from __future__ import annotations

import numpy as np

from gimpfu_backend.headless.images import copied
from gimpfu_backend.headless.shapes import flat_path
from gimpfu_backend.headless.things import Thing, copied_name, procedure


@procedure("gimp-path-new")
def _(host, image, name):
    made = host.add(
        Thing(
            "GimpPath", image=image, name=name, strokes={}, visible=True, parent=None, children=None,
            lock_content=False, color_tag=0, data=None,
        )
    )  # fmt: skip
    made.tattoo = made.ID
    return made


@procedure("gimp-path-copy")
def _(host, path):
    made = copied(host, path, path.image)
    made.name = copied_name(path.name)
    return made


def found(path, stroke):
    if stroke not in path.strokes:
        raise RuntimeError(f"{path.name} has no stroke {stroke}.")
    return path.strokes[stroke]


@procedure("gimp-path-get-strokes")
def _(host, path):
    return list(path.strokes)


@procedure("gimp-path-stroke-new-from-points")
def _(host, path, kind, points, closed):
    if len(points) % 6:
        raise RuntimeError("A stroke's points come by three: a handle, the point, a handle.")
    number = max(path.strokes, default=0) + 1
    path.strokes[number] = [list(points), bool(closed)]
    return number


@procedure("gimp-path-stroke-get-points")
def _(host, path, stroke):
    points, closed = found(path, stroke)
    return 0, list(points), closed


@procedure("gimp-path-remove-stroke")
def _(host, path, stroke):
    found(path, stroke)
    del path.strokes[stroke]


@procedure("gimp-path-stroke-close")
def _(host, path, stroke):
    found(path, stroke)[1] = True


@procedure("gimp-path-stroke-translate")
def _(host, path, stroke, x, y):
    points = found(path, stroke)[0]
    points[::2], points[1::2] = [each + x for each in points[::2]], [each + y for each in points[1::2]]


@procedure("gimp-path-stroke-interpolate")
def _(host, path, stroke, precision):
    points, closed = found(path, stroke)
    return flat_path(points, closed), closed


@procedure("gimp-path-stroke-get-length")
def _(host, path, stroke, precision):
    points, closed = found(path, stroke)
    line = np.array(flat_path(points, closed)).reshape(-1, 2)
    steps = np.diff(np.vstack([line, line[:1]]) if closed else line, axis=0)
    return float(np.hypot(*steps.T).sum())
