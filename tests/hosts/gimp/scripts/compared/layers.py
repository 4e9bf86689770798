"""Layers, masks, channels: made, copied, removed; the clipboard and floating selections."""

from .desk import case


@case("mask of kind {}", range(7))
def mask(desk, kind):
    image = desk.image()
    layer = desk.layer(image, (20, 14), 1, at=(3, 2))
    if kind == 6:
        desk("gimp-image-set-selected-channels", image, [desk.channel(image)])
    desk.select(image, "feather")
    made = desk.mask(layer, kind)
    known = desk("gimp-layer-get-mask", layer) == made, desk("gimp-layer-from-mask", made) == layer
    return desk.pixels(made), desk.pixels(layer), desk("gimp-item-get-name", made), known


@case("mask removed, {}", (0, 1))
def unmasked(desk, mode):
    layer = desk.layer(desk.image(), (20, 14), 1, at=(3, 2))
    desk.mask(layer, 5)
    desk("gimp-layer-remove-mask", layer, mode)
    return desk.pixels(layer), desk("gimp-layer-get-mask", layer) is None


@case("alpha {}, mode {}", [(what, mode) for what in ("added", "dropped") for mode in (28, 0)])
def alpha(desk, what, mode):
    layer = desk.layer(desk.image(), (20, 14), int(what == "dropped"), mode=mode)
    desk("gimp-layer-add-alpha" if what == "added" else "gimp-layer-flatten", layer)
    return desk.pixels(layer)


@case("copy, paste, anchor; copied {}", ("a part", "all"))
def pasted(desk, part):
    image = desk.image()
    layer = desk.layer(image, kind=int(part == "a part"))
    desk.select(image, "feather" if part == "a part" else None)
    desk("gimp-edit-copy", [layer])
    floating = desk("gimp-edit-paste", layer, False)[0]
    made = desk.pixels(floating), desk("gimp-item-get-name", floating), desk("gimp-layer-is-floating-sel", floating)
    held = desk("gimp-image-get-floating-sel", image) == floating
    desk("gimp-layer-set-offsets", floating, 0, 0)
    desk("gimp-floating-sel-anchor", floating)
    return made, held, desk.pixels(layer), desk.stack(image), desk("gimp-image-get-floating-sel", image) is None


@case("cut, paste, {}", ("as a layer", "removed"))
def cut(desk, then):
    image = desk.image()
    layer = desk.layer(image)
    desk("gimp-image-select-rectangle", image, 2, 4.0, 3.0, 15.0, 12.0)
    desk("gimp-edit-cut", [layer])
    floating = desk("gimp-edit-paste", layer, False)[0]
    desk("gimp-floating-sel-to-layer" if then == "as a layer" else "gimp-floating-sel-remove", floating)
    return desk.pixels(layer), desk.selected(image), desk.stack(image)


@case("paste into a selection")
def into(desk):
    image = desk.image()
    layer = desk.layer(image)
    desk.select(image, "feather")
    desk("gimp-edit-copy", [layer])
    other = desk.layer(image, kind=1, seed=4, name="other")
    desk("gimp-image-select-rectangle", image, 2, 0.0, 0.0, 10.0, 10.0)
    floating = desk("gimp-edit-paste", other, True)[0]
    at = desk("gimp-drawable-get-offsets", floating)
    desk("gimp-floating-sel-anchor", floating)
    return at, desk.pixels(other), desk.selected(image)


@case("new layer from a layer, and from a channel")
def from_drawable(desk):
    image = desk.image()
    layer = desk.layer(image, (20, 14), 1, at=(3, 0))
    gray = desk("gimp-layer-new-from-drawable", layer, desk.image(base=1))
    other = desk("gimp-layer-new-from-drawable", desk.channel(image), image)
    return desk.pixels(gray), desk.pixels(other), desk.names([gray, other])


@case("channels combined by {}", range(4))
def combined(desk, operation):
    image = desk.image()
    one, two = desk.channel(image, 1, inserted=False), desk.channel(image, 2, inserted=False)
    desk("gimp-channel-combine-masks", one, two, operation, 3, 2)
    return desk.pixels(one)


@case("channel, its attributes and copy")
def channel(desk):
    image = desk.image()
    made = desk.channel(image)
    desk("gimp-channel-set-opacity", made, 25.0)
    desk("gimp-channel-set-color", made, desk.color(10, 20, 30))
    desk("gimp-channel-set-show-masked", made, True)
    color = desk("gimp-channel-get-color", made)
    copy = desk("gimp-channel-copy", made)
    desk("gimp-image-insert-channel", image, copy, None, 0)
    names = desk.names(desk("gimp-image-get-channels", image))
    found = desk("gimp-image-get-channel-by-name", image, "channel") == made
    desk("gimp-image-remove-channel", image, copy)
    return (
        desk("gimp-channel-get-opacity", made),
        [round(255 * each) for each in (color.r, color.g, color.b)],
        desk("gimp-channel-get-show-masked", made),
        desk.pixels(made),
        names,
        found,
        len(desk("gimp-image-get-channels", image)),
    )


@case("kinds of type {}", range(4))
def kinds(desk, kind):
    layer = desk.layer(desk.image(base=kind // 2), kind=kind)
    asked = [
        "get-bpp",
        "has-alpha",
        "is-rgb",
        "is-gray",
        "is-indexed",
        "type",
        "type-with-alpha",
        "get-width",
        "get-height",
    ]
    return [(each, desk("gimp-drawable-" + each, layer)) for each in asked]


@case("names")
def names(desk):
    image = desk.image()
    layers = [desk.layer(image, name=each) for each in ("a", "a", "a #1")]
    copy = desk("gimp-layer-copy", layers[0])
    desk("gimp-image-insert-layer", image, copy, None, -1)
    again = desk("gimp-layer-copy", copy)
    desk("gimp-item-set-name", layers[2], "a")
    channel = desk.channel(image, name="a")
    desk("gimp-image-set-selected-layers", image, [layers[1]])
    above = desk("gimp-layer-new", image, "z", 3, 3, 0, 100.0, 28)
    desk("gimp-image-insert-layer", image, above, None, -1)
    chosen = desk("gimp-image-get-selected-layers", image)
    every = [*layers, copy, again, channel, *chosen, desk("gimp-image-get-selection", image)]
    return desk.names(every), desk.stack(image), [desk("gimp-image-get-item-position", image, each) for each in layers]


@case("order")
def order(desk):
    image = desk.image()
    a, _, c = (desk.layer(image, name=each) for each in "abc")
    moves = (("", c), ("", a), ("-to-top", a), ("-to-top", a))
    found = [(desk.refuses("gimp-image-raise-item" + how, image, each), desk.stack(image)) for how, each in moves]
    moves = (("", a), ("", a), ("", a), ("-to-bottom", c))
    found += [(desk.refuses("gimp-image-lower-item" + how, image, each), desk.stack(image)) for how, each in moves]
    desk("gimp-image-remove-layer", image, a)
    chosen = desk("gimp-image-get-selected-layers", image)
    return found, desk.names(chosen), desk("gimp-item-id-is-valid", a.ID)
