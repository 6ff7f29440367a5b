"""OpenMetrics: the review as numbers, for whoever watches many of them. What is not known has no number, never a 0."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from matric.plan import instant
from matric.policy import Outcome
from matric.report.finding import counted, items
from matric.report.markdown import visible
from matric.report.review import days_left
from matric.report.reviewed import Review, Reviewed

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

__all__ = ("report",)

_STANDINGS = ("unplanned", "blocked", "undecided", "not judged", "later", "allowed", "nothing to do", "not touched")
_RISKS = ("low", "medium", "high")


def report(review: Review) -> str:
    """The exposition, ending in ``# EOF``."""
    from prometheus_client import CollectorRegistry  # noqa: PLC0415 - loaded on use
    from prometheus_client.openmetrics import exposition  # noqa: PLC0415 - ditto

    registry = CollectorRegistry()
    registry.register(_Families(review))
    # The only function of the library without types.
    generate_latest: Callable[[CollectorRegistry], bytes] = vars(exposition)["generate_latest"]
    return generate_latest(registry).decode("utf-8")


class _Families:
    """What a registry asks."""

    def __init__(self, review: Review) -> None:
        self._review = review

    def collect(self) -> Iterator["Metric"]:
        schools = tuple(sorted(self._review.schools, key=lambda one: one.school))
        yield _gauge("matric_schools", "Schools of the trust.", ("touched",), _schools(schools))
        yield _gauge(
            "matric_school_standing",
            "1 for where the school stands, 0 for where it does not.",
            ("school", "standing"),
            [((one.school, word), int(one.standing == word)) for one in schools for word in _STANDINGS],
        )
        known = tuple((one, one.plan) for one in schools if one.plan is not None)
        yield _gauge("matric_devices_changing", "Devices that change.", ("school", "risk"), _changing(known))
        lines = [
            ((one.school, sign), one.lines[at]) for one, _ in known for at, sign in enumerate(("added", "removed"))
        ]
        yield _gauge("matric_lines", "Lines of configuration that come and go.", ("school", "sign"), lines)
        rules = [
            ((one.school, str(outcome)), sum(result.outcome is outcome for result in plan.results))
            for one, plan in known
            for outcome in Outcome
        ]
        yield _gauge("matric_rules", "Rules by what they said.", ("school", "outcome"), rules)
        findings = [
            ((one.school, standing), count)
            for one in schools
            if one.touched
            for standing, count in counted(items((one,))).items()
        ]
        yield _gauge("matric_findings", "Findings by standing.", ("school", "standing"), findings)
        yield from _times(known)
        ended = [
            ((one.school, str(one.outcome.get("word", "unfinished"))), int(one.outcome.get("exit_code", 1)))
            for one in schools
            if one.outcome is not None
        ]
        yield _gauge("matric_run_exit_code", "Exit code of the run that carried it out.", ("school", "outcome"), ended)


def _times(known: tuple[tuple[Reviewed, Any], ...]) -> Iterator["Metric"]:
    waivers = [
        ((one.school, waiver.rule, waiver.object), days_left(waiver, plan))
        for one, plan in known
        for waiver in one.waivers
    ]
    told = "Days a used waiver still held when the plan was made."
    yield _gauge("matric_waiver_left_days", told, ("school", "rule", "object"), waivers)
    for name, told, field in (
        ("matric_plan_made_timestamp_seconds", "When the plan was made.", "made_at"),
        ("matric_plan_expires_timestamp_seconds", "When the plan expires.", "expires_at"),
    ):
        values = [((one.school,), int(instant(getattr(plan, field)).timestamp())) for one, plan in known]
        yield _gauge(name, told, ("school",), values)


def _schools(schools: tuple[Reviewed, ...]) -> list[tuple[tuple[str, ...], int]]:
    touched = sum(one.touched for one in schools)
    return [(("yes",), touched), (("no",), len(schools) - touched)]


def _changing(known: tuple[tuple[Reviewed, Any], ...]) -> list[tuple[tuple[str, ...], int]]:
    return [
        ((one.school, risk), sum(device.changes and device.risk == risk for device in plan.devices))
        for one, plan in known
        for risk in _RISKS
    ]


def _gauge(name: str, told: str, labels: tuple[str, ...], values: Sequence[tuple[tuple[str, ...], int]]) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415 - loaded on use

    family = GaugeMetricFamily(name, told, labels=labels)
    for named, value in values:
        family.add_metric([visible(one) for one in named], value)
    return family
