"""What the plug-ins carry into the editors keeps to Python 3.8: its syntax, its library, and nothing that it cannot evaluate."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import colorgan_core
import colorgan_plugin.client
from colorgan_installer.plugins import SHARED

CLIENT = Path(colorgan_plugin.client.__file__).parent
KRITA, GIMP = CLIENT.parent / "krita", CLIENT.parent / "gimp"
FILES = [
    *sorted(CLIENT.glob("*.py")),
    *sorted(KRITA.glob("*.py")),
    *sorted(GIMP.glob("*.py")),
    *(Path(colorgan_core.__file__).parent / place for place, _ in SHARED),
]
GENERIC = {"list", "dict", "tuple", "set", "frozenset", "type"}
LATER = {"removeprefix", "removesuffix", "bit_count", "pairwise", "batched"}  # methods and functions after 3.8
ROOTS = {"colorgan_core", "protocol", "operations", "errors"}
HOSTS = {
    KRITA: {"krita", "PyQt5", "PyQt6", "colorgan_plugin"},
    GIMP: {"gi", "client", "dialog", "image", "jobs", "memory", "procedures"},
}  # what a folder may import besides


def evaluated(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but annotations, which `from __future__ import annotations` leaves as text, and what only type checkers read."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        if isinstance(node, ast.If) and name == "body" and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child
                yield from evaluated(child)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_python_3_8_can_read_and_run_it(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 8))
    assert any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    for node in evaluated(tree):
        where = f"{path.name}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            assert node.value.id not in GENERIC, where
        if isinstance(node, ast.Attribute):
            assert node.attr not in LATER, where
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            named = {word.arg for word in node.keywords}
            assert not (node.func.id == "zip" and "strict" in named), where
            assert not (node.func.id == "dataclass" and named & {"slots", "kw_only"}), where
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            level = getattr(node, "level", 0)
            for name in names:
                root = name.split(".")[0]
                assert level or root in sys.stdlib_module_names or root in ROOTS | HOSTS.get(path.parent, set()), (
                    f"{where} imports {name}"
                )


def test_the_scan_sees_what_it_should() -> None:
    for line in ("x = list[int]", "'a'.removeprefix('b')", "zip(a, b, strict=True)"):
        found = list(evaluated(ast.parse(line)))
        assert any(
            (isinstance(n, ast.Subscript) and getattr(n.value, "id", "") in GENERIC)
            or (isinstance(n, ast.Attribute) and n.attr in LATER)
            or (isinstance(n, ast.Call) and any(word.arg == "strict" for word in n.keywords))
            for n in found
        ), line
