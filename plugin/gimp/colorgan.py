#!/usr/bin/env python3
"""colorgan in GIMP 3: Filters > colorgan, and the same procedures for scripts."""

from __future__ import annotations

import os
import sys
from typing import Any

import gi  # type: ignore[import-not-found]

gi.require_version("Gimp", "3.0")
gi.require_version("GimpUi", "3.0")
gi.require_version("Babl", "0.1")
gi.require_version("Gegl", "0.4")
gi.require_version("Gtk", "3.0")
from gi.repository import Gegl, Gimp, GimpUi, GLib  # type: ignore[import-not-found]  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from client import EngineError  # type: ignore[import-not-found]  # noqa: E402
from image import HostError  # type: ignore[import-not-found]  # noqa: E402
from jobs import run as run_job  # type: ignore[import-not-found]  # noqa: E402
from memory import drawing_of, forget_layers, remember_inputs, restore_inputs  # type: ignore[import-not-found]  # noqa: E402
from procedures import PROCEDURES, add_arguments, wishes_of  # type: ignore[import-not-found]  # noqa: E402


def run(procedure: Any, mode: Any, image: Any, drawables: list[Any], config: Any, data: Any) -> Any:
    """One call, from the menu or from a script. The image is changed in one step of undo, and only by a whole result."""
    told = PROCEDURES[procedure.get_name()]
    by_dialog = mode != Gimp.RunMode.NONINTERACTIVE  # now, or the last time
    if by_dialog:
        restore_inputs(image, procedure, config)
    if mode == Gimp.RunMode.INTERACTIVE:
        from dialog import agreed  # type: ignore[import-not-found]

        GimpUi.init("colorgan")
        title = told.label.replace("_", "").rstrip("…")
        if not agreed(procedure, config, title, image, likely_drawing(told, image, drawables)):
            return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, None)
    Gegl.init(None)
    Gimp.progress_init("colorgan")
    try:
        wishes = wishes_of(told, image, config, drawables, by_dialog)
        remember_inputs(image, procedure, config, drawables, wishes.lines)
        forget_layers(procedure, config)
        run_job(image, wishes, Gimp.progress_update)
    except (HostError, EngineError) as error:
        return failed(procedure, str(error))
    except Exception as error:
        return failed(procedure, f"This is a bug of colorgan's plug-in. {type(error).__name__}: {error}.")
    finally:
        Gimp.progress_end()
        Gimp.displays_flush()
    return procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, None)


def likely_drawing(told: Any, image: Any, drawables: list[Any]) -> tuple[Any, ...]:
    """What the dialog shows as the drawing; nothing where it is not known."""
    try:
        return tuple(drawing_of(image, drawables, True)) if told.operation == "colorize" else tuple(reversed(drawables))
    except HostError:
        return ()


def failed(procedure: Any, sentence: str) -> Any:
    error = GLib.Error.new_literal(Gimp.PlugIn.error_quark(), sentence, 0)
    return procedure.new_return_values(Gimp.PDBStatusType.EXECUTION_ERROR, error)


class Colorgan(Gimp.PlugIn):  # type: ignore[misc]
    def do_set_i18n(self, name: str) -> bool:
        return False

    def do_query_procedures(self) -> list[str]:
        return list(PROCEDURES)

    def do_create_procedure(self, name: str) -> Any:
        told = PROCEDURES[name]
        procedure = Gimp.ImageProcedure.new(self, name, Gimp.PDBProcType.PLUGIN, run, None)
        procedure.set_image_types("*")
        procedure.set_sensitivity_mask(Gimp.ProcedureSensitivityMask.DRAWABLE | Gimp.ProcedureSensitivityMask.DRAWABLES)
        procedure.set_menu_label(told.label)
        procedure.add_menu_path("<Image>/Filters/colorgan")
        procedure.set_documentation(told.summary, told.summary, name)
        procedure.set_attribution("colorgan contributors", "colorgan contributors", "2026")
        add_arguments(procedure, told)
        return procedure


Gimp.main(Colorgan.__gtype__, sys.argv)
