"""An engine that answers at once: flats in one colour, no shade; or an error, or nothing for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from colorgan_plugin.client import Blob, Cancelled, EngineError, Progress, Result

COLOR = bytes((40, 90, 200, 255))


@dataclass
class FakeEngine:
    """asked: what came. error: what it says instead of a result. hangs: it waits until it is cancelled."""

    error: str = ""
    hangs: bool = False
    asked: list[tuple[str, dict[str, Any], list[Blob]]] = field(default_factory=list)

    def run(
        self, operation: str, parameters: dict[str, Any], blobs: list[Blob], slot: str = "", preview: bool = False,
        on_progress: Callable[[Progress], None] = lambda progress: None, cancelled: Callable[[], bool] = lambda: False,
    ) -> Result:  # fmt: skip
        self.asked.append((operation, parameters, blobs))
        on_progress(Progress(operation, 0.5))
        while self.hangs:
            if cancelled():
                raise Cancelled("Cancelled.")
        if self.error:
            raise EngineError(self.error)
        picture = next(blob for blob in blobs if blob.name == "picture")
        wanted = parameters.get("layers", ["picture"])
        even = COLOR * (picture.width * picture.height)
        found = {
            name: Blob(name, picture.width, picture.height, 4, picture.dtype, picture.data if name == "lines" else even)
            for name in wanted
            if name != "shade"
        }
        blends = {"flats": "normal", "lines": "multiply"}
        return Result({"layers": [{"name": name, "blend": blends[name]} for name in found if name in blends]}, found)

    def __enter__(self) -> FakeEngine:
        return self

    def __exit__(self, *_: object) -> None:
        pass
