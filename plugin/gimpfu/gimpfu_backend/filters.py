"""GIMP 2's filters that GIMP 3 keeps as operations of GEGL alone. Arguments: (image, drawable, ...)."""

from __future__ import annotations

from gimpfu_backend import host

EDGES = {0: "none", 1: "loop", 2: "clamp"}


def gauss(horizontal, vertical, method=0):
    return {"std-dev-x": abs(horizontal) * 0.32, "std-dev-y": abs(vertical) * 0.32}


# Of a filter: GEGL's operation, and its properties from what follows image and drawable.
FILTERS = {
    "plug-in-gauss": ("gegl:gaussian-blur", gauss),
    "plug-in-gauss-iir2": ("gegl:gaussian-blur", gauss),
    "plug-in-gauss-rle2": ("gegl:gaussian-blur", gauss),
    "plug-in-gauss-iir": ("gegl:gaussian-blur", lambda radius, h, v: gauss(radius * h, radius * v)),
    "plug-in-gauss-rle": ("gegl:gaussian-blur", lambda radius, h, v: gauss(radius * h, radius * v)),
    "plug-in-pixelize": ("gegl:pixelize", lambda width: {"size-x": int(width), "size-y": int(width)}),
    "plug-in-pixelize2": ("gegl:pixelize", lambda width, height: {"size-x": int(width), "size-y": int(height)}),
    "plug-in-unsharp-mask": (
        "gegl:unsharp-mask", lambda radius, amount, threshold: {"std-dev": radius, "scale": amount, "threshold": threshold / 255}
    ),
    "plug-in-cartoon": ("gegl:cartoon", lambda radius, black: {"mask-radius": radius, "pct-black": black}),
    "plug-in-photocopy": (
        "gegl:photocopy",
        lambda radius, sharpness, black, white: {"mask-radius": radius, "sharpness": sharpness, "black": black, "white": white},
    ),
    "plug-in-softglow": (
        "gegl:softglow", lambda radius, brightness, sharpness: {"glow-radius": radius, "brightness": brightness, "sharpness": sharpness}
    ),
    "plug-in-oilify": ("gegl:oilify", lambda size, mode: {"mask-radius": max(1, int(size) // 2), "use-inten": bool(mode)}),
    "plug-in-edge": (
        "gegl:edge", lambda amount, wrap, kind: {"amount": amount, "border-behavior": EDGES[wrap % 3], "algorithm": _EDGE[int(kind)]}
    ),
    "plug-in-sobel": ("gegl:edge-sobel", lambda h, v, sign: {"horizontal": bool(h), "vertical": bool(v), "keep-sign": bool(sign)}),
    "plug-in-laplace": ("gegl:edge-laplace", lambda: {}),
    "plug-in-neon": ("gegl:edge-neon", lambda radius, amount: {"radius": radius, "amount": amount}),
    "plug-in-emboss": (
        "gegl:emboss",
        lambda azimuth, elevation, depth, kind: {
            "azimuth": azimuth, "elevation": elevation, "depth": int(depth), "type": int(kind == 0)
        },
    ),
    "plug-in-mblur": ("gegl:motion-blur-linear", lambda kind, length, angle, *center: {"length": length, "angle": angle}),
    "plug-in-colortoalpha": ("gegl:color-to-alpha", lambda color: {"color": _color(color)}),
    "plug-in-c-astretch": ("gegl:stretch-contrast", lambda: {"keep-colors": False}),
    "plug-in-normalize": ("gegl:stretch-contrast", lambda: {"keep-colors": True}),
    "plug-in-autostretch-hsv": ("gegl:stretch-contrast-hsv", lambda: {}),
    "plug-in-antialias": ("gegl:antialias", lambda: {}),
    "plug-in-median-blur": ("gegl:median-blur", lambda radius, percentile: {"radius": int(radius), "percentile": percentile}),
    "plug-in-dog": ("gegl:difference-of-gaussians", lambda inner, outer, *_: {"radius1": inner * 0.32, "radius2": outer * 0.32}),
    "plug-in-erode": ("gegl:value-propagate", lambda *_: {"mode": "black"}),
    "plug-in-dilate": ("gegl:value-propagate", lambda *_: {"mode": "white"}),
    "plug-in-vinvert": ("gegl:value-invert", lambda: {}),
    "plug-in-whirl-pinch": (
        "gegl:whirl-pinch", lambda whirl, pinch, radius: {"whirl": whirl, "pinch": pinch, "radius": radius}
    ),
    "plug-in-waves": (
        "gegl:waves",
        lambda amplitude, phase, wavelength, kind, reflective: {"amplitude": amplitude, "phi": phase / 180, "period": 2 * wavelength},
    ),
    "plug-in-mosaic": ("gegl:mosaic", lambda size, *_: {"tile-size": size}),
    "plug-in-cubism": ("gegl:cubism", lambda size, saturation, *_: {"tile-size": size, "tile-saturation": saturation}),
    "plug-in-spread": ("gegl:noise-spread", lambda x, y: {"amount-x": int(x), "amount-y": int(y)}),
    "plug-in-rgb-noise": (
        "gegl:noise-rgb",
        lambda independent, correlated, *amounts: {
            "independent": bool(independent), "correlated": bool(correlated),
            **dict(zip(("red", "green", "blue", "alpha"), amounts)),
        },
    ),
    "plug-in-hsv-noise": (
        "gegl:noise-hsv",
        lambda hold, hue, saturation, value: {
            "holdness": int(hold), "hue-distance": hue, "saturation-distance": saturation / 255, "value-distance": value / 255
        },
    ),
    "plug-in-solid-noise": (
        "gegl:noise-solid",
        lambda tilable, turbulent, seed, detail, x, y: {
            "tileable": bool(tilable), "turbulent": bool(turbulent), "seed": int(seed), "detail": int(detail), "x-size": x, "y-size": y
        },
    ),
    "plug-in-sel-gauss": (
        "gegl:gaussian-blur-selective", lambda radius, delta: {"blur-radius": radius, "max-delta": delta / 255}
    ),
    "plug-in-glasstile": ("gegl:tile-glass", lambda width, height: {"tile-width": int(width), "tile-height": int(height)}),
    "plug-in-ripple": (
        "gegl:ripple",
        lambda period, amplitude, orientation, edges, waveform, antialias, tile: {
            "amplitude": amplitude, "period": period, "angle": 90.0 if int(orientation) == 0 else 0.0,
            "wave-type": int(waveform), "abyss-policy": (3, 2, 0)[int(edges)], "tileable": bool(tile),
        },
    ),
    "plug-in-plasma": ("gegl:plasma", lambda seed, turbulence: {"seed": int(seed) % 2**31, "turbulence": turbulence}),
    "plug-in-make-seamless": ("gegl:tile-seamless", lambda: {}),
    "plug-in-randomize-hurl": (
        "gegl:noise-hurl", lambda percent, repeat, randomize, seed: {"pct-random": percent, "repeat": int(repeat), "seed": int(seed)}
    ),
    "plug-in-randomize-pick": (
        "gegl:noise-pick", lambda percent, repeat, randomize, seed: {"pct-random": percent, "repeat": int(repeat), "seed": int(seed)}
    ),
    "plug-in-randomize-slur": (
        "gegl:noise-slur", lambda percent, repeat, randomize, seed: {"pct-random": percent, "repeat": int(repeat), "seed": int(seed)}
    ),
    "plug-in-noisify": (
        "gegl:noise-rgb",
        lambda independent, red, green, blue, alpha: {
            "independent": bool(independent), "red": red, "green": green, "blue": blue, "alpha": alpha
        },
    ),
    "plug-in-apply-canvas": ("gegl:texturize-canvas", lambda direction, depth: {"depth": int(depth)}),
}  # fmt: skip
# 2.10 ran these on sRGB's values.
CURVED = {
    "gegl:emboss",
    "gegl:gaussian-blur",
    "gegl:cartoon",
    "gegl:photocopy",
    "gegl:softglow",
    "gegl:difference-of-gaussians",
}
_EDGE = ("sobel", "prewitt", "gradient", "roberts", "differential", "laplace")


def _color(value):
    from gimpcolor import color

    return color(value)


def apply(name, given):
    """Runs a filter on (image, drawable, ...); TypeError where arguments are missing."""
    operation, properties = FILTERS[name]
    if operation == "gegl:color-to-alpha" and not given[1].has_alpha:
        given[1].add_alpha()
    host.filter(given[1].ID, operation, properties(*given[2:]), operation in CURVED)
