"""What people are asked about a school, and how it stands today.

A school is asked what the catalogue's controls hold as questions, as far as its trust has rules for them, and what the
trust's own rules ask. What only a
person knows of the condition that a control applies on is asked first: where it is no, the rest is not asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from matric.intent.school import School, Wlan
from matric.policy import Policy, controls
from matric.policy.controls import Control, Question
from matric.policy.subject import Answer, Subject, newest

__all__ = ("EXPIRING_DAYS", "Asked", "Standing", "questions", "standings", "waiting")

EXPIRING_DAYS = 14
"""An answer that holds for fewer days is to be given again: a change that is planned now may come after it."""

Word = Literal["open", "expiring", "no", "answered", "not-asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about one school."""

    id: str
    """Name in ``answers.yaml``; a question for each WLAN has the WLAN's profile in it."""
    question: Question
    controls: tuple[Control, ...]
    """Those that wait for it; of a condition, those that apply on it."""
    condition: str = ""
    """Id of the question that says whether this one is asked."""
    of_condition: bool = False
    """True where the answer says whether a control applies: a no is as good as a yes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How one question stands."""

    asked: Asked
    word: Word
    """``not-asked``: its condition is answered with no."""
    answer: Answer | None = None
    """The newest that holds, or, where the question is open, the newest that has run out."""

    @property
    def until(self) -> date | None:
        """The last day the answer holds, or held."""
        return self.answer.until if self.answer is not None else None

    @property
    def is_no(self) -> bool:
        """True where the answer that holds is no, whether that is bad or not."""
        return self.word not in {"open", "not-asked"} and self.answer is not None and not self.answer.answer

    @property
    def waits(self) -> bool:
        """True where somebody has to answer, for the first time or again."""
        return self.word in {"open", "expiring"}


def questions(school: School, rules: Iterable[Policy] | None = None) -> tuple[Asked, ...]:
    """Everything asked about *school*, a condition before what hangs on it.

    With *rules*, only what those ask, their trust's own questions last; without, everything of the catalogue.
    """
    held = controls.catalogue()
    if rules is None:
        given = list(held.values())
    else:
        ours = {rule.id: rule.control for rule in rules}
        given = [
            *(one for name, one in held.items() if name in ours),
            *(ours[name] for name in ours if name not in held),
        ]
    wanted = [control for control in given if control.question is not None]
    found: dict[str, Asked] = {}
    for control in wanted:
        for one in _of(control, school, wanted):
            found.setdefault(one.id, one)
    return tuple(found.values())


def _of(control: Control, school: School, wanted: Iterable[Control]) -> Iterator[Asked]:
    question, condition = control.question, control.condition
    if question is None:
        return
    if condition is not None:
        applying = tuple(one for one in wanted if one.condition == condition)
        yield Asked(condition.id, condition, applying, of_condition=True)
    for name in _names(question, school):
        yield Asked(name, question, (control,), condition.id if condition is not None else "")


def _names(question: Question, school: School) -> tuple[str, ...]:
    if question.each == "login":
        return tuple(f"{question.id}-{wlan.profile_name}" for wlan in school.wlans if _logs_in(wlan))
    if question.only == "elsewhere":
        return (question.id,) if _elsewhere(school) else ()
    return (question.id,) if not question.only or any(_IS[question.only](wlan) for wlan in school.wlans) else ()


def _elsewhere(school: School) -> bool:
    """True where there is wireless, and another controller than one of matric's serves it."""
    ours = any(device.role == "wireless-controller" for device in school.configured)
    return not ours and bool(school.wlans or any(device.role == "access-point" for device in school.devices))


def _logs_in(wlan: Wlan) -> bool:
    return wlan.profile.security.endswith("-enterprise")


def _is_for_guests(wlan: Wlan) -> bool:
    """True where strangers come in without an account."""
    return not _logs_in(wlan) and any("guest" in name for name in (wlan.network.role, wlan.network.zone or ""))


_IS: Mapping[str, Callable[[Wlan], bool]] = {
    "guest": _is_for_guests,
    "eduroam": lambda wlan: wlan.ssid.casefold() == "eduroam",
}


def standings(asked: Iterable[Asked], answers: Iterable[Answer], school: str, today: date) -> tuple[Standing, ...]:
    """How each of *asked* stands at *school* (slug) on the day *today*."""
    given = tuple(answers)
    words: dict[str, Standing] = {}
    for one in asked:
        condition = words.get(one.condition)
        spared = condition is not None and condition.is_no
        words[one.id] = Standing(one, "not-asked") if spared else _standing(one, given, school, today)
    return tuple(words.values())


def _standing(asked: Asked, given: Iterable[Answer], school: str, today: date) -> Standing:
    own = [one for one in given if one.question == asked.id and one.school == school]
    holding = newest(one for one in own if one.valid(today))
    if holding is None:
        return Standing(asked, "open", newest(one for one in own if one.at <= today))
    left = (holding.until - today).days
    word: Word = "no" if not holding.answer and not asked.of_condition else "answered"
    if word == "answered" and left < EXPIRING_DAYS:
        word = "expiring"
    return Standing(asked, word, holding)


def waiting(subject: Subject, rules: Iterable[Policy]) -> frozenset[str]:
    """The ids of those of *rules* that nobody has answered: what they ask is open.

    What is asked after a cut-over waits only where nothing is going to change any more.
    """
    given = subject.answers.answers if subject.answers is not None else ()
    done = subject.steps is not None and not any(step.action == "arm" for step in subject.steps)
    asked = (one for one in questions(subject.school, rules) if done or one.question.when == "before")
    found = standings(asked, given, subject.school.slug, subject.now.date())
    return frozenset(control.id for one in found if one.word == "open" for control in one.asked.controls)
