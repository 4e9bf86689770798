"""What may go wrong: a sentence, and the image as it was."""

import importlib.util
import os
import signal
import threading
import time

from helpers import OUT, Gimp, Gio, called, layer, main, opened, pixels, tree


def steps(report):
    assert importlib.util.find_spec("torch") is None and importlib.util.find_spec("numpy") is None, (
        "GIMP's Python has neither"
    )
    image = opened(os.environ["DRAWING"])
    lines = image.get_layers()[0]
    empty = layer(image, "empty")
    state = tree(image.get_layers()), pixels(image, lines)

    def fails(word, name, drawables, **arguments):
        status, message = called(name, image, drawables, **arguments)
        assert status == Gimp.PDBStatusType.EXECUTION_ERROR and word in message, (word, message)
        assert (tree(image.get_layers()), pixels(image, lines)) == state, word

    fails("empty", "plug-in-colorgan-colorize", [empty])
    fails("No style picture", "plug-in-colorgan-stylize", [lines])
    with open(os.path.join(OUT, "none.gpl"), "w") as file:
        file.write("this is no palette")
    none = Gio.File.new_for_path(os.path.join(OUT, "none.gpl"))
    fails("none.gpl", "plug-in-colorgan-colorize", [lines], palette_file=none)

    pid = int(os.environ["ENGINE"])
    threading.Timer(float(os.environ["AFTER"]), lambda: os.kill(pid, signal.SIGKILL)).start()
    began = time.monotonic()
    fails("engine", "plug-in-colorgan-colorize", [lines], seed=8)
    report["said after"] = time.monotonic() - began
    fails("colorgan serve", "plug-in-colorgan-colorize", [lines], seed=8)


main(steps)
