"""Operations of GEGL's that gimpfu's filters use."""

from .desk import case, slopes

BLUR, SHARP = "gegl:gaussian-blur", "gegl:unsharp-mask"


def blur(deviation):
    return {"std-dev-x": deviation, "std-dev-y": deviation}


def sharpen(deviation, threshold):
    return {"std-dev": deviation, "scale": 0.5, "threshold": threshold}


@case(
    "{} {}, curved {}, type {}, {} selected",
    (
        *(
            (BLUR, blur(each), curved, kind, None)
            for each in (0.5, 1.6, 4.0)
            for curved in (False, True)
            for kind in (0, 1)
        ),
        (BLUR, {"std-dev-x": 3.0, "std-dev-y": 0.0}, True, 1, "feather"),
        (SHARP, sharpen(2.0, 0.0), False, 0, None),
        (SHARP, sharpen(2.0, 0.0), False, 1, None),
        (SHARP, sharpen(3.0, 0.1), False, 0, None),
        ("gegl:pixelize", {"size-x": 5, "size-y": 4}, False, 0, None),
        ("gegl:pixelize", {"size-x": 5, "size-y": 4}, False, 1, None),
    ),
)
def filtered(desk, operation, properties, curved, kind, shape):
    image = desk.image()
    layer = desk.layer(image, kind=kind)
    desk.select(image, shape)
    desk.host.filter(layer.ID, operation, properties, curved)
    return desk.pixels(layer)


@case("blur of slopes of type {}", (0, 1))
def smooth(desk, kind):
    layer = desk.layer(desk.image(64, 48), (64, 48), kind, data=slopes)
    desk.host.filter(layer.ID, BLUR, blur(2.5), False)
    return desk.pixels(layer)
