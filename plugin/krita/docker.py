"""The docker: what a person chooses, and how far it is."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from krita import DockWidget, Krita  # type: ignore[import-not-found]

from . import host
from .bridge import operations
from .host import Canvas, HostError
from .jobs import Job, Wishes, bug
from .palettes import as_text, current_palette, palette_names
from .qt import Qt, QtCore, QtGui, QtWidgets
from .watcher import Watcher
from .worker import Worker

TASKS = (("Line art", "lineart"), ("Grey picture", "gray"), ("Style", "stylize"))
CHOSEN, VISIBLE = "chosen", "visible"
PICTURES = "Pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.gif *.bmp)"
PALETTES = "Palettes and pictures (*.gpl *.kpl *.ase *.hex *.txt *.png *.jpg *.jpeg *.webp *.tif *.tiff)"
HERE = os.path.dirname(os.path.abspath(__file__))
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


def said(operation: str, name: str) -> str:
    """What the table of operations says of a parameter."""
    parameters = operations.OPERATIONS[operation].parameters
    return next(each.help for each in parameters if each.name == name)


class Docker(DockWidget):  # type: ignore[misc]
    """One for each of Krita's windows."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("colorgan")
        self.worker = Worker()
        self.worker.progress.connect(self._progressed)
        self.worker.done.connect(self._done)
        self.worker.failed.connect(self._failed)
        self.worker.cancelled.connect(self._ended)
        self.job: Job | None = None  # the one that is read, asked or laid in
        self.group = ""  # identity of what was made last, which Live and Update write anew
        self.after: Callable[[], None] | None = None  # what is to be done once the job has ended
        self.watcher = Watcher(self._hints_layer, self._pixels, self._live)
        self._build()
        self._show_icon()
        self._task_chosen()
        self._show_state()

    def changeEvent(self, event: Any) -> None:
        super().changeEvent(event)
        if event.type() == QtCore.QEvent.PaletteChange and hasattr(self, "run"):
            self._show_icon()

    def _show_icon(self) -> None:
        """In the theme's own light or dark."""
        light = QtWidgets.QApplication.palette().color(QtGui.QPalette.WindowText).lightness() > 127
        self.run.setIcon(QtGui.QIcon(os.path.join(HERE, "light.svg" if light else "dark.svg")))

    def canvasChanged(self, canvas: Any) -> None:
        self._fill_layers()

    # What it looks like

    def _build(self) -> None:
        scroll, page, outside = QtWidgets.QScrollArea(), QtWidgets.QWidget(), QtWidgets.QWidget()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QtWidgets.QFrame.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        form = QtWidgets.QGridLayout(page)  # a QFormLayout leaves gaps where rows are hidden
        form.setContentsMargins(6, 6, 6, 6)
        form.setColumnStretch(1, 1)
        whole = QtWidgets.QVBoxLayout(outside)  # what is always in sight lies below what scrolls
        whole.setContentsMargins(0, 0, 0, 6)
        whole.addWidget(scroll, 1)

        self.task = self._combo("task", "What is to be done.")
        for words, value in TASKS:
            self.task.addItem(words, value)
        self.task.currentIndexChanged.connect(self._task_chosen)
        self.lines = self._layers(
            "lines", "The layer with the picture; or those chosen in the Layers docker, or all that show."
        )
        self.hints = self._layers("hints", said("colorize", "hints"))
        self.bare = self._layers("bare", said("colorize", "bare"))
        self.reference = self._layers("reference", said("colorize", "reference"))
        self.palette = self._combo("palette", "The colours to use: one of Krita's palettes, or a file.")
        self.gaps = narrow(QtWidgets.QSpinBox(), "gaps", said("colorize", "close_gaps"))
        self.gaps.setRange(-1, 32)
        self.gaps.setValue(-1)
        self.gaps.setSpecialValueText("in proportion")
        self.gaps.setSuffix(" px")
        self.seed = narrow(QtWidgets.QSpinBox(), "seed", said("colorize", "seed"))
        self.seed.setRange(0, 2**31 - 1)
        words = "Colours it anew, with a seed that nobody has chosen."
        self.surprise = self._button("surprise", "Surprise me", words, self._surprise)
        self.shade = QtWidgets.QCheckBox("Soft light and dark")
        self.shade.setObjectName("shade")
        self.shade.setChecked(True)
        self.shade.setToolTip(said("colorize", "shade"))
        words = "Pictures whose style is taken, each as much as its weight says."
        self.styles = narrow(QtWidgets.QTableWidget(0, 2), "styles", words)
        self.styles.setHorizontalHeaderLabels(["Style", "Weight"])
        self.styles.horizontalHeader().setSectionResizeMode(0, QtWidgets.QHeaderView.Stretch)
        self.styles.verticalHeader().hide()
        self.styles.setIconSize(QtCore.QSize(THUMBNAIL, THUMBNAIL))
        self.styles.setSelectionBehavior(QtWidgets.QAbstractItemView.SelectRows)
        self.styles.horizontalHeader().setSectionResizeMode(1, QtWidgets.QHeaderView.ResizeToContents)
        self.styles.setFixedHeight(2 * THUMBNAIL + 40)
        self.add_style = self._button("add_style", "Add…", "Choose style pictures.", self._add_styles)
        self.drop_style = self._button("drop_style", "Remove", "Take the marked style away.", self._drop_styles)
        self.strength = QtWidgets.QSlider(Qt.Horizontal)
        self.strength.setObjectName("strength")
        self.strength.setRange(0, 100)
        self.strength.setValue(100)
        self.strength.setToolTip(said("stylize", "strength"))
        self.keep = QtWidgets.QCheckBox("Keep the picture's")
        self.keep.setObjectName("keep")
        self.keep.setToolTip(said("stylize", "preserve_color"))

        self.rows = {
            "task": ("Task", self.task), "lines": ("Picture", self.lines), "hints": ("Hints", self.hints), "bare": ("Bare", self.bare),
            "reference": ("Reference", self.reference), "palette": ("Palette", self.palette),
            "seed": ("Seed", self._beside(self.seed, self.surprise)), "gaps": ("Close gaps", self.gaps), "shade": ("Shade", self.shade),
            "styles": ("Styles", self._above(self.styles, self._beside(self.add_style, self.drop_style))),
            "strength": ("Strength", self.strength), "keep": ("Colours", self.keep),
        }  # fmt: skip
        self.labels = {}
        for row, (name, (words, widget)) in enumerate(self.rows.items()):
            self.labels[name] = QtWidgets.QLabel(words)
            self.labels[name].setBuddy(widget)
            form.addWidget(self.labels[name], row, 0, Qt.AlignTop if name == "styles" else Qt.AlignVCenter)
            form.addWidget(widget, row, 1)
        form.setRowStretch(len(self.rows), 1)

        self.update_ = QtWidgets.QCheckBox("Update the last result")
        self.update_.setObjectName("update")
        self.update_.setToolTip(
            "Writes flats and shade of the last result anew, instead of making another group. What you have corrected in them stays."
        )
        whole.addWidget(self.update_)
        self.run = self._button("run", "Colour", "Colours the picture, on new layers.", self.start)
        self.run.setDefault(True)
        self.live = QtWidgets.QPushButton("Live")
        self.live.setObjectName("live")
        self.live.setCheckable(True)
        self.live.setToolTip("While this is down, the result follows the hints as you draw them.")
        self.live.toggled.connect(self._live_toggled)
        self.cancel = self._button("cancel", "Cancel", "Ends it; the picture stays as it was.", self._cancel)
        whole.addWidget(self._beside(self.run, self.live, self.cancel))
        self.bar = QtWidgets.QProgressBar()
        self.bar.setObjectName("bar")
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        whole.addWidget(self.bar)
        self.message = QtWidgets.QLabel()
        self.message.setObjectName("message")
        self.message.setWordWrap(True)
        self.message.setMinimumHeight(
            2 * self.message.fontMetrics().lineSpacing()
        )  # always there, so that nothing moves
        self.message.setAlignment(Qt.AlignLeft | Qt.AlignTop)
        self.message.setTextInteractionFlags(Qt.TextSelectableByMouse)
        whole.addWidget(self.message)
        self.more = self._button("more", "Details", "What exactly went wrong, and where the log is.", self._fold)
        self.more.setFlat(True)
        whole.addWidget(self.more, 0, Qt.AlignLeft)
        self.details = QtWidgets.QPlainTextEdit()
        self.details.setObjectName("details")
        self.details.setReadOnly(True)
        self.details.setMaximumHeight(110)
        whole.addWidget(self.details)
        self.setWidget(outside)
        self._say("")
        self._fill_layers()
        self._fill_palettes()

    def _combo(self, name: str, tip: str) -> Any:
        return narrow(QtWidgets.QComboBox(), name, tip)

    def _layers(self, name: str, tip: str) -> Any:
        """A choice of layers, read anew whenever it opens."""
        return narrow(Choice(self._fill_layers), name, tip)

    def _button(self, name: str, words: str, tip: str, clicked: Callable[[], None]) -> Any:
        button = QtWidgets.QPushButton(words)
        button.setObjectName(name)
        button.setToolTip(tip)
        button.clicked.connect(lambda: clicked())
        return button

    def _beside(self, *widgets: Any) -> Any:
        return self._together(QtWidgets.QHBoxLayout(), widgets)

    def _above(self, *widgets: Any) -> Any:
        return self._together(QtWidgets.QVBoxLayout(), widgets)

    def _together(self, layout: Any, widgets: tuple[Any, ...]) -> Any:
        box = QtWidgets.QWidget()
        layout.setContentsMargins(0, 0, 0, 0)
        for each in widgets:
            layout.addWidget(each)
        box.setLayout(layout)
        return box

    def _task_chosen(self) -> None:
        task = self.task.currentData()
        hidden = {
            "lineart": {"styles", "strength", "keep"},
            "gray": {"styles", "strength", "keep", "bare", "gaps", "shade"},
            "stylize": {"hints", "bare", "reference", "palette", "seed", "gaps", "shade"},
        }[task]
        for name, (_, widget) in self.rows.items():
            widget.setVisible(name not in hidden)
            self.labels[name].setVisible(name not in hidden)
        self.update_.setVisible(task == "lineart")
        self.live.setVisible(task == "lineart")
        self.run.setText("Paint" if task == "stylize" else "Colour")
        if task != "lineart":
            self.live.setChecked(False)

    def _fill_layers(self) -> None:
        document = Krita.instance().activeDocument()
        nodes = [] if document is None else list(host.every_layer(document.rootNode()))
        for combo, first in (
            (self.lines, [("The active layer", None), ("The chosen layers", CHOSEN), ("All that shows", VISIBLE)]),
            (self.hints, [("None", None)]), (self.bare, [("None", None)]), (self.reference, [("None", None)]),
        ):  # fmt: skip
            before = combo.currentData()
            combo.blockSignals(True)
            combo.clear()
            for words, value in first:
                combo.addItem(words, value)
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
        self.palette.addItem("Krita's current one", CURRENT)
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

    # What it does

    def start(self) -> None:
        """Colours, or paints, as the docker says."""
        if self.job is None:
            self._begin(update=self.update_.isChecked() and self.update_.isVisible())

    def _surprise(self) -> None:
        self.seed.setValue(random.randrange(1, 10**6))
        self.start()

    def _begin(self, update: bool) -> None:
        try:
            job = Job(Canvas(Krita.instance().activeDocument()), self.wishes(update))
        except HostError as error:
            self._say(str(error), wrong=True)
            return
        except Exception as error:
            self._say(bug(error), wrong=True)
            return
        self.job = job
        self._say("")
        self._show_state()
        steps = job.reading()
        QtCore.QTimer.singleShot(0, lambda: self._step(job, steps, lambda: self.worker.start(job)))

    def _step(self, job: Job, steps: Generator[float, None, None], then: Callable[[], None]) -> None:
        """One layer in each turn of Krita's loop."""
        if self.job is not job:
            return
        try:
            seconds = next(steps)
        except StopIteration:
            then()
        except HostError as error:
            self._failed(job, str(error))
        except Exception as error:  # Krita would stand still, and the docker wait for ever
            self._failed(job, bug(error))
        else:
            QtCore.QTimer.singleShot(round(1000 * seconds), lambda: self._step(job, steps, then))

    def wishes(self, update: bool = False) -> Wishes:
        """What the docker says now. Raises HostError where that makes no sense."""
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
        parameters = {"task": task}
        if task == "lineart" or self.seed.value():
            parameters["seed"] = self.seed.value()
        if task == "lineart":
            parameters["shade"] = self.shade.isChecked()
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
        group = host.find(document, self.group) if update and self.group else None
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

    def _progressed(self, job: Job, share: float) -> None:
        if job is self.job:
            self._show_share(share)

    def _done(self, job: Job) -> None:
        if job is not self.job:
            return
        self.cancel.setEnabled(False)  # from here on it is a moment, and whole
        self._step(job, job.laying(), lambda: self._laid(job))

    def _laid(self, job: Job) -> None:
        if job.layered:
            self.group = host.identity(job.made)
        facts = job.result.facts if job.result is not None else {}
        self._say(f"{facts['painted']} of {facts['regions']} regions are painted." if "painted" in facts else "Done.")
        self._ended(job)

    def _failed(self, job: Job, sentence: str) -> None:
        if job is self.job:
            self._say(sentence, wrong=True)
            if self.live.isChecked():
                self.live.setChecked(False)
            self._ended(job)

    def _ended(self, job: Job) -> None:
        if job is self.job:
            self.job = None
            self._show_state()
            after, self.after = self.after, None
            if after is not None:
                after()

    def _cancel(self) -> None:
        job, self.after = self.job, None
        self.worker.cancel()
        if job is not None:
            self._say("Cancelled; the picture is as it was.")
            self._ended(job)

    # Live

    def _hints_layer(self) -> Any:
        document = Krita.instance().activeDocument()
        key = self.hints.currentData()
        return None if document is None or key is None else host.find(document, key)

    def _pixels(self, layer: Any) -> Any:
        document = Krita.instance().activeDocument()
        return layer.pixelData(0, 0, document.width(), document.height())

    def _live_toggled(self, down: bool) -> None:
        if not down:
            self.watcher.stop()
            return
        if self._hints_layer() is None:
            self._say("Live follows a layer of hints; choose one above.", wrong=True)
            self.live.setChecked(False)
            return
        self.watcher.start()

    def _live(self) -> None:
        """The hints have changed: what runs is of yesterday."""
        if self.job is not None and self.job.result is not None:  # it is being laid in, which is not to be torn
            self.after = self._live
            return
        self.worker.cancel()
        self.job = None
        self._begin(update=True)

    # What it says

    def _show_state(self) -> None:
        busy = self.job is not None
        self.run.setEnabled(not busy)
        self.surprise.setEnabled(not busy)
        self.cancel.setEnabled(busy)
        if not busy:
            self._show_share(0)

    def _show_share(self, share: float) -> None:
        """Not at once, as a QProgressBar would by itself: Krita's whole window is drawn anew with it."""
        self.bar.setUpdatesEnabled(False)
        self.bar.setValue(round(1000 * share))
        self.bar.setUpdatesEnabled(True)

    def _say(self, sentence: str, wrong: bool = False) -> None:
        """The first sentence is for everybody, the rest is folded."""
        first, stop, rest = sentence.partition(". ")
        self.message.setText(first + ("." if stop else ""))
        self.details.setPlainText(sentence)
        self.details.hide()
        self.more.setVisible(wrong and bool(rest))

    def _fold(self) -> None:
        self.details.setVisible(self.details.isHidden())


def narrow(widget: Any, name: str, tip: str) -> Any:
    """A widget that takes the width that there is: dockers are narrow."""
    widget.setObjectName(name)
    widget.setToolTip(tip)
    widget.setSizePolicy(QtWidgets.QSizePolicy.Ignored, QtWidgets.QSizePolicy.Fixed)
    widget.setMinimumWidth(60)
    return widget


class Choice(QtWidgets.QComboBox):  # type: ignore[misc]
    """A combo box that looks anew at what there is before it opens."""

    def __init__(self, fill: Callable[[], None]) -> None:
        super().__init__()
        self._fill = fill

    def showPopup(self) -> None:
        self._fill()
        super().showPopup()
