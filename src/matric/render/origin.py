"""Where each line of a rendered configuration comes from: the template and the line in it that ended it.

Rendered once more from the same values, with a mark before each line end that a template writes; the text without the
marks is the rendered text itself. Heavy (jinja2): imported only by what asks.
"""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from matric.intent.school import Device, School
from matric.render.template import Templates
from matric.render.view import View, view

__all__ = ("Tracer",)

LONGEST_TIME_S = 5.0
MARK = re.compile("\x01([^\x01]*)\x01")


class Marking(Extension):
    """Puts ``name:line`` before each line end in a template's own text, once blocks have been trimmed."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens, marked."""
        for token in stream:
            if token.type != "data" or "\n" not in token.value:
                yield token
                continue
            first, *rest = token.value.split("\n")
            marked = first + "".join(
                f"\x01{stream.name}:{token.lineno + at}\x01\n{part}" for at, part in enumerate(rest)
            )
            yield Token(token.lineno, token.type, marked)


class _Marked(Templates):
    """The template set with marks; never cached, because its compiled form is another."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, trusted=True, cache=None, seconds=LONGEST_TIME_S, keep=False)
        self._environment = self._environment.overlay(extensions=[Marking], bytecode_cache=None)


class Tracer:
    """Says of each line of a device's intended configuration which template line wrote it."""

    def __init__(self, templates: Path) -> None:
        self._templates = _Marked(templates)

    def origins(self, school: School, device: Device) -> tuple[str, ...]:
        """``ios/_aaa.j2:3`` for each line of the rendered text of *device*, in order; empty where none ended it.

        BadInput where a template is at fault, as rendering itself says.
        """
        name = f"{device.platform}/{device.role}.j2"
        seen = view(school, device)
        context: dict[str, Any] = {field.name: getattr(seen, field.name) for field in fields(View)}
        raw = self._templates.text(name, f"{device.name} (#{device.id})", context)
        lines = [(MARK.sub("", line).strip(), MARK.search(line)) for line in raw.split("\n")]
        said = [at for at, (text, _) in enumerate(lines) if text]
        if not said:
            return ()
        whole = lines[said[0] : said[-1] + 1]
        return tuple(mark[1] if mark is not None else "" for _, mark in whole)
