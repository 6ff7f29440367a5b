"""What people decided about lines that nobody can account for otherwise: ``inventory/joining/<school>/ledger.yaml``.

One decision covers a line, or a pattern, on every device that has it, and what stands below it. It says how many lines
that was: where more match later, or a line that the standard owns, it is refused until somebody looks at it again.
"""

import json
import os
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from matric.errors import UsageError
from matric.intent.base import Model

__all__ = ("FILE", "LONGEST_TEXT", "VERDICTS", "Decision", "Decisions", "Verdict", "amended", "load", "write")

FILE = "ledger.yaml"
LONGEST_TEXT = 300
"""Characters of a name or a reason: both stand in every report."""
Verdict = Literal["remove", "keep", "volatile"]
VERDICTS: tuple[Verdict, ...] = ("remove", "keep", "volatile")
HEAD = """\
# What becomes of inherited lines that neither the standard nor what is known of the platform accounts for.
# Written by 'matric ledger SCHOOL --decide' and by hand; reviewed like any change.
decisions:
"""
_Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]


class Decision(Model):
    """One decision."""

    line: str = ""
    """The line with the heads above it, exactly: ``interface Vlan7 > ip address 10.9.7.1 255.255.255.0``."""
    pattern: str = ""
    """Instead of it, a regular expression searched in lines with their heads."""
    devices: tuple[str, ...] = ()
    """Names in the survey; empty: every device that has the line."""
    whole: bool = False
    """Everything on *devices*, which matric does not configure: what becomes of them."""
    decision: Verdict
    reason: _Text
    by: _Text
    """Who decided: name and role."""
    on: Annotated[date, Field(strict=False)]
    """The day, quoted in YAML."""
    owner: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""
    """Who answers for what is kept."""
    review: Annotated[date | None, Field(strict=False)] = None
    """Of what is kept: the last day it holds without being looked at again, quoted in YAML."""
    risk: str = ""
    """What depends on the line, as it was shown to whoever decided."""
    lines: Annotated[int, Field(ge=0)]
    """How many lines it covered when it was made, the most it may cover; 0 of a whole device that nobody had seen."""

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        given = [bool(self.line), bool(self.pattern), self.whole]
        if sum(given) != 1:
            raise ValueError("it is about a line, a pattern or a whole device: give one of the three")
        if self.whole and (not self.devices or self.decision == "volatile"):
            raise ValueError("what becomes of whole devices names them, and is remove or keep")
        if self.decision == "keep" and not (self.owner and self.review):
            raise ValueError("what is kept has an owner and a day on which it is looked at again (review)")
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ValueError(f"the pattern is no regular expression ({error})") from error
        return self

    @property
    def title(self) -> str:
        """As messages name it."""
        if self.whole:
            return f"whole {', '.join(self.devices)}"
        return self.line.split("\n", 1)[0] or f"/{self.pattern}/"

    def speaks_of(self, path: str) -> bool:
        """True where it names the line of *path* itself."""
        return re.search(self.pattern, path) is not None if self.pattern else bool(self.line) and path == self.line


class Decisions(Model):
    """The whole of ``ledger.yaml``."""

    joined: Annotated[date | None, Field(strict=False)] = None
    """The day the school had joined, quoted in YAML: its survey and ledger are history from then on."""
    decisions: tuple[Decision, ...] = ()


def load(folder: Path) -> Decisions:
    """The decisions in a joining school's *folder*; none where the file is not there. BadInput where it is no such."""
    from matric import yaml_file  # noqa: PLC0415 - heavy

    path = folder / FILE
    if not path.exists():
        return Decisions()
    text = yaml_file.text_of(path)
    # A list from which everything was undone is an empty one.
    return yaml_file.read_model(
        re.sub(r"^decisions:\s*\Z", "decisions: []\n", text, flags=re.MULTILINE), FILE, Decisions
    )


def amended(text: str, decision: Decision) -> str:
    """*text* of a ``ledger.yaml``, or nothing, with *decision* at its end; every other character stays as it is.

    UsageError where the file is written so that nothing can be put at its end.
    """
    from matric import yaml_file  # noqa: PLC0415 - heavy

    base = re.sub(r"^decisions:[ \t]*\[\][ \t]*$", "decisions:", text.replace("\r\n", "\n"), flags=re.MULTILINE)
    base = base.rstrip("\n") + "\n" if base.strip() else HEAD
    if not re.search(r"^decisions:", base, re.MULTILINE):
        base += "decisions:\n"
    item = re.search(r"^decisions:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*([ ]*)- ", base, re.MULTILINE)
    dash = item[1] if item is not None else "  "
    rows = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in _values(decision).items()]
    new = base + "".join(f"{dash}{'- ' if not at else '  '}{row}\n" for at, row in enumerate(rows))
    before = yaml_file.read_model(text, FILE, Decisions).decisions if text.strip() and _held(base) else ()
    if yaml_file.read_model(new, FILE, Decisions).decisions != (*before, decision):
        raise UsageError(f"{FILE} is written in a way that cannot be amended safely. Do: write the decision by hand")
    return new


def _held(base: str) -> bool:
    """True where the list holds something already."""
    return re.search(r"^decisions:[^\n]*\S*\n(?:[ \t]*#.*\n|\s*\n)*[ ]*- ", base, re.MULTILINE) is not None


def _values(decision: Decision) -> dict[str, object]:
    whole = decision.model_dump(mode="json", exclude_defaults=True)
    return {name: whole[name] for name in Decision.model_fields if name in whole}


def write(folder: Path, text: str, before: str | None) -> None:
    """Put *text* in place of *before* (None: no file): whole, or not at all; an empty *text* takes the file away.

    UsageError where somebody else has changed it meanwhile.
    """
    path = folder / FILE
    there = path.read_bytes().decode("utf-8-sig") if path.exists() else None
    if there != before:
        raise UsageError(f"{path} was changed by somebody else meanwhile. Do: decide again")
    if not text:
        path.unlink(missing_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
