"""The engine's client: standard library only, for Python 3.8 and later, so that it runs in any editor's own Python.

from colorgan_plugin.client import Blob, connect_or_start
with connect_or_start() as engine:
    result = engine.run("colorize", {"seed": 3}, [Blob("picture", width, height, 4, "uint8", pixels)])
    result.blobs["picture"].data
"""

from __future__ import annotations

from .engine import Cancelled, Engine, EngineError, Progress, Result, connect, connect_or_start
from .shared import Blob

__all__ = ["Blob", "Cancelled", "Engine", "EngineError", "Progress", "Result", "connect", "connect_or_start"]
