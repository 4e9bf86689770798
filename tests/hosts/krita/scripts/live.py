"""Live hints: how soon, how smoothly, and that the pen is left alone."""

import os
import time

from helpers import app, choose, coloured, docker, fill, group_of, layer, names, opened, pixels, show, until
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QWidget


class Timed:
    """What the plug-in does in Krita's own thread: the longest of all its turns, in seconds."""

    def __init__(self, panel):
        self.longest = 0.0
        panel._step = self.timed(panel._step)
        panel.watcher._timer.timeout.disconnect()
        panel.watcher._timer.timeout.connect(self.timed(panel.watcher._look))

    def timed(self, function):
        def call(*arguments):
            began = time.perf_counter()
            try:
                function(*arguments)
            finally:
                self.longest = max(self.longest, time.perf_counter() - began)

        return call


def steps(report, out):
    panel = docker()
    panel.setVisible(True)
    report["seconds"], report["block"] = {}, {}
    turns = Timed(panel)
    for size in (1024, 2048):
        doc = opened(os.path.join(out, f"{size}.png"))
        yield from show(doc)
        root, source = doc.rootNode(), doc.rootNode().childNodes()[0]
        hints = layer(doc, "dabs", [(size // 2, size // 2, 20, 20, (214, 63, 41, 255))])
        yield 100
        choose(panel.form.lines, source.name())
        choose(panel.form.hints, "dabs")
        panel.update_.setChecked(False)
        yield from coloured()
        group = group_of(doc)
        flats = group.childNodes()[0]
        panel.live.click()
        yield from until(lambda: panel.job is not None)
        yield from until(lambda: panel.job is None)
        yield 500
        times, turns.longest = [], 0.0
        for turn in range(5):
            color = (40 * turn, 200 - 30 * turn, 90, 255)
            fill(doc, hints, size // 2, size // 2, 20, 20, color)
            panel.watcher._touched = True  # as the end of a stroke says
            began = time.monotonic()
            wanted = bytes((color[2], color[1], color[0], 255))
            yield from until(lambda: bytes(flats.pixelData(size // 2 + 5, size // 2 + 5, 1, 1)) == wanted, 20)  # noqa: B023
            times.append(time.monotonic() - began)
            yield from until(lambda: panel.job is None)
            yield 300
        report["seconds"][size], report["block"][size] = sorted(times)[2], turns.longest
        assert names(root).count("colorgan") == 1, "live makes no new groups"

        # a stroke with the mouse is noticed at its end, and not before
        if size == 1024:
            doc.setActiveNode(hints)
            yield 300
            canvas = [
                each
                for each in app.activeWindow().qwindow().findChildren(QWidget)
                if "Canvas" in type(each).__name__
                or each.inherits("KisOpenGLCanvas2")
                or each.inherits("KisQPainterCanvas")
            ]
            assert canvas, "no canvas"
            before = pixels(doc, flats)
            target = next(each for each in canvas if each.isVisible())
            middle = QPoint(target.width() // 2, target.height() // 2)
            QTest.mouseMove(target, middle)
            QTest.mousePress(target, Qt.LeftButton, Qt.NoModifier, middle)
            for step in range(8):
                QTest.mouseMove(target, middle + QPoint(4 * step, 0))
                yield 60
                assert panel.job is None, "nothing is asked while the pen is down"
            QTest.mouseRelease(target, Qt.LeftButton, Qt.NoModifier, middle + QPoint(30, 0))
            yield 3000
            report["stroke seen"] = pixels(doc, flats) != before
        panel.live.click()
        assert not panel.live.isChecked()
        doc.setModified(False)
