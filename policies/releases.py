"""Releases: what runs is what the trust has approved."""

from collections.abc import Iterator

from matric import Device, Finding, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.intent.release import allows
from matric.policy import policy

from ._wlan import access_points, controllers


@policy("HW-02")
def every_switch_runs_an_approved_release(device: Device, subject: Subject) -> Iterator[Said]:
    if device.role == "wireless-controller":
        raise not_applicable("a wireless controller, which WIF-17 looks at")
    yield from _unapproved(device, subject)


@policy("WIF-17")
def wireless_runs_an_approved_release(school: School, subject: Subject) -> Iterator[Said]:
    access_points(school)
    # An access point loads the release of the controller that it joins.
    for device in controllers(school, subject):
        yield checked(1)
        yield from _unapproved(device, subject)


def _unapproved(device: Device, subject: Subject) -> Iterator[Finding]:
    approved = subject.school.standard.approved_versions.get(device.platform or "")
    if not approved:
        raise cannot_evaluate(f"{device.key}: approved_versions of {device.platform} in standard.yaml")
    runs = subject.look(device).facts.os_version
    if not runs:
        raise cannot_evaluate(f"{device.key}: the release it runs")
    if not any(allows(one, runs) for one in approved):
        yield Finding(
            device.key,
            f"it runs {runs}, which the trust has not approved",
            "update it before it is changed, or approve the release in standard.yaml",
        )
