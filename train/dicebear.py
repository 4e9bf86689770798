"""Faces that DiceBear's generators put together, as SVG, the same ones for the same numbers."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from colorgan_core.errors import InputError, MissingDependency

from .packages import PACKAGES, open_package

STYLES = ("adventurer", "big-ears", "big-smile", "dylan", "micah", "miniavs", "personas", "toon-head")
FACES = 150  # of each style: as many as a small icon set has; a style has some thirty parts, so more repeat themselves
SECONDS = 120  # they take two
PROGRAM = """
import { createAvatar } from '@dicebear/core';
const [faces, ...styles] = process.argv.slice(2);
for (const name of styles) {
  const style = await import(`@dicebear/${name}`);
  for (let number = 0; number < Number(faces); number++)
    console.log(JSON.stringify([`${name}-${number}`, createAvatar(style, { seed: `${number}` }).toString()]));
}
"""


def faces(downloads: Path, count: int = FACES) -> Iterator[tuple[str, bytes]]:
    """(name, SVG) of `count` faces of every style. Raises MissingDependency, and InputError where Node.js fails."""
    node = shutil.which("node")
    if node is None:
        raise MissingDependency("DiceBear's faces are made by Node.js, and there is no program `node`.")
    with tempfile.TemporaryDirectory(prefix="colorgan-dicebear-") as folder:
        for name in ("core", *STYLES):
            unpacked = open_package(PACKAGES[f"dicebear-{name}"], downloads)
            shutil.copytree(unpacked / "package", Path(folder, "node_modules/@dicebear", name))
        program = Path(folder, "faces.mjs")
        program.write_text(PROGRAM, "utf-8")
        try:
            done = subprocess.run(
                [node, str(program), str(count), *STYLES], cwd=folder, capture_output=True, text=True, encoding="utf-8",
                timeout=SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise InputError(f"DiceBear's faces were not made within {SECONDS} seconds.") from error
    if done.returncode != 0:
        reason = [line for line in done.stderr.splitlines() if "Error" in line]
        raise InputError(f"DiceBear's faces could not be made ({reason[0] if reason else 'no reason given'}).")
    for line in done.stdout.splitlines():
        name, svg = json.loads(line)
        yield name, svg.encode()
