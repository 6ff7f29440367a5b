"""Configurations of HPE Aruba AOS-S: membership belongs to VLANs, so interfaces are made from it.

A port that is untagged in one VLAN, and tagged in no other but a voice VLAN, is an access port; every other port that
carries something tagged is a trunk. What a frame without a tag comes into is one of a trunk's VLANs here, always.
Source: HPE ArubaOS-Switch 16.x guides (advanced traffic management, access security, multicast and routing).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Interface, IPv4Network

from matric.config import Config, Line
from matric.intent.port_list import expanded
from matric.switch import ANYWHERE, Account, Entry, Interface, Route, Switch, Wireless

__all__ = ("read",)

NOWHERE = 4095
"""The native VLAN of a port that has none: no frame is in it."""
MANAGERS = "authorized-managers"
"""What rules know the list of authorised managers by; AOS-S gives it no name."""
TELLING = frozenset({"radius-server", "snmp-server"})


@dataclass
class _Membership:
    """Who is in which VLAN."""

    untagged: dict[str, int] = field(default_factory=dict[str, int])
    tagged: dict[str, set[int]] = field(default_factory=dict[str, set[int]])
    voice: set[int] = field(default_factory=set[int])


def read(tree: Config) -> Switch:
    """What *tree* says."""
    ssh = not tree.find(r"^no ip ssh$")
    managers = tuple(_managers(tree))
    return Switch(
        interfaces={one.name: one for one in _interfaces(tree)},
        vlans=dict(_vlans(tree)),
        access_lists=dict(_access_lists(tree)) | ({MANAGERS: managers} if managers else {}),
        accounts=tuple(_accounts(tree)),
        communities=tuple(_words(tree, r'^snmp-server community "?([^\s"]+)')),
        routes=tuple(_routes(tree)),
        spanning_tree=_spanning_tree(tree),
        telnet=not tree.find(r"^no telnet-server$"),
        http=not (tree.find(r"^no web-management$") or tree.find(r"^no web-management plaintext$")),
        ssh=ssh,
        api=ssh,
        doors=(MANAGERS,) if managers else (),
        wireless=Wireless((), {}, {}, {}, {}),
    )


def _words(tree: Config | Line, pattern: str) -> Iterator[str]:
    """Group 1 of *pattern* in every line it finds."""
    return (found[1] for line in tree.find(pattern) if (found := re.search(pattern, line.text)))


def _plain(text: str) -> str:
    return text.strip().strip('"')


# ---- VLANs and interfaces ----


def _sections(tree: Config) -> Iterator[tuple[int, Line]]:
    for line in tree.find(r"^vlan \d+$"):
        yield int(line.text.split()[1]), line


def _vlans(tree: Config) -> Iterator[tuple[int, str]]:
    yield 1, "DEFAULT_VLAN"
    for vid, line in _sections(tree):
        yield vid, _plain(next(_words(line, r"^name (.+)$"), f"VLAN{vid}"))


def _membership(tree: Config) -> _Membership:
    found = _Membership()
    for vid, line in _sections(tree):
        for ports in _words(line, r"^untagged (.+)$"):
            found.untagged |= dict.fromkeys(expanded(ports), vid)
        for ports in _words(line, r"^tagged (.+)$"):
            for port in expanded(ports):
                found.tagged.setdefault(port, set()).add(vid)
        if line.find(r"^voice$"):
            found.voice.add(vid)
    return found


def _interfaces(tree: Config) -> Iterator[Interface]:
    members = _membership(tree)
    lags = dict(_lags(tree))
    own = {port: line for line in tree.find(r"^interface \S+$") for port in expanded(line.text.split()[1])}
    edge, guarded = (_listed(tree, word) for word in ("admin-edge-port", "bpdu-protection"))
    names = dict.fromkeys((*members.untagged, *members.tagged, *own, *lags))
    for name in names:
        line = own.get(name, Line(f"interface {name}"))
        one = _port(name, members)
        yield replace(
            lags.get(name, one),
            enabled=not line.find(r"^disable$"),
            edge=name in edge,
            bpdu_guard=name in guarded,
            trusted=bool(line.find(r"^dhcp-snooping trust$")) or name in _trusted(tree),
        )
    yield from _routed(tree)


def _port(name: str, members: _Membership) -> Interface:
    untagged, tagged = members.untagged.get(name), members.tagged.get(name, set())
    if untagged is not None and len(tagged) <= 1 and tagged <= members.voice:
        return Interface(name, access=untagged, voice=next(iter(tagged), None))
    every = frozenset({*tagged, *(() if untagged is None else (untagged,))})
    return Interface(name, mode="trunk", native=NOWHERE if untagged is None else untagged, allowed=every)


def _lags(tree: Config) -> Iterator[tuple[str, Interface]]:
    for text in _words(tree, r"^trunk (\S+ trk\d+.*)$"):
        ports, name, *kind = text.split()
        for port in expanded(ports):
            yield port, Interface(port, mode="member", lag=int(name[3:]), lacp=kind == ["lacp"])


def _listed(tree: Config, word: str) -> frozenset[str]:
    """Ports with ``spanning-tree PORTS word``."""
    return frozenset(
        port for ports in _words(tree, rf"^spanning-tree (\S+) (?:.* )?{word}(?: |$)") for port in expanded(ports)
    )


def _trusted(tree: Config) -> frozenset[str]:
    return frozenset(port for ports in _words(tree, r"^dhcp-snooping trust (\S+)$") for port in expanded(ports))


def _routed(tree: Config) -> Iterator[Interface]:
    for vid, line in _sections(tree):
        for address in _words(line, r"^ip address (\d\S+(?: \d\S+)?)$"):
            yield Interface(
                f"vlan{vid}",
                enabled=not line.find(r"^disable layer3$"),
                mode="routed",
                vid=vid,
                address=IPv4Interface(address.replace(" ", "/")),
                access_list=_plain(next(_words(line, r"^ip access-group (\S+) (?:in|vlan-in)$"), "")),
            )
            break


# ---- access lists and ways in ----


def _access_lists(tree: Config) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    for line in tree.find(r"^ip access-list (?:standard|extended) \S+$"):
        standard = line.text.startswith("ip access-list standard ")
        entries = (re.match(r"(?:\d+ )?((?:permit|deny) .+)$", child.text) for child in line.children)
        yield (
            _plain(line.text.split()[-1]),
            tuple(replace(_entry(one[1], standard=standard), text=one[0]) for one in entries if one),
        )


def _entry(text: str, *, standard: bool) -> Entry:
    words = [word for word in text.split() if word != "log"]
    try:
        action = words.pop(0)
        protocol = "ip" if standard else words.pop(0)
        source, ports = _side(words), _ports(words)
        destination = ANYWHERE if standard else _side(words)
        return Entry(action == "permit", protocol, source, destination, " ".join((*ports, *words)), " ".join(ports))
    except (ValueError, IndexError):
        # Nobody here can read it: it may let anything through, and refuses nothing for certain.
        return Entry(text.startswith("permit"), "ip", ANYWHERE, ANYWHERE, text)


def _side(words: list[str]) -> IPv4Network:
    """The end that *words* begin with, which are taken off: an address and what does not count in it."""
    first = words.pop(0)
    if first == "any":
        return ANYWHERE
    if first == "host":
        return IPv4Network(words.pop(0))
    if "/" in first or not words or not re.fullmatch(r"\d+(\.\d+){3}", words[0]):
        return IPv4Network(first, strict=False)
    wild = words.pop(0)
    mask = ".".join(str(255 - int(part)) for part in wild.split("."))
    return IPv4Network(f"{first}/{mask}", strict=False)


def _ports(words: list[str]) -> tuple[str, ...]:
    size = {"eq": 2, "gt": 2, "lt": 2, "neq": 2, "range": 3}.get(words[0], 0) if words else 0
    taken = tuple(words[:size])
    del words[:size]
    return taken


def _managers(tree: Config) -> Iterator[Entry]:
    """Who may manage the switch: ``ip authorized-managers 10.0.0.0 255.0.0.0 access manager access-method ssh``."""
    for text in _words(tree, r"^ip authorized-managers (.+)$"):
        words = text.split()
        mask = words[1] if len(words) > 1 and words[1][0].isdecimal() else "255.255.255.255"
        if not text.endswith("access-method snmp"):
            yield Entry(permits=True, protocol="ip", source=IPv4Network(f"{words[0]}/{mask}", strict=False),
                        destination=ANYWHERE)  # fmt: skip


def _accounts(tree: Config) -> Iterator[Account]:
    kinds = {"sha256": "sha256", "sha1": "broken", "plaintext": "plain"}
    for line in tree.find(r"^password (?:manager|operator)\b"):
        kind = re.search(r"\b(sha256|sha1|plaintext)\b", line.text)
        named = re.search(r'user-name "?([^\s"]+)', line.text)
        yield Account(named[1] if named else line.text.split()[1], kinds[kind[1]] if kind else "unknown")
    for text in _words(tree, r"^aaa authentication local-user (.+)$"):
        kind = re.search(r" password (sha256|sha1|plaintext)\b", text)
        yield Account(_plain(text.split()[0]), kinds[kind[1]] if kind else "unknown")


def _routes(tree: Config) -> Iterator[Route]:
    for text in _words(tree, r"^ip route (.+)$"):
        words = text.split()
        prefix = words.pop(0)
        if "/" not in prefix:
            prefix = f"{prefix}/{words.pop(0)}"
        yield Route(IPv4Network(prefix, strict=False), words[0])
    if not tree.find(r"^ip routing$"):  # a switch that routes does not heed it
        yield from (Route(ANYWHERE, hop) for hop in _words(tree, r"^ip default-gateway (\S+)$"))


def _spanning_tree(tree: Config) -> str:
    if not tree.find(r"^spanning-tree(?: enable)?$"):
        return "none"
    said = list(_words(tree, r"^spanning-tree mode (\S+)$"))
    return said[-1].replace("mstp", "mst") if said else "mst"
