"""GIMP's own way to cancel is to end the plug-in's process; the test does so from outside, once $OUT/started is there."""

import os

from helpers import OUT, Gimp, called, done, main, opened, pixels, tree


def steps(report):
    image = opened(os.environ["DRAWING"])
    lines = image.get_layers()[0]
    state = tree(image.get_layers()), pixels(image, lines)
    with open(os.path.join(OUT, "started"), "w"):
        pass
    status, message = called("plug-in-colorgan-colorize", image, [lines], seed=8)
    report["status"], report["message"] = status.value_nick, message
    assert status != Gimp.PDBStatusType.SUCCESS
    assert (tree(image.get_layers()), pixels(image, lines)) == state
    done("plug-in-colorgan-flats", image, [lines], seed=8)


main(steps)
