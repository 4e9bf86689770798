"""The one place that knows which Qt Krita brings: PyQt5; PyQt6 is written for and untested."""

from __future__ import annotations

try:
    from PyQt5 import QtCore, QtGui, QtWidgets  # type: ignore[import-not-found]
except ImportError:
    import enum

    from PyQt6 import QtCore, QtGui, QtWidgets  # type: ignore[import-not-found]

    for module in (QtCore, QtGui, QtWidgets):  # Qt.AlignmentFlag.AlignLeft is also Qt.AlignLeft again
        for owner in [each for each in vars(module).values() if isinstance(each, type)]:
            for scope in [getattr(owner, name, None) for name in dir(owner)]:
                for name, member in (
                    getattr(scope, "__members__", {}).items() if isinstance(scope, enum.EnumMeta) else ()
                ):
                    setattr(owner, name, member)

Qt = QtCore.Qt


__all__ = ["Qt", "QtCore", "QtGui", "QtWidgets"]
