"""Which rules are matric's own, to the letter: its tests prove those, and a trust's cases prove the others."""

import ast
import hashlib
import inspect
import json
import textwrap
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from matric.policy import Policy

__all__ = ("own",)

MANIFEST = ".matric/starter.json"
"""As matric.layout has it, which brings git along; a test holds the two equal."""


def own(rules: Iterable[Policy], root: Path | None = None) -> tuple[Policy, ...]:
    """Those of *rules* that a trust wrote, or changed: comments and line breaks change nothing.

    With *root*, the trust's folder, a file that is as an older matric laid it out counts as matric's too.
    """
    laid_out = _laid_out(root) if root is not None else frozenset[Path]()
    return tuple(
        rule
        for rule in rules
        if Path(rule.function.__code__.co_filename) not in laid_out
        and _shipped().get(rule.id) != _text(inspect.getsource(rule.function))
    )


def _laid_out(root: Path) -> frozenset[Path]:
    """The files below *root* that nobody has changed since ``matric init`` wrote them, as its manifest says."""
    manifest = root / MANIFEST
    try:
        named: dict[str, dict[str, str]] = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        return frozenset(
            root / name for name, one in named.items() if name.endswith(".py") and _digest(root / name) == one["sha256"]
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Nobody can say what was laid out: then every rule that is not matric's of today is the trust's.
        return frozenset()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@cache
def _shipped() -> Mapping[str, str]:
    """Id -> text of each rule that ``matric init`` lays out."""
    found: dict[str, str] = {}
    for file in files("matric").joinpath("starter", "policies").iterdir():
        if file.name.endswith(".py"):
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                name = _id(node)
                if name:
                    found[name] = ast.dump(node)
    return MappingProxyType(found)


def _id(node: ast.stmt) -> str:
    """The id that the function is made a rule by; empty where it is none."""
    if isinstance(node, ast.FunctionDef):
        for decorator in node.decorator_list:
            match decorator:
                case ast.Call(func=ast.Name(id="policy"), args=[ast.Constant(value=str(name)), *_]):
                    return name
                case _:
                    pass
    return ""


def _text(source: str) -> str:
    return ast.dump(ast.parse(textwrap.dedent(source)).body[0])
