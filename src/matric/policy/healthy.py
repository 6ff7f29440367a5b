"""A trust's schools as rules see them when nothing is wrong: what a case of a policy starts from.

Every device answered, holds what is intended, and is about to be written; every question was answered a week ago.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from matric.plan import Step
from matric.plan.path import tree
from matric.platform import get as platform
from matric.platform.base import Facts, Look, Neighbour
from matric.policy import agreement, asked
from matric.policy.subject import Answer, Answers, Configuration, Subject, configuration

if TYPE_CHECKING:
    from matric.intent.record import Records
    from matric.intent.school import Device, School
    from matric.render import Renderer
    from matric.site import Site

__all__ = ("NOW", "Healthy")

NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)
"""When every case plays: a case says the same whenever it is run."""
SEEN = date(2026, 11, 17)
VALID_DAYS = 60


class Healthy:
    """The schools of one trust, healthy in every way. What was made once is kept."""

    def __init__(self, trust: "Site") -> None:
        self.trust = trust
        self._schools: dict[str, Subject] = {}

    @cached_property
    def _renderer(self) -> "Renderer":
        from matric.render import Renderer  # noqa: PLC0415 - Jinja2 is slow to load

        return Renderer(self.trust.templates)

    def school(self, slug: str) -> Subject:
        """The school *slug* as its trust has it."""
        if slug not in self._schools:
            self._schools[slug] = self.of(self.trust.school(slug), self.trust.snapshot.records)
        return self._schools[slug]

    def of(self, school: "School", records: "Records") -> Subject:
        """*school*, made from *records*: its devices answered, hold what is intended, and are all to be written."""
        platforms = {device.platform or "" for device in school.configured}
        rendered = {
            device.key: configuration(self._renderer.render(school, device).text, platform(device.platform or "").rules)
            for device in school.configured
        }
        return Subject(
            school=school,
            now=NOW,
            rendered=rendered,
            running=rendered,
            looks={device.key: _look(school, device, rendered[device.key]) for device in school.configured},
            steps=_steps(school),
            answers=Answers(answers=tuple(_answer(school, question) for question in self._questions(school))),
            agreements=agreement.load(self.trust.inventory),
            calendar=self.trust.calendar,
            window=(NOW, NOW + timedelta(hours=2)),
            capabilities={slug: platform(slug).capability for slug in platforms},
            records=records,
        )

    def _questions(self, school: "School") -> tuple[str, ...]:
        """What people are asked about *school*, conditions included: every control applies."""
        every = (*asked.questions(school), *asked.questions(school, self.trust.rules))
        return tuple(dict.fromkeys(one.id for one in every))


def _answer(school: "School", question: str) -> Answer:
    return Answer(question=question, school=school.slug, by="P. Adeyemi", at=SEEN, answer=True, valid_days=VALID_DAYS)


def _look(school: "School", device: "Device", held: Configuration) -> Look:
    management = school.standard.management
    approved = school.standard.approved_versions.get(device.platform or "", ("1",))
    return Look(
        facts=Facts(device.name, device.model, device.serial, approved[0].removesuffix("+"), 3600.0),
        running=held.text,
        startup=held.text,
        neighbours=tuple(
            Neighbour(port.name, port.peer.device, port.peer.port) for port in device.ports if port.peer is not None
        ),
        users=(management.break_glass_user, management.service_user),
        snmp_communities=(),
        routes=(),
    )


def _steps(school: "School") -> tuple[Step, ...]:
    order = tree(school).farthest_first(tuple(device.name for device in school.configured))
    keys = [f"{school.slug}/{name}" for name in order]
    return (
        *(Step(device=key, action="back-up", detail="") for key in keys),
        *(Step(device=key, action="arm", detail="", net="commit-timer") for key in keys),
        *(Step(device=key, action="confirm", detail="") for key in reversed(keys)),
    )
