"""Line and branch coverage for each room, and the files under 80 %, from the data of `coverage run`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path, PurePath

LOW = 0.8


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        subprocess.run([sys.executable, "-m", "coverage", "json", "--quiet", "-o", report], check=True)
        files = json.loads(report.read_text("utf-8"))["files"]
    rooms: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    low = []
    for name, entry in sorted(files.items()):
        summary = entry["summary"]
        counts = [summary[key] for key in ("covered_lines", "num_statements", "covered_branches", "num_branches")]
        for room in (room_of(PurePath(name)), "all"):
            rooms[room] = [total + count for total, count in zip(rooms[room], counts, strict=True)]
        if share(*counts[:2]) < LOW or share(*counts[2:]) < LOW:
            low.append((name, counts))
    print(f"{'room':32} {'lines':>7} {'branches':>9}")
    for room, counts in sorted(rooms.items(), key=lambda item: (item[0] == "all", item[0])):
        print(f"{room:32} {shares(counts)}")
    if low:
        print(f"\nunder {LOW:.0%}:")
        for name, counts in low:
            print(f"{name:56} {shares(counts)}")


def room_of(path: PurePath) -> str:
    """The first two folders of a path, or the first one for files that lie in it."""
    return "/".join(path.parts[: min(2, len(path.parts) - 1)])


def share(covered: int, total: int) -> float:
    return covered / total if total else 1.0


def shares(counts: list[int]) -> str:
    return f"{share(*counts[:2]):7.0%} {share(*counts[2:]):9.0%}"


if __name__ == "__main__":
    main()
