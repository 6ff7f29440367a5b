"""A school of one AOS-S core and one AOS-S access switch on the wire; names and addresses are invented."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from netmiko import ConnectHandler

from matric.lab import Lab
from matric.lab.spec import CableSpec, DeviceSpec, LabSpec
from tests.raised import Raised

PASSWORD = "of-the-lab"
CORE = """\
hostname "core-1"
trunk 23-24 trk1 lacp
ip routing
ip route 0.0.0.0 0.0.0.0 10.48.64.1
ip ssh filetransfer
interface 1
   name "to the router"
   exit
vlan 1
   name "DEFAULT_VLAN"
   no untagged 1,Trk1
   untagged 2-22
   no ip address
   exit
vlan 5
   name "Transit"
   untagged 1
   ip address 10.48.64.2 255.255.255.252
   exit
vlan 20
   name "Pupils"
   tagged Trk1
   no ip address
   exit
vlan 99
   name "Management"
   tagged Trk1
   ip address 10.48.65.1 255.255.255.0
   exit
"""
ACCESS = """\
; J9773A Configuration Editor; Created on release #YA.16.11.0012
hostname "sw-01"
trunk 23-24 trk1 lacp
ip default-gateway 10.48.65.1
ip ssh filetransfer
interface 1
   name "Room 1"
   exit
vlan 1
   name "DEFAULT_VLAN"
   no untagged 1-10,Trk1
   untagged 11-22
   no ip address
   exit
vlan 20
   name "Pupils"
   untagged 1-10
   tagged Trk1
   no ip address
   exit
vlan 99
   name "Management"
   tagged Trk1
   ip address 10.48.65.11 255.255.255.0
   exit
no tftp server
"""
PORTS = tuple(str(number) for number in range(1, 25))
SPEC = LabSpec(
    school="oakfield",
    seed="seed",
    entry="core-1",
    routers=("rtr-1",),
    devices=(
        DeviceSpec(
            "oakfield/core-1",
            "core-1",
            "aoss",
            "collapsed-core",
            "JL253A",
            "CN90FP0001",
            "WC.16.11.0012",
            "10.48.65.1",
            PORTS,
            CORE,
        ),
        DeviceSpec(
            "oakfield/sw-01",
            "sw-01",
            "aoss",
            "access",
            "J9773A",
            "CN90FP0002",
            "YA.16.11.0012",
            "10.48.65.11",
            PORTS,
            ACCESS,
            poe_w=195.0,
        ),
    ),
    cables=(
        CableSpec("rtr-1", "GigabitEthernet0/0/0", "core-1", "1"),
        CableSpec("core-1", "23", "sw-01", "23"),
        CableSpec("core-1", "24", "sw-01", "24"),
    ),
    users={"matric": PASSWORD},
)
SWITCH = "oakfield/sw-01"


@pytest.fixture
def core_text() -> str:
    return CORE


@pytest.fixture
def options(tmp_path: Path) -> Callable[[Lab, str], dict[str, Any]]:
    """netmiko's arguments for a strict login to a switch of a lab."""
    return lambda found, key: _options(found, key, tmp_path)


def _options(found: Lab, key: str, folder: Path) -> dict[str, Any]:
    row = found.devices[key]
    known = folder / f"known_hosts_{row['port']}"
    known.write_text(f"[127.0.0.1]:{row['port']} {row['pin']}\n")
    return {"port": row["port"], "ssh_strict": True, "alt_host_keys": True, "alt_key_file": str(known)}


@pytest.fixture
def lab_of(raised: Raised) -> Callable[..., Lab]:
    """A lab with some fields of its description changed, or one release for every switch."""

    def make(release: str = "", **changes: object) -> Lab:
        spec = replace(SPEC, **changes)  # type: ignore[arg-type]
        if release:
            spec = replace(spec, devices=tuple(replace(device, os_version=release) for device in spec.devices))
        return raised(spec)

    return make


@pytest.fixture
def switches(raised: Raised) -> Lab:
    """The core and its access switch, whatever a test before has done to them."""
    return raised(SPEC)


@pytest.fixture
def terminal(switches: Lab, tmp_path: Path) -> Iterator[Any]:
    """A netmiko login to the access switch."""
    login = ConnectHandler(
        device_type="aruba_osswitch",
        host="127.0.0.1",
        username="matric",
        password=PASSWORD,
        conn_timeout=10,
        **_options(switches, SWITCH, tmp_path),
    )
    yield login
    if login.is_alive():
        login.disconnect()
