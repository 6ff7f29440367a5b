"""A school in a ring, on the wire: a core, two access switches, a hub that takes no login, the provider's router."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matric import lab, walk
from matric.lab.client import Lab
from matric.lab.spec import CableSpec, DeviceSpec, LabSpec, SilentSpec
from matric.survey.model import Unseen
from matric.walk import Account, Rules, Walked
from matric.walk.taken import surveyed

USER, PASSWORD = "caretaker", "correct-horse-battery-staple"
GOOD = Account("school", USER, PASSWORD)
WRONG = Account("old", "admin", "wrong-donkey-battery")
WRONG_TOO = Account("older", "root", "wrong-mule-battery")
CORE, NORTH, SOUTH = "192.168.7.1", "192.168.7.2", "192.168.7.3"

CORE_BOOT = f"""\
hostname core
lldp run
vlan 7
 name Management
interface GigabitEthernet1/0/1
 switchport mode trunk
interface GigabitEthernet1/0/2
 switchport mode trunk
interface GigabitEthernet1/0/3
 switchport mode trunk
interface GigabitEthernet1/0/4
 description to the provider
interface Vlan7
 ip address {CORE} 255.255.255.0
username {USER} privilege 15 secret 0 {PASSWORD}
snmp-server community springtime-hidden RO
end
"""
NORTH_BOOT = f"""\
; J9773A Configuration Editor; Created on release #YA.16.11.0012
hostname "north"
ip ssh filetransfer
vlan 1
   name "DEFAULT_VLAN"
   untagged 1-8
   ip address {NORTH} 255.255.255.0
   exit
password manager user-name "{USER}" sha256 "00"
"""
SOUTH_BOOT = f"""\
hostname south
user {USER} group administrators password plaintext {PASSWORD}
ssh server vrf default
vlan 1
vlan 7
    name Management
interface 1/1/1
    no shutdown
    no routing
    vlan trunk native 1
    vlan trunk allowed 1,7
interface 1/1/2
    no shutdown
    no routing
    vlan access 7
interface vlan 7
    ip address {SOUTH}/24
"""
EIGHT = tuple(str(number) for number in range(1, 9))
DEVICES = (
    DeviceSpec(
        "elm/core",
        "core",
        "ios",
        model="C9300-48P",
        serial="C1",
        os_version="17.09.04a",
        management=CORE,
        boot=CORE_BOOT,
    ),
    DeviceSpec(
        "elm/north",
        "north",
        "aoss",
        model="J9773A",
        serial="N2",
        os_version="YA.16.11.0012",
        management=NORTH,
        boot=NORTH_BOOT,
        ports=EIGHT,
    ),
    DeviceSpec(
        "elm/south",
        "south",
        "aoscx",
        model="JL725A 6200F 24G",
        serial="S3",
        os_version="ML.10.13.1040",
        management=SOUTH,
        boot=SOUTH_BOOT,
    ),
)
SILENT = (
    SilentSpec("hub", says="hub", address="192.168.7.9"),
    SilentSpec("router", says="provider", address="203.0.113.1", capabilities=("router",)),
)
CABLES = (
    CableSpec("core", "GigabitEthernet1/0/1", "north", "1"),
    CableSpec("core", "GigabitEthernet1/0/2", "south", "1/1/1"),
    CableSpec("north", "2", "south", "1/1/2"),
    CableSpec("core", "GigabitEthernet1/0/3", "hub", "1"),
    CableSpec("core", "GigabitEthernet1/0/4", "router", "1"),
)
QUICK = Rules(logins_per_s=1000, commands_per_s=1000, rest_s=0, timeout_s=20)

Walk = Callable[..., Walked]


@pytest.fixture(scope="session")
def elm_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    state = tmp_path_factory.mktemp("elm")
    users = {USER: PASSWORD}
    yield lab.launch(LabSpec("elm", "seed", devices=DEVICES, cables=CABLES, silent=SILENT, users=users), state)
    lab.stop(state)


@pytest.fixture
def elm(elm_lab: Lab) -> Iterator[Lab]:
    """The school as nobody has touched it."""
    elm_lab.renew()
    yield elm_lab
    elm_lab.renew()


@pytest.fixture
def go(elm: Lab, tmp_path: Path) -> Walk:
    """A walk from the core; what it remembers is kept in the test's folder."""

    def go(
        *accounts: Account, seeds: tuple[str, ...] = (CORE,), rules: Rules = QUICK, doors: walk.Doors | None = None
    ) -> Walked:
        memory = walk.Memory(tmp_path / "memory", {}, lambda: "2026-11-26T07:00:00Z")
        place = walk.placed(rules, accounts or (GOOD,), doors or walk.lab_doors(elm.state), memory)
        return walk.walked(place, walk.scope(seeds, (), ()), seeds, lambda _message: None)

    return go


@pytest.fixture
def since(elm: Lab) -> dict[str, int]:
    """How long each device's log was before."""
    return {key: len(elm.event_log(key)) for key in elm.devices}


def not_seen(walked: Walked) -> dict[str, Unseen]:
    """What the survey says it did not see, by name."""
    return {one.name: one for one in surveyed("elm", "2026-11-26T07:00:00Z", walked).unseen}


def later(lab: Lab, device: str, since: dict[str, int], *kinds: str) -> list[dict[str, object]]:
    return [one for one in lab.event_log(device)[since[device] :] if one["event"] in kinds]
