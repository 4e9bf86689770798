"""What weights there are by name: the manifest that comes with colorgan, and the one of a host that the person has named."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from colorgan_core.errors import UsageError, WeightsError
from colorgan_core.stored_weights import LARGEST, NAME, OWN, SHA256
from colorgan_core.terminal import one_line

from .links import read_small

FORMAT = "colorgan-manifest-1"
HOST = "COLORGAN_WEIGHTS_HOST"  # the variable that names a host: the address of a folder with manifest.json
LARGEST_MANIFEST = 2**20  # bytes
LONGEST = 400  # characters of the names that a host has, in a sentence


@dataclass(frozen=True)
class Entry:
    """Weights by name. size: in bytes, None where nobody has said. urls: the same file on several hosts."""

    name: str
    sha256: str
    size: int | None = None
    licence: str = ""
    tasks: tuple[str, ...] = ()
    summary: str = ""
    urls: tuple[str, ...] = ()


def own() -> Entry:
    """The weights that come with colorgan."""
    return parse((Path(__file__).parent / "manifest.json").read_text("utf-8"), "colorgan's own manifest")[OWN]


def host() -> str | None:
    """The address of the host, with a slash at its end."""
    named = os.environ.get(HOST)
    return named.rstrip("/") + "/" if named else None


def on_host() -> dict[str, Entry]:
    """What the host has, nothing where none is named. Raises UsageError, InputError, WeightsError."""
    base = host()
    if base is None:
        return {}
    address = base + "manifest.json"
    found = parse(read_small(address, LARGEST_MANIFEST), f"The manifest of the host, {address},", base)
    return {name: entry for name, entry in found.items() if name != OWN}  # that name means the same everywhere


def named(name: str) -> Entry:
    """What the host has under a name. Raises UsageError where there is no host, or nothing of this name."""
    found = on_host()
    if name in found:
        return found[name]
    if host() is None:
        raise UsageError(
            f"No weights called {name} come with colorgan, and no host for others is named ({HOST}); install them from a "
            "file, or from an https address with --sha256."
        )
    raise UsageError(f"The host has no weights called {name}; it has {one_line(', '.join(found) or 'none', LONGEST)}.")


def write(entries: list[Entry]) -> str:
    """The text of a manifest."""
    told = {
        e.name: {
            "size": e.size, "sha256": e.sha256, "licence": e.licence, "tasks": list(e.tasks), "summary": e.summary,
            "urls": list(e.urls),
        }
        for e in entries
    }  # fmt: skip
    return json.dumps({"format": FORMAT, "weights": told}, indent=1) + "\n"


def parse(text: str, what: str, base: str = "") -> dict[str, Entry]:
    """Reads a manifest, which `what` calls by name; addresses in it may be relative to `base`. Raises WeightsError."""
    try:
        told = json.loads(text)
        if told["format"] != FORMAT:
            raise WeightsError(f"{what} is of the kind {told['format']!s:.40}, and this version reads {FORMAT}.")
        return {name: _entry(name, each, base) for name, each in told["weights"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WeightsError(f"{what} is not a list of weights.") from error


def _entry(name: str, told: Any, base: str) -> Entry:
    words = (told["licence"], told["summary"], *told["tasks"], *told["urls"])
    if not all(isinstance(each, str) and each.isprintable() for each in words):
        raise ValueError("invalid text")
    if not NAME.fullmatch(name) or not SHA256.fullmatch(told["sha256"]):
        raise ValueError("an invalid name or hash")
    if type(told["size"]) is not int or not 0 < told["size"] <= LARGEST:
        raise ValueError("an invalid size")
    urls = tuple(urljoin(base, url) for url in told["urls"])
    return Entry(name, told["sha256"], told["size"], told["licence"], tuple(told["tasks"]), told["summary"], urls)
