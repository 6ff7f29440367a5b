"""Every name a template asks for in vain, not only the first: found by rendering on, once it is refused anyway.

Heavy (jinja2): imported only where a template has been refused.
"""

import contextlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import jinja2

__all__ = ("gaps",)

Gap = tuple[str, str]
"""(``ios/access.j2:42``, what is missing)."""

LONGEST_LIST = 50
"""Gaps told at most: beyond it a template is not misspelt but another's."""


def gaps(
    environment: jinja2.Environment, missing: type[jinja2.StrictUndefined], root: Path, make: Callable[..., Any]
) -> tuple[Gap, ...]:
    """What *make*, given an environment that renders on, asks for in vain; each place once."""
    found: dict[Gap, None] = {}

    def note(gap: Any) -> None:
        if len(found) < LONGEST_LIST and (place := _place(root)):
            found[place, str(gap._undefined_message)] = None  # noqa: SLF001 - what jinja2 would have raised

    # Whatever ends the second rendering, what was found up to there is told.
    with contextlib.suppress(Exception):
        make(environment.overlay(undefined=_noting(missing, note)))
    return tuple(found)


def _noting(missing: type[jinja2.StrictUndefined], note: Callable[[Any], None]) -> type[jinja2.StrictUndefined]:
    """An undefined that is noted wherever it is used, and then stands for nothing."""

    def noted(answer: Any) -> Callable[..., Any]:
        def use(self: Any, *_: Any, **__: Any) -> Any:
            note(self)
            return self if answer is None else answer() if callable(answer) else answer

        return use

    def nothing() -> Iterator[Any]:
        return iter(())

    def attribute(self: Any, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        note(self)
        return self

    uses: dict[str, Any] = {
        "__str__": "x",
        "__bool__": False,
        "__len__": 0,
        "__int__": 0,
        "__index__": 0,
        "__eq__": False,
    }
    uses |= {"__iter__": nothing, "__call__": None, "__getitem__": None, "__add__": None, "__radd__": None}
    body = {name: noted(answer) for name, answer in uses.items()} | {
        "__hash__": object.__hash__,
        "__getattr__": attribute,
    }
    return type("Noted", (missing,), body)


def _place(root: Path) -> str:
    """The template and line that is being rendered."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.suffix == ".j2" and path.is_relative_to(root):
            return f"{path.relative_to(root).as_posix()}:{_line(frame)}"
        frame = frame.f_back
    return ""


def _line(frame: FrameType) -> int:
    """Line of the template: its compiled form carries both, ``template=compiled&...``."""
    line = 1
    for pair in filter(None, str(frame.f_globals.get("debug_info", "")).split("&")):
        template, _, compiled = pair.partition("=")
        if int(compiled) > frame.f_lineno:
            break
        line = int(template)
    return line
