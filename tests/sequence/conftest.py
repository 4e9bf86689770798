"""For jobs in the test's own process."""

from __future__ import annotations

import pytest

from colorgan_core.sequence import progress_display


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lines of progress, which come or do not with how busy the machine is."""
    monkeypatch.setattr(progress_display, "EVERY", 1e6)
