"""The wheel of this very colorgan, made from what is installed: from a wheel or from a checkout, with no network."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from colorgan_core.errors import MissingDependency

GENERATED = "Wheel-Version: 1.0\nGenerator: colorgan\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_wheel(folder: Path) -> Path:
    """Writes colorgan-VERSION-py3-none-any.whl into a folder, not packed: weights do not shrink. Raises MissingDependency."""
    # Not `distribution`, which in a checkout finds what its build has left there.
    found = next((each for each in distributions(name="colorgan") if each.read_text("METADATA")), None)
    if found is None:
        raise MissingDependency("This colorgan was not installed by pip, so no bundle can be made from it.")
    target = folder / f"colorgan-{found.version}-py3-none-any.whl"
    about = f"colorgan-{found.version}.dist-info"
    rows = []
    with zipfile.ZipFile(target, "w") as archive:

        def add(name: str, data: bytes) -> None:
            archive.writestr(name, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode("ascii")
            rows.append(f"{name},sha256={digest},{len(data)}")

        for name, path in _modules(found):
            add(name, path.read_bytes())
        for name, text in _about(found):
            add(f"{about}/{name}", text.encode("utf-8"))
        archive.writestr(f"{about}/RECORD", "\n".join([*rows, f"{about}/RECORD,,", ""]))
    return target


def _modules(found: Distribution) -> Iterator[tuple[str, Path]]:
    """Name in the wheel and place of each file of colorgan's packages, which in a checkout have other folders' names."""
    for package in (found.read_text("top_level.txt") or "").split():
        spec = importlib.util.find_spec(package)
        for place in (spec and spec.submodule_search_locations) or ():
            for path in sorted(Path(place).rglob("*")):
                if path.is_file() and path.suffix != ".pyc":
                    yield f"{package}/{path.relative_to(place).as_posix()}", path


def _about(found: Distribution) -> Iterator[tuple[str, str]]:
    yield "WHEEL", GENERATED
    for name in ("METADATA", "entry_points.txt", "top_level.txt", "licenses/LICENSE"):
        text = found.read_text(name)
        if text is not None:
            yield name, text
