"""Healthy schools are spoilt, rule by rule and platform by platform, and it is counted what the rules catch.

The injuries are the firing cases of tests/cases/policies. ``MATRIC_UPDATE=1`` rewrites docs/reference/rules-proved.md.
"""

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from matric import contract
from matric.policy import Outcome, Policy, Result, case
from matric.policy.healthy import Healthy
from matric.policy.subject import Subject

ROOT = Path(__file__).parents[3]
CASES = ROOT / "tests" / "cases" / "policies"
PAGE = ROOT / "docs" / "reference" / "rules-proved.md"
PLATFORMS = ("ios", "eos", "junos", "aoscx", "aoss")
STANDS: Mapping[str, tuple[str, str]] = {
    "ios": ("oakfield", ""),
    "eos": ("oakfield", "CCS-720XP-24Y6"),
    "junos": ("oakfield", "EX3400-24P"),
    "aoscx": ("oakfield", "6200F-24G-PoE (JL725A)"),
    "aoss": ("oakfield", "2930F-24G-PoE+ (JL255A)"),
}
"""Platform -> a school of the frozen estate in which it stands, and the model that its sw-04 becomes for that."""
ANY = "any"
"""The column of what is judged by NetBox, the plan, the calendar and people: no configuration is read."""
ON_A_DEVICE = ("rendered", "running", "look", "model")


@dataclass(frozen=True, slots=True)
class Count:
    """How many injuries were made, and how many of them the rule named exactly."""

    caught: int = 0
    injected: int = 0


def struck(subject: Subject, wanted: case.Wanted) -> frozenset[str]:
    """The platforms of the devices that a case spoils; ``any`` where it spoils nothing that a platform writes."""
    touched = {str(change[kind]) for change in wanted.given for kind in ON_A_DEVICE if kind in change}
    if not touched:
        return frozenset({ANY})
    by_name = {device.name: device for device in subject.school.configured}
    named = {one.split()[0].partition("/")[2] for one in wanted.objects}
    hit = (named & by_name.keys()) if "all" in touched else (touched & by_name.keys())
    return frozenset(by_name[name].platform or "" for name in hit) or frozenset({ANY})


@cache
def counts(rules: tuple[Policy, ...], healthy: Healthy) -> dict[tuple[str, str], Count]:
    """(rule, column) -> what was injected there and what of it was caught."""
    found: dict[tuple[str, str], Count] = defaultdict(Count)
    by_id = {rule.id: rule for rule in rules}
    for one in case.cases(CASES):
        if one.kind != "fires" or one.rule not in by_id:
            continue
        subject = case.given(healthy, one.wanted.school, one.wanted.given)
        caught = not list(case.unlike(by_id[one.rule], one.wanted, by_id[one.rule].judge(subject)))
        for column in struck(subject, one.wanted):
            before = found[one.rule, column]
            found[one.rule, column] = Count(before.caught + caught, before.injected + 1)
    return found


@cache
def alone(healthy: Healthy, platform: str) -> Subject:
    """A healthy school in which nothing but *platform* is configured."""
    slug, model = STANDS[platform]
    whole = case.given(healthy, slug, ({"model": "sw-04", "is": model},) if model else ())
    kept = tuple(one for one in whole.school.devices if not one.configured or one.platform == platform)
    return replace(whole, school=replace(whole.school, devices=kept))


def why_not(rule: Policy, healthy: Healthy, platform: str) -> str:
    """Why *rule* decides nothing on *platform*; empty where it would, and nobody tried it there."""
    result: Result = rule.judge(alone(healthy, platform))
    said = (result.reason, *result.missing)
    if any("no wireless controller" in one or "wireless-elsewhere" in one for one in said):
        return "only a wireless controller says it"
    return result.reason if result.outcome is Outcome.NOT_APPLICABLE else ""


def cell(rule: Policy, column: str, counted: Mapping[tuple[str, str], Count], healthy: Healthy) -> str:
    """What the page says of *rule* on *column*."""
    if count := counted.get((rule.id, column)):
        return f"{count.caught}/{count.injected}"
    elsewhere = any(counted.get((rule.id, platform)) for platform in PLATFORMS)
    if column == ANY or not elsewhere:
        return ""
    why = why_not(rule, healthy, column)
    return f"no: {why}".replace("|", "\\|") if why else "not tried"


def page(rules: tuple[Policy, ...], healthy: Healthy) -> str:
    """docs/reference/rules-proved.md."""
    counted = counts(rules, healthy)
    columns = (ANY, *PLATFORMS)
    sums = {
        column: Count(
            sum(one.caught for (_, where), one in counted.items() if where == column),
            sum(one.injected for (_, where), one in counted.items() if where == column),
        )
        for column in columns
    }
    titles = ["Whatever runs", *(contract.PLATFORMS[platform] for platform in PLATFORMS)]
    rows = [
        f"| {' | '.join([rule.id, *(cell(rule, column, counted, healthy) for column in columns), rule.title])} |"
        for rule in rules
    ]
    lines = [
        "# What the rules were seen to catch",
        "",
        "Made from `tests/cases/policies` by `tests/site/policies/test_mutation.py`. Each firing case spoils a",
        "healthy school of the reference trust in one way. A cell counts those that the rule named exactly (each",
        "object, and no other) out of those that were tried on a device of the platform. *Whatever runs*: what was",
        "spoilt is in NetBox, the plan, the calendar or people's answers, and is judged alike everywhere. *no* says",
        "why the rule decides nothing there; *not tried*, that nobody wrote a case. **0 real switches** were used.",
        "",
        f"| Rule | {' | '.join(titles)} | Title |",
        f"|---|{'---|' * (len(columns) + 1)}",
        *rows,
        f"| All | {' | '.join(f'{sums[column].caught}/{sums[column].injected}' for column in columns)} | |",
    ]
    return "\n".join(lines) + "\n"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_injury_is_caught_and_the_page_says_so(rules: tuple[Policy, ...], healthy: Healthy) -> None:
    text = page(rules, healthy)

    if os.environ.get("MATRIC_UPDATE"):
        PAGE.write_text(text, encoding="utf-8")
    assert text == PAGE.read_text(encoding="utf-8")
    assert all(count.caught == count.injected for count in counts(rules, healthy).values())


@pytest.mark.parametrize("platform", PLATFORMS)
def test_some_rule_was_tried_on_every_platform(platform: str, healthy: Healthy) -> None:
    assert any(device.platform == platform for device in alone(healthy, platform).school.configured)
