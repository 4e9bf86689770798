#!/usr/bin/env python
# -*- coding: utf-8 -*-
# Python 2 syntax, and indents of tabs and spaces.

import commands
from gimpfu import *


def darker(image, layer, amount):
    try:
	print "darker by", amount
	if amount <> 0:
            for y in xrange(0, layer.height, 2):
		region = layer.get_pixel_rgn(0, y, layer.width, 1, True, False)
		region[:, y] = "".join([chr(ord(each) / amount) for each in region[:, y]])
    except RuntimeError, error:
	raise gimp.error, "no: %s" % error
    layer.name = `layer.width / 2` + u" dark"


register(
    "python_fu_darker",
    "Every other row darker", "Darker (rows)", "a", "a", "2009",
    "_Darker rows...", "RGB*",
    [(PF_IMAGE, "image", "", None), (PF_DRAWABLE, "layer", "", None), (PF_INT, "amount", "Amount", 2)],
    [], darker, menu="<Image>/Filters/Fu")

main()
