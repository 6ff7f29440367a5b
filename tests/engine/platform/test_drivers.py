"""Each platform's driver against a device on the wire: what it says is what the device did."""

from collections.abc import Callable

import pytest

from matric import pins, plan, platform
from matric.errors import NothingPending, Refused, StrangerError, Unreachable
from matric.lab.client import Lab
from matric.platform.base import Candidate, ConfigRules, Driver
from tests.engine.platform import conftest

Login = Callable[..., Driver]

EVERY = pytest.mark.parametrize("key", conftest.EVERY, indirect=True)
SESSION = "matric-r1"
READ = "^show running-config|^get-configuration"
COMMIT = "commit timer|configure replace|cfg-restore flash|^commit-configuration.* confirmed"


def platform_of(ash: Lab, key: str) -> str:
    return str(ash.devices[key]["platform"])


def rules(ash: Lab, key: str) -> ConfigRules:
    return platform.get(platform_of(ash, key)).rules


def changed(driver: Driver) -> str:
    return driver.running().replace("uplink", "new uplink")


def active(driver: Driver, config: str, seconds: int = 120) -> None:
    """Stage *config* and arm it: EOS refuses a bad line at the first, IOS at the second."""
    driver.stage(SESSION, Candidate(config))
    driver.arm(SESSION, seconds, Candidate(config))


def commands(ash: Lab, key: str, since: int) -> list[str]:
    """Every command *key* was sent after event number *since*."""
    events = ash.event_log(key)[since:]
    return [word for event in events for word in [*event.get("commands", ()), event.get("command", "")] if word]


@pytest.fixture(autouse=True)
def as_it_was(login: Login, key: str) -> None:
    """Every test starts without candidate and timer, with running and startup alike."""
    driver = login(key)
    pending = driver.pending()
    if pending is not None:
        driver.cancel(pending.session)
    for session in driver.sessions():
        driver.clean(session.name)
    if "new uplink" in driver.running():
        driver.restore(SESSION, driver.running().replace("new uplink", "uplink"))
    driver.save()


@EVERY
def test_a_device_says_who_it_is(login: Login, key: str) -> None:
    facts = login(key).facts()

    assert facts.hostname == key.partition("/")[2]
    assert facts.serial == {one.key: one.serial for one in conftest.DEVICES}[key]
    assert facts.uptime_s > 3600


def test_a_look_reads_everything_a_plan_wants(login: Login, ash: Lab, key: str) -> None:
    look = login(key).look()

    assert key.partition("/")[2] in look.running
    assert key.partition("/")[2] in look.startup
    assert look.users == ("matric",)
    assert look.snmp_communities is not None
    assert look.snmp_communities[0].lower() in {"public", "public ro", "public unrestricted"}
    assert look.neighbours == ()
    assert look.routes == ()
    assert look.clock_skew_s is not None
    assert abs(look.clock_skew_s) < 5
    assert look.free_bytes is not None or platform_of(ash, key) in {"aoss", "junos"}
    assert (look.sessions, look.pending) == ((), None)
    assert look.archive in (None, True)


@EVERY
def test_a_look_sends_nothing_but_what_shows(login: Login, ash: Lab, key: str) -> None:
    driver = login(key)
    before = ash.device_state(key)
    since = len(ash.event_log(key))

    driver.look()

    sent = commands(ash, key, since)
    assert sent
    assert all(one.startswith(("show ", "dir ", "get-")) for one in sent)
    assert ash.device_state(key)["revision"] == before["revision"]
    assert ash.device_state(key)["flash"] == before["flash"]


def test_a_prompt_in_a_description_does_not_end_the_reading(login: Login, ash: Lab, key: str) -> None:
    name = key.partition("/")[2]
    port, word = {
        "aoss": ("7", "name"),
        "eos": ("Ethernet7", "description"),
        "ios": ("GigabitEthernet1/0/7", "description"),
        "junos": ("ge-0/0/7", "description"),
    }[platform_of(ash, key)]
    text = f"interface {port}\n {word} see {name}# and {name}(config)#\n"
    if platform_of(ash, key) == "junos":
        text = f'set interfaces {port} {word} "see {name}# and ]]>]]> or </rpc-reply>"\n'
    ash.fault(key, "edit", text=text)

    assert f"see {name}#" in login(key).running()


def test_staging_changes_nothing_and_unstaging_leaves_nothing(login: Login, ash: Lab, key: str) -> None:
    driver = login(key)
    before = ash.device_state(key)

    held = driver.stage(SESSION, Candidate(changed(driver)))
    staged = [session.name for session in driver.sessions()]
    driver.unstage(SESSION)
    driver.unstage(SESSION)

    assert "new uplink" in held
    assert staged == ([] if platform_of(ash, key) == "junos" else [SESSION])  # where nothing outlives its login
    assert driver.sessions() == ()
    assert ash.device_state(key)["revision"] == before["revision"]
    assert ash.device_state(key)["flash"] == before["flash"]


def test_staging_again_replaces_what_was_staged(login: Login, key: str) -> None:
    driver = login(key)
    driver.stage(SESSION, Candidate(changed(driver)))

    held = driver.stage(SESSION, Candidate(driver.running()))

    assert "new uplink" not in held


def test_a_refused_line_leaves_no_candidate_and_is_named(login: Login, ash: Lab, key: str) -> None:
    driver = login(key)
    config = changed(driver)
    ash.fault(key, "refuse-line", line="new uplink")

    with pytest.raises(Refused):
        active(driver, config)

    assert "new uplink" not in login(key).running()
    assert login(key).pending() is None


def test_an_armed_change_is_ours_counts_down_and_survives_the_login(login: Login, ash: Lab, key: str) -> None:
    driver = login(key)
    active(driver, changed(driver))
    driver.close()

    pending = login(key).pending()

    assert pending is not None
    assert 60 < pending.left_s <= 120
    assert pending.owner == "matric"
    assert "new uplink" in login(key).running()
    assert "new uplink" not in login(key).startup()
    assert ash.device_state(key)["pending"] is not None


def test_a_confirm_from_a_new_login_stops_the_timer_and_saves_nothing(login: Login, ash: Lab, key: str) -> None:
    driver = login(key)
    active(driver, changed(driver))

    login(key).confirm(SESSION)

    assert login(key).pending() is None
    assert "new uplink" in login(key).running()
    kept = platform_of(ash, key) == "junos"  # a commit is what it starts with
    assert ("new uplink" in login(key).startup()) is kept


def test_a_cancel_brings_the_old_configuration_back_exactly(login: Login, ash: Lab, key: str) -> None:
    driver = login(key)
    old = plan.fingerprint(driver.running(), rules(ash, key))
    active(driver, changed(driver))

    login(key).cancel(SESSION)

    assert login(key).pending() is None
    assert plan.fingerprint(login(key).running(), rules(ash, key)) == old


def test_a_timer_that_runs_out_brings_the_old_configuration_back(login: Login, ash: Lab, key: str) -> None:
    driver = login(key)
    old = plan.fingerprint(driver.running(), rules(ash, key))
    active(driver, changed(driver))

    ash.sleep(125)

    assert login(key).pending() is None
    assert plan.fingerprint(login(key).running(), rules(ash, key)) == old


def test_a_confirm_that_comes_too_late_is_no_success(login: Login, ash: Lab, key: str) -> None:
    driver = login(key)
    active(driver, changed(driver), 60)
    ash.sleep(65)

    with pytest.raises(NothingPending):
        login(key).confirm(SESSION)
    with pytest.raises(NothingPending):
        login(key).cancel(SESSION)


def test_somebody_elses_timer_is_neither_confirmed_nor_cancelled(login: Login, ash: Lab, key: str) -> None:
    ash.fault(key, "foreign-pending", seconds=600, owner="jo")
    driver = login(key)

    pending = driver.pending()
    assert pending is not None
    assert SESSION not in pending.session
    with pytest.raises(Refused, match="Do: ask whose it is"):
        driver.confirm(SESSION)
    with pytest.raises(Refused, match="Do: ask whose it is"):
        driver.cancel(SESSION)
    assert ash.device_state(key)["pending"] is not None
    ash.sleep(605)


def test_somebody_elses_session_is_seen(login: Login, ash: Lab, key: str) -> None:
    if platform_of(ash, key) == "aoss":
        pytest.skip("AOS-S tells of nobody else's session")
    ash.fault(key, "foreign-session", name="weekend", owner="jo")

    assert "jo" in {session.owner for session in login(key).sessions()}
    ash.fault(key, "power-cut", seconds=1)
    ash.sleep(2)


@EVERY
def test_saving_is_read_back_and_a_full_flash_is_an_error(login: Login, ash: Lab, key: str) -> None:
    if platform_of(ash, key) == "junos":
        pytest.skip("Junos has nothing to save: a commit is kept")
    driver = login(key)
    driver.restore(SESSION, changed(driver))
    ash.fault(key, "full-flash", on="save")

    with pytest.raises(Refused):
        driver.save()
    assert "new uplink" not in driver.startup()

    driver.save()
    assert "new uplink" in driver.startup()


@EVERY
def test_a_backup_is_restored_and_nothing_is_left_behind(login: Login, ash: Lab, key: str) -> None:
    driver = login(key)
    old, flash = driver.running(), ash.device_state(key)["flash"]
    driver.restore(SESSION, changed(driver))

    driver.restore(SESSION, old)

    assert plan.fingerprint(driver.running(), rules(ash, key)) == plan.fingerprint(old, rules(ash, key))
    assert driver.clean(SESSION) == ()
    assert ash.device_state(key)["flash"] == flash


def test_cleaning_never_touches_an_armed_change(login: Login, ash: Lab, key: str) -> None:
    driver = login(key)
    active(driver, changed(driver))

    driver.clean(SESSION)

    assert ash.device_state(key)["pending"] is not None
    driver.cancel(SESSION)


@EVERY
def test_an_identity_is_read_for_enrolment_without_a_login(ash: Lab, key: str) -> None:
    there = ash.devices[key]
    since = len(ash.event_log(key))

    shown = pins.fetch(platform.get(there["platform"]), there["host"], there["port"])

    assert pins.digest(shown) == pins.digest(there["pin"])
    assert not [event for event in ash.event_log(key)[since:] if "login" in event["event"]]


@pytest.mark.parametrize("other", ["same kind", "another kind"])
def test_a_stranger_is_told_by_its_key_before_any_password_is_sent(
    login: Login, ash: Lab, key: str, other: str
) -> None:
    pins = {
        ("eos", "same kind"): ash.devices["ash/sw-02" if key == "ash/sw-01" else "ash/sw-01"]["pin"],
        ("aoss", "another kind"): "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7",
        ("aoss", "same kind"): "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGWmFGkzFmhUvrnFHQ4rVwvjYyOdSnkxVBpbJ3yZpPjM",
        ("ios", "same kind"): "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGWmFGkzFmhUvrnFHQ4rVwvjYyOdSnkxVBpbJ3yZpPjM",
        ("ios", "another kind"): "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7",
        ("junos", "same kind"): "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGWmFGkzFmhUvrnFHQ4rVwvjYyOdSnkxVBpbJ3yZpPjM",
        ("junos", "another kind"): "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7",
    }
    pin = pins.get((ash.devices[key]["platform"], other))
    if pin is None:
        pytest.skip("certificates are of one kind")
    since = len(ash.event_log(key))

    with pytest.raises(StrangerError, match="no password was sent"):
        login(key, pin=pin)

    assert not [
        event for event in ash.event_log(key)[since:] if "login" in event["event"] or "command" in event["event"]
    ]


@EVERY
def test_a_wrong_password_is_a_refusal_and_not_silence(login: Login, key: str) -> None:
    with pytest.raises(Refused, match="refused the login"):
        login(key, password="wrong")


@EVERY
def test_a_device_that_hangs_gives_no_answer(login: Login, ash: Lab, key: str) -> None:
    driver = login(key, timeout_s=2)
    ash.fault(key, "hang", on=READ)

    with pytest.raises(Unreachable):
        driver.running()


@EVERY
@pytest.mark.parametrize("at", [0, 1, 40, 200])
def test_a_configuration_cut_off_on_the_way_is_never_taken_for_whole(login: Login, ash: Lab, key: str, at: int) -> None:
    driver = login(key, timeout_s=2)
    ash.fault(key, "drop", on=READ, at=at)

    with pytest.raises((Unreachable, Refused)):
        driver.running()


@EVERY
def test_a_cut_off_device_is_unreachable(login: Login, ash: Lab, key: str) -> None:
    ash.fault(key, "unreachable", sticky=True)

    with pytest.raises(Unreachable):
        login(key, timeout_s=2)


def test_an_answer_lost_while_arming_says_nothing_about_the_device(login: Login, ash: Lab, key: str) -> None:
    driver = login(key, timeout_s=2)
    driver.stage(SESSION, Candidate(changed(driver)))
    candidate = Candidate(changed(driver))
    ash.fault(key, "drop", on=COMMIT, execute=True)

    with pytest.raises(Unreachable):
        driver.arm(SESSION, 120, candidate)

    assert login(key).pending() is not None


def test_a_timer_the_platform_cannot_count_is_never_sent(login: Login, ash: Lab, key: str) -> None:
    driver = login(key)
    driver.stage(SESSION, Candidate(changed(driver)))

    for seconds in (0, 90000):
        with pytest.raises(ValueError, match="timer"):
            driver.arm(SESSION, seconds, Candidate(""))
    assert ash.device_state(key)["pending"] is None
