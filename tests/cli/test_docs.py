"""The documentation is true: every block of commands runs as it stands, in a shell, beside files of the names that it uses."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from colorgan_core import cli

ROOT = Path(__file__).parents[2]
# The language after the fence: none for a shell's commands; "text" is no command.
BLOCK = re.compile(r"^(?:<!-- (?P<remark>.*?) -->\n)?```(?P<language>\w*)\n(?P<body>.*?)^```$", re.M | re.S)
SECONDS = 840  # for one block; six commands take a minute, and a busy machine is no fault


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "train/README.md", *sorted((ROOT / "docs").glob("*.md"))]
README_BYTES = 8000  # a first page, not a manual


@dataclass(frozen=True)
class Block:
    page: str
    heading: str
    language: str
    body: str
    reason: str | None  # why no test runs it


def blocks(page: str, text: str) -> list[Block]:
    found = []
    for match in BLOCK.finditer(text):
        remark = match["remark"] or ""
        reason = remark.removeprefix("no-test:").strip() if remark.startswith("no-test:") else None
        headings = re.findall(r"^#+ (.*)$", text[: match.start()], re.M)
        found.append(Block(page, headings[-1], match["language"], match["body"], reason))
    return found


BLOCKS = [block for path in PAGES for block in blocks(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))]
COMMANDS = [block for block in BLOCKS if block.language != "text"]


def test_blocks_are_read_and_skipped_ones_say_why() -> None:
    assert len(COMMANDS) >= 30
    for block in COMMANDS:
        assert block.language in ("", "python"), block
        assert block.reason is None or len(block.reason.split()) > 3, block
    assert sum(block.reason is None for block in COMMANDS) >= 20
    one, two = blocks("p.md", "# A\n<!-- no-test: there is no such machine -->\n```\nx\n```\n## B\n```python\ny\n```\n")
    assert one == Block("p.md", "A", "", "x\n", "there is no such machine")
    assert two == Block("p.md", "B", "python", "y\n", None)


def test_the_readme_is_a_first_page() -> None:
    assert (ROOT / "README.md").stat().st_size < README_BYTES


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_are_named_exist(page: Path) -> None:
    """Paths of modules, from the root or from the package that a page is about; `name.py` alone may be any module."""
    for name in re.findall(r"`([\w/]+\.py)`", page.read_text("utf-8")):
        places = [ROOT / name, ROOT / "colorgan_core" / name, page.parent / name]
        anywhere = "/" not in name and any(ROOT.glob(f"[!.]*/**/{name}"))
        assert anywhere or any(place.is_file() for place in places), name


def test_public_pages_name_every_command() -> None:
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    for name in cli.COMMANDS:
        assert f"colorgan {name}" in text, name


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "block",
    [block for block in COMMANDS if block.reason is None],
    ids=lambda block: f"{block.page}: {block.heading}",
)
def test_a_block_runs(block: Block, desk: Path) -> None:
    if block.language == "python":
        words = [sys.executable, "-c", block.body]
    else:
        words = ["bash", "-euo", "pipefail", "-c", f'make() {{ command make -C "{ROOT}" "$@"; }}\n{block.body}']
    environment = {
        "HOME": str(desk / "home"), "COLORGAN_DATA": str(desk / "data"), "LANG": "C.UTF-8",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    before = set(desk.rglob("*"))
    ran = subprocess.run(
        words, cwd=desk, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS
    )
    subprocess.run(
        [Path(sys.executable).with_name("colorgan"), "serve", "--stop"], env=environment, capture_output=True
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    commands = re.sub(" #.*", "", block.body)
    for name in re.findall(r"(?:-o|>) '?([^\s']+)", commands):
        names = Path(name).with_suffix("").as_posix().replace("#", "?").rstrip("*") + "*"  # #### is any number
        assert set(desk.glob(names)) - before, name


@pytest.fixture
def desk(tmp_path: Path, untrained: Path) -> Path:
    """A folder with an artist's files, and a home where Krita and GIMP have been started once."""
    golden = ROOT / "tests/golden"
    drawing = Image.open(golden / "demo/turkey.png").convert("RGB")
    drawing.save(tmp_path / "drawing.png")
    Image.open(golden / "demo/garden.png").convert("RGB").resize(drawing.size).save(tmp_path / "photo.jpg")
    for name, place in (("sheet", 0.66), ("waves", 0.0), ("roses", 0.33)):  # colours
        sheet = Image.open(ROOT / "docs/pictures/readme.png").convert("RGB")
        left = int(sheet.width * place)
        sheet.crop((left, 0, left + sheet.width // 3, sheet.height)).save(tmp_path / f"{name}.png")
    width, height = drawing.size
    strokes = np.zeros((height, width, 4), np.uint8)
    strokes[height // 2 - 6 : height // 2 + 6, width // 2 - 6 : width // 2 + 6] = 200, 30, 40, 255
    for name in ("hints", "red-scarf", "join", "cut", "mask"):
        Image.fromarray(strokes).save(tmp_path / f"{name}.png")
    (tmp_path / "cut012").mkdir()
    for number in (1, 2, 3):
        drawing.resize((160, 160)).save(tmp_path / f"cut012/line.{number:04}.png")
    Image.fromarray(strokes).resize((160, 160), 0).save(tmp_path / "hints.0002.png")
    (tmp_path / "keys").mkdir()
    drawing.resize((160, 160)).save(tmp_path / "keys/key.0001.png")
    (tmp_path / "sheet.gpl").write_text("GIMP Palette\nName: sheet\n200 30 40 scarf\n")
    (tmp_path / "cut012.toml").write_text('input = "cut012/line.####.png"\noutput = "out/cut012.####.png"\nseed = 3\n')
    swatches = {"skin": (0.9, 0.7, 0.6), "cloth": (0.2, 0.3, 0.6)}
    (tmp_path / "skin-and-cloth.ase").write_bytes(ase(swatches))
    entries = "".join(
        f'<ColorSetEntry name="{name}" spot="false" bitdepth="F32"><RGB space="sRGB-elle-V2-srgbtrc.icc" r="{r}" g="{g}" b="{b}"/>'
        "</ColorSetEntry>"
        for name, (r, g, b) in swatches.items()
    )
    with zipfile.ZipFile(tmp_path / "studio.kpl", "w") as archive:
        archive.writestr("mimetype", "application/x-krita-palette")
        archive.writestr("colorset.xml", f'<ColorSet version="1.0" name="s" columns="2">{entries}</ColorSet>')
    (tmp_path / "studio.safetensors").write_bytes(untrained.read_bytes())
    for folder in (".local/share/krita", ".config/GIMP/3.0/plug-ins"):
        (tmp_path / "home" / folder).mkdir(parents=True)
    return tmp_path


def ase(swatches: dict[str, tuple[float, float, float]]) -> bytes:
    """Adobe's swatch exchange file: a block of type 1 a colour."""

    made = b"ASEF" + struct.pack(">HHI", 1, 0, len(swatches))
    for name, color in swatches.items():
        words = (name + "\0").encode("utf-16-be")
        content = struct.pack(">H", len(name) + 1) + words + b"RGB " + struct.pack(">3fH", *color, 2)
        made += struct.pack(">HI", 1, len(content)) + content
    return made
