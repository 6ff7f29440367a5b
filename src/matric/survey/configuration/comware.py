"""Configurations of HPE Comware 5 and 7 (A5120, 5130, 1950). Source: HPE FlexNetwork command references."""

# ruff: noqa: ARG001, FBT003 - every action of a rule takes the same three values

import re
from typing import Any

from matric.survey.configuration import common
from matric.survey.configuration.draft import AddressDraft, Draft, PortDraft, ipv4, vid, vids
from matric.survey.configuration.grammar import Grammar, Scope
from matric.survey.configuration.silent import table
from matric.survey.show.words import port as long_name

__all__ = ("GRAMMAR",)

Match = re.Match[str]
Ports = tuple[PortDraft, ...]
LONGEST_RANGE = 100


def _version(draft: Draft, _: Any, found: Match) -> None:
    draft.os_version = found[1]


def _vlan(draft: Draft, _: Any, found: Match) -> Scope:
    numbers = vids(found[1])
    draft.vlan(numbers)
    return Scope("vlan", numbers)


def _svi(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("svi", draft.address(f"Vlan-interface{found[1]}", vid(found[1])))


def _other(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("svi", draft.address(found[1]))


def _interface(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("port", (draft.port(long_name("comware", found[1].replace(" ", ""))),))


def _type(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.mode = found[1]


def _hybrid(draft: Draft, target: Ports, found: Match) -> None:
    """A hybrid port: VLANs tagged and untagged as one likes; the untagged one of its ``pvid`` counts."""
    for one in target:
        if found[2] == "tagged":
            one.allowed = (one.allowed or frozenset()) | vids(found[1])
        else:
            draft.spare.setdefault("bare", {}).setdefault(one.name, set()).update(vids(found[1]))


def _permit(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.allowed = vids("all") if found[1] == "all" else (one.allowed or frozenset({1})) | vids(found[1])


def _not_permit(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.allowed = (one.allowed if one.allowed is not None else frozenset({1})) - vids(found[1])


def _lag(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.lag = f"Bridge-Aggregation{found[1]}"
        draft.port(one.lag)


def _port_address(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.mode = "routed"
        common.address(draft, draft.address(one.name), found)


def _speed(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.speed = int(found[1])


def _voice(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.voice = vid(found[1])


def _members(draft: Draft, target: frozenset[int], found: Match) -> None:
    """``port GigabitEthernet1/0/1 to GigabitEthernet1/0/4`` below a VLAN: access ports of it."""
    for first, last in re.findall(r"([A-Za-z-]+\d\S*)(?: to ([A-Za-z-]+\d\S*))?", found[1]):
        low, high = re.fullmatch(r"(.*?)(\d+)", first), re.search(r"(\d+)$", last or first)
        if low is None or high is None or int(high[1]) - int(low[2]) > LONGEST_RANGE:
            raise ValueError("no range of ports")
        for at in range(int(low[2]), int(high[1]) + 1):
            one = draft.port(long_name("comware", f"{low[1]}{at}"))
            one.mode, one.access = "access", min(target)


def _relay(draft: Draft, target: AddressDraft, found: Match) -> None:
    target.relays[ipv4(found[1])] = None


def _finish(draft: Draft) -> None:
    bare: dict[str, set[int]] = draft.spare.get("bare", {})
    for one in draft.ports.values():
        one.enabled = one.enabled is not False
        one.dot1x = bool(one.dot1x)
        if one.mode == "hybrid":
            pvid = one.native or 1
            native = pvid if pvid in bare.get(one.name, {pvid}) else None
            one.native = native
            if not one.allowed or (one.voice is not None and one.allowed == frozenset({one.voice})):
                one.mode, one.access = "access", native
            else:
                one.mode = "trunk"
        elif one.mode == "trunk":
            one.native = one.native or 1
            one.allowed = frozenset() if one.allowed is None else one.allowed
            one.allowed = None if one.allowed == vids("all") else one.allowed
        elif one.mode != "routed":
            one.mode, one.access = "access", one.access or 1


GRAMMAR = Grammar(
    vendor="HPE",
    rules={
        "": (
            (r"version (\S+?,? Release \S+|\S+)(?:, .*)?", _version),
            (r"sysname (\S.*)", common.hostname),
            (r"vlan (\d+(?: to \d+)?)", _vlan),
            (r"interface Vlan-interface ?(\d+)", _svi),
            (r"interface ((?:NULL|LoopBack|M-GigabitEthernet|M-Ethernet|Tunnel)\S+)", _other),
            (r"interface ((?:[A-Za-z-]*(?:Ethernet|GigE)|Bridge-Aggregation)\s?\d\S*)", _interface),
            (r"ip route-static 0\.0\.0\.0 (?:0|0\.0\.0\.0) (?:Vlan-interface\d+ )?(\d\S+)(?: .*)?", common.gateway),
        ),
        "vlan": (
            (r"name (.+)", common.vlan_name),
            (r"port ([A-Z]\S+.*)", _members),
        ),
        "svi": (
            (r"ip address (\d\S+ \d\S+)(?: sub)?", common.address),
            (r"dhcp relay server-address (\d\S+)", _relay),
            (r"ip relay address (\d\S+)", _relay),
        ),
        "port": (
            (r"description (.+)", common.describe),
            (r"ip address (\d\S+ \d\S+)(?: sub)?", _port_address),
            (r"shutdown", common.put("enabled", False)),
            (r"undo shutdown", common.put("enabled", True)),
            (r"port link-type (access|trunk|hybrid)", _type),
            (r"port link-mode route", common.put("mode", "routed")),
            (r"port access vlan (\d+)", common.number("access")),
            (r"port (?:trunk|hybrid) pvid vlan (\d+)", common.number("native")),
            (r"port trunk permit vlan (\S.*)", _permit),
            (r"undo port trunk permit vlan (\S.*)", _not_permit),
            (r"port hybrid vlan (\S.*) (tagged|untagged)", _hybrid),
            (r"undo port hybrid vlan 1", common.silence),
            (r"port link-aggregation group (\d+)(?: .*)?", _lag),
            (r"voice[ -]vlan (\d+) enable", _voice),
            (r"speed (\d+)", _speed),
            (r"(?:dot1x|mac-authentication|port-security port-mode \S+)", common.put("dot1x", True)),
            (r"poe enable", common.put("poe", True)),
            (r"undo poe enable", common.put("poe", False)),
        ),
    },
    silent=table("comware"),
    finish=_finish,
    comment="#",
    heredocs=(r"^header (?:motd|login|shell|legal|incoming) (?P<end>\S)",),
    secret=(
        r"password (?:hash|simple|cipher|irreversible-cipher) (?P<secret>\S+)",
        r"\bkey (?:authentication |accounting )?(?:simple|cipher) (?P<secret>\S+)",
        r"^snmp-agent community (?:read|write)(?: simple| cipher)? (?P<secret>\S+)",
    ),
)
