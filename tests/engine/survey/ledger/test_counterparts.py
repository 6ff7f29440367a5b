"""Which device of the standard stands in whose place, and what is said where none does."""

from datetime import date

import pytest

from matric.site import Site
from matric.survey.ledger import build, counterparts
from matric.survey.ledger.asking import groups
from matric.survey.ledger.classify import Inherited
from matric.survey.ledger.decision import Decisions
from matric.survey.ledger.residue import leftovers
from matric.survey.model import Device, Survey
from tests.engine.survey.ledger.conftest import TODAY, decision, inherited


def survey(*devices: Device) -> Survey:
    return Survey(school="oakfield", taken_at="2026-11-20T10:00:00Z", how="folder", devices=devices)


def test_a_serial_number_counts_more_than_a_name_and_a_name_more_than_an_address(trust: Site) -> None:
    school = trust.school("oakfield")
    two, three, four = (school.by_name[name] for name in ("sw-02", "sw-03", "sw-04"))
    assert four.management is not None
    seen = survey(
        Device(name="sw-03", serial=two.serial),
        Device(name="SW-02"),
        Device(name="Sw-03", management=str(four.management.ip)),
        Device(name="HALL", management=str(four.management.ip)),
        Device(name="nobody's"),
    )

    found = {name: one.name for name, one in counterparts(seen, school).items()}

    # Of sw-02 only one can be; what is called so and is another is left to its address, and this one has none.
    assert found == {"sw-03": "sw-02", "Sw-03": three.name, "HALL": "sw-04"}


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (Device(name="sw-02", configuration="x\n"), "it runs an unknown system, and"),
        (Device(name="sw-02", platform="comware", configuration="#\n sysname x\n"), "its serial number would say"),
        (Device(name="rt-1", platform="ios", configuration="hostname rt-1\n"), "no device in its place"),
    ],
)
def test_a_device_the_standard_does_not_write_is_one_question(trust: Site, device: Device, words: str) -> None:
    ledger = build.built(survey(device), inherited(trust, survey(device)), Decisions(), TODAY)

    assert words in ledger.accounts[0].why
    assert [(one.whole, one.devices) for one in groups(ledger)] == [(True, (device.name,))]


def test_a_box_that_another_takes_the_place_of_takes_its_lines_along_but_for_what_somebody_has_to_do(
    trust: Site,
) -> None:
    text = "#\n sysname x\n#\n ip route-static 172.16.0.0 12 10.1.1.253\n#\n"
    seen = survey(Device(name="sw-02", serial="CN31OLD", platform="comware", configuration=text))
    held = inherited(trust, seen)

    ledger = build.built(seen, held, Decisions(), TODAY)
    kept = {"owner": "B. Shah", "review": date(2027, 3, 1)}
    route = decision("keep", line="ip route-static 172.16.0.0 12 10.1.1.253", **kept)

    assert [one.kind for one in ledger.entries] == ["volatile", "removed", "volatile", "unknown", "volatile"]
    assert "goes with its lines: oakfield/sw-02, which runs ios, takes its place" in ledger.entries[1].why
    assert [(one.whole, one.line) for one in groups(ledger)] == [(False, route.line)]
    # What is kept of a box that goes is lost with it.
    assert [one.text for one in build.built(seen, held, Decisions(decisions=(route,)), TODAY).lost] == [route.line]


def test_a_box_of_the_same_serial_number_that_runs_another_system_is_a_contradiction_for_people(trust: Site) -> None:
    serial = trust.school("oakfield").by_name["sw-02"].serial
    seen = survey(Device(name="old", serial=serial, platform="comware", configuration="#\n sysname x\n"))

    ledger = build.built(seen, inherited(trust, seen), Decisions(), TODAY)

    assert "one of the two is wrong. Do: correct NetBox" in ledger.accounts[0].why
    assert [one.text for one in ledger.unknown] == ["sysname x"]


def test_while_nobody_can_say_what_the_standard_has_in_its_place_nothing_of_a_device_is_asked() -> None:
    text = "hostname sw-1\nusername netsupport privilege 15 secret <secret>\n"
    waiting = Inherited("sw-1", "ios", text, None, "nobody can say yet", waits=True)

    ledger = build.built(survey(Device(name="sw-1")), ((waiting, ""),), Decisions(), TODAY)

    assert (len(ledger.unknown), ledger.complete, groups(ledger)) == (2, False, ())
    (account,) = leftovers(ledger)
    assert (account.kind, account.remains, account.end[:18]) == ("account", True, "nobody can say yet")


def test_a_device_whose_configuration_nobody_has_seen_is_not_accounted_for(trust: Site) -> None:
    seen = survey(Device(name="sw-02", platform="ios"), Device(name="old-hub"))
    held = inherited(trust, seen)

    before = build.built(seen, held, Decisions(), TODAY)
    after = build.built(seen, held, Decisions(decisions=(decision(whole=True, devices=("old-hub",)),)), TODAY)

    assert before.unread == ("sw-02", "old-hub")
    assert (after.unread, after.faults, after.complete) == (("sw-02",), (), False)
