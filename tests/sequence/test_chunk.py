"""Chunks of a job: their manifests are merged whatever happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from colorgan_core.sequence.chunk import merge_chunks
from colorgan_core.sequence.job import Job, build_job
from colorgan_core.sequence.manifest import Manifest, sidecar_path
from shots import shot


def whole(folder: Path) -> tuple[Job, Path, Path]:
    """A job of three frames, the path of its manifest and the folder of its chunks' manifests."""
    job = build_job({"input": shot(folder, 3), "output": str(folder / "o/*.png")})
    place, chunks = sidecar_path(job.output, ".jsonl"), sidecar_path(job.output, ".chunks")
    chunks.mkdir(parents=True)
    return job, place, chunks


def record(number: int, year: int, error: str = "") -> dict[str, Any]:
    return {"frame": f"{number:04}", "time": f"{year}-01-01T00:00:00Z", "error": error}


def test_a_kill_while_chunks_are_merged(tmp_path: Path) -> None:
    """After any byte that it writes, and after the removal of any chunk's manifest."""
    job, place, folder = whole(tmp_path)
    Manifest(place).add(record(3, 2000))
    before = place.read_bytes()
    parts = {f"{n}.jsonl": json.dumps(record(n, 2001)).encode() + b"\n" for n in (1, 2)}
    after = b"".join(parts.values())
    states = [(before + after[:cut], 2) for cut in range(len(after) + 1)] + [(before + after, 1), (before + after, 0)]
    for had, count in states:
        place.write_bytes(had)
        folder.mkdir(exist_ok=True)
        for name, data in list(parts.items())[:count]:
            (folder / name).write_bytes(data)
        merge_chunks(job, Manifest(place))
        records = Manifest(place, repair=False).records
        assert records == {f"{n:04}": record(n, 2001 if n < 3 else 2000) for n in (1, 2, 3)} and not folder.exists()


def test_the_newest_record_of_a_frame_is_taken(tmp_path: Path) -> None:
    job, place, folder = whole(tmp_path)
    manifest = Manifest(place)
    manifest.merge({each["frame"]: each for each in (record(1, 2000), record(2, 2000))})
    for name, entry in (("a", record(1, 2002)), ("b", record(1, 2001)), ("c", record(2, 1999)), ("d", record(3, 1999))):
        (folder / f"{name}.jsonl").write_text(json.dumps(entry) + "\n{torn", "utf-8")
    merge_chunks(job, manifest)
    assert {name: each["time"][:4] for name, each in manifest.records.items()} == {
        "0001": "2002", "0002": "2000", "0003": "1999",
    }  # fmt: skip
