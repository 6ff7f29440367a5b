"""Lines are left out of healthy configurations, one kind at a time: the page names those whose loss no rule notices.

``MATRIC_UPDATE=1`` rewrites docs/reference/lines-unseen.md; a line that is new there is a hole in the rules.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from matric import contract
from matric.platform import get as platform_of
from matric.policy import Policy, case
from matric.policy.healthy import Healthy
from matric.policy.subject import Subject, configuration

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "reference" / "lines-unseen.md"
STANDS = {
    "ios": (("sw-04", ""), ("core-1", ""), ("wlc-1", "")),
    "eos": (("sw-04", "CCS-720XP-24Y6"),),
    "junos": (("sw-04", "EX3400-24P"), ("core-1", "EX4600")),
    "aoscx": (("sw-04", "6200F-24G-PoE (JL725A)"), ("core-1", "6300M-24SFP+ (JL658A)")),
    "aoss": (("sw-04", "2930F-24G-PoE+ (JL255A)"), ("core-1", "5406R (J9821A)")),
}
"""Platform -> what runs it in the frozen Oakfield: the access switch, the core, the wireless controller."""
PACKETS = frozenset({"SEG-51", "SAF-51"})
"""Rules that send every packet: too slow for a thousand schools, and what they see is left out (``ZONE``)."""
ZONE = re.compile(r"ZONE-")
CLOSING = frozenset({"}", "exit", "end", "^", "^C"})


@dataclass(frozen=True, slots=True)
class Kind:
    """Lines that differ by numbers only, and the first of them with what is below it."""

    name: str
    start: int
    end: int


def kinds(lines: list[str]) -> Iterator[Kind]:
    """The kinds of line in a configuration, each once."""
    heads: list[tuple[int, str]] = []
    seen: set[str] = set()
    for number, line in enumerate(lines):
        depth, bare = _depth(line), line.strip()
        if not bare:
            continue
        while heads and heads[-1][0] >= depth:
            heads.pop()
        shown = re.sub(r"\d+", "N", re.sub(r"<secret:[^>]*>", "SECRET", bare)).removesuffix(" {")
        name = " / ".join((*(head for _, head in heads), shown))
        heads.append((depth, shown))
        if bare not in CLOSING and name not in seen and not ZONE.search(name):
            seen.add(name)
            yield Kind(name, number, _end(lines, number))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _end(lines: list[str], start: int) -> int:
    """The first line that does not belong to the one at *start*."""
    end = start + 1
    while end < len(lines) and lines[end].strip() and _depth(lines[end]) > _depth(lines[start]):
        end += 1
    closed = lines[start].rstrip().endswith("{") and end < len(lines) and lines[end].strip() == "}"
    return end + closed


def said(rule: Policy, subject: Subject) -> frozenset[object]:
    """Everything that *rule* holds against the school, or cannot say of it."""
    result = rule.judge(subject)
    return frozenset((*result.findings, *result.missing))


def unseen(rules: tuple[Policy, ...], healthy: Healthy, slug: str) -> tuple[int, list[str]]:
    """How many kinds of line *slug* is given, and those that may be left out without a word."""
    tried: dict[str, bool] = {}
    for name, model in STANDS[slug]:
        subject = case.given(healthy, "oakfield", ({"model": name, "is": model},) if model else ())
        key = f"oakfield/{name}"
        before = {rule.id: said(rule, subject) for rule in rules}
        lines = subject.rendered[key].text.split("\n")
        for kind in kinds(lines):
            if tried.get(kind.name):
                continue
            left = configuration("\n".join(lines[: kind.start] + lines[kind.end :]), platform_of(slug).rules)
            without = replace(subject, rendered={**subject.rendered, key: left})
            tried[kind.name] = any(said(rule, without) - before[rule.id] for rule in rules)
    return len(tried), [name for name, caught in tried.items() if not caught]


def page(rules: tuple[Policy, ...], healthy: Healthy) -> str:
    """docs/reference/lines-unseen.md."""
    quick = tuple(rule for rule in rules if rule.id not in PACKETS)
    found = {slug: unseen(quick, healthy, slug) for slug in STANDS}
    rows = [f"| {contract.PLATFORMS[slug]} | {of} | {of - len(names)} |" for slug, (of, names) in found.items()]
    lines = [
        "# Lines whose loss no rule notices",
        "",
        "Made by `tests/site/policies/test_unseen.py`: of what the templates write for a switch, the first line of",
        "each kind is left out (with what is below it), and every rule judges the school. Named here is what may be",
        "missing without a word. Much of it only adds comfort, or is what the device does anyway; the rest is a hole.",
        "Entries of the zones' access lists are not tried here: SEG-51 and SAF-51 prove them packet by packet. What a",
        "device lacks of its intended text is found as drift all the same: this page is about templates that forget.",
        "",
        "| Platform | Kinds of line | Noticed by some rule |",
        "|---|---|---|",
        *rows,
    ]
    for slug, (_, names) in found.items():
        lines += ["", f"## {contract.PLATFORMS[slug]}", "", "```text", *names, "```"]
    return "\n".join(lines) + "\n"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_page_names_every_line_that_may_be_missing_without_a_word(
    rules: tuple[Policy, ...], healthy: Healthy
) -> None:
    text = page(rules, healthy)

    if os.environ.get("MATRIC_UPDATE"):
        PAGE.write_text(text, encoding="utf-8")
    assert text == PAGE.read_text(encoding="utf-8")


def test_a_line_is_left_out_with_what_is_below_it() -> None:
    text = [
        "vlan 10",
        " name Staff",
        "vlan 20",
        " name Pupils",
        "system {",
        "    ntp {",
        "        server a;",
        "    }",
        "}",
    ]

    assert list(kinds(text)) == [
        Kind("vlan N", 0, 2),
        Kind("vlan N / name Staff", 1, 2),
        Kind("vlan N / name Pupils", 3, 4),
        Kind("system", 4, 9),
        Kind("system / ntp", 5, 8),
        Kind("system / ntp / server a;", 6, 7),
    ]
