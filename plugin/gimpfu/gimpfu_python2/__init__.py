"""What plug-ins of Python 2 mean, in Python 3. Nothing here needs GIMP, or starts it, until a plug-in has to be replaced by an entry
that explains why it cannot run.

    strings   Python 2's str, as bytes
    numbers   whole numbers: `/`, `round`, `floor`, arrays, random numbers
    names     what Python 3 has removed or changed: unicode, xrange, reduce, cmp, ...
    modules   modules under their old names: commands, StringIO, urllib2, ...
    source    reads a plug-in with Python 2's meanings
    convert   writes a plug-in of Python 2's syntax as one of Python 3's
    entry     the menu entry of a plug-in that cannot be read
"""
