"""What every command is given: the site, the lab if any, and how to print."""

import json
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from matric.fleet import Nornir
    from matric.journal import Journal
    from matric.site import Site

__all__ = ("Context", "pass_context")


@dataclass
class Context:
    """The global options, and what is made from them on first use."""

    root: Path | None = None
    lab: Path | None = None
    as_json: bool = False
    quiet: bool = False
    where: str | None = field(default=None, repr=False)
    """Where the state is, as it was named: a folder or the address of a database."""
    _gathered: list[Any] | None = None

    @cached_property
    def site(self) -> "Site":
        from matric import site  # noqa: PLC0415 - only commands that read the site pay for it

        return site.load(self.root)

    @property
    def state_named(self) -> bool:
        """True where somebody said where the state is: what is left unsaid may go with the job's disk."""
        return bool(self.where)

    @cached_property
    def state(self) -> Path:
        """The folder for what stays on this machine (reports, saved plans), and the journal's where none is named.

        A lab has its own.
        """
        from matric import journal  # noqa: PLC0415 - ditto

        if self.where and not journal.in_database(self.where):
            return Path(self.where)
        return (self.lab / "state") if self.lab is not None else self.site.root / ".matric" / "state"

    @cached_property
    def journal(self) -> "Journal":
        """What was done, who holds a school, and the shelves: in a folder or in a database."""
        from matric import journal, onboarding  # noqa: PLC0415 - ditto

        clock = onboarding.clock_of(self.any_lab)
        opened = journal.open_state(self.where or self.state, clock, self._tombstones)
        if self.state_named:
            self._refuse_other_world(opened)
        return opened

    def _refuse_other_world(self, journal: "Journal") -> None:
        """A lab has a time of its own: its locks and leases must never lie beside those of real schools."""
        mine = "a lab" if self.lab is not None else "real schools"
        shelf = journal.shelf("state")
        found = shelf.get("of")
        if found is None:
            shelf.put("of", {"of": mine})
        elif found["of"] != mine:
            journal.close()
            raise UsageError(
                f"{journal.where} keeps the state of {found['of']}, and this is for {mine}. "
                "Do: name another state, or leave MATRIC_STATE out"
            )

    @property
    def _tombstones(self) -> Path | None:
        """A second memory of spent plans, outside the state folder: it outlives one restored from backup.

        A lab has none.
        """
        if self.lab is not None:
            return None
        home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
        return home / "matric" / "spent"

    def at(self, school: str) -> "Context":
        """The same, for *school*: where MATRIC_LAB is a folder of several labs, its own lab and that lab's clock."""
        if self.lab is None or (self.lab / "lab.json").exists():
            return self
        own = self.lab / school
        if not (own / "lab.json").exists():
            raise UsageError(f"no lab of {school} runs in {self.lab}. Do: 'matric lab up {school}'")
        there = replace(self, lab=own)
        there.__dict__["site"] = self.site
        return there

    @property
    def any_lab(self) -> Path | None:
        """A lab whose clock will do for what concerns no school: the first of several."""
        if self.lab is None or (self.lab / "lab.json").exists():
            return self.lab
        return min((path.parent for path in self.lab.glob("*/lab.json")), default=self.lab)

    def nornir(self, school: str) -> "Nornir":
        """The devices of *school*; in a lab, only of the school the lab is of."""
        from matric import fleet  # noqa: PLC0415 - ditto

        if self.lab is not None:
            of = fleet.lab_state(str(self.lab)).school
            if school != of:
                raise UsageError(
                    f"the lab in {self.lab} is of {of}, and not of {school}. "
                    f"Do: 'matric lab up {school}' and name its state folder, or leave MATRIC_LAB out"
                )
        return fleet.start(self.site, school, self.lab)

    @cached_property
    def console(self) -> "Console":
        """Where people read: standard output, or standard error when standard output carries JSON."""
        from rich.console import Console  # noqa: PLC0415 - --help never needs rich

        # A pipe has no width: nothing is cut for it.
        return Console(stderr=self.as_json, highlight=False, width=None if sys.stdout.isatty() else 240)

    @cached_property
    def progress_console(self) -> "Console":
        from rich.console import Console  # noqa: PLC0415 - ditto

        return Console(stderr=True, highlight=False, quiet=self.quiet)

    def emit(self, value: Any, show: Callable[["Console"], None]) -> None:
        """Print *value* as one JSON document, or let *show* draw it for people."""
        if self.as_json and self._gathered is not None:
            self._gathered.append(value)
        elif self.as_json:
            click.echo(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False))
        else:
            show(self.console)

    @contextmanager
    def gathered(self, name: str, **more: Any) -> Generator[None]:
        """What is emitted in the block becomes one JSON document: a list under *name*, beside *more*.

        It is printed even where the block ends in an error: what was done before it was done.
        """
        if self._gathered is not None:
            yield
            return
        found: list[Any] = []
        self._gathered = found
        try:
            yield
        finally:
            self._gathered = None
            if self.as_json:
                self.emit({name: found, **more}, lambda _console: None)

    @contextmanager
    def progress(self, doing: str) -> Generator[Callable[[str], None]]:
        """A spinner with the latest message; plain lines where there is no terminal."""
        console = self.progress_console
        if self.quiet or not console.is_terminal:
            yield lambda _message: None
            return
        with console.status(f"[bold]{doing}[/]") as status:
            yield lambda message: status.update(f"[bold]{doing}[/] [dim]{message}[/]")


pass_context = click.make_pass_decorator(Context, ensure=True)
