"""One lab device of every platform matric knows, and its examination."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from matric import lab, platform
from matric.doctor.examination import Examination, Permission
from matric.doctor.outcome import Outcome, Record
from matric.doctor.patient import Patient
from matric.lab.client import Lab
from matric.lab.spec import DeviceSpec, LabSpec
from matric.platform import PLATFORMS
from matric.platform.base import Address, Platform

USER, PASSWORD = "matric", "correct-horse-battery-staple"
SECRET = "tulip-and-hyacinth"

EOS = f"""\
hostname lamp-post
vlan 20
   name Pupils
interface Ethernet1
   description {SECRET}
   switchport mode trunk
username matric privilege 15 secret 0 {PASSWORD}
snmp-server community {SECRET} ro
end
"""
IOS = f"""\
hostname lamp-post-ios
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
username matric privilege 15 secret 0 {PASSWORD}
snmp-server community {SECRET} RO
end
"""
AOSCX = f"""\
hostname lamp-post-aoscx
ssh server vrf default
vlan 20
    name Pupils
interface 1/1/1
    no shutdown
    vlan trunk native 1
    vlan trunk allowed 20
snmp-server community {SECRET}
"""
AOSS = f"""\
hostname "lamp-post-aoss"
ip ssh filetransfer
interface 1
   name "uplink"
   exit
vlan 1
   name "DEFAULT_VLAN"
   untagged 1-28
   no ip address
   exit
vlan 20
   name "Pupils"
   tagged 1
   no ip address
   exit
snmp-server community "{SECRET}" operator
"""
JUNOS = f"""\
system {{
    host-name lamp-post-junos;
    root-authentication {{ encrypted-password "$6$root"; }}
    login {{ user matric {{ class super-user; }} }}
    services {{ netconf {{ ssh; }} }}
}}
interfaces {{
    ge-0/0/0 {{
        description uplink;
        unit 0 {{ family ethernet-switching {{ interface-mode trunk; vlan {{ members Pupils; }} }} }}
    }}
}}
vlans {{ Pupils {{ vlan-id 20; }} }}
protocols {{ lldp {{ interface all; }} }}
snmp {{ community {SECRET} {{ authorization read-only; }} }}
"""
PORTS = tuple(str(number) for number in range(1, 29))
NAMES = {"eos": "lamp-post", **{slug: f"lamp-post-{slug}" for slug in ("ios", "aoscx", "aoss", "junos")}}


def spec(slug: str, model: str, serial: str, version: str, boot: str, *ports: str) -> DeviceSpec:
    name = NAMES[slug]
    return DeviceSpec(f"ash/{name}", name, slug, model=model, serial=serial, os_version=version, ports=ports, boot=boot)


SPECS = {
    "eos": spec("eos", "CCS-720XP-48Y6", "E1SERIAL", "4.32.2F", EOS),
    "ios": spec("ios", "C9300-48P", "I2SERIAL", "17.09.04a", IOS),
    "aoscx": spec("aoscx", "6300M", "C3SERIAL", "FL.10.13.1040", AOSCX, "1/1/1", "1/1/2"),
    "aoss": spec("aoss", "JL253A", "S4SERIAL", "WC.16.11.0012", AOSS, *PORTS),
    "junos": spec("junos", "EX2300-48P", "J5SERIAL", "22.4R3", JUNOS),
}


@pytest.fixture(scope="session")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    state = tmp_path_factory.mktemp("lab")
    devices = tuple(spec for slug, spec in SPECS.items() if slug in PLATFORMS)
    yield lab.launch(LabSpec(school="ash", seed="seed", devices=devices, users={USER: PASSWORD}), state)
    lab.stop(state)


@dataclass
class Bed:
    """One lab device, and what happens to it."""

    lab: Lab
    key: str
    slug: str

    @property
    def platform(self) -> Platform:
        return platform.get(self.slug)

    def address(self) -> Address:
        there = self.lab.devices[self.key]
        return Address(self.key, there["host"], there["port"], USER, PASSWORD, there["pin"], 15, self.lab.clock().now)

    def patient(self, other: Platform | None = None) -> Patient:
        return Patient(other or self.platform, self.address(), self.lab.clock(), "lab")

    def examined(
        self,
        permission: Permission | None = None,
        *,
        other: Platform | None = None,
        before: Callable[[str], None] = lambda _point: None,
        **more: Any,
    ) -> Record:
        """A whole examination; *before* is called with each point's slug before it is tried."""
        examination = Examination(
            self.patient(other), lambda point, outcome: before(point.slug) if outcome is None else None, **more
        )
        examination.change(permission or Permission(change=True), examination.read())
        return examination.record()

    def power_cut(self, _words: str) -> bool:
        self.lab.fault(self.key, "power-cut", seconds=120)
        return True

    @property
    def truth(self) -> dict[str, Any]:
        return self.lab.device_state(self.key)


def beds() -> list[Any]:
    """Every platform there is; those that take more than seconds run with the slow tests."""
    return [pytest.param(slug, marks=() if slug == "eos" else pytest.mark.slow) for slug in PLATFORMS]


def found(record: Record, point: str) -> Outcome:
    return next(one for one in record.outcomes if one.point == point)


def bed_of(running_lab: Lab, slug: str) -> Bed:
    assert slug in SPECS, f"give the lab of these tests a device of {slug}: every platform is to be examined"
    running_lab.renew()
    running_lab.sleep(1)
    return Bed(running_lab, SPECS[slug].key, slug)


@pytest.fixture
def bed(running_lab: Lab) -> Iterator[Bed]:
    """The quickest platform's."""
    yield bed_of(running_lab, "eos")
    running_lab.clear()
