"""Without GIMP: images of NumPy, files by Pillow, and of GIMP 3's procedures those that plug-ins use most."""

from __future__ import annotations

import os
import re
import tempfile

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFilter

from gimpcolor import RGB
from gimpfu_backend import Handle, Refused, Signature

CHANNELS = (3, 4, 1, 2, 1, 2)  # of RGB, RGBA, GRAY, GRAYA, INDEXED, INDEXEDA
PROCEDURES = {}


class Thing:
    """An image, a layer, a channel, a path, the selection: what its procedures read and write are attributes."""

    def __init__(self, kind, **attributes):
        self.kind, self.parasites = kind, {}
        self.__dict__.update(attributes)


def procedure(*names):
    def kept(function):
        for name in names:
            PROCEDURES[name] = function
        return function

    return kept


class Host:
    name, version = "headless", (3, 0, 4)
    folders = dict.fromkeys(
        ("directory", "data_directory", "locale_directory", "sysconf_directory", "plug_in_directory"),
        os.path.expanduser("~"),
    )

    def __init__(self):
        self.things, self.shadows, self.parasites, self.settings = {}, {}, {}, {}
        self.contexts = [fresh_context()]
        self.count = 0

    def add(self, thing):
        self.count += 1
        thing.ID = self.count
        self.things[thing.ID] = thing
        return thing

    def names(self):
        return sorted(PROCEDURES)

    def signature(self, name):
        return SIGNATURES.get(name) if name in PROCEDURES else None

    def call(self, name, values):
        try:
            given = [
                [self.thing(one) for one in each] if isinstance(each, list) else self.thing(each) for each in values
            ]
        except KeyError:
            raise RuntimeError(f"{name}: what it was given is there no longer.") from None
        found = PROCEDURES[name](self, *given)
        count = len(SIGNATURES[name].results)
        results = [] if count == 0 else [found] if count == 1 else list(found)
        return [[handle(one) for one in each] if isinstance(each, list) else handle(each) for each in results]

    def thing(self, value):
        return self.things[value.ID] if hasattr(value, "ID") else value

    @property
    def context(self):
        return self.contexts[-1]

    def read(self, ID, shadow):
        if not shadow:
            return self.things[ID].data.tobytes()
        return self.shadows.setdefault(ID, self.things[ID].data.copy()).tobytes()

    def write(self, ID, shadow, x, y, width, height, data):
        target = self.shadows.setdefault(ID, self.things[ID].data.copy()) if shadow else self.things[ID].data
        target[y : y + height, x : x + width] = np.frombuffer(data, np.uint8).reshape(height, width, *target.shape[2:])

    def filter(self, ID, operation, properties, curved):
        drawable = self.things[ID]
        picture = Pillow.fromarray(drawable.data.squeeze())
        if operation == "gegl:gaussian-blur":
            made = picture.filter(ImageFilter.GaussianBlur((properties["std-dev-x"], properties["std-dev-y"])))
        elif operation == "gegl:unsharp-mask":
            made = picture.filter(ImageFilter.UnsharpMask(properties["std-dev"], round(100 * properties["scale"]), 0))
        elif operation == "gegl:pixelize":
            width, height = picture.size
            across, down = properties["size-x"], properties["size-y"]
            small = picture.resize((-(-width // across), -(-height // down)), Pillow.Resampling.BOX)
            made = small.resize((small.width * across, small.height * down), Pillow.Resampling.NEAREST).crop(
                (0, 0, width, height)
            )
        else:
            raise Refused(f"{operation} cannot be had without GIMP; run this plug-in in it.")
        change(self, drawable, np.asarray(made).reshape(drawable.data.shape))

    def progress(self, text, fraction):
        pass

    def message(self, text):
        print(text)


def handle(value):
    return Handle(value.kind, value.ID) if isinstance(value, Thing) else value


def fresh_context():
    return {
        "foreground": RGB(0, 0, 0),
        "background": RGB(255, 255, 255),
        "opacity": 100.0,
        "paint-mode": 28,
        "antialias": True,
        "feather": False,
        "feather-radius": (10.0, 10.0),
        "sample-threshold": 15 / 255,
        "sample-merged": False,
        "sample-transparent": False,
        "sample-criterion": 0,
        "interpolation": 2,
        "brush": "2. Hardness 050",
        "brush-size": 51.0,
        "font": "Sans-serif",
        "gradient": "FG to BG (RGB)",
        "palette": "Default",
        "pattern": "Pine",
        "transform-direction": 0,
        "transform-resize": 0,
        "gradient-repeat-mode": 0,
        "gradient-reverse": False,
    }


def _contexts():
    for name in fresh_context():
        if name != "feather-radius":
            PROCEDURES[f"gimp-context-get-{name}"] = lambda host, name=name: host.context[name]
            PROCEDURES[f"gimp-context-set-{name}"] = lambda host, value, name=name: host.context.update({name: value})


_contexts()


@procedure("gimp-context-set-feather-radius")
def _(host, x, y):
    host.context["feather-radius"] = x, y


@procedure("gimp-context-get-sample-threshold-int")
def _(host):
    return round(255 * host.context["sample-threshold"])


@procedure("gimp-context-set-sample-threshold-int")
def _(host, value):
    host.context["sample-threshold"] = value / 255


@procedure("gimp-context-push")
def _(host):
    host.contexts.append(dict(host.context))


@procedure("gimp-context-pop")
def _(host):
    if len(host.contexts) == 1:
        raise RuntimeError("There is no context to go back to.")
    host.contexts.pop()


@procedure("gimp-context-set-defaults")
def _(host):
    host.contexts[-1] = fresh_context()


@procedure("gimp-context-swap-colors")
def _(host):
    host.context["foreground"], host.context["background"] = host.context["background"], host.context["foreground"]


@procedure("gimp-context-set-default-colors")
def _(host):
    host.context.update(foreground=RGB(0, 0, 0), background=RGB(255, 255, 255))


# Images


def new_image(host, width, height, kind):
    image = host.add(
        Thing("GimpImage", width=width, height=height, base=kind, layers=[], channels=[], paths=[], guides={}, selected={}, file=None,
              resolution=(72.0, 72.0), unit=1, undo=True, colormap=b"", name="[Untitled]", tattoo=1)
    )  # fmt: skip
    image.selection = host.add(
        Thing(
            "GimpSelection", image=image, name="Selection Mask", data=np.zeros((height, width, 1), np.uint8), x=0, y=0
        )
    )
    return image


PROCEDURES["gimp-image-new"] = new_image


def tree(layers):
    """All layers, those in groups too, from the top."""
    for each in layers:
        yield each
        yield from tree(each.children or [])


def siblings(item):
    if item.parent is not None:
        return item.parent.children
    return {"GimpChannel": item.image.channels, "GimpPath": item.image.paths}.get(item.kind, item.image.layers)


def unique(image, name, own=None):
    taken = {each.name for each in (*tree(image.layers), *image.channels, *image.paths) if each is not own}
    found, number = name, 1
    while found in taken:
        found, number = f"{name} #{number}", number + 1
    return found


def inserted(kind):
    def insert(host, image, item, parent, position):
        item.parent = parent
        item.name = unique(image, item.name, item)
        siblings(item).insert(max(0, position), item)
        image.selected[kind] = [item]
        if kind != "paths":
            image.selected["channels" if kind == "layers" else "layers"] = []

    def remove(host, image, item):
        siblings(item).remove(item)
        item.parent = None
        chosen = image.selected.get(kind, [])
        if item in chosen:
            image.selected[kind] = list(getattr(image, kind)[:1])

    return insert, remove


for _kind, _word in (("layers", "layer"), ("channels", "channel"), ("paths", "path")):
    PROCEDURES[f"gimp-image-insert-{_word}"], PROCEDURES[f"gimp-image-remove-{_word}"] = inserted(_kind)
    PROCEDURES[f"gimp-image-get-{_kind}"] = lambda host, image, kind=_kind: list(getattr(image, kind))
    PROCEDURES[f"gimp-image-get-selected-{_kind}"] = lambda host, image, kind=_kind: list(image.selected.get(kind, []))
    PROCEDURES[f"gimp-image-get-{_word}-by-name"] = lambda host, image, name, kind=_kind: next(
        (each for each in tree(image.layers) if each.name == name)
        if kind == "layers" else (each for each in getattr(image, kind) if each.name == name), None,
    )  # fmt: skip
    PROCEDURES[f"gimp-image-get-{_word}-by-tattoo"] = lambda host, image, tattoo, kind=_kind: next(
        (each for each in tree(image.layers) if each.tattoo == tattoo)
        if kind == "layers" else (each for each in getattr(image, kind) if each.tattoo == tattoo), None,
    )  # fmt: skip


def _selects():
    for kind in ("layers", "channels", "paths"):

        def choose(host, image, items, kind=kind):
            image.selected[kind] = list(items)
            if kind != "paths":
                image.selected["channels" if kind == "layers" else "layers"] = []

        PROCEDURES[f"gimp-image-set-selected-{kind}"] = choose


_selects()


@procedure("gimp-image-get-selected-drawables")
def _(host, image):
    return list(image.selected.get("channels") or image.selected.get("layers") or [])


def moved(step):
    def move(host, image, item):
        beside = siblings(item)
        at = beside.index(item)
        to = {"top": 0, "bottom": len(beside) - 1}.get(step, at + step if isinstance(step, int) else 0)
        if not 0 <= to < len(beside) or (isinstance(step, int) and to == at):
            raise RuntimeError(f"{item.name} cannot be moved further.")
        beside.insert(to, beside.pop(at))

    return move


for _name, _step in (
    ("raise-item", -1),
    ("lower-item", 1),
    ("raise-item-to-top", "top"),
    ("lower-item-to-bottom", "bottom"),
):
    PROCEDURES["gimp-image-" + _name] = moved(_step)


@procedure("gimp-image-reorder-item")
def _(host, image, item, parent, position):
    siblings(item).remove(item)
    item.parent = parent
    siblings(item).insert(position, item)


@procedure("gimp-image-get-item-position")
def _(host, image, item):
    return siblings(item).index(item)


@procedure("gimp-image-get-selection")
def _(host, image):
    return image.selection


@procedure("gimp-image-get-precision")
def _(host, image):
    return 150


@procedure("gimp-image-delete")
def _(host, image):
    for each in [each for each in host.things.values() if each is image or getattr(each, "image", None) is image]:
        del host.things[each.ID]


@procedure("gimp-get-images")
def _(host):
    return [each for each in host.things.values() if each.kind == "GimpImage"]


def copied(host, item, image):
    made = Thing(item.kind)
    made.__dict__.update(item.__dict__)
    made.image, made.parasites, made.parent = image, dict(item.parasites), None
    if getattr(item, "data", None) is not None:
        made.data = item.data.copy()
    host.add(made)
    made.tattoo = made.ID
    if getattr(item, "mask", None) is not None:
        made.mask = copied(host, item.mask, image)
        made.mask.layer = made
    if getattr(item, "children", None) is not None:
        made.children = [copied(host, each, image) for each in item.children]
        for each in made.children:
            each.parent = made
    if item.kind == "GimpPath":
        made.strokes = {number: list(each) for number, each in item.strokes.items()}
    return made


@procedure("gimp-image-duplicate")
def _(host, image):
    made = new_image(host, image.width, image.height, image.base)
    made.resolution, made.colormap, made.parasites = image.resolution, image.colormap, dict(image.parasites)
    pairs = {}
    for kind in ("layers", "channels", "paths"):
        for each in getattr(image, kind):
            pairs[each] = copied(host, each, made)
            getattr(made, kind).append(pairs[each])
    made.selected = {kind: [pairs[each] for each in chosen if each in pairs] for kind, chosen in image.selected.items()}
    made.selection.data = image.selection.data.copy()
    return made


@procedure("gimp-image-set-resolution")
def _(host, image, x, y):
    image.resolution = x, y


def placed(data, width, height, x, y):
    """A drawable's pixels on a canvas of another size; what lies beyond is cut, what is missing is 0."""
    made = np.zeros((height, width, *data.shape[2:]), data.dtype)
    left, top = max(0, x), max(0, y)
    right, bottom = min(width, x + data.shape[1]), min(height, y + data.shape[0])
    if right > left and bottom > top:
        made[top:bottom, left:right] = data[top - y : bottom - y, left - x : right - x]
    return made


@procedure("gimp-image-resize")
def _(host, image, width, height, x, y):
    image.width, image.height = width, height
    for each in tree(image.layers):
        each.x, each.y = each.x + x, each.y + y
    for each in (*image.channels, image.selection):
        each.data = placed(each.data, width, height, x, y)


@procedure("gimp-image-resize-to-layers")
def _(host, image):
    layers = [each for each in tree(image.layers) if each.data is not None]
    if layers:
        left, top = min(each.x for each in layers), min(each.y for each in layers)
        right = max(each.x + each.data.shape[1] for each in layers)
        bottom = max(each.y + each.data.shape[0] for each in layers)
        PROCEDURES["gimp-image-resize"](host, image, right - left, bottom - top, -left, -top)


@procedure("gimp-image-crop")
def _(host, image, width, height, x, y):
    PROCEDURES["gimp-image-resize"](host, image, width, height, -x, -y)
    for each in tree(image.layers):
        if each.data is not None:
            left, top = max(0, each.x), max(0, each.y)
            right, bottom = min(width, each.x + each.data.shape[1]), min(height, each.y + each.data.shape[0])
            each.data = placed(each.data, max(1, right - left), max(1, bottom - top), each.x - left, each.y - top)
            each.x, each.y = left, top


RESAMPLING = {0: Pillow.Resampling.NEAREST, 1: Pillow.Resampling.BILINEAR}


def resampled(host, data, width, height):
    method = RESAMPLING.get(host.context["interpolation"], Pillow.Resampling.BICUBIC)
    picture = Pillow.fromarray(data.squeeze() if data.shape[-1] == 1 else data)
    return np.asarray(picture.resize((width, height), method)).reshape(height, width, data.shape[-1]).copy()


@procedure("gimp-layer-scale")
def _(host, layer, width, height, local_origin):
    layer.data = resampled(host, layer.data, width, height)


@procedure("gimp-image-scale")
def _(host, image, width, height):
    across, down = width / image.width, height / image.height
    for each in (*tree(image.layers), *image.channels, image.selection):
        if getattr(each, "data", None) is not None:
            size = max(1, round(each.data.shape[1] * across)), max(1, round(each.data.shape[0] * down))
            each.data = resampled(host, each.data, *size)
            each.x, each.y = round(each.x * across), round(each.y * down)
    image.width, image.height = width, height


def _attributes():
    """Procedures that read or write one attribute."""
    for name, attribute in (
        ("image-{}-file", "file"), ("image-{}-unit", "unit"), ("image-{}-tattoo-state", "tattoo"), ("layer-{}-opacity", "opacity"),
        ("layer-{}-mode", "mode"), ("layer-{}-lock-alpha", "lock_alpha"), ("layer-{}-apply-mask", "apply_mask"),
        ("layer-{}-show-mask", "show_mask"), ("layer-{}-edit-mask", "edit_mask"), ("channel-{}-opacity", "opacity"),
        ("channel-{}-color", "color"), ("channel-{}-show-masked", "show_masked"), ("item-{}-visible", "visible"),
        ("item-{}-tattoo", "tattoo"), ("item-{}-lock-content", "lock_content"), ("item-{}-color-tag", "color_tag"),
    ):  # fmt: skip
        PROCEDURES["gimp-" + name.format("get")] = lambda host, thing, attribute=attribute: getattr(thing, attribute)
        PROCEDURES["gimp-" + name.format("set")] = lambda host, thing, value, attribute=attribute: setattr(
            thing, attribute, value
        )
    for name, attribute in (
        ("image-get-width", "width"), ("image-get-height", "height"), ("image-get-base-type", "base"), ("image-get-name", "name"),
        ("image-get-resolution", "resolution"), ("image-undo-is-enabled", "undo"), ("item-get-name", "name"),
        ("item-get-image", "image"), ("item-get-parent", "parent"), ("layer-get-mask", "mask"), ("layer-from-mask", "layer"),
    ):  # fmt: skip
        PROCEDURES["gimp-" + name] = lambda host, thing, attribute=attribute: getattr(thing, attribute)
    for name in ("group-start", "group-end", "enable", "disable", "freeze", "thaw"):
        PROCEDURES["gimp-image-undo-" + name] = lambda host, image: True
    for name in ("image-clean-all", "image-freeze-paths", "image-thaw-paths", "fonts-refresh"):
        PROCEDURES["gimp-" + name] = lambda host, *given: None
    for name in ("image-get-floating-sel", "image-get-imported-file", "image-get-exported-file"):
        PROCEDURES["gimp-" + name] = lambda host, image: None
    PROCEDURES["gimp-image-is-dirty"] = lambda host, image: False
    PROCEDURES["gimp-layer-is-floating-sel"] = lambda host, layer: False
    PROCEDURES["gimp-displays-flush"] = lambda host: None
    PROCEDURES["gimp-progress-pulse"] = PROCEDURES["gimp-progress-end"] = lambda host: None
    PROCEDURES["gimp-image-get-component-active"] = PROCEDURES["gimp-image-get-component-visible"] = (
        lambda host, image, which: True
    )
    PROCEDURES["gimp-image-set-component-active"] = PROCEDURES["gimp-image-set-component-visible"] = (
        lambda host, image, which, on: None
    )


_attributes()


@procedure("gimp-item-set-name")
def _(host, item, name):
    item.name = unique(item.image, name, item)


def _guides():
    for name, orientation in (("hguide", 0), ("vguide", 1)):

        def add(host, image, position, orientation=orientation):
            image.guides[len(image.guides) + 1] = orientation, position
            return len(image.guides)

        PROCEDURES[f"gimp-image-add-{name}"] = add
    PROCEDURES["gimp-image-delete-guide"] = lambda host, image, guide: image.guides.pop(guide) and None
    PROCEDURES["gimp-image-find-next-guide"] = lambda host, image, guide: next(
        (each for each in image.guides if each > guide), 0
    )
    PROCEDURES["gimp-image-get-guide-position"] = lambda host, image, guide: image.guides[guide][1]
    PROCEDURES["gimp-image-get-guide-orientation"] = lambda host, image, guide: image.guides[guide][0]


_guides()


# Layers, masks, channels


def new_layer(host, image, name, width, height, kind, opacity, mode):
    if kind // 2 != image.base:
        raise RuntimeError("The layer's type does not go with the image's.")
    layer = Thing("GimpLayer", image=image, name=name, type=kind, opacity=opacity, mode=mode, x=0, y=0, visible=True, lock_alpha=False,
                  mask=None, apply_mask=True, show_mask=False, edit_mask=False, parent=None, children=None, lock_content=False,
                  color_tag=0, data=np.zeros((height, width, CHANNELS[kind]), np.uint8))  # fmt: skip
    host.add(layer)
    layer.tattoo = layer.ID
    return layer


PROCEDURES["gimp-layer-new"] = new_layer


@procedure("gimp-group-layer-new")
def _(host, image, name):
    group = new_layer(host, image, name or "Layer Group", 1, 1, 2 * image.base + 1, 100.0, 28)
    group.kind, group.children, group.data = "GimpGroupLayer", [], None
    return group


@procedure("gimp-layer-copy")
def _(host, layer):
    made = copied(host, layer, layer.image)
    made.name = layer.name + " copy"
    return made


@procedure("gimp-layer-new-from-drawable")
def _(host, drawable, image):
    made = copied(host, drawable, image)
    if drawable.kind in ("GimpChannel", "GimpLayerMask", "GimpSelection"):
        raise Refused("gimp_layer_new_from_drawable of a channel cannot be had without GIMP; run this plug-in in it.")
    if image.base == 0:
        alpha = made.data.shape[-1] in (2, 4)
        made.data, made.type = rgba(drawable)[..., : 3 + alpha].copy(), int(alpha)
    return made


@procedure("gimp-layer-new-from-visible")
def _(host, image, other, name):
    made = new_layer(host, other, name, image.width, image.height, 1, 100.0, 28)
    made.data = shown(image)
    return made


@procedure("gimp-layer-add-alpha")
def _(host, layer):
    if layer.type % 2 == 0:
        layer.data = np.dstack([layer.data, np.full(layer.data.shape[:2], 255, np.uint8)])
        layer.type += 1


@procedure("gimp-layer-flatten")
def _(host, layer):
    if layer.type % 2:
        alpha = layer.data[..., -1:] / 255
        under = np.array(paint(host, layer, host.context["background"])[:-1])
        layer.data = np.round(layer.data[..., :-1] * alpha + under * (1 - alpha)).astype(np.uint8)
        layer.type -= 1


@procedure("gimp-layer-create-mask")
def _(host, layer, kind):
    size = layer.data.shape[:2]
    if kind == 4:
        data = placed(layer.image.selection.data, size[1], size[0], -layer.x, -layer.y)
    elif kind in (2, 3):
        data = layer.data[..., -1:].copy() if layer.type % 2 else np.full((*size, 1), 255, np.uint8)
    elif kind == 5:
        data = luma(layer.data)
    else:
        data = np.full((*size, 1), 255 * (kind == 0), np.uint8)
    return host.add(
        Thing("GimpLayerMask", image=layer.image, name=layer.name + " mask", data=data, x=layer.x, y=layer.y, layer=layer, parent=None,
              tattoo=0, visible=True, children=None)
    )  # fmt: skip


@procedure("gimp-layer-add-mask")
def _(host, layer, mask):
    layer.mask = mask


@procedure("gimp-layer-remove-mask")
def _(host, layer, mode):
    if mode == 0:
        PROCEDURES["gimp-layer-add-alpha"](host, layer)
        layer.data[..., -1] = np.round(layer.data[..., -1] * (layer.mask.data[..., 0] / 255)).astype(np.uint8)
    layer.mask = None


@procedure("gimp-layer-set-offsets")
def _(host, layer, x, y):
    layer.x, layer.y = x, y
    if layer.mask is not None:
        layer.mask.x, layer.mask.y = x, y


@procedure("gimp-item-transform-translate")
def _(host, item, x, y):
    PROCEDURES["gimp-layer-set-offsets"](host, item, item.x + round(x), item.y + round(y))
    return item


@procedure("gimp-layer-resize")
def _(host, layer, width, height, x, y):
    layer.data = placed(layer.data, width, height, x, y)
    layer.x, layer.y = layer.x - x, layer.y - y
    if layer.mask is not None:
        layer.mask.data = placed(layer.mask.data, width, height, x, y)


@procedure("gimp-layer-resize-to-image-size")
def _(host, layer):
    PROCEDURES["gimp-layer-resize"](host, layer, layer.image.width, layer.image.height, layer.x, layer.y)


@procedure("gimp-item-transform-flip-simple")
def _(host, item, orientation, center, axis):
    item.data = item.data[:, ::-1].copy() if orientation == 0 else item.data[::-1].copy()
    return item


@procedure("gimp-item-transform-rotate-simple")
def _(host, item, turn, center, x, y):
    item.data = np.rot90(item.data, -(turn + 1)).copy()
    return item


@procedure("gimp-item-get-children")
def _(host, item):
    return list(item.children or [])


@procedure("gimp-item-is-group")
def _(host, item):
    return item.children is not None


@procedure("gimp-item-delete")
def _(host, item):
    host.things.pop(item.ID, None)


def _kinds():
    kinds = {
        "layer": ("GimpLayer", "GimpGroupLayer"), "group-layer": ("GimpGroupLayer",), "layer-mask": ("GimpLayerMask",),
        "channel": ("GimpChannel", "GimpLayerMask", "GimpSelection"), "path": ("GimpPath",), "selection": ("GimpSelection",),
        "text-layer": (), "drawable": ("GimpLayer", "GimpGroupLayer", "GimpChannel", "GimpLayerMask", "GimpSelection"),
    }  # fmt: skip
    for name, which in kinds.items():
        PROCEDURES[f"gimp-item-id-is-{name}"] = lambda host, ID, which=which: (
            ID in host.things and host.things[ID].kind in which
        )
    PROCEDURES["gimp-item-id-is-valid"] = PROCEDURES["gimp-image-id-is-valid"] = lambda host, ID: ID in host.things


_kinds()


@procedure("gimp-channel-new")
def _(host, image, name, width, height, opacity, color):
    made = host.add(
        Thing("GimpChannel", image=image, name=name, opacity=opacity, color=color, data=np.zeros((height, width, 1), np.uint8), x=0, y=0,
              show_masked=False, visible=True, parent=None, children=None, lock_content=False, color_tag=0)
    )  # fmt: skip
    made.tattoo = made.ID
    return made


@procedure("gimp-channel-copy")
def _(host, channel):
    made = copied(host, channel, channel.image)
    made.name = channel.name + " copy"
    return made


@procedure("gimp-channel-combine-masks")
def _(host, channel, other, operation, x, y):
    channel.data = combined(
        channel.data, placed(other.data, channel.data.shape[1], channel.data.shape[0], x, y), operation
    )


# Drawables


PROCEDURES["gimp-drawable-get-width"] = lambda host, drawable: bounds(drawable)[2]
PROCEDURES["gimp-drawable-get-height"] = lambda host, drawable: bounds(drawable)[3]
PROCEDURES["gimp-drawable-get-offsets"] = lambda host, drawable: bounds(drawable)[:2]
PROCEDURES["gimp-drawable-type"] = lambda host, drawable: getattr(drawable, "type", 2)
PROCEDURES["gimp-drawable-type-with-alpha"] = lambda host, drawable: getattr(drawable, "type", 2) | 1
PROCEDURES["gimp-drawable-get-bpp"] = lambda host, drawable: drawable.data.shape[-1]
PROCEDURES["gimp-drawable-has-alpha"] = lambda host, drawable: getattr(drawable, "type", 2) % 2 == 1
PROCEDURES["gimp-drawable-is-rgb"] = lambda host, drawable: getattr(drawable, "type", 2) < 2
PROCEDURES["gimp-drawable-is-gray"] = lambda host, drawable: getattr(drawable, "type", 2) in (2, 3)
PROCEDURES["gimp-drawable-is-indexed"] = lambda host, drawable: getattr(drawable, "type", 2) > 3
PROCEDURES["gimp-drawable-update"] = lambda host, *given: None
PROCEDURES["gimp-drawable-free-shadow"] = lambda host, drawable: host.shadows.pop(drawable.ID, None) and None


def bounds(drawable):
    """x, y, width, height: a group's are those of what is in it."""
    if drawable.data is not None:
        return drawable.x, drawable.y, drawable.data.shape[1], drawable.data.shape[0]
    inside = [bounds(each) for each in drawable.children]
    if not inside:
        return 0, 0, 1, 1
    left, top = min(each[0] for each in inside), min(each[1] for each in inside)
    return left, top, max(each[0] + each[2] for each in inside) - left, max(each[1] + each[3] for each in inside) - top


def coverage(drawable):
    """How much of each pixel is selected, 0 to 1; all where nothing is."""
    data = drawable.image.selection.data
    if drawable.kind == "GimpSelection" or not data.any():
        return 1.0
    return placed(data, drawable.data.shape[1], drawable.data.shape[0], -drawable.x, -drawable.y) / 255


def change(host, drawable, made, strength=1.0):
    """Puts pixels into a drawable, as far as they are selected."""
    keep = drawable.data[..., -1].copy() if getattr(drawable, "lock_alpha", False) and drawable.type % 2 else None
    amount = coverage(drawable) * strength
    drawable.data = np.round(drawable.data + (made.astype(np.float64) - drawable.data) * amount).astype(np.uint8)
    if keep is not None:
        drawable.data[..., -1] = keep


@procedure("gimp-drawable-merge-shadow")
def _(host, drawable, undo):
    shadow = host.shadows.pop(drawable.ID, None)
    if shadow is not None:
        change(host, drawable, shadow)


def paint(host, drawable, color):
    """A colour as the drawable has them."""
    r, g, b, a = color
    kind = getattr(drawable, "type", 2)
    gray = round(0.2126 * r + 0.7152 * g + 0.0722 * b)
    if kind > 3:
        raise Refused("Painting in indexed images cannot be had without GIMP; convert the image to RGB.")
    return ((r, g, b), (r, g, b, a), (gray,), (gray, a))[kind]


def fill_color(host, drawable, fill):
    """FillType of GIMP 3; None for transparent."""
    if fill == 4:
        return None
    if fill == 5:
        raise Refused("Filling with a pattern cannot be had without GIMP; run this plug-in in it.")
    color = {
        0: host.context["foreground"],
        1: host.context["background"],
        2: RGB(119, 119, 119),
        3: RGB(255, 255, 255),
    }[fill]
    return np.array(paint(host, drawable, color), np.uint8)


@procedure("gimp-drawable-fill")
def _(host, drawable, fill):
    color = fill_color(host, drawable, fill)
    if color is None and getattr(drawable, "type", 2) % 2 == 0:
        color = np.array(paint(host, drawable, host.context["background"]), np.uint8)
    drawable.data[:] = 0 if color is None else color


@procedure("gimp-drawable-edit-clear")
def _(host, drawable):
    if getattr(drawable, "type", 2) % 2:
        made = drawable.data.copy()
        made[..., -1] = 0
    else:
        made = np.broadcast_to(np.array(paint(host, drawable, host.context["background"])), drawable.data.shape)
    change(host, drawable, made)


def over(host, drawable, color, amount):
    """Paints a colour over a drawable: amount 0 to 1 a pixel, besides the selection."""
    lasting = drawable.data.astype(np.float64)
    part = np.broadcast_to(
        np.asarray(amount * coverage(drawable) * host.context["opacity"] / 100, np.float64), (*lasting.shape[:2], 1)
    )
    if getattr(drawable, "type", 2) % 2:
        part = part * (color[-1] / 255)
        under = lasting[..., -1:] / 255
        alpha = part + under * (1 - part)
        mixed = (color[:-1] * part + lasting[..., :-1] * under * (1 - part)) / np.maximum(alpha, 1e-9)
        made = np.concatenate([np.where(alpha > 0, mixed, lasting[..., :-1]), 255 * alpha], -1)
        if drawable.lock_alpha:
            made[..., -1] = lasting[..., -1]
    else:
        made = lasting + (color - lasting) * part
    drawable.data = np.round(made).astype(np.uint8)


@procedure("gimp-drawable-edit-fill")
def _(host, drawable, fill):
    color = fill_color(host, drawable, fill)
    if color is None:
        PROCEDURES["gimp-drawable-edit-clear"](host, drawable)
    else:
        over(host, drawable, color, 1.0)


@procedure("gimp-drawable-edit-bucket-fill")
def _(host, drawable, fill, x, y):
    color = fill_color(host, drawable, fill)
    where = contiguous(near(host, drawable, drawable.data[int(y), int(x)]), int(x), int(y))
    over(host, drawable, color, where[..., None].astype(float))


@procedure("gimp-drawable-edit-gradient-fill")
def _(host, drawable, kind, offset, supersample, depth, threshold, dither, x1, y1, x2, y2):
    if kind != 0 or getattr(drawable, "type", 2) > 1:
        raise Refused("Gradients but linear ones on RGB cannot be had without GIMP; run this plug-in in it.")
    height, width = drawable.data.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width]
    length = max((x2 - x1) ** 2 + (y2 - y1) ** 2, 1e-9)
    at = np.clip(((xs + 0.5 - x1) * (x2 - x1) + (ys + 0.5 - y1) * (y2 - y1)) / length, 0, 1)[..., None]
    one, two = (np.array(host.context[each][:3], float) for each in ("foreground", "background"))
    made = drawable.data.copy()
    made[..., :3] = np.round(one + (two - one) * at).astype(np.uint8)
    made[..., 3:] = 255
    change(host, drawable, made, host.context["opacity"] / 100)


def luma(data):
    """Grey of RGB, height x width x 1."""
    colors = data[..., :3] if data.shape[-1] > 2 else data[..., :1]
    return np.round(colors @ np.array([0.2126, 0.7152, 0.0722]) if colors.shape[-1] == 3 else colors[..., 0])[
        ..., None
    ].astype(np.uint8)


def toned(host, drawable, function):
    """Changes the colours, not alpha."""
    colors = drawable.data.shape[-1] - getattr(drawable, "type", 2) % 2
    made = drawable.data.copy()
    made[..., :colors] = np.clip(np.round(function(made[..., :colors].astype(np.float64) / 255) * 255), 0, 255).astype(
        np.uint8
    )
    change(host, drawable, made)


@procedure("gimp-drawable-invert")
def _(host, drawable, linear):
    toned(host, drawable, lambda colors: 1 - colors)


@procedure("gimp-drawable-desaturate")
def _(host, drawable, mode):
    weights = {1: (0.2126, 0.7152, 0.0722), 3: (0.2126, 0.7152, 0.0722), 2: (1 / 3, 1 / 3, 1 / 3)}

    def gray(colors):
        if mode in weights:
            found = colors @ np.array(weights[mode])
        else:
            found = colors.max(-1) if mode == 4 else (colors.max(-1) + colors.min(-1)) / 2
        return np.repeat(found[..., None], colors.shape[-1], -1)

    toned(host, drawable, gray)


@procedure("gimp-drawable-threshold")
def _(host, drawable, channel, low, high):
    def split(colors):
        value = colors.max(-1) if channel == 0 else colors[..., min(channel, colors.shape[-1]) - 1]
        return np.repeat(
            ((value >= low - 1e-6) & (value <= high + 1e-6)).astype(float)[..., None], colors.shape[-1], -1
        )

    toned(host, drawable, split)


@procedure("gimp-drawable-posterize")
def _(host, drawable, levels):
    toned(host, drawable, lambda colors: np.round(colors * (levels - 1)) / (levels - 1))


@procedure("gimp-drawable-levels-stretch", "gimp-drawable-equalize")
def _(host, drawable, *given):
    def stretched(colors):
        low, high = colors.min((0, 1)), colors.max((0, 1))
        return (colors - low) / np.maximum(high - low, 1e-9)

    toned(host, drawable, stretched)


@procedure("gimp-drawable-hue-saturation")
def _(host, drawable, which, hue, lightness, saturation, overlap):
    if hue or lightness or saturation:
        raise Refused("gimp_hue_saturation cannot be had without GIMP; run this plug-in in it.")


@procedure("gimp-drawable-curves-spline")
def _(host, drawable, channel, points):
    xs, ys = points[::2], points[1::2]
    toned(host, drawable, lambda colors: np.interp(colors, xs, ys))


@procedure("gimp-drawable-curves-explicit")
def _(host, drawable, channel, values):
    toned(host, drawable, lambda colors: np.interp(colors, np.linspace(0, 1, len(values)), values))


@procedure("gimp-drawable-histogram")
def _(host, drawable, channel, low, high):
    values = drawable.data[..., 0 if channel == 0 else min(channel, drawable.data.shape[-1]) - 1].ravel()
    inside = values[(values >= 255 * low) & (values <= 255 * high)].astype(float)
    if not inside.size:
        return 0.0, 0.0, 0.0, float(values.size), 0.0, 0.0
    return (
        float(inside.mean()),
        float(inside.std()),
        float(np.median(inside)),
        float(values.size),
        float(inside.size),
        inside.size / values.size,
    )


@procedure("gimp-drawable-offset")
def _(host, drawable, wrap, fill, color, x, y):
    if wrap:
        drawable.data = np.roll(drawable.data, (y, x), (0, 1))
    else:
        drawable.data = placed(drawable.data, drawable.data.shape[1], drawable.data.shape[0], x, y)


@procedure("gimp-drawable-mask-bounds")
def _(host, drawable):
    found, left, top, right, bottom = PROCEDURES["gimp-selection-bounds"](host, drawable.image)
    x, y, width, height = bounds(drawable)
    if not found:
        return False, 0, 0, width, height
    return True, max(0, left - x), max(0, top - y), min(width, right - x), min(height, bottom - y)


@procedure("gimp-drawable-mask-intersect")
def _(host, drawable):
    _, left, top, right, bottom = PROCEDURES["gimp-drawable-mask-bounds"](host, drawable)
    return right > left and bottom > top, left, top, max(0, right - left), max(0, bottom - top)


# Selections


def combined(data, other, operation):
    """ChannelOps: 0 add, 1 subtract, 2 replace, 3 intersect."""
    if operation == 2:
        return other
    return {0: np.maximum(data, other), 1: np.minimum(data, 255 - other), 3: np.minimum(data, other)}[operation]


def select(host, image, operation, where):
    """where: height x width, 0 to 255."""
    data = where.reshape(image.height, image.width, 1).astype(np.uint8)
    if host.context["feather"]:
        blurred = Pillow.fromarray(data[..., 0]).filter(
            ImageFilter.GaussianBlur([each / 3.5 for each in host.context["feather-radius"]])
        )
        data = np.asarray(blurred)[..., None].copy()
    image.selection.data = combined(image.selection.data, data, operation)


def drawn(host, image, shape, *given):
    """A shape of ImageDraw's; edges are soft where the context wants it, by eight subpixels a side."""
    scale = 8 if host.context["antialias"] and shape != "rectangle" else 1
    canvas = Pillow.new("L", (image.width * scale, image.height * scale))
    corners, *more = given
    scaled = [each * scale for each in corners]
    if shape != "polygon":
        scaled[2:] = [each - 1 for each in scaled[2:]]
    if shape == "polygon" or (scaled[2] >= scaled[0] and scaled[3] >= scaled[1]):
        getattr(ImageDraw.Draw(canvas), shape)(scaled, *(each * scale for each in more), fill=255)
    if scale > 1:
        canvas = canvas.resize((image.width, image.height), Pillow.Resampling.BOX)
    return np.asarray(canvas)


@procedure("gimp-image-select-rectangle")
def _(host, image, operation, x, y, width, height):
    where = np.zeros((image.height, image.width))
    left, top = max(0, round(x)), max(0, round(y))
    where[top : max(0, round(y + height)), left : max(0, round(x + width))] = 255
    select(host, image, operation, where)


@procedure("gimp-image-select-ellipse")
def _(host, image, operation, x, y, width, height):
    select(host, image, operation, drawn(host, image, "ellipse", [x, y, x + width, y + height]))


@procedure("gimp-image-select-round-rectangle")
def _(host, image, operation, x, y, width, height, across, down):
    select(
        host,
        image,
        operation,
        drawn(host, image, "rounded_rectangle", [x, y, x + width, y + height], (across + down) / 2),
    )


@procedure("gimp-image-select-polygon")
def _(host, image, operation, points):
    select(host, image, operation, polygon(image, points))


def polygon(image, points):
    """Pixels whose middle is inside, by the rule of odd crossings."""
    ys, xs = np.mgrid[0 : image.height, 0 : image.width] + 0.5
    inside = np.zeros((image.height, image.width), bool)
    corners = list(zip(points[::2], points[1::2]))
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1]):
        if y1 != y2:
            inside ^= ((y1 > ys) != (y2 > ys)) & (xs < (x2 - x1) * (ys - y1) / (y2 - y1) + x1)
    return inside * 255


def near(host, drawable, color):
    """Where a drawable is of a colour, within the context's threshold; what is transparent is not, unless the colour is."""
    apart = np.abs(drawable.data.astype(int) - np.asarray(color, int))
    return apart.max(-1) <= round(255 * host.context["sample-threshold"])


def contiguous(where, x, y):
    """The part of a region that hangs together with x, y."""
    picture = Pillow.fromarray(np.where(where, 128, 0).astype(np.uint8)).copy()
    ImageDraw.floodfill(picture, (x, y), 255)
    return np.asarray(picture) == 255


@procedure("gimp-image-select-color")
def _(host, image, operation, drawable, color):
    wanted = paint(host, drawable, color)
    where = near(host, drawable, wanted)[..., None] * np.uint8(255)
    select(host, image, operation, placed(where, image.width, image.height, drawable.x, drawable.y))


@procedure("gimp-image-select-contiguous-color")
def _(host, image, operation, drawable, x, y):
    x, y = int(x), int(y)
    where = contiguous(near(host, drawable, drawable.data[y, x]), x, y)[..., None] * np.uint8(255)
    select(host, image, operation, placed(where, image.width, image.height, drawable.x, drawable.y))


@procedure("gimp-image-select-item")
def _(host, image, operation, item):
    if item.kind == "GimpPath":
        where = np.zeros((image.height, image.width), bool)
        for points, _ in item.strokes.values():
            where ^= polygon(image, flat_path(points)) > 0
        select(host, image, operation, where * 255)
        return
    data = (
        item.data
        if item.data.shape[-1] == 1
        else item.data[..., -1:]
        if item.type % 2
        else np.full((*item.data.shape[:2], 1), 255)
    )
    select(host, image, operation, placed(data, image.width, image.height, item.x, item.y))


@procedure("gimp-selection-none")
def _(host, image):
    image.selection.data = np.zeros_like(image.selection.data)


@procedure("gimp-selection-all")
def _(host, image):
    image.selection.data = np.full_like(image.selection.data, 255)


@procedure("gimp-selection-invert")
def _(host, image):
    image.selection.data = 255 - image.selection.data


@procedure("gimp-selection-is-empty")
def _(host, image):
    return not image.selection.data.any()


@procedure("gimp-selection-bounds")
def _(host, image):
    ys, xs = np.nonzero(image.selection.data[..., 0])
    if not len(xs):
        return False, 0, 0, image.width, image.height
    return True, int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


@procedure("gimp-selection-value")
def _(host, image, x, y):
    return int(image.selection.data[y, x, 0])


@procedure("gimp-selection-sharpen")
def _(host, image):
    image.selection.data = (image.selection.data > 127) * np.uint8(255)


@procedure("gimp-selection-feather")
def _(host, image, radius):
    picture = Pillow.fromarray(image.selection.data[..., 0])
    image.selection.data = np.asarray(picture.filter(ImageFilter.GaussianBlur(radius / 3.5)))[..., None].copy()


def grown(data, steps, grow):
    picture = Pillow.fromarray(data[..., 0])
    for _ in range(int(steps)):
        picture = picture.filter(ImageFilter.MaxFilter(3) if grow else ImageFilter.MinFilter(3))
    return np.asarray(picture)[..., None].copy()


@procedure("gimp-selection-grow")
def _(host, image, steps):
    image.selection.data = grown(image.selection.data, steps, True)


@procedure("gimp-selection-shrink")
def _(host, image, steps):
    image.selection.data = grown(image.selection.data, steps, False)


@procedure("gimp-selection-save")
def _(host, image):
    made = PROCEDURES["gimp-channel-new"](
        host, image, "Selection Mask copy", image.width, image.height, 50.0, RGB(0, 0, 0)
    )
    made.data = image.selection.data.copy()
    PROCEDURES["gimp-image-insert-channel"](host, image, made, None, 0)
    return made


# Clipboard


@procedure("gimp-edit-copy")
def _(host, drawables):
    drawable = drawables[0]
    amount = coverage(drawable)
    data = rgba(drawable).copy()
    data[..., 3:] = np.round(data[..., 3:] * amount).astype(np.uint8)
    host.settings["clipboard"] = data, drawable.x, drawable.y
    return True


@procedure("gimp-edit-cut")
def _(host, drawables):
    PROCEDURES["gimp-edit-copy"](host, drawables)
    PROCEDURES["gimp-drawable-edit-clear"](host, drawables[0])
    return True


@procedure("gimp-edit-paste")
def _(host, drawable, into):
    data, x, y = host.settings["clipboard"]
    layer = new_layer(host, drawable.image, "Pasted Layer", data.shape[1], data.shape[0], 1, 100.0, 28)
    layer.data, layer.x, layer.y, layer.floats_over = data.copy(), x, y, drawable
    return [layer]


@procedure("gimp-floating-sel-anchor")
def _(host, layer):
    drawable = layer.floats_over
    pasted = placed(
        layer.data, drawable.data.shape[1], drawable.data.shape[0], layer.x - drawable.x, layer.y - drawable.y
    )
    base = rgba(drawable)
    made = blended(base / 255, pasted / 255, 0)
    drawable.data = np.round(made * 255).astype(np.uint8)[..., : drawable.data.shape[-1]].copy()


@procedure("gimp-floating-sel-to-layer")
def _(host, layer):
    PROCEDURES["gimp-image-insert-layer"](host, layer.image, layer, None, 0)


# Composition


def rgba(layer):
    """Any layer as height x width x 4."""
    data, kind = layer.data, getattr(layer, "type", 2)
    alpha = data[..., -1:] if kind % 2 else np.full((*data.shape[:2], 1), 255, np.uint8)
    if kind > 3:
        table = np.zeros((256, 3), np.uint8)
        colors = np.frombuffer(layer.image.colormap, np.uint8).reshape(-1, 3)
        table[: len(colors)] = colors
        return np.dstack([table[data[..., 0]], alpha])
    return np.dstack([data[..., :3] if kind < 2 else np.repeat(data[..., :1], 3, -1), alpha])


def to_light(values):
    """IEC 61966-2-1."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def from_light(values):
    return np.where(values <= 0.0031308, 12.92 * values, 1.055 * np.maximum(values, 1e-12) ** (1 / 2.4) - 0.055)


MIXES = {  # of GIMP's legacy modes: below, above
    3: lambda d, s: d * s,
    4: lambda d, s: 1 - (1 - d) * (1 - s),
    5: lambda d, s: d * (d + 2 * s * (1 - d)),
    6: lambda d, s: np.abs(d - s),
    7: lambda d, s: np.minimum(1, d + s),
    8: lambda d, s: np.maximum(0, d - s),
    9: np.minimum,
    10: np.maximum,
    15: lambda d, s: np.minimum(1, d / np.maximum(s, 1 / 256)),
    16: lambda d, s: np.minimum(1, d / np.maximum(1 - s, 1 / 256)),
    17: lambda d, s: np.maximum(0, 1 - (1 - d) / np.maximum(s, 1 / 256)),
    18: lambda d, s: np.where(s > 0.5, 1 - (1 - d) * (1 - 2 * (s - 0.5)), 2 * d * s),
    20: lambda d, s: np.clip(d - s + 128 / 255, 0, 1),
    21: lambda d, s: np.clip(d + s - 128 / 255, 0, 1),
}


def blended(below, above, mode):
    """Two pictures of height x width x 4, 0 to 1."""
    under, over_ = below[..., 3:], above[..., 3:]
    if mode in (0, 28):
        convert, back = (to_light, from_light) if mode == 28 else (lambda values: values,) * 2
        alpha = over_ + under * (1 - over_)
        mixed = (convert(above[..., :3]) * over_ + convert(below[..., :3]) * under * (1 - over_)) / np.maximum(
            alpha, 1e-9
        )
        return np.concatenate([back(mixed), alpha], -1)
    if mode not in MIXES:
        raise Refused(f"The layer mode {mode} cannot be had without GIMP; run this plug-in in it.")
    mixed = MIXES[mode](below[..., :3], above[..., :3])
    return np.concatenate([below[..., :3] + (mixed - below[..., :3]) * over_, under], -1)


def composed(layers, width, height):
    """What some layers show, height x width x 4, 0 to 1."""
    made = np.zeros((height, width, 4))
    for layer in reversed(layers):
        if not layer.visible:
            continue
        if layer.children is not None:
            above = composed(layer.children, width, height)
        else:
            above = placed(rgba(layer), width, height, layer.x, layer.y) / 255
            if layer.mask is not None and layer.apply_mask:
                above[..., 3:] *= placed(layer.mask.data, width, height, layer.x, layer.y) / 255
        above[..., 3] *= layer.opacity / 100
        made = blended(made, above, layer.mode)
    return made


def shown(image):
    return np.round(composed(image.layers, image.width, image.height) * 255).astype(np.uint8)


@procedure("gimp-image-flatten")
def _(host, image):
    under = np.ones((image.height, image.width, 4))
    under[..., :3] = np.array(host.context["background"][:3]) / 255
    made = np.round(blended(under, composed(image.layers, image.width, image.height), 28) * 255).astype(np.uint8)
    return merged(host, image, list(image.layers), made[..., :3].copy())


@procedure("gimp-image-merge-visible-layers")
def _(host, image, kind):
    return merged(host, image, [each for each in image.layers if each.visible], shown(image))


@procedure("gimp-image-merge-down")
def _(host, image, layer, kind):
    beside = siblings(layer)
    at = beside.index(layer)
    below = next((each for each in beside[at + 1 :] if each.visible), None)
    if below is None:
        raise RuntimeError("There is no visible layer to merge down to.")
    made = np.round(composed([layer, below], image.width, image.height) * 255).astype(np.uint8)
    return merged(host, image, [layer, below], made, below.name)


def merged(host, image, layers, data, name=None):
    if image.base == 1:
        data = np.dstack([data[..., :1], data[..., 3:]])
    kind = 2 * image.base + (data.shape[-1] in (2, 4))
    layer = new_layer(host, image, name or layers[-1].name, image.width, image.height, kind, 100.0, 28)
    layer.data = data
    at = image.layers.index(layers[0])
    image.layers[at:at] = [layer]
    for each in layers:
        image.layers.remove(each)
    image.selected["layers"] = [layer]
    return layer


# Kinds of images


@procedure("gimp-image-convert-rgb")
def _(host, image):
    for each in tree(image.layers):
        if each.data is not None:
            alpha = each.type % 2
            each.data, each.type = rgba(each)[..., : 3 + alpha].copy(), alpha
    image.base = 0


@procedure("gimp-image-convert-grayscale")
def _(host, image):
    for each in tree(image.layers):
        if each.data is not None:
            whole, alpha = rgba(each), each.type % 2
            each.data = np.dstack([luma(whole), whole[..., 3:]])[..., : 1 + alpha].copy()
            each.type = 2 + alpha
    image.base = 1


@procedure("gimp-image-convert-indexed")
def _(host, image, dither, kind, colors, alpha_dither, remove_unused, palette):
    for each in tree(image.layers):
        if each.data is not None:
            whole, alpha = rgba(each), each.type % 2
            how = Pillow.Dither.FLOYDSTEINBERG if dither else Pillow.Dither.NONE
            picture = Pillow.fromarray(whole[..., :3].copy()).quantize(colors, dither=how)
            image.colormap = bytes(picture.getpalette()[: 3 * len(picture.getcolors())])
            indices = np.asarray(picture)[..., None]
            each.data, each.type = (np.dstack([indices, whole[..., 3:]]) if alpha else indices.copy()), 4 + alpha
    image.base = 2


@procedure("gimp-image-get-palette")
def _(host, image):
    host.settings["palette colormap"] = [RGB(*image.colormap[at : at + 3]) for at in range(0, len(image.colormap), 3)]
    return "colormap"


@procedure("gimp-image-set-palette")
def _(host, image, name):
    image.colormap = b"".join(bytes(each[:3]) for each in host.settings["palette " + name])
    return name


@procedure("gimp-palette-get-colors")
def _(host, name):
    return list(host.settings["palette " + name])


@procedure("gimp-palette-new")
def _(host, name):
    host.settings["palette " + name] = []
    return name


@procedure("gimp-palette-add-entry")
def _(host, name, entry, color):
    host.settings["palette " + name].append(color)
    return len(host.settings["palette " + name]) - 1


@procedure("gimp-resource-delete")
def _(host, name):
    host.settings.pop("palette " + name, None)


# Paths


@procedure("gimp-path-new")
def _(host, image, name):
    made = host.add(Thing("GimpPath", image=image, name=name, strokes={}, visible=True, parent=None, children=None, lock_content=False,
                          color_tag=0, data=None))  # fmt: skip
    made.tattoo = made.ID
    return made


@procedure("gimp-path-copy")
def _(host, path):
    return copied(host, path, path.image)


@procedure("gimp-path-get-strokes")
def _(host, path):
    return list(path.strokes)


@procedure("gimp-path-stroke-new-from-points")
def _(host, path, kind, points, closed):
    if len(points) % 6:
        raise RuntimeError("A stroke's points come by three: a handle, the point, a handle.")
    number = max(path.strokes, default=0) + 1
    path.strokes[number] = [list(points), bool(closed)]
    return number


@procedure("gimp-path-stroke-get-points")
def _(host, path, stroke):
    points, closed = path.strokes[stroke]
    return 0, list(points), closed


@procedure("gimp-path-remove-stroke")
def _(host, path, stroke):
    del path.strokes[stroke]


@procedure("gimp-path-stroke-close")
def _(host, path, stroke):
    path.strokes[stroke][1] = True


@procedure("gimp-path-stroke-translate")
def _(host, path, stroke, x, y):
    points = path.strokes[stroke][0]
    points[::2], points[1::2] = [each + x for each in points[::2]], [each + y for each in points[1::2]]


def flat_path(points, closed=True, steps=16):
    """A stroke's Bezier curves as a polygon."""
    anchors = np.array(points, float).reshape(-1, 3, 2)
    pairs = list(zip(anchors, np.roll(anchors, -1, 0)))
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    made = [
        (1 - t) ** 3 * one[1] + 3 * (1 - t) ** 2 * t * one[2] + 3 * (1 - t) * t**2 * two[0] + t**3 * two[1]
        for one, two in (pairs if closed else pairs[:-1])
    ]
    return np.concatenate(made).ravel().tolist() if made else []


@procedure("gimp-path-stroke-interpolate")
def _(host, path, stroke, precision):
    points, closed = path.strokes[stroke]
    return flat_path(points, closed), closed


@procedure("gimp-path-stroke-get-length")
def _(host, path, stroke, precision):
    points, closed = path.strokes[stroke]
    line = np.array(flat_path(points, closed)).reshape(-1, 2)
    steps = np.diff(np.vstack([line, line[:1]]) if closed else line, axis=0)
    return float(np.hypot(*steps.T).sum())


# Parasites


def _parasites():
    def put(store, parasite):
        store[parasite[0]] = parasite

    def get(store, name):
        if name not in store:
            raise RuntimeError(f"There is no parasite {name!r}.")
        return store[name]

    for prefix in ("gimp-image-", "gimp-item-"):
        PROCEDURES[prefix + "attach-parasite"] = lambda host, thing, parasite: put(thing.parasites, parasite)
        PROCEDURES[prefix + "detach-parasite"] = lambda host, thing, name: thing.parasites.pop(name, None) and None
        PROCEDURES[prefix + "get-parasite"] = lambda host, thing, name: get(thing.parasites, name)
        PROCEDURES[prefix + "get-parasite-list"] = lambda host, thing: list(thing.parasites)
    PROCEDURES["gimp-attach-parasite"] = lambda host, parasite: put(host.parasites, parasite)
    PROCEDURES["gimp-detach-parasite"] = lambda host, name: host.parasites.pop(name, None) and None
    PROCEDURES["gimp-get-parasite"] = lambda host, name: get(host.parasites, name)
    PROCEDURES["gimp-get-parasite-list"] = lambda host: list(host.parasites)


_parasites()


# Files


def read_file(path):
    try:
        with Pillow.open(path) as picture:
            picture.load()
            alpha = "A" in picture.getbands() or "transparency" in picture.info
            gray = picture.mode in ("1", "L", "LA", "I;16")
            return (
                np.asarray(picture.convert(("LA" if alpha else "L") if gray else "RGBA" if alpha else "RGB")).copy(),
                gray,
                alpha,
            )
    except OSError as error:
        raise RuntimeError(f"{path} cannot be read: {error}.") from None


@procedure("gimp-file-load", "file-png-load", "file-jpeg-load", "file-bmp-load", "file-tiff-load")
def _(host, mode, path):
    data, gray, alpha = read_file(path)
    height, width = data.shape[:2]
    image = new_image(host, width, height, int(gray))
    image.name = os.path.basename(path)
    layer = new_layer(host, image, "Background", width, height, 2 * gray + alpha, 100.0, 28)
    layer.data = data.reshape(height, width, -1)
    PROCEDURES["gimp-image-insert-layer"](host, image, layer, None, 0)
    return image


@procedure("gimp-file-load-layer")
def _(host, mode, image, path):
    data, gray, alpha = read_file(path)
    height, width = data.shape[:2]
    if gray and image.base == 0:
        data = np.dstack([*[data.reshape(height, width, -1)[..., 0]] * 3, *([data[..., -1]] if alpha else [])])
    layer = new_layer(host, image, os.path.basename(path), width, height, 2 * image.base + alpha, 100.0, 28)
    layer.data = data.reshape(height, width, -1)
    return layer


@procedure(
    "gimp-file-save", *(f"file-{kind}-export" for kind in ("png", "jpeg", "bmp", "tiff", "webp", "gif", "tga", "pcx"))
)
def _(host, mode, image, path, *options):
    """By the name's ending; beside its place, and renamed."""
    made = Pillow.fromarray(shown(image))
    ending = os.path.splitext(path)[1].lower()
    kind = Pillow.registered_extensions().get(ending)
    if kind is None:
        raise RuntimeError(f"{path}: no program here writes files that end in {ending or 'nothing'}.")
    opaque = all(each.type % 2 == 0 for each in image.layers if each.data is not None)
    if opaque or kind in ("JPEG", "BMP", "PCX"):
        made = made.convert("L" if image.base == 1 else "RGB")
    part, name = tempfile.mkstemp(suffix=ending, dir=os.path.dirname(os.path.abspath(path)))
    with os.fdopen(part, "wb") as file:
        made.save(file, kind)
    os.replace(name, path)


@procedure("gimp-image-pick-correlate-layer")
def _(host, image, x, y):
    for layer in tree(image.layers):
        left, top, width, height = bounds(layer)
        inside = left <= x < left + width and top <= y < top + height
        if inside and layer.visible and layer.data is not None and rgba(layer)[y - top, x - left, 3] > 63:
            return layer
    return None


def _resources():
    """There are no resources without GIMP but what the context names."""
    for kind in ("font", "gradient", "brush", "pattern", "palette"):
        name = f"gimp-{'brushe' if kind == 'brush' else kind}s-get-list"
        PROCEDURES[name] = lambda host, words, kind=kind: [host.context[kind]]


_resources()


@procedure("gimp-gimprc-query")
def _(host, token):
    return host.settings.get("rc " + token)


@procedure("gimp-gimprc-set")
def _(host, token, value):
    host.settings["rc " + token] = value


# GIMP 3.0.4's arguments and results of the procedures above.
_SIGNATURES = """
file-bmp-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions use-rle:gboolean
    write-color-space:gboolean rgb-format:gchararray ->
file-bmp-load run-mode:GimpRunMode file:GFile -> GimpImage
file-gif-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions interlace:gboolean loop:gboolean
    number-of-repeats:gint default-delay:gint default-dispose:gchararray as-animation:gboolean force-delay:gboolean
    force-dispose:gboolean ->
file-jpeg-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions quality:gdouble smoothing:gdouble
    optimize:gboolean progressive:gboolean cmyk:gboolean sub-sampling:gchararray baseline:gboolean restart:gint dct:gchararray
    include-exif:gboolean include-iptc:gboolean include-xmp:gboolean include-color-profile:gboolean include-thumbnail:gboolean
    include-comment:gboolean ->
file-jpeg-load run-mode:GimpRunMode file:GFile -> GimpImage
file-pcx-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions ->
file-png-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions interlaced:gboolean compression:gint
    bkgd:gboolean offs:gboolean phys:gboolean time:gboolean save-transparent:gboolean optimize-palette:gboolean
    format:gchararray include-exif:gboolean include-iptc:gboolean include-xmp:gboolean include-color-profile:gboolean
    include-thumbnail:gboolean include-comment:gboolean ->
file-png-load run-mode:GimpRunMode file:GFile -> GimpImage
file-tga-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions rle:gboolean origin:gchararray ->
file-tiff-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions bigtiff:gboolean
    compression:gchararray save-transparent-pixels:gboolean cmyk:gboolean include-exif:gboolean include-iptc:gboolean
    include-xmp:gboolean include-color-profile:gboolean include-thumbnail:gboolean include-comment:gboolean ->
file-tiff-load run-mode:GimpRunMode file:GFile -> GimpImage
file-webp-export run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions preset:gchararray lossless:gboolean
    quality:gdouble alpha-quality:gdouble use-sharp-yuv:gboolean animation-loop:gboolean minimize-size:gboolean
    keyframe-distance:gint default-delay:gint force-delay:gboolean animation:gboolean include-exif:gboolean
    include-iptc:gboolean include-xmp:gboolean include-color-profile:gboolean include-thumbnail:gboolean ->
gimp-attach-parasite parasite:GimpParasite ->
gimp-brushes-get-list filter:gchararray -> GimpCoreObjectArray
gimp-channel-combine-masks channel1:GimpChannel channel2:GimpChannel operation:GimpChannelOps offx:gint offy:gint ->
gimp-channel-copy channel:GimpChannel -> GimpChannel
gimp-channel-get-color channel:GimpChannel -> GeglColor
gimp-channel-get-opacity channel:GimpChannel -> gdouble
gimp-channel-get-show-masked channel:GimpChannel -> gboolean
gimp-channel-new image:GimpImage name:gchararray width:gint height:gint opacity:gdouble color:GeglColor -> GimpChannel
gimp-channel-set-color channel:GimpChannel color:GeglColor ->
gimp-channel-set-opacity channel:GimpChannel opacity:gdouble ->
gimp-channel-set-show-masked channel:GimpChannel show-masked:gboolean ->
gimp-context-get-antialias -> gboolean
gimp-context-get-background -> GeglColor
gimp-context-get-brush -> GimpBrush
gimp-context-get-brush-size -> gdouble
gimp-context-get-feather -> gboolean
gimp-context-get-font -> GimpFont
gimp-context-get-foreground -> GeglColor
gimp-context-get-gradient -> GimpGradient
gimp-context-get-gradient-repeat-mode -> GimpRepeatMode
gimp-context-get-gradient-reverse -> gboolean
gimp-context-get-interpolation -> GimpInterpolationType
gimp-context-get-opacity -> gdouble
gimp-context-get-paint-mode -> GimpLayerMode
gimp-context-get-palette -> GimpPalette
gimp-context-get-pattern -> GimpPattern
gimp-context-get-sample-criterion -> GimpSelectCriterion
gimp-context-get-sample-merged -> gboolean
gimp-context-get-sample-threshold -> gdouble
gimp-context-get-sample-threshold-int -> gint
gimp-context-get-sample-transparent -> gboolean
gimp-context-get-transform-direction -> GimpTransformDirection
gimp-context-get-transform-resize -> GimpTransformResize
gimp-context-pop ->
gimp-context-push ->
gimp-context-set-antialias antialias:gboolean ->
gimp-context-set-background background:GeglColor ->
gimp-context-set-brush brush:GimpBrush ->
gimp-context-set-brush-size size:gdouble ->
gimp-context-set-default-colors ->
gimp-context-set-defaults ->
gimp-context-set-feather feather:gboolean ->
gimp-context-set-feather-radius feather-radius-x:gdouble feather-radius-y:gdouble ->
gimp-context-set-font font:GimpFont ->
gimp-context-set-foreground foreground:GeglColor ->
gimp-context-set-gradient gradient:GimpGradient ->
gimp-context-set-gradient-repeat-mode repeat-mode:GimpRepeatMode ->
gimp-context-set-gradient-reverse reverse:gboolean ->
gimp-context-set-interpolation interpolation:GimpInterpolationType ->
gimp-context-set-opacity opacity:gdouble ->
gimp-context-set-paint-mode paint-mode:GimpLayerMode ->
gimp-context-set-palette palette:GimpPalette ->
gimp-context-set-pattern pattern:GimpPattern ->
gimp-context-set-sample-criterion sample-criterion:GimpSelectCriterion ->
gimp-context-set-sample-merged sample-merged:gboolean ->
gimp-context-set-sample-threshold sample-threshold:gdouble ->
gimp-context-set-sample-threshold-int sample-threshold:gint ->
gimp-context-set-sample-transparent sample-transparent:gboolean ->
gimp-context-set-transform-direction transform-direction:GimpTransformDirection ->
gimp-context-set-transform-resize transform-resize:GimpTransformResize ->
gimp-context-swap-colors ->
gimp-detach-parasite name:gchararray ->
gimp-displays-flush ->
gimp-drawable-curves-explicit drawable:GimpDrawable channel:GimpHistogramChannel values:GimpDoubleArray ->
gimp-drawable-curves-spline drawable:GimpDrawable channel:GimpHistogramChannel points:GimpDoubleArray ->
gimp-drawable-desaturate drawable:GimpDrawable desaturate-mode:GimpDesaturateMode ->
gimp-drawable-edit-bucket-fill drawable:GimpDrawable fill-type:GimpFillType x:gdouble y:gdouble ->
gimp-drawable-edit-clear drawable:GimpDrawable ->
gimp-drawable-edit-fill drawable:GimpDrawable fill-type:GimpFillType ->
gimp-drawable-edit-gradient-fill drawable:GimpDrawable gradient-type:GimpGradientType offset:gdouble supersample:gboolean
    supersample-max-depth:gint supersample-threshold:gdouble dither:gboolean x1:gdouble y1:gdouble x2:gdouble y2:gdouble ->
gimp-drawable-equalize drawable:GimpDrawable mask-only:gboolean ->
gimp-drawable-fill drawable:GimpDrawable fill-type:GimpFillType ->
gimp-drawable-free-shadow drawable:GimpDrawable ->
gimp-drawable-get-bpp drawable:GimpDrawable -> gint
gimp-drawable-get-height drawable:GimpDrawable -> gint
gimp-drawable-get-offsets drawable:GimpDrawable -> gint gint
gimp-drawable-get-width drawable:GimpDrawable -> gint
gimp-drawable-has-alpha drawable:GimpDrawable -> gboolean
gimp-drawable-histogram drawable:GimpDrawable channel:GimpHistogramChannel start-range:gdouble end-range:gdouble -> gdouble
    gdouble gdouble gdouble gdouble gdouble
gimp-drawable-hue-saturation drawable:GimpDrawable hue-range:GimpHueRange hue-offset:gdouble lightness:gdouble
    saturation:gdouble overlap:gdouble ->
gimp-drawable-invert drawable:GimpDrawable linear:gboolean ->
gimp-drawable-is-gray drawable:GimpDrawable -> gboolean
gimp-drawable-is-indexed drawable:GimpDrawable -> gboolean
gimp-drawable-is-rgb drawable:GimpDrawable -> gboolean
gimp-drawable-levels-stretch drawable:GimpDrawable ->
gimp-drawable-mask-bounds drawable:GimpDrawable -> gboolean gint gint gint gint
gimp-drawable-mask-intersect drawable:GimpDrawable -> gboolean gint gint gint gint
gimp-drawable-merge-shadow drawable:GimpDrawable undo:gboolean ->
gimp-drawable-offset drawable:GimpDrawable wrap-around:gboolean fill-type:GimpOffsetType color:GeglColor offset-x:gint
    offset-y:gint ->
gimp-drawable-posterize drawable:GimpDrawable levels:gint ->
gimp-drawable-threshold drawable:GimpDrawable channel:GimpHistogramChannel low-threshold:gdouble high-threshold:gdouble ->
gimp-drawable-type drawable:GimpDrawable -> GimpImageType
gimp-drawable-type-with-alpha drawable:GimpDrawable -> GimpImageType
gimp-drawable-update drawable:GimpDrawable x:gint y:gint width:gint height:gint ->
gimp-edit-copy drawables:GimpCoreObjectArray -> gboolean
gimp-edit-cut drawables:GimpCoreObjectArray -> gboolean
gimp-edit-paste drawable:GimpDrawable paste-into:gboolean -> GimpCoreObjectArray
gimp-file-load run-mode:GimpRunMode file:GFile -> GimpImage
gimp-file-load-layer run-mode:GimpRunMode image:GimpImage file:GFile -> GimpLayer
gimp-file-save run-mode:GimpRunMode image:GimpImage file:GFile options:GimpExportOptions ->
gimp-floating-sel-anchor floating-sel:GimpLayer ->
gimp-floating-sel-to-layer floating-sel:GimpLayer ->
gimp-fonts-get-list filter:gchararray -> GimpCoreObjectArray
gimp-fonts-refresh ->
gimp-get-images -> GimpCoreObjectArray
gimp-get-parasite name:gchararray -> GimpParasite
gimp-get-parasite-list -> GStrv
gimp-gimprc-query token:gchararray -> gchararray
gimp-gimprc-set token:gchararray value:gchararray ->
gimp-gradients-get-list filter:gchararray -> GimpCoreObjectArray
gimp-group-layer-new image:GimpImage name:gchararray -> GimpGroupLayer
gimp-image-add-hguide image:GimpImage yposition:gint -> guint
gimp-image-add-vguide image:GimpImage xposition:gint -> guint
gimp-image-attach-parasite image:GimpImage parasite:GimpParasite ->
gimp-image-clean-all image:GimpImage ->
gimp-image-convert-grayscale image:GimpImage ->
gimp-image-convert-indexed image:GimpImage dither-type:GimpConvertDitherType palette-type:GimpConvertPaletteType num-cols:gint
    alpha-dither:gboolean remove-unused:gboolean palette:gchararray ->
gimp-image-convert-rgb image:GimpImage ->
gimp-image-crop image:GimpImage new-width:gint new-height:gint offx:gint offy:gint ->
gimp-image-delete image:GimpImage ->
gimp-image-delete-guide image:GimpImage guide:guint ->
gimp-image-detach-parasite image:GimpImage name:gchararray ->
gimp-image-duplicate image:GimpImage -> GimpImage
gimp-image-find-next-guide image:GimpImage guide:gint -> guint
gimp-image-flatten image:GimpImage -> GimpLayer
gimp-image-freeze-paths image:GimpImage ->
gimp-image-get-base-type image:GimpImage -> GimpImageBaseType
gimp-image-get-channel-by-name image:GimpImage name:gchararray -> GimpChannel
gimp-image-get-channel-by-tattoo image:GimpImage tattoo:guint -> GimpChannel
gimp-image-get-channels image:GimpImage -> GimpCoreObjectArray
gimp-image-get-component-active image:GimpImage component:GimpChannelType -> gboolean
gimp-image-get-component-visible image:GimpImage component:GimpChannelType -> gboolean
gimp-image-get-exported-file image:GimpImage -> GFile
gimp-image-get-file image:GimpImage -> GFile
gimp-image-get-floating-sel image:GimpImage -> GimpLayer
gimp-image-get-guide-orientation image:GimpImage guide:guint -> GimpOrientationType
gimp-image-get-guide-position image:GimpImage guide:guint -> gint
gimp-image-get-height image:GimpImage -> gint
gimp-image-get-imported-file image:GimpImage -> GFile
gimp-image-get-item-position image:GimpImage item:GimpItem -> gint
gimp-image-get-layer-by-name image:GimpImage name:gchararray -> GimpLayer
gimp-image-get-layer-by-tattoo image:GimpImage tattoo:guint -> GimpLayer
gimp-image-get-layers image:GimpImage -> GimpCoreObjectArray
gimp-image-get-name image:GimpImage -> gchararray
gimp-image-get-palette image:GimpImage -> GimpPalette
gimp-image-get-parasite image:GimpImage name:gchararray -> GimpParasite
gimp-image-get-parasite-list image:GimpImage -> GStrv
gimp-image-get-path-by-name image:GimpImage name:gchararray -> GimpPath
gimp-image-get-path-by-tattoo image:GimpImage tattoo:guint -> GimpPath
gimp-image-get-paths image:GimpImage -> GimpCoreObjectArray
gimp-image-get-precision image:GimpImage -> GimpPrecision
gimp-image-get-resolution image:GimpImage -> gdouble gdouble
gimp-image-get-selected-channels image:GimpImage -> GimpCoreObjectArray
gimp-image-get-selected-drawables image:GimpImage -> GimpCoreObjectArray
gimp-image-get-selected-layers image:GimpImage -> GimpCoreObjectArray
gimp-image-get-selected-paths image:GimpImage -> GimpCoreObjectArray
gimp-image-get-selection image:GimpImage -> GimpSelection
gimp-image-get-tattoo-state image:GimpImage -> guint
gimp-image-get-unit image:GimpImage -> GimpUnit
gimp-image-get-width image:GimpImage -> gint
gimp-image-id-is-valid image-id:gint -> gboolean
gimp-image-insert-channel image:GimpImage channel:GimpChannel parent:GimpChannel position:gint ->
gimp-image-insert-layer image:GimpImage layer:GimpLayer parent:GimpLayer position:gint ->
gimp-image-insert-path image:GimpImage path:GimpPath parent:GimpPath position:gint ->
gimp-image-is-dirty image:GimpImage -> gboolean
gimp-image-lower-item image:GimpImage item:GimpItem ->
gimp-image-lower-item-to-bottom image:GimpImage item:GimpItem ->
gimp-image-merge-down image:GimpImage merge-layer:GimpLayer merge-type:GimpMergeType -> GimpLayer
gimp-image-merge-visible-layers image:GimpImage merge-type:GimpMergeType -> GimpLayer
gimp-image-new width:gint height:gint type:GimpImageBaseType -> GimpImage
gimp-image-pick-correlate-layer image:GimpImage x:gint y:gint -> GimpLayer
gimp-image-raise-item image:GimpImage item:GimpItem ->
gimp-image-raise-item-to-top image:GimpImage item:GimpItem ->
gimp-image-remove-channel image:GimpImage channel:GimpChannel ->
gimp-image-remove-layer image:GimpImage layer:GimpLayer ->
gimp-image-remove-path image:GimpImage path:GimpPath ->
gimp-image-reorder-item image:GimpImage item:GimpItem parent:GimpItem position:gint ->
gimp-image-resize image:GimpImage new-width:gint new-height:gint offx:gint offy:gint ->
gimp-image-resize-to-layers image:GimpImage ->
gimp-image-scale image:GimpImage new-width:gint new-height:gint ->
gimp-image-select-color image:GimpImage operation:GimpChannelOps drawable:GimpDrawable color:GeglColor ->
gimp-image-select-contiguous-color image:GimpImage operation:GimpChannelOps drawable:GimpDrawable x:gdouble y:gdouble ->
gimp-image-select-ellipse image:GimpImage operation:GimpChannelOps x:gdouble y:gdouble width:gdouble height:gdouble ->
gimp-image-select-item image:GimpImage operation:GimpChannelOps item:GimpItem ->
gimp-image-select-polygon image:GimpImage operation:GimpChannelOps segs:GimpDoubleArray ->
gimp-image-select-rectangle image:GimpImage operation:GimpChannelOps x:gdouble y:gdouble width:gdouble height:gdouble ->
gimp-image-select-round-rectangle image:GimpImage operation:GimpChannelOps x:gdouble y:gdouble width:gdouble height:gdouble
    corner-radius-x:gdouble corner-radius-y:gdouble ->
gimp-image-set-component-active image:GimpImage component:GimpChannelType active:gboolean ->
gimp-image-set-component-visible image:GimpImage component:GimpChannelType visible:gboolean ->
gimp-image-set-file image:GimpImage file:GFile ->
gimp-image-set-palette image:GimpImage new-palette:GimpPalette -> GimpPalette
gimp-image-set-resolution image:GimpImage xresolution:gdouble yresolution:gdouble ->
gimp-image-set-selected-channels image:GimpImage channels:GimpCoreObjectArray ->
gimp-image-set-selected-layers image:GimpImage layers:GimpCoreObjectArray ->
gimp-image-set-selected-paths image:GimpImage paths:GimpCoreObjectArray ->
gimp-image-set-tattoo-state image:GimpImage tattoo-state:guint ->
gimp-image-set-unit image:GimpImage unit:GimpUnit ->
gimp-image-thaw-paths image:GimpImage ->
gimp-image-undo-disable image:GimpImage -> gboolean
gimp-image-undo-enable image:GimpImage -> gboolean
gimp-image-undo-freeze image:GimpImage -> gboolean
gimp-image-undo-group-end image:GimpImage ->
gimp-image-undo-group-start image:GimpImage ->
gimp-image-undo-is-enabled image:GimpImage -> gboolean
gimp-image-undo-thaw image:GimpImage -> gboolean
gimp-item-attach-parasite item:GimpItem parasite:GimpParasite ->
gimp-item-delete item:GimpItem ->
gimp-item-detach-parasite item:GimpItem name:gchararray ->
gimp-item-get-children item:GimpItem -> GimpCoreObjectArray
gimp-item-get-color-tag item:GimpItem -> GimpColorTag
gimp-item-get-image item:GimpItem -> GimpImage
gimp-item-get-lock-content item:GimpItem -> gboolean
gimp-item-get-name item:GimpItem -> gchararray
gimp-item-get-parasite item:GimpItem name:gchararray -> GimpParasite
gimp-item-get-parasite-list item:GimpItem -> GStrv
gimp-item-get-parent item:GimpItem -> GimpItem
gimp-item-get-tattoo item:GimpItem -> guint
gimp-item-get-visible item:GimpItem -> gboolean
gimp-item-id-is-channel item-id:gint -> gboolean
gimp-item-id-is-drawable item-id:gint -> gboolean
gimp-item-id-is-group-layer item-id:gint -> gboolean
gimp-item-id-is-layer item-id:gint -> gboolean
gimp-item-id-is-layer-mask item-id:gint -> gboolean
gimp-item-id-is-path item-id:gint -> gboolean
gimp-item-id-is-selection item-id:gint -> gboolean
gimp-item-id-is-text-layer item-id:gint -> gboolean
gimp-item-id-is-valid item-id:gint -> gboolean
gimp-item-is-group item:GimpItem -> gboolean
gimp-item-set-color-tag item:GimpItem color-tag:GimpColorTag ->
gimp-item-set-lock-content item:GimpItem lock-content:gboolean ->
gimp-item-set-name item:GimpItem name:gchararray ->
gimp-item-set-tattoo item:GimpItem tattoo:guint ->
gimp-item-set-visible item:GimpItem visible:gboolean ->
gimp-item-transform-flip-simple item:GimpItem flip-type:GimpOrientationType auto-center:gboolean axis:gdouble -> GimpItem
gimp-item-transform-rotate-simple item:GimpItem rotate-type:GimpRotationType auto-center:gboolean center-x:gdouble
    center-y:gdouble -> GimpItem
gimp-item-transform-translate item:GimpItem off-x:gdouble off-y:gdouble -> GimpItem
gimp-layer-add-alpha layer:GimpLayer ->
gimp-layer-add-mask layer:GimpLayer mask:GimpLayerMask ->
gimp-layer-copy layer:GimpLayer -> GimpLayer
gimp-layer-create-mask layer:GimpLayer mask-type:GimpAddMaskType -> GimpLayerMask
gimp-layer-flatten layer:GimpLayer ->
gimp-layer-from-mask mask:GimpLayerMask -> GimpLayer
gimp-layer-get-apply-mask layer:GimpLayer -> gboolean
gimp-layer-get-edit-mask layer:GimpLayer -> gboolean
gimp-layer-get-lock-alpha layer:GimpLayer -> gboolean
gimp-layer-get-mask layer:GimpLayer -> GimpLayerMask
gimp-layer-get-mode layer:GimpLayer -> GimpLayerMode
gimp-layer-get-opacity layer:GimpLayer -> gdouble
gimp-layer-get-show-mask layer:GimpLayer -> gboolean
gimp-layer-is-floating-sel layer:GimpLayer -> gboolean
gimp-layer-new image:GimpImage name:gchararray width:gint height:gint type:GimpImageType opacity:gdouble mode:GimpLayerMode ->
    GimpLayer
gimp-layer-new-from-drawable drawable:GimpDrawable dest-image:GimpImage -> GimpLayer
gimp-layer-new-from-visible image:GimpImage dest-image:GimpImage name:gchararray -> GimpLayer
gimp-layer-remove-mask layer:GimpLayer mode:GimpMaskApplyMode ->
gimp-layer-resize layer:GimpLayer new-width:gint new-height:gint offx:gint offy:gint ->
gimp-layer-resize-to-image-size layer:GimpLayer ->
gimp-layer-scale layer:GimpLayer new-width:gint new-height:gint local-origin:gboolean ->
gimp-layer-set-apply-mask layer:GimpLayer apply-mask:gboolean ->
gimp-layer-set-edit-mask layer:GimpLayer edit-mask:gboolean ->
gimp-layer-set-lock-alpha layer:GimpLayer lock-alpha:gboolean ->
gimp-layer-set-mode layer:GimpLayer mode:GimpLayerMode ->
gimp-layer-set-offsets layer:GimpLayer offx:gint offy:gint ->
gimp-layer-set-opacity layer:GimpLayer opacity:gdouble ->
gimp-layer-set-show-mask layer:GimpLayer show-mask:gboolean ->
gimp-palette-add-entry palette:GimpPalette entry-name:gchararray color:GeglColor -> gint
gimp-palette-get-colors palette:GimpPalette -> GimpColorArray
gimp-palette-new name:gchararray -> GimpPalette
gimp-palettes-get-list filter:gchararray -> GimpCoreObjectArray
gimp-path-copy path:GimpPath -> GimpPath
gimp-path-get-strokes path:GimpPath -> GimpInt32Array
gimp-path-new image:GimpImage name:gchararray -> GimpPath
gimp-path-remove-stroke path:GimpPath stroke-id:gint ->
gimp-path-stroke-close path:GimpPath stroke-id:gint ->
gimp-path-stroke-get-length path:GimpPath stroke-id:gint precision:gdouble -> gdouble
gimp-path-stroke-get-points path:GimpPath stroke-id:gint -> GimpPathStrokeType GimpDoubleArray gboolean
gimp-path-stroke-interpolate path:GimpPath stroke-id:gint precision:gdouble -> GimpDoubleArray gboolean
gimp-path-stroke-new-from-points path:GimpPath type:GimpPathStrokeType controlpoints:GimpDoubleArray closed:gboolean -> gint
gimp-path-stroke-translate path:GimpPath stroke-id:gint off-x:gdouble off-y:gdouble ->
gimp-patterns-get-list filter:gchararray -> GimpCoreObjectArray
gimp-progress-end ->
gimp-progress-pulse ->
gimp-resource-delete resource:GimpResource ->
gimp-selection-all image:GimpImage ->
gimp-selection-bounds image:GimpImage -> gboolean gint gint gint gint
gimp-selection-feather image:GimpImage radius:gdouble ->
gimp-selection-grow image:GimpImage steps:gint ->
gimp-selection-invert image:GimpImage ->
gimp-selection-is-empty image:GimpImage -> gboolean
gimp-selection-none image:GimpImage ->
gimp-selection-save image:GimpImage -> GimpChannel
gimp-selection-sharpen image:GimpImage ->
gimp-selection-shrink image:GimpImage steps:gint ->
gimp-selection-value image:GimpImage x:gint y:gint -> gint
"""


def _read():
    for line in _SIGNATURES.replace("\n    ", " ").strip().splitlines():
        name, given, results = re.match(r"(\S+)(.*?)->(.*)", line).groups()
        pairs = [each.split(":") for each in given.split()]
        yield name, Signature([each[0] for each in pairs], [each[1] for each in pairs], results.split())


SIGNATURES = dict(_read())
