"""GitHub's workflow commands: findings as annotations. A command is a line; no data can begin, end or leave one."""

from collections.abc import Iterator

from matric.report.finding import Item, items, rules_checked
from matric.report.markdown import visible
from matric.report.reviewed import Review

__all__ = ("report",)

_KINDS = {"blocker": "error", "warning": "warning", "info": "notice"}


def report(review: Review) -> str:
    """The commands, the worst first: GitHub shows ten of a kind and step, so the first line says how many there are."""
    found = items(review.schools)
    touched = [one for one in review.schools if one.touched]
    rules = sum(rules_checked(one) for one in touched)
    told = f"{len(touched)} of {len(review.schools)} schools touched, {rules} rules looked, {len(found)} findings"
    kind = "notice" if review.schools else "error"
    return "".join(f"{line}\n" for line in (f"::{kind} title=matric::{_data(told)}", *_lines(found)))


def _lines(found: tuple[Item, ...]) -> Iterator[str]:
    for item in found:
        kind = _KINDS[item.reason.severity]
        words = ""
        if item.standing == "unread":
            kind, words = "error", "not looked at: "
        elif item.standing in {"waived", "noted"}:
            kind, words = "notice", f"{item.standing}: "
        title = _property(f"{item.reason.rule} {item.school}")
        place = f"file={_property(item.path)},line={item.line}"
        yield f"::{kind} {place},title={title}::{_data(words + item.sentence)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
