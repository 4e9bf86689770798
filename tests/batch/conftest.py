"""For jobs in the test's own process."""

from __future__ import annotations

import pytest

from colorgan_core.batch import watch


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lines of progress, which come or do not with how busy the machine is."""
    monkeypatch.setattr(watch, "EVERY", 1e6)
