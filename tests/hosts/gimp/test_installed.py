"""`colorgan plugin` and a real GIMP: what is installed is loaded, and what is uninstalled leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from colorgan_core import __version__

pytestmark = [pytest.mark.hosts, pytest.mark.timeout(500)]


def test_in_and_out(console: Any, installed: Path, plugin_command: Callable[..., str]) -> None:
    home = installed.resolve() / "home"
    plug_ins = home / ".config/GIMP/3.0/plug-ins"
    plugin_command(home, "uninstall", "gimp")
    try:
        assert not (plug_ins / "colorgan").exists()
        assert console.run("installed")["procedures"] == []
        plugin_command(home, "install", "gimp")
        wanted = [f"plug-in-colorgan-{name}" for name in ("colorize", "colorize-gray", "flats", "stylize")]
        assert console.run("installed")["procedures"] == wanted
        assert (plug_ins / "colorgan/__pycache__").is_dir(), "GIMP's Python has left its own"
        assert plugin_command(home, "status", "gimp").endswith(f"The plug-in's version is {__version__}.\n")
        (plug_ins / "colorgan/colorgan.py").chmod(0o644)
        assert console.run("installed")["procedures"] == [], "GIMP ignores it without a word"
        assert "executable" in plugin_command(home, "status", "gimp")
        plugin_command(home, "install", "gimp")
        assert console.run("installed")["procedures"] == wanted
        plugin_command(home, "uninstall", "gimp")
        assert not list(plug_ins.rglob(".colorgan*")) and not (plug_ins / "colorgan").exists()
    finally:
        plugin_command(home, "install", "gimp")
