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
from gi.repository import Gegl, Gimp, GimpUi, GLib  # type: ignore[import-not-found]  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from client import EngineError  # type: ignore[import-not-found]  # noqa: E402
from image import HostError  # type: ignore[import-not-found]  # noqa: E402
from jobs import run as run_job  # type: ignore[import-not-found]  # noqa: E402
from procedures import PROCEDURES, add_arguments, fill, wishes_of  # type: ignore[import-not-found]  # noqa: E402


def run(procedure: Any, mode: Any, image: Any, drawables: list[Any], config: Any, data: Any) -> Any:
    """One call, from the menu or from a script. The image is changed in one step of undo, and only by a whole result."""
    told = PROCEDURES[procedure.get_name()]
    if mode == Gimp.RunMode.INTERACTIVE:
        GimpUi.init("colorgan")
        dialog = GimpUi.ProcedureDialog.new(procedure, config, told.label.replace("_", "").rstrip("…"))
        fill(dialog, procedure)
        agreed = dialog.run()
        dialog.destroy()
        if not agreed:
            return procedure.new_return_values(Gimp.PDBStatusType.CANCEL, None)
    Gegl.init(None)
    Gimp.progress_init("colorgan")
    try:
        by_dialog = mode != Gimp.RunMode.NONINTERACTIVE  # now, or the last time
        run_job(image, wishes_of(told, config, drawables, by_dialog), Gimp.progress_update)
    except (HostError, EngineError) as error:
        return failed(procedure, str(error))
    except Exception as error:
        return failed(procedure, f"This is a bug of colorgan's plug-in. {type(error).__name__}: {error}.")
    finally:
        Gimp.progress_end()
        Gimp.displays_flush()
    return procedure.new_return_values(Gimp.PDBStatusType.SUCCESS, None)


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
