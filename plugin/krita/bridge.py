"""The engine's client and the words that editors share, from beside this file in an installed plug-in, else from colorgan itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..client import Blob, Cancelled, Engine, EngineError, Progress, Result, connect_or_start, words
else:
    try:
        from .client import Blob, Cancelled, Engine, EngineError, Progress, Result, connect_or_start, words
    except ImportError:
        from colorgan_plugin.client import (
            Blob,
            Cancelled,
            Engine,
            EngineError,
            Progress,
            Result,
            connect_or_start,
            words,
        )

__all__ = ["Blob", "Cancelled", "Engine", "EngineError", "Progress", "Result", "connect_or_start", "words"]
