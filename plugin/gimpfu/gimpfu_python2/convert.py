"""Python 2's syntax as Python 3's: `python gimpfu convert PLUGIN.py ...`. The old file stays beside the new one as PLUGIN.py.python2.

fissix does the work, the kept fork of lib2to3; where it is missing, lib2to3 itself, which Python had until 3.12.
"""

from __future__ import annotations

import importlib
import os
import shlex
import shutil
import sys
import tempfile
import tokenize

LIBRARIES = ("fissix", "lib2to3")
MISSING = (
    "Converting needs the library fissix, which this Python ({version}) does not have. In a virtual environment: "
    "python3 -m venv convert && convert/bin/pip install fissix && convert/bin/python {here} convert {path}"
)
# `import` would make modules beside the plug-in parts of a package; map, filter and zip give lists in gimpfu as they are.
LEFT_OUT = ("fix_import", "fix_map", "fix_filter", "fix_zip")
TAB = 8  # columns: where Python 2's tokenizer took a tab to


class CannotConvert(Exception):
    """`str(error)` is a sentence for a person."""


def library():
    """The package that converts, or None."""
    import warnings

    for name in LIBRARIES:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # lib2to3 warns of its end
                importlib.import_module(name + ".refactor")
                return importlib.import_module(name)
        except ImportError:
            continue
    return None


def text_of(data):
    """A file's text and encoding; line ends are newlines. Without a declared encoding, Latin-1 is what no file fails in."""
    lines = iter(data.splitlines(True))
    try:
        encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError):
        encoding, text = "utf-8", data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n"), encoding


def without_tabs(text, package):
    """Indents by spaces alone: Python 3 takes no mixture. Text within strings stays as it is."""
    driver = importlib.import_module(package.__name__ + ".pgen2.tokenize")
    lines = text.split("\n")
    inside = set()
    given = iter([line + "\n" for line in lines])
    for kind, _, (first, _), (last, _), _ in driver.generate_tokens(lambda: next(given, "")):
        if kind == driver.STRING:
            inside.update(range(first + 1, last + 1))
    for number, line in enumerate(lines, 1):
        bare = line.lstrip(" \t\f")
        if number not in inside and "\t" in line[: len(line) - len(bare)]:
            lines[number - 1] = line[: len(line) - len(bare)].replace("\f", "").expandtabs(TAB) + bare
    return "\n".join(lines)


def converted(text, path):
    """Python 3's text of Python 2's. CannotConvert."""
    package = library()
    if package is None:
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        raise CannotConvert(
            MISSING.format(version=sys.version.split()[0], here=shlex.quote(here), path=shlex.quote(path))
        )
    refactor = importlib.import_module(package.__name__ + ".refactor")
    parse = importlib.import_module(package.__name__ + ".pgen2.parse")
    driver = importlib.import_module(package.__name__ + ".pgen2.tokenize")
    fixers = refactor.get_fixers_from_package(package.__name__ + ".fixes")
    tool = refactor.RefactoringTool([each for each in fixers if each.rpartition(".")[2] not in LEFT_OUT])
    try:
        spaced = without_tabs(text if text.endswith("\n") else text + "\n", package)
        made = str(tool.refactor_string(spaced, path))
    except (parse.ParseError, driver.TokenError, IndentationError) as error:
        raise CannotConvert(f"{path}{_where(error)}: this is neither Python 2 nor Python 3.") from None
    try:
        compile(made, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise CannotConvert(
            f"{path}, line {error.lineno}: converted, Python 3 cannot read it yet ({error.msg})."
        ) from None
    return made


def _where(error):
    """ ", line N" of an error of the library's parser or tokenizer, or of Python's own."""
    if isinstance(error, SyntaxError):
        return f", line {error.lineno}" if error.lineno else ""
    context = getattr(error, "context", None)
    place = context[1] if context else error.args[1] if len(error.args) > 1 else None
    return f", line {place[0]}" if place else ""


def convert(path):
    """Converts a file in its place, and keeps the old one beside it; its path, or None where the file is Python 3 already."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise CannotConvert(f"{path} cannot be read: {error.strerror}.") from None
    text, encoding = text_of(data)
    try:
        compile(text, path, "exec", dont_inherit=True)
        return None
    except (SyntaxError, ValueError):
        made = converted(text, path)
    kept = path + ".python2"
    if os.path.exists(kept):
        raise CannotConvert(f"{kept} is there already; move it away first.")
    try:
        part, name = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)))
        with os.fdopen(part, "wb") as file:
            file.write(made.encode(encoding))
        os.chmod(name, os.stat(path).st_mode & 0o777)
        shutil.copy2(path, kept)
        os.replace(name, path)
    except OSError as error:
        raise CannotConvert(f"{path} cannot be written: {error.strerror}.") from None
    return kept


def main(words):
    """Of the command line: files. The exit code."""
    import argparse

    parser = argparse.ArgumentParser(prog="gimpfu convert", description=__doc__.split("\n\n")[0])
    parser.add_argument("files", nargs="+", metavar="PLUGIN.py")
    code = 0
    for path in parser.parse_args(words).files:
        try:
            kept = convert(path)
            print(f"{path} is Python 3 now; {kept} is the old file." if kept else f"{path} is Python 3 already.")
        except CannotConvert as error:
            print(error, file=sys.stderr)
            code = 1
    return code
