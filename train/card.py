"""The model card that travels inside the weights file."""

from __future__ import annotations

from typing import Any


def model_card(
    sources: dict[str, Any], settings: dict[str, Any], step: int, seconds: float, scores: dict[str, float]
) -> dict[str, Any]:
    """Plain JSON: what the weights are for, what they were trained on and for how long, and how they scored."""
    return {
        "name": "colorgan",
        "tasks": ["lineart", "gray", "style"],
        "good_at": "flat and softly shaded drawings, icons and cartoons, with or without colour hints",
        "bad_at": "photographs (few were seen), painterly style transfer, drawings far denser than an icon",
        "data": sources,
        "settings": settings,
        "steps": step,
        "training_minutes": round(seconds / 60, 1),
        "validation": {name: round(value, 3) for name, value in scores.items()},
    }
