"""When a rule can say something is seen by withholding data from it."""

from collections.abc import Iterator

from matric import Device, Finding, Said, School, Subject, cannot_evaluate, checked, not_applicable
from matric.policy import Policy, policy
from matric.policy.healthy import Healthy
from matric.policy.stage import STAGES, decides, withheld


def rule(function: object) -> Policy:
    made = policy("TST-01", title="A rule of a trust", severity="info", sources=("Our handbook, page 3",))
    return made(function)  # type: ignore[arg-type]  # any rule


def needs_netbox(school: School) -> Iterator[Said]:
    yield checked(school.devices)


def finds_something_in_what_is_meant(device: Device, subject: Subject) -> Iterator[Said]:
    if subject.intended(device).text:
        yield Finding(device.key, "it is meant to hold something", "hold nothing")


def needs_what_a_device_shows(device: Device, subject: Subject) -> Iterator[Said]:
    subject.look(device)
    yield checked(1)


def is_about_the_way(subject: Subject) -> Iterator[Said]:
    if subject.steps is None:
        raise cannot_evaluate("the plan's steps")
    if not any(step.action == "arm" for step in subject.steps):
        raise not_applicable("no device changes")
    yield checked(1)


def applies_nowhere_and_knows_it_from_texts(device: Device, subject: Subject) -> Iterator[Said]:
    subject.intended(device)
    yield not_applicable("nothing of the kind")


def test_a_rule_decides_where_it_has_what_it_needs(healthy: Healthy) -> None:
    schools = [healthy.school("oakfield")]
    found = {
        one.__name__: decides(rule(one), schools)
        for one in (
            needs_netbox,
            finds_something_in_what_is_meant,
            needs_what_a_device_shows,
            is_about_the_way,
            applies_nowhere_and_knows_it_from_texts,
        )
    }

    assert found == {
        "needs_netbox": STAGES,
        "finds_something_in_what_is_meant": ("rendered", "before", "after"),
        "needs_what_a_device_shows": ("before", "after"),
        "is_about_the_way": ("before",),
        "applies_nowhere_and_knows_it_from_texts": ("rendered", "before", "after"),
    }


def test_after_a_change_nothing_is_about_to_change_and_the_devices_are_still_read(healthy: Healthy) -> None:
    after = withheld(healthy.school("oakfield"), "after")

    assert after.steps == ()
    assert after.window is None
    assert set(after.running) == {device.key for device in after.school.configured}


def test_every_rule_that_ships_decides_at_some_stage(healthy: Healthy, rules: tuple[Policy, ...]) -> None:
    schools = [healthy.school("oakfield"), healthy.school("fernhill")]
    stages = {one.id: decides(one, schools) for one in rules}

    assert [name for name, found in stages.items() if not found] == []
    assert {stages[name] for name in ("CUT-10", "WIF-19")} == {("after",)}
    assert stages["CUT-03"] == ("before", "after")
