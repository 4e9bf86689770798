"""G'MIC's smart colouring in processes of its own: a crash or its threads touch nothing else.

Jobs: [lines PNG (grey), hints PNG (RGBA, already clear of the lines), result PNG]; answers the seconds of G'MIC itself. Where no
pixel of the hints is opaque, G'MIC colours by itself. With a fourth word, whatever it is, the result is the colours alone, RGBA,
without the lines over them.

With the argument `lines` they come one a line, as [job, limit], until standard input ends; answers are the seconds of processor time
that a job took. After `limit` of these, unless it is null, the system ends this process in the middle of the job (SIGXCPU).
"""

import contextlib
import json
import math
import multiprocessing
import sys
import time

import gmic
import numpy as np
from PIL import Image

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None

# fx_colorize_lineart_smart's own defaults, in mode 1, "extrapolate color spots on transparent top layer", and in mode 0, "generate
# random-colors layer", which is all that it does without hints (mode 2 needs a coloured layer).
COMMAND = "fx_colorize_lineart_smart {mode},95,0,0,1,24,200,0,75,2,60,20,90,1,10,1,0"


def colorize(job):
    index, (lines_path, hints_path, result_path, *alone) = job
    lines = np.asarray(Image.open(lines_path).convert("L"), np.float32)
    hints = np.asarray(Image.open(hints_path).convert("RGBA"), np.float32)
    hinted = bool(hints[..., 3].any())
    layers = [gmic.Image.from_yxc(hints)] * hinted + [gmic.Image.from_yxc(np.repeat(lines[..., None], 3, 2))]
    layers = gmic.ImageList(layers)
    started = time.perf_counter()
    gmic.run(COMMAND.format(mode=int(hinted)), layers)
    seconds = time.perf_counter() - started
    # The last layer is the colours, in mode 0 without transparency: white where there is none.
    spots = np.asarray(layers[len(layers) - 1].yxc, np.float32).reshape(*lines.shape, -1)
    if spots.shape[2] == 3:
        spots = np.dstack([spots, np.where(spots.min(2) < 255, 255, 0)])
    if alone:
        Image.fromarray(np.clip(np.rint(spots), 0, 255).astype(np.uint8)).save(result_path)
        return index, seconds
    cover = spots[..., 3:] / 255
    paint = spots[..., :3] * cover + 255 * (1 - cover)
    result = np.clip(np.rint(paint * (lines[..., None] / 255)), 0, 255).astype(np.uint8)
    Image.fromarray(result).save(result_path)
    return index, seconds


@contextlib.contextmanager
def limited(seconds):
    if resource is None or seconds is None:
        yield
        return
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # SIGXCPU would leave a file of gigabytes
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), hard))
    yield
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def answer_lines():
    for line in sys.stdin:
        job, limit = json.loads(line)
        started = time.process_time()
        with limited(limit):
            colorize((0, job))
        print(json.dumps(time.process_time() - started), flush=True)


def main():
    if sys.argv[1:] == ["lines"]:
        answer_lines()
        return
    task = json.load(sys.stdin)
    with multiprocessing.get_context("spawn").Pool(task["processes"]) as pool:
        for answer in pool.imap_unordered(colorize, enumerate(task["jobs"])):
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
