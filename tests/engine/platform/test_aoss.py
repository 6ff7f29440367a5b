"""AOS-S: what is read of its text, and what its driver does where other platforms have a timer of their own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from matric import platform
from matric.config import parse
from matric.errors import NothingPending, Refused, Unreachable
from matric.lab import Lab
from matric.lab.spec import DeviceSpec, LabSpec
from matric.platform import aoss_text
from matric.platform.aoss_rules import RULES
from matric.platform.aoss_wire import Wire
from matric.platform.base import Address, Candidate, Driver
from matric.switch import aoss
from tests.raised import Raised

PASSWORD, SESSION, KEY = "of-the-lab", "matric-20261125-190000-ab12", "ash/sw-01"
NOW = datetime(2026, 11, 25, 22, 58, 30, tzinfo=UTC)
BOOT = """\
; J9773A Configuration Editor; Created on release #YA.16.11.0012
hostname "sw-01"
ip ssh filetransfer
interface 1
   name "uplink"
   exit
vlan 1
   name "DEFAULT_VLAN"
   no untagged 1
   untagged 2-8
   no ip address
   exit
vlan 20
   name "Pupils"
   untagged 1
   no ip address
   exit
"""
Login = Callable[[], Driver]


# ---- text ----


def test_a_configuration_is_whole_from_its_head_to_the_end_of_its_last_section() -> None:
    shown = f"\nRunning configuration:\n\n{BOOT}\n"

    assert aoss_text.whole(KEY, shown, "running") == BOOT
    for cut in ("", BOOT.partition("\n")[2], BOOT[: BOOT.rindex("   exit")], BOOT[: BOOT.rindex("name")]):
        with pytest.raises(Refused, match="not read whole"):
            aoss_text.whole(KEY, cut, "running")


def test_the_job_tells_any_later_login_whose_run_it_is_and_until_when() -> None:
    name, line = aoss_text.job_line(NOW, 90, f"cfg-restore flash {SESSION}-old")

    (job,) = aoss_text.jobs(f"{BOOT}{line}\n")

    assert (name, job.name) == ("matric-002830", "matric-002830")
    assert (job.session, job.minutes, job.restores) == (SESSION, 90, True)
    assert aoss_text.left_s(job, NOW) == 90 * 60
    assert aoss_text.left_s(job, NOW.replace(day=26, hour=0, minute=28, second=0)) == 30
    assert aoss_text.left_s(job, NOW.replace(day=26, hour=0, minute=28, second=31)) == 0
    assert aoss_text.left_s(job, None) == 0


def test_a_clock_that_was_set_right_since_does_not_hide_the_job() -> None:
    _, line = aoss_text.job_line(NOW, 90, f"cfg-restore flash {SESSION}-old")
    (job,) = aoss_text.jobs(f"{BOOT}{line}\n")

    assert aoss_text.left_s(job, NOW - timedelta(seconds=25)) == 90 * 60
    assert aoss_text.left_s(job, NOW - timedelta(hours=1)) == 0


@pytest.mark.parametrize(
    ("line", "session"),
    [
        ('job weekend delay 5 count 1 "cfg-restore flash weekend"', ""),
        ('job "night" at 22:00 on mon "reload"', ""),
        ('job matric-225000 delay 5 count 1 "cfg-restore flash other"', ""),
        (f'job x delay 5 count 1 "cfg-restore flash {SESSION}-old"', ""),
        (f'job matric-225000 delay 5 count 1 "show config {SESSION}"', SESSION),
    ],
)
def test_a_job_that_changes_the_switch_is_somebody_elses_unless_name_and_command_say_ours(
    line: str, session: str
) -> None:
    assert [job.session for job in aoss_text.jobs(f"{BOOT}{line}\n")] == [session]


def test_a_job_that_changes_nothing_is_no_timer() -> None:
    assert aoss_text.jobs('job poe-off at 17:00 "interface 1-24 no power-over-ethernet"\n') == ()


@pytest.mark.parametrize(
    ("shown", "left"),
    [
        ("Reload is not scheduled.", None),
        ("Reload scheduled in 4 minutes 30 seconds.", 270.0),
        ("Reload scheduled in 1 hours, 2 minutes", 3720.0),
        ("Reload scheduled at some time", 0.0),
    ],
)
def test_a_scheduled_reload_that_cannot_be_read_is_not_none(shown: str, left: float | None) -> None:
    assert aoss_text.reload_left_s(shown) == left


def test_accounts_communities_and_files_are_read_and_no_secret_is_repeated() -> None:
    running = (
        'password manager user-name "jo" sha256 "00"\npassword operator sha1 "11"\n'
        'aaa authentication local-user "matric" group "Level-15" password sha256 "22"\n'
        'snmp-server community "public" unrestricted\nsnmp-server community "sunflower"\n'
    )

    assert aoss_text.accounts(running) == ("jo", "matric", "operator")
    assert aoss_text.communities(running) == ("public unrestricted", "<9 characters>")
    listed = (
        f" id | act pri sec | name\n  1 |  *   *   *  | config\n  2 |             | {SESSION}-old\n  3 |      | x\n"
    )
    assert [session.name for session in aoss_text.staged(listed)] == [SESSION]


# ---- what a configuration says ----


def test_interfaces_are_made_from_who_is_in_which_vlan() -> None:
    text = """\
trunk 7-8 trk1 lacp
trunk 5-6 trk2 trunk
ip authorized-managers 10.63.0.0 255.255.255.0 access manager access-method ssh
ip authorized-managers 10.63.1.50 255.255.255.255 access operator access-method snmp
interface 1
   disable
   exit
interface Trk1
   dhcp-snooping trust
   exit
vlan 10
   untagged 1-2
   tagged Trk1-Trk2
   exit
vlan 30
   tagged 2,Trk1
   voice
   exit
vlan 99
   tagged Trk1
   ip address 10.1.0.2/24
   ip access-group "STAFF" in
   exit
vlan 999
   untagged Trk1
   exit
spanning-tree
spanning-tree 1-2 admin-edge-port
spanning-tree 2 bpdu-protection
"""
    switch = aoss.read(parse(text, RULES))
    one, two, lag, other = (switch.interfaces[name] for name in ("1", "2", "Trk1", "Trk2"))

    assert (one.mode, one.access, one.voice, one.enabled, one.edge, one.bpdu_guard) == (
        "access", 10, None, False, True, False,
    )  # fmt: skip
    assert (two.access, two.voice, two.bpdu_guard) == (10, 30, True)
    assert (lag.mode, lag.native, lag.allowed, lag.trusted) == ("trunk", 999, frozenset({10, 30, 99, 999}), True)
    assert (other.mode, other.native, other.allowed) == ("trunk", 4095, frozenset({10}))
    assert switch.carrier("7") == lag
    assert (switch.interfaces["7"].lacp, switch.interfaces["5"].lacp) == (True, False)
    assert (switch.interfaces["vlan99"].vid, switch.interfaces["vlan99"].access_list) == (99, "STAFF")
    assert [str(entry.source) for entry in switch.access_lists[switch.doors[0]]] == ["10.63.0.0/24"]
    assert (switch.spanning_tree, switch.telnet, switch.http, switch.ssh) == ("mst", True, True, True)


@pytest.mark.parametrize(
    ("text", "mode"),
    [("", "none"), ("spanning-tree\n", "mst"), ("spanning-tree\nspanning-tree mode rapid-pvst\n", "rapid-pvst")],
)
def test_spanning_tree_is_off_until_it_is_turned_on(text: str, mode: str) -> None:
    assert aoss.read(parse(text, RULES)).spanning_tree == mode


# ---- the driver ----


@pytest.fixture
def switch_of(raised: Raised) -> Callable[..., Lab]:
    """A lab with one switch of a firmware, with lines besides its own; whatever a test before has done to it."""

    def make(firmware: str = "YA.16.11.0012", more: str = "") -> Lab:
        ports = tuple(str(number) for number in range(1, 9))
        device = DeviceSpec(
            KEY, "sw-01", "aoss", model="J9773A", serial="A1", os_version=firmware, ports=ports, boot=BOOT + more
        )
        return raised(LabSpec(school="ash", seed="seed", devices=(device,), users={"matric": PASSWORD}))

    return make


@pytest.fixture
def drivers() -> Iterator[list[Driver]]:
    found: list[Driver] = []
    yield found
    for driver in found:
        driver.close()


@pytest.fixture
def switch(switch_of: Callable[..., Lab]) -> Lab:
    return switch_of()


def login(switch: Lab, drivers: list[Driver]) -> Driver:
    there = switch.devices[KEY]
    address = Address(KEY, there["host"], there["port"], "matric", PASSWORD, there["pin"], 15, switch.clock().now)
    driver = platform.get("aoss").driver(address)
    driver.open()
    drivers.append(driver)
    return driver


LINES = ("vlan 30", " name Voice", " tagged 1")
BY_LINES = BOOT + 'vlan 30\n   name "Voice"\n   tagged 1\n   no ip address\n   exit\n'


def reload_of(driver: Driver) -> Candidate:
    driver.save()
    candidate = Candidate(BY_LINES, LINES, "reload")
    assert driver.stage(SESSION, candidate) == BY_LINES
    return candidate


@pytest.mark.parametrize(
    ("firmware", "more", "nets"),
    [
        ("YA.16.11.0012", "", ("restore-job", "reload")),
        ("YA.16.02.0012", "", ("reload",)),
        ("YA.16.11.0012", "no ip ssh filetransfer\n", ("reload",)),
    ],
)
def test_what_a_switch_can_hold_follows_from_its_firmware_and_from_sftp(
    switch_of: Callable[..., Lab], drivers: list[Driver], firmware: str, more: str, nets: tuple[str, ...]
) -> None:
    assert login(switch_of(firmware, more), drivers).look().nets == nets


def test_lines_go_in_under_a_reload_that_is_ours_and_a_confirm_takes_it_away(
    switch: Lab, drivers: list[Driver]
) -> None:
    driver = login(switch, drivers)
    driver.arm(SESSION, 120, reload_of(driver))

    waiting = login(switch, drivers).pending()
    assert waiting is not None
    assert (waiting.session, waiting.owner) == (SESSION, "matric")
    assert 60 < waiting.left_s <= 120
    assert "Voice" not in login(switch, drivers).startup()

    login(switch, drivers).confirm(SESSION)
    after = login(switch, drivers)
    assert after.pending() is None
    assert "Voice" in after.running()
    assert "job matric" not in after.running()
    assert after.clean(SESSION) == ()
    switch.sleep(300)
    assert "Voice" in login(switch, drivers).running()


def test_a_save_takes_no_mark_of_a_reload_into_startup(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)
    driver.arm(SESSION, 120, reload_of(driver))
    switch.fault(KEY, "drop", on="^no reload")
    with pytest.raises(Unreachable):
        login(switch, drivers).confirm(SESSION)

    after = login(switch, drivers)
    assert after.pending() is None
    after.save()

    assert "Voice" in after.startup()
    assert "job matric" not in after.startup()


def test_what_somebody_types_while_it_is_armed_is_not_replaced(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)
    switch.fault(KEY, "edit", on="^show job$", text="interface 3\n   name other\n")

    with pytest.raises(Refused, match="somebody changed its running configuration"):
        driver.arm(SESSION, 120, Candidate(BY_LINES, (), "restore-job"))

    after = login(switch, drivers)
    assert after.pending() is None
    assert "other" in after.running()
    assert "Voice" not in after.running()


def test_a_reload_of_somebody_else_beside_our_job_is_named_and_left_alone(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)
    candidate = Candidate(BY_LINES, (), "restore-job")
    driver.stage(SESSION, candidate)
    driver.arm(SESSION, 120, candidate)
    stranger = login(switch, drivers)
    assert isinstance(stranger, Wire)
    stranger.do("reload after 30", "scheduling a reload", yes=True)

    after = login(switch, drivers)
    found = after.pending()
    assert found is not None
    assert (found.session, found.owner) == ("reload", "")
    for act in (after.confirm, after.cancel):
        with pytest.raises(Refused, match="what waits is reload"):
            act(SESSION)

    switch.sleep(130)
    last = login(switch, drivers)
    assert "Voice" not in last.running()
    left = last.pending()
    assert left is not None
    assert left.session == "reload"


def test_a_reload_that_nobody_confirms_brings_the_old_startup(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)
    driver.arm(SESSION, 120, reload_of(driver))

    switch.sleep(400)

    after = login(switch, drivers)
    assert after.pending() is None
    assert "Voice" not in after.running()


@pytest.mark.parametrize("firmware", ["YA.16.11.0012", "YA.16.02.0012"])
def test_a_cancel_goes_back_now_by_the_kept_file_or_by_a_restart(
    switch_of: Callable[..., Lab], drivers: list[Driver], firmware: str
) -> None:
    switch = switch_of(firmware, "")
    driver = login(switch, drivers)
    driver.arm(SESSION, 600, reload_of(driver))

    login(switch, drivers).cancel(SESSION)

    switch.sleep(120)
    after = login(switch, drivers)
    assert after.pending() is None
    assert "Voice" not in after.running()
    assert ("power-cut" in [event["event"] for event in switch.event_log(KEY)]) == (firmware == "YA.16.02.0012")


def test_a_reload_with_another_startup_is_refused(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)
    candidate = reload_of(driver)
    switch.fault(KEY, "edit", text="interface 3\n   name other\n")

    with pytest.raises(Refused, match="startup is not what runs"):
        driver.arm(SESSION, 120, candidate)
    assert login(switch, drivers).pending() is None


def test_lines_that_lead_elsewhere_are_refused_before_anything_is_sent(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)

    with pytest.raises(Refused, match="do not lead to the configuration"):
        driver.stage(SESSION, Candidate(BY_LINES, LINES[:-1], "reload"))


def test_somebody_elses_reload_is_named_and_left_alone(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)
    assert isinstance(driver, Wire)
    driver.do("reload after 30", "as somebody else", yes=True)

    waiting = login(switch, drivers).pending()

    assert waiting is not None
    assert (waiting.session, waiting.owner) == ("reload", "")
    for act in (driver.confirm, driver.cancel):
        with pytest.raises(Refused, match="Do: ask whose it is"):
            act(SESSION)
    with pytest.raises(Refused, match="waits to change it already"):
        driver.arm(SESSION, 120, Candidate(BOOT))
    assert login(switch, drivers).pending() is not None


def test_a_restore_that_needs_a_restart_is_refused_in_the_devices_words(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)
    before = driver.running()
    candidate = Candidate(driver.running().replace("interface 1\n", "max-vlans 64\ninterface 1\n"))
    driver.stage(SESSION, candidate)

    with pytest.raises(Refused, match="Reboot required"):
        driver.arm(SESSION, 120, candidate)
    after = login(switch, drivers)
    assert after.pending() is None
    assert after.running() == before
    with pytest.raises(NothingPending):
        after.cancel(SESSION)


def test_a_restore_leaves_startup_as_it_was(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)
    driver.save()
    startup = driver.startup()
    candidate = Candidate(driver.running().replace("uplink", "new uplink"))
    driver.stage(SESSION, candidate)
    driver.arm(SESSION, 120, candidate)

    assert login(switch, drivers).startup() == startup


def test_sftp_that_the_switch_refuses_is_a_refusal_and_not_silence(
    switch_of: Callable[..., Lab], drivers: list[Driver]
) -> None:
    driver = login(switch_of("YA.16.11.0012", "no ip ssh filetransfer\n"), drivers)

    with pytest.raises(Refused, match="ip ssh filetransfer"):
        driver.stage(SESSION, Candidate(driver.running()))


def test_a_lost_connection_while_a_file_is_sent_says_nothing_about_the_switch(
    switch: Lab, drivers: list[Driver]
) -> None:
    driver = login(switch, drivers)
    switch.fault(KEY, "drop", on="sftp", at=20)

    with pytest.raises(Unreachable):
        driver.stage(SESSION, Candidate(driver.running()))
    assert login(switch, drivers).sessions() == ()


def test_a_change_that_renames_the_switch_is_read_back_under_its_new_name(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)
    candidate = Candidate(driver.running().replace('hostname "sw-01"', 'hostname "sw-99"'))
    driver.stage(SESSION, candidate)
    driver.arm(SESSION, 120, candidate)

    assert login(switch, drivers).facts().hostname == "sw-99"


def test_a_full_flash_stops_before_the_change(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)
    assert isinstance(driver, Wire)
    before = driver.running()
    for name in ("one", "two", "three"):
        driver.do(f"cfg-backup running-config config {name}", "filling the flash")
    candidate = Candidate(before.replace("uplink", "new uplink"))
    driver.stage(SESSION, candidate)

    with pytest.raises(Refused, match=r"nothing was changed\. Do: erase a configuration file"):
        driver.arm(SESSION, 120, candidate)
    after = login(switch, drivers)
    assert (after.running(), after.pending()) == (before, None)


def test_a_switch_whose_kept_file_is_gone_is_not_restarted_for_it(switch: Lab, drivers: list[Driver]) -> None:
    driver = login(switch, drivers)
    assert isinstance(driver, Wire)
    candidate = Candidate(driver.running().replace("uplink", "new uplink"))
    driver.stage(SESSION, candidate)
    driver.arm(SESSION, 120, candidate)
    driver.erase(f"{SESSION}-old")

    with pytest.raises(Refused, match="put its backup back"):
        driver.cancel(SESSION)
    assert "power-cut" not in [event["event"] for event in switch.event_log(KEY)]
