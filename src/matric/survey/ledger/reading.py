"""A configuration's lines with their numbers and the heads above them: every line that is not blank, once.

The same tree as ``matric.config.parse`` makes of the text (held by a test), which keeps neither numbers nor comments.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from matric.platform.base import ConfigRules

__all__ = ("INHERITED", "PLAIN", "Read", "lines")

PLAIN = ConfigRules(hier_config="")
"""How the text of a platform is read that nobody has described: by its indentation."""
INHERITED = {
    "comware": ConfigRules(
        hier_config="", heredocs=(r"^header (?:motd|login|shell|legal|incoming) (?P<end>\S)",), volatile=(r"^return$",)
    ),
    "icx": ConfigRules(hier_config="", heredocs=(r"^banner (?:motd |exec |incoming )?(?P<end>\^C|\S)$",)),
}
"""The same of platforms that matric reads and never writes. Sources: HPE FlexNetwork and Ruckus FastIron references."""
SECTION = "#"
"""A line with nothing else on it: on Comware the next begins a section, whatever its indentation."""


@dataclass(frozen=True, slots=True)
class Read:
    """One line as it stands in the text."""

    number: int
    """From 1."""
    text: str
    """Without its indentation."""
    heads: tuple[str, ...]
    """The lines above it; of a block's inner lines the block's first line is the last of them."""
    node: tuple[str, ...]
    """The place in the tree: heads and whole text, which of a block holds line ends. The same for all its lines."""
    comment: bool = False


def lines(text: str, rules: ConfigRules = PLAIN, comments: str = "!") -> Iterator[Read]:
    """Every line of *text* that is not blank. A line that begins with one of *comments* is no part of the tree."""
    starts = _starts(rules.heredocs)
    stack: list[tuple[int, str]] = []
    rows = enumerate(text.replace("\r\n", "\n").replace("\x03", "^C").split("\n"), 1)
    for number, raw in rows:
        bare = raw.strip()
        if not bare:
            continue
        if bare == SECTION and comments.startswith(SECTION):
            stack.clear()
        if bare[0] in comments and bare[:2] != "!!":
            yield Read(number, bare, tuple(head for _, head in stack), (), comment=True)
            continue
        depth = len(raw) - len(raw.lstrip())
        while stack and stack[-1][0] >= depth:
            stack.pop()
        heads = tuple(head for _, head in stack)
        start = next((found for one in starts if (found := one.match(bare))), None)
        block = [(number, bare), *(_block(bare, start, rows) if start is not None else ())]
        whole = "\n".join(part for _, part in block)
        node = (*heads, whole)
        yield Read(number, bare, heads, node)
        yield from (Read(at, part.strip(), (*heads, bare), node) for at, part in block[1:] if part.strip())
        stack.append((depth, whole))


def _block(first: str, start: "re.Match[str]", rows: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The further lines of the banner or certificate that *first* opens."""
    name = start.lastgroup or "end"
    delimiter = start.group("end") if name == "end" else None
    if delimiter is not None and delimiter in first[start.end("end") :]:
        return
    for number, raw in rows:
        yield number, raw.rstrip()
        if raw.strip() == name if delimiter is None else delimiter in raw:
            return


@lru_cache(maxsize=32)
def _starts(patterns: tuple[str, ...]) -> tuple["re.Pattern[str]", ...]:
    return tuple(re.compile(pattern) for pattern in patterns)
