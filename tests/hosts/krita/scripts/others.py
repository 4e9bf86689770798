"""Grey pictures, styles, references, palettes, and chosen layers."""

import os

from helpers import app, choose, coloured, docker, dump, group_of, last, layer, opened, pixels, show


def steps(report, out):
    panel = docker()
    panel.setVisible(True)

    doc = opened(os.environ["GRAY"])
    yield from show(doc)
    panel.form.task.setCurrentIndex(panel.form.task.findData("gray"))
    choose(panel.form.lines, "The active layer")
    panel.form.seed.setValue(5)
    yield from coloured()
    dump(out, "gray", pixels(doc, group_of(doc)))
    assert len(doc.rootNode().childNodes()) == 2

    doc = opened(os.environ["GRAY"])
    yield from show(doc)
    panel.form.task.setCurrentIndex(panel.form.task.findData("stylize"))
    panel.run.click()
    yield 200
    assert "No style picture" in panel.message.text(), panel.message.text()
    panel.form.put_style(os.environ["STYLE"], 1.0)
    panel.form.put_style(os.environ["DRAWING"], 0.25)
    panel.form.strength.setValue(80)
    assert panel.form.styles.item(0, 0).icon().availableSizes() or not panel.form.styles.item(0, 0).icon().isNull()
    yield from coloured()
    dump(out, "style", pixels(doc, group_of(doc)))

    # the drawing in two layers, coloured with Krita's palette and another open picture's colours
    doc = opened(os.environ["DRAWING"])
    yield from show(doc)
    panel.form.task.setCurrentIndex(panel.form.task.findData("lineart"))
    choose(panel.form.lines, "All visible layers")
    name = panel.form.palette.itemText(4)
    panel.form.palette.setCurrentIndex(4)
    report["palette"] = name
    panel.form.seed.setValue(0)
    yield from coloured()
    flats = pixels(doc, group_of(doc).childNodes()[0])
    colors = {flats[at : at + 3] for at in range(0, len(flats), 4 * 97) if flats[at + 3] == 255}
    from colorgan.form import File
    from colorgan.palettes import as_text, current_palette

    known = {bytes.fromhex(each[1:])[::-1] for each in as_text(name).split(",")}
    assert colors and colors <= known, (colors, known)
    report["current"] = current_palette()
    panel.form.palette.setCurrentIndex(0)
    other = [
        panel.form.reference.itemText(n)
        for n in range(panel.form.reference.count())
        if "Picture: " in panel.form.reference.itemText(n)
    ]
    assert other, "other open pictures are among the references"
    choose(panel.form.reference, other[0])
    yield from coloured()
    choose(panel.form.reference, "None")

    # chosen layers: ink on two layers of glass
    doc = app.createDocument(400, 400, "two", "RGBA", "U8", "", 72.0)
    yield from show(doc)
    first = layer(doc, "left", [(50, 50, 4, 300, (0, 0, 0, 255)), (50, 50, 300, 4, (0, 0, 0, 255))])
    layer(doc, "right", [(350, 50, 4, 304, (0, 0, 0, 255)), (50, 350, 304, 4, (0, 0, 0, 255))])
    layer(doc, "dabs", [(190, 190, 20, 20, (250, 200, 10, 255))])
    yield 100
    doc.setActiveNode(first)
    yield 200
    choose(panel.form.lines, "All visible layers")
    choose(panel.form.hints, "dabs")
    yield from coloured()
    flats = pixels(doc, group_of(doc).childNodes()[0])

    def at(x, y):
        return flats[4 * (y * 400 + x) : 4 * (y * 400 + x) + 4]

    assert at(100, 100) == bytes((10, 200, 250, 255)), "the room that two layers make is one region"
    assert at(10, 10) != at(100, 100)

    # the same by choosing both in the Layers docker
    app.action("select_all_layers").trigger()
    yield 300
    choose(panel.form.lines, "The selected layers")
    yield from coloured()
    again = pixels(doc, last(doc).childNodes()[0])
    assert again == flats, "the chosen layers are the drawing"

    # a file as reference
    choose(panel.form.lines, "All visible layers")
    panel.form.reference.insertItem(1, "a file", File(os.environ["STYLE"]))
    panel.form.reference.setCurrentIndex(1)
    panel.form.seed.setValue(1)
    yield from coloured()
    assert "regions are painted" in panel.message.text(), panel.details.toPlainText()
