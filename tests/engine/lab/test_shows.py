"""What the lab's switches show is read by the open templates of those who read real ones, and by a survey."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from matric.lab.daemon import Laboratory
from tests.engine.lab.joining import SPEC, inside, shown, with_endpoint

PARSE: Any = importlib.import_module("ntc_templates.parse").parse_output  # without types
NAMES = {
    "ios": "cisco_ios",
    "eos": "arista_eos",
    "junos": "juniper_junos",
    "aoscx": "aruba_aoscx",
    "aoss": "hp_procurve",
}
MACS = {
    "ios": ("show mac address-table", "destination_address"),
    "eos": ("show mac address-table", "mac_address"),
    "aoscx": ("show mac-address-table", "mac_address"),
    "aoss": ("show mac-address", "mac_address"),
}
NEIGHBOURS = {
    "ios": "show lldp neighbors detail",
    "eos": "show lldp neighbors detail",
    "junos": "show lldp neighbors",
    "aoscx": "show lldp neighbors-info detail",
    "aoss": "show lldp info remote-device detail",
}
ARPS = {
    "ios": "show ip arp",
    "eos": "show ip arp",
    "junos": "show arp no-resolve",
    "aoscx": "show arp all-vrfs",
    "aoss": "show arp",
}
OTHERS = (
    ("core-1", "show version", 1),
    ("core-1", "show inventory", 2),
    ("core-1", "show interfaces status", 52),
    ("core-1", "show vlan brief", 9),
    ("core-1", "show power inline", 48),
    ("core-1", "show ip interface brief", 56),
    ("core-1", "show ip dhcp binding", 5),
    ("core-1", "show spanning-tree root", 5),
    ("sw-01", "show system", 1),
    ("sw-01", "show vlans", 4),
    ("sw-01", "show interfaces brief", 28),
    ("sw-01", "show cdp neighbors detail", 1),
    ("sw-03", "show version", 1),
    ("sw-03", "show hostname", 1),
    ("sw-03", "show vlan", 4),
    ("sw-03", "show interfaces status", 30),
    ("sw-03", "show ip interface brief", 1),
    ("sw-04", "show version", 1),
    ("sw-04", "show chassis hardware", 2),
    ("sw-04", "show vlans", 4),
    ("sw-05", "show system", 1),
    ("sw-05", "show vlan", 4),
)


def plain(address: str) -> str:
    return "".join(sign for sign in address.lower() if sign in "0123456789abcdef")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, str], str]:
    """(device, command) -> what it shows."""
    wanted = [(name, command) for name, command, _ in OTHERS]
    for one in SPEC.devices:
        commands = (MACS.get(one.platform, ("",))[0], NEIGHBOURS[one.platform], ARPS[one.platform])
        wanted += [(one.name, command) for command in commands if command]
    wanted.append(("core-1", "show ip dhcp snooping binding"))

    async def act(lab: Laboratory) -> dict[tuple[str, str], str]:
        return {(name, command): await shown(lab, name, command) for name, command in wanted}

    return inside(tmp_path_factory.mktemp("lab"), act)


def rows(answers: Mapping[tuple[str, str], str], name: str, command: str) -> list[dict[str, Any]]:
    platform = next(one.platform for one in SPEC.devices if one.name == name)
    found: list[dict[str, Any]] = PARSE(platform=NAMES[platform], command=command, data=answers[name, command])
    return found


def at(name: str) -> set[str]:
    return {plain(one.mac) for one in SPEC.endpoints if one.device == name}


@pytest.mark.parametrize(("name", "command", "count"), OTHERS, ids=lambda one: str(one).replace(" ", "-"))
def test_an_answer_is_read_whole(answers: Mapping[tuple[str, str], str], name: str, command: str, count: int) -> None:
    assert len(rows(answers, name, command)) == count


@pytest.mark.parametrize("name", [one.name for one in SPEC.devices if one.platform in MACS])
def test_every_endpoint_of_a_switch_is_in_its_table_of_addresses(
    answers: Mapping[tuple[str, str], str], name: str
) -> None:
    platform = next(one.platform for one in SPEC.devices if one.name == name)
    command, column = MACS[platform]
    assert at(name) <= {plain(str(row[column])) for row in rows(answers, name, command)}


@pytest.mark.parametrize("name", [one.name for one in SPEC.devices])
def test_whoever_introduces_itself_is_told_and_nobody_else(answers: Mapping[tuple[str, str], str], name: str) -> None:
    platform = next(one.platform for one in SPEC.devices if one.name == name)
    said = {str(row["neighbor_name"]) for row in rows(answers, name, NEIGHBOURS[platform])}
    ends = [(row.a_device, row.b_device) for row in SPEC.cables] + [(row.b_device, row.a_device) for row in SPEC.cables]
    kit = {other for here, other in ends if here == name}
    speaking = {one.says for one in SPEC.endpoints if one.device == name and "lldp" in one.speaks}
    silent = {one.says for one in SPEC.silent if one.name in kit and "lldp" in one.speaks}
    switches = len(kit & {one.name for one in SPEC.devices})
    assert speaking | silent <= said
    assert len(rows(answers, name, NEIGHBOURS[platform])) == len(speaking) + len(silent) + switches


@pytest.mark.parametrize("name", [one.name for one in SPEC.devices])
def test_a_switch_knows_the_address_of_the_router(answers: Mapping[tuple[str, str], str], name: str) -> None:
    platform = next(one.platform for one in SPEC.devices if one.name == name)
    assert "192.168.1.254" in {row.get("ip_address", row.get("address")) for row in rows(answers, name, ARPS[platform])}


def test_the_core_knows_the_address_of_everything_that_has_one(answers: Mapping[tuple[str, str], str]) -> None:
    known = {row["ip_address"] for row in rows(answers, "core-1", "show ip arp")}
    assert {one.address for one in SPEC.endpoints} <= known


def test_leases_are_heard_in_the_networks_that_are_snooped(answers: Mapping[tuple[str, str], str]) -> None:
    found = rows(answers, "core-1", "show ip dhcp snooping binding")
    leased = {one.address for one in SPEC.endpoints if not one.static and not one.address.startswith("10.")}
    assert {row["ip_address"] for row in found} == leased


def test_what_speaks_cdp_is_told_by_switches_that_listen(tmp_path: Path) -> None:
    spec = with_endpoint(
        "lift-line", speaks=("cdp",), says="ATA-LIFT", description="Cisco ATA 191", remote_port="Port 1"
    )

    async def act(lab: Laboratory) -> str:
        return await shown(lab, "core-1", "show cdp neighbors detail")

    told = PARSE(platform="cisco_ios", command="show cdp neighbors detail", data=inside(tmp_path, act, spec))
    assert [(row["neighbor_name"], row["local_interface"]) for row in told] == [("ATA-LIFT", "GigabitEthernet1/0/9")]


def test_power_is_shown_where_it_goes(tmp_path: Path) -> None:
    async def act(lab: Laboratory) -> str:
        return await shown(lab, "core-1", "show power inline")

    told = PARSE(platform="cisco_ios", command="show power inline", data=inside(tmp_path, act))
    given = {row["interface"]: float(row["power"]) for row in told if row["operational_status"] == "on"}
    fed = {
        one.port.replace("GigabitEthernet", "Gi"): one.watts
        for one in SPEC.endpoints
        if one.poe_class is not None and one.device == "core-1"
    }
    assert given == fed
