"""What a readiness report says of licences: whose they are, until when, and what nobody has said."""

import datetime as dt
from pathlib import Path

import pytest

from matric.errors import BadInput
from matric.survey.model import Device, Licence, Neighbour, Survey
from matric.survey.readiness import Gap, Readiness
from matric.survey.readiness.facts import Facts, facts
from matric.survey.readiness.facts import Licence as Said
from tests.engine.survey.readiness.old_school import surveyed
from tests.engine.survey.readiness.test_readiness import report

WHOLE = Said(name="web filter", count=210, end=dt.date(2029, 3, 31), owner="school", transferable=True)


def said(*licences: Said, **more: object) -> Readiness:
    return report(facts=Facts.model_validate({"licences": licences, **more}))


def told(*licences: Licence, **more: object) -> Survey:
    """The old school, whose core says so of its licences."""
    old = surveyed()
    return old.model_copy(update={"devices": (old.devices[0].model_copy(update={"licences": licences, **more}),)})


def gap(ready: Readiness, kind: str) -> Gap:
    return next(one for one in ready.gaps if one.kind == kind)


def kinds(ready: Readiness) -> set[str]:
    return {one.kind for one in ready.gaps if one.area == "licences"}


def test_what_belongs_to_the_old_provider_goes_with_it_and_is_bought_as_many_times() -> None:
    theirs = WHOLE.model_copy(update={"owner": "provider", "supplier": "Northmere IT"})
    ready = said(theirs, provider="Northmere IT", provider_contract_end=dt.date(2027, 3, 31))

    found = gap(ready, "licence-held")
    assert "whose contract ends on 2027-03-31" in found.detail
    assert (found.when, found.decides) == ("before-cut-over", "provider")
    assert [(one.item, one.quantity, one.where, one.licence) for one in found.kit] == [
        ("web filter", 210, ("Northmere IT",), True)
    ]


def test_what_the_maker_does_not_let_pass_is_bought_anew_whoever_owns_it() -> None:
    found = gap(said(WHOLE.model_copy(update={"transferable": False})), "licence-held")

    assert "does not let it pass" in found.detail


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (dt.date(2026, 11, 1), "before-cut-over"),
        (dt.date(2027, 3, 1), "before-cut-over"),
        (dt.date(2027, 10, 1), "later"),
        (dt.date(2027, 11, 26), None),
        (dt.date(2029, 1, 1), None),
    ],
)
def test_what_ends_within_a_year_is_renewed_and_soon_where_it_ends_soon(end: dt.date, expected: str | None) -> None:
    ready = said(WHOLE.model_copy(update={"end": end}))

    assert [one.when for one in ready.gaps if one.kind == "licence-ends"] == ([expected] if expected else [])


def test_what_nobody_counted_is_a_question_and_no_number_is_made_up_for_it() -> None:
    ready = said(Said(name="web filter", owner="provider"), Said(name="cloud backup"))

    assert gap(ready, "licence-unknown").detail == (
        "web filter: nobody said until when, how many; cloud backup: nobody said until when, whose it is, how many"
    )
    assert gap(ready, "licence-held").objects == ("web filter",)
    assert not any(line.licence for line in ready.kit)


def test_none_is_not_the_same_as_nobody_said() -> None:
    silent, none = report(), said()
    told_of = "No licence that anybody knows of ends within a year, or belongs to somebody else"

    assert any(line.startswith("Licences: nobody has said") for line in silent.not_judged)
    assert told_of not in silent.fits
    assert not any(line.startswith("Licences:") for line in none.not_judged)
    assert told_of in none.fits


def test_what_a_switch_uses_without_a_licence_or_on_trial_is_named_with_the_switch() -> None:
    survey = told(
        Licence(name="bgp", count=0, used=1, state="missing"),
        Licence(name="ipservices", state="evaluation"),
        Licence(name="network-essentials", used=1, state="in use"),
        Licence(name="ipbase", state="not in use"),
    )
    found = gap(report(survey), "licence-missing")

    assert found.objects == ("core: bgp", "core: ipservices")
    assert [(one.item, one.quantity, one.where) for one in found.kit] == [
        ("bgp", 1, ("core",)), ("ipservices", 1, ("core",))
    ]  # fmt: skip


def test_an_account_that_is_neither_the_schools_nor_the_trusts_is_somebody_elses() -> None:
    licence = Licence(name="dna-essentials", used=1, state="in use", holder="Northmere IT")
    ours = licence.model_copy(update={"holder": "Fernhill Learning Trust"})

    assert gap(report(told(licence)), "licence-held").objects == ("Northmere IT",)
    assert "licence-held" not in kinds(report(told(ours)))


def test_what_is_missing_and_has_ended_is_bought_once_for_both() -> None:
    ready = report(told(Licence(name="qos", count=1, used=1, state="expired", end="2026-02-01")))
    (line,) = (one for one in ready.kit if one.licence)

    assert (line.item, line.quantity, line.where) == ("qos", 1, ("core",))
    assert {ready.gaps[at].kind for at in line.closes} == {"licence-ends", "licence-missing"}


def test_a_day_that_a_switch_tells_counts_like_one_that_people_tell() -> None:
    found = gap(report(told(Licence(name="qos", count=1, used=1, state="in use", end="2027-02-01"))), "licence-ends")

    assert found.detail == "qos of core: until 2027-02-01"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({"licences": (Licence(name="dna-essentials", used=1, state="in use"),)}, "Cisco DNA"),
        ({"licences": (Licence(name="dna-essentials", used=0, state="not in use"),)}, ""),
        ({"configuration": "hostname a\naruba-central\n    location-override x\n"}, "Aruba Central"),
        ({"configuration": "hostname a\naruba-central\n    disable\n"}, ""),
        ({"neighbours": (Neighbour(port="1", protocol="lldp", platform="Cisco Meraki MS120"),)}, "Cisco Meraki"),
        ({"neighbours": (Neighbour(port="1", protocol="lldp", platform="UAP-AC-Pro UniFi"),)}, "the UniFi controller"),
        ({"neighbours": (Neighbour(port="1", protocol="lldp", platform="Ruckus ICX7150, IronWare"),)}, ""),
    ],
)
def test_what_can_be_seen_to_be_paid_for_by_the_year_is_asked_after(seen: dict[str, object], expected: str) -> None:
    device = Device.model_validate({"name": "sw", "platform": "ios", **seen})
    ready = report(Survey(school="thornfield", taken_at="2026-11-20T10:00:00Z", how="live", devices=(device,)))

    found = [one for one in ready.gaps if one.kind == "licence-silent"]
    assert [expected in one.detail for one in found] == ([True] if expected else [])


def test_what_somebody_wrote_down_is_not_asked_after() -> None:
    survey = told(Licence(name="dna-essentials", used=1, state="in use"))
    written = Facts(licences=(WHOLE.model_copy(update={"name": "Cisco DNA Essentials"}),))

    assert "licence-silent" in kinds(report(survey))
    assert "licence-silent" not in kinds(report(survey, facts=written))


def test_a_licence_that_ends_and_never_ends_is_refused(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text(
        'format_version: 1\nlicences:\n  - {name: a, end: "2027-01-01", never_ends: true}\n', encoding="utf-8"
    )
    with pytest.raises(BadInput, match="never ends and ends"):
        facts(tmp_path)
