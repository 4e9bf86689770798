"""Runs a plug-in without GIMP, on a picture: python gimpfu PLUGIN.py IN.png -o OUT.png [name=value ...]

`python gimpfu convert PLUGIN.py` writes a plug-in of Python 2's syntax as one that Python 3 can read.
"""

from __future__ import annotations

import argparse
import os
import sys
import types

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def loaded(path):
    """Runs the plug-in's file; what it registered. SystemExit with a sentence where it is Python 2's, or no file."""
    sys.modules.pop("gimpfu", None)  # the package that `python -m gimpfu` has found
    try:
        import gimpfu
    except ImportError as raised:
        raise SystemExit(f"Without GIMP, a plug-in needs NumPy and Pillow: {raised}.") from None
    from gimpfu_python2 import entry, source

    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    source.find_beside(path)
    del gimpfu.REGISTERED[:]
    module = types.ModuleType("__main__")
    module.__file__ = path
    try:
        source.run(path, vars(module))
    except OSError as raised:
        if raised.filename != path:
            raise
        raise SystemExit(f"{path} cannot be read: {raised.strerror}.") from None
    except (SyntaxError, ImportError) as raised:
        raise SystemExit(entry.reason(path, raised)) from None
    return list(gimpfu.REGISTERED)


ITEMS = {"LAYER": "layers", "DRAWABLE": "layers", "ITEM": "layers", "CHANNEL": "channels", "VECTORS": "vectors"}


def value(each, text, image):
    """What a parameter is given: a word of the command line, or None for its default, as a dialog of GIMP's would give it.
    SystemExit with a sentence where there is no such thing."""
    if each.kind in ITEMS:
        return item(each, text, image)
    if each.kind == "IMAGE":
        return image if text is None else opened(text)
    try:
        return converted(each, text)
    except ValueError:
        raise SystemExit(f"{each.name}={text} is no value for PF_{each.kind}.") from None


def item(each, text, image):
    """The layer, channel or path of a name; without one, the image's active one, as a dialog of GIMP's starts with. None where the
    image has none of the kind."""
    kind = ITEMS[each.kind]
    there = list(getattr(image, kind, ()))
    there += [one for group in there for one in getattr(group, "children", ())]
    active = {"layers": "active_layer", "channels": "active_channel", "vectors": "active_vectors"}[kind]
    found = next((one for one in there if one.name == text), None)
    if text is None:
        found = getattr(image, active, None) or next(iter(there), None)
    if found is None and text is not None:
        names = ", ".join(one.name for one in there) or "none"
        raise SystemExit(f"{each.name}={text}: the picture has no {kind[:-1]} of this name, but {names}.")
    return found


def opened(path):
    from gimpfu_backend.pdb import pdb

    try:
        return pdb.gimp_file_load(path, path)
    except RuntimeError as raised:
        raise SystemExit(str(raised)) from None


def converted(each, text):
    """A word of the command line as a parameter wants it, or its default. ValueError."""
    from gimpfu_python2.numbers import whole

    if each.kind in ("FLOAT", "SLIDER", "SPINNER"):
        return whole(float(each.default or 0 if text is None else text))
    if text is None:
        return each.default
    if each.kind in ("INT", "INT8", "INT16", "INT32", "OPTION"):
        return int(text)
    if each.kind == "TOGGLE":
        return text.lower() in ("1", "true", "yes", "on")
    if each.kind == "COLOR":
        import gimpcolor

        return gimpcolor.RGB(text)
    if each.kind == "RADIO":
        return next((value for _, value in each.extra if str(value) == text), text)
    if each.kind.endswith("ARRAY"):
        from gimpfu_backend.pdb import from_text

        return from_text(each.kind, text)
    return text


def main(words):
    if words[:1] == ["convert"]:
        from gimpfu_python2 import convert

        raise SystemExit(convert.main(words[1:]))
    parser = argparse.ArgumentParser(prog="gimpfu", description=__doc__)
    parser.add_argument("plugin")
    parser.add_argument("picture", nargs="?", help="its layer is what the plug-in works on")
    parser.add_argument("-p", "--procedure", help="where the plug-in has several")
    parser.add_argument("-o", "--output")
    parser.add_argument("--overwrite", action="store_true", help="let the result replace the picture")
    parser.add_argument("values", nargs="*", metavar="name=value")
    told = parser.parse_intermixed_args(words)
    registered = loaded(told.plugin)
    names = [each.name for each in registered]
    if not registered:
        raise SystemExit(f"{told.plugin} registers no procedure.")
    if told.procedure not in (None, *names):
        raise SystemExit(f"{told.plugin} has {', '.join(names)}.")
    chosen = registered[names.index(told.procedure) if told.procedure else 0]
    if told.picture and "=" in told.picture and not chosen.given:
        told.values.insert(0, told.picture)
        told.picture = None
    given = dict(each.partition("=")[::2] for each in told.values)
    unknown = set(given) - {each.name for each in chosen.asked}
    if unknown:
        raise SystemExit(
            f"{chosen.name} has no {sorted(unknown)[0]}; it has {', '.join(each.name for each in chosen.asked) or 'none'}."
        )
    read = [told.plugin] if told.overwrite else [told.plugin, told.picture]
    for path in filter(None, read):
        if told.output and os.path.exists(told.output) and os.path.exists(path) and os.path.samefile(told.output, path):
            advice = "--overwrite allows it" if path == told.picture else "give another name"
            raise SystemExit(f"{told.output} would be written over {path}, which is read; {advice}.")
    from gimpfu_backend.pdb import do

    values, image = [], None
    if chosen.given and not told.picture:
        raise SystemExit(f"{chosen.name} needs a picture.")
    if chosen.files == "<Load>":
        values = [told.picture] * 2
    elif chosen.takes_image:
        image = opened(told.picture)
        values = [image, image.active_layer or image.layers[0]][: chosen.given]
    if chosen.files == "<Save>":
        if not told.output:
            raise SystemExit(f"{chosen.name} writes a file; name it with -o.")
        values += [told.output] * 2
    results = chosen.call(values + [value(each, given.get(each.name), image) for each in chosen.asked])
    if chosen.files == "<Save>":
        print(told.output)
        return
    if not chosen.takes_image:
        image = next((each for each in results if type(each).__name__ == "Image"), None)
    if told.output:
        if image is None:
            raise SystemExit(f"{chosen.name} gives no image to write.")
        try:
            do("gimp-file-save", image, told.output)  # what the image shows, as large as the image
        except (RuntimeError, OSError) as raised:
            raise SystemExit(f"{told.output} cannot be written: {raised}") from None
        print(told.output)


if __name__ == "__main__":
    main(sys.argv[1:])
