"""`colorgan plugin` and a real Krita: what is installed is loaded, and what is uninstalled leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from colorgan_core import __version__

pytestmark = [pytest.mark.hosts, pytest.mark.timeout(400)]
SETTINGS = "[python]\nenable_colorgan_driver=true\n[theme]\nTheme=Krita dark\n"


def test_in_and_out(krita: Callable[..., dict[str, Any]], home: Path, plugin_command: Callable[..., str]) -> None:
    plugin_command(home, "uninstall", "krita")
    settings = home / ".config/kritarc"
    try:
        without = krita("installed", settings=SETTINGS)
        assert "colorgan" not in without["dockers"] and without["setting"] == "none"
        assert "Restart Krita" in plugin_command(home, "install", "krita")
        found = krita("installed", settings="")
        assert "colorgan" in found["dockers"] and found["action"] and found["setting"] == "true"
        assert list((home / ".local/share/krita/pykrita/colorgan").rglob("*.pyc")), "Krita's Python has left its own"
        assert plugin_command(home, "status", "krita").endswith(f"The plug-in's version is {__version__}.\n")
        plugin_command(home, "uninstall", "krita")
        below = (home / ".local/share/krita").rglob("*colorgan*")
        assert {path.name for path in below if "colorgan_driver" not in str(path)} == set()
        assert "enable_colorgan=" not in settings.read_text()
        assert "enable_colorgan_driver=true" in settings.read_text()
        assert krita("installed", settings="")["dockers"] == without["dockers"]
    finally:
        plugin_command(home, "install", "krita")
