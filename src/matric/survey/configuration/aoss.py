"""Configurations of HPE Aruba AOS-S and ProCurve: membership belongs to VLANs.

Source: HPE ArubaOS-Switch 16.x guides; ProCurve 2600 and 2800 command line guides for what is older.
"""

# ruff: noqa: ARG001, FBT003 - every action of a rule takes the same three values

import re
from typing import Any

from matric.intent.port_list import expanded
from matric.platform import aoss_rules
from matric.survey.configuration import common
from matric.survey.configuration.draft import Draft, PortDraft, vid, vids
from matric.survey.configuration.grammar import Grammar, Scope
from matric.survey.configuration.silent import table

__all__ = ("GRAMMAR",)

Match = re.Match[str]
Ports = tuple[PortDraft, ...]


def _ports(text: str) -> tuple[str, ...]:
    """The ports of a list; ValueError where it is none."""
    names = expanded(text)
    if not names:
        raise ValueError("no list of ports")
    return tuple(f"Trk{name[3:]}" if name.lower().startswith("trk") else name for name in names)


def _head(draft: Draft, _: Any, found: Match) -> None:
    # A stack names itself, not what it is made of.
    draft.model, draft.os_version = "" if found[1].startswith("hpStack") else found[1], found[2]


def _vlan(draft: Draft, _: Any, found: Match) -> Scope:
    numbers = frozenset({vid(found[1])})
    draft.vlan(numbers)
    return Scope("vlan", numbers)


def _number(target: frozenset[int]) -> int:
    return next(iter(target))


def _untagged(draft: Draft, target: frozenset[int], found: Match) -> None:
    draft.untagged |= dict.fromkeys(_ports(found[1]), _number(target))


def _tagged(draft: Draft, target: frozenset[int], found: Match) -> None:
    for name in _ports(found[1]):
        draft.tagged.setdefault(name, set()).add(_number(target))


def _voice(draft: Draft, target: frozenset[int], found: Match) -> None:
    draft.voice |= target


def _vlan_address(draft: Draft, target: frozenset[int], found: Match) -> None:
    common.address(draft, draft.address(f"vlan{_number(target)}", _number(target)), found)


def _vlan_relay(draft: Draft, target: frozenset[int], found: Match) -> None:
    common.relay(draft, draft.address(f"vlan{_number(target)}", _number(target)), found)


def _interface(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("port", tuple(draft.port(name) for name in _ports(found[1])))


def _port_untagged(draft: Draft, target: Ports, found: Match) -> None:
    """Membership as ``show running-config structured`` has it: at the port."""
    draft.untagged |= dict.fromkeys((one.name for one in target), vid(found[1]))


def _port_tagged(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        draft.tagged.setdefault(one.name, set()).update(vids(found[1]))


def _port_address(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.mode = "routed"
        common.address(draft, draft.address(one.name), found)


def _trunk(draft: Draft, _: Any, found: Match) -> None:
    name = f"Trk{found[2]}"
    draft.port(name)
    for member in _ports(found[1]):
        draft.port(member).lag = name


def _authenticates(draft: Draft, _: Any, found: Match) -> None:
    for name in _ports(found[1]):
        draft.port(name).dot1x = True


def _finish(draft: Draft) -> None:
    common.membership(draft)
    for one in draft.ports.values():
        one.dot1x = bool(one.dot1x)


_NAME = r'"?([^"]*)"?'
GRAMMAR = Grammar(
    vendor="HPE Aruba",
    rules={
        "": (
            (r"; (\S+) Configuration Editor; Created on release #?(\S+)", _head),
            (r"hostname (\S+|\"[^\"]+\")", common.hostname),
            (r"vlan (\d+)", _vlan),
            (r"interface (\S+)", _interface),
            (r"trunk (\S+) (?i:trk)(\d+)(?: \S+)?", _trunk),
            (r"ip default-gateway (\d\S+)", common.gateway),
            (r"ip route 0\.0\.0\.0(?:/0| 0\.0\.0\.0) (\d\S+)(?: .*)?", common.gateway),
            (r"aaa port-access (?:authenticator|mac-based|web-based) (?!active)([A-Z]?\d\S*)(?: .*)?", _authenticates),
        ),
        "vlan": (
            (rf"name {_NAME}", common.vlan_name),
            (r"untagged (\S+)", _untagged),
            (r"tagged (\S+)", _tagged),
            (r"voice", _voice),
            (r"ip address (\d\S+/\d+|\d\S+ \d\S+)", _vlan_address),
            (r"ip helper-address (\d\S+)", _vlan_relay),
        ),
        "port": (
            (r"untagged vlan (\d+)", _port_untagged),
            (r"tagged vlan (\d[\d,-]*)", _port_tagged),
            (r"routing", common.put("mode", "routed")),
            (r"ip address (\d\S+/\d+|\d\S+ \d\S+)", _port_address),
            (rf"name {_NAME}", common.describe),
            (r"disable", common.put("enabled", False)),
            (r"enable", common.put("enabled", True)),
            (r"no power-over-ethernet", common.put("poe", False)),
            (r"power-over-ethernet", common.put("poe", True)),
            (r"speed-duplex (?:auto-)?1000.*", common.put("speed", 1000)),
            (r"speed-duplex (?:auto-)?100(?:\D.*)?", common.put("speed", 100)),
            (r"speed-duplex (?:auto-)?10(?:\D.*)?", common.put("speed", 10)),
        ),
    },
    silent=table("aoss"),
    finish=_finish,
    comment=";",
    heredocs=(r'^banner (?:motd|exec) (?P<end>")',),
    secret=aoss_rules.RULES.secret,
)
