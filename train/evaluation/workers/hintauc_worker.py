"""Hint-AUC v1's hints and metrics, run inside an environment that has `hintauc` (and so numpy 1.26).

Jobs of "hints": [truth PNG, folder]: writes folder/RATIO.png, RGBA, opaque where a hint is; answers null.
Jobs of "fill": [truth PNG, lines PNG, folder]: writes folder/RATIO.png, what the protocol's own oracle makes of its hints; answers null.
Jobs of "score": [result PNG, truth PNG]: answers {metric: value}.
"""

import json
import multiprocessing
import os
import sys

import cv2
import hintauc
import numpy as np
from hintauc.evaluate import hint_inputs

evaluator = None


def start(metrics):
    global evaluator
    cv2.setNumThreads(1)
    evaluator = hintauc.Evaluator(metrics=metrics)


def make_hints(job):
    index, (truth, folder) = job
    picture = cv2.imread(truth, cv2.IMREAD_COLOR)
    hints = hintauc.generate_hints(picture, path_method="geodesic")  # "filfinder" draws lots, and fails now and then
    os.makedirs(folder, exist_ok=True)
    for ratio in hintauc.DEFAULT_ALPHAS:
        color, mask = hint_inputs(hints, ratio, "scribble", *picture.shape[:2])  # ties broken the same on every machine
        path = os.path.join(folder, f"{ratio:.2f}.png")
        cv2.imwrite(path + ".part.png", np.dstack([color, mask]))
        os.replace(path + ".part.png", path)  # a picture of this name is whole
    return index, None


def fill(job):
    index, (truth, lines, folder) = job
    picture, line_art = cv2.imread(truth, cv2.IMREAD_COLOR), cv2.imread(lines, cv2.IMREAD_GRAYSCALE)
    hints = hintauc.generate_hints(picture, path_method="geodesic")
    os.makedirs(folder, exist_ok=True)
    for ratio in hintauc.DEFAULT_ALPHAS:
        _, mask = hint_inputs(hints, ratio, "scribble", *picture.shape[:2])
        sample = {"hints": hints, "ground_truth": picture, "hint_mask": mask, "line_art": line_art}
        cv2.imwrite(os.path.join(folder, f"{ratio:.2f}.png"), hintauc.hint_fill_colorizer(sample))
    return index, None


def score(job):
    index, (result, truth) = job
    return index, evaluator(result, truth)


def main():
    task = json.load(sys.stdin)
    function = {"hints": make_hints, "fill": fill, "score": score}[task["do"]]
    with multiprocessing.Pool(task["processes"], start, (tuple(task.get("metrics", ["mse"])),)) as pool:
        for answer in pool.imap_unordered(function, list(enumerate(task["jobs"])), chunksize=8):
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
