"""`pdb`: GIMP 2's procedures by their old names and arguments, on what GIMP 3 has.

A call is, in this order: emulated by a function of `emulated`, a filter of `filters`, renamed by `renamed`, or handed on as it
is. Handing on bears what changed everywhere: arrays bring their length no more, files are one argument instead of two,
drawables come in lists, whole numbers are cut from Python 3's divisions, and results that are arrays have their length again.
"""

from __future__ import annotations

import re
from array import array

from gimpcolor import RGB, color
from gimpenums import RENUMBERED
from gimpfu_backend import Handle, Refused, host, pixels
from gimpfu_backend.renamed import REFUSED, new_name

ARRAYS = {"GimpDoubleArray", "GimpInt32Array", "GStrv", "GBytes", "GimpCoreObjectArray", "GimpColorArray"}
SEQUENCES = (list, tuple, array, bytes, bytearray)
WRAP = {}  # kinds of handles, and the classes of module gimp that they become


def wrapped(value):
    """What a host gave, as plug-ins know it."""
    if isinstance(value, Handle):
        return None if value.ID < 0 else WRAP[value.kind](value.ID)
    if isinstance(value, (list, tuple)):
        return WRAP["GimpParasite"](*value) if _is_parasite(value) else tuple(wrapped(each) for each in value)
    return int(value) if isinstance(value, bool) else value


def _is_parasite(value):
    return isinstance(value, tuple) and len(value) == 3 and isinstance(value[2], bytes) and isinstance(value[0], str)


def neutral(kind, value):
    """One argument for a host, as GObject type `kind` wants it."""
    if value is None or (value == -1 and kind.startswith("Gimp") and kind not in RENUMBERED):
        return None
    if kind in ("gint", "guint", "guchar", "gint64") or (kind.startswith("Gimp") and isinstance(value, float)):
        return int(value // 1) if isinstance(value, float) else int(value) if not isinstance(value, str) else value
    if kind == "gdouble":
        return float(value)
    if kind == "gboolean":
        return bool(value)
    if kind == "gchararray":
        if isinstance(value, bytes):
            return bytes(value).decode("utf-8", "replace")
        return as_text(value) if isinstance(value, SEQUENCES) else value
    if kind == "GeglColor":
        return color(value)
    if kind == "GimpColorArray":
        return [color(each) for each in value]
    if kind == "GimpDoubleArray":
        return [float(each) for each in value]
    if kind == "GimpInt32Array":
        return [int(each) for each in value]
    if kind == "GBytes":
        return pixels.raw(value) if not isinstance(value, (list, tuple)) else bytes(int(each) for each in value)
    if kind == "GimpParasite":
        return value.name, value.flags, value.data
    if kind in RENUMBERED:
        return RENUMBERED[kind].get(int(value), int(value))
    return value


def as_text(values):
    """Numbers or colours as the text in which GIMP 3's Python hands them on: PyGObject has no arguments for arrays of them."""
    return "; ".join(_hex(color(each)) if isinstance(each, (RGB, tuple)) else str(each) for each in values)


def _hex(color):
    return "#{:02x}{:02x}{:02x}".format(*(round(255 * part) for part in (color.r, color.g, color.b)))


def from_text(kind, text):
    """The tuple of a PF_ kind of array behind such a text, in which numbers may also stand between commas or spaces."""
    if kind in ("COLORARRAY", "STRINGARRAY"):
        parts = [each.strip() for each in text.split(";") if each.strip()]
        return tuple(parts if kind == "STRINGARRAY" else map(color, parts))
    return tuple((float if kind == "FLOATARRAY" else int)(each) for each in re.split(r"[;,\s]+", text.strip()) if each)


def adapted(name, signature, given):
    """GIMP 3's arguments from GIMP 2's. TypeError where they do not go together."""
    kinds, values, left = signature.types, [], list(given)
    for n, kind in enumerate(kinds):
        if kind == "GimpExportOptions":
            values.append(None)
            continue
        if not left:
            break  # what GIMP 3 added at the end has defaults
        value = left.pop(0)
        surplus = len(left) - sum(each != "GimpExportOptions" for each in kinds[n + 1 :])
        if kind in ARRAYS:
            if isinstance(value, (int, float)) and left and isinstance(left[0], SEQUENCES):
                value = left.pop(0)[: int(value)]
            elif kind == "GimpCoreObjectArray" and not isinstance(value, (list, tuple)):
                value = [value]
        elif kind == "GFile" and surplus > 0 and isinstance(left[0], (str, type(None))):
            left.pop(0)  # raw-filename
        try:
            values.append(neutral(kind, value))
        except (TypeError, ValueError, AttributeError):
            raise TypeError(f"{name}: argument {signature.names[n]} is {value!r}, which is no {kind}.") from None
    if left:
        raise TypeError(f"{name} takes {len(kinds)} arguments here, {len(given)} were given.")
    return values


def called(name, given, run_mode=1, looking=False):
    """Calls GIMP 3's procedure with what GIMP 2's was given. looking: it changes no pixels, and does not ask for them."""
    signature = host.signature(name)
    if signature is None:
        raise Refused(refusal(name))
    if signature.names[:1] == ["run-mode"]:
        given = [run_mode, *given]
    values = adapted(name, signature, given)
    if not looking:
        pixels.settle()
    return [wrapped(each) for each in host.call(name, values)], signature


def look(name, *given):
    """One result, or several as a tuple, of a procedure that only looks."""
    found, _ = called(name, given, looking=True)
    return found[0] if len(found) == 1 else tuple(found) if found else None


def do(name, *given):
    """The same of a procedure that changes something."""
    found, _ = called(name, given)
    return found[0] if len(found) == 1 else tuple(found) if found else None


def refusal(name):
    way = REFUSED.get(name)
    if way is None:
        way = (
            f"{host.name} has no such procedure and gimpfu has none in its place; look for another in GIMP's procedure browser."
            if host.name != "headless" else "It is not there without GIMP; run this plug-in in GIMP."
        )  # fmt: skip
    return f"pdb.{name.replace('-', '_')} is not available: {way}"


class Procedure:
    """One procedure of `pdb`."""

    def __init__(self, name):
        self.proc_name = name

    def _signature(self):
        return host.signature(new_name(self.proc_name)) or ()

    @property
    def params(self):
        found = self._signature()
        return tuple(zip(found.types, found.names, found.names)) if found else ()

    @property
    def return_vals(self):
        found = self._signature()
        return tuple((each, "", "") for each in found.results) if found else ()

    @property
    def nparams(self):
        return len(self.params)

    @property
    def nreturn_vals(self):
        return len(self.return_vals)

    def __call__(self, *given, **named):
        from gimpfu_backend import emulated, filters

        run_mode = int(named.pop("run_mode", named.pop("run-mode", 1)))
        if named:
            raise TypeError(f"pdb.{self.proc_name.replace('-', '_')} takes no argument {next(iter(named))}.")
        if self.proc_name in emulated.PROCEDURES:
            pixels.settle()
            return emulated.PROCEDURES[self.proc_name](*given)
        if self.proc_name in filters.FILTERS and host.signature(self.proc_name) is None:
            pixels.settle()
            return filters.apply(self.proc_name, given)
        name = new_name(self.proc_name)
        if host.signature(name) is None:
            raise Refused(refusal(self.proc_name))
        found, signature = called(name, given, run_mode)
        out = []
        for kind, value in zip(signature.results, found):
            if kind in ARRAYS:  # 2.10 told their length first
                value = value or ()
                out.append(len(value))
            out.append(value)
        return out[0] if len(out) == 1 else tuple(out) if out else None

    def __repr__(self):
        return f"<pdb function {self.proc_name}>"


class PDB:
    """`pdb.gimp_image_width(image)`, `pdb["gimp-image-width"](image)`, `pdb.query("blur")`."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Procedure(name.replace("_", "-"))

    def __getitem__(self, name):
        return Procedure(name.replace("_", "-"))

    def __contains__(self, name):
        return self.has_key(name)

    def has_key(self, name):
        from gimpfu_backend import emulated, filters

        name = name.replace("_", "-")
        return name in emulated.PROCEDURES or name in filters.FILTERS or host.signature(new_name(name)) is not None

    def query(self, name="", *more):
        return tuple(each for each in host.names() if re.search(name, each))


pdb = PDB()
__all__ = ["PDB", "RGB", "WRAP", "Procedure", "called", "do", "look", "pdb"]
