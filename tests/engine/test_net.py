"""Which safety net a device is changed under."""

from dataclasses import replace

import pytest

from matric.plan import net
from matric.platform import get
from matric.platform.base import Facts, Look, NetKind

JOB = NetKind("restore-job", "A job on the switch restores its saved configuration.", atomic=True)
RELOAD = NetKind("reload", "It restarts; PoE drops.", atomic=False, consent=True)
SWITCH = replace(get("ios"), nets=(JOB, RELOAD))


def look(*nets: str) -> Look:
    return Look(Facts("sw-01", "2930F", "S1", "16.10", 60.0), "", "", nets=nets or None)


def test_the_best_net_that_costs_nobody_anything_is_taken() -> None:
    assert net.chosen(SWITCH, look(), None) is JOB


def test_a_net_that_costs_something_is_never_taken_unasked() -> None:
    assert net.chosen(SWITCH, look("reload"), None) is None


def test_a_net_that_was_consented_to_is_taken_where_the_device_can_hold_it() -> None:
    assert net.chosen(SWITCH, look("reload"), "reload") is RELOAD
    assert net.chosen(SWITCH, look("restore-job"), "reload") is None


def test_what_it_costs_is_said_to_whoever_approves() -> None:
    nets = {
        "oakfield/sw-01": net.under(SWITCH, JOB, 300),
        "oakfield/sw-02": net.under(SWITCH, RELOAD, 300),
    }

    assert net.accepted(nets) == ("oakfield/sw-02 is changed under reload: It restarts; PoE drops.",)


@pytest.mark.parametrize("slug", ["eos", "ios"])
def test_a_platform_with_a_commit_timer_needs_no_consent(slug: str) -> None:
    found = net.chosen(get(slug), look(), None)

    assert found is not None
    assert (found.name, found.atomic) == ("commit-timer", True)
