"""Hints, a bare mask, undo and redo, another result, corrections, a selection."""

import os

from helpers import app, choose, coloured, docker, dump, fill, group_of, last, layer, names, opened, pixels, show
from krita import Selection


def steps(report, out):
    doc = opened(os.environ["DRAWING"])
    yield from show(doc)
    panel = docker()
    panel.setVisible(True)
    root = doc.rootNode()
    source = root.childNodes()[0]
    before = pixels(doc, source)
    hints = layer(doc, "dabs", [(200, 200, 14, 14, (214, 63, 41, 255)), (520, 420, 14, 14, (30, 90, 200, 255))])
    bare = layer(doc, "keep off", [(700, 640, 30, 30, (0, 0, 0, 255))])
    yield 100
    choose(panel.form.lines, source.name())
    choose(panel.form.hints, "dabs")
    choose(panel.form.bare, "keep off")
    panel.form.seed.setValue(3)
    panel.form.gaps.setValue(4)

    yield from coloured()
    group = group_of(doc)
    assert names(root) == [source.name(), "colorgan", "keep off", "dabs"] or names(root)[1] == "colorgan", names(root)
    blends = [(each.name(), each.blendingMode()) for each in group.childNodes()]
    assert blends == [("flats", "normal"), ("shade", "hard_light"), ("lines", "multiply")], blends
    assert pixels(doc, source) == before, "the lines are untouched"
    for each in group.childNodes():
        dump(out, each.name(), pixels(doc, each))
    hints.setVisible(False)
    bare.setVisible(False)
    doc.refreshProjection()
    doc.waitForDone()
    dump(out, "whole", doc.pixelData(0, 0, doc.width(), doc.height()))
    hints.setVisible(True)
    bare.setVisible(True)

    # one step back and forth
    count, flats = len(root.childNodes()), pixels(doc, group.childNodes()[0])
    app.action("edit_undo").trigger()
    yield 400
    assert len(root.childNodes()) == count - 1 and "colorgan" not in names(root), names(root)
    app.action("edit_redo").trigger()
    yield 400
    assert len(root.childNodes()) == count and pixels(doc, group_of(doc).childNodes()[0]) == flats

    # an explicit run makes another group; an update writes the last one anew and keeps what was corrected
    panel.update_.setChecked(False)
    yield from coloured()
    assert names(root).count("colorgan") == 2
    group = last(doc)
    assert [each.uniqueId() == group.uniqueId() for each in root.childNodes()].index(True) == 2, "over the one before"
    flats = group.childNodes()[0]
    written = pixels(doc, flats)
    fill(doc, flats, 300, 300, 20, 20, (10, 200, 30, 255))
    fill(doc, flats, 400, 500, 6, 6, (0, 0, 0, 0))
    fill(doc, hints, 200, 200, 14, 14, (120, 20, 160, 255))
    panel.update_.setChecked(True)
    yield from coloured()
    assert names(root).count("colorgan") == 2
    now = pixels(doc, flats)
    width = doc.width()

    def at(data, x, y):
        return data[4 * (y * width + x) : 4 * (y * width + x) + 4]

    assert at(now, 310, 310) == bytes((30, 200, 10, 255)) and at(now, 402, 502)[3] == 0, "corrections stay"
    assert at(now, 206, 206) == bytes((160, 20, 120, 255)), "the new hint is followed"
    assert now != written
    # and once more: still there, for another seed
    panel.form.seed.setValue(4)
    yield from coloured()
    now = pixels(doc, flats)
    assert at(now, 310, 310) == bytes((30, 200, 10, 255)) and at(now, 402, 502)[3] == 0

    # shade that is not wanted is hidden, not lost
    shade = group.childNodes()[1]
    fill(doc, shade, 350, 350, 8, 8, (90, 10, 10, 255))
    for wanted in (False, True):
        panel.form.shade.setChecked(wanted)
        yield from coloured()
        assert shade.visible() == wanted and at(pixels(doc, shade), 353, 353) == bytes((10, 10, 90, 255))

    # also after the file was closed and opened again
    doc.saveAs(os.path.join(out, "kept.kra"))
    again = app.openDocument(os.path.join(out, "kept.kra"))
    import colorgan

    found = last(again)
    lines = again.rootNode().childNodes()[0]
    colorgan.colorize(again, lines, hints=again.nodeByName("dabs"), update=found, seed=9)
    now = pixels(again, found.childNodes()[0])
    assert at(now, 310, 310) == bytes((30, 200, 10, 255)) and at(now, 402, 502)[3] == 0
    again.close()

    # a light stroke along a line colours the line, on a layer of its own, that is hidden when the stroke is gone
    beam = layer(doc, "beam", [(100, 100, 400, 24, (0, 0, 0, 255))])
    along = layer(doc, "along", [(300, 600, 9, 9, (30, 90, 200, 255))])
    made = colorgan.colorize(doc, beam, hints=along, seed=3)
    assert "holds" not in names(made), names(made)
    for stroke in (True, False, True):
        fill(doc, along, 120, 108, 200, 8, (250, 200, 40, 255 * stroke))
        colorgan.colorize(doc, beam, hints=along, seed=3, update=made)
        assert names(made) == ["flats", "shade", "lines", "holds"], names(made)
        holds = made.childNodes()[3]
        assert holds.visible() == stroke and at(pixels(doc, holds), 200, 102) == bytes((40, 200, 250, 255)), stroke
    for each in (made, along, beam):
        each.remove()

    # a selection
    chosen = Selection()
    chosen.select(100, 100, 300, 200, 255)
    chosen.feather(5)
    doc.setSelection(chosen)
    panel.update_.setChecked(False)
    yield from coloured()
    flats = pixels(doc, last(doc).childNodes()[0])
    assert at(flats, 50, 50)[3] == 0 and at(flats, 600, 500)[3] == 0
    dump(out, "cut", flats)
    dump(out, "mask", doc.selection().pixelData(0, 0, doc.width(), doc.height()))
    report["width"], report["height"] = doc.width(), doc.height()
