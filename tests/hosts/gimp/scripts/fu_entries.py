"""In GIMP's console: procedures that stand for plug-ins that cannot be read: their menu entries, and what calling one says."""

import json
import os

from helpers import Gimp, main


def steps(report):
    for name in json.loads(os.environ["PLAN"]):
        procedure = Gimp.get_pdb().lookup_procedure(name)
        result = procedure.run(procedure.create_config())
        report[name] = {
            "label": procedure.get_menu_label(), "menus": procedure.get_menu_paths(), "status": result.index(0).value_nick,
            "message": Gimp.get_pdb().get_last_error(),
        }  # fmt: skip


main(steps)
