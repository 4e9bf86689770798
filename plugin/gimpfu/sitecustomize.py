"""Python runs this at its start where this folder is on PYTHONPATH, as GIMP's environ/gimpfu.env puts it there.

It concerns plug-ins of gimpfu alone that GIMP starts: modules have their old names from the first line on, and a plug-in that cannot be
read gets a menu entry that explains why. Every other program goes on as if this file were not there.
"""

import importlib.machinery
import importlib.util
import os
import sys


def _others():
    """The sitecustomize that this one hides."""
    here = os.path.dirname(os.path.abspath(__file__))
    paths = [each for each in sys.path if os.path.abspath(each or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", paths)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def _plugin():
    if getattr(sys, "argv", [])[1:2] == ["-gimp"]:
        from gimpfu_python2 import entry, modules

        if entry.is_plugin(sys.argv[0]):
            modules.install()
            entry.watch(os.path.abspath(sys.argv[0]))


_plugin()
_others()
