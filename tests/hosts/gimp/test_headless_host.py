"""gimpfu without GIMP gives what GIMP gives: the cases of scripts/compared, called once in each."""

from __future__ import annotations

import fnmatch
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hosts.gimp.scripts.compared import CASES

pytestmark = [pytest.mark.hosts, pytest.mark.timeout(200)]
FU = Path(__file__).parents[3] / "plugin/gimpfu"
SCRIPTS = Path(__file__).parent / "scripts"
LEVELS = 1  # of 255, that a channel may differ in
# Where more is granted: levels, the share of pixels that may differ by more than LEVELS, and why.
WIDER: dict[str, tuple[int, float, str]] = {
    "select: polygon": (11, 0.035, "Cairo's subsamples at the rim"),
    "select: rounded": (5, 0.01, "an ellipse's rim"),
    "select: *ellipse*": (3, 0.02, "an ellipse's rim"),
    "select: inverted": (3, 0.02, "an ellipse's rim"),
    "select: moved": (3, 0.02, "an ellipse's rim"),
    "select a path": (15, 0.1, "Cairo's subsamples at the rim, of which there is much"),
    "*ellipse selected": (6, 0.02, "an ellipse's rim, under colours with little alpha"),
    "brightness-contrast (0.2, 0.1) of type 1, feather selected": (2, 0.005, "colours with little alpha"),
    "gradient, fg-transparent": (3, 0.005, "colours with little alpha"),
    "gradient, repeated by *": (
        6,
        0.01,
        "a colour's place in GIMP's table is rounded otherwise where it falls between two",
    ),
    "gegl:unsharp-mask *'threshold': 0.1*": (24, 0.2, "what GEGL leaves below the threshold is not known"),
    "item-transform-scale *": (2, 0.005, "the mask's edge"),
    "layer-scale (10, 7, True)": (52, 1.0, "smaller sizes are Pillow's filter, on noise"),
    "to indexed by the web's colours": (51, 0.045, "another neighbour in the palette: GIMP rounds Lab first"),
    "flatten, the lowest of mode 60": (240, 1.0, "a layer that splits what is not there"),
    "file, jpeg": (3, 0.03, "another decoder"),
    "pencil, *": (215, 0.01, "GIMP's dabs along a line fall a little otherwise between pixels"),
    "paintbrush-default, brush of *": (70, 0.22, "GIMP's dabs along a line fall a little otherwise between pixels"),
    "paintbrush-default, * with hardness *": (
        50,
        0.09,
        "GIMP's dabs along a line fall a little otherwise between pixels",
    ),
}
# What the headless host refuses in a sentence, and why.
REFUSED = {
    "flatten, mode 1": "dissolve draws lots",
    "flatten, mode 22": "colour erase",
    "flatten, mode 57": "colour erase",
}
# What GIMP refuses and the headless host does.
MORE = {"channel, desaturate": "a channel has no colours"}
# Procedures without a case.
UNCALLED = {
    "gimp-quit": "ends the program",
    "gimp-display-new": "a console has no displays",
    "gimp-display-delete": "a console has no displays",
    "gimp-display-present": "a console has no displays",
}


@pytest.fixture(scope="session")
def gimp(console: Any, installed: Path) -> Any:
    return console.run("compare", PYTHONPATH=f"{installed}/scripts:{installed}/gimpfu")


@pytest.fixture(scope="session")
def headless(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return without_gimp("compare", tmp_path_factory.mktemp("headless"))


def without_gimp(script: str, out: Path, **variables: str) -> Any:
    """The report of scripts/SCRIPT.py, run by NumPy's host."""
    paths = os.pathsep.join(map(str, (SCRIPTS, FU)))
    environment = {**os.environ, "OUT": str(out), "PYTHONPATH": paths, **variables}
    ran = subprocess.run([sys.executable, SCRIPTS / f"{script}.py"], env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return json.loads((out / "report.json").read_text())


def granted(table: dict[str, Any], name: str, otherwise: Any) -> Any:
    return next((value for pattern, value in table.items() if fnmatch.fnmatchcase(name, pattern)), otherwise)


def flat(value: Any) -> list[Any]:
    """Numbers, words and pixels of a case, in order."""
    if isinstance(value, list):
        return [each for one in value for each in flat(one)] or ["nothing"]
    return [int(value) if isinstance(value, bool) else value]


def array(pixels: dict[str, Any]) -> Any:
    width, height = pixels["box"][:2]
    return np.frombuffer(bytes.fromhex(pixels["bytes"]), np.uint8).reshape(height, width, -1).astype(int)


def apart(one: dict[str, Any], other: dict[str, Any]) -> Any:
    """By how much two drawables' pixels differ: height x width; not in the colour of what both have transparent."""
    assert (one["box"], one["type"]) == (other["box"], other["type"])
    a, b = array(one), array(other)
    found = np.abs(a - b)
    if one["type"] % 2:
        found[..., :-1][(a[..., -1] == 0) & (b[..., -1] == 0)] = 0
    return found.max(-1)


@pytest.mark.parametrize("name", CASES)
def test_a_call_gives_what_gimp_gives(name: str, gimp: Any, headless: Any) -> None:
    wanted, found = gimp["cases"][name], headless["cases"][name]
    for each in (wanted, found):
        assert not isinstance(each, dict) or "raised" not in each, each["raised"]
    refused = granted(REFUSED, name, None)
    if isinstance(found, dict) and "refused" in found:
        either = isinstance(wanted, dict) and "refused" in wanted
        assert either or (refused and found["refused"].startswith("Refused: ")), found["refused"]
        return
    assert refused is None, "it is not refused any more"
    if name in MORE:
        assert "refused" in wanted
        return
    levels, share, _ = granted(WIDER, name, (LEVELS, 0.0, ""))
    wanted, found = flat(wanted), flat(found)
    assert len(wanted) == len(found)
    for one, other in zip(wanted, found, strict=True):
        if isinstance(one, dict):
            assert isinstance(other, dict)
            difference = apart(one, other)
            assert difference.max() <= levels, f"{difference.max()} levels"
            assert (difference > LEVELS).mean() <= share, f"{(difference > LEVELS).mean():.3f} of the pixels"
        elif isinstance(one, (int, float)):
            assert one == pytest.approx(other, rel=1e-4)
        else:
            assert one == other


def test_every_procedure_has_a_case(gimp: Any, headless: Any) -> None:
    script = "from gimpfu_backend.headless.signatures import SIGNATURES; print(*SIGNATURES)"
    paths = {**os.environ, "PYTHONPATH": str(FU)}
    ran = subprocess.run([sys.executable, "-c", script], env=paths, capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) == set(headless["called"]) | set(UNCALLED)
    assert gimp["called"] == headless["called"]


def test_the_tables_name_cases() -> None:
    for pattern in (*WIDER, *REFUSED, *MORE):
        assert fnmatch.filter(CASES, pattern), pattern


def test_procedures_by_their_old_names(console: Any, installed: Path, tmp_path: Path) -> None:
    """They do something, or GIMP has its reason; gimpfu itself fails nowhere. What GIMP does, a headless run does or lacks."""
    paths = f"{installed}/scripts:{installed}/gimpfu"
    wanted = console.run("fu_calls", PYTHONPATH=paths, TABLE=f"{installed}/gimpfu/README.md")["calls"]
    found = without_gimp("fu_calls", tmp_path, TABLE=str(FU / "README.md"))["calls"]
    for calls, most in ((wanted, 550), (found, 425)):
        assert [each for each in calls.items() if not each[1].startswith(("done", "not here", "RuntimeError: "))] == []
        assert list(calls.values()).count("done") >= most
    assert [each for each in found if wanted[each] == "done" and found[each] not in ("done", "not here")] == []
