"""What an evidence pack says, before anybody decides how it looks."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from matric.config import natural
from matric.policy.controls import CONFIDENCE, Source

__all__ = (
    "FORMAT_VERSION",
    "OUTCOMES",
    "OWN",
    "PUBLIC",
    "Attested",
    "Bound",
    "Broken",
    "Evidence",
    "Held",
    "Judged",
    "Scheme",
    "Stand",
    "summed",
)

FORMAT_VERSION = 1

OUTCOMES: Mapping[str, str] = {
    "pass": "holds",
    "answered": "holds, on somebody's word",
    "fail": "does not hold",
    "cannot-evaluate": "could not be looked at",
    "not-applicable": "does not apply",
    "not-decided": "not decided",
}
"""Every outcome a control may have, in words."""

PUBLIC = {"public": True}
"""Of a field that holds what matric ships or has worked out itself: nothing in it can be a secret."""

OWN = "The trust's own rules"

_SCHEMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Cyber Essentials", ("NCSC Cyber Essentials", "IASME")),
    ("Risk Protection Arrangement", ("DfE Risk Protection Arrangement",)),
    ("DfE digital and technology standards", ("DfE ",)),
)
"""What an assessor asks by -> how the citations that belong to it begin."""


@dataclass(frozen=True, slots=True)
class Attested:
    """What a person said, on which a control rests."""

    question: str
    answer: bool
    by: str
    at: str
    until: str
    """The last day it holds."""
    note: str = ""
    asks: str = field(default="", metadata=PUBLIC)
    """The question in words, where the catalogue asks it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A waiver of this school."""

    rule: str
    object: str
    owner: str
    reason: str
    until: str
    """The last day it holds."""
    fault: str = ""
    """Why it does not hold; empty where it does."""
    approver: str = ""
    ends_when: str = ""
    """What ends it before its last day; empty where only the day does."""

    @property
    def words(self) -> str:
        """Who answers for it, until when, and why."""
        agreed = f", agreed by {self.approver}" if self.approver else ""
        ends = f", or when {self.ends_when}" if self.ends_when else ""
        return f"{self.owner}{agreed}, until {self.until}{ends}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Broken:
    """One finding, and the waiver it stands under, if any."""

    object: str
    message: str
    remedy: str
    severity: str
    waiver: Held | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One control, and what is known of it."""

    id: str
    title: str = field(metadata=PUBLIC)
    area: str
    severity: str
    applies: str
    requirement: str = field(metadata=PUBLIC)
    sources: tuple[str, ...] = field(metadata=PUBLIC)
    cited: tuple[Source, ...] = field(metadata=PUBLIC)
    """The sources of a control of the catalogue, with where to read them and how well they were read."""
    needs: tuple[str, ...]
    """The data the whole control draws on; a rule may see a part of it."""
    outcome: str
    """One of ``OUTCOMES``."""
    rule: str = ""
    """File of the rule that decides it; empty where none does."""
    checked: int = 0
    findings: tuple[Broken, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""
    """Why it does not apply, or is not decided."""
    attested: tuple[Attested, ...] = ()

    @property
    def citations(self) -> tuple[str, ...]:
        """The sources in words, each with its grade where the catalogue has one."""
        return tuple(f"{one} [{one.confidence}]" for one in self.cited) or self.sources

    @property
    def open(self) -> tuple[Broken, ...]:
        """The findings that no waiver covers."""
        return tuple(one for one in self.findings if one.waiver is None)


@dataclass(frozen=True, slots=True)
class Bound:
    """The digest of one thing that the pack rests on."""

    kind: str
    name: str
    digest: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """How the controls that one scheme asks for stand."""

    name: str
    counts: Mapping[str, int]
    """Outcome -> controls."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Stand:
    """What the pack was made from, beside the school's rules."""

    school: str
    slug: str
    trust: str
    made_at: str
    judged_at: str
    """When the rules spoke: of a plan, when it was made."""
    versions: tuple[tuple[str, str], ...]
    basis: str
    """In a sentence: was any device asked, and when."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The whole pack."""

    stand: Stand
    controls: tuple[Judged, ...]
    own: tuple[Judged, ...]
    """Rules of the trust's own, beyond the catalogue."""
    waivers: tuple[Held, ...]
    bound: tuple[Bound, ...]
    soon: tuple[str, ...] = ()
    """Answers and waivers that run out within a month, or have run out."""

    @property
    def counts(self) -> dict[str, int]:
        """Outcome -> controls of the catalogue, zeros included."""
        return _counted(self.controls)

    @property
    def schemes(self) -> tuple[Scheme, ...]:
        """How each scheme's controls stand."""
        return tuple(
            Scheme(name, _counted(one for one in self.controls if _cited(one, heads))) for name, heads in _SCHEMES
        )

    @property
    def todo(self) -> tuple[tuple[Judged, tuple[Broken, ...]], ...]:
        """Every control with an open finding, and those, the worst control first."""
        rank = ("blocker", "warning", "info")
        found = [(one, one.open) for one in (*self.controls, *self.own) if one.open]
        return tuple(
            sorted(found, key=lambda pair: (min(rank.index(one.severity) for one in pair[1]), natural(pair[0].id)))
        )

    @property
    def as_json(self) -> dict[str, Any]:
        """The pack as plain JSON."""
        summary: dict[str, Any] = {
            "sentences": summed(self),
            "counts": self.counts,
            "schemes": [{"name": one.name, "total": one.total, "counts": dict(one.counts)} for one in self.schemes],
        }
        whole = asdict(self)
        grades = dict(CONFIDENCE)
        return {"format_version": FORMAT_VERSION, "summary": summary, "grades": grades, **whole.pop("stand"), **whole}


def summed(pack: Evidence) -> tuple[str, ...]:
    """The pack in a few sentences, for somebody who runs the school and not its network."""
    counts, total = pack.counts, len(pack.controls)
    failing = [one for one in pack.controls if one.outcome == "fail"]
    waived = sum(not one.open for one in failing)
    held = counts["pass"] + counts["answered"]
    told = [
        (
            f"Of {total} controls {held} {_verb(held, 'holds', 'hold')}, {counts['answered']} of them because somebody "
            "answered for them by name. "
            f"{counts['not-applicable']} {_verb(counts['not-applicable'], 'does', 'do')} not "
            "apply here and now."
        ),
        f"{len(failing)} {_verb(len(failing), 'does', 'do')} not hold"
        + (f"; {waived} of them wholly under a waiver with owner and end." if waived else "."),
    ]
    if counts["cannot-evaluate"]:
        told.append(f"{counts['cannot-evaluate']} could not be looked at: nothing is claimed about them.")
    if counts["not-decided"]:
        told.append(f"{counts['not-decided']} are not decided: no rule checks them here, so they need other evidence.")
    return tuple(told)


def _verb(count: int, one: str, many: str) -> str:
    return one if count == 1 else many


def _counted(judged: Iterable[Judged]) -> dict[str, int]:
    found = Counter(one.outcome for one in judged)
    return {outcome: found[outcome] for outcome in OUTCOMES}


def _cited(one: Judged, heads: tuple[str, ...]) -> bool:
    return any(source.startswith(heads) for source in one.sources)
