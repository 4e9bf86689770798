"""A plug-in that cannot be read, in GIMP: its menu entries are where they would be, and calling one states what is wrong."""

from __future__ import annotations

import ast
import os
import re
import shlex

from gimpfu_python2.convert import text_of
from gimpfu_python2.names import Explained, told


def reason(path, raised):
    """What is wrong with a plug-in's file, and the way out: sentences for a person."""
    name = os.path.basename(path)
    if isinstance(raised, SyntaxError):
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        where = os.path.basename(raised.filename or name)
        if where != name:
            path = raised.filename
        command = " ".join(shlex.quote(each) for each in ("python3", here, "convert", path))
        return (
            f"Python 3and GIMP 3 cannot read {name}, which was probably written for Python 2 ({where}, line {raised.lineno}: "
            f"{raised.msg}). This converts the file, and keeps the old one:\n{command}"
        )
    more = told(raised)
    return f"{name} cannot be loaded: {type(raised).__name__}: {raised}." + (f" {more}" if more else "")


def registrations(text):
    """[(name, label, menu)] of the calls of `register` in a file that need not be Python 3's; what is no plain text is None."""
    found = []
    for start in re.finditer(r"^[ \t]*(?:gimpfu\.)?register[ \t]*\(", text, re.M):
        call = _balanced(text[start.end() - 1 :])
        try:
            node = ast.parse("register" + call, mode="eval").body
        except (SyntaxError, ValueError):
            continue
        named = {each.arg: each.value for each in node.keywords}
        parts = dict(zip(("proc_name", "blurb", "help", "author", "copyright", "date", "label"), node.args), **named)
        name, label, menu = (_plain(parts.get(each)) for each in ("proc_name", "label", "menu"))
        if name:
            found.append((name, label, menu))
    return found


def _balanced(text):
    """A text's start up to the bracket that closes its first one; strings and comments may hold others."""
    pattern = re.compile(
        r"""('''|\"\"\")(?:\\.|(?!\1).)*\1|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|#[^\n]*|[\[\](){}]""", re.S
    )
    depth = 0
    for each in pattern.finditer(text):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(each.group(), 0)
        if depth == 0:
            return text[: each.end()]
    return ""


def _plain(node):
    """The text that a part of a call stands for; `_("...")` is its text."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        return _plain(node.args[0])
    if isinstance(node, ast.BinOp):
        one, other = _plain(node.left), _plain(node.right)
        return one + other if isinstance(node.op, ast.Add) and one is not None and other is not None else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def main(path, raised):
    """Stands in the plug-in's place in GIMP."""
    import gimpfu

    with open(path, "rb") as file:
        text, _ = text_of(file.read())
    sentence = reason(path, raised)
    if not isinstance(raised, SyntaxError):
        sentence += (
            f" Once this is repaired, GIMP reads the plug-in again when its file has changed: touch {shlex.quote(path)}"
        )
    why = "needs converting" if isinstance(raised, SyntaxError) else "cannot run"

    def explain():
        raise Explained(sentence)

    stem = os.path.splitext(os.path.basename(path))[0]
    del gimpfu.REGISTERED[:]
    for name, label, menu in registrations(text) or [(stem, stem, None)]:
        if menu is None and label and "/" in label:
            menu, _, label = label.rpartition("/")
        if menu is None or menu.startswith(("<Load>", "<Save>")):
            menu = "<Image>/File" if menu else "<Image>/Filters"
        label = f"{(label or name).rstrip('.…')} ({why})"
        gimpfu.register(name, sentence, sentence, "", "", "", label, "", [], [], explain, menu=menu)
    gimpfu.main()


def watch(path):
    """If an exception ends the plug-in's file before GIMP has been reached, an entry stands in its place."""
    import sys

    before = sys.excepthook

    def hook(kind, raised, trace):
        before(kind, raised, trace)
        if isinstance(raised, Exception) and "gimpfu_backend.plugin" not in sys.modules:
            main(path, raised)

    sys.excepthook = hook


def is_plugin(path):
    """Whether a file is a plug-in that imports gimpfu, or the module gimp of GIMP 2."""
    try:
        with open(path, "rb") as file:
            return bool(
                re.search(rb"^[ \t]*(from|import)[ \t][^#\n]*\bgimp(fu)?\b", file.read().replace(b"\r", b"\n"), re.M)
            )
    except OSError:
        return False
