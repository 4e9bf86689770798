"""Plug-ins of Python 2 in Python 3: expressions mean what Python 2.7 gives for them, files are converted, and nobody else notices."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
FU, PYTHON_2 = ROOT / "plugin/gimpfu", ROOT / "tests/plugins_fu/python2"
# Expressions, and what Python 2.7.18 prints for them.
MEANINGS = {
    "7 / 2": "3", "-7 / 2": "-4", "7 / 2.0": "3.5", "7 // 2": "3", "[0, 1, 2][3 / 2]": "1",
    "math.floor(2.5) / 2": "1.0", "math.ceil(1.2)": "2.0", "round(2.5)": "3.0", "round(-0.5)": "-1.0", "round(3) / 2": "1.5",
    "'text'.decode('utf-8')": "text", "'6869'.decode('hex')": "hi", "'hi'.encode('hex')": "6869",
    "'caf' + 'e'.encode('latin-1')": "cafe", "isinstance(u'a', unicode)": "True", "unicode('a', 'utf-8')": "a",
    "{'a': 1}.has_key('a')": "True", "os.environ.has_key('PATH')": "True",
    "{'a': 1}.keys()[0]": "a", "sorted({'a': 1}.iteritems())": "[('a', 1)]",
    "map(None, [1, 2], [3])": "[(1, 3), (2, None)]", "sorted([1, 3, 2], lambda a, b: cmp(b, a))": "[3, 2, 1]",
    "string.join(['a', 'b'], '-')": "a-b", "string.upper('a')": "A", "iter([4]).next()": "4",
    "commands.getoutput('echo a')": "a", "urllib.quote('a b')": "a%20b", "StringIO.StringIO('a').read()": "a",
    "array.array('B', [255 / 2, 3]).tolist()": "[127, 3]", "random.randint(3.0, 6 / 2)": "3", "reduce(lambda a, b: a + b, (1, 2))": "3",
    "xrange(4 / 2)[-1]": "1", "sys.maxint > 0": "True",
}  # fmt: skip
IMPORTS = "import array, math, os, random, string, sys, urllib\n"


def ran(*words: Any, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **variables}
    return subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, env=environment)


def test_expressions_mean_what_they_meant(tmp_path: Path) -> None:
    lines = [IMPORTS, "from gimpfu import *\nimport commands, json, StringIO\nfound = {}"]
    lines += [f"found[{each!r}] = str({each})" for each in MEANINGS]
    (tmp_path / "plug.py").write_text("\n".join([*lines, "print(json.dumps(found))"]))
    script = f"from gimpfu_python2 import modules, source; modules.install(); source.run({str(tmp_path / 'plug.py')!r}, {{}})"
    found = ran("-c", script, PYTHONPATH=str(FU))
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == MEANINGS


@pytest.mark.parametrize(
    "first, body",
    [
        ("from __future__ import division", ""),
        ("#!/usr/bin/env python3", ""),
        ("", "def f(x: int): pass"),
        ("", "name = f'{1}'"),
        ("", "def f(a, *, b): pass"),
    ],
)
def test_a_file_of_python_3_keeps_python_3s_meanings(first: str, body: str, tmp_path: Path) -> None:
    (tmp_path / "plug.py").write_text(f"{first}\n{body}\nprint(1 / 2)\n")
    found = ran(
        "-c", f"from gimpfu_python2 import source; source.run({str(tmp_path / 'plug.py')!r}, {{}})", PYTHONPATH=str(FU)
    )
    assert found.stdout == "0.5\n", found.stderr


def test_modules_beside_a_plug_in_mean_it_too(tmp_path: Path) -> None:
    (tmp_path / "half.py").write_text("def half(n):\n    return n / 2\n")
    (tmp_path / "plug.py").write_text("from half import half\nfrom gimpfu import *\nprint(half(5))\n")
    found = ran(FU, tmp_path / "plug.py")
    assert found.stdout == "2\n" and "registers no procedure" in found.stderr


def test_floats_in_an_array_are_cut_and_halves_of_random_limits_refused() -> None:
    script = (
        "import gimpfu, array, random\na = array.array('B', [1.7, 2])\na[0] = 254.9\n"
        "a.append(3.2)\na.extend([4.5])\na += array.array('B', (n * 1.5 for n in (1, 2)))\n"
        "print(a.tolist())\n"
        "print(array.array('d', [1.5]).tolist(), random.randrange(1.0, 2.0))\n"
        "try:\n    random.randint(0, 0.5)\nexcept ValueError as error:\n    print(error)"
    )
    found = ran("-c", script, PYTHONPATH=str(FU))
    assert found.stdout.splitlines() == ["[254, 2, 3, 4, 1, 3]", "[1.5] 1", "non-integer limit for randrange()"], (
        found.stderr
    )


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["unix", "windows"])
def test_converting_keeps_the_old_file(ends: str, tmp_path: Path) -> None:
    """Mixed tabs, line ends of Windows, rights: the new file runs, and the old one lies beside it, byte for byte."""
    path = tmp_path / "darker.py"
    path.write_bytes((PYTHON_2 / "darker.py").read_bytes().replace(b"\n", ends.encode()))
    path.chmod(0o755)
    before = path.read_bytes()
    found = ran("-m", "gimpfu", "convert", path, PYTHONPATH=str(FU.parent))
    assert found.returncode == 0, found.stderr
    assert (tmp_path / "darker.py.python2").read_bytes() == before and path.stat().st_mode & 0o777 == 0o755
    assert b"\t" not in path.read_bytes() and b"\r" not in path.read_bytes()
    Image.fromarray(np.full((4, 6, 3), 101, np.uint8)).save(tmp_path / "in.png")
    found = ran(FU, path, tmp_path / "in.png", "-o", tmp_path / "out.png", "amount=3")
    assert found.returncode == 0, found.stderr
    made = np.asarray(Image.open(tmp_path / "out.png"))
    assert (made[::2] == 33).all() and (made[1::2] == 101).all()
    again = ran(FU, "convert", path)
    assert again.returncode == 0 and "already" in again.stdout


def test_without_gimp_a_result_does_not_take_its_pictures_place_unless_it_may(tmp_path: Path) -> None:
    plug = tmp_path / "plug.py"
    plug.write_text(
        "from gimpfu import *\ndef plug(image, drawable):\n    pdb.gimp_invert(drawable)\n"
        "kinds = [(PF_IMAGE, 'image', '', None), (PF_DRAWABLE, 'drawable', '', None)]\n"
        "register('plug', '', '', '', '', '', 'Plug', '*', kinds, [], plug)\n"
        "main()\n"
    )
    picture, link = tmp_path / "in.png", tmp_path / "link.png"
    Image.fromarray(np.full((4, 6, 3), 101, np.uint8)).save(picture)
    link.symlink_to(picture)
    before = picture.read_bytes()
    for output in (picture, link, tmp_path / "." / "in.png"):
        found = ran(FU, plug, picture, "-o", output)
        assert found.returncode == 1 and "--overwrite allows it" in found.stderr, found.stderr
    assert "which is read" in ran(FU, plug, picture, "-o", plug, "--overwrite").stderr
    assert picture.read_bytes() == before and plug.read_text().startswith("from gimpfu")
    assert ran(FU, plug, picture, "-o", picture, "--overwrite").returncode == 0
    assert (np.asarray(Image.open(picture)) == 154).all()


def test_tabs_within_strings_stay(tmp_path: Path) -> None:
    path = tmp_path / "plug.py"
    path.write_text("def f():\n\tprint 'x'\n        return '''a\n\tb'''\nprint `f()`\n")
    assert ran(FU, "convert", path).returncode == 0
    assert ran(path).stdout.splitlines() == ["x", "'a\\n\\tb'"]


@pytest.mark.parametrize(
    "text, said",
    [("print 'a'\ndef f(x:\n    pass\n)\n", "line 3"), (None, "cannot be read")],
)
def test_what_cannot_be_converted_is_said(text: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "plug.py"
    if text is not None:
        path.write_text(text)
    found = ran(FU, "convert", path)
    assert found.returncode == 1 and said in found.stderr and "Traceback" not in found.stderr
    assert [each.read_text() for each in tmp_path.iterdir()] == ([text] if text is not None else [])


def test_a_python_without_the_library_says_how_to_get_it(tmp_path: Path) -> None:
    """Python 3.13 has no lib2to3; here both libraries are kept from being found."""
    path = tmp_path / "plug.py"
    path.write_text("print 'a'\n")
    script = (
        "import sys; sys.modules.update({'fissix': None, 'fissix.refactor': None, 'lib2to3': None, 'lib2to3.refactor': None})\n"
        f"from gimpfu_python2 import convert; sys.exit(convert.main([{str(path)!r}]))"
    )
    found = ran("-c", script, PYTHONPATH=str(FU))
    assert found.returncode == 1 and "pip install fissix" in found.stderr and f"convert {path}" in found.stderr
    assert path.read_text() == "print 'a'\n"


def test_entries_are_where_the_plug_ins_would_be() -> None:
    script = (
        "import json, sys; from gimpfu_python2 import entry\n"
        "print(json.dumps([entry.registrations(open(each).read()) for each in sys.argv[1:]]))"
    )
    paths = [PYTHON_2 / "darker.py", PYTHON_2 / "window.py", *sorted((ROOT / "tests/plugins_fu").glob("*.py"))]
    found = ran("-c", script, *paths, PYTHONPATH=str(FU))
    darker, window, *others = json.loads(found.stdout)
    assert darker == [["python_fu_darker", "_Darker rows...", "<Image>/Filters/Fu"]]
    assert window == [["window", "<Image>/Filters/Fu/Window of its own...", None]]
    for path, each in zip(paths[2:], others, strict=True):
        assert len(each) == len(re.findall(r"^register\(", path.read_text(), re.M)) > 0, path


def test_other_programs_do_not_notice(tmp_path: Path) -> None:
    """What is on the path for GIMP's plug-ins is there for all Python programs that they start, and for plug-ins of GIMP 3."""
    (tmp_path / "sitecustomize.py").write_text("print('another sitecustomize')\n")
    (tmp_path / "native.py").write_text("import sys\nprint(sys.excepthook is sys.__excepthook__)\nimport commands\n")
    paths = os.pathsep.join(map(str, (FU, tmp_path)))
    for words in ([], ["-gimp", "1"]):
        found = ran(tmp_path / "native.py", *words, PYTHONPATH=paths)
        assert found.stdout.splitlines() == ["another sitecustomize", "True"]
        assert "No module named 'commands'" in found.stderr


@pytest.mark.parametrize(
    "body, said",
    [
        ("import gtk", "PyGTK"),
        ("import gimpui", "PyGTK"),
        ("open('/dev/null', 'wb').write('a')", "text and bytes"),
        ("[1][1.5]", "whole number"),
        ("raise 'text'", "cannot raise text"),
    ],
)
def test_what_cannot_be_had_is_said_truly(body: str, said: str, tmp_path: Path) -> None:
    """No sentence blames `/`, which means what it meant."""
    (tmp_path / "plug.py").write_text(
        f"from gimpfu import *\ndef f(i, d):\n    {body}\n"
        "register('f', 'f', 'f', 'a', 'a', '2012', 'F', '*',"
        " [(PF_IMAGE, 'i', '', None), (PF_DRAWABLE, 'd', '', None)], [], f, '<Image>/X')\n"
    )
    Image.new("RGB", (8, 8)).save(tmp_path / "in.png")
    found = ran(FU, tmp_path / "plug.py", tmp_path / "in.png")
    assert found.returncode != 0 and said in found.stderr and "gives a fraction" not in found.stderr


LAYERS = """from gimpfu import *
def f(image, drawable, other, channel, size, count):
    image.undo_group_start()
    made = image.new_layer("corner", 3, 2, 6, 4, opacity=50.0)
    assert (made.type, made.offsets, made.opacity, image.layers[0] == made) == (RGBA_IMAGE, (6, 4), 50.0, True)
    assert image.new_layer(alpha=False, pos=1).type == RGB_IMAGE and len(image.layers) == 3
    image.layers[1].visible = False
    assert other.name in ("Background", "corner") and channel is None
    assert ("%s" % size, size / 2, "abcd"[size], "x" * size) == ("3.0", 1.5, "d", "xxx") and count == 2.5
    pdb.gimp_image_set_active_layer(image, made)
    drawable.set_offsets(2, 1)
register('f', 'f', 'f', 'a', 'a', '2012', 'F', '*',
         [(PF_IMAGE, 'i', '', None), (PF_DRAWABLE, 'd', '', None), (PF_LAYER, 'other', '', None), (PF_CHANNEL, 'channel', '', None),
          (PF_SPINNER, 'size', '', 3, (1, 9, 1)), (PF_SLIDER, 'count', '', 2.5, (0, 9, 0.5))], [], f, '<Image>/X')
main()
"""


def test_a_layer_parameter_and_the_whole_image_without_gimp(tmp_path: Path) -> None:
    """A layer parameter without a value is the active layer; -o is as large as the image, whichever layer is active."""
    (tmp_path / "plug.py").write_text(LAYERS)
    Image.new("RGB", (10, 8), (9, 90, 200)).save(tmp_path / "in.png")
    found = ran(FU, tmp_path / "plug.py", tmp_path / "in.png", "-o", tmp_path / "out.png")
    assert found.returncode == 0, found.stderr
    shown = np.asarray(Image.open(tmp_path / "out.png").convert("RGBA"))
    assert shown.shape == (8, 10, 4) and (shown[1:, 2:] == (9, 90, 200, 255)).all() and not shown[0, :, 3].any()
    named = ran(FU, tmp_path / "plug.py", tmp_path / "in.png", "other=Background")
    assert named.returncode == 0, named.stderr
    wrong = ran(FU, tmp_path / "plug.py", tmp_path / "in.png", "other=sky")
    assert wrong.returncode == 1 and "no layer of this name, but Background" in wrong.stderr


def test_one_installation_is_laid_out_for_gimp(tmp_path: Path) -> None:
    from colorgan_installer.plugins import copy_gimpfu

    copy_gimpfu(tmp_path)
    environ, interpreters = (
        (tmp_path / name).read_text() for name in ("environ/gimpfu.env", "interpreters/gimpfu.interp")
    )
    assert ": PYTHONPATH=${gimp_dir}/gimpfu" in environ.splitlines()
    assert ":Python:E::py::python3:" in interpreters.splitlines()
    shutil.copy(ROOT / "tests/plugins_fu/channels.py", tmp_path)  # imports gimpcolor before gimpfu
    found = ran("-c", "import channels", PYTHONPATH=os.pathsep.join((str(tmp_path / "gimpfu"), str(tmp_path))))
    assert found.returncode == 0, found.stderr
