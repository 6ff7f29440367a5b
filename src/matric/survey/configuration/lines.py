"""The lines of a configuration with their numbers, and the blocks (banners, certificates) that are no commands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ("Row", "rows")

LONGEST_BLOCK = 400
"""Lines of a banner or certificate. One that ends nowhere must not swallow the rest of a configuration."""
_BARE = re.compile(r"[\s!#;=~*_\-]*$|\{master(?::\d+)?\}$")


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """From 1."""
    depth: int
    """Columns it is indented by."""
    text: str
    block: bool = False
    """It is inside a banner, certificate or key: text, no command."""
    fresh: bool = False
    """A line with nothing but ``#`` stands before it: on Comware, a new section begins whatever its indentation."""


def rows(text: str, heredocs: tuple[str, ...]) -> Iterator[Row]:
    """Every line that says something, in order."""
    lines = text.replace("\r", "").replace("\x03", "^C").encode("utf-8", "replace").decode().split("\n")
    starts = tuple(re.compile(pattern) for pattern in heredocs)
    end = 0
    fresh = False
    for at, raw in enumerate(lines):
        bare = raw.strip()
        if not bare or (at >= end and _BARE.match(bare)):
            fresh = fresh or bare == "#"
            continue
        if at < end:
            yield Row(at + 1, len(raw) - len(raw.lstrip()), bare, block=True)
            continue
        yield Row(at + 1, len(raw) - len(raw.lstrip()), bare, fresh=fresh)
        fresh = False
        if bare.startswith("-----BEGIN "):
            end = next(
                (
                    place + 1
                    for place in range(at, min(at + LONGEST_BLOCK, len(lines)))
                    if lines[place].strip().startswith("-----END ")
                ),
                at,
            )
            continue
        found = next((hit for start in starts if (hit := start.match(bare))), None)
        if found is not None:
            end = _end(lines, at, found, bare)


def _end(lines: list[str], at: int, found: "re.Match[str]", bare: str) -> int:
    """The place after the last line of the block that begins at place *at*; that place where it has no end."""
    name = found.lastgroup or "end"
    delimiter = found.group("end") if name == "end" else ""
    if delimiter and delimiter in bare[found.end("end") :]:
        return at
    for place in range(at + 1, min(at + LONGEST_BLOCK, len(lines))):
        if delimiter in lines[place] if delimiter else lines[place].strip() == name:
            return place + 1
    return at
