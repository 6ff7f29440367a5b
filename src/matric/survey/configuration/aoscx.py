"""Configurations of HPE Aruba AOS-CX. Source: AOS-CX 10.06 to 10.13 guides."""

# ruff: noqa: ARG001, FBT003 - every action of a rule takes the same three values

import re
from typing import Any

from matric.platform import aoscx_rules
from matric.survey.configuration import common
from matric.survey.configuration.draft import AddressDraft, Draft, PortDraft, ipv4, vid, vids
from matric.survey.configuration.grammar import Grammar, Scope
from matric.survey.configuration.silent import table

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


def _voice(draft: Draft, target: frozenset[int], found: Match) -> None:
    draft.voice |= target


def _interface(draft: Draft, _: Any, found: Match) -> Scope:
    first, last = found[1], found[2]
    if last is None:
        return Scope("port", (draft.port(first),))
    slot, low = first.rsplit("/", 1)
    high = last.rsplit("/", 1)[-1]
    if int(high) - int(low) > LONGEST_RANGE:
        raise ValueError("no range of ports")
    return Scope("port", tuple(draft.port(f"{slot}/{at}") for at in range(int(low), int(high) + 1)))


def _lag(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("port", (draft.port(f"lag{found[1]}"),))


def _svi(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("svi", draft.address(f"vlan{found[1]}", vid(found[1])))


def _other(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("svi", draft.address(found[1].replace(" ", "")))


def _member(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.lag = f"lag{found[1]}"
        draft.port(one.lag)


def _access(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.mode, one.access = "access", vid(found[1])


def _native(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.mode, one.native = "trunk", vid(found[1])
        draft.spare.setdefault("tags native", {})[one.name] = bool(found[2])


def _allowed(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.mode = "trunk"
        one.allowed = None if found[1] == "all" else (one.allowed or frozenset()) | vids(found[1])


def _address(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        common.address(draft, draft.address(one.name), found)


def _relay(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        common.relay(draft, draft.address(one.name), found)


def _authenticates(draft: Draft, target: Ports, found: Match) -> Scope:
    for one in target:
        one.dot1x = True
    return Scope("silent")


def _shared(draft: Draft, target: AddressDraft, found: Match) -> None:
    """The address that two switches of a VSX pair answer to together."""
    target.addresses.append(ipv4(found[1]))


def _mgmt_gateway(draft: Draft, target: AddressDraft, found: Match) -> None:
    draft.spare["management gateway"] = found[1]


def _finish(draft: Draft) -> None:
    for one in draft.ports.values():
        routed = one.name in draft.addresses and draft.addresses[one.name].addresses
        one.mode = one.mode or ("routed" if routed else "access")
        one.enabled = one.enabled is not False
        one.dot1x = bool(one.dot1x)
        if one.mode == "access":
            one.access = one.access or 1
        elif one.mode == "trunk":
            _trunk(draft, one)


def _trunk(draft: Draft, one: PortDraft) -> None:
    """A native VLAN that is tagged is no native VLAN; a trunk whose only tagged VLAN is a telephone's is a port."""
    one.native = one.native or 1
    if draft.spare.get("tags native", {}).get(one.name):
        one.allowed = None if one.allowed is None else one.allowed | {one.native}
        one.native = None
    elif one.allowed is not None:
        tagged = one.allowed - {one.native}
        if len(tagged) == 1 and tagged <= draft.voice:
            one.mode, one.access, one.voice = "access", one.native, next(iter(tagged))


_IP = r"ip address (\d\S+/\d+|\d\S+ \d\S+)(?: secondary)?"
_RELAY = r"ip helper-address (\d\S+)(?: vrf \S+)?"
GRAMMAR = Grammar(
    vendor="HPE Aruba",
    rules={
        "": (
            (r"!Version (?:ArubaOS-CX|AOS-CX) (\S+)", _version),
            (r"hostname (\S+)", common.hostname),
            (r"vlan (\d[\d,\-]*)", _vlan),
            (r"interface vlan ?(\d+)", _svi),
            (r"interface lag ?(\d+)(?: multi-chassis(?: static)?)?", _lag),
            (r"interface (mgmt|loopback ?\d+|tunnel ?\d+)", _other),
            (r"interface (\d+/\d+/\d+)(?:-(\d+/\d+/\d+|\d+))?", _interface),
            (r"ip route 0\.0\.0\.0/0 (\d\S+)(?: .*)?", common.gateway),
        ),
        "vlan": ((r"name (.+)", common.vlan_name), (r"voice", _voice)),
        "svi": (
            (_IP, common.address),
            (r"active-gateway ip (?:mac \S+ )?(\d+\.\d\S+)(?: mac \S+)?", _shared),
            (r"active-gateway ip mac \S+", common.silence),
            (_RELAY, common.relay),
            (r"ip static (\d\S+/\d+)", common.address),
            (r"default-gateway (\d\S+)", _mgmt_gateway),
        ),
        "port": (
            (r"description (.+)", common.describe),
            (r"shutdown", common.put("enabled", False)),
            (r"no shutdown", common.put("enabled", True)),
            (r"routing", common.put("mode", "routed")),
            (r"no routing", common.silence),
            (r"lag (\d+)", _member),
            (r"vlan access (\d+)", _access),
            (r"vlan trunk native (\d+)( tag)?", _native),
            (r"vlan trunk allowed (\S.*)", _allowed),
            (_IP, _address),
            (_RELAY, _relay),
            (r"aaa authentication port-access (?:dot1x authenticator|mac-auth)", _authenticates),
            (r"no power-over-ethernet", common.put("poe", False)),
            (r"power-over-ethernet", common.put("poe", True)),
            (r"speed 10-full|speed 10-half", common.put("speed", 10)),
            (r"speed 100-full|speed 100-half", common.put("speed", 100)),
            (r"speed 1000-full", common.put("speed", 1000)),
        ),
    },
    silent=table("aoscx"),
    finish=_finish,
    heredocs=aoscx_rules.RULES.heredocs,
    secret=aoscx_rules.RULES.secret,
)  # fmt: skip
