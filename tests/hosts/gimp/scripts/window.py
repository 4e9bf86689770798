"""In GIMP's window: opens a drawing, asks for the dialog, and says what came of it."""

import os

from helpers import Gimp, called, layer, main, opened, tree


def steps(report):
    image = opened(os.environ["DRAWING"])
    Gimp.Display.new(image)
    hints = layer(image, "hints", [(634, 393, 20, 14, (122, 74, 46, 255)), (880, 581, 20, 14, (214, 150, 96, 255))])
    lines = image.get_layers()[-1]
    before = tree(image.get_layers())
    status, message = called("plug-in-colorgan-colorize", image, [lines], mode=Gimp.RunMode.INTERACTIVE, hints=hints)
    report["status"], report["message"] = status.value_nick, message
    report["before"], report["after"] = before, tree(image.get_layers())


main(steps)
