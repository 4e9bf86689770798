"""For tests: runs `steps()` of the script $DRIVER_SCRIPT inside Krita, writes $DRIVER_REPORT and leaves.

`steps(report, out)` is a generator: `yield milliseconds` returns to Krita's own event loop, without which new layers do not show.
"""

import json
import os
import sys
import traceback

from krita import Extension, Krita
from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QApplication, QLabel


class Driver(Extension):
    started = False

    def setup(self):
        pass

    def createActions(self, window):
        if not Driver.started and "DRIVER_SCRIPT" in os.environ:
            Driver.started = True
            QTimer.singleShot(300, self.begin)

    def begin(self):
        path = os.environ["DRIVER_SCRIPT"]
        sys.path.insert(0, os.path.dirname(path))
        self.report = {}
        try:
            space = {"__name__": "script", "__file__": path}
            with open(path, encoding="utf-8") as file:
                exec(compile(file.read(), path, "exec"), space)
            self.steps = space["steps"](self.report, os.environ["DRIVER_OUT"])
            QTimer.singleShot(1000 * int(os.environ["DRIVER_SECONDS"]), self.give_up)
        except BaseException:
            self.finish(traceback.format_exc())
        else:
            self.step()

    def step(self):
        try:
            wait = next(self.steps)
        except StopIteration:
            self.finish(None)
        except BaseException:
            self.finish(traceback.format_exc())
        else:
            QTimer.singleShot(int(wait or 0), self.step)

    def give_up(self):
        frame, lines = self.steps.gi_frame, []
        while frame is not None:
            lines.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
            below = self.steps.gi_yieldfrom if len(lines) == 1 else None
            frame = getattr(below, "gi_frame", None)
        dialog = QApplication.activeModalWidget()
        text = [each.text() for each in dialog.findChildren(QLabel)] if dialog else ""
        self.finish(f"it took too long: {lines}, {dialog} {text}")

    def finish(self, error):
        path = os.environ["DRIVER_REPORT"]
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump({"error": error, **self.report}, file, indent=1, default=str)
        os.replace(path + ".part", path)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # leaving in the usual way crashes Krita 5.1 while documents are open


Krita.instance().addExtension(Driver(Krita.instance()))
