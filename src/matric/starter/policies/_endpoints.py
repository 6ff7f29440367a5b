"""What the kept survey of a joining school says of the things on its ports, as rules tell it."""

from collections.abc import Iterator

from matric import Finding, Said, Subject, cannot_evaluate, checked
from matric.policy.surveyed import Hanging


def without_a_port(subject: Subject) -> Iterator[Said]:
    """What was seen at the edge, and has no open port in NetBox; nothing of it where no survey is kept."""
    surveyed = subject.surveyed
    if surveyed is None or surveyed.after:
        return
    yield checked(len(surveyed.endpoints))
    for one in surveyed.endpoints:
        if not one.ported:
            yield Finding(_name(subject, one), f"{_told(one)}: {one.reason}", one.remedy or "record where it goes")


def acknowledged(subject: Subject) -> Iterator[Said]:
    """Nothing that people depend on changes without a word of whoever answers for it, or proof that it came back."""
    surveyed = subject.surveyed
    if surveyed is None:
        return
    critical = [one for one in surveyed.endpoints if one.critical]
    yield checked(len(surveyed.endpoints))
    for one in critical:
        if one.word == "stays" or one.acknowledged or one.state == "back":
            continue
        lapsed = f"; {one.lapsed} agreed to something else" if one.lapsed else ""
        yield Finding(
            _name(subject, one),
            f"{_told(one)}: {one.reason}{lapsed}",
            f"agree with its owner what is done, then 'matric endpoints {subject.school.slug} {_typed(one)} "
            "--acknowledge --by NAME'",
        )


def come_back(subject: Subject) -> Iterator[Said]:
    """What people depend on is there again after the cut-over."""
    surveyed = subject.surveyed
    if surveyed is None:
        return
    slug = subject.school.slug
    if not surveyed.after:
        raise cannot_evaluate(
            f"{slug}: nobody looked whether its endpoints have come back. Do: 'matric endpoints {slug} --after'"
        )
    yield checked(len(surveyed.endpoints))
    for one in surveyed.endpoints:
        if not one.critical or one.state == "back":
            continue
        if one.state in {"", "could-not-look"}:
            yield cannot_evaluate(f"{slug} endpoint {one.key}: {one.found or 'nobody looked for it'}")
        else:
            yield Finding(
                _name(subject, one),
                f"{_told(one)} has not come back as promised: {one.found}",
                f"mend it, then 'matric endpoints {slug} --after'",
                "blocker",
            )


def _typed(one: Hanging) -> str:
    """The key as it is typed: a port's has spaces in it."""
    return f'"{one.key}"' if " " in one.key else one.key


def _name(subject: Subject, one: Hanging) -> str:
    return f"{subject.school.slug} endpoint {one.key}"


def _told(one: Hanging) -> str:
    return f"{one.label} at {one.where}" if one.where else f"{one.label}, seen nobody knows where"
