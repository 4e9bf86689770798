"""In GIMP's window: opens a drawing, asks for the dialog, and says what came of it."""

import os

from helpers import Gimp, called, done, layer, main, opened, tree


def steps(report):
    image = opened(os.environ["DRAWING"])
    Gimp.Display.new(image)
    hints = layer(image, "hints", [(634, 393, 20, 14, (122, 74, 46, 255)), (880, 581, 20, 14, (214, 150, 96, 255))])
    lines = image.get_layers()[-1]
    before = tree(image.get_layers())
    given = {"hints": hints} if os.environ["PROCEDURE"] == "plug-in-colorgan-colorize" else {}
    status, message = called(os.environ["PROCEDURE"], image, [lines], mode=Gimp.RunMode.INTERACTIVE, **given)
    report["status"], report["message"] = status.value_nick, message
    report["before"], report["after"] = before, tree(image.get_layers())
    if status == Gimp.PDBStatusType.SUCCESS:  # what the dialog was answered with is remembered
        other = opened(os.environ["DRAWING"])
        done(os.environ["PROCEDURE"], other, other.get_layers()[-1:], mode=Gimp.RunMode.WITH_LAST_VALS)
        report["again"] = tree(other.get_layers())


main(steps)
