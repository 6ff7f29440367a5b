"""A walk over devices on the wire."""

from matric.lab.client import Lab
from matric.survey.show import COMMANDS
from matric.walk.sent import ASKED_FIRST, SETTINGS
from tests.engine.walk.conftest import CORE, GOOD, NORTH, SOUTH, WRONG, WRONG_TOO, Walk, later, not_seen


def test_a_ring_of_neighbours_is_walked_once_and_by_show_commands_alone(
    elm: Lab, go: Walk, since: dict[str, int]
) -> None:
    walked = go()

    assert sorted(one.address for one in walked.seen) == [CORE, NORTH, SOUTH]
    assert walked.counters.logins == 3
    for visit, key in zip(sorted(walked.seen, key=lambda one: one.address), sorted(elm.devices), strict=True):
        asked = {str(one["command"]) for one in later(elm, key, since, "command") if one["command"]}
        assert asked
        assert asked <= {*COMMANDS[visit.platform], *SETTINGS[visit.platform], *ASKED_FIRST}
        assert not later(elm, key, since, "direct-edit", "save")


def test_what_is_named_and_was_not_asked_is_said_with_its_reason(go: Walk) -> None:
    unseen = not_seen(go())

    assert set(unseen) == {"hub", "provider"}
    assert unseen["hub"].told_by == ("core GigabitEthernet1/0/3",)
    assert "192.168.7.9: no answer on SSH, HTTPS or NETCONF" in unseen["hub"].why
    assert "outside the prefixes" in unseen["provider"].why


def test_a_device_refuses_no_more_logins_than_the_limit_and_is_not_asked_again_with_the_same(
    elm: Lab, go: Walk, since: dict[str, int]
) -> None:
    first = go(WRONG, WRONG_TOO, GOOD)

    assert not first.seen
    assert len(later(elm, "elm/core", since, "login-refused")) == 2
    assert not_seen(first)[CORE].why == (
        "no credential was accepted (tried: old, older); more were not tried, so that nobody is locked out"
    )

    second = go(WRONG, WRONG_TOO, GOOD)

    assert len(second.seen) == 3
    assert not later(elm, "elm/core", since, "login-refused")[2:]
