"""A little school in values: two switches that route, two that do not, one loop of cables, and a router."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path
from typing import Any

from matric import yaml_file
from matric.intent.school import Device, Network, Peer, Port, School
from matric.intent.standard import Standard
from matric.switch import ANYWHERE, Entry, Interface, Route, Switch, Wireless

ROOT = Path(__file__).parents[3]
BLOCK = IPv4Network("10.48.64.0/18")
ROUTER = IPv4Address("10.48.127.2")

PUPIL, STAFF, PRINTER, MANAGEMENT, TRANSIT = 20, 10, 50, 99, 90
PREFIXES = {
    PUPIL: ("pupil", "pupil", IPv4Network("10.48.80.0/21")),
    STAFF: ("staff", "staff", IPv4Network("10.48.76.0/22")),
    PRINTER: ("printer", "printer", IPv4Network("10.48.70.0/24")),
    MANAGEMENT: ("management", "management", IPv4Network("10.48.64.0/24")),
}

CABLES = (
    ("core-1", "Ethernet1", "core-2", "Ethernet1"),
    ("core-1", "Ethernet2", "sw-1", "Ethernet1"),
    ("core-2", "Ethernet2", "sw-2", "Ethernet1"),
    ("sw-1", "Ethernet2", "sw-2", "Ethernet2"),
)
"""core-1, core-2, sw-2 and sw-1 in a ring."""
TRUNKS = {(name, port) for near, port, far, other in CABLES for name, port in ((near, port), (far, other))}
HOSTS = {("sw-1", "Ethernet5"): PUPIL, ("sw-1", "Ethernet6"): STAFF, ("sw-2", "Ethernet5"): PUPIL,
         ("sw-2", "Ethernet7"): PRINTER, ("core-2", "Ethernet6"): STAFF}  # fmt: skip
NAMES = ("core-1", "core-2", "sw-1", "sw-2")


@cache
def standard() -> Standard:
    return yaml_file.model(ROOT / "inventory/standard.yaml", Standard)


def networks() -> dict[int, Network]:
    found = {
        vid: Network(vid, role, vid, role.title(), zone, prefix, vid, prefix[1], dhcp_relay=False, filter_policy=None)
        for vid, (role, zone, prefix) in PREFIXES.items()
    }
    found[TRANSIT] = Network(
        TRANSIT, "transit", TRANSIT, "Transit", None, None, None, None, dhcp_relay=False, filter_policy=None
    )
    return found


def school(cables: tuple[tuple[str, str, str, str], ...] = CABLES) -> School:
    nets = networks()
    profiles = standard().profiles
    ends = {(a, b): (c, d, at) for at, row in enumerate(cables) for a, b, c, d in (row, (*row[2:], *row[:2]))}
    devices: list[Device] = []
    for at, name in enumerate(NAMES):
        ports: list[Port] = []
        for number in range(1, 9):
            port = f"Ethernet{number}"
            peer = ends.get((name, port))
            if peer is not None:
                there = Peer(peer[0], NAMES.index(peer[0]), "access", peer[1], 100 + peer[2])
                ports.append(_port(port, "uplink", profiles["uplink"], peer=there))
            elif (name, port) == ("core-1", "Ethernet8"):
                ports.append(
                    _port(
                        port, "router", profiles["router"],
                        peer=Peer("rtr-1", 99, "router", "g0", 200), address=IPv4Interface("10.48.127.1/30"),
                    )
                )  # fmt: skip
            elif (name, port) in HOSTS:
                net = nets[HOSTS[name, port]]
                ports.append(_port(port, net.role, profiles[net.role], access=net))
        role = "core" if name.startswith("core") else "access"
        own = IPv4Interface(f"10.48.64.{at + 1}/24")
        devices.append(
            Device(
                at, name, "little", role, "eos", "X", "1", "active", "", own, None, ports=tuple(ports),
                vlans=tuple(nets.values()),
            )
        )  # fmt: skip
    link = _port("g0", "router", profiles["router"], address=IPv4Interface(f"{ROUTER}/30"))
    devices.append(Device(99, "rtr-1", "little", "router", None, "R", "2", "active", "", None, None, ports=(link,)))
    return School(
        1, "Little", "little", BLOCK, standard(), tuple(devices), tuple(nets.values()), (), entry="core-1"
    )  # fmt: skip


def _port(name: str, profile_name: str, profile: Any, **more: Any) -> Port:
    return Port(0, name, "1000base-t", enabled=True, profile_name=profile_name, profile=profile, description="", **more)


def held(
    lists: Mapping[str, tuple[Entry, ...]] | None = None,
    applied: Mapping[int, str] | None = None,
    routes: tuple[Route, ...] = (),
    allowed: Mapping[tuple[str, str], frozenset[int]] | None = None,
) -> dict[str, Switch]:
    """What the devices hold: core-1 routes for pupils, staff and management, core-2 for printers, over VLAN 90."""
    gates = {"core-1": (PUPIL, STAFF, MANAGEMENT), "core-2": (PRINTER,)}
    found: dict[str, Switch] = {}
    for at, name in enumerate(NAMES):
        interfaces: dict[str, Interface] = {}
        for here, port in TRUNKS:
            if here == name:
                carried = (allowed or {}).get((name, port))
                interfaces[port] = Interface(port, mode="trunk", native=999, allowed=carried)
        for (here, port), vid in HOSTS.items():
            if here == name:
                interfaces[port] = Interface(port, access=vid)
        for vid in gates.get(name, ()):
            address = IPv4Interface((PREFIXES[vid][2][1], PREFIXES[vid][2].prefixlen))
            interfaces[f"Vlan{vid}"] = Interface(
                f"Vlan{vid}", mode="routed", vid=vid, address=address, access_list=(applied or {}).get(vid, "")
            )
        if name == "core-1":
            interfaces["Ethernet8"] = Interface("Ethernet8", mode="routed", address=IPv4Interface("10.48.127.1/30"))
        if name.startswith("core"):
            transit = IPv4Interface(f"10.48.126.{at + 1}/29")
            interfaces["Vlan90"] = Interface("Vlan90", mode="routed", vid=TRANSIT, address=transit)
        if name != "core-1":
            own = IPv4Interface(f"10.48.64.{at + 1}/24")
            interfaces["Vlan99"] = Interface("Vlan99", mode="routed", vid=MANAGEMENT, address=own)
        own_routes = {
            "core-1": (Route(ANYWHERE, str(ROUTER)), Route(PREFIXES[PRINTER][2], "10.48.126.2"), *routes),
            "core-2": (Route(ANYWHERE, "10.48.126.1"),),
        }.get(name, (Route(ANYWHERE, "10.48.64.1"),))
        found[name] = Switch(
            interfaces=interfaces,
            vlans=dict.fromkeys((1, 999, *PREFIXES, TRANSIT), "x"),
            access_lists=dict(lists or {}) if name.startswith("core") else {},
            accounts=(), communities=(), routes=own_routes, spanning_tree="mst",
            telnet=False, http=False, ssh=True, api=True, doors=(), wireless=Wireless((), {}, {}, {}, {}),
            forwards=name.startswith("core"),
        )  # fmt: skip
    return found


def changed(given: dict[str, Switch], name: str, port: str, **what: Any) -> dict[str, Switch]:
    """*given* with one interface otherwise."""
    switch = given[name]
    one = replace(switch.interfaces[port], **what)
    return {**given, name: replace(switch, interfaces={**switch.interfaces, port: one})}
