"""gimpfu's own promises: its table names everything that is there, and the example is Python 2.7's as well."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
FU = ROOT / "plugin/gimpfu"
REGISTER = (
    "register('f', 'f', 'f', 'a', 'a', '2012', 'F', '*', [(PF_IMAGE, 'i', '', None), (PF_DRAWABLE, 'd', '', None)], [], f, '<Image>/X')\n"
    "main()\n"
)
TABLE = (FU / "README.md").read_text()


def listed(script: str) -> list[str]:
    """What a few lines print, with gimpfu on the path and no GIMP."""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env={"PYTHONPATH": str(FU)})
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split()


def test_every_name_without_gimp() -> None:
    listed(f"import runpy; runpy.run_path({str(ROOT / 'tests/hosts/gimp/scripts/fu_names.py')!r}, run_name='__main__')")


def test_a_plug_in_without_gimp(tmp_path: Path) -> None:
    """By the command line that the folder is; the pixels of all plug-ins are compared with GIMP's in tests/hosts."""
    array = np.random.default_rng(3).integers(0, 256, (20, 30, 3), np.uint8)
    Image.fromarray(array).save(tmp_path / "in.png")
    words = [
        str(FU),
        str(ROOT / "tests/plugins_fu/tiles.py"),
        str(tmp_path / "in.png"),
        "-o",
        str(tmp_path / "out.png"),
        "levels=2",
    ]
    ran = subprocess.run([sys.executable, *words], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "out.png")), array // 128 * 128)


@pytest.mark.parametrize(
    "text, said",
    [
        ("print 'a'", "gimpfu convert"),
        ("from gimpfu import *", "registers no procedure"),
        ("from gimpfu import *\ndef f(i, d):\n    [0, 1][d.width * 0.5]\n" + REGISTER, "needs a whole number"),
        (
            "from gimpfu import *\ndef f(i, d):\n    pdb.plug_in_bump_map(i, d)\n" + REGISTER,
            "pdb.plug_in_bump_map is not available",
        ),
    ],
)
def test_what_cannot_be_had_is_said(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "plug.py").write_text(text)
    Image.new("RGB", (8, 8)).save(tmp_path / "in.png")
    words = [
        sys.executable,
        str(FU),
        str(tmp_path / "plug.py"),
        str(tmp_path / "in.png"),
        "-o",
        str(tmp_path / "out.png"),
    ]
    ran = subprocess.run(words, capture_output=True, text=True)
    assert ran.returncode != 0 and said in ran.stderr
    assert not (tmp_path / "out.png").exists()


def test_the_table_names_everything() -> None:
    names = listed("import gimpfu; print(*(n for n in gimpfu.__all__ if n.startswith('PF_') or not n.isupper()))")
    names += listed(
        "import gimp\nfor owner in (gimp.Image, gimp.Layer, gimp.GroupLayer, gimp.Channel, gimp.Vectors, gimp.Parasite,"
        " gimp.VectorsBezierStroke, gimp.PixelRgn, gimp.Tile, gimp.PixelFetcher, gimp.Display):\n"
        "    print(*(n for n in vars(owner) if not n.startswith('_')))"
    )
    names += listed(
        "import gimpfu\nfrom gimpfu_backend import emulated, filters, renamed\n"
        "print(*(n.replace('-', '_') for n in (*emulated.PROCEDURES, *filters.FILTERS, *renamed._NAMES)))"
    )
    told = set(re.findall(r"`([\w.]+)`", TABLE)) | {
        word for each in re.findall("`([^`]+)`", TABLE) for word in re.findall(r"\w+", each)
    }
    assert len(names) > 400 and set(names) - told == set()


def test_the_tests_that_the_table_names_are_there() -> None:
    files = ("hosts/gimp/test_gimpfu.py", "hosts/gimp/test_headless_host.py", "plugin/test_gimpfu_python2.py")
    source = "".join((ROOT / "tests" / name).read_text() for name in files)
    sections = (ROOT / "tests/hosts/gimp/scripts/fu_names.py").read_text()
    assert len(re.findall(r"`(test_\w+)`", TABLE)) > 20
    for name in set(re.findall(r"`(test_\w+)`", TABLE)):
        assert f"def {name}(" in source
    for names in set(re.findall(r"`test_every_name_in_gimp` \(([^)]+)\)", TABLE)):
        for name in names.split(", "):
            assert f"\ndef {name}():" in sections


@pytest.mark.parametrize(
    "path",
    [ROOT / "examples/colorgan_fu.py", *sorted((ROOT / "tests/plugins_fu").glob("*.py"))],
    ids=lambda path: path.stem,
)
def test_plug_ins_have_nothing_that_python_2_lacks(path: Path) -> None:
    """Read by a grammar, as CI has no Python 2.7: no annotations, f-strings, keyword-only arguments, nonlocal, or yield from."""
    later = (
        ast.AnnAssign
        | ast.JoinedStr
        | ast.Nonlocal
        | ast.YieldFrom
        | ast.AsyncFunctionDef
        | ast.NamedExpr
        | ast.Starred
    )
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Starred) and isinstance(node.ctx, ast.Load):
            continue  # f(*given)
        assert not isinstance(node, later), ast.unparse(node)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is None and not node.args.kwonlyargs, node.name
        if isinstance(node, ast.Raise):
            assert node.cause is None
