"""SARIF 2.1.0: every finding as a result, waivers as accepted suppressions, what could not be looked at as an error."""

from typing import Any

from matric import canonical
from matric.report.finding import Item, counted, items
from matric.report.markdown import visible
from matric.report.reviewed import Review

__all__ = ("report",)

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"blocker": "error", "warning": "warning", "info": "note"}


def report(review: Review) -> str:
    """The SARIF log as JSON."""
    found = items(review.schools)
    rules = _rules(review, found)
    places = {rule["id"]: at for at, rule in enumerate(rules)}
    driver: dict[str, Any] = {"name": "matric", "rules": rules}
    versions = sorted({one.plan.tool for one in review.schools if one.plan is not None})
    if versions:
        driver["version"] = versions[-1]
    run = {
        "automationDetails": {"id": visible(f"matric/{review.about.change or 'plan'}/")},
        "columnKind": "utf16CodeUnits",
        "invocations": [_invocation(review, found)],
        "results": [_result(item, places) for item in found],
        "tool": {"driver": driver},
    }
    return canonical.pretty_text({"$schema": _SCHEMA, "runs": [run], "version": "2.1.0"})


def _rules(review: Review, found: tuple[Item, ...]) -> list[dict[str, Any]]:
    """Every rule that looked or has a finding, those that hold included, by id."""
    known: dict[str, tuple[str, str, tuple[str, ...], str]] = {}
    for item in found:
        reason = item.reason
        known.setdefault(reason.rule, (reason.title or reason.rule, reason.severity, reason.sources, reason.remedy))
    for one in sorted(review.schools, key=lambda one: one.school):
        for result in one.results:
            remedy = known[result.rule][3] if result.rule in known else ""
            known[result.rule] = (result.title, result.severity, result.sources, remedy)
    return [_rule(name, *known[name]) for name in sorted(known)]


def _rule(name: str, title: str, severity: str, sources: tuple[str, ...], remedy: str) -> dict[str, Any]:
    told = [title, *(f"Source: {source}" for source in sources), *((f"Do: {remedy}",) if remedy else ())]
    return {
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "fullDescription": {"text": visible(title)},
        "help": {"text": "\n".join(visible(line) for line in told)},
        "id": visible(name),
        "properties": {"problem.severity": {"blocker": "error", "info": "recommendation"}.get(severity, severity)},
        "shortDescription": {"text": visible(title)},
    }


def _result(item: Item, places: dict[str, int]) -> dict[str, Any]:
    reason = item.reason
    unread = item.standing == "unread"
    told: dict[str, Any] = {
        "level": "error" if unread else _LEVELS[reason.severity],
        "locations": [
            {
                "logicalLocations": [{"fullyQualifiedName": visible(reason.object), "kind": "resource"}],
                "physicalLocation": {
                    "artifactLocation": {"uri": item.path, "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": item.line},
                },
            }
        ],
        "message": {"text": visible(item.sentence)},
        "partialFingerprints": {"matricFinding/v1": item.fingerprint},
        "properties": {"school": visible(item.school), "standing": item.standing},
        "ruleId": visible(reason.rule),
        "ruleIndex": places[visible(reason.rule)],
    }
    if item.standing == "waived":
        told["suppressions"] = [_suppression(item)]
    return told


def _suppression(item: Item) -> dict[str, Any]:
    waiver = item.waiver
    why = (
        f"{waiver.reason} ({waiver.owner}, until {waiver.expires})" if waiver is not None else "waived in waivers.yaml"
    )
    return {"justification": visible(why), "kind": "external", "status": "accepted"}


def _invocation(review: Review, found: tuple[Item, ...]) -> dict[str, Any]:
    """Whether matric could look at everything, in words as well: no result is told from not having looked."""
    touched = [one for one in review.schools if one.touched]
    unknown = [one.school for one in touched if one.standing in {"unplanned", "undecided", "not judged"}]
    counts = counted(found)
    told = f"{len(touched)} of {len(review.schools)} schools touched"
    told += "".join(f", {counts[standing]} findings {standing}" for standing in counts)
    notes = [{"level": "note", "message": {"text": told}}]
    notes += [
        {"level": "error", "message": {"text": visible(f"{school}: not everything could be looked at")}}
        for school in sorted(unknown)
    ]
    return {
        "executionSuccessful": not unknown and bool(review.schools),
        "toolExecutionNotifications": notes,
    }
