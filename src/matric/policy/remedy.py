"""What a rule tells people to do, read from its own text: the remedies of the findings it may yield.

Names stand where a text is put together: ``give <port> a profile``. The rule is not run.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from matric.policy import Policy
from matric.policy.vouched import vouched

__all__ = ("remedies",)

_REMEDY = 2
"""Place of the remedy among a Finding's arguments."""


def remedies(rule: Policy) -> tuple[str, ...]:
    """Every remedy in the rule and in the functions of its site that it calls, in their order, each once."""
    home = rule.function.__module__.rpartition(".")[0]
    function: Any = rule.function
    return tuple(dict.fromkeys(_of(function, home, set())))


def _of(function: FunctionType, home: str, seen: set[str]) -> Iterator[str]:
    if function.__qualname__ in seen:
        return
    seen.add(function.__qualname__)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "Finding":
            given = [one.value for one in node.keywords if one.arg == "remedy"]
            for value in given or node.args[_REMEDY : _REMEDY + 1]:
                yield from _texts(value, tree, function)
            continue
        called = function.__globals__.get(node.func.id)
        if isinstance(called, FunctionType) and (called is vouched or called.__module__.rpartition(".")[0] == home):
            yield from _of(called, home, seen)


def _texts(value: ast.expr, tree: ast.AST, function: FunctionType) -> Iterator[str]:
    """What the expression may say; nothing where only running it would tell."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr():
            yield "".join(_part(part) for part in value.values)
        case ast.IfExp():
            yield from _texts(value.body, tree, function)
            yield from _texts(value.orelse, tree, function)
        case ast.Name(id=name):
            known = function.__globals__.get(name)
            if isinstance(known, str):
                yield known
            for node in ast.walk(tree):
                if isinstance(node, ast.Assign) and any(
                    isinstance(target, ast.Name) and target.id == name for target in node.targets
                ):
                    yield from _texts(node.value, tree, function)
        case _:
            pass


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    named = part.value if isinstance(part, ast.FormattedValue) else part
    match named:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return f"<{name}>"
        case _:
            return "..."
