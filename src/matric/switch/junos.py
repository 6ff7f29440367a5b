"""Configurations of Junos on EX switches (ELS), in the braces ``show configuration`` shows.

Sources: Junos OS CLI reference and the EX user guides for Ethernet switching, port security and firewall filters.
What a trunk does without a word about it: without ``native-vlan-id`` it takes no untagged frame, without ``vlan
members`` it carries nothing, and DHCP snooping trusts it; an access port is trusted only where a group says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network

from matric.config import Config, Line
from matric.policy.subject import CannotEvaluate
from matric.switch import Account, Interface, Route, Switch, Wireless
from matric.switch.junos_filter import filters
from matric.switch.junos_part import Part, active, words_of

__all__ = ("read",)

NO_NATIVE = 4095
"""No frame is of this VLAN."""
HASHES = {"$1": "md5", "$5": "sha256", "$6": "sha512", "$9": "reversible"}
SPANNING_TREES = {"mstp": "mst", "vstp": "rapid-pvst", "rstp": "rstp"}
UNITS_ONLY = ("irb", "lo0", "me0", "vme", "em0", "fxp0")
"""Interfaces that are known by their units."""


def read(tree: Config) -> Switch:
    """What *tree* says; CannotEvaluate where it says something by groups, which only the device itself unfolds."""
    top = Part(tuple(active(tree.lines)))
    ids = {name: int(vid) for name, part in top.at("vlans").parts() if (vid := part.value("vlan-id")).isdecimal()}
    system, protocols = top.at("system"), top.at("protocols")
    return Switch(
        interfaces={one.name: one for one in _interfaces(top, ids)},
        vlans={1: "default", **{vid: name for name, vid in ids.items()}},
        access_lists=filters(top.at("firewall").lines),
        accounts=tuple(_accounts(system)),
        communities=tuple(name for name, _ in top.at("snmp").parts("community")),
        routes=tuple(_routes(top.at("routing-options", "static"))),
        spanning_tree=_spanning_tree(protocols),
        telnet=system.at("services").has("telnet"),
        http=system.at("services", "web-management").has("http"),
        ssh=system.at("services").has("ssh"),
        api=system.at("services", "netconf").has("ssh"),
        doors=tuple(sorted(_doors(top))),
        wireless=Wireless((), {}, {}, {}, {}),
    )


# ---- interfaces ----


@dataclass(frozen=True, slots=True)
class _Around:
    """What the configuration says of ports elsewhere than at the port."""

    ids: Mapping[str, int]
    edges: frozenset[str]
    every_edge: bool
    guarded: frozenset[str]
    guards_edges: bool
    voice: Mapping[str, str]
    svis: Mapping[str, int]
    trusted: Mapping[str, frozenset[int]]
    """Port -> VLANs that trust it by name."""
    untrusted: Mapping[str, frozenset[int]]
    snooped: frozenset[int]


def _interfaces(top: Part, ids: Mapping[str, int]) -> Iterator[Interface]:
    around = _around(top, ids)
    interfaces = dict(top.at("interfaces").parts())
    speaking = {name for name, part in interfaces.items() if _lacp(part)}
    for name, part in interfaces.items():
        units = dict(part.parts("unit"))
        if name not in UNITS_ONLY:
            yield _port(name, part, units.get("0", Part()), around, speaking)
        for number, unit in units.items():
            if number != "0" or name in UNITS_ONLY:
                yield _unit(f"{name}.{number}", unit, around, enabled=not part.has("disable"))


def _lacp(part: Part) -> bool:
    lacp = part.at("aggregated-ether-options", "lacp")
    return lacp.has("active") or lacp.has("passive")


def _port(name: str, part: Part, unit: Part, around: _Around, speaking: set[str]) -> Interface:
    group = part.at("ether-options").value("802.3ad") or part.at("gigether-options").value("802.3ad")
    enabled = not (part.has("disable") or unit.has("disable"))
    if group:
        return Interface(name, enabled, "member", lag=int(group.removeprefix("ae")), lacp=group in speaking)
    if not _has_family(unit, "ethernet-switching"):
        return _routed(name, unit, enabled=enabled)
    switching = unit.at("family ethernet-switching")
    trunk = switching.value("interface-mode") == "trunk"
    members = switching.at("vlan").values("members")
    vids = frozenset(_vids(members, around.ids))
    edge = around.every_edge or bool({name, f"{name}.0"} & around.edges)
    native = part.value("native-vlan-id")
    voice = around.voice.get(f"{name}.0") or around.voice.get(name) or ""
    return Interface(
        name,
        enabled,
        "trunk" if trunk else "access",
        access=1 if trunk or not vids else min(vids),
        voice=next(iter(_vids((voice,), around.ids)), None) if voice else None,
        native=int(native) if native else NO_NATIVE,
        allowed=(None if "all" in members else vids) if trunk else None,
        edge=edge,
        bpdu_guard=(edge and around.guards_edges) or bool({name, f"{name}.0"} & around.guarded),
        trusted=_trusted(f"{name}.0", around, None if "all" in members else vids, trunk=trunk),
        access_list=switching.at("filter").value("input"),
        access_list_out=switching.at("filter").value("output"),
    )


def _has_family(unit: Part, family: str) -> bool:
    return any(words_of(line.text)[:2] == ("family", family) for line in unit.lines)


def _routed(name: str, unit: Part, *, enabled: bool, vid: int | None = None) -> Interface:
    inet = unit.at("family inet")
    if inet.at("filter").has("input-list"):
        raise CannotEvaluate(f"the filters of {name}: they are a list")
    address = next((address for address, _ in inet.parts("address")), None)
    return Interface(
        name,
        enabled,
        "routed",
        vid=vid,
        address=IPv4Interface(address) if address else None,
        access_list=inet.at("filter").value("input"),
        access_list_out=inet.at("filter").value("output"),
    )


def _unit(name: str, unit: Part, around: _Around, *, enabled: bool) -> Interface:
    return _routed(name, unit, enabled=enabled and not unit.has("disable"), vid=around.svis.get(name))


def _vids(members: tuple[str, ...], ids: Mapping[str, int]) -> Iterator[int]:
    """The ids of *members*: names, ids and ranges; ``all`` stands for none of them."""
    for member in members:
        first, _, last = member.partition("-")
        if member in ids:
            yield ids[member]
        elif first.isdecimal() and (last or first).isdecimal():
            yield from range(int(first), int(last or first) + 1)


def _trusted(port: str, around: _Around, vids: frozenset[int] | None, *, trunk: bool) -> bool:
    """A trunk is believed unless each of its snooping VLANs says otherwise; an access port only where one says so."""
    if not trunk:
        return bool(around.trusted.get(port))
    snooped = around.snooped if vids is None else around.snooped & vids
    return not snooped or not snooped <= around.untrusted.get(port, frozenset())


# ---- what is said elsewhere ----


def _around(top: Part, ids: Mapping[str, int]) -> _Around:
    protocols = top.at("protocols")
    edges = {
        name
        for protocol in SPANNING_TREES
        for name, part in protocols.at(protocol).parts("interface")
        if part.has("edge")
    }
    trusted: dict[str, frozenset[int]] = {}
    untrusted: dict[str, frozenset[int]] = {}
    snooped: set[int] = set()
    for name, vlan in top.at("vlans").parts():
        security = vlan.at("forwarding-options", "dhcp-security")
        if name not in ids or not vlan.at("forwarding-options").has("dhcp-security"):
            continue
        snooped.add(ids[name])
        for _, group in security.parts("group"):
            for word, found in (("trusted", trusted), ("untrusted", untrusted)):
                if group.at("overrides").has(word):
                    for port, _ in group.parts("interface"):
                        found[port] = found.get(port, frozenset()) | {ids[name]}
    return _Around(
        ids=ids,
        edges=frozenset(edges),
        every_edge="all" in edges,
        guarded=frozenset(name for name, _ in protocols.at("layer2-control", "bpdu-block").parts("interface")),
        guards_edges=any(protocols.at(protocol).has("bpdu-block-on-edge") for protocol in SPANNING_TREES),
        voice={name: part.value("vlan") for name, part in top.at("switch-options", "voip").parts("interface")},
        svis={part.value("l3-interface"): ids[name] for name, part in top.at("vlans").parts() if name in ids},
        trusted=trusted,
        untrusted=untrusted,
        snooped=frozenset(snooped),
    )


def _spanning_tree(protocols: Part) -> str:
    for name, mode in SPANNING_TREES.items():
        if protocols.has(name) and not protocols.at(name).has("disable"):
            return mode
    return "none"


def _accounts(system: Part) -> Iterator[Account]:
    """Local accounts; ``remote`` without a password is only the pattern for those RADIUS lets in."""
    root = system.at("root-authentication").value("encrypted-password")
    if root:
        yield Account("enable", _hash(root))
    for name, user in system.at("login").parts("user"):
        shown = user.at("authentication").value("encrypted-password")
        if shown or name != "remote":
            yield Account(name, _hash(shown) if shown else "unknown")


def _hash(shown: str) -> str:
    if shown.startswith("<secret:"):
        return "sha512" if shown.endswith("|sha512>") else "plain"
    if shown in ("*", "!"):
        return "unknown"  # nobody logs in with it
    return HASHES.get(shown[:2], "unknown") if shown.startswith("$") else "broken"


def _routes(static: Part) -> Iterator[Route]:
    for line in static.lines:
        words = words_of(line.text)
        if words[:1] != ("route",):
            continue
        prefix, inside = IPv4Network(words[1], strict=False), (*words[2:], *_inside(line))
        hops = inside[inside.index("next-hop") + 1 :] if "next-hop" in inside else inside[:1]
        yield from (Route(prefix, hop) for hop in hops if hop[:1].isdecimal() or hops == inside[:1])


def _inside(line: Line) -> tuple[str, ...]:
    """The words below a route, its next hops last."""
    children = sorted((words_of(child.text) for child in line.children), key=lambda words: words[:1] == ("next-hop",))
    return tuple(word for words in children for word in words)


def _doors(top: Part) -> set[str]:
    """Filters in front of the switch itself."""
    found = {
        unit.at("family inet", "filter").value("input")
        for name, part in top.at("interfaces").parts()
        if name == "lo0"
        for _, unit in part.parts("unit")
    }
    return found - {""}
