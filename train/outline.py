"""Line art from vector art: every shape white with a black outline, in painter's order, so that nearer shapes hide
what lies behind them. Dark fills are ink and stay black; see-through fills (shades, glints) are dropped."""

from __future__ import annotations

import copy
import math
import re
from dataclasses import dataclass, replace

from lxml import etree
from PIL import ImageColor

SHAPES = {"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
NOT_DRAWN = {"clipPath", "mask", "pattern", "marker", "linearGradient", "radialGradient", "filter", "metadata"}
PAINT = ("fill", "stroke", "stroke-width", "opacity", "fill-opacity", "stroke-opacity", "filter", "display",
         "visibility", "mix-blend-mode")  # fmt: skip
DARK = 72  # largest channel of what counts as ink: black, sepia and ink blue, but not navy or wine red
SEEN = 0.55  # opacity from which on a fill hides what is behind it
WIDE = 3.0  # a stroke wider than so many pens is a shape with two edges, not a line

Style = dict[str, str]


@dataclass(frozen=True)
class Context:
    """What a shape inherits: paints, the opacity of its groups multiplied, and pixels per user unit."""

    fill: str = "black"
    stroke: str = "none"
    stroke_width: str = "1"
    opacity: float = 1.0
    fill_opacity: float = 1.0
    stroke_opacity: float = 1.0
    scale: float = 1.0


@dataclass(frozen=True)
class Look:
    """fill: "none", "#000" for ink, or "#fff"; stroked: has a stroke that hides what is behind it; width: in user units."""

    fill: str
    stroked: bool
    dark_stroke: bool
    width: float


def as_outline(root: etree._Element, pen: float, size: int, inked: float = 0.6) -> etree._Element:
    """A copy of the drawing as line art, for a `pen` so many pixels wide once rendered into size x size.

    A drawing of which a share of `inked` or more of the shapes have dark strokes was inked by its own artist, and keeps
    those lines alone: the borders of its shades are no lines.
    """
    context = Context(scale=size / extent(root))
    drawing = copy.deepcopy(root)
    sheet = Sheet(drawing, pen)
    sheet.rewrite(drawing, context)
    if sheet.inked >= inked * max(1, sheet.shapes):
        drawing = copy.deepcopy(root)
        Sheet(drawing, pen, outline_fills=False).rewrite(drawing, context)
    return drawing


class Sheet:
    """The drawing's own tables (style rules, gradients, filters) while it is rewritten."""

    def __init__(self, root: etree._Element, pen: float, outline_fills: bool = True) -> None:
        self.pen = pen
        self.outline_fills = outline_fills
        self.shapes = self.inked = 0
        self.rules = read_rules(root)
        self.by_id = {element.get("id"): element for element in root.iter() if element.get("id")}

    def style(self, element: etree._Element) -> Style:
        found = {key: element.get(key) for key in PAINT if element.get(key) is not None}
        for name in (local(element), *(f".{name}" for name in (element.get("class") or "").split())):
            found.update(self.rules.get(name, {}))
        found.update(self.rules.get(f"#{element.get('id')}", {}))
        found.update(declarations(element.get("style") or ""))
        return found

    def rewrite(self, element: etree._Element, context: Context) -> None:
        """In place, depth first, in painter's order."""
        name = local(element)
        if name in NOT_DRAWN:
            return
        if name in ("image", "style", "text"):
            drop(element)
            return
        style = self.style(element)
        if "url(#" in style.get("filter", "") and self.is_blur(reference(style["filter"])):
            drop(element)
            return
        context = inherit(context, style)
        context = replace(context, scale=context.scale * transform_scale(element.get("transform") or ""))
        kept = {key: value for key, value in style.items() if key not in PAINT or key in ("display", "visibility")}
        if name in SHAPES:
            self.ink(element, kept, context)
            return
        put_style(element, kept)
        for child in list(element):
            if isinstance(child.tag, str):
                self.rewrite(child, context)

    def look(self, context: Context) -> Look:
        """What of a shape is to be seen, and whether it is ink."""
        value, fill_seen = self.paint(context.fill)
        fill = "none"
        if context.fill != "none" and fill_seen * context.fill_opacity * context.opacity >= SEEN:
            fill = "#000" if value < DARK else "#fff"
        value, stroke_seen = self.paint(context.stroke)
        width = length(context.stroke_width, 1.0)
        stroked = context.stroke != "none" and width > 0
        stroked = stroked and stroke_seen * context.stroke_opacity * context.opacity >= SEEN
        return Look(fill, stroked, value < DARK, width)

    def ink(self, element: etree._Element, kept: Style, context: Context) -> None:
        """Give one shape its white or black fill and its black outline."""
        pen = self.pen / max(context.scale, 1e-9)
        look = self.look(context)
        self.shapes += look.stroked or look.fill != "none"
        self.inked += look.stroked and look.dark_stroke
        if not look.stroked and look.fill == "none":
            drop(element)
        elif not look.stroked and not self.outline_fills:
            put_style(element, {**kept, "fill": look.fill, "stroke": "none"})
        elif look.stroked and not look.dark_stroke and look.width > WIDE * pen:
            under = copy.deepcopy(element)
            element.addprevious(under)
            put_style(under, {**kept, "fill": look.fill, "stroke": "#000", "stroke-width": f"{look.width + pen:g}"})
            put_style(element, {**kept, "fill": "none", "stroke": "#fff", "stroke-width": f"{look.width - pen:g}"})
        else:
            own = max(look.width, 0.6 * pen) if look.stroked else pen
            joins = {} if look.stroked else {"stroke-linejoin": "round", "stroke-linecap": "round"}
            put_style(element, {**kept, **joins, "fill": look.fill, "stroke": "#000", "stroke-width": f"{own:g}"})

    def paint(self, value: str) -> tuple[float, float]:
        """(largest channel 0..255, opacity 0..1) of a colour or, in the mean, of a gradient."""
        target = self.by_id.get(reference(value)) if "url(" in value else None
        if target is None:
            return brightness(value), 1.0
        for _ in range(5):  # gradients borrow their stops from others
            stops = [self.style_of_stop(stop) for stop in target.iter("{*}stop")]
            if stops:
                return sum(stop[0] for stop in stops) / len(stops), sum(stop[1] for stop in stops) / len(stops)
            links = [link for key, link in target.attrib.items() if key.endswith("href")]
            target = self.by_id.get(links[0].lstrip("#")) if links else None
            if target is None:
                break
        return 255.0, 1.0

    def style_of_stop(self, stop: etree._Element) -> tuple[float, float]:
        style = {"stop-color": stop.get("stop-color") or "black", "stop-opacity": stop.get("stop-opacity") or "1"}
        style.update(declarations(stop.get("style") or ""))
        return brightness(style["stop-color"]), length(style["stop-opacity"], 1.0)

    def is_blur(self, name: str) -> bool:
        """True for a soft shade or glow; false for a filter that also shows the shape itself (a drop shadow)."""
        target = self.by_id.get(name)
        parts = {local(part) for part in target if isinstance(part.tag, str)} if target is not None else set()
        return "feGaussianBlur" in parts and not parts & {"feMerge", "feBlend", "feComposite"}


# ---- reading SVG


def local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def put_style(element: etree._Element, style: Style) -> None:
    for key in (*PAINT, "style", "class"):
        element.attrib.pop(key, None)
    if style:
        element.set("style", ";".join(f"{key}:{value}" for key, value in style.items()))


def declarations(text: str) -> Style:
    pairs = (part.split(":", 1) for part in text.split(";") if ":" in part)
    return {key.strip(): value.replace("!important", "").strip() for key, value in pairs}


def read_rules(root: etree._Element) -> dict[str, Style]:
    """The simple selectors (.class, #id, tag) of the drawing's <style>; others are rare in drawings."""
    rules: dict[str, Style] = {}
    text = " ".join(element.text or "" for element in root.iter("{*}style"))
    text = re.sub(r"/\*.*?\*/|<!--|-->", " ", text, flags=re.DOTALL)
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        for selector in selectors.split(","):
            rules.setdefault(selector.strip(), {}).update(declarations(body))
    return rules


def inherit(context: Context, style: Style) -> Context:
    def text(key: str, default: str) -> str:
        value = style.get(key, default).strip() or default
        return default if value == "inherit" else value

    return Context(
        fill=text("fill", context.fill),
        stroke=text("stroke", context.stroke),
        stroke_width=text("stroke-width", context.stroke_width),
        opacity=context.opacity * length(style.get("opacity", "1"), 1.0),
        fill_opacity=length(style.get("fill-opacity", ""), context.fill_opacity),
        stroke_opacity=length(style.get("stroke-opacity", ""), context.stroke_opacity),
        scale=context.scale,
    )


UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}


def length(text: str | None, default: float) -> float:
    """A number with a unit, in user units; percentages of 1 (opacity); `default` when it is neither."""
    match = re.match(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(%|[a-z]*)", text or "", re.IGNORECASE)
    if not match:
        return default
    if match[2] == "%":
        return float(match[1]) / 100
    return float(match[1]) * UNITS.get(match[2].lower(), 1.0)


def extent(root: etree._Element) -> float:
    """The longer side of the drawing in its own units."""
    numbers = [float(number) for number in re.findall(r"[-+]?\d*\.?\d+(?:e[-+]?\d+)?", root.get("viewBox") or "")]
    if len(numbers) == 4 and max(numbers[2:]) > 0:
        return max(numbers[2:])
    return max(length(root.get("width"), 100.0), length(root.get("height"), 100.0), 1e-3)


def reference(value: str) -> str:
    match = re.search(r"url\(\s*['\"]?#([^)'\"]+)", value)
    return match[1] if match else ""


def brightness(color: str) -> float:
    try:
        return float(max(ImageColor.getrgb(color)[:3]))
    except ValueError:
        return 0.0 if color == "currentColor" else 255.0


def transform_scale(text: str) -> float:
    """How much a transform list enlarges, as the square root of its area."""
    scale = 1.0
    for name, body in re.findall(r"(\w+)\s*\(([^)]*)\)", text):
        numbers = [float(number) for number in re.findall(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", body)]
        if name == "scale" and numbers:
            scale *= math.sqrt(abs(numbers[0] * numbers[-1]))
        elif name == "matrix" and len(numbers) == 6:
            scale *= math.sqrt(abs(numbers[0] * numbers[3] - numbers[1] * numbers[2]))
    return scale
