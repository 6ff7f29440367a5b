"""Two devices and a router: a core that routes, an access switch behind it."""

import base64
import contextlib
import http.client
import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from netmiko import ConnectHandler

from matric import lab
from matric.lab.client import Lab
from matric.lab.spec import CableSpec, DeviceSpec, LabSpec
from tests.raised import Raised

PASSWORD = "of-the-lab"

IOS_CORE = """\
hostname core-1
vlan 99
 name Management
vlan 20
 name Pupils
interface GigabitEthernet1/0/1
 no switchport
 ip address 10.48.64.2 255.255.255.252
interface TenGigabitEthernet1/1/1
 switchport mode trunk
 switchport trunk native vlan 999
 switchport trunk allowed vlan 20,99
interface Vlan99
 ip address 10.48.65.1 255.255.255.0
ip routing
ip route 0.0.0.0 0.0.0.0 10.48.64.1
ip scp server enable
lldp run
username admin privilege 15 secret 0 pencil
archive
 path flash:archive
line vty 0 15
 transport input ssh
end
"""

EOS_ACCESS = """\
hostname sw-01
vlan 99
   name Management
vlan 20
   name Pupils
interface Ethernet1
   switchport access vlan 20
interface Ethernet25
   switchport mode trunk
   switchport trunk native vlan 999
   switchport trunk allowed vlan 20,99
interface Vlan99
   ip address 10.48.65.11/24
ip route 0.0.0.0/0 10.48.65.1
username admin privilege 15 secret 0 pencil
management api http-commands
   no shutdown
end
"""

SPEC = LabSpec(
    school="oakfield",
    seed="seed",
    entry="core-1",
    routers=("rtr-1",),
    devices=(
        DeviceSpec(
            "oakfield/core-1",
            "core-1",
            "ios",
            "collapsed-core",
            "C9300-24UX",
            "FOC0001",
            "17.09.04a",
            "10.48.65.1",
            ("GigabitEthernet1/0/1", "TenGigabitEthernet1/1/1"),
            IOS_CORE,
        ),
        DeviceSpec(
            "oakfield/sw-01",
            "sw-01",
            "eos",
            "access",
            "CCS-720XP-24Y6",
            "JPE0001",
            "4.32.2F",
            "10.48.65.11",
            ("Ethernet1", "Ethernet2", "Ethernet25"),
            EOS_ACCESS,
        ),
    ),
    cables=(
        CableSpec("rtr-1", "GigabitEthernet0/0/0", "core-1", "GigabitEthernet1/0/1"),
        CableSpec("core-1", "TenGigabitEthernet1/1/1", "sw-01", "Ethernet25"),
    ),
    users={"matric": PASSWORD},
)


@pytest.fixture(scope="session")
def spec() -> LabSpec:
    return SPEC


@pytest.fixture
def running_lab(raised: Raised) -> Lab:
    """A lab of two devices, whatever a test before has done to them."""
    return raised(SPEC)


@pytest.fixture
def lab_of(tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    """A lab of two devices with some fields of its description changed, for this test alone."""

    def make(**changes: object) -> Lab:
        return lab.launch(replace(SPEC, **changes), tmp_path / "lab")  # type: ignore[arg-type]

    yield make
    lab.stop(tmp_path / "lab")


Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def eapi() -> Callable[[Lab], Ask]:
    """eAPI by hand: what a login says to a list of commands, or the error it met."""

    def to(lab_now: Lab, password: str = PASSWORD) -> Ask:
        row = lab_now.devices["oakfield/sw-01"]

        def ask(*commands: str, form: str = "json", timeout: float = 10) -> list[dict[str, Any]]:
            context = ssl.create_default_context(cadata=row["pin"])
            context.check_hostname = False
            wire = http.client.HTTPSConnection("127.0.0.1", row["port"], timeout=timeout, context=context)
            token = base64.b64encode(f"matric:{password}".encode()).decode()
            call = {"jsonrpc": "2.0", "id": "1", "method": "runCmds", "params": {"cmds": commands, "format": form}}
            try:
                wire.request("POST", "/command-api", json.dumps(call), {"Authorization": f"Basic {token}"})
                answer = wire.getresponse()
                if answer.status != HTTPStatus.OK:
                    raise PermissionError(answer.status)
                body = json.loads(answer.read())
            finally:
                wire.close()
            if "error" in body:
                raise ValueError(body["error"]["message"])
            return list(body["result"])

        return ask

    return to


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[[Lab], Any]]:
    """A netmiko login to the core; closed at the end."""
    opened: list[Any] = []

    def to(lab_now: Lab, user: str = "matric", password: str = PASSWORD) -> Any:
        row = lab_now.devices["oakfield/core-1"]
        known = tmp_path / "known_hosts"
        known.write_text(f"[127.0.0.1]:{row['port']} {row['pin']}\n")
        found = ConnectHandler(
            device_type="cisco_ios",
            host="127.0.0.1",
            port=row["port"],
            username=user,
            password=password,
            ssh_strict=True,
            alt_host_keys=True,
            alt_key_file=str(known),
            conn_timeout=10,
        )
        opened.append(found)
        return found

    yield to
    for one in opened:
        with contextlib.suppress(Exception):
            one.disconnect()
