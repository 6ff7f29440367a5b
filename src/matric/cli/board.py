"""A run as it goes on, one row per device: a live table on a terminal, plain lines elsewhere."""

import contextlib
from collections.abc import Generator
from typing import TYPE_CHECKING

from matric.cli.interrupt import Interrupt
from matric.cutover import effects
from matric.cutover.effects import Answer, DeviceEffect, Effect, Mark, Together

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.live import Live

__all__ = ("Board",)

_SILENT = (effects.Permit, effects.Wait, Together)
_BAD = (effects.Denied, effects.Silent, effects.Stranger, effects.Moved, effects.Nothing)
_PHASES = {
    "S6": "preflight",
    "S7": "stage: nothing is active yet",
    "S8": "arm: farthest first, each under its own timer",
    "S9": "probe: new logins over the new paths",
    "S10": "the school as a whole",
    "S11": "confirm: nearest first",
    "S12": "save: running to startup, read back",
    "S13": "clean",
    "R": "back: timers are cancelled or run out, and every device is read",
}


class Board:
    """What is shown of a run while it goes on. ``told`` is given to the run."""

    def __init__(self, console: "Console", keys: tuple[str, ...]) -> None:
        self._console = console
        self._rows: dict[str, tuple[str, str, str]] = dict.fromkeys(keys, ("", "", "dim"))
        self._phase = ""
        self._live = console.is_terminal and not console.quiet
        self._drawn: Live | None = None
        self._interrupt = Interrupt()

    @contextlib.contextmanager
    def shown(self) -> Generator["Board"]:
        """Drawn while the block runs; a Ctrl-C in it is heard before the next effect at the latest."""
        with self._interrupt, self._live_table():
            yield self

    @contextlib.contextmanager
    def _live_table(self) -> Generator[None]:
        if not self._live:
            yield
            return
        self._drawn = self._begun()
        try:
            yield
        finally:
            drawn, self._drawn = self._drawn, None
            drawn.stop()

    def _begun(self) -> "Live":
        from rich.live import Live  # noqa: PLC0415 - only on a terminal

        drawn = Live(get_renderable=self._table, console=self._console, refresh_per_second=8, transient=False)
        drawn.start(refresh=True)
        return drawn

    @contextlib.contextmanager
    def paused(self) -> Generator[None]:
        """Not drawn while the block runs: a question must not be drawn over, nor its answer."""
        if self._drawn is None:
            yield
            return
        self._drawn.stop()
        try:
            yield
        finally:
            # A table of its own: the old one would be drawn where it stood, over what was asked below it.
            self._drawn = self._begun()

    def told(self, effect: Effect, answer: Answer | None) -> None:
        """Called before (None) and after each effect."""
        self._interrupt.check()
        if isinstance(effect, Mark):
            self._phase = _PHASES.get(effect.phase, effect.phase)
            if answer is not None and not self._live:
                self._console.print(f"[bold]{self._phase}[/]")
        elif isinstance(effect, DeviceEffect):
            self._device(effect, answer)
        elif answer is not None and not isinstance(effect, _SILENT) and not self._live:
            self._console.print(f"  {type(effect).__name__.lower():<11}{_words(answer)}", markup=False)

    def _device(self, effect: DeviceEffect, answer: Answer | None) -> None:
        step = type(effect).__name__.lower()
        if answer is None:
            self._rows[effect.device] = (step, "...", "cyan")
            return
        style = "red" if isinstance(answer, _BAD) else "green"
        words = _words(answer).removeprefix(f"{effect.device} ").removeprefix(f"{effect.device}: ")
        self._rows[effect.device] = (step, words, style)
        if not self._live:
            from rich.markup import escape  # noqa: PLC0415 - rich is loaded by now

            self._console.print(f"  {step:<11}{effect.device:<22}[{style}]{escape(words)}[/]", soft_wrap=True)

    def _table(self) -> "Group":
        from rich.console import Group  # noqa: PLC0415 - only on a terminal
        from rich.table import Table  # noqa: PLC0415 - ditto
        from rich.text import Text  # noqa: PLC0415 - ditto

        table = Table(box=None, show_header=False)
        for key, (step, words, style) in self._rows.items():
            table.add_row(key, Text(step, style="dim"), Text(words[:100], style=style))
        return Group(Text(self._phase, style="bold"), table)


def _words(answer: Answer) -> str:  # noqa: PLR0911 - one line for each kind of answer
    """What came back, in a few words."""
    match answer:
        case effects.Seen():
            timer = f", timer {answer.pending.left_s:.0f} s left" if answer.pending is not None else ""
            return f"running {answer.running}, startup {answer.startup}{timer}"
        case effects.Armed():
            return "armed" + (f", {answer.left_s:.0f} s left" if answer.left_s is not None else "")
        case effects.Checked():
            bad = (*answer.failed, *answer.unread)
            return f"{len(answer.passed)} checks passed" + (f"; {len(bad)} not: {'; '.join(bad[:3])}" if bad else "")
        case effects.Said():
            return "yes" if answer.yes else f"no {answer.words}".strip()
        case effects.Staged():
            return "staged, read back" if not answer.differing else "staged, and not what was sent"
        case effects.Denied() | effects.Silent() | effects.Stranger() | effects.Moved() | effects.Nothing():
            # The remedy stands where the run ends; here is one line, and the device's name stands before it.
            return answer.words.partition(". Do:")[0] or type(answer).__name__.lower()
        case effects.Cleaned():
            return "clean" if not answer.left else f"left: {', '.join(answer.left)}"
        case _:
            return {"Found": "as planned for", "BackedUp": "kept", "Done": "done"}.get(type(answer).__name__, "")
