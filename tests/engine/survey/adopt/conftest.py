"""A primary school with a past, as a survey: three makes of switch, VLAN 1, one LAG, a switch that tells nothing."""

from pathlib import Path
from typing import Any

import pytest

from matric import site
from matric.intent import build
from matric.intent.school import School
from matric.intent.standard import Standard
from matric.survey.adopt import Adoption, Choices, adoption, free, with_block
from matric.survey.model import (
    Address,
    Arp,
    Device,
    Lease,
    Mac,
    Neighbour,
    Port,
    Power,
    Survey,
    Vlan,
    Wlan,
)

VLANS = (Vlan(vid=1, name="DEFAULT_VLAN"), Vlan(vid=10, name="Curriculum"), Vlan(vid=20, name="Admin"),
         Vlan(vid=30, name="VLAN0030"), Vlan(vid=60, name="CCTV"), Vlan(vid=77, name="Weather"))  # fmt: skip


def port(name: str, vid: int | None = None, **more: Any) -> Port:
    given: dict[str, Any] = {"enabled": True, "up": vid is not None, "mode": "access" if vid else "", "access": vid}
    return Port(name=name, **(given | more))


def trunk(name: str, *tagged: int, **more: Any) -> Port:
    return Port(name=name, enabled=True, up=True, mode="trunk", native=1, tagged=tagged, **more)


def neighbour(at: str, name: str, far: str, **more: Any) -> Neighbour:
    given: dict[str, Any] = {"capabilities": ("bridge",), "protocol": "lldp"}
    return Neighbour(port=at, name=name, remote_port=far, **(given | more))


def core() -> Device:
    ports = [
        port("1", 20, description="Head's office"), port("2", 20, description="Copier ground floor"),
        port("3", 30), port("4", 60, description="CCTV front"), port("5", 1, description="?!"),
        port("6", 77, description="Weather station"), port("7", 10, up=False), port("8", 1, up=False),
        trunk("24", 10, 20), trunk("25", 10, 20, 30, 60, lag="Trk1"), trunk("26", 10, 20, 30, 60, lag="Trk1"),
        port("27", None, mode="routed", up=True, description="to Broadband router"), trunk("28", 10, 20),
    ]  # fmt: skip
    return Device(
        name="core", platform="aoss", vendor="HPE", model="Aruba JL255A 2930F-24G-PoE+", serial="CN11A",
        os_version="16.11",
        mac="aa:00:00:00:00:01", management="192.168.1.1", vlans=VLANS, ports=tuple(ports), gateway="192.168.1.254",
        configuration='hostname "core"\nsnmp-server location "Main, Comms cupboard"\n',
        addresses=(Address(interface="vlan 1", address="192.168.1.1/24", vid=1),
                   Address(interface="vlan 20", address="10.0.20.1/23", vid=20),
                   Address(interface="vlan 10", address="10.0.10.1/24", vid=10)),
        neighbours=(neighbour("25", "SW-A.thornfield.local", "25"), neighbour("26", "sw-a", "26"),
                    neighbour("28", "ks2", "Gi1/0/24"), neighbour("3", "", "", capabilities=("telephone",)),
                    neighbour("7", "AP-Hall", "eth0", capabilities=("wlan-access-point",), platform="UniFi U6-Lite")),
        macs=(Mac(mac="aa:00:00:00:00:04", port="24", vid=1), Mac(mac="de:00:00:00:00:01", port="1", vid=20)),
        arps=(Arp(ip="192.168.1.254", mac="fe:00:00:00:00:01"),),
        power=(Power(port="7", watts=8.0, state="delivering"), Power(port="3", watts=4.0, state="delivering")),
        wlans=(),
    )  # fmt: skip


def survey() -> Survey:
    sw_a = Device(
        name="SW-A", platform="aoss", vendor="HPE", model="J9773A", serial="CN22B", mac="aa:00:00:00:00:02",
        management="192.168.1.2", vlans=VLANS, gateway="192.168.1.1",
        ports=(port("1", 10, description="KS1 wall"), port("2", 10), port("3", 1, up=False),
               trunk("25", 10, 20, lag="Trk1"), trunk("26", 10, 20, lag="Trk1")),
        addresses=(Address(interface="vlan 1", address="192.168.1.2/24", vid=1),),
        neighbours=(neighbour("25", "core", "25"), neighbour("26", "core", "26")),
    )  # fmt: skip
    ks2 = Device(
        name="ks2", platform="ios", vendor="Cisco", model="C9200L-24P-4X", serial="FOC33", mac="aa:00:00:00:00:03",
        management="192.168.1.3", vlans=VLANS,
        ports=(port("GigabitEthernet1/0/1", 10), port("GigabitEthernet1/0/2", 20, voice=30),
               trunk("GigabitEthernet1/0/24", 10, 20)),
        addresses=(Address(interface="Vlan1", address="192.168.1.3/24", vid=1),), neighbours=(),
        wlans=(Wlan(ssid="Thornfield-Guest", vid=40),),
    )  # fmt: skip
    silent = Device(
        name="EX2300-24P", platform="junos", vendor="Juniper", model="ex2300-24p", serial="JN44",
        mac="aa:00:00:00:00:04",
        ports=(port("ge-0/0/0", 10), trunk("xe-0/1/0", 10, 20)), neighbours=(),
        macs=(Mac(mac="aa:00:00:00:00:01", port="xe-0/1/0", vid=1),),
    )  # fmt: skip
    return Survey(
        school="thornfield", taken_at="2026-11-20T09:00:00Z", how="folder", devices=(core(), sw_a, ks2, silent),
        leases=(Lease(ip="10.0.20.9", mac="de:00:00:00:00:01", hostname="sims", reserved=True),),
    )  # fmt: skip


@pytest.fixture(scope="session")
def messy() -> Survey:
    return survey()


@pytest.fixture(scope="session")
def trust() -> site.Site:
    return site.load(Path(__file__).parents[4])


@pytest.fixture(scope="session")
def standard(trust: site.Site, messy: Survey) -> Standard:
    """The trust's, with a block for the school."""
    return with_block(trust.standard, "thornfield", free(trust.standard, trust.snapshot.records, messy))


@pytest.fixture(scope="session")
def nothing() -> Choices:
    return Choices(school="thornfield")


@pytest.fixture(scope="session")
def made(messy: Survey, standard: Standard, trust: site.Site, nothing: Choices) -> Adoption:
    """What comes of it where nothing is decided."""
    return adoption(messy, standard, trust.snapshot.records, nothing)


@pytest.fixture(scope="session")
def built(made: Adoption, standard: Standard) -> School:
    return build.school(made.records, standard, "thornfield")
