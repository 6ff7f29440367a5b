"""A line that is told fits the terminal it is told at, loses no word, and is whole in a pipe."""

import io
import re

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from matric.cli.line import line

WORDS = st.lists(st.text("abcdefg:./0", min_size=1, max_size=30), min_size=1, max_size=30)


def shown(text: str, width: int, indent: int, *, terminal: bool) -> list[str]:
    file = io.StringIO()
    line(Console(file=file, width=width, force_terminal=terminal, highlight=False, color_system=None), text, indent)
    return file.getvalue().removesuffix("\n").split("\n")


@given(words=WORDS, width=st.integers(40, 120), indent=st.integers(0, 14))
def test_at_a_terminal_every_row_fits_hangs_below_the_first_and_no_word_is_lost(
    words: list[str], width: int, indent: int
) -> None:
    text = " " * indent + " ".join(words)

    rows = shown(text, width, indent, terminal=True)

    assert all(len(row) <= width for row in rows)
    assert all(row.startswith(" " * indent) and row == row.rstrip() for row in rows)
    assert re.sub(r"\s", "", "".join(rows)) == "".join(words)


@given(words=WORDS)
def test_a_pipe_gets_it_whole(words: list[str]) -> None:
    assert shown(" ".join(words), 40, 4, terminal=False) == [" ".join(words)]
