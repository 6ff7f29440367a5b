"""Devices on the wire, reachable whatever they say: EOS of either shape, IOS, AOS-S, AOS-CX, Junos."""

from collections.abc import Callable, Iterator

import pytest

from matric import lab, platform
from matric.lab.client import Lab
from matric.lab.spec import DeviceSpec, LabSpec
from matric.platform.base import Address, Driver

USER, PASSWORD = "matric", "correct-horse-battery-staple"

EOS = """\
hostname {name}
vlan 20
   name Pupils
interface Ethernet1
   description uplink
   switchport mode trunk
username matric privilege 15 secret 0 something-else
snmp-server community public ro
end
"""

IOS = """\
hostname sw-03
archive
 path flash:archive
 maximum 10
ip scp server enable
lldp run
vlan 20
 name Pupils
interface GigabitEthernet1/0/1
 description uplink
 switchport mode trunk
username matric privilege 15 secret 0 something-else
snmp-server community public RO
end
"""

AOSS = """\
; J9773A Configuration Editor; Created on release #YA.16.11.0012
hostname "sw-04"
snmp-server community "public" unrestricted
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
password manager user-name "matric" sha256 "00"
"""

AOSCX = """\
hostname sw-05
user matric group administrators password plaintext something-else
ssh server vrf default
vlan 1
vlan 20
    name Pupils
interface 1/1/1
    no shutdown
    description uplink
    no routing
    vlan trunk native 1
    vlan trunk allowed 1,20
interface 1/1/2
    no shutdown
    no routing
    vlan access 20
snmp-server community public
"""

JUNOS = """\
system {
    host-name sw-06;
    root-authentication { encrypted-password "$6$root"; }
    login { user matric { class super-user; } }
    services { netconf { ssh; } }
}
interfaces {
    ge-0/0/0 {
        description "the uplink";
        unit 0 { family ethernet-switching { interface-mode trunk; vlan { members Pupils; } } }
    }
}
vlans { Pupils { vlan-id 20; } }
protocols { lldp { interface all; } }
snmp { community public { authorization read-only; } }
"""

DEVICES = (
    DeviceSpec("ash/sw-01", "sw-01", "eos", serial="E1", os_version="4.31.2F", boot=EOS.format(name="sw-01")),
    DeviceSpec("ash/sw-02", "sw-02", "eos", serial="E2", os_version="4.32.2F", boot=EOS.format(name="sw-02")),
    DeviceSpec("ash/sw-03", "sw-03", "ios", model="C9300-48P", serial="I3", os_version="17.09.04a", boot=IOS),
    DeviceSpec(
        "ash/sw-04",
        "sw-04",
        "aoss",
        model="J9773A",
        serial="A4",
        os_version="YA.16.11.0012",
        boot=AOSS,
        ports=tuple(str(number) for number in range(1, 9)),
    ),
    DeviceSpec(
        "ash/sw-05", "sw-05", "aoscx", model="JL725A 6200F 24G", serial="C5", os_version="ML.10.13.1040", boot=AOSCX
    ),
    DeviceSpec("ash/sw-06", "sw-06", "junos", model="EX2300-48P", serial="J6", os_version="22.4R3", boot=JUNOS),
)
KEYS = tuple(device.key for device in DEVICES if device.platform != "aoscx")
"""Those that take a configuration as a whole."""
EVERY = tuple(device.key for device in DEVICES)

Login = Callable[..., Driver]


@pytest.fixture(scope="session")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    state = tmp_path_factory.mktemp("lab")
    yield lab.launch(LabSpec(school="ash", seed="seed", devices=DEVICES, users={USER: PASSWORD}), state)
    lab.stop(state)


@pytest.fixture(params=KEYS)
def key(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ash(running_lab: Lab) -> Iterator[Lab]:
    """The lab, without faults."""
    running_lab.clear()
    running_lab.sleep(1)  # a device that was cut off is back a moment later
    yield running_lab
    running_lab.clear()


@pytest.fixture
def login(ash: Lab) -> Iterator[Login]:
    """Opens a new login each time it is called; all are closed afterwards."""
    drivers: list[Driver] = []

    def login(key: str, *, password: str = PASSWORD, pin: str = "", timeout_s: float = 15) -> Driver:
        there = ash.devices[key]
        address = Address(
            key, there["host"], there["port"], USER, password, pin or there["pin"], timeout_s, ash.clock().now
        )
        driver = platform.get(there["platform"]).driver(address)
        drivers.append(driver)
        driver.open()
        return driver

    yield login
    for driver in drivers:
        driver.close()
