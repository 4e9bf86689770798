"""What a person chooses: the picture, the wishes, and the styles."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from krita import Krita  # type: ignore[import-not-found]

from . import host
from .bridge import words
from .host import HostError
from .jobs import Wishes
from .palettes import as_text, current_palette, palette_names
from .qt import Qt, QtCore, QtGui, QtWidgets

TASKS = (("Line art", "lineart"), ("Grey picture", "gray"), ("Style", "stylize"))
CHOSEN, VISIBLE = "chosen", "visible"
PICTURES = "Pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.gif *.bmp)"
PALETTES = "Palettes and pictures (*.gpl *.kpl *.ase *.hex *.txt *.png *.jpg *.jpeg *.webp *.tif *.tiff)"
THUMBNAIL = 56  # px
FILE, CURRENT = "\0file", "\0current"  # choices that are no layer and no palette


@dataclass(frozen=True)
class File:
    """A file among the choices."""

    path: str


@dataclass(frozen=True)
class Other:
    """Another open picture among the choices."""

    document: Any


class Form(QtWidgets.QWidget):  # type: ignore[misc]
    """The choices, of which those that the task has are shown; `wishes` says them."""

    task_chosen = QtCore.pyqtSignal(str)
    surprised = QtCore.pyqtSignal()  # another seed is wanted, whichever

    def __init__(self) -> None:
        super().__init__()
        grid = QtWidgets.QGridLayout(self)  # a QFormLayout leaves gaps where rows are hidden
        grid.setContentsMargins(6, 6, 6, 6)
        grid.setColumnStretch(1, 1)
        self.task = self._combo("task", "What to do.")
        for text, value in TASKS:
            self.task.addItem(text, value)
        self.task.currentIndexChanged.connect(self._task_chosen)
        self.lines = self._layers(
            "lines", "The layer with the picture; or the layers selected in the Layers docker; or all visible layers."
        )
        self.hints = self._layers("hints", words.HELP["hints"])
        self.bare = self._layers("bare", words.HELP["bare"])
        self.reference = self._layers("reference", words.HELP["reference"])
        self.palette = self._combo("palette", "The colours to use: one of Krita's palettes, or a file.")
        self.gaps = narrow(QtWidgets.QSpinBox(), "gaps", words.HELP["close_gaps"])
        self.gaps.setRange(-1, 32)
        self.gaps.setValue(-1)
        self.gaps.setSpecialValueText(words.AUTOMATIC)
        self.gaps.setSuffix(" px")
        self.seed = narrow(QtWidgets.QSpinBox(), "seed", words.HELP["seed"])
        self.seed.setRange(0, 2**31 - 1)
        self.seed.setSpecialValueText(words.AUTOMATIC)  # 0
        tip = "Colours the picture again, with a random seed."
        self.surprise = button("surprise", "New", tip, self.surprised.emit)
        self.surprise.setSizePolicy(QtWidgets.QSizePolicy.Maximum, QtWidgets.QSizePolicy.Fixed)
        # the seed's own field needs what is left of a narrow docker
        self.surprise.setMaximumWidth(2 * self.surprise.fontMetrics().horizontalAdvance("New"))
        self.shade = QtWidgets.QCheckBox(words.LABELS["shade"])
        self.shade.setObjectName("shade")
        self.shade.setChecked(True)
        self.shade.setToolTip(words.HELP["shade"])
        self.clean = QtWidgets.QCheckBox(words.LABELS["clean_lines"])
        self.clean.setObjectName("clean")
        self.clean.setToolTip(words.HELP["clean_lines"])
        self.colored = QtWidgets.QCheckBox(words.LABELS["colored_lines"])
        self.colored.setObjectName("colored")
        self.colored.setToolTip(words.HELP["colored_lines"])
        tip = "Style pictures, blended by their weights."
        self.styles = narrow(QtWidgets.QTableWidget(0, 2), "styles", tip)
        self.styles.setHorizontalHeaderLabels(["Style", "Weight"])
        self.styles.horizontalHeader().setSectionResizeMode(0, QtWidgets.QHeaderView.Stretch)
        self.styles.verticalHeader().hide()
        self.styles.setIconSize(QtCore.QSize(THUMBNAIL, THUMBNAIL))
        self.styles.setSelectionBehavior(QtWidgets.QAbstractItemView.SelectRows)
        self.styles.horizontalHeader().setSectionResizeMode(1, QtWidgets.QHeaderView.ResizeToContents)
        self.styles.setFixedHeight(2 * THUMBNAIL + 40)
        self.add_style = button("add_style", "Add…", "Choose style pictures.", self._add_styles)
        self.drop_style = button("drop_style", "Remove", "Removes the selected style.", self._drop_styles)
        self.strength = QtWidgets.QSlider(Qt.Horizontal)
        self.strength.setObjectName("strength")
        self.strength.setRange(0, 100)
        self.strength.setValue(100)
        self.strength.setToolTip(words.HELP["strength"])
        self.keep = QtWidgets.QCheckBox(words.LABELS["preserve_color"])
        self.keep.setObjectName("keep")
        self.keep.setToolTip(words.HELP["preserve_color"])

        named = words.LABELS
        self.rows = {
            "task": ("Task", self.task), "lines": (named["drawing"], self.lines), "hints": (named["hints"], self.hints),
            "bare": (named["bare"], self.bare), "reference": (named["reference"], self.reference),
            "palette": (named["palette"], self.palette), "seed": (named["seed"], beside(self.seed, self.surprise)),
            "gaps": (named["close_gaps"], self.gaps), "shade": ("", self.shade), "clean": ("", self.clean), "colored": ("", self.colored),
            "styles": ("Styles", above(self.styles, beside(self.add_style, self.drop_style))),
            "strength": (named["strength"], self.strength), "keep": ("", self.keep),
        }  # fmt: skip
        self.labels = {}
        for row, (name, (text, widget)) in enumerate(self.rows.items()):
            self.labels[name] = QtWidgets.QLabel(text)
            self.labels[name].setBuddy(widget)
            grid.addWidget(self.labels[name], row, 0, Qt.AlignTop if name == "styles" else Qt.AlignVCenter)
            grid.addWidget(widget, row, 1)
        grid.setRowStretch(len(self.rows), 1)
        self.fill_layers()
        self._fill_palettes()
        self._task_chosen()

    def _combo(self, name: str, tip: str) -> Any:
        return narrow(QtWidgets.QComboBox(), name, tip)

    def _layers(self, name: str, tip: str) -> Any:
        """A choice of layers, read anew whenever it opens."""
        return narrow(Choice(self.fill_layers), name, tip)

    def _task_chosen(self) -> None:
        task = self.task.currentData()
        hidden = {
            "lineart": {"styles", "strength", "keep"},
            "gray": {"styles", "strength", "keep", "bare", "gaps", "shade", "clean", "colored"},
            "stylize": {"hints", "bare", "reference", "palette", "seed", "gaps", "shade", "clean", "colored"},
        }[task]
        self.labels["lines"].setText(words.LABELS["drawing" if task == "lineart" else "picture"])
        for name, (_, widget) in self.rows.items():
            widget.setVisible(name not in hidden)
            self.labels[name].setVisible(name not in hidden)
        self.task_chosen.emit(task)

    def fill_layers(self) -> None:
        document = Krita.instance().activeDocument()
        nodes = [] if document is None else list(host.every_layer(document.rootNode()))
        for combo, first in (
            (self.lines, [("The active layer", None), ("The selected layers", CHOSEN), ("All visible layers", VISIBLE)]),
            (self.hints, [("None", None)]), (self.bare, [("None", None)]), (self.reference, [("None", None)]),
        ):  # fmt: skip
            before = combo.currentData()
            combo.blockSignals(True)
            combo.clear()
            for text, value in first:
                combo.addItem(text, value)
            for node in nodes:
                combo.addItem(node.name(), host.identity(node))
            if combo is self.reference:
                for other in Krita.instance().documents():
                    if document is None or other != document:
                        combo.addItem(f"Picture: {other.name() or os.path.basename(other.fileName())}", Other(other))
                combo.addItem("A file…", FILE)
            if isinstance(before, File):
                combo.insertItem(1, os.path.basename(before.path), before)
            at = combo.findData(before) if before is not None else 0
            combo.setCurrentIndex(max(at, 0))
            combo.blockSignals(False)

    def _fill_palettes(self) -> None:
        self.palette.clear()
        self.palette.addItem("None", None)
        self.palette.addItem("Krita's current palette", CURRENT)
        self.palette.addItem("A file…", FILE)
        for name in palette_names():
            self.palette.addItem(name, name)
        self.palette.activated.connect(lambda: self._choose_file(self.palette, PALETTES))
        self.reference.activated.connect(lambda: self._choose_file(self.reference, PICTURES))

    def _choose_file(self, combo: Any, kinds: str) -> None:
        if combo.currentData() == FILE:
            path, _ = QtWidgets.QFileDialog.getOpenFileName(self, "colorgan", "", kinds)
            if path:
                combo.insertItem(1, os.path.basename(path), File(path))
            combo.setCurrentIndex(1 if path else 0)

    def _add_styles(self) -> None:
        paths, _ = QtWidgets.QFileDialog.getOpenFileNames(self, "colorgan", "", PICTURES)
        for path in paths:
            self.put_style(path)

    def put_style(self, path: str, weight: float = 1.0) -> None:
        row = self.styles.rowCount()
        self.styles.insertRow(row)
        item = QtWidgets.QTableWidgetItem(QtGui.QIcon(path), os.path.basename(path))
        item.setData(Qt.UserRole, path)
        item.setToolTip(path)
        item.setFlags(item.flags() & ~Qt.ItemIsEditable)
        self.styles.setItem(row, 0, item)
        spin = QtWidgets.QDoubleSpinBox()
        spin.setRange(0.01, 100)
        spin.setSingleStep(0.1)
        spin.setValue(weight)
        self.styles.setCellWidget(row, 1, spin)
        self.styles.setRowHeight(row, THUMBNAIL + 4)

    def _drop_styles(self) -> None:
        for row in sorted({index.row() for index in self.styles.selectedIndexes()}, reverse=True):
            self.styles.removeRow(row)

    def wishes(self, group: Any = None) -> Wishes:
        """What is chosen now. group: what is to be written anew, or None. Raises HostError where that makes no sense."""
        document = Krita.instance().activeDocument()
        task = self.task.currentData()
        parameters: dict[str, Any] = {}
        lines = tuple(self._lines(document))
        if task == "stylize":
            files = []
            for row in range(self.styles.rowCount()):
                files.append(f"{self.styles.item(row, 0).data(Qt.UserRole)}:{self.styles.cellWidget(row, 1).value():g}")
            parameters = {"strength": self.strength.value() / 100, "preserve_color": self.keep.isChecked()}
            return Wishes("stylize", {**parameters, "style": files}, lines)
        parameters = {"task": task, "seed": self.seed.value()}
        if task == "lineart":
            parameters["shade"] = self.shade.isChecked()
            parameters["clean_lines"] = self.clean.isChecked()
            parameters["colored_lines"] = self.colored.isChecked()
            if self.gaps.value() >= 0:
                parameters["close_gaps"] = self.gaps.value()
        palette = self.palette.currentData()
        if isinstance(palette, File):
            parameters["palette"] = palette.path
        elif palette is not None:
            parameters["palette"] = as_text(current_palette() if palette == CURRENT else palette)
        reference = self.reference.currentData()
        other = None
        if isinstance(reference, File):
            parameters["reference"] = reference.path
        elif isinstance(reference, Other):
            other = reference.document
        layer = self._layer(document, self.reference) if isinstance(reference, str) else None
        bare = self._layer(document, self.bare) if task == "lineart" else None
        return Wishes(
            "colorize", parameters, lines, self._layer(document, self.hints), bare, layer, other, update=group
        )

    def _lines(self, document: Any) -> list[Any]:
        choice = self.lines.currentData()
        if document is None:
            raise HostError("No picture is open.")
        if choice is None:
            active = document.activeNode()
            return [] if active is None else [active]
        others = [self.hints.currentData(), self.bare.currentData(), self.reference.currentData()]
        if choice == CHOSEN:
            chosen = {host.identity(node) for node in Krita.instance().activeWindow().activeView().selectedNodes()}
            nodes = [
                node for node in reversed(list(host.every_layer(document.rootNode()))) if host.identity(node) in chosen
            ]
        elif choice == VISIBLE:
            nodes = [node for node in reversed(list(host.layers_of(document.rootNode()))) if node.visible()]
        else:
            return [self._layer(document, self.lines)]
        return [node for node in nodes if host.identity(node) not in others and not host.is_empty(node)]

    def _layer(self, document: Any, combo: Any) -> Any:
        key = combo.currentData()
        if key is None:
            return None
        node = host.find(document, key)
        if node is None:
            raise HostError(f"The layer “{combo.currentText()}” is not there any more.")
        return node

    def hints_layer(self) -> Any:
        document = Krita.instance().activeDocument()
        key = self.hints.currentData()
        return None if document is None or key is None else host.find(document, key)


def narrow(widget: Any, name: str, tip: str) -> Any:
    """A widget that takes the width that there is: dockers are narrow."""
    widget.setObjectName(name)
    widget.setToolTip(tip)
    widget.setSizePolicy(QtWidgets.QSizePolicy.Ignored, QtWidgets.QSizePolicy.Fixed)
    widget.setMinimumWidth(60)
    return widget


def button(name: str, text: str, tip: str, clicked: Callable[[], None]) -> Any:
    made = QtWidgets.QPushButton(text)
    made.setObjectName(name)
    made.setToolTip(tip)
    made.clicked.connect(lambda: clicked())
    return made


def beside(*widgets: Any) -> Any:
    return together(QtWidgets.QHBoxLayout(), widgets)


def above(*widgets: Any) -> Any:
    return together(QtWidgets.QVBoxLayout(), widgets)


def together(layout: Any, widgets: tuple[Any, ...]) -> Any:
    box = QtWidgets.QWidget()
    layout.setContentsMargins(0, 0, 0, 0)
    for each in widgets:
        layout.addWidget(each)
    box.setLayout(layout)
    return box


class Choice(QtWidgets.QComboBox):  # type: ignore[misc]
    """A combo box that looks anew at what there is before it opens."""

    def __init__(self, fill: Callable[[], None]) -> None:
        super().__init__()
        self._fill = fill

    def showPopup(self) -> None:
        self._fill()
        super().showPopup()
