"""GIMP 3 as a host: procedures through its data base, pixels through GEGL."""

from __future__ import annotations

import functools
import os
import struct

import gi

gi.require_version("Gimp", "3.0")
gi.require_version("Gegl", "0.4")
gi.require_version("Babl", "0.1")
from gi.repository import Babl, Gegl, Gimp, Gio, GLib, GObject  # noqa: E402

from gimpcolor import RGB  # noqa: E402
from gimpfu_backend import Handle, Refused, Signature  # noqa: E402

RESOURCES = {"GimpBrush", "GimpFont", "GimpGradient", "GimpPalette", "GimpPattern"}
FORMATS = {0: "R'G'B' u8", 1: "R'G'B'A u8", 2: "Y' u8", 3: "Y'A u8"}  # by Gimp.ImageType
NUMBERS = ("GimpDoubleArray", "GimpInt32Array")  # which PyGObject cannot put into a procedure's arguments


@functools.cache
def ready():
    """Starts GEGL, once, and not before GIMP has started the plug-in: it would be started twice."""
    Gegl.init(None)


def _rgb(gegl):
    """Of sRGB, with its curve; as doubles, so that nothing is lost."""
    return RGB(*struct.unpack("4d", bytes(gegl.get_bytes(Babl.format("R'G'B'A double")).get_data())))


def from_color(color):
    ready()
    gegl = Gegl.Color.new("black")
    data = struct.pack("4f", color.r, color.g, color.b, color.a)
    gegl.set_bytes(Babl.format("R'G'B'A float"), GLib.Bytes.new(data))
    return gegl


def handle(thing):
    return None if thing is None else Handle(thing.__gtype__.name, thing.get_id())


def item(found):
    return None if found is None else Gimp.Item.get_by_id(found.ID)


class Host:
    def __init__(self):
        self.procedures, self.told = {}, False
        version = (Gimp.MAJOR_VERSION, Gimp.MINOR_VERSION, Gimp.MICRO_VERSION)
        self.version, self.name = version, "GIMP " + ".".join(map(str, version))
        self.folders = {
            "directory": Gimp.directory(), "data_directory": Gimp.data_directory(), "locale_directory": Gimp.locale_directory(),
            "sysconf_directory": Gimp.sysconf_directory(), "plug_in_directory": os.path.join(Gimp.directory(), "plug-ins"),
        }  # fmt: skip

    @property
    def pdb(self):
        """Known once GIMP has made the plug-in, which is after the plug-in's own file was read."""
        return Gimp.get_pdb()

    def names(self):
        return sorted(self.pdb.query_procedures("", "", "", "", "", "", "", ""))

    def _found(self, name):
        if name not in self.procedures:
            procedure = self.pdb.lookup_procedure(name)
            if procedure is None:
                return None
            given, results = procedure.get_arguments(), procedure.get_return_values()
            signature = Signature(
                [each.get_name() for each in given], [each.value_type.name for each in given],
                [each.value_type.name for each in results],
            )  # fmt: skip
            self.procedures[name] = procedure, given, signature
        return self.procedures[name]

    def signature(self, name):
        found = self._found(name)
        return found and found[2]

    def call(self, name, values):
        procedure, given, signature = self._found(name)
        if any(each in NUMBERS for each in signature.types + signature.results):
            return self._function(name, given, values, signature)
        config = procedure.create_config()
        for spec, kind, value in zip(given, signature.types, values):
            if kind == "GimpCoreObjectArray":
                things = [Gimp.Image.get_by_id(each.ID) if each._space == "image" else item(each) for each in value]
                config.set_core_object_array(spec.get_name(), things)
            elif kind == "GimpColorArray":
                config.set_color_array(spec.get_name(), [from_color(each) for each in value])
            elif kind != "GimpExportOptions":
                config.set_property(spec.get_name(), self._to_gimp(spec, kind, value))
        found = procedure.run(config)
        status = found.index(0)
        if status != Gimp.PDBStatusType.SUCCESS:
            cancelled = status == Gimp.PDBStatusType.CANCEL
            raise RuntimeError("cancelled" if cancelled else self.pdb.get_last_error() or f"{name} failed")
        return [self._from_gimp(kind, found, n + 1) for n, kind in enumerate(signature.results)]

    def _function(self, name, given, values, signature):
        """A procedure with arrays of numbers, by libgimp's own function."""
        words = name.split("-")[1:]
        owner = {"drawable": Gimp.Drawable, "image": Gimp.Image, "path": Gimp.Path, "gradient": Gimp.Gradient}.get(
            words[0]
        )
        function = getattr(owner or Gimp, "_".join(words[1:] if owner else words))
        arrays = [
            list(v) if k in NUMBERS else self._to_gimp(s, k, v) for s, k, v in zip(given, signature.types, values)
        ]
        found = function(*arrays)
        if not signature.results:
            if not found:
                raise RuntimeError(self.pdb.get_last_error() or f"{name} failed")
            return []
        parts = list(found) if len(signature.results) > 1 else [found]
        if found is None or len(parts) != len(signature.results):
            raise RuntimeError(self.pdb.get_last_error() or f"{name} failed")
        return [[_rgb(c) for c in each] if k == "GimpColorArray" else list(each) if k in NUMBERS else self._plain(each)
                for k, each in zip(signature.results, parts)]  # fmt: skip

    def _to_gimp(self, spec, kind, value):
        if kind == "GimpImage":
            return value and Gimp.Image.get_by_id(value.ID)
        if kind == "GimpDisplay":
            return value and Gimp.Display.get_by_id(value.ID)
        if kind == "GeglColor":
            return value and from_color(value)
        if kind == "GFile":
            made = Gio.File.new_for_uri if "://" in (value or "") else Gio.File.new_for_path
            return made(value) if value else None
        if kind in RESOURCES:
            return self._resource(kind, value)
        if kind == "GimpResource":  # "gimp-palette-delete" is "gimp-resource-delete" now
            owners = (getattr(Gimp, each[4:]) for each in sorted(RESOURCES))
            return next(filter(None, (each.get_by_name(value) for each in owners)), None)
        if kind == "GimpUnit":
            return Gimp.Unit.get_by_id(value)
        if kind == "GimpParasite":
            return Gimp.Parasite.new(*value)
        if kind == "GBytes":
            return GLib.Bytes.new(bytes(value))
        if kind == "gchararray" and isinstance(value, int) and type(spec).__name__ == "ParamChoice":
            choice = Gimp.param_spec_choice_get_choice(spec)
            nicks = list(choice.list_nicks())
            return next((each for each in nicks if choice.get_id(each) == value), nicks[value % len(nicks)])
        return item(value) if hasattr(value, "ID") else value

    def _resource(self, kind, name):
        """Of a name; GIMP 2's names of fonts, and names that start with another's, are looked for among those that are there."""
        if not name:
            return getattr(Gimp, "context_get_" + kind[4:].lower())()
        owner = getattr(Gimp, kind[4:])
        found = owner.get_by_name(name)
        if found is None and kind == "GimpFont":
            words = name.lower().split()
            fonts = Gimp.fonts_get_list("")
            near = (
                [each for each in fonts if each.get_name().lower().split()[0].split("-")[0] == words[0]]
                if words
                else []
            )
            found = near[0] if near else Gimp.context_get_font()
        if found is None:
            raise RuntimeError(f"GIMP has no {kind[4:].lower()} of the name {name!r}.")
        return found

    def _from_gimp(self, kind, found, at):
        if kind == "GimpCoreObjectArray":
            things = found.get_core_object_array(at)
            return [each.get_name() if isinstance(each, Gimp.Resource) else handle(each) for each in things]
        if kind == "GimpColorArray":
            return [_rgb(each) for each in found.get_color_array(at)]
        return self._plain(found.index(at))

    def _plain(self, value):
        if isinstance(value, (Gimp.Image, Gimp.Item, Gimp.Display)):
            return handle(value)
        if isinstance(value, Gegl.Color):
            return _rgb(value)
        if isinstance(value, Gimp.Resource):
            return value.get_name()
        if isinstance(value, Gio.File):
            return value.get_path() or value.get_uri()
        if isinstance(value, Gimp.Parasite):
            return value.get_name(), value.get_flags(), bytes(each & 255 for each in value.get_data())
        if isinstance(value, Gimp.Unit):
            return value.get_id()
        if isinstance(value, GLib.Bytes):
            return bytes(value.get_data())
        if isinstance(value, (bool, GObject.GEnum)):
            return int(value)
        return value

    def _format(self, drawable):
        """The name of 8 bits a channel in the drawable's own model."""
        if isinstance(drawable, Gimp.Layer) and not drawable.is_indexed():
            return FORMATS[int(drawable.type())]
        own = Babl.format_get_encoding(drawable.get_format())
        return own if drawable.is_indexed() else own.split(" ")[0] + " u8"

    def _buffer(self, ID, shadow):
        ready()
        drawable = Gimp.Item.get_by_id(ID)
        if drawable is None:
            raise RuntimeError("This layer no longer exists.")
        return drawable, drawable.get_shadow_buffer() if shadow else drawable.get_buffer()

    def read(self, ID, shadow):
        drawable, buffer = self._buffer(ID, shadow)
        whole = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
        return bytes(buffer.get(whole, 1.0, self._format(drawable), Gegl.AbyssPolicy.NONE))

    def write(self, ID, shadow, x, y, width, height, data):
        drawable, buffer = self._buffer(ID, shadow)
        buffer.set(Gegl.Rectangle.new(x, y, width, height), self._format(drawable), data)
        buffer.flush()

    def filter(self, ID, operation, properties, curved):
        """Applies an operation of GEGL's to a drawable, within the selection, as one step of undo.

        curved: the operation reckons with sRGB's values as if they were light, as GIMP 2.8 did, and 2.10 for its sake.
        """
        ready()
        if not Gegl.has_operation(operation):
            raise Refused(f"This GIMP's GEGL has no {operation}.")
        drawable = Gimp.Item.get_by_id(ID)
        whole = Gegl.Rectangle.new(0, 0, drawable.get_width(), drawable.get_height())
        shadow, stored = drawable.get_shadow_buffer(), "R'G'B'A float" if curved else "RGBA float"
        source, result = (Gegl.Buffer.new("RGBA float", whole.x, whole.y, whole.width, whole.height) for _ in range(2))
        source.set(whole, "RGBA float", drawable.get_buffer().get(whole, 1.0, stored, Gegl.AbyssPolicy.NONE))
        graph = Gegl.Node()
        nodes = [
            graph.create_child(each) for each in ("gegl:buffer-source", operation, "gegl:crop", "gegl:write-buffer")
        ]
        nodes[0].set_property("buffer", source)
        for name, value in properties.items():
            nodes[1].set_property(name, from_color(value) if isinstance(value, RGB) else value)
        nodes[2].set_property("width", float(whole.width))
        nodes[2].set_property("height", float(whole.height))
        nodes[3].set_property("buffer", result)
        for one, next_ in zip(nodes, nodes[1:]):
            one.link(next_)
        nodes[3].process()
        shadow.set(whole, stored, result.get(whole, 1.0, "RGBA float", Gegl.AbyssPolicy.NONE))
        shadow.flush()
        drawable.merge_shadow(True)
        drawable.update(0, 0, whole.width, whole.height)

    def progress(self, text, fraction):
        if fraction is None and not self.told:
            Gimp.progress_init(text or "")
            self.told = True
        elif text is not None:
            Gimp.progress_set_text(text)
        if fraction is not None:
            Gimp.progress_update(min(1.0, max(0.0, fraction)))

    def message(self, text):
        Gimp.message(text)
