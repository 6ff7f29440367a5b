"""One thing told in one line, that goes on below itself where a terminal is narrower."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ("line",)


def line(console: "Console", markup: str, indent: int = 0) -> None:
    """Print *markup* (Rich's). At a terminal what does not fit goes on *indent* columns in; a pipe gets it whole."""
    from rich.text import Text  # noqa: PLC0415 - --help never needs rich

    text = Text.from_markup(markup)
    room = console.width - indent
    if not console.is_terminal or text.cell_len <= console.width or room < indent:
        console.print(text, soft_wrap=True)
        return
    head, *more = text[indent:].wrap(console, room)
    for part in (head, *more):
        part.rstrip()
    console.print(text[:indent] + head, soft_wrap=True)
    for part in more:
        console.print(Text(" " * indent) + part, soft_wrap=True)
