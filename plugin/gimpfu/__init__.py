"""gimpfu for GIMP 3: this folder beside a plug-in is all that `from gimpfu import *` needs.

The folder is the package; the modules that a plug-in may import (`gimpfu`, `gimp`, `gimpenums`, `gimpcolor`, ...) lie in it
as such. So importing the package puts the folder on the path and hands over to the module of the same name.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
if sys.argv[:1] != ["-m"]:  # as which `python -m gimpfu` shows up until it has found __main__.py
    _package = sys.modules.pop(__name__)
    sys.modules["gimpfu"] = __import__("gimpfu")
