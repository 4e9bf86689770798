"""The software bill of materials (CycloneDX JSON) of what `pip install colorgan` installs, without tools for development.

    python tools/sbom.py OUT.json

cyclonedx-bom describes the whole environment, with licences. Only the packages that colorgan needs, directly or not, stay.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OWN = "colorgan"


def main(output: Path) -> None:
    command = [sys.executable, "-m", "cyclonedx_py", "environment", sys.executable, "--pyproject", "pyproject.toml"]
    ran = subprocess.run([*command, "--output-reproducible"], check=True, capture_output=True, text=True)
    document = json.loads(ran.stdout)
    document["metadata"]["component"]["version"] = version(OWN)
    needed = required(OWN)
    document["components"] = [
        each for each in document["components"] if canonicalize_name(each["name"]) in needed - {OWN}
    ]
    kept = {each["bom-ref"] for each in document["components"]} | {document["metadata"]["component"]["bom-ref"]}
    document["dependencies"] = [
        {**each, "dependsOn": [ref for ref in each.get("dependsOn", []) if ref in kept]}
        for each in document.get("dependencies", [])
        if each["ref"] in kept
    ]
    output.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    print(f"{output} lists {len(document['components'])} packages.")


def required(name: str) -> set[str]:
    """Canonical names of the installed packages that a package needs on this machine, and its own."""
    found: set[str] = set()
    waiting = [(name, frozenset[str]())]
    seen = set(waiting)
    while waiting:
        package, extras = waiting.pop()
        try:
            requirements = distribution(package).requires or []
        except PackageNotFoundError:
            continue
        found.add(canonicalize_name(package))
        for text in requirements:
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""}):
                entry = (requirement.name, frozenset(requirement.extras))
                if entry not in seen:
                    seen.add(entry)
                    waiting.append(entry)
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
