"""What a case works with: a host's procedures as calls, and small pictures."""

import random
import traceback

CASES = {}
SIZE = 24, 20


def case(name, values=((),)):
    """Keeps a function as one case for each of `values`, which fill the braces of `name`."""

    def kept(function):
        for each in values:
            given = each if isinstance(each, tuple) else (each,)
            full = name.format(*given)
            assert full not in CASES, full
            CASES[full] = lambda desk, given=given: function(desk, *given)
        return function

    return kept


def run(host):
    """What each case gives, and the procedures that were called."""
    called, found = set(), {}
    for name, function in CASES.items():
        desk = Desk(host, called)
        desk("gimp-context-push")
        desk("gimp-context-set-defaults")
        desk("gimp-context-set-foreground", desk.color(200, 40, 90))
        desk("gimp-context-set-background", desk.color(20, 120, 240))
        try:
            found[name] = function(desk)
        except (RuntimeError, NotImplementedError) as error:
            found[name] = {"refused": f"{type(error).__name__}: {error}"}
        except Exception:
            found[name] = {"raised": traceback.format_exc()}
        finally:
            desk("gimp-context-pop")
    return {"cases": found, "called": sorted(called)}


class Thing:
    """An image, item or display of a host, as gimpfu's own are for `call`."""

    def __init__(self, handle):
        self.kind, self.ID = handle
        self._space = "image" if self.kind == "GimpImage" else "item"

    def __eq__(self, other):
        return isinstance(other, Thing) and self.ID == other.ID

    __hash__ = None


def wrapped(value):
    if isinstance(value, list):
        return [wrapped(each) for each in value]
    return Thing(value) if hasattr(value, "ID") else value


def noise(width, height, channels, seed):
    drawn = random.Random(seed)
    return bytes(drawn.randrange(256) for _ in range(width * height * channels))


def slopes(width, height, channels, seed):
    """Slow changes with a sudden step now and then."""
    drawn = random.Random(seed)
    planes = [(drawn.randrange(40), drawn.randrange(40), drawn.randrange(256)) for _ in range(channels)]
    return bytes((x * a + y * b + c) // 3 % 256 for y in range(height) for x in range(width) for a, b, c in planes)


class Desk:
    def __init__(self, host, called):
        self.host, self.called = host, called

    def __call__(self, name, *values):
        """A procedure's result; several as a tuple."""
        self.called.add(name)
        found = [wrapped(each) for each in self.host.call(name, list(values))]
        return found[0] if len(found) == 1 else tuple(found) if found else None

    def refuses(self, name, *values):
        """Whether a procedure fails."""
        try:
            self(name, *values)
        except RuntimeError:
            return True
        return False

    def color(self, *values):
        from gimpcolor import RGB

        return RGB(*values)

    def image(self, width=SIZE[0], height=SIZE[1], base=0):
        return self("gimp-image-new", width, height, base)

    def layer(
        self, image, size=SIZE, kind=0, seed=1, mode=28, opacity=100.0, data=noise, at=(0, 0), name="layer", parent=None
    ):
        """A layer on top, full of noise. kind: GimpImageType below 4."""
        layer = self("gimp-layer-new", image, name, *size, kind, opacity, mode)
        self("gimp-image-insert-layer", image, layer, parent, 0)
        self.write(layer, data(*size, (3, 4, 1, 2)[kind], seed))
        if at != (0, 0):
            self("gimp-layer-set-offsets", layer, *at)
        return layer

    def write(self, drawable, data):
        size = self("gimp-drawable-get-width", drawable), self("gimp-drawable-get-height", drawable)
        self.host.write(drawable.ID, False, 0, 0, *size, data)

    def channel(self, image, seed=1, name="channel", inserted=True):
        made = self("gimp-channel-new", image, name, *SIZE, 50.0, self.color(0, 0, 0))
        if inserted:
            self("gimp-image-insert-channel", image, made, None, 0)
        self.write(made, noise(*SIZE, 1, seed))
        return made

    def mask(self, layer, kind):
        mask = self("gimp-layer-create-mask", layer, kind)
        self("gimp-layer-add-mask", layer, mask)
        return mask

    def path(self, image, points, closed, name="path"):
        path = self("gimp-path-new", image, name)
        self("gimp-image-insert-path", image, path, None, 0)
        return path, self("gimp-path-stroke-new-from-points", path, 0, points, closed)

    def select(self, image, shape):
        """None, "ellipse", "feather" (a soft rectangle)."""
        if shape == "ellipse":
            self("gimp-image-select-ellipse", image, 2, 4.0, 3.0, 15.0, 12.0)
        elif shape == "feather":
            self("gimp-image-select-rectangle", image, 2, 5.0, 4.0, 12.0, 10.0)
            self("gimp-selection-feather", image, 5.0)

    def set(self, **context):
        for name, value in context.items():
            values = value if isinstance(value, tuple) else (value,)
            self("gimp-context-set-" + name.replace("_", "-"), *values)

    def pixels(self, drawable):
        size = self("gimp-drawable-get-width", drawable), self("gimp-drawable-get-height", drawable)
        return {
            "box": [*size, *self("gimp-drawable-get-offsets", drawable)],
            "type": self("gimp-drawable-type", drawable),
            "bytes": self.host.read(drawable.ID, False).hex(),
        }

    def selected(self, image):
        return self.pixels(self("gimp-image-get-selection", image))

    def names(self, items):
        return [self("gimp-item-get-name", each) for each in items]

    def stack(self, image):
        return self.names(self("gimp-image-get-layers", image))
