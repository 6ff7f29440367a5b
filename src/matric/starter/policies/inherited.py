"""Inherited configurations: what becomes of every line that a joining school brings along."""

from collections.abc import Iterator

from matric import Finding, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.policy import policy
from matric.policy.inherited import Inherited

SHOWN = 20
"""Lines named one by one, of each kind."""


@policy(
    "MAT-04",
    title="Every inherited line of a joining school is accounted for",
    severity="blocker",
    sources=("the trust's standard",),
)
def every_inherited_line_is_accounted_for(school: School, subject: Subject) -> Iterator[Said]:
    held = subject.inherited
    if held is None:
        raise not_applicable("no survey of the school is kept: it joined before, or was built new")
    if held.joined:
        raise not_applicable(f"the school had joined by {held.joined}, says its ledger")
    if held.unread:
        names = ", ".join(held.unread)
        raise cannot_evaluate(f"{school.slug}: the configuration of {names}. Do: survey it again, or find a backup")
    if not held.lines:
        raise cannot_evaluate(f"{school.slug}: its survey holds no configuration. Do: survey it again")
    yield checked(held.lines)
    yield from _lines(school.slug, held)
    for thing, rule, remedy in held.faults:
        yield Finding(f"{school.slug} {thing}", rule, remedy, severity="warning")
    if held.age_days > held.max_age_days:
        yield Finding(
            f"{school.slug} survey",
            f"it is {held.age_days} days old, and the standard takes a survey for true for {held.max_age_days}",
            f"take it again: matric survey {school.slug}; or, where the school has joined, say so in its ledger.yaml",
            severity="warning",
        )


def _lines(slug: str, held: Inherited) -> Iterator[Finding]:
    decide = f"decide it: matric ledger {slug} --decide"
    for line in held.unknown[:SHOWN]:
        thing = f"{slug}/{line.device} line {line.number}"
        yield Finding(thing, f"nobody has said what becomes of '{line.path}'", decide)
    if len(held.unknown) > SHOWN:
        yield Finding(f"{slug} ledger", f"{len(held.unknown) - SHOWN} more lines are unknown", decide)
    for line in held.lost[:SHOWN]:
        yield Finding(
            f"{slug}/{line.device} line {line.number}",
            f"'{line.path}' is to be kept, and will be lost: no template renders it",
            "bring it into NetBox, the standard or a template, or decide to remove it",
        )
    if len(held.lost) > SHOWN:
        yield Finding(
            f"{slug} ledger of what is kept",
            f"{len(held.lost) - SHOWN} more lines are to be kept, and no template renders them",
            f"see matric ledger {slug} --lines kept",
        )
