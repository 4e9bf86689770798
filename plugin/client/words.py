"""Words that the plug-ins show: one label and one explanation for what is the same in every editor."""

from __future__ import annotations

AUTOMATIC = "Automatic"  # in place of the number that stands for it

LABELS = {
    "drawing": "Drawing",
    "picture": "Picture",
    "hints": "Hints",
    "bare": "Keep unpainted",
    "reference": "Reference",
    "palette": "Palette",
    "seed": "Seed",
    "close_gaps": "Close gaps",
    "shade": "Soft light and dark",
    "clean_lines": "Clean lines",
    "colored_lines": "Blue pencil counts",
    "update": "Update the last result",
    "strength": "Strength",
    "preserve_color": "Keep the picture's colours",
}

HELP = {
    "drawing": "The layer with the lines.",
    "picture": "The layer to work on.",
    "hints": "A layer with dabs of the colours that you want. A dab in a region gives the region its colour.",
    "bare": "A layer that marks what stays unpainted: by opaque pixels or, if it has no transparency, by bright ones.",
    "reference": "A colour picture whose colours are taken over.",
    "palette": "The colours to use.",
    "seed": "Another number gives another colouring; the same number gives the same one. Automatic: with hints, the likeliest colours.",
    "close_gaps": "Colour does not pass through openings of up to this many pixels. Automatic: depends on the lines around them.",
    "shade": "Lays soft light and dark over the flat colours.",
    "colored_lines": "Everything drawn in colour counts as lines. Without it, blue pencil under ink is left out.",
    "clean_lines": "Replaces the drawing by its contours and black areas on white, without paper, tone and blue pencil.",
    "update": "Renders the last result again instead of making another one. Your corrections stay.",
    "strength": "How much of the style: 0 is the unchanged picture, 1 is all.",
    "preserve_color": "Takes only the brushwork of the style.",
}


def refused(layer: str, purpose: str) -> str:
    """What is said where a layer is chosen as the drawing, and as its own hints or mask. purpose: of LABELS."""
    return f"“{layer}” is chosen as the drawing and under “{LABELS[purpose]}”, too. Choose the layer with the lines as the drawing."
