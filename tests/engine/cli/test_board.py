"""What stands on the terminal while a run goes on."""

import io

from rich.console import Console

from matric.cli.board import Board

UP = "\x1b[1A"


def test_a_question_and_its_answer_stay_on_the_screen() -> None:
    screen = io.StringIO()
    board = Board(Console(file=screen, force_terminal=True, width=80), ("oakfield/sw-01", "oakfield/sw-02"))

    with board.shown():
        with board.paused():
            asked = len(screen.getvalue())
            screen.write("Do the phones have dial tone? [y/N]: y\n")
        after = screen.getvalue()[asked:]

    table, _, _ = after.partition("oakfield/sw-02")
    assert "oakfield/sw-01" in table
    assert UP not in table
