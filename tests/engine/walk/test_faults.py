"""What a walk does when devices, keys and neighbours are not as they should be."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from matric import walk
from matric.lab.client import Lab
from matric.walk.taken import surveyed
from tests.engine.walk.conftest import CORE, GOOD, NORTH, PASSWORD, QUICK, SOUTH, WRONG, Walk, later, not_seen

pytestmark = pytest.mark.slow


def test_two_walks_give_the_same_survey_and_no_secret(go: Walk) -> None:
    first, second = (surveyed("elm", "2026-11-26T07:00:00Z", go()) for _ in range(2))

    text = first.model_dump_json()
    assert [one.name for one in first.devices] == ["core", "north", "south"], first.unseen
    assert [one.management for one in first.devices] == [CORE, NORTH, SOUTH]
    assert PASSWORD not in text
    assert "springtime-hidden" not in text
    assert _steady(second.model_dump_json()) == _steady(text)


def _steady(text: str) -> object:
    """A survey without what a running clock changes."""
    found = json.loads(re.sub(r"ntp clock-period \d+", "", text))
    return [
        (one["name"], one["platform"], one["configuration"], one["neighbours"], one["vlans"])
        for one in found["devices"]
    ]


def test_an_account_that_worked_on_the_last_device_is_tried_first_on_the_next(go: Walk) -> None:
    walked = go(WRONG, GOOD, rules=replace(QUICK, concurrency=1))

    assert len(walked.seen) == 3, [(one.address, one.why) for one in walked.visits]
    assert walked.counters.failed == 1


def test_a_device_that_shuts_its_door_after_a_refusal_is_never_tried_again(elm: Lab, go: Walk, tmp_path: Path) -> None:
    class Shut(walk.Ration):
        """After the first refusal the device takes no connection."""

        def told(self, name: str, accepted: bool | None) -> None:  # noqa: FBT001 - as it is
            super().told(name, accepted)
            elm.fault("elm/core", "unreachable", sticky=True)

    doors = walk.lab_doors(elm.state)
    place = walk.placed(QUICK, (WRONG, GOOD), doors, walk.Memory(tmp_path / "memory", {}, lambda: "now"))
    place.ration = Shut(place.stop, 0)
    assert not walk.walked(place, walk.scope((CORE,), (), ()), (CORE,), lambda _message: None).seen
    elm.renew()

    again = go()

    assert not again.seen
    assert "may have locked us out" in not_seen(again)[CORE].why
    assert again.counters.logins == 0


def test_a_key_that_changed_between_two_surveys_gets_no_password(elm: Lab, go: Walk, since: dict[str, int]) -> None:
    assert len(go().seen) == 3
    elm.fault("elm/north", "new-host-key")

    walked = go()

    assert sorted(one.address for one in walked.seen) == [CORE, SOUTH]
    north = not_seen(walked)["north"]
    assert "is on record; no password was sent" in north.why
    assert len(later(elm, "elm/north", since, "login", "login-refused")) == 1


def test_a_device_that_ends_the_login_at_one_question_is_asked_the_others(elm: Lab, go: Walk) -> None:
    elm.fault("elm/north", "drop", on="^show mac-address$", sticky=True, at=10)

    walked = go()

    (north,) = (one for one in walked.seen if one.address == NORTH)
    faults = {one.command: one.fault for one in north.answers if one.fault}
    assert faults == {"show mac-address": "no answer"}
    assert "no whole answer to `show mac-address`" in north.why
    gaps = {(one.device, one.command) for one in surveyed("elm", "2026-11-26T07:00:00Z", walked).sources if one.fault}
    assert ("north", "show mac-address") in gaps


def test_a_device_that_falls_silent_costs_only_itself(elm: Lab, go: Walk) -> None:
    elm.fault("elm/south", "hang", on="^show version$", sticky=True)

    walked = go(rules=replace(QUICK, timeout_s=4))

    assert sorted(one.address for one in walked.seen) == [CORE, NORTH]
    south = not_seen(walked)["south"]
    assert south.remedy


def test_a_device_that_refuses_everybody_costs_only_itself(elm: Lab, go: Walk) -> None:
    elm.fault("elm/south", "reject-login", on="login", sticky=True)

    walked = go()

    assert len(walked.seen) == 2
    south = not_seen(walked)["south"]
    assert "no credential was accepted (tried: school)" in south.why


def test_an_address_that_answers_as_another_device_is_said(elm: Lab, go: Walk) -> None:
    real = walk.lab_doors(elm.state)

    def crossed(address: str) -> tuple[walk.Door, ...]:
        return real(SOUTH if address == NORTH else address)

    walked = go(doors=crossed)

    names = {one.name for one in surveyed("elm", "2026-11-26T07:00:00Z", walked).devices}
    north = not_seen(walked)["north"]
    assert names == {"core", "south"}
    assert north.why == f"{NORTH} answered as south"


def test_two_devices_of_one_name_stay_two(elm: Lab, go: Walk) -> None:
    elm.fault("elm/south", "edit", text="hostname north")

    survey = surveyed("elm", "2026-11-26T07:00:00Z", go())

    assert [one.name for one in survey.devices] == ["core", f"north ({NORTH})", f"north ({SOUTH})"]
    assert [one for one in survey.unseen if one.name == "north" and "2 devices are called so" in one.why]


def test_an_interrupt_keeps_what_was_seen_and_says_the_rest(elm: Lab, tmp_path: Path) -> None:
    memory = walk.Memory(tmp_path, {}, lambda: "now")
    place = walk.placed(replace(QUICK, concurrency=1), (GOOD,), walk.lab_doors(elm.state), memory)
    heard: list[str] = []

    def interrupt(message: str) -> None:
        if "1 seen" in message and not heard:
            heard.append(message)
            raise KeyboardInterrupt

    walked = walk.walked(place, walk.scope((CORE,), (), ()), (CORE,), interrupt)

    assert walked.interrupted
    assert [one.address for one in walked.seen] == [CORE]
    assert {"hub", "north", "south"} <= {name for name, one in not_seen(walked).items() if "stopped" in one.why}
