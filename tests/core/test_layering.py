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
PORTABLE = [f"{CORE}.operations", f"{CORE}.errors", f"{CORE}.server.protocol"]

# The rooms of the core, each with the rooms that it may import.
ROOMS: dict[str, tuple[str, ...]] = {
    "picture": (),
    "lineart": ("picture",),
    "gray": ("picture",),
    "style": ("picture",),
    "model": ("picture",),
    "inference": ("picture", "lineart", "gray", "style", "model"),
    "server": ("picture", "lineart", "gray", "style", "model", "inference"),
    "sequence": ("picture", "lineart", "gray", "style", "model", "inference"),
}
# Modules that still import a room which theirs may not, with that room.
EXCEPTIONS = [
    (f"{CORE}.lineart.ink", f"{CORE}.model"),
    (f"{CORE}.style.stylize", f"{CORE}.inference"),
    (f"{CORE}.style.stylize", f"{CORE}.model"),
]
# What else may not be imported from where, by the start of the module's name.
FORBIDDEN = [
    (CORE, (TRAIN, INSTALLER, PLUGIN, "train", "installer", "plugin")),
    *((f"{CORE}.{room}", (f"{CORE}.cli",)) for room in ROOMS),
    *((f"{CORE}.{room}", (f"{CORE}.command",)) for room in ROOMS if room != "sequence"),
    (f"{CORE}.picture", ("torch",)),
    (f"{CORE}.gray", ("torch",)),
    (f"{CORE}.files", tuple(f"{CORE}.{room}" for room in ROOMS)),
    (
        INSTALLER,
        (TRAIN, *(f"{CORE}.{room}" for room in ("lineart", "style", "model", "inference", "sequence")), "torch"),
    ),
    (f"{PLUGIN}.client", (INSTALLER, f"{PLUGIN}.krita", f"{PLUGIN}.gimp", f"{PLUGIN}.gimpfu")),
    (f"{PLUGIN}.krita", (CORE, INSTALLER, f"{PLUGIN}.gimp", f"{PLUGIN}.gimpfu")),
    (f"{PLUGIN}.gimp", (CORE, INSTALLER, f"{PLUGIN}.krita", f"{PLUGIN}.gimpfu")),
    (TRAIN, (INSTALLER, PLUGIN, f"{CORE}.cli", f"{CORE}.command")),
]


def modules() -> Iterator[tuple[str, Path]]:
    for package, folder in FOLDERS.items():
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            yield ".".join((package, *parts)).removesuffix(".__init__"), path


def imports(module: str, path: Path) -> Iterator[str]:
    """Absolute names of all that a file imports, inside functions too."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    yield from imports_of(path.read_text(encoding="utf-8"), package)


def imports_of(source: str, package: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def breaks_rules(module: str, name: str) -> bool:
    """Whether `module` may not import `name`, exceptions aside."""
    if any(within(module, place) and any(within(name, other) for other in others) for place, others in FORBIDDEN):
        return True
    for room, allowed in ROOMS.items():
        if within(module, f"{CORE}.{room}"):
            return any(within(name, f"{CORE}.{other}") for other in ROOMS if other != room and other not in allowed)
    return False


def is_exception(module: str, name: str) -> bool:
    return any(module == importer and within(name, room) for importer, room in EXCEPTIONS)


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_rooms(module: str, path: Path) -> None:
    for name in imports(module, path):
        assert not breaks_rules(module, name) or is_exception(module, name), f"{module} imports {name}"


@pytest.mark.parametrize(("module", "room"), EXCEPTIONS)
def test_exceptions_are_needed(module: str, room: str) -> None:
    names = imports(module, dict(modules())[module])
    assert any(within(name, room) and breaks_rules(module, name) for name in names), f"{module} does not import {room}"


def test_every_folder_of_the_core_is_a_room() -> None:
    folders = {path.name for path in FOLDERS[CORE].iterdir() if any(path.glob("*.py"))}
    assert folders == set(ROOMS)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("picture", "lineart"), ("picture", "gray"), ("picture", "style"), ("picture", "model"), ("picture", "inference"),
        ("lineart", "gray"), ("lineart", "style"), ("lineart", "model"), ("lineart", "inference"), ("gray", "lineart"),
        ("gray", "inference"), ("style", "lineart"), ("style", "inference"), ("model", "lineart"), ("model", "inference"),
        ("inference", "server"), ("inference", "sequence"), ("server", "sequence"), ("sequence", "server"),
    ],
)  # fmt: skip
def test_wrong_directions_are_found(importer: str, imported: str) -> None:
    module = f"{CORE}.{importer}.example"
    for line in (f"from ..{imported}.x import y", f"from ..{imported} import x", f"import {CORE}.{imported}.x"):
        assert any(breaks_rules(module, name) for name in imports_of(line, f"{CORE}.{importer}")), line


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
