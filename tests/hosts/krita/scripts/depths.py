"""16 bits, floats, another profile, and what colorgan cannot take."""

import os

from helpers import app, choose, coloured, docker, dump, group_of, layer, opened, pixels, show


def steps(report, out):
    panel = docker()
    panel.setVisible(True)
    for depth, profile in (("U16", ""), ("F32", "sRGB-elle-V2-srgbtrc.icc"), ("U8", "LargeRGB-elle-V2-g18.icc")):
        doc = opened(os.environ["DRAWING"])
        doc.setColorSpace("RGBA", depth, profile or doc.colorProfile())
        doc.waitForDone()
        yield from show(doc)
        source = doc.rootNode().childNodes()[0]
        layer(doc, "dabs", [(200, 200, 14, 14, (214, 63, 41, 255))])
        yield 100
        choose(panel.form.lines, source.name())
        choose(panel.form.hints, "dabs")
        panel.form.seed.setValue(3)
        yield from coloured()
        group = group_of(doc)
        for each in group.childNodes():
            dump(out, f"{depth}.{each.name()}", pixels(doc, each))
        dump(out, f"{depth}.source", pixels(doc, source))
        if depth == "U8":
            doc.exportImage(os.path.join(out, "profile.png"), options())
        doc.setModified(False)
        app.activeWindow().activeView().setVisible()
        yield 100
    for model, depth, word in (("GRAYA", "U8", "needs RGB"), ("RGBA", "F16", "F16"), ("CMYKA", "U8", "CMYKA")):
        doc = opened(os.environ["DRAWING"])
        doc.setColorSpace(model, depth, app.profiles(model, depth)[0])
        doc.waitForDone()
        yield from show(doc)
        choose(panel.form.lines, "The active layer")
        panel.form.hints.setCurrentIndex(0)
        before = len(doc.rootNode().childNodes())
        panel.run.click()
        yield 200
        assert word in panel.details.toPlainText(), (word, panel.details.toPlainText())
        assert len(doc.rootNode().childNodes()) == before


def options():
    from krita import InfoObject

    wishes = InfoObject()
    for name, wish in (("saveSRGBProfile", False), ("forceSRGB", False), ("alpha", True), ("compression", 1)):
        wishes.setProperty(name, wish)
    return wishes
