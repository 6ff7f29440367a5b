"""The AOS-CX driver against a switch on the wire: armed before the first line, and told by what the switch holds."""

from collections.abc import Callable

import pytest

from matric import plan, platform
from matric.errors import NothingPending, Refused, Unreachable
from matric.lab.client import Lab
from matric.ordering import ordered
from matric.platform.aoscx_rules import RULES
from matric.platform.base import Candidate, Driver

Login = Callable[..., Driver]

KEY = "ash/sw-05"
SESSION = "matric-20261125-221500-ab12"
"""As long as a run's name is."""
NET = "checkpoint-timer"
BANNER = "banner motd ^\nOnly people the trust has authorised.\n\n  And nobody else.\n^\n"


def to(driver: Driver, *edits: tuple[str, str]) -> Candidate:
    """What runs with every first text of *edits* replaced by the second, and the lines that lead there."""
    running = driver.running()
    config = running
    for old, new in edits:
        assert old in config
        config = config.replace(old, new)
    return Candidate(config, ordered(platform.get("aoscx"), running, config, cut=lambda _: ()).lines, NET)


def changed(driver: Driver) -> Candidate:
    return to(driver, ("description uplink", "description new uplink"), ("name Pupils", "name Learners"))


def armed(login: Login, seconds: int = 600) -> str:
    """The configuration that ran before."""
    driver = login(KEY)
    candidate = changed(driver)
    driver.stage(SESSION, candidate)
    return driver.arm(SESSION, seconds, candidate)


def sent(ash: Lab, since: int) -> list[str]:
    found = [str(event.get("command", "")) for event in ash.event_log(KEY)[since:] if event["event"] == "command"]
    return [command for command in found if not command.startswith(("show ", "no page"))]


def digest(config: str) -> str:
    return plan.fingerprint(config, RULES)


@pytest.fixture(autouse=True)
def as_new(ash: Lab) -> None:
    """Every test starts with the first configuration in running and startup, and no checkpoint."""
    ash.renew()
    ash.sleep(1)


# ---- reading ----


def test_a_look_reads_everything_a_plan_wants(login: Login) -> None:
    look = login(KEY).look()

    assert "\n    description uplink\n" in look.running
    assert look.startup.startswith("Startup configuration:\n")
    assert look.users == ("matric",)
    assert look.snmp_communities == ("public",)
    assert (look.neighbours, look.routes, look.sessions, look.pending) == ((), (), (), None)
    assert look.clock_skew_s is not None
    assert abs(look.clock_skew_s) < 5


def test_a_prompt_in_a_description_or_a_banner_does_not_end_the_reading(login: Login, ash: Lab) -> None:
    ash.fault(KEY, "edit", text="interface 1/1/2\n    description see sw-05#\nbanner motd ^\nsw-05#\n^\n")

    assert "\nsw-05#\n^\n" in login(KEY).running()
    assert "see sw-05#" in login(KEY).running()


# ---- before anything is sent ----


def test_staging_writes_nothing_and_says_what_the_lines_lead_to(login: Login, ash: Lab) -> None:
    driver = login(KEY)
    candidate = changed(driver)
    before, since = ash.device_state(KEY), len(ash.event_log(KEY))

    held = driver.stage(SESSION, candidate)
    driver.unstage(SESSION)

    assert digest(held) == digest(candidate.config)
    assert sent(ash, since) == []
    assert ash.device_state(KEY)["revision"] == before["revision"]
    assert driver.sessions() == ()


def test_lines_that_lead_elsewhere_are_seen_before_anything_is_sent(login: Login) -> None:
    driver = login(KEY)
    candidate = changed(driver)

    held = driver.stage(SESSION, Candidate(candidate.config, candidate.lines[:-1], NET))

    assert digest(held) != digest(candidate.config)
    with pytest.raises(Refused, match="Do: plan again"):
        driver.stage(SESSION, Candidate(candidate.config, ("interface 1/1/1", " vlan access 77"), NET))


@pytest.mark.parametrize("seconds", [0, 30, 90, 3660])
def test_a_timer_the_switch_cannot_count_is_never_sent(login: Login, ash: Lab, seconds: int) -> None:
    with pytest.raises(ValueError, match="timer"):
        armed(login, seconds)

    assert ash.device_state(KEY)["pending"] is None


# ---- armed ----


def test_the_timer_is_armed_before_the_first_line(login: Login, ash: Lab) -> None:
    before, since = login(KEY).running(), len(ash.event_log(KEY))

    held = armed(login)

    first = sent(ash, since)[:3]
    assert first == [f"copy running-config checkpoint {SESSION}-10m", "checkpoint auto 10", "configure terminal"]
    assert digest(held) == digest(before)
    assert ash.device_state(KEY)["pending"]["owner"] == "matric"


def test_an_armed_change_is_ours_counts_down_and_survives_the_login(login: Login, ash: Lab) -> None:
    before = armed(login)
    ash.sleep(100)

    driver = login(KEY)
    pending = driver.pending()

    assert pending is not None
    assert (pending.session, pending.owner) == (SESSION, "matric")
    assert 440 < pending.left_s <= 500
    assert [one.name for one in driver.sessions()] == [SESSION]
    assert "new uplink" in driver.running()
    assert digest(driver.startup()) == digest(before)


def test_a_confirm_from_a_new_login_stops_the_timer_and_saves_nothing(login: Login, ash: Lab) -> None:
    armed(login)

    login(KEY).confirm(SESSION)

    driver = login(KEY)
    assert driver.pending() is None
    assert ash.device_state(KEY)["pending"] is None
    assert "new uplink" in driver.running()
    assert "new uplink" not in driver.startup()
    ash.sleep(700)
    assert "new uplink" in driver.running()
    driver.save()
    assert "new uplink" in driver.startup()
    assert driver.clean(SESSION) == ()


def test_a_cancel_brings_the_old_configuration_back_exactly(login: Login, ash: Lab) -> None:
    before = armed(login)

    login(KEY).cancel(SESSION)

    driver = login(KEY)
    assert driver.pending() is None
    assert ash.device_state(KEY)["pending"] is None
    assert digest(driver.running()) == digest(before)
    assert driver.clean(SESSION) == ()
    assert SESSION not in driver.look().running


def test_a_timer_that_runs_out_brings_the_old_configuration_back(login: Login, ash: Lab) -> None:
    before = armed(login, 120)

    ash.sleep(125)

    driver = login(KEY)
    assert driver.pending() is None
    assert digest(driver.running()) == digest(before)
    for late in (driver.confirm, driver.cancel):
        with pytest.raises(NothingPending):
            late(SESSION)


def test_a_timer_that_never_fires_leaves_a_change_that_waits_and_is_cancelled(login: Login, ash: Lab) -> None:
    ash.fault(KEY, "timer-never")
    before = armed(login, 120)
    ash.sleep(100_000)

    driver = login(KEY)
    pending = driver.pending()
    assert pending is not None
    assert pending.left_s == 0
    driver.cancel(SESSION)
    assert digest(driver.running()) == digest(before)


def test_a_switch_s_clock_that_steps_does_not_hide_a_change_that_waits(login: Login, ash: Lab) -> None:
    armed(login)
    ash.fault(KEY, "clock-skew", seconds=86400)

    pending = login(KEY).pending()

    assert pending is not None
    assert pending.left_s == 0


def test_a_confirmation_by_somebody_else_is_seen(login: Login, ash: Lab) -> None:
    armed(login)
    stranger = login(KEY)
    ash.sleep(2)

    stranger.confirm(SESSION)

    assert login(KEY).pending() is None
    with pytest.raises(NothingPending):
        login(KEY).confirm(SESSION)


def test_another_run_s_change_is_neither_confirmed_nor_cancelled(login: Login, ash: Lab) -> None:
    armed(login)
    driver = login(KEY)

    for act in (driver.confirm, driver.cancel):
        with pytest.raises(Refused, match="Do: ask whose it is"):
            act("matric-20261125-230000-cd34")

    assert ash.device_state(KEY)["pending"] is not None


def test_a_timer_of_somebody_else_cannot_be_seen_and_stops_the_change_before_its_first_line(
    login: Login, ash: Lab
) -> None:
    ash.fault(KEY, "foreign-pending", seconds=600, owner="jo")
    driver = login(KEY)
    before = ash.device_state(KEY)
    assert driver.pending() is None

    with pytest.raises(Refused, match="of somebody else runs"):
        armed(login)

    state = ash.device_state(KEY)
    assert (state["running"], state["pending"]["owner"]) == (before["running"], "jo")
    assert driver.clean(SESSION) == ()


def test_after_a_power_cut_inside_the_window_old_runs_and_nothing_waits(login: Login, ash: Lab) -> None:
    before = armed(login)
    ash.fault(KEY, "power-cut", seconds=90)
    ash.sleep(95)

    driver = login(KEY)

    assert driver.pending() is None
    assert digest(driver.running()) == digest(before)
    assert driver.clean(SESSION) == ()


def test_an_edit_in_the_moment_of_arming_is_seen_and_not_lost(login: Login, ash: Lab) -> None:
    ash.fault(KEY, "edit", on="checkpoint auto 10", text="vlan 77\n    name Theirs\n")

    with pytest.raises(Refused, match="somebody changed"):
        armed(login)

    state = ash.device_state(KEY)
    assert "name Theirs" in state["running_text"]
    assert state["pending"] is None
    assert "new uplink" not in state["running_text"]


# ---- lines ----


@pytest.mark.parametrize("line", ["^name Learners", "^description new"])
def test_a_refused_line_is_named_and_all_is_taken_back_at_once(login: Login, ash: Lab, line: str) -> None:
    before = ash.device_state(KEY)["running"]
    ash.fault(KEY, "refuse-line", line=line)

    with pytest.raises(Refused, match="it holds what it held before"):
        armed(login)

    assert ash.device_state(KEY)["running"] == before
    assert ash.device_state(KEY)["pending"] is None
    assert login(KEY).pending() is None


def test_a_line_ignored_without_a_word_is_noticed_and_taken_back(login: Login, ash: Lab) -> None:
    before = ash.device_state(KEY)["running"]
    ash.fault(KEY, "ignore-line", line="^description new")

    with pytest.raises(Refused, match="does not hold the candidate"):
        armed(login)

    assert ash.device_state(KEY)["running"] == before


def test_going_back_that_fails_leaves_it_to_the_timer(login: Login, ash: Lab) -> None:
    before = ash.device_state(KEY)["running"]
    ash.fault(KEY, "refuse-line", line="^description new")
    ash.fault(KEY, "edit", on="checkpoint rollback", text="vlan 88\n")
    ash.fault(KEY, "cut-vlan", on="rollback")

    with pytest.raises(Refused, match="going back failed too"):
        armed(login)

    assert ash.device_state(KEY)["pending"] is not None
    ash.sleep(605)
    assert ash.device_state(KEY)["running"] == before


@pytest.mark.parametrize("on", ["^checkpoint auto", "^name Learners", "^end$"])
def test_an_answer_lost_on_the_way_leaves_the_timer_armed(login: Login, ash: Lab, on: str) -> None:
    before = ash.device_state(KEY)["running"]
    driver = login(KEY, timeout_s=3)
    candidate = changed(driver)
    ash.fault(KEY, "drop", on=on)

    with pytest.raises(Unreachable):
        driver.arm(SESSION, 120, candidate)

    assert ash.device_state(KEY)["pending"] is not None
    assert login(KEY).pending() is not None
    ash.sleep(145)
    assert ash.device_state(KEY)["running"] == before
    assert login(KEY).pending() is None


def test_a_timer_of_ours_with_nothing_to_take_back_confirms_nothing_and_is_left_alone(login: Login, ash: Lab) -> None:
    """Whoever may have armed one since the answer was lost: their timer is not ended."""
    driver = login(KEY, timeout_s=3)
    candidate = changed(driver)
    ash.fault(KEY, "drop", on="^checkpoint auto", execute=False)
    with pytest.raises(Unreachable):
        driver.arm(SESSION, 600, candidate)
    ash.fault(KEY, "foreign-pending", seconds=600)

    with pytest.raises(NothingPending, match="holds what it held before"):
        login(KEY).confirm(SESSION)
    with pytest.raises(Refused, match="left to run out"):
        login(KEY).cancel(SESSION)

    assert ash.device_state(KEY)["pending"]["owner"] == "somebody"


def test_what_is_half_done_waits_and_is_cancelled(login: Login, ash: Lab) -> None:
    before = login(KEY).running()
    driver = login(KEY, timeout_s=3)
    candidate = changed(driver)
    ash.fault(KEY, "drop", on="^end$")
    with pytest.raises(Unreachable):
        driver.arm(SESSION, 600, candidate)

    there = login(KEY)
    pending = there.pending()

    assert pending is not None
    assert pending.session == SESSION
    with pytest.raises(Refused, match="left to run out"):
        there.cancel(SESSION)
    assert digest(there.running()) == digest(before)
    assert there.pending() is not None
    ash.sleep(625)
    assert there.pending() is None


def test_a_line_that_comes_late_is_taken_back_by_the_timer(login: Login, ash: Lab) -> None:
    """The login is gone, the change was taken back, and the switch is still at work on the line."""
    before = ash.device_state(KEY)["running"]
    driver = login(KEY, timeout_s=3)
    candidate = changed(driver)
    ash.fault(KEY, "slow", on="^name Learners", seconds=60)
    with pytest.raises(Unreachable):
        driver.arm(SESSION, 120, candidate)
    with pytest.raises(Refused, match="left to run out"):
        login(KEY).cancel(SESSION)
    assert ash.device_state(KEY)["running"] == before

    ash.sleep(80)
    assert ash.device_state(KEY)["running"] != before
    assert login(KEY).pending() is not None
    ash.sleep(60)

    assert ash.device_state(KEY)["running"] == before
    assert login(KEY).pending() is None


def test_a_banner_is_part_of_a_change(login: Login, ash: Lab) -> None:
    driver = login(KEY)
    candidate = to(driver, ("user matric", f"{BANNER}user matric"))

    driver.arm(SESSION, 600, candidate)

    assert BANNER in ash.device_state(KEY)["running_text"]
    assert login(KEY).pending() is not None


def test_a_full_flash_keeps_no_checkpoint_and_nothing_is_sent(login: Login, ash: Lab) -> None:
    before = ash.device_state(KEY)["running"]
    ash.fault(KEY, "full-flash")

    with pytest.raises(Refused, match="kept no checkpoint"):
        armed(login)

    assert (ash.device_state(KEY)["running"], ash.device_state(KEY)["pending"]) == (before, None)


# ---- afterwards ----


def test_cleaning_never_touches_an_armed_change_and_names_what_it_left(login: Login, ash: Lab) -> None:
    armed(login)

    left = login(KEY).clean(SESSION)

    assert left == (f"checkpoint {SESSION}-10m", f"checkpoint {SESSION}-new")
    assert ash.device_state(KEY)["pending"] is not None
    login(KEY).cancel(SESSION)
    assert login(KEY).clean(SESSION) == ()


def test_a_backup_is_restored_by_its_checkpoint_and_else_line_by_line(login: Login, ash: Lab) -> None:
    before = armed(login)
    driver = login(KEY)
    since = len(ash.event_log(KEY))

    driver.restore(SESSION, before)
    assert f"checkpoint rollback {SESSION}-10m" in sent(ash, since)
    assert digest(driver.running()) == digest(before)
    ash.sleep(605)
    driver.clean(SESSION)

    ash.fault(KEY, "edit", text="vlan 77\ninterface 1/1/2\n    description theirs\n")
    driver.restore(SESSION, before)
    assert digest(driver.running()) == digest(before)


def test_a_second_try_of_the_same_run_keeps_a_checkpoint_of_its_own(login: Login, ash: Lab) -> None:
    ash.fault(KEY, "refuse-line", line="^description new")
    with pytest.raises(Refused):
        armed(login)

    armed(login)

    assert login(KEY).pending() is not None
