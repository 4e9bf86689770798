"""For jobs that run in the test process."""

from __future__ import annotations

import pytest

from colorgan_core.sequence import progress_display


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No progress lines: whether they appear depends on the load of the machine."""
    monkeypatch.setattr(progress_display, "LINE_INTERVAL_S", 1e6)
