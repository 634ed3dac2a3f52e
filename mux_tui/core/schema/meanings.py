"""What classes and their fields mean, out of their docstrings.

A docstring under a field is no part of the running program, so the source is read.
"""

import ast
import inspect
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from types import ModuleType


def meaning_of(kind: type) -> str:
    """What a class is for: the first paragraph of its docstring, on one line."""
    return _meanings(_module(kind)).get(kind.__name__, "")


def meaning_of_field(kind: type, field: str) -> str:
    """What a field or a member means, on one line; empty: it has no docstring."""
    return _meanings(_module(kind)).get(f"{kind.__name__}.{field}", "")


def _module(kind: type) -> ModuleType:
    module = inspect.getmodule(kind)
    assert module is not None
    return module


@cache
def _meanings(module: ModuleType) -> Mapping[str, str]:
    """By class (`Router`) and by field (`Router.keywords`)."""
    found: dict[str, str] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ClassDef):
            first = (ast.get_docstring(node) or "").partition("\n\n")[0]
            found[node.name] = " ".join(first.split())
            for before, after in pairwise(node.body):
                for name in _names(before):
                    found[f"{node.name}.{name}"] = " ".join(_text(after).split())

    return found


def _names(node: ast.stmt) -> list[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Assign):
        targets = node.targets
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _text(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return node.value.value if isinstance(node.value.value, str) else ""

    return ""
