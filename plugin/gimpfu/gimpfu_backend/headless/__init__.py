"""Without GIMP: images of NumPy, files by Pillow, and of GIMP 3's procedures those that plug-ins use most."""

from __future__ import annotations

import os

import numpy as np

from gimpfu_backend import Handle
from gimpfu_backend.headless import (  # noqa: F401  they fill the table of procedures
    clipboard,
    colors,
    drawables,
    files,
    geometry,
    images,
    layers,
    merging,
    painting,
    palettes,
    paths,
    selections,
    session,
)  # fmt: skip
from gimpfu_backend.headless.blurs import filtered
from gimpfu_backend.headless.context import fresh_context
from gimpfu_backend.headless.signatures import SIGNATURES
from gimpfu_backend.headless.things import CHANNELS, PROCEDURES, Thing, apply, kind_of, picture, rgba


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
            raise RuntimeError(f"{name}: what it was given no longer exists.") from None
        found = PROCEDURES[name](self, *given)
        count = len(SIGNATURES[name].results)
        results = [] if count == 0 else [found] if count == 1 else list(found)
        return [[handle(one) for one in each] if isinstance(each, list) else handle(each) for each in results]

    def thing(self, value):
        return self.things[value.ID] if hasattr(value, "ID") else value

    @property
    def context(self):
        return self.contexts[-1]

    def drawable(self, ID):
        if ID not in self.things:
            raise RuntimeError("This layer no longer exists.")
        return self.things[ID]

    def read(self, ID, shadow):
        drawable = self.drawable(ID)
        if shadow:
            return self.shadow(drawable).tobytes()
        if drawable.data is None:
            made = rgba(drawable)
            return (made if kind_of(drawable) < 2 else made[..., [0, 3]]).tobytes()
        return drawable.data.tobytes()

    def shadow(self, drawable):
        if drawable.data is None:
            raise RuntimeError(f"{drawable.name} is a group of layers and has no pixels of its own.")
        return self.shadows.setdefault(drawable.ID, drawable.data.copy())

    def write(self, ID, shadow, x, y, width, height, data):
        drawable = self.drawable(ID)
        target = self.shadow(drawable) if shadow else drawable.data
        if target is None:
            raise RuntimeError(f"{drawable.name} is a group of layers and has no pixels of its own.")
        shape = height, width, CHANNELS[kind_of(drawable)]
        target[y : y + height, x : x + width] = np.frombuffer(data, np.uint8).reshape(shape)

    def filter(self, ID, operation, properties, curved=False):
        drawable = self.drawable(ID)
        apply(drawable, filtered(picture(drawable), operation, properties, curved))

    def progress(self, text, fraction):
        pass

    def message(self, text):
        print(text)


def handle(value):
    return Handle(value.kind, value.ID) if isinstance(value, Thing) else value
