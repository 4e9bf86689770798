"""colorgan in Krita: a docker, actions under Tools > Scripts, and `import colorgan` for other scripts."""

from __future__ import annotations

from .bridge import EngineError
from .host import HostError
from .scripting import colorize, stylize

__all__ = ["EngineError", "HostError", "colorize", "stylize"]

try:
    import krita  # type: ignore[import-not-found]  # noqa: F401
except ImportError:  # in colorgan's own environment, or in a test
    pass
else:
    from .extension import register

    register()
