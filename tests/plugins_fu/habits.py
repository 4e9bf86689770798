# No line of the program's: GIMP 2 on Windows went by the file's ending. Whole numbers, text and modules as Python 2 has them.

import array
import commands
import random
from math import *
from StringIO import StringIO

from gimpfu import *


def squares(image, layer, size, count, title):
    """A layer with squares of a size in a row, written byte by byte; its name is what Python 2's arithmetic gives."""
    image.undo_group_start()
    made = image.new_layer(u"squares".encode("utf-8").decode("utf-8"), image.width, image.height)
    width, height = image.width / 2, image.height / 2
    data = array.array("B", "\x00" * (width * height * 4))
    random.seed(3)
    for n in range(count):
        left = random.randint(0, width - size)
        top = (height - size) / 2 * n / max(count - 1, 1)
        shade = [255 / (n + 1), 40.0 * n, 200 - floor(random.random()), 255]
        for y in range(top, top + size):
            for x in range(left, left + size):
                at = 4 * (y * width + x)
                data[at:at + 4] = array.array("B", shade)
    region = made.get_pixel_rgn(0, 0, width, height, True, True)
    region[0:width, 0:height] = data.tostring()
    made.flush()
    made.merge_shadow(True)
    made.update(0, 0, width, height)
    words = StringIO()
    words.write(title.decode("utf-8"))
    status, said = commands.getstatusoutput("echo shell")
    options = {"a": 1}
    half = 7
    half /= 2
    parts = [words.getvalue(), said, status, half, -7 / 2, round(2.5) / 2, options.has_key("a"), options.keys()[0],
             "6869".decode("hex"), "%d" % ceil(1.2)]
    parts.sort(lambda one, other: cmp(str(one), str(other)))
    made.name = " ".join([str(part) for part in parts])
    image.undo_group_end()


register(
    "squares", "Squares", "Squares in a row", "a", "a", "2011", "Squares...", "RGB*",
    [
        (PF_IMAGE, "image", "Image", None),
        (PF_DRAWABLE, "layer", "Layer", None),
        (PF_SPINNER, "size", "Size", 5, (1, 10, 1)),
        (PF_ADJUSTMENT, "count", "Count", 3, (1, 10, 1)),
        (PF_STRING, "title", "Title", "title"),
    ],
    [], squares, menu="<Image>/Filters/Fu")

main()
