"""What is not of one image: parasites, resources, settings, displays, messages."""

from __future__ import annotations

import os
import tempfile

from gimpfu_backend.headless.things import PROCEDURES, Thing, procedure


def _parasites():
    def put(store, parasite):
        store[parasite[0]] = parasite

    def get(store, name):
        if name not in store:
            raise RuntimeError(f"There is no parasite {name!r}.")
        return store[name]

    for prefix in ("gimp-image-", "gimp-item-"):
        PROCEDURES[prefix + "attach-parasite"] = lambda host, thing, parasite: put(thing.parasites, parasite)
        PROCEDURES[prefix + "detach-parasite"] = lambda host, thing, name: thing.parasites.pop(name, None) and None
        PROCEDURES[prefix + "get-parasite"] = lambda host, thing, name: get(thing.parasites, name)
        PROCEDURES[prefix + "get-parasite-list"] = lambda host, thing: list(thing.parasites)
    PROCEDURES["gimp-attach-parasite"] = lambda host, parasite: put(host.parasites, parasite)
    PROCEDURES["gimp-detach-parasite"] = lambda host, name: host.parasites.pop(name, None) and None
    PROCEDURES["gimp-get-parasite"] = lambda host, name: get(host.parasites, name)
    PROCEDURES["gimp-get-parasite-list"] = lambda host: list(host.parasites)


_parasites()


def _resources():
    """There are no resources without GIMP but what the context names."""
    for kind in ("font", "gradient", "pattern", "palette"):
        name = f"gimp-{kind}s-get-list"
        PROCEDURES[name] = lambda host, words, kind=kind: [host.context[kind]]


_resources()


@procedure("gimp-gimprc-query")
def _(host, token):
    return host.settings.get("rc " + token)


@procedure("gimp-gimprc-set")
def _(host, token, value):
    host.settings["rc " + token] = value


def _program():
    """Of the program: where there is none, little happens."""
    for name in (
        "fonts-refresh", "patterns-refresh", "palettes-refresh", "gradients-refresh", "message-set-handler",
        "progress-set-text", "quit", "display-present",
    ):  # fmt: skip
        PROCEDURES["gimp-" + name] = lambda host, *given: None
    PROCEDURES["gimp-displays-flush"] = lambda host: None
    PROCEDURES["gimp-message"] = lambda host, text: host.message(text)
    PROCEDURES["gimp-message-get-handler"] = lambda host: 1
    PROCEDURES["gimp-version"] = lambda host: ".".join(map(str, host.version))
    PROCEDURES["gimp-get-default-comment"] = lambda host: "Created with GIMP"
    PROCEDURES["gimp-get-default-unit"] = lambda host: 1
    PROCEDURES["gimp-get-monitor-resolution"] = lambda host: (96.0, 96.0)
    PROCEDURES["gimp-getpid"] = lambda host: os.getpid()
    PROCEDURES["gimp-temp-file"] = lambda host, ending: os.path.join(tempfile.mkdtemp(), f"gimpfu.{ending}")
    PROCEDURES["gimp-display-new"] = lambda host, image: host.add(Thing("GimpDisplay", image=image))
    PROCEDURES["gimp-display-delete"] = lambda host, display: host.things.pop(display.ID) and None
    PROCEDURES["gimp-display-id-is-valid"] = lambda host, ID: (
        ID in host.things and host.things[ID].kind == "GimpDisplay"
    )
    PROCEDURES["gimp-progress-pulse"] = PROCEDURES["gimp-progress-end"] = lambda host: None


_program()


@procedure("gimp-displays-reconnect")
def _(host, old, new):
    raise RuntimeError(f"{old.name} has no display that {new.name} could have instead.")
