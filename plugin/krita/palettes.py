"""Krita's palettes as colorgan takes them."""

from __future__ import annotations

from typing import Any

from krita import Krita, Palette  # type: ignore[import-not-found]

from .host import HostError
from .qt import QtWidgets


def palette_names() -> list[str]:
    return sorted(Krita.instance().resources("palette"))


def current_palette() -> str:
    """The name of the palette that the Palette docker shows; where there is none, the one that Krita keeps as usual."""
    names = set(palette_names())
    for docker in Krita.instance().dockers():
        if docker.objectName() == "PaletteDocker":
            for label in docker.findChildren(QtWidgets.QLabel):
                if label.text() in names:
                    return str(label.text())
    name = str(Krita.instance().readSetting("", "defaultPaletteName", ""))
    if name not in names:
        raise HostError("Krita has no current palette.")
    return name


def as_text(name: str) -> str:
    """Its colours as "#rrggbb,#rrggbb"."""
    resources = Krita.instance().resources("palette")
    if name not in resources:
        raise HostError(f"Krita has no palette “{name}” any more.")
    palette = Palette(resources[name])
    colors = []
    for number in range(palette.colorsCountTotal()):
        color = color_at(palette, number)
        if color is not None and color not in colors:
            colors.append(color)
    if not colors:
        raise HostError(f"The palette “{name}” has no colours.")
    return ",".join(colors)


def color_at(palette: Any, number: int) -> str | None:
    swatch = palette.colorSetEntryByIndex(number)
    if swatch is None or not swatch.isValid():
        return None
    color = swatch.color()
    color.setColorSpace("RGBA", "U8", "")
    red, green, blue = color.componentsOrdered()[:3]
    return "#" + bytes(round(255 * max(0.0, min(1.0, each))) for each in (red, green, blue)).hex()
