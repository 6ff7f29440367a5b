"""Surveys a lab school of many switches live, as `matric survey SCHOOL --seed` does: time, logins, commands, CPU.

The rates that spare real devices are off unless --paced is given, so that what is measured is matric and the lab.
"""

import argparse
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from matric import lab, walk
from matric.lab.spec import CableSpec, DeviceSpec, LabSpec
from matric.walk.taken import surveyed

USER, PASSWORD = "caretaker", "correct-horse-battery-staple"
PORTS = 24

IOS = """\
hostname {name}
lldp run
ip routing
vlan 20
 name Pupils
{ports}interface Vlan1
 ip address {address} 255.255.0.0
username caretaker privilege 15 secret 0 unused
end
"""
AOSS = """\
; J9773A Configuration Editor; Created on release #YA.16.11.0012
hostname "{name}"
vlan 1
   name "DEFAULT_VLAN"
   untagged 1-26
   ip address {address} 255.255.0.0
   exit
password manager user-name "caretaker" sha256 "00"
"""
AOSCX = """\
hostname {name}
user caretaker group administrators password plaintext unused
ssh server vrf default
vlan 1,20
{ports}interface vlan 1
    ip address {address}/16
"""


def device(number: int) -> DeviceSpec:
    """Number 0 is the core; the others take turns."""
    platform = "ios" if number % 5 == 0 else "aoss" if number % 5 < 3 else "aoscx"
    name, address = f"sw-{number:02}", f"10.7.{number // 200}.{number % 200 + 1}"
    names = {
        "ios": [f"GigabitEthernet1/0/{port}" for port in range(1, PORTS + 65)],
        "aoss": [str(port) for port in range(1, PORTS + 3)],
        "aoscx": [f"1/1/{port}" for port in range(1, PORTS + 3)],
    }[platform]
    blocks = {
        "ios": " switchport mode access\n switchport access vlan 20\n",
        "aoscx": "    no shutdown\n    no routing\n    vlan access 20\n",
    }.get(platform, "")
    boot = {"ios": IOS, "aoss": AOSS, "aoscx": AOSCX}[platform].format(
        name=name, address=address, ports="".join(f"interface {port}\n{blocks}" for port in names[:PORTS])
    )
    models = {"ios": "C9300-48P", "aoss": "J9773A", "aoscx": "JL725A 6200F 24G"}
    releases = {"ios": "17.09.04a", "aoss": "YA.16.11.0012", "aoscx": "ML.10.13.1040"}
    return DeviceSpec(
        f"elm/{name}",
        name,
        platform,
        model=models[platform],
        serial=f"S{number}",
        os_version=releases[platform],
        management=address,
        ports=tuple(names),
        boot=boot,
    )


def uplink(one: DeviceSpec) -> str:
    return one.ports[PORTS + 1]


def main() -> None:
    """Build the lab, walk it once, print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=60)
    parser.add_argument("--concurrency", type=int, default=20)
    parser.add_argument("--paced", action="store_true", help="with the rates that spare real devices")
    given = parser.parse_args()
    devices = tuple(device(number) for number in range(given.devices))
    core = devices[0]
    cables = tuple(
        CableSpec(core.name, core.ports[PORTS + at], one.name, uplink(one)) for at, one in enumerate(devices[1:], 1)
    )
    rules = replace(walk.Rules(), concurrency=given.concurrency)
    if not given.paced:
        rules = replace(rules, logins_per_s=1e6, commands_per_s=1e6)
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "lab"
        lab.launch(LabSpec("elm", "seed", devices=devices, cables=cables, users={USER: PASSWORD}), state)
        try:
            memory = walk.Memory(Path(folder), {}, lambda: "now")
            accounts = (walk.Account("school", USER, PASSWORD),)
            place = walk.placed(rules, accounts, walk.lab_doors(state), memory)
            began, before = time.monotonic(), _cpu()
            walked = walk.walked(place, walk.scope((core.management,), ("10.7.0.0/16",), ()), (core.management,), _say)
            took, spent = time.monotonic() - began, _cpu() - before
            survey = surveyed("elm", "2026-11-26T07:00:00Z", walked)
            merged, cpu = time.monotonic() - began - took, _cpu() - before - spent
        finally:
            lab.stop(state)
    counted = walked.counters
    print(
        f"{len(survey.devices)} of {given.devices} devices, {given.concurrency} at a time: walk {took:.1f} s wall, "
        f"{spent:.1f} s CPU; {counted.logins} logins ({counted.logins / took:.1f} a second, {counted.failed} refused), "
        f"{counted.commands} commands ({counted.commands / took:.0f} a second); "
        f"read and merged {merged:.1f} s wall, {cpu:.1f} s CPU; not seen: {len(survey.unseen)}"
    )


def _cpu() -> float:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def _say(_message: str) -> None:
    """Nobody watches."""


if __name__ == "__main__":
    main()
