"""What scripts in Krita share."""

import os
import time

from krita import Krita
from PyQt5.QtCore import QByteArray, Qt
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication

app = Krita.instance()


def show(document):
    """A window for a document; yields until it is there."""
    document.setBatchmode(True)
    app.activeWindow().addView(document)
    document.waitForDone()
    yield 500
    assert app.activeDocument() is not None


def opened(path):
    document = app.openDocument(path)
    assert document is not None, path
    return document


def docker():
    (found,) = [each for each in app.dockers() if each.objectName() == "colorgan"]
    return found


def until(what, seconds=40):
    """Yields until `what()` is true."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen: " + docker().message.text() + docker().details.toPlainText()
        yield 20


def coloured(panel=None):
    """Presses the button and yields until it is done."""
    panel = panel or docker()
    QTest.mouseClick(panel.run, Qt.LeftButton)
    assert panel.job is not None or panel.message.text(), "the click came through"
    yield from until(lambda: panel.job is None)
    assert "bug" not in panel.message.text(), panel.details.toPlainText()


def choose(combo, words):
    panel = docker()
    panel.form.fill_layers()
    at = combo.findText(words)
    assert at >= 0, [combo.itemText(n) for n in range(combo.count())]
    combo.setCurrentIndex(at)


def layer(document, name, rectangles=(), above=None):
    """A paint layer with rectangles (x, y, width, height, (r, g, b, a) of 8 bits)."""
    node = document.createNode(name, "paintlayer")
    document.rootNode().addChildNode(node, above)
    for x, y, width, height, color in rectangles:
        fill(document, node, x, y, width, height, color)
    document.refreshProjection()
    return node


def fill(document, node, x, y, width, height, color):
    red, green, blue, alpha = color
    depth = document.colorDepth()
    if depth == "U8":
        pixel = bytes((blue, green, red, alpha))
    elif depth == "U16":
        pixel = b"".join((each * 257).to_bytes(2, "little") for each in (blue, green, red, alpha))
    else:
        import struct

        pixel = struct.pack("<4f", *(each / 255 for each in (red, green, blue, alpha)))
    node.setPixelData(QByteArray(pixel * (width * height)), x, y, width, height)


def pixels(document, node):
    return bytes(node.pixelData(0, 0, document.width(), document.height()))


def dump(out, name, data):
    with open(os.path.join(out, name), "wb") as file:
        file.write(bytes(data))


def names(node):
    return [child.name() for child in node.childNodes()]


def group_of(document):
    return [child for child in document.rootNode().childNodes() if child.name() == "colorgan"][-1]


def screenshot(path):
    app.activeWindow().qwindow().grab().save(path)


def processed():
    QApplication.processEvents()


def last(document):
    """The group that the docker has made last."""
    return next(each for each in document.rootNode().childNodes() if each.uniqueId().toString() == docker().group)
