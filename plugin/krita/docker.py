"""The docker: starts what was chosen, says how far it is, and lays in what has come."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Generator
from typing import Any

from krita import DockWidget, Krita  # type: ignore[import-not-found]

from . import host
from .bridge import words
from .form import Form, beside, button
from .host import Canvas, HostError
from .jobs import Job, bug
from .qt import Qt, QtCore, QtGui, QtWidgets
from .watcher import Watcher
from .worker import Worker

HERE = os.path.dirname(os.path.abspath(__file__))


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
        self.form = Form()
        self.form.task_chosen.connect(self._task_chosen)
        self.form.surprised.connect(self._surprise)
        self.watcher = Watcher(self.form.hints_layer, self._pixels, self._live)
        self._build()
        self._show_icon()
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
        self.form.fill_layers()

    # What it looks like

    def _build(self) -> None:
        scroll, outside = QtWidgets.QScrollArea(), QtWidgets.QWidget()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QtWidgets.QFrame.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        scroll.setWidget(self.form)
        whole = QtWidgets.QVBoxLayout(outside)  # what is always in sight lies below what scrolls
        whole.setContentsMargins(0, 0, 0, 6)
        whole.addWidget(scroll, 1)
        self.update_ = QtWidgets.QCheckBox(words.LABELS["update"])
        self.update_.setObjectName("update")
        self.update_.setToolTip(words.HELP["update"])
        whole.addWidget(self.update_)
        self.run = button("run", "Colour", "Colours the picture, on new layers.", self.start)
        self.run.setDefault(True)
        self.live = QtWidgets.QPushButton("Live")
        self.live.setObjectName("live")
        self.live.setCheckable(True)
        self.live.setToolTip("While this is down, the result follows the hints as you draw them.")
        self.live.toggled.connect(self._live_toggled)
        self.cancel = button("cancel", "Cancel", "Stops the work; the picture stays as it was.", self._cancel)
        whole.addWidget(beside(self.run, self.live, self.cancel))
        self.bar = QtWidgets.QProgressBar()
        self.bar.setObjectName("bar")
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        whole.addWidget(self.bar)
        self.message = QtWidgets.QLabel()
        self.message.setObjectName("message")
        self.message.setWordWrap(True)
        # always there, so that nothing moves
        self.message.setMinimumHeight(2 * self.message.fontMetrics().lineSpacing())
        self.message.setAlignment(Qt.AlignLeft | Qt.AlignTop)
        self.message.setTextInteractionFlags(Qt.TextSelectableByMouse)
        whole.addWidget(self.message)
        self.more = button("more", "Details", "What went wrong, and where the log is.", self._fold)
        self.more.setFlat(True)
        whole.addWidget(self.more, 0, Qt.AlignLeft)
        self.details = QtWidgets.QPlainTextEdit()
        self.details.setObjectName("details")
        self.details.setReadOnly(True)
        self.details.setMaximumHeight(110)
        whole.addWidget(self.details)
        self.setWidget(outside)
        self._say("")

    def _task_chosen(self, task: str) -> None:
        self.update_.setVisible(task == "lineart")
        self.live.setVisible(task == "lineart")
        self.run.setText("Paint" if task == "stylize" else "Colour")
        if task != "lineart":
            self.live.setChecked(False)

    # What it does

    def start(self) -> None:
        """Colours, or paints, as the docker says."""
        if self.job is None:
            self._begin(update=self.update_.isChecked() and self.update_.isVisible())

    def _surprise(self) -> None:
        self.form.seed.setValue(random.randrange(1, 10**6))
        self.start()

    def _begin(self, update: bool) -> None:
        try:
            document = Krita.instance().activeDocument()
            group = host.find(document, self.group) if update and self.group and document is not None else None
            job = Job(Canvas(document), self.form.wishes(group))
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
        done = f"{facts['painted']} of {facts['regions']} regions are painted." if "painted" in facts else "Done."
        self._say(" ".join([done, *facts.get("notes", ())]))
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
            self._say("Cancelled; the picture is unchanged.")
            self._ended(job)

    # Live

    def _pixels(self, layer: Any) -> Any:
        document = Krita.instance().activeDocument()
        return layer.pixelData(0, 0, document.width(), document.height())

    def _live_toggled(self, down: bool) -> None:
        if not down:
            self.watcher.stop()
            return
        if self.form.hints_layer() is None:
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
        self.form.surprise.setEnabled(not busy)
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
