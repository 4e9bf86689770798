"""The context."""

from __future__ import annotations

from gimpcolor import RGB
from gimpfu_backend.headless.things import PROCEDURES, procedure

CONTEXT = {
    "opacity": 100.0, "paint-mode": 28, "antialias": True, "feather": False, "feather-radius": (10.0, 10.0),
    "sample-threshold": 15 / 255, "sample-merged": False, "sample-transparent": False, "sample-criterion": 0,
    "diagonal-neighbors": False, "interpolation": 2, "brush": "2. Hardness 050", "brush-size": 51.0,
    "brush-hardness": 0.5, "brush-angle": 0.0, "brush-aspect-ratio": 0.0, "brush-spacing": 0.1,
    "brush-force": 0.5, "font": "Sans-serif", "gradient": "FG to BG (RGB)", "palette": "Color History",
    "pattern": "Pine", "transform-direction": 0, "transform-resize": 0, "gradient-repeat-mode": 0,
    "gradient-reverse": False, "gradient-blend-color-space": 0, "distance-metric": 1,
    "paint-method": "gimp-paintbrush", "stroke-method": 1, "line-width": 6.0, "line-width-unit": 0,
    "line-cap-style": 0, "line-join-style": 0, "line-miter-limit": 10.0, "line-dash-offset": 0.0,
}  # fmt: skip


def fresh_context():
    return {"foreground": RGB(0, 0, 0), "background": RGB(255, 255, 255), **CONTEXT}


def _contexts():
    for name in fresh_context():
        PROCEDURES[f"gimp-context-get-{name}"] = lambda host, name=name: host.context[name]
        PROCEDURES[f"gimp-context-set-{name}"] = lambda host, value, name=name: host.context.update({name: value})
    for name, gradient in (("fg-bg-rgb", "FG to BG (RGB)"), ("fg-transparent", "FG to Transparent")):
        PROCEDURES[f"gimp-context-set-gradient-{name}"] = lambda host, gradient=gradient: host.context.update(
            gradient=gradient
        )


_contexts()


@procedure("gimp-context-set-feather-radius")
def _(host, x, y):
    host.context["feather-radius"] = x, y


@procedure("gimp-context-get-sample-threshold-int")
def _(host):
    return int(255.99 * host.context["sample-threshold"])


@procedure("gimp-context-set-sample-threshold-int")
def _(host, value):
    host.context["sample-threshold"] = value / 255


@procedure("gimp-context-push")
def _(host):
    host.contexts.append(dict(host.context))


@procedure("gimp-context-pop")
def _(host):
    if len(host.contexts) == 1:
        raise RuntimeError("There is no context to go back to.")
    host.contexts.pop()


@procedure("gimp-context-set-defaults")
def _(host):
    host.contexts[-1] = fresh_context()


@procedure("gimp-context-swap-colors")
def _(host):
    host.context["foreground"], host.context["background"] = host.context["background"], host.context["foreground"]


@procedure("gimp-context-set-default-colors")
def _(host):
    host.context.update(foreground=RGB(0, 0, 0), background=RGB(255, 255, 255))
