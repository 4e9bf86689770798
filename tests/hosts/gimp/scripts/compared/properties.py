"""What is set and read: items, the context, the program."""

import os

from .desk import case

# A value for each of the context's settings, and those that another setting changes.
CONTEXT = {
    "antialias": False, "brush": "2. Hardness 100", "brush-angle": 30.0, "brush-aspect-ratio": 2.0, "brush-force": 0.25,
    "brush-hardness": 0.75, "brush-size": 17.0, "brush-spacing": 0.5, "diagonal-neighbors": True, "distance-metric": 1,
    "feather": True, "feather-radius": (3.0, 4.0), "gradient-blend-color-space": 1, "gradient-repeat-mode": 2,
    "gradient-reverse": True, "interpolation": 1, "line-cap-style": 1, "line-dash-offset": 3.0, "line-join-style": 2,
    "line-miter-limit": 7.0, "line-width": 9.0, "line-width-unit": 2, "opacity": 40.0, "paint-method": "gimp-pencil",
    "paint-mode": 30, "sample-criterion": 3, "sample-merged": True, "sample-threshold": 0.5, "sample-transparent": True,
    "stroke-method": 1, "transform-direction": 1, "transform-resize": 2,
}  # fmt: skip
SHARED = ["font", "gradient", "palette", "pattern"]


def plain(desk, value):
    return [round(255 * each) for each in (value.r, value.g, value.b)] if hasattr(value, "r") else value


@case("context")
def context(desk):
    before = [(each, desk("gimp-context-get-" + each)) for each in (*CONTEXT, "sample-threshold-int")]
    for name, value in CONTEXT.items():
        desk("gimp-context-set-" + name, *(value if isinstance(value, tuple) else (value,)))
    after = [(each, desk("gimp-context-get-" + each)) for each in (*CONTEXT, "sample-threshold-int")]
    desk("gimp-context-set-sample-threshold-int", 51)
    return before, after, desk("gimp-context-get-sample-threshold")


@case("context, {}", SHARED)
def shared(desk, name):
    value = desk("gimp-context-get-" + name)
    desk("gimp-context-set-" + name, value)
    listed = value in desk(f"gimp-{name}s-get-list", "")
    desk(f"gimp-{name}s-refresh")
    return listed, desk("gimp-context-get-" + name) == value


@case("context, brushes")
def brushes(desk):
    value = desk("gimp-context-get-brush")
    return value, value in desk("gimp-brushes-get-list", "")


@case("context, colours")
def colors(desk):
    found = []
    for name in ("swap-colors", "set-default-colors"):
        desk("gimp-context-" + name)
        found.append([plain(desk, desk(f"gimp-context-get-{each}ground")) for each in ("fore", "back")])
    return found


@case("item, {}", ("a layer", "a group", "a channel", "a mask", "a path", "the selection"))
def items(desk, kind):
    image = desk.image()
    layer = desk.layer(image)
    if kind == "a layer":
        item = layer
    elif kind == "a group":
        item = desk("gimp-group-layer-new", image, "group")
        desk("gimp-image-insert-layer", image, item, None, 0)
    elif kind == "a channel":
        item = desk.channel(image)
    elif kind == "a mask":
        item = desk.mask(layer, 0)
    elif kind == "a path":
        item, _ = desk.path(image, [1.0] * 12, False)
    else:
        item = desk("gimp-image-get-selection", image)
    kinds = ["channel", "drawable", "group-layer", "layer", "layer-mask", "path", "selection", "text-layer", "valid"]
    found = [(each, desk("gimp-item-id-is-" + each, item.ID)) for each in kinds]
    return found, desk("gimp-item-get-image", item) == image


@case("item, its attributes")
def attributes(desk):
    layer = desk.layer(desk.image())
    given = {"color-tag": 3, "lock-content": True, "lock-position": True, "lock-visibility": True, "visible": False}
    for name, value in given.items():
        desk("gimp-item-set-" + name, layer, value)
    return [(each, desk("gimp-item-get-" + each, layer)) for each in given]


@case("group, its folds")
def expanded(desk):
    image = desk.image()
    group = desk("gimp-group-layer-new", image, "group")
    desk("gimp-image-insert-layer", image, group, None, 0)
    desk("gimp-item-set-expanded", group, True)
    return desk("gimp-item-get-expanded", group)


@case("layer, its attributes")
def layer(desk):
    made = desk.layer(desk.image(), kind=1)
    desk.mask(made, 0)
    given = {
        "opacity": 25.0,
        "mode": 30,
        "lock-alpha": True,
        "apply-mask": False,
        "show-mask": True,
        "edit-mask": False,
    }
    for name, value in given.items():
        desk("gimp-layer-set-" + name, made, value)
    return [(each, desk("gimp-layer-get-" + each, made)) for each in given]


@case("item, deleted")
def deleted(desk):
    made = desk("gimp-layer-new", desk.image(), "loose", 3, 3, 0, 100.0, 28)
    desk("gimp-item-delete", made)
    return desk("gimp-item-id-is-valid", made.ID)


@case("program")
def program(desk):
    """What must work; what it says is the program's own."""
    desk("gimp-message-set-handler", 1)
    desk("gimp-progress-set-text", "...")
    desk("gimp-progress-pulse")
    desk("gimp-progress-end")
    desk("gimp-displays-flush")
    desk("gimp-gimprc-set", "compared", "yes")
    path = desk("gimp-temp-file", "png")
    words = [desk(each) for each in ("gimp-version", "gimp-get-default-comment")]
    numbers = [*desk("gimp-get-monitor-resolution"), desk("gimp-getpid")]
    desk("gimp-message", "compared")
    return (
        desk("gimp-gimprc-query", "compared"), os.path.isabs(path) and path.endswith(".png"), words[0],
        all(isinstance(each, str) for each in words), all(each > 0 for each in numbers),
        desk("gimp-get-default-unit") > 0, desk("gimp-message-get-handler"),
    )  # fmt: skip


@case("displays")
def displays(desk):
    """A console has none to give to another image."""
    image = desk.image()
    return desk("gimp-display-id-is-valid", 12345), desk.refuses("gimp-displays-reconnect", image, desk.image())
