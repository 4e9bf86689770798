"""What a person, a document or the engine may do at a bad moment: a sentence, and the document as it was."""

import os
import signal
import time

from helpers import choose, coloured, docker, fill, group_of, last, layer, names, opened, pixels, show, until


def steps(report, out):
    panel = docker()
    panel.setVisible(True)
    panel.run.click()
    yield 100
    assert "No picture is open" in panel.message.text(), panel.message.text()

    doc = opened(os.environ["DRAWING"])
    yield from show(doc)
    root, source = doc.rootNode(), doc.rootNode().childNodes()[0]
    yield from coloured()  # which starts the engine
    assert names(root).count("colorgan") == 1

    # what is no drawing
    empty = layer(doc, "empty")
    choose(panel.form.lines, "empty")
    panel.run.click()
    yield 200
    assert "empty" in panel.message.text(), panel.message.text()
    doc.setActiveNode(group_of(doc))
    yield 200
    choose(panel.form.lines, "The active layer")
    panel.run.click()
    yield 200
    assert "not a drawing" in panel.details.toPlainText(), panel.details.toPlainText()

    # locked, hidden, in a group, a clone, vectors
    source.setLocked(True)
    source.setVisible(False)
    choose(panel.form.lines, source.name())
    yield from coloured()
    assert names(root).count("colorgan") == 2, "reading locked and hidden lines is allowed"
    source.setLocked(False)
    source.setVisible(True)
    made = last(doc)
    flats = made.childNodes()[0]
    flats.setLocked(True)
    before = pixels(doc, flats)
    panel.update_.setChecked(True)
    panel.form.seed.setValue(77)
    yield from coloured()
    assert "locked" in panel.message.text(), panel.message.text()
    assert pixels(doc, flats) == before
    flats.setLocked(False)
    panel.update_.setChecked(False)
    group = doc.createGroupLayer("ink")
    root.addChildNode(group, empty)
    inner = doc.createNode("inner", "paintlayer")
    group.addChildNode(inner, None)
    fill(doc, inner, -20, 100, 300, 5, (0, 0, 0, 255))  # beyond the picture's edge
    clone = doc.createCloneLayer("double", source)
    root.addChildNode(clone, group)
    vectors = doc.createVectorLayer("vectors")
    root.addChildNode(vectors, clone)
    vectors.addShapesFromSvg(
        '<svg width="300" height="300"><rect x="50" y="50" width="150" height="150" fill="none" stroke="#000" stroke-width="4"/></svg>'
    )
    doc.refreshProjection()
    doc.waitForDone()
    yield 300
    for name in ("ink", "inner", "double", "vectors"):
        count = names(root).count("colorgan") + names(group).count("colorgan")
        choose(panel.form.lines, name)
        yield from coloured()
        assert "regions are painted" in panel.message.text(), (name, panel.details.toPlainText())
        assert names(root).count("colorgan") + names(group).count("colorgan") == count + 1, name
    choose(panel.form.lines, source.name())

    # cancel
    state = names(root), pixels(doc, source)
    began = time.monotonic()
    panel.run.click()
    yield from until(lambda: panel.bar.value() > 0)
    panel.cancel.click()
    assert panel.job is None and "Cancelled" in panel.message.text()
    report["cancelled after"] = time.monotonic() - began
    yield 1500
    assert (names(root), pixels(doc, source)) == state

    # the engine is killed in the middle; the next run works
    from colorgan.bridge import connect_or_start

    with connect_or_start() as engine:
        pid = engine.hello["pid"]
    panel.run.click()
    yield from until(lambda: panel.bar.value() > 0)
    os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    yield from until(lambda: panel.job is None)
    assert time.monotonic() - began < 2 and "engine" in panel.message.text(), panel.message.text()
    assert not panel.more.isHidden() and "engine.log" in panel.details.toPlainText(), (
        "the log's place is in the details"
    )
    assert (names(root), pixels(doc, source)) == state
    yield from coloured()
    assert "regions are painted" in panel.message.text(), panel.details.toPlainText()

    # no engine at all
    data, os.environ["COLORGAN_DATA"] = os.environ["COLORGAN_DATA"], os.path.join(out, "nothing")
    panel.worker._engine.close()
    panel.worker._engine = None  # it would connect again to the engine that it knows
    panel.run.click()
    yield from until(lambda: panel.job is None)
    assert "colorgan serve" in panel.details.toPlainText(), panel.details.toPlainText()
    os.environ["COLORGAN_DATA"] = data
