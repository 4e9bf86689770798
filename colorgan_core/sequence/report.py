"""Reports of a job: a contact sheet, and a self-contained HTML page that loads nothing from the network."""

from __future__ import annotations

import base64
import html
import io
import os
from pathlib import Path
from urllib.parse import quote

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ..files import atomic_write
from ..inference.findings import KINDS
from ..picture.pixels import write_picture
from .job import Job
from .outcome import FrameState, Outcome

THUMBNAIL = 240  # px, long side of the thumbnails
MANY_FRAMES = 300  # above this, pictures on the sheet are half as large
GAP, LABEL = 12, 22  # px between pictures, and for the name below each
PAPER, INK, RED = (244, 244, 246), (60, 60, 68), (190, 40, 40)
STATES = {"made": "made now", "kept": "up to date", "failed": "failed", "missing": "not made yet"}


def write_sheet(path: Path, outcome: Outcome) -> None:
    """Writes all frames in order, each with its name. Raises OutputError, UsageError."""
    states = outcome.states
    cell = THUMBNAIL if len(states) <= MANY_FRAMES else THUMBNAIL // 2
    columns = max(1, min(len(states), round((len(states) * 1.6) ** 0.5)))
    rows = -(-len(states) // columns)
    size = (columns * (cell + GAP) + GAP, rows * (cell + LABEL + GAP) + GAP)
    sheet = Image.new("RGB", size, PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for n, state in enumerate(states):
        left, top = GAP + n % columns * (cell + GAP), GAP + n // columns * (cell + LABEL + GAP)
        middle = (left + cell // 2, top + cell // 2)
        data, kind = _thumbnail(state), state.kind
        if data is None:
            draw.rectangle((left, top, left + cell - 1, top + cell - 1), outline=RED if kind == "failed" else INK)
            draw.text(middle, STATES[kind], RED if kind == "failed" else INK, font, "mm")
        else:
            picture = Image.open(io.BytesIO(data))
            picture.thumbnail((cell, cell))
            sheet.paste(picture, (middle[0] - picture.width // 2, middle[1] - picture.height // 2))
        name = state.task.frame if len(state.task.frame) <= cell // 8 else f"{state.task.frame[: cell // 8 - 1]}…"
        draw.text((middle[0], top + cell + LABEL // 2), name, RED if kind == "failed" else INK, font, "mm")
    write_picture(path, np.asarray(sheet))


def _thumbnail(state: FrameState) -> bytes | None:
    if state.kind not in ("made", "kept"):
        return None
    try:
        return Path(state.task.thumbnail).read_bytes()
    except OSError:
        return None


def write_html(path: Path, job: Job, outcome: Outcome) -> None:
    """Writes every frame with its picture, its state and what to check. Raises OutputError."""
    kinds = [state.kind for state in outcome.states]
    title = html.escape(Path(job.output.text).name or "frames")
    counts = "".join(
        f'<li class="{kind}"><b>{kinds.count(kind)}</b> {words}</li>' for kind, words in STATES.items() if kind in kinds
    )
    cards = "\n".join(_card(state, path.parent) for state in outcome.states)
    page = PAGE.format(
        title=title, style=STYLE, total=len(kinds), counts=counts, palette=_palette(outcome), cards=cards,
        filters="".join(_filter(kind) for kind in STATES if kind in kinds),
    )  # fmt: skip
    with atomic_write(path) as beside:
        beside.write_text(page, "utf-8")


def _card(state: FrameState, folder: Path) -> str:
    kind, record = state.kind, state.record or {}
    data = _thumbnail(state)
    name = html.escape(state.task.frame)
    picture = '<span class="none"></span>'
    if data is not None:
        picture = f'<img loading="lazy" alt="{name}" src="data:image/jpeg;base64,{base64.b64encode(data).decode()}">'
        link = _link(Path(state.task.output), folder)
        picture = f'<a href="{link}">{picture}</a>' if link else picture
    words = [
        f"{count} {KINDS.get(each, (each, each))[count > 1]}" for each, count in record.get("findings", {}).items()
    ]
    lines = [*words, *_key_notes(state), *record.get("notes", ())]
    items = [f"<li>{html.escape(each)}</li>" for each in lines]
    if kind == "failed":
        items.insert(0, f'<li class="error">{html.escape(str(state.error))}</li>')
    if kind == "made" and state.reason != "new":
        items.insert(0, f"<li>rendered again: {html.escape(state.reason)}</li>")
    return (
        f'<figure class="{kind}">{picture}<figcaption><h2>{name}<span class="state">{STATES[kind]}</span></h2>'
        f"<ul>{''.join(items)}</ul></figcaption></figure>"
    )


def _key_notes(state: FrameState) -> list[str]:
    """The keys that a frame has its colours from, and where they may be wrong."""
    propagated = state.propagated
    if propagated is None or state.kind not in ("made", "kept"):
        return []
    if state.task.key is not None:
        return ["a key"]
    doubtful, keys = propagated["doubtful"], ", ".join(propagated["from"])
    doubt = [f"{doubtful} region{'s' * (doubtful > 1)} followed with low confidence"] if doubtful else []
    return [*doubt, *([f"from key{'s' * (len(propagated['from']) > 1)} {keys}"] if keys else [])]


def _link(output: Path, folder: Path) -> str | None:
    """The relative link from the page to a result; None if there is none."""
    try:
        relative = Path(os.path.relpath(output, folder)).as_posix()
    except ValueError:  # on another drive
        return None
    return quote(relative) if output.exists() else None


def _palette(outcome: Outcome) -> str:
    """The shared palette and the environment of the last rendered frame."""
    records = [state.record for state in outcome.states if state.record is not None]
    if not records:
        return ""
    last = max(records, key=lambda record: str(record.get("time")))
    palette = last.get("look") or {}
    colors = palette.get("palette") or palette.get("steady") or []
    names = palette.get("names") or [""] * len(colors)
    swatches = "".join(
        f'<li><i style="background:{html.escape(color)}"></i>{html.escape(name)} <code>{html.escape(color)}</code></li>'
        for color, name in zip(colors, names or [""] * len(colors), strict=False)
    )
    environment = ", ".join(
        html.escape(text) for text in (
            f"colorgan {last.get('version')}", f"weights {str(last.get('weights'))[:12]}", str(last.get("dtype")),
            str(last.get("processor")),
        )
    )  # fmt: skip
    return f'<ul class="swatches">{swatches}</ul><p class="made-by">{environment}</p>'


def _filter(kind: str) -> str:
    return f'<label><input type="checkbox" checked id="show-{kind}"> {STATES[kind]}</label>'


STYLE = """
:root { color-scheme: light dark; --page: #f4f4f6; --card: #fff; --ink: #1d1d22; --faint: #6a6a75; --edge: #dcdce2;
  --made: #1d6f42; --kept: #4d5b75; --failed: #b3261e; --missing: #6a6a75; --tint: #fdf0ef; }
@media (prefers-color-scheme: dark) { :root { --page: #17171a; --card: #222227; --ink: #ececf0; --faint: #a0a0ab;
  --edge: #36363d; --made: #6fcf97; --kept: #a9b8d4; --failed: #ff8a80; --missing: #a0a0ab; --tint: #33211f; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem clamp(1rem, 3vw, 3rem); background: var(--page); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
ul { list-style: none; margin: 0; padding: 0; }
.counts { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; }
.counts b { font-size: 1.15rem; }
.made b, .made .state { color: var(--made); } .kept b, .kept .state { color: var(--kept); }
.failed b, .failed .state, .error { color: var(--failed); } .missing b, .missing .state { color: var(--missing); }
.swatches { display: flex; flex-wrap: wrap; gap: .4rem 1rem; margin-top: 1rem; }
.swatches li { display: flex; align-items: center; gap: .4rem; }
.swatches i { width: 1.3rem; height: 1.3rem; border-radius: .3rem; border: 1px solid var(--edge); }
code, .made-by { color: var(--faint); font-size: .85rem; }
.filters { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1rem 0; color: var(--faint); }
.frames { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 1rem; }
figure { margin: 0; background: var(--card); border: 1px solid var(--edge); border-radius: .6rem; overflow: hidden; }
figure.failed { border-color: var(--failed); background: var(--tint); }
figure a, .none { display: flex; height: 14rem; align-items: center; justify-content: center; background: #fff;
  border-bottom: 1px solid var(--edge); }
.none { background: repeating-linear-gradient(45deg, transparent 0 8px, var(--edge) 8px 9px); }
img { max-width: 100%; max-height: 100%; display: block; }
figcaption { padding: .6rem .8rem .8rem; }
h2 { display: flex; justify-content: space-between; gap: .6rem; margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
.state { font-size: .8rem; font-weight: 600; white-space: nowrap; align-self: center; }
figcaption li { color: var(--faint); font-size: .85rem; overflow-wrap: anywhere; }
figcaption li.error { color: var(--failed); }
body:has(#show-made:not(:checked)) figure.made, body:has(#show-kept:not(:checked)) figure.kept,
body:has(#show-failed:not(:checked)) figure.failed, body:has(#show-missing:not(:checked)) figure.missing { display: none; }
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title} – colorgan</title>
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1><ul class="counts"><li><b>{total}</b> frames</li>{counts}</ul>{palette}</header>
<div class="filters">{filters}</div>
<main class="frames">
{cards}
</main>
</body>
</html>
"""
