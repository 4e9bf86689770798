"""What a person is told of editors and of the plug-ins in them."""

from __future__ import annotations

from pathlib import Path

from colorgan_core import __version__
from colorgan_core.server import protocol

from .editors import FLATPAKS, GIMPFU, TITLES, Place, has_gimp_2, this_machine
from .record import State


def not_found(editor: str) -> str:
    if editor == "gimp" and has_gimp_2(this_machine()):
        return (
            "Only GIMP 2.10 was found, and the plug-in needs GIMP 3; for GIMP 2's Python there is examples/colorgan_fu.py in "
            "colorgan's repository."
        )
    title = (
        "Neither Krita nor GIMP 3"
        if editor == "all"
        else f"No {TITLES.get(editor, TITLES['gimp'])}" + " 3" * (editor != "krita")
    )
    return f"{title} was found; if it is installed, start it once, or name its folder with --folder."


def sentence(state: State) -> str:
    """What is there, for a person."""
    if not state.installed:
        return "The plug-in is not installed."
    parts = [f"The plug-in's version is {state.version or 'unknown'}"]
    if state.changed:
        parts.append(f"it was changed by hand ({', '.join(state.changed)})")
    elif not state.current:
        parts.append(f"it belongs to another version than this colorgan ({__version__})")
    if state.enabled is False:
        parts.append("it is switched off" if state.place.editor == "krita" else "colorgan.py is not executable")
    return ", and ".join(parts) + "."


def as_plain(state: State) -> dict[str, object]:
    place = state.place
    return {
        "editor": place.editor, "kind": place.kind, "folder": str(place.folder), "started": place.started,
        "installed": state.installed, "version": state.version, "current": state.current, "enabled": state.enabled,
        "changed": list(state.changed), "own": list(state.own),
    }  # fmt: skip


def advice(place: Place) -> list[str]:
    """What is left for the person to do."""
    if place.editor == GIMPFU:
        return [
            f"Put a plug-in that was written for GIMP 2 into {place.folder / 'plug-ins'}/NAME/NAME.py, make it executable, and "
            f"restart {place.title}.",
            f"If its menu entry says that it needs converting: python3 {place.package} convert NAME.py",
        ]
    lines = [f"Restart {place.title} to see it."]
    if place.editor == "krita":
        lines[0] = "Restart Krita to see the docker colorgan (Settings > Dockers)."
        off = "If it is not there" if place.settings else "kritarc was not found, so the plug-in is not enabled yet"
        lines.append(f"{off}: Settings > Configure Krita > Python Plugin Manager, tick colorgan, restart Krita.")
    engine = Path(protocol.folder())
    if place.kind == "flatpak":
        name, socket = FLATPAKS[place.editor], Path(protocol.address(str(engine))).parent
        lines.append(
            "A Flatpak cannot start colorgan's engine. Give it access to the engine, and start one with your session:"
        )
        lines.append(
            f"  flatpak override --user {' '.join(f'--filesystem={each}' for each in sorted({engine, socket}))} {name}"
        )
        lines.append("  colorgan plugin service install    (or `colorgan serve` while you paint)")
    elif place.kind == "snap":
        # inside a snap the home folder is this one, and hidden folders of the real one cannot be read
        home = Path.home() / "snap" / place.editor / "current"
        data = f"COLORGAN_DATA={home / '.local/share/colorgan'}"
        lines.append("A Snap cannot start colorgan's engine. Run one in the Snap's own folder:")
        lines.append(f"  {data} colorgan plugin service install    (or `{data} colorgan serve`)")
    return lines
