"""`python -m colorgan_core` is `colorgan`."""

from __future__ import annotations

import sys

from .cli import main

sys.exit(main())
