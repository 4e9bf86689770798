"""The Krita plug-in without Krita: the same story that the real one hears in tests/hosts, and what only a fake can show."""

from __future__ import annotations

import importlib.util
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from colorgan_core.picture.profiles import is_srgb
from colorgan_plugin import krita
from colorgan_plugin.client import EngineError
from colorgan_plugin.krita import host, scripting
from colorgan_plugin.krita.host import Canvas, HostError
from colorgan_plugin.krita.jobs import Job, Wishes
from fakes.engine import COLOR, FakeEngine
from fakes.krita import Document, Node, Selection

STORY = Path(__file__).parents[1] / "hosts" / "krita" / "scripts" / "story.py"


def drawn(depth: str = "U8", size: int = 40) -> tuple[Document, Node]:
    """A document with a white layer that has a black line."""
    document = Document(size, size, depth=depth)
    lines = document.createNode("lines", "paintlayer")
    lines.array[:] = 1 if depth == "F32" else np.iinfo(lines.array.dtype).max
    lines.array[10:12, :, :3] = 0
    document.rootNode().addChildNode(lines, None)
    document.setActiveNode(lines)
    return document, lines


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    engine = FakeEngine()
    monkeypatch.setattr(scripting, "connect_or_start", lambda: engine)
    return engine


def test_the_story_that_the_real_krita_hears(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake document, and a real engine."""
    monkeypatch.setenv("COLORGAN_DATA", str(served.parent))
    specification = importlib.util.spec_from_file_location("story", STORY)
    assert specification is not None and specification.loader is not None
    story = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(story)
    story.story(Document(story.SIZE, story.SIZE), krita)


@pytest.mark.parametrize("depth", ["U8", "U16", "F32"])
def test_a_result_is_one_step_and_the_lines_are_untouched(depth: str, fake: FakeEngine) -> None:
    document, lines = drawn(depth)
    before, steps = lines.array.copy(), len(document.steps)
    if depth != "U8":  # the fake engine answers in 8 bits
        Job(Canvas(document), Wishes("colorize", {"task": "lineart"}, (lines,)))
        return
    group = krita.colorize(document)
    assert [child.name() for child in group.childNodes()] == ["flats", "lines"]
    assert document.steps[steps:] == [(document.rootNode(), group)], "one step, with all in it"
    np.testing.assert_array_equal(lines.array, before)
    assert (group.childNodes()[0].array == np.frombuffer(COLOR, np.uint8)).all()


@pytest.mark.parametrize("operation", ["colorize", "stylize"])
def test_an_error_leaves_the_document_as_it_was(operation: str, fake: FakeEngine) -> None:
    document, lines = drawn()
    before, steps = lines.array.copy(), len(document.steps)
    fake.error = "The engine has stopped."
    with pytest.raises(EngineError, match="stopped"):
        krita.colorize(document) if operation == "colorize" else krita.stylize(document, ["style.png"])
    assert len(document.steps) == steps and document.refreshed == 0
    np.testing.assert_array_equal(lines.array, before)


def test_what_is_asked(fake: FakeEngine) -> None:
    document, lines = drawn()
    ink = document.createNode("ink", "paintlayer")
    ink.array[20, :, 3] = 255
    ink.setBlendingMode("multiply")
    document.rootNode().addChildNode(ink, lines)
    mask = np.zeros((40, 40), np.uint8)
    mask[:20] = 200
    document.mask = Selection(mask)
    dabs, mask_layer = (document.createNode(name, "paintlayer") for name in ("dabs", "mask"))
    for each in (dabs, mask_layer):
        document.rootNode().addChildNode(each, ink)
    krita.colorize(document, [lines, ink], hints=dabs, bare=mask_layer, reference=lines, seed=4, close_gaps=0)
    ((operation, parameters, blobs),) = fake.asked
    assert operation == "colorize" and [blob.name for blob in blobs] == [
        "picture",
        "picture",
        "hints",
        "bare",
        "reference",
        "selection",
    ]
    assert parameters["editor"] == {"order": "bgra", "stack": [["normal", 1.0], ["multiply", 1.0]]}
    assert parameters["layers"] == ["flats", "shade", "lines", "holds"] and (
        parameters["seed"],
        parameters["close_gaps"],
    ) == (
        4,
        0,
    )
    json.dumps(parameters)
    document.mask = Selection(np.zeros((40, 40), np.uint8))
    krita.stylize(document, [(ink, 0.5), (lines, 2.0)])
    operation, parameters, blobs = fake.asked[1]
    assert parameters["weights_of_styles"] == [0.5, 2.0] and [blob.name for blob in blobs] == [
        "picture",
        "style",
        "style",
    ]


@pytest.mark.parametrize("purpose", ["hints", "bare"])
def test_hints_are_not_the_drawing_too(purpose: str, fake: FakeEngine) -> None:
    document, lines = drawn()
    steps = len(document.steps)
    with pytest.raises(HostError, match="“lines” is chosen as the drawing"):
        krita.colorize(document, lines, **{purpose: lines})
    assert not fake.asked and len(document.steps) == steps


def test_a_picture_that_was_scaled_has_no_corrections(fake: FakeEngine) -> None:
    document, lines = drawn()
    group = krita.colorize(document)
    document._annotations = {
        name: host.packed(host.Blob("x", 2, 2, 4, "uint8", bytes(16))) for name in document._annotations
    }
    krita.colorize(document, lines, update=group)
    assert not [blob for blob in fake.asked[1][2] if "." in blob.name]


@pytest.mark.parametrize(
    ("model", "depth", "word"), [("GRAYA", "U8", "needs RGB"), ("CMYKA", "U8", "needs RGB"), ("RGBA", "F16", "F16")]
)
def test_pictures_that_cannot_be_coloured(model: str, depth: str, word: str) -> None:
    with pytest.raises(HostError, match=word):
        Canvas(Document(8, 8, model, depth))
    with pytest.raises(HostError, match="No picture"):
        Canvas(None)


def test_a_job_that_is_cancelled(fake: FakeEngine) -> None:
    document, lines = drawn()
    fake.hangs = True
    job = Job(Canvas(document), Wishes("colorize", {"task": "lineart"}, (lines,)))
    for _ in job.reading():
        pass
    shares: list[float] = []
    with pytest.raises(EngineError, match="Cancelled"):
        job.ask(fake, lambda progress: shares.append(progress.share), lambda: True)  # type: ignore[arg-type]
    assert shares == [0.5] and job.result is None


def test_the_profile_in_a_picture(golden: Path, tmp_path: Path) -> None:
    import base64

    from PIL import Image, ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.new("RGB", (1, 1)).save(tmp_path / "with.png", icc_profile=profile)
    Image.new("RGB", (1, 1)).save(tmp_path / "without.png")
    found = host.embedded_profile((tmp_path / "with.png").read_bytes())
    assert found is not None and base64.b64decode(found) == profile and is_srgb(profile)
    assert host.embedded_profile((tmp_path / "without.png").read_bytes()) is None


def test_the_zips_are_what_the_editors_take(run: Callable[..., Any], tmp_path: Path) -> None:
    assert run("plugin", "package", "krita", "-o", tmp_path / "k.zip").code == 0
    with zipfile.ZipFile(tmp_path / "k.zip") as archive:
        names = archive.namelist()
    wanted = ("", "__init__.py", "manual.html", "light.svg", "dark.svg", "client/", "client/protocol.py")
    assert {"colorgan.desktop", "colorgan.action", *(f"colorgan/{each}" for each in wanted)} <= set(names)
    assert run("plugin", "package", "gimp", "-o", tmp_path / "g.zip").code == 0
    with zipfile.ZipFile(tmp_path / "g.zip") as archive:
        assert {"colorgan/colorgan.py", "colorgan/client/protocol.py"} <= set(archive.namelist())
        assert archive.getinfo("colorgan/colorgan.py").external_attr >> 16 & 0o111, "GIMP wants the run bit"
    assert run("plugin", "package", "krita", "-o", tmp_path / "nowhere" / "k.zip").code == 4
