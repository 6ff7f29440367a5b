"""Markdown that a person follows and the machine runs, in an order that cannot break a safety invariant.

A runbook is prose with fenced blocks marked ``step``: of the machine (``do: NAME``) or of people (``ask: QUESTION``)::

    ```step
    do: back-up
    ```

    ```step
    ask: Do the office and lift phones have dial tone?
    topic: phones
    ```

The order is checked when the file is read (facts of the protocol: RFC 6241 section 8.4 for the timed commit).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from matric.errors import BadInput, Problem
from matric.intent.base import Model

__all__ = ("Ask", "Do", "Runbook", "Verb", "load", "read")

Verb = Literal[
    "survey",
    "readiness",
    "ledger",
    "endpoints",
    "adopt",
    "check-snapshot",
    "check",
    "enrol",
    "attest",
    "plan",
    "gate",
    "approve",
    "preflight",
    "back-up",
    "stage",
    "arm",
    "probe",
    "site-check",
    "confirm",
    "save",
    "clean",
    "revert",
    "recover",
    "drift",
    "report",
]

PROTOCOL: tuple[Verb, ...] = ("preflight", "back-up", "stage", "arm", "probe", "site-check", "confirm", "save", "clean")
"""The steps of one cut-over; they stand in a runbook in this order or not at all."""

_MUST_PRECEDE: tuple[tuple[Verb, Verb, str], ...] = (
    ("survey", "readiness", "a report says what a survey saw"),
    ("survey", "ledger", "a ledger accounts for what a survey saw"),
    ("survey", "adopt", "NetBox is filled from what a survey saw"),
    ("adopt", "plan", "a school is planned from what NetBox holds of it"),
    ("plan", "gate", "a gate judges a plan"),
    ("gate", "approve", "people approve what the gate has judged"),
    ("gate", "preflight", "nothing is carried out that the gate has not allowed"),
    ("preflight", "back-up", "identity and base are proven before anything is kept"),
    ("back-up", "stage", "a device is backed up before it is touched"),
    ("stage", "arm", "every device holds its candidate before the first becomes active"),
    ("arm", "probe", "a probe before the change proves nothing about it"),
    ("probe", "site-check", "the school is checked over the new paths"),
    ("probe", "confirm", "nothing is confirmed without a new login over the new path"),
    ("site-check", "confirm", "nothing is confirmed before the school as a whole is checked"),
    ("confirm", "save", "startup stays old until the change is confirmed"),
    ("save", "clean", "leftovers are removed last"),
)


class Do(Model):
    """A step of the machine."""

    do: Verb
    title: str = ""
    line: int = 0


class Ask(Model):
    """A question to the people on site, answered yes or no; the answer is recorded."""

    ask: Annotated[str, Field(min_length=8)]
    topic: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    valid_days: Annotated[int, Field(ge=0, le=366)] = 0
    """Days that a yes holds, in which it is not asked again; 0: it is asked each time."""
    title: str = ""
    line: int = 0

    @model_validator(mode="after")
    def _is_a_question(self) -> "Ask":
        if not self.ask.endswith("?"):
            raise ValueError("a human step is a question and ends with '?'")
        return self


@dataclass(frozen=True, slots=True)
class Runbook:
    """One runbook, its order already proven."""

    name: str
    title: str
    steps: tuple[Do | Ask, ...]

    @property
    def carries_out(self) -> bool:
        """True where the runbook changes devices."""
        return any(isinstance(step, Do) and step.do == "arm" for step in self.steps)

    def after_the_change(self, step: Do | Ask) -> bool:
        """True where *step* stands behind the whole of a cut-over."""
        ends = [one.line for one in self.steps if isinstance(one, Do) and one.do == PROTOCOL[-1]]
        return bool(ends) and step.line > ends[0]

    @property
    def vetoes(self) -> tuple[Ask, ...]:
        """The questions asked while every timer runs: a no lets the school go back."""
        inside = False
        found: list[Ask] = []
        for step in self.steps:
            if isinstance(step, Do):
                inside = (inside or step.do == "arm") and step.do != "confirm"
            elif inside:
                found.append(step)

        return tuple(found)


def load(path: Path) -> Runbook:
    """The runbook in *path*; BadInput with every problem of the file."""
    return read(path.read_text(encoding="utf-8"), path.stem, str(path.name))


def read(text: str, name: str, source: str) -> Runbook:
    """The runbook *text*, called *name* and reported as *source*."""
    title = ""
    steps: list[Do | Ask] = []
    problems: list[Problem] = []
    for heading, block, line in _blocks(text):
        title = title or heading
        if block is None:
            continue
        step = _step(block, heading, line, source)
        if isinstance(step, Problem):
            problems.append(step)
        else:
            steps.append(step)

    if not steps and not problems:
        problems.append(_problem(source, 1, "a runbook has at least one step", "add a fenced block marked 'step'"))
    problems += (*_hasty(steps, source), *_disorder(steps, source))
    if problems:
        raise BadInput(problems)
    return Runbook(name, title, tuple(steps))


def _blocks(text: str) -> Iterator[tuple[str, str | None, int]]:
    """Each heading (with None) and each step block (with the heading above it), with its line."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 - only runbooks need Markdown

    heading = ""
    tokens = MarkdownIt().parse(text)
    for index, token in enumerate(tokens):
        line = (token.map or [0])[0] + 1
        if token.type == "heading_open":
            heading = tokens[index + 1].content
            yield heading, None, line
        elif token.type == "fence" and token.info.strip() == "step":
            yield heading, token.content, line


def _step(block: str, heading: str, line: int, source: str) -> "Do | Ask | Problem":
    import yaml  # noqa: PLC0415 - ditto

    try:
        found: Any = yaml.safe_load(block)
    except yaml.YAMLError as error:
        return _problem(
            source, line, f"the step is not YAML: {str(error).splitlines()[0]}", "write 'do: NAME' or 'ask: QUESTION'"
        )
    if not isinstance(found, dict) or ("do" in found) == ("ask" in found):
        return _problem(source, line, "a step is either 'do' or 'ask'", "write one of the two")
    kind = Do if "do" in found else Ask
    try:
        return kind.model_validate({"title": heading, "line": line, **found})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}".lstrip(": ") for one in error.errors())
        return _problem(source, line, wrong, "see docs/how-to/write-a-runbook.md")


def _hasty(steps: "list[Do | Ask]", source: str) -> Iterator[Problem]:
    """Every question whose answer may not hold for days: it would lie beside a survey, and be given before a change."""
    verbs = [step.do if isinstance(step, Do) else "" for step in steps]
    armed = verbs.index("arm") if "arm" in verbs else len(verbs)
    for index, step in enumerate(steps):
        if isinstance(step, Ask) and step.valid_days and ("survey" not in verbs or index > armed):
            rule = "valid_days is for what people answer before a change, in a runbook that surveys"
            yield _problem(source, step.line, rule, "take valid_days out: it is asked each time")


def _disorder(steps: "list[Do | Ask]", source: str) -> Iterator[Problem]:
    """Every pair of steps whose order breaks an invariant, and every step of the protocol that is left out."""
    at: dict[str, int] = {}
    for index, step in enumerate(steps):
        if isinstance(step, Ask):
            continue
        if step.do in at and step.do in PROTOCOL:
            yield _problem(source, step.line, f"'{step.do}' stands twice", "one cut-over per runbook")
        at.setdefault(step.do, index)

    if not at.keys() & set(PROTOCOL):
        return
    for verb in (*PROTOCOL, "plan", "gate"):
        if verb not in at:
            yield _problem(source, 1, f"'{verb}' is missing from the cut-over", f"add a step 'do: {verb}'")
    for before, after, why in _MUST_PRECEDE:
        if before in at and after in at and at[before] > at[after]:
            yield _problem(
                source,
                steps[at[after]].line,
                f"'{after}' stands before '{before}': {why}",
                f"move '{before}' before it",
            )


def _problem(source: str, line: int, rule: str, remedy: str) -> Problem:
    return Problem("RUNBOOK", f"{source} line {line}", rule, remedy)
