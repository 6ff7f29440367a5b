"""Every platform matric knows, examined in the lab: whoever registers one is examined without being asked."""

import pytest

from matric.doctor import POINTS, change, report, settle
from matric.doctor.course import Disproven
from matric.doctor.examination import Examination, Permission
from matric.doctor.outcome import Verdict
from matric.errors import ExitCode
from matric.lab.client import Lab
from matric.platform import PLATFORMS
from tests.engine.doctor.conftest import PASSWORD, SECRET, bed_of, beds


@pytest.mark.parametrize("slug", beds())
def test_the_lab_s_device_proves_every_point_and_ends_as_it_was_found(running_lab: Lab, slug: str) -> None:
    bed = bed_of(running_lab, slug)
    before = bed.truth

    record = bed.examined(Permission(change=True, power=bed.power_cut))

    assert {one.point: one.words for one in record.outcomes if one.verdict is not Verdict.PROVEN} == {}
    assert [one.point for one in record.outcomes] == [point.slug for point in POINTS]
    assert (record.origin, record.exit_code, record.left) == ("lab", ExitCode.DONE, ())
    after = bed.truth
    assert (after["running"], after["startup"], after["pending"]) == (before["running"], before["startup"], None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("slug", "net"), [(slug, net.name) for slug, one in PLATFORMS.items() for net in one.nets if net.consent]
)
def test_a_net_that_costs_people_something_is_tried_only_by_name(running_lab: Lab, slug: str, net: str) -> None:
    bed = bed_of(running_lab, slug)
    before = bed.truth

    record = bed.examined(Permission(change=True, net=net))

    assert {one.point: one.words for one in record.outcomes if one.tried and one.verdict is not Verdict.PROVEN} == {}
    assert (record.net, record.exit_code, record.left) == (net, ExitCode.DONE, ())
    assert (bed.truth["running"], bed.truth["startup"]) == (before["running"], before["startup"])


@pytest.mark.parametrize("slug", beds())
def test_a_device_that_may_not_be_changed_is_only_read(running_lab: Lab, slug: str) -> None:
    bed = bed_of(running_lab, slug)
    events = len(running_lab.event_log(bed.key))
    before = bed.truth

    record = bed.examined(Permission())

    assert [one.point for one in record.outcomes if one.tried] == ["identity", "reads", "whole"]
    assert record.exit_code is ExitCode.DONE
    assert bed.truth["revision"] == before["revision"]
    assert bed.truth["flash"] == before["flash"]
    happened = {event["event"] for event in running_lab.event_log(bed.key)[events:]}
    assert not happened & {"armed", "session", "scp", "save", "commit", "direct-edit", "login-refused"}


@pytest.mark.parametrize("slug", beds())
def test_nothing_private_is_in_a_report(running_lab: Lab, slug: str) -> None:
    bed = bed_of(running_lab, slug)
    running_lab.fault(bed.key, "ignore-line", line="matric-doctor", sticky=True)

    record = bed.examined()

    text = report.as_json(record) + report.as_markdown(record, bed.platform)
    there = bed.address()
    for private in (PASSWORD, SECRET, there.host, there.key, "lamp-post", "SERIAL", there.pin[:60]):
        assert private not in text, private


@pytest.mark.parametrize("slug", beds())
def test_a_timer_that_never_fires_is_found_out_on_every_platform_and_the_device_is_put_back(
    running_lab: Lab, slug: str
) -> None:
    bed = bed_of(running_lab, slug)
    before = bed.truth
    examination = Examination(bed.patient())
    look = examination.read()
    course = examination.course
    assert look is not None
    course.net = course.patient.net("", look.nets)
    assert course.prepare() == ""
    running_lab.fault(bed.key, "timer-never", sticky=True)

    with pytest.raises(Disproven, match="had not gone back"):
        change.revert(course)

    assert settle.settle(course) == ()
    after = bed.truth
    assert (after["running"], after["startup"], after["pending"]) == (before["running"], before["startup"], None)
