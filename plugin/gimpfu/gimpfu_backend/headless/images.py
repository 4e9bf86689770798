"""Images, what they hold and in which order, and their guides."""

from __future__ import annotations

import re

import numpy as np

from gimpfu_backend.headless.things import PROCEDURES, Thing, bounds, procedure, rgba, siblings, tree, whole


def new_image(host, width, height, kind):
    image = host.add(
        Thing(
            "GimpImage", width=width, height=height, base=kind, layers=[], channels=[], paths=[], guides={},
            selected={}, file=None, floating=None, resolution=(300.0, 300.0), unit=1, undo=True, colormap=b"",
            name="[Untitled]", tattoo=1,
        )
    )  # fmt: skip
    data = np.zeros((height, width, 1), np.uint8)
    image.selection = host.add(Thing("GimpSelection", image=image, name="Selection Mask", data=data, x=0, y=0))
    return image


PROCEDURES["gimp-image-new"] = new_image


def unique(image, name, own):
    """A name that no other of the same kind has: "a", "a #1", ..."""
    among = {"GimpChannel": image.channels, "GimpPath": image.paths}.get(own.kind, tree(image.layers))
    taken = {each.name for each in among if each is not own}
    base = re.sub(r" ?#\d+$", "", name) or name
    found, number = name, 1
    while found in taken:
        found, number = f"{base} #{number}", number + 1
    return found


def inserted(kind):
    def insert(host, image, item, parent, position):
        if item.image is not image or item in getattr(image, kind):
            raise RuntimeError(f"{item.name} belongs to another image, or is in this one already.")
        chosen = image.selected.get(kind, [])
        if position < 0:  # above the selected one, in its group
            beside = chosen[0] if chosen and parent is None else None
            parent = beside.parent if beside else parent
            item.parent = parent
            position = siblings(item).index(beside) if beside in siblings(item) else 0
        item.parent = parent
        item.name = unique(image, item.name, item)
        siblings(item).insert(position, item)
        choose(image, kind, [item])

    def remove(host, image, item):
        beside = siblings(item)
        at = beside.index(item)
        beside.remove(item)
        chosen = image.selected.get(kind, [])
        if item in chosen:
            near = beside[min(at, len(beside) - 1)] if beside else item.parent
            image.selected[kind] = [near] if near else []
        for each in whole(item):
            host.things.pop(each.ID, None)
        if image.floating is item:
            image.floating = None

    return insert, remove


def choose(image, kind, items):
    image.selected[kind] = list(items)
    if kind != "paths":
        image.selected["channels" if kind == "layers" else "layers"] = []


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


for _kind in ("layers", "channels", "paths"):
    PROCEDURES[f"gimp-image-set-selected-{_kind}"] = lambda host, image, items, kind=_kind: choose(image, kind, items)


@procedure("gimp-image-unset-active-channel")
def _(host, image):
    found = image.selected.get("channels") or [None]
    image.selected["channels"] = []
    return found[0]


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
    if parent is not None and parent.children is None:
        raise RuntimeError(f"{parent.name} is not a group of layers.")
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


def _attributes():
    """Procedures that read or write one attribute."""
    for name, attribute in (
        ("image-{}-file", "file"), ("image-{}-unit", "unit"), ("image-{}-tattoo-state", "tattoo"),
        ("layer-{}-opacity", "opacity"), ("layer-{}-mode", "mode"), ("layer-{}-lock-alpha", "lock_alpha"),
        ("layer-{}-apply-mask", "apply_mask"), ("layer-{}-show-mask", "show_mask"),
        ("layer-{}-edit-mask", "edit_mask"), ("channel-{}-opacity", "opacity"), ("channel-{}-color", "color"),
        ("channel-{}-show-masked", "show_masked"), ("item-{}-tattoo", "tattoo"),
        ("item-{}-lock-content", "lock_content"), ("item-{}-color-tag", "color_tag"),
        ("item-{}-lock-position", "lock_position"), ("item-{}-lock-visibility", "lock_visibility"),
        ("item-{}-expanded", "expanded"),
    ):  # fmt: skip
        PROCEDURES["gimp-" + name.format("get")] = lambda host, thing, attribute=attribute: getattr(
            thing, attribute, False
        )
        PROCEDURES["gimp-" + name.format("set")] = lambda host, thing, value, attribute=attribute: setattr(
            thing, attribute, value
        )
    for name, attribute in (
        ("image-get-width", "width"), ("image-get-height", "height"), ("image-get-base-type", "base"),
        ("image-get-name", "name"), ("image-get-resolution", "resolution"), ("image-undo-is-enabled", "undo"),
        ("item-get-name", "name"), ("item-get-image", "image"), ("item-get-parent", "parent"),
        ("layer-get-mask", "mask"), ("layer-from-mask", "layer"),
    ):  # fmt: skip
        PROCEDURES["gimp-" + name] = lambda host, thing, attribute=attribute: getattr(thing, attribute)
    for name, on in (("enable", True), ("disable", False), ("freeze", False), ("thaw", True)):
        PROCEDURES["gimp-image-undo-" + name] = lambda host, image, on=on: setattr(image, "undo", on) or True
    for name in (
        "image-undo-group-start", "image-undo-group-end", "image-clean-all",
        "image-freeze-layers", "image-thaw-layers", "image-freeze-channels",
        "image-thaw-channels", "image-freeze-paths", "image-thaw-paths",
    ):  # fmt: skip
        PROCEDURES["gimp-" + name] = lambda host, *given: None
    for name in ("image-get-imported-file", "image-get-exported-file"):
        PROCEDURES["gimp-" + name] = lambda host, image: None
    PROCEDURES["gimp-image-get-xcf-file"] = lambda host, image: image.file if str(image.file).endswith(".xcf") else None
    PROCEDURES["gimp-item-get-visible"] = lambda host, item: getattr(item, "visible", False)
    PROCEDURES["gimp-image-is-dirty"] = lambda host, image: False
    PROCEDURES["gimp-layer-is-floating-sel"] = lambda host, layer: layer.image.floating is layer
    PROCEDURES["gimp-image-get-floating-sel"] = lambda host, image: image.floating
    PROCEDURES["gimp-image-get-default-new-layer-mode"] = lambda host, image: 28
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


@procedure("gimp-item-set-visible")
def _(host, item, visible):
    if not getattr(item, "lock_visibility", False):
        item.visible = visible


def guided(image, guide):
    if guide not in image.guides:
        raise RuntimeError(f"{image.name} has no guide {guide}.")
    return image.guides[guide]


@procedure("gimp-image-delete-guide")
def _(host, image, guide):
    guided(image, guide)
    del image.guides[guide]


def _guides():
    for name, orientation in (("hguide", 0), ("vguide", 1)):

        def add(host, image, position, orientation=orientation):
            image.tattoo += 1
            image.guides[image.tattoo] = orientation, position
            return image.tattoo

        PROCEDURES[f"gimp-image-add-{name}"] = add
    PROCEDURES["gimp-image-find-next-guide"] = lambda host, image, guide: next(
        (each for each in sorted(image.guides, reverse=True) if guide == 0 or each < guide),
        0,  # GIMP's are newest first
    )
    PROCEDURES["gimp-image-get-guide-position"] = lambda host, image, guide: guided(image, guide)[1]
    PROCEDURES["gimp-image-get-guide-orientation"] = lambda host, image, guide: guided(image, guide)[0]


_guides()


@procedure("gimp-image-pick-correlate-layer")
def _(host, image, x, y):
    for layer in tree(image.layers):
        left, top, width, height = bounds(layer)
        inside = left <= x < left + width and top <= y < top + height
        if inside and layer.visible and layer.data is not None and rgba(layer)[y - top, x - left, 3] > 63:
            return layer
    return None
