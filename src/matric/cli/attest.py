"""What people vouch for, because no record and no device can say it: what is open, and writing an answer down."""

import sys
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import click

from matric.cli.context import Context, pass_context
from matric.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from matric.intent.school import School
    from matric.policy.asked import Standing
    from matric.policy.subject import Answer

__all__ = ("attest",)

When = Literal["before", "after"]


@click.command()
@click.argument("school")
@click.argument("questions", nargs=-1, metavar="[QUESTION]...")
@click.option("--yes", is_flag=True, help="Answer every QUESTION named with yes.")
@click.option("--no", is_flag=True, help="Answer every QUESTION named with no.")
@click.option("--by", default="", help="Who vouches for it: name and role. Asked for at a terminal.")
@click.option("--note", default="", help="How it was seen, in a few words.")
@click.option("--at", "seen", default="", metavar="DATE", help="The day it was seen, YYYY-MM-DD (default: today).")
@click.option("--after", is_flag=True, help="What is asked once the cut-over is done.")
@click.option("--list", "list_only", is_flag=True, help="Ask nothing, at a terminal either.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 where a question is open.")
@pass_context
def attest(
    context: Context,
    school: str,
    questions: tuple[str, ...] = (),
    by: str = "",
    note: str = "",
    seen: str = "",
    *,
    yes: bool = False,
    no: bool = False,
    after: bool = False,
    list_only: bool = False,
    detailed_exitcode: bool = False,
) -> int:
    """Say what is open or runs out among what people vouch for at SCHOOL; at a terminal, ask it.

    An answer goes into inventory/answers.yaml, with a name and a day, and holds for the days its question says: commit
    it for review. Without QUESTION everything that is open is asked. With --yes or --no nothing is asked.
    """
    if yes and no:
        raise UsageError("--yes and --no are given. Do: say one of them; 'matric attest' once for each")
    when: When = "after" if after else "before"
    book = _Book(context, context.site.school(school), _day(seen))
    book.refuse_unknown(questions)
    if yes or no:
        if not questions:
            raise UsageError(
                "no question is named. Do: name those that are answered; 'matric attest SCHOOL' lists them"
            )
        for name in questions:
            book.write(name, by=by, yes=yes, note=note)
    elif not (list_only or context.as_json) and sys.stdin.isatty():
        _Asking(book, by, note).all(questions, when)
    elif by or note or seen:
        raise UsageError("--by, --note and --at belong to an answer. Do: give --yes or --no, or answer at a terminal")
    standing = book.standings()
    context.emit(_as_json(book, standing), lambda console: _show(console, book, standing, when))
    is_open = any(one.word == "open" and one.asked.question.when == when for one in standing)
    return ExitCode.PENDING if is_open and detailed_exitcode else ExitCode.DONE


def _day(seen: str) -> date | None:
    try:
        return date.fromisoformat(seen) if seen else None
    except ValueError as error:
        raise UsageError(f"--at {seen} is no day. Do: write it as YYYY-MM-DD") from error


class _Book:
    """The questions of one school, and the file their answers stand in."""

    def __init__(self, context: Context, school: "School", seen: date | None) -> None:
        from matric import onboarding  # noqa: PLC0415 - loaded on use
        from matric.policy import asked  # noqa: PLC0415 - ditto

        self.context, self.school, self.seen = context, school, seen
        self.today = onboarding.clock_of(context.any_lab).now().date()
        self.asked = {one.id: one for one in asked.questions(school, context.site.rules)}
        self.written: list[str] = []

    @property
    def path(self) -> "Path":
        return self.context.site.inventory / "answers.yaml"

    def standings(self) -> "tuple[Standing, ...]":
        from matric import yaml_file  # noqa: PLC0415 - loaded on use
        from matric.policy import asked  # noqa: PLC0415 - ditto
        from matric.policy.subject import Answers  # noqa: PLC0415 - ditto

        answers = yaml_file.model(self.path, Answers).answers
        return asked.standings(self.asked.values(), answers, self.school.slug, self.today)

    def refuse_unknown(self, names: Collection[str]) -> None:
        from difflib import get_close_matches  # noqa: PLC0415 - only for a name that is wrong

        for name in names:
            if name not in self.asked:
                near = get_close_matches(name, self.asked, 3)
                hint = f"use {' or '.join(near)}" if near else f"see 'matric attest {self.school.slug} --list --json'"
                raise UsageError(f"no rule of this trust asks {name} about {self.school.slug}. Do: {hint}")

    def write(self, name: str, *, by: str, yes: bool, note: str) -> None:
        """Put one answer into the file."""
        from matric import attestation  # noqa: PLC0415 - loaded on use

        answer = attestation.answer_to(
            self.asked[name], self.school.slug, by=by, at=self.seen or self.today, today=self.today, yes=yes, note=note
        )
        attestation.record(self.path, answer)
        self.written.append(name)


# ---- at a terminal ----


class _Asking:
    """One person at a terminal, who is asked one thing after another; each answer is on file before the next."""

    def __init__(self, book: _Book, by: str, note: str) -> None:
        self.book, self.by, self.note = book, by, note

    def all(self, names: Collection[str], when: When) -> None:
        """Ask *names*, or everything that waits. What hangs on a condition comes up once that is answered."""
        done: set[str] = set()

        def wanted(one: "Standing") -> bool:
            waits = one.waits and one.asked.question.when == when
            return one.asked.id not in done and (one.asked.id in names if names else waits)

        while (one := next((found for found in self.book.standings() if wanted(found)), None)) is not None:
            done.add(one.asked.id)
            self.ask(one)

    def ask(self, one: "Standing") -> None:
        asked = one.asked
        click.echo(f"\n{asked.id} ({', '.join(control.id for control in asked.controls)}): {asked.question.why}")
        if one.answer is not None:
            click.echo(_told(one, one.answer))
        word = click.prompt(f"{asked.question.ask}\n(yes, no, skip)", value_proc=_word)
        if word == "skip":
            return
        self.by = self.by or click.prompt("Who vouches for it (name, role)", value_proc=_name)
        note = self.note or click.prompt("Note", default="", show_default=False)
        self.book.write(asked.id, by=self.by, yes=word == "yes", note=note)


def _word(given: str) -> str:
    for word in ("yes", "no", "skip"):
        if given.strip() and word.startswith(given.strip().casefold()):
            return word
    raise click.BadParameter("answer yes, no or skip")


def _name(given: str) -> str:
    if not given.strip():
        raise click.BadParameter("somebody must be named")
    return given.strip()


# ---- what is told ----


def _as_json(book: _Book, standing: "tuple[Standing, ...]") -> dict[str, Any]:
    return {
        "school": book.school.slug,
        "today": str(book.today),
        "file": str(book.path),
        "written": book.written,
        "questions": [
            {
                "id": one.asked.id,
                "ask": one.asked.question.ask,
                "why": one.asked.question.why,
                "when": one.asked.question.when,
                "valid_days": one.asked.question.valid_days,
                "controls": [control.id for control in one.asked.controls],
                "condition": one.asked.condition or None,
                "standing": one.word,
                "until": str(one.until) if one.until is not None else None,
                "answer": one.answer.model_dump(mode="json") if one.answer is not None else None,
            }
            for one in standing
        ],
    }


_COLOURS = {"open": "red", "expiring": "yellow", "no": "red"}


def _show(console: "Console", book: _Book, standing: "tuple[Standing, ...]", when: When) -> None:
    from rich.markup import escape  # noqa: PLC0415 - only for people

    for name in book.written:
        console.print(f"[green]written[/]   {name}")
    shown = [one for one in standing if one.asked.question.when == when]
    for one in shown:
        if one.word not in _COLOURS:
            continue
        ids = ", ".join(control.id for control in one.asked.controls)
        console.print(
            f"[{_COLOURS[one.word]}]{one.word:<9}[/] [bold]{one.asked.id}[/] ({ids}) {one.asked.question.ask}"
        )
        if one.answer is not None:
            console.print(f"          [dim]{escape(_told(one, one.answer))}[/]")
    counted = {word: sum(one.word == word for one in shown) for word in ("open", "expiring", "no", "answered")}
    told = ", ".join(f"{count} {word}" for word, count in counted.items() if count)
    console.print(f"{book.school.slug}, {when} the cut-over: {told or 'nothing is asked'}")
    if counted["open"]:
        flag = " --after" if when == "after" else ""
        console.print(
            f"to answer: 'matric attest {book.school.slug}{flag}' at a terminal, or QUESTION --by NAME --yes|--no"
        )
    if book.written:
        console.print(f"{book.path}: commit it for review")


def _told(one: "Standing", answer: "Answer") -> str:
    ran = "ran out" if one.word == "open" else "holds until"
    return f"{answer.by} said {'yes' if answer.answer else 'no'} on {answer.at}; {ran} {one.until}"
