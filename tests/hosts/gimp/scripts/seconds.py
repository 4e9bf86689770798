"""How long an update takes beside a new result, in an image that GEGL rounds in."""

import os
import time

from helpers import Gimp, child, done, fill, layer, main, opened


def steps(report):
    image = opened(os.environ["DRAWING"])
    image.convert_precision(Gimp.Precision.U16_LINEAR)
    lines = image.get_layers()[0]
    hints = layer(image, "hints", [(600, 600, 100, 100, (214, 63, 41, 255))])  # a correction counts as a hint, too
    report["seconds"] = {}
    for name, update in (("new", False), ("update", True), ("corrected", True)):
        if name == "corrected":
            group = next(each for each in image.get_layers() if each.is_group())
            fill(child(group, "flats"), 500, 500, 100, 100, (10, 200, 30, 255))
        started = time.monotonic()
        done("plug-in-colorgan-colorize", image, [lines], hints=hints, seed=3, update=update)
        report["seconds"][name] = time.monotonic() - started


main(steps)
