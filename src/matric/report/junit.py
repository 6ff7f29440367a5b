"""JUnit: one test case for each rule at each touched school, and one for each school itself.

A finding is a failure, what could not be looked at an error, what does not apply is skipped. Names are unique and the
same in every pipeline: GitLab draws cases of one name together, and a wrong one would go unnoticed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal

from matric.config import natural
from matric.policy import Outcome
from matric.report.finding import PLANNING, Item, items
from matric.report.markdown import visible
from matric.report.reviewed import Review, Reviewed

__all__ = ("report",)

End = Literal["passed", "failure", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class _Case:
    """One test case. *lines* are why it ended so, or what it has to say besides."""

    suite: str
    name: str
    end: End
    lines: tuple[str, ...] = ()


def report(review: Review) -> str:
    """The XML document. Never without a case: none at all would read as success."""
    suites = {one.school: tuple(_cases(one)) for one in sorted(review.schools, key=lambda one: natural(one.school))}
    touched = sum(one.touched for one in review.schools)
    told = _Case("matric", "schools touched", "passed", (f"{touched} of {len(suites)} schools touched",))
    if not touched:
        known = f"0 schools touched, of {len(suites)}"
        told = _Case("matric", "0 schools touched", "skipped" if suites else "error", (known,))
    every = {"matric": (told,), **{f"matric.{school}": cases for school, cases in suites.items()}}
    body = "".join(_suite(name, cases) for name, cases in every.items())
    total = [case for cases in every.values() for case in cases]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="matric"{_counts(total)}>\n{body}</testsuites>\n'


def _cases(one: Reviewed) -> Iterator[_Case]:
    suite = f"matric.{one.school}"
    if not one.touched:
        yield _Case(suite, f"{one.school} plan", "skipped", ("not touched", *one.reasons))
        return
    found = items((one,))
    rules: dict[str, list[Item]] = {}
    for item in found:
        rules.setdefault(item.reason.rule, []).append(item)
    yield _planned(one, suite, rules.pop(PLANNING, []))
    results = {result.rule: result for result in one.results}
    for rule in sorted({*rules, *results}, key=natural):
        result = results.get(rule)
        name = f"{one.school} {rule}"
        said = rules.get(rule, [])
        title = (result.title,) if result is not None else ()
        if said:
            yield _Case(suite, name, _end(said), (*title, *(_told(item) for item in said)))
        elif result is not None and result.outcome is Outcome.NOT_APPLICABLE:
            yield _Case(suite, name, "skipped", (*title, result.reason))
        else:
            yield _Case(suite, name, "passed", title)


def _planned(one: Reviewed, suite: str, said: list[Item]) -> _Case:
    if one.checked is not None:
        return _Case(suite, f"{one.school} check", "passed", ("checked without a device", *one.reasons))
    name = f"{one.school} plan"
    if said:
        return _Case(suite, name, "error", tuple(_told(item) for item in said))
    if one.plan is None:
        return _Case(suite, name, "skipped", ("not planned with this change", *one.reasons))
    plus, minus = one.lines
    told = [f"{one.standing}: {one.changing} devices change, +{plus} -{minus} lines", f"plan {one.digest}"]
    if one.outcome is None:
        return _Case(suite, name, "passed", tuple(told))
    word = str(one.outcome.get("word", "unfinished"))
    told.append(f"carried out, and ended {word}: {one.outcome.get('reason', '')}")
    good = int(one.outcome.get("exit_code", 1)) == 0
    return _Case(suite, name, "passed" if good else "failure", tuple(told))


def _end(said: list[Item]) -> End:
    standings = {item.standing for item in said}
    if "open" in standings:
        return "failure"
    return "error" if "unread" in standings else "passed"


def _told(item: Item) -> str:
    source = f". Source: {'; '.join(item.reason.sources)}" if item.reason.sources else ""
    waiver = item.waiver
    by = f" by {waiver.owner} until {waiver.expires}: {waiver.reason}" if waiver is not None else ""
    words = {"open": "", "unread": "not looked at: ", "waived": f"waived{by}: ", "noted": "noted: "}
    return f"{words[item.standing]}{item.sentence}{source}"


# ---- XML ----


def _text(value: str) -> str:
    return escape(visible(value))


def _counts(cases: list[_Case] | tuple[_Case, ...]) -> str:
    ends = [case.end for case in cases]
    failures, errors, skipped = ends.count("failure"), ends.count("error"), ends.count("skipped")
    return f' tests="{len(ends)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'


def _suite(name: str, cases: tuple[_Case, ...]) -> str:
    inside = "".join(_case(case) for case in cases)
    return f'<testsuite name="{_text(name)}"{_counts(cases)}>\n{inside}</testsuite>\n'


def _case(case: _Case) -> str:
    lines = "\n".join(_text(line) for line in case.lines)
    if case.end == "passed":
        inside = f"<system-out>{lines}</system-out>"
    else:
        first = _text(case.lines[-1] if case.lines else case.end)
        inside = f'<{case.end} message="{first}">{lines}</{case.end}>'
    return f'<testcase classname="{_text(case.suite)}" name="{_text(case.name)}">{inside}</testcase>\n'
