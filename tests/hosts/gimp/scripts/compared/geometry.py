"""Moving, scaling, turning: images with all that is in them, and layers with their masks."""

from .desk import case

POINTS = [4.0, 4.0, 4.0, 4.0, 4.0, 4.0, 20.0, 2.0, 20.0, 6.0, 22.0, 8.0]


def guides(desk, image):
    found, guide = [], 0
    while True:
        guide = desk("gimp-image-find-next-guide", image, guide)
        if not guide:
            return found
        found.append([desk(f"gimp-image-get-guide-{each}", image, guide) for each in ("orientation", "position")])


@case(
    "{} {}",
    (
        *(("rotate", (turn,)) for turn in range(3)),
        *(("flip", (axis,)) for axis in range(2)),
        ("resize", (30, 26, 4, -3)),
        ("crop", (12, 10, 5, 4)),
        ("resize-to-layers", ()),
        ("scale", (48, 40)),
    ),
)
def whole(desk, name, given):
    image = desk.image()
    layer = desk.layer(image, (20, 14), 1, at=(3, 2))
    mask, channel = desk.mask(layer, 5), desk.channel(image, 9)
    desk("gimp-image-add-hguide", image, 4)
    desk("gimp-image-add-vguide", image, 5)
    path, stroke = desk.path(image, POINTS, False)
    desk("gimp-image-select-rectangle", image, 2, 2.0, 3.0, 8.0, 9.0)
    desk(f"gimp-image-{name}", image, *given)
    points = [round(each, 3) for each in desk("gimp-path-stroke-get-points", path, stroke)[1]]
    size = desk("gimp-image-get-width", image), desk("gimp-image-get-height", image)
    return (
        desk.pixels(layer),
        desk.pixels(mask),
        desk.pixels(channel),
        desk.selected(image),
        guides(desk, image),
        points,
        size,
    )


@case(
    "{} {}",
    (
        *(("item-transform-rotate-simple", (turn, True, 0.0, 0.0)) for turn in range(3)),
        *(("item-transform-rotate-simple", (turn, False, 4.0, 5.0)) for turn in range(3)),
        *(("item-transform-flip-simple", (axis, True, 0.0)) for axis in range(2)),
        *(("item-transform-flip-simple", (axis, False, 5.0)) for axis in range(2)),
        ("item-transform-translate", (3.0, -2.0)),
        ("item-transform-scale", (1.0, 2.0, 31.0, 24.0)),
        ("layer-resize", (26, 18, 2, 3)),
        ("layer-resize-to-image-size", ()),
        ("layer-scale", (40, 28, False)),
        ("layer-scale", (40, 28, True)),
        ("layer-scale", (10, 7, True)),
    ),
)
def of_layer(desk, name, given):
    layer = desk.layer(desk.image(), (20, 14), 1, at=(3, 2))
    mask = desk.mask(layer, 5)
    desk(f"gimp-{name}", layer, *given)
    return desk.pixels(layer), desk.pixels(mask)


@case("scale without interpolation")
def nearest(desk):
    desk.set(interpolation=0)
    layer = desk.layer(desk.image(), (20, 14), 1, at=(3, 2))
    desk("gimp-layer-scale", layer, 33, 9, False)
    return desk.pixels(layer)


@case(
    "offset, wrapped {}, fill {}, by {} {}",
    ((True, 0, 5, -3), (False, 0, 5, -3), (False, 1, 5, -3), (False, 0, -30, 2)),
)
def offset(desk, *given):
    found = []
    for kind in (0, 1):
        layer = desk.layer(desk.image(), kind=kind, seed=7)
        desk("gimp-drawable-offset", layer, *given[:2], desk.color(9, 8, 7), *given[2:])
        found.append(desk.pixels(layer))
    return found


@case("guides")
def lines(desk):
    image = desk.image()
    first = desk("gimp-image-add-hguide", image, 4)
    desk("gimp-image-add-vguide", image, 5)
    desk("gimp-image-add-hguide", image, 9)
    before = guides(desk, image)
    desk("gimp-image-delete-guide", image, first)
    return before, guides(desk, image), desk.refuses("gimp-image-add-hguide", image, 99)
