"""Joining schools made by hand: old configurations of the lab, and what somebody has added to them."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from matric import site
from matric.policy.agreement import Agreement, Agreements
from matric.site import Site
from matric.survey.ledger import Ledger, build
from matric.survey.ledger.classify import Inherited
from matric.survey.ledger.decision import Decision, Decisions
from matric.survey.model import Device, Survey

TODAY = date(2026, 11, 26)
ROOT = Path(__file__).parents[4]


def seen(trust: Site, slug: str, more: Mapping[str, str] | None = None, extra: tuple[Device, ...] = ()) -> Survey:
    """A survey of the lab's old configurations of *slug*; *more* is put at the end of a device's."""
    school = trust.school(slug)
    devices = [
        Device(
            name=path.stem,
            platform=school.by_name[path.stem].platform or "",
            configuration=path.read_text("utf-8") + (more or {}).get(path.stem, ""),
        )
        for path in sorted((trust.inventory / "lab" / slug).glob("*.conf"))
    ]
    taken = "2026-11-20T10:00:00Z"
    return Survey(school=slug, taken_at=taken, how="folder", devices=(*devices, *extra))


def inherited(trust: Site, survey: Survey, *agreed: Agreement) -> tuple[tuple[Inherited, str], ...]:
    """What the survey's devices are held against."""
    school = trust.school(survey.school)
    return tuple(build.held_against(trust.templates, survey, school, Agreements(agreements=agreed)))


@pytest.fixture(scope="session")
def own_trust() -> Site:
    """The reference trust itself, whose schools have every platform."""
    return site.load(ROOT)


@pytest.fixture(scope="session")
def oakfield(trust: Site) -> Survey:
    return seen(trust, "oakfield")


Decide = Callable[..., Ledger]


@pytest.fixture(scope="session")
def messy(trust: Site) -> tuple[Survey, tuple[tuple[Inherited, str], ...]]:
    """Oakfield with what somebody added by hand, and a switch that nobody has planned for."""
    sw_02 = (
        "ip route 10.9.0.0 255.255.0.0 10.48.64.9\nfrobnicate everything\nmystery section\n inner one\n inner two\n"
        "license smart url https://acme.example\nbanner motd ^C\nManaged by Acme IT Solutions, call 01632 960001\n^C\n"
    )
    hp = "#\n sysname hp-old\n#\nvlan 7\n#\nntp-service unicast-server 192.168.10.5\n"
    extra = (Device(name="hp-old", platform="comware", configuration=hp),)
    survey = seen(trust, "oakfield", {"sw-02": sw_02, "sw-04": "frobnicate everything\n"}, extra)
    return survey, inherited(trust, survey)


@pytest.fixture(scope="session")
def decide(messy: tuple[Survey, tuple[tuple[Inherited, str], ...]]) -> Decide:
    """The messy school's ledger under some decisions."""

    def made(*decisions: Decision, today: date = TODAY) -> Ledger:
        return build.built(*messy, Decisions(decisions=decisions), today)

    return made


def decision(verdict: str = "remove", **more: object) -> Decision:
    """A decision as somebody wrote it."""
    given = {"decision": verdict, "reason": "nobody knows it", "by": "A. Mensah", "on": date(2026, 11, 20), "lines": 9}
    return Decision(**{**given, **more})  # type: ignore[arg-type]


__all__ = ("TODAY", "Decide", "decision", "inherited", "seen")
