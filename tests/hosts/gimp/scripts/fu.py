"""In GIMP's console: plug-ins for GIMP 2, each on an image of its own; what the image shows afterwards is left as NAME.raw."""

import json
import os

from helpers import Gimp, Gio, called, dump, flattened, main, opened, tree


def steps(report):
    plan = json.loads(os.environ["PLAN"])
    for name, told in plan.items():
        if told["image"]:
            image = opened(os.environ["PICTURE"])
            status, message, results = called(
                told["procedure"], image, [image.get_layers()[0]], results=True, **told["values"]
            )
        else:
            procedure = Gimp.get_pdb().lookup_procedure(told["procedure"])
            config = procedure.create_config()
            for each, value in told["values"].items():
                given = Gio.File.new_for_path(value) if isinstance(value, str) and value.startswith("/") else value
                config.set_property(each, given)
            result = procedure.run(config)
            status, message = result.index(0), Gimp.get_pdb().get_last_error()
            image = result.index(1) if status == Gimp.PDBStatusType.SUCCESS else None
            results = []
        report[name] = {"status": status.value_nick, "message": message, "results": results}
        if status == Gimp.PDBStatusType.SUCCESS:
            report[name].update(
                tree=tree(image.get_layers()),
                size=[image.get_width(), image.get_height()],
                visible=[each.get_visible() for each in image.get_layers()],
            )
            dump(name, flattened(image))
            image.delete()


main(steps)
