"""Repeat, and updates: hints are remembered with the image, results lie beside each other, and the drawing is the drawing."""

import os

from helpers import NORMAL, OUT, Gimp, Gio, called, child, done, fill, layer, main, opened, pixels, tree

RED, GREEN = (214, 63, 41, 255), (10, 200, 30, 255)
COLORIZE = "plug-in-colorgan-colorize"
LAST = Gimp.RunMode.WITH_LAST_VALS


def groups(image):
    return [each for each in image.get_layers() if each.is_group()]


def dab(image, group):
    """What the flats have beside the dab."""
    data = pixels(image, child(group, "flats"))
    return tuple(data[4 * (70 * image.get_width() + 84) :][:4])


def steps(report):
    image = opened(os.environ["DRAWING"])
    lines = image.get_layers()[0]
    hints = layer(image, "dabs", [(80, 66, 8, 8, RED)])
    image.set_selected_layers([lines])
    done(COLORIZE, image, [lines], hints=hints)
    (first,) = groups(image)
    assert image.get_selected_layers() == [lines], "the selection is as it was"
    assert dab(image, first) == RED

    # Repeat: on a layer of the result, on the hints, and on the drawing
    for chosen in (child(first, "lines"), hints, lines):
        image.set_selected_layers([chosen])
        done(COLORIZE, image, [chosen], mode=LAST)
        assert image.get_selected_layers() == [chosen]
        new = groups(image)[0]
        assert dab(image, new) == RED, (chosen.get_name(), "the hints are remembered")
        found = tree(image.get_layers())
        wanted = [
            "dabs",
            [new.get_name(), found[1][1]],
            [first.get_name(), ["lines", "shade", "flats"]],
            lines.get_name(),
        ]
        assert found == wanted, found
        image.remove_layer(new)

    # an update writes the result that is chosen
    done(COLORIZE, image, [lines], hints=hints)
    second = groups(image)[0]
    fill(hints, 80, 66, 8, 8, GREEN)
    done(COLORIZE, image, [child(first, "flats")], hints=hints, update=True)
    assert (dab(image, first), dab(image, second)) == (GREEN, RED), "the lower one"
    done(COLORIZE, image, [hints], mode=LAST)
    assert len(groups(image)) == 2 and dab(image, second) == GREEN, "Update is remembered, with the hints"
    image.remove_layer(second)

    # the drawing of another result is left alone
    beam = layer(image, "beam", [(100, 20, 100, 24, (0, 0, 0, 255))])
    done(COLORIZE, image, [beam], update=True)
    assert len(groups(image)) == 2 and dab(image, first) == GREEN
    image.remove_layer(groups(image)[0])
    image.remove_layer(beam)
    done(COLORIZE, image, [lines], hints=hints)
    image.remove_layer(groups(image)[0])

    # what cannot be
    before = tree(image.get_layers())
    for purpose, word in (("hints", "Hints"), ("bare", "Keep unpainted")):
        for each in (hints, lines):
            status, message = called(COLORIZE, image, [each], **{purpose: each})
            assert status == Gimp.PDBStatusType.EXECUTION_ERROR, (purpose, each.get_name())
            assert each.get_name() in message and word in message and "drawing" in message, message
    assert tree(image.get_layers()) == before

    # in the file, and in a copy, whose layers have other numbers
    kept = Gio.File.new_for_path(os.path.join(OUT, "repeat.xcf"))
    assert Gimp.file_save(NORMAL, image, kept, None)
    extra = layer(image, "extra")  # numbers of later layers differ in the copy
    image.remove_layer(extra)
    for other in (Gimp.file_load(NORMAL, kept), image.duplicate()):
        named = {each.get_name(): each for each in other.get_layers()}
        done(COLORIZE, other, [named["dabs"]], mode=LAST)
        assert dab(other, groups(other)[0]) == GREEN and len(groups(other)) == 2, tree(other.get_layers())
        # hints that are gone are none
        other.remove_layer(named["dabs"])
        done(COLORIZE, other, [other.get_layers()[-1]], mode=LAST)
        assert dab(other, groups(other)[0]) != GREEN
        other.delete()

    # a layer that was renamed is the same layer
    hints.set_name("spots")
    done(COLORIZE, image, [hints], mode=LAST)
    assert len(groups(image)) == 2 and dab(image, groups(image)[0]) == GREEN

    # nothing goes from one image to another
    other = opened(os.environ["DRAWING"])
    layer(other, "dabs", [(80, 66, 8, 8, RED)])
    for _ in range(2):
        done(COLORIZE, other, [other.get_layers()[-1]], mode=LAST)
    assert len(groups(other)) == 2, "nor Update"
    assert dab(other, groups(other)[0]) != RED


main(steps)
