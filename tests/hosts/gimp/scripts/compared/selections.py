"""Selections: shapes, colours, and what is done to them."""

from .desk import case, slopes

SIZE = 40, 32
RECTANGLE = ("gimp-image-select-rectangle", 2, 8.0, 6.0, 20.0, 15.0)
CORNER = ("gimp-image-select-rectangle", 2, 0.0, 0.0, 20.0, 15.0)
ELLIPSE = ("gimp-image-select-ellipse", 2, 6.0, 5.0, 25.0, 18.0)
OTHER = (15.0, 10.0, 20.0, 18.0)
TRIANGLE = ("gimp-image-select-polygon", 2, [5.0, 5.0, 30.0, 9.0, 14.0, 28.0])
SOFT = (RECTANGLE, ("gimp-selection-feather", 8.0))
STEPS = {
    "nothing": (),
    "all": (("gimp-selection-all",),),
    "rectangle": (RECTANGLE,),
    "rectangle between pixels": (("gimp-image-select-rectangle", 2, 8.3, 6.7, 20.0, 15.0),),
    "rectangle beyond the edges": (("gimp-image-select-rectangle", 2, -8.0, -6.0, 20.0, 65.0),),
    "ellipse": (ELLIPSE,),
    "polygon": (TRIANGLE,),
    "rounded": (("gimp-image-select-round-rectangle", 2, 6.0, 5.0, 25.0, 18.0, 6.0, 4.0),),
    "sharpened": (ELLIPSE, ("gimp-selection-sharpen",)),
    "inverted": (ELLIPSE, ("gimp-selection-invert",)),
    "moved": (ELLIPSE, ("gimp-selection-translate", 5, -8)),
    "flooded": (RECTANGLE, ("gimp-selection-border", 3), ("gimp-selection-flood",)),
    "none after all": (("gimp-selection-all",), ("gimp-selection-none",)),
    "feathered at the edge": (CORNER, ("gimp-selection-feather", 10.0)),
    "shrunk at the edge": (CORNER, ("gimp-selection-shrink", 3)),
    **{
        f"rectangle and ellipse by {each}": (RECTANGLE, ("gimp-image-select-ellipse", each, *OTHER))
        for each in (0, 1, 3)
    },
    **{f"feathered and ellipse by {each}": (*SOFT, ("gimp-image-select-ellipse", each, *OTHER)) for each in (0, 1, 3)},
    **{f"border of {each}": (RECTANGLE, ("gimp-selection-border", each)) for each in (1, 3, 5)},
    **{f"feathered by {each}": (RECTANGLE, ("gimp-selection-feather", each)) for each in (3.0, 8.0, 10.0)},
    **{
        f"{what} {how} by {each}": (shape, (f"gimp-selection-{how}", each))
        for what, shape in (("rectangle", RECTANGLE), ("ellipse", ELLIPSE))
        for how in ("grow", "shrink")
        for each in (1, 3)
    },
}


def selected(desk, steps):
    image = desk.image(*SIZE)
    for name, *given in steps:
        desk(name, image, *given)
    value = desk("gimp-selection-value", image, 20, 14), desk("gimp-selection-value", image, -1, 99)
    return desk.selected(image), desk("gimp-selection-bounds", image), desk("gimp-selection-is-empty", image), value


@case("select: {}", STEPS)
def steps(desk, name):
    return selected(desk, STEPS[name])


@case("select, hard: {}", ("ellipse", "polygon", "rounded"))
def hard(desk, name):
    desk.set(antialias=False)
    return selected(desk, STEPS[name])


@case("select, the context feathers")
def feathers(desk):
    desk.set(feather=True, feather_radius=(6.0, 6.0))
    return selected(desk, (RECTANGLE,))


@case(
    "select by {}, soft {}, type {}",
    [(how, soft, kind) for how in ("color", "contiguous") for soft in (False, True) for kind in (0, 1)],
)
def alike(desk, how, soft, kind):
    desk.set(antialias=soft, sample_threshold_int=40)
    image = desk.image()
    layer = desk.layer(image, (20, 16), kind, 7, data=slopes, at=(2, 1))
    if how == "color":
        color = desk.color(*desk.host.read(layer.ID, False)[:3])
        desk("gimp-image-select-color", image, 2, layer, color)
    else:
        desk("gimp-image-select-contiguous-color", image, 2, layer, 5.0, 6.0)
    return desk.selected(image)


@case("select a layer's alpha")
def item(desk):
    image = desk.image()
    desk("gimp-image-select-item", image, 2, desk.layer(image, (20, 16), 1, 7, at=(2, 1)))
    return desk.selected(image)


@case("select a channel")
def channel(desk):
    image = desk.image()
    desk("gimp-image-select-item", image, 2, desk.channel(image))
    return desk.selected(image)


@case("bounds of what is selected of a layer")
def bounds(desk):
    image = desk.image()
    layer = desk.layer(image, (20, 14), seed=2, at=(3, 2))
    found = []
    for box in (None, (0.0, 0.0, 9.0, 9.0), (0.0, 0.0, 2.0, 2.0)):
        if box:
            desk("gimp-image-select-rectangle", image, 2, *box)
        found += [desk("gimp-drawable-mask-bounds", layer), desk("gimp-drawable-mask-intersect", layer)]
    return found


@case("selection saved")
def saved(desk):
    image = desk.image()
    desk.select(image, "feather")
    channel = desk("gimp-selection-save", image)
    listed = desk("gimp-image-get-channels", image) == [channel]
    return desk.pixels(channel), desk("gimp-item-get-name", channel), desk("gimp-channel-get-opacity", channel), listed
