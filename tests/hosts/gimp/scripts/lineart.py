"""Hints with an offset, a bare mask, another result, corrections, a selection."""

import os

from helpers import (
    NORMAL,
    OUT,
    Gegl,
    Gimp,
    Gio,
    called,
    child,
    done,
    dump,
    fill,
    flattened,
    layer,
    main,
    opened,
    pixels,
    tree,
)


def steps(report):
    image = opened(os.environ["DRAWING"])
    lines = image.get_layers()[0]
    before = pixels(image, lines)
    hints = layer(image, "dabs", size=(400, 300), offset=(190, 190))
    fill(hints, 200, 200, 14, 14, (214, 63, 41, 255))
    fill(hints, 520, 420, 14, 14, (30, 90, 200, 255))
    bare = layer(image, "keep off", [(700, 640, 30, 30, (0, 0, 0, 255))])
    wishes = {"hints": hints, "bare": bare, "seed": 3, "close_gaps": 4}
    done("plug-in-colorgan-colorize", image, [lines], **wishes)
    found = tree(image.get_layers())
    assert found == ["keep off", "dabs", ["colorgan", ["lines", "shade", "flats"]], lines.get_name()], found
    assert pixels(image, lines) == before, "the lines are untouched"
    group = lines_group(image)
    for each in group.get_children():
        dump(each.get_name(), pixels(image, each))
    hints.set_visible(False)
    bare.set_visible(False)
    dump("whole", flattened(image))

    # another run makes another group; an update writes the last one anew and keeps what was corrected
    done("plug-in-colorgan-colorize", image, [lines], **wishes)
    assert len([each for each in image.get_layers() if each.is_group()]) == 2
    group = next(each for each in image.get_layers() if each.is_group())
    flats = child(group, "flats")
    fill(flats, 300, 300, 20, 20, (10, 200, 30, 255))
    fill(flats, 400, 500, 6, 6, (0, 0, 0, 0))
    fill(hints, 200, 200, 14, 14, (120, 20, 160, 255))
    width = image.get_width()

    def at(x, y):
        data = pixels(image, flats)
        return tuple(data[4 * (y * width + x) : 4 * (y * width + x) + 4])

    for seed in (3, 4):
        done("plug-in-colorgan-colorize", image, [lines], **{**wishes, "seed": seed, "update": True})
        assert len([each for each in image.get_layers() if each.is_group()]) == 2
        assert at(310, 310) == (10, 200, 30, 255) and at(402, 502)[3] == 0, "corrections stay"
        assert at(206, 206) == (120, 20, 160, 255), "the new hint is followed"

    # shade that is not wanted is hidden, not lost
    shade = child(group, "shade")
    fill(shade, 350, 350, 8, 8, (90, 10, 10, 255))
    for wanted in (False, True):
        done("plug-in-colorgan-colorize", image, [lines], **{**wishes, "shade": wanted, "update": True})
        data = pixels(image, shade)[4 * (353 * width + 353) :][:4]
        assert shade.get_visible() == wanted and tuple(data) == (90, 10, 10, 255), (wanted, tuple(data))

    # also after the file was closed and opened again
    kept = Gio.File.new_for_path(os.path.join(OUT, "kept.xcf"))
    assert Gimp.file_save(NORMAL, image, kept, None)
    again = Gimp.file_load(NORMAL, kept)
    named = {each.get_name(): each for each in again.get_layers()}
    done("plug-in-colorgan-colorize", again, [again.get_layers()[-1]], hints=named["dabs"], seed=9, update=True)
    flats = child(next(each for each in again.get_layers() if each.is_group()), "flats")
    data = pixels(again, flats)
    found = tuple(data[4 * (310 * width + 310) : 4 * (310 * width + 310) + 4])
    assert found == (10, 200, 30, 255), found

    # a selection with a feather
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 100, 100, 300, 200)
    Gimp.Selection.feather(image, 10)
    done("plug-in-colorgan-flats", image, [lines], seed=3)
    group = next(each for each in image.get_layers() if each.is_group())
    found = [each.get_name().partition(" #")[0] for each in group.get_children()]
    assert found == ["lines", "flats"], found
    dump("cut", pixels(image, child(group, "flats")))
    where = Gegl.Rectangle.new(0, 0, image.get_width(), image.get_height())
    dump("mask", bytes(image.get_selection().get_buffer().get(where, 1.0, "Y u8", Gegl.AbyssPolicy.NONE)))
    Gimp.Selection.none(image)

    # a light stroke along a line colours the line, on a layer of its own, that is hidden when the stroke is gone
    beam = layer(image, "beam", [(100, 100, 400, 24, (0, 0, 0, 255))])
    along = layer(image, "along", [(120, 108, 200, 8, (250, 200, 40, 255))])
    done("plug-in-colorgan-colorize", image, [beam], hints=along, seed=3)
    group = next(each for each in image.get_layers() if each.is_group())
    assert group.get_children()[0].get_name() == "holds", tree([group])
    holds = child(group, "holds")
    for stroke in (True, False, True):
        fill(along, 120, 108, 200, 8, (250, 200, 40, 255 * stroke))
        fill(along, 300, 600, 9, 9, (30, 90, 200, 255))
        done("plug-in-colorgan-colorize", image, [beam], hints=along, seed=3, update=True)
        data = pixels(image, holds)[4 * (102 * width + 200) :][:4]
        assert holds.get_visible() == stroke and tuple(data) == (250, 200, 40, 255), (stroke, tuple(data))
    for each in (group, along, beam):
        image.remove_layer(each)

    # a mask hides part of the lines; two layers are one drawing
    mask = lines.create_mask(Gimp.AddMaskType.BLACK)
    lines.add_mask(mask)
    status, message = called("plug-in-colorgan-colorize", image, [lines], seed=3)
    assert status == Gimp.PDBStatusType.EXECUTION_ERROR and "empty" in message, message


def lines_group(image):
    return next(each for each in image.get_layers() if each.is_group())


main(steps)
