"""The module `gimp` of GIMP 2's Python: images, items, pixels, and what a plug-in asks of GIMP."""

from __future__ import annotations

import base64
import os

from gimpcolor import RGB
from gimpfu_backend import Refused, emulated, host, pixels
from gimpfu_backend.formats import gimp_register_load_handler as register_load_handler  # noqa: F401
from gimpfu_backend.formats import gimp_register_magic_load_handler as register_magic_load_handler  # noqa: F401
from gimpfu_backend.formats import gimp_register_save_handler as register_save_handler  # noqa: F401
from gimpfu_backend.pdb import WRAP, do, look, pdb
from gimpfu_backend.pixels import TILE, PixelFetcher, PixelRgn, Tile  # noqa: F401

PY_VERSION = (2, 10)
version = host.version
directory = host.folders["directory"]
data_directory = host.folders["data_directory"]
locale_directory = host.folders["locale_directory"]
sysconf_directory = host.folders["sysconf_directory"]
plug_in_directory = host.folders["plug_in_directory"]


class error(RuntimeError):
    """gimp.error."""


def _looks(procedure, change=None, list_=False):
    """A property that is a procedure's result."""

    def get(self):
        found = look(procedure, self)
        return list(found or ()) if list_ else found

    def set_(self, value):
        do(change, self, value)

    return property(get, set_ if change else None)


def _does(procedure):
    """A method that is a procedure."""

    def method(self, *given):
        return do(procedure, self, *given)

    return method


class _Thing:
    """What has an ID; equal where the ID is."""

    def __init__(self, ID):
        self.ID = ID

    def __int__(self):
        return self.ID

    __index__ = __int__

    def __eq__(self, other):
        if isinstance(other, int):  # procedures gave numbers where they give things now
            return other == self.ID
        return isinstance(other, _Thing) and (self.ID, self._space) == (other.ID, other._space)

    def __hash__(self):
        return hash(self.ID)

    def __repr__(self):
        return f"<gimp.{type(self).__name__} {getattr(self, 'name', self.ID)!r}>"


class Parasite:
    """A named piece of data on an image, an item or GIMP itself. data: text where it is ASCII, as Python 2 had it."""

    def __init__(self, name, flags, data):
        self.name, self.flags, self.data = name, int(flags), pixels.Bytes(pixels.raw(data))

    is_persistent = property(lambda self: bool(self.flags & 1))
    is_undoable = property(lambda self: bool(self.flags & 2))

    def copy(self):
        return Parasite(self.name, self.flags, self.data)

    def has_flag(self, flag):
        return bool(self.flags & flag)

    def __eq__(self, other):
        return isinstance(other, Parasite) and (self.name, self.flags, self.data) == (
            other.name,
            other.flags,
            other.data,
        )

    __hash__ = None

    def __repr__(self):
        return f"<gimp.Parasite {self.name!r}>"


class _Parasites:
    """Methods for parasites; `_parasites` names the kind of procedure."""

    def parasite_find(self, name):
        return _parasite(f"gimp-{self._parasites}-get-parasite", self, name)

    def parasite_attach(self, parasite):
        do(f"gimp-{self._parasites}-attach-parasite", self, parasite)

    def attach_new_parasite(self, name, flags, data):
        self.parasite_attach(Parasite(name, flags, data))

    def parasite_detach(self, name):
        do(f"gimp-{self._parasites}-detach-parasite", self, name)

    def parasite_list(self):
        return tuple(look(f"gimp-{self._parasites}-get-parasite-list", self) or ())


def _parasite(procedure, *given):
    """None where there is none: GIMP 3 calls that a failure."""
    try:
        return look(procedure, *given)
    except RuntimeError:
        return None


class Image(_Parasites, _Thing):
    """gimp.Image(width, height, type=RGB), or an image that is there."""

    _space, _parasites = "image", "image"

    def __init__(self, width, height=None, type=0):
        super().__init__(width if height is None else look("gimp-image-new", width, height, type).ID)

    width = _looks("gimp-image-get-width")
    height = _looks("gimp-image-get-height")
    base_type = _looks("gimp-image-get-base-type")
    precision = _looks("gimp-image-get-precision")
    layers = _looks("gimp-image-get-layers", list_=True)
    channels = _looks("gimp-image-get-channels", list_=True)
    vectors = _looks("gimp-image-get-paths", list_=True)
    name = _looks("gimp-image-get-name")
    dirty = _looks("gimp-image-is-dirty")
    selection = _looks("gimp-image-get-selection")
    floating_selection = _looks("gimp-image-get-floating-sel")
    unit = _looks("gimp-image-get-unit", "gimp-image-set-unit")
    tattoo_state = _looks("gimp-image-get-tattoo-state", "gimp-image-set-tattoo-state")
    uri = _looks("gimp-image-get-file")

    def _active(kind, wrap):
        def get(self):
            return next(iter(look(f"gimp-image-get-selected-{kind}", self) or ()), None)

        def set_(self, value):
            do(f"gimp-image-set-selected-{kind}", self, [value])

        return property(get, set_ if wrap else None)

    active_layer = _active("layers", True)
    active_channel = _active("channels", True)
    active_vectors = _active("paths", True)
    active_drawable = _active("drawables", False)
    del _active

    @property
    def filename(self):
        places = ("file", "imported-file", "exported-file")
        found = emulated.LOADED.get(self.ID)
        return found or next(filter(None, (look(f"gimp-image-get-{each}", self) for each in places)), None)

    @filename.setter
    def filename(self, path):
        emulated.gimp_image_set_filename(self, path)

    @property
    def resolution(self):
        return look("gimp-image-get-resolution", self)

    @resolution.setter
    def resolution(self, value):
        do("gimp-image-set-resolution", self, *value)

    @property
    def colormap(self):
        return pdb.gimp_image_get_colormap(self)[1]

    @colormap.setter
    def colormap(self, data):
        pdb.gimp_image_set_colormap(self, len(data), data)

    cmap = colormap

    def insert_layer(self, layer, parent=None, position=-1):
        do("gimp-image-insert-layer", self, layer, parent, max(0, position))

    def new_layer(self, name="New Layer", width=None, height=None, offset_x=0, offset_y=0, alpha=True, pos=-1, opacity=100.0,
                  mode=0, fill_mode=-1):  # fmt: skip
        """A layer of the image's kind that is in the image already, filled: with nothing, or the background without alpha."""
        layer = Layer(self, name, width, height, 2 * self.base_type + bool(alpha), opacity, mode)
        layer.fill((3 if alpha else 1) if fill_mode == -1 else fill_mode)
        self.insert_layer(layer, None, pos)
        layer.set_offsets(offset_x, offset_y)
        return layer

    def add_layer(self, layer, position=-1):
        self.insert_layer(layer, None, position)

    def insert_channel(self, channel, parent=None, position=-1):
        do("gimp-image-insert-channel", self, channel, parent, max(0, position))

    def add_channel(self, channel, position=-1):
        self.insert_channel(channel, None, position)

    def add_layer_mask(self, layer, mask):
        do("gimp-layer-add-mask", layer, mask)

    def remove_layer_mask(self, layer, mode):
        do("gimp-layer-remove-mask", layer, mode)

    remove_layer = _does("gimp-image-remove-layer")
    remove_channel = _does("gimp-image-remove-channel")
    raise_layer = raise_channel = raise_vectors = _does("gimp-image-raise-item")
    lower_layer = lower_channel = lower_vectors = _does("gimp-image-lower-item")
    raise_layer_to_top = _does("gimp-image-raise-item-to-top")
    lower_layer_to_bottom = _does("gimp-image-lower-item-to-bottom")
    flatten = _does("gimp-image-flatten")
    merge_down = _does("gimp-image-merge-down")
    clean_all = _does("gimp-image-clean-all")
    resize_to_layers = _does("gimp-image-resize-to-layers")
    duplicate = _does("gimp-image-duplicate")
    disable_undo = undo_disable = _does("gimp-image-undo-disable")
    enable_undo = undo_enable = _does("gimp-image-undo-enable")
    undo_freeze = _does("gimp-image-undo-freeze")
    undo_thaw = _does("gimp-image-undo-thaw")
    undo_is_enabled = _does("gimp-image-undo-is-enabled")
    undo_group_start = _does("gimp-image-undo-group-start")
    undo_group_end = _does("gimp-image-undo-group-end")
    get_layer_by_tattoo = _does("gimp-image-get-layer-by-tattoo")
    get_channel_by_tattoo = _does("gimp-image-get-channel-by-tattoo")
    pick_correlate_layer = _does("gimp-image-pick-correlate-layer")
    add_hguide = _does("gimp-image-add-hguide")
    add_vguide = _does("gimp-image-add-vguide")
    delete_guide = _does("gimp-image-delete-guide")
    find_next_guide = _does("gimp-image-find-next-guide")
    get_guide_orientation = _does("gimp-image-get-guide-orientation")
    get_guide_position = _does("gimp-image-get-guide-position")
    get_component_active = _does("gimp-image-get-component-active")
    set_component_active = _does("gimp-image-set-component-active")
    get_component_visible = _does("gimp-image-get-component-visible")
    set_component_visible = _does("gimp-image-set-component-visible")
    delete = _does("gimp-image-delete")

    def merge_visible_layers(self, merge_type=0):
        return do("gimp-image-merge-visible-layers", self, merge_type)

    def resize(self, width, height, offset_x=0, offset_y=0):
        do("gimp-image-resize", self, width, height, offset_x, offset_y)

    def scale(self, width, height, interpolation=None):
        if interpolation is None:
            do("gimp-image-scale", self, width, height)
        else:
            pdb.gimp_image_scale_full(self, width, height, interpolation)

    def crop(self, width, height, offset_x=0, offset_y=0):
        do("gimp-image-crop", self, width, height, offset_x, offset_y)

    def free_shadow(self):
        pass

    def unset_active_channel(self):
        pdb.gimp_image_unset_active_channel(self)

    @property
    def parasites(self):
        return [self.parasite_find(each) for each in self.parasite_list()]


class Item(_Parasites, _Thing):
    """Layers, channels and paths."""

    _space, _parasites = "item", "item"

    name = _looks("gimp-item-get-name", "gimp-item-set-name")
    visible = _looks("gimp-item-get-visible", "gimp-item-set-visible")
    tattoo = _looks("gimp-item-get-tattoo", "gimp-item-set-tattoo")
    image = _looks("gimp-item-get-image")
    parent = _looks("gimp-item-get-parent")
    lock_content = _looks("gimp-item-get-lock-content", "gimp-item-set-lock-content")
    color_tag = _looks("gimp-item-get-color-tag", "gimp-item-set-color-tag")

    @property
    def linked(self):
        return False

    @linked.setter
    def linked(self, value):
        if value:
            raise Refused("item.linked = True is not available: GIMP 3 has no linked layers; select several instead.")

    @property
    def children(self):
        return list(look("gimp-item-get-children", self) or ()) if look("gimp-item-is-group", self) else []

    layers = children

    @property
    def parasites(self):
        return [self.parasite_find(each) for each in self.parasite_list()]

    def delete(self):
        do("gimp-item-delete", self)

    @classmethod
    def from_id(cls, ID):
        return _item(ID)


def _item(ID):
    """The item of a number, in its class."""
    ID = int(ID)
    for test, kind in (
        ("group-layer", GroupLayer), ("layer-mask", Channel), ("layer", Layer), ("channel", Channel), ("path", Vectors)
    ):  # fmt: skip
        if look(f"gimp-item-id-is-{test}", ID):
            return kind(ID) if kind is not GroupLayer else _bare(GroupLayer, ID)
    return None


def _bare(kind, ID):
    """A wrapper round what is there, past a constructor that makes something new."""
    made = kind.__new__(kind)
    made.ID = ID
    return made


class Drawable(Item):
    """What has pixels."""

    width = _looks("gimp-drawable-get-width")
    height = _looks("gimp-drawable-get-height")
    type = _looks("gimp-drawable-type")
    type_with_alpha = _looks("gimp-drawable-type-with-alpha")
    has_alpha = _looks("gimp-drawable-has-alpha")
    is_rgb = _looks("gimp-drawable-is-rgb")
    is_gray = _looks("gimp-drawable-is-gray")
    is_indexed = _looks("gimp-drawable-is-indexed")
    offsets = _looks("gimp-drawable-get-offsets")

    @property
    def bpp(self):  # 8 bits a channel is what plug-ins are given, of whatever depth the image is
        if isinstance(self, Channel):
            return 1
        return (3, 4, 1, 2, 1, 2)[self.type]

    @property
    def is_layer(self):
        return isinstance(self, Layer)

    @property
    def is_layer_mask(self):
        return bool(look("gimp-item-id-is-layer-mask", self))

    @property
    def is_channel(self):
        return isinstance(self, Channel)

    @property
    def mask_bounds(self):
        return look("gimp-drawable-mask-bounds", self)[1:]

    @property
    def mask_intersect(self):
        found = look("gimp-drawable-mask-intersect", self)
        return found[1:] if found[0] else None

    def flush(self):
        pixels.flush(self.ID)

    def update(self, x=0, y=0, width=None, height=None):
        width, height = self.width if width is None else width, self.height if height is None else height
        do("gimp-drawable-update", self, x, y, width, height)

    def merge_shadow(self, undo=False):
        do("gimp-drawable-merge-shadow", self, undo)

    def free_shadow(self):
        do("gimp-drawable-free-shadow", self)

    def fill(self, fill_type):
        do("gimp-drawable-fill", self, fill_type)

    def offset(self, wrap_around, fill_type, offset_x, offset_y):
        pdb.gimp_drawable_offset(self, wrap_around, fill_type, offset_x, offset_y)

    def get_pixel_rgn(self, x, y, width, height, dirty=True, shadow=False):
        return PixelRgn(self, int(x), int(y), int(width), int(height), dirty, shadow)

    def get_tile(self, shadow, row, column):
        return Tile(self, shadow, int(row), int(column))

    def get_tile2(self, shadow, x, y):
        return Tile(self, shadow, int(y) // TILE, int(x) // TILE)

    def get_pixel(self, x, y):
        return tuple(bytes(pixels.surface(self, False).read(x, y, x + 1, y + 1)))

    def set_pixel(self, x, y, pixel):
        pixels.surface(self, False).write(x, y, x + 1, y + 1, pixel)


class Layer(Drawable):
    """gimp.Layer(image, name, width, height, type=RGB_IMAGE, opacity=100, mode=NORMAL_MODE), or a layer that is there."""

    def __init__(self, image, name=None, width=None, height=None, type=0, opacity=100.0, mode=0):
        if name is None:
            self.ID = image
            return
        width, height = image.width if width is None else width, image.height if height is None else height
        self.ID = look("gimp-layer-new", image, name, width, height, type, opacity, mode).ID

    opacity = _looks("gimp-layer-get-opacity", "gimp-layer-set-opacity")
    mode = _looks("gimp-layer-get-mode", "gimp-layer-set-mode")
    mask = _looks("gimp-layer-get-mask")
    apply_mask = _looks("gimp-layer-get-apply-mask", "gimp-layer-set-apply-mask")
    show_mask = _looks("gimp-layer-get-show-mask", "gimp-layer-set-show-mask")
    edit_mask = _looks("gimp-layer-get-edit-mask", "gimp-layer-set-edit-mask")
    lock_alpha = preserve_trans = _looks("gimp-layer-get-lock-alpha", "gimp-layer-set-lock-alpha")
    is_floating_sel = _looks("gimp-layer-is-floating-sel")

    def copy(self, add_alpha=False):
        return pdb.gimp_layer_copy(self, add_alpha)

    def scale(self, width, height, local_origin=False):
        do("gimp-layer-scale", self, width, height, local_origin)

    def resize(self, width, height, offset_x=0, offset_y=0):
        do("gimp-layer-resize", self, width, height, offset_x, offset_y)

    def translate(self, x, y):
        do("gimp-item-transform-translate", self, x, y)

    resize_to_image_size = _does("gimp-layer-resize-to-image-size")
    set_offsets = _does("gimp-layer-set-offsets")
    add_alpha = _does("gimp-layer-add-alpha")
    add_mask = _does("gimp-layer-add-mask")
    create_mask = _does("gimp-layer-create-mask")

    def remove_mask(self, mode):
        do("gimp-layer-remove-mask", self, mode)


class GroupLayer(Layer):
    """gimp.GroupLayer(image, name="Layer Group", opacity=100, mode=NORMAL_MODE)."""

    def __init__(self, image, name="Layer Group", opacity=100.0, mode=0):
        if isinstance(image, int):
            self.ID = image
            return
        self.ID = look("gimp-group-layer-new", image, name).ID
        self.opacity, self.mode = opacity, mode


class Channel(Drawable):
    """gimp.Channel(image, name, width, height, opacity, color), a mask, or a selection."""

    def __init__(self, image, name=None, width=None, height=None, opacity=100.0, color=None):
        if name is None:
            self.ID = image
            return
        width, height = image.width if width is None else width, image.height if height is None else height
        self.ID = look("gimp-channel-new", image, name, width, height, opacity, color or RGB(0, 0, 0)).ID

    opacity = _looks("gimp-channel-get-opacity", "gimp-channel-set-opacity")
    color = colour = _looks("gimp-channel-get-color", "gimp-channel-set-color")
    show_masked = _looks("gimp-channel-get-show-masked", "gimp-channel-set-show-masked")
    copy = _does("gimp-channel-copy")
    combine_masks = _does("gimp-channel-combine-masks")

    @property
    def layer(self):
        return look("gimp-layer-from-mask", self)

    @property
    def layer_mask(self):
        return self.is_layer_mask


class Vectors(Item):
    """gimp.Vectors(image, name), or a path that is there."""

    def __init__(self, image, name=None):
        self.ID = image if name is None else look("gimp-path-new", image, name).ID

    @property
    def strokes(self):
        return [VectorsBezierStroke(self, each) for each in look("gimp-path-get-strokes", self) or ()]

    copy = _does("gimp-path-copy")

    def remove_stroke(self, stroke):
        do("gimp-path-remove-stroke", self, getattr(stroke, "ID", stroke))

    def to_selection(self, operation=2, antialias=True, feather=False, feather_radius_x=0.0, feather_radius_y=0.0):
        pdb.gimp_vectors_to_selection(self, operation, antialias, feather, feather_radius_x, feather_radius_y)


class VectorsBezierStroke:
    """gimp.VectorsBezierStroke(vectors, points, closed=False); also gimp.VectorsBezierStroke(vectors, ID)."""

    type = 0

    def __init__(self, vectors, points=None, closed=False, controlpoints=None):
        points = controlpoints if points is None else points
        self.vectors = vectors
        self.ID = (
            points
            if isinstance(points, int)
            else do("gimp-path-stroke-new-from-points", vectors, 0, list(points), closed)
        )

    vectors_ID = property(lambda self: self.vectors.ID)

    @property
    def points(self):
        _, points, closed = look("gimp-path-stroke-get-points", self.vectors, self.ID)
        return list(points), bool(closed)

    @property
    def closed(self):
        return self.points[1]

    def get_length(self, precision):
        return look("gimp-path-stroke-get-length", self.vectors, self.ID, precision)

    def get_point_at_dist(self, distance, precision):
        return look("gimp-path-stroke-get-point-at-dist", self.vectors, self.ID, distance, precision)

    def interpolate(self, precision):
        points, closed = look("gimp-path-stroke-interpolate", self.vectors, self.ID, precision)
        return list(points), bool(closed)

    def _does(procedure):
        def method(self, *given):
            do(procedure, self.vectors, self.ID, *given)

        return method

    close = _does("gimp-path-stroke-close")
    translate = _does("gimp-path-stroke-translate")
    scale = _does("gimp-path-stroke-scale")
    rotate = _does("gimp-path-stroke-rotate")
    flip = _does("gimp-path-stroke-flip")
    flip_free = _does("gimp-path-stroke-flip-free")
    lineto = _does("gimp-path-bezier-stroke-lineto")
    conicto = _does("gimp-path-bezier-stroke-conicto")
    cubicto = _does("gimp-path-bezier-stroke-cubicto")
    del _does

    def __repr__(self):
        return f"<gimp.VectorsBezierStroke {self.ID} of {self.vectors!r}>"


class Display(_Thing):
    """gimp.Display(image): a window. Without windows there is none, and nothing happens."""

    _space = "display"

    def __init__(self, image):
        if isinstance(image, int):
            self.ID = image
            return
        try:
            found = look("gimp-display-new", image)
        except RuntimeError:  # GIMP's console has no windows
            found = None
        self.ID = -1 if found is None else found.ID

    def delete(self):
        if self.ID >= 0:
            do("gimp-display-delete", self)


def delete(thing):
    """gimp.delete: an image, an item, or a display."""
    thing.delete()


def image_list():
    return list(look("gimp-get-images") or ())


def message(text):
    host.message(str(text))


def progress_init(text="", display=None):
    host.progress(str(text), None)


def progress_update(fraction):
    host.progress(None, float(fraction))


def progress_install(*given):
    raise Refused("gimp.progress_install is not available: GIMP 3 shows progress itself; call gimp.progress_init.")


progress_uninstall = progress_install


def displays_flush():
    pixels.settle()
    do("gimp-displays-flush")


def displays_reconnect(old, new):
    do("gimp-displays-reconnect", old, new)


def default_display():
    return None


def _setter(name):
    def set_(*given):
        do(name, given[0] if len(given) == 1 else RGB(*given))

    return set_


set_foreground = _setter("gimp-context-set-foreground")
set_background = _setter("gimp-context-set-background")


def get_foreground():
    return look("gimp-context-get-foreground")


def get_background():
    return look("gimp-context-get-background")


def context_push():
    do("gimp-context-push")


def context_pop():
    do("gimp-context-pop")


def gradients_get_list(filter=""):
    return list(look("gimp-gradients-get-list", filter) or ())


def fonts_get_list(filter=""):
    return list(look("gimp-fonts-get-list", filter) or ())


def fonts_refresh():
    do("gimp-fonts-refresh")


def gradients_get_gradient():
    return look("gimp-context-get-gradient")


def gradients_set_gradient(name):
    do("gimp-context-set-gradient", name)


def gradients_sample_uniform(count, reverse=False):
    """A list of (r, g, b, a), 0 to 1."""
    found = look("gimp-gradient-get-uniform-samples", gradients_get_gradient(), count, reverse)
    return [(each.r, each.g, each.b, each.a) for each in found]


def gradients_sample_custom(positions, reverse=False):
    found = look("gimp-gradient-get-custom-samples", gradients_get_gradient(), list(positions), reverse)
    return [(each.r, each.g, each.b, each.a) for each in found]


def parasite_find(name):
    return _parasite("gimp-get-parasite", name)


def parasite_attach(parasite):
    do("gimp-attach-parasite", parasite)


def attach_new_parasite(name, flags, data):
    parasite_attach(Parasite(name, flags, data))


def parasite_detach(name):
    do("gimp-detach-parasite", name)


def parasite_list():
    return tuple(look("gimp-get-parasite-list") or ())


_DATA = "gimpfu-data-"  # parasites of GIMP itself: GIMP 3 has no other place that outlives a plug-in's call


def set_data(key, data):
    """Keeps bytes for later calls, as long as GIMP runs."""
    attach_new_parasite(_DATA + key, 0, base64.b64encode(pixels.raw(data)))


def get_data(key):
    """What `set_data` kept; error where nothing was."""
    found = parasite_find(_DATA + key)
    if found is None:
        raise error("no data for id")
    return pixels.Bytes(base64.b64decode(bytes(found.data)))


def gimprc_query(token):
    return look("gimp-gimprc-query", token)


def gimprc_set(token, value):
    do("gimp-gimprc-set", token, value)


def personal_rc_file(name):
    return os.path.join(directory, name)


def tile_width():
    return TILE


tile_height = tile_width


def tile_cache_size(kilobytes):
    """Nothing: all tiles of a drawable are kept while it is worked on."""


tile_cache_ntiles = tile_cache_size


def getpid():
    return os.getpid()


def get_progname():
    return host.name


def domain_register(name, path=None):
    """Texts are as the plug-in wrote them: GIMP 3 asks plug-ins for their own translations."""


def gamma():
    return 2.2


def checks_get_shades(kind):
    return ((204, 255), (102, 153), (0, 51), (255, 255), (127, 127), (0, 0))[kind]


def exit():
    raise SystemExit


quit = exit


def _refused(name, way):
    def call(*given, **named):
        raise Refused(f"gimp.{name} is not available: {way}")

    call.__name__ = name
    return call


_REGISTER = "call gimpfu's `register` and `main` instead."
for _name in ("main", "install_procedure", "install_temp_proc", "uninstall_temp_proc", "extension_ack", "extension_enable",
              "extension_process", "menu_register", "set_background_proc"):  # fmt: skip
    globals()[_name] = _refused(_name, _REGISTER)
for _name in ("install_cmap", "min_colors", "gtkrc", "wm_class", "display_name", "monitor_number"):
    globals()[_name] = _refused(_name, "GIMP 3 has no equivalent; leave the call out.")
for _name in ("vectors_import_from_file", "vectors_import_from_string"):
    globals()[_name] = _refused(_name, f"call pdb.gimp_{_name} instead.")

WRAP.update(
    GimpImage=Image, GimpLayer=Layer, GimpTextLayer=Layer, GimpGroupLayer=lambda ID: _bare(GroupLayer, ID), GimpChannel=Channel,
    GimpLayerMask=Channel, GimpSelection=Channel, GimpPath=Vectors, GimpDisplay=Display, GimpParasite=Parasite,
    GimpItem=_item, GimpDrawable=_item,
)  # fmt: skip


class _Data:
    set_data, get_data = staticmethod(set_data), staticmethod(get_data)


WRAP["gimp"] = _Data


def _id2image(ID):
    return Image(int(ID))


_id2drawable = _item
__all__ = [_name for _name in dir() if not _name.startswith("_")]
