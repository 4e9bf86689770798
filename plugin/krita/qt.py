"""The one place that knows which Qt Krita brings: PyQt5; PyQt6 is written for and untested."""

from __future__ import annotations

try:
    from PyQt5 import QtCore, QtGui, QtWidgets  # type: ignore[import-not-found]
except ImportError:
    from PyQt6 import QtCore, QtGui, QtWidgets  # type: ignore[import-not-found]

Qt = QtCore.Qt


__all__ = ["Qt", "QtCore", "QtGui", "QtWidgets"]
