"""Configurations of Ruckus (Brocade, Foundry) ICX. Source: Ruckus FastIron guides 08.0.30 and 08.0.95."""

# ruff: noqa: ARG001, FBT003 - every action of a rule takes the same three values

import re
from typing import Any

from matric.survey.configuration import common
from matric.survey.configuration.draft import AddressDraft, Draft, PortDraft, ipv4, vid, vids
from matric.survey.configuration.grammar import Grammar, Scope
from matric.survey.configuration.silent import table

__all__ = ("GRAMMAR",)

Match = re.Match[str]
Ports = tuple[PortDraft, ...]
LONGEST_RANGE = 500
_PART = re.compile(
    r"(?:(ethernet|ethe|eth|e|lag|lg)\s*)?(\d+(?:/\d+){0,2})(?:\s+to\s+(?:eth\S*\s+|lag\s+)?(\d+(?:/\d+){0,2}))?\s*"
)


def ports(text: str) -> tuple[str, ...]:
    """``ethe 1/1/1 to 1/1/24 lag 1`` as names; ValueError where it is no list."""
    names: list[str] = []
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            raise ValueError("no list of ports")
        slot, slash, low = found[2].rpartition("/")
        prefix = "lg" if (found[1] or "") in {"lag", "lg"} else ""
        high = (found[3] or found[2]).rpartition("/")[2]
        if int(high) - int(low) > LONGEST_RANGE:
            raise ValueError("no range of ports")
        names += [f"{prefix}{slot}{slash}{one}" for one in range(int(low), int(high) + 1)]
        at = found.end()
    return tuple(names)


def _version(draft: Draft, _: Any, found: Match) -> None:
    draft.os_version = found[1]


def _vlan(draft: Draft, _: Any, found: Match) -> Scope:
    numbers = vids(found[1])
    draft.vlan(numbers, (found[2] or "").strip('"'))
    return Scope("vlan", numbers)


def _vlan_line(draft: Draft, target: frozenset[int], found: Match) -> None:
    for name in ports(found[2]):
        if found[1] == "tagged":
            draft.tagged.setdefault(name, set()).update(target)
        else:
            draft.untagged[name] = min(target)


def _ve(draft: Draft, target: frozenset[int], found: Match) -> None:
    draft.spare.setdefault("ve", {})[found[1]] = min(target)


def _interface(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("port", tuple(draft.port(name) for name in ports(found[1])))


def _svi(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("svi", draft.address(f"ve{found[1]}"))


def _other(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("svi", draft.address(found[1].replace(" ", "")))


def _dual(draft: Draft, target: Ports, found: Match) -> None:
    """The port's untagged VLAN, beside those it is tagged in; VLAN 1 where none is named."""
    draft.untagged |= dict.fromkeys((one.name for one in target), vid(found[1]) if found[1] else 1)


def _lag(draft: Draft, _: Any, found: Match) -> Scope:
    return Scope("lag", draft.port(f"lg{found[1]}"))


def _old_lag(draft: Draft, target: Ports, found: Match) -> None:
    for one in target:
        one.lag = f"lg{found[1]}"
        draft.port(one.lag)


def _members(draft: Draft, target: PortDraft, found: Match) -> None:
    for name in ports(found[1]):
        draft.port(name).lag = target.name


def _primary(draft: Draft, target: PortDraft, found: Match) -> None:
    """The member whose VLANs are those of the LAG (before FastIron 08.0.61)."""
    draft.spare.setdefault("primary", {})[target.name] = found[1]


def _lag_name(draft: Draft, target: PortDraft, found: Match) -> None:
    target.description = target.description or found[1].strip('"')


def _relay(draft: Draft, target: AddressDraft, found: Match) -> None:
    target.relays[ipv4(found[1])] = None


def _own(draft: Draft, _: Any, found: Match) -> None:
    """The address of a switch that does not route."""
    common.address(draft, draft.address("management"), found)


def _authenticates(draft: Draft, _: Any, found: Match) -> None:
    for name in ports(found[1]):
        draft.port(name).dot1x = True


def _finish(draft: Draft) -> None:
    vlans = draft.spare.get("ve", {})
    for name, address in draft.addresses.items():
        address.vid = vlans.get(name.removeprefix("ve"), address.vid)
    primary: dict[str, str] = draft.spare.get("primary", {})
    for lag, member in primary.items():
        draft.tagged.setdefault(lag, set()).update(draft.tagged.get(member, ()))
        if member in draft.untagged:
            draft.untagged.setdefault(lag, draft.untagged[member])
    for name in draft.ports:
        if name not in draft.tagged and not draft.ports[name].lag:
            draft.untagged.setdefault(name, 1)
    common.membership(draft)
    for one in draft.ports.values():
        one.dot1x = bool(one.dot1x)


_IP = r"ip address (\d\S+/\d+|\d\S+ \d\S+)(?: (?:secondary|dynamic|replace))*"
GRAMMAR = Grammar(
    vendor="Ruckus",
    rules={
        "": (
            (r"ver (\S+)", _version),
            (r"hostname (\S+)", common.hostname),
            (r"vlan (\d[\d to]*?)(?: name (\S+|\"[^\"]+\"))?(?: by port)?", _vlan),
            (r"interface ve (\d+)", _svi),
            (r"interface (management ?\d+|loopback ?\d+)", _other),
            (r"interface (ethe.*|lag \d+)", _interface),
            (r"lag \S+ (?:dynamic|static|keep-alive) id (\d+)", _lag),
            (r"ip default-gateway (\d\S+)", common.gateway),
            (r"ip route 0\.0\.0\.0(?:/0| 0\.0\.0\.0) (\d\S+)(?: .*)?", common.gateway),
            (_IP, _own),
            (r"(?:dot1x|mac-authentication) enable (ethe.*)", _authenticates),
        ),
        "vlan": (
            (r"(tagged|untagged) (\S.*)", _vlan_line),
            (r"name (.+)", common.vlan_name),
            (r"router-interface ve (\d+)", _ve),
        ),
        "svi": ((_IP, common.address), (r"ip helper-address (?:\d+ )?(\d+\.\S+)(?: .*)?", _relay)),
        "port": (
            (r"port-name (.+)", common.describe),
            (r"disable", common.put("enabled", False)),
            (r"enable", common.put("enabled", True)),
            (r"dual-mode(?: +(\d+))?", _dual),
            (r"voice-vlan (\d+)", common.number("voice")),
            (r"inline power(?: .*)?", common.put("poe", True)),
            (r"no inline power", common.put("poe", False)),
            (r"link-aggregate configure key (\d+)", _old_lag),
            (r"(?:dot1x port-control auto|authentication enable)", common.put("dot1x", True)),
            (r"speed-duplex 1000.*", common.put("speed", 1000)),
            (r"speed-duplex 100-.*", common.put("speed", 100)),
            (r"speed-duplex 10-.*", common.put("speed", 10)),
        ),
        "lag": (
            (r"ports (ethe.*)", _members),
            (r"primary-port (\d\S*)", _primary),
            (r"port-name (\S+|\"[^\"]+\")(?: ethe.*)?", _lag_name),
        ),
    },
    silent=table("icx"),
    finish=_finish,
    heredocs=(r"^banner (?:motd |exec |incoming )?(?P<end>\^C|\S)$",),
    secret=(
        r"^(?:enable|username \S+) .*password (?P<secret>(?:\d )?\S+)$",
        r"^(?:radius|tacacs)-server .*key (?P<secret>(?:\d )?\S+)",
        r"^snmp-server community (?P<secret>(?:\d )?\S+)",
    ),
)
