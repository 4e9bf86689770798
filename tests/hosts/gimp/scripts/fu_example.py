"""examples/colorgan_fu.py, called as GIMP's menu would call it; and with a palette that the program refuses."""

import os

from helpers import called, child, done, dump, main, opened, pixels, tree


def steps(report):
    image = opened(os.environ["DRAWING"])
    lines = image.get_layers()
    report["before refusal"] = tree(image.get_layers())
    given = {"seed": 3, "command": os.environ["COMMAND"]}
    _, report["refused"] = called("python-fu-colorgan", image, lines, palette="no-such-palette", **given)
    report["after refusal"] = tree(image.get_layers())
    done("python-fu-colorgan", image, lines, **given)
    report["tree"] = tree(image.get_layers())
    dump("flats", pixels(image, child(image.get_layers()[0], "flats")))


main(steps)
