"""In GIMP's window: opens a drawing, asks for the dialog, and says what came of it."""

import json
import os

from helpers import Gimp, called, child, done, layer, main, opened, pixels, tree


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
    if (
        os.environ.get("DIALOGS") == "2"
    ):  # the dialog again, and then Repeat: as a person does who has drawn another hint
        image.set_selected_layers([hints])
        status, message = called(os.environ["PROCEDURE"], image, [hints], mode=Gimp.RunMode.INTERACTIVE)
        assert status == Gimp.PDBStatusType.SUCCESS, message
        report["selected"] = [each.get_name() for each in image.get_selected_layers()]
        done(os.environ["PROCEDURE"], image, [hints], mode=Gimp.RunMode.WITH_LAST_VALS)
        groups = [each for each in image.get_layers() if each.is_group()]
        report["flats"] = [list(pixels(image, child(each, "flats"))[4 * (400 * 1018 + 644) :][:4]) for each in groups]
        told = json.loads(bytes(image.get_parasite("colorgan-inputs").get_data()))
        report["settings"] = told["settings"][os.environ["PROCEDURE"]]
        report["repeated"] = tree(image.get_layers())
    if status == Gimp.PDBStatusType.SUCCESS:  # what the dialog was answered with is remembered
        other = opened(os.environ["DRAWING"])
        done(os.environ["PROCEDURE"], other, other.get_layers()[-1:], mode=Gimp.RunMode.WITH_LAST_VALS)
        report["again"] = tree(other.get_layers())


main(steps)
