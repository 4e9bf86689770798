"""What client and engine share. Packaged in a plug-in, byte-for-byte copies of those files lie beside this one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from colorgan_core.server import protocol
    from colorgan_core.server.protocol import Blob
else:
    try:
        from . import protocol
    except ImportError:  # in colorgan's own environment
        from colorgan_core.server import protocol
    Blob = protocol.Blob

__all__ = ["Blob", "protocol"]
