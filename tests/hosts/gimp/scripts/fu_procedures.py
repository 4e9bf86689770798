"""What gimpfu's table says of procedures, against this GIMP: those that are there, those that are not, and what emulations call."""

import os
import re

from helpers import Gegl, main

from gimpfu import pdb
from gimpfu_backend import Refused, filters, host
from gimpfu_backend.renamed import new_name

FOLDER = os.path.join(os.environ["OUT"], "gimpfu")


def steps(report):
    with open(os.path.join(FOLDER, "README.md")) as file:
        parts = dict(part.split("\n", 1) for part in file.read().split("\n#### ")[1:])
    names = {title: re.findall(r"`(\w+)`", text) for title, text in parts.items()}
    there = names["The same"] + names["Under another name"]
    report["missing"] = [each for each in there if host.signature(new_name(each.replace("_", "-"))) is None]
    report["not refused"] = []
    for each in names["Refused"]:
        try:
            pdb[each]()
            report["not refused"].append(each)
        except Refused as raised:
            assert each in str(raised)
    with open(os.path.join(FOLDER, "gimpfu_backend/emulated.py")) as file:
        called = re.findall(r'(?:do|look)\(\s*"(gimp-[a-z0-9-]+)"', file.read())
    with open(os.path.join(FOLDER, "gimp.py")) as file:
        called += re.findall(r'"(gimp-[a-z0-9-]+)"', file.read())
    # names that are put together in the source end with "-"; gimpfu's own data is no procedure
    report["called"] = [each for each in called if not each.endswith("-") and host.signature(each) is None]
    report["filters"] = [name for name, (each, _) in filters.FILTERS.items() if not Gegl.has_operation(each)]
    report["counted"] = {title: len(found) for title, found in names.items()}


main(steps)
