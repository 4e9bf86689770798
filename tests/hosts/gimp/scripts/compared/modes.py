"""Layers over layers: modes, opacities, groups, and the ways to make one of them."""

from .desk import case

EXTRA = (0, 3, 5, 7, 15, 17, 23, 28, 30, 31, 46, 58, 59, 60)


@case("flatten, mode {}", range(62))
def flattened(desk, mode):
    image = desk.image()
    desk.layer(image)
    desk.layer(image, (20, 14), 1, 2, mode, 60.0, at=(3, -2))
    return desk.pixels(desk("gimp-image-flatten", image))


@case("merge visible, alpha below, mode {}", EXTRA)
def merged(desk, mode):
    image = desk.image()
    desk.layer(image, kind=1)
    desk.layer(image, (20, 14), 1, 2, mode, 60.0, at=(3, -2))
    return desk.pixels(desk("gimp-image-merge-visible-layers", image, 1))


@case("flatten, the lowest of mode {}", EXTRA)
def lowest(desk, mode):
    image = desk.image()
    desk.layer(image, kind=1, mode=mode, opacity=70.0)
    return desk.pixels(desk("gimp-image-flatten", image))


@case("merge visible, type {}", range(3))
def merge_type(desk, kind):
    image = desk.image()
    desk.layer(image, (20, 14), 1, 1, at=(2, 1))
    desk.layer(image, (20, 14), 1, 2, at=(-3, -2))
    return desk.pixels(desk("gimp-image-merge-visible-layers", image, kind))


@case("merge down, type {}", range(3))
def merge_down(desk, kind):
    image = desk.image()
    desk.layer(image, seed=5)
    desk.layer(image, (20, 14), 1, 1, opacity=50.0, at=(2, 1))
    above = desk.layer(image, (20, 14), 1, 2, opacity=40.0, at=(-3, -2))
    made = desk("gimp-image-merge-down", image, above, kind)
    return desk.pixels(made), desk("gimp-layer-get-opacity", made), desk.stack(image)


@case("merge down, mode {} on {}", ((28, 28), (0, 0), (28, 0), (0, 28), (3, 0)))
def merge_down_mode(desk, above, below):
    image = desk.image()
    desk.layer(image, mode=below, opacity=80.0)
    made = desk("gimp-image-merge-down", image, desk.layer(image, (20, 14), 1, 2, above, 60.0, at=(3, 0)), 0)
    return desk.pixels(made), desk("gimp-layer-get-mode", made), desk("gimp-item-get-name", made)


@case("flatten, mode {} on {}", ((28, 28), (0, 0), (28, 0), (0, 28), (3, 0)))
def flatten_mode(desk, above, below):
    image = desk.image()
    desk.layer(image, mode=below, opacity=80.0)
    desk.layer(image, (20, 14), 1, 2, above, 60.0, at=(3, 0))
    made = desk("gimp-image-flatten", image)
    return desk.pixels(made), desk("gimp-layer-get-mode", made), desk("gimp-item-get-name", made)


def grouped(desk):
    image = desk.image()
    desk.layer(image)
    group = desk("gimp-group-layer-new", image, "group")
    desk("gimp-image-insert-layer", image, group, None, 0)
    desk.layer(image, (10, 8), 1, 3, parent=group)
    desk.layer(image, (10, 8), 1, 4, at=(5, 5), parent=group)
    desk("gimp-layer-set-opacity", group, 70.0)
    return image, group


@case("group, flattened")
def group_flattened(desk):
    return desk.pixels(desk("gimp-image-flatten", grouped(desk)[0]))


@case("group, flattened, passing through")
def group_passing(desk):
    image, group = grouped(desk)
    desk("gimp-layer-set-mode", group, 61)
    return desk.pixels(desk("gimp-image-flatten", image))


@case("group, merged")
def group_merged(desk):
    made = desk("gimp-group-layer-merge", grouped(desk)[1])
    return desk.pixels(made), desk("gimp-layer-get-opacity", made)


@case("group, its pixels and children")
def group_read(desk):
    _, group = grouped(desk)
    children = desk("gimp-item-get-children", group)
    inside = desk.names(children), desk("gimp-item-get-parent", children[0]) == group
    return desk.pixels(group), inside, desk("gimp-item-is-group", group), desk("gimp-item-is-group", children[0])


@case("group, a layer put into it")
def regrouped(desk):
    image = desk.image()
    desk.layer(image)
    layer = desk.layer(image, (20, 14), 1, 2, 0, 60.0, at=(3, 0))
    group = desk("gimp-group-layer-new", image, "")
    desk("gimp-image-insert-layer", image, group, None, 0)
    desk("gimp-image-reorder-item", image, layer, group, 0)
    place = desk("gimp-image-get-item-position", image, layer), desk("gimp-item-get-parent", layer) == group
    return desk("gimp-layer-get-mode", group), desk("gimp-item-get-name", group), desk.pixels(group), place


@case("flatten, a hidden layer")
def hidden(desk):
    image = desk.image()
    desk.layer(image)
    above = desk.layer(image, (20, 14), 1, 2, at=(3, 0))
    desk("gimp-item-set-visible", above, False)
    seen = desk("gimp-item-get-visible", above)
    return seen, desk.pixels(desk("gimp-image-flatten", image)), desk.stack(image)


@case("merge visible, a hidden layer")
def merge_hidden(desk):
    image = desk.image()
    desk.layer(image, name="A")
    desk("gimp-item-set-visible", desk.layer(image, kind=1, name="B"), False)
    desk.layer(image, (20, 14), 1, 2, at=(3, 0), name="C")
    return desk.pixels(desk("gimp-image-merge-visible-layers", image, 0)), desk.stack(image)


@case("flatten, grey, mode {}", (28, 0, 3, 30))
def gray(desk, mode):
    image = desk.image(base=1)
    desk.layer(image, kind=2)
    desk.layer(image, (20, 14), 3, 2, mode, 50.0, at=(3, 0))
    return desk.pixels(desk("gimp-image-flatten", image))


@case("flatten, a mask that is {}", ("applied", "not applied"))
def masked(desk, how):
    image = desk.image()
    desk.layer(image)
    layer = desk.layer(image, (20, 14), 1, 2, at=(3, 2))
    desk.mask(layer, 5)
    desk("gimp-layer-set-apply-mask", layer, how == "applied")
    return desk("gimp-layer-get-apply-mask", layer), desk.pixels(desk("gimp-image-flatten", image))


@case("new layer from the visible")
def from_visible(desk):
    image = desk.image()
    desk.layer(image)
    desk.layer(image, (20, 14), 1, 2, opacity=50.0, at=(3, 0))
    return desk.pixels(desk("gimp-layer-new-from-visible", image, image, "seen"))
