"""References to secrets, and the placeholders that stand for them in text."""

import re
from collections.abc import Iterator
from typing import cast

__all__ = ("REFERENCE", "TOKEN", "references", "referred", "token")

TOKEN = re.compile(
    r"<secret:(?P<ref>[A-Za-z][A-Za-z0-9_-]*:[A-Za-z0-9_./-]+)(?:\|(?P<form>[a-z0-9]+)(?::(?P<engine>[0-9a-f]+))?)?>"
)
REFERENCE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*:[A-Za-z0-9_./-]+")


def token(ref: str, form: str = "") -> str:
    """The placeholder that stands for *ref* in text."""
    return f"<secret:{ref}|{form}>" if form else f"<secret:{ref}>"


def references(text: str) -> tuple[str, ...]:
    """Every reference *text* holds, once each, sorted."""
    return tuple(sorted({found["ref"] for found in TOKEN.finditer(text)}))


def referred(value: object) -> Iterator[str]:
    """Every text in plain data that has the form of a reference, whatever its scheme."""
    match value:
        case str():
            if REFERENCE.fullmatch(value):
                yield value
        case dict():
            for part in cast("dict[str, object]", value).values():
                yield from referred(part)
        case list():
            for part in cast("list[object]", value):
                yield from referred(part)
        case _:
            pass
