"""A school NetBox has not heard of stands in the lab by its own description, with what hangs on its ports."""

from pathlib import Path

import pytest

from matric.errors import BadInput
from matric.lab.attached import Learnt, accounts, canonical
from matric.lab.daemon import Laboratory
from matric.lab.description import described
from matric.lab.spec import LabSpec
from matric.lab.wire import login
from tests.engine.lab.joining import SPEC, STANDARD, THORNFIELD, inside, with_endpoint


def mac_of(name: str) -> str:
    return next(one.mac for one in SPEC.endpoints if one.name == name)


def where(lab: Laboratory, device: str, name: str) -> Learnt | None:
    """The line of *device*'s MAC table about endpoint *name*."""
    return next((one for one in lab.seen(lab.devices[device]).learnt if one.mac == mac_of(name)), None)


def address_of(lab: Laboratory, name: str) -> str | None:
    return next((one.ip for one in lab.seen(lab.devices["core-1"]).bound if one.mac == mac_of(name)), None)


def changed(
    tmp_path: Path, device: str, lines: str, name: str, spec: LabSpec = SPEC
) -> tuple[Learnt | None, str | None]:
    """Where endpoint *name* is, and its address, once *device* holds *lines* too."""

    async def act(lab: Laboratory) -> tuple[Learnt | None, str | None]:
        lab.devices[device].edit(lines)
        return where(lab, device, name), address_of(lab, name)

    return inside(tmp_path, act, spec)


def test_every_switch_boots_with_every_line_and_is_reached_at_its_old_address(tmp_path: Path) -> None:
    async def act(lab: Laboratory) -> tuple[list[str], dict[str, bool]]:
        refused = [str(one) for one in lab.events if one["event"] == "boot-refused-line"]
        return refused, {name: one.reachable for name, one in lab.reach.items()}

    refused, reached = inside(tmp_path, act)
    assert refused == []
    assert reached == dict.fromkeys(("core-1", "sw-01", "sw-02", "sw-03", "sw-04", "sw-05"), True)


def test_the_school_is_what_its_page_says_a_joining_school_is() -> None:
    assert len({one.platform for one in SPEC.devices}) >= 4
    assert sum(one.kind == "camera" for one in SPEC.endpoints) == 6
    assert {one.says for one in SPEC.silent if one.speaks} == {"ICX7150-MOBILE", "HP-5130-HALL"}
    assert any(not one.speaks and one.poe_class is not None for one in SPEC.endpoints)


def test_a_switch_takes_the_accounts_that_are_its_own(tmp_path: Path) -> None:
    passwords = {name: word for one in SPEC.devices for name, word in (one.users or {}).items()}

    async def act(lab: Laboratory) -> dict[str, set[str]]:
        return {
            name: {user for user, word in passwords.items() if login(device, user, word)}
            for name, device in lab.devices.items()
        }

    both = {"admin", "netsupport"}
    assert inside(tmp_path, act) == {
        "core-1": both,
        "sw-01": both,
        "sw-02": both,
        "sw-03": both,
        "sw-04": {"netsupport"},
        "sw-05": {"caterer"},
    }


def test_an_account_is_refused_as_soon_as_it_is_taken_out_of_the_configuration(tmp_path: Path) -> None:
    password = (SPEC.devices[0].users or {})["netsupport"]

    async def act(lab: Laboratory) -> tuple[bool, bool]:
        before = login(lab.devices["core-1"], "netsupport", password)
        lab.devices["core-1"].edit("no username netsupport\n")
        return before, login(lab.devices["core-1"], "netsupport", password)

    assert inside(tmp_path, act) == (True, False)


def test_the_trust_s_account_is_let_in_once_somebody_has_made_it(tmp_path: Path) -> None:
    async def act(lab: Laboratory) -> tuple[bool, bool]:
        device, password = lab.devices["core-1"], lab.users["matric"]
        before = login(device, "matric", password)
        device.edit(f"username matric privilege 15 password 0 {password}\n")
        return before, login(device, "matric", password)

    assert "matric" in SPEC.users
    assert inside(tmp_path, act) == (False, True)


def test_a_frame_is_learnt_on_every_switch_on_its_way_and_at_one_port_of_its_own(tmp_path: Path) -> None:
    async def act(lab: Laboratory) -> dict[str, dict[str, Learnt | None]]:
        return {one.name: {name: where(lab, name, one.name) for name in lab.devices} for one in SPEC.endpoints}

    for name, learnt in inside(tmp_path, act).items():
        one = next(row for row in SPEC.endpoints if row.name == name)
        at_home = learnt[one.device]
        assert at_home is not None, name
        assert canonical(at_home.port) == canonical(one.port), name
        cabled = {(row.a_device, row.a_port) for row in SPEC.cables} | {
            (row.b_device, row.b_port) for row in SPEC.cables
        }
        for device, found in learnt.items():
            assert device == one.device or found is None or (device, found.port) in cabled, (name, device)


def test_a_vlan_of_one_number_here_and_another_there_is_one_network(tmp_path: Path) -> None:
    """The KS2 switch's uplink is untagged in its VLAN 5, and the core's end is in VLAN 1."""

    async def act(lab: Laboratory) -> tuple[Learnt | None, Learnt | None]:
        return where(lab, "sw-02", "y3-pc"), where(lab, "core-1", "y3-pc")

    here, there = inside(tmp_path, act)
    assert here is not None
    assert there is not None
    assert (here.vid, there.vid) == (5, 1)


def test_an_endpoint_is_seen_in_the_vlan_its_port_is_moved_to_with_another_lease(tmp_path: Path) -> None:
    lines = "vlan 20\n untagged 1\n exit\n"
    at, address = changed(tmp_path, "sw-01", lines, "y1-pc")
    assert at is not None
    assert at.vid == 20
    assert address is not None
    assert address.startswith("192.168.20.")


def test_a_static_address_is_not_answered_in_a_network_it_does_not_fit(tmp_path: Path) -> None:
    lines = "interface GigabitEthernet1/0/7\n switchport access vlan 20\n"
    at, address = changed(tmp_path, "core-1", lines, "fire-panel")
    assert at is not None
    assert address is None


def test_what_works_in_one_vlan_only_is_silent_in_any_other(tmp_path: Path) -> None:
    spec = with_endpoint("fire-panel", address="192.168.20.61")
    lines = "interface GigabitEthernet1/0/7\n switchport access vlan 20\n"
    assert changed(tmp_path, "core-1", lines, "fire-panel", spec)[1] is None
    free = with_endpoint("fire-panel", address="192.168.20.61", fixed=None)
    assert changed(tmp_path / "free", "core-1", lines, "fire-panel", free)[1] == "192.168.20.61"


@pytest.mark.parametrize(
    ("device", "lines", "name"),
    [
        ("core-1", "interface GigabitEthernet1/0/14\n shutdown\n", "library-pc1"),
        ("core-1", "interface GigabitEthernet1/0/11\n power inline never\n", "cam-library"),
        ("sw-01", "interface 8\n no power-over-ethernet\n exit\n", "cam-playground"),
        ("sw-01", "interface 1\n disable\n exit\n", "y1-pc"),
        ("sw-03", "interface Ethernet6\n   poe disabled\n", "staff-phone"),
        ("sw-05", "interface 1/1/4\n    no power-over-ethernet\n", "hall"),
    ],
)
def test_nothing_is_seen_where_the_port_is_shut_or_gives_no_power(
    tmp_path: Path, device: str, lines: str, name: str
) -> None:
    async def act(lab: Laboratory) -> tuple[Learnt | None, Learnt | None, str | None]:
        before = where(lab, device, name)
        lab.devices[device].edit(lines)
        return before, where(lab, device, name), address_of(lab, name)

    before, *after = inside(tmp_path, act)
    assert before is not None
    assert after == [None, None]


AUTHENTICATED = """\
aaa new-model
aaa authentication dot1x default group radius
dot1x system-auth-control
interface GigabitEthernet1/0/14
 switchport access vlan 10
 authentication port-control auto
 dot1x pae authenticator
"""


@pytest.mark.parametrize("listed", [(10,), None])
def test_a_port_that_authenticates_lets_in_whom_the_lab_lists_for_its_vlan(
    tmp_path: Path, listed: tuple[int, ...] | None
) -> None:
    spec = with_endpoint("library-pc1", admitted=listed)
    assert changed(tmp_path, "core-1", AUTHENTICATED, "library-pc1", spec)[0] is not None


@pytest.mark.parametrize("listed", [(20,), ()])
def test_a_port_that_authenticates_keeps_out_whom_the_lab_does_not_list(
    tmp_path: Path, listed: tuple[int, ...]
) -> None:
    spec = with_endpoint("library-pc1", admitted=listed)
    assert changed(tmp_path, "core-1", AUTHENTICATED, "library-pc1", spec)[0] is None


def test_what_cannot_log_in_gets_in_only_where_its_address_is_asked_for(tmp_path: Path) -> None:
    spec = with_endpoint("library-pc1", admitted=(10,), dot1x=False)
    assert changed(tmp_path, "core-1", AUTHENTICATED, "library-pc1", spec)[0] is None
    assert changed(tmp_path / "mab", "core-1", f"{AUTHENTICATED} mab\n", "library-pc1", spec)[0] is not None


def test_more_power_than_a_switch_has_is_not_given(tmp_path: Path) -> None:
    async def act(lab: Laboratory) -> float:
        return sum(one.watts for one in lab.seen(lab.devices["core-1"]).fed.values())

    spec = with_endpoint("cam-library", watts=89.0)
    hungry = with_endpoint("cam-library", watts=8000.0)
    assert inside(tmp_path, act, spec) - inside(tmp_path / "hungry", act, hungry) == 89.0


def test_every_account_a_switch_has_is_read_whatever_its_platform(tmp_path: Path) -> None:
    async def act(lab: Laboratory) -> dict[str, frozenset[str]]:
        return {name: accounts(device) for name, device in lab.devices.items()}

    found = inside(tmp_path, act)
    assert all(set(one.users or {}) <= found[one.name] for one in SPEC.devices)


def test_a_description_is_refused_with_everything_it_names_that_is_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "thornfield"
    folder.mkdir()
    text = (THORNFIELD / "lab.yaml").read_text("utf-8")
    text = text.replace("entry: core-1", "entry: core-9").replace("core-1 GigabitEthernet1/0/14", "core-1 Ethernet99")
    (folder / "lab.yaml").write_text(text, "utf-8")
    with pytest.raises(BadInput) as caught:
        described(folder, STANDARD, "seed")
    said = str(caught.value)
    assert "core-9" in said
    assert "core-1 Ethernet99" in said
