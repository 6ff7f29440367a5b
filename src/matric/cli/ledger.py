"""What becomes of every line that a joining school brings along: counted, told, decided."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matric.cli.context import Context, pass_context
from matric.cli.ledger_told import CLASSES, as_json, counts, show
from matric.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from matric.survey.ledger import Ledger
    from matric.survey.ledger.asking import Group
    from matric.survey.ledger.decision import Decision, Verdict

__all__ = ("ledger",)


@click.command()
@click.argument("school")
@click.argument("action", required=False, type=click.Choice(["decide"]), metavar="[decide]")
@click.option("--lines", "kind", type=click.Choice(CLASSES), help="Name each line of this class.")
@click.option("--device", "devices", multiple=True, help="Only this device (may be given more than once).")
@click.option("--residue", is_flag=True, help="What an old provider left behind, and what removes it.")
@click.option("--decide", "walk", is_flag=True, help="Go through the unknown lines at a terminal, biggest group first.")
@click.option("--remove", metavar="PATTERN", help="decide: lines that PATTERN finds go.")
@click.option("--keep", metavar="PATTERN", help="decide: they stay; needs --owner and --review.")
@click.option("--volatile", metavar="PATTERN", help="decide: nobody means anything by them.")
@click.option("--exact", is_flag=True, help="decide: PATTERN is the line itself, with its heads ('HEAD > LINE').")
@click.option("--whole", type=click.Choice(["remove", "keep"]), help="decide: what becomes of all of --device.")
@click.option("--reason", default="", help="decide: why.")
@click.option("--by", default="", help="decide: who says so, name and role.")
@click.option("--owner", default="", help="decide: who answers for what is kept.")
@click.option("--review", default="", metavar="DATE", help="decide: the last day a keep holds, YYYY-MM-DD.")
@click.option("--accept-risk", is_flag=True, help="decide: what depends on the lines is known and provided for.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 where a line is not accounted for.")
@pass_context
def ledger(
    context: Context,
    school: str,
    action: str | None = None,
    kind: str | None = None,
    devices: tuple[str, ...] = (),
    remove: str | None = None,
    keep: str | None = None,
    volatile: str | None = None,
    whole: str | None = None,
    reason: str = "",
    by: str = "",
    owner: str = "",
    review: str = "",
    *,
    residue: bool = False,
    walk: bool = False,
    exact: bool = False,
    accept_risk: bool = False,
    detailed_exitcode: bool = False,
) -> int:
    """Say what becomes of every line of SCHOOL's inherited configurations: owned by the standard, replaced, kept,
    removed, volatile, or unknown.

    It reads the kept survey (inventory/joining/SCHOOL/survey.json), and the decisions beside it (ledger.yaml).
    'matric ledger SCHOOL decide' writes one of them; --decide asks for all that are owed, one group of lines after the
    other. A pattern is searched in the line with the lines above it: 'interface Vlan7 > ip address ...'.
    """
    book = _Book(context, school)
    given = {"remove": remove, "keep": keep, "volatile": volatile}
    said = [(verdict, pattern) for verdict, pattern in given.items() if pattern is not None]
    if action is None and (said or whole):
        raise UsageError("--remove, --keep, --volatile and --whole decide. Do: matric ledger SCHOOL decide ...")
    if action is not None:
        if len(said) + bool(whole) != 1:
            raise UsageError("one decision at a time. Do: give one of --remove, --keep, --volatile and --whole")
        verdict, pattern = said[0] if said else (str(whole), "")
        names = {"line": pattern} if exact else {"pattern": pattern}
        book.decide(
            verdict, by, reason, devices, owner=owner, review=_day(review), whole=not said, accept=accept_risk, **names
        )
    elif walk:
        if context.as_json or not sys.stdin.isatty():
            raise UsageError("--decide asks at a terminal. Do: 'matric ledger SCHOOL decide' in a script")
        _Walk(book, by).all()
    book.known(devices)
    found = book.ledger
    context.emit(
        as_json(found, kind, devices, residue=residue, written=book.written),
        lambda console: show(console, found, kind, devices, residue=residue, written=book.written),
    )
    return ExitCode.PENDING if detailed_exitcode and not found.complete else ExitCode.DONE


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise UsageError(f"--review {text} is no day. Do: write it as YYYY-MM-DD") from error


class _Book:
    """The ledger of one school, and the file its decisions stand in."""

    def __init__(self, context: Context, school: str) -> None:
        from matric import onboarding, survey  # noqa: PLC0415 - loaded on use

        self.context, self.school = context, school
        self.today = onboarding.clock_of(context.any_lab).now().date()
        self.folder: Path = survey.folder(context.site.inventory, school)
        self.written: list[Decision] = []
        self.read()

    def read(self) -> None:
        """Make the ledger anew: what was decided meanwhile counts."""
        from matric.survey import ledger as made  # noqa: PLC0415 - loaded on use

        with self.context.progress("every line"):
            self.ledger: Ledger = made.of(self.context.site, self.school, self.today)

    def known(self, names: tuple[str, ...]) -> None:
        there = [account.device for account in self.ledger.accounts]
        for name in names:
            if name not in there:
                raise UsageError(f"the survey of {self.school} has no device {name}. Do: use one of {', '.join(there)}")

    def decide(
        self,
        verdict: "str",
        by: str,
        reason: str,
        devices: tuple[str, ...],
        *,
        owner: str,
        review: date | None,
        whole: bool,
        accept: bool,
        line: str = "",
        pattern: str = "",
    ) -> None:
        """One decision, in a script."""
        self.known(devices)
        made = self.made(
            verdict, by, reason, line=line, pattern=pattern, whole=whole, devices=devices, owner=owner, review=review
        )
        if made.risk and not accept:
            raise UsageError(f"{made.title}: {made.risk}. Do: see to it, then say so with --accept-risk")
        self.write(made)
        self.read()

    def made(self, verdict: "str", by: str, reason: str, **more: Any) -> "Decision":
        from matric.survey.ledger import asking, decision  # noqa: PLC0415 - loaded on use

        word: Verdict = next(one for one in decision.VERDICTS if one == verdict)
        return asking.decided(self.ledger, word, by=by, reason=reason, today=self.today, **more)

    def write(self, made: "Decision") -> "str | None":
        from matric.survey.ledger import asking  # noqa: PLC0415 - loaded on use

        before = asking.record(self.folder, made)
        self.written.append(made)
        return before


# ---- at a terminal ----


class _Walk:
    """One engineer, asked one group of lines after the other; each answer is on file before the next question."""

    def __init__(self, book: _Book, by: str) -> None:
        self.book, self.by, self.reason = book, by, ""

    def all(self) -> None:
        """Ask everything that is open. Whatever is left is asked next time."""
        from matric.survey.ledger import asking  # noqa: PLC0415 - loaded on use

        groups = asking.groups(self.book.ledger)
        size = counts(sum(group.size for group in groups), "line")
        click.echo(f"{counts(len(groups), 'question')} about {size}; Ctrl-C loses no answer.")
        done: list[tuple[int, str | None, Decision]] = []
        at = 0
        while at < len(groups):
            word = self.ask(groups[at], at, len(groups))
            if word == "quit":
                break
            if word == "undo":
                at = self.undo(done, at)
                continue
            if word != "skip":
                made = self.answer(groups[at], word)
                if made is None:
                    continue
                done.append((at, self.book.write(made), made))
            at += 1
        self.book.read()

    def undo(self, done: "list[tuple[int, str | None, Decision]]", at: int) -> int:
        from matric.survey.ledger import asking  # noqa: PLC0415 - loaded on use

        if not done:
            click.echo("nothing to undo in this sitting; earlier decisions stand in ledger.yaml")
            return at
        back, before, made = done.pop()
        asking.undo(self.book.folder, before, made)
        self.book.written.remove(made)
        click.echo(f"taken back: {made.decision} {made.title}")
        return back

    def ask(self, group: "Group", at: int, of: int) -> str:
        click.echo(f"\n[{at + 1}/{of}] {group.shown}")
        first = group.entries[0] if group.entries else None
        what = f"{group.what}: " if group.what else ""
        unseen = group.whole and not group.size
        lines = f"{counts(group.size, 'line')} on {', '.join(group.devices)}"
        click.echo(f"  {what}{'nobody has seen its configuration' if unseen else lines}")
        if first is not None:
            click.echo(f"  {first.why}")
        if group.risk:
            click.echo(f"  what depends on it: {group.risk}")
        words = ("remove", "keep", *(() if group.whole else ("volatile",)), "skip", "undo", "quit")
        asked: str = click.prompt(f"  ({', '.join(words)})", value_proc=lambda given: _word(given, words))
        return asked

    def answer(self, group: "Group", word: str) -> "Decision | None":
        """The decision; None where it cannot be taken so."""
        self.by = self.by or click.prompt("  Who decides (name, role)", value_proc=_said)
        shown = bool(self.reason)
        self.reason = click.prompt("  Why", default=self.reason or None, show_default=shown, value_proc=_said)
        more: dict[str, Any] = {"owner": "", "review": None}
        if word == "keep":
            more["owner"] = click.prompt("  Who answers for it (name, role)", value_proc=_said)
            more["review"] = click.prompt("  Looked at again on (YYYY-MM-DD)", value_proc=_date)
        devices = group.devices if group.whole else ()
        try:
            return self.book.made(
                word, self.by, self.reason, line=group.line, pattern=group.pattern, whole=group.whole,
                devices=devices, **more,
            )  # fmt: skip
        except UsageError as error:
            click.echo(f"  {error}")
            return None


def _word(given: str, words: tuple[str, ...]) -> str:
    for word in words:
        if given.strip() and word.startswith(given.strip().casefold()):
            return word
    raise click.BadParameter(f"answer one of {', '.join(words)}")


def _said(given: str) -> str:
    if not given.strip() or not given.isprintable():
        raise click.BadParameter("say it in one line")
    return given.strip()


def _date(given: str) -> date:
    try:
        return date.fromisoformat(given.strip())
    except ValueError as error:
        raise click.BadParameter("write the day as YYYY-MM-DD") from error
