"""Every text that a person can see, as a gettext template: help, errors, notes, reports, dialogs.

    python tools/strings.py OUT.pot

The texts are read from the source, without running it: string constants that hold words, and the short labels of
dialogs. A value in a text stands as {name}. Docstrings count where they are the help of a command. What only a
programmer sees (asserts, log lines, docstrings, regular expressions) is left out.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("colorgan_core", "installer", "plugin", "train")
# A text has two words with a space between them, the first with a letter that is no capital.
WORDS = re.compile(r"[A-Za-z“(]*[a-z,;:.”)…'’]+ [A-Za-z“({]")
# Calls whose short texts are labels or titles, too.
LABELS = {
    "QCheckBox", "QLabel", "QPushButton", "addItem", "button", "setText", "setToolTip", "setWindowTitle",
    "setHorizontalHeaderLabels", "setSpecialValueText", "get_label", "append", "Told", "set_menu_label",
    "add_menu_path", "append_page", "set_title",
}  # fmt: skip
HIDDEN_CALLS = {"compile", "getLogger", "debug", "info", "warning", "exception", "TypeVar", "sub", "match", "search"}
COMMANDS = {"command", "group"}
TABLES = ("gimpenums.py", "signatures.py")  # of GIMP's own names
LONGEST = 2000  # letters: a longer text is a table or a style sheet
FILES = ("plugin/krita/manual.html", "plugin/krita/colorgan.action", "plugin/krita/colorgan.desktop")


def main(output: Path) -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.name in TABLES:
                continue
            name = path.relative_to(ROOT).as_posix()
            for line, text in texts(ast.parse(path.read_text("utf-8"))):
                places[text].append(f"{name}:{line}")
    entries = [
        "\n".join([*(f"#: {place}" for place in found), *msgid(text), 'msgstr ""']) for text, found in places.items()
    ]
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"'
    whole = "".join(f"# whole file: {name}\n" for name in FILES)
    output.write_text("\n\n".join([whole + header, *entries]) + "\n", "utf-8")
    print(f"{output} has {len(places)} texts; {len(FILES)} more files are text as a whole: {', '.join(FILES)}.")


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of all that a person can see in one module."""
    hidden: set[int] = set()
    labels: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                if isinstance(node, ast.FunctionDef) and is_command(node):
                    labels.add(id(first.value))
                else:
                    hidden.add(id(first.value))
        elif isinstance(node, ast.Assert):
            hidden.update(id(each) for each in ast.walk(node))
        elif isinstance(node, ast.Call):
            name = called(node)
            if name in HIDDEN_CALLS:
                hidden.update(id(each) for argument in node.args for each in ast.walk(argument))
            elif name in LABELS:
                labels.update(id(each) for each in ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            hidden.update(id(each) for each in node.values)
            hidden.update(
                id(inner) for each in node.values if isinstance(each, ast.FormattedValue) and each.format_spec
                for inner in ast.walk(each.format_spec)
            )  # fmt: skip
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        text = text_of(node)
        if (
            text
            and len(text) <= LONGEST
            and (WORDS.search(text) or (id(node) in labels and re.search("[A-Za-z]{3}", text)))
        ):
            yield node.lineno, text  # type: ignore[attr-defined]


def text_of(node: ast.AST) -> str | None:
    """The text of a constant or an f-string, values as {name}."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{" + shown(part) + "}" for part in node.values
        )
    return None


def shown(part: ast.AST) -> str:
    assert isinstance(part, ast.FormattedValue)
    return ast.unparse(part.value)


def is_command(function: ast.FunctionDef) -> bool:
    return any(isinstance(each, ast.Call) and called(each) in COMMANDS for each in function.decorator_list)


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def msgid(text: str) -> Iterator[str]:
    """The lines of an entry's msgid."""
    lines = [each.replace("\\", "\\\\").replace('"', '\\"') for each in text.split("\n")]
    if len(lines) == 1:
        yield f'msgid "{lines[0]}"'
        return
    yield 'msgid ""'
    yield from (f'"{line}\\n"' for line in lines[:-1])
    if lines[-1]:
        yield f'"{lines[-1]}"'


if __name__ == "__main__":
    main(Path(sys.argv[1]))
