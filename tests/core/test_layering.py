"""Who may import whom, read from the source: the rules of the rooms."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE, TRAIN, PLUGIN, INSTALLER = "colorgan_core", "colorgan_train", "colorgan_plugin", "colorgan_installer"
FOLDERS = {CORE: ROOT / "colorgan_core", TRAIN: ROOT / "train", PLUGIN: ROOT / "plugin", INSTALLER: ROOT / "installer"}
# Copied byte for byte into the editors' own Pythons.
PORTABLE = [f"{CORE}.operations", f"{CORE}.errors", f"{CORE}.engine.protocol"]

# What may not be imported from where, by the start of the module's name.
FORBIDDEN = [
    (CORE, (TRAIN, "colorgan_installer", "colorgan_plugin", "train", "installer", "plugin")),
    (f"{CORE}.picture", (f"{CORE}.engine", f"{CORE}.model", f"{CORE}.cli", "torch")),
    (f"{CORE}.lineart", (f"{CORE}.engine", f"{CORE}.cli", f"{CORE}.sequence")),
    (f"{CORE}.model", (f"{CORE}.engine", f"{CORE}.cli", f"{CORE}.lineart")),
    (f"{CORE}.files", (f"{CORE}.engine", f"{CORE}.model", f"{CORE}.picture")),
    (INSTALLER, (TRAIN, f"{CORE}.model", "torch")),
    (f"{PLUGIN}.client", (f"{PLUGIN}.krita", f"{PLUGIN}.gimp")),
    (TRAIN, ("colorgan_installer", "colorgan_plugin", f"{CORE}.cli")),
]


def modules() -> Iterator[tuple[str, Path]]:
    for package, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            yield ".".join((package, *parts)).removesuffix(".__init__"), path


def imports(module: str, path: Path) -> Iterator[str]:
    """Absolute names of all that a file imports, inside functions too."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_rooms(module: str, path: Path) -> None:
    for name in imports(module, path):
        for room, others in FORBIDDEN:
            if within(module, room):
                assert not any(within(name, other) for other in others), f"{module} imports {name}"


def test_plugins_know_nothing_of_the_core_but_what_they_carry() -> None:
    for module, path in modules():
        if within(module, PLUGIN):
            for name in imports(module, path):
                assert not within(name, TRAIN), f"{module} imports {name}"
                assert not within(name, CORE) or any(within(name, each) for each in PORTABLE), (
                    f"{module} imports {name}"
                )


def test_portable_files_need_only_the_standard_library() -> None:
    known = dict(modules())
    for module in PORTABLE:
        if module not in known:
            continue
        ast.parse(known[module].read_text(encoding="utf-8"), feature_version=(3, 8))
        for name in imports(module, known[module]):
            assert name.split(".")[0] in sys.stdlib_module_names or any(within(name, other) for other in PORTABLE), name


def test_installed_packages_are_the_folders() -> None:
    tomllib = pytest.importorskip("tomllib")  # Python 3.11
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    found = {module.rpartition(".")[0] if path.name != "__init__.py" else module for module, path in modules()}
    assert set(listed) == found


def test_every_module_of_core_and_training_can_be_imported() -> None:
    """Those that are only run as programs, too, which no other test imports."""
    names = [name for name, _ in modules() if name.startswith((CORE, TRAIN)) and not name.endswith("__main__")]
    names = [name for name in names if ".workers." not in name]  # of environments of their own
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    ran = subprocess.run([sys.executable, "-c", code, *names], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_no_path_of_one_machine() -> None:
    """`~`-less homes and temporary folders have no place in the code."""
    for module, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not node.value.startswith(("/home/", "/root/", "/tmp/", "/work/")), f"{module}: {node.value}"
