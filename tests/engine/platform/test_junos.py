"""The Junos driver against a device on the wire: what it says is what the device did, and the shared candidate is not
taken for its own."""

from collections.abc import Callable, Iterator

import pytest

from matric import lab, pins, plan, platform
from matric.errors import NothingPending, Refused, StrangerError, Unreachable
from matric.lab.client import Lab
from matric.lab.spec import DeviceSpec, LabSpec
from matric.platform import transport
from matric.platform.base import Address, Candidate, Driver
from matric.platform.junos import PLATFORM

USER, PASSWORD, KEY, SESSION = "matric", "correct-horse-battery-staple", "ash/sw-04", "matric-r1"

BOOT = """\
system {
    host-name sw-04;
    root-authentication { encrypted-password "$6$root"; }
    login { user matric { class super-user; } user head { class read-only; } }
    services { netconf { ssh; } }
}
interfaces {
    ge-0/0/0 {
        description uplink;
        unit 0 { family ethernet-switching { interface-mode trunk; vlan { members Pupils; } } }
    }
}
vlans { Pupils { vlan-id 20; } }
protocols { lldp { interface all; } }
snmp { community public { authorization read-only; } community sunflower; }
"""

DEVICE = DeviceSpec(KEY, "sw-04", "junos", model="EX2300-48P", serial="J4", os_version="22.4R3", boot=BOOT)
Login = Callable[..., Driver]


@pytest.fixture(scope="module")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    state = tmp_path_factory.mktemp("lab")
    yield lab.launch(LabSpec(school="ash", seed="seed", devices=(DEVICE,), users={USER: PASSWORD}), state)
    lab.stop(state)


@pytest.fixture
def ash(running_lab: Lab) -> Iterator[Lab]:
    """The lab as it was when it started."""
    running_lab.renew()
    running_lab.sleep(1)
    yield running_lab
    running_lab.clear()


@pytest.fixture
def login(ash: Lab) -> Iterator[Login]:
    """Opens a new login each time it is called; all are closed afterwards."""
    drivers: list[Driver] = []

    def login(*, password: str = PASSWORD, pin: str = "", timeout_s: float = 15) -> Driver:
        there = ash.devices[KEY]
        found = pin or there["pin"]
        address = Address(KEY, there["host"], there["port"], USER, password, found, timeout_s, ash.clock().now)
        driver = PLATFORM.driver(address)
        drivers.append(driver)
        driver.open()
        return driver

    yield login
    for driver in drivers:
        driver.close()


def changed(driver: Driver) -> str:
    return driver.running().replace("description uplink", 'description "new uplink"')


def armed(driver: Driver, seconds: int = 120) -> str:
    return driver.arm(SESSION, seconds, Candidate(changed(driver)))


def print_of(text: str) -> str:
    return plan.fingerprint(text, PLATFORM.rules)


def asked(ash: Lab, since: int) -> list[str]:
    """Every request the device was sent after event number *since*."""
    return [word for event in ash.event_log(KEY)[since:] for word in event.get("commands", ())]


def test_a_device_says_who_it_is(login: Login) -> None:
    facts = login().facts()

    assert (facts.hostname, facts.model, facts.serial, facts.os_version) == ("sw-04", "ex2300-48p", "J4", "22.4R3")
    assert facts.uptime_s > 3600


def test_a_look_reads_everything_a_plan_wants_and_changes_nothing(login: Login, ash: Lab) -> None:
    driver = login()
    before, since = ash.device_state(KEY), len(ash.event_log(KEY))

    look = driver.look()

    assert look.running == look.startup
    assert look.users == ("head", "matric")
    assert look.snmp_communities == ("public", "<9 characters>")
    assert look.neighbours == ()
    assert look.routes == ()
    assert look.clock_skew_s is not None
    assert abs(look.clock_skew_s) < 5
    assert (look.sessions, look.pending) == ((), None)
    sent = asked(ash, since)
    assert sent
    assert all(one.startswith("get-") for one in sent)
    assert ash.device_state(KEY) == before


def test_what_is_not_a_listed_read_is_never_sent_by_one() -> None:
    for words in ("commit-configuration", "get-configuration database committed format text\n<x/>", "request-reboot"):
        with pytest.raises(Refused, match="was not sent"):
            transport.allowed(words, PLATFORM.show_commands)


def test_it_is_among_the_platforms_and_says_what_its_net_rests_on() -> None:
    assert platform.get("junos") is PLATFORM
    (net,) = PLATFORM.nets
    assert (net.name, net.atomic, net.consent) == ("commit-timer", True, False)
    assert net.unproven


def test_staging_changes_nothing_and_unstaging_leaves_nothing(login: Login, ash: Lab) -> None:
    driver = login()
    before = ash.device_state(KEY)

    held = driver.stage(SESSION, Candidate(changed(driver)))
    driver.unstage(SESSION)
    driver.unstage(SESSION)

    assert "new uplink" in held
    assert "new uplink" not in driver.running()
    assert driver.sessions() == ()
    assert ash.device_state(KEY)["locked_by"] == ""
    assert ash.device_state(KEY) == before


def test_staging_again_replaces_what_was_staged(login: Login) -> None:
    driver = login()
    driver.stage(SESSION, Candidate(changed(driver)))

    assert "new uplink" not in driver.stage(SESSION, Candidate(driver.running()))


def test_what_was_staged_over_one_login_is_armed_over_another(login: Login, ash: Lab) -> None:
    first = login()
    candidate = Candidate(changed(first))
    first.stage(SESSION, candidate)
    first.close()

    login().arm(SESSION, 120, candidate)

    assert ash.device_state(KEY)["pending"]["name"] == SESSION


def test_a_candidate_the_device_takes_in_part_only_is_not_committed(login: Login, ash: Lab) -> None:
    driver = login()
    candidate = Candidate(changed(driver))
    ash.fault(KEY, "ignore-line", line="new uplink")

    with pytest.raises(Refused, match=r"another candidate than was sent.*new uplink"):
        driver.arm(SESSION, 120, candidate)

    assert ash.device_state(KEY)["pending"] is None
    assert ash.device_state(KEY)["locked_by"] == ""
    assert driver.sessions() == ()


def test_a_refused_line_leaves_no_candidate(login: Login, ash: Lab) -> None:
    driver = login()
    config = changed(driver)
    ash.fault(KEY, "refuse-line", line="new uplink")

    with pytest.raises(Refused, match="refused while loading the candidate: syntax error: set interfaces"):
        driver.stage(SESSION, Candidate(config))

    assert driver.sessions() == ()
    assert ash.device_state(KEY)["locked_by"] == ""


@pytest.mark.parametrize("stages", [True, False])
def test_a_candidate_the_device_finds_wrong_is_not_committed_and_not_left(
    login: Login, ash: Lab, *, stages: bool
) -> None:
    driver = login()
    candidate = Candidate(driver.running().replace("members Pupils", "members Nowhere"))

    with pytest.raises(Refused, match="no such"):
        _ = driver.stage(SESSION, candidate) if stages else driver.arm(SESSION, 120, candidate)

    assert driver.sessions() == ()
    assert ash.device_state(KEY)["pending"] is None


def test_startup_is_what_the_device_goes_back_to(login: Login, ash: Lab) -> None:
    driver = login()
    old = print_of(driver.running())
    armed(driver)

    assert print_of(login().startup()) == old
    assert print_of(login().look().startup) == old

    login().confirm(SESSION)
    assert "new uplink" in login().startup()

    armed(login(), 60)
    ash.fault(KEY, "power-cut", seconds=5)
    ash.sleep(30)
    assert login().startup() == login().running()


def test_what_it_goes_back_to_is_read_again_where_the_timer_runs_out_meanwhile(login: Login, ash: Lab) -> None:
    driver = login()
    old = print_of(driver.running())
    armed(driver, 60)
    ash.fault(KEY, "timer-early", seconds=3)
    ash.fault(KEY, "slow", on="^get-rollback-information", seconds=10)

    assert print_of(driver.startup()) == old


def test_an_armed_change_is_ours_counts_down_and_survives_the_login(login: Login, ash: Lab) -> None:
    driver = login()
    old = driver.running()
    held = armed(driver)
    driver.close()

    pending = login().pending()

    assert print_of(held) == print_of(old)
    assert pending is not None
    assert (pending.session, pending.owner) == (SESSION, USER)
    assert 60 < pending.left_s <= 120
    assert "new uplink" in login().running()
    assert ash.device_state(KEY)["locked_by"] == ""


def test_a_confirm_from_a_new_login_stops_the_timer(login: Login, ash: Lab) -> None:
    armed(login())

    login().confirm(SESSION)
    ash.sleep(200)

    assert login().pending() is None
    assert "new uplink" in login().running()
    assert ash.device_state(KEY)["commits"][:2] == [
        "matric netconf matric-r1 confirmed",
        "matric netconf commit confirmed, rollback in 2mins matric-r1",
    ]


def test_a_cancel_brings_the_old_configuration_back_exactly(login: Login) -> None:
    driver = login()
    old = print_of(driver.running())
    armed(driver)

    login().cancel(SESSION)

    assert login().pending() is None
    assert print_of(login().running()) == old


def test_a_timer_that_runs_out_brings_the_old_configuration_back(login: Login, ash: Lab) -> None:
    driver = login()
    old = print_of(driver.running())
    armed(driver)

    ash.sleep(125)

    assert login().pending() is None
    assert print_of(login().running()) == old


def test_a_confirm_that_comes_too_late_is_no_success(login: Login, ash: Lab) -> None:
    armed(login(), 60)
    ash.sleep(65)

    with pytest.raises(NothingPending):
        login().confirm(SESSION)
    with pytest.raises(NothingPending):
        login().cancel(SESSION)


def test_a_timer_that_runs_out_just_before_the_confirm_is_no_success(login: Login, ash: Lab) -> None:
    driver = login()
    armed(driver, 60)
    ash.fault(KEY, "timer-early", seconds=3)
    ash.fault(KEY, "slow", on="^commit-configuration", seconds=10)

    with pytest.raises(NothingPending, match="went back before"):
        driver.confirm(SESSION)

    assert "new uplink" not in driver.running()


def test_a_timer_that_runs_out_during_a_cancel_ends_the_same(login: Login, ash: Lab) -> None:
    driver = login()
    old = print_of(driver.running())
    armed(driver, 60)
    ash.fault(KEY, "timer-early", seconds=3)
    ash.fault(KEY, "slow", on="^load-configuration", seconds=10)

    driver.cancel(SESSION)

    assert print_of(driver.running()) == old


def test_a_timer_that_runs_out_while_a_cancel_reads_what_was_before_never_commits_ours(login: Login, ash: Lab) -> None:
    driver = login()
    old = print_of(driver.running())
    armed(driver, 60)
    ash.fault(KEY, "timer-early", seconds=3)
    ash.fault(KEY, "slow", on="^get-rollback-information", seconds=10)

    with pytest.raises(NothingPending):
        driver.cancel(SESSION)

    assert print_of(driver.running()) == old
    assert ash.device_state(KEY)["locked_by"] == ""


def test_a_commit_that_cuts_the_login_before_the_unlock_is_armed_all_the_same(login: Login, ash: Lab) -> None:
    driver = login(timeout_s=2)
    old = driver.running()
    candidate = Candidate(changed(driver))
    ash.fault(KEY, "drop", on="^unlock", execute=False)

    held = driver.arm(SESSION, 120, candidate)
    driver.close()

    assert print_of(held) == print_of(old)
    assert ash.device_state(KEY)["pending"]["name"] == SESSION
    login().confirm(SESSION)


def test_a_login_of_ours_that_the_device_still_takes_for_alive_is_named(login: Login, ash: Lab) -> None:
    driver = login(timeout_s=2)
    candidate = Candidate(changed(driver))
    ash.fault(KEY, "hang", on="^unlock")
    driver.arm(SESSION, 120, candidate)

    with pytest.raises(Refused, match=r"not free: matric \(locked\)"):
        login().confirm(SESSION)

    ash.sleep(125)
    assert "new uplink" not in login().running()


def test_an_unlock_without_an_answer_after_staging_is_no_success(login: Login, ash: Lab) -> None:
    driver = login(timeout_s=2)
    candidate = Candidate(changed(driver))
    ash.fault(KEY, "hang", on="^unlock")

    with pytest.raises(Unreachable):
        driver.stage(SESSION, candidate)


def test_a_commit_of_somebody_else_just_before_ours_is_not_committed_over(login: Login, ash: Lab) -> None:
    driver = login()
    config, since = changed(driver), len(ash.event_log(KEY))
    ash.fault(KEY, "edit", on="^lock", text="set vlans Games vlan-id 31\n")

    with pytest.raises(Refused, match="somebody committed in the moment it was to be armed; nothing was loaded"):
        driver.arm(SESSION, 120, Candidate(config))

    assert "Games" in login().running()
    assert not [word for word in asked(ash, since) if word.startswith(("load", "commit"))]


def test_a_commit_of_somebody_else_that_confirms_ours_is_seen(login: Login, ash: Lab) -> None:
    armed(login())
    ash.fault(KEY, "edit", text="set vlans Games vlan-id 31\n")

    assert login().pending() is None
    for ending in (login().confirm, login().cancel):
        with pytest.raises(NothingPending):
            ending(SESSION)
    assert "new uplink" in login().running()


def test_a_timed_commit_of_somebody_else_confirms_ours_and_is_theirs(login: Login, ash: Lab) -> None:
    armed(login())
    ash.fault(KEY, "foreign-pending", seconds=600, owner="jo")
    ash.sleep(300)

    pending = login().pending()

    assert pending is not None
    assert (pending.session, pending.owner) == ("weekend", "jo")
    assert "new uplink" in login().running()


def test_a_waiting_commit_without_our_word_is_not_ours_though_our_account_made_it(login: Login, ash: Lab) -> None:
    ash.fault(KEY, "foreign-pending", seconds=600, owner=USER, name="")
    driver = login()

    pending = driver.pending()

    assert pending is not None
    assert not pending.session.startswith(f"{USER}@")
    with pytest.raises(Refused, match="Do: ask whose it is"):
        driver.confirm(SESSION)


def test_somebody_elses_timer_is_neither_confirmed_nor_cancelled_nor_committed_over(login: Login, ash: Lab) -> None:
    ash.fault(KEY, "foreign-pending", seconds=600, owner="jo")
    driver = login()

    pending = driver.pending()
    assert pending is not None
    assert (pending.session, pending.owner) == ("weekend", "jo")
    for ending in (driver.confirm, driver.cancel):
        with pytest.raises(Refused, match=r"weekend.*Do: ask whose it is"):
            ending(SESSION)
    candidate = Candidate(changed(driver))
    with pytest.raises(Refused, match="'weekend' of 'jo' waits"):
        driver.stage(SESSION, candidate)
    with pytest.raises(Refused, match="'weekend' of 'jo' waits"):
        driver.arm(SESSION, 120, candidate)
    with pytest.raises(Refused, match="Do: ask whose it is"):
        driver.restore(SESSION, changed(driver))
    assert ash.device_state(KEY)["pending"] is not None
    assert ash.device_state(KEY)["locked_by"] == ""


def test_somebody_elses_uncommitted_changes_are_named_and_left_alone(login: Login, ash: Lab) -> None:
    driver = login()
    ash.fault(KEY, "foreign-session", owner="jo", text="set vlans Games vlan-id 31\n")
    candidate = ash.device_state(KEY)["candidate"]

    assert [(one.owner, one.state) for one in driver.sessions()] == [("jo", "editing")]
    with pytest.raises(Refused, match=r"jo \(editing\); changed there: \[edit vlans\]"):
        driver.stage(SESSION, Candidate(changed(driver)))
    assert ash.device_state(KEY)["candidate"] == candidate


@pytest.mark.parametrize("text", ["", "set vlans Games vlan-id 31\n"])
def test_whoever_is_in_the_way_of_a_confirm_is_named_before_it(login: Login, ash: Lab, text: str) -> None:
    armed(login())
    before = login().pending()
    ash.fault(KEY, "foreign-session", owner="jo", text=text)

    pending = login().pending()

    assert before is not None
    assert pending is not None
    assert (before.held, pending.held) == ("", f"jo ({'editing' if text else 'locked'})")


def test_foreign_changes_are_not_committed_by_our_confirm(login: Login, ash: Lab) -> None:
    armed(login())
    ash.fault(KEY, "foreign-session", owner="jo", text="set vlans Games vlan-id 31\n")

    with pytest.raises(Refused, match="not free"):
        login().confirm(SESSION)

    assert "Games" not in login().running()
    assert ash.device_state(KEY)["pending"] is not None


def test_somebody_elses_lock_is_named(login: Login, ash: Lab) -> None:
    ash.fault(KEY, "foreign-session", owner="jo")
    driver = login()

    assert [(one.owner, one.state) for one in driver.sessions()] == [("jo", "locked")]
    with pytest.raises(Refused, match="locked by: jo"):
        driver.stage(SESSION, Candidate(changed(driver)))


def test_after_a_power_cut_inside_the_window_the_change_stays_and_nothing_waits(login: Login, ash: Lab) -> None:
    armed(login())
    ash.fault(KEY, "power-cut", seconds=5)
    ash.sleep(10)

    assert login().pending() is None  # though the history says "rollback in 2mins" as before
    for ending in (login().confirm, login().cancel):
        with pytest.raises(NothingPending):
            ending(SESSION)
    with pytest.raises(Refused, match="waits for its confirmation"):
        login().stage(SESSION, Candidate(changed(login())))  # a timer that outlived the restart would be confirmed
    ash.sleep(200)

    assert login().pending() is None
    assert "new uplink" in login().running()
    assert not PLATFORM.capability.survives_reboot


def test_there_is_nothing_to_save(login: Login, ash: Lab) -> None:
    driver = login()
    driver.restore(SESSION, changed(driver))
    since = len(ash.event_log(KEY))

    driver.save()

    assert all(one.startswith("get-") for one in asked(ash, since))
    assert "new uplink" in driver.startup()


def test_a_full_flash_commits_nothing(login: Login, ash: Lab) -> None:
    driver = login()
    ash.fault(KEY, "full-flash", on="commit")

    with pytest.raises(Refused, match="filesystem full"):
        driver.restore(SESSION, changed(driver))

    assert "new uplink" not in driver.running()
    assert driver.sessions() == ()


def test_a_backup_is_restored_and_nothing_is_left_behind(login: Login, ash: Lab) -> None:
    driver = login()
    old = driver.running()
    driver.restore(SESSION, changed(driver))

    driver.restore(SESSION, old)

    assert print_of(driver.running()) == print_of(old)
    assert driver.clean(SESSION) == ()
    assert ash.device_state(KEY)["locked_by"] == ""


def test_cleaning_never_touches_an_armed_change(login: Login, ash: Lab) -> None:
    driver = login()
    armed(driver)

    driver.clean(SESSION)

    assert ash.device_state(KEY)["pending"] is not None


def test_an_identity_is_read_for_enrolment_without_a_login(ash: Lab) -> None:
    there = ash.devices[KEY]

    assert pins.digest(pins.fetch(PLATFORM, there["host"], there["port"])) == pins.digest(there["pin"])


@pytest.mark.parametrize(
    "pin",
    [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGWmFGkzFmhUvrnFHQ4rVwvjYyOdSnkxVBpbJ3yZpPjM",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7",
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBE",
    ],
    ids=["same kind", "another kind", "no key at all"],
)
def test_a_stranger_is_told_by_its_key_before_any_password_is_sent(login: Login, ash: Lab, pin: str) -> None:
    since = len(ash.event_log(KEY))

    with pytest.raises(StrangerError, match="no password was sent"):
        login(pin=pin)

    assert not [event for event in ash.event_log(KEY)[since:] if "login" in event["event"]]


def test_a_key_in_the_users_own_known_hosts_counts_for_nothing(
    login: Login, ash: Lab, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path_factory.mktemp("home")
    there = ash.devices[KEY]
    (home / ".ssh").mkdir()
    (home / ".ssh" / "known_hosts").write_text(f"[{there['host']}]:{there['port']} {there['pin']}\n")
    monkeypatch.setenv("HOME", str(home))

    with pytest.raises(StrangerError):
        login(pin="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGWmFGkzFmhUvrnFHQ4rVwvjYyOdSnkxVBpbJ3yZpPjM")


def test_a_wrong_password_is_a_refusal_and_not_silence(login: Login) -> None:
    with pytest.raises(Refused, match="refused the login"):
        login(password="wrong")


def test_a_device_that_hangs_gives_no_answer(login: Login, ash: Lab) -> None:
    driver = login(timeout_s=2)
    ash.fault(KEY, "hang", on="get-configuration")

    with pytest.raises(Unreachable):
        driver.running()
    with pytest.raises(Unreachable, match="the login is gone"):
        driver.facts()


@pytest.mark.parametrize("at", [0, 1, 40, 200])
def test_a_configuration_cut_off_on_the_way_is_never_taken_for_whole(login: Login, ash: Lab, at: int) -> None:
    driver = login(timeout_s=2)
    ash.fault(KEY, "drop", on="get-configuration", at=at)

    with pytest.raises((Unreachable, Refused)):
        driver.running()


def test_a_cut_off_device_is_unreachable(login: Login, ash: Lab) -> None:
    ash.fault(KEY, "unreachable", sticky=True)

    with pytest.raises(Unreachable):
        login(timeout_s=2)


def test_an_answer_lost_while_arming_says_nothing_about_the_device(login: Login, ash: Lab) -> None:
    driver = login(timeout_s=2)
    candidate = Candidate(changed(driver))
    ash.fault(KEY, "drop", on="^commit-configuration.* confirmed", execute=True)

    with pytest.raises(Unreachable):
        driver.arm(SESSION, 120, candidate)

    pending = login().pending()
    assert pending is not None
    assert pending.session == SESSION


def test_a_timer_the_platform_cannot_count_is_never_sent(login: Login, ash: Lab) -> None:
    driver = login()
    candidate = Candidate(changed(driver))

    for seconds in (0, 30, 90, 7260, 90000):
        with pytest.raises(ValueError, match="timer"):
            driver.arm(SESSION, seconds, candidate)
    assert ash.device_state(KEY)["pending"] is None
