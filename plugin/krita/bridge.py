"""The engine's client and the table of operations, from beside this file in an installed plug-in, else from colorgan itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from colorgan_core import operations

    from ..client import Blob, Cancelled, Engine, EngineError, Progress, Result, connect_or_start
else:
    try:
        from .client import Blob, Cancelled, Engine, EngineError, Progress, Result, connect_or_start, operations
    except ImportError:
        from colorgan_core import operations
        from colorgan_plugin.client import Blob, Cancelled, Engine, EngineError, Progress, Result, connect_or_start

__all__ = ["Blob", "Cancelled", "Engine", "EngineError", "Progress", "Result", "connect_or_start", "operations"]
