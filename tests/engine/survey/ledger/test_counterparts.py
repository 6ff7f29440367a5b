"""Which device of the standard stands in whose place, and what is said where none does."""

import pytest

from matric.site import Site
from matric.survey.ledger import build, counterparts
from matric.survey.ledger.asking import groups
from matric.survey.ledger.decision import Decisions
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
        (Device(name="sw-02", platform="comware", configuration="#\n sysname x\n"), "it runs comware, and"),
        (Device(name="sw-02", configuration="x\n"), "it runs an unknown system, and"),
        (Device(name="rt-1", platform="ios", configuration="hostname rt-1\n"), "no device in its place"),
    ],
)
def test_a_device_the_standard_does_not_write_is_one_question(trust: Site, device: Device, words: str) -> None:
    ledger = build.built(survey(device), inherited(trust, survey(device)), Decisions(), TODAY)

    assert words in ledger.accounts[0].why
    assert [(one.whole, one.devices) for one in groups(ledger)] == [(True, (device.name,))]


def test_a_device_whose_configuration_nobody_has_seen_is_not_accounted_for(trust: Site) -> None:
    seen = survey(Device(name="sw-02", platform="ios"), Device(name="old-hub"))
    held = inherited(trust, seen)

    before = build.built(seen, held, Decisions(), TODAY)
    after = build.built(seen, held, Decisions(decisions=(decision(whole=True, devices=("old-hub",)),)), TODAY)

    assert before.unread == ("sw-02", "old-hub")
    assert (after.unread, after.faults, after.complete) == (("sw-02",), (), False)
