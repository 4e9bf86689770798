"""The one place that knows which Qt Krita brings: PyQt5; PyQt6 is written for and untested."""

from __future__ import annotations

try:
    from PyQt5 import QtCore, QtGui, QtWidgets  # type: ignore[import-not-found]
except ImportError:
    from PyQt6 import QtCore, QtGui, QtWidgets  # type: ignore[import-not-found]

Qt = QtCore.Qt


def invoke(target: object, slot: str) -> None:
    """Calls a slot in this thread, as `target.slot()` would, but without Python's lock: other threads go on meanwhile."""
    QtCore.QMetaObject.invokeMethod(target, slot, Qt.DirectConnection)


__all__ = ["Qt", "QtCore", "QtGui", "QtWidgets", "invoke"]
