"""Pages of the site that lie outside docs/, and links between them.

Every page is written so that its links also work where the repository is browsed. Links to a page outside docs/ are
rewritten for the site; links to a file that is no page become its name. A link to a file that does not exist is left
as it is, and the strict build fails on it.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
OUTSIDE = {  # page of the site: file in the repository
    "index.md": "README.md",
    "protocol.md": "colorgan_core/server/PROTOCOL.md",
    "security.md": "SECURITY.md",
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
    "training-measured.md": "train/README.md",
    "gimpfu-names.md": "plugin/gimpfu/README.md",
}
PAGES = {path: page for page, path in OUTSIDE.items()}
LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!\w+:|#)([^)\s#]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: Any) -> Files:
    for page, path in OUTSIDE.items():
        files.append(File.generated(config, page, content=(ROOT / path).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    uri = page.file.src_uri
    source = OUTSIDE.get(uri, f"docs/{uri}")
    return LINK.sub(lambda link: rewritten(link, source), markdown)


def rewritten(link: re.Match[str], source: str) -> str:
    """A link of the page `source`, a path in the repository, as the site needs it."""
    picture, text, target, anchor = link.groups()
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    if path in PAGES:
        target = PAGES[path]
    elif path.startswith("docs/"):
        target = path.removeprefix("docs/")
    elif (ROOT / path).exists() and not picture:
        return text if text.startswith("`") else f"{text} (`{path}`)"
    return f"{picture}[{text}]({target}{anchor or ''})"
