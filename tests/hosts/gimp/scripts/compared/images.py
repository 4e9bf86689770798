"""Images: what they hold and keep; files, paths, parasites."""

import os

from .desk import case

LOOP = [4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 20.0, 2.0, 20.0, 6.0, 22.0, 8.0, 12.0, 18.0, 10.0, 17.0, 8.0, 16.0]
# What follows an exporter's image, file and options.
EXPORTS = {
    "png": (False, 9, False, False, False, False, True, False, "auto", False, False, False, False, False, False),
    "bmp": (False, False, "rgb-888"),
    "tga": (False, "top-left"),
    "pcx": (),
    "tiff": (False, "none", True, False, False, False, False, False, False, False),
    "gif": (False, False, 0, 100, "unspecified", False, False, False),
    "webp": ("default", True, 90.0, 100.0, False, False, False, 50, 200, *[False] * 7),
    "jpeg": (1.0, 0.0, True, False, False, "sub-sampling-1x1", True, 0, "integer", *[False] * 6),
}  # fmt: skip


def opaque(desk):
    image = desk.image()
    desk.layer(image)
    return image


@case("file, {}", EXPORTS)
def exported(desk, kind):
    image = opaque(desk)
    if kind == "gif":
        desk("gimp-image-convert-indexed", image, 0, 2, 0, False, False, "")
    path = os.path.join(os.environ["OUT"], "compared." + kind)
    desk(f"file-{kind}-export", 1, image, path, None, *EXPORTS[kind])
    loaders = {"png": "file-png-load", "bmp": "file-bmp-load", "tiff": "file-tiff-load", "jpeg": "file-jpeg-load"}
    if kind == "pcx":  # GIMP 3.0.4 cannot load it by script
        with open(path, "rb") as file:
            return file.read(2).hex()
    loaded = desk(loaders.get(kind, "gimp-file-load"), 1, path)
    if desk("gimp-image-get-base-type", loaded) == 2:
        desk("gimp-image-convert-rgb", loaded)
    return desk.pixels(desk("gimp-image-flatten", loaded))


@case("file, saved and loaded by its ending, type {}", range(4))
def saved(desk, kind):
    image = desk.image(base=kind // 2)
    desk.layer(image, kind=kind)
    path = os.path.join(os.environ["OUT"], "compared-too.png")
    desk("gimp-file-save", 1, image, path, None)
    loaded = desk("gimp-file-load", 1, path)
    layers = desk("gimp-image-get-layers", loaded)
    return [desk.pixels(each) for each in layers]


@case("image without a file")
def unnamed(desk):
    return desk("gimp-image-get-name", desk.image())


@case("file, loaded as layers")
def layers(desk):
    path = os.path.join(os.environ["OUT"], "compared-three.png")
    desk("gimp-file-save", 1, opaque(desk), path, None)
    target = desk.image(base=1)
    one, several = desk("gimp-file-load-layer", 1, target, path), desk("gimp-file-load-layers", 1, target, path)
    return desk.pixels(one), [desk.pixels(each) for each in several], desk("gimp-item-get-name", one)


@case("file that is none")
def missing(desk):
    return desk.refuses("gimp-file-load", 1, os.path.join(os.environ["OUT"], "nowhere.png"))


@case("select a path")
def path_selected(desk):
    image = desk.image()
    path, _ = desk.path(image, LOOP, True)
    desk("gimp-image-select-item", image, 2, path)
    return desk.selected(image)


@case("path")
def path(desk):
    image = desk.image()
    path, stroke = desk.path(image, LOOP, False)
    length = round(desk("gimp-path-stroke-get-length", path, stroke, 0.1))
    desk("gimp-path-stroke-translate", path, stroke, 2, 3)
    desk("gimp-path-stroke-close", path, stroke)
    points = desk("gimp-path-stroke-get-points", path, stroke)
    line, closed = desk("gimp-path-stroke-interpolate", path, stroke, 0.1)
    copy = desk("gimp-path-copy", path)
    desk("gimp-image-insert-path", image, copy, None, 0)
    listed = desk.names(desk("gimp-image-get-paths", image))
    desk("gimp-image-set-selected-paths", image, [path])
    chosen = desk.names(desk("gimp-image-get-selected-paths", image))
    found = desk("gimp-image-get-path-by-name", image, "path") == path
    desk("gimp-path-remove-stroke", path, stroke)
    desk("gimp-image-remove-path", image, copy)
    box = [round(each(line[n::2])) for each in (min, max) for n in (0, 1)]
    left = desk("gimp-path-get-strokes", path)
    return length, points, closed, box, listed, chosen, found, left, len(desk("gimp-image-get-paths", image))


@case("duplicate")
def duplicate(desk):
    image = desk.image()
    desk("gimp-image-set-resolution", image, 72.0, 90.0)
    layer = desk.layer(image, kind=1)
    desk.mask(layer, 5)
    desk("gimp-image-set-selected-layers", image, [layer])
    copy = desk("gimp-image-duplicate", image)
    made = desk("gimp-image-get-layers", copy)[0]
    count = len(desk("gimp-get-images"))
    desk("gimp-image-delete", image)
    alive = desk("gimp-image-id-is-valid", copy.ID), desk("gimp-image-id-is-valid", image.ID)
    masked = desk.pixels(desk("gimp-layer-get-mask", made))
    return (
        desk.pixels(made), masked, desk("gimp-item-get-name", made), desk("gimp-image-get-resolution", copy),
        count - len(desk("gimp-get-images")), alive, len(desk("gimp-image-get-selected-layers", copy)),
    )  # fmt: skip


@case("attributes")
def attributes(desk):
    image = desk.image()
    for name, value in (("unit", 2), ("tattoo-state", 99), ("file", os.path.join(os.environ["OUT"], "x.xcf"))):
        desk(f"gimp-image-set-{name}", image, value)
    asked = [
        "unit",
        "precision",
        "default-new-layer-mode",
        "imported-file",
        "exported-file",
        "base-type",
        "width",
        "height",
    ]
    found = [(each, desk("gimp-image-get-" + each, image)) for each in asked]
    same = desk("gimp-image-get-xcf-file", image) == desk("gimp-image-get-file", image)
    return (
        found,
        same,
        desk("gimp-image-get-tattoo-state", image) >= 99,
        os.path.basename(desk("gimp-image-get-file", image)),
    )


@case("components")
def components(desk):
    image = opaque(desk)
    before = [desk(f"gimp-image-get-component-{each}", image, 1) for each in ("active", "visible")]
    desk("gimp-image-set-component-active", image, 1, True)
    desk("gimp-image-set-component-visible", image, 1, True)
    return before, [desk(f"gimp-image-get-component-{each}", image, 1) for each in ("active", "visible")]


@case("undo")
def undo(desk):
    image = opaque(desk)
    for name in ("group-start", "group-end", "freeze", "thaw", "disable"):
        desk("gimp-image-undo-" + name, image)
    disabled = desk("gimp-image-undo-is-enabled", image)
    desk("gimp-image-undo-enable", image)
    for kind in ("layers", "channels", "paths"):
        desk("gimp-image-freeze-" + kind, image)
        desk("gimp-image-thaw-" + kind, image)
    desk("gimp-image-clean-all", image)
    return disabled, desk("gimp-image-undo-is-enabled", image), desk("gimp-image-is-dirty", image)


@case("what is chosen, and found by name or tattoo")
def chosen(desk):
    image = desk.image()
    layer, channel = desk.layer(image), desk.channel(image)
    path, _ = desk.path(image, LOOP, True)
    found = []
    for kind, item in (("layer", layer), ("channel", channel), ("path", path)):
        desk("gimp-item-set-tattoo", item, 77)
        found.append(desk(f"gimp-image-get-{kind}-by-tattoo", image, desk("gimp-item-get-tattoo", item)) == item)
        found.append(desk(f"gimp-image-get-{kind}-by-name", image, "no such name") is None)
    found.append(desk("gimp-image-get-layer-by-name", image, "layer") == layer)
    for kind, item in (("layers", layer), ("channels", channel), ("paths", path)):
        desk("gimp-image-set-selected-" + kind, image, [item])
        for each in ("layers", "channels", "paths", "drawables"):
            found.append(desk.names(desk("gimp-image-get-selected-" + each, image)))
    desk("gimp-image-unset-active-channel", image)
    return found, desk("gimp-image-get-selected-channels", image)


@case("the layer at a point")
def at_point(desk):
    image = desk.image()
    desk.layer(image, name="below")
    desk.layer(image, (10, 8), 0, at=(5, 5), name="above")
    found = [desk("gimp-image-pick-correlate-layer", image, *at) for at in ((7, 7), (1, 1), (22, 18))]
    return [each and desk("gimp-item-get-name", each) for each in found]


@case("parasites of {}", ("an image", "a layer", "the program"))
def parasites(desk, owner):
    image = desk.image()
    prefix, given = {
        "an image": ("gimp-image-", (image,)),
        "a layer": ("gimp-item-", (desk.layer(image),)),
        "the program": ("gimp-", ()),
    }[owner]
    for name, flags in (("compared-one", 1), ("compared-two", 0)):
        desk(prefix + "attach-parasite", *given, (name, flags, b"some\0data"))
    listed = [each for each in desk(prefix + "get-parasite-list", *given) if each.startswith("compared")]
    found = desk(prefix + "get-parasite", *given, "compared-one")
    desk(prefix + "detach-parasite", *given, "compared-one")
    desk(prefix + "detach-parasite", *given, "compared-two")
    left = [each for each in desk(prefix + "get-parasite-list", *given) if each.startswith("compared")]
    name, flags, data = found
    return sorted(listed), name, flags, data.hex(), left
