"""How far a runbook was followed at a school: what people answered, for as long as it holds, and which steps were done.

Answers lie beside the school's survey, in ``inventory/joining/<school>/answers.yaml``, in the form of
``inventory/answers.yaml`` and written as that is. Which steps were done is this machine's own note, in the state
folder: it saves nobody a look, for each step is looked at again, but says since when it has been so.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from matric import attestation, survey, yaml_file
from matric.journal import file
from matric.policy.subject import Answer, Answers, newest
from matric.runbook import Ask, Runbook, Verb

__all__ = ("FILE", "Followed")

FILE = "answers.yaml"


@dataclass(frozen=True)
class Followed:
    """One runbook at one school, today."""

    book: Runbook
    school: str
    inventory: Path
    state: Path
    today: date

    @property
    def path(self) -> Path:
        """Where answers are kept that hold longer than one evening."""
        return survey.folder(self.inventory, self.school) / FILE

    def answer(self, step: Ask) -> Answer | None:
        """The yes to *step* that still holds; None where it is to be asked. BadInput where the file is not one.

        A no is asked again, and so is a question that was worded otherwise when it was answered.
        """
        if not step.valid_days or not self.path.is_file():
            return None
        held = yaml_file.model(self.path, Answers).answers
        one = newest(each for each in held if (each.question, each.school) == (self._id(step), self.school))
        if one is None or not one.answer or not one.valid(self.today) or one.note != step.ask:
            return None
        return one if (self.today - one.at).days <= step.valid_days else None

    def record(self, step: Ask, by: str, *, yes: bool) -> None:
        """Keep what *by* answered, where the runbook says that it holds."""
        if not step.valid_days:
            return
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text("# What people answered to runbooks; written by 'matric run'.\nanswers: []\n", "utf-8")
        one = Answer(
            question=self._id(step), school=self.school, by=by, at=self.today, answer=yes, note=step.ask,
            valid_days=step.valid_days,
        )  # fmt: skip
        attestation.record(self.path, one)

    def _id(self, step: Ask) -> str:
        return f"{self.book.name}-{step.topic}".replace("_", "-")

    # ---- steps of the machine ----

    def since(self, verb: Verb) -> date | None:
        """Since when the step has been done each time it was looked at; None where it was not, or nobody knows."""
        said = self._done().get(verb, "")
        try:
            return date.fromisoformat(str(said))
        except ValueError:
            return None

    def looked(self, verb: Verb, *, done: bool) -> None:
        """Note that the step was looked at, and whether it is done."""
        held = self._done()
        if done == (verb in held):
            return
        held = {**held, verb: self.today.isoformat()} if done else {k: v for k, v in held.items() if k != verb}
        file.private(self._note.parent)
        file.write_durably(self._note, json.dumps(held, indent=1, sort_keys=True) + "\n")

    @property
    def _note(self) -> Path:
        return self.state / "answers" / f"{self.school}-{self.book.name}-done.json"

    def _done(self) -> dict[str, Any]:
        try:
            held: Any = json.loads(self._note.read_text("utf-8"))
        except (OSError, ValueError):
            return {}  # a note that is lost costs a longer screen, and nothing else
        return cast("dict[str, Any]", held) if isinstance(held, dict) else {}
