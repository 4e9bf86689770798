#!/usr/bin/env python
# Python 3 reads it, and it draws its window with PyGTK.

import pygtk
pygtk.require("2.0")
import gtk
from gimpfu import *


def window(image, layer):
    gtk.Window().show()
    gtk.main()


register("window", "Window", "A window", "a", "a", "2009", "<Image>/Filters/Fu/Window of its own...", "RGB*", [], [], window)

main()
