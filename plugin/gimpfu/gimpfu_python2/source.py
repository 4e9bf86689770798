"""Reads a plug-in with Python 2's meanings: what both Pythons can read and mean differently means what it meant in Python 2.

These are `/`, `math.floor` and `math.ceil`, and the methods of names.METHODS, such as `text.decode` and `dictionary.keys`. The rest that
was removed or changed are names (names.NAMES). A file that is Python 3's keeps Python 3's meanings: one with `from __future__ import
division`, with `python3` in its first line, or with syntax that Python 2 lacks.
"""

from __future__ import annotations

import ast
import copy
import importlib.machinery
import os
import sys

from gimpfu_python2 import names, numbers

OVER = []  # the plug-in that has run to its end, in case it catches SystemExit at its import of gimpfu
HELPER = "__python2__"  # the name under which a plug-in's module finds the functions below
LATER = (ast.AnnAssign, ast.JoinedStr, ast.Nonlocal, ast.YieldFrom, ast.AsyncFunctionDef, ast.NamedExpr, ast.MatMult)


class Helper:
    divided, floor, ceil, method = map(staticmethod, (numbers.divided, numbers.floor, numbers.ceil, names.method))


def is_python_3(source, tree):
    """Whether a file (bytes) that Python 3 can read was written for it alone."""
    first = source.split(b"\n", 1)[0]
    if first.startswith(b"#!") and b"python3" in first:
        return True
    for node in ast.walk(tree):
        if isinstance(node, LATER) or (isinstance(node, ast.Raise) and node.cause is not None):
            return True
        of_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        if of_future and any(each.name in ("division", "annotations") for each in node.names):
            return True
        if isinstance(node, ast.FunctionDef) and (node.returns is not None or node.args.kwonlyargs):
            return True
        if isinstance(node, ast.arg) and node.annotation is not None:
            return True
    return False


class _Meanings(ast.NodeTransformer):
    def _helper(self, name, at, *given):
        function = ast.Attribute(ast.Name(HELPER, ast.Load()), name, ast.Load())
        return ast.copy_location(ast.Call(function, list(given), []), at)

    def visit_BinOp(self, node):
        self.generic_visit(node)
        return self._helper("divided", node, node.left, node.right) if isinstance(node.op, ast.Div) else node

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        read = copy.deepcopy(node.target)
        read.ctx = ast.Load()
        value = self._helper("divided", node, read, node.value)
        return ast.copy_location(ast.Assign([node.target], value), node)

    def visit_Call(self, node):
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Attribute):
            of_math = isinstance(function.value, ast.Name) and function.value.id == "math"
            if of_math and function.attr in ("floor", "ceil"):
                return self._helper(function.attr, node, *node.args)
            if function.attr in names.METHODS:
                name = ast.copy_location(ast.Constant(function.attr), function)
                node.func = self._helper("method", function, function.value, name)
        return node

    def visit_ImportFrom(self, node):
        taken = {each.asname or each.name: each.name for each in node.names} if node.module == "math" else {}
        if "*" in taken:
            taken = {"floor": "floor", "ceil": "ceil"}
        changed = [
            ast.parse(f"{name} = {HELPER}.{found}").body[0]
            for name, found in taken.items()
            if found in ("floor", "ceil")
        ]
        for each in changed:
            for part in ast.walk(each):
                ast.copy_location(part, node)
        return [node, *changed]


def compiled(source, path):
    """The code of a file (bytes). SyntaxError where Python 3 cannot read it."""
    tree = ast.parse(source, path)
    if not is_python_3(source, tree):
        tree = ast.fix_missing_locations(_Meanings().visit(tree))
    return compile(tree, path, "exec", dont_inherit=True)


def run(path, namespace):
    """Runs a file in a module's namespace, which has the names of Python 2 first."""
    with open(path, "rb") as file:
        code = compiled(file.read(), path)
    prepare(namespace)
    exec(code, namespace)


def prepare(namespace):
    for name in names.NAMES:
        namespace.setdefault(name, getattr(names, name))
    namespace[HELPER] = Helper


class _Loader(importlib.machinery.SourceFileLoader):
    """Of modules beside a plug-in; no code of theirs is kept in files, where another Python would find it."""

    def get_code(self, fullname):
        return compiled(self.get_data(self.path), self.path)

    def exec_module(self, module):
        prepare(module.__dict__)
        super().exec_module(module)


class _Finder:
    """Finds modules in a plug-in's own folder, and in packages there."""

    def __init__(self, folder):
        self.folder = os.path.abspath(folder)

    def find_spec(self, name, path=None, target=None):
        spec = importlib.machinery.PathFinder.find_spec(name, [self.folder] if path is None else path)
        origin = getattr(spec, "origin", None) or ""
        if not origin.startswith(self.folder + os.sep) or os.sep + "gimpfu" in origin[len(self.folder) :]:
            return None
        if type(spec.loader) is importlib.machinery.SourceFileLoader:
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


def find_beside(path):
    """Reads what a plug-in imports from its own folder with Python 2's meanings, too."""
    sys.meta_path.insert(0, _Finder(os.path.dirname(path)))


def take_over():
    """If GIMP has started a plug-in, and its file is at the import of gimpfu, runs the file from its start with Python 2's meanings,
    and leaves with SystemExit when it has ended. Otherwise does nothing."""
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    if sys.argv[1:2] != ["-gimp"] or path is None or HELPER in vars(main) or not os.path.isfile(path):
        return
    frame = sys._getframe()
    while frame is not None and not (frame.f_globals is vars(main) and frame.f_code.co_name == "<module>"):
        frame = frame.f_back
    if frame is None:
        return
    with open(path, "rb") as file:
        source = file.read()
    if is_python_3(source, ast.parse(source, path)):
        return
    find_beside(path)
    run(path, vars(main))
    OVER.append(path)
    raise SystemExit
