"""Notices that a layer has changed. Krita has no signal for it: after each end of a stroke, and now and then, its pixels are read."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from .qt import Qt, QtCore, QtWidgets

LOOK = 150  # ms between looks at whether there is something to see
RARELY = 10  # looks after which the layer is read although nobody has touched anything: undo by a script, say
ENDS = (
    QtCore.QEvent.MouseButtonRelease,
    QtCore.QEvent.TabletRelease,
    QtCore.QEvent.KeyRelease,
    QtCore.QEvent.Shortcut,
    QtCore.QEvent.TouchEnd,
)


class Watcher(QtCore.QObject):  # type: ignore[misc]
    """Calls `changed` after pixels of `layer()` have changed, never while the pen is down. read: a layer's pixels."""

    def __init__(self, layer: Callable[[], Any], read: Callable[[Any], Any], changed: Callable[[], None]) -> None:
        super().__init__()
        self._layer, self._read, self._changed = layer, read, changed
        self._seen: tuple[str, int] | None = None
        self._touched, self._looks, self._pen = True, 0, False
        self._timer = QtCore.QTimer(self)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        self._seen, self._touched = None, True
        QtWidgets.QApplication.instance().installEventFilter(self)
        self._timer.start(LOOK)

    def stop(self) -> None:
        QtWidgets.QApplication.instance().removeEventFilter(self)
        self._timer.stop()

    def eventFilter(self, watched: Any, event: Any) -> bool:
        kind = event.type()
        if kind == QtCore.QEvent.TabletPress:
            self._pen = True
        elif kind in ENDS:
            self._touched = True
            if kind == QtCore.QEvent.TabletRelease:
                self._pen = False
        return False

    def _look(self) -> None:
        self._looks += 1
        if self._pen or QtWidgets.QApplication.mouseButtons() != Qt.NoButton:
            return
        if not self._touched and self._looks % RARELY:
            return
        self._touched = False
        layer = self._layer()
        if layer is None:
            return
        seen = layer.uniqueId().toString(), zlib.crc32(self._read(layer))
        if seen != self._seen:
            self._seen = seen
            self._changed()
