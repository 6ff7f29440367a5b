"""The reference of every control and rule, made from the catalogue and from the rules themselves."""

import sys
from collections.abc import Iterator
from pathlib import Path

from matric import site
from matric.policy import overview, remedy, stage
from matric.policy.controls import CONFIDENCE
from matric.policy.healthy import Healthy
from matric.policy.overview import Row
from matric.policy.subject import Subject

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "policies.md"

HEAD = """\
# Policies

Written by `script/policies` from matric's catalogue of controls and the rules in `policies/`; a test holds it equal.
The same for your own trust: `matric policy list`, `matric policy show ID`.

A `blocker` and a `warning` close the gate, until mended or waived; `info` is reported. What follows says when it
applies: `always`, `on-replacement` (binds when equipment is replaced, and never closes the gate alone), or `if-` a
condition. A letter behind a source says how well it was read, not how much it binds:
{confidence}. CIS benchmarks are cited by number only.

When a rule decides is seen, not claimed: it judges the reference schools, healthy, while data is withheld from it.
{stages}.
"""
SCHOOLS = ("oakfield", "fernhill")


def page() -> str:
    """The whole page."""
    trust = site.load(ROOT)
    rows = overview.rows(trust.rules)
    healthy = Healthy(trust)
    schools = [healthy.school(slug) for slug in SCHOOLS]
    confidence = ";\n".join(f"{letter} {words}" for letter, words in CONFIDENCE.items())
    stages = ";\n".join(f"`{name}`: {words}" for name, words in stage.SAYS.items())
    parts = [HEAD.format(confidence=confidence, stages=stages), *_summary(rows)]
    for area in dict.fromkeys(row.area for row in rows):
        parts += ["", f"## {area}"]
        for row in rows:
            if row.area == area:
                parts += ["", *_entry(row, schools)]
    return "\n".join(parts).rstrip() + "\n"


def _summary(rows: tuple[Row, ...]) -> Iterator[str]:
    yield "| Area | Controls and rules | A rule decides | A person is asked | The gate | Nothing yet |"
    yield "|---|---|---|---|---|---|"
    for area in dict.fromkeys(row.area for row in rows):
        of = [row for row in rows if row.area == area]
        asked = sum(row.control.question is not None for row in of)
        counts = (
            len(of),
            sum(row.rule is not None and row.control.question is None for row in of),
            asked,
            sum(row.control.decided_by == "gate" for row in of),
            sum(not row.decided for row in of),
        )
        yield f"| {area} | {' | '.join(map(str, counts))} |"


def _entry(row: Row, schools: list[Subject]) -> Iterator[str]:
    yield f"### {row.id} {_prose(row.title)}"
    yield ""
    yield f"{row.severity}, {row.control.applies}"
    yield ""
    if row.control.requirement:
        yield _prose(row.control.requirement)
        yield ""
    yield f"- Decided by: {'; '.join(_decided(row)) or f'nothing yet: {_prose(row.not_yet)}'}"
    if row.rule:
        yield f"- Decides at: {', '.join(stage.decides(row.rule, schools))}"
    yield f"- Sources: {'; '.join(_sources(row))}"
    remedies = remedy.remedies(row.rule) if row.rule else ()
    if remedies:
        yield f"- Tells people to: {'; '.join(_prose(one) for one in remedies)}"


def _decided(row: Row) -> Iterator[str]:
    # Without the line: it moves whenever the file does, and says nothing about the rule.
    if row.rule:
        yield f"`{row.rule.where.rpartition(':')[0]}` {row.rule.function.__name__.replace('_', ' ')}"
    if row.control.question:
        yield f"`{row.control.question.id}`: {_prose(row.control.question.ask)}"
    if row.control.decided_by == "gate":
        yield "the gate"


def _sources(row: Row) -> Iterator[str]:
    for one in row.control.cited:
        named = f"[{_prose(str(one))}](<{one.url}>)" if one.url else _prose(str(one))
        yield f"{named} {one.confidence}"
    yield from (_prose(one) for one in row.sources[len(row.control.cited) :])


def _prose(text: str) -> str:
    """*text* where Markdown reads no mark-up into it."""
    for mark in ("\\", "<", "*", "_", "[", "]", "|"):
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())


if __name__ == "__main__":
    if "--print" in sys.argv:
        sys.stdout.write(page())
    else:
        PAGE.write_text(page(), encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
